//! What is to be extracted, cut into items of work of about the same size (feature `fs`).

use std::ops::Range;
use std::sync::Arc;

use bstr::ByteSlice;

use crate::archive::{Archive, ArchiveError};
use crate::extract::{Chunk, Work};
use crate::gather::Span;
use crate::reader::clip;
use crate::tables::{Contigs, Samples};

/// Bases of an item and bytes of its contigs' names, more or less: it ends where a segment does.
const ITEM_LEN: u64 = 1 << 20;

/// Contigs of an item at most, when they are small.
const ITEM_PIECES_MAX: usize = 4096;

/// Consecutive pieces for one worker to decode and format.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) pieces: Vec<ContigPiece>,
    /// Which work the pieces are of.
    pub(crate) runs: Vec<Run>,
    /// Bases and bytes of names.
    len: u64,
}

/// Consecutive pieces of the same work.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) work: usize,
    pub(crate) first: bool,
    pub(crate) last: bool,
    pub(crate) piece_count: usize,
}

/// Some bases of a contig.
#[derive(Debug)]
pub(crate) struct ContigPiece {
    sample: usize,
    contigs: Arc<Contigs>,
    contig: usize,
    range: Range<u64>,
    /// The range asked for, of which this is a piece.
    asked: Range<u64>,
}

impl ContigPiece {
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.range.end - self.range.start).unwrap_or(usize::MAX)
    }

    pub(crate) fn span(&self) -> Span<'_> {
        Span {
            sample: self.sample,
            contigs: &self.contigs,
            contig: self.contig,
            range: self.range.clone(),
        }
    }

    pub(crate) fn chunk<'a>(&'a self, samples: &'a Samples, bases: &'a [u8]) -> Chunk<'a> {
        let contig = self.contigs.get(self.contig);
        Chunk {
            sample: samples.get(self.sample).unwrap_or_default(),
            contig: contig.map(|contig| contig.name).unwrap_or_default(),
            contig_len_bases: contig.map_or(0, |contig| contig.len_bases),
            offset: self.range.start - self.asked.start,
            bases,
            last: self.range.end == self.asked.end,
        }
    }
}

/// Cuts a list of works into items, looking up each sample when its turn comes.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    archive: &'a Archive,
    work: std::iter::Enumerate<std::slice::Iter<'a, Work>>,
    current: Option<Current>,
}

/// The work being cut.
#[derive(Debug)]
struct Current {
    work: usize,
    first: bool,
    sample: usize,
    contigs: Arc<Contigs>,
    /// Contigs after the one being cut.
    rest: Range<usize>,
    /// What is left of the contig being cut.
    cutting: Option<Cutting>,
}

#[derive(Debug)]
struct Cutting {
    contig: usize,
    asked: Range<u64>,
    at: u64,
    /// A segment that ends after `at`, or the one before it, and the contig's bases up to its start.
    segment: usize,
    segment_start: u64,
}

impl<'a> Items<'a> {
    pub(crate) fn new(archive: &'a Archive, work: &'a [Work]) -> Items<'a> {
        Items {
            archive,
            work: work.iter().enumerate(),
            current: None,
        }
    }

    /// The next item; `None` when all is done.
    pub(crate) fn next(&mut self) -> Result<Option<Item>, ArchiveError> {
        let overlap = u64::from(self.archive.info()?.params.kmer_len);
        let mut item = Item::default();
        while item.has_room() {
            if self.current.is_none() {
                // An error in starting a work comes after what is before it.
                match self.start_next() {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(_) if !item.runs.is_empty() => break,
                    Err(error) => return Err(error),
                }
            }
            if let Some(current) = &mut self.current
                && current.fill(&mut item, overlap)
            {
                self.current = None;
            }
        }
        Ok(if item.runs.is_empty() {
            None
        } else {
            Some(item)
        })
    }

    /// Takes up the next work; false if there is none. On an error the work stays the next one.
    fn start_next(&mut self) -> Result<bool, ArchiveError> {
        let mut ahead = self.work.clone();
        let Some((work, what)) = ahead.next() else {
            return Ok(false);
        };
        let sample = match what {
            Work::Sample(name) => name,
            Work::Region(region) => &region.sample,
        };
        let contigs = self.archive.contigs(sample.as_bstr())?;
        let number = self
            .archive
            .samples()?
            .position(sample.as_bstr())
            .unwrap_or_default();
        let mut current = Current {
            work,
            first: true,
            sample: number,
            rest: 0..contigs.len(),
            contigs: Arc::clone(&contigs),
            cutting: None,
        };
        if let Work::Region(region) = what {
            current.rest = 0..0;
            current.cutting = Some(Cutting::new(region.contig, clip(&contigs, region)?));
        }
        self.current = Some(current);
        self.work = ahead;
        Ok(true)
    }
}

impl Item {
    fn has_room(&self) -> bool {
        self.len < ITEM_LEN
            && self.pieces.len() < ITEM_PIECES_MAX
            && self.runs.len() < ITEM_PIECES_MAX
    }
}

impl Current {
    /// Moves pieces into an item until it is full; true if the work ends with it.
    fn fill(&mut self, item: &mut Item, overlap: u64) -> bool {
        let before = item.pieces.len();
        while item.has_room() {
            if self.cutting.is_none() {
                let Some(contig) = self.rest.next() else {
                    break;
                };
                let len = self
                    .contigs
                    .get(contig)
                    .map_or(0, |contig| contig.len_bases);
                self.cutting = Some(Cutting::new(contig, 0..len));
            }
            if let Some(cutting) = &mut self.cutting {
                let range = cutting.cut(&self.contigs, ITEM_LEN - item.len, overlap);
                let contig = self.contigs.get(cutting.contig);
                let name_len = contig.map_or(0, |contig| contig.name.len() as u64);
                item.len += range.end - range.start + name_len;
                item.pieces.push(ContigPiece {
                    sample: self.sample,
                    contigs: Arc::clone(&self.contigs),
                    contig: cutting.contig,
                    asked: cutting.asked.clone(),
                    range,
                });
                if cutting.at == cutting.asked.end {
                    self.cutting = None;
                }
            }
        }
        let last = self.cutting.is_none() && self.rest.is_empty();
        let piece_count = item.pieces.len() - before;
        item.runs.push(Run {
            work: self.work,
            first: std::mem::take(&mut self.first),
            last,
            piece_count,
        });
        last
    }
}

impl Cutting {
    fn new(contig: usize, asked: Range<u64>) -> Cutting {
        Cutting {
            contig,
            at: asked.start,
            asked,
            segment: 0,
            segment_start: 0,
        }
    }

    /// Cuts off about `bases` bases, up to the end of a segment unless that is far, so that few are decoded twice.
    fn cut(&mut self, contigs: &Contigs, bases: u64, overlap: u64) -> Range<u64> {
        let segments = contigs.segments_from(self.contig, self.segment);
        let mut segments = segments.into_iter().flatten();
        let target = self.at.saturating_add(bases);
        let mut end = self.segment_start;
        while end < target
            && let Some(segment) = segments.next()
        {
            let skip = if self.segment == 0 { 0 } else { overlap };
            end += u64::from(segment.len_bases()).saturating_sub(skip);
            self.segment += 1;
            self.segment_start = end;
        }
        if end > target + ITEM_LEN {
            end = target;
        }
        let range = self.at..end.max(self.at).min(self.asked.end);
        // A table whose segments are shorter than the contig cannot be, but must not go round for ever.
        self.at = if range.is_empty() {
            self.asked.end
        } else {
            range.end
        };
        range.start..self.at
    }
}

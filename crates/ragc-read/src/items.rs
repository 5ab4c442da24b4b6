//! What is to be extracted, cut into items of work of about the same size (feature `fs`).

use std::collections::VecDeque;
use std::ops::Range;

use bstr::ByteSlice;

use crate::archive::{Archive, ArchiveError};
use crate::contig_at::{ContigAt, ContigsOf, Span};
use crate::extract::{Chunk, Strand, Work};
use crate::reader::Reader;
use crate::region::Region;
use crate::step::step;

/// Bases of an item and bytes of its contigs' names, more or less: it ends where a segment does.
const ITEM_LEN: u64 = 1 << 20;

/// Contigs of an item at most, when they are small.
const ITEM_PIECES_MAX: usize = 4096;

/// Regions whose contigs are looked up together, where there is an index.
const LOOKED_UP_TOGETHER: usize = 64;

/// What a region counts for in an item beside its bases: each may need a reference and a pack of its own.
const REGION_LEN: u64 = 1 << 14;

/// Consecutive pieces for one worker to decode and format.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) pieces: Vec<ContigPiece>,
    /// Which work the pieces are of.
    pub(crate) runs: Vec<Run>,
    /// Bases, bytes of names, and what regions count for.
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
    at: ContigAt,
    index: usize,
    pub(crate) strand: Strand,
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
            at: &self.at,
            range: self.range.clone(),
        }
    }

    pub(crate) fn chunk<'a>(&'a self, bases: &'a [u8]) -> Chunk<'a> {
        let before = self.range.start - self.asked.start;
        let after = self.asked.end - self.range.end;
        let (offset, rest) = match self.strand {
            Strand::Forward => (before, after),
            Strand::Reverse => (after, before),
        };
        Chunk {
            sample: self.at.sample_name(),
            contig: self.at.name(),
            contig_len_bases: self.at.len_bases(),
            index: self.index,
            len_bases: self.asked.end - self.asked.start,
            offset,
            bases,
            last: rest == 0,
        }
    }
}

/// Cuts a list of works into items, looking up each sample when its turn comes.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    archive: &'a Archive,
    work: std::iter::Enumerate<std::slice::Iter<'a, Work>>,
    current: Option<Current<'a>>,
}

/// The work being cut.
#[derive(Debug)]
struct Current<'a> {
    work: usize,
    first: bool,
    rest: Rest<'a>,
    cutting: Option<Cutting>,
}

/// What comes after the contig or region being cut.
#[derive(Debug)]
enum Rest<'a> {
    Contigs {
        contigs: ContigsOf,
        rest: Range<usize>,
    },
    Regions {
        rest: std::iter::Enumerate<std::slice::Iter<'a, Region>>,
        /// The contigs of the next ones.
        ready: VecDeque<ContigAt>,
        strand: Strand,
    },
}

/// A contig, or a range of it, and how much of it was cut off.
#[derive(Debug)]
struct Cutting {
    at: ContigAt,
    index: usize,
    strand: Strand,
    /// What it counts for in an item beside its bases.
    len: u64,
    asked: Range<u64>,
    /// What is left.
    left: Range<u64>,
    /// The first segment that ends after the start of `left`, or one before it, and the contig's bases up to its start.
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
            match self.fill(&mut item, overlap) {
                Ok(true) => {}
                Ok(false) => break,
                // An error comes after what is before it, and again, as nothing was taken off the list.
                Err(_) if !item.runs.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(if item.runs.is_empty() {
            None
        } else {
            Some(item)
        })
    }

    /// Moves pieces of the current work, or of the next, into an item; false if there is no more work.
    fn fill(&mut self, item: &mut Item, overlap: u64) -> Result<bool, ArchiveError> {
        let mut current = match self.current.take() {
            Some(current) => current,
            None => match self.start_next()? {
                Some(current) => current,
                None => return Ok(false),
            },
        };
        let filled = current.fill(self.archive, item, overlap);
        if !matches!(filled, Ok(true)) {
            self.current = Some(current);
        }
        filled.map(|_| true)
    }

    /// Takes up the next work. On an error it stays the next one.
    fn start_next(&mut self) -> Result<Option<Current<'a>>, ArchiveError> {
        let mut ahead = self.work.clone();
        let Some((work, what)) = ahead.next() else {
            return Ok(None);
        };
        let rest = match what {
            Work::Sample(name) => {
                let contigs = |reader: &mut Reader| step(reader.contigs_of(name.as_bstr()));
                let contigs = self.archive.ask(contigs)?;
                Rest::Contigs {
                    rest: 0..contigs.contigs().len(),
                    contigs,
                }
            }
            Work::Regions(regions, strand) => Rest::Regions {
                rest: regions.iter().enumerate(),
                ready: VecDeque::new(),
                strand: *strand,
            },
        };
        self.work = ahead;
        Ok(Some(Current {
            work,
            first: true,
            rest,
            cutting: None,
        }))
    }
}

/// The contigs of the first of some regions, looked up together if that is one round for all of them. There is one for
/// the first region at least.
fn look_up<'r>(
    archive: &Archive,
    regions: impl Iterator<Item = &'r Region> + Clone,
) -> Result<VecDeque<ContigAt>, ArchiveError> {
    let places = |count| {
        let regions = regions.clone().take(count);
        regions.map(|region| (region.sample.as_bstr(), region.contig))
    };
    let ask = |count| archive.ask(|reader| step(reader.find_contigs(places(count))));
    if archive.with_reader(|reader| reader.is_indexed())
        && let Ok(found) = ask(LOOKED_UP_TOGETHER)
    {
        return Ok(found.into());
    }
    // One by one, so that what precedes one that is not there is not lost.
    ask(1).map(VecDeque::from)
}

impl Item {
    fn has_room(&self) -> bool {
        self.len < ITEM_LEN
            && self.pieces.len() < ITEM_PIECES_MAX
            && self.runs.len() < ITEM_PIECES_MAX
    }
}

impl Current<'_> {
    /// Moves pieces into an item until it is full; true if the work ends with it.
    fn fill(
        &mut self,
        archive: &Archive,
        item: &mut Item,
        overlap: u64,
    ) -> Result<bool, ArchiveError> {
        let before = item.pieces.len();
        let mut filled = Ok(false);
        while item.has_room() {
            if self.cutting.is_none() {
                match self.rest.next(archive) {
                    Ok(Some(cutting)) => {
                        item.len += cutting.len;
                        self.cutting = Some(cutting);
                    }
                    Ok(None) => break,
                    Err(error) => {
                        filled = Err(error);
                        break;
                    }
                }
            }
            if let Some(cutting) = &mut self.cutting {
                let room = ITEM_LEN.saturating_sub(item.len).max(REGION_LEN);
                let piece = cutting.cut(room, overlap);
                item.len += piece.range.end - piece.range.start;
                item.pieces.push(piece);
                if cutting.left.is_empty() {
                    self.cutting = None;
                }
            }
        }
        let piece_count = item.pieces.len() - before;
        if filled.is_ok() {
            filled = Ok(self.cutting.is_none() && self.rest.is_empty());
        } else if piece_count == 0 {
            return filled;
        }
        item.runs.push(Run {
            work: self.work,
            first: std::mem::take(&mut self.first),
            last: matches!(filled, Ok(true)),
            piece_count,
        });
        filled
    }
}

impl Rest<'_> {
    /// The next contig or region. On an error it stays the next one.
    fn next(&mut self, archive: &Archive) -> Result<Option<Cutting>, ArchiveError> {
        match self {
            Rest::Contigs { contigs, rest } => Ok(rest.next().map(|contig| {
                let at = contigs.at(contig);
                let (name_len, len_bases) = (at.name().len() as u64, at.len_bases());
                Cutting::new(at, contig, Strand::Forward, name_len, 0..len_bases)
            })),
            Rest::Regions {
                rest,
                ready,
                strand,
            } => {
                let mut ahead = rest.clone();
                let Some((index, region)) = ahead.next() else {
                    return Ok(None);
                };
                if ready.is_empty() {
                    let regions = rest.clone().map(|(_, region)| region);
                    *ready = look_up(archive, regions)?;
                }
                let Some(at) = ready.front() else {
                    return Ok(None);
                };
                let asked = at.clip(&region.range)?;
                *rest = ahead;
                let at = ready.pop_front();
                Ok(at.map(|at| Cutting::new(at, index, *strand, REGION_LEN, asked)))
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Rest::Contigs { rest, .. } => rest.is_empty(),
            Rest::Regions { rest, .. } => rest.len() == 0,
        }
    }
}

impl Cutting {
    fn new(at: ContigAt, index: usize, strand: Strand, len: u64, asked: Range<u64>) -> Cutting {
        Cutting {
            at,
            index,
            strand,
            len,
            left: asked.clone(),
            asked,
            segment: 0,
            segment_start: 0,
        }
    }

    /// Cuts off about `bases` bases, which are not 0.
    fn cut(&mut self, bases: u64, overlap: u64) -> ContigPiece {
        let Range { start, end } = self.left;
        let range = match self.strand {
            Strand::Forward => start..self.forward_end(bases, overlap),
            Strand::Reverse => end.saturating_sub(bases).max(start)..end,
        };
        match self.strand {
            Strand::Forward => self.left.start = range.end,
            Strand::Reverse => self.left.end = range.start,
        }
        ContigPiece {
            at: self.at.clone(),
            index: self.index,
            strand: self.strand,
            range,
            asked: self.asked.clone(),
        }
    }

    /// Where a piece of about `bases` bases ends: where a segment does unless that is far, so that few are decoded twice.
    fn forward_end(&mut self, bases: u64, overlap: u64) -> u64 {
        let target = self.left.start.saturating_add(bases);
        let Some(table) = self.at.table() else {
            // Where segments end is on pages that are not read yet.
            return target.min(self.left.end);
        };
        let segments = table.segments_from(self.at.number(), self.segment);
        let mut segments = segments.into_iter().flatten();
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
        // A table whose segments are shorter than the contig cannot be, but must not go round for ever.
        if end <= self.left.start {
            return self.left.end;
        }
        end.min(self.left.end)
    }
}

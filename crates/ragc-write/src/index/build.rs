//! From tables and places to an index.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering;

use ragc_read::{Archive, BStr, SegmentTable};
use twox_hash::XxHash64;

use super::IndexError;
use super::about::About;
use super::columns::PageMaker;
use super::facts::Facts;
use super::names::NameList;
use super::places::{Needed, PartPlace, place_pages};
use super::ranks::Ranks;
use super::sample::contig_pages;
use super::samples::{PageRow, SamplePages};
use super::scratch::Scratch;
use super::section::Top;
use crate::verify::Progress;

pub const MAGIC: [u8; 8] = *b"ragindex";
pub const VERSION: u32 = 1;
/// Bytes before the root page.
pub const HEAD_BYTES: u64 = 72;

/// An index of which all but the head is made.
pub struct Index {
    root: Vec<u8>,
    tops: [Top; 3],
    front: Scratch,
    body: Scratch,
    sizes: Sizes,
}

/// What the bytes of an index are; they add up to its length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Head and root.
    pub root: u64,
    /// Pages that list samples.
    pub samples: u64,
    /// Pages that list contigs.
    pub contigs: u64,
    /// Pages of segments.
    pub segments: u64,
    /// Pages that find samples and contigs by name.
    pub names: u64,
    /// Pages that tell where parts lie.
    pub places: u64,
    /// Segments in the index.
    pub segment_count: u64,
}

/// Makes the index of an archive that has the tables of `archive` and parts at `places`, which may be in any order.
///
/// What is done goes to a temporary file in the directory `scratch`; `progress` counts the samples.
///
/// # Errors
/// [`IndexError`].
pub fn build(
    archive: &Archive,
    about: About,
    places: Vec<PartPlace>,
    scratch: &Path,
    progress: &Progress,
) -> Result<Index, IndexError> {
    let mut maker = PageMaker::new()?;
    let ranks = Ranks::of(archive, &places)?;
    // Made before the contigs, which tell what pages of places they need, and written behind them.
    let mut place_bytes = Scratch::new(scratch);
    let places = place_pages(places, &ranks, &mut place_bytes, &mut maker)?;
    let mut walk = Walk {
        needed: Needed {
            ranks,
            places,
            pack_cardinality: about.params.pack_cardinality,
        },
        overlap: about.params.kmer_len,
        maker: &mut maker,
        front: Scratch::new(scratch),
        body: Scratch::new(scratch),
        place_bytes,
        samples: SamplePages::default(),
        names: NameList::new(scratch),
        number: 0,
        contig_count: 0,
        sizes: Sizes::default(),
    };
    let samples = archive.samples()?;
    for batch in 0..archive.batch_count()? {
        archive.visit_batch(batch, |contigs| {
            let name = samples.get(walk.number as usize).unwrap_or_default();
            progress
                .samples
                .store(u64::from(walk.number), Ordering::Relaxed);
            walk.add_sample(name, contigs)
        })?;
    }
    walk.finish(about)
}

/// A walk over all samples.
struct Walk<'m> {
    needed: Needed,
    overlap: u32,
    maker: &'m mut PageMaker,
    front: Scratch,
    body: Scratch,
    /// Pages of places.
    place_bytes: Scratch,
    samples: SamplePages,
    names: NameList,
    /// Of the next sample.
    number: u32,
    contig_count: u64,
    sizes: Sizes,
}

impl Walk<'_> {
    fn add_sample(&mut self, name: &BStr, contigs: &SegmentTable) -> Result<(), IndexError> {
        self.names.add_sample(name, self.number)?;
        let mut bases = 0;
        for (contig, row) in (0..).zip(contigs.iter()) {
            self.names.add_contig(row.name, self.number, contig)?;
            bases += row.len_bases;
            self.sizes.segment_count += row.segment_count as u64;
        }
        self.contig_count += contigs.len() as u64;
        let block_offset = self.body.len_bytes();
        let mut pages = Vec::new();
        contig_pages(contigs, &self.needed, self.overlap, self.maker, |page| {
            pages.push(page)
        })?;
        for page in &pages {
            self.body.append(&page.page)?;
            self.sizes.contigs += page.page.len() as u64;
        }
        for page in &pages {
            self.body.append(&page.segments)?;
            self.sizes.segments += page.segments.len() as u64;
        }
        let rows = pages.iter().map(|page| PageRow {
            contigs: page.contigs,
            len_bytes: page.page.len() as u64,
            segments_bytes: page.segments.len() as u64,
        });
        let rows = rows.collect();
        let Self { front, maker, .. } = self;
        self.samples
            .add(name, bases, block_offset, rows, front, maker)?;
        self.number += 1;
        Ok(())
    }

    fn finish(self, about: About) -> Result<Index, IndexError> {
        let Self {
            mut needed,
            maker,
            place_bytes,
            mut front,
            mut body,
            mut sizes,
            ..
        } = self;
        let samples = self.samples.finish(&mut front, maker)?;
        let samples = samples.finish(&mut front, maker)?;
        let names = self
            .names
            .finish(&mut body, maker)?
            .finish(&mut body, maker)?;
        needed.places.move_by(body.len_bytes());
        body.append_all(place_bytes)?;
        let places = needed.places.finish(&mut body, maker)?;
        let tops = [samples, names, places];
        let mut root = about.columns();
        root.varint(u64::from(self.number));
        root.varint(self.contig_count);
        for top in &tops {
            root.varint(top.levels);
            root.varint(top.page.len() as u64);
        }
        root.varint(front.len_bytes());
        let root = maker.page(&root)?;
        sizes.root = HEAD_BYTES + root.len() as u64;
        [sizes.samples, sizes.names, sizes.places] =
            [0, 1, 2].map(|n: usize| tops[n].section_bytes);
        Ok(Index {
            root,
            tops,
            front,
            body,
            sizes,
        })
    }
}

impl Index {
    /// Its length in bytes.
    #[expect(clippy::len_without_is_empty, reason = "no index is empty")]
    #[must_use]
    pub fn len(&self) -> u64 {
        let tops: usize = self.tops.iter().map(|top| top.page.len()).sum();
        HEAD_BYTES
            + (self.root.len() + tops) as u64
            + self.front.len_bytes()
            + self.body.len_bytes()
    }

    /// What its bytes are.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Writes it.
    ///
    /// # Errors
    /// `Write`, `Scratch`.
    pub fn write(self, facts: &Facts, out: &mut dyn Write) -> Result<(), IndexError> {
        let mut head = Vec::with_capacity(HEAD_BYTES as usize);
        head.extend(MAGIC);
        head.extend(VERSION.to_le_bytes());
        head.extend((self.root.len() as u32).to_le_bytes());
        for number in [
            self.len(),
            facts.archive_len,
            facts.footer_len,
            facts.footer_hash,
            facts.seal,
            facts.parts_base,
        ] {
            head.extend(number.to_le_bytes());
        }
        let hash = XxHash64::oneshot(0, &[head.as_slice(), &self.root].concat());
        head.extend(hash.to_le_bytes());
        let tops = self.tops.iter().map(|top| &top.page);
        for bytes in [&head, &self.root].into_iter().chain(tops) {
            out.write_all(bytes).map_err(IndexError::Write)?;
        }
        self.front.copy_to(out)?;
        self.body.copy_to(out)
    }
}

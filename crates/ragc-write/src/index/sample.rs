//! The block of a sample: its contig pages and segment pages. See docs/INDEX.md, "Contigs" and "Segments".

use ragc_read::{SegmentRef, SegmentTable};

use super::IndexError;
use super::columns::{Columns, PageMaker, signed};
use super::lines::Lines;
use super::places::Needed;
use super::ranks::Ranks;

/// Contigs of a page, and segments after which no other contig is added to it.
const CONTIGS_MAX: usize = 256;
const SEGMENTS_ENOUGH: usize = 1 << 16;
/// Segments of a page, and from mark to mark.
const SEGMENTS_A_PAGE: usize = 4096;
const SEGMENTS_A_MARK: usize = 64;

/// A contig page, and the segment pages that it leads to, one after the other.
pub struct ContigPage {
    pub contigs: u64,
    pub page: Vec<u8>,
    pub segments: Vec<u8>,
}

/// Makes the contig pages of a sample and gives each to `take`. Segments share `overlap` bases with those before them.
pub fn contig_pages(
    contigs: &SegmentTable,
    needed: &Needed,
    overlap: u32,
    maker: &mut PageMaker,
    mut take: impl FnMut(ContigPage),
) -> Result<(), IndexError> {
    let mut open = OpenPage::new(needed, overlap);
    for (number, contig) in contigs.iter().enumerate() {
        if open.contigs == CONTIGS_MAX || open.segments.len() >= SEGMENTS_ENOUGH {
            let full = std::mem::replace(&mut open, OpenPage::new(needed, overlap));
            take(full.finish(maker)?);
        }
        open.add(
            contig.name,
            contig.len_bases,
            &contigs.segments(number).unwrap_or_default(),
        );
    }
    if open.contigs > 0 {
        take(open.finish(maker)?);
    }
    Ok(())
}

/// A contig page that is being filled.
struct OpenPage<'n> {
    needed: &'n Needed,
    overlap: u32,
    contigs: usize,
    names: Columns,
    lens: Vec<u64>,
    counts: Vec<u64>,
    segments: Vec<SegmentRef>,
    marks: Marks,
}

/// Where the marks are, and which pages of places the segments from each to the next need: columns of differences.
#[derive(Default)]
struct Marks {
    positions: Vec<u64>,
    page_counts: Vec<u64>,
    pages: Vec<u64>,
    last_page: u64,
}

impl Marks {
    /// Adds a mark that is `bases` behind the one before, or at the beginning of its contig.
    fn add(&mut self, bases: u64, mut pages: Vec<u64>) {
        pages.sort_unstable();
        pages.dedup();
        self.positions.push(bases);
        self.page_counts.push(pages.len() as u64);
        for page in pages {
            self.pages
                .push(signed(page.wrapping_sub(self.last_page) as i64));
            self.last_page = page;
        }
    }
}

impl<'n> OpenPage<'n> {
    fn new(needed: &'n Needed, overlap: u32) -> Self {
        Self {
            needed,
            overlap,
            contigs: 0,
            names: Columns::default(),
            lens: Vec::new(),
            counts: Vec::new(),
            segments: Vec::new(),
            marks: Marks::default(),
        }
    }

    fn add(&mut self, name: &[u8], len_bases: u64, segments: &[SegmentRef]) {
        self.contigs += 1;
        self.names.string(name);
        self.lens.push(len_bases);
        self.counts.push(segments.len() as u64);
        let (mut position, mut marked) = (0, 0);
        for (number, stretch) in segments.chunks(SEGMENTS_A_MARK).enumerate() {
            let pages = stretch
                .iter()
                .flat_map(|&segment| self.needed.pages(segment));
            self.marks.add(position - marked, pages.collect());
            marked = position;
            for (place, segment) in stretch.iter().enumerate() {
                let is_first = (number, place) == (0, 0);
                let shared = if is_first { 0 } else { self.overlap };
                position += u64::from(segment.len_bases().saturating_sub(shared));
            }
        }
        self.segments.extend_from_slice(segments);
    }

    fn finish(mut self, maker: &mut PageMaker) -> Result<ContigPage, IndexError> {
        let mut segments = Vec::new();
        let mut page_lens = Vec::new();
        for chunk in self.segments.chunks(SEGMENTS_A_PAGE) {
            let page = maker.page(&segment_columns(chunk, &self.needed.ranks))?;
            page_lens.push(page.len() as u64);
            segments.extend(page);
        }
        let mut columns = Columns::default();
        columns.varint(self.contigs as u64);
        self.names.end();
        columns.append(&self.names);
        columns.varints(self.lens);
        columns.varints(self.counts);
        columns.varint(SEGMENTS_A_PAGE as u64);
        columns.varints(page_lens);
        columns.varint(SEGMENTS_A_MARK as u64);
        columns.varints(self.marks.positions);
        columns.varints(self.marks.page_counts);
        columns.varints(self.marks.pages);
        Ok(ContigPage {
            contigs: self.contigs as u64,
            page: maker.page(&columns)?,
            segments,
        })
    }
}

fn segment_columns(segments: &[SegmentRef], ranks: &Ranks) -> Columns {
    let usual = usual_len(segments);
    let mut reversed = vec![0u8; segments.len().div_ceil(8)];
    for (number, segment) in segments.iter().enumerate() {
        reversed[number / 8] |= u8::from(segment.reversed()) << (number % 8);
    }
    let mut lines = Lines::default();
    let mut columns = Columns::default();
    columns.varint(segments.len() as u64);
    columns.varint(u64::from(usual));
    columns.end();
    columns.raw(&reversed);
    columns.end();
    columns.varints(
        segments
            .iter()
            .map(|segment| lines.code(ranks.of_group(segment.group_id))),
    );
    let entries = segments
        .iter()
        .map(|segment| u64::from(segment.in_group_id));
    columns.split(&entries.collect::<Vec<u64>>());
    let lens = segments
        .iter()
        .map(|segment| signed(i64::from(segment.len_bases()) - i64::from(usual)));
    columns.split(&lens.collect::<Vec<u64>>());
    columns
}

/// The median: most segments are nearly as long.
fn usual_len(segments: &[SegmentRef]) -> u32 {
    let mut lens: Vec<u32> = segments.iter().map(|segment| segment.len_bases()).collect();
    let middle = lens.len() / 2;
    match lens.is_empty() {
        true => 0,
        false => *lens.select_nth_unstable(middle).1,
    }
}

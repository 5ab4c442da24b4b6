//! The block of a sample: its contig pages and segment pages. See docs/INDEX.md, "Contigs" and "Segments".

use ragc_read::{SegmentRef, SegmentTable};

use super::IndexError;
use super::columns::{Columns, PageMaker, signed};
use super::lines::Lines;
use super::ranks::Ranks;

/// Contigs of a page, and segments after which no other contig is added to it.
const CONTIGS_MAX: usize = 256;
const SEGMENTS_ENOUGH: usize = 1 << 16;
/// Segments of a page, and from mark to mark.
const SEGMENTS_A_PAGE: usize = 4096;
const SEGMENTS_A_MARK: usize = 128;

/// A contig page, and the segment pages that it leads to, one after the other.
pub struct ContigPage {
    pub contigs: u64,
    pub page: Vec<u8>,
    pub segments: Vec<u8>,
}

/// Makes the contig pages of a sample and gives each to `take`. Segments share `overlap` bases with those before them.
pub fn contig_pages(
    contigs: &SegmentTable,
    ranks: &Ranks,
    overlap: u32,
    maker: &mut PageMaker,
    mut take: impl FnMut(ContigPage),
) -> Result<(), IndexError> {
    let mut open = OpenPage::new(ranks, overlap);
    for (number, contig) in contigs.iter().enumerate() {
        if open.contigs == CONTIGS_MAX || open.segments.len() >= SEGMENTS_ENOUGH {
            let full = std::mem::replace(&mut open, OpenPage::new(ranks, overlap));
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
struct OpenPage<'r> {
    ranks: &'r Ranks,
    overlap: u32,
    contigs: usize,
    names: Columns,
    lens: Vec<u64>,
    counts: Vec<u64>,
    /// As differences.
    first_ranks: Vec<u64>,
    last_rank: u32,
    segments: Vec<SegmentRef>,
    marks: Marks,
}

/// Where the marks are: columns of differences.
#[derive(Default)]
struct Marks {
    positions: Vec<u64>,
    ranks: Vec<u64>,
    last: (u64, u32),
}

impl Marks {
    fn add(&mut self, position: u64, rank: u32) {
        let (before, rank_before) = self.last;
        self.positions
            .push(signed(position.wrapping_sub(before) as i64));
        self.ranks
            .push(signed(i64::from(rank) - i64::from(rank_before)));
        self.last = (position, rank);
    }
}

impl<'r> OpenPage<'r> {
    fn new(ranks: &'r Ranks, overlap: u32) -> Self {
        Self {
            ranks,
            overlap,
            contigs: 0,
            names: Columns::default(),
            lens: Vec::new(),
            counts: Vec::new(),
            first_ranks: Vec::new(),
            last_rank: 0,
            segments: Vec::new(),
            marks: Marks::default(),
        }
    }

    fn add(&mut self, name: &[u8], len_bases: u64, segments: &[SegmentRef]) {
        self.contigs += 1;
        self.names.string(name);
        self.lens.push(len_bases);
        self.counts.push(segments.len() as u64);
        let own = segments.iter().find(|segment| !segment.is_raw());
        let rank = own.map_or(self.last_rank, |segment| {
            self.ranks.of_group(segment.group_id)
        });
        self.first_ranks
            .push(signed(i64::from(rank) - i64::from(self.last_rank)));
        self.last_rank = rank;
        let mut position = 0;
        for (number, &segment) in segments.iter().enumerate() {
            if self.segments.len().is_multiple_of(SEGMENTS_A_MARK) {
                let rank = match segment.is_raw() {
                    true => self.marks.last.1,
                    false => self.ranks.of_group(segment.group_id),
                };
                self.marks.add(position, rank);
            }
            let shared = if number == 0 { 0 } else { self.overlap };
            position += u64::from(segment.len_bases().saturating_sub(shared));
            self.segments.push(segment);
        }
    }

    fn finish(mut self, maker: &mut PageMaker) -> Result<ContigPage, IndexError> {
        let mut segments = Vec::new();
        let mut page_lens = Vec::new();
        for chunk in self.segments.chunks(SEGMENTS_A_PAGE) {
            let page = maker.page(&segment_columns(chunk, self.ranks))?;
            page_lens.push(page.len() as u64);
            segments.extend(page);
        }
        let mut columns = Columns::default();
        columns.varint(self.contigs as u64);
        self.names.end();
        columns.append(&self.names);
        columns.varints(self.lens);
        columns.varints(self.counts);
        columns.varints(self.first_ranks);
        columns.varint(SEGMENTS_A_PAGE as u64);
        columns.varints(page_lens);
        columns.varint(SEGMENTS_A_MARK as u64);
        columns.varints(self.marks.positions);
        columns.varints(self.marks.ranks);
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

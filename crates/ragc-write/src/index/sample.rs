//! The block of a sample: its contig pages and segment pages. See docs/INDEX.md, "Contigs" and "Segments".

use ragc_read::{Contigs, SegmentRef};

use super::IndexError;
use super::columns::{Columns, PageMaker, signed};

/// Contigs of a page, and segments after which no other contig is added to it.
const CONTIGS_MAX: usize = 256;
const SEGMENTS_ENOUGH: usize = 1 << 16;
/// Segments of a page, and from mark to mark.
const SEGMENTS_A_PAGE: usize = 1024;
const SEGMENTS_A_MARK: usize = 64;

/// Bits of a segment's kind.
const REVERSED: u8 = 1;
const RAW: u8 = 2;
const REFERENCE: u8 = 4;

/// A contig page, and the segment pages that it leads to, one after the other.
pub struct ContigPage {
    pub contigs: u64,
    pub page: Vec<u8>,
    pub segments: Vec<u8>,
}

/// Makes the contig pages of a sample and gives each to `take`. Segments share `overlap` bases with those before them.
pub fn contig_pages(
    contigs: &Contigs,
    overlap: u32,
    maker: &mut PageMaker,
    mut take: impl FnMut(ContigPage),
) -> Result<(), IndexError> {
    let mut open = OpenPage::new(overlap);
    for (number, contig) in contigs.iter().enumerate() {
        if open.contigs == CONTIGS_MAX || open.segments.len() >= SEGMENTS_ENOUGH {
            let full = std::mem::replace(&mut open, OpenPage::new(overlap));
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
struct OpenPage {
    overlap: u32,
    contigs: usize,
    names: Columns,
    lens: Vec<u64>,
    counts: Vec<u64>,
    segments: Vec<SegmentRef>,
    marks: Marks,
}

/// Where the marks are: columns of differences.
#[derive(Default)]
struct Marks {
    positions: Vec<u64>,
    groups: Vec<u64>,
    last: (u64, u32),
}

impl Marks {
    fn add(&mut self, position: u64, group: u32) {
        let (before, group_before) = self.last;
        self.positions
            .push(signed(position.wrapping_sub(before) as i64));
        self.groups
            .push(signed(i64::from(group) - i64::from(group_before)));
        self.last = (position, group);
    }
}

impl OpenPage {
    fn new(overlap: u32) -> Self {
        Self {
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
        let mut position = 0;
        for (number, &segment) in segments.iter().enumerate() {
            if self.segments.len().is_multiple_of(SEGMENTS_A_MARK) {
                let group = match segment.is_raw() {
                    true => self.marks.last.1,
                    false => segment.group_id,
                };
                self.marks.add(position, group);
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
            let page = maker.page(&segment_columns(chunk))?;
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
        columns.varints(self.marks.groups);
        Ok(ContigPage {
            contigs: self.contigs as u64,
            page: maker.page(&columns)?,
            segments,
        })
    }
}

fn segment_columns(segments: &[SegmentRef]) -> Columns {
    let usual = usual_len(segments);
    let (mut kinds, mut groups, mut entries, mut lens) = (vec![], vec![], vec![], vec![]);
    let mut expected = 0;
    for segment in segments {
        let mut kind = if segment.reversed() { REVERSED } else { 0 };
        let group = i64::from(segment.group_id);
        if segment.is_raw() {
            kind |= RAW;
            groups.push(u64::from(segment.group_id));
        } else {
            groups.push(signed(group - expected));
            expected = group + if segment.reversed() { -1 } else { 1 };
        }
        if segment.in_group_id == 0 && !segment.is_raw() {
            kind |= REFERENCE;
        } else {
            entries.push(u64::from(segment.in_group_id));
        }
        kinds.push(kind);
        lens.push(signed(i64::from(segment.len_bases()) - i64::from(usual)));
    }
    let mut columns = Columns::default();
    columns.varint(segments.len() as u64);
    columns.varint(u64::from(usual));
    columns.raw(&kinds);
    columns.end();
    columns.varints(groups);
    columns.split(&entries);
    columns.split(&lens);
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

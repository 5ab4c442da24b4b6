//! What a contig tells of others of its name: they go mostly through the same ranks, at about the same segments.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bstr::{BStr, ByteSlice};

use super::contigs::ContigsPage;
use super::lookup::ContigsAt;
use super::open::Index;
use crate::reader::Reader;
use crate::step::Stop;
use crate::tables::first_word;

/// Contig pages that are looked through for a name.
const PAGES_REMEMBERED: usize = 8;
/// Pages of places that are asked for because a contig's own marks tell them, and those of another contig.
pub(super) const PLACES_TOLD_BYTES_MAX: u64 = 128 << 10;
pub(super) const PLACES_FORETOLD_BYTES_MAX: u64 = 48 << 10;
/// Segments beside a range that are looked at too: what was inserted or lost shifts it.
const SEGMENTS_BESIDE: u64 = 16;
/// Bytes beside the segment page foretold that are asked for too.
const SEGMENTS_BYTES_BESIDE: u64 = 4 << 10;

/// The contig pages that were used last.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<Known>);

#[derive(Debug)]
struct Known {
    sample: usize,
    number: usize,
    page: Arc<ContigsPage>,
}

/// Where a region likely lies in a sample.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Foretold {
    /// Numbers of pages of places.
    pub(super) places: Vec<u64>,
    /// The number of the contig page.
    pub(super) page: usize,
    /// Which of the bytes of its segment pages, of how many.
    segments: Range<u64>,
    segments_len: u64,
}

impl Recent {
    pub(super) fn remember(&mut self, sample: usize, at: &ContigsAt) {
        let is_it = |known: &Known| (known.sample, known.number) == (sample, at.number);
        if let Some(place) = self.0.iter().position(is_it) {
            self.0.remove(place);
        }
        self.0.truncate(PAGES_REMEMBERED - 1);
        self.0.push_front(Known {
            sample,
            number: at.number,
            page: Arc::clone(&at.page),
        });
    }

    /// What is foretold of a range of a contig by another of its name.
    pub(super) fn foretell(&self, contig: &BStr, range: &Range<u64>) -> Option<Foretold> {
        let wanted = name_within(contig);
        let found = self.0.iter().find_map(|known| {
            let mut names = known.page.contigs.names();
            let place = names.position(|name| name_within(name) == wanted)?;
            Some((known, place))
        });
        let (known, place) = found?;
        let row = known.page.contigs.get(place)?;
        let usual_len = row.len_bases / (row.segment_count as u64).max(1);
        let beside = usual_len.saturating_mul(SEGMENTS_BESIDE);
        let start = range.start.saturating_sub(beside).min(row.len_bases);
        let range = start..range.end.saturating_add(beside).min(row.len_bases);
        let stretch = known.page.stretch(place, &range)?;
        let mut pages = known
            .page
            .segment_pages(&stretch.segments)
            .map(|(_, range)| range);
        let first = pages.next()?;
        let segments = first.start..pages.last().map_or(first.end, |last| last.end);
        Some(Foretold {
            places: known.page.places(&stretch),
            page: known.number,
            segments,
            segments_len: known.page.segments_len_bytes(),
        })
    }
}

impl Foretold {
    /// The segment pages likely needed, in those of another contig page.
    pub(super) fn segments(&self, all: &Range<u64>) -> Range<u64> {
        let len = all.end - all.start;
        if len <= 2 * SEGMENTS_BYTES_BESIDE {
            return all.clone();
        }
        let scaled = |at: u64| {
            let scaled = u128::from(at) * u128::from(len) / u128::from(self.segments_len.max(1));
            u64::try_from(scaled).unwrap_or(u64::MAX).min(len)
        };
        let start = scaled(self.segments.start).saturating_sub(SEGMENTS_BYTES_BESIDE);
        let end = scaled(self.segments.end).saturating_add(SEGMENTS_BYTES_BESIDE);
        all.start + start..all.start + end.min(len)
    }
}

/// The part of a contig's name that it has in common with others: of `HG002#1#chr1 x`, it is `chr1`.
fn name_within(name: &BStr) -> &BStr {
    let word = first_word(name);
    let sharp = word.iter().rposition(|&byte| byte == b'#');
    let last = sharp.and_then(|at| word.get(at + 1..));
    last.unwrap_or(word).as_bstr()
}

impl Reader {
    /// Where pages of places lie, as many as take no more than `bytes_max`.
    pub(super) fn places_pages(
        &mut self,
        index: &Index,
        numbers: &[u64],
        bytes_max: u64,
    ) -> Vec<Range<u64>> {
        let mut ranges = Vec::new();
        for &number in numbers {
            match self.numbered_leaf(index, &index.places, number) {
                Ok(leaf) => ranges.extend(leaf),
                // A node that leads to it.
                Err(Stop::Need(nodes)) => ranges.extend(nodes),
                // What is broken is told when it is needed.
                Err(Stop::Failed(_)) => {}
            }
        }
        ranges.dedup();
        ranges.retain(|range| range.end <= index.range.end && !self.has_page(range));
        let mut bytes = 0;
        ranges.retain(|range| {
            bytes += range.end - range.start;
            bytes <= bytes_max
        });
        ranges
    }
}

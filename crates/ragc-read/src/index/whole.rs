//! All segments of some contigs of a sample, and the lengths of all parts: what lists and pictures of an archive take.

use std::ops::Range;

use super::lookup::{ContigsAt, SampleAt};
use super::open::Index;
use super::places::PlacesPage;
use super::stretches::missing;
use crate::error::within;
use crate::part_sizes::PartSize;
use crate::reader::Reader;
use crate::sample_segments::SampleSegments;
use crate::step::Stop;
use crate::tables::SegmentRef;
use crate::wants::Wants;

impl Reader {
    /// The segments of some contigs of a sample, with groups or, `by_rank`, with their ranks.
    pub(crate) fn index_segments(
        &mut self,
        index: &Index,
        sample: &SampleAt,
        contigs: &Range<usize>,
        by_rank: bool,
    ) -> Result<SampleSegments, Stop> {
        let allowed = self.shared.limits.allocation_bytes_max;
        let mut wants = Wants::default();
        let mut found = SampleSegments::default();
        let pages = sample.contig_pages();
        let first = pages.partition_point(|page| page.contigs.end <= contigs.start);
        let end = pages.partition_point(|page| page.contigs.start < contigs.end);
        for number in first..end {
            let page = self.contig_page(index, sample, number);
            let Some(at) = wants.take(page)? else {
                continue;
            };
            let from = contigs.start.max(at.row.contigs.start) - at.row.contigs.start;
            let to = contigs.end.min(at.row.contigs.end) - at.row.contigs.start;
            let segments = self.whole_segments(index, &at, &(from..to), by_rank, &mut wants)?;
            let mut segments = segments.into_iter();
            for contig in (from..to).filter_map(|place| at.page.contigs.get(place)) {
                let count = contig.segment_count;
                found.push(&mut segments.by_ref().take(count), count, allowed)?;
            }
        }
        wants.end(self)?;
        Ok(found)
    }

    /// The segments of some contigs of a contig page, with their groups, as far as the pages that tell them are there.
    fn whole_segments(
        &mut self,
        index: &Index,
        at: &ContigsAt,
        contigs: &Range<usize>,
        by_rank: bool,
        wants: &mut Wants,
    ) -> Result<Vec<SegmentRef>, Stop> {
        let Some((numbers, places)) = at.page.whole(contigs) else {
            return Ok(Vec::new());
        };
        let mut segments = self.ranked_segments(index, at, &numbers, wants)?;
        if by_rank {
            return Ok(segments);
        }
        let mut groups: Vec<(u32, u32)> = Vec::new();
        for number in places {
            let leaf = self.numbered_leaf(index, &index.places, number);
            let Some(Some(leaf)) = wants.take(leaf)? else {
                continue;
            };
            let page = self.page::<PlacesPage>(index, &leaf);
            if let Some(page) = wants.take(page)? {
                groups.extend(page.groups());
            }
        }
        if !wants.is_complete() {
            return Ok(Vec::new());
        }
        // Rising, as pages and their ranks are.
        for segment in segments.iter_mut().filter(|segment| !segment.is_raw()) {
            let rank = segment.group_id;
            let found = groups.partition_point(|group| group.0 < rank);
            let Some((_, group)) = groups.get(found).filter(|group| group.0 == rank) else {
                return Err(missing(index, "no parts", rank).into());
            };
            segment.group_id = *group;
        }
        Ok(segments)
    }

    /// The lengths of all parts that the index knows.
    pub(crate) fn index_parts(&mut self, index: &Index) -> Result<Vec<PartSize>, Stop> {
        let allowed = self.shared.limits.allocation_bytes_max;
        let mut wants = Wants::default();
        let mut parts = Vec::new();
        for leaf in self.leaves(index, &index.places, &(0..=u64::MAX))? {
            let page = self.page::<PlacesPage>(index, &leaf.range);
            let Some(page) = wants.take(page)? else {
                continue;
            };
            for (group_id, number, len_bytes) in page.parts() {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                parts.push(PartSize {
                    group_id,
                    pack: number.checked_sub(1),
                    len_bytes,
                });
            }
            let bytes = parts.len().saturating_mul(size_of::<PartSize>());
            within("the lengths of parts", bytes as u64, allowed)?;
        }
        wants.end(self)?;
        Ok(parts)
    }
}

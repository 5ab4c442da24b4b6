//! The segments of a sample's contigs, as the tables tell them: no sequence is read.

use std::ops::Range;

use bstr::BStr;

use crate::error::{Error, within};
use crate::reader::Reader;
use crate::step::{Step, Stop};
use crate::tables::SegmentRef;

/// The segments of some contigs of a sample that follow one another.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SampleSegments {
    /// Contig after contig; each segment after the first of its contig begins with the k bases that end the one before.
    pub segments: Vec<SegmentRef>,
    /// Where the segments of each contig end among all of them.
    pub ends: Vec<usize>,
}

impl SampleSegments {
    /// Adds a contig, which has `count` segments.
    pub(crate) fn push(
        &mut self,
        segments: &mut dyn Iterator<Item = SegmentRef>,
        count: usize,
        bytes_max: u64,
    ) -> Result<(), Error> {
        let end = self.segments.len().saturating_add(count);
        let bytes = end.saturating_mul(size_of::<SegmentRef>());
        within("the segments of a sample", bytes as u64, bytes_max)?;
        self.segments.extend(segments);
        self.ends.push(end);
        Ok(())
    }
}

impl Reader {
    /// The segments of the contigs `contigs` of a sample, by their numbers; those beyond its last are left out.
    ///
    /// Without an index it takes a round on an open archive, the sample's batch of the collection. With an index two: the
    /// contig pages, then the segment pages and the pages of places that tell their groups. No part of a segment stream is
    /// read.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample; `Malformed`, `Limit`.
    pub fn segments_of(
        &mut self,
        sample: &BStr,
        contigs: Range<usize>,
    ) -> Result<Step<SampleSegments>, Error> {
        self.segments_told(sample, contigs, false)
    }

    /// The same, but with an index groups are told by their ranks (docs/INDEX.md): enough to know which segments of any
    /// samples share a group, and the pages of places are not read. Without an index these are the groups.
    ///
    /// # Errors
    /// As [`Reader::segments_of`].
    pub fn ranked_segments_of(
        &mut self,
        sample: &BStr,
        contigs: Range<usize>,
    ) -> Result<Step<SampleSegments>, Error> {
        self.segments_told(sample, contigs, true)
    }

    pub(crate) fn segments_told(
        &mut self,
        sample: &BStr,
        contigs: Range<usize>,
        by_rank: bool,
    ) -> Result<Step<SampleSegments>, Error> {
        self.answer(|reader| match reader.index()? {
            Some(index) => {
                let sample = reader.sample_named(&index, sample)?;
                reader.index_segments(&index, &sample, &contigs, by_rank)
            }
            None => reader.segments_by_batch(sample, contigs.clone()),
        })
    }

    fn segments_by_batch(
        &mut self,
        sample: &BStr,
        contigs: Range<usize>,
    ) -> Result<SampleSegments, Stop> {
        let number = self.opened()?.sample_number(sample)?;
        let table = self.table_of(number)?;
        let allowed = self.shared.limits.allocation_bytes_max;
        let mut found = SampleSegments::default();
        for contig in contigs.start..contigs.end.min(table.len()) {
            let count = table.get(contig).map_or(0, |contig| contig.segment_count);
            if let Some(mut segments) = table.segments_from(contig, 0) {
                found.push(&mut segments, count, allowed)?;
            }
        }
        Ok(found)
    }
}

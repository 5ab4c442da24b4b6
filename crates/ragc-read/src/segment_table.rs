//! The contigs of a sample with all their segments, as a batch of the collection gives them.

use std::ops::Deref;
use std::sync::Arc;

use crate::error::Error;
use crate::segments::{Decoding, Segments};
use crate::tables::{Contigs, NameList, SegmentRef};

/// The contigs of one sample, in stored order, with what is needed to find their bases.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SegmentTable {
    contigs: Arc<Contigs>,
    segments: Segments,
    /// Bases and segments of the contig whose segments are being pushed.
    open: (u64, usize),
}

/// A table is its contigs, and what they are made of.
impl Deref for SegmentTable {
    type Target = Contigs;

    fn deref(&self) -> &Contigs {
        &self.contigs
    }
}

impl SegmentTable {
    /// The segments of contig `index`, in order; each after the first begins with the k bases that end the one before.
    #[must_use]
    pub fn segments(&self, index: usize) -> Option<Vec<SegmentRef>> {
        let segments = self.segments_from(index, 0)?;
        let count = self.segment_numbers(index)?.len();
        let mut all = Vec::with_capacity(count);
        all.extend(segments);
        Some(all)
    }

    /// The contigs without their segments.
    pub(crate) fn contigs(&self) -> &Arc<Contigs> {
        &self.contigs
    }

    /// The segments of contig `index` from its segment `first` on.
    pub(crate) fn segments_from(
        &self,
        index: usize,
        first: usize,
    ) -> Option<std::iter::Take<Decoding<'_>>> {
        let numbers = self.segment_numbers(index)?;
        let number = numbers.start.saturating_add(first).min(numbers.end);
        Some(self.segments.from(number).take(numbers.end - number))
    }

    /// A segment of contig `index` where looking for `position` may begin, by its number in the contig, and how many
    /// bases come before those that are first in it.
    pub(crate) fn segment_before(&self, index: usize, position: u64) -> Option<(usize, u64)> {
        let numbers = self.segment_numbers(index)?;
        let (number, start) = self.segments.before(numbers.clone(), position);
        Some((number - numbers.start, start))
    }

    /// Bytes of memory it takes.
    pub(crate) fn size_bytes(&self) -> usize {
        self.contigs.size_bytes() + self.segments.size_bytes() + size_of::<SegmentTable>()
    }

    pub(crate) fn with_names(names: NameList) -> SegmentTable {
        SegmentTable {
            contigs: Arc::new(Contigs::with_names(names)),
            ..SegmentTable::default()
        }
    }

    pub(crate) fn push_name(&mut self, name: &[u8], bytes_max: u64) -> Result<(), Error> {
        Arc::make_mut(&mut self.contigs).push_name(name, bytes_max)
    }

    /// Adds a segment to the contig that comes next; those after the first share `overlap` bases with the one before.
    pub(crate) fn push_segment(&mut self, segment: SegmentRef, overlap: u32) {
        let (bases, count) = &mut self.open;
        let shared = if *count == 0 { 0 } else { overlap };
        self.segments.push(segment, *bases);
        *bases += u64::from(segment.len_bases().saturating_sub(shared));
        *count += 1;
    }

    /// Ends the contig whose segments were pushed.
    pub(crate) fn end_contig(&mut self) {
        let (bases, count) = std::mem::take(&mut self.open);
        Arc::make_mut(&mut self.contigs).push_row(bases, count);
    }

    pub(crate) fn shrink(&mut self) {
        Arc::make_mut(&mut self.contigs).shrink();
        self.segments.shrink();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Contig;

    #[test]
    fn contig_length_counts_each_overlap_once() {
        let mut names = NameList::default();
        for name in ["chr1 first", "empty"] {
            names.push(name.as_bytes(), 1000).unwrap();
        }
        let mut contigs = SegmentTable::with_names(names);
        for len in [100, 50, 31] {
            contigs.push_segment(SegmentRef::new(16, 1, len, true).unwrap(), 31);
        }
        contigs.end_contig();
        contigs.end_contig();
        let first = contigs.get(0).unwrap();
        assert_eq!((first.len_bases, first.segment_count), (119, 3));
        assert_eq!(first.first_word(), "chr1");
        assert_eq!(
            contigs.get(1).unwrap(),
            Contig {
                name: "empty".into(),
                len_bases: 0,
                segment_count: 0
            }
        );
        assert_eq!(contigs.get(2), None);
        assert!(contigs.segments(0).unwrap()[2].reversed());
        assert!(SegmentRef::new(0, 0, 1 << 31, false).is_none());
    }
}

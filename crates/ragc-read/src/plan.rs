//! Which segments a range of a contig takes, and which parts of the file these are in. Arithmetic only.

use std::ops::Range;

use crate::error::Error;
use crate::format::stream_name::{Kind, SegmentStream};
use crate::tables::SegmentRef;

/// Groups below this hold raw texts and have no reference. Fixed in all versions of the format.
pub(crate) const RAW_GROUP_COUNT: u32 = 16;

/// Some bases of one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The segment, counted in its contig.
    pub(crate) segment: usize,
    pub(crate) stored: SegmentRef,
    /// Which of its bases, in the contig's orientation.
    pub(crate) take: Range<u32>,
}

impl Piece {
    /// Which of its bases, in the orientation the segment is stored in.
    pub(crate) fn stored_take(&self) -> Range<u32> {
        let Range { start, end } = self.take;
        let len = self.stored.len_bases();
        match self.stored.reversed() {
            // A plan takes no base past the segment's end.
            true => len.saturating_sub(end)..len.saturating_sub(start),
            false => start..end,
        }
    }
}

/// A part of a segment stream, by what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PartId {
    /// The reference of a group.
    Reference(u32),
    /// A pack of a group, by its number.
    Pack(u32, u32),
}

impl PartId {
    pub(crate) fn stream(self) -> SegmentStream {
        match self {
            PartId::Reference(group_id) => SegmentStream {
                group_id,
                kind: Kind::Reference,
            },
            PartId::Pack(group_id, _) => SegmentStream {
                group_id,
                kind: Kind::Packs,
            },
        }
    }

    /// The part's number in its stream.
    pub(crate) fn number(self) -> u32 {
        match self {
            PartId::Reference(_) => 0,
            PartId::Pack(_, number) => number,
        }
    }

    /// A number for it alone, as a group has fewer than 2^32 - 1 packs.
    pub(crate) fn key(self) -> u64 {
        match self {
            PartId::Reference(group_id) => u64::from(group_id) << 32,
            PartId::Pack(group_id, number) => {
                u64::from(group_id) << 32 | u64::from(number.saturating_add(1))
            }
        }
    }
}

/// How the stored text of a segment is come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// An entry of a raw group.
    Raw { pack: PartId, entry: u32 },
    /// It equals the reference.
    Reference(PartId),
    /// A delta against the reference.
    Delta {
        reference: PartId,
        pack: PartId,
        entry: u32,
    },
}

impl Source {
    /// See docs/FORMAT.md, "Groups and entry numbers".
    pub(crate) fn of(segment: SegmentRef, pack_cardinality: u32) -> Source {
        let SegmentRef {
            group_id,
            in_group_id,
            ..
        } = segment;
        // A cardinality of 0 was refused when the parameters were read.
        let per_pack = pack_cardinality.max(1);
        let pack = |index: u32| (PartId::Pack(group_id, index / per_pack), index % per_pack);
        if group_id < RAW_GROUP_COUNT {
            let (pack, entry) = pack(in_group_id);
            return Source::Raw { pack, entry };
        }
        match in_group_id.checked_sub(1) {
            None => Source::Reference(PartId::Reference(group_id)),
            Some(index) => {
                let (pack, entry) = pack(index);
                Source::Delta {
                    reference: PartId::Reference(group_id),
                    pack,
                    entry,
                }
            }
        }
    }

    pub(crate) fn parts(self) -> impl Iterator<Item = PartId> {
        let (first, second) = match self {
            Source::Raw { pack, .. } => (pack, None),
            Source::Reference(reference) => (reference, None),
            Source::Delta {
                reference, pack, ..
            } => (reference, Some(pack)),
        };
        std::iter::once(first).chain(second)
    }
}

/// Finds the pieces of `range` of a contig. The segments after the first give up their first `overlap` bases, which
/// repeat what precedes them.
///
/// `segments` are those of the contig from a number on, before which there are `at` bases, none of them in the range.
pub(crate) fn pieces(
    (first, mut at): (usize, u64),
    segments: impl Iterator<Item = SegmentRef>,
    overlap: u32,
    range: &Range<u64>,
) -> Result<Vec<Piece>, Error> {
    let mut pieces = Vec::new();
    for (segment, stored) in (first..).zip(segments) {
        if at >= range.end {
            break;
        }
        let skip = if segment == 0 { 0 } else { overlap };
        let len = stored.len_bases();
        let Some(fresh) = len.checked_sub(skip) else {
            let why = format!("a segment of {overlap} bases or more expected, one of {len} found");
            return Err(Error::malformed(why).at(|place| place.segment = Some(segment as u64)));
        };
        let within = |position: u64| {
            // At most `fresh`, so it fits.
            u32::try_from(position.saturating_sub(at).min(u64::from(fresh))).unwrap_or(fresh) + skip
        };
        let take = within(range.start)..within(range.end);
        if !take.is_empty() {
            pieces.push(Piece {
                segment,
                stored,
                take,
            });
        }
        at += u64::from(fresh);
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(len: u32) -> SegmentRef {
        SegmentRef::new(20, 3, len, false).unwrap()
    }

    fn takes(range: Range<u64>) -> Vec<(usize, Range<u32>)> {
        // 100 + (50 - 10) + (10 - 10) + (30 - 10) = 160 bases.
        let segments = [100, 50, 10, 30].map(segment);
        pieces((0, 0), segments.into_iter(), 10, &range)
            .unwrap()
            .into_iter()
            .map(|p| (p.segment, p.take))
            .collect()
    }

    #[test]
    fn a_range_takes_every_base_once() {
        assert_eq!(takes(0..160), [(0, 0..100), (1, 10..50), (3, 10..30)]);
        assert_eq!(takes(0..1), [(0, 0..1)]);
        assert_eq!(takes(99..101), [(0, 99..100), (1, 10..11)]);
        assert_eq!(takes(139..141), [(1, 49..50), (3, 10..11)]);
        assert_eq!(takes(159..500), [(3, 29..30)]);
        assert_eq!(takes(160..500), []);
        assert_eq!(takes(50..50), []);
        for start in 0..160u64 {
            for end in start..170 {
                let sum: u64 = takes(start..end)
                    .iter()
                    .map(|(_, t)| u64::from(t.end - t.start))
                    .sum();
                assert_eq!(sum, end.min(160) - start);
            }
        }
    }

    #[test]
    fn a_range_may_be_looked_for_from_a_later_segment_on() {
        let segments = || [100, 50, 10, 30].map(segment).into_iter();
        for (first, at) in [(1, 100), (2, 140), (3, 140)] {
            for start in at..165 {
                let later = pieces((first, at), segments().skip(first), 10, &(start..160));
                let all = pieces((0, 0), segments(), 10, &(start..160));
                assert_eq!(later.unwrap(), all.unwrap());
            }
        }
    }

    #[test]
    fn a_first_segment_may_be_shorter_than_the_overlap_but_no_other() {
        let of = |lens: [u32; 2], range| {
            let segments = lens.map(segment).into_iter();
            pieces((0, 0), segments, 10, &range)
        };
        let first = of([5, 30], 0..25).unwrap();
        assert_eq!(first[1].take, 10..30);
        let error = of([30, 5], 0..100).unwrap_err();
        assert_eq!(
            error.to_string(),
            "segment 1: a segment of 10 bases or more expected, one of 5 found"
        );
    }

    #[test]
    fn entries_of_raw_groups_count_from_0_and_deltas_from_1() {
        let of = |group, entry| Source::of(SegmentRef::new(group, entry, 9, false).unwrap(), 50);
        assert_eq!(
            of(15, 0),
            Source::Raw {
                pack: PartId::Pack(15, 0),
                entry: 0
            }
        );
        assert_eq!(
            of(15, 50),
            Source::Raw {
                pack: PartId::Pack(15, 1),
                entry: 0
            }
        );
        assert_eq!(of(16, 0), Source::Reference(PartId::Reference(16)));
        let delta = |pack, entry| Source::Delta {
            reference: PartId::Reference(16),
            pack: PartId::Pack(16, pack),
            entry,
        };
        assert_eq!(of(16, 1), delta(0, 0));
        assert_eq!(of(16, 50), delta(0, 49));
        assert_eq!(of(16, 51), delta(1, 0));
    }
}

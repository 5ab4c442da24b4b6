//! The segments of a sample in a few bytes each, found by number and by position.
//!
//! A collection of human assemblies has 55 000 segments a sample. All tables stay in memory, so that asking for samples
//! in any order does not decode a batch of them each time; as [`SegmentRef`]s they would take twice as much.

use std::ops::Range;

use crate::tables::SegmentRef;

/// Segments from one mark to the next: decoding begins at a mark.
const MARK_EVERY: usize = 64;

/// The segments of all contigs of a sample, one after another: each as its differences from the one before.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Segments {
    bytes: Vec<u8>,
    /// One for segments 0, 64, 128 and so on.
    marks: Vec<Mark>,
    len: usize,
    predicted: [u32; 3],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    /// Where the segment's bytes are.
    at: usize,
    /// How many bases of its contig come before those that are first in it.
    position: u64,
}

impl Segments {
    /// How many there are.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.len
    }

    /// Appends a segment; `position` bases of its contig come before those that are first in it.
    pub(crate) fn push(&mut self, segment: SegmentRef, position: u64) {
        if self.len.is_multiple_of(MARK_EVERY) {
            let at = self.bytes.len();
            self.marks.push(Mark { at, position });
            self.predicted = [0; 3];
        }
        let columns = segment.columns();
        for (value, predicted) in columns.into_iter().zip(self.predicted) {
            push_code(zigzag(value.wrapping_sub(predicted)), &mut self.bytes);
        }
        self.predicted = predict(columns);
        self.len += 1;
    }

    /// The segments from `number` on.
    pub(crate) fn from(&self, number: usize) -> Decoding<'_> {
        let marked = number - number % MARK_EVERY;
        let at = self.marks.get(number / MARK_EVERY).map(|mark| mark.at);
        let mut decoding = Decoding {
            rest: at.and_then(|at| self.bytes.get(at..)).unwrap_or_default(),
            number: marked,
            predicted: [0; 3],
        };
        for _ in marked..number {
            decoding.next();
        }
        decoding
    }

    /// A segment of a contig, which has the segments `numbers`, not far before `position` in it, and its position.
    pub(crate) fn before(&self, numbers: Range<usize>, position: u64) -> (usize, u64) {
        let first = numbers.start.div_ceil(MARK_EVERY);
        let marks = self.marks.get(first..numbers.end.div_ceil(MARK_EVERY));
        let marks = marks.unwrap_or_default();
        let count = marks.partition_point(|mark| mark.position <= position);
        match count.checked_sub(1).and_then(|last| marks.get(last)) {
            Some(mark) => ((first + count - 1) * MARK_EVERY, mark.position),
            None => (numbers.start, 0),
        }
    }

    /// Bytes of memory they take.
    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.len() + self.marks.len() * size_of::<Mark>()
    }

    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.marks.shrink_to_fit();
    }
}

/// Segments, one after another.
#[derive(Debug, Clone)]
pub(crate) struct Decoding<'a> {
    rest: &'a [u8],
    /// Of the next.
    number: usize,
    predicted: [u32; 3],
}

impl Iterator for Decoding<'_> {
    type Item = SegmentRef;

    fn next(&mut self) -> Option<SegmentRef> {
        if self.number.is_multiple_of(MARK_EVERY) {
            self.predicted = [0; 3];
        }
        let mut columns = self.predicted;
        for column in &mut columns {
            *column = column.wrapping_add(unzigzag(take_code(&mut self.rest)?));
        }
        self.predicted = predict(columns);
        self.number += 1;
        Some(SegmentRef::of_columns(columns))
    }
}

/// What follows a segment is mostly of the next group, and about as long.
fn predict([group_id, in_group_id, len_and_reversed]: [u32; 3]) -> [u32; 3] {
    [group_id.wrapping_add(1), in_group_id, len_and_reversed]
}

/// Small differences, of either sign, to small numbers.
fn zigzag(difference: u32) -> u32 {
    (difference << 1) ^ (difference.cast_signed() >> 31).cast_unsigned()
}

fn unzigzag(code: u32) -> u32 {
    (code >> 1) ^ (code & 1).wrapping_neg()
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
fn push_code(mut code: u32, bytes: &mut Vec<u8>) {
    loop {
        let [low, ..] = code.to_le_bytes();
        code >>= 7;
        if code == 0 {
            bytes.push(low & 0x7F);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take_code(rest: &mut &[u8]) -> Option<u32> {
    let mut code = 0;
    for shift in (0..32).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        code |= u32::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            break;
        }
    }
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(seed: u32) -> SegmentRef {
        // Numbers of every size, near each other and far apart.
        let number = |salt: u32| seed.wrapping_mul(0x9E37_79B9).rotate_left(salt) >> (seed % 32);
        SegmentRef::new(
            number(3),
            number(7),
            number(11) >> 1,
            seed.is_multiple_of(3),
        )
        .unwrap()
    }

    #[test]
    fn segments_come_back_from_any_number_on() {
        let mut segments = Segments::default();
        let all: Vec<SegmentRef> = (0..200).map(segment).collect();
        for segment in &all {
            segments.push(*segment, 0);
        }
        segments.shrink();
        assert_eq!(segments.len(), 200);
        for number in 0..=201 {
            let found: Vec<SegmentRef> = segments.from(number).collect();
            assert_eq!(found, all[number.min(200)..], "from {number}");
        }
    }

    #[test]
    fn neighbours_in_groups_that_follow_each_other_take_three_bytes() {
        let mut segments = Segments::default();
        for group_id in 0..640 {
            let segment = SegmentRef::new(1_000_000 + group_id, 7, 60_000 + group_id % 9, false);
            segments.push(segment.unwrap(), 0);
        }
        let marked = segments.len() / MARK_EVERY * (size_of::<Mark>() + 8);
        assert!(segments.size_bytes() < 640 * 3 + marked);
    }

    #[test]
    fn a_segment_before_a_position_is_found_at_most_a_mark_away() {
        // A contig of 100 segments and one of 300, of 10 bases each.
        let mut segments = Segments::default();
        for number in (0..100).chain(0..300) {
            segments.push(
                SegmentRef::new(16, number, 10, false).unwrap(),
                u64::from(number) * 10,
            );
        }
        for (numbers, position) in (0..1100)
            .map(|p| (0..100, p))
            .chain((0..3100).map(|p| (100..400, p)))
        {
            let (number, start) = segments.before(numbers.clone(), position);
            assert!(numbers.contains(&number) && start <= position);
            assert_eq!(start, (number - numbers.start) as u64 * 10);
            let last = numbers.start + usize::try_from(position).unwrap() / 10;
            assert!(last.min(numbers.end - 1) - number < MARK_EVERY);
        }
    }
}

//! Pages of segments. See docs/INDEX.md, "Segments".

use std::cmp::Ordering;

use super::numbers::{count, split, unzigzag, varint};
use super::page::Page;
use crate::error::Error;
use crate::format::cursor::Cursor;
use crate::tables::SegmentRef;

/// Some segments of a contig page that follow one another.
#[derive(Debug)]
pub(super) struct SegmentsPage {
    /// With ranks in the place of groups.
    pub(super) segments: Vec<SegmentRef>,
}

impl Page for SegmentsPage {
    fn parse(cursor: &mut Cursor<'_>) -> Result<SegmentsPage, Error> {
        let n = count(cursor, 5, "segments")?;
        let usual_len = varint(cursor)?;
        let turns = cursor.take(n.div_ceil(8))?;
        let turns = turns
            .iter()
            .flat_map(|bits| (0..8).map(move |bit| bits >> bit & 1 != 0));
        let groups = groups(cursor, n)?;
        let entries = split(cursor, n)?;
        let lengths = split(cursor, n)?;
        let mut segments = Vec::with_capacity(n);
        for (((group, entry), length), reversed) in
            groups.into_iter().zip(entries).zip(lengths).zip(turns)
        {
            let length = usual_len.wrapping_add_signed(unzigzag(length));
            let wrong = || {
                Error::malformed(format!(
                    "a segment of {length} bases, entry {entry} of group {group}"
                ))
            };
            let narrow = |number: u64| u32::try_from(number).map_err(|_| wrong());
            let segment = SegmentRef::new(group, narrow(entry)?, narrow(length)?, reversed);
            segments.push(segment.ok_or_else(wrong)?);
        }
        Ok(SegmentsPage { segments })
    }

    fn size_bytes(&self) -> usize {
        self.segments.len() * size_of::<SegmentRef>()
    }
}

/// Lines at most.
const LINES_MAX: usize = 8;
/// A group that is this far from what its line leads to begins another.
const FAR: u64 = 64;

/// Groups that count up or down, though others come between them.
#[derive(Debug, Clone, Copy)]
struct Line {
    group: u32,
    direction: i64,
}

/// The group of each segment.
fn groups(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<u32>, Error> {
    let mut lines = Vec::with_capacity(LINES_MAX + 1);
    lines.push(Line {
        group: 0,
        direction: 1,
    });
    let mut groups = Vec::with_capacity(count);
    for _ in 0..count {
        let code = varint(cursor)?;
        let group = next_group(&mut lines, code);
        groups.push(group.ok_or_else(|| cursor.broken(format!("a group of code {code}")))?);
    }
    Ok(groups)
}

/// The group that a code stands for; `None` if there is no such line, or no such group.
fn next_group(lines: &mut Vec<Line>, code: u64) -> Option<u32> {
    let number = usize::from(code.to_le_bytes()[0] & 7);
    let line = *lines.get(number)?;
    let difference = unzigzag(code >> 3);
    let led_to = i64::from(line.group) + line.direction;
    let group = u32::try_from(led_to.checked_add(difference)?).ok()?;
    let direction = match group.cmp(&line.group) {
        _ if difference.unsigned_abs() >= FAR => line.direction,
        Ordering::Greater => 1,
        Ordering::Less => -1,
        Ordering::Equal => line.direction,
    };
    if difference.unsigned_abs() < FAR {
        lines.remove(number);
    }
    lines.insert(0, Line { group, direction });
    lines.truncate(LINES_MAX);
    Some(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: &[u8]) -> Result<SegmentsPage, Error> {
        let mut cursor = Cursor::new(bytes);
        let page = SegmentsPage::parse(&mut cursor)?;
        cursor.finish()?;
        Ok(page)
    }

    /// Groups 20, 100 on a line of its own, 21, 99 reversed (its line turns), 3 and 98 reversed.
    const TOY: &[u8] = b"\x06\x64\x28\xB0\x02\xF0\x09\x01\x19\xE8\x0B\x01\
        \x2C\x00\x07\x00\x01\x00\x01\x00\x00\x00\x00\x00\
        \x00\x01\x02\x03\x00\x00\x00\x00\x00\x00\x01\x00";

    #[test]
    fn groups_go_on_along_lines() {
        let page = page(TOY).unwrap();
        let want = [
            (20, 300, 100, false),
            (100, 0, 99, false),
            (21, 7, 101, false),
            (99, 0, 98, true),
            (3, 1, 228, false),
            (98, 0, 100, true),
        ];
        let of =
            |(group, entry, len, reversed)| SegmentRef::new(group, entry, len, reversed).unwrap();
        assert_eq!(page.segments, want.map(of));
    }

    #[test]
    fn the_ninth_line_takes_the_place_of_the_oldest() {
        let mut lines = vec![Line {
            group: 0,
            direction: 1,
        }];
        // Each 1000 groups after what the last one led to: the differences are 1000.
        for number in 1..=9 {
            assert_eq!(next_group(&mut lines, 8 * 2000), Some(number * 1001));
        }
        assert_eq!(lines.len(), LINES_MAX);
        assert_eq!(lines[7].group, 2002);
        assert_eq!(next_group(&mut lines, 7), Some(2003));
    }

    #[test]
    fn broken_pages_are_errors() {
        for end in 0..TOY.len() {
            assert!(page(&TOY[..end]).is_err(), "cut at {end}");
        }
        let of = |code: &[u8], length: &[u8]| {
            page(&[b"\x01", length, b"\0", code, b"\0\0\0\0"].concat())
        };
        assert!(of(b"\x00", b"\xFF\xFF\xFF\xFF\x07").is_ok());
        assert!(
            of(b"\x00", b"\x80\x80\x80\x80\x08").is_err(),
            "a length of 2^31"
        );
        assert!(of(b"\x18", b"\x64").is_err(), "group -1");
        assert!(of(b"\x01", b"\x64").is_err(), "a line that is not there");
        let last = of(b"\xE0\xFF\xFF\xFF\xFF\x01", b"\x64").unwrap();
        assert_eq!(last.segments[0].group_id, u32::MAX);
        assert!(
            of(b"\xF0\xFF\xFF\xFF\xFF\x01", b"\x64").is_err(),
            "group 2^32"
        );
    }
}

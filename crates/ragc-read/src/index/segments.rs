//! Pages of segments. See docs/INDEX.md, "Segments".

use super::numbers::{count, split, svarint, unzigzag, varint};
use super::page::Page;
use crate::error::Error;
use crate::format::cursor::Cursor;
use crate::plan::RAW_GROUP_COUNT;
use crate::tables::SegmentRef;

const REVERSED: u8 = 1;
const RAW: u8 = 2;
const IS_REFERENCE: u8 = 4;

/// Some segments of a contig page that follow one another.
#[derive(Debug)]
pub(super) struct SegmentsPage {
    pub(super) segments: Vec<SegmentRef>,
}

impl Page for SegmentsPage {
    fn parse(cursor: &mut Cursor<'_>) -> Result<SegmentsPage, Error> {
        let n = count(cursor, 4, "segments")?;
        let usual_len = varint(cursor)?;
        let kinds = cursor.take(n)?;
        let groups = groups(kinds, cursor)?;
        let has_entry = |kind: &&u8| **kind & IS_REFERENCE == 0;
        let entries = split(cursor, kinds.iter().filter(has_entry).count())?;
        let mut entries = entries.into_iter();
        let lengths = split(cursor, n)?;
        let mut segments = Vec::with_capacity(n);
        for ((&kind, group), length) in kinds.iter().zip(groups).zip(lengths) {
            let entry = if kind & IS_REFERENCE == 0 {
                entries.next().unwrap_or_default()
            } else {
                0
            };
            let length = usual_len.wrapping_add_signed(unzigzag(length));
            let wrong = || {
                Error::malformed(format!(
                    "a segment of {length} bases, entry {entry} of group {group}"
                ))
            };
            let narrow = |number: u64| u32::try_from(number).map_err(|_| wrong());
            let segment = SegmentRef::new(
                narrow(group)?,
                narrow(entry)?,
                narrow(length)?,
                kind & REVERSED != 0,
            );
            segments.push(segment.ok_or_else(wrong)?);
        }
        Ok(SegmentsPage { segments })
    }

    fn size_bytes(&self) -> usize {
        self.segments.len() * size_of::<SegmentRef>()
    }
}

/// The group of each segment.
fn groups(kinds: &[u8], cursor: &mut Cursor<'_>) -> Result<Vec<u64>, Error> {
    let mut expected = 0_u64;
    let mut groups = Vec::with_capacity(kinds.len());
    for &kind in kinds {
        let is_raw = kind & RAW != 0;
        if kind > (REVERSED | RAW | IS_REFERENCE) || is_raw && kind & IS_REFERENCE != 0 {
            return Err(cursor.broken(format!("a segment of kind {kind}")));
        }
        let group = if is_raw {
            varint(cursor)?
        } else {
            expected.wrapping_add_signed(svarint(cursor)?)
        };
        if is_raw != (group < u64::from(RAW_GROUP_COUNT)) {
            return Err(cursor.broken(format!("a segment of kind {kind} in group {group}")));
        }
        if !is_raw {
            let step = if kind & REVERSED == 0 { 1 } else { -1 };
            expected = group.wrapping_add_signed(step);
        }
        groups.push(group);
    }
    Ok(groups)
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

    /// A delta in group 20, a raw text of group 3, the reference of 21, and 40 and 39 reversed.
    const TOY: &[u8] =
        b"\x05\x64\x00\x02\x04\x05\x05\x28\x03\x00\x24\x00\x2C\x07\x01\x00\x00\x01\x02\x03\x00\x00\x00\x00\x00\x01";

    #[test]
    fn segments_of_every_kind() {
        let page = page(TOY).unwrap();
        let want = [
            (20, 300, 100, false),
            (3, 7, 99, false),
            (21, 0, 101, false),
            (40, 0, 98, true),
            (39, 0, 228, true),
        ];
        let of =
            |(group, entry, len, reversed)| SegmentRef::new(group, entry, len, reversed).unwrap();
        assert_eq!(page.segments, want.map(of));
    }

    #[test]
    fn broken_pages_are_errors() {
        for end in 0..TOY.len() {
            assert!(page(&TOY[..end]).is_err(), "cut at {end}");
        }
        for (at, byte, what) in [
            (2, 8, "an unknown kind"),
            (2, 6, "a raw segment that is the reference"),
            (7, 20, "a delta in a raw group"),
            (8, 16, "a raw text in another group"),
            (7, 0x27, "a group below 0"),
        ] {
            let mut other = TOY.to_vec();
            other[at] = byte;
            assert!(page(&other).is_err(), "{what}");
        }
        // A length of 2^31.
        let long = b"\x01\x80\x80\x80\x80\x08\x04\x28\x00\x00";
        assert!(page(long).is_err());
        assert!(page(b"\x01\xFF\xFF\xFF\xFF\x07\x04\x28\x00\x00").is_ok());
    }
}

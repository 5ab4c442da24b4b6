//! The directory of streams at the end of the file. See docs/FORMAT.md, "Footer".

use std::collections::HashSet;
use std::ops::Range;

use bstr::ByteSlice;

use super::cursor::Cursor;
use super::int::len_int;
use super::stream_name::{Kind, Naming, SegmentStream};
use crate::error::{Error, within};
use crate::sorted::sorted;

/// The last bytes of a file: the footer's length, little-endian.
pub(crate) const TRAILER_LEN_BYTES: u64 = 8;

/// A part's metadata integer takes at most this many bytes before the payload.
const METADATA_LEN_BYTES_MAX: u64 = 9;

/// Memory taken for a byte of the footer, at most: the shortest stream and the shortest part, as they are kept.
const BYTES_KEPT_PER_FOOTER_BYTE: u64 = 16;

/// The streams with a meaning other than segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    FileTypeInfo,
    Params,
    Samples,
    Contigs,
    Details,
    Main,
    Description,
    Splitters,
    SegmentSplitters,
    Digests,
    Index,
}

impl Named {
    const ALL: [Named; 11] = [
        Named::FileTypeInfo,
        Named::Params,
        Named::Samples,
        Named::Contigs,
        Named::Details,
        Named::Main,
        Named::Description,
        Named::Splitters,
        Named::SegmentSplitters,
        Named::Digests,
        Named::Index,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Named::FileTypeInfo => "file_type_info",
            Named::Params => "params",
            Named::Samples => "collection-samples",
            Named::Contigs => "collection-contigs",
            Named::Details => "collection-details",
            Named::Main => "collection-main",
            Named::Description => "collection-desc",
            Named::Splitters => "splitters",
            Named::SegmentSplitters => "segment-splitters",
            Named::Digests => "ragc-digests",
            Named::Index => "ragc-index",
        }
    }
}

/// A stream that is looked up: by what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamId {
    Named(Named),
    Segments(SegmentStream),
}

impl StreamId {
    pub(crate) fn name(self, naming: Naming) -> String {
        match self {
            StreamId::Named(named) => named.name().to_string(),
            StreamId::Segments(stream) => stream.name(naming),
        }
    }
}

/// One stored block of a stream, as the footer lists it.
///
/// `offset` counts bytes from the start of the file and points at the part's metadata integer (1-9 bytes);
/// `len_bytes` counts only the payload after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) offset: u64,
    pub(crate) len_bytes: u64,
}

impl Part {
    /// The bytes it may take, its metadata integer included; they can reach into what follows it, up to where all parts
    /// end.
    pub(crate) fn range(self, parts_end: u64) -> Range<u64> {
        if self.len_bytes == 0 {
            return self.offset..self.offset;
        }
        let end = self
            .offset
            .saturating_add(METADATA_LEN_BYTES_MAX + self.len_bytes);
        self.offset..end.min(parts_end)
    }
}

/// Where everything is. Holds only streams that mean something to a reader.
#[derive(Debug)]
pub(crate) struct Footer {
    /// Where the footer starts, and the parts end.
    pub(crate) start: u64,
    /// All streams listed, known or not.
    pub(crate) stream_count: usize,
    /// Groups with a reference.
    pub(crate) group_count: usize,
    naming: Naming,
    parts: Vec<Part>,
    named: Vec<(Named, Range<usize>)>,
    /// Sorted by stream: the first of its parts, and the one after its last.
    segments: Vec<(SegmentStream, usize, usize)>,
}

impl Footer {
    /// Reads a footer that starts at `start` in the file.
    pub(crate) fn parse(
        bytes: &[u8],
        start: u64,
        allocation_bytes_max: u64,
    ) -> Result<Footer, Error> {
        let kept = (bytes.len() as u64).saturating_mul(BYTES_KEPT_PER_FOOTER_BYTE);
        within("the footer's tables", kept, allocation_bytes_max)?;
        let mut cursor = Cursor::new(bytes);
        let stream_count = count(&mut cursor, 3, "streams")?;
        let mut footer = Footer {
            start,
            stream_count,
            group_count: 0,
            naming: Naming::default(),
            parts: vec![],
            named: vec![],
            segments: vec![],
        };
        let mut names = HashSet::new();
        for _ in 0..stream_count {
            let name = cursor.until_zero()?;
            if name.is_empty() || !names.insert(name) {
                return Err(cursor.broken(format!(
                    "two streams called {:?}, or one without a name",
                    name.as_bstr()
                )));
            }
            let parts = footer.parse_parts(&mut cursor)?;
            footer.keep(name, parts);
        }
        cursor.finish()?;
        footer.segments = sorted(footer.segments);
        let after = footer.segments.iter().skip(1);
        if let Some((twice, ..)) = footer.segments.iter().zip(after).find(|(a, b)| a.0 == b.0) {
            let (short, long) = (twice.0.name(Naming::Short), twice.0.name(Naming::Long));
            return Err(Error::malformed(format!(
                "two streams for the same thing, {short} and {long}"
            )));
        }
        footer.group_count = footer
            .segments
            .iter()
            .filter(|(stream, ..)| stream.kind == Kind::Reference)
            .count();
        footer.parts.shrink_to_fit();
        Ok(footer)
    }

    fn parse_parts(&mut self, cursor: &mut Cursor<'_>) -> Result<Range<usize>, Error> {
        let part_count = count(cursor, 2, "parts")?;
        // The raw size is written as 0 and never used.
        len_int(cursor)?;
        let first = self.parts.len();
        for _ in 0..part_count {
            let part = Part {
                offset: len_int(cursor)?,
                len_bytes: len_int(cursor)?,
            };
            // A payload is preceded by at least one byte of metadata; an empty part need not be in the file at all.
            let len_min = if part.len_bytes == 0 {
                0
            } else {
                part.len_bytes.saturating_add(1)
            };
            if part
                .offset
                .checked_add(len_min)
                .is_none_or(|end| end > self.start)
            {
                let why = format!(
                    "a part of {} bytes at {} ends after {}",
                    part.len_bytes, part.offset, self.start
                );
                return Err(cursor.broken(why));
            }
            self.parts.push(part);
        }
        Ok(first..self.parts.len())
    }

    fn keep(&mut self, name: &[u8], parts: Range<usize>) {
        if let Some((stream, naming)) = SegmentStream::parse(name) {
            self.naming = naming;
            self.segments.push((stream, parts.start, parts.end));
        } else if let Some(named) = Named::ALL.into_iter().find(|n| n.name().as_bytes() == name) {
            self.named.push((named, parts));
        }
    }

    /// The name of a stream in this file.
    pub(crate) fn name(&self, stream: StreamId) -> String {
        stream.name(self.naming)
    }

    /// The parts of a stream; `None` if the file has no such stream.
    pub(crate) fn parts(&self, stream: StreamId) -> Option<&[Part]> {
        let range = match stream {
            StreamId::Named(named) => self.named.iter().find(|(n, _)| *n == named)?.1.clone(),
            StreamId::Segments(stream) => {
                let at = self
                    .segments
                    .binary_search_by_key(&stream, |(s, ..)| *s)
                    .ok()?;
                let (_, first, end) = *self.segments.get(at)?;
                first..end
            }
        };
        self.parts.get(range)
    }

    /// The bytes a part may take.
    pub(crate) fn range(&self, part: Part) -> Range<u64> {
        part.range(self.start)
    }

    /// How streams of segments are named in this file.
    pub(crate) fn naming(&self) -> Naming {
        self.naming
    }

    /// The streams and their parts.
    fn streams(&self) -> impl Iterator<Item = (StreamId, &[Part])> {
        let named = self.named.iter();
        let named = named.map(|(n, r)| (StreamId::Named(*n), r.clone()));
        let segments = self
            .segments
            .iter()
            .map(|(s, first, end)| (StreamId::Segments(*s), *first..*end));
        named
            .chain(segments)
            .map(|(id, r)| (id, self.parts.get(r).unwrap_or_default()))
    }

    /// All parts, by stream and number.
    pub(crate) fn all_parts(&self) -> impl Iterator<Item = (StreamId, usize, Part)> {
        self.streams().flat_map(|(id, parts)| {
            parts
                .iter()
                .enumerate()
                .map(move |(number, part)| (id, number, *part))
        })
    }

    /// The parts that lie in a range of the file, by stream and number.
    pub(crate) fn parts_within(&self, range: &Range<u64>) -> Vec<(StreamId, usize, Part)> {
        let within = |part: &Part| {
            let end = part.offset.saturating_add(part.len_bytes);
            part.len_bytes > 0 && range.contains(&part.offset) && end < range.end
        };
        let mut found: Vec<_> = self
            .all_parts()
            .filter(|(_, _, part)| within(part))
            .collect();
        found.sort_by_key(|(_, _, part)| part.offset);
        found
    }
}

/// A count of things of at least `each_min` bytes, which cannot be more than the rest of the footer holds.
fn count(cursor: &mut Cursor<'_>, each_min: u64, what: &str) -> Result<usize, Error> {
    let count = len_int(cursor)?;
    let most = cursor.remaining() as u64 / each_min;
    match usize::try_from(count) {
        Ok(count) if count as u64 <= most => Ok(count),
        _ => Err(cursor.broken(format!("{count} {what} do not fit into the footer"))),
    }
}

/// The metadata and the payload of a part, from the bytes of its range.
pub(crate) fn open_part(bytes: &[u8], part: Part) -> Result<(u64, &[u8]), Error> {
    if part.len_bytes == 0 {
        return Ok((0, &[]));
    }
    let mut cursor = Cursor::new(bytes);
    let metadata = len_int(&mut cursor)?;
    let len = usize::try_from(part.len_bytes).unwrap_or(usize::MAX);
    Ok((metadata, cursor.take(len)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two streams: `params` with one part of 16 bytes at 0, and `xGr` with a part of 3 at 17 and an empty one.
    const TOY: &[u8] =
        b"\x01\x02params\0\x01\x01\0\0\x01\x10xGr\0\x01\x02\0\x01\x11\x01\x03\x01\x15\0";

    #[test]
    fn footer_lists_streams_and_parts() {
        let footer = Footer::parse(TOY, 30, 1 << 20).unwrap();
        assert_eq!((footer.stream_count, footer.group_count), (2, 1));
        let params = footer.parts(StreamId::Named(Named::Params)).unwrap();
        assert_eq!(
            params,
            [Part {
                offset: 0,
                len_bytes: 16
            }]
        );
        assert_eq!(footer.range(params[0]), 0..25);
        let stream = SegmentStream {
            group_id: 16,
            kind: Kind::Reference,
        };
        let parts = footer.parts(StreamId::Segments(stream)).unwrap();
        assert_eq!(
            parts,
            [
                Part {
                    offset: 17,
                    len_bytes: 3
                },
                Part {
                    offset: 21,
                    len_bytes: 0
                }
            ]
        );
        // Cut at the footer's start; an empty part takes no bytes.
        assert_eq!(
            Footer::parse(TOY, 22, 1 << 20).unwrap().range(parts[0]),
            17..22
        );
        assert_eq!(footer.range(parts[1]), 21..21);
        assert_eq!(footer.parts(StreamId::Named(Named::Details)), None);
    }

    #[test]
    fn broken_footers_are_errors() {
        for end in 0..TOY.len() {
            assert!(
                Footer::parse(&TOY[..end], 30, 1 << 20).is_err(),
                "cut at {end}"
            );
        }
        assert!(Footer::parse(&[TOY, b"\0"].concat(), 30, 1 << 20).is_err());
        assert!(Footer::parse(TOY, 19, 1 << 20).is_err());
        assert!(matches!(
            Footer::parse(TOY, 30, 10),
            Err(Error::Limit { .. })
        ));
        let twice = b"\x01\x02a\0\0\0a\0\0\0";
        assert!(Footer::parse(twice, 30, 1 << 20).is_err());
        assert!(Footer::parse(b"\x04\xFF\xFF\xFF\xFF", 30, 1 << 20).is_err());
    }

    #[test]
    fn parts_open_into_metadata_and_payload() {
        let part = Part {
            offset: 5,
            len_bytes: 2,
        };
        assert_eq!(open_part(b"\x01\x07abxyz", part).unwrap(), (7, &b"ab"[..]));
        assert_eq!(open_part(b"\0ab", part).unwrap(), (0, &b"ab"[..]));
        assert!(open_part(b"\x01\x07a", part).is_err());
        assert_eq!(
            open_part(
                b"",
                Part {
                    offset: 5,
                    len_bytes: 0
                }
            )
            .unwrap(),
            (0, &b""[..])
        );
    }
}

//! The container: parts one after the other, then the footer that lists them.

use std::io::{self, Write};

use ragc_read::Stream;

use crate::part::Part;

/// Groups below this number hold raw texts and have no reference.
pub const RAW_GROUPS: u32 = 16;

/// A stream of the archive. The order is that of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamId {
    /// Sample names.
    Samples,
    /// Contig names, one part a batch.
    Contigs,
    /// Segment tables, one part a batch.
    Details,
    /// Reference of a group (false) or its deltas or raw texts (true).
    Group(u32, bool),
    /// The four numbers needed for decoding.
    Params,
    /// K-mers at which contigs are cut.
    Splitters,
    /// Which two k-mers lead to which group.
    SegmentSplitters,
    /// Version and producer.
    FileType,
    /// Digests of contigs, one part a batch; only there if it has parts.
    Digests,
    /// What remote readers ask, one part; only there if it has one.
    Index,
}

impl StreamId {
    /// The stream of a group's deltas or raw texts.
    pub fn deltas(group: u32) -> Self {
        Self::Group(group, true)
    }

    /// The stream of a group's reference.
    pub fn reference(group: u32) -> Self {
        Self::Group(group, false)
    }

    /// What holds the same in the archive that is continued; nothing for what we do not write.
    pub fn of(stream: Stream) -> Option<Self> {
        Some(match stream {
            Stream::Samples => Self::Samples,
            Stream::Contigs => Self::Contigs,
            Stream::Details => Self::Details,
            Stream::Reference(group) => Self::reference(group),
            Stream::Packs(group) => Self::deltas(group),
            Stream::Params => Self::Params,
            Stream::Splitters => Self::Splitters,
            Stream::SegmentSplitters => Self::SegmentSplitters,
            Stream::FileTypeInfo => Self::FileType,
            Stream::Digests => Self::Digests,
            Stream::Index => Self::Index,
            _ => return None,
        })
    }

    fn name(self) -> String {
        match self {
            Self::Samples => "collection-samples".into(),
            Self::Contigs => "collection-contigs".into(),
            Self::Details => "collection-details".into(),
            Self::Group(group, deltas) => {
                format!("x{}{}", base64(group), if deltas { 'd' } else { 'r' })
            }
            Self::Params => "params".into(),
            Self::Splitters => "splitters".into(),
            Self::SegmentSplitters => "segment-splitters".into(),
            Self::FileType => "file_type_info".into(),
            Self::Digests => "ragc-digests".into(),
            Self::Index => "ragc-index".into(),
        }
    }
}

/// A group number in base 64, least significant digit first (docs/FORMAT.md, "Names of segment streams").
fn base64(mut number: u32) -> String {
    const DIGITS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_#";
    let mut text = String::new();
    loop {
        text.push(char::from(DIGITS[(number % 64) as usize]));
        number /= 64;
        if number == 0 {
            return text;
        }
    }
}

/// Where a part lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    stream: StreamId,
    /// Where it comes in its stream; those of equal ranks in the order in which they were written.
    rank: usize,
    offset: u64,
    len_bytes: u64,
}

/// Where the parts of an archive lie, one behind the other.
#[derive(Debug, Default)]
pub struct Places {
    end: u64,
    places: Vec<Place>,
}

impl Places {
    /// A part behind those before it, which gets its number from its rank; its payload has `len_bytes`.
    pub fn push(&mut self, stream: StreamId, rank: usize, metadata: u64, len_bytes: u64) {
        self.places.push(Place {
            stream,
            rank,
            offset: self.end,
            len_bytes,
        });
        self.end += len_int_len(metadata) + len_bytes;
    }

    /// Where the next part comes.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// A part before all others, which make room for it: where they begin now.
    pub fn put_first(&mut self, stream: StreamId, metadata: u64, len_bytes: u64) -> u64 {
        let taken = len_int_len(metadata) + len_bytes;
        for place in &mut self.places {
            place.offset += taken;
        }
        self.places.push(Place {
            stream,
            rank: 0,
            offset: 0,
            len_bytes,
        });
        self.end += taken;
        taken
    }

    /// How many streams the footer lists for groups 0..`groups`.
    pub fn stream_count(&self, groups: u32) -> u64 {
        self.streams(groups).count() as u64
    }

    /// The streams of groups 0..`groups`, and the others, in the order of the footer.
    fn streams(&self, groups: u32) -> impl Iterator<Item = StreamId> {
        let fixed = [StreamId::Samples, StreamId::Contigs, StreamId::Details];
        let last = [
            StreamId::Params,
            StreamId::Splitters,
            StreamId::SegmentSplitters,
            StreamId::FileType,
        ];
        let raw = (0..RAW_GROUPS).map(StreamId::deltas);
        let others =
            (RAW_GROUPS..groups).flat_map(|g| [StreamId::reference(g), StreamId::deltas(g)]);
        let has_parts = |stream: &StreamId| self.places.iter().any(|p| p.stream == *stream);
        let ours = [StreamId::Digests, StreamId::Index].into_iter();
        let ours: Vec<StreamId> = ours.filter(has_parts).collect();
        fixed
            .into_iter()
            .chain(raw)
            .chain(others)
            .chain(last)
            .chain(ours)
    }

    /// The footer for groups 0..`groups`, every one of which gets its streams, and its length behind it.
    pub fn into_footer(mut self, groups: u32) -> Vec<u8> {
        // Stable: the parts of a stream keep their order.
        self.places.sort_by_key(|place| (place.stream, place.rank));
        let mut footer = Vec::new();
        push_len_int(&mut footer, self.stream_count(groups));
        let mut places = self.places.as_slice();
        for stream in self.streams(groups) {
            let parts = places.partition_point(|place| place.stream <= stream);
            footer.extend_from_slice(stream.name().as_bytes());
            footer.push(0);
            push_len_int(&mut footer, parts as u64);
            push_len_int(&mut footer, 0);
            for place in &places[..parts] {
                push_len_int(&mut footer, place.offset);
                push_len_int(&mut footer, place.len_bytes);
            }
            places = &places[parts..];
        }
        debug_assert!(places.is_empty());
        footer.extend_from_slice(&(footer.len() as u64).to_le_bytes());
        footer
    }
}

/// Writes an archive from front to back.
pub struct ArchiveWriter<W> {
    out: W,
    places: Places,
}

impl<W: Write> ArchiveWriter<W> {
    /// An archive without parts; writes nothing yet.
    pub fn new(out: W) -> Self {
        Self {
            out,
            places: Places::default(),
        }
    }

    /// Appends a part to a stream.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, stream: StreamId, part: &Part) -> io::Result<()> {
        self.put(stream, usize::MAX, part.metadata, &part.payload)
    }

    /// Copies a part of the archive that is continued, which keeps its number; those that are written come after it.
    ///
    /// # Errors
    /// Those of the output.
    pub fn copy(
        &mut self,
        stream: StreamId,
        number: usize,
        metadata: u64,
        payload: &[u8],
    ) -> io::Result<()> {
        self.put(stream, number, metadata, payload)
    }

    /// Appends a part without metadata, whose payload of `len_bytes` is written by `write`.
    ///
    /// # Errors
    /// Those of the output, or what `write` fails with.
    pub fn write_long<E: From<io::Error>>(
        &mut self,
        stream: StreamId,
        len_bytes: u64,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E> {
        self.places.push(stream, usize::MAX, 0, len_bytes);
        write_part(&mut self.out, 0, &[])?;
        write(&mut self.out)
    }

    fn put(
        &mut self,
        stream: StreamId,
        rank: usize,
        metadata: u64,
        payload: &[u8],
    ) -> io::Result<()> {
        self.places
            .push(stream, rank, metadata, payload.len() as u64);
        write_part(&mut self.out, metadata, payload)
    }

    /// Writes the footer for groups 0..`groups`, every one of which gets its streams; the archive's size.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self, groups: u32) -> io::Result<u64> {
        let end = self.places.end();
        let footer = self.places.into_footer(groups);
        self.out.write_all(&footer)?;
        self.out.flush()?;
        Ok(end + footer.len() as u64)
    }
}

/// A part as it lies in the file.
///
/// # Errors
/// Those of the output.
pub fn write_part(out: &mut impl Write, metadata: u64, payload: &[u8]) -> io::Result<()> {
    let mut integer = Vec::with_capacity(9);
    push_len_int(&mut integer, metadata);
    out.write_all(&integer)?;
    out.write_all(payload)
}

/// Bytes of the integer as [`push_len_int`] writes it.
pub fn len_int_len(value: u64) -> u64 {
    9 - u64::from(value.leading_zeros()) / 8
}

/// One byte that counts the others, then those, most significant first.
fn push_len_int(out: &mut Vec<u8>, value: u64) {
    let bytes = value.to_be_bytes();
    let skipped = value.leading_zeros() as usize / 8;
    out.push((8 - skipped) as u8);
    out.extend_from_slice(&bytes[skipped..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn len_ints_are_as_short_as_possible() {
        let cases: [(u64, &[u8]); 6] = [
            (0, &[0]),
            (54, &[1, 54]),
            (255, &[1, 255]),
            (256, &[2, 1, 0]),
            (666, &[2, 2, 0x9A]),
            (1 << 32, &[5, 1, 0, 0, 0, 0]),
        ];
        for (value, bytes) in cases {
            let mut out = Vec::new();
            push_len_int(&mut out, value);
            assert_eq!(out, bytes, "{value}");
            assert_eq!(len_int_len(value), bytes.len() as u64);
        }
    }

    #[test]
    fn stream_names_count_in_base_64() {
        let cases = [
            (0, "x0d"),
            (15, "xFd"),
            (63, "x#d"),
            (64, "x01d"),
            (4095, "x##d"),
            (100_000, "xWQOd"),
        ];
        for (group, name) in cases {
            assert_eq!(StreamId::deltas(group).name(), name);
        }
    }
}

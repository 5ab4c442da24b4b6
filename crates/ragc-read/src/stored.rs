//! An archive as a writer sees it that continues it: parts as they lie in the file, and texts before they are turned
//! into bases (feature `fs`).

use std::ops::Range;
use std::sync::Arc;

use bstr::BStr;

use crate::archive::{Archive, ArchiveError};
use crate::basics::Label;
use crate::batches::{BatchTexts, SampleTables, at_sample};
use crate::codec::base::codes_to_known_letters;
use crate::codec::pack::{self, PackLimits};
use crate::codec::reference;
use crate::error::Error;
use crate::format::collection::coded_names;
use crate::format::footer::{Footer, Named, Part, StreamId, open_part};
use crate::format::params::Params;
use crate::format::stream_name::{Kind, Naming, SegmentStream};
use crate::opened::at_part;
use crate::plan::Source;
use crate::reader::Reader;
use crate::segment_table::SegmentTable;
use crate::step::step;
use crate::tables::SegmentRef;

pub use crate::codec::base::NO_LETTER;

/// Parts that lie close to each other are read together, this much at a time.
const READ_BYTES: u64 = 1 << 20;
/// Bytes between two parts that are worth reading along.
const GAP_BYTES_MAX: u64 = 1 << 12;

/// A stream with a meaning, by what it holds. Others are not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stream {
    /// `collection-samples`.
    Samples,
    /// `collection-contigs`, a part for each batch.
    Contigs,
    /// `collection-details`, a part for each batch.
    Details,
    /// `collection-main`, of version 2.
    Main,
    /// `collection-desc`, of version 1.
    Description,
    /// The reference of a group.
    Reference(u32),
    /// The packs of a group.
    Packs(u32),
    /// `params`.
    Params,
    /// `splitters`.
    Splitters,
    /// `segment-splitters`.
    SegmentSplitters,
    /// `file_type_info`.
    FileTypeInfo,
    /// `ragc-digests`, a part for each batch.
    Digests,
    /// `ragc-index`, what remote readers ask (docs/INDEX.md).
    Index,
}

impl Stream {
    fn of(id: StreamId) -> Stream {
        match id {
            StreamId::Named(Named::Samples) => Stream::Samples,
            StreamId::Named(Named::Contigs) => Stream::Contigs,
            StreamId::Named(Named::Details) => Stream::Details,
            StreamId::Named(Named::Main) => Stream::Main,
            StreamId::Named(Named::Description) => Stream::Description,
            StreamId::Named(Named::Params) => Stream::Params,
            StreamId::Named(Named::Splitters) => Stream::Splitters,
            StreamId::Named(Named::SegmentSplitters) => Stream::SegmentSplitters,
            StreamId::Named(Named::FileTypeInfo) => Stream::FileTypeInfo,
            StreamId::Named(Named::Digests) => Stream::Digests,
            StreamId::Named(Named::Index) => Stream::Index,
            StreamId::Segments(SegmentStream { group_id, kind }) => match kind {
                Kind::Reference => Stream::Reference(group_id),
                Kind::Packs => Stream::Packs(group_id),
            },
        }
    }

    fn id(self) -> StreamId {
        let segments = |group_id, kind| StreamId::Segments(SegmentStream { group_id, kind });
        match self {
            Stream::Samples => StreamId::Named(Named::Samples),
            Stream::Contigs => StreamId::Named(Named::Contigs),
            Stream::Details => StreamId::Named(Named::Details),
            Stream::Main => StreamId::Named(Named::Main),
            Stream::Description => StreamId::Named(Named::Description),
            Stream::Params => StreamId::Named(Named::Params),
            Stream::Splitters => StreamId::Named(Named::Splitters),
            Stream::SegmentSplitters => StreamId::Named(Named::SegmentSplitters),
            Stream::FileTypeInfo => StreamId::Named(Named::FileTypeInfo),
            Stream::Digests => StreamId::Named(Named::Digests),
            Stream::Index => StreamId::Named(Named::Index),
            Stream::Reference(group_id) => segments(group_id, Kind::Reference),
            Stream::Packs(group_id) => segments(group_id, Kind::Packs),
        }
    }

    /// Its name in files of version 3.
    #[must_use]
    pub fn name(self) -> String {
        self.id().name(Naming::Short)
    }
}

impl SegmentRef {
    /// The stream and the number of the part that holds its entry: the reference of its group, or one of its packs.
    #[must_use]
    pub fn stored_in(self, params: &Params) -> (Stream, usize) {
        let part = match Source::of(self, params.pack_cardinality) {
            Source::Raw { pack, .. } | Source::Delta { pack, .. } => pack,
            Source::Reference(reference) => reference,
        };
        let number = usize::try_from(part.number()).unwrap_or(usize::MAX);
        (Stream::of(StreamId::Segments(part.stream())), number)
    }
}

/// A part of a stream, as the footer lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredPart {
    /// Its stream.
    pub stream: Stream,
    /// Its number there, from 0.
    pub number: usize,
    /// Where it lies in the file: its metadata integer comes first.
    pub offset: u64,
    /// Bytes of its payload, after the metadata integer.
    pub len_bytes: u64,
}

impl StoredPart {
    fn part(&self) -> Part {
        Part {
            offset: self.offset,
            len_bytes: self.len_bytes,
        }
    }

    fn at(&self, footer: &Footer) -> impl Fn(Error) -> Error {
        at_part(footer, self.stream.id(), self.number)
    }
}

/// The contig names of one sample, as its batch stores them: each coded against the one before, and ended by a zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodedNames {
    /// Number of contigs.
    pub count: u32,
    /// The names.
    pub bytes: Vec<u8>,
}

impl Archive {
    /// All parts of streams with a meaning, in the order of the file.
    ///
    /// # Errors
    /// As [`Archive::info`].
    pub fn stored_parts(&self) -> Result<Vec<StoredPart>, ArchiveError> {
        let footer = self.ask(|reader| step(reader.opened().and_then(|_| reader.footer())))?;
        let mut parts: Vec<StoredPart> = footer
            .all_parts()
            .map(|(id, number, part)| StoredPart {
                stream: Stream::of(id),
                number,
                offset: part.offset,
                len_bytes: part.len_bytes,
            })
            .collect();
        parts.sort_by_key(|part| (part.offset, part.stream, part.number));
        Ok(parts)
    }

    /// Reads `parts` and gives each to `take`, with its metadata and payload. Those that lie together are read together.
    ///
    /// # Errors
    /// `Io`, `Malformed`, or what `take` fails with.
    pub fn read_parts<E: From<ArchiveError>>(
        &self,
        parts: &[StoredPart],
        mut take: impl FnMut(&StoredPart, u64, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let footer = self.ask(|reader| step(reader.footer()))?;
        let mut bytes = Vec::new();
        let mut rest = parts;
        while let Some(first) = rest.first() {
            let mut range = footer.range(first.part());
            let mut together = 1;
            for next in rest.iter().skip(1) {
                let next = footer.range(next.part());
                let near =
                    (range.start..=range.end.saturating_add(GAP_BYTES_MAX)).contains(&next.start);
                if !near || next.end.max(range.end) - range.start > READ_BYTES {
                    break;
                }
                range.end = range.end.max(next.end);
                together += 1;
            }
            self.read_into(range.clone(), &mut bytes)?;
            let (now, after) = rest.split_at_checked(together).unwrap_or((rest, &[]));
            for part in now {
                let (metadata, payload) =
                    open_part(within(&bytes, &range, &footer, part), part.part())
                        .map_err(|error| ArchiveError::Archive(part.at(&footer)(error)))?;
                take(part, metadata, payload)?;
            }
            rest = after;
        }
        Ok(())
    }

    /// Some bytes of the file, as they are.
    ///
    /// # Errors
    /// `Io`, `Http`, `Misuse` past the end of the file, or `Limit`.
    pub fn read_range(&self, range: Range<u64>) -> Result<Vec<u8>, ArchiveError> {
        if range.start > range.end || range.end > self.shared.file_len {
            return Err(Error::Misuse("bytes wanted past the end of the file").into());
        }
        let mut bytes = Vec::new();
        self.read_into(range, &mut bytes)?;
        Ok(bytes)
    }

    /// The symbols of a group's reference as letters, [`NO_LETTER`] where a symbol has none; given its part as read.
    ///
    /// # Errors
    /// `Malformed`, `Limit`.
    pub fn reference_letters(
        &self,
        part: &StoredPart,
        metadata: u64,
        payload: &[u8],
    ) -> Result<Vec<u8>, ArchiveError> {
        let footer = self.ask(|reader| step(reader.footer()))?;
        let bytes_max = self.shared.limits.allocation_bytes_max;
        self.with_reader(|Reader { zstd, .. }| {
            reference::decode(metadata, payload, bytes_max, codes_to_known_letters, zstd)
                .map_err(|error| part.at(&footer)(error).into())
        })
    }

    /// The text of a pack as it was compressed, and the number of its entries, each followed by a separator; given its
    /// part as read.
    ///
    /// # Errors
    /// `Malformed`, `Limit`.
    pub fn pack_text(
        &self,
        part: &StoredPart,
        metadata: u64,
        payload: &[u8],
    ) -> Result<(Vec<u8>, usize), ArchiveError> {
        let footer = self.ask(|reader| step(reader.footer()))?;
        let opened = self.ask(|reader| step(reader.opened()))?;
        let limits = PackLimits {
            cardinality: opened.params.pack_cardinality,
            bytes_max: self.shared.limits.allocation_bytes_max,
        };
        self.with_reader(|Reader { zstd, .. }| {
            pack::text(metadata, payload, limits, zstd)
                .map_err(|error| part.at(&footer)(error).into())
        })
    }

    /// The bases of some segments of a contig, each whole, one after the other, in the contig's orientation; in place of
    /// what `bases` held. What neighbours share is there twice. `table` is that of sample number `sample`, from 0.
    ///
    /// # Errors
    /// `Io`, `Malformed` with sample, contig and segment, `Limit`.
    pub fn segments(
        &self,
        sample: usize,
        table: &SegmentTable,
        contig: usize,
        segments: Range<usize>,
        bases: &mut Vec<u8>,
    ) -> Result<(), ArchiveError> {
        let opened = self.ask(|reader| step(reader.opened()))?;
        let label = Label {
            sample: opened.samples.get(sample).unwrap_or_default(),
            contig: table
                .get(contig)
                .map(|contig| contig.name)
                .unwrap_or_default(),
        };
        self.ask(|reader| {
            bases.clear();
            step(reader.append_segments(label, (table, contig), segments.clone(), bases))
        })
    }

    /// The contigs of a sample with all their segments. Reads the sample's batch of the collection, as no index has that.
    ///
    /// # Errors
    /// `Io`, `Http`, `NotFound` if there is no such sample, `Malformed`, `Limit`.
    pub fn segment_table(&self, sample: &BStr) -> Result<Arc<SegmentTable>, ArchiveError> {
        self.ask(|reader| {
            step(reader.opened().and_then(|opened| {
                let number = opened.sample_number(sample)?;
                reader.table_of(number)
            }))
        })
    }

    /// How many batches describe the samples.
    ///
    /// # Errors
    /// As [`Archive::info`].
    pub fn batch_count(&self) -> Result<usize, ArchiveError> {
        let opened = self.ask(|reader| step(reader.opened()))?;
        Ok(opened.batch_count())
    }

    /// The samples that a batch describes, by their numbers.
    ///
    /// # Errors
    /// As [`Archive::info`].
    pub fn samples_of_batch(&self, batch: usize) -> Result<Range<usize>, ArchiveError> {
        let opened = self.ask(|reader| step(reader.opened()))?;
        Ok(opened.samples_of_batch(batch))
    }

    /// Gives the contigs of every sample of a batch to `visit`, in order; one sample is held at a time.
    ///
    /// # Errors
    /// `Io`, `Malformed` with the sample, `Limit`, or what `visit` fails with.
    pub fn visit_batch<E: From<ArchiveError>>(
        &self,
        batch: usize,
        mut visit: impl FnMut(&SegmentTable) -> Result<(), E>,
    ) -> Result<(), E> {
        let texts = self.ask(|reader| step(reader.inflate_batch(batch)))?;
        let footer = self.ask(|reader| step(reader.footer()))?;
        let opened = self.ask(|reader| step(reader.opened()))?;
        let allowed = self.shared.limits.allocation_bytes_max;
        let at_batch = at_part(&footer, Stream::Details.id(), batch);
        let failure = |error| ArchiveError::Archive(at_batch(error));
        let mut tables = SampleTables::new(&opened, batch, &texts, footer.stream_count, allowed)
            .map_err(failure)?;
        let mut samples = opened.samples_of_batch(batch);
        loop {
            let sample = samples.next().unwrap_or(usize::MAX);
            let next = tables.next_sample();
            match next.map_err(|error| failure(at_sample(error, &opened, sample)))? {
                Some(contigs) => visit(&contigs)?,
                None => return Ok(()),
            }
        }
    }

    /// The contig names of a batch as they are stored, sample by sample.
    ///
    /// # Errors
    /// `Io`, `Malformed`, `Limit`.
    pub fn coded_names(&self, batch: usize) -> Result<Vec<CodedNames>, ArchiveError> {
        let texts = self.ask(|reader| step(reader.inflate_batch(batch)))?;
        let BatchTexts::NamesAndBlocks(names, _) = texts else {
            return Err(Error::Misuse("coded names of an archive older than version 3").into());
        };
        let footer = self.ask(|reader| step(reader.footer()))?;
        coded_names(&names)
            .map_err(|error| at_part(&footer, Stream::Contigs.id(), batch)(error).into())
    }
}

/// The bytes of a part, out of those of `range`.
fn within<'b>(bytes: &'b [u8], range: &Range<u64>, footer: &Footer, part: &StoredPart) -> &'b [u8] {
    let wanted = footer.range(part.part());
    let place = |at: u64| usize::try_from(at.saturating_sub(range.start)).unwrap_or(usize::MAX);
    bytes
        .get(place(wanted.start)..place(wanted.end))
        .unwrap_or_default()
}

//! Opening an archive: its footer, version, parameters and samples.

use std::ops::Range;
use std::sync::Arc;

use bstr::BStr;

use crate::codec::zstd::Frame;
use crate::error::{Error, within};
use crate::format::collection::parse_samples;
use crate::format::file_type_info::{FileTypeInfo, Layout};
use crate::format::footer::{Footer, Named, Part, StreamId, TRAILER_LEN_BYTES, open_part};
use crate::format::old_collection::{Outline, parse_description, parse_main};
use crate::format::params::Params;
use crate::reader::{CommandLine, Reader};
use crate::segment_table::SegmentTable;
use crate::step::Stop;
use crate::tables::Samples;

/// What has to be known before any question about samples.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) info: FileTypeInfo,
    pub(crate) params: Params,
    pub(crate) samples: Arc<Samples>,
    pub(crate) collection: Collection,
    pub(crate) commands: Vec<CommandLine>,
}

/// What is known of contigs and segments once an archive is open: the more the older its version.
#[derive(Debug)]
pub(crate) enum Collection {
    /// Version 3: nothing, all of it is read batch by batch.
    Batches,
    /// Version 2: the names; the segments are read batch by batch.
    Outlined(Outline),
    /// Version 1: everything.
    Whole(Vec<Arc<SegmentTable>>),
}

impl Opened {
    /// Samples of a batch, which is decoded as a whole.
    pub(crate) fn batch_size(&self) -> usize {
        let size = match &self.collection {
            Collection::Batches => self.params.pack_cardinality,
            Collection::Outlined(outline) => outline.batch_size,
            Collection::Whole(_) => u32::MAX,
        };
        usize::try_from(size).unwrap_or(usize::MAX).max(1)
    }

    /// How many batches there are.
    pub(crate) fn batch_count(&self) -> usize {
        self.samples.len().div_ceil(self.batch_size())
    }

    /// The samples of a batch, by their numbers.
    pub(crate) fn samples_of_batch(&self, batch: usize) -> Range<usize> {
        let first = batch
            .saturating_mul(self.batch_size())
            .min(self.samples.len());
        first
            ..first
                .saturating_add(self.batch_size())
                .min(self.samples.len())
    }

    pub(crate) fn sample_number(&self, name: &BStr) -> Result<usize, Error> {
        self.samples.position(name).ok_or_else(|| Error::NotFound {
            what: "sample",
            name: name.to_string(),
        })
    }
}

impl Reader {
    pub(crate) fn footer(&mut self) -> Result<Arc<Footer>, Stop> {
        if let Some(footer) = self.shared.footer.get() {
            return Ok(Arc::clone(footer));
        }
        let range = self.footer_range()?;
        let allowed = self.shared.limits.allocation_bytes_max;
        within("the footer", range.end - range.start, allowed)?;
        if let Some(index) = self.index()? {
            index.check_footer(self.read(&(range.start..self.shared.file_len))?)?;
        }
        let footer = Footer::parse(self.read(&range)?, range.start, allowed).map_err(|error| {
            error.at(|place| {
                place.stream = Some("footer".to_string());
                place.offset = Some(range.start);
            })
        })?;
        Ok(Arc::clone(
            self.shared.footer.get_or_init(|| Arc::new(footer)),
        ))
    }

    /// Where the footer lies, from the length in the last bytes of the file.
    fn footer_range(&self) -> Result<Range<u64>, Stop> {
        let end = self.shared.file_len - TRAILER_LEN_BYTES;
        let trailer = self.read(&(end..self.shared.file_len))?;
        let len = trailer
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 8 | u64::from(byte));
        if len == 0 || len > end {
            let why = format!(
                "an AGC archive expected, a footer of {len} bytes in a file of {} found",
                self.shared.file_len
            );
            return Err(Error::malformed(why)
                .at(|place| place.offset = Some(end))
                .into());
        }
        Ok(end - len..end)
    }

    pub(crate) fn opened(&mut self) -> Result<Arc<Opened>, Stop> {
        if let Some(opened) = self.shared.opened.get() {
            return Ok(Arc::clone(opened));
        }
        let footer = self.footer()?;
        // The names are in a stream of their own in each version, which is known only when these are there.
        let streams = [
            Named::FileTypeInfo,
            Named::Params,
            Named::Samples,
            Named::Main,
            Named::Description,
        ]
        .map(StreamId::Named);
        let present = streams
            .iter()
            .filter_map(|stream| footer.parts(*stream)?.first());
        self.need(present.map(|part| footer.range(*part)).collect())?;

        let info = self.parse_part(&footer, Named::FileTypeInfo, 0, |payload, pairs| {
            FileTypeInfo::parse(payload, pairs)
        })?;
        let layout = info.layout()?;
        let params = self.parse_part(&footer, Named::Params, 0, |payload, _| {
            Params::parse(payload, layout)
        })?;
        let names = match layout {
            Layout::Version1 => Named::Description,
            Layout::Version2 => Named::Main,
            Layout::Version3 => Named::Samples,
        };
        let text = self.inflate_part(&footer, names, 0)?;
        let allowed = self.shared.limits.allocation_bytes_max;
        let parsed = match layout {
            Layout::Version1 => parse_description(&text, params.kmer_len, allowed).map(
                |(samples, tables, lines)| {
                    let tables = tables.into_iter().map(Arc::new).collect();
                    (samples, Collection::Whole(tables), lines)
                },
            ),
            Layout::Version2 => parse_main(&text, allowed)
                .map(|(samples, outline, lines)| (samples, Collection::Outlined(outline), lines)),
            Layout::Version3 => parse_samples(&text, allowed)
                .map(|samples| (samples, Collection::Batches, Vec::new())),
        };
        let (samples, collection, commands) =
            parsed.map_err(at_part(&footer, StreamId::Named(names), 0))?;
        let opened = Opened {
            info,
            params,
            samples: Arc::new(samples),
            collection,
            commands,
        };
        Ok(Arc::clone(
            self.shared.opened.get_or_init(|| Arc::new(opened)),
        ))
    }

    /// Reads a part's payload and metadata with `parse`; errors say where.
    fn parse_part<T>(
        &self,
        footer: &Footer,
        stream: Named,
        number: usize,
        parse: impl FnOnce(&[u8], u64) -> Result<T, Error>,
    ) -> Result<T, Stop> {
        let stream = StreamId::Named(stream);
        let part = find_part(footer, stream, number)?;
        let bytes = self.read(&footer.range(part))?;
        let parsed =
            open_part(bytes, part).and_then(|(metadata, payload)| parse(payload, metadata));
        Ok(parsed.map_err(at_part(footer, stream, number))?)
    }

    /// Decompresses a part that is one frame, its length the metadata.
    pub(crate) fn inflate_part(
        &mut self,
        footer: &Footer,
        stream: Named,
        number: usize,
    ) -> Result<Vec<u8>, Stop> {
        let stream = StreamId::Named(stream);
        let part = find_part(footer, stream, number)?;
        self.read(&footer.range(part))?;
        let allowed = self.shared.limits.allocation_bytes_max;
        let Reader { store, zstd, .. } = self;
        let bytes = store.get(&footer.range(part)).unwrap_or_default();
        let inflated = open_part(bytes, part).and_then(|(metadata, payload)| {
            within("a table of the collection", metadata, allowed)?;
            let mut out = Vec::new();
            zstd.decode_exactly(&Frame::whole(payload)?, metadata, &mut out)?;
            Ok(out)
        });
        Ok(inflated.map_err(at_part(footer, stream, number))?)
    }
}

/// A part that has to be there.
pub(crate) fn find_part(footer: &Footer, stream: StreamId, number: usize) -> Result<Part, Error> {
    let missing =
        |why: String| Error::malformed(why).at(|place| place.stream = Some(footer.name(stream)));
    let parts = footer
        .parts(stream)
        .ok_or_else(|| missing("no such stream in this archive".to_string()))?;
    let count = parts.len();
    parts
        .get(number)
        .copied()
        .ok_or_else(|| missing(format!("part {number} expected, {count} parts found")))
}

/// Adds to an error in which part of the file it is.
pub(crate) fn at_part(footer: &Footer, stream: StreamId, number: usize) -> impl Fn(Error) -> Error {
    move |error| {
        let part = footer.parts(stream).and_then(|parts| parts.get(number));
        error.at(|place| {
            place.stream = Some(footer.name(stream));
            place.part = u32::try_from(number).ok();
            place.offset = part.map(|part| part.offset);
        })
    }
}

//! Opening an archive: its footer, version, parameters and samples.

use std::ops::Range;
use std::sync::Arc;

use bstr::BStr;

use crate::codec::zstd::Frame;
use crate::error::{Error, within};
use crate::format::collection::parse_samples;
use crate::format::file_type_info::FileTypeInfo;
use crate::format::footer::{Footer, Named, Part, StreamId, TRAILER_LEN_BYTES, open_part};
use crate::format::params::Params;
use crate::reader::Reader;
use crate::step::Stop;
use crate::tables::Samples;

/// What has to be known before any question about samples.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) info: FileTypeInfo,
    pub(crate) params: Params,
    pub(crate) samples: Arc<Samples>,
}

impl Opened {
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
        // What other versions lack is not asked for, so that the version can be told of them.
        let streams = [Named::FileTypeInfo, Named::Params, Named::Samples].map(StreamId::Named);
        let present = streams
            .iter()
            .filter_map(|stream| footer.parts(*stream)?.first());
        self.need(present.map(|part| footer.range(*part)).collect())?;

        let info = self.parse_part(&footer, Named::FileTypeInfo, 0, |payload, pairs| {
            FileTypeInfo::parse(payload, pairs)
        })?;
        info.check()?;
        let params = self.parse_part(&footer, Named::Params, 0, |payload, _| {
            Params::parse(payload)
        })?;
        let names = self.inflate_part(&footer, Named::Samples, 0)?;
        let allowed = self.shared.limits.allocation_bytes_max;
        let samples = parse_samples(&names, allowed).map_err(at_part(
            &footer,
            StreamId::Named(Named::Samples),
            0,
        ))?;
        let opened = Opened {
            info,
            params,
            samples: Arc::new(samples),
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
            within("the names of samples or contigs", metadata, allowed)?;
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
        |why: String| Error::malformed(why).at(|place| place.stream = Some(stream.name()));
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
    let offset = footer
        .parts(stream)
        .and_then(|parts| parts.get(number))
        .map(|part| part.offset);
    move |error| {
        error.at(|place| {
            place.stream = Some(stream.name());
            place.part = u32::try_from(number).ok();
            place.offset = offset;
        })
    }
}

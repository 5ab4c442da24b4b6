//! What decoding takes to know of an archive, with an index or without, and of what it decodes.

use std::ops::Range;

use bstr::BStr;

use crate::error::Error;
use crate::format::footer::Part;
use crate::format::params::Params;
use crate::format::stream_name::Naming;
use crate::plan::{PartId, Piece};
use crate::reader::Reader;
use crate::step::Stop;

/// Where something is of which errors tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Label<'a> {
    pub(crate) sample: &'a BStr,
    pub(crate) contig: &'a BStr,
}

/// The pieces of a range of a contig.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) label: Label<'a>,
    pub(crate) pieces: Vec<Piece>,
    /// Where parts lie that they take, as far as that is known without the footer.
    pub(crate) places: Vec<(PartId, Part)>,
}

/// What decoding takes to know of an archive, with an index or without.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Basics {
    pub(crate) params: Params,
    naming: Naming,
    /// Where the parts end and the footer begins.
    parts_end: u64,
}

impl Label<'_> {
    fn at(&self, error: Error) -> Error {
        error.at(|place| {
            place.sample = Some(self.sample.to_string());
            place.contig = Some(self.contig.to_string());
        })
    }

    pub(crate) fn at_segment(&self, error: Error, segment: usize) -> Error {
        self.at(error)
            .at(|place| place.segment = Some(segment as u64))
    }

    /// Adds where it is to an error.
    pub(crate) fn of(&self, stop: Stop) -> Stop {
        match stop {
            Stop::Failed(error) => Stop::Failed(self.at(error)),
            stop => stop,
        }
    }
}

impl Basics {
    /// The bytes a part may take.
    pub(crate) fn range(&self, part: Part) -> Range<u64> {
        part.range(self.parts_end)
    }

    pub(crate) fn at_part(&self, id: PartId, part: Option<Part>) -> impl Fn(Error) -> Error {
        let name = id.stream().name(self.naming);
        move |error| {
            error.at(|place| {
                place.stream = Some(name.clone());
                place.part = Some(id.number());
                place.offset = part.map(|part| part.offset);
            })
        }
    }
}

impl Reader {
    /// What decoding takes to know.
    pub(crate) fn basics(&mut self) -> Result<Basics, Stop> {
        if let Some(index) = self.index()? {
            return Ok(Basics {
                params: index.root.params,
                naming: index.root.naming,
                parts_end: index.parts_end(),
            });
        }
        let footer = self.footer()?;
        Ok(Basics {
            params: self.opened()?.params,
            naming: footer.naming(),
            parts_end: footer.start,
        })
    }
}

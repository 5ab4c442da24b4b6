//! The index for remote readers: what the tables say once more, in pages of a few kilobytes. See docs/INDEX.md.

mod contigs;
mod find;
mod foretell;
mod head;
mod lookup;
mod names;
mod node;
mod numbers;
mod open;
mod page;
mod places;
mod samples;
mod segments;
mod stretches;
mod whole;

use std::ops::Range;

use crate::error::Error;

pub(crate) use self::foretell::Recent;
#[cfg(feature = "http")]
pub(crate) use self::head::MAGIC;
#[cfg(feature = "http")]
pub(crate) use self::open::{Embedded, FIRST_LEN_BYTES, embedded};
pub(crate) use self::open::{Found, Index};
pub(crate) use self::page::Page;

/// Where the bytes of an index beside the archive begin, for a reader: behind those of any archive. Ranges from here on
/// are of the index, counted from its first byte.
pub const INDEX_AT: u64 = 1 << 52;

/// Where a reader finds the index of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexAt {
    /// In the archive, if it has one.
    Embedded,
    /// In a file of its own.
    Beside {
        /// The length of that file.
        len_bytes: u64,
    },
}

/// Whether an archive is read by an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexUse {
    /// There is none, or none was looked for.
    None,
    /// By the one in the archive.
    Embedded,
    /// By one in a file of its own.
    Beside,
    /// There is one in the archive, made when it was another one, and not used.
    Stale,
    /// There is one in the archive, of a version that this reader does not know, and not used.
    Unknown,
}

/// Adds to an error that it is in the index, and where.
fn in_index(error: Error, offset: u64) -> Error {
    error.at(|place| {
        place.stream = Some("ragc-index".to_string());
        place.offset = Some(offset);
    })
}

/// Some bytes, from `start` on.
fn span(start: u64, len_bytes: u64) -> Result<Range<u64>, Error> {
    let end = start.checked_add(len_bytes);
    end.map(|end| start..end)
        .ok_or_else(|| Error::malformed("a page past the end of the index"))
}

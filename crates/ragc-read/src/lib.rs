//! Reads AGC archives of assembled genomes.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
// Tests say what they expect by panicking.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation
    )
)]

mod batches;
mod cache;
mod codec;
mod decode;
mod error;
#[cfg(feature = "fs")]
mod extract;
mod format;
#[cfg(feature = "fs")]
mod fs;
mod gather;
#[cfg(feature = "fs")]
mod items;
mod limits;
mod opened;
mod plan;
mod reader;
mod region;
mod step;
mod store;
mod tables;
#[cfg(feature = "wasm")]
mod wasm;

pub use bstr::{BStr, BString};
pub use error::{Error, Place};
#[cfg(feature = "fs")]
pub use extract::{Chunk, Output, Work};
pub use format::params::Params;
#[cfg(feature = "fs")]
pub use fs::{Archive, ArchiveError};
pub use limits::Limits;
pub use reader::{Info, Located, Reader};
pub use region::{Region, RegionText, TextRange};
pub use step::Step;
pub use tables::{Contig, Contigs, Samples};

/// What the fuzzer calls beside the reader itself.
#[cfg(fuzzing)]
pub mod fuzz {
    use std::ops::Range;

    use crate::Error;

    /// Decodes a delta. See `codec/lz.rs`.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn lz_decode(
        delta: &[u8],
        reference: &[u8],
        min_match_len: u32,
        len: usize,
        range: Range<usize>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        crate::codec::lz::decode(delta, reference, min_match_len, len, range, out)
    }
}

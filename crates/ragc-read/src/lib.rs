//! Reads AGC archives of assembled genomes.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod error;
#[cfg(feature = "fs")]
mod fs;
mod limits;
mod reader;
mod region;
mod step;
mod tables;
#[cfg(feature = "wasm")]
mod wasm;

pub use bstr::{BStr, BString};
pub use error::{Error, Place};
#[cfg(feature = "fs")]
pub use fs::{Archive, ArchiveError, Chunk, Output, Work};
pub use limits::Limits;
pub use reader::{Info, Located, Params, Reader};
pub use region::{Region, RegionText, TextRange};
pub use step::Step;
pub use tables::{Contig, Contigs, Samples};

//! Reads AGC archives of assembled genomes.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

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

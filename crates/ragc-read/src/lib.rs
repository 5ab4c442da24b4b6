//! Reads AGC archives of assembled genomes.
//!
//! ```text
//!  sample ── contig ── segment ── segment ── segment        a contig is its segments, overlapping by k bases
//!                         │           │
//!                         ▼           ▼
//!  group 20:  reference  delta   group 21: reference  …     a segment is a delta of its group's reference segment,
//!             part of    entry of                            up to 50 of them compressed as one pack
//!             xKr        a pack in xKd
//! ```
//!
//! [`Reader`] does no I/O: a question gives its answer or the byte ranges it needs ([`Step`]). So one core serves files,
//! HTTP, web pages and tests. This is all of a blocking caller:
//!
//! ```
//! # #[cfg(unix)] {
//! use std::os::unix::fs::FileExt;
//! use ragc_read::{Limits, Reader, Region, Step};
//!
//! fn first_bases(path: &str, sample: &str) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
//!     let file = std::fs::File::open(path)?;
//!     let mut reader = Reader::new(file.metadata()?.len(), Limits::default())?;
//!     let region = Region { sample: sample.into(), contig: 0, range: 0..100 };
//!     loop {
//!         match reader.bases(&region)? {
//!             Step::Done(bases) => return Ok(bases),
//!             Step::Need(ranges) => {
//!                 for range in ranges {
//!                     let mut bytes = vec![0; (range.end - range.start) as usize];
//!                     file.read_exact_at(&mut bytes, range.start)?;
//!                     reader.supply(range.start, &bytes)?;
//!                 }
//!             }
//!         }
//!     }
//! }
//! assert_eq!(first_bases("../../tests/data/tiny.agc", "ref").unwrap().len(), 100);
//! # }
//! ```
//!
//! An archive may have an **index** for remote readers, in it or in a file beside it (docs/INDEX.md): with
//! [`Reader::with_index`] samples, contigs, names and regions take pages of some kilobytes instead of its tables. The bytes of
//! an index beside it have offsets from [`INDEX_AT`] on, so the loop above stays as it is but for where it reads these.
//! [`Reader::bases_of`] goes from the name of a contig to its bases in the fewest rounds.
//!
//! Feature `fs` has that loop as `Archive`, for files, and whole samples decoded by threads; feature `http` has it for
//! archives on static hosts, and finds their indexes. Feature `wasm` binds the reader to JavaScript. Feature `zstd-c` decompresses with the C
//! library instead of `ruzstd`. The format is described in the repository's docs/FORMAT.md, which comments cite by section.
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

mod alignment;
#[cfg(feature = "fs")]
mod archive;
mod basics;
mod batches;
mod cache;
mod codec;
mod contig_at;
mod decode;
mod digests;
mod error;
#[cfg(feature = "fs")]
mod extract;
#[cfg(feature = "fs")]
mod flights;
mod format;
mod gather;
#[cfg(feature = "http")]
mod http;
mod index;
#[cfg(feature = "fs")]
mod items;
mod limits;
mod named;
mod opened;
#[cfg(feature = "fs")]
mod options;
mod paged;
mod part_sizes;
mod plan;
mod reader;
mod region;
#[cfg(feature = "http")]
mod remote;
mod sample_segments;
mod segment_table;
mod segments;
mod shared;
mod sorted;
#[cfg(feature = "fs")]
mod source;
mod step;
mod store;
#[cfg(feature = "fs")]
mod stored;
mod tables;
mod wants;
#[cfg(feature = "wasm")]
mod wasm;

pub use alignment::AlignedPiece;
#[cfg(feature = "fs")]
pub use archive::{Archive, ArchiveError};
pub use bstr::{BStr, BString};
pub use codec::runs::{Origin, Run};
pub use digests::Digest;
pub use error::{Error, Place};
#[cfg(feature = "fs")]
pub use extract::{Chunk, Output, Strand, Work};
pub use format::params::Params;
pub use index::{INDEX_AT, IndexAt, IndexUse};
pub use limits::Limits;
pub use named::ContigName;
#[cfg(feature = "fs")]
pub use options::{IndexChoice, OpenOptions};
pub use paged::{Paged, SampleRow};
pub use part_sizes::{PartSize, Sizes};
pub use reader::{CommandLine, Info, Located, Reader, Tally};
pub use region::{Counting, Region, RegionText, TextRange};
#[cfg(feature = "http")]
pub use remote::address_beside;
pub use sample_segments::SampleSegments;
pub use segment_table::SegmentTable;
#[cfg(feature = "fs")]
pub use source::Traffic;
pub use step::Step;
#[cfg(feature = "fs")]
pub use stored::{CodedNames, NO_LETTER, StoredPart, Stream};
pub use tables::{Contig, Contigs, Samples, SegmentRef};

// Its example is tested with the others.
#[cfg(all(doctest, feature = "fs"))]
#[doc = include_str!("../README.md")]
struct Readme;

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

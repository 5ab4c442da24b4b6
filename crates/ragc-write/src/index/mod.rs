//! The index for remote readers: what an archive's tables and footer say, cut into pages of a few kilobytes that are
//! found by sample, by name, by position and by group. docs/INDEX.md has every byte.
//!
//! Built in one walk over the tables, batch by batch. What is done goes to temporary files, so that memory holds a batch
//! of tables, the places of all parts (24 bytes each), the names of samples, and some of the names that are being sorted,
//! however large the index becomes.

mod about;
mod build;
mod check;
mod columns;
mod facts;
mod lines;
mod names;
mod places;
mod ranks;
mod sample;
mod samples;
mod scratch;
mod section;

pub use about::About;
pub use build::{Index, Sizes, build};
pub use check::{Untrue, check_embedded, check_sidecar};
pub use facts::{Facts, SEAL_BYTES};
pub use places::PartPlace;

use std::io;
use std::path::{Path, PathBuf};

use ragc_read::{Archive, ArchiveError};

use crate::verify::Progress;

/// Why an index cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The archive cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// What is gathered cannot be held in a temporary file.
    #[error("a temporary file in {}: {source}", directory.display())]
    Scratch {
        /// Where the file is to be.
        directory: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// zstd fails, which has nothing but memory to run out of.
    #[error("compressing a page: {0}")]
    Compress(&'static str),
    /// It cannot be written.
    #[error("writing the index: {0}")]
    Write(#[from] io::Error),
}

/// The index of `archive` as a file of its own, and what it has to say of the archive: see [`Index::write`].
///
/// A large index is gathered in a temporary file in the directory `scratch`.
///
/// ```
/// use ragc_write::index::sidecar;
/// # use ragc_read::Archive;
/// # let archive = Archive::open("../../tests/data/tiny.agc")?;
///
/// let (index, facts) = sidecar(&archive, &std::env::temp_dir(), &Default::default())?;
/// let mut bytes = Vec::new();
/// index.write(&facts, &mut bytes)?;
/// assert!(bytes.starts_with(b"ragindex"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`IndexError`].
pub fn sidecar(
    archive: &Archive,
    scratch: &Path,
    progress: &Progress,
) -> Result<(Index, Facts), IndexError> {
    let about = About::of(archive)?;
    let parts = archive.stored_parts()?;
    let places = parts.iter().filter_map(PartPlace::of).collect();
    drop(parts);
    let index = build(archive, about, places, scratch, progress)?;
    Ok((index, Facts::of(archive, 0)?))
}

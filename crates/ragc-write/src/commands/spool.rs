//! Archives on their way: their parts go as they finish to a file without a name, and from there, arranged, to the target.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ragc_read::{Archive, Limits};
use ragc_write::arrange::{ArrangeOptions, Arranged, arrange};
use ragc_write::create::{CreateError, Progress};

use super::append::made_of;
use super::create::failure;
use super::target::Target;
use super::{Failure, archive_failure};
use crate::cli::EmbeddedIndexArgs;

/// An archive whose parts lie as they came. Its file has no name: it goes with the program, however that ends.
pub(super) struct Spool {
    file: File,
    directory: PathBuf,
}

impl Spool {
    fn open(directory: PathBuf) -> Result<Self, Failure> {
        match tempfile::tempfile_in(&directory) {
            Ok(file) => Ok(Self { file, directory }),
            Err(source) => Err(failed(&directory, &source)),
        }
    }

    /// What was written, and what errors call it.
    fn into_archive(self) -> Result<(PathBuf, Archive), Failure> {
        let Self { file, directory } = self;
        // Nothing is read twice.
        let limits = Limits {
            cache_bytes_max: 0,
            ..Limits::default()
        };
        let path = directory.join("(temporary file)");
        match Archive::of_file(file, &path, limits) {
            Ok(archive) => Ok((path, archive)),
            Err(error) => Err(archive_failure(&path, error)),
        }
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn failed(directory: &Path, source: &io::Error) -> Failure {
    Failure::Other(format!(
        "a temporary file in {}: {source}",
        directory.display()
    ))
}

/// Has `make` write an archive, of the archive `path` if of any, and writes it arranged to `target`.
pub(super) fn write_arranged<T>(
    path: Option<&Path>,
    target: &mut Target,
    embedded: &EmbeddedIndexArgs,
    make: impl FnOnce(&mut Spool) -> Result<T, CreateError>,
) -> Result<(T, Arranged), Failure> {
    let mut spool = Spool::open(target.scratch_directory())?;
    let made = make(&mut spool).map_err(|error| match (error, path) {
        (CreateError::Write(source), _) => failed(&spool.directory, &source),
        (error, Some(path)) => made_of(path, target, error),
        (error, None) => failure(target, error),
    })?;
    let (path, archive) = spool.into_archive()?;
    let arranged = arrange_into(&path, target, &archive, embedded, &Progress::default())?;
    Ok((made, arranged))
}

/// Writes `archive`, of `path`, arranged to `target`.
pub(super) fn arrange_into(
    path: &Path,
    target: &mut Target,
    archive: &Archive,
    embedded: &EmbeddedIndexArgs,
    progress: &Progress,
) -> Result<Arranged, Failure> {
    let scratch = target.scratch_directory();
    let options = ArrangeOptions {
        index: embedded.wanted(),
        scratch: &scratch,
    };
    let arranged = arrange(archive, options, &mut *target, progress);
    arranged.map_err(|error| made_of(path, target, error))
}

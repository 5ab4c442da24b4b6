//! Archives on the file system (feature `fs`): the reader's questions, blocking.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::BStr;

use crate::digests::Digest;
use crate::error::Error;
use crate::limits::Limits;
use crate::reader::{Info, Located, Reader};
use crate::region::Region;
use crate::step::Step;
use crate::tables::{Contigs, Samples};

/// Read at a time at most, so that a large part needs no second copy of itself.
const READ_BYTES_MAX: u64 = 1 << 20;

/// An archive in a file.
///
/// Clones are cheap, share the file and what was decoded, and may be used by other threads.
#[derive(Debug, Clone)]
pub struct Archive {
    pub(crate) reader: Reader,
    file: Arc<OpenFile>,
    buffer: Vec<u8>,
}

/// Why reading an archive from a file failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The file cannot be opened or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The archive's path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The archive is broken, or does not hold what was asked for.
    #[error(transparent)]
    Archive(#[from] Error),
    /// The sink given to [`Archive::extract`] failed.
    #[error("{0}")]
    Sink(io::Error),
}

impl Archive {
    /// Opens an archive. Nothing is parsed yet but its length.
    ///
    /// # Errors
    /// `Io`, or `Malformed` if a file of that length cannot be an archive.
    pub fn open(path: impl AsRef<Path>, limits: Limits) -> Result<Archive, ArchiveError> {
        let path = path.as_ref();
        let failed = |source| ArchiveError::Io {
            path: path.to_path_buf(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        if !metadata.is_file() {
            let why = "an archive is read from its end, and this is a pipe or a device";
            return Err(failed(io::Error::new(io::ErrorKind::NotSeekable, why)));
        }
        let reader = Reader::new(metadata.len(), limits)?;
        let file = Arc::new(OpenFile {
            file: positioned::File::new(file),
            path: path.to_path_buf(),
        });
        Ok(Archive {
            reader,
            file,
            buffer: Vec::new(),
        })
    }

    /// See [`Reader::info`].
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn info(&mut self) -> Result<Info, ArchiveError> {
        self.ask(Reader::info)
    }

    /// See [`Reader::samples`].
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn samples(&mut self) -> Result<Arc<Samples>, ArchiveError> {
        self.ask(Reader::samples)
    }

    /// See [`Reader::contigs`].
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn contigs(&mut self, sample: &BStr) -> Result<Arc<Contigs>, ArchiveError> {
        self.ask(|reader| reader.contigs(sample))
    }

    /// See [`Reader::locate`].
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn locate(&mut self, contig: &BStr) -> Result<Vec<Located>, ArchiveError> {
        self.ask(|reader| reader.locate(contig))
    }

    /// See [`Reader::bases`].
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn bases(&mut self, region: &Region) -> Result<Vec<u8>, ArchiveError> {
        self.ask(|reader| reader.bases(region))
    }

    /// See [`Reader::digests`].
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn digests(&mut self, sample: &BStr) -> Result<Option<Vec<Digest>>, ArchiveError> {
        self.ask(|reader| reader.digests(sample))
    }

    /// Asks until there is an answer, reading what is needed from the file.
    pub(crate) fn ask<T>(
        &mut self,
        mut question: impl FnMut(&mut Reader) -> Result<Step<T>, Error>,
    ) -> Result<T, ArchiveError> {
        loop {
            match question(&mut self.reader)? {
                Step::Done(answer) => return Ok(answer),
                Step::Need(ranges) => ranges
                    .into_iter()
                    .try_for_each(|range| self.supply(range))?,
            }
        }
    }

    /// Reads a range of the file past the reader, in place of what `bytes` held.
    pub(crate) fn read_into(
        &self,
        range: Range<u64>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), ArchiveError> {
        let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        bytes.clear();
        bytes.try_reserve(len).map_err(|_| Error::Limit {
            what: "a part",
            asked: range.end - range.start,
            allowed: 0,
        })?;
        bytes.resize(len, 0);
        let read = self.file.file.read_exact_at(bytes, range.start);
        read.map_err(|source| ArchiveError::Io {
            path: self.file.path.clone(),
            source,
        })
    }

    fn supply(&mut self, range: Range<u64>) -> Result<(), ArchiveError> {
        let mut at = range.start;
        while at < range.end {
            let len = (range.end - at).min(READ_BYTES_MAX);
            self.buffer
                .resize(usize::try_from(len).unwrap_or_default(), 0);
            let read = self.file.file.read_exact_at(&mut self.buffer, at);
            read.map_err(|source| ArchiveError::Io {
                path: self.file.path.clone(),
                source,
            })?;
            self.reader.supply(at, &self.buffer)?;
            at += len;
        }
        Ok(())
    }
}

#[derive(Debug)]
struct OpenFile {
    file: positioned::File,
    path: PathBuf,
}

#[cfg(unix)]
mod positioned {
    //! Reads at an offset, from many threads at once.

    use std::io;
    use std::os::unix::fs::FileExt;

    #[derive(Debug)]
    pub(super) struct File(std::fs::File);

    impl File {
        pub(super) fn new(file: std::fs::File) -> File {
            File(file)
        }

        pub(super) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
            self.0.read_exact_at(buffer, offset)
        }
    }
}

#[cfg(not(unix))]
mod positioned {
    //! Reads at an offset, one thread at a time.

    use std::io::{self, Read, Seek, SeekFrom};
    use std::sync::{Mutex, PoisonError};

    #[derive(Debug)]
    pub(super) struct File(Mutex<std::fs::File>);

    impl File {
        pub(super) fn new(file: std::fs::File) -> File {
            File(Mutex::new(file))
        }

        pub(super) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
            let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(buffer)
        }
    }
}

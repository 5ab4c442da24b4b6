//! Where the bytes of an archive come from (feature `fs`).

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::archive::ArchiveError;
use crate::error::Error;
#[cfg(feature = "http")]
use crate::http::HttpFile;

/// Read at a time at most, so that a large part needs no second copy of itself.
const READ_BYTES_MAX: u64 = 1 << 20;

/// A file that is read at any place, by many threads at once.
#[derive(Debug)]
pub(crate) enum Source {
    File(OpenFile),
    #[cfg(feature = "http")]
    Http(HttpFile),
}

#[derive(Debug)]
pub(crate) struct OpenFile {
    file: positioned::File,
    path: PathBuf,
    reads: AtomicU64,
    rounds: AtomicU64,
    bytes: AtomicU64,
}

/// What was read of an archive so far, by all threads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// HTTP requests, those that were repeated included, or reads of a file.
    pub requests: u64,
    /// Sets of requests made together; one follows the other.
    pub rounds: u64,
    /// Bytes that came.
    pub bytes: u64,
}

/// Receives bytes with their offset in the file.
pub(crate) type Receive<'a> = dyn FnMut(u64, &[u8]) -> Result<(), Error> + 'a;

impl Source {
    /// A file on this machine, and its length in bytes.
    pub(crate) fn file(path: &Path) -> Result<(Source, u64), ArchiveError> {
        let file = std::fs::File::open(path).map_err(|source| ArchiveError::Io {
            path: path.to_path_buf(),
            source,
        })?;
        Source::open_file(file, path)
    }

    /// An open file, which errors call `path`, and its length in bytes.
    pub(crate) fn open_file(
        file: std::fs::File,
        path: &Path,
    ) -> Result<(Source, u64), ArchiveError> {
        let failed = |source| ArchiveError::Io {
            path: path.to_path_buf(),
            source,
        };
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        if !metadata.is_file() {
            let why = "an archive is read from its end, and this is a pipe or a device";
            return Err(failed(io::Error::new(io::ErrorKind::NotSeekable, why)));
        }
        let file = OpenFile {
            file: positioned::File::new(file),
            path: path.to_path_buf(),
            reads: AtomicU64::new(0),
            rounds: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        };
        Ok((Source::File(file), metadata.len()))
    }

    /// A file at an address, and its length in bytes.
    #[cfg(feature = "http")]
    pub(crate) fn url(url: &str) -> Result<(Source, u64), ArchiveError> {
        let file = HttpFile::open(url)?;
        let len_bytes = file.len_bytes();
        Ok((Source::Http(file), len_bytes))
    }

    /// Reads `ranges`, in pieces and in any order, and gives them to `receive`; maybe bytes between them too.
    pub(crate) fn read(
        &self,
        ranges: &[Range<u64>],
        receive: &mut Receive<'_>,
    ) -> Result<(), ArchiveError> {
        match self {
            Source::File(file) => file.read(ranges, receive),
            #[cfg(feature = "http")]
            Source::Http(file) => file.read(ranges, receive),
        }
    }

    /// Bytes that a reader may keep from one question to the next. Of a file, they are sooner read again than kept; of an
    /// address, those nearest to its end, where the tables are, save requests.
    pub(crate) fn kept_bytes_max(&self) -> u64 {
        match self {
            Source::File(_) => 0,
            #[cfg(feature = "http")]
            Source::Http(_) => 256 << 10,
        }
    }

    pub(crate) fn traffic(&self) -> Traffic {
        match self {
            Source::File(file) => Traffic {
                requests: file.reads.load(Ordering::Relaxed),
                rounds: file.rounds.load(Ordering::Relaxed),
                bytes: file.bytes.load(Ordering::Relaxed),
            },
            #[cfg(feature = "http")]
            Source::Http(file) => file.traffic(),
        }
    }
}

impl OpenFile {
    fn read(&self, ranges: &[Range<u64>], receive: &mut Receive<'_>) -> Result<(), ArchiveError> {
        self.rounds.fetch_add(1, Ordering::Relaxed);
        let mut buffer = Vec::new();
        for range in ranges {
            let mut at = range.start;
            while at < range.end {
                let len = (range.end - at).min(READ_BYTES_MAX);
                buffer.resize(usize::try_from(len).unwrap_or_default(), 0);
                let read = self.file.read_exact_at(&mut buffer, at);
                read.map_err(|source| ArchiveError::Io {
                    path: self.path.clone(),
                    source,
                })?;
                self.reads.fetch_add(1, Ordering::Relaxed);
                self.bytes.fetch_add(len, Ordering::Relaxed);
                receive(at, &buffer)?;
                at += len;
            }
        }
        Ok(())
    }
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

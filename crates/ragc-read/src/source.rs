//! Where the bytes of an archive come from (feature `fs`).

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::archive::ArchiveError;
use crate::error::Error;
#[cfg(feature = "http")]
use crate::http::HttpFile;
use crate::index::INDEX_AT;

/// Read at a time at most, so that a large part needs no second copy of itself.
const READ_BYTES_MAX: u64 = 1 << 20;

/// Where the bytes of an archive are, and those of its index if that is beside it.
#[derive(Debug)]
pub(crate) struct Source {
    archive: Place,
    index: Option<Place>,
    counters: Arc<Counters>,
}

/// A file that is read at any place, by many threads at once.
#[derive(Debug)]
pub(crate) enum Place {
    File(OpenFile),
    #[cfg(feature = "http")]
    Http(HttpFile),
}

#[derive(Debug)]
pub(crate) struct OpenFile {
    file: positioned::File,
    path: PathBuf,
    len_bytes: u64,
    counters: Arc<Counters>,
}

/// What was read of an archive and its index so far, by all threads.
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

/// The same while it grows.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    rounds: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_round(&self) {
        self.rounds.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Receives bytes with their offset in the file.
pub(crate) type Receive<'a> = dyn FnMut(u64, &[u8]) -> Result<(), Error> + 'a;

impl Source {
    pub(crate) fn new(archive: Place, index: Option<Place>, counters: Arc<Counters>) -> Source {
        Source {
            archive,
            index,
            counters,
        }
    }

    /// Reads `ranges`, in pieces and in any order, and gives them to `receive`; maybe bytes between them too. Those from
    /// [`INDEX_AT`] on are of the index beside the archive.
    pub(crate) fn read(
        &self,
        ranges: &[Range<u64>],
        receive: &mut Receive<'_>,
    ) -> Result<(), ArchiveError> {
        let (of_index, of_archive): (Vec<_>, Vec<_>) = ranges
            .iter()
            .cloned()
            .partition(|range| range.start >= INDEX_AT);
        let of_index = of_index.into_iter();
        let of_index: Vec<_> = of_index
            .map(|range| range.start - INDEX_AT..range.end - INDEX_AT)
            .collect();
        let index = self.index.as_ref().filter(|_| !of_index.is_empty());
        let mut asked = !of_archive.is_empty() && self.archive.asks(&of_archive);
        asked |= index.is_some_and(|index| index.asks(&of_index));
        if asked {
            self.counters.count_round();
        }
        let Some(index) = index else {
            return self.archive.read(&of_archive, receive);
        };
        thread::scope(|scope| {
            let pieces = scope.spawn(|| {
                let mut pieces = Vec::new();
                let read = index.read(&of_index, &mut |offset, bytes| {
                    pieces.push((offset, bytes.to_vec()));
                    Ok(())
                });
                read.map(|()| pieces)
            });
            self.archive.read(&of_archive, receive)?;
            let pieces = pieces
                .join()
                .map_err(|_| Error::Misuse("a thread panicked"))?;
            for (offset, bytes) in pieces? {
                receive(INDEX_AT + offset, &bytes)?;
            }
            Ok(())
        })
    }

    /// Bytes that a reader may keep from one question to the next. Of a file, they are sooner read again than kept; of an
    /// address, those nearest to its end, where the tables are, or to the start of its index save requests.
    pub(crate) fn kept_bytes_max(&self) -> u64 {
        match self.archive {
            Place::File(_) => 0,
            #[cfg(feature = "http")]
            Place::Http(_) => 256 << 10,
        }
    }

    pub(crate) fn traffic(&self) -> Traffic {
        let Counters {
            requests,
            rounds,
            bytes,
        } = &*self.counters;
        Traffic {
            requests: requests.load(Ordering::Relaxed),
            rounds: rounds.load(Ordering::Relaxed),
            bytes: bytes.load(Ordering::Relaxed),
        }
    }
}

impl Place {
    /// A file on this machine.
    pub(crate) fn file(path: &Path, counters: &Arc<Counters>) -> Result<Place, ArchiveError> {
        let file = std::fs::File::open(path).map_err(|source| ArchiveError::Io {
            path: path.to_path_buf(),
            source,
        })?;
        Place::open_file(file, path, counters)
    }

    /// An open file, which errors call `path`.
    pub(crate) fn open_file(
        file: std::fs::File,
        path: &Path,
        counters: &Arc<Counters>,
    ) -> Result<Place, ArchiveError> {
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
        Ok(Place::File(OpenFile {
            file: positioned::File::new(file),
            path: path.to_path_buf(),
            len_bytes: metadata.len(),
            counters: Arc::clone(counters),
        }))
    }

    pub(crate) fn len_bytes(&self) -> u64 {
        match self {
            Place::File(file) => file.len_bytes,
            #[cfg(feature = "http")]
            Place::Http(file) => file.len_bytes(),
        }
    }

    /// Whether reading `ranges` takes more than what is held.
    fn asks(&self, ranges: &[Range<u64>]) -> bool {
        match self {
            Place::File(_) => true,
            #[cfg(feature = "http")]
            Place::Http(file) => file.asks(ranges),
        }
    }

    fn read(&self, ranges: &[Range<u64>], receive: &mut Receive<'_>) -> Result<(), ArchiveError> {
        match self {
            Place::File(file) => file.read(ranges, receive),
            #[cfg(feature = "http")]
            Place::Http(file) => file.read(ranges, receive),
        }
    }
}

impl OpenFile {
    fn read(&self, ranges: &[Range<u64>], receive: &mut Receive<'_>) -> Result<(), ArchiveError> {
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
                self.counters.count_request();
                self.counters.count_bytes(len);
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

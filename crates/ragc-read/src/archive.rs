//! Archives that are read where they lie, in a file (feature `fs`) or on a static host (feature `http`): the reader's
//! questions, blocking, from any number of threads.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bstr::BStr;

use crate::digests::Digest;
use crate::error::{Error, within};
use crate::flights::Flights;
use crate::index::IndexAt;
use crate::limits::Limits;
use crate::named::ContigName;
use crate::options::OpenOptions;
use crate::paged::{Paged, SampleRow};
use crate::reader::{CommandLine, Info, Located, Reader};
use crate::region::Region;
use crate::shared::Shared;
use crate::source::{Counters, Place, Source, Traffic};
use crate::step::{Step, step};
use crate::tables::{Contigs, Samples};

/// Readers at rest that are kept for later questions: as many as threads that ask at once, within reason.
const IDLE_READERS_MAX: usize = 64;

/// An archive in a file, or at an address.
///
/// Any number of threads may ask it at once, by reference or by clones, which are cheap: all share the file and what was
/// decoded, within the [`Limits`] it was opened with.
///
/// ```
/// use ragc_read::{Archive, Region};
///
/// # let path = "../../tests/data/tiny.agc";
/// let archive = Archive::open(path)?;
/// let samples = archive.samples()?;
/// let lengths = std::thread::scope(|scope| {
///     let ask = |sample: &ragc_read::BStr| {
///         // The first hundred bases of its first contig: 0-based, half-open.
///         let region = Region { sample: sample.into(), contig: 0, range: 0..100 };
///         archive.bases(&region).map(|bases| bases.len())
///     };
///     let threads: Vec<_> = samples.iter().map(|sample| scope.spawn(move || ask(sample))).collect();
///     threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Result<Vec<_>, _>>()
/// })?;
/// assert_eq!(lengths, [100; 8]);
/// # Ok::<(), ragc_read::ArchiveError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Archive {
    pub(crate) shared: Arc<Shared>,
    source: Arc<Source>,
    idle: Arc<Mutex<Vec<Reader>>>,
    flights: Arc<Flights>,
    pub(crate) warnings: Arc<[String]>,
}

/// Why reading an archive from where it lies failed.
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
    /// The archive at an address cannot be reached or read.
    #[error("{url}: {why}")]
    Http {
        /// The archive's address.
        url: String,
        /// The HTTP status, if it says what is wrong.
        status: Option<u16>,
        /// What is wrong, in words.
        why: String,
    },
    /// The archive is broken, or does not hold what was asked for.
    #[error(transparent)]
    Archive(#[from] Error),
    /// The sink given to [`Archive::extract`] failed.
    #[error("{0}")]
    Sink(io::Error),
}

impl Archive {
    /// Opens the archive in a file, with the default options. Nothing is parsed yet but its length.
    ///
    /// # Errors
    /// `Io`, or `Malformed` if a file of that length cannot be an archive.
    pub fn open(path: impl AsRef<Path>) -> Result<Archive, ArchiveError> {
        Archive::open_with(path, &OpenOptions::default())
    }

    /// Opens the archive in a file. Unless one is given, it is read without an index, as its tables are near.
    ///
    /// # Errors
    /// As [`Archive::open`]; with an index also `StaleIndex`, or as that is read.
    pub fn open_with(
        path: impl AsRef<Path>,
        options: &OpenOptions,
    ) -> Result<Archive, ArchiveError> {
        let counters = Arc::default();
        let archive = Place::file(path.as_ref(), &counters)?;
        match options.index.place(&counters)? {
            Some(index) => Archive::with_index(archive, index, counters, options.limits),
            None => {
                let reader = Reader::new(archive.len_bytes(), options.limits)?;
                Ok(Archive::of(reader, Source::new(archive, None, counters)))
            }
        }
    }

    /// Opens the archive in a file that is open already, which may have no name; `path` is what errors call it.
    ///
    /// # Errors
    /// As [`Archive::open`].
    pub fn of_file(
        file: std::fs::File,
        path: impl AsRef<Path>,
        limits: Limits,
    ) -> Result<Archive, ArchiveError> {
        let counters = Arc::default();
        let archive = Place::open_file(file, path.as_ref(), &counters)?;
        let reader = Reader::new(archive.len_bytes(), limits)?;
        Ok(Archive::of(reader, Source::new(archive, None, counters)))
    }

    pub(crate) fn of(reader: Reader, source: impl Into<Arc<Source>>) -> Archive {
        Archive {
            shared: reader.shared,
            source: source.into(),
            idle: Arc::default(),
            flights: Arc::default(),
            warnings: Arc::default(),
        }
    }

    /// An archive with an index beside it, of which nothing is read yet.
    pub(crate) fn beside(
        archive: Place,
        index: Place,
        counters: Arc<Counters>,
        limits: Limits,
    ) -> Result<Archive, ArchiveError> {
        let at = IndexAt::Beside {
            len_bytes: index.len_bytes(),
        };
        let reader = Reader::with_index(archive.len_bytes(), at, limits)?;
        Ok(Archive::of(
            reader,
            Source::new(archive, Some(index), counters),
        ))
    }

    /// The same archive, read as if there were no index.
    #[cfg(feature = "http")]
    pub(crate) fn without_index(self, limits: Limits) -> Result<Archive, ArchiveError> {
        let reader = Reader::new(self.shared.file_len, limits)?;
        Ok(Archive::of(reader, self.source))
    }

    /// Opens the index, which must be that of the archive.
    pub(crate) fn open_index(&self) -> Result<(), ArchiveError> {
        self.ask(|reader| step(reader.index().map(|_| ())))
    }

    /// The same, with its index open.
    pub(crate) fn with_index(
        archive: Place,
        index: Place,
        counters: Arc<Counters>,
        limits: Limits,
    ) -> Result<Archive, ArchiveError> {
        let archive = Archive::beside(archive, index, counters, limits)?;
        archive.open_index()?;
        Ok(archive)
    }

    /// What should be known of how the archive is read, for people: that an index is there and not used.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// See [`Reader::info`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn info(&self) -> Result<Info, ArchiveError> {
        self.ask(Reader::info)
    }

    /// See [`Reader::commands`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn commands(&self) -> Result<Vec<CommandLine>, ArchiveError> {
        self.ask(Reader::commands)
    }

    /// See [`Reader::samples`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn samples(&self) -> Result<Arc<Samples>, ArchiveError> {
        self.ask(Reader::samples)
    }

    /// See [`Reader::contigs`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn contigs(&self, sample: &BStr) -> Result<Arc<Contigs>, ArchiveError> {
        self.ask(|reader| reader.contigs(sample))
    }

    /// See [`Reader::locate`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn locate(&self, contig: &BStr) -> Result<Vec<Located>, ArchiveError> {
        self.ask(|reader| reader.locate(contig))
    }

    /// See [`Reader::locate_all`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn locate_all(&self, names: &[ContigName]) -> Result<Vec<Vec<Located>>, ArchiveError> {
        self.ask(|reader| reader.locate_all(names))
    }

    /// See [`Reader::contigs_at`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn contigs_at(&self, places: &[(&BStr, usize)]) -> Result<Contigs, ArchiveError> {
        self.ask(|reader| reader.contigs_at(places))
    }

    /// See [`Reader::bases_of`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn bases_of(
        &self,
        sample: &BStr,
        contig: &BStr,
        range: Range<u64>,
    ) -> Result<Vec<u8>, ArchiveError> {
        self.ask(|reader| reader.bases_of(sample, contig, range.clone()))
    }

    /// See [`Reader::samples_page`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn samples_page(
        &self,
        first: usize,
        count: usize,
    ) -> Result<Paged<Vec<SampleRow>>, ArchiveError> {
        self.ask(|reader| reader.samples_page(first, count))
    }

    /// See [`Reader::contigs_page`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn contigs_page(
        &self,
        sample: &BStr,
        first: usize,
        count: usize,
    ) -> Result<Paged<Contigs>, ArchiveError> {
        self.ask(|reader| reader.contigs_page(sample, first, count))
    }

    /// See [`Reader::bases`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn bases(&self, region: &Region) -> Result<Vec<u8>, ArchiveError> {
        self.ask(|reader| reader.bases(region))
    }

    /// What was read so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.source.traffic()
    }

    /// See [`Reader::digests`].
    ///
    /// # Errors
    /// As the reader, or `Io`, or `Http`.
    pub fn digests(&self, sample: &BStr) -> Result<Option<Vec<Digest>>, ArchiveError> {
        self.ask(|reader| reader.digests(sample))
    }

    /// Asks until there is an answer, reading what is needed.
    ///
    /// While another thread reads and decodes what is needed first, this one waits, as that is mostly a batch of the
    /// collection that both need. It waits once: what is too large to be kept, each has to read.
    pub(crate) fn ask<T>(
        &self,
        mut question: impl FnMut(&mut Reader) -> Result<Step<T>, Error>,
    ) -> Result<T, ArchiveError> {
        self.with_reader(|reader| {
            let (mut flight, mut waited_for) = (None, None);
            loop {
                let step = question(reader)?;
                drop(flight.take());
                let ranges = match step {
                    Step::Done(answer) => return Ok(answer),
                    Step::Need(ranges) => ranges,
                };
                let first = ranges.first().map(|range| range.start);
                if let Some(offset) = first.filter(|_| waited_for != first) {
                    flight = self.flights.begin(offset);
                    if flight.is_none() {
                        waited_for = first;
                        continue;
                    }
                }
                self.source
                    .read(&ranges, &mut |offset, bytes| reader.supply(offset, bytes))?;
            }
        })
    }

    /// Lends a reader that no other thread uses.
    pub(crate) fn with_reader<T>(&self, use_it: impl FnOnce(&mut Reader) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = idle().pop();
        let mut reader = rested.unwrap_or_else(|| Reader::sharing(Arc::clone(&self.shared)));
        let result = use_it(&mut reader);
        reader.trim(self.source.kept_bytes_max());
        let mut idle = idle();
        if idle.len() < IDLE_READERS_MAX {
            idle.push(reader);
        }
        result
    }

    /// Reads a range of the file past the reader, in place of what `bytes` held.
    pub(crate) fn read_into(
        &self,
        range: Range<u64>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), ArchiveError> {
        let len_bytes = range.end - range.start;
        within("a part", len_bytes, self.shared.limits.supplied_bytes_max)?;
        bytes.clear();
        bytes.resize(usize::try_from(len_bytes).unwrap_or(usize::MAX), 0);
        self.source
            .read(std::slice::from_ref(&range), &mut |offset, piece| {
                let at = usize::try_from(offset - range.start).unwrap_or(usize::MAX);
                if let Some(place) = bytes.get_mut(at..at.saturating_add(piece.len())) {
                    place.copy_from_slice(piece);
                }
                Ok(())
            })
    }
}

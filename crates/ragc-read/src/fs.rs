//! Archives on the file system (feature `fs`): the same questions, blocking, and whole samples decoded by threads.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::{BStr, BString};

use crate::error::Error;
use crate::limits::Limits;
use crate::reader::{Info, Located};
use crate::region::Region;
use crate::tables::{Contigs, Samples};

/// An archive in a file.
///
/// Clones are cheap, share the file and what was decoded, and may be used by other threads.
#[derive(Debug, Clone)]
pub struct Archive {}

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

/// One thing to extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// All contigs of a sample, in stored order.
    Sample(BString),
    /// One contig, or a range of it (`0..u64::MAX` is the whole of it).
    Region(Region),
}

/// Some consecutive bases of one contig, as a formatter sees them.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// The sample's name.
    pub sample: &'a BStr,
    /// The contig's whole name.
    pub contig: &'a BStr,
    /// Length of the whole contig in bases.
    pub contig_len_bases: u64,
    /// How many bases of the range asked for (or of the whole contig) come before this chunk.
    pub offset: u64,
    /// The bases, ASCII letters. Empty only for an empty contig or range.
    pub bases: &'a [u8],
    /// Whether the contig (or range) ends with this chunk. It starts with it when `offset` is 0.
    pub last: bool,
}

impl Chunk<'_> {
    /// Appends the bases as lines of `line_len` letters, each ended by `\n`, going on where the chunk before stopped.
    pub fn write_lines(&self, line_len: usize, out: &mut Vec<u8>) {
        let _ = (line_len, out);
    }
}

/// What a formatter made of consecutive chunks of one work, as the sink receives it.
#[derive(Debug)]
pub struct Output<'a> {
    /// Index of the work in the list given.
    pub work: usize,
    /// Whether this is the first, and the last, output of that work.
    pub first: bool,
    /// See `first`.
    pub last: bool,
    /// What the formatter appended.
    pub bytes: &'a [u8],
}

impl Archive {
    /// Opens an archive. Nothing is parsed yet but its length.
    ///
    /// # Errors
    /// `Io`, or `Malformed` if a file of that length cannot be an archive.
    pub fn open(path: impl AsRef<Path>, limits: Limits) -> Result<Archive, ArchiveError> {
        let _ = (path, limits);
        Err(Error::Misuse("not written yet").into())
    }

    /// See [`Reader::info`](crate::Reader::info).
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn info(&mut self) -> Result<Info, ArchiveError> {
        Err(Error::Misuse("not written yet").into())
    }

    /// See [`Reader::samples`](crate::Reader::samples).
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn samples(&mut self) -> Result<Arc<Samples>, ArchiveError> {
        Err(Error::Misuse("not written yet").into())
    }

    /// See [`Reader::contigs`](crate::Reader::contigs).
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn contigs(&mut self, sample: &BStr) -> Result<Arc<Contigs>, ArchiveError> {
        let _ = sample;
        Err(Error::Misuse("not written yet").into())
    }

    /// See [`Reader::locate`](crate::Reader::locate).
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn locate(&mut self, contig: &BStr) -> Result<Vec<Located>, ArchiveError> {
        let _ = contig;
        Err(Error::Misuse("not written yet").into())
    }

    /// See [`Reader::bases`](crate::Reader::bases).
    ///
    /// # Errors
    /// As the reader, or `Io`.
    pub fn bases(&mut self, region: &Region) -> Result<Vec<u8>, ArchiveError> {
        let _ = region;
        Err(Error::Misuse("not written yet").into())
    }

    /// Extracts `work` with `threads` threads, in order and in fixed memory.
    ///
    /// Windows of about 1 MiB of bases (or many small contigs together) are decoded by the threads. There `format` is
    /// called with consecutive chunks of one work and appends text to its buffer: line wrapping and compression run in
    /// parallel. The calling thread hands the buffers to `sink` in order. A work without contigs gives one output,
    /// `first` and `last`, of what `format` makes of no chunks.
    ///
    /// # Errors
    /// The first error in the order of the work; what came before it was given to `sink`.
    pub fn extract<F, S>(
        &mut self,
        work: &[Work],
        threads: usize,
        format: F,
        sink: S,
    ) -> Result<(), ArchiveError>
    where
        F: Fn(&[Chunk<'_>], &mut Vec<u8>) + Sync,
        S: FnMut(Output<'_>) -> io::Result<()>,
    {
        let _ = (work, threads, format, sink);
        let _: Range<u64> = 0..0;
        Err(Error::Misuse("not written yet").into())
    }
}

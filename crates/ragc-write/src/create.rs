//! From a list of FASTA files to an archive: builds the pipeline and runs it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use bstr::BString;

/// One genome to compress: the name it gets in the archive and the file it is read from.
#[derive(Debug, Clone)]
pub struct SampleInput {
    /// Name of the sample, unique in the archive, without zero bytes.
    pub name: BString,
    /// FASTA file: plain, gzip or zstd.
    pub path: PathBuf,
}

/// What the user may choose; the defaults suit every collection we know.
#[derive(Debug, Clone)]
pub struct CreateOptions {
    /// Length of splitters and of the overlap of neighbouring segments, 17..=32.
    pub kmer_len: u32,
    /// Shortest match written as one, 15..=32.
    pub min_match_len: u32,
    /// Deltas in a pack and samples in a batch, 1..=1_000_000_000.
    pub pack_cardinality: u32,
    /// Wanted length of new reference segments in bases, 100..=1_000_000.
    pub segment_size: u32,
    /// Worker threads, at least 1. The archive does not depend on it.
    pub threads: usize,
}

impl Default for CreateOptions {
    fn default() -> Self {
        Self {
            kmer_len: 31,
            min_match_len: 15,
            pack_cardinality: 50,
            segment_size: 60_000,
            threads: 1,
        }
    }
}

/// How far the work has come; written by the pipeline, read by whoever draws the bar.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of the input files consumed so far, as they lie on disk.
    pub bytes_read: AtomicU64,
    /// Bases compressed so far.
    pub bases: AtomicU64,
}

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Samples stored.
    pub samples: u64,
    /// Contigs stored.
    pub contigs: u64,
    /// Symbols stored, N and IUPAC letters included.
    pub bases: u64,
    /// Size of the archive.
    pub archive_bytes: u64,
    /// One sentence for each file that had letters replaced by N or bytes left out.
    pub warnings: Vec<String>,
}

/// Why no archive came out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// The archive could not be written.
    #[error("writing the archive: {0}")]
    Write(#[from] std::io::Error),
}

/// Compresses `inputs`, in this order, into one archive; the first is the reference sample.
///
/// # Errors
/// [`CreateError`] says which file broke; what was written to `out` by then is no archive.
pub fn create(
    _inputs: &[SampleInput],
    _options: &CreateOptions,
    _out: impl Write + Send,
    _progress: &Progress,
) -> Result<Summary, CreateError> {
    Ok(Summary::default())
}

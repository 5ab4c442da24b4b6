//! The questions an archive answers, and what is remembered between them.

use std::sync::Arc;

use bstr::{BStr, BString};

use crate::error::Error;
use crate::limits::Limits;
use crate::region::Region;
use crate::step::Step;
use crate::tables::{Contigs, Samples};

/// Answers questions about an archive, given its bytes on demand.
///
/// A question gives [`Step::Done`] with the answer or [`Step::Need`] with the byte ranges that are missing: supply
/// them and ask again. What was learnt is kept, so each round gets further; nothing is read twice within the limits.
///
/// Clones are cheap and share what is remembered (parsed tables and decoded data); the bytes supplied to one are its
/// own. Give each thread a clone.
#[derive(Debug, Clone)]
pub struct Reader {}

/// What an archive says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// Version of the file format, major and minor.
    pub file_version: (u32, u32),
    /// Every key and value of `file_type_info`, in stored order: `producer`, `comment` and so on.
    pub file_type_info: Vec<(BString, BString)>,
    /// Parameters it was made with.
    pub params: Params,
    /// Samples in the archive.
    pub sample_count: usize,
    /// Streams in the footer.
    pub stream_count: usize,
    /// Groups of segments with a reference (the raw groups not counted).
    pub group_count: usize,
    /// Length of the file in bytes.
    pub file_len_bytes: u64,
}

impl Info {
    /// The value of a key of `file_type_info`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&BStr> {
        self.file_type_info
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_ref())
    }
}

/// The parameters of an archive. See docs/FORMAT.md, "params".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    /// Length of the k-mers, and of the overlap of neighbouring segments, in bases.
    pub kmer_len: u32,
    /// Shortest match of a delta, in bases.
    pub min_match_len: u32,
    /// Entries of a pack, and samples of a batch.
    pub pack_cardinality: u32,
    /// Length of segments aimed at, in bases.
    pub segment_size: u32,
}

/// Where a contig was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The sample's name.
    pub sample: BString,
    /// The contig, counted from 0 in the sample's order.
    pub contig: usize,
}

impl Reader {
    /// A reader of a file of `file_len` bytes, of which it has seen none yet.
    ///
    /// # Errors
    /// `Malformed` if a file of that length cannot be an archive.
    pub fn new(file_len: u64, limits: Limits) -> Result<Reader, Error> {
        let _ = (file_len, limits);
        Ok(Reader {})
    }

    /// Gives the bytes of the file at `offset`: what was needed, or more of them.
    ///
    /// They stay until the question is answered. Bytes beyond what was needed are used by later questions as long as
    /// they are few (a longer tail read first saves rounds).
    ///
    /// # Errors
    /// `Misuse` if they reach past the end of the file.
    pub fn supply(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let _ = (offset, bytes);
        Ok(())
    }

    /// What the archive says about itself. At most three rounds.
    ///
    /// # Errors
    /// `Unsupported` for versions of the format that are not read, `Malformed`.
    pub fn info(&mut self) -> Result<Step<Info>, Error> {
        Err(Error::Misuse("not written yet"))
    }

    /// The names of the samples, in stored order. At most three rounds.
    ///
    /// # Errors
    /// As [`Reader::info`].
    pub fn samples(&mut self) -> Result<Step<Arc<Samples>>, Error> {
        Err(Error::Misuse("not written yet"))
    }

    /// The contigs of a sample with their lengths, in stored order. One round on an open archive.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample.
    pub fn contigs(&mut self, sample: &BStr) -> Result<Step<Arc<Contigs>>, Error> {
        let _ = sample;
        Err(Error::Misuse("not written yet"))
    }

    /// Every contig whose whole name is `contig`, or, if none is, whose first word is; in stored order, maybe none.
    ///
    /// Reads the contig names of the whole collection, some batches a round.
    ///
    /// # Errors
    /// `Malformed`, `Limit`.
    pub fn locate(&mut self, contig: &BStr) -> Result<Step<Vec<Located>>, Error> {
        let _ = contig;
        Err(Error::Misuse("not written yet"))
    }

    /// The bases of a region, as ASCII letters, one byte a base, in the contig's own orientation.
    ///
    /// At most two rounds on an open archive: the sample's batch of the collection, then every reference and pack of
    /// the region. Holds the region's parts: ask for a chromosome in windows.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample or contig, or the region starts past the contig's end; `Misuse` if the
    /// range ends before it starts; `Limit` if more is asked than the limits allow; `Malformed` with sample, contig
    /// and segment.
    pub fn bases(&mut self, region: &Region) -> Result<Step<Vec<u8>>, Error> {
        let _ = region;
        Err(Error::Misuse("not written yet"))
    }

    /// What lies in a range of the file, in words, for logs and progress: `x1fd part 2, params`.
    #[must_use]
    pub fn describe(&self, range: &std::ops::Range<u64>) -> String {
        let _ = range;
        String::new()
    }
}

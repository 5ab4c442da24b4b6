//! The questions an archive answers, and what is remembered between them.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use bstr::{BStr, BString};

use crate::batches::Locating;
use crate::codec::zstd::Decoder;
use crate::error::{Error, within};
use crate::format::file_type_info::Layout;
use crate::format::footer::TRAILER_LEN_BYTES;
use crate::format::params::Params;
use crate::index::{INDEX_AT, IndexAt, IndexUse};
use crate::limits::Limits;
use crate::region::Region;
use crate::shared::Shared;
use crate::step::{Step, Stop, step};
use crate::store::Store;
use crate::tables::{Contigs, Samples};

/// Bytes kept from one question to the next: what was supplied beyond need.
const SURPLUS_BYTES_MAX: u64 = 1 << 20;

/// Answers questions about an archive, given its bytes on demand.
///
/// A question gives [`Step::Done`] with the answer or [`Step::Need`] with the byte ranges that are missing: supply
/// them and ask again. What was learnt is kept, so each round gets further; nothing is read twice within the limits.
///
/// Clones are cheap and share what is remembered (parsed tables and decoded data); the bytes supplied to one are its
/// own. Give each thread a clone.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(crate) shared: Arc<Shared>,
    pub(crate) store: Store,
    pub(crate) zstd: Decoder,
    pub(crate) locating: Option<Locating>,
    pub(crate) tally: Tally,
}

/// What questions took so far, of one reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Segments that bases were taken from.
    pub segments: u64,
    /// References and packs that were still there, decoded, when a question needed them.
    pub cache_hits: u64,
}

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
    /// Whether it is read by an index.
    pub index: IndexUse,
    /// Samples in the archive.
    pub sample_count: usize,
    /// Streams in the footer.
    pub stream_count: usize,
    /// Groups of segments with a reference (the raw groups not counted).
    pub group_count: usize,
    /// Length of the file in bytes.
    pub file_len_bytes: u64,
    /// Bytes of the footer, and of its length behind it: the end of the file.
    pub footer_len_bytes: u64,
}

/// A command that an archive was made or added to with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// The program and its arguments.
    pub line: BString,
    /// When it ran; AGC leaves it empty.
    pub date: BString,
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

/// Where a contig was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The sample's name.
    pub sample: BString,
    /// The contig, counted from 0 in the sample's order.
    pub contig: usize,
}

impl Reader {
    /// A reader of a file of `file_len` bytes, of which it has seen none yet. It reads without an index.
    ///
    /// # Errors
    /// `Malformed` if a file of that length cannot be an archive.
    pub fn new(file_len: u64, limits: Limits) -> Result<Reader, Error> {
        Reader::made(file_len, None, limits)
    }

    /// A reader of a file of `file_len` bytes that has an index, or may have one ([`IndexAt::Embedded`]).
    ///
    /// An index beside the archive has its bytes at offsets from [`INDEX_AT`] on, in what is needed and supplied. One in
    /// the archive that was made of another one is not used, as [`Info::index`] tells; then all is as without.
    ///
    /// # Errors
    /// `Malformed` if a file of that length cannot be an archive. An index beside an archive that was made of another one
    /// is `StaleIndex`, when it is read.
    pub fn with_index(file_len: u64, index: IndexAt, limits: Limits) -> Result<Reader, Error> {
        Reader::made(file_len, Some(index), limits)
    }

    fn made(file_len: u64, index_at: Option<IndexAt>, limits: Limits) -> Result<Reader, Error> {
        if file_len <= TRAILER_LEN_BYTES {
            return Err(Error::malformed(format!(
                "an AGC archive expected, a file of {file_len} bytes found"
            )));
        }
        if file_len > INDEX_AT {
            return Err(Error::Misuse("a file of more than 2^52 bytes"));
        }
        Ok(Reader::sharing(Arc::new(Shared::new(
            file_len, index_at, limits,
        ))))
    }

    /// One more reader of a file, which knows what the others know.
    pub(crate) fn sharing(shared: Arc<Shared>) -> Reader {
        Reader {
            shared,
            store: Store::default(),
            zstd: Decoder::default(),
            locating: None,
            tally: Tally::default(),
        }
    }

    /// What the questions put to this reader took so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Gives the bytes of the file at `offset`: what was needed, or more of them.
    ///
    /// They stay until the question is answered. Bytes beyond what was needed are used by later questions as long as
    /// they are few (a longer tail read first saves rounds).
    ///
    /// # Errors
    /// `Misuse` if they reach past the end of the file, or of the index.
    pub fn supply(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let end = offset.checked_add(bytes.len() as u64);
        let len = match self.shared.index_at {
            Some(IndexAt::Beside { len_bytes }) if offset >= INDEX_AT => INDEX_AT + len_bytes,
            _ => self.shared.file_len,
        };
        if end.is_none_or(|end| end > len) {
            return Err(Error::Misuse("bytes supplied past the end of the file"));
        }
        self.store.insert(offset, bytes);
        Ok(())
    }

    /// What the archive says about itself. At most three rounds, with an index one.
    ///
    /// # Errors
    /// `Unsupported` for versions of the format that are not read, `Malformed`, `StaleIndex`.
    pub fn info(&mut self) -> Result<Step<Info>, Error> {
        self.answer(|reader| {
            let file_len_bytes = reader.shared.file_len;
            if let Some(index) = reader.index()? {
                let root = &index.root;
                return Ok(Info {
                    file_version: root.info.version,
                    file_type_info: root.info.pairs.clone(),
                    params: root.params,
                    index: reader.index_use(),
                    sample_count: root.sample_count,
                    stream_count: root.stream_count,
                    group_count: root.group_count,
                    file_len_bytes,
                    footer_len_bytes: index.footer_len_bytes(),
                });
            }
            let footer = reader.footer()?;
            let opened = reader.opened()?;
            Ok(Info {
                file_version: opened.info.version,
                file_type_info: opened.info.pairs.clone(),
                params: opened.params,
                index: reader.index_use(),
                sample_count: opened.samples.len(),
                stream_count: footer.stream_count,
                group_count: footer.group_count,
                file_len_bytes,
                footer_len_bytes: file_len_bytes - footer.start,
            })
        })
    }

    /// The commands that made the archive, as far as it tells: those of version 3 do not. No index has them.
    ///
    /// # Errors
    /// As [`Reader::info`].
    pub fn commands(&mut self) -> Result<Step<Vec<CommandLine>>, Error> {
        self.answer(|reader| {
            if let Some(index) = reader.index()?
                && index.root.info.layout()? == Layout::Version3
            {
                return Ok(Vec::new());
            }
            Ok(reader.opened()?.commands.clone())
        })
    }

    /// The names of the samples, in stored order. At most three rounds, with an index one or two.
    ///
    /// # Errors
    /// As [`Reader::info`].
    pub fn samples(&mut self) -> Result<Step<Arc<Samples>>, Error> {
        self.answer(|reader| match reader.index()? {
            Some(index) => reader.index_samples(&index),
            None => Ok(Arc::clone(&reader.opened()?.samples)),
        })
    }

    /// The contigs of a sample with their lengths, in stored order. One round on an open archive.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample.
    pub fn contigs(&mut self, sample: &BStr) -> Result<Step<Arc<Contigs>>, Error> {
        self.answer(|reader| Ok(Arc::clone(reader.contigs_of(sample)?.contigs())))
    }

    /// The bases of a region, as ASCII letters, one byte a base, in the contig's own orientation.
    ///
    /// At most two rounds on an open archive: the sample's batch of the collection, then every reference and pack of
    /// the region. With an index three: the contig's page, the pages of the region, then these. Holds the region's parts:
    /// ask for a chromosome in windows.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample or contig, or the region starts past the contig's end; `Misuse` if the
    /// range ends before it starts; `Limit` if more is asked than the limits allow; `Malformed` with sample, contig
    /// and segment.
    pub fn bases(&mut self, region: &Region) -> Result<Step<Vec<u8>>, Error> {
        self.answer(|reader| {
            let at = reader.contig_at(region.sample.as_ref(), region.contig)?;
            reader.bases_at(&at, &region.range)
        })
    }

    /// What lies in a range of the file, in words, for logs and progress: `x1fr part 0, x1fd part 2`.
    #[must_use]
    pub fn describe(&self, range: &Range<u64>) -> String {
        let index = self.shared.index.get();
        let index = index.and_then(|found| found.index.as_ref());
        if range.start >= INDEX_AT || index.is_some_and(|index| index.range.contains(&range.start))
        {
            return "index".into();
        }
        let Some(footer) = self.shared.footer.get() else {
            if index.is_some() {
                return String::new();
            }
            let tail = self.shared.file_len.saturating_sub(TRAILER_LEN_BYTES);
            return if range.start >= tail {
                "footer length".into()
            } else {
                "footer".into()
            };
        };
        let mut words = String::new();
        for (stream, number, _) in footer.parts_within(range) {
            let comma = if words.is_empty() { "" } else { ", " };
            // Writing to a string does not fail.
            let _ = write!(words, "{comma}{} part {number}", footer.name(stream));
        }
        words
    }

    /// Runs a question. When it is answered, the bytes supplied for it go.
    pub(crate) fn answer<T>(
        &mut self,
        question: impl FnOnce(&mut Reader) -> Result<T, Stop>,
    ) -> Result<Step<T>, Error> {
        let answer = step(question(self));
        if !matches!(answer, Ok(Step::Need(_))) {
            self.trim(SURPLUS_BYTES_MAX);
        }
        answer
    }

    /// Forgets supplied bytes until at most `bytes_max` are left: of an index its start is kept longest, as this is where
    /// every question begins, and else the end of the file.
    pub(crate) fn trim(&mut self, bytes_max: u64) {
        let index = self.shared.index.get();
        let index = index.and_then(|found| found.index.as_ref());
        self.store.trim(bytes_max, index.map(|index| &index.range));
    }

    /// The bytes of all `ranges`, or what is missing of them, all at once.
    pub(crate) fn need(&self, ranges: Vec<Range<u64>>) -> Result<(), Stop> {
        let missing = self.store.missing(ranges);
        if missing.is_empty() {
            return Ok(());
        }
        let bytes = missing.iter().map(|range| range.end - range.start).sum();
        within(
            "the bytes needed for one question",
            bytes,
            self.shared.limits.supplied_bytes_max,
        )?;
        Err(Stop::Need(missing))
    }

    /// The bytes of a range.
    pub(crate) fn read(&self, range: &Range<u64>) -> Result<&[u8], Stop> {
        self.need(vec![range.clone()])?;
        Ok(self.store.get(range).unwrap_or_default())
    }
}

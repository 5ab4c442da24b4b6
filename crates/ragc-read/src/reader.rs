//! The questions an archive answers, and what is remembered between them.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use bstr::{BStr, BString};

use crate::batches::Locating;
use crate::cache::Cache;
use crate::codec::zstd::Decoder;
use crate::digests::BatchDigests;
use crate::error::{Error, within};
use crate::format::footer::{Footer, TRAILER_LEN_BYTES};
use crate::format::params::Params;
use crate::gather::{Decoded, Span};
use crate::limits::Limits;
use crate::opened::Opened;
use crate::plan::PartId;
use crate::region::Region;
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
    pub(crate) work: WorkDone,
}

/// What questions took so far, of one reader.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkDone {
    /// Segments that bases were taken from.
    pub segments: u64,
    /// References and packs that were still there, decoded, when a question needed them.
    pub cache_hits: u64,
}

/// What all clones of a reader know.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) file_len: u64,
    pub(crate) limits: Limits,
    pub(crate) footer: OnceLock<Arc<Footer>>,
    pub(crate) opened: OnceLock<Arc<Opened>>,
    /// By the sample's number.
    contigs: RwLock<Cache<usize, Arc<Contigs>>>,
    parts: RwLock<Cache<PartId, Decoded>>,
    digests: Mutex<Option<Arc<BatchDigests>>>,
}

impl Shared {
    pub(crate) fn contigs(&self) -> RwLockReadGuard<'_, Cache<usize, Arc<Contigs>>> {
        self.contigs.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn keep_contigs(&self, sample: usize, contigs: Arc<Contigs>) {
        let bytes = contigs.size_bytes();
        let cache = self.contigs.write();
        let mut cache = cache.unwrap_or_else(PoisonError::into_inner);
        cache.insert(sample, contigs, bytes);
    }

    pub(crate) fn parts(&self) -> RwLockReadGuard<'_, Cache<PartId, Decoded>> {
        self.parts.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn keep_part(&self, id: PartId, decoded: Decoded) {
        let bytes = decoded.size_bytes();
        let cache = self.parts.write();
        let mut cache = cache.unwrap_or_else(PoisonError::into_inner);
        cache.insert(id, decoded, bytes);
    }

    /// Those of the batch asked for last.
    pub(crate) fn digests(&self) -> MutexGuard<'_, Option<Arc<BatchDigests>>> {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
    /// The commands that made it, as far as it tells: those of version 3 do not.
    pub commands: Vec<CommandLine>,
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
    /// A reader of a file of `file_len` bytes, of which it has seen none yet.
    ///
    /// # Errors
    /// `Malformed` if a file of that length cannot be an archive.
    pub fn new(file_len: u64, limits: Limits) -> Result<Reader, Error> {
        if file_len <= TRAILER_LEN_BYTES {
            return Err(Error::malformed(format!(
                "an AGC archive expected, a file of {file_len} bytes found"
            )));
        }
        let shared = Shared {
            file_len,
            limits,
            footer: OnceLock::new(),
            opened: OnceLock::new(),
            contigs: RwLock::new(Cache::new(limits.collection_bytes_max)),
            parts: RwLock::new(Cache::new(limits.cache_bytes_max)),
            digests: Mutex::new(None),
        };
        Ok(Reader::sharing(Arc::new(shared)))
    }

    /// One more reader of a file, which knows what the others know.
    pub(crate) fn sharing(shared: Arc<Shared>) -> Reader {
        Reader {
            shared,
            store: Store::default(),
            zstd: Decoder::default(),
            locating: None,
            work: WorkDone::default(),
        }
    }

    /// What the questions put to this reader took so far.
    #[must_use]
    pub fn work(&self) -> WorkDone {
        self.work
    }

    /// Gives the bytes of the file at `offset`: what was needed, or more of them.
    ///
    /// They stay until the question is answered. Bytes beyond what was needed are used by later questions as long as
    /// they are few (a longer tail read first saves rounds).
    ///
    /// # Errors
    /// `Misuse` if they reach past the end of the file.
    pub fn supply(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let end = offset.checked_add(bytes.len() as u64);
        if end.is_none_or(|end| end > self.shared.file_len) {
            return Err(Error::Misuse("bytes supplied past the end of the file"));
        }
        self.store.insert(offset, bytes);
        Ok(())
    }

    /// What the archive says about itself. At most three rounds.
    ///
    /// # Errors
    /// `Unsupported` for versions of the format that are not read, `Malformed`.
    pub fn info(&mut self) -> Result<Step<Info>, Error> {
        self.answer(|reader| {
            let footer = reader.footer()?;
            let opened = reader.opened()?;
            Ok(Info {
                file_version: opened.info.version,
                file_type_info: opened.info.pairs.clone(),
                params: opened.params,
                commands: opened.commands.clone(),
                sample_count: opened.samples.len(),
                stream_count: footer.stream_count,
                group_count: footer.group_count,
                file_len_bytes: reader.shared.file_len,
                footer_len_bytes: reader.shared.file_len - footer.start,
            })
        })
    }

    /// The names of the samples, in stored order. At most three rounds.
    ///
    /// # Errors
    /// As [`Reader::info`].
    pub fn samples(&mut self) -> Result<Step<Arc<Samples>>, Error> {
        self.answer(|reader| Ok(Arc::clone(&reader.opened()?.samples)))
    }

    /// The contigs of a sample with their lengths, in stored order. One round on an open archive.
    ///
    /// # Errors
    /// `NotFound` if there is no such sample.
    pub fn contigs(&mut self, sample: &BStr) -> Result<Step<Arc<Contigs>>, Error> {
        self.answer(|reader| {
            let number = reader.opened()?.sample_number(sample)?;
            reader.contigs_of(number)
        })
    }

    /// In each sample, every contig whose whole name is `contig`, or, if none is, whose first word is; in stored order,
    /// maybe none.
    ///
    /// Reads the contig names of the whole collection, some batches a round.
    ///
    /// # Errors
    /// `Malformed`, `Limit`.
    pub fn locate(&mut self, contig: &BStr) -> Result<Step<Vec<Located>>, Error> {
        Ok(match self.locate_all(&[contig.into()])? {
            Step::Done(mut found) => Step::Done(found.pop().unwrap_or_default()),
            Step::Need(ranges) => Step::Need(ranges),
        })
    }

    /// The same for many names, which are looked for together: what [`Reader::locate`] finds for each.
    ///
    /// # Errors
    /// As [`Reader::locate`].
    pub fn locate_all(&mut self, contigs: &[BString]) -> Result<Step<Vec<Vec<Located>>>, Error> {
        self.answer(|reader| reader.find_contigs(contigs))
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
        self.answer(|reader| {
            let number = reader.opened()?.sample_number(region.sample.as_ref())?;
            let contigs = reader.contigs_of(number)?;
            let range = clip(&contigs, region)?;
            within(
                "the bases of one answer",
                range.end - range.start,
                reader.shared.limits.answer_bytes_max,
            )?;
            let mut bases = Vec::new();
            let span = Span {
                sample: number,
                contigs: &contigs,
                contig: region.contig,
                range,
            };
            reader.append_bases(&[span], &mut bases)?;
            Ok(bases)
        })
    }

    /// What lies in a range of the file, in words, for logs and progress: `x1fr part 0, x1fd part 2`.
    #[must_use]
    pub fn describe(&self, range: &Range<u64>) -> String {
        let Some(footer) = self.shared.footer.get() else {
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
            self.store.trim(SURPLUS_BYTES_MAX);
        }
        answer
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

/// A region's range, cut to its contig.
pub(crate) fn clip(contigs: &Contigs, region: &Region) -> Result<Range<u64>, Error> {
    let contig = contigs.get(region.contig).ok_or_else(|| Error::NotFound {
        what: "contig number",
        name: format!("{} of {}", region.contig, region.sample),
    })?;
    let Range { start, end } = region.range;
    if start > end {
        return Err(Error::Misuse("a region that ends before it starts"));
    }
    if start > contig.len_bases {
        let name = format!(
            "{} base {start}, its length is {}",
            contig.name, contig.len_bases
        );
        return Err(Error::NotFound {
            what: "region",
            name,
        });
    }
    Ok(start..end.min(contig.len_bases))
}

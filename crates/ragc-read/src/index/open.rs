//! Finding an index and opening it: its head, its root, and where its sections lie.

use std::ops::Range;
use std::sync::Arc;

use twox_hash::XxHash64;

use super::head::{HEAD_LEN_BYTES, Head, MAGIC, Root, SEAL_LEN_BYTES, Top};
use super::page::{Page, inflate, open};
use super::{INDEX_AT, IndexAt, IndexUse, in_index, span};
use crate::error::{Error, within};
use crate::format::cursor::Cursor;
use crate::format::footer::TRAILER_LEN_BYTES;
use crate::reader::Reader;
use crate::step::Stop;

/// Read first: mostly all of an index but its body.
pub(crate) const FIRST_LEN_BYTES: u64 = 32 << 10;

/// An index in the archive is the first part there is: a metadata integer of one byte comes before it.
const EMBEDDED_AT: u64 = 1;

/// What became of looking for an index.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) how: IndexUse,
    pub(crate) index: Option<Arc<Index>>,
}

/// An index that is open.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) root: Root,
    head: Head,
    pub(super) samples: Section,
    pub(super) names: Section,
    pub(super) places: Section,
    /// Where its body begins.
    pub(super) body: u64,
    /// All of it.
    pub(crate) range: Range<u64>,
}

/// Where pages of one kind lie.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) levels: u64,
    pub(super) top: Range<u64>,
    /// Where offsets in its nodes are counted from.
    pub(super) base: u64,
}

impl Index {
    fn new(head: Head, root: Root, at: u64) -> Result<Index, Error> {
        let end = span(at, head.index_len)?.end;
        let mut next = span(at, HEAD_LEN_BYTES + u64::from(head.root_len))?.end;
        let mut lay = |top: Top| {
            let range = span(next, top.len_bytes)?;
            next = range.end;
            Ok::<_, Error>((top.levels, range))
        };
        let tops = [lay(root.samples)?, lay(root.names)?, lay(root.places)?];
        let front = next;
        let body = span(front, root.front_len)?.end;
        if body > end {
            return Err(Error::malformed(format!(
                "an index of {} bytes that begins with {}",
                head.index_len,
                body - at
            )));
        }
        let [samples, names, places] = tops.map(|(levels, top)| Section {
            levels,
            top,
            base: body,
        });
        Ok(Index {
            root,
            head,
            samples: Section {
                base: front,
                ..samples
            },
            names,
            places,
            body,
            range: at..end,
        })
    }

    /// The bytes of the archive's footer and its length behind it.
    pub(crate) fn footer_len_bytes(&self) -> u64 {
        self.head.footer_len.saturating_add(TRAILER_LEN_BYTES)
    }

    /// Where the archive's parts end and its footer begins.
    pub(crate) fn parts_end(&self) -> u64 {
        self.head
            .archive_len
            .saturating_sub(self.footer_len_bytes())
    }

    /// Bytes of its pages of contigs, segments, places and names.
    pub(crate) fn body_len_bytes(&self) -> u64 {
        self.range.end.saturating_sub(self.body)
    }

    /// What offsets of parts are counted from.
    pub(super) fn parts_base(&self) -> u64 {
        self.head.parts_base
    }

    /// That the archive has the footer that this is an index of; given the footer and its length behind it.
    pub(crate) fn check_footer(&self, footer: &[u8]) -> Result<(), Error> {
        if XxHash64::oneshot(0, footer) == self.head.footer_hash {
            return Ok(());
        }
        Err(stale("the archive has another footer"))
    }

    /// An offset in the address space of the reader, as one in the index.
    pub(super) fn offset(&self, at: u64) -> u64 {
        at.saturating_sub(self.range.start)
    }
}

/// What is at the start of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Embedded {
    /// No index.
    None,
    /// An index of it as it is.
    Current(Head),
    /// An index of an archive of another length.
    Stale,
    /// An index of a version not known.
    Unknown,
}

/// The index at the start of an archive of `file_len` bytes, of which some were read.
pub(crate) fn embedded(first: &[u8], file_len: u64) -> Result<Embedded, Error> {
    let Some(first) = first
        .strip_prefix(&[0])
        .filter(|first| first.starts_with(MAGIC))
    else {
        return Ok(Embedded::None);
    };
    Ok(match Head::parse(first) {
        Err(Error::Unsupported { .. }) => Embedded::Unknown,
        Err(error) => return Err(in_index(error, 0)),
        Ok(head) if head.archive_len != file_len => Embedded::Stale,
        Ok(head) => Embedded::Current(head),
    })
}

fn stale(why: impl Into<String>) -> Error {
    Error::StaleIndex { why: why.into() }
}

impl Reader {
    /// The index, if the archive is read by one.
    pub(crate) fn index(&mut self) -> Result<Option<Arc<Index>>, Stop> {
        let Some(at) = self.shared.index_at else {
            return Ok(None);
        };
        if self.shared.index.get().is_none() {
            let found = self.find_index(at)?;
            // Another clone may have been quicker, with the same.
            let _ = self.shared.index.set(found);
        }
        let found = self.shared.index.get();
        Ok(found.and_then(|found| found.index.clone()))
    }

    /// Whether the archive is read by an index, once that is known.
    pub(crate) fn index_use(&self) -> IndexUse {
        self.shared
            .index
            .get()
            .map_or(IndexUse::None, |found| found.how)
    }

    /// Whether it is known that the archive is read by an index.
    pub(crate) fn is_indexed(&self) -> bool {
        let found = self.shared.index.get();
        found.is_some_and(|found| found.index.is_some())
    }

    fn find_index(&mut self, at: IndexAt) -> Result<Found, Stop> {
        match at {
            IndexAt::Embedded => self.find_embedded(),
            IndexAt::Beside { len_bytes } => {
                let index = self.open_beside(len_bytes)?;
                Ok(Found {
                    how: IndexUse::Beside,
                    index: Some(Arc::new(index)),
                })
            }
        }
    }

    fn find_embedded(&mut self) -> Result<Found, Stop> {
        let not_used = |how| Ok(Found { how, index: None });
        let file_len = self.shared.file_len;
        let first = self.read(&(0..FIRST_LEN_BYTES.min(file_len)))?;
        let head = match embedded(first, file_len)? {
            Embedded::Current(head) => head,
            Embedded::None => return not_used(IndexUse::None),
            Embedded::Stale => return not_used(IndexUse::Stale),
            Embedded::Unknown => return not_used(IndexUse::Unknown),
        };
        let index = self.open_index(head, EMBEDDED_AT)?;
        if index.range.end > index.parts_end() {
            return Err(Error::malformed("an index that is longer than its archive").into());
        }
        Ok(Found {
            how: IndexUse::Embedded,
            index: Some(Arc::new(index)),
        })
    }

    fn open_beside(&mut self, len_bytes: u64) -> Result<Index, Stop> {
        let file_len = self.shared.file_len;
        let seal = file_len.saturating_sub(SEAL_LEN_BYTES)..file_len;
        let first = INDEX_AT..INDEX_AT + len_bytes.min(FIRST_LEN_BYTES);
        self.need(vec![seal.clone(), first.clone()])?;
        let first = self.read(&first)?;
        if !first.starts_with(MAGIC) {
            let why = "an index of an archive expected, something else found";
            return Err(in_index(Error::malformed(why), 0).into());
        }
        let head = Head::parse(first).map_err(|error| in_index(error, 0))?;
        if head.archive_len != file_len {
            let why = format!(
                "it was made when the archive had {} bytes, now it has {file_len}",
                head.archive_len
            );
            return Err(stale(why).into());
        }
        if head.index_len != len_bytes {
            let why = format!(
                "an index of {} bytes, {len_bytes} of them found",
                head.index_len
            );
            return Err(in_index(Error::malformed(why), 0).into());
        }
        let index = self.open_index(head, INDEX_AT)?;
        if XxHash64::oneshot(0, self.read(&seal)?) != head.seal {
            return Err(stale("the archive ends with other bytes").into());
        }
        Ok(index)
    }

    /// Reads the root and lays out the sections.
    fn open_index(&mut self, head: Head, at: u64) -> Result<Index, Stop> {
        let allowed = self.shared.limits.allocation_bytes_max;
        let len = HEAD_LEN_BYTES + u64::from(head.root_len);
        within("the root of the index", len, allowed)?;
        if len > head.index_len {
            let why = format!("a head of {len} bytes in an index of {}", head.index_len);
            return Err(in_index(Error::malformed(why), 0).into());
        }
        let (head_range, root_range) = (at..at + HEAD_LEN_BYTES, at + HEAD_LEN_BYTES..at + len);
        self.read(&(at..at + len))?;
        let Reader { store, zstd, .. } = self;
        let bytes = |range| store.get(range).unwrap_or_default();
        let opened = head
            .check(bytes(&head_range), bytes(&root_range))
            .and_then(|()| inflate(bytes(&root_range), allowed, zstd))
            .and_then(|content| Root::parse(&mut Cursor::new(&content)))
            .and_then(|root| Index::new(head, root, at));
        Ok(opened.map_err(|error| in_index(error, 0))?)
    }

    /// A page of the index, decoded now or before.
    pub(super) fn page<P: Page>(&mut self, index: &Index, at: &Range<u64>) -> Result<Arc<P>, Stop> {
        if let Some(page) = self.shared.page(at.start) {
            return Ok(page);
        }
        if at.end > index.range.end {
            let error = Error::malformed("a page past the end of the index");
            return Err(in_index(error, index.offset(at.start)).into());
        }
        self.need(vec![at.clone()])?;
        let allowed = self.shared.limits.allocation_bytes_max;
        let Reader {
            shared,
            store,
            zstd,
            ..
        } = self;
        let page: P = open(store.get(at).unwrap_or_default(), allowed, zstd)
            .map_err(|error| in_index(error, index.offset(at.start)))?;
        let page = Arc::new(page);
        shared.keep_page(at.start, Arc::clone(&page));
        Ok(page)
    }

    /// Whether a page was decoded before.
    pub(super) fn has_page(&self, at: &Range<u64>) -> bool {
        self.shared.has_page(at.start)
    }
}

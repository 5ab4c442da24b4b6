//! What all clones of a reader know: what was read once, and what is kept within bounds.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use crate::cache::Cache;
use crate::digests::BatchDigests;
use crate::format::footer::Footer;
use crate::gather::Decoded;
use crate::index::{Found, IndexAt, Page, Recent};
use crate::limits::Limits;
use crate::opened::Opened;
use crate::plan::PartId;
use crate::segment_table::SegmentTable;
use crate::tables::{Contigs, Samples};

/// Tables and parts of any kind: as caches of one type, they take little room in the wasm module.
type Kept = Arc<dyn Any + Send + Sync>;

/// What all clones of a reader know.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) file_len: u64,
    pub(crate) limits: Limits,
    pub(crate) footer: OnceLock<Arc<Footer>>,
    pub(crate) opened: OnceLock<Arc<Opened>>,
    /// Where an index is looked for.
    pub(crate) index_at: Option<IndexAt>,
    pub(crate) index: OnceLock<Found>,
    /// The names of all samples, as an index tells them.
    pub(crate) samples: OnceLock<Arc<Samples>>,
    /// Pages of the index, by where they begin.
    pages: RwLock<Cache<u64, Kept>>,
    recent: Mutex<Recent>,
    /// Contigs as an index tells them, by the sample's number.
    contig_lists: RwLock<Cache<u64, Kept>>,
    /// By the sample's number.
    tables: RwLock<Cache<u64, Kept>>,
    /// By their keys.
    parts: RwLock<Cache<u64, Kept>>,
    digests: Mutex<Option<Arc<BatchDigests>>>,
}

/// Keeps a value in a cache.
fn keep(cache: &RwLock<Cache<u64, Kept>>, key: u64, value: Kept, bytes: usize) {
    let mut cache = cache.write().unwrap_or_else(PoisonError::into_inner);
    cache.insert(key, value, bytes);
}

/// A table that is kept, if it is of that kind.
fn kept<T: Any + Send + Sync>(cache: &RwLock<Cache<u64, Kept>>, key: u64) -> Option<Arc<T>> {
    let cache = cache.read().unwrap_or_else(PoisonError::into_inner);
    cache.get(key)?.downcast().ok()
}

impl Shared {
    pub(crate) fn new(file_len: u64, index_at: Option<IndexAt>, limits: Limits) -> Shared {
        // With an index, a half for its pages, and a quarter each for lists of contigs and what is read without it.
        let share = limits.collection_bytes_max / if index_at.is_some() { 4 } else { 1 };
        Shared {
            file_len,
            limits,
            footer: OnceLock::new(),
            opened: OnceLock::new(),
            index_at,
            index: OnceLock::new(),
            samples: OnceLock::new(),
            pages: RwLock::new(Cache::new(share * 2)),
            recent: Mutex::default(),
            contig_lists: RwLock::new(Cache::new(share)),
            tables: RwLock::new(Cache::new(share)),
            parts: RwLock::new(Cache::new(limits.cache_bytes_max)),
            digests: Mutex::new(None),
        }
    }

    pub(crate) fn table(&self, sample: usize) -> Option<Arc<SegmentTable>> {
        kept(&self.tables, sample as u64)
    }

    pub(crate) fn keep_table(&self, sample: usize, table: Arc<SegmentTable>) {
        let bytes = table.size_bytes();
        keep(&self.tables, sample as u64, table, bytes);
    }

    pub(crate) fn contig_list(&self, sample: usize) -> Option<Arc<Contigs>> {
        kept(&self.contig_lists, sample as u64)
    }

    pub(crate) fn keep_contig_list(&self, sample: usize, contigs: Arc<Contigs>) {
        let bytes = contigs.size_bytes();
        keep(&self.contig_lists, sample as u64, contigs, bytes);
    }

    /// A page of the index that begins at an offset, if it is one of that kind.
    pub(crate) fn page<P: Page>(&self, at: u64) -> Option<Arc<P>> {
        kept(&self.pages, at)
    }

    pub(crate) fn has_page(&self, at: u64) -> bool {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        pages.get(at).is_some()
    }

    pub(crate) fn keep_page<P: Page>(&self, at: u64, page: Arc<P>) {
        let bytes = page.size_bytes();
        keep(&self.pages, at, page, bytes);
    }

    pub(crate) fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn part(&self, id: PartId) -> Option<Decoded> {
        kept::<Decoded>(&self.parts, id.key()).map(|part| (*part).clone())
    }

    pub(crate) fn keep_part(&self, id: PartId, decoded: Decoded) {
        let bytes = decoded.size_bytes();
        keep(&self.parts, id.key(), Arc::new(decoded), bytes);
    }

    /// Those of the batch asked for last.
    pub(crate) fn digests(&self) -> MutexGuard<'_, Option<Arc<BatchDigests>>> {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

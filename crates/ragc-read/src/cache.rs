//! Values kept for later within a bound in bytes.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};

/// What an entry costs beside its value: keys, links and the allocator's share, roughly.
const ENTRY_BYTES: u64 = 128;

/// Values larger than the whole bound that are kept nevertheless: a reference and a pack, for the windows of a contig
/// that is stored as one segment.
const LARGE_KEPT: usize = 2;

/// A cache that forgets, when it is full, what was not used since it last went round ("second chance").
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    bytes_max: u64,
    bytes: u64,
    entries: HashMap<K, Entry<V>>,
    /// Every key once, the next to be looked at first.
    queue: VecDeque<K>,
    /// The newest values that are larger than the bound, each by itself.
    large: VecDeque<(K, V)>,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: u64,
    /// Set by threads that look things up side by side.
    used: AtomicBool,
}

impl<K: Copy + Eq + Hash, V: Clone> Cache<K, V> {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Cache {
            bytes_max,
            bytes: 0,
            entries: HashMap::new(),
            queue: VecDeque::new(),
            large: VecDeque::new(),
        }
    }

    pub(crate) fn get(&self, key: K) -> Option<V> {
        match self.entries.get(&key) {
            Some(entry) => {
                entry.used.store(true, Ordering::Relaxed);
                Some(entry.value.clone())
            }
            None => self
                .large
                .iter()
                .find(|(large, _)| *large == key)
                .map(|(_, value)| value.clone()),
        }
    }

    /// Keeps a value, at the cost of others.
    pub(crate) fn insert(&mut self, key: K, value: V, value_bytes: usize) {
        let bytes = value_bytes as u64 + ENTRY_BYTES;
        if let Some(old) = self.entries.get(&key) {
            // Two threads decoded the same: either will do.
            old.used.store(true, Ordering::Relaxed);
            return;
        }
        if bytes > self.bytes_max {
            self.large.retain(|(large, _)| *large != key);
            self.large.truncate(LARGE_KEPT - 1);
            self.large.push_front((key, value));
            return;
        }
        while self.bytes.saturating_add(bytes) > self.bytes_max && self.forget_one() {}
        self.bytes = self.bytes.saturating_add(bytes);
        self.entries.insert(
            key,
            Entry {
                value,
                bytes,
                used: AtomicBool::new(false),
            },
        );
        self.queue.push_back(key);
    }

    fn forget_one(&mut self) -> bool {
        while let Some(key) = self.queue.pop_front() {
            match self.entries.get(&key) {
                Some(entry) if entry.used.swap(false, Ordering::Relaxed) => {
                    self.queue.push_back(key);
                }
                _ => {
                    let bytes = self.entries.remove(&key).map_or(0, |entry| entry.bytes);
                    self.bytes = self.bytes.saturating_sub(bytes);
                    return true;
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_stays_longer() {
        let mut cache = Cache::new(3 * (ENTRY_BYTES + 10));
        for key in 0..3 {
            cache.insert(key, key * 10, 10);
        }
        assert_eq!(cache.get(0), Some(0));
        cache.insert(3, 30, 10);
        assert_eq!(
            [0, 1, 2, 3].map(|key| cache.get(key)),
            [Some(0), None, Some(20), Some(30)]
        );
        assert!(cache.bytes <= cache.bytes_max);
    }

    #[test]
    fn two_larger_than_the_bound_are_kept_beside_the_others() {
        let mut cache = Cache::new(1000);
        cache.insert(1, 'a', 10);
        for (key, value) in [(2, 'b'), (3, 'c'), (3, 'c'), (4, 'd')] {
            cache.insert(key, value, 5000);
        }
        assert_eq!(
            [1, 2, 3, 4].map(|key| cache.get(key)),
            [Some('a'), None, Some('c'), Some('d')]
        );
        assert_eq!(cache.bytes, ENTRY_BYTES + 10);
    }
}

//! Values kept for later within a bound in bytes.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// What an entry costs beside its value: keys, links and the allocator's share, roughly.
const ENTRY_BYTES: u64 = 128;

/// A cache that forgets, when it is full, what was not used since it last went round ("second chance").
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    bytes_max: u64,
    bytes: u64,
    entries: HashMap<K, Entry<V>>,
    /// Every key once, the next to be looked at first.
    queue: VecDeque<K>,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: u64,
    used: bool,
}

impl<K: Copy + Eq + Hash, V: Clone> Cache<K, V> {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Cache {
            bytes_max,
            bytes: 0,
            entries: HashMap::new(),
            queue: VecDeque::new(),
        }
    }

    pub(crate) fn get(&mut self, key: K) -> Option<V> {
        let entry = self.entries.get_mut(&key)?;
        entry.used = true;
        Some(entry.value.clone())
    }

    /// Keeps a value, at the cost of others. One larger than the bound is kept alone, until the next one comes.
    pub(crate) fn insert(&mut self, key: K, value: V, value_bytes: usize) {
        let bytes = value_bytes as u64 + ENTRY_BYTES;
        if let Some(old) = self.entries.get_mut(&key) {
            // Two threads decoded the same: either will do.
            old.used = true;
            return;
        }
        while self.bytes.saturating_add(bytes) > self.bytes_max && self.forget_one() {}
        self.bytes = self.bytes.saturating_add(bytes);
        self.entries.insert(
            key,
            Entry {
                value,
                bytes,
                used: false,
            },
        );
        self.queue.push_back(key);
    }

    fn forget_one(&mut self) -> bool {
        while let Some(key) = self.queue.pop_front() {
            match self.entries.get_mut(&key) {
                Some(entry) if entry.used => {
                    entry.used = false;
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
    fn one_larger_than_the_bound_is_kept_alone() {
        let mut cache = Cache::new(1000);
        cache.insert(1, 'a', 10);
        cache.insert(2, 'b', 5000);
        assert_eq!((cache.get(1), cache.get(2)), (None, Some('b')));
        cache.insert(3, 'c', 10);
        assert_eq!((cache.get(2), cache.get(3)), (None, Some('c')));
        assert_eq!(cache.bytes, ENTRY_BYTES + 10);
    }
}

//! Which entries are stored already: digests of texts -> where they are, sixteen bytes each.

/// Tables side by side, so that only a small one is held twice while it grows.
const SHARDS: usize = 64;

/// What tells texts apart: a collision would swap sequence silently, so these are 96 bits of a strong hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u32; 3]);

impl Digest {
    /// The digest of a text among those of one kind.
    pub fn of(kind: u32, text: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&kind.to_le_bytes());
        hasher.update(text);
        let mut digest = [0; 3];
        let hash = hasher.finalize();
        let (words, _) = hash.as_bytes().as_chunks::<4>();
        for (digest, word) in digest.iter_mut().zip(words) {
            *digest = u32::from_le_bytes(*word);
        }
        Self(digest)
    }

    fn shard(self) -> usize {
        self.0[0] as usize % SHARDS
    }
}

/// Digests and the number that each stands for.
///
/// Every text adds one, so there is a bound: a part of the table that reaches its share of it starts anew, and what it
/// forgets is stored once more when it comes again.
#[derive(Debug)]
pub struct Digests {
    shards: Vec<Shard>,
    shard_len_max: usize,
}

impl Digests {
    /// An empty table that will take at most about `bytes_max`.
    pub fn new(bytes_max: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Shard::default()).collect(),
            shard_len_max: (bytes_max / SHARDS / size_of::<Slot>()).max(16),
        }
    }

    /// The number of a digest.
    pub fn get(&self, digest: Digest) -> Option<u32> {
        let shard = &self.shards[digest.shard()];
        let slot = shard.slots.get(shard.place(digest))?;
        (slot.number != 0).then_some(slot.number)
    }

    /// Adds a digest that is not there; its number is not 0.
    pub fn insert(&mut self, digest: Digest, number: u32) {
        debug_assert!(number != 0 && self.get(digest).is_none());
        self.shards[digest.shard()].insert(Slot { digest, number }, self.shard_len_max);
    }
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    digest: Digest,
    /// 0 if the slot is empty.
    number: u32,
}

const EMPTY: Slot = Slot {
    digest: Digest([0; 3]),
    number: 0,
};

/// Open addressing with linear probing, at most nine tenths full.
#[derive(Debug, Default)]
struct Shard {
    slots: Vec<Slot>,
    used: usize,
}

impl Shard {
    /// The slot of a digest, or the empty one where it would be.
    fn place(&self, digest: Digest) -> usize {
        let len = self.slots.len();
        let mut place = ((u64::from(digest.0[1]) * len as u64) >> 32) as usize;
        while let Some(slot) = self.slots.get(place)
            && slot.number != 0
            && slot.digest != digest
        {
            place = if place + 1 == len { 0 } else { place + 1 };
        }
        place
    }

    fn insert(&mut self, slot: Slot, len_max: usize) {
        if (self.used + 1) * 10 > self.slots.len() * 9 {
            self.grow(len_max);
        }
        let place = self.place(slot.digest);
        self.slots[place] = slot;
        self.used += 1;
    }

    fn grow(&mut self, len_max: usize) {
        let len = self.slots.len() * 5 / 4 + 4;
        if len > len_max {
            self.slots.fill(EMPTY);
            self.used = 0;
            return;
        }
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; len]);
        for slot in old.into_iter().filter(|slot| slot.number != 0) {
            let place = self.place(slot.digest);
            self.slots[place] = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(n: u32) -> Digest {
        Digest::of(n % 3, &n.to_le_bytes())
    }

    #[test]
    fn all_are_found_again_and_others_are_not() {
        let mut digests = Digests::new(1 << 24);
        for n in 1..50_000 {
            assert_eq!(digests.get(digest(n)), None);
            digests.insert(digest(n), n);
        }
        for n in 1..50_000 {
            assert_eq!(digests.get(digest(n)), Some(n));
            assert_eq!(digests.get(digest(n + 50_000)), None);
        }
    }

    #[test]
    fn the_table_keeps_to_its_bound_and_remembers_what_was_last() {
        let bytes_max = 1 << 16;
        let mut digests = Digests::new(bytes_max);
        let mut remembered = 0;
        for n in 1..50_000 {
            digests.insert(digest(n), n);
            assert_eq!(digests.get(digest(n)), Some(n));
            remembered += usize::from(n > 100 && digests.get(digest(n - 100)).is_some());
        }
        let bytes: usize = digests
            .shards
            .iter()
            .map(|shard| shard.slots.len() * size_of::<Slot>())
            .sum();
        assert!(bytes <= bytes_max, "{bytes}");
        assert!(remembered > 45_000, "{remembered}");
    }
}

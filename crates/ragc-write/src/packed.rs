//! Sequence in memory: two bits a base, and runs of the symbols that do not fit in two bits.

use std::ops::Range;

/// Bases in one machine word.
pub const BASES_PER_WORD: usize = 32;

/// A run of equal symbols outside ACGT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// 0-based position of the first symbol.
    pub start: u32,
    /// Number of symbols, at least 1.
    pub len: u32,
    /// Base code 4..=15 (docs/FORMAT.md, "Base codes").
    pub code: u8,
}

impl Run {
    /// 0-based position after the last symbol.
    pub fn end(&self) -> u32 {
        self.start + self.len
    }
}

/// A sequence of base codes 0..=15.
///
/// A, C, G, T take two bits each, the first base in the lowest bits of a word; any other symbol
/// is stored as the bits of A and listed in `exceptions`, sorted by position and merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackedSeq {
    words: Vec<u64>,
    len: usize,
    exceptions: Vec<Run>,
}

impl PackedSeq {
    /// An empty sequence with room for `capacity_bases`.
    pub fn with_capacity(capacity_bases: usize) -> Self {
        Self {
            words: Vec::with_capacity(capacity_bases / BASES_PER_WORD + 2),
            ..Self::default()
        }
    }

    /// Number of symbols.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no symbol at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The symbols outside ACGT.
    pub fn exceptions(&self) -> &[Run] {
        &self.exceptions
    }

    /// The 2-bit words; the last one is filled up with zeros.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Appends one symbol of code 0..=15.
    pub fn push(&mut self, code: u8) {
        if code < 4 {
            self.push_bits(u64::from(code), 1);
            return;
        }
        let start = self.len as u32;
        self.push_bits(0, 1);
        match self.exceptions.last_mut() {
            Some(run) if run.code == code && run.end() == start => run.len += 1,
            _ => self.exceptions.push(Run {
                start,
                len: 1,
                code,
            }),
        }
    }

    /// Appends `n` (1..=32) bases given as 2-bit codes, the first in the lowest bits; bits above are 0.
    pub fn push_bits(&mut self, bits: u64, n: usize) {
        debug_assert!((1..=BASES_PER_WORD).contains(&n));
        let used = self.len % BASES_PER_WORD;
        if used == 0 {
            self.words.push(bits);
        } else {
            if let Some(last) = self.words.last_mut() {
                *last |= bits << (2 * used);
            }
            if used + n > BASES_PER_WORD {
                self.words.push(bits >> (2 * (BASES_PER_WORD - used)));
            }
        }
        self.len += n;
    }
}

/// Up to 32 bases of `words` from position `at`, the first in the lowest bits.
///
/// Bases past the end read as A; the caller knows how many are real.
#[inline]
pub fn word_at(words: &[u64], at: usize) -> u64 {
    let (word, shift) = (at / BASES_PER_WORD, 2 * (at % BASES_PER_WORD));
    let low = words.get(word).copied().unwrap_or(0) >> shift;
    if shift == 0 {
        low
    } else {
        low | words.get(word + 1).copied().unwrap_or(0) << (64 - shift)
    }
}

/// The 32 bases of `word` reversed and complemented.
#[inline]
pub fn reverse_complement_word(word: u64) -> u64 {
    let swapped = (word >> 2 & 0x3333_3333_3333_3333) | (word & 0x3333_3333_3333_3333) << 2;
    let swapped = (swapped >> 4 & 0x0F0F_0F0F_0F0F_0F0F) | (swapped & 0x0F0F_0F0F_0F0F_0F0F) << 4;
    !swapped.swap_bytes()
}

/// The runs that touch `range`, clipped to it and counted from its start.
pub fn runs_within(runs: &[Run], range: Range<usize>) -> impl Iterator<Item = Run> + '_ {
    let first = runs.partition_point(|run| run.end() as usize <= range.start);
    runs[first..]
        .iter()
        .take_while({
            let end = range.end;
            move |run| (run.start as usize) < end
        })
        .map(move |run| {
            let start = (run.start as usize).max(range.start);
            let end = (run.end() as usize).min(range.end);
            Run {
                start: (start - range.start) as u32,
                len: (end - start) as u32,
                code: run.code,
            }
        })
}

//! Sequence in memory: two bits a base, and runs of the symbols that do not fit in two bits.

use std::ops::Range;

/// Bases in one machine word.
pub const BASES_PER_WORD: usize = 32;

/// Stands for a symbol of an archive that no letter has, and equals none that is read from FASTA.
pub const NO_CODE: u8 = 16;

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
    words: Words,
    exceptions: Vec<Run>,
}

/// Bases of two bits each, the first in the lowest bits of a word; the last word is filled up with zeros.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    words: Vec<u64>,
    len: usize,
}

impl Words {
    /// Number of bases.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no base.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of bases that fit without more memory.
    pub fn capacity(&self) -> usize {
        self.words.capacity() * BASES_PER_WORD
    }

    /// Makes room for `bases` more, and for none beyond.
    pub fn reserve(&mut self, bases: usize) {
        self.words.reserve_exact(bases / BASES_PER_WORD + 2);
    }

    /// The words themselves.
    pub fn as_slice(&self) -> &[u64] {
        &self.words
    }

    /// Appends `n` (1..=32) bases, the first in the lowest bits; bits above are 0.
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

    /// Appends the bases of `words` in `range`.
    pub fn extend_from(&mut self, words: &[u64], range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let n = (range.end - at).min(BASES_PER_WORD);
            self.push_bits(word_at(words, at) & low_bases(n), n);
            at += n;
        }
    }
}

impl PackedSeq {
    /// An empty sequence with room for `capacity_bases`.
    pub fn with_capacity(capacity_bases: usize) -> Self {
        let words = Vec::with_capacity(capacity_bases / BASES_PER_WORD + 2);
        Self {
            words: Words { words, len: 0 },
            exceptions: Vec::new(),
        }
    }

    /// Number of symbols.
    pub fn len(&self) -> usize {
        self.words.len
    }

    /// Whether there is no symbol at all.
    pub fn is_empty(&self) -> bool {
        self.words.len == 0
    }

    /// Gives back memory that was meant for more symbols.
    pub fn shrink_to_fit(&mut self) {
        self.words.words.shrink_to_fit();
        self.exceptions.shrink_to_fit();
    }

    /// Memory that the symbols take.
    pub fn held_bytes(&self) -> usize {
        size_of_val(self.words()) + size_of_val(self.exceptions())
    }

    /// The symbols outside ACGT.
    pub fn exceptions(&self) -> &[Run] {
        &self.exceptions
    }

    /// The 2-bit words; the last one is filled up with zeros.
    pub fn words(&self) -> &[u64] {
        &self.words.words
    }

    /// Appends one symbol of code 0..=15.
    pub fn push(&mut self, code: u8) {
        if code < 4 {
            self.push_bits(u64::from(code), 1);
        } else {
            self.push_run(code, 1);
        }
    }

    /// Appends `n` (1..=32) times the symbol of code 4..=15, or [`NO_CODE`].
    pub fn push_run(&mut self, code: u8, n: usize) {
        debug_assert!((4..=NO_CODE).contains(&code));
        let (start, len) = (self.len() as u32, n as u32);
        self.push_bits(0, n);
        match self.exceptions.last_mut() {
            Some(run) if run.code == code && run.end() == start => run.len += len,
            _ => self.exceptions.push(Run { start, len, code }),
        }
    }

    /// Appends `n` (1..=32) bases given as 2-bit codes, the first in the lowest bits; bits above are 0.
    pub fn push_bits(&mut self, bits: u64, n: usize) {
        self.words.push_bits(bits, n);
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

impl PackedSeq {
    /// Appends the symbols of `other` in `range`.
    pub fn extend_from(&mut self, other: &PackedSeq, range: Range<usize>) {
        let offset = self.len() as u32;
        self.words.extend_from(&other.words.words, range.clone());
        for run in runs_within(&other.exceptions, range) {
            let run = Run {
                start: run.start + offset,
                ..run
            };
            match self.exceptions.last_mut() {
                Some(last) if last.code == run.code && last.end() == run.start => {
                    last.len += run.len
                }
                _ => self.exceptions.push(run),
            }
        }
    }

    /// The sequence in `range` as seen from either strand.
    pub fn view(&self, range: Range<usize>, reverse: bool) -> View<'_> {
        debug_assert!(range.end <= self.len());
        View {
            words: &self.words.words,
            start: range.start,
            len: range.len(),
            reverse,
        }
    }
}

/// A mask of the lowest `n` (0..=32) bases of a word.
#[inline]
pub fn low_bases(n: usize) -> u64 {
    if n >= BASES_PER_WORD {
        u64::MAX
    } else {
        (1 << (2 * n)) - 1
    }
}

/// A stretch of 2-bit words read forwards, or backwards and complemented.
///
/// Symbols outside ACGT look like A here; whoever compares views keeps away from them.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    words: &'a [u64],
    start: usize,
    len: usize,
    reverse: bool,
}

impl<'a> View<'a> {
    /// `len` bases of `words` from base `start`.
    pub fn new(words: &'a [u64], start: usize, len: usize, reverse: bool) -> Self {
        Self {
            words,
            start,
            len,
            reverse,
        }
    }

    /// Number of bases.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no base.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// 32 bases from position `at`; those past the end are undefined.
    #[inline]
    pub fn word(&self, at: usize) -> u64 {
        if !self.reverse {
            return word_at(self.words, self.start + at);
        }
        let left = self.len - at;
        if left >= BASES_PER_WORD {
            return reverse_complement_word(word_at(
                self.words,
                self.start + left - BASES_PER_WORD,
            ));
        }
        // Fewer than 32 bases precede the end: bring the ones that exist to the low bits.
        reverse_complement_word(word_at(self.words, self.start))
            >> (2 * (BASES_PER_WORD - left)).min(63)
    }

    /// The base at `at`, 0..=3.
    #[inline]
    pub fn base(&self, at: usize) -> u8 {
        if self.reverse {
            3 - (word_at(self.words, self.start + self.len - 1 - at) & 3) as u8
        } else {
            (word_at(self.words, self.start + at) & 3) as u8
        }
    }

    /// How many bases from `at` equal those of `other` from `other_at`, at most `max`.
    #[inline]
    pub fn common_prefix(&self, at: usize, other: &View<'_>, other_at: usize, max: usize) -> usize {
        let max = max.min(self.len - at).min(other.len - other_at);
        let mut n = 0;
        while n < max {
            let differing = self.word(at + n) ^ other.word(other_at + n);
            if differing != 0 {
                return (n + differing.trailing_zeros() as usize / 2).min(max);
            }
            n += BASES_PER_WORD;
        }
        max
    }

    /// How many bases before `at` equal those of `other` before `other_at`, at most `max`.
    #[inline]
    pub fn common_suffix(&self, at: usize, other: &View<'_>, other_at: usize, max: usize) -> usize {
        let max = max.min(at).min(other_at);
        let mut n = 0;
        while n + BASES_PER_WORD <= max {
            let differing =
                self.word(at - n - BASES_PER_WORD) ^ other.word(other_at - n - BASES_PER_WORD);
            if differing != 0 {
                return n + differing.leading_zeros() as usize / 2;
            }
            n += BASES_PER_WORD;
        }
        while n < max && self.base(at - n - 1) == other.base(other_at - n - 1) {
            n += 1;
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(text: &str) -> PackedSeq {
        let mut seq = PackedSeq::default();
        for letter in text.bytes() {
            seq.push(
                b"ACGTNRYSWKMBDHVU"
                    .iter()
                    .position(|&l| l == letter)
                    .expect("a known letter") as u8,
            );
        }
        seq
    }

    fn bases(view: View<'_>) -> Vec<u8> {
        (0..view.len()).map(|i| view.base(i)).collect()
    }

    #[test]
    fn views_read_both_strands() {
        let seq = packed(&"ACGTTGCAACGGTTAACCGATCGATTGCAGCATGCCTAGGATCCATTGAC".repeat(3));
        let forward = bases(seq.view(7..133, false));
        let mut expected: Vec<u8> = forward.iter().map(|b| 3 - b).collect();
        expected.reverse();
        let view = seq.view(7..133, true);
        assert_eq!(bases(view), expected);
        for at in 0..view.len() {
            let n = (view.len() - at).min(32);
            for i in 0..n {
                assert_eq!(
                    (view.word(at) >> (2 * i) & 3) as u8,
                    expected[at + i],
                    "at {at}, base {i}"
                );
            }
        }
    }

    #[test]
    fn common_ends_stop_at_the_first_difference() {
        let a = packed(&("ACGTTGCAAC".repeat(10) + "T" + &"ACGTTGCAAC".repeat(10)));
        let b = packed(&("ACGTTGCAAC".repeat(10) + "G" + &"ACGTTGCAAC".repeat(10)));
        let (a, b) = (a.view(0..201, false), b.view(0..201, false));
        assert_eq!(a.common_prefix(3, &b, 3, 1000), 97);
        assert_eq!(a.common_suffix(201, &b, 201, 1000), 100);
        assert_eq!(a.common_suffix(150, &b, 150, 20), 20);
    }

    #[test]
    fn runs_are_merged_and_clipped() {
        let mut seq = packed("ACNNNRGT");
        seq.extend_from(&packed("ANNC"), 1..4);
        assert_eq!(seq.len(), 11);
        let runs: Vec<_> = runs_within(seq.exceptions(), 3..9).collect();
        assert_eq!(
            runs,
            [
                Run {
                    start: 0,
                    len: 2,
                    code: 4
                },
                Run {
                    start: 2,
                    len: 1,
                    code: 5
                },
                Run {
                    start: 5,
                    len: 1,
                    code: 4
                }
            ]
        );
    }
}

//! K-mers that occur once in the reference sample: where it is cut, and by which the C++ tool finds our groups.

use std::ops::Range;

use crate::packed::{BASES_PER_WORD, PackedSeq, runs_within};

/// Neighbouring k-mers looked at for one wanted cut, at most.
const CANDIDATES_MAX: usize = 32;
/// Symbols of a segment for each of them: their table stays far smaller than the sample.
const SYMBOLS_PER_CANDIDATE: usize = 64;
/// What stands for "no k-mer": the smaller of two strands is never all T.
const EMPTY: u64 = u64::MAX;
/// Shorter contigs get no k-mers near their ends: eight bytes each are much beside so little sequence.
const CONTIG_LEN_MIN: usize = 4096;
/// Bits of the filter for each candidate: few k-mers of the sample get past it by chance.
const FILTER_BITS: usize = 64;

/// A k-mer of the reference sample that occurs nowhere else in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Splitter {
    /// The smaller of the k-mer and its reverse complement: two bits a base, first base on top, low bits 0.
    pub kmer: u64,
    /// Whether the contig reads in this direction.
    pub canonical: bool,
    /// Position of its first base in the window.
    pub start: usize,
}

/// Where a window of the reference sample is cut, and the k-mers near the ends of its contig.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cuts {
    /// The segment before ends with the k-mer, the next one begins with it; in order.
    pub inner: Vec<Splitter>,
    /// Close to the start of the contig, if the window holds that.
    pub first: Option<Splitter>,
    /// Close to its end.
    pub last: Option<Splitter>,
}

/// A window of the reference sample and its place in the contig.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The symbols; all windows but a contig's first begin with the last k symbols of the one before.
    pub seq: &'a PackedSeq,
    /// Whether the contig begins here.
    pub starts: bool,
    /// Whether it ends here.
    pub ends: bool,
}

/// K-mers that would do for cuts about every `segment_size` symbols.
///
/// Windows are looked through one by one, by any thread; where to cut is known when all of them were.
#[derive(Debug)]
pub struct Candidates {
    kmer_len: usize,
    segment_size: usize,
    /// Open addressing with linear probing, at most half full.
    slots: Vec<u64>,
    /// A bit for each of far more values than there are candidates: most k-mers are turned away here.
    filter: Vec<u64>,
}

/// What the candidates of a sample of `bases` in `windows` take, and their counts.
pub fn candidates_bytes(bases: u64, windows: u64, segment_size: usize) -> u64 {
    /// Two slots, twice the bits of a filter, two counts.
    const BYTES: u64 = 2 * 8 + 2 * FILTER_BITS as u64 / 8 + 2;
    let cuts = bases / segment_size.max(1) as u64 + 2 * windows;
    cuts * (per_cut(segment_size) as u64 + 1) * BYTES
}

fn per_cut(segment_size: usize) -> usize {
    (segment_size / SYMBOLS_PER_CANDIDATE).clamp(1, CANDIDATES_MAX)
}

/// How often each candidate occurs in the windows counted so far, at most [`u8::MAX`] times.
#[derive(Debug)]
pub struct Counts(Vec<u8>);

impl Counts {
    /// Adds what [`Candidates::seen_in`] saw in a window.
    pub fn add(&mut self, seen: &[u32]) {
        for &slot in seen {
            let count = &mut self.0[slot as usize];
            *count = count.saturating_add(1);
        }
    }
}

/// A cut that is wanted.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    First,
    Inner(usize),
    Last,
}

impl Candidates {
    /// The candidates of all windows of the sample, none of them counted yet.
    pub fn of<'a>(
        windows: impl Iterator<Item = Placed<'a>> + Clone,
        kmer_len: usize,
        segment_size: usize,
    ) -> Self {
        let mut candidates = Self {
            kmer_len,
            segment_size,
            slots: Vec::new(),
            filter: Vec::new(),
        };
        let wanted: usize = windows
            .clone()
            .map(|window| candidates.wanted(&window).count())
            .sum();
        let kmers_max = wanted * (candidates.per_cut() + 1);
        candidates.slots = vec![EMPTY; 2 * kmers_max + 1];
        candidates.filter = vec![0; (kmers_max * FILTER_BITS / 64 + 1).next_power_of_two()];
        for window in windows {
            for wanted in candidates.wanted(&window) {
                for splitter in candidates.near(&window, wanted) {
                    candidates.insert(splitter.kmer);
                }
            }
        }
        candidates
    }

    /// The slots of the candidates that occur in a window, one for each occurrence.
    pub fn seen_in(&self, window: &Placed<'_>) -> Vec<u32> {
        let mut seen = Vec::new();
        // The k-mer that a window shares with the one before was counted there.
        let start = usize::from(!window.starts).min(window.seq.len());
        let range = start..window.seq.len();
        for_each_kmer(window.seq, range, self.kmer_len, |splitter| {
            let (word, bit) = self.filter_place(splitter.kmer);
            if self.filter[word] & bit != 0 {
                let slot = self.slot(splitter.kmer);
                if self.slots[slot] != EMPTY {
                    seen.push(slot as u32);
                }
            }
        });
        seen
    }

    /// Nothing counted yet.
    pub fn counts(&self) -> Counts {
        Counts(vec![0; self.slots.len()])
    }

    /// Where to cut a window, when all are counted.
    pub fn cuts(&self, window: &Placed<'_>, counts: &Counts) -> Cuts {
        let is_single = |s: &&Splitter| counts.0[self.slot(s.kmer)] == 1;
        let mut cuts = Cuts::default();
        for wanted in self.wanted(window) {
            let near = self.near(window, wanted);
            match wanted {
                Wanted::First => cuts.first = near.iter().find(is_single).copied(),
                Wanted::Inner(_) => cuts.inner.extend(near.iter().find(is_single)),
                Wanted::Last => cuts.last = near.iter().rev().find(is_single).copied(),
            }
        }
        cuts
    }

    fn per_cut(&self) -> usize {
        per_cut(self.segment_size)
    }

    /// Symbols in which the candidates for one cut lie.
    fn reach(&self) -> usize {
        self.per_cut() + self.kmer_len
    }

    fn wanted(&self, window: &Placed<'_>) -> impl Iterator<Item = Wanted> + use<> {
        let len = window.seq.len();
        let is_short = window.starts && window.ends && len < CONTIG_LEN_MIN;
        let first = (window.starts && !is_short).then_some(Wanted::First);
        let last = (window.ends && !is_short).then_some(Wanted::Last);
        let inner = (self.segment_size..len.saturating_sub(self.segment_size / 2))
            .step_by(self.segment_size.max(self.reach()))
            .map(Wanted::Inner);
        first.into_iter().chain(inner).chain(last)
    }

    /// The candidates for one cut, in the order of the window.
    fn near(&self, window: &Placed<'_>, wanted: Wanted) -> Vec<Splitter> {
        let len = window.seq.len();
        let start = match wanted {
            Wanted::First => 0,
            Wanted::Inner(at) => at,
            Wanted::Last => len.saturating_sub(self.reach()),
        };
        let range = start..len.min(start + self.reach());
        let mut near = Vec::with_capacity(self.per_cut() + 1);
        for_each_kmer(window.seq, range, self.kmer_len, |splitter| {
            near.push(splitter);
        });
        near
    }

    fn insert(&mut self, kmer: u64) {
        let slot = self.slot(kmer);
        self.slots[slot] = kmer;
        let (word, bit) = self.filter_place(kmer);
        self.filter[word] |= bit;
    }

    /// The slot of a k-mer, or the empty one where it would be.
    fn slot(&self, kmer: u64) -> usize {
        let len = self.slots.len();
        let mut slot = ((u128::from(spread(kmer)) * len as u128) >> 64) as usize;
        while self.slots[slot] != kmer && self.slots[slot] != EMPTY {
            slot = if slot + 1 == len { 0 } else { slot + 1 };
        }
        slot
    }

    /// The word and the bit of the filter that a k-mer sets.
    fn filter_place(&self, kmer: u64) -> (usize, u64) {
        let spread = spread(kmer);
        let word = (spread >> 6) as usize & (self.filter.len() - 1);
        (word, 1 << (spread & 63))
    }
}

fn spread(kmer: u64) -> u64 {
    let h = kmer.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h ^ h >> 32
}

/// Calls `visit` for every k-mer of A, C, G and T that lies inside `range`.
fn for_each_kmer(
    seq: &PackedSeq,
    range: Range<usize>,
    kmer_len: usize,
    mut visit: impl FnMut(Splitter),
) {
    let shift = 64 - 2 * kmer_len as u32;
    let mut start = range.start;
    let mut scan = |start: usize, end: usize| {
        if end < start + kmer_len {
            return;
        }
        let view = seq.view(start..end, false);
        let (mut forward, mut backward) = (0u64, 0u64);
        for word_at in (0..view.len()).step_by(BASES_PER_WORD) {
            let mut word = view.word(word_at);
            for at in word_at..view.len().min(word_at + BASES_PER_WORD) {
                let base = word & 3;
                word >>= 2;
                forward = (forward << 2) | base << shift;
                backward = (backward >> 2 | (3 - base) << 62) >> shift << shift;
                if at + 1 >= kmer_len {
                    visit(Splitter {
                        kmer: forward.min(backward),
                        canonical: forward <= backward,
                        start: start + at + 1 - kmer_len,
                    });
                }
            }
        }
    };
    for run in runs_within(seq.exceptions(), range.clone()) {
        let run_start = range.start + run.start as usize;
        scan(start, run_start);
        start = run_start + run.len as usize;
    }
    scan(start, range.end);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(codes: &[u8]) -> PackedSeq {
        let mut seq = PackedSeq::default();
        codes.iter().for_each(|&code| seq.push(code));
        seq
    }

    fn choose(windows: &[Placed<'_>], segment_size: usize) -> Vec<Cuts> {
        let candidates = Candidates::of(windows.iter().copied(), 31, segment_size);
        let mut counts = candidates.counts();
        for window in windows {
            counts.add(&candidates.seen_in(window));
        }
        windows
            .iter()
            .map(|window| candidates.cuts(window, &counts))
            .collect()
    }

    #[test]
    fn kmers_have_the_documented_numbers() {
        let mut seen = Vec::new();
        for_each_kmer(&packed(&[0, 1, 2, 4, 0, 1, 2]), 0..7, 3, |splitter| {
            seen.push(splitter)
        });
        let kmer = 0x1800_0000_0000_0000;
        assert_eq!(
            seen,
            [
                Splitter {
                    kmer,
                    canonical: true,
                    start: 0
                },
                Splitter {
                    kmer,
                    canonical: true,
                    start: 4
                }
            ]
        );
    }

    #[test]
    fn cuts_are_at_kmers_that_occur_once() {
        // A unit of 70 symbols, repeated: none of its k-mers is single. Between the copies lies other sequence.
        let mut state = 7u64;
        let mut bases = |n: usize| -> Vec<u8> {
            (0..n)
                .map(|_| {
                    state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
                    (state >> 62) as u8
                })
                .collect()
        };
        let unit = bases(70);
        let contig = [unit.clone(), bases(5000), unit.repeat(3), bases(5000), unit].concat();
        let seq = packed(&contig);
        let placed = Placed {
            seq: &seq,
            starts: true,
            ends: true,
        };
        let cuts = choose(&[placed], 1000).remove(0);
        assert_eq!(cuts.inner.len(), 9);
        assert_eq!(cuts.first, None, "the contig starts with the repeat");
        let mut all = Vec::new();
        for_each_kmer(&seq, 0..seq.len(), 31, |splitter| all.push(splitter.kmer));
        for splitter in &cuts.inner {
            assert_eq!(all.iter().filter(|&&kmer| kmer == splitter.kmer).count(), 1);
        }
        let twice = choose(&[placed, placed], 1000);
        assert!(
            twice.iter().all(|cuts| *cuts == Cuts::default()),
            "nothing is single in two equal contigs"
        );
    }
}

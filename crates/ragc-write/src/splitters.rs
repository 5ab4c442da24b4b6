//! K-mers that occur once in the reference sample: where it is cut, and by which the C++ tool finds our groups.

use std::collections::HashMap;

use crate::packed::PackedSeq;

/// K-mers looked at for one wanted cut.
const CANDIDATES: usize = 32;
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

/// Chooses cuts about every `segment_size` symbols, at k-mers that occur once in all the windows.
pub fn choose(windows: &[Placed<'_>], kmer_len: usize, segment_size: usize) -> Vec<Cuts> {
    let wanted: Vec<Candidates> = windows
        .iter()
        .map(|window| Candidates::of(window, kmer_len, segment_size))
        .collect();
    let counts = count(windows, wanted.iter().flat_map(Candidates::kmers), kmer_len);
    let single = |list: &Vec<Splitter>| {
        list.iter()
            .find(|c| counts.get(&c.kmer) == Some(&1))
            .copied()
    };
    wanted
        .iter()
        .map(|wanted| Cuts {
            inner: wanted.inner.iter().filter_map(single).collect(),
            first: single(&wanted.first),
            last: single(&wanted.last),
        })
        .collect()
}

/// For each wanted cut of a window the k-mers that would do, best first.
struct Candidates {
    inner: Vec<Vec<Splitter>>,
    first: Vec<Splitter>,
    last: Vec<Splitter>,
}

impl Candidates {
    fn of(window: &Placed<'_>, kmer_len: usize, segment_size: usize) -> Self {
        let (seq, len) = (window.seq, window.seq.len());
        let reach = CANDIDATES + kmer_len;
        let is_short = window.starts && window.ends && len < CONTIG_LEN_MIN;
        let step = segment_size.max(reach);
        let inner = (segment_size..len.saturating_sub(segment_size / 2))
            .step_by(step)
            .map(|at| kmers_in(seq, at, reach, kmer_len))
            .collect();
        let first = if window.starts && !is_short {
            kmers_in(seq, 0, reach, kmer_len)
        } else {
            Vec::new()
        };
        let mut last = if window.ends && !is_short {
            kmers_in(seq, len.saturating_sub(reach), reach, kmer_len)
        } else {
            Vec::new()
        };
        last.reverse();
        Self { inner, first, last }
    }

    fn kmers(&self) -> impl Iterator<Item = u64> + '_ {
        self.inner
            .iter()
            .chain([&self.first, &self.last])
            .flatten()
            .map(|splitter| splitter.kmer)
    }
}

fn kmers_in(seq: &PackedSeq, start: usize, len: usize, kmer_len: usize) -> Vec<Splitter> {
    let mut list = Vec::new();
    for_each_kmer(
        seq,
        start..seq.len().min(start + len),
        kmer_len,
        |splitter| list.push(splitter),
    );
    list
}

/// How often each candidate occurs in all the windows.
fn count(
    windows: &[Placed<'_>],
    candidates: impl Iterator<Item = u64>,
    kmer_len: usize,
) -> HashMap<u64, u32> {
    let mut counts: HashMap<u64, u32> = candidates.map(|kmer| (kmer, 0)).collect();
    let bits = (counts.len() * FILTER_BITS).next_power_of_two().max(64);
    let mut filter = vec![0u64; bits / 64];
    let shift = 64 - bits.ilog2();
    let place = |kmer: u64| {
        let bit = (kmer.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> shift) as usize;
        (bit / 64, 1u64 << (bit % 64))
    };
    for &kmer in counts.keys() {
        let (word, bit) = place(kmer);
        filter[word] |= bit;
    }
    for window in windows {
        // The k-mer that a window shares with the one before was counted there.
        let start = usize::from(!window.starts);
        for_each_kmer(window.seq, start..window.seq.len(), kmer_len, |splitter| {
            let (word, bit) = place(splitter.kmer);
            if filter[word] & bit != 0
                && let Some(count) = counts.get_mut(&splitter.kmer)
            {
                *count += 1;
            }
        });
    }
    counts
}

/// Calls `visit` for every k-mer of A, C, G and T that lies inside `range`.
fn for_each_kmer(
    seq: &PackedSeq,
    range: std::ops::Range<usize>,
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
        for (i, base) in crate::anchors::bases(&view, 0).enumerate() {
            forward = (forward << 2) | base << shift;
            backward = (backward >> 2 | (3 - base) << 62) >> shift << shift;
            if i + 1 >= kmer_len {
                let kmer = forward.min(backward);
                visit(Splitter {
                    kmer,
                    canonical: forward <= backward,
                    start: start + i + 1 - kmer_len,
                });
            }
        }
    };
    for run in crate::packed::runs_within(seq.exceptions(), range.clone()) {
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
        let cuts = choose(&[placed], 31, 1000).remove(0);
        assert_eq!(cuts.inner.len(), 9);
        assert_eq!(cuts.first, None, "the contig starts with the repeat");
        let mut all = Vec::new();
        for_each_kmer(&seq, 0..seq.len(), 31, |splitter| all.push(splitter.kmer));
        for splitter in &cuts.inner {
            assert_eq!(all.iter().filter(|&&kmer| kmer == splitter.kmer).count(), 1);
        }
        let twice = choose(&[placed, placed], 31, 1000);
        assert!(
            twice.iter().all(|cuts| *cuts == Cuts::default()),
            "nothing is single in two equal contigs"
        );
    }
}

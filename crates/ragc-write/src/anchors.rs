//! Where sampled k-mers of the references occur: the memory of the compressor.
//!
//! A k-mer is an anchor when the hash of its canonical form (the smaller of it and its reverse
//! complement) falls below a threshold, so that references and new sequence choose the same ones.
//! The table holds one 64-bit entry an anchor: a fingerprint, the strand and the position.

use std::ops::Range;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::packed::{BASES_PER_WORD, PackedSeq, View, runs_within};
use crate::references::References;

/// Entries kept of one fingerprint: more copies of a repeat cost time and add little.
const COPIES_MAX: usize = 4;
/// Positions of 256 Gb of references.
pub const POSITION_BITS: u32 = 38;
const STRAND_BIT: u64 = 1 << POSITION_BITS;
const POSITION_MASK: u64 = STRAND_BIT - 1;
const FINGERPRINT_SHIFT: u32 = POSITION_BITS + 1;
const EMPTY: u64 = u64::MAX;

/// How anchors are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// Bases in an anchor, at most 32.
    pub anchor_len: usize,
    /// One k-mer in `1 << density_log2` is an anchor.
    pub density_log2: u32,
}

impl Sampling {
    /// Where memory is scarce. One k-mer in 512 still finds relatives that differ by a per cent.
    pub const SPARSEST: Self = Self {
        anchor_len: 23,
        density_log2: 9,
    };

    /// The sampling for references of `bases` in all: dense while they are few, one anchor in `1 << thinned_log2` of
    /// those where time counts more than size.
    ///
    /// Short anchors find more, but in large collections they hit by chance; sparse ones keep the table
    /// at about 16 million entries until one in 64 is left.
    pub fn for_size(bases: u64, thinned_log2: u32) -> Self {
        let mib = bases >> 20;
        let density_log2 = match mib {
            0..128 => 3,
            128..256 => 4,
            256..512 => 5,
            _ => 6,
        };
        let anchor_len = match mib {
            0..128 => 17,
            128..512 => 19,
            _ => 23,
        };
        Self {
            anchor_len,
            density_log2: (density_log2 + thinned_log2).min(Self::SPARSEST.density_log2),
        }
    }

    /// The same, but so sparse that the table takes at most `bytes_max`, if any is.
    fn within(bases: u64, thinned_log2: u32, bytes_max: u64) -> Self {
        let mut sampling = Self::for_size(bases, thinned_log2);
        while sampling.density_log2 < Self::SPARSEST.density_log2
            && table_bytes(bases, sampling) > bytes_max
        {
            sampling.density_log2 += 1;
        }
        sampling
    }
}

/// Memory that the table for references of `bases` takes, without room for more.
pub fn table_bytes(bases: u64, sampling: Sampling) -> u64 {
    slots(bases >> sampling.density_log2) * SLOT_BYTES
}

fn slots(entries: u64) -> u64 {
    (entries as f64 / LOAD) as u64 + SLOTS_MIN
}

/// A k-mer that was sampled: its hash, whose top bit is 0, and there whether it reads in its canonical direction.
#[derive(Debug, Clone, Copy)]
pub struct Anchor(u64);

impl Anchor {
    const CANONICAL: u64 = 1 << 63;

    fn of(spread: u64, is_canonical: bool) -> Self {
        let hash = spread ^ spread >> 29;
        Self(hash | if is_canonical { Self::CANONICAL } else { 0 })
    }

    fn hash(self) -> u64 {
        self.0 & !Self::CANONICAL
    }

    fn is_canonical(self) -> bool {
        self.0 & Self::CANONICAL != 0
    }
}

/// An anchor of a sequence.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Position after its last base.
    pub end: u32,
    /// The anchor.
    pub anchor: Anchor,
}

/// The anchors in `range` of `seq`, in order.
pub fn anchors_in(seq: &PackedSeq, range: Range<usize>, sampling: Sampling) -> Vec<Found> {
    let expected = range.len() >> sampling.density_log2;
    let mut found = Vec::with_capacity(expected + expected / 8 + 16);
    let mut scanner = Scanner::new(sampling);
    let mut scan = |start: usize, end: usize| {
        scanner.restart();
        let view = seq.view(start..end, false);
        scanner.scan(&view, 0..view.len(), |end, anchor| {
            let end = (start + end) as u32;
            found.push(Found { end, anchor });
        });
    };
    let mut start = range.start;
    for run in runs_within(seq.exceptions(), range.clone()) {
        let run_start = range.start + run.start as usize;
        scan(start, run_start);
        start = run_start + run.len as usize;
    }
    scan(start, range.end);
    found
}

/// Finds anchors in views that follow each other.
#[derive(Debug)]
pub struct Scanner {
    sampling: Sampling,
    mask: u64,
    shift: u32,
    forward: u64,
    backward: u64,
    filled: usize,
}

impl Scanner {
    /// A scanner that has seen nothing.
    pub fn new(sampling: Sampling) -> Self {
        let bits = 2 * sampling.anchor_len as u32;
        let mask = if bits == 64 {
            u64::MAX
        } else {
            (1 << bits) - 1
        };
        Self {
            sampling,
            mask,
            shift: bits - 2,
            forward: 0,
            backward: 0,
            filled: 0,
        }
    }

    /// Forgets what was seen: the next k-mer lies wholly in what follows.
    pub fn restart(&mut self) {
        self.filled = 0;
    }

    /// Takes the bases of `view` in `range` and calls `visit` with each anchor that ends there and the position, in the
    /// view, after its last base.
    #[inline]
    pub fn scan(
        &mut self,
        view: &View<'_>,
        range: Range<usize>,
        mut visit: impl FnMut(usize, Anchor),
    ) {
        // Copies, which stay in registers.
        let (mut forward, mut backward) = (self.forward, self.backward);
        let (mask, shift) = (self.mask, self.shift);
        let first_end = range.start + self.sampling.anchor_len.saturating_sub(self.filled);
        let unsampled_min = 1 << (64 - self.sampling.density_log2);
        for start in range.clone().step_by(BASES_PER_WORD) {
            let mut word = view.word(start);
            for at in start..range.end.min(start + BASES_PER_WORD) {
                let base = word & 3;
                word >>= 2;
                forward = (forward << 2 | base) & mask;
                backward = backward >> 2 | (3 - base) << shift;
                let spread = spread(forward.min(backward));
                if spread < unsampled_min && at + 1 >= first_end {
                    visit(at + 1, Anchor::of(spread, forward <= backward));
                }
            }
        }
        (self.forward, self.backward) = (forward, backward);
        self.filled += range.len();
    }
}

/// Spreads a k-mer so that its top bits, by which it is sampled, depend on all of it.
#[inline]
fn spread(kmer: u64) -> u64 {
    let h = kmer.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (h ^ h >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// An occurrence of an anchor in the references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Position of its first base in the space of references.
    pub position: u64,
    /// Whether the anchor looked up reads as the reverse complement there.
    pub reverse: bool,
}

/// The table: open addressing with linear probing, at most [`LOAD`] full.
#[derive(Debug)]
pub struct Anchors {
    thinned_log2: u32,
    sampling: Sampling,
    slots: Vec<u64>,
    used: usize,
}

/// Positions that a thread scans at a time when all references are there.
const SCAN_LEN: u64 = 1 << 18;
/// Further references that fit before the table is built anew: one in so many.
const ROOM_SHARE: u64 = 16;
/// Anchors inserted together.
const GATHERED: usize = 256;
/// Share of the slots that may be used.
const LOAD: f64 = 0.75;
/// Room for further entries when a table is built.
const GROWTH: f64 = 1.5;
const SLOTS_MIN: u64 = 256;
const SLOT_BYTES: u64 = size_of::<u64>() as u64;

impl Anchors {
    /// An empty table, for one in `1 << thinned_log2` of the usual anchors.
    pub fn new(thinned_log2: u32) -> Self {
        Self {
            thinned_log2,
            sampling: Sampling::for_size(0, thinned_log2),
            slots: vec![EMPTY; SLOTS_MIN as usize],
            used: 0,
        }
    }

    /// How anchors are chosen here.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// Adds the anchors of `references` from position `from` on; those before are here already.
    ///
    /// A table that gets too small, or too dense for so much sequence or for `bytes_max`, is built anew: entries do not
    /// hold the hash they were placed by.
    pub fn extend(&mut self, references: &References, from: u64, bytes_max: u64) {
        let expected = (references.len() >> self.sampling.density_log2) as f64;
        let wanted = Sampling::for_size(references.len(), self.thinned_log2);
        if wanted.density_log2 <= self.sampling.density_log2
            && expected <= self.slots.len() as f64 * LOAD
            && self.slots.len() as u64 * SLOT_BYTES <= bytes_max.max(SLOTS_MIN * SLOT_BYTES)
        {
            self.insert_from(references, from);
            return;
        }
        self.build(references, references.len(), GROWTH, bytes_max);
    }

    /// Makes room for the anchors of `bases` of references before they come, if possible within `bytes_max`.
    pub fn reserve(&mut self, bases: u64, bytes_max: u64) {
        self.build(&References::default(), bases, 1.0, bytes_max);
    }

    /// Builds the table for `bases` and room for more, so many times as much, as far as `bytes_max` allows.
    fn build(&mut self, references: &References, bases: u64, growth: f64, bytes_max: u64) {
        // As references grow the share of the table shrinks: not at once below what it takes now.
        let wanted_bytes_max = bytes_max - bytes_max / 8;
        let sampling = Sampling::within(bases, self.thinned_log2, wanted_bytes_max);
        let entries = bases >> sampling.density_log2;
        let slots = slots((entries as f64 * growth) as u64)
            .min(slots(entries).max(wanted_bytes_max / SLOT_BYTES))
            .min((bytes_max / SLOT_BYTES).max(SLOTS_MIN));
        // Freed first: two tables at once would be the peak of the whole program.
        self.slots = Vec::new();
        self.slots = vec![EMPTY; slots as usize];
        self.used = 0;
        self.sampling = sampling;
        self.insert_from(references, 0);
    }

    /// The anchors of all `references`, found by `threads`, with room for some more.
    pub fn of(references: &References, thinned_log2: u32, threads: usize, bytes_max: u64) -> Self {
        let mut anchors = Self::new(thinned_log2);
        let len = references.len();
        anchors.reserve(len + len / ROOM_SHARE, bytes_max);
        let sampling = anchors.sampling;
        let scan = |number: u64| {
            let start = number * SCAN_LEN;
            let end = (start + SCAN_LEN + sampling.anchor_len as u64 - 1).min(len);
            let mut found =
                Vec::with_capacity((SCAN_LEN >> sampling.density_log2) as usize * 9 / 8);
            for_each_anchor(references, start..end, sampling, |anchor, position| {
                found.push((anchor, position));
            });
            found
        };
        let scans = len.div_ceil(SCAN_LEN);
        thread::scope(|scope| {
            let threads = threads.min(scans as usize);
            let finders: Vec<_> = (0..threads)
                .map(|first| {
                    let (result, results) = sync_channel(1);
                    scope.spawn(move || {
                        for number in (first as u64..scans).step_by(threads) {
                            if result.send(scan(number)).is_err() {
                                return;
                            }
                        }
                    });
                    results
                })
                .collect();
            // A thread that sends nothing has panicked, which the scope tells.
            for found in (0..scans as usize).map_while(|at| finders[at % threads].recv().ok()) {
                for some in found.chunks(GATHERED) {
                    anchors.insert_all(some);
                }
            }
        });
        anchors
    }

    fn insert_from(&mut self, references: &References, from: u64) {
        let mut gathered = Vec::with_capacity(GATHERED);
        let range = from..references.len();
        for_each_anchor(references, range, self.sampling, |anchor, position| {
            gathered.push((anchor, position));
            if gathered.len() == GATHERED {
                self.insert_all(&gathered);
                gathered.clear();
            }
        });
        self.insert_all(&gathered);
    }

    /// Adds anchors that were found already; the reference position of an anchor is its end in the sequence plus
    /// `offset`, less its length. The table must have been made large enough ([`Anchors::reserve`]).
    pub fn insert_found(&mut self, found: &[Found], offset: i64) {
        for some in found.chunks(GATHERED) {
            self.touch(some.iter().map(|found| found.anchor));
            for found in some {
                let end = (i64::from(found.end) + offset) as u64;
                self.insert(found.anchor, end - self.sampling.anchor_len as u64);
            }
        }
    }

    fn insert_all(&mut self, gathered: &[(Anchor, u64)]) {
        self.touch(gathered.iter().map(|&(anchor, _)| anchor));
        for &(anchor, position) in gathered {
            self.insert(anchor, position);
        }
    }

    /// Brings the slots of some anchors close. Each lies in a cache line of its own: reading all of them at
    /// once lets the processor wait for many lines together instead of for one after the other.
    pub fn touch(&self, anchors: impl Iterator<Item = Anchor>) {
        std::hint::black_box(anchors.fold(0, |all, anchor| all ^ self.slots[self.home(anchor)]));
    }

    fn insert(&mut self, anchor: Anchor, position: u64) {
        // Chance may sample more than expected; what does not fit is left out.
        if self.used * 8 >= self.slots.len() * 7 {
            return;
        }
        let fingerprint = fingerprint(anchor.hash());
        let mut slot = self.home(anchor);
        let mut copies = 0;
        while self.slots[slot] != EMPTY {
            copies += usize::from(self.slots[slot] >> FINGERPRINT_SHIFT == fingerprint);
            if copies == COPIES_MAX {
                return;
            }
            slot = self.after(slot);
        }
        let strand = if anchor.is_canonical() { STRAND_BIT } else { 0 };
        self.slots[slot] = fingerprint << FINGERPRINT_SHIFT | strand | position;
        self.used += 1;
    }

    /// Replaces `hits` by the occurrences of an anchor, at most four.
    #[inline]
    pub fn find(&self, anchor: Anchor, hits: &mut Vec<Hit>) {
        hits.clear();
        let fingerprint = fingerprint(anchor.hash());
        let mut slot = self.home(anchor);
        while self.slots[slot] != EMPTY {
            let entry = self.slots[slot];
            if entry >> FINGERPRINT_SHIFT == fingerprint {
                let canonical = entry & STRAND_BIT != 0;
                hits.push(Hit {
                    position: entry & POSITION_MASK,
                    reverse: canonical != anchor.is_canonical(),
                });
            }
            slot = self.after(slot);
        }
    }

    /// The slot where an anchor is looked for first: the low half of the hash, scaled.
    fn home(&self, anchor: Anchor) -> usize {
        (((anchor.0 & 0xFFFF_FFFF) * self.slots.len() as u64) >> 32) as usize
    }

    fn after(&self, slot: usize) -> usize {
        if slot + 1 == self.slots.len() {
            0
        } else {
            slot + 1
        }
    }
}

/// Bits of the hash that neither choose the slot nor were used for sampling.
fn fingerprint(hash: u64) -> u64 {
    hash >> 32 & ((1 << (64 - FINGERPRINT_SHIFT)) - 1)
}

/// Calls `visit` with the anchors that lie in `range` and their positions, in order.
fn for_each_anchor(
    references: &References,
    range: Range<u64>,
    sampling: Sampling,
    mut visit: impl FnMut(Anchor, u64),
) {
    let mut scanner = Scanner::new(sampling);
    let mut at = range.start;
    while at < range.end {
        let clean = references.clean_range(at);
        let (start, end) = (clean.start.max(at), clean.end.min(range.end));
        scanner.restart();
        if start < end {
            let view = references.view(start..end, false);
            scanner.scan(&view, 0..view.len(), |end, anchor| {
                visit(anchor, start + (end - sampling.anchor_len) as u64);
            });
        }
        at = clean.end.max(at + 1);
    }
}

/// The bases of `view` from `at` on, one by one.
pub fn bases<'a>(view: &'a View<'_>, at: usize) -> impl Iterator<Item = u64> + 'a {
    (at..view.len()).step_by(32).flat_map(move |start| {
        let word = view.word(start);
        (0..(view.len() - start).min(32)).map(move |i| word >> (2 * i) & 3)
    })
}

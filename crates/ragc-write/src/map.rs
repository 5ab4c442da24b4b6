//! Where a window of new sequence continues sequence that is stored: anchors, then diagonals.

use std::ops::Range;

use crate::anchors::{Anchor, Anchors, Found, Hit, Scanner};
use crate::packed::{BASES_PER_WORD, PackedSeq, View, low_bases};
use crate::references::References;

/// A stretch of the window that runs along one diagonal of the references, mismatches included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// First position in the window.
    pub q: usize,
    /// Lowest position in the space of references.
    pub r: u64,
    /// Number of bases, in both.
    pub len: usize,
    /// Whether the window reads as the reverse complement of the reference.
    pub reverse: bool,
    /// Substituted bases within.
    pub mismatches: usize,
}

impl Stretch {
    /// Position in the window after the last base.
    pub fn q_end(&self) -> usize {
        self.q + self.len
    }

    /// Position in the references after the highest base.
    pub fn r_end(&self) -> u64 {
        self.r + self.len as u64
    }

    /// The number that all stretches on this diagonal and strand share.
    pub fn diagonal(&self) -> i64 {
        if self.reverse {
            (self.r_end() + self.q as u64) as i64
        } else {
            self.r as i64 - self.q as i64
        }
    }

    /// The part of the stretch inside `range` of the window.
    pub fn clipped(&self, range: Range<usize>) -> Option<Stretch> {
        let start = self.q.max(range.start);
        let end = self.q_end().min(range.end);
        if start >= end {
            return None;
        }
        let skipped = if self.reverse {
            self.q_end() - end
        } else {
            start - self.q
        };
        Some(Stretch {
            q: start,
            r: self.r + skipped as u64,
            len: end - start,
            ..*self
        })
    }
}

/// Bases scanned for anchors at a time: few behind a stretch, where a hit is near, more the longer none comes.
const SCAN_LEN_MIN: usize = 32;
const SCAN_LEN_MAX: usize = 1024;
/// A diagonal is followed through a mismatch while at most this many of the next 32 bases differ.
const MISMATCHES_AHEAD_MAX: u32 = 6;
/// A diagonal tried without an anchor must match this far.
const RESUME_LEN_MIN: usize = 16;
/// How far a stretch may reach back over earlier ones: the chain decides between them.
const OVERLAP_MAX: usize = 4096;
/// Exact matching bases that a candidate near the last diagonal counts for.
const NEAR_BONUS: usize = 64;
/// How far apart two diagonals may be to count as near.
const NEAR_DIAGONAL: u64 = 1000;

/// Maps `range` of `seq` to `references`; the stretches come in order of their ends.
///
/// Gives the same with the anchors `found` in the sequence before, as sampled in `anchors`, as without them.
pub fn map(
    seq: &PackedSeq,
    range: Range<usize>,
    references: &References,
    anchors: &Anchors,
    found: Option<&[Found]>,
) -> Vec<Stretch> {
    let mut mapper = Mapper {
        references,
        anchors,
        found,
        scanner: Scanner::new(anchors.sampling()),
        stretches: Vec::new(),
        gathered: Vec::new(),
        hits: Vec::new(),
    };
    let mut start = range.start;
    for run in crate::packed::runs_within(seq.exceptions(), range.clone()) {
        let run_start = range.start + run.start as usize;
        mapper.map_clean(seq, start..run_start);
        start = run_start + run.len as usize;
    }
    mapper.map_clean(seq, start..range.end);
    mapper.stretches
}

struct Mapper<'a> {
    references: &'a References,
    anchors: &'a Anchors,
    found: Option<&'a [Found]>,
    scanner: Scanner,
    stretches: Vec<Stretch>,
    /// Anchors of the bases ahead, each with the position where it ends.
    gathered: Vec<(usize, Anchor)>,
    hits: Vec<Hit>,
}

/// The reference around a hit, seen so that it runs along the window, and where the hit is in it.
struct Candidate<'a> {
    view: View<'a>,
    clean: Range<u64>,
    at: usize,
    reverse: bool,
}

impl Candidate<'_> {
    /// The lowest reference position of `len` bases of the view from `start`.
    fn position(&self, start: usize, len: usize) -> u64 {
        if self.reverse {
            self.clean.end - (start + len) as u64
        } else {
            self.clean.start + start as u64
        }
    }
}

impl<'a> Mapper<'a> {
    /// Maps a range of the window without symbols outside ACGT.
    fn map_clean(&mut self, seq: &PackedSeq, range: Range<usize>) {
        let window = seq.view(range.clone(), false);
        let mut at = self.resume(&window, range.start, 0).unwrap_or(0);
        let mut ahead = SCAN_LEN_MIN;
        let mut first = at;
        self.scanner.restart();
        while at < window.len() {
            let end = (at + ahead).min(window.len());
            match self.found {
                None => self.scan(&window, at..end),
                Some(found) => self.pick(found, range.start + first, range.start, at..end),
            }
            self.anchors
                .touch(self.gathered.iter().map(|&(_, anchor)| anchor));
            let stretch_end = self.extend_first(&window, range.start);
            if let Some(stretch_end) = stretch_end {
                ahead = SCAN_LEN_MIN;
                first = stretch_end;
                self.scanner.restart();
            } else {
                ahead = (ahead * 2).min(SCAN_LEN_MAX);
            }
            at = stretch_end.unwrap_or(end);
        }
    }

    /// Gathers the anchors that end in `range`.
    fn scan(&mut self, window: &View<'_>, range: Range<usize>) {
        self.gathered.clear();
        let gathered = &mut self.gathered;
        self.scanner
            .scan(window, range, |end, anchor| gathered.push((end, anchor)));
    }

    /// Gathers those `found` anchors that end in `range` of the view and begin at `first` of the sequence or later.
    fn pick(&mut self, found: &[Found], first: usize, offset: usize, range: Range<usize>) {
        self.gathered.clear();
        let len = self.anchors.sampling().anchor_len;
        let end_min = (offset + range.start + 1).max(first + len);
        let from = found.partition_point(|found| (found.end as usize) < end_min);
        let ended = found[from..].iter().map(|f| (f.end as usize, f.anchor));
        self.gathered.extend(
            ended
                .take_while(|&(end, _)| end <= offset + range.end)
                .map(|(end, anchor)| (end - offset, anchor)),
        );
    }

    /// Makes a stretch of the first gathered anchor that is more than chance; its end in the window.
    fn extend_first(&mut self, window: &View<'_>, offset: usize) -> Option<usize> {
        let gathered = std::mem::take(&mut self.gathered);
        let mut hits = std::mem::take(&mut self.hits);
        let mut stretch_end = None;
        for &(end, anchor) in &gathered {
            self.anchors.find(anchor, &mut hits);
            let start = end - self.anchors.sampling().anchor_len;
            stretch_end = self.extend_best(window, offset, start, &hits);
            if stretch_end.is_some() {
                break;
            }
        }
        self.gathered = gathered;
        self.hits = hits;
        let mut end = stretch_end?;
        while let Some(further) = self.resume(window, offset, end + 1) {
            end = further;
        }
        Some(end)
    }

    /// Extends the best of several hits to a stretch; its end in the window, or nothing if all were chance.
    fn extend_best(
        &mut self,
        window: &View<'_>,
        offset: usize,
        at: usize,
        hits: &[Hit],
    ) -> Option<usize> {
        let anchor_len = self.anchors.sampling().anchor_len;
        let mut best: Option<(usize, Candidate<'a>)> = None;
        for hit in hits {
            let candidate = self.candidate(hit, anchor_len);
            let forward = window.common_prefix(at, &candidate.view, candidate.at, usize::MAX);
            if forward < anchor_len {
                continue;
            }
            let backward = window.common_suffix(at, &candidate.view, candidate.at, OVERLAP_MAX);
            let near = if self.is_near(offset + at, &candidate, forward) {
                NEAR_BONUS
            } else {
                0
            };
            let score = forward + backward + near;
            if best
                .as_ref()
                .is_none_or(|(best_score, _)| score > *best_score)
            {
                best = Some((score, candidate));
            }
        }
        let (_, candidate) = best?;
        Some(self.add_stretch(window, offset, at, &candidate))
    }

    /// Whether a candidate lies close to the diagonal of the last stretch.
    fn is_near(&self, q: usize, candidate: &Candidate<'_>, len: usize) -> bool {
        let Some(last) = self.stretches.last() else {
            return false;
        };
        let r = candidate.position(candidate.at, len);
        let here = Stretch {
            q,
            r,
            len,
            reverse: candidate.reverse,
            mismatches: 0,
        };
        last.reverse == here.reverse && last.diagonal().abs_diff(here.diagonal()) < NEAR_DIAGONAL
    }

    fn candidate(&self, hit: &Hit, len: usize) -> Candidate<'a> {
        let clean = self.references.clean_range(hit.position);
        let view = self.references.view(clean.clone(), hit.reverse);
        let at = if hit.reverse {
            ((clean.end - hit.position) as usize).saturating_sub(len)
        } else {
            hit.position.saturating_sub(clean.start) as usize
        };
        Candidate {
            view,
            clean,
            at,
            reverse: hit.reverse,
        }
    }

    /// Tries to go on along the last stretch at `at`, behind symbols outside ACGT on either side that
    /// broke it off; the end of the new stretch.
    fn resume(&mut self, window: &View<'_>, offset: usize, at: usize) -> Option<usize> {
        let last = *self.stretches.last()?;
        let skipped = (offset + at).checked_sub(last.q_end())? as u64;
        let position = if last.reverse {
            last.r.checked_sub(skipped + 1)?
        } else {
            last.r_end() + skipped
        };
        if position >= self.references.len() || at >= window.len() {
            return None;
        }
        let candidate = self.candidate(
            &Hit {
                position,
                reverse: last.reverse,
            },
            1,
        );
        if !candidate.clean.contains(&position) {
            return None;
        }
        let matched = window.common_prefix(at, &candidate.view, candidate.at, RESUME_LEN_MIN);
        (matched == RESUME_LEN_MIN).then(|| self.add_stretch(window, offset, at, &candidate))
    }

    /// Follows the diagonal of a candidate both ways from `at`, keeps the stretch and tells its end.
    fn add_stretch(
        &mut self,
        window: &View<'_>,
        offset: usize,
        at: usize,
        candidate: &Candidate<'_>,
    ) -> usize {
        let (forward, mismatches_after) = follow_forward(window, at, &candidate.view, candidate.at);
        let last_end = self
            .stretches
            .last()
            .map_or(0, Stretch::q_end)
            .saturating_sub(offset);
        let reach = (at + OVERLAP_MAX).saturating_sub(last_end).min(at);
        let (backward, mismatches_before) =
            follow_backward(window, at, &candidate.view, candidate.at, reach);
        let len = forward + backward;
        self.stretches.push(Stretch {
            q: offset + at - backward,
            r: candidate.position(candidate.at - backward, len),
            len,
            reverse: candidate.reverse,
            mismatches: mismatches_before + mismatches_after,
        });
        at + forward
    }
}

/// Bases and mismatches of the diagonal from (`at`, `other_at`) on, ending with a match.
fn follow_forward(a: &View<'_>, at: usize, b: &View<'_>, other_at: usize) -> (usize, usize) {
    let max = (a.len() - at).min(b.len() - other_at);
    let mut len = a.common_prefix(at, b, other_at, max);
    let mut mismatches = 0;
    // Past the mismatch at `len`, what is left must be long enough to judge by.
    while len + 1 < max {
        let ahead = (max - len).min(BASES_PER_WORD);
        let differing = differing_bases(a.word(at + len) ^ b.word(other_at + len), ahead);
        if differing > MISMATCHES_AHEAD_MAX * ahead as u32 / BASES_PER_WORD as u32 {
            break;
        }
        let matched = a.common_prefix(at + len + 1, b, other_at + len + 1, max);
        mismatches += 1;
        len += 1 + matched;
    }
    (
        trim_mismatches(
            len,
            |i| a.base(at + i) == b.base(other_at + i),
            &mut mismatches,
        ),
        mismatches,
    )
}

/// The same backwards, at most `reach` bases.
fn follow_backward(
    a: &View<'_>,
    at: usize,
    b: &View<'_>,
    other_at: usize,
    reach: usize,
) -> (usize, usize) {
    let max = reach.min(at).min(other_at);
    let mut len = a.common_suffix(at, b, other_at, max);
    let mut mismatches = 0;
    while len + BASES_PER_WORD < max {
        let (a_end, b_end) = (at - len, other_at - len);
        let word = a.word(a_end - BASES_PER_WORD) ^ b.word(b_end - BASES_PER_WORD);
        if differing_bases(word, BASES_PER_WORD) > MISMATCHES_AHEAD_MAX {
            break;
        }
        let matched = a.common_suffix(a_end - 1, b, b_end - 1, max - len - 1);
        mismatches += 1;
        len += 1 + matched;
    }
    (
        trim_mismatches(
            len,
            |i| a.base(at - 1 - i) == b.base(other_at - 1 - i),
            &mut mismatches,
        ),
        mismatches,
    )
}

/// Takes mismatches off the far end of a stretch of `len` bases.
fn trim_mismatches(mut len: usize, equal: impl Fn(usize) -> bool, mismatches: &mut usize) -> usize {
    while len > 0 && !equal(len - 1) {
        len -= 1;
        *mismatches -= 1;
    }
    len
}

/// How many of the lowest `n` bases of a difference are not equal.
fn differing_bases(difference: u64, n: usize) -> u32 {
    ((difference | difference >> 1) & 0x5555_5555_5555_5555 & low_bases(n)).count_ones()
}

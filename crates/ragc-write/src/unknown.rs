//! Runs of N in a window: a delta holds one in a few bytes, so alignments reach over them.

use std::ops::Range;

use crate::packed::{PackedSeq, runs_within};

const CODE_N: u8 = 4;
/// Shortest run of N that a delta holds as one token (docs/FORMAT.md, "LZ-diff").
pub const N_RUN_LEN_MIN: usize = 4;
/// N in one gap that count for nothing; a segment with more of them would be slow to read.
const GAP_N_MAX: usize = 1 << 16;

/// The runs of N of a part of a sequence that are written as tokens, in order.
#[derive(Debug, Default)]
pub struct Unknown {
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    range: Range<usize>,
    /// N in the runs before it.
    before: usize,
}

impl Unknown {
    /// Those of `seq` in `within`.
    pub fn of(seq: &PackedSeq, within: Range<usize>) -> Self {
        let mut before = 0;
        let runs = runs_within(seq.exceptions(), within.clone())
            .filter(|run| run.code == CODE_N && run.len as usize >= N_RUN_LEN_MIN)
            .map(|run| {
                let range = within.start + run.start as usize..within.start + run.end() as usize;
                before += range.len();
                Run {
                    before: before - range.len(),
                    range,
                }
            })
            .collect();
        Self { runs }
    }

    /// Symbols of `range` that a delta has to spell out.
    pub fn spelt_len(&self, range: Range<usize>) -> usize {
        if self.runs.is_empty() || range.is_empty() {
            return range.len();
        }
        range.len() - (self.up_to(range.end) - self.up_to(range.start)).min(GAP_N_MAX)
    }

    /// Number of N before `position`.
    fn up_to(&self, position: usize) -> usize {
        let next = self.runs.partition_point(|run| run.range.start < position);
        match next.checked_sub(1).map(|last| &self.runs[last]) {
            Some(run) => run.before + run.range.end.min(position) - run.range.start,
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_no_token_is_spelt_out() {
        let mut seq = PackedSeq::default();
        for (code, len) in [(0, 10), (4, 3), (1, 10), (4, 20), (5, 8), (4, 4), (2, 5)] {
            (0..len).for_each(|_| seq.push(code));
        }
        let unknown = Unknown::of(&seq, 0..60);
        let cases = [
            (0..60, 36),
            (0..23, 23),
            (0..25, 23),
            (23..43, 0),
            (30..43, 0),
            (42..52, 8),
            (60..60, 0),
        ];
        for (range, expected) in cases {
            assert_eq!(unknown.spelt_len(range.clone()), expected, "{range:?}");
        }
    }

    #[test]
    fn very_long_runs_are_no_gap() {
        let mut seq = PackedSeq::default();
        (0..GAP_N_MAX / 32 + 10).for_each(|_| seq.push_run(CODE_N, 32));
        assert_eq!(Unknown::of(&seq, 0..seq.len()).spelt_len(0..seq.len()), 320);
    }
}

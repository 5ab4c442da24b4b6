//! The best way through the stretches of a window: which of them to use, and where to change.

use crate::map::Stretch;
use crate::references::References;
use crate::unknown::Unknown;

/// What the parts of an alignment cost, in matched bases, each of which saves two bits of new sequence.
#[derive(Debug, Clone, Copy)]
pub struct Costs {
    /// A substituted base inside a stretch.
    mismatch: i64,
    /// Leaving a diagonal and coming back to it.
    gap: i64,
    /// Going over to another diagonal nearby, besides the logarithm of the distance.
    shift: i64,
    /// A new segment: entries in the tables, a delta of its own.
    jump: i64,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            mismatch: 10,
            gap: 12,
            shift: 18,
            jump: 250,
        }
    }
}

impl Costs {
    /// For the reference sample, when about `samples` in all will be like it: each of them repeats what its segments
    /// cost, in tables and deltas, while new sequence is stored once. So only near copies are worth it.
    pub fn of_reference_sample(samples: usize) -> Self {
        /// A further sample costs as much of what the first one did, in hundredths.
        const SHARE: i64 = 20;
        /// With more, all but exact copies are new already.
        const SAMPLES_MAX: usize = 1000;
        let others = samples.clamp(1, SAMPLES_MAX) as i64 - 1;
        let of_all = |cost: i64| cost + cost * SHARE * others / 100;
        let Self {
            mismatch,
            gap,
            shift,
            jump,
        } = Self::default();
        Self {
            mismatch: of_all(mismatch),
            gap: of_all(gap),
            shift: of_all(shift),
            jump: of_all(jump),
        }
    }
}

/// Earlier stretches tried as neighbours of one.
const LOOK_BACK: usize = 60;
/// A gap of more symbols that a delta spells out is worth a segment of its own.
pub const GAP_MAX: usize = 500;
/// Diagonals further apart are no longer an insertion or deletion inside a segment.
const SHIFT_MAX: u64 = 20_000;

/// Stretches that follow each other along neighbouring diagonals of the references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// At least one; in order and without overlap in the window, all of one strand.
    pub stretches: Vec<Stretch>,
}

#[derive(Clone, Copy)]
struct Best {
    score: i64,
    previous: Option<usize>,
    jumped: bool,
}

/// Chooses among `stretches`, which come in order of their ends in the window.
pub fn chain(
    stretches: &[Stretch],
    references: &References,
    unknown: &Unknown,
    costs: &Costs,
) -> Vec<Block> {
    // The spans of both ends of each stretch, looked up once.
    let spans: Vec<_> = stretches
        .iter()
        .map(|s| (references.span_at(s.r), references.span_at(s.r_end() - 1)))
        .collect();
    let mut best: Vec<Best> = Vec::with_capacity(stretches.len());
    // The best score among the stretches up to each one: where a jump comes from.
    let mut leaders: Vec<usize> = Vec::with_capacity(stretches.len());
    for (i, stretch) in stretches.iter().enumerate() {
        let gain = gain(stretch, costs);
        let mut choice = Best {
            score: gain - costs.jump,
            previous: None,
            jumped: true,
        };
        let before = stretches[..i].partition_point(|s| s.q_end() <= stretch.q + stretch.len / 2);
        if before > 0 {
            let leader = leaders[before - 1];
            let score =
                best[leader].score + gain - overlap(&stretches[leader], stretch) - costs.jump;
            if score > choice.score {
                choice = Best {
                    score,
                    previous: Some(leader),
                    jumped: true,
                };
            }
        }
        for j in (i.saturating_sub(LOOK_BACK)..i).rev() {
            let Some(step) = step(&stretches[j], stretch, unknown, costs) else {
                continue;
            };
            if !are_joined(&spans[j], &spans[i], references) {
                continue;
            }
            let score = best[j].score + gain - overlap(&stretches[j], stretch) - step;
            if score > choice.score {
                choice = Best {
                    score,
                    previous: Some(j),
                    jumped: false,
                };
            }
            // Nothing beats staying on the diagonal that led here.
            if step == costs.gap && j + 1 == i {
                break;
            }
        }
        best.push(choice);
        let leader = leaders
            .last()
            .copied()
            .filter(|&l| best[l].score >= choice.score)
            .unwrap_or(i);
        leaders.push(leader);
    }
    let mut blocks = trace(stretches, &best, leaders.last().copied());
    blocks.retain(|block| is_worth_it(block, unknown, costs));
    blocks
}

/// Walks back from the best end and gathers blocks, first to last.
fn trace(stretches: &[Stretch], best: &[Best], end: Option<usize>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut current: Vec<Stretch> = Vec::new();
    let mut at = end.filter(|&i| best[i].score > 0);
    while let Some(i) = at {
        current.push(stretches[i]);
        if best[i].jumped {
            current.reverse();
            blocks.push(Block {
                stretches: without_overlaps(std::mem::take(&mut current)),
            });
        }
        at = best[i].previous;
    }
    blocks.reverse();
    blocks
}

/// Where two stretches of a block cover the same bases, the first keeps them.
fn without_overlaps(stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut end = 0;
    stretches
        .into_iter()
        .filter_map(|stretch| {
            let kept = stretch.clipped(end.max(stretch.q)..usize::MAX)?;
            end = kept.q_end();
            Some(kept)
        })
        .collect()
}

/// Whether a delta of the block takes less room than its bases: too many changes cost more.
fn is_worth_it(block: &Block, unknown: &Unknown, costs: &Costs) -> bool {
    let gain: i64 = block
        .stretches
        .iter()
        .map(|stretch| gain(stretch, costs))
        .sum::<i64>()
        - costs.gap * (block.stretches.len() as i64 - 1);
    let (Some(first), Some(last)) = (block.stretches.first(), block.stretches.last()) else {
        return false;
    };
    gain >= 60 && gain * 100 >= 15 * unknown.spelt_len(first.q..last.q_end()) as i64
}

fn gain(stretch: &Stretch, costs: &Costs) -> i64 {
    stretch.len as i64 - (costs.mismatch + 1) * stretch.mismatches as i64
}

fn overlap(first: &Stretch, second: &Stretch) -> i64 {
    first.q_end().saturating_sub(second.q) as i64
}

/// The cost of going from `first` to `second` inside one block, if they are close enough.
fn step(first: &Stretch, second: &Stretch, unknown: &Unknown, costs: &Costs) -> Option<i64> {
    if first.reverse != second.reverse || first.q >= second.q {
        return None;
    }
    let gap = first.q_end()..second.q;
    if gap.len() > GAP_MAX && unknown.spelt_len(gap) > GAP_MAX {
        return None;
    }
    let shift = first.diagonal().abs_diff(second.diagonal());
    match shift {
        0 => Some(costs.gap),
        1..=SHIFT_MAX => Some(costs.shift + i64::from(shift.ilog2())),
        _ => None,
    }
}

/// Whether the spans that two stretches touch follow each other in one piece.
fn are_joined(first: &(usize, usize), second: &(usize, usize), references: &References) -> bool {
    let (low, high) = (first.1.min(second.1), first.0.max(second.0));
    (low..high).all(|span| references.adjoin(span, span + 1))
}

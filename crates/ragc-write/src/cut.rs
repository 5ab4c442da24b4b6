//! Blocks -> segments of a window: the only place that knows how neighbouring segments overlap.

use std::ops::Range;

use crate::chain::{Block, GAP_MAX};
use crate::map::Stretch;
use crate::references::References;
use crate::unknown::Unknown;

/// Aligned ends shorter than this are left to the neighbour as literals.
const PIECE_LEN_MIN: usize = 64;

/// A piece of the window with a reference segment, or new sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Range in the window, the overlap with the segments before and after included.
    pub range: Range<usize>,
    /// What it is a variant of.
    pub target: Option<Target>,
}

/// The reference segment that a segment is stored against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Number of the span in the references.
    pub span: usize,
    /// Whether the window reads as the reverse complement of the span.
    pub reverse: bool,
    /// The alignment: in order of the window, without overlap, inside the segment and the span.
    pub stretches: Vec<Stretch>,
}

/// Covers `range` of a window with segments, each sharing exactly `overlap` symbols with the next.
pub fn cut(
    range: Range<usize>,
    blocks: &[Block],
    references: &References,
    unknown: &Unknown,
    overlap: usize,
) -> Vec<Segment> {
    let aligned = pieces_of(blocks, references);
    let pieces = with_new_sequence(range.clone(), aligned, unknown, overlap);
    let mut segments = Vec::with_capacity(pieces.len());
    let mut start = range.start;
    for (i, piece) in pieces.iter().enumerate() {
        let end = pieces.get(i + 1).map_or(range.end, |next| {
            piece.range.end.max(next.range.start + overlap)
        });
        let target = piece.target.clone().map(|target| Target {
            stretches: target
                .stretches
                .iter()
                .filter_map(|stretch| stretch.clipped(start..end))
                .collect(),
            ..target
        });
        segments.push(Segment {
            range: start..end,
            target,
        });
        // Only a last segment can be shorter than the overlap.
        start = end.saturating_sub(overlap);
    }
    segments
}

/// The aligned pieces: blocks split where they pass from one group's span into the next.
fn pieces_of(blocks: &[Block], references: &References) -> Vec<Segment> {
    let mut pieces: Vec<Segment> = Vec::new();
    for block in blocks {
        for piece in split_at_spans(&block.stretches, references) {
            let start = pieces.last().map_or(0, |last| last.range.end);
            // Ends must grow by more than an overlap, or a segment would lie inside its neighbour.
            if piece.range.len() >= PIECE_LEN_MIN && piece.range.end >= start + PIECE_LEN_MIN {
                pieces.push(piece);
            }
        }
    }
    pieces
}

/// Cuts the stretches of one block where their reference changes; pieces overlap as the spans do.
fn split_at_spans(stretches: &[Stretch], references: &References) -> Vec<Segment> {
    let mut pieces: Vec<Segment> = Vec::new();
    for stretch in stretches {
        let mut span = entered_span(stretch, pieces.last(), references);
        let mut part = *stretch;
        loop {
            let limits = references.spans()[span];
            let inside = if part.reverse {
                (part.r_end() - part.r.max(limits.start)) as usize
            } else {
                (part.r_end().min(limits.end) - part.r) as usize
            };
            add_to_span(&mut pieces, span, part.clipped(part.q..part.q + inside));
            if inside == part.len {
                break;
            }
            // The next span begins before this one ends.
            let next = if part.reverse { span - 1 } else { span + 1 };
            let shared = (references.spans()[span.min(next)].end
                - references.spans()[span.max(next)].start) as usize;
            let Some(rest) = part.clipped(part.q + inside.saturating_sub(shared)..part.q_end())
            else {
                break;
            };
            (part, span) = (rest, next);
        }
    }
    pieces
}

/// Adds a stretch to the piece that is open, or opens one if it is of another span.
fn add_to_span(pieces: &mut Vec<Segment>, span: usize, stretch: Option<Stretch>) {
    let Some(stretch) = stretch else { return };
    if let Some(Segment {
        range,
        target: Some(target),
    }) = pieces.last_mut()
        && target.span == span
    {
        range.end = stretch.q_end();
        target.stretches.push(stretch);
        return;
    }
    let target = Target {
        span,
        reverse: stretch.reverse,
        stretches: vec![stretch],
    };
    pieces.push(Segment {
        range: stretch.q..stretch.q_end(),
        target: Some(target),
    });
}

/// The span in which a stretch starts, in the direction of the window.
fn entered_span(stretch: &Stretch, before: Option<&Segment>, references: &References) -> usize {
    let spans = references.spans();
    let position = if stretch.reverse {
        stretch.r_end() - 1
    } else {
        stretch.r
    };
    // Where two spans overlap, stay in the one we are in.
    if let Some(target) = before.and_then(|piece| piece.target.as_ref()) {
        let limits = spans[target.span];
        if (limits.start..limits.end).contains(&position) {
            return target.span;
        }
    }
    let span = references.span_at(position);
    let shared = stretch.reverse
        && span > 0
        && references.adjoin(span - 1, span)
        && position < spans[span - 1].end;
    if shared { span - 1 } else { span }
}

/// Adds pieces of new sequence where the gaps between aligned ones, or before and after them, are long.
fn with_new_sequence(
    range: Range<usize>,
    aligned: Vec<Segment>,
    unknown: &Unknown,
    overlap: usize,
) -> Vec<Segment> {
    let is_long = |gap: Range<usize>| gap.len() >= GAP_MAX && unknown.spelt_len(gap) >= GAP_MAX;
    let mut pieces = Vec::with_capacity(aligned.len() + 1);
    let mut end = range.start;
    for piece in aligned {
        if is_long(end..piece.range.start) {
            let start = if pieces.is_empty() {
                end
            } else {
                end - overlap
            };
            pieces.push(Segment {
                range: start..piece.range.start + overlap,
                target: None,
            });
        }
        end = piece.range.end;
        pieces.push(piece);
    }
    if pieces.is_empty() {
        pieces.push(Segment {
            range,
            target: None,
        });
    } else if is_long(end..range.end) {
        pieces.push(Segment {
            range: end - overlap..range.end,
            target: None,
        });
    }
    pieces
}

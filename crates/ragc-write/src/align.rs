//! A range of a window -> segments: what continues stored sequence, encoded, and what is new.

use std::ops::Range;

use crate::anchors::Anchors;
use crate::chain::chain;
use crate::cut::cut;
use crate::lz::{Delta, encode};
use crate::map::map;
use crate::packed::PackedSeq;
use crate::references::References;

/// The numbers that shape segments and their deltas.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Symbols that neighbouring segments share.
    pub overlap: usize,
    /// Shortest match written as one.
    pub match_len_min: usize,
}

/// References and the anchors that find them.
#[derive(Debug, Default)]
pub struct Index {
    /// The reference segments.
    pub references: References,
    /// Their sampled k-mers.
    pub anchors: Anchors,
}

/// A segment of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aligned {
    /// Range in the window, overlaps included.
    pub range: Range<usize>,
    /// How it is stored.
    pub kind: Kind,
}

/// How a segment is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// As an entry of the group of a span of the index.
    Variant {
        /// Number of the span.
        span: usize,
        /// The entry.
        delta: Delta,
        /// Whether the stored text is the reverse complement.
        reversed: bool,
    },
    /// Nothing like it was found.
    New,
}

/// Covers `range` of `seq` with segments, each sharing exactly `shape.overlap` symbols with the next.
pub fn align(seq: &PackedSeq, range: Range<usize>, index: &Index, shape: Shape) -> Vec<Aligned> {
    let references = &index.references;
    if references.is_empty() {
        return vec![Aligned { range, kind: Kind::New }];
    }
    let stretches = map(seq, range.clone(), references, &index.anchors);
    let blocks = chain(&stretches, references);
    cut(range, &blocks, references, shape.overlap)
        .into_iter()
        .map(|segment| {
            let kind = match &segment.target {
                None => Kind::New,
                Some(target) => {
                    let (delta, reversed) = encode(seq, &segment, target, references, shape.match_len_min);
                    Kind::Variant { span: target.span, delta, reversed }
                }
            };
            Aligned { range: segment.range, kind }
        })
        .collect()
}

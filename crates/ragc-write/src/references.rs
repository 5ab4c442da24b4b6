//! The reference segments of all groups, two bits a base, as one long space of positions.

use std::ops::Range;

use crate::memory::Held;
use crate::packed::{PackedSeq, View, Words, runs_within};

/// One group's reference segment in the space.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// First position.
    pub start: u64,
    /// Position after the last.
    pub end: u64,
    /// Whether the stored reference is the reverse complement of this span.
    pub reversed: bool,
    /// The group. Not all groups have a span.
    pub group: u32,
}

impl Span {
    /// Number of symbols of the reference.
    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }
}

/// A run of equal symbols outside ACGT, at a position of the space.
#[derive(Debug, Clone, Copy)]
struct Exception {
    start: u64,
    len: u32,
    code: u8,
}

/// Room for further references when they outgrow what there is: one in so many.
const ROOM_SHARE: u64 = 16;

/// Reference segments laid one after the other.
///
/// Segments that are neighbours in the contig they came from lie in one *piece*, overlapping as
/// they do there, so that an alignment runs on from one group into the next; pieces do not touch.
#[derive(Debug, Default)]
pub struct References {
    words: Words,
    pieces: Vec<u64>,
    spans: Vec<Span>,
    exceptions: Vec<Exception>,
}

impl References {
    /// Number of positions in use.
    pub fn len(&self) -> u64 {
        self.words.len() as u64
    }

    /// Whether there is no position.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The spans, in order of their positions and of their groups' numbers.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Starts a new piece: what is appended next is no neighbour of what was.
    pub fn start_piece(&mut self) {
        if self.pieces.last() != Some(&self.len()) {
            self.pieces.push(self.len());
        }
    }

    /// Whether the last `len` symbols are the first of `seq`, and all of them A, C, G and T.
    pub fn ends_with(&self, seq: &PackedSeq, len: usize) -> bool {
        let end = self.len();
        let Some(start) = end.checked_sub(len as u64).filter(|_| seq.len() >= len) else {
            return false;
        };
        self.exceptions(start..end).next().is_none()
            && runs_within(seq.exceptions(), 0..len).next().is_none()
            && self
                .view(start..end, false)
                .common_prefix(0, &seq.view(0..len, false), 0, len)
                == len
    }

    /// What is held of these references, beside what else is `held`.
    pub fn held(&self, held: &Held) -> Held {
        Held {
            bases: self.len(),
            exceptions: self.exceptions.len() as u64,
            ..*held
        }
    }

    /// Number of runs of symbols outside ACGT.
    pub fn exception_count(&self) -> usize {
        self.exceptions.len()
    }

    /// Makes room for `bases` more, and not for twice as many.
    pub fn reserve(&mut self, bases: u64) {
        self.words.reserve(bases as usize);
    }

    /// Appends the symbols of `seq` in `range` to the current piece and makes them, with the `overlap` symbols before
    /// them, the reference of `group`, stored as the reverse complement if it is `reversed`.
    pub fn push(
        &mut self,
        seq: &PackedSeq,
        range: Range<usize>,
        overlap: usize,
        reversed: bool,
        group: u32,
    ) {
        let start = self.len();
        self.words.extend_from(seq.words(), range.clone());
        for run in runs_within(seq.exceptions(), range) {
            self.exceptions.push(Exception {
                start: start + u64::from(run.start),
                len: run.len,
                code: run.code,
            });
        }
        self.spans.push(Span {
            start: start - overlap as u64,
            end: self.len(),
            reversed,
            group,
        });
    }

    /// Takes over all of `other`, behind what is here.
    pub fn absorb(&mut self, other: References) {
        let offset = self.len();
        if offset == 0 {
            *self = other;
            return;
        }
        let capacity = self.words.capacity() as u64;
        if offset + other.len() > capacity {
            self.reserve(other.len() + offset / ROOM_SHARE);
        }
        self.words
            .extend_from(other.words.as_slice(), 0..other.len() as usize);
        self.pieces
            .extend(other.pieces.iter().map(|start| start + offset));
        self.spans.extend(other.spans.iter().map(|s| Span {
            start: s.start + offset,
            end: s.end + offset,
            ..*s
        }));
        self.exceptions
            .extend(other.exceptions.iter().map(|e| Exception {
                start: e.start + offset,
                ..*e
            }));
    }

    /// The largest range around `position` inside one piece that holds only A, C, G and T.
    pub fn clean_range(&self, position: u64) -> Range<u64> {
        let next_piece = self.pieces.partition_point(|&start| start <= position);
        let mut start = if next_piece == 0 {
            0
        } else {
            self.pieces[next_piece - 1]
        };
        let mut end = self.pieces.get(next_piece).copied().unwrap_or(self.len());
        let next = self.exceptions.partition_point(|e| e.start <= position);
        if next > 0 {
            let before = self.exceptions[next - 1];
            start = start.max(before.start + u64::from(before.len));
        }
        if let Some(after) = self.exceptions.get(next) {
            end = end.min(after.start);
        }
        start.min(end)..end
    }

    /// The span that holds `position`; where two overlap, the later one.
    pub fn span_at(&self, position: u64) -> usize {
        self.spans
            .partition_point(|span| span.start <= position)
            .saturating_sub(1)
    }

    /// Whether `next` is the following neighbour of `span` in the same piece.
    pub fn adjoin(&self, span: usize, next: usize) -> bool {
        next == span + 1 && self.spans[next].start < self.spans[span].end
    }

    /// A range of the space from either strand.
    pub fn view(&self, range: Range<u64>, reverse: bool) -> View<'_> {
        View::new(
            self.words.as_slice(),
            range.start as usize,
            (range.end - range.start) as usize,
            reverse,
        )
    }

    /// Symbols outside ACGT in `range`: position from its start, length, code.
    pub fn exceptions(&self, range: Range<u64>) -> impl Iterator<Item = (u64, u64, u8)> + '_ {
        let first = self
            .exceptions
            .partition_point(|e| e.start + u64::from(e.len) <= range.start);
        self.exceptions[first..]
            .iter()
            .take_while(move |e| e.start < range.end)
            .map(move |e| {
                let start = e.start.max(range.start);
                let end = (e.start + u64::from(e.len)).min(range.end);
                (start - range.start, end - start, e.code)
            })
    }
}

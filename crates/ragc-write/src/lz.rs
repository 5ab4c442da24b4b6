//! A segment and its alignment -> the text of its delta (docs/FORMAT.md, "LZ-diff").

use std::io::Write;

use crate::cut::{Segment, Target};
use crate::packed::{PackedSeq, View, runs_within};
use crate::references::{References, Span};
use crate::unknown::N_RUN_LEN_MIN;

/// Code of N, and of the letters after it that do not fit in two bits.
const CODE_N: u8 = 4;

/// A segment as an entry of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// The segment equals the reference.
    Equal,
    /// Anything else, never empty.
    Text(Vec<u8>),
}

/// Encodes an aligned segment of `seq`; also tells whether its stored text is the reverse complement.
pub fn encode(
    seq: &PackedSeq,
    segment: &Segment,
    target: &Target,
    references: &References,
    match_len_min: usize,
) -> (Delta, bool) {
    let span = references.spans()[target.span];
    let reversed = target.reverse != span.reversed;
    let text = Oriented {
        view: seq.view(segment.range.clone(), reversed),
        exceptions: exceptions(seq, segment, reversed),
    };
    let reference = Stored {
        view: references.view(span.start..span.end, span.reversed),
        span,
        references,
    };
    if reference.equals(&text) {
        return (Delta::Equal, reversed);
    }
    let mut encoder = Encoder {
        text: &text,
        reference: &reference,
        match_len_min,
        predicted: 0,
        out: Vec::with_capacity(64),
    };
    encoder.run(&diagonals(segment, target, reversed, references));
    (Delta::Text(encoder.out), reversed)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Exception {
    start: usize,
    len: usize,
    code: u8,
}

/// The segment as it is stored.
struct Oriented<'a> {
    view: View<'a>,
    exceptions: Vec<Exception>,
}

fn exceptions(seq: &PackedSeq, segment: &Segment, reversed: bool) -> Vec<Exception> {
    let len = segment.range.len();
    let mut list: Vec<_> = runs_within(seq.exceptions(), segment.range.clone())
        .map(|run| {
            let (start, n) = (run.start as usize, run.len as usize);
            Exception {
                start: if reversed { len - start - n } else { start },
                len: n,
                code: run.code,
            }
        })
        .collect();
    if reversed {
        list.reverse();
    }
    list
}

/// The reference as it is stored. Its symbols outside ACGT are looked up where they are wanted: there may be far more
/// of them than the segment has symbols.
struct Stored<'a> {
    view: View<'a>,
    span: Span,
    references: &'a References,
}

impl Stored<'_> {
    fn len(&self) -> usize {
        self.span.len()
    }

    fn equals(&self, text: &Oriented<'_>) -> bool {
        if text.view.len() != self.len() || !self.has_exceptions(&text.exceptions) {
            return false;
        }
        // Reversed symbols outside ACGT look like T in one strand and A in the other; both sides alike here
        // only where the strands agree, so the bases between the exceptions are compared.
        let common = |at, max| text.view.common_prefix(at, &self.view, at, max);
        let mut at = 0;
        for exception in &text.exceptions {
            if common(at, exception.start - at) != exception.start - at {
                return false;
            }
            at = exception.start + exception.len;
        }
        common(at, usize::MAX) == self.len() - at
    }

    /// Whether `expected` are all the symbols outside ACGT.
    fn has_exceptions(&self, expected: &[Exception]) -> bool {
        let found = self
            .references
            .exceptions(self.span.start..self.span.end)
            .map(|(start, n, code)| {
                let (start, len) = (start as usize, n as usize);
                Exception {
                    start: if self.span.reversed {
                        self.len() - start - len
                    } else {
                        start
                    },
                    len,
                    code,
                }
            });
        if self.span.reversed {
            found.eq(expected.iter().rev().copied())
        } else {
            found.eq(expected.iter().copied())
        }
    }

    /// The base at `position`, 0..=3, or nothing for a symbol outside ACGT.
    fn base(&self, position: usize) -> Option<u8> {
        let place = if self.span.reversed {
            self.span.end - 1 - position as u64
        } else {
            self.span.start + position as u64
        };
        self.references
            .exceptions(place..place + 1)
            .next()
            .is_none()
            .then(|| self.view.base(position))
    }
}

/// A stretch in the direction of the stored text: both positions rise.
#[derive(Debug, Clone, Copy)]
struct Diagonal {
    text: usize,
    reference: usize,
    len: usize,
}

fn diagonals(
    segment: &Segment,
    target: &Target,
    reversed: bool,
    references: &References,
) -> Vec<Diagonal> {
    let span = references.spans()[target.span];
    let mut list: Vec<_> = target
        .stretches
        .iter()
        .map(|stretch| Diagonal {
            text: if reversed {
                segment.range.end - stretch.q_end()
            } else {
                stretch.q - segment.range.start
            },
            reference: if span.reversed {
                span.end - stretch.r_end()
            } else {
                stretch.r - span.start
            } as usize,
            len: stretch.len,
        })
        .collect();
    if reversed {
        list.reverse();
    }
    list
}

struct Encoder<'a> {
    text: &'a Oriented<'a>,
    reference: &'a Stored<'a>,
    match_len_min: usize,
    /// Where the decoder expects the next match, as docs/FORMAT.md defines it.
    predicted: usize,
    out: Vec<u8>,
}

impl Encoder<'_> {
    fn run(&mut self, diagonals: &[Diagonal]) {
        let mut at = 0;
        for diagonal in diagonals {
            let skipped = at.max(diagonal.text) - diagonal.text;
            if skipped >= diagonal.len {
                continue;
            }
            self.write_gap(at, diagonal.text + skipped);
            at = diagonal.text + diagonal.len;
            self.write_diagonal(
                diagonal.text + skipped,
                diagonal.reference + skipped,
                diagonal.len - skipped,
            );
        }
        self.write_gap(at, self.text.view.len());
    }

    /// Text that no diagonal covers: runs of N, letters, and bases that go on along the old diagonal.
    fn write_gap(&mut self, start: usize, end: usize) {
        let first = self
            .text
            .exceptions
            .partition_point(|e| e.start + e.len <= start);
        let mut at = start;
        for exception in &self.text.exceptions[first..] {
            if exception.start >= end {
                break;
            }
            self.write_bases(at, exception.start.max(at));
            let (from, to) = (
                exception.start.max(start),
                (exception.start + exception.len).min(end),
            );
            self.write_exception(exception.code, to - from);
            at = to;
        }
        self.write_bases(at, end);
    }

    fn write_exception(&mut self, code: u8, len: usize) {
        if code == CODE_N && len >= N_RUN_LEN_MIN {
            // Writing to a Vec cannot fail.
            let _ = write!(self.out, "\x1E{}\x04", len - N_RUN_LEN_MIN);
        } else {
            self.out.extend(std::iter::repeat_n(b'A' + code, len));
            self.predicted += len;
        }
    }

    /// Literals: marked as equal to the reference as long as more than half of them are.
    fn write_bases(&mut self, start: usize, end: usize) {
        let (mut balance, mut best, mut along) = (0i64, 0i64, start);
        for at in start..end {
            let Some(equal) = self.equals_predicted(at, self.predicted + (at - start)) else {
                break;
            };
            balance += if equal { 1 } else { -1 };
            if balance > best {
                (best, along) = (balance, at + 1);
            }
        }
        for at in start..end {
            let same = at < along && self.equals_predicted(at, self.predicted) == Some(true);
            self.out.push(if same {
                b'!'
            } else {
                b'A' + self.text.view.base(at)
            });
            self.predicted += 1;
        }
    }

    /// Whether a base of the text equals the reference there; nothing past the end of the reference.
    fn equals_predicted(&self, at: usize, position: usize) -> Option<bool> {
        if position >= self.reference.len() {
            return None;
        }
        Some(self.reference.base(position) == Some(self.text.view.base(at)))
    }

    /// Matches and the substitutions between them.
    fn write_diagonal(&mut self, text: usize, reference: usize, len: usize) {
        let mut i = 0;
        while i < len {
            let matched = self.text.view.common_prefix(
                text + i,
                &self.reference.view,
                reference + i,
                len - i,
            );
            self.write_match(text + i, reference + i, matched);
            i += matched;
            if i < len {
                self.out.push(b'A' + self.text.view.base(text + i));
                self.predicted += 1;
                i += 1;
            }
        }
    }

    fn write_match(&mut self, text: usize, reference: usize, len: usize) {
        let to_end = text + len == self.text.view.len() && reference + len == self.reference.len();
        let jump = reference as i64 - self.predicted as i64;
        if len >= self.match_len_min {
            let _ = if to_end {
                write!(self.out, "{jump}.")
            } else {
                write!(self.out, "{jump},{}.", len - self.match_len_min)
            };
            self.predicted = reference + len;
        } else if jump == 0 {
            self.out.extend(std::iter::repeat_n(b'!', len));
            self.predicted += len;
        } else {
            self.out
                .extend((text..text + len).map(|at| b'A' + self.text.view.base(at)));
            self.predicted += len;
        }
    }
}

//! Where the letters of a text come from: a delta read as runs against its group's reference.

use std::ops::Range;

use super::lz::{self, Text};
use crate::error::{Error, within};

/// Letters that follow each other and have one origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// How many there are.
    pub len_bases: u32,
    /// Where they come from.
    pub origin: Origin,
}

/// Where letters come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the reference of the group, from this base of it on, counted from 0.
    Reference(u32),
    /// The delta spells them out.
    Literal,
    /// A run of N of the delta's.
    Unknown,
}

impl Run {
    /// The run of the letters that follow these, if both together are one.
    fn joined(self, next: Run) -> Option<Run> {
        let goes_on = match (self.origin, next.origin) {
            (Origin::Reference(at), Origin::Reference(then)) => {
                at.checked_add(self.len_bases) == Some(then)
            }
            (before, after) => before == after,
        };
        let len_bases = self.len_bases.checked_add(next.len_bases)?;
        goes_on.then_some(Run { len_bases, ..self })
    }
}

/// The runs of the letters `range` of the text that `delta` describes, which has `len` letters.
///
/// The whole delta is read, as when its text is decoded, and the same deltas are errors.
pub(crate) fn runs(
    delta: &[u8],
    reference: &[u8],
    min_match_len: u32,
    len: u32,
    range: Range<u32>,
    bytes_max: u64,
) -> Result<Vec<Run>, Error> {
    let mut text = Runs {
        runs: Vec::new(),
        at: 0,
        len,
        range,
        bytes_max,
    };
    lz::read(delta, reference, min_match_len, &mut text)?;
    if text.at == len {
        return Ok(text.runs);
    }
    Err(text.wrong(text.at.into()))
}

/// The runs of a text so far.
struct Runs {
    runs: Vec<Run>,
    /// Letters so far, wanted or not.
    at: u32,
    /// Letters the text must have in the end.
    len: u32,
    range: Range<u32>,
    bytes_max: u64,
}

impl Runs {
    fn push(&mut self, len_bases: u64, origin: Origin) -> Result<(), Error> {
        let found = u64::from(self.at).saturating_add(len_bases);
        let end = u32::try_from(found).ok().filter(|end| *end <= self.len);
        let end = end.ok_or_else(|| self.wrong(found))?;
        let cut = |at: u32| at.clamp(self.at, end);
        let (first, last) = (cut(self.range.start), cut(self.range.end));
        let skipped = first - self.at;
        self.at = end;
        if first >= last {
            return Ok(());
        }
        let origin = match origin {
            Origin::Reference(at) => Origin::Reference(at.saturating_add(skipped)),
            other => other,
        };
        let run = Run {
            len_bases: last - first,
            origin,
        };
        if let Some(before) = self.runs.last_mut()
            && let Some(joined) = before.joined(run)
        {
            *before = joined;
            return Ok(());
        }
        let bytes = (self.runs.len() as u64 + 1) * size_of::<Run>() as u64;
        within("the runs of a delta", bytes, self.bytes_max)?;
        self.runs.push(run);
        Ok(())
    }

    fn wrong(&self, found: u64) -> Error {
        Error::malformed(format!(
            "a segment of {} bases expected, a delta of {found} found",
            self.len
        ))
    }
}

impl Text for Runs {
    fn literals(&mut self, literals: &[u8]) -> Result<(), Error> {
        self.push(literals.len() as u64, Origin::Literal)
    }

    fn matched(&mut self, _: &[u8], range: Range<usize>) -> Result<(), Error> {
        self.push(range.len() as u64, from_reference(range.start))
    }

    fn n_run(&mut self, len: u64) -> Result<(), Error> {
        self.push(len, Origin::Unknown)
    }
}

/// No reference has 2^32 bases: a part is refused before it is decoded to as many.
fn from_reference(at: usize) -> Origin {
    Origin::Reference(u32::try_from(at).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: &str = "ACGTTGCAACGGTTAACCGATCGATTGCAGCATGCCTAGGATCCATTGAC";

    fn of(delta: &[u8], len: u32, range: Range<u32>) -> Result<Vec<Run>, Error> {
        runs(delta, R.as_bytes(), 20, len, range, 1000)
    }

    /// The runs as `12@5` (12 letters, from base 5 of the reference on), `3?` (literal), `7N`.
    fn words(delta: &[u8], len: u32, range: Range<u32>) -> String {
        let word = |run: &Run| match run.origin {
            Origin::Reference(at) => format!("{}@{at}", run.len_bases),
            Origin::Literal => format!("{}?", run.len_bases),
            Origin::Unknown => format!("{}N", run.len_bases),
        };
        let runs = of(delta, len, range).unwrap();
        runs.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tokens_that_go_on_are_one_run() {
        assert_eq!(words(b"10.", 40, 0..40), "40@10");
        assert_eq!(words(b"0,5.\x1E3\x040.", 57, 0..57), "25@0 7N 25@25");
        assert_eq!(words(b"D!!0.", 50, 0..50), "1? 49@1");
        let three = words(b"E!!!!0,0.B-25,2.", 48, 0..48);
        assert_eq!(three, "1? 24@1 1? 22@1");
        assert_eq!(words(b"\x1E0\x04A\x1E12\x04P", 22, 0..22), "4N 1? 16N 1?");
    }

    #[test]
    fn a_range_cuts_runs() {
        let delta = b"0,5.\x1E3\x040.";
        assert_eq!(words(delta, 57, 3..27), "22@3 2N");
        assert_eq!(words(delta, 57, 30..40), "2N 8@25");
        assert_eq!(words(delta, 57, 35..36), "1@28");
        assert_eq!(words(delta, 57, 57..57), "");
    }

    #[test]
    fn what_is_no_delta_of_that_text_is_an_error() {
        for len in [0, 39, 41] {
            assert!(of(b"10.", len, 0..len).is_err());
        }
        assert!(of(b"51.", 1, 0..1).is_err());
        assert!(of(b"\x1E9999999999\x04", 50, 0..50).is_err());
        assert!(of(b"", 1, 0..1).is_err());
    }

    #[test]
    fn runs_are_held_within_their_limit() {
        let delta = b"C\x1E0\x04".repeat(100);
        let error = runs(&delta, b"", 20, 500, 0..500, 1000).unwrap_err();
        assert!(matches!(error, Error::Limit { .. }));
        assert!(runs(&delta, b"", 20, 500, 0..20, 1000).is_ok());
    }
}

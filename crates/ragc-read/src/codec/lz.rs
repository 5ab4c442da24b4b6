//! LZ-diff: a text as edits of its group's reference. See docs/FORMAT.md, "LZ-diff".
//!
//! What every token takes is inlined always, and what none should take never: the wasm module, compiled for size, would do
//! neither.

use std::ops::Range;

use super::base::letter;
use crate::error::Error;

const SAME: u8 = b'!';
const N_RUN_START: u8 = 0x1E;
const N_RUN_END: u8 = 0x04;
const N_RUN_LEN_MIN: u64 = 4;
const DIGITS_MAX: usize = 10;

/// The letters of [`letter_of`]. Bytes above `U` come from letters without a code.
static LITERALS: [u8; 256] = literal_table();

#[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
const fn literal_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = b'A';
    while byte < 0x7F {
        table[byte as usize] = letter(byte - b'A');
        byte += 1;
    }
    table
}

/// Appends the letters `range` of the text that `delta` describes to `out`.
///
/// The whole delta is read and its text has to be `len` letters, whatever the range; `reference` is letters, too.
/// What a hostile delta costs is bounded by its own length and the range's, however long a text it claims.
pub(crate) fn decode(
    delta: &[u8],
    reference: &[u8],
    min_match_len: u32,
    len: usize,
    range: Range<usize>,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut text = Window {
        out,
        at: 0,
        len,
        range,
    };
    read(delta, reference, min_match_len, &mut text)?;
    text.finish()
}

/// What is made of the tokens of a delta, one after another.
pub(super) trait Text {
    /// Bytes that stand for a letter each, see [`letter_of`]; possibly none.
    fn literals(&mut self, literals: &[u8]) -> Result<(), Error>;
    /// The letters of the reference in a range, which is within it.
    fn matched(&mut self, reference: &[u8], range: Range<usize>) -> Result<(), Error>;
    fn n_run(&mut self, len: u64) -> Result<(), Error>;
}

/// Reads a whole delta.
pub(super) fn read(
    delta: &[u8],
    reference: &[u8],
    min_match_len: u32,
    text: &mut impl Text,
) -> Result<(), Error> {
    let mut tokens = Tokens {
        rest: delta,
        len: delta.len(),
    };
    let mut pred = 0;
    loop {
        let literals = tokens.run(|byte| letter_of(byte) != 0);
        text.literals(literals)?;
        pred += literals.len();
        let Some(&first) = tokens.rest.first() else {
            return Ok(());
        };
        match first {
            SAME => {
                let end = pred.saturating_add(tokens.run(|byte| byte == SAME).len());
                if end > reference.len() {
                    return Err(tokens.broken("a base past the reference's end"));
                }
                text.matched(reference, pred..end)?;
                pred = end;
            }
            N_RUN_START => text.n_run(tokens.n_run()?)?,
            b'0'..=b'9' | b'-' => {
                let (distance, match_len) = tokens.a_match(min_match_len)?;
                let matched = find(reference, pred, distance, match_len)
                    .ok_or_else(|| tokens.broken("a match outside the reference"))?;
                pred = matched.end;
                text.matched(reference, matched)?;
            }
            other => return Err(tokens.broken(&format!("byte {other:#04x} starts no token"))),
        }
    }
}

/// The letter that a literal byte stands for, 0 for bytes that are no literals.
#[inline(always)]
fn letter_of(literal: u8) -> u8 {
    // The table has an entry for every byte.
    LITERALS.get(usize::from(literal)).copied().unwrap_or(0)
}

/// Where in the reference a match lies, if within; without a length it goes to the reference's end.
fn find(reference: &[u8], pred: usize, distance: i64, len: Option<u64>) -> Option<Range<usize>> {
    let start = usize::try_from(i64::try_from(pred).ok()?.checked_add(distance)?).ok()?;
    let end = match len {
        Some(len) => start.checked_add(usize::try_from(len).ok()?)?,
        None => reference.len(),
    };
    (start <= end && end <= reference.len()).then_some(start..end)
}

/// What is left of a delta.
struct Tokens<'a> {
    rest: &'a [u8],
    len: usize,
}

impl<'a> Tokens<'a> {
    #[inline(always)]
    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    /// Takes the bytes before the next that is none of those.
    #[inline(always)]
    fn run(&mut self, is_one: impl Fn(u8) -> bool) -> &'a [u8] {
        let others = self.rest.iter().position(|&byte| !is_one(byte));
        let count = others.unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at_checked(count).unwrap_or_default();
        self.rest = rest;
        run
    }

    #[inline(always)]
    fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.rest.first() == Some(&byte);
        if eaten {
            self.skip();
        }
        eaten
    }

    /// Up to ten digits.
    #[inline(always)]
    fn number(&mut self) -> Result<u64, Error> {
        let mut value = 0;
        let mut count = 0;
        while let Some(digit) = self
            .rest
            .first()
            .map(|b| b.wrapping_sub(b'0'))
            .filter(|d| *d < 10)
        {
            value = value * 10 + u64::from(digit);
            count += 1;
            if count > DIGITS_MAX {
                return Err(self.broken("a number of more than ten digits"));
            }
            self.skip();
        }
        if count == 0 {
            Err(self.broken("a number expected"))
        } else {
            Ok(value)
        }
    }

    #[inline(always)]
    fn signed(&mut self) -> Result<i64, Error> {
        let negative = self.eat(b'-');
        // Ten digits fit.
        let value = i64::try_from(self.number()?).unwrap_or(i64::MAX);
        Ok(if negative { -value } else { value })
    }

    /// The length of a run of N.
    fn n_run(&mut self) -> Result<u64, Error> {
        self.skip();
        let more = self.number()?;
        if self.eat(N_RUN_END) {
            Ok(more + N_RUN_LEN_MIN)
        } else {
            Err(self.broken("a run of N without its end"))
        }
    }

    /// The distance from the predicted position, and the length unless it goes to the end of the reference.
    #[inline(always)]
    fn a_match(&mut self, min_match_len: u32) -> Result<(i64, Option<u64>), Error> {
        let distance = self.signed()?;
        let len = if self.eat(b',') {
            let len = self.signed()? + i64::from(min_match_len);
            Some(u64::try_from(len).map_err(|_| self.broken("a match of negative length"))?)
        } else {
            None
        };
        if self.eat(b'.') {
            Ok((distance, len))
        } else {
            Err(self.broken("a match without its end"))
        }
    }

    #[cold]
    fn broken(&self, why: &str) -> Error {
        let at = self.len - self.rest.len();
        Error::malformed(format!(
            "{why}, after {at} of {} bytes of a delta",
            self.len
        ))
    }
}

/// The text that tokens append to, of which only a range is wanted.
struct Window<'o> {
    out: &'o mut Vec<u8>,
    /// Letters of the text so far, wanted or not.
    at: usize,
    /// Letters the text must have in the end.
    len: usize,
    range: Range<usize>,
}

impl Text for Window<'_> {
    #[inline(always)]
    fn literals(&mut self, literals: &[u8]) -> Result<(), Error> {
        let wanted = self.advance(literals.len())?;
        let wanted = literals.get(wanted).unwrap_or_default();
        self.out
            .extend(wanted.iter().map(|&literal| letter_of(literal)));
        Ok(())
    }

    #[inline(always)]
    fn matched(&mut self, reference: &[u8], range: Range<usize>) -> Result<(), Error> {
        let letters = reference.get(range).unwrap_or_default();
        let wanted = self.advance(letters.len())?;
        self.out
            .extend_from_slice(letters.get(wanted).unwrap_or_default());
        Ok(())
    }

    fn n_run(&mut self, len: u64) -> Result<(), Error> {
        let wanted = self.advance(usize::try_from(len).map_err(|_| self.too_long())?)?;
        self.out.resize(self.out.len() + wanted.len(), b'N');
        Ok(())
    }
}

impl Window<'_> {
    /// Moves on by `count` letters; which of these are wanted.
    #[inline(always)]
    fn advance(&mut self, count: usize) -> Result<Range<usize>, Error> {
        if count > self.len - self.at {
            return Err(self.too_long());
        }
        let start = self.range.start.saturating_sub(self.at).min(count);
        let end = self.range.end.saturating_sub(self.at).min(count);
        self.at += count;
        Ok(start..end.max(start))
    }

    fn finish(&self) -> Result<(), Error> {
        if self.at == self.len {
            return Ok(());
        }
        Err(Error::malformed(format!(
            "a segment of {} bases expected, a delta of {} found",
            self.len, self.at
        )))
    }

    #[cold]
    fn too_long(&self) -> Error {
        Error::malformed(format!(
            "a segment of {} bases expected, a delta of more found",
            self.len
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: &str = "ACGTTGCAACGGTTAACCGATCGATTGCAGCATGCCTAGGATCCATTGAC";

    fn whole(delta: &[u8], len: usize) -> Result<String, Error> {
        let mut out = Vec::new();
        decode(delta, R.as_bytes(), 20, len, 0..len, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    /// The worked examples of docs/FORMAT.md.
    fn examples() -> Vec<(&'static [u8], String)> {
        let r = |range: Range<usize>| R.get(range).unwrap();
        let n = |count| "N".repeat(count);
        vec![
            (b"10.", r(10..50).into()),
            (b"45.", r(45..50).into()),
            (b"0,10.", r(0..30).into()),
            (
                b"0,5.\x1E3\x040.",
                format!("{}{}{}", r(0..25), n(7), r(25..50)),
            ),
            (b"D!!0.", format!("T{}", r(1..50))),
            (
                b"E!!!!0,0.B-25,2.",
                format!("N{}{}C{}", r(1..5), r(5..25), r(1..23)),
            ),
            (b"25,5.-30.", format!("{}{}", r(25..50), r(20..50))),
            (b"30.A-50,0.", format!("{}A{}", r(30..50), r(1..21))),
            (b"\x1E0\x04A\x1E12\x04P", format!("{}A{}U", n(4), n(16))),
            (b"FGHIJKLMNOP", "RYSWKMBDHVU".into()),
            (b"EEE", "NNN".into()),
            (b"!!!!!", r(0..5).into()),
            // Letters without a code, as AGC stores them.
            (b"A_aCV~", "ANNGNN".into()),
            // A length below the shortest match, which AGC reads as well.
            (b"0,-18.", r(0..2).into()),
        ]
    }

    #[test]
    fn worked_examples() {
        for (delta, text) in examples() {
            assert_eq!(whole(delta, text.len()).unwrap(), text, "{delta:?}");
        }
    }

    #[test]
    fn every_range_of_a_text_is_cut_from_the_whole() {
        for (delta, text) in examples() {
            for start in 0..=text.len() {
                for end in start..=text.len() {
                    let mut out = b"before".to_vec();
                    decode(delta, R.as_bytes(), 20, text.len(), start..end, &mut out).unwrap();
                    assert_eq!(
                        out.strip_prefix(b"before").unwrap(),
                        &text.as_bytes()[start..end]
                    );
                }
            }
        }
    }

    #[test]
    fn texts_of_another_length_are_errors() {
        for (delta, text) in examples() {
            assert!(whole(delta, text.len() + 1).is_err());
            assert!(whole(delta, text.len() - 1).is_err());
        }
        assert!(whole(b"", 1).is_err());
    }

    #[test]
    fn broken_deltas_are_errors() {
        let broken: [&[u8]; 16] = [
            b"51.",
            b"-1.",
            b"31,0.",
            b"0,31.",
            b"0,-21.",
            b"0",
            b"0,",
            b"0,5",
            b"-.",
            b"12345678901.",
            b"\x1E",
            b"\x1E5",
            b"\x1E\x04",
            b"0.!",
            b"0.A!",
            b"\x7F",
        ];
        for delta in broken {
            for len in 0..60 {
                assert!(whole(delta, len).is_err(), "{delta:?}");
            }
        }
    }

    #[test]
    fn a_run_beyond_the_recorded_length_takes_no_memory() {
        let mut out = Vec::new();
        assert!(decode(b"\x1E9999999999\x04", b"", 20, 50, 0..50, &mut out).is_err());
        assert_eq!(out.capacity(), 0);
    }
}

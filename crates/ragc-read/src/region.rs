//! Regions: ranges of a contig, and AGC's text form of them.
//!
//! The only place where coordinates change their base. Everything else speaks 0-based and half-open; the text form
//! `contig[@sample][:from-to]` is 0-based with **both ends included**.

use std::fmt;
use std::ops::Range;

use bstr::{BStr, BString, ByteSlice};

/// A piece of a contig of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The sample's name.
    pub sample: BString,
    /// The contig, counted from 0 in the sample's order (names may repeat within a sample).
    pub contig: usize,
    /// 0-based and half-open. An end past the contig is cut to its length.
    pub range: Range<u64>,
}

/// A region as a user writes it, nothing looked up yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionText {
    /// A contig's whole name or its first word.
    pub contig: BString,
    /// The sample, when `@sample` was given.
    pub sample: Option<BString>,
    /// The range, when `:from-to` was given.
    pub range: Option<TextRange>,
}

/// `from-to` as written: 0-based, **both ends included**, a negative end left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRange {
    /// The first base, or negative for the start.
    pub from: i64,
    /// The last base, or negative for the end.
    pub to: i64,
}

impl RegionText {
    /// Reads `contig`, `contig@sample`, `contig:from-to` or `contig@sample:from-to`.
    ///
    /// Splits at the last `:` that a range follows, then at the last `@` with something on both sides. What fits
    /// neither is part of the contig's name, so that every text is a region.
    #[must_use]
    pub fn parse(text: &BStr) -> RegionText {
        let (rest, range) = match text
            .rsplit_once_str(":")
            .map(|(rest, tail)| (rest, TextRange::parse(tail)))
        {
            Some((rest, Some(range))) if !rest.is_empty() => (rest, Some(range)),
            _ => (text.as_bytes(), None),
        };
        let (contig, sample) = match rest.rsplit_once_str("@") {
            Some((contig, sample)) if !contig.is_empty() && !sample.is_empty() => {
                (contig, Some(sample.into()))
            }
            _ => (rest, None),
        };
        RegionText {
            contig: contig.into(),
            sample,
            range,
        }
    }
}

impl fmt::Display for RegionText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.contig)?;
        if let Some(sample) = &self.sample {
            write!(f, "@{sample}")?;
        }
        if let Some(TextRange { from, to }) = self.range {
            write!(f, ":{from}-{to}")?;
        }
        Ok(())
    }
}

impl TextRange {
    fn parse(text: &[u8]) -> Option<TextRange> {
        let number = |bytes: &[u8]| -> Option<i64> {
            if bytes.starts_with(b"+") {
                None
            } else {
                bytes.to_str().ok()?.parse().ok()
            }
        };
        // Split at the last `-` that leaves a number on both sides: `5--1` is 5 to the end.
        text.rfind_iter("-").find_map(|at| {
            let from = number(text.get(..at)?)?;
            let to = number(text.get(at + 1..)?)?;
            Some(TextRange { from, to })
        })
    }

    /// Whether it ends before it starts; AGC then gives the whole contig, with a warning.
    #[must_use]
    pub fn is_backwards(&self) -> bool {
        self.from >= 0 && self.to >= 0 && self.from > self.to
    }

    /// The bases meant, in a contig of `len_bases`: 0-based, half-open, within the contig, maybe empty.
    #[must_use]
    pub fn within(&self, len_bases: u64) -> Range<u64> {
        if self.is_backwards() {
            return 0..len_bases;
        }
        let from = u64::try_from(self.from).unwrap_or(0).min(len_bases);
        let to = u64::try_from(self.to)
            .map_or(len_bases, |to| to.saturating_add(1))
            .min(len_bases);
        from..to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Option<String>, Option<(i64, i64)>) {
        let r = RegionText::parse(text.into());
        assert_eq!(r.to_string(), text);
        (
            r.contig.to_string(),
            r.sample.map(|s| s.to_string()),
            r.range.map(|r| (r.from, r.to)),
        )
    }

    #[test]
    fn text_form_splits_at_the_last_signs_that_fit() {
        let s = |t: &str| t.to_string();
        assert_eq!(read("chr1"), (s("chr1"), None, None));
        assert_eq!(read("chr1@hg38"), (s("chr1"), Some(s("hg38")), None));
        assert_eq!(
            read("chr1@hg38:5-10"),
            (s("chr1"), Some(s("hg38")), Some((5, 10)))
        );
        assert_eq!(read("HLA:A-1:0-0"), (s("HLA:A-1"), None, Some((0, 0))));
        assert_eq!(read("a@b@c"), (s("a@b"), Some(s("c")), None));
        assert_eq!(read("chr1:x-5"), (s("chr1:x-5"), None, None));
        assert_eq!(read("chr1:5"), (s("chr1:5"), None, None));
        assert_eq!(read("chr1:-5-10"), (s("chr1"), None, Some((-5, 10))));
        assert_eq!(read("chr1:5--1"), (s("chr1"), None, Some((5, -1))));
        assert_eq!(read("@x"), (s("@x"), None, None));
        assert_eq!(read(":1-2"), (s(":1-2"), None, None));
        assert_eq!(read(""), (s(""), None, None));
    }

    #[test]
    fn text_ranges_include_both_ends_and_are_cut_to_the_contig() {
        let within = |from, to| TextRange { from, to }.within(100);
        assert_eq!(within(0, 0), 0..1);
        assert_eq!(within(10, 19), 10..20);
        assert_eq!(within(90, 500), 90..100);
        assert_eq!(within(200, 300), 100..100);
        assert_eq!(within(-1, 4), 0..5);
        assert_eq!(within(95, -1), 95..100);
        assert_eq!(within(5, 4), 0..100);
        assert_eq!(within(0, i64::MAX), 0..100);
    }
}

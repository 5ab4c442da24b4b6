//! Regions: ranges of a contig, and the texts that name them.
//!
//! The only place where coordinates change their base. Everything else speaks 0-based and half-open; texts include
//! **both ends** and count from 0, as AGC does, or from 1, as samtools does ([`Counting`]).

use std::ops::Range;

use bstr::{BStr, BString, ByteSlice};

/// Places at which a text is split into contig and sample.
const SPLITS_MAX: usize = 32;

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

/// From which number a text counts the bases of a contig. Both ends of its ranges are included either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// The first base is 0: AGC.
    FromZero,
    /// The first base is 1: samtools, and most people.
    FromOne,
}

impl Counting {
    /// The number of the first base.
    #[must_use]
    pub fn first(self) -> u64 {
        match self {
            Counting::FromZero => 0,
            Counting::FromOne => 1,
        }
    }

    /// `from-to` for a 0-based, half-open range; `None` for an empty one, which has no first base.
    #[must_use]
    pub fn text_of(self, range: &Range<u64>) -> Option<String> {
        let last = range
            .end
            .checked_sub(1)
            .filter(|&last| last >= range.start)?;
        let number = |base: u64| base.saturating_add(self.first());
        Some(format!("{}-{}", number(range.start), number(last)))
    }
}

/// One way to read what a user wrote, nothing looked up yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionText {
    /// A contig's whole name or its first word.
    pub contig: BString,
    /// The sample, when `@sample` was given.
    pub sample: Option<BString>,
    /// The range, when `:from-to` was given.
    pub range: Option<TextRange>,
}

/// A range as written, counted from 0. It may end before it starts, and past the contig's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextRange {
    /// The first base, from 0.
    pub start: u64,
    /// The base after the last one; `None` for the contig's end.
    pub end: Option<u64>,
}

impl RegionText {
    /// Every way to read `text` as `contig`, `contig@sample`, `contig:range` or `contig@sample:range`, the likeliest
    /// first: names may hold `@`, `:` and `-` themselves, and only the archive knows which there are.
    ///
    /// A range is `50-100`, `50-` or `50` (both to the end), or `-100`; its numbers may be `1,000`, `1k`, `1.5M` or `1e6`.
    /// Braces say where a name ends, as in htslib: `{contig}:range`, `{contig}@{sample}:range`. With them there is one
    /// reading.
    #[must_use]
    pub fn readings(text: &BStr, counting: Counting) -> Vec<RegionText> {
        if let Some(quoted) = quoted(text, counting) {
            return vec![quoted];
        }
        let mut readings = Vec::new();
        if let Some((names, range)) = split_range(text, counting) {
            add_readings(names, range, &mut readings);
        }
        add_readings(text, None, &mut readings);
        readings
    }

    /// Every way to read `names` as `contig` or `contig@sample`, with a range that is known.
    #[must_use]
    pub fn with_range(names: &BStr, range: TextRange) -> Vec<RegionText> {
        let mut readings = Vec::new();
        add_readings(names, Some(range), &mut readings);
        readings
    }

    /// The text before the last `:` and the one after it, if that is no range.
    #[must_use]
    pub fn broken_range(text: &BStr, counting: Counting) -> Option<(&BStr, &BStr)> {
        let (names, range) = text.rsplit_once_str(":")?;
        (!names.is_empty() && parse_range(range, counting).is_none())
            .then_some((names.as_bstr(), range.as_bstr()))
    }

    /// The text that can be read in this way only.
    #[must_use]
    pub fn unmistakable(&self, counting: Counting) -> BString {
        let mut text = [b"{", self.contig.as_slice(), b"}"].concat();
        if let Some(sample) = &self.sample {
            text.extend_from_slice(&[b"@{", sample.as_slice(), b"}"].concat());
        }
        if let Some(range) = &self.range {
            let first = counting.first();
            let from = range.start.saturating_add(first);
            let to = range.end.map_or(String::new(), |end| {
                end.saturating_add(first).saturating_sub(1).to_string()
            });
            text.extend_from_slice(format!(":{from}-{to}").as_bytes());
        }
        text.into()
    }
}

/// Adds what `names` may mean: split at each `@`, the last one first, or not at all. Of very many only the last ones, so
/// that the readings of a long text take no more than some copies of it.
fn add_readings(names: &[u8], range: Option<TextRange>, readings: &mut Vec<RegionText>) {
    for at in names.rfind_iter("@").take(SPLITS_MAX) {
        let (contig, sample) = names.split_at_checked(at).unwrap_or_default();
        let sample = sample.get(1..).unwrap_or_default();
        if !contig.is_empty() && !sample.is_empty() {
            readings.push(RegionText {
                contig: contig.into(),
                sample: Some(sample.into()),
                range,
            });
        }
    }
    readings.push(RegionText {
        contig: names.into(),
        sample: None,
        range,
    });
}

/// `{contig}`, `{contig}@sample` and `{contig}@{sample}`, a range after them or not.
fn quoted(text: &[u8], counting: Counting) -> Option<RegionText> {
    let (contig, rest) = braced(text)?;
    let (sample, range) = match rest.strip_prefix(b"@") {
        None => (None, rest),
        Some(sample) => match braced(sample) {
            Some((sample, range)) => (Some(sample), range),
            None => match split_range(sample, counting) {
                Some((sample, range)) => return Some(reading(contig, Some(sample), range)),
                None => (Some(sample), &[][..]),
            },
        },
    };
    let range = match range.strip_prefix(b":") {
        Some(range) => parse_range(range, counting)?,
        None if range.is_empty() => None,
        None => return None,
    };
    Some(reading(contig, sample, range))
}

fn reading(contig: &[u8], sample: Option<&[u8]>, range: Option<TextRange>) -> RegionText {
    RegionText {
        contig: contig.into(),
        sample: sample.map(BString::from),
        range,
    }
}

/// What is in braces at the start of `text`, up to the first one that ends a name, and what comes after.
fn braced(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"{")?;
    text.find_iter("}").find_map(|at| {
        let rest = text.get(at + 1..)?;
        let ends = matches!(rest.first(), None | Some(b'@' | b':'));
        (ends && at > 0).then_some((text.get(..at)?, rest))
    })
}

/// The names before the last `:`, and the range after it, if it is one.
fn split_range(text: &[u8], counting: Counting) -> Option<(&[u8], Option<TextRange>)> {
    let (names, range) = text.rsplit_once_str(":")?;
    if names.is_empty() {
        return None;
    }
    Some((names, parse_range(range, counting)?))
}

/// A range; `Some(None)` for an empty text, which stands for the whole contig.
fn parse_range(text: &[u8], counting: Counting) -> Option<Option<TextRange>> {
    if text.is_empty() {
        return Some(None);
    }
    let base = |text: &[u8]| parse_number(text)?.checked_sub(counting.first());
    let Some((from, to)) = text.split_once_str("-") else {
        let start = base(text)?;
        return Some(Some(TextRange { start, end: None }));
    };
    let (start, to) = match (from, to.split_once_str("-")) {
        // AGC takes a negative start for the first base.
        ([], Some((negative, to))) if counting == Counting::FromZero => {
            parse_number(negative)?;
            (0, to)
        }
        ([], _) => (0, to),
        _ => (base(from)?, to),
    };
    let end = match to {
        [] if from.is_empty() => return None,
        [] => None,
        _ => Some(base(to)?.checked_add(1)?),
    };
    let range = TextRange { start, end };
    // To AGC such a range means the whole contig, to samtools nothing.
    (counting == Counting::FromZero || !range.is_backwards()).then_some(Some(range))
}

/// A whole number: digits, commas between them, a fraction, an exponent, and K, M or G as thousands.
fn parse_number(text: &[u8]) -> Option<u64> {
    let (text, thousands) = match text.split_last()? {
        (b'k' | b'K', text) => (text, 3),
        (b'm' | b'M', text) => (text, 6),
        (b'g' | b'G', text) => (text, 9),
        _ => (text, 0),
    };
    let (text, exponent) = match text.find_byteset("eE") {
        None => (text, 0),
        Some(at) => {
            let digits = text.get(at + 1..)?;
            let digits = digits.strip_prefix(b"+").unwrap_or(digits);
            (text.get(..at)?, parse_digits(digits)?)
        }
    };
    let (whole, fraction) = text.split_once_str(".").unwrap_or((text, &[]));
    let fraction = fraction.trim_end_with(|digit| digit == '0');
    let digits: Vec<u8> = [whole.replace(",", "").as_slice(), fraction].concat();
    let powers = exponent
        .checked_add(thousands)?
        .checked_sub(u64::try_from(fraction.len()).ok()?)?;
    let factor = 10_u64.checked_pow(u32::try_from(powers).ok()?)?;
    let starts_with_digit = whole.first()?.is_ascii_digit();
    parse_digits(&digits)?
        .checked_mul(factor)
        .filter(|&number| starts_with_digit && i64::try_from(number).is_ok())
}

fn parse_digits(text: &[u8]) -> Option<u64> {
    let all_digits = text.iter().all(u8::is_ascii_digit);
    if all_digits {
        text.to_str().ok()?.parse().ok()
    } else {
        None
    }
}

impl TextRange {
    /// Whether it ends before it starts; AGC then gives the whole contig, with a warning.
    #[must_use]
    pub fn is_backwards(&self) -> bool {
        self.end.is_some_and(|end| end <= self.start)
    }

    /// The bases meant, in a contig of `len_bases`: 0-based, half-open, within the contig, maybe empty.
    #[must_use]
    pub fn within(&self, len_bases: u64) -> Range<u64> {
        if self.is_backwards() {
            return 0..len_bases;
        }
        self.start.min(len_bases)..self.end.unwrap_or(len_bases).min(len_bases)
    }
}

#[cfg(test)]
mod tests {
    use super::Counting::{FromOne, FromZero};
    use super::*;

    /// The readings of a text, as `contig|sample|start-end`.
    fn readings(text: &str, counting: Counting) -> Vec<String> {
        RegionText::readings(text.into(), counting)
            .iter()
            .map(|text| {
                let sample = text
                    .sample
                    .as_ref()
                    .map_or(String::new(), ToString::to_string);
                let range = text.range.map_or(String::new(), |range| {
                    let end = range.end.map_or(String::new(), |end| end.to_string());
                    format!("{}-{end}", range.start)
                });
                format!("{}|{sample}|{range}", text.contig)
            })
            .collect()
    }

    #[test]
    fn ranges_are_those_of_htslib_counted_from_1() {
        for (text, range) in [
            ("50", "49-"),
            ("50-100", "49-100"),
            ("50-", "49-"),
            ("-50", "0-50"),
            ("", ""),
            ("1000-1500", "999-1500"),
            ("1,000-1,500", "999-1500"),
            ("1k-1.5K", "999-1500"),
            ("1e3-1.5e3", "999-1500"),
            ("1e3-15e2", "999-1500"),
            ("1E+3-2M", "999-2000000"),
            ("1.50k-3g", "1499-3000000000"),
            ("10-10", "9-10"),
        ] {
            let first = readings(&format!("chr1:{text}"), FromOne).remove(0);
            assert_eq!(first, format!("chr1||{range}"), "{text}");
        }
        for text in [
            "10-9",
            "x",
            "1-y",
            "0",
            "0-5",
            "-0",
            "-",
            "--5",
            "-5-9",
            "5--1",
            "1 -2",
            " 1",
            "+1",
            "1.5",
            "k",
            ",5",
            "1ke3",
            "e3",
            "1e",
            "1e99",
            "1e-3",
            "9223372036854775808",
            "1-2x",
            "1-2-3",
            "1..5k",
            "1,chr3",
            "\u{664}",
        ] {
            let text = format!("chr1:{text}");
            assert_eq!(readings(&text, FromOne), [format!("{text}||")]);
            let broken = RegionText::broken_range(text.as_str().into(), FromOne);
            assert_eq!(
                broken.map(|(names, _)| names),
                Some("chr1".into()),
                "{text}"
            );
        }
        assert_eq!(RegionText::broken_range("chr1:5".into(), FromOne), None);
        assert_eq!(RegionText::broken_range("chr1".into(), FromOne), None);
    }

    #[test]
    fn ranges_are_those_of_agc_counted_from_0() {
        for (text, range) in [
            ("0-0", "0-1"),
            ("5-10", "5-11"),
            ("-5-10", "0-11"),
            ("10-5", "10-6"),
            ("-5", "0-6"),
            ("0", "0-"),
            ("1k-2k", "1000-2001"),
        ] {
            let first = readings(&format!("chr1:{text}"), FromZero).remove(0);
            assert_eq!(first, format!("chr1||{range}"), "{text}");
        }
        for text in ["chr1:x-5", "chr1:5--1", "chr1:-x-5", "chr1:-"] {
            assert_eq!(readings(text, FromZero), [format!("{text}||")]);
        }
    }

    #[test]
    fn names_may_hold_the_signs_of_regions() {
        for (text, expected) in [
            ("chr1", &["chr1||"][..]),
            ("chr1@hg38", &["chr1|hg38|", "chr1@hg38||"]),
            ("HLA:A-1:0-0", &["HLA:A-1||0-1", "HLA:A-1:0-0||"]),
            ("@x", &["@x||"]),
            (":1-2", &[":1-2||"]),
            ("", &["||"]),
            (
                "a@b@c:1-5",
                &[
                    "a@b|c|1-6",
                    "a|b@c|1-6",
                    "a@b@c||1-6",
                    "a@b|c:1-5|",
                    "a|b@c:1-5|",
                    "a@b@c:1-5||",
                ],
            ),
        ] {
            assert_eq!(readings(text, FromZero), expected, "{text}");
        }
    }

    #[test]
    fn long_texts_have_few_readings() {
        let text = "@".repeat(100_000) + ":1-5";
        let found = RegionText::readings(text.as_str().into(), FromOne);
        assert!(found.len() <= 2 * (SPLITS_MAX + 1), "{}", found.len());
    }

    #[test]
    fn braces_leave_one_reading() {
        for (text, expected) in [
            ("{chr1}", "chr1||"),
            ("{chr1}:100-200", "chr1||99-200"),
            ("{chr1:100-200}", "chr1:100-200||"),
            ("{chr1:100-200}:100-200", "chr1:100-200||99-200"),
            ("{a@b}@c", "a@b|c|"),
            ("{a}@b@c:5", "a|b@c|4-"),
            ("{a}@{b:1-2}:5-6", "a|b:1-2|4-6"),
            ("{a}@{b:1-2}", "a|b:1-2|"),
            ("{{a}}:7-", "{a}||6-"),
            ("{chr1", "{chr1||"),
            ("{chr1}x", "{chr1}x||"),
            ("{}", "{}||"),
            ("{a}:x", "{a}:x||"),
        ] {
            assert_eq!(readings(text, FromOne), [expected], "{text}");
        }
        for counting in [FromZero, FromOne] {
            for text in ["a@b@c:1-5", "x:3-4", "x@y", "x:9"] {
                for reading in RegionText::readings(text.into(), counting) {
                    let again = reading.unmistakable(counting);
                    assert_eq!(
                        RegionText::readings(again.as_ref(), counting),
                        [reading],
                        "{again}"
                    );
                }
            }
        }
    }

    #[test]
    fn ranges_are_cut_to_the_contig() {
        let within = |start, end| TextRange { start, end }.within(100);
        assert_eq!(within(0, Some(1)), 0..1);
        assert_eq!(within(10, Some(20)), 10..20);
        assert_eq!(within(90, Some(501)), 90..100);
        assert_eq!(within(200, Some(301)), 100..100);
        assert_eq!(within(95, None), 95..100);
        assert_eq!(within(5, Some(5)), 0..100);
    }

    #[test]
    fn ranges_are_written_as_they_are_counted() {
        assert_eq!(FromZero.text_of(&(0..10)).as_deref(), Some("0-9"));
        assert_eq!(FromOne.text_of(&(0..10)).as_deref(), Some("1-10"));
        assert_eq!(FromOne.text_of(&(5..5)), None);
        assert_eq!(FromZero.text_of(&(0..0)), None);
    }
}

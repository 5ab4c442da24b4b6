//! Rows of lists: columns with tabs between them, or JSON Lines. docs/JSON.md says what the fields are.

use std::borrow::Cow;
use std::fmt::Write as _;

use bstr::{BStr, ByteSlice};
use serde::Serialize;

use super::tables::Cost;
use crate::cli::Form;

/// Version of all that is written as JSON: it grows when a field goes or means something else, not when one is added.
pub(super) const SCHEMA: u32 = 1;

/// How a list is written, if not as `agc` writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Columns,
    Json,
}

impl Layout {
    /// The layout asked for; JSON has all fields anyway, so `--long` adds nothing to it.
    pub(super) fn of(form: &Form) -> Option<Self> {
        match (form.json, form.long) {
            (true, _) => Some(Self::Json),
            (false, true) => Some(Self::Columns),
            (false, false) => None,
        }
    }

    /// What comes before the rows of `listset`.
    pub(super) fn samples_header(self) -> &'static str {
        match self {
            Self::Columns => {
                "#sample\tcontigs\tbases\tsegments\tcompressed_bytes\tnew_bases\tnew_share\n"
            }
            Self::Json => "",
        }
    }

    /// What comes before the rows of `listctg`.
    pub(super) fn contigs_header(self) -> &'static str {
        match self {
            Self::Columns => {
                "#sample\tcontig\tbases\tsegments\tcompressed_bytes\tnew_bases\tnew_share\n"
            }
            Self::Json => "",
        }
    }

    /// Appends the row of sample `index`, whose contigs take `costs`.
    pub(super) fn append_sample(
        self,
        sample: &BStr,
        index: usize,
        costs: &[Cost],
        out: &mut Vec<u8>,
    ) {
        let contigs = costs.len();
        let mut cost = Cost::default();
        costs.iter().for_each(|&contig| cost.add(contig));
        match self {
            Self::Columns => {
                append_escaped(sample, out);
                out.extend_from_slice(format!("\t{contigs}").as_bytes());
                append_cost(cost, out);
            }
            Self::Json => append_json(
                &SampleRow {
                    schema: SCHEMA,
                    sample: sample.to_str_lossy(),
                    sample_hex: hex_unless_text(sample),
                    index,
                    contigs,
                    bases: cost.bases,
                    segments: cost.segments,
                    compressed_bytes: hundredths(cost.compressed_bytes),
                    new_bases: cost.new_bases,
                    new_share: new_share(cost),
                },
                out,
            ),
        }
    }

    /// Appends the row of contig `index` of a sample, which takes `cost`.
    pub(super) fn append_contig(
        self,
        sample: &BStr,
        contig: &BStr,
        index: usize,
        cost: Cost,
        out: &mut Vec<u8>,
    ) {
        match self {
            Self::Columns => {
                append_escaped(sample, out);
                out.push(b'\t');
                append_escaped(contig, out);
                append_cost(cost, out);
            }
            Self::Json => append_json(
                &ContigRow {
                    schema: SCHEMA,
                    sample: sample.to_str_lossy(),
                    sample_hex: hex_unless_text(sample),
                    contig: contig.to_str_lossy(),
                    contig_hex: hex_unless_text(contig),
                    index,
                    bases: cost.bases,
                    segments: cost.segments,
                    compressed_bytes: hundredths(cost.compressed_bytes),
                    new_bases: cost.new_bases,
                    new_share: new_share(cost),
                },
                out,
            ),
        }
    }
}

#[derive(Serialize)]
struct SampleRow<'a> {
    schema: u32,
    sample: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_hex: Option<String>,
    index: usize,
    contigs: usize,
    bases: u64,
    segments: u64,
    compressed_bytes: f64,
    new_bases: u64,
    new_share: f64,
}

#[derive(Serialize)]
struct ContigRow<'a> {
    schema: u32,
    sample: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_hex: Option<String>,
    contig: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contig_hex: Option<String>,
    index: usize,
    bases: u64,
    segments: u64,
    compressed_bytes: f64,
    new_bases: u64,
    new_share: f64,
}

/// Appends `value` as a line of JSON.
pub(super) fn append_json(value: &impl Serialize, out: &mut Vec<u8>) {
    serde_json::to_writer(&mut *out, value).expect("maps with text keys, into memory");
    out.push(b'\n');
}

/// All bytes of a name that is no UTF-8, in hexadecimal: as text it has U+FFFD for what cannot be said.
pub(super) fn hex_unless_text(name: &BStr) -> Option<String> {
    name.to_str().is_err().then(|| {
        name.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    })
}

/// Appends a name as one column of one line: bytes that would end either, and the backslash, are escaped.
fn append_escaped(name: &BStr, out: &mut Vec<u8>) {
    for &byte in name.iter() {
        match byte {
            b'\t' => out.extend_from_slice(br"\t"),
            b'\n' => out.extend_from_slice(br"\n"),
            b'\r' => out.extend_from_slice(br"\r"),
            b'\\' => out.extend_from_slice(br"\\"),
            byte => out.push(byte),
        }
    }
}

/// Appends the columns behind the names.
fn append_cost(cost: Cost, out: &mut Vec<u8>) {
    let Cost {
        bases,
        segments,
        compressed_bytes,
        new_bases,
    } = cost;
    let share = new_share(cost);
    let text = format!("\t{bases}\t{segments}\t{compressed_bytes:.2}\t{new_bases}\t{share:.4}\n");
    out.extend_from_slice(text.as_bytes());
}

/// The part of the bases that is new, 0 to 1, in steps of 0.0001.
fn new_share(cost: Cost) -> f64 {
    let share = cost.new_bases as f64 / cost.bases.max(1) as f64;
    (share * 1e4).round() / 1e4
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: Cost = Cost {
        bases: 3000,
        segments: 2,
        compressed_bytes: 41.0 / 3.0,
        new_bases: 1000,
    };

    fn contig(layout: Layout, name: &[u8]) -> String {
        let mut out = Vec::new();
        layout.append_contig("s".into(), name.into(), 4, COST, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn names_stay_within_their_column_and_line() {
        let row = contig(Layout::Columns, b"a\tb\\c\nd\r e");
        assert_eq!(
            row,
            "s\ta\\tb\\\\c\\nd\\r e\t3000\t2\t13.67\t1000\t0.3333\n"
        );
    }

    #[test]
    fn names_that_are_no_text_are_in_hexadecimal_too() {
        let row = |names: &str| {
            format!(
                "{{\"schema\":1,\"sample\":\"s\",{names},\"index\":4,\"bases\":3000,\"segments\":2,\
                 \"compressed_bytes\":13.67,\"new_bases\":1000,\"new_share\":0.3333}}\n"
            )
        };
        assert_eq!(
            contig(Layout::Json, b"a\t\"b\""),
            row(r#""contig":"a\t\"b\"""#)
        );
        assert_eq!(
            contig(Layout::Json, b"a\xFFb"),
            row("\"contig\":\"a\u{fffd}b\",\"contig_hex\":\"61ff62\"")
        );
    }

    #[test]
    fn a_sample_is_the_sum_of_its_contigs() {
        let mut out = Vec::new();
        Layout::Columns.append_sample("s".into(), 0, &[COST, COST], &mut out);
        assert_eq!(out.as_bstr(), "s\t2\t6000\t4\t27.33\t2000\t0.3333\n");
        out.clear();
        Layout::Columns.append_sample("empty".into(), 1, &[], &mut out);
        assert_eq!(out.as_bstr(), "empty\t0\t0\t0\t0.00\t0\t0.0000\n");
    }
}

//! Regions as users give them: on the command line, one a line in a file, or in a BED file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use bstr::io::BufReadExt;
use bstr::{BStr, BString, ByteSlice};
use ragc_read::TextRange;

use super::{Failure, bytes_of, names, note};

/// Of a line that is no feature, in a message.
const SHOWN_BYTES: usize = 60;

/// A region that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// `contig@sample:from-to` or less, as it was written.
    Text(BString),
    /// A line of a BED file.
    Bed(Feature),
}

/// A line of a BED file, as far as it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Feature {
    /// The contig, maybe with its sample.
    pub(super) contig: BString,
    pub(super) range: TextRange,
    /// The fourth column.
    pub(super) name: BString,
    /// Of the file, counted from 1.
    pub(super) line: u64,
}

/// Gives all regions to `each`: those of the command line, of the file of regions and of the BED file, in this order.
///
/// # Errors
/// Those of `each`, and of files that cannot be read or hold something else.
pub(super) fn for_each(
    arguments: &[OsString],
    region_file: Option<&Path>,
    bed: Option<&Path>,
    mut each: impl FnMut(Asked) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if region_file == Some(Path::new("-")) && bed == region_file {
        let why = "standard input cannot be both -r and -b";
        return Err(Failure::Usage(why.into()));
    }
    for argument in arguments {
        each(Asked::Text(bytes_of(argument)))?;
    }
    if let Some(path) = region_file {
        for line in names::read_lines(path)? {
            each(Asked::Text(line))?;
        }
    }
    if let Some(path) = bed {
        for_each_feature(path, |feature| each(Asked::Bed(feature)))?;
    }
    Ok(())
}

fn for_each_feature(
    path: &Path,
    mut each: impl FnMut(Feature) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let failure = |source| Failure::File {
        path: PathBuf::from(path),
        source,
    };
    let input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path).map_err(failure)?))
    };
    let mut empty = 0u64;
    for (line, number) in input.byte_lines().zip(1..) {
        let line = line.map_err(failure)?;
        let wrong = |why: &str| {
            let shown = BStr::new(&line[..line.len().min(SHOWN_BYTES)]);
            let path = path.display();
            Failure::Other(format!("{path}, line {number}: {why}: {shown:?}"))
        };
        match feature(&line, number) {
            Line::Feature(feature) if feature.range.end == Some(feature.range.start) => empty += 1,
            Line::Feature(feature) if feature.range.is_backwards() => {
                return Err(wrong("a feature that ends before it starts"));
            }
            Line::Feature(feature) => each(feature)?,
            Line::Other => {}
            Line::Broken => {
                return Err(wrong("expected a contig, a start and an end"));
            }
        }
    }
    if empty > 0 {
        note(&format!(
            "{}: {empty} features without bases were left out",
            path.display()
        ));
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
enum Line {
    Feature(Feature),
    /// A comment, or for a genome browser.
    Other,
    Broken,
}

/// Columns are separated by tabs, or by blanks where there are no tabs.
fn feature(line: &[u8], number: u64) -> Line {
    let line = line.trim_end_with(|c| c == '\r');
    let first_word = line.fields().next().unwrap_or_default();
    if first_word.is_empty()
        || first_word.starts_with(b"#")
        || matches!(first_word, b"track" | b"browser")
    {
        return Line::Other;
    }
    let columns: Vec<&[u8]> = if line.contains(&b'\t') {
        line.splitn_str(5, "\t").collect()
    } else {
        line.fields().collect()
    };
    let position = |column: Option<&&[u8]>| {
        let digits = column?.trim().to_str().ok()?;
        let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| is_number)
    };
    match (position(columns.get(1)), position(columns.get(2))) {
        (Some(start), Some(end)) => Line::Feature(Feature {
            contig: columns[0].into(),
            range: TextRange {
                start,
                end: Some(end),
            },
            name: columns.get(3).copied().unwrap_or_default().into(),
            line: number,
        }),
        _ => Line::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_bed_files_are_told_apart() {
        let found = |contig: &str, start, end, name: &str| {
            Line::Feature(Feature {
                contig: contig.into(),
                range: TextRange {
                    start,
                    end: Some(end),
                },
                name: name.into(),
                line: 7,
            })
        };
        for (line, expected) in [
            ("chr1\t0\t10", found("chr1", 0, 10, "")),
            (
                "chr1\t5\t10\tmy gene\t0\t-\r",
                found("chr1", 5, 10, "my gene"),
            ),
            ("chr1  5 10 gene 0 +", found("chr1", 5, 10, "gene")),
            ("a b\t5\t10\tx", found("a b", 5, 10, "x")),
            ("", Line::Other),
            ("  ", Line::Other),
            ("# chr1\t0\t1", Line::Other),
            ("#chr1\t0\t1", Line::Other),
            ("track name=x", Line::Other),
            ("browser position chr1:1-2", Line::Other),
            ("tracks\t1\t2", found("tracks", 1, 2, "")),
            ("chr1", Line::Broken),
            ("chr1\t1", Line::Broken),
            ("chr1\t-1\t5", Line::Broken),
            ("chr1\t+1\t5", Line::Broken),
            ("chr1\t1\tx", Line::Broken),
            ("chr1:1-5", Line::Broken),
            ("chr1\t\t5", Line::Broken),
        ] {
            assert_eq!(feature(line.as_bytes(), 7), expected, "{line}");
        }
    }
}

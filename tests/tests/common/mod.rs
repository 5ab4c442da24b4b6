//! What the tests of the reader share: archives with known answers, and sources that supply bytes in various ways.
#![allow(dead_code, reason = "every test file uses some of it")]

pub mod craft;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString};
use ragc_read::{Error, INDEX_AT, IndexAt, Limits, Reader, Region, Step};
use sha2::{Digest, Sha256};

/// How the bytes that a reader needs are given to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// The whole file before the first question.
    AllAtOnce,
    /// Just what is needed.
    Exact,
    /// One byte of what is needed, then the question again.
    OneByte,
}

/// A reader and the file it reads, in memory.
#[derive(Clone)]
pub struct Source<'a> {
    pub reader: Reader,
    file: &'a [u8],
    /// An index beside it.
    index: &'a [u8],
    supply: Supply,
    /// What was asked for, round by round.
    pub rounds: Vec<Vec<Range<u64>>>,
}

impl<'a> Source<'a> {
    pub fn new(file: &'a [u8], supply: Supply, limits: Limits) -> Result<Source<'a>, Error> {
        let mut reader = Reader::new(file.len() as u64, limits)?;
        if supply == Supply::AllAtOnce {
            reader.supply(0, file)?;
        }
        Ok(Source {
            reader,
            file,
            index: &[],
            supply,
            rounds: Vec::new(),
        })
    }

    /// A source that reads by the index in the file, or by one beside it.
    pub fn indexed(
        file: &'a [u8],
        index: Option<&'a [u8]>,
        limits: Limits,
    ) -> Result<Source<'a>, Error> {
        let at = index.map_or(IndexAt::Embedded, |index| IndexAt::Beside {
            len_bytes: index.len() as u64,
        });
        Ok(Source {
            reader: Reader::with_index(file.len() as u64, at, limits)?,
            file,
            index: index.unwrap_or_default(),
            supply: Supply::Exact,
            rounds: Vec::new(),
        })
    }

    pub fn ask<T>(
        &mut self,
        mut question: impl FnMut(&mut Reader) -> Result<Step<T>, Error>,
    ) -> Result<T, Error> {
        loop {
            let ranges = match question(&mut self.reader)? {
                Step::Done(answer) => return Ok(answer),
                Step::Need(ranges) => ranges,
            };
            let of_index = ranges.partition_point(|range| range.start < INDEX_AT);
            check_need(&ranges[..of_index], 0, self.file.len() as u64);
            check_need(&ranges[of_index..], INDEX_AT, self.index.len() as u64);
            assert!(
                !ranges.is_empty(),
                "a reader that needs nothing has an answer"
            );
            for range in &ranges {
                let mut range = range.clone();
                if self.supply == Supply::OneByte {
                    range.end = range.start + 1;
                }
                let (bytes, at) = match range.start.checked_sub(INDEX_AT) {
                    Some(at) => (self.index, at),
                    None => (self.file, range.start),
                };
                let len = range.end - range.start;
                let bytes = &bytes[at as usize..(at + len) as usize];
                self.reader.supply(range.start, bytes)?;
                if self.supply == Supply::OneByte {
                    break;
                }
            }
            if self.supply != Supply::OneByte {
                self.rounds.push(ranges);
            }
        }
    }

    /// A whole contig, in windows.
    pub fn contig(&mut self, sample: &BStr, contig: usize, window: u64) -> Result<Vec<u8>, Error> {
        let len = self
            .ask(|r| r.contigs(sample))?
            .get(contig)
            .expect("a contig of the list")
            .len_bases;
        let mut bases = Vec::new();
        for start in (0..len).step_by(window as usize) {
            let range = start..len.min(start + window);
            let region = Region {
                sample: sample.into(),
                contig,
                range,
            };
            bases.extend(self.ask(|r| r.bases(&region))?);
        }
        Ok(bases)
    }
}

/// What a reader may ask for: in order, without overlaps, within the file that begins at `start`.
fn check_need(ranges: &[Range<u64>], start: u64, file_len: u64) {
    assert!(
        ranges
            .iter()
            .all(|r| r.start < r.end && r.end <= start + file_len),
        "{ranges:?}"
    );
    assert!(
        ranges.windows(2).all(|pair| pair[0].end < pair[1].start),
        "{ranges:?}"
    );
}

/// A FASTA record as AGC prints it: the whole name, lines of 80 letters.
pub fn write_fasta(name: &BStr, bases: &[u8], out: &mut Vec<u8>) {
    out.push(b'>');
    out.extend_from_slice(name);
    out.push(b'\n');
    for line in bases.chunks(80) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A sample of a golden archive, as the manifest describes it.
#[derive(Debug, Clone)]
pub struct Row {
    pub sample: BString,
    pub contigs: usize,
    pub fasta_bytes: usize,
    pub sha256: String,
}

/// The rows of a `manifest.tsv` by archive, in the order of names.
pub fn manifest(directory: &Path) -> BTreeMap<String, Vec<Row>> {
    let text = std::fs::read_to_string(directory.join("manifest.tsv"))
        .expect("a manifest beside the archives");
    let mut archives: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let [archive, _, _, sample, contigs, fasta_bytes, sha256, ..] =
            *line.split('\t').collect::<Vec<_>>()
        else {
            panic!("a row of the manifest: {line}");
        };
        archives.entry(archive.into()).or_default().push(Row {
            sample: sample.into(),
            contigs: contigs.parse().expect("a number"),
            fasta_bytes: fasta_bytes.parse().expect("a number"),
            sha256: sha256.into(),
        });
    }
    archives
}

/// Archives that are part of this project.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// The golden archives beside the project. Says so when they are not there.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub fn golden() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/golden");
    if path.is_dir() {
        return Some(path);
    }
    println!("SKIPPED: the golden archives, as ../shared/golden is not there");
    None
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound.max(1)
    }
}

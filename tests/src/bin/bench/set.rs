//! A collection of genomes: its files, and what is in them.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Error, ErrorKind, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use ragc_tests::genome::{self, RecordDigest};

/// Genomes, the reference first.
#[derive(Clone)]
pub(crate) struct Set {
    /// As tables and `--only` have it.
    pub(crate) name: String,
    pub(crate) files: Files,
    pub(crate) samples: Vec<Sample>,
}

#[derive(Clone)]
pub(crate) enum Files {
    /// One of each sample.
    OneEach(Vec<PathBuf>),
    /// One of all samples, a record each, for `-c`.
    Concatenated(PathBuf),
}

#[derive(Clone)]
pub(crate) struct Sample {
    /// As both tools name it.
    pub(crate) name: String,
    pub(crate) records: Vec<RecordDigest>,
}

/// Collections larger than this take minutes and are measured once.
const LARGE_BASES: u64 = 200_000_000;

impl Set {
    /// Every file of `folder` whose name says FASTA, by name, but the sample `reference` first.
    pub(crate) fn of_folder(
        name: &str,
        folder: &Path,
        reference: Option<&str>,
    ) -> io::Result<Self> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| about(folder, &error))? {
            let path = entry?.path();
            found.extend(sample_name(&path).map(|sample| (sample, path)));
        }
        if found.is_empty() {
            let why = format!("{name}: no .fa or .fa.gz files");
            return Err(Error::new(ErrorKind::NotFound, why));
        }
        found.sort_by_key(|(sample, path)| (Some(sample.as_str()) != reference, path.clone()));
        let mut samples = Vec::new();
        for (sample, path) in &found {
            samples.push(Sample {
                name: sample.clone(),
                records: genome::digests(path).map_err(|error| about(path, &error))?,
            });
        }
        Ok(Self {
            name: name.to_owned(),
            files: Files::OneEach(found.into_iter().map(|(_, path)| path).collect()),
            samples,
        })
    }

    /// Every record of a file as a sample.
    pub(crate) fn of_file(name: &str, file: PathBuf) -> io::Result<Self> {
        let records = genome::digests(&file).map_err(|error| about(&file, &error))?;
        let samples = records.into_iter().map(|record| Sample {
            name: first_word(&record),
            records: vec![record],
        });
        Ok(Self {
            name: name.to_owned(),
            samples: samples.collect(),
            files: Files::Concatenated(file),
        })
    }

    /// Some of the samples. Of a concatenated file they are written into one of their own, in `scratch`; a single one into
    /// a file with its name, which both tools take without `-c`.
    pub(crate) fn subset(&self, range: Range<usize>, scratch: &Path) -> io::Result<Self> {
        let files = match &self.files {
            Files::OneEach(paths) => Files::OneEach(paths[range.clone()].to_vec()),
            Files::Concatenated(path) if range.len() == 1 => {
                let part = scratch.join(format!("{}.fa", self.samples[range.start].name));
                copy_records(path, &range, &part)?;
                Files::OneEach(vec![part])
            }
            Files::Concatenated(path) => {
                let part = scratch.join(format!("samples-{}-{}.fa", range.start, range.end));
                copy_records(path, &range, &part)?;
                Files::Concatenated(part)
            }
        };
        Ok(Self {
            name: self.name.clone(),
            files,
            samples: self.samples[range].to_vec(),
        })
    }

    pub(crate) fn bases(&self) -> u64 {
        self.records().map(|record| record.bases).sum()
    }

    /// How often something is measured that is to be measured `wanted` times.
    pub(crate) fn runs(&self, wanted: usize) -> usize {
        if self.bases() > LARGE_BASES {
            1
        } else {
            wanted
        }
    }

    /// Of all samples, in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = &RecordDigest> {
        self.samples.iter().flat_map(|sample| &sample.records)
    }

    /// Numbers of `count` samples spread over the collection.
    pub(crate) fn spread(&self, count: usize) -> impl Iterator<Item = usize> {
        let len = self.samples.len();
        let count = count.min(len);
        (0..count).map(move |i| (i * len + len / 2) / count)
    }

    /// Letters of a record of a sample.
    pub(crate) fn letters(
        &self,
        sample: usize,
        record: usize,
        range: Range<u64>,
    ) -> io::Result<Vec<u8>> {
        match &self.files {
            Files::OneEach(paths) => genome::slice(&paths[sample], record, range),
            Files::Concatenated(path) => genome::slice(path, sample, range),
        }
    }
}

/// A header up to its first blank.
pub(crate) fn first_word(record: &RecordDigest) -> String {
    let word = record.name.fields().next().unwrap_or_default();
    word.to_str_lossy().into_owned()
}

/// Copies the records whose numbers are in `range`, as they are.
fn copy_records(from: &Path, range: &Range<usize>, to: &Path) -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 20, File::open(from)?);
    let mut output = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let (mut begun, mut line) = (0, Vec::new());
    while input.read_until(b'\n', &mut line)? > 0 {
        begun += usize::from(line[0] == b'>');
        if begun > range.end {
            break;
        }
        if begun > range.start {
            output.write_all(&line)?;
        }
        line.clear();
    }
    output.flush()
}

/// The file's name without `.fa`, `.fasta`, `.fna` and `.gz`; `None` for files of other kinds.
fn sample_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".gz").unwrap_or(name);
    [".fa", ".fasta", ".fna"]
        .iter()
        .find_map(|end| stem.strip_suffix(end))
        .map(String::from)
}

fn about(path: &Path, error: &Error) -> Error {
    let name = path.file_name().unwrap_or(path.as_os_str());
    Error::new(error.kind(), format!("{}: {error}", name.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Files, Set};

    #[test]
    fn a_subset_of_a_concatenated_file_is_a_file_of_its_records() {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let file = folder.path().join("all.fa");
        fs::write(&file, ">a x\nAC\nGT\n>b\nA\n>c\nC\n>d\nG").expect("it takes files");
        let set = Set::of_file("letters", file).expect("it was written");
        for range in [0..1, 1..3, 3..4, 0..4] {
            let part = set.subset(range.clone(), folder.path()).expect("a subset");
            let path = match &part.files {
                Files::Concatenated(path) => path,
                Files::OneEach(paths) => &paths[0],
            };
            let again = Set::of_file("letters", path.clone()).expect("it was written");
            assert!(again.records().eq(part.records()), "{range:?}");
            assert_eq!(part.samples.len(), range.len());
        }
        assert_eq!(set.samples[0].name, "a");
    }
}

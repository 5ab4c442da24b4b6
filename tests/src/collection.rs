//! Genomes as files in a temporary folder, compressed and read back.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice as _};
use ragc_read::{Archive, Region};
use ragc_write::append::{AppendOptions, append};
use ragc_write::create::{CreateOptions, Progress, SampleInput, Summary, create};
use tempfile::TempDir;

use crate::genome::{self, Record};
use crate::simulate::{Options, Simulation};

/// A sample's name and its records.
pub type Sample = (BString, Vec<Record>);

/// FASTA files that go when this goes.
pub struct Collection {
    folder: TempDir,
    inputs: Vec<SampleInput>,
}

impl Collection {
    /// Files of the given names (`a.fa` is sample `a`) and contents.
    pub fn of(files: &[(&str, &[u8])]) -> Self {
        let mut collection = Self {
            folder: folder(),
            inputs: Vec::new(),
        };
        for (name, text) in files {
            collection.add(name, text);
        }
        collection
    }

    /// Simulated genomes.
    pub fn simulated(options: &Options) -> Self {
        let mut collection = Self {
            folder: folder(),
            inputs: Vec::new(),
        };
        let simulation = Simulation::new(options.clone());
        for sample in 0..options.samples {
            let mut text = Vec::new();
            simulation
                .write_sample(sample, &mut text)
                .expect("memory takes all");
            collection.add(&format!("{}.fa", simulation.sample_name(sample)), &text);
        }
        collection
    }

    /// The FASTA files of a folder, by name.
    pub fn read(source: &Path) -> Self {
        let mut inputs: Vec<SampleInput> = fs::read_dir(source)
            .expect("the folder is there")
            .map(|entry| entry.expect("the folder can be read").path())
            .filter_map(|path| {
                Some(SampleInput {
                    name: sample_name(&path)?,
                    path,
                })
            })
            .collect();
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            folder: folder(),
            inputs,
        }
    }

    /// Adds a file.
    pub fn add(&mut self, file: &str, text: &[u8]) {
        let path = self.folder.path().join(file);
        fs::write(&path, text).expect("the temporary folder takes files");
        let name = sample_name(&path).unwrap_or_else(|| panic!("{file} is not called like FASTA"));
        self.inputs.push(SampleInput { name, path });
    }

    /// A path in the temporary folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// What is given to `create`.
    pub fn inputs(&self) -> &[SampleInput] {
        &self.inputs
    }

    /// The archive of all files.
    pub fn archive(&self, options: &CreateOptions) -> (Vec<u8>, Summary) {
        let mut bytes = Vec::new();
        let summary = create(&self.inputs, options, &mut bytes, &Progress::default())
            .unwrap_or_else(|error| panic!("create with {options:?}: {error}"));
        assert_eq!(summary.archive_bytes, bytes.len() as u64);
        (bytes, summary)
    }

    /// An archive continued with some of the files.
    pub fn appended(&self, archive: &[u8], files: Range<usize>, threads: usize) -> Vec<u8> {
        let path = self.path("to-append-to.agc");
        fs::write(&path, archive).expect("the temporary folder takes files");
        let archive = Archive::open(&path).expect("our archive opens");
        let (mut bytes, progress) = (Vec::new(), Progress::default());
        let files = &self.inputs[files];
        let options = AppendOptions {
            threads,
            ..AppendOptions::default()
        };
        let summary = append(&archive, files, options, &mut bytes, &progress)
            .unwrap_or_else(|error| panic!("append: {error}"));
        assert_eq!(summary.archive_bytes, bytes.len() as u64);
        assert_eq!(summary.samples, files.len() as u64);
        bytes
    }

    /// The archive of the first `count` files.
    pub fn archive_of(&self, count: usize, options: &CreateOptions) -> Vec<u8> {
        let mut bytes = Vec::new();
        create(
            &self.inputs[..count],
            options,
            &mut bytes,
            &Progress::default(),
        )
        .unwrap_or_else(|error| panic!("create with {options:?}: {error}"));
        bytes
    }

    /// What every archive of these files must give back.
    pub fn samples(&self) -> Vec<Sample> {
        let read =
            |input: &SampleInput| genome::records(&input.path).expect("our own files can be read");
        self.inputs
            .iter()
            .map(|input| (input.name.clone(), read(input)))
            .collect()
    }
}

/// Every sample of an archive with every contig, whole.
pub fn read_back(archive: &Path) -> Vec<Sample> {
    let archive = Archive::open(archive).expect("our archive opens");
    let names = archive.samples().expect("our archive has samples");
    names
        .iter()
        .map(|name| (name.to_owned(), read_sample(&archive, name)))
        .collect()
}

fn read_sample(archive: &Archive, sample: &BStr) -> Vec<Record> {
    let contigs = archive
        .contigs(sample)
        .unwrap_or_else(|error| panic!("contigs of {sample}: {error}"));
    (contigs.iter().enumerate())
        .map(|(index, contig)| {
            let region = Region {
                sample: sample.to_owned(),
                contig: index,
                range: 0..contig.len_bases,
            };
            let bases = archive
                .bases(&region)
                .unwrap_or_else(|error| panic!("{sample} {}: {error}", contig.name));
            assert_eq!(
                bases.len() as u64,
                contig.len_bases,
                "{sample} {}",
                contig.name
            );
            (contig.name.to_owned(), bases)
        })
        .collect()
}

/// Panics where two collections differ, and says where they do first.
pub fn assert_same(found: &[Sample], want: &[Sample], what: &str) {
    let names = |samples: &[Sample]| {
        samples
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(found), names(want), "{what}: samples");
    for ((sample, found), (_, want)) in found.iter().zip(want) {
        assert_same_records(found, want, &format!("{what}, sample {sample}"));
    }
}

/// Panics where two genomes differ, and says where they do first.
pub fn assert_same_records(found: &[Record], want: &[Record], what: &str) {
    for (index, ((found_name, found), (name, want))) in found.iter().zip(want).enumerate() {
        assert_eq!(found_name, name, "{what}: name of contig {index}");
        if found != want {
            let at = found.iter().zip(want).take_while(|(a, b)| a == b).count();
            let near = |bases: &[u8]| {
                bases[at.min(bases.len())..bases.len().min(at + 40)]
                    .as_bstr()
                    .to_string()
            };
            panic!(
                "{what}: contig {index} {name:?} differs from base {at}: {} of {} bases, {:?} of {} expected",
                near(found),
                found.len(),
                near(want),
                want.len()
            );
        }
    }
    assert_eq!(found.len(), want.len(), "{what}: number of contigs");
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("there is a temporary folder")
}

fn sample_name(path: &Path) -> Option<BString> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(".gz").unwrap_or(name);
    let ends = [".fa", ".fasta", ".fna"];
    ends.iter()
        .find_map(|end| stem.strip_suffix(end))
        .map(BString::from)
}

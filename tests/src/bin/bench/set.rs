//! The genomes that are measured.

use std::fs;
use std::io::{self, Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ragc_tests::genome::{self, Digest};

/// A folder of genomes, the reference first.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) genomes: Vec<Genome>,
    /// Of all genomes in this order.
    pub(crate) digest: Digest,
}

pub(crate) struct Genome {
    /// As both tools name the sample.
    pub(crate) sample: String,
    pub(crate) path: PathBuf,
    pub(crate) digest: Digest,
}

impl Set {
    /// Every file of `folder` whose name says FASTA, by name; one that is called as one of `references` goes first.
    pub(crate) fn read(folder: &Path, references: &[String]) -> io::Result<Self> {
        let mut genomes = Vec::new();
        for entry in fs::read_dir(folder)
            .map_err(|error| Error::new(error.kind(), format!("{}: {error}", folder.display())))?
        {
            let path = entry?.path();
            if let Some(sample) = sample_name(&path) {
                let digest = genome::digest(&path)?;
                genomes.push(Genome {
                    sample,
                    path,
                    digest,
                });
            }
        }
        if genomes.is_empty() {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("{}: no .fa or .fa.gz files", folder.display()),
            ));
        }
        genomes.sort_by(|a, b| {
            (!references.contains(&a.sample), &a.path)
                .cmp(&(!references.contains(&b.sample), &b.path))
        });
        let digest = genome::digest_all(genomes.iter().map(|genome| genome.path.as_path()))?;
        let name = folder
            .file_name()
            .unwrap_or(folder.as_os_str())
            .to_string_lossy()
            .into_owned();
        Ok(Self {
            name,
            genomes,
            digest,
        })
    }
}

/// Three collections unlike each other: near relatives, distant ones, and many small genomes.
pub(crate) fn simulated(folder: &Path) -> io::Result<Vec<Set>> {
    let kinds = [
        (
            "simulated-near",
            "--seed 11 --samples 8 --bases 12000000 --contigs 8 --divergence 0.002",
        ),
        (
            "simulated-far",
            "--seed 12 --samples 8 --bases 5000000 --contigs 2 --divergence 0.05",
        ),
        (
            "simulated-many",
            "--seed 13 --samples 300 --bases 30000 --contigs 1 --divergence 0.005",
        ),
    ];
    kinds
        .iter()
        .map(|(name, options)| simulate(&folder.join(name), options))
        .collect()
}

/// In a process of its own: memory held here would count against every program measured (see `ragc_tests::child`).
fn simulate(folder: &Path, options: &str) -> io::Result<Set> {
    let program = std::env::current_exe()?.with_file_name("simulate");
    let status = Command::new(&program)
        .args(options.split(' '))
        .args(["--gzip", "--out"])
        .arg(folder)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| Error::new(error.kind(), format!("{}: {error}", program.display())))?;
    if !status.success() {
        return Err(Error::other(format!("simulate {options} failed")));
    }
    Set::read(folder, &[])
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

//! The genomes to compress: which files, under which names, and whether they can be read at all.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use bstr::{BString, ByteVec};
use ragc_write::create::{CreateError, Inputs, STDIN, SampleInput, Split, shown};
use ragc_write::fasta::FastaReader;

use super::list::{self, Entry};
use super::{Failure, bytes_of, note};
use crate::cli::Samples;

/// The genomes to compress, as the library takes them borrowed.
pub(super) enum Gathered {
    Files(Vec<SampleInput>),
    Split(Vec<PathBuf>, Split),
}

impl Gathered {
    pub(super) fn as_inputs(&self) -> Inputs<'_> {
        match self {
            Self::Files(samples) => Inputs::Files(samples),
            Self::Split(files, split) => Inputs::Split(files, *split),
        }
    }

    /// What there is, for people.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Files(samples) => format!("{} samples", samples.len()),
            Self::Split(files, Split::Contigs) => {
                format!("{} files, each contig a sample", files.len())
            }
            Self::Split(files, Split::PanSn { .. }) => {
                format!("{} files, samples by the names of contigs", files.len())
            }
        }
    }
}

/// The samples in order: the first file of the command line, those of the list, the other files of the command line.
///
/// # Errors
/// A list or file that cannot be read, a file that is no FASTA, two files that give the same sample name: all before
/// any work is done.
pub(super) fn gather(
    arguments: &[PathBuf],
    list: Option<&Path>,
    samples: &Samples,
) -> Result<Gathered, Failure> {
    // The first file has a place of its own: it is the reference sample.
    let (first, others) = arguments.split_at(arguments.len().min(1));
    gather_in_order(first, list, others, samples)
}

/// The samples to append: the files of the list, then those of the command line.
///
/// # Errors
/// As [`gather`].
pub(super) fn gather_new(
    arguments: &[PathBuf],
    list: Option<&Path>,
    samples: &Samples,
) -> Result<Gathered, Failure> {
    if arguments.is_empty() && list.is_none() {
        let why = "nothing to append: give FASTA files, or -i with a list of them";
        return Err(Failure::Usage(why.into()));
    }
    gather_in_order(&[], list, arguments, samples)
}

fn gather_in_order(
    first: &[PathBuf],
    list: Option<&Path>,
    others: &[PathBuf],
    samples: &Samples,
) -> Result<Gathered, Failure> {
    let given = || first.iter().chain(others).map(PathBuf::as_path).chain(list);
    check_stdin(given())?;
    let listed = list.map(list::read).transpose()?.unwrap_or_default();
    check_stdin(given().chain(listed.iter().map(|entry| entry.path.as_path())))?;
    let files = list::in_order(first, listed, others)?;
    let gathered = match samples.split() {
        Some(split) => Gathered::Split(unnamed(files)?, split),
        None => Gathered::Files(named(files, samples.stdin_name.as_deref())?),
    };
    for path in gathered.as_inputs().paths() {
        let header = first_header(path)?;
        if let (Some(header), Gathered::Split(_, split)) = (header, &gathered)
            && split.sample_of(&header).is_none()
        {
            let path = path.into();
            let header = header.into();
            return Err(CreateError::PanSn { path, header }.into());
        }
    }
    Ok(gathered)
}

/// Standard input has one end, and nobody types genomes.
fn check_stdin<'a>(paths: impl Iterator<Item = &'a Path>) -> Result<(), Failure> {
    match paths.filter(|&path| path == Path::new(STDIN)).count() {
        0 => Ok(()),
        1 if io::stdin().is_terminal() => Err(Failure::Usage(
            "- is standard input, which is a terminal: redirect it".into(),
        )),
        1 => Ok(()),
        _ => Err(Failure::Usage(
            "standard input (-) can be read only once".into(),
        )),
    }
}

/// The files, whose contigs tell the samples.
fn unnamed(files: Vec<Entry>) -> Result<Vec<PathBuf>, Failure> {
    let path = |Entry { path, name }| match name {
        None => Ok(path),
        Some(name) => Err(Failure::Other(format!(
            "{} is to be sample {name:?}, but with -c and --pansn its contigs tell the samples",
            shown(&path)
        ))),
    };
    files.into_iter().map(path).collect()
}

/// The files as samples, by the names of the list, or else of the files.
fn named(files: Vec<Entry>, stdin_name: Option<&OsStr>) -> Result<Vec<SampleInput>, Failure> {
    let is_stdin = |path: &Path| path == Path::new(STDIN);
    if stdin_name.is_some() && !files.iter().any(|file| is_stdin(&file.path)) {
        let why =
            "--stdin-name names the sample that is read from standard input: give - as a file";
        return Err(Failure::Usage(why.into()));
    }
    let inputs: Vec<SampleInput> = files
        .into_iter()
        .map(|Entry { path, name }| {
            let stdin_name = stdin_name.filter(|_| is_stdin(&path)).map(bytes_of);
            let name = stdin_name.or(name).unwrap_or_else(|| sample_name(&path));
            SampleInput { name, path }
        })
        .collect();
    check_names(&inputs)?;
    Ok(inputs)
}

/// Bytes that the files take on disk; `None` if one of them is a pipe, whose size nobody knows.
pub(super) fn size_bytes(inputs: Inputs<'_>) -> Option<u64> {
    let size = |path: &Path| {
        fs::metadata(path)
            .ok()
            .filter(|file| file.is_file() && path != Path::new(STDIN))
            .map(|file| file.len())
    };
    inputs.paths().map(size).sum()
}

/// The name a file's sample gets (docs/FORMAT.md, "Sample names").
///
/// The last component of the path without its last extension, then without `.fna`, `.gz`, `.fa` and `.fasta` at its end
/// for as long as there is one and something is left. What has no name of its own gets one that says so.
fn sample_name(path: &Path) -> BString {
    if path == Path::new(STDIN) {
        return "stdin".into();
    }
    const ENDINGS: [&[u8]; 4] = [b".fna", b".gz", b".fa", b".fasta"];
    let stem = path.file_stem().unwrap_or(OsStr::new(""));
    let mut name = Vec::from_os_str_lossy(stem).into_owned();
    while let Some(ending) = ENDINGS
        .iter()
        .find(|ending| name.len() > ending.len() && name.ends_with(ending))
    {
        name.truncate(name.len() - ending.len());
    }
    name.into()
}

fn check_names(inputs: &[SampleInput]) -> Result<(), Failure> {
    let mut owners: HashMap<&BString, &Path> = HashMap::new();
    for SampleInput { name, path } in inputs {
        if name.is_empty() {
            let path = shown(path);
            return Err(Failure::Other(format!("{path}: its sample has no name")));
        }
        if let Some(other) = owners.insert(name, path) {
            return Err(Failure::Other(format!(
                "{} and {} would both be sample {name:?}: rename one of the files, or name the samples in a list (-i)",
                shown(other),
                shown(path),
            )));
        }
        if is_substitution(path) && *name == sample_name(path) {
            note(&format!(
                "{} has no name of its own: the sample is called {name:?}; a list (-i) can give it another",
                path.display()
            ));
        }
    }
    Ok(())
}

/// Whether this is what shells put in place of `<(command)`.
fn is_substitution(path: &Path) -> bool {
    let folder = path.parent();
    folder == Some(Path::new("/dev/fd")) || folder == Some(Path::new("/proc/self/fd"))
}

/// Reads as far as the first contig. Pipes can be read only once and are left alone.
fn first_header(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    if path == Path::new(STDIN) {
        return Ok(None);
    }
    let metadata = fs::metadata(path).map_err(|source| Failure::File {
        path: path.into(),
        source,
    })?;
    if metadata.is_dir() {
        let why = "is a directory; give the FASTA files in it";
        return Err(Failure::Other(format!("{} {why}", path.display())));
    }
    if !metadata.is_file() {
        return Ok(None);
    }
    Ok(FastaReader::open(path)?.next_contig()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_names_are_those_of_agc() {
        for (path, name) in [
            ("x.fa", "x"),
            ("dir.v1/x.fa.gz", "x"),
            ("HG002.v1", "HG002"),
            ("x.fasta.gz", "x"),
            ("x.fna.zst", "x"),
            ("x.fa.fa.gz", "x"),
            ("a.b.c.fasta", "a.b.c"),
            (".hidden", ".hidden"),
            (".fa.gz", ".fa"),
            ("noext", "noext"),
            ("x.fa.gz.fna.fasta.txt", "x"),
            ("-", "stdin"),
            ("./-", "-"),
            ("/dev/fd/63", "63"),
        ] {
            assert_eq!(sample_name(Path::new(path)), name, "{path}");
        }
    }

    #[test]
    fn equal_sample_names_name_both_files() {
        let inputs: Vec<SampleInput> = ["a/x.fa", "b/x.fna.gz"]
            .map(|path| SampleInput {
                name: sample_name(Path::new(path)),
                path: path.into(),
            })
            .into();
        let message = check_names(&inputs).expect_err("equal names").to_string();
        assert!(
            message.contains("a/x.fa") && message.contains("b/x.fna.gz"),
            "{message}"
        );
    }
}

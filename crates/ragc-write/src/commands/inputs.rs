//! The genomes to compress: which files, under which names, and whether they can be read at all.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice, ByteVec};
use ragc_write::create::{Inputs, SampleInput};
use ragc_write::fasta::FastaReader;

use super::{Failure, note};

/// The genomes to compress, as the library takes them borrowed.
pub(super) enum Gathered {
    Files(Vec<SampleInput>),
    Concatenated(Vec<PathBuf>),
}

impl Gathered {
    pub(super) fn as_inputs(&self) -> Inputs<'_> {
        match self {
            Self::Files(samples) => Inputs::Files(samples),
            Self::Concatenated(files) => Inputs::Concatenated(files),
        }
    }

    /// What there is, for people.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Files(samples) => format!("{} samples", samples.len()),
            Self::Concatenated(files) => {
                format!("{} files, each contig a sample", files.len())
            }
        }
    }
}

/// The samples in order: the first file of the command line, those of the list, the other files of the command line.
///
/// A path that stands both in the list and on the command line, or twice in the list, is meant once, as with `agc`.
///
/// # Errors
/// A list or file that cannot be read, a file that is no FASTA, two files that give the same sample name: all before
/// any work is done.
pub(super) fn gather(
    arguments: &[PathBuf],
    list: Option<&Path>,
    concatenated: bool,
) -> Result<Gathered, Failure> {
    // The first file has a place of its own: it is the reference sample.
    let (first, others) = arguments.split_at(arguments.len().min(1));
    gather_in_order(first, list, others, concatenated)
}

/// The samples to append: the files of the list, then those of the command line.
///
/// # Errors
/// As [`gather`].
pub(super) fn gather_new(
    arguments: &[PathBuf],
    list: Option<&Path>,
    concatenated: bool,
) -> Result<Gathered, Failure> {
    if arguments.is_empty() && list.is_none() {
        let why = "nothing to append: give FASTA files, or -i with a list of them";
        return Err(Failure::Usage(why.into()));
    }
    gather_in_order(&[], list, arguments, concatenated)
}

fn gather_in_order(
    first: &[PathBuf],
    list: Option<&Path>,
    others: &[PathBuf],
    concatenated: bool,
) -> Result<Gathered, Failure> {
    let listed = list.map(read_list).transpose()?.unwrap_or_default();
    let paths = in_order(first, listed, others);
    let gathered = if concatenated {
        Gathered::Concatenated(paths)
    } else {
        let inputs: Vec<SampleInput> = paths
            .into_iter()
            .map(|path| SampleInput {
                name: sample_name(&path),
                path,
            })
            .collect();
        check_names(&inputs)?;
        Gathered::Files(inputs)
    };
    for path in gathered.as_inputs().paths() {
        check_readable(path)?;
    }
    Ok(gathered)
}

/// Bytes that the files take on disk; `None` if one of them is a pipe, whose size nobody knows.
pub(super) fn size_bytes(inputs: Inputs<'_>) -> Option<u64> {
    let size = |path: &Path| {
        fs::metadata(path)
            .ok()
            .filter(fs::Metadata::is_file)
            .map(|file| file.len())
    };
    inputs.paths().map(size).sum()
}

fn in_order(first: &[PathBuf], mut listed: Vec<PathBuf>, others: &[PathBuf]) -> Vec<PathBuf> {
    let mut seen: HashSet<PathBuf> = first.iter().chain(others).cloned().collect();
    listed.retain(|path| {
        let is_new = seen.insert(path.clone());
        if !is_new {
            note(&format!("{} is given twice, and read once", path.display()));
        }
        is_new
    });
    [first, &listed, others].concat()
}

/// The file names in `list`: one a line, or, as `agc` has it, several between blanks where no file has the whole name.
fn read_list(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let text = fs::read(list).map_err(|source| Failure::File {
        path: list.into(),
        source,
    })?;
    let path = |name: &[u8]| PathBuf::from(name.to_os_str_lossy().into_owned());
    let mut paths = Vec::new();
    for (index, line) in text.lines().map(<[u8]>::trim_ascii).enumerate() {
        let whole = path(line);
        if !line.is_empty() && whole.exists() {
            paths.push(whole);
            continue;
        }
        let is_absent = |name: &&[u8]| matches!(path(name).try_exists(), Ok(false));
        if let Some(absent) = line.fields().find(is_absent) {
            let names_none = line.fields().all(|name| is_absent(&name));
            // Quoted, because what is no list of names may be anything.
            return Err(Failure::Other(format!(
                "{}, line {}: no file {:?}",
                list.display(),
                index + 1,
                if names_none { line } else { absent }.as_bstr()
            )));
        }
        paths.extend(line.fields().map(path));
    }
    Ok(paths)
}

/// The name a file's sample gets (docs/FORMAT.md, "Sample names").
///
/// The last component of the path without its last extension, then without `.fna`, `.gz`, `.fa` and `.fasta` at its end
/// for as long as there is one and something is left.
fn sample_name(path: &Path) -> BString {
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
    for input in inputs {
        if input.name.is_empty() {
            return Err(Failure::Other(format!(
                "{}: no sample name in this file name",
                input.path.display()
            )));
        }
        if let Some(other) = owners.insert(&input.name, &input.path) {
            return Err(Failure::Other(format!(
                "{} and {} would both be sample {:?}: rename one of the files",
                other.display(),
                input.path.display(),
                input.name,
            )));
        }
    }
    Ok(())
}

/// Reads as far as the first contig. Pipes can be read only once and are left alone.
fn check_readable(path: &Path) -> Result<(), Failure> {
    let metadata = fs::metadata(path).map_err(|source| Failure::File {
        path: path.into(),
        source,
    })?;
    if metadata.is_dir() {
        let why = "is a directory; give the FASTA files in it";
        return Err(Failure::Other(format!("{} {why}", path.display())));
    }
    if metadata.is_file() {
        FastaReader::open(path)?.next_contig()?;
    }
    Ok(())
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
        ] {
            assert_eq!(sample_name(Path::new(path)), name, "{path}");
        }
    }

    #[test]
    fn the_list_follows_the_first_file() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let listed = paths(&["b", "ref", "a", "b"]);
        let order = in_order(&paths(&["ref"]), listed, &paths(&["z"]));
        assert_eq!(order, paths(&["ref", "b", "a", "z"]));
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

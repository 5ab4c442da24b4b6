//! The verbs, one file each, and what they share.

mod append;
mod bar;
mod bgzf;
mod completions;
mod create;
mod digests;
mod extract;
mod fai;
mod faidx;
mod finder;
mod found;
mod getcol;
mod getctg;
mod getset;
mod header;
mod index;
mod info;
mod inputs;
mod interrupt;
mod jbrowse_config;
mod list;
mod listctg;
mod listref;
mod listset;
mod machine;
mod man;
mod names;
mod near;
mod optimize;
mod options;
mod places;
mod regions;
mod rename;
mod rows;
mod spool;
mod stats;
mod subset;
mod tables;
mod target;
mod titles;
mod verify;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteVec};
use ragc_read::{Archive, ArchiveError, IndexChoice, Limits, OpenOptions};
use ragc_write::create::{CreateError, STDIN, shown};
use ragc_write::fasta::FastaError;

use crate::cli::{ByIndexArgs, Command};

/// Why a command did not do what it was asked for. Messages name files, samples and contigs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// Standard output was closed by its reader, who has seen enough.
    #[error("standard output was closed")]
    ClosedPipe,
    /// The archive holds no such sample or contig.
    #[error("{0}")]
    Query(String),
    #[error("{}: {source}", path.display())]
    Archive { path: PathBuf, source: ArchiveError },
    #[error(transparent)]
    Fasta(#[from] FastaError),
    #[error(transparent)]
    Create(#[from] CreateError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("standard output: {0}")]
    Stdout(io::Error),
    #[error("{0}")]
    Other(String),
}

/// Runs one verb.
pub(crate) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Create(args) => create::run(&args),
        Command::Append(args) => append::run(&args),
        Command::Extract(args) => subset::run(&args),
        Command::Rename(args) => rename::run(&args),
        Command::Optimize(args) => optimize::run(&args),
        Command::Getcol(args) => getcol::run(&args),
        Command::Getset(args) => getset::run(&args),
        Command::Getctg(args) => getctg::run(&args),
        Command::Faidx(args) => faidx::run(&args),
        Command::Listref(args) => listref::run(&args),
        Command::Listset(args) => listset::run(&args),
        Command::Listctg(args) => listctg::run(&args),
        Command::Index(args) => index::run(&args),
        Command::Info(args) => info::run(&args),
        Command::JbrowseConfig(args) => jbrowse_config::run(&args),
        Command::Digests(args) => digests::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}

/// Says something that is neither output nor an error.
fn note(message: &str) {
    use io::Write;
    // Notes are not worth failing for.
    let _ = writeln!(io::stderr(), "ragc: {message}");
}

/// `1 error`, `2 errors`.
fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// Opens the archive `path`, a file or an address, which `output` must not replace.
fn open(path: &Path, output: Option<&Path>, by: &ByIndexArgs) -> Result<Archive, Failure> {
    open_within(path, output, by, Limits::default())
}

/// The same with other limits.
fn open_within(
    path: &Path,
    output: Option<&Path>,
    by: &ByIndexArgs,
    limits: Limits,
) -> Result<Archive, Failure> {
    let index = match &by.index {
        None => IndexChoice::Auto,
        Some(none) if none == Path::new("none") => IndexChoice::None,
        Some(index) => match address(index) {
            Some(url) => IndexChoice::Url(url.into()),
            None => IndexChoice::File(index.clone()),
        },
    };
    if let (IndexChoice::File(index), Some(output)) = (&index, output) {
        check_not_read(output, [index.as_path()])?;
    }
    open_with(path, output, &OpenOptions { limits, index })
}

/// Opens an archive all of whose tables are to be read, of which no index tells.
fn open_whole(path: &Path, output: Option<&Path>, limits: Limits) -> Result<Archive, Failure> {
    let index = IndexChoice::None;
    open_with(path, output, &OpenOptions { limits, index })
}

fn open_with(
    path: &Path,
    output: Option<&Path>,
    options: &OpenOptions,
) -> Result<Archive, Failure> {
    if let Some(output) = output {
        check_not_read(output, [path])?;
    }
    let opened = match address(path) {
        Some(url) => Archive::open_url_with(url, options),
        None => Archive::open_with(path, options),
    };
    let archive = opened.map_err(|error| archive_failure(path, error))?;
    for warning in archive.warnings() {
        note(warning);
    }
    Ok(archive)
}

/// The address that stands in the place of an archive's path.
fn address(path: &Path) -> Option<&str> {
    let text = path.to_str()?;
    let (scheme, _) = text.split_once("://")?;
    ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
        .then_some(text)
}

/// Refuses to write to `output` what is made of it: were it replaced, the original would be lost.
fn check_not_read<'a>(
    output: &Path,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let Ok(output_file) = output.canonicalize() else {
        return Ok(());
    };
    let file = |input: &Path| match input == Path::new(STDIN) {
        // Where the system tells it, the file that is redirected here.
        true => Path::new("/dev/stdin").canonicalize(),
        false => input.canonicalize(),
    };
    match inputs
        .into_iter()
        .find(|input| file(input).is_ok_and(|path| path == output_file))
    {
        None => Ok(()),
        Some(input) => Err(Failure::Usage(format!(
            "{} is an input, and the output too",
            shown(input)
        ))),
    }
}

/// Adds the archive's name, where the error does not carry it.
fn archive_failure(path: &Path, source: ArchiveError) -> Failure {
    match source {
        ArchiveError::Io { path, source } => Failure::File { path, source },
        error @ ArchiveError::Http { .. } => Failure::Other(error.to_string()),
        source => Failure::Archive {
            path: path.into(),
            source,
        },
    }
}

/// A name from the command line as the bytes that archives hold.
fn bytes_of(argument: &OsStr) -> BString {
    Vec::from_os_str_lossy(argument).into_owned().into()
}

/// The samples that names and patterns mean, in the order of these; of one pattern, in stored order.
fn samples_meant(
    path: &Path,
    archive: &Archive,
    asked: &[OsString],
) -> Result<Vec<BString>, Failure> {
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(path, error))?;
    let mut meant = Vec::new();
    for pattern in asked {
        let numbers = names::select(path, &samples, &[bytes_of(pattern)])?;
        let names = numbers.into_iter().filter_map(|number| samples.get(number));
        meant.extend(names.map(ToOwned::to_owned));
    }
    Ok(meant)
}

fn no_sample<'a>(path: &Path, name: &BStr, samples: impl Iterator<Item = &'a BStr>) -> Failure {
    let hint = near::suggestion(name, samples);
    Failure::Query(format!("no sample {name:?} in {}{hint}", path.display()))
}

//! The verbs, one file each, and what they share.

mod append;
mod bar;
mod create;
mod digests;
mod extract;
mod getcol;
mod getctg;
mod getset;
mod info;
mod inputs;
mod interrupt;
mod listctg;
mod listref;
mod listset;
mod machine;
mod near;
mod options;
mod target;
mod verify;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteVec};
use ragc_read::{Archive, ArchiveError, Limits};
use ragc_write::create::CreateError;
use ragc_write::fasta::FastaError;

use crate::cli::Command;

/// Why a command did not do what it was asked for. Messages name files, samples and contigs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// Standard output was closed by its reader, who has seen enough.
    #[error("standard output was closed")]
    ClosedPipe,
    /// The archive holds no such sample or contig, or too many.
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
        Command::Getcol(args) => getcol::run(&args),
        Command::Getset(args) => getset::run(&args),
        Command::Getctg(args) => getctg::run(&args),
        Command::Listref(args) => listref::run(&args),
        Command::Listset(args) => listset::run(&args),
        Command::Listctg(args) => listctg::run(&args),
        Command::Info(args) => info::run(&args),
        Command::Digests(args) => digests::run(&args),
        Command::Verify(args) => verify::run(&args),
    }
}

/// Says something that is neither output nor an error.
fn note(message: &str) {
    use io::Write;
    // Notes are not worth failing for.
    let _ = writeln!(io::stderr(), "ragc: {message}");
}

/// Opens the archive `path`, which `output` must not replace.
fn open(path: &Path, output: Option<&Path>) -> Result<Archive, Failure> {
    open_within(path, output, Limits::default())
}

/// The same with other limits.
fn open_within(path: &Path, output: Option<&Path>, limits: Limits) -> Result<Archive, Failure> {
    if let Some(output) = output {
        check_not_read(output, [path])?;
    }
    Archive::open(path, limits).map_err(|error| archive_failure(path, error))
}

/// Refuses to write to `output` what is made of it: were it replaced, the original would be lost.
fn check_not_read<'a>(
    output: &Path,
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let Ok(output_file) = output.canonicalize() else {
        return Ok(());
    };
    match inputs
        .into_iter()
        .find(|input| input.canonicalize().is_ok_and(|path| path == output_file))
    {
        None => Ok(()),
        Some(input) => Err(Failure::Usage(format!(
            "{} is an input, and the output too",
            input.display()
        ))),
    }
}

/// Adds the archive's name, where the error does not carry it.
fn archive_failure(path: &Path, source: ArchiveError) -> Failure {
    match source {
        ArchiveError::Io { path, source } => Failure::File { path, source },
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

/// The samples asked for, all there; the first that is not ends it.
fn check_samples(path: &Path, archive: &mut Archive, asked: &[BString]) -> Result<(), Failure> {
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(path, error))?;
    match asked
        .iter()
        .find(|name| samples.position(name.as_ref()).is_none())
    {
        None => Ok(()),
        Some(name) => Err(no_sample(path, name.as_ref(), samples.iter())),
    }
}

fn no_sample<'a>(path: &Path, name: &BStr, samples: impl Iterator<Item = &'a BStr>) -> Failure {
    let hint = near::suggestion(name, samples);
    Failure::Query(format!("no sample {name:?} in {}{hint}", path.display()))
}

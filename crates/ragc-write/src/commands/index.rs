//! `index`: the index for remote readers as a file beside its archive; or whether that is the archive's own.

use std::env::temp_dir;
use std::ffi::OsString;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use ragc_read::{Archive, Limits};
use ragc_write::index::{Index, IndexError, Sizes, Untrue, check_sidecar, sidecar};
use ragc_write::verify::Progress;

use super::bar;
use super::create::check_output;
use super::stats::Stats;
use super::target::Target;
use super::verify::with_bar_of_samples;
use super::{Failure, address, archive_failure, note, open_whole};
use crate::cli::IndexArgs;

/// What is added to an archive's name for that of its index.
const EXTENSION: &str = ".ragi";

pub(super) fn run(args: &IndexArgs) -> Result<(), Failure> {
    match &args.check {
        None => write(args),
        Some(index) => check(args, index.as_deref()),
    }
}

fn write(args: &IndexArgs) -> Result<(), Failure> {
    let path = args.archive.as_path();
    let output = named_or_beside(args, args.output.as_deref(), "-o FILE")?;
    check_output(Some(&output))?;
    let archive = open_whole(path, Some(&output), Limits::default())?;
    let _told = Stats::of(&archive, &args.stats);
    let mut target = Target::open(Some(&output))?;
    let scratch = target.scratch_directory();
    let progress = Progress::default();
    let wanted = bar::wanted(args.quiet, Some(&output));
    let made = with_bar_of_samples(wanted, &archive, &progress, || {
        sidecar(&archive, &scratch, &progress)
    });
    let failure = |target: &Target, error| match error {
        IndexError::Archive(error) => archive_failure(path, error),
        IndexError::Write(error) => target.failure(error),
        error => Failure::Other(error.to_string()),
    };
    let (index, facts) = made.map_err(|error| failure(&target, error))?;
    if args.verbosity > 0 {
        note(&told(&index));
    }
    let written = index.write(&facts, &mut target);
    written.map_err(|error| failure(&target, error))?;
    target.finish(true)
}

fn check(args: &IndexArgs, index: Option<&Path>) -> Result<(), Failure> {
    let index = named_or_beside(args, index, "--check=FILE")?;
    let archive = open_whole(&args.archive, None, Limits::default())?;
    let _told = Stats::of(&archive, &args.stats);
    let progress = Progress::default();
    let wanted = bar::wanted(args.quiet, None);
    let checked = with_bar_of_samples(wanted, &archive, &progress, || {
        check_file(&archive, &index, &progress)
    });
    let bytes = match checked {
        Ok(bytes) => bytes,
        Err(Untrue::Index(IndexError::Archive(error))) => {
            return Err(archive_failure(&args.archive, error));
        }
        Err(error) => return Err(Failure::Other(format!("{}: {error}", index.display()))),
    };
    let mut target = Target::open(None)?;
    target.put(format!("ok: an index of {bytes} bytes\n").as_bytes())?;
    target.finish(false)
}

/// Compares the index in a file with `archive`, and tells its length.
pub(super) fn check_file(
    archive: &Archive,
    index: &Path,
    progress: &Progress,
) -> Result<u64, Untrue> {
    let found = BufReader::new(File::open(index)?);
    check_sidecar(archive, found, &temp_dir(), progress)
}

/// The index that is named, or else the one beside the archive; `naming` is how to name it.
fn named_or_beside(
    args: &IndexArgs,
    named: Option<&Path>,
    naming: &str,
) -> Result<PathBuf, Failure> {
    match named {
        Some(index) => Ok(index.into()),
        None => beside(&args.archive).ok_or_else(|| {
            Failure::Usage(format!(
                "no file lies beside an address: say where the index is, {naming}"
            ))
        }),
    }
}

/// Where the index beside an archive is, unless that lies at an address.
pub(super) fn beside(archive: &Path) -> Option<PathBuf> {
    if address(archive).is_some() {
        return None;
    }
    let mut name = OsString::from(archive);
    name.push(EXTENSION);
    Some(name.into())
}

/// What the bytes of an index are, and what a segment takes.
fn told(index: &Index) -> String {
    let Sizes {
        root,
        samples,
        contigs,
        segments,
        names,
        places,
        segment_count,
    } = index.sizes();
    let bytes = index.len();
    let each = segments as f64 / segment_count.max(1) as f64;
    format!(
        "{bytes} bytes: root {root}, samples {samples}, contigs {contigs}, segments {segments} ({each:.2} each), names \
         {names}, places {places}"
    )
}

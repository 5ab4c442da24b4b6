//! `index`: the index for remote readers as a file beside its archive.

use std::env::temp_dir;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ragc_read::Limits;
use ragc_write::index::{Index, IndexError, Sizes, sidecar};
use ragc_write::verify::Progress;

use super::bar;
use super::create::check_output;
use super::stats::Stats;
use super::target::{Target, directory_of};
use super::verify::with_bar_of_samples;
use super::{Failure, address, archive_failure, note, open_whole};
use crate::cli::IndexArgs;

/// What is added to an archive's name for that of its index.
const EXTENSION: &str = ".ragi";

pub(super) fn run(args: &IndexArgs) -> Result<(), Failure> {
    let path = args.archive.as_path();
    let output = output(args)?;
    let output = output.as_path();
    check_output(Some(output))?;
    let archive = open_whole(path, Some(output), Limits::default())?;
    let _told = Stats::of(&archive, &args.stats);
    let mut target = Target::open(Some(output))?;
    let scratch = match &target {
        Target::Stdout(_) => temp_dir(),
        Target::File(_) => directory_of(output).into(),
    };
    let progress = Progress::default();
    let wanted = bar::wanted(args.quiet, Some(output));
    let made = with_bar_of_samples(wanted, &archive, &progress, || {
        sidecar(&archive, &scratch, &progress)
    });
    let (index, facts) = made.map_err(|error| failure(path, &target, error))?;
    if args.verbosity > 0 {
        note(&told(&index));
    }
    let written = index.write(&facts, &mut target);
    written.map_err(|error| failure(path, &target, error))?;
    target.finish(true)
}

/// Where the index goes: beside the archive, if nothing else is said.
fn output(args: &IndexArgs) -> Result<PathBuf, Failure> {
    match &args.output {
        Some(output) => Ok(output.clone()),
        None if address(&args.archive).is_some() => Err(Failure::Usage(
            "there is no place for a file beside an address: give -o FILE".into(),
        )),
        None => Ok(beside(&args.archive)),
    }
}

/// The index of an archive, when it is a file of its own.
fn beside(archive: &Path) -> PathBuf {
    let mut name = OsString::from(archive);
    name.push(EXTENSION);
    name.into()
}

fn failure(path: &Path, target: &Target, error: IndexError) -> Failure {
    match error {
        IndexError::Archive(error) => archive_failure(path, error),
        IndexError::Write(error) => target.failure(error),
        error => Failure::Other(error.to_string()),
    }
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

//! `append`: an archive and FASTA files into a new archive, which takes its name only when it is complete.

use std::fmt::Display;
use std::path::Path;
use std::time::Instant;

use ragc_read::{Archive, Limits};
use ragc_write::append::{AppendOptions, append};
use ragc_write::create::{CreateError, Progress};
use ragc_write::unchanged::check_unchanged;
use ragc_write::verify;

use super::create::{check_output, failure, level, note_unneeded, tell, with_bar};
use super::options::means;
use super::spool::write_arranged;
use super::target::Target;
use super::verify::with_bar_of_samples;
use super::{Failure, archive_failure, bar, check_not_read, inputs, note, open_whole};
use crate::cli::AppendArgs;

/// Nothing is read twice.
const CACHE_BYTES: u64 = 0;
/// But for what is compared: a part of all memory, for each of the two archives.
const CACHE_SHARE: u64 = 8;
const CACHE_BYTES_MAX: u64 = 128 << 20;

pub(super) fn run(args: &AppendArgs) -> Result<(), Failure> {
    let start = Instant::now();
    check_output(args.output.as_deref())?;
    let is_file = (args.output.as_deref()).is_some_and(|output| output != Path::new("-"));
    if args.verify && !is_file {
        return Err(Failure::Usage(
            "--verify reads the new archive before it takes its name: give -o FILE".into(),
        ));
    }
    if !args.effort.quiet {
        note_unneeded(&args.unneeded);
    }
    let path = args.archive.as_path();
    let archive = open(path)?;
    let gathered = inputs::gather_new(&args.inputs, args.input_list.as_deref(), &args.samples)?;
    let inputs = gathered.as_inputs();
    if let Some(output) = &args.output {
        // The archive itself may be named: the file that is read stays what it is when another takes its name.
        let files = inputs.paths();
        check_not_read(output, files.chain(args.input_list.as_deref()))?;
    }
    let (threads, memory_bytes) = means(&args.effort);
    let options = AppendOptions {
        level: level(args.effort.level),
        threads,
        memory_bytes,
        digests: args.digests.wanted(),
    };
    if args.effort.verbosity > 0 {
        let info = archive
            .info()
            .map_err(|error| archive_failure(path, error))?;
        note(&format!(
            "{} to {} samples, {:?}, {options:?}",
            gathered.told(),
            info.sample_count,
            info.params
        ));
    }
    let mut target = Target::open(args.output.as_deref())?;
    if args.verify && target.unfinished()?.is_none() {
        return Err(Failure::Usage(
            "--verify reads the new archive, which a pipe or a device does not keep".into(),
        ));
    }
    let progress = Progress::default();
    let wanted = bar::wanted(args.effort.quiet, args.output.as_deref());
    let make = |spool: &mut _| {
        with_bar(wanted, inputs, &progress, || {
            append(&archive, inputs, options, spool, &progress)
        })
    };
    let (mut summary, arranged) = write_arranged(Some(path), &mut target, &args.embedded, make)?;
    summary.archive_bytes = arranged.archive_bytes;
    if args.verify {
        check(args, &mut target, options)?;
    }
    target.finish(true)?;
    tell(&summary, args.effort.quiet, start);
    Ok(())
}

/// The failure that `error` amounts to, met while `target` was made of the archive `path`.
pub(super) fn made_of(path: &Path, target: &Target, error: CreateError) -> Failure {
    match error {
        CreateError::Archive(error) => archive_failure(path, error),
        CreateError::Continue(why) => Failure::Other(format!("{}: {why}", path.display())),
        error => failure(target, error),
    }
}

/// Proves that the new archive, before it takes its name, gives what the old one gives.
fn check(args: &AppendArgs, target: &mut Target, options: AppendOptions) -> Result<(), Failure> {
    let failure = |path: &Path, why: &dyn Display| {
        Failure::Other(format!("{}: not replaced, {why}", path.display()))
    };
    let limits = Limits {
        cache_bytes_max: (options.memory_bytes / CACHE_SHARE).min(CACHE_BYTES_MAX),
        ..Limits::default()
    };
    let output = args.output.as_deref().unwrap_or(Path::new("-"));
    let Some(new) = target.unfinished()? else {
        return Ok(());
    };
    let [old, new] = [args.archive.as_path(), new].map(|path| open_whole(path, None, limits));
    let (old, new) = (old?, new?);
    let progress = verify::Progress::default();
    let wanted = bar::wanted(args.effort.quiet, args.output.as_deref());
    with_bar_of_samples(wanted, &old, &progress, || {
        check_unchanged(&old, &new, options.threads, &progress)
    })
    .map_err(|error| failure(output, &error))
}

/// Opens the archive, and sees that it is one before anything else is looked at.
pub(super) fn open(path: &Path) -> Result<Archive, Failure> {
    let limits = Limits {
        cache_bytes_max: CACHE_BYTES,
        ..Limits::default()
    };
    // What it is read from may be replaced by the new one.
    let archive = open_whole(path, None, limits)?;
    archive
        .samples()
        .map_err(|error| archive_failure(path, error))?;
    Ok(archive)
}

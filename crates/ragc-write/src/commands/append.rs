//! `append`: an archive and FASTA files into a new archive, which takes its name only when it is complete.

use std::path::Path;
use std::time::Instant;

use ragc_read::{Archive, Limits};
use ragc_write::append::{AppendOptions, append};
use ragc_write::create::{CreateError, Progress};

use super::create::{check_output, failure, level, note_unneeded, tell};
use super::options::means;
use super::target::Target;
use super::{Failure, archive_failure, bar, check_not_read, inputs, note};
use crate::cli::AppendArgs;

/// Nothing is read twice.
const CACHE_BYTES: u64 = 0;

pub(super) fn run(args: &AppendArgs) -> Result<(), Failure> {
    let start = Instant::now();
    check_output(args.output.as_deref())?;
    if !args.quiet {
        note_unneeded(args.adaptive, args.fallback_fraction);
    }
    let path = args.archive.as_path();
    let mut archive = open(path)?;
    let gathered = inputs::gather_new(&args.inputs, args.input_list.as_deref(), args.concatenated)?;
    let inputs = gathered.as_inputs();
    if let Some(output) = &args.output {
        // The archive itself may be named: the file that is read stays what it is when another takes its name.
        let files = inputs.paths();
        check_not_read(output, files.chain(args.input_list.as_deref()))?;
    }
    let (threads, memory_bytes) = means(&args.threads, &args.memory);
    let options = AppendOptions {
        level: level(args.level),
        threads,
        memory_bytes,
        digests: !args.no_digests,
    };
    if args.verbosity > 0 {
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
    let progress = Progress::default();
    let result = bar::with_bar(!args.quiet, inputs::size_bytes(inputs), &progress, || {
        append(&archive, inputs, options, &mut target, &progress)
    });
    let summary = result.map_err(|error| match error {
        CreateError::Archive(error) => archive_failure(path, error),
        CreateError::Continue(why) => Failure::Other(format!("{}: {why}", path.display())),
        error => failure(&target, error),
    })?;
    target.finish(true)?;
    tell(&summary, args.quiet, start);
    Ok(())
}

/// Opens the archive, and sees that it is one before anything else is looked at.
fn open(path: &Path) -> Result<Archive, Failure> {
    let limits = Limits {
        cache_bytes_max: CACHE_BYTES,
        ..Limits::default()
    };
    let opened = Archive::open(path, limits).and_then(|mut archive| {
        archive.samples()?;
        Ok(archive)
    });
    opened.map_err(|error| archive_failure(path, error))
}

//! `create`: FASTA files into an archive, which takes its name only when it is complete.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Instant;

use ragc_write::create::{
    CreateError, CreateOptions, Inputs, Level, Progress, Purpose, Summary, TooLittle, create, size,
};

use super::bar::{Counted, Unit};
use super::options::{clamped, means};
use super::spool::write_arranged;
use super::target::Target;
use super::{Failure, bar, check_not_read, inputs, note};
use crate::cli::{CreateArgs, LevelArg, PurposeArg, Unneeded};

pub(super) fn run(args: &CreateArgs) -> Result<(), Failure> {
    let start = Instant::now();
    check_output(args.output.as_deref())?;
    let options = options(args);
    let gathered = inputs::gather(&args.inputs, args.input_list.as_deref(), &args.samples)?;
    let inputs = gathered.as_inputs();
    if let Some(output) = &args.output {
        let files = inputs.paths();
        check_not_read(output, files.chain(args.input_list.as_deref()))?;
    }
    if args.effort.verbosity > 0 {
        note(&format!("{}, {options:?}", gathered.told()));
    }
    let mut target = Target::open(args.output.as_deref())?;
    let progress = Progress::default();
    let wanted = bar::wanted(args.effort.quiet, args.output.as_deref());
    let make = |spool: &mut _| {
        with_bar(wanted, inputs, &progress, || {
            create(inputs, &options, spool, &progress)
        })
    };
    let (mut summary, arranged) = write_arranged(None, &mut target, &args.embedded, make)?;
    summary.archive_bytes = arranged.archive_bytes;
    target.finish(true)?;
    tell(&summary, args.effort.quiet, start);
    Ok(())
}

/// Runs `work`, which compresses `inputs`, with a bar if it is wanted.
pub(super) fn with_bar<T>(
    wanted: bool,
    inputs: Inputs<'_>,
    progress: &Progress,
    work: impl FnOnce() -> T,
) -> T {
    let counted = Counted {
        done: &progress.bytes_read,
        unit: Unit::Bytes,
        total: &|| inputs::size_bytes(inputs),
        afterwards: Some((&progress.bases, Unit::Bases)),
    };
    bar::with_bar(wanted, counted, work)
}

/// The failure that `error` amounts to, met while writing to `target`.
pub(super) fn failure(target: &Target, error: CreateError) -> Failure {
    match error {
        CreateError::Write(error) => write_failure(target, error),
        CreateError::Memory(error) => Failure::Other(too_little(&error)),
        error => Failure::Create(error),
    }
}

/// What to ask for instead.
fn too_little(error: &TooLittle) -> String {
    let [given, needed] = [error.given, error.needed].map(size);
    format!(
        "--memory {given} is too little for {}: at least {needed}",
        error.what
    )
}

/// Says what was done, and what was not stored as it stood.
pub(super) fn tell(summary: &Summary, quiet: bool, start: Instant) {
    for warning in &summary.warnings {
        note(&format!("warning: {warning}"));
    }
    if !quiet {
        note(&bar::summary(
            summary.samples,
            summary.bases,
            summary.archive_bytes,
            start.elapsed(),
        ));
    }
}

/// Refuses a terminal, where an archive helps nobody.
pub(super) fn check_output(output: Option<&Path>) -> Result<(), Failure> {
    let to_stdout = output.is_none_or(|output| output == Path::new("-"));
    if to_stdout && io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "archives are not for terminals: give -o FILE, or redirect the output".into(),
        ));
    }
    Ok(())
}

pub(super) fn level(level: LevelArg) -> Level {
    match level {
        LevelArg::Fast => Level::Fast,
        LevelArg::Default => Level::Default,
        LevelArg::Max => Level::Max,
    }
}

/// Says that flags of `agc` have nothing to do here.
pub(super) fn note_unneeded(flags: &Unneeded) {
    let given = [
        (flags.adaptive, "-a"),
        (flags.fallback_fraction.is_some(), "-f"),
    ];
    for (given, flag) in given {
        if given {
            note(&format!(
                "{flag} is not needed: contigs are cut where they fit known sequence best"
            ));
        }
    }
}

fn options(args: &CreateArgs) -> CreateOptions {
    if !args.effort.quiet {
        note_unneeded(&args.unneeded);
    }
    let defaults = CreateOptions::default();
    let (threads, memory_bytes) = means(&args.effort);
    let number = |flag, value: Option<i64>, range| value.map(|value| clamped(flag, value, range));
    CreateOptions {
        kmer_len: number("-k", args.kmer_len, 17..=32).unwrap_or(defaults.kmer_len),
        min_match_len: number("-l", args.min_match_len, 15..=32).unwrap_or(defaults.min_match_len),
        pack_cardinality: number("-b", args.batch_size, 1..=1_000_000_000),
        segment_size: number("-s", args.segment_size, 100..=1_000_000),
        purpose: match args.purpose {
            PurposeArg::Both => Purpose::Both,
            PurposeArg::Web => Purpose::Web,
            PurposeArg::Archive => Purpose::Archive,
        },
        level: level(args.effort.level),
        threads,
        memory_bytes,
        digests: args.digests.wanted(),
    }
}

/// An archive that nobody reads to its end is a failure, unlike text.
fn write_failure(target: &Target, error: io::Error) -> Failure {
    match target.failure(error) {
        Failure::ClosedPipe => Failure::Stdout(io::ErrorKind::BrokenPipe.into()),
        failure => failure,
    }
}

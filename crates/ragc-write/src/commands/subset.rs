//! `extract`: some samples of an archive as a new one, which takes its name only when it is complete.

use std::time::Instant;

use bstr::BString;
use ragc_read::Samples;
use ragc_write::append::AppendOptions;
use ragc_write::create::{Progress, size};
use ragc_write::subset::subset;

use super::append::open;
use super::bar::{self, Counted, Unit};
use super::create::{check_output, level, tell};
use super::names::{read_lines, select};
use super::options::means;
use super::spool::write_arranged;
use super::target::Target;
use super::{Failure, archive_failure, bytes_of, check_not_read, note};
use crate::cli::SubsetArgs;

pub(super) fn run(args: &SubsetArgs) -> Result<(), Failure> {
    let start = Instant::now();
    check_output(args.output.as_deref())?;
    let path = args.archive.as_path();
    if let Some(output) = &args.output {
        check_not_read(
            output,
            [path].into_iter().chain(args.samples_from.as_deref()),
        )?;
    }
    let archive = open(path)?;
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(path, error))?;
    let chosen = chosen(args, &samples)?;
    let (threads, memory_bytes) = means(&args.effort);
    let options = AppendOptions {
        level: level(args.effort.level),
        threads,
        memory_bytes,
        ..AppendOptions::default()
    };
    if args.effort.verbosity > 0 {
        let (count, all) = (chosen.len(), samples.len());
        let memory = size(memory_bytes);
        note(&format!(
            "{count} of {all} samples, {threads} threads, {memory} of memory"
        ));
    }
    let mut target = Target::open(args.output.as_deref())?;
    let progress = Progress::default();
    let counted = Counted {
        done: &progress.bytes_read,
        unit: Unit::Bytes,
        total: &|| archive.info().ok().map(|info| info.file_len_bytes),
        afterwards: None,
    };
    let wanted = bar::wanted(args.effort.quiet, args.output.as_deref());
    let make = |spool: &mut _| {
        bar::with_bar(wanted, counted, || {
            subset(&archive, &chosen, options, spool, &progress)
        })
    };
    let (mut summary, arranged) = write_arranged(Some(path), &mut target, &args.embedded, make)?;
    summary.archive_bytes = arranged.archive_bytes;
    target.finish(true)?;
    tell(&summary, args.effort.quiet, start);
    Ok(())
}

/// The numbers of the samples that are to be kept.
fn chosen(args: &SubsetArgs, samples: &Samples) -> Result<Vec<usize>, Failure> {
    let mut patterns: Vec<BString> = args.samples.iter().map(|name| bytes_of(name)).collect();
    if let Some(list) = &args.samples_from {
        patterns.extend(read_lines(list)?);
    }
    if patterns.is_empty() {
        let why = "no sample is named: give names, or --samples-from with a list of them";
        return Err(Failure::Usage(why.into()));
    }
    let named = select(&args.archive, samples, &patterns)?;
    if !args.exclude {
        return Ok(named);
    }
    let others: Vec<usize> = (0..samples.len())
        .filter(|number| named.binary_search(number).is_err())
        .collect();
    if others.is_empty() {
        let archive = args.archive.display();
        return Err(Failure::Query(format!("no sample of {archive} is left")));
    }
    Ok(others)
}

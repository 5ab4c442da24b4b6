//! `getset`: the samples asked for, in that order, as one FASTA.

use bstr::BString;
use ragc_read::{Limits, Work};

use super::extract::{Format, extract_into};
use super::stats::Stats;
use super::target::Target;
use super::{Failure, bytes_of, header, names, open_within, samples_meant};
use crate::cli::GetsetArgs;

pub(super) fn run(args: &GetsetArgs) -> Result<(), Failure> {
    let format = Format::new(&args.extract, args.output.as_deref())?;
    let template = header::of_samples(args.header.template.as_deref())?;
    let archive = open_within(
        &args.archive,
        args.output.as_deref(),
        &args.by_index,
        limits(args),
    )?;
    let _told = Stats::of(&archive, &args.stats);
    let asked = [args.samples.as_slice(), &args.patterns].concat();
    let samples: Vec<BString> = samples_meant(&args.archive, &archive, &asked)?;
    let work: Vec<Work> = samples.into_iter().map(Work::Sample).collect();
    let target = Target::open(args.output.as_deref())?;
    extract_into(
        target,
        &args.archive,
        &archive,
        &work,
        format,
        &|chunk, out| header::of_contig(template.as_ref(), chunk, out),
    )
}

/// One sample meets most groups once, so only neighbouring windows share what was decoded.
fn limits(args: &GetsetArgs) -> Limits {
    const CACHE_BYTES: u64 = 4 << 20;
    let limits = Limits::default();
    match (args.samples.as_slice(), args.patterns.as_slice()) {
        ([one], []) if !names::is_pattern(bytes_of(one).as_ref()) => Limits {
            cache_bytes_max: CACHE_BYTES,
            ..limits
        },
        _ => limits,
    }
}

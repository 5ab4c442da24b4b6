//! `getset`: the samples asked for, in that order, as one FASTA.

use bstr::BString;
use ragc_read::Work;

use super::extract::{Format, extract_into};
use super::target::Target;
use super::{Failure, bytes_of, check_samples, open};
use crate::cli::GetsetArgs;

pub(super) fn run(args: &GetsetArgs) -> Result<(), Failure> {
    let format = Format::new(&args.extract);
    format.check_terminal(args.output.as_deref())?;
    let mut archive = open(&args.archive, args.output.as_deref())?;
    let samples: Vec<BString> = args.samples.iter().map(|name| bytes_of(name)).collect();
    check_samples(&args.archive, &mut archive, &samples)?;
    let work: Vec<Work> = samples.into_iter().map(Work::Sample).collect();
    let target = Target::open(args.output.as_deref())?;
    extract_into(target, &args.archive, &mut archive, &work, format)
}

//! `listref`: the name of the reference sample, without a line end, as `agc` prints it.

use super::target::Target;
use super::{Failure, archive_failure, open};
use crate::cli::ListArgs;

pub(super) fn run(args: &ListArgs) -> Result<(), Failure> {
    let archive = open(&args.archive, args.output.as_deref())?;
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(&args.archive, error))?;
    let mut target = Target::open(args.output.as_deref())?;
    if let Some(reference) = samples.get(0) {
        target.put(reference)?;
    }
    target.finish(false)
}

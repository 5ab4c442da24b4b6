//! `listset`: the sample names, sorted bytewise, one a line.

use super::target::Target;
use super::{Failure, archive_failure, open};
use crate::cli::ListArgs;

pub(super) fn run(args: &ListArgs) -> Result<(), Failure> {
    let archive = open(&args.archive, args.output.as_deref())?;
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(&args.archive, error))?;
    let mut target = Target::open(args.output.as_deref())?;
    for name in samples.sorted() {
        target.put(name)?;
        target.put(b"\n")?;
    }
    target.finish(false)
}

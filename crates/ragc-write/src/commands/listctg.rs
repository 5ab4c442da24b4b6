//! `listctg`: each sample's name, then the names of its contigs, each after three blanks.

use super::target::Target;
use super::{Failure, archive_failure, open, samples_meant};
use crate::cli::ListctgArgs;

pub(super) fn run(args: &ListctgArgs) -> Result<(), Failure> {
    let archive = open(&args.archive, args.output.as_deref())?;
    let samples = samples_meant(&args.archive, &archive, &args.samples)?;
    let mut target = Target::open(args.output.as_deref())?;
    for sample in &samples {
        let contigs = archive
            .contigs(sample.as_ref())
            .map_err(|error| archive_failure(&args.archive, error))?;
        target.put(sample)?;
        target.put(b"\n")?;
        for contig in contigs.iter() {
            target.put(b"   ")?;
            target.put(contig.name)?;
            target.put(b"\n")?;
        }
    }
    target.finish(false)
}

//! `listset`: the sample names, sorted bytewise, one a line; or in stored order with what each sample takes.

use super::bar;
use super::rows::Layout;
use super::stats::Stats;
use super::tables::costs;
use super::target::Target;
use super::{Failure, archive_failure, open};
use crate::cli::ListsetArgs;

pub(super) fn run(args: &ListsetArgs) -> Result<(), Failure> {
    let output = args.output.as_deref();
    let archive = open(&args.archive, output, &args.by_index)?;
    let _told = Stats::of(&archive, &args.stats);
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(&args.archive, error))?;
    let mut target = Target::open(output)?;
    let Some(layout) = Layout::of(&args.form) else {
        for name in samples.sorted() {
            target.put(name)?;
            target.put(b"\n")?;
        }
        return target.finish(false);
    };
    target.put(layout.samples_header().as_bytes())?;
    let with_bar = bar::wanted(args.form.quiet, output);
    let mut row = Vec::new();
    costs(&args.archive, &archive, with_bar, |sample, _, costs| {
        row.clear();
        let name = samples.get(sample).unwrap_or_default();
        layout.append_sample(name, sample, costs, &mut row);
        target.put(&row)
    })?;
    target.finish(false)
}

//! `getctg`: contigs or ranges of them, counted from 0, in the order asked for.

use bstr::BStr;
use ragc_read::{Counting, Strand, Work};

use super::extract::{Format, extract_into};
use super::finder::Finder;
use super::found::Found;
use super::header::{self, Titled};
use super::regions::{Asked, for_each};
use super::stats::Stats;
use super::target::Target;
use super::{Failure, open};
use crate::cli::GetctgArgs;

pub(super) fn run(args: &GetctgArgs) -> Result<(), Failure> {
    let format = Format::new(&args.extract, args.output.as_deref())?;
    let template = header::of_samples(args.header.template.as_deref())?;
    let archive = open(&args.archive, args.output.as_deref(), &args.by_index)?;
    let _told = Stats::of(&archive, &args.stats);
    let mut finder = Finder::new(&args.archive, &archive, Counting::FromZero, &args.search)?;
    let mut queries: Vec<Asked> = Vec::new();
    for_each(&args.queries, None, None, |query| {
        queries.push(query);
        Ok(())
    })?;
    // All are looked up before anything is written.
    let found: Vec<Vec<Found>> = finder
        .find_all(&queries)?
        .into_iter()
        .collect::<Result<_, Failure>>()?;
    finder.notes.finish();
    let found = found.concat();
    let regions = found.iter().map(|found| finder.region(found)).collect();
    let target = Target::open(args.output.as_deref())?;
    extract_into(
        target,
        &args.archive,
        &archive,
        &[Work::Regions(regions, Strand::Forward)],
        format,
        &|chunk, out| {
            let found = &found[chunk.index];
            match &template {
                Some(template) => template.write(
                    &Titled {
                        chunk,
                        start: found.range.start,
                        counting: Counting::FromZero,
                        name: BStr::new(""),
                    },
                    out,
                ),
                None if found.several => found.write_region(chunk, Counting::FromZero, out),
                None => {
                    out.extend_from_slice(chunk.contig);
                    found.write_range(chunk, Counting::FromZero, out);
                }
            }
        },
    )
}

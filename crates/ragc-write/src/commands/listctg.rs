//! `listctg`: each sample's name, then the names of its contigs, each after three blanks; or a row a contig with what it
//! takes. Without samples those of all, in stored order.

use std::collections::HashMap;

use bstr::{BStr, BString};
use ragc_read::{Archive, Contigs, Samples};

use super::rows::Layout;
use super::stats::Stats;
use super::tables::{costs, walk};
use super::target::Target;
use super::{Failure, archive_failure, bar, open, samples_meant};
use crate::cli::ListctgArgs;

pub(super) fn run(args: &ListctgArgs) -> Result<(), Failure> {
    let archive = open(&args.archive, args.output.as_deref(), &args.by_index)?;
    let _told = Stats::of(&archive, &args.stats);
    let asked = samples_meant(&args.archive, &archive, &args.samples)?;
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(&args.archive, error))?;
    let mut target = Target::open(args.output.as_deref())?;
    match Layout::of(&args.form) {
        None => names(args, &archive, &samples, &asked, &mut target)?,
        Some(layout) => rows(args, &archive, &samples, &asked, layout, &mut target)?,
    }
    target.finish(false)
}

fn names(
    args: &ListctgArgs,
    archive: &Archive,
    samples: &Samples,
    asked: &[BString],
    target: &mut Target,
) -> Result<(), Failure> {
    if asked.is_empty() {
        return walk(&args.archive, archive, |sample, contigs| {
            put_names(samples.get(sample).unwrap_or_default(), contigs, target)
        });
    }
    for sample in asked {
        let contigs = archive
            .contigs(sample.as_ref())
            .map_err(|error| archive_failure(&args.archive, error))?;
        put_names(sample.as_ref(), &contigs, target)?;
    }
    Ok(())
}

fn put_names(sample: &BStr, contigs: &Contigs, target: &mut Target) -> Result<(), Failure> {
    target.put(sample)?;
    target.put(b"\n")?;
    for contig in contigs.iter() {
        target.put(b"   ")?;
        target.put(contig.name)?;
        target.put(b"\n")?;
    }
    Ok(())
}

fn rows(
    args: &ListctgArgs,
    archive: &Archive,
    samples: &Samples,
    asked: &[BString],
    layout: Layout,
    target: &mut Target,
) -> Result<(), Failure> {
    target.put(layout.contigs_header().as_bytes())?;
    let number = |name: &BString| samples.position(name.as_ref()).unwrap_or_default();
    // Costs are known in stored order, and wanted in that of the command line.
    let mut kept: HashMap<usize, Vec<u8>> = asked
        .iter()
        .map(|name| (number(name), Vec::new()))
        .collect();
    let mut passing = Vec::new();
    let with_bar = bar::wanted(args.form.quiet, args.output.as_deref());
    costs(
        &args.archive,
        archive,
        with_bar,
        |sample, contigs, costs| {
            passing.clear();
            let text = match kept.get_mut(&sample) {
                Some(text) => text,
                None if asked.is_empty() => &mut passing,
                None => return Ok(()),
            };
            let name = samples.get(sample).unwrap_or_default();
            for (index, (contig, &cost)) in contigs.iter().zip(costs).enumerate() {
                layout.append_contig(name, contig.name, index, cost, text);
            }
            target.put(&passing)
        },
    )?;
    for name in asked {
        target.put(&kept[&number(name)])?;
    }
    Ok(())
}

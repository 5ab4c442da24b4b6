//! `digests`: sample, contig, length and refget digest of each contig, a line each.

use std::io::Write;

use ragc_read::{ArchiveError, Limits};
use ragc_write::contig_digests::contig_digests;

use super::options::thread_count;
use super::stats::Stats;
use super::target::Target;
use super::{Failure, archive_failure, note, open_whole, samples_meant};
use crate::cli::DigestsArgs;

pub(super) fn run(args: &DigestsArgs) -> Result<(), Failure> {
    let archive = open_whole(&args.archive, args.output.as_deref(), Limits::default())?;
    let _told = Stats::of(&archive, &args.stats);
    let failure = |error| archive_failure(&args.archive, error);
    let asked = samples_meant(&args.archive, &archive, &args.samples)?;
    let names = archive.samples().map_err(failure)?;
    let numbers: Vec<usize> = match asked.as_slice() {
        [] => (0..names.len()).collect(),
        asked => (asked.iter())
            .filter_map(|name| names.position(name.as_ref()))
            .collect(),
    };
    let mut target = Target::open(args.output.as_deref())?;
    let mut all_stored = true;
    let printed = contig_digests(&archive, numbers, thread_count(&args.threads), |contig| {
        if !contig.is_stored && all_stored {
            all_stored = false;
            let name = names.get(contig.sample).unwrap_or_default();
            note(&format!(
                "no digests are stored of {name:?}, and maybe others: made from the bases"
            ));
        }
        let mut line = names.get(contig.sample).unwrap_or_default().to_vec();
        if let Some(row) = contig.contigs.get(contig.number) {
            line.push(b'\t');
            line.extend_from_slice(row.first_word());
            line.extend_from_slice(format!("\t{}\t{}\n", row.len_bases, contig.digest).as_bytes());
        }
        target.write_all(&line).map_err(ArchiveError::Sink)
    });
    match printed {
        Ok(()) => target.finish(false),
        Err(ArchiveError::Sink(error)) => Err(target.failure(error)),
        Err(error) => Err(failure(error)),
    }
}

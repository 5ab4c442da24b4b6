//! `optimize`: an archive laid out anew, for those who read it over a network.

use std::time::Instant;

use indicatif::HumanBytes;
use ragc_write::create::Progress;
use ragc_write::rename::rename;

use super::append::open;
use super::bar::{self, Counted, Unit};
use super::create::check_output;
use super::spool::{arrange_into, write_arranged};
use super::stats::Stats;
use super::target::Target;
use super::{Failure, address, archive_failure, note};
use crate::cli::OptimizeArgs;

pub(super) fn run(args: &OptimizeArgs) -> Result<(), Failure> {
    let start = Instant::now();
    check_output(args.output.as_deref())?;
    let path = args.archive.as_path();
    if address(path).is_some() {
        return Err(Failure::Usage(
            "optimize reads all of an archive, in another order than it lies: download it first"
                .into(),
        ));
    }
    // The archive itself may be named as the output: the file that is read stays what it is when another takes its name.
    let archive = open(path)?;
    let _told = Stats::of(&archive, &args.stats);
    let info = archive
        .info()
        .map_err(|error| archive_failure(path, error))?;
    let mut target = Target::open(args.output.as_deref())?;
    let progress = Progress::default();
    let counted = Counted {
        done: &progress.bytes_read,
        unit: Unit::Bytes,
        total: &|| Some(info.file_len_bytes),
        afterwards: None,
    };
    let wanted = bar::wanted(args.quiet, args.output.as_deref());
    let mut warnings = Vec::new();
    let arranged = bar::with_bar(wanted, counted, || {
        if info.file_version.0 == 3 {
            return arrange_into(path, &mut target, &archive, &args.embedded, &progress);
        }
        // Renaming nobody is what makes an archive of version 3 of it.
        let make = |spool: &mut _| rename(&archive, &[], spool);
        let (renamed, arranged) = write_arranged(Some(path), &mut target, &args.embedded, make)?;
        warnings = renamed.warnings;
        Ok(arranged)
    })?;
    target.finish(true)?;
    for warning in &warnings {
        note(&format!("warning: {warning}"));
    }
    if !args.quiet {
        let index = match arranged.index_bytes {
            Some(bytes) => format!("an index of {}", HumanBytes(bytes)),
            None => "no index".into(),
        };
        let (bytes, time) = (HumanBytes(arranged.archive_bytes), start.elapsed());
        note(&format!("{bytes}, {index}, {:.1} s", time.as_secs_f64()));
    }
    Ok(())
}

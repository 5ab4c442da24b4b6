//! `rename`: an archive whose samples have other names, which takes its own only when it is complete.

use std::path::Path;

use bstr::{BString, ByteSlice as _};
use ragc_write::rename::{Renaming, rename};

use super::append::open;
use super::create::check_output;
use super::names::read_lines;
use super::spool::write_arranged;
use super::target::Target;
use super::{Failure, archive_failure, bytes_of, check_not_read, no_sample, note};
use crate::cli::RenameArgs;

pub(super) fn run(args: &RenameArgs) -> Result<(), Failure> {
    check_output(args.output.as_deref())?;
    let path = args.archive.as_path();
    let renamings = renamings(args)?;
    if let Some(output) = &args.output {
        // The archive itself may be named: the file that is read stays what it is when another takes its name.
        check_not_read(output, args.map.as_deref())?;
    }
    let archive = open(path)?;
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(path, error))?;
    let unknown = renamings
        .iter()
        .find(|(old, _)| samples.position(old.as_ref()).is_none());
    if let Some((old, _)) = unknown {
        return Err(no_sample(path, old.as_ref(), samples.iter()));
    }
    let mut target = Target::open(args.output.as_deref())?;
    let make = |spool: &mut _| rename(&archive, &renamings, spool);
    let (renamed, _) = write_arranged(Some(path), &mut target, &args.embedded, make)?;
    target.finish(true)?;
    for warning in &renamed.warnings {
        note(&format!("warning: {warning}"));
    }
    if !args.quiet {
        let count = renamings.len();
        let samples = if count == 1 { "sample" } else { "samples" };
        note(&format!("{count} {samples} renamed"));
    }
    Ok(())
}

/// The pairs of the command line, and those of the list.
fn renamings(args: &RenameArgs) -> Result<Vec<Renaming>, Failure> {
    let (pairs, rest) = args.names.as_chunks::<2>();
    if let [alone] = rest {
        let name = bytes_of(alone);
        return Err(Failure::Usage(format!("no new name for {name:?}")));
    }
    let mut renamings: Vec<Renaming> = pairs
        .iter()
        .map(|[old, new]| (bytes_of(old), bytes_of(new)))
        .collect();
    if let Some(map) = &args.map {
        for line in read_lines(map)? {
            renamings.push(columns(map, &line)?);
        }
    }
    if renamings.is_empty() {
        let why = "nothing to rename: give old and new names, or --map with a list of them";
        return Err(Failure::Usage(why.into()));
    }
    Ok(renamings)
}

fn columns(map: &Path, line: &BString) -> Result<Renaming, Failure> {
    let columns: Vec<&[u8]> = line.split_str("\t").collect();
    match *columns.as_slice() {
        [old, new] => Ok((old.into(), new.into())),
        _ => {
            // Quoted, because what is no list of names may be anything.
            let map = map.display();
            let why = format!("{map}: two names with a tab between expected, {line:?} found");
            Err(Failure::Other(why))
        }
    }
}

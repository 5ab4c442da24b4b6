//! `verify`: what is broken in an archive, on standard error, and how much was looked at.

use std::env::temp_dir;
use std::path::Path;

use ragc_read::{Archive, ArchiveError, Limits};
use ragc_write::index::check_embedded;
use ragc_write::verify::{Progress, Verified, verify};

use super::bar::{self, Counted, Unit};
use super::index::{beside, check_file};
use super::options::thread_count;
use super::stats::Stats;
use super::target::Target;
use super::{Failure, archive_failure, counted, note, open_whole};
use crate::cli::VerifyArgs;

/// Errors that are told one by one; more are only counted.
const ERRORS_TOLD_MAX: usize = 100;

pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let path = args.archive.as_path();
    let threads = thread_count(&args.threads);
    let progress = Progress::default();
    let mut errors = Vec::new();
    // Said when the bar is gone.
    let mut tell = |error: &ArchiveError| {
        if errors.len() < ERRORS_TOLD_MAX {
            errors.push(error.to_string());
        }
    };
    let archive = open_whole(path, None, Limits::default())?;
    let _told = Stats::of(&archive, &args.stats);
    let wanted = bar::wanted(args.quiet, None);
    let result = with_bar_of_samples(wanted, &archive, &progress, || {
        verify(&archive, threads, &progress, &mut tell)
    });
    let verified = match result {
        Ok(verified) => verified,
        Err(error @ ArchiveError::Archive(_)) => {
            tell(&error);
            Verified {
                errors: 1,
                ..Verified::default()
            }
        }
        Err(error) => return Err(archive_failure(path, error)),
    };
    // What cannot be read has no index that could be compared.
    let indexes = match verified.errors {
        0 => check_indexes(path, &archive, wanted),
        _ => Vec::new(),
    };
    let wrong: Vec<&String> = indexes
        .iter()
        .filter_map(|index| index.as_ref().err())
        .collect();
    for error in &errors {
        note(&format!("{}: {error}", path.display()));
    }
    let more = verified.errors - errors.len() as u64;
    if more > 0 {
        note(&format!("and {} more", counted(more, "error")));
    }
    for index in &wrong {
        note(&format!("{}: {index}", path.display()));
    }
    let mut target = Target::open(None)?;
    target.put(summary(&verified, indexes.len() - wrong.len()).as_bytes())?;
    target.finish(false)?;
    match verified.errors {
        0 if wrong.is_empty() => Ok(()),
        0 => Err(Failure::Other(format!(
            "{} is sound, but its index is not",
            path.display()
        ))),
        errors => Err(Failure::Other(format!(
            "{} is broken: {}",
            path.display(),
            counted(errors, "error")
        ))),
    }
}

/// Runs `work`, which goes through the samples of `archive`, with a bar if it is wanted.
pub(super) fn with_bar_of_samples<T>(
    wanted: bool,
    archive: &Archive,
    progress: &Progress,
    work: impl FnOnce() -> T,
) -> T {
    let counted = Counted {
        done: &progress.samples,
        unit: Unit::Samples,
        total: &|| archive.samples().ok().map(|samples| samples.len() as u64),
        afterwards: None,
    };
    bar::with_bar(wanted, counted, work)
}

/// Compares the indexes of `archive` of `path`, in it and beside it, as far as there are any.
fn check_indexes(path: &Path, archive: &Archive, with_bar: bool) -> Vec<Result<(), String>> {
    let mut checked = Vec::new();
    let progress = Progress::default();
    with_bar_of_samples(with_bar, archive, &progress, || {
        match check_embedded(archive, &temp_dir(), &progress) {
            Ok(None) => {}
            Ok(Some(_)) => checked.push(Ok(())),
            Err(error) => checked.push(Err(format!("its index: {error}"))),
        }
        if let Some(index) = beside(path).filter(|index| index.exists()) {
            let result = check_file(archive, &index, &progress);
            checked.push(match result {
                Ok(_) => Ok(()),
                Err(error) => Err(format!("the index {}: {error}", index.display())),
            });
        }
    });
    checked
}

fn summary(verified: &Verified, indexes: usize) -> String {
    let Verified {
        samples,
        contigs,
        bases,
        digests,
        errors,
    } = *verified;
    let judgement = match errors {
        0 => "ok".to_owned(),
        errors => format!("broken, {}", counted(errors, "error")),
    };
    let sound = [(samples, "sample"), (contigs, "contig"), (bases, "base")];
    let sound = sound.map(|(count, what)| counted(count, what)).join(", ");
    // Without digests only what is stored twice was compared, which is little.
    let compared = match (digests, contigs - digests) {
        (0, _) => "no digests to compare".to_owned(),
        (_, 0) => format!("{} compared", counted(digests, "digest")),
        (_, lacking) => format!(
            "{} compared, none stored of {}",
            counted(digests, "digest"),
            counted(lacking, "contig")
        ),
    };
    let indexes = match indexes {
        0 => String::new(),
        1 => ", index compared".to_owned(),
        more => format!(", {more} indexes compared"),
    };
    format!("{judgement}: {sound}, {compared}{indexes}\n")
}

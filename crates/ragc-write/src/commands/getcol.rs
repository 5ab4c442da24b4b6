//! `getcol`: all samples, in stored order, as one FASTA or as a file each.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use ragc_read::{Archive, Chunk, Limits, Work};

use super::extract::{Format, Heading, extract, extract_into};
use super::finder::listed;
use super::stats::Stats;
use super::target::Target;
use super::{Failure, archive_failure, bytes_of, check_not_read, header, names, note, open_within};
use crate::cli::GetcolArgs;

pub(super) fn run(args: &GetcolArgs) -> Result<(), Failure> {
    let format = Format::new(&args.extract, args.output.as_deref())?;
    let template = header::of_samples(args.header.template.as_deref())?;
    let heading = |chunk: &Chunk<'_>, out: &mut Vec<u8>| {
        header::of_contig(template.as_ref(), chunk, out);
    };
    let archive = open_within(
        &args.archive,
        args.output.as_deref(),
        &args.by_index,
        limits(),
    )?;
    let _told = Stats::of(&archive, &args.stats);
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(&args.archive, error))?;
    let patterns: Vec<BString> = args.samples.patterns.iter().map(|p| bytes_of(p)).collect();
    let numbers = if patterns.is_empty() {
        (0..samples.len()).collect()
    } else {
        names::select(&args.archive, &samples, &patterns)?
    };
    let wanted: Vec<&BStr> = numbers
        .into_iter()
        .filter(|&number| !(args.no_reference && number == 0))
        .filter_map(|number| samples.get(number))
        .collect();
    let work: Vec<Work> = wanted
        .iter()
        .map(|&name| Work::Sample(name.to_owned()))
        .collect();
    let Some(directory) = &args.output else {
        let target = Target::open(None)?;
        return extract_into(target, &args.archive, &archive, &work, format, &heading);
    };
    if !fs::metadata(directory).is_ok_and(|metadata| metadata.is_dir()) {
        return Err(Failure::Other(format!(
            "{}: expected an existing directory",
            directory.display()
        )));
    }
    if !args.safe_names {
        check_names(&wanted, &args.archive)?;
    }
    let paths = file_paths(directory, &wanted, format.extension())?;
    for path in &paths {
        check_not_read(path, [args.archive.as_path()])?;
    }
    let (mut start, mut broken) = (0, 0);
    while start < work.len() {
        match extract_files(
            &args.archive,
            &archive,
            &work[start..],
            &paths[start..],
            format,
            &heading,
        ) {
            (_, Ok(())) => break,
            // The others may be sound.
            (done, Err(failure @ Failure::Archive { .. })) => {
                note(&failure.to_string());
                broken += 1;
                start += done + 1;
            }
            (_, Err(failure)) => return Err(failure),
        }
    }
    if broken == 0 {
        return Ok(());
    }
    Err(Failure::Other(format!(
        "{}: {broken} of {} samples could not be read and have no file",
        args.archive.display(),
        work.len()
    )))
}

/// Samples come in stored order, so only the tables of the batch at hand are asked for again.
fn limits() -> Limits {
    const TABLES_BYTES: u64 = 64 << 20;
    Limits {
        collection_bytes_max: TABLES_BYTES,
        ..Limits::default()
    }
}

/// Extracts samples into a file each: how many were complete when something failed, and what.
fn extract_files(
    path: &Path,
    archive: &Archive,
    work: &[Work],
    paths: &[PathBuf],
    format: Format,
    heading: &Heading<'_>,
) -> (usize, Result<(), Failure>) {
    let (mut done, mut open_target) = (0, None);
    let result = extract(path, archive, work, format, heading, |output| {
        if output.first {
            open_target = Some(Target::open(Some(&paths[output.work]))?);
        }
        if let Some(target) = &mut open_target {
            target.put(output.bytes)?;
        }
        if output.last
            && let Some(target) = open_target.take()
        {
            target.finish(false)?;
            done += 1;
        }
        Ok(())
    });
    (done, result)
}

/// Refuses names that would lead out of the directory, all of them before anything is written.
fn check_names(samples: &[&BStr], path: &Path) -> Result<(), Failure> {
    let unsafe_names: Vec<&BStr> = samples
        .iter()
        .copied()
        .filter(|name| matches!(name.as_bytes(), b"." | b"..") || name.bytes().any(is_separator))
        .collect();
    if unsafe_names.is_empty() {
        return Ok(());
    }
    Err(Failure::Other(format!(
        "{}: names of samples that are no names of files: {}; --safe-names writes them with _ for what is in the way",
        path.display(),
        listed(unsafe_names.into_iter())
    )))
}

/// The file of every sample in `directory`, whatever the names hold.
///
/// # Errors
/// When two samples would share a file.
fn file_paths(
    directory: &Path,
    samples: &[&BStr],
    extension: &str,
) -> Result<Vec<PathBuf>, Failure> {
    let mut owners: HashMap<OsString, &BStr> = HashMap::new();
    let mut paths = Vec::with_capacity(samples.len());
    for &sample in samples {
        let stem = file_stem(sample);
        if stem != *sample {
            note(&format!(
                "sample {sample:?} is written to a file called {}{extension}",
                stem.as_bstr()
            ));
        }
        let mut file_name = stem.to_os_str_lossy().into_owned();
        file_name.push(extension);
        if let Some(other) = owners.insert(file_name.clone(), sample) {
            let file_name = Path::new(&file_name).display();
            return Err(Failure::Other(format!(
                "samples {other:?} and {sample:?} would both be written to {file_name}"
            )));
        }
        paths.push(directory.join(file_name));
    }
    Ok(paths)
}

/// The sample's name without what would lead out of the directory: a path separator becomes `_`.
fn file_stem(sample: &BStr) -> Vec<u8> {
    let replaced = |byte| if is_separator(byte) { b'_' } else { byte };
    sample.bytes().map(replaced).collect()
}

/// Whether a byte ends a name in paths.
fn is_separator(byte: u8) -> bool {
    byte == b'/' || byte == 0 || (cfg!(windows) && br#"\:"#.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_in_the_directory() {
        let samples = ["a", "..", "../../etc/passwd", "/tmp/x", ""].map(BStr::new);
        let paths = file_paths(Path::new("out"), &samples, ".fa").expect("different names");
        for path in &paths {
            assert_eq!(path.parent(), Some(Path::new("out")), "{}", path.display());
        }
        assert_eq!(paths[0], Path::new("out/a.fa"));
        assert_eq!(paths[2], Path::new("out/.._.._etc_passwd.fa"));
        let clash = ["x/y", "x_y"].map(BStr::new);
        assert!(matches!(
            file_paths(Path::new("out"), &clash, ".fa"),
            Err(Failure::Other(_))
        ));
    }
}

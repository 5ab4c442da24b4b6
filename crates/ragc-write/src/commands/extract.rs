//! What the extracting verbs share: FASTA text made by the reader's threads, compressed there when asked for.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use ragc_read::{Archive, ArchiveError, Chunk, Output, Work};

use super::bar::{self, Counted, Unit};
use super::options::{clamped, thread_count};
use super::target::Target;
use super::{Failure, archive_failure};
use crate::cli::ExtractArgs;

/// How extracted sequences are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    line_len: usize,
    /// Level 1 to 9; `None` for plain text.
    gzip: Option<u32>,
    threads: usize,
    /// Whether to draw a progress bar.
    bar: bool,
}

impl Format {
    /// The format that `args` ask for, of an output to the file or directory `output`.
    ///
    /// # Errors
    /// Compressed data are not sent to a terminal.
    pub(super) fn new(args: &ExtractArgs, output: Option<&Path>) -> Result<Self, Failure> {
        let gzip = clamped("-g", args.gzip, 0..=9);
        if gzip > 0 && output.is_none() && io::stdout().is_terminal() {
            return Err(Failure::Usage(
                "gzip data are not for terminals: give -o FILE, or redirect the output".into(),
            ));
        }
        Ok(Self {
            line_len: clamped("-l", args.line_len, 40..=2_000_000_000) as usize,
            gzip: (gzip > 0).then_some(gzip),
            threads: thread_count(&args.threads),
            bar: bar::wanted(args.quiet, output),
        })
    }

    /// What file names end in.
    pub(super) fn extension(&self) -> &'static str {
        if self.gzip.is_some() { ".fa.gz" } else { ".fa" }
    }

    /// Appends `text` to `out`, as a gzip member of its own when compressed; members can be joined.
    pub(super) fn encode(&self, text: &[u8], out: &mut Vec<u8>) {
        let Some(level) = self.gzip else {
            out.extend_from_slice(text);
            return;
        };
        let mut encoder = GzEncoder::new(out, Compression::new(level));
        // Writing into memory does not fail.
        let _ = encoder.write_all(text);
        let _ = encoder.finish();
    }

    /// The text of `chunks`, after a line with the contig's name where one begins and `with_names` is set.
    fn format(&self, chunks: &[Chunk<'_>], with_names: bool, out: &mut Vec<u8>) {
        if self.gzip.is_none() {
            return self.append_text(chunks, with_names, out);
        }
        let mut text = Vec::new();
        self.append_text(chunks, with_names, &mut text);
        self.encode(&text, out);
    }

    fn append_text(&self, chunks: &[Chunk<'_>], with_names: bool, out: &mut Vec<u8>) {
        for chunk in chunks {
            if with_names && chunk.offset == 0 {
                out.push(b'>');
                out.extend_from_slice(chunk.contig);
                out.push(b'\n');
            }
            chunk.write_lines(self.line_len, out);
        }
    }
}

/// Whose business the header lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Every contig gets its stored name.
    Stored,
    /// The receiver of the outputs writes them.
    Receiver,
}

/// Extracts `work` and hands the text to `receive`, in order.
///
/// # Errors
/// The archive's, with its path, or the first of `receive`.
pub(super) fn extract(
    path: &Path,
    archive: &Archive,
    work: &[Work],
    format: Format,
    names: Names,
    mut receive: impl FnMut(Output<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut failure = None;
    let bases = AtomicU64::new(0);
    let counted = Counted {
        done: &bases,
        unit: Unit::Bases,
        total: &|| bases_of(archive, work),
        afterwards: None,
    };
    let result = bar::with_bar(format.bar, counted, || {
        archive.extract(
            work,
            format.threads,
            |chunks, out| {
                format.format(chunks, names == Names::Stored, out);
                let len = chunks.iter().map(|chunk| chunk.bases.len() as u64).sum();
                bases.fetch_add(len, Ordering::Relaxed);
            },
            |output| {
                receive(output).map_err(|error| {
                    failure = Some(error);
                    io::Error::other("the receiver failed")
                })
            },
        )
    });
    match (result, failure) {
        (Err(ArchiveError::Sink(_)), Some(failure)) => Err(failure),
        (Err(error), _) => Err(archive_failure(path, error)),
        (Ok(()), _) => Ok(()),
    }
}

/// How many bases `work` has; `None` if the archive cannot tell, as the extraction will say.
fn bases_of(archive: &Archive, work: &[Work]) -> Option<u64> {
    let mut bases = 0;
    for work in work {
        bases += match work {
            Work::Sample(name) => {
                let contigs = archive.contigs(name.as_ref()).ok()?;
                contigs.iter().map(|contig| contig.len_bases).sum()
            }
            Work::Region(region) => {
                let contigs = archive.contigs(region.sample.as_ref()).ok()?;
                let end = region.range.end.min(contigs.get(region.contig)?.len_bases);
                end.saturating_sub(region.range.start)
            }
        };
    }
    Some(bases)
}

/// Extracts `work`, contigs under their stored names, into one output.
pub(super) fn extract_into(
    mut target: Target,
    path: &Path,
    archive: &Archive,
    work: &[Work],
    format: Format,
) -> Result<(), Failure> {
    extract(path, archive, work, format, Names::Stored, |output| {
        target.put(output.bytes)
    })?;
    target.finish(false)
}

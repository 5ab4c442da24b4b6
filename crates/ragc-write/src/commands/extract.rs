//! What the extracting verbs share: FASTA text made by the reader's threads, compressed there when asked for.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::write::GzEncoder;
use ragc_read::{Archive, ArchiveError, Chunk, Output, Work};

use super::bar::{self, Counted, Unit};
use super::options::{clamped, thread_count};
use super::target::Target;
use super::{Failure, archive_failure, bgzf};
use crate::cli::ExtractArgs;

/// Regions whose lengths are looked up together.
const REGIONS_TOGETHER: usize = 1 << 12;

/// How extracted sequences are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    /// 0 for one line a sequence.
    pub(super) line_len: usize,
    pub(super) compression: Compression,
    pub(super) threads: usize,
    /// Whether to draw a progress bar.
    pub(super) bar: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    /// At level 1 to 9.
    Gzip(u32),
    /// At level 0 to 9.
    Bgzf(u32),
}

/// Appends what stands between `>` and the end of the line, for the first chunk of a sequence.
pub(super) type Heading<'a> = dyn Fn(&Chunk<'_>, &mut Vec<u8>) + Sync + 'a;

impl Format {
    /// The format that `args` ask for, of an output to the file or directory `output`.
    ///
    /// # Errors
    /// Compressed data are not sent to a terminal.
    pub(super) fn new(args: &ExtractArgs, output: Option<&Path>) -> Result<Self, Failure> {
        let level = clamped("-g", args.gzip, 0..=9);
        let format = Self {
            line_len: clamped("-l", args.line_len, 40..=2_000_000_000) as usize,
            compression: if level == 0 {
                Compression::None
            } else {
                Compression::Gzip(level)
            },
            threads: thread_count(&args.threads),
            bar: bar::wanted(args.quiet, output),
        };
        format.check_terminal(output)?;
        Ok(format)
    }

    /// What file names end in.
    pub(super) fn extension(&self) -> &'static str {
        match self.compression {
            Compression::None => ".fa",
            Compression::Gzip(_) | Compression::Bgzf(_) => ".fa.gz",
        }
    }

    /// Refuses to send compressed data to a terminal.
    pub(super) fn check_terminal(&self, output: Option<&Path>) -> Result<(), Failure> {
        let is_plain = self.compression == Compression::None;
        if !is_plain && output.is_none() && io::stdout().is_terminal() {
            return Err(Failure::Usage(
                "gzip data are not for terminals: give -o FILE, or redirect the output".into(),
            ));
        }
        Ok(())
    }

    /// Appends the text of `chunks`, compressed on its own when it is: what is compressed can be joined.
    fn format(&self, chunks: &[Chunk<'_>], heading: &Heading<'_>, out: &mut Vec<u8>) {
        match self.compression {
            Compression::None => self.append_text(chunks, heading, out),
            Compression::Gzip(level) => {
                let mut text = Vec::new();
                self.append_text(chunks, heading, &mut text);
                let mut encoder = GzEncoder::new(out, flate2::Compression::new(level));
                // Writing into memory does not fail.
                let _ = encoder.write_all(&text);
                let _ = encoder.finish();
            }
            Compression::Bgzf(level) => {
                let mut text = Vec::new();
                self.append_text(chunks, heading, &mut text);
                bgzf::append_blocks(&text, level, out);
            }
        }
    }

    fn append_text(&self, chunks: &[Chunk<'_>], heading: &Heading<'_>, out: &mut Vec<u8>) {
        for chunk in chunks {
            if chunk.offset == 0 {
                out.push(b'>');
                heading(chunk, out);
                out.push(b'\n');
            }
            chunk.write_lines(self.line_len, out);
        }
    }
}

/// Extracts `work` and hands the text to `receive`, in order; with a bar if it is wanted.
///
/// # Errors
/// The archive's, with its path, or the first of `receive`.
pub(super) fn extract(
    path: &Path,
    archive: &Archive,
    work: &[Work],
    format: Format,
    heading: &Heading<'_>,
    receive: impl FnMut(Output<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let bases = AtomicU64::new(0);
    let counted = Counted {
        done: &bases,
        unit: Unit::Bases,
        total: &|| bases_of(archive, work),
        afterwards: None,
    };
    bar::with_bar(format.bar, counted, || {
        extract_counting(path, archive, work, format, heading, &bases, receive)
    })
}

/// Extracts `work`, hands the text to `receive`, in order, and adds to `bases` what is done.
///
/// # Errors
/// As [`extract`].
pub(super) fn extract_counting(
    path: &Path,
    archive: &Archive,
    work: &[Work],
    format: Format,
    heading: &Heading<'_>,
    bases: &AtomicU64,
    mut receive: impl FnMut(Output<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut failure = None;
    let result = archive.extract(
        work,
        format.threads,
        |chunks, out| {
            format.format(chunks, heading, out);
            let len = chunks.iter().map(|chunk| chunk.bases.len() as u64).sum();
            bases.fetch_add(len, Ordering::Relaxed);
        },
        |output| {
            receive(output).map_err(|error| {
                failure = Some(error);
                io::Error::other("the receiver failed")
            })
        },
    );
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
        match work {
            Work::Sample(name) => {
                let contigs = archive.contigs(name.as_ref()).ok()?;
                bases += contigs.iter().map(|contig| contig.len_bases).sum::<u64>();
            }
            Work::Regions(regions, _) => {
                for regions in regions.chunks(REGIONS_TOGETHER) {
                    let places = regions.iter();
                    let places: Vec<_> = places
                        .map(|region| (region.sample.as_ref(), region.contig))
                        .collect();
                    let contigs = archive.contigs_at(&places).ok()?;
                    for (region, contig) in regions.iter().zip(contigs.iter()) {
                        let end = region.range.end.min(contig.len_bases);
                        bases += end.saturating_sub(region.range.start);
                    }
                }
            }
        }
    }
    Some(bases)
}

/// Extracts `work` into one output.
pub(super) fn extract_into(
    mut target: Target,
    path: &Path,
    archive: &Archive,
    work: &[Work],
    format: Format,
    heading: &Heading<'_>,
) -> Result<(), Failure> {
    extract(path, archive, work, format, heading, |output| {
        target.put(output.bytes)
    })?;
    target.finish(false)
}

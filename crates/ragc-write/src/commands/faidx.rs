//! `faidx`: regions as samtools has them, counted from 1; and indexes of FASTA texts.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use ragc_read::{Archive, Chunk, Counting, Work};

use super::bar::{self, Counted, Unit};
use super::bgzf::{self, BlockIndex};
use super::extract::{Compression, Format, extract_counting};
use super::fai::FastaIndex;
use super::finder::Finder;
use super::header::{of_contig, of_samples};
use super::options::{clamped, thread_count};
use super::regions::{Asked, for_each};
use super::stats::Stats;
use super::target::Target;
use super::titles::{Sequence, Titles};
use super::{Failure, archive_failure, check_not_read, note, open, samples_meant};
use crate::cli::FaidxArgs;

/// Letters a line, as samtools writes them.
const LINE_LEN: u32 = 60;
/// Letters a line of what `getset` prints.
const GETSET_LINE_LEN: u32 = 80;
/// Level of BGZF where the command line does not say, as samtools has it.
const LEVEL: u32 = 4;
/// Regions looked up together, and extracted together.
const REGIONS_AT_A_TIME: usize = 1 << 15;

pub(super) fn run(args: &FaidxArgs) -> Result<(), Failure> {
    if args.fai {
        return print_index(args);
    }
    if args.regions.is_empty() && args.region_file.is_none() && args.bed.is_none() {
        let why = "no regions: give some, or -r FILE, or -b FILE; --fai prints an index";
        return Err(Failure::Usage(why.into()));
    }
    let format = Format {
        line_len: args.line_len.unwrap_or(LINE_LEN) as usize,
        compression: compression(args),
        threads: thread_count(&args.threads),
        bar: bar::wanted(args.quiet, args.output.as_deref()),
    };
    format.check_terminal(args.output.as_deref())?;
    let titles = Titles::new(args)?;
    let archive = open(&args.archive, args.output.as_deref(), &args.by_index)?;
    let _told = Stats::of(&archive, &args.stats);
    for path in [index_path(args, ".fai"), index_path(args, ".gzi")]
        .iter()
        .flatten()
    {
        check_not_read(path, [args.archive.as_path()])?;
    }
    let mut finder = Finder::new(&args.archive, &archive, Counting::FromOne, &args.search)?;
    let sequences = find(args, &mut finder, &titles)?;
    write(args, &archive, &finder, &titles, &sequences, format)
}

fn compression(args: &FaidxArgs) -> Compression {
    let is_named_so = args.output.as_ref().is_some_and(|path| {
        path.extension().is_some_and(|extension| {
            ["gz", "bgz", "bgzf"]
                .into_iter()
                .any(|end| extension.eq_ignore_ascii_case(end))
        })
    });
    match args.gzip.map(|level| clamped("-g", level, 0..=9)) {
        None if is_named_so => Compression::Bgzf(LEVEL),
        None => Compression::None,
        Some(0) if !is_named_so => Compression::None,
        Some(level) => Compression::Bgzf(level),
    }
}

/// All regions, looked up.
fn find(
    args: &FaidxArgs,
    finder: &mut Finder<'_>,
    titles: &Titles,
) -> Result<Vec<Sequence>, Failure> {
    let mut sequences = Vec::new();
    let mut waiting: Vec<Asked> = Vec::new();
    let mut missing = 0u64;
    let mut look_up = |waiting: &mut Vec<Asked>| {
        let found = finder.find_all(waiting)?;
        for (asked, found) in waiting.drain(..).zip(found) {
            let found = match found {
                Err(failure @ Failure::Query(_)) if args.go_on => {
                    finder.notes.say(&format!("{failure}; left out"));
                    missing += 1;
                    continue;
                }
                found => found?,
            };
            let name = titles.name_of(asked);
            sequences.extend(found.into_iter().map(|found| Sequence {
                found,
                name: name.clone(),
            }));
        }
        Ok(())
    };
    for_each(
        &args.regions,
        args.region_file.as_deref(),
        args.bed.as_deref(),
        |asked| {
            waiting.push(asked);
            if waiting.len() < REGIONS_AT_A_TIME {
                return Ok(());
            }
            look_up(&mut waiting)
        },
    )?;
    look_up(&mut waiting)?;
    finder.notes.finish();
    if missing > 0 {
        note(&format!("{missing} regions were left out"));
    }
    Ok(sequences)
}

/// Writes the regions, and their indexes beside them.
fn write(
    args: &FaidxArgs,
    archive: &Archive,
    finder: &Finder<'_>,
    titles: &Titles,
    sequences: &[Sequence],
    format: Format,
) -> Result<(), Failure> {
    let mut target = Target::open(args.output.as_deref())?;
    let mut blocks = BlockIndex::default();
    let bases = AtomicU64::new(0);
    let counted = Counted {
        done: &bases,
        unit: Unit::Bases,
        total: &|| Some(sequences.iter().map(Sequence::len_bases).sum()),
        afterwards: None,
    };
    bar::with_bar(format.bar, counted, || {
        sequences.chunks(REGIONS_AT_A_TIME).try_for_each(|some| {
            let regions = some.iter().map(|one| finder.region(&one.found)).collect();
            extract_counting(
                &args.archive,
                archive,
                &[Work::Regions(regions, titles.strand)],
                format,
                &|chunk, out| titles.write(chunk, &some[chunk.index], out),
                &bases,
                |output| {
                    if format.compression != Compression::None {
                        blocks.note(output.bytes);
                    }
                    target.put(output.bytes)
                },
            )
        })
    })?;
    if format.compression != Compression::None {
        target.put(&bgzf::END)?;
    }
    // All are written before one takes its name.
    let mut indexes = Vec::new();
    if let Some(path) = index_path(args, ".fai") {
        let mut rows = FastaIndex::new(format.line_len);
        let mut header = Vec::new();
        for (index, one) in sequences.iter().enumerate() {
            header.clear();
            finder.titled(&one.found, index, |chunk| {
                titles.write(chunk, one, &mut header)
            })?;
            rows.add(&header, one.len_bases());
        }
        if format.compression != Compression::None {
            debug_assert_eq!(
                rows.text_len(),
                blocks.text_len(),
                "what is indexed was written"
            );
        }
        note_repeats(&rows);
        indexes.push(written(&path, &rows.take_rows())?);
    }
    if let Some(path) = index_path(args, ".gzi") {
        indexes.push(written(&path, &blocks.to_bytes())?);
    }
    target.finish(false)?;
    indexes
        .into_iter()
        .try_for_each(|index| index.finish(false))
}

/// Where the index of this ending is written, if it is.
fn index_path(args: &FaidxArgs, ending: &str) -> Option<PathBuf> {
    let output = args
        .output
        .as_ref()
        .filter(|path| *path != Path::new("-"))?;
    let is_compressed = compression(args) != Compression::None;
    let is_wanted = is_compressed || (ending == ".fai" && args.write_index);
    let mut path: OsString = output.into();
    path.push(ending);
    is_wanted.then(|| path.into())
}

/// All of a file, which has yet to take its name.
fn written(path: &Path, bytes: &[u8]) -> Result<Target, Failure> {
    let mut target = Target::open(Some(path))?;
    target.put(bytes)?;
    Ok(target)
}

fn note_repeats(rows: &FastaIndex) {
    if rows.repeats() > 0 {
        note(&format!(
            "{} sequences are called like one before them, and are not in the index",
            rows.repeats()
        ));
    }
}

/// `--fai`: names and lengths are known from the tables, so no sequence is read.
fn print_index(args: &FaidxArgs) -> Result<(), Failure> {
    let template = of_samples(args.template.as_deref())?;
    let archive = open(&args.archive, args.output.as_deref(), &args.by_index)?;
    let _told = Stats::of(&archive, &args.stats);
    let failure = |error| archive_failure(&args.archive, error);
    let patterns = &args.search.samples.patterns;
    let samples = if patterns.is_empty() {
        let all = archive.samples().map_err(failure)?;
        all.iter().map(ToOwned::to_owned).collect()
    } else {
        samples_meant(&args.archive, &archive, patterns)?
    };
    let mut target = Target::open(args.output.as_deref())?;
    let mut rows = FastaIndex::new(args.line_len.unwrap_or(GETSET_LINE_LEN) as usize);
    let mut header = Vec::new();
    for sample in &samples {
        let contigs = archive.contigs(sample.as_ref()).map_err(failure)?;
        for (index, contig) in contigs.iter().enumerate() {
            header.clear();
            let chunk = Chunk {
                sample: sample.as_ref(),
                contig: contig.name,
                contig_len_bases: contig.len_bases,
                index,
                len_bases: contig.len_bases,
                offset: 0,
                bases: b"",
                last: true,
            };
            of_contig(template.as_ref(), &chunk, &mut header);
            rows.add(&header, contig.len_bases);
        }
        target.put(&rows.take_rows())?;
    }
    note_repeats(&rows);
    target.finish(false)
}

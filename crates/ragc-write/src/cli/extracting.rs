//! What the verbs take that write sequences.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::{ByIndexArgs, StatsArgs, Threads};

/// The fields of templates, before examples.
macro_rules! header_notes {
    ($examples:literal) => {
        concat!(
            "In a template {sample} is the sample, {contig} the first word of the contig's name, {header} its whole name, \
             {length} the number of bases, {range} their positions as this command counts them.\n\nExamples:\n",
            $examples
        )
    };
}

const GETCOL_NOTES: &str = header_notes!(
    "  ragc getcol -o genomes strains.agc
  ragc getcol -g 6 strains.agc > all.fa.gz"
);

const GETSET_NOTES: &str = header_notes!(
    "  ragc getset strains.agc strain07 strain11 > two.fa
  ragc getset --header '{sample}#{contig}' strains.agc 'HG002#*'"
);

const GETCTG_NOTES: &str = "\
CONTIG is the whole name of a contig or its first word; @SAMPLE is needed where several samples have it. Positions \
count from 0 and both ends are included: chr1:0-9 are the first ten bases, chr1:10- all but these. Braces say where a \
name ends that holds @ or : itself: {HLA:1}:0-9, {a@b}@{sample}.

Examples:
  ragc getctg strains.agc chr1@strain07:5000-5999
  ragc getctg -o chr2.fa.gz -g 6 strains.agc chr2@strain07 chr2@strain11";

const FAIDX_NOTES: &str = "\
Regions are those of samtools: CONTIG, CONTIG:FROM-TO, CONTIG:FROM-, CONTIG:-TO, counted from 1 with both ends included, \
as numbers like 1,000 or 1.5k too; CONTIG is the whole name of a contig or its first word, and may have @SAMPLE behind it. \
Braces say where a name ends that holds @ or : itself: {HLA:1}:5-9, {a@b}@{sample}. All are looked up before anything is \
written.

Examples:
  ragc faidx strains.agc chr1@strain07:5001-6000
  ragc faidx -b genes.bed --sample strain07 -o genes.fa.gz strains.agc";

/// What every extracting verb takes.
#[derive(Debug, Args)]
pub(crate) struct ExtractArgs {
    /// Compress with gzip at this level, 0 (do not) to 9
    #[arg(
        short,
        long = "gzip",
        value_name = "LEVEL",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) gzip: i64,
    /// Letters a line, 40 to 2000000000
    #[arg(
        short,
        long = "line-length",
        value_name = "N",
        default_value_t = 80,
        allow_negative_numbers = true
    )]
    pub(crate) line_len: i64,
    #[command(flatten)]
    pub(crate) threads: Threads,
    /// No progress bar; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Accepted for compatibility
    #[arg(
        short,
        long,
        value_name = "N",
        hide = true,
        allow_negative_numbers = true
    )]
    pub(crate) verbosity: Option<i64>,
}

/// Samples by name or pattern.
#[derive(Debug, Args)]
pub(crate) struct PatternArgs {
    /// Only in samples of this name, or like this pattern: * is any letters, ? one letter, letters in [ ] one of these
    #[arg(long = "sample", value_name = "PATTERN")]
    pub(crate) patterns: Vec<OsString>,
}

/// What header lines look like.
#[derive(Debug, Args)]
pub(crate) struct HeaderArgs {
    /// Header lines, as '{sample}#{contig}'; fields: sample, contig, header, range, length
    #[arg(long = "header", value_name = "TEMPLATE")]
    pub(crate) template: Option<String>,
}

/// Flags of `agc` that choose between speed and memory: here both are had without them.
#[derive(Debug, Args)]
pub(crate) struct MemoryArgs {
    /// No prefetching (accepted for compatibility: only what is needed is read)
    #[arg(short = 'p', long = "no-prefetch")]
    pub(crate) no_prefetch: bool,
    /// Streaming mode (accepted for compatibility: memory is always bounded)
    #[arg(short, long)]
    pub(crate) streaming: bool,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = GETCOL_NOTES)]
pub(crate) struct GetcolArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    #[command(flatten)]
    pub(crate) by_index: ByIndexArgs,
    #[command(flatten)]
    pub(crate) samples: PatternArgs,
    #[command(flatten)]
    pub(crate) header: HeaderArgs,
    #[command(flatten)]
    pub(crate) extract: ExtractArgs,
    /// Write one file a sample into this directory, SAMPLE.fa or SAMPLE.fa.gz, not all to standard output
    #[arg(short, long, value_name = "DIRECTORY")]
    pub(crate) output: Option<PathBuf>,
    /// Leave out the reference sample
    #[arg(short = 'r', long = "no-reference")]
    pub(crate) no_reference: bool,
    /// With -o: samples whose names would lead out of the directory get files all the same, with _ for / and the like
    #[arg(long = "safe-names", requires = "output")]
    pub(crate) safe_names: bool,
    /// Fast mode (accepted for compatibility: it always is)
    #[arg(short, long)]
    pub(crate) fast: bool,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = GETSET_NOTES)]
pub(crate) struct GetsetArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    #[command(flatten)]
    pub(crate) by_index: ByIndexArgs,
    /// Names of samples, as listset prints them, or patterns like 'HG002#*'
    #[arg(required_unless_present = "patterns", value_name = "SAMPLE")]
    pub(crate) samples: Vec<OsString>,
    /// Samples of this name or like this pattern, after those above
    #[arg(long = "sample", value_name = "PATTERN")]
    pub(crate) patterns: Vec<OsString>,
    #[command(flatten)]
    pub(crate) header: HeaderArgs,
    #[command(flatten)]
    pub(crate) extract: ExtractArgs,
    #[command(flatten)]
    pub(crate) memory: MemoryArgs,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = GETCTG_NOTES)]
pub(crate) struct GetctgArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    #[command(flatten)]
    pub(crate) by_index: ByIndexArgs,
    /// CONTIG, CONTIG@SAMPLE, and ranges: CONTIG:FROM-TO, CONTIG@SAMPLE:FROM-TO; from 0, both ends included
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) queries: Vec<OsString>,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    #[command(flatten)]
    pub(crate) header: HeaderArgs,
    #[command(flatten)]
    pub(crate) extract: ExtractArgs,
    #[command(flatten)]
    pub(crate) memory: MemoryArgs,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Where contigs are looked for.
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    #[command(flatten)]
    pub(crate) samples: PatternArgs,
    /// From every sample that has such a contig, not an error if several have
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = FAIDX_NOTES)]
pub(crate) struct FaidxArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    #[command(flatten)]
    pub(crate) by_index: ByIndexArgs,
    /// Regions, counted from 1, both ends included
    #[arg(value_name = "REGION")]
    pub(crate) regions: Vec<OsString>,
    /// Read further regions from this file, one a line; - is standard input
    #[arg(short, long = "region-file", value_name = "FILE")]
    pub(crate) region_file: Option<PathBuf>,
    /// Read further regions from this BED file (from 0, end not included); - is standard input
    #[arg(short, long, value_name = "FILE")]
    pub(crate) bed: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Leave out regions of contigs that are not there, with a note
    #[arg(short = 'c', long = "continue")]
    pub(crate) go_on: bool,
    /// The reverse complement; names get /rc behind them
    #[arg(short = 'i', long)]
    pub(crate) reverse_complement: bool,
    /// What is put behind names: rc (/rc for the reverse complement), no, sign ((+) or (-)), custom,POS,NEG
    #[arg(long, value_name = "TYPE", default_value = "rc")]
    pub(crate) mark_strand: String,
    /// Header lines, as '{sample}#{contig}:{range}'; fields: sample, contig, header, range, length, name (of a line of
    /// BED; of other regions, as they were written)
    #[arg(long = "header", value_name = "TEMPLATE")]
    pub(crate) template: Option<String>,
    /// Letters a line, 0 for one line a sequence [default: 60; with --fai: 80]
    #[arg(short = 'n', long = "length", value_name = "N")]
    pub(crate) line_len: Option<u32>,
    /// Compress as BGZF at this level, 0 to 9 [default: 4 if FILE ends in .gz, .bgz or .bgzf, which get FILE.fai and
    /// FILE.gzi too; else not]
    #[arg(
        short,
        long = "gzip",
        value_name = "LEVEL",
        allow_negative_numbers = true
    )]
    pub(crate) gzip: Option<i64>,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write FILE.fai also when FILE is not compressed
    #[arg(long, requires = "output")]
    pub(crate) write_index: bool,
    /// Print the index (.fai) of what getset prints of the samples given by --sample, or getcol of all
    #[arg(long, conflicts_with_all = ["regions", "region_file", "bed", "all", "reverse_complement", "gzip", "write_index"])]
    pub(crate) fai: bool,
    /// No progress bar; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) threads: Threads,
}

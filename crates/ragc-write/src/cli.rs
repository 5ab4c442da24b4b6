//! The command line: clap structs and help text only. Flags mean what they mean to `agc`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use ragc_write::create::Split;

const CREATE_NOTES: &str = "\
Files may be plain, gzip, xz or zstd, whatever they are called; - is standard input, for one of them or for the list. A \
sample is named by its file, without the directory and without .fa, .fna, .fasta, .gz or another last extension, unless \
the list gives it a name. Headers are kept whole; case and line lengths are not. \
Letters that are no nucleotide codes become N, bytes that are no letters are left out, and a warning says how many.

Examples:
  ragc create -o strains.agc reference.fa strain*.fa.gz
  ragc create -c -o viruses.agc genomes.fa";

const APPEND_NOTES: &str = "\
The new archive is written beside its target and takes the name when it is complete, so a run that fails changes \
nothing. Its parameters are those of the old one; samples are named as in create, and a name may not be there already.

Example:
  ragc append -o strains.agc strains.agc strain99.fa.gz";

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

const EXTRACT_NOTES: &str = "\
A SAMPLE with *, ? or [...] in it means all samples that are like it, unless one has just that name. Samples keep their \
order, and the first of them is the new reference sample. What is stored is copied rather than compressed anew; a little \
that only other samples have may stay, as references that deltas are against.

Examples:
  ragc extract -o some.agc strains.agc 'HG002#*' strain07
  ragc extract -o others.agc --exclude --samples-from withdrawn.txt strains.agc";

const RENAME_NOTES: &str = "\
All samples are renamed at once, so two may change names. The new archive is written beside its target and takes the name \
when it is complete.

Example:
  ragc rename -o strains.agc strains.agc strain07 HG002#1";

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

const LISTREF_NOTES: &str = "\
Example:
  ragc listref strains.agc";

const LISTSET_NOTES: &str = "\
With --long and --json samples come in the order in which they were added. compressed_bytes is what came into the \
archive with a sample, new_bases how much of it was like nothing before; docs/JSON.md has every field.

Examples:
  ragc listset --long strains.agc | cut -f 1,5
  ragc listset --json strains.agc | jq -r 'select(.new_share > 0.5) | .sample'";

const LISTCTG_NOTES: &str = "\
Names are whole header lines. Fields of --long and --json are those of listset, and docs/JSON.md has them.

Examples:
  ragc listctg strains.agc strain07
  ragc listctg --json strains.agc | jq -r 'select(.bases > 1e6) | .contig'";

const INFO_NOTES: &str = "\
Examples:
  ragc info strains.agc
  ragc info --json strains.agc | jq .bytes";

const COMPLETIONS_NOTES: &str = "\
Examples:
  ragc completions bash > /usr/share/bash-completion/completions/ragc
  ragc completions zsh > ~/.zfunc/_ragc            # fpath+=~/.zfunc before compinit
  ragc completions fish > ~/.config/fish/completions/ragc.fish";

const MAN_NOTES: &str = "\
Examples:
  ragc man | man -l -
  ragc man --dir ~/.local/share/man/man1";

const DIGESTS_NOTES: &str = "\
A line is the sample, the first word of the contig's name, its length in bases, and SQ. with the SHA-512 of its letters, \
cut to 24 bytes, in base64url: tabs are between them. Digests that the archive does not hold are made from the bases.

Examples:
  ragc digests strains.agc > digests.tsv
  ragc digests strains.agc strain07 | cut -f 4";

const VERIFY_NOTES: &str = "\
Each error goes to standard error, with sample, contig and segment, and a line that sums up to standard output. What is \
compared: lengths of segments, the bases that neighbours share, and digests of contigs where the archive holds them. The \
exit code is 0 for a sound archive and 1 for a broken one.

Example:
  ragc verify strains.agc && cp strains.agc /archive";

/// Compresses collections of genomes into AGC archives, lists them and extracts from them.
#[derive(Debug, Parser)]
#[command(
    name = "ragc",
    version,
    arg_required_else_help = true,
    max_term_width = 110
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create an archive from FASTA files
    Create(CreateArgs),
    /// Add samples to an archive
    Append(AppendArgs),
    /// Extract samples as an archive of their own
    Extract(SubsetArgs),
    /// Rename samples
    Rename(RenameArgs),
    /// Extract all samples
    Getcol(GetcolArgs),
    /// Extract samples
    Getset(GetsetArgs),
    /// Extract contigs or parts of them, counted from 0 as agc does
    Getctg(GetctgArgs),
    /// Extract regions, counted from 1 as samtools does, or print the index of samples as FASTA
    Faidx(FaidxArgs),
    /// Print the name of the reference sample
    Listref(ListrefArgs),
    /// Print the names of all samples, sorted
    Listset(ListsetArgs),
    /// Print the contig names of samples
    Listctg(ListctgArgs),
    /// Print statistics and parameters
    Info(InfoArgs),
    /// Print the refget digest of each contig
    Digests(DigestsArgs),
    /// Decode everything, and say what is broken
    Verify(VerifyArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = CREATE_NOTES)]
pub(crate) struct CreateArgs {
    /// FASTA files, one a sample, or - for standard input; the first is the reference sample
    #[arg(required = true, value_name = "FASTA")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Write the archive to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) samples: Samples,
    /// Read the names of further FASTA files from this one, a file a line, and behind a tab its sample's name if it is to
    /// have another; they follow the first one on the command line
    #[arg(short, long = "input-list", value_name = "FILE")]
    pub(crate) input_list: Option<PathBuf>,
    /// Samples described together and segments compressed together, 1 to 1000000000 [default: from the data]
    #[arg(
        short,
        long = "batch-size",
        value_name = "N",
        allow_negative_numbers = true
    )]
    pub(crate) batch_size: Option<i64>,
    /// Length of k-mers, 17 to 32 [default: 31]
    #[arg(
        short,
        long = "kmer-length",
        value_name = "N",
        allow_negative_numbers = true
    )]
    pub(crate) kmer_len: Option<i64>,
    /// Length of the shortest match, 15 to 32 [default: 15]
    #[arg(
        short = 'l',
        long = "min-match-length",
        value_name = "N",
        allow_negative_numbers = true
    )]
    pub(crate) min_match_len: Option<i64>,
    /// Length of segments aimed at, 100 to 1000000 [default: from the data]
    #[arg(
        short,
        long = "segment-size",
        value_name = "N",
        allow_negative_numbers = true
    )]
    pub(crate) segment_size: Option<i64>,
    /// What the archive is for, where the data decides on -b and -s
    #[arg(long = "for", value_name = "PURPOSE", value_enum, default_value_t = PurposeArg::Both)]
    pub(crate) purpose: PurposeArg,
    /// How hard to compress
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LevelArg::Default)]
    pub(crate) level: LevelArg,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) memory: MemorySize,
    #[command(flatten)]
    pub(crate) digests: DigestArgs,
    /// 1 or more: also say what is being done
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) verbosity: i64,
    /// No progress bar and no summary; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Do not store the command line (it never is; for compatibility)
    #[arg(short = 'd', long = "no-command-line")]
    pub(crate) no_command_line: bool,
    /// Adaptive mode of agc (not needed here; for compatibility)
    #[arg(short, long)]
    pub(crate) adaptive: bool,
    /// Fraction of fall-back minimizers of agc (not needed here; for compatibility)
    #[arg(
        short,
        long = "fallback-fraction",
        value_name = "FRACTION",
        allow_negative_numbers = true
    )]
    pub(crate) fallback_fraction: Option<f64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PurposeArg {
    /// Small, while random reads cost no more than in archives of agc
    Both,
    /// Random reads over a network: short segments, small packs
    Web,
    /// Long storage: as small as can be, read whole
    Archive,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LevelArg {
    /// In less than half the time, a little larger
    Fast,
    /// Small in reasonable time
    Default,
    /// Smallest, whatever time it takes
    Max,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = APPEND_NOTES)]
pub(crate) struct AppendArgs {
    /// The archive to add to
    pub(crate) archive: PathBuf,
    /// FASTA files, one a sample, or - for standard input
    #[arg(value_name = "FASTA")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Write the new archive to this file, not to standard output; it may be the archive itself
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) samples: Samples,
    /// Read the names of further FASTA files from this one, a file a line, and behind a tab its sample's name if it is to
    /// have another; they come before those on the command line
    #[arg(short, long = "input-list", value_name = "FILE")]
    pub(crate) input_list: Option<PathBuf>,
    /// How hard to compress
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LevelArg::Default)]
    pub(crate) level: LevelArg,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) memory: MemorySize,
    #[command(flatten)]
    pub(crate) digests: DigestArgs,
    /// Before the new archive takes its name, prove by digests that all it had before is in it unchanged
    #[arg(long)]
    pub(crate) verify: bool,
    /// 1 or more: also say what is being done
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) verbosity: i64,
    /// No progress bar and no summary; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Do not store the command line (it never is; for compatibility)
    #[arg(short = 'd', long = "no-command-line")]
    pub(crate) no_command_line: bool,
    /// Adaptive mode of agc (not needed here; for compatibility)
    #[arg(short, long)]
    pub(crate) adaptive: bool,
    /// Fraction of fall-back minimizers of agc (not needed here; for compatibility)
    #[arg(
        short,
        long = "fallback-fraction",
        value_name = "FRACTION",
        allow_negative_numbers = true
    )]
    pub(crate) fallback_fraction: Option<f64>,
}

/// How files become samples, and what these are called.
#[derive(Debug, Args)]
pub(crate) struct Samples {
    /// Each contig is a sample of its own, named by the first word of its header
    #[arg(short, long, conflicts_with = "pansn")]
    pub(crate) concatenated: bool,
    /// Contigs are named sample#haplotype#contig (PanSN), and tell their sample, sample#haplotype; those of a sample
    /// follow one another
    #[arg(long)]
    pub(crate) pansn: bool,
    /// Delimiter of such names, one character; # unless given
    #[arg(long, value_name = "CHAR", requires = "pansn", value_parser = delimiter)]
    pub(crate) pansn_delimiter: Option<u8>,
    /// Name of the sample that is read from standard input [default: stdin]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["concatenated", "pansn"])]
    pub(crate) stdin_name: Option<OsString>,
}

impl Samples {
    /// How contigs tell their samples, unless each file is one.
    pub(crate) fn split(&self) -> Option<Split> {
        let delimiter = self.pansn_delimiter.unwrap_or(b'#');
        match self {
            Self {
                concatenated: true, ..
            } => Some(Split::Contigs),
            Self { pansn: true, .. } => Some(Split::PanSn { delimiter }),
            _ => None,
        }
    }
}

/// A character that may stand between the parts of a contig's name.
fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        &[delimiter] if delimiter.is_ascii_punctuation() => Ok(delimiter),
        _ => Err("a delimiter is one punctuation mark of ASCII, as # or .".into()),
    }
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = EXTRACT_NOTES)]
pub(crate) struct SubsetArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    /// Names of samples, as listset prints them, or patterns
    #[arg(value_name = "SAMPLE")]
    pub(crate) samples: Vec<OsString>,
    /// Read names or patterns from this file, one a line; - is standard input
    #[arg(long = "samples-from", value_name = "FILE")]
    pub(crate) samples_from: Option<PathBuf>,
    /// Take all samples but these
    #[arg(short = 'x', long)]
    pub(crate) exclude: bool,
    /// Write the new archive to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How hard to compress what cannot be copied
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LevelArg::Default)]
    pub(crate) level: LevelArg,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) memory: MemorySize,
    /// 1 or more: also say what is being done
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) verbosity: i64,
    /// No progress bar and no summary; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = RENAME_NOTES)]
pub(crate) struct RenameArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    /// Names of samples, as listset prints them, each followed by the new one
    #[arg(value_name = "OLD NEW")]
    pub(crate) names: Vec<OsString>,
    /// Read old and new names from this file, a pair a line with a tab between; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// Write the new archive to this file, not to standard output; it may be the archive itself
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// No summary; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Threads {
    /// Number of threads [default: as many as there are cores]
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) threads: Option<i64>,
}

/// Whether digests are stored.
#[derive(Debug, Args)]
pub(crate) struct DigestArgs {
    /// Store the refget digest of each new contig, for verify and digests [default: if the reference sample has a megabase]
    #[arg(long, conflicts_with = "no_digests")]
    digests: bool,
    /// Do not store them
    #[arg(long)]
    no_digests: bool,
}

impl DigestArgs {
    /// `None` if nothing is said.
    pub(crate) fn wanted(&self) -> Option<bool> {
        match (self.digests, self.no_digests) {
            (false, false) => None,
            (digests, _) => Some(digests),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct MemorySize {
    /// Memory for everything, in bytes or as 512M, 2.5G [default: a quarter of the machine's]
    #[arg(long = "memory", value_name = "SIZE", value_parser = size_bytes)]
    pub(crate) bytes: Option<u64>,
}

/// A number of bytes, or of the binary unit behind it.
fn size_bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(char, u32); 5] = [('K', 10), ('M', 20), ('G', 30), ('T', 40), ('B', 0)];
    let unit = |last: char| {
        UNITS
            .into_iter()
            .find(|&(unit, _)| last.eq_ignore_ascii_case(&unit))
    };
    let (number, log2) = match text.chars().last().and_then(unit) {
        Some((_, log2)) => (&text[..text.len() - 1], log2),
        None => (text, 0),
    };
    let is_number = number.starts_with(|first: char| first.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    match number.parse::<f64>() {
        Ok(number) if is_number => Ok((number * (1u64 << log2) as f64) as u64),
        _ => Err("a size is a number with K, M, G or T behind it, as 512M or 2.5G".into()),
    }
}

/// What every reading verb takes.
#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Say at the end how much was read of the archive, in how many requests
    #[arg(long)]
    pub(crate) stats: bool,
}

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

/// What every listing verb takes.
#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Print more: lengths, compressed bytes, what is new; columns with tabs between them, named by a line with #
    #[arg(long)]
    pub(crate) long: bool,
    /// Print all of it as JSON, an object a line
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress bar; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = LISTREF_NOTES)]
pub(crate) struct ListrefArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    /// Print a JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = LISTSET_NOTES)]
pub(crate) struct ListsetArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    #[command(flatten)]
    pub(crate) form: Form,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = LISTCTG_NOTES)]
pub(crate) struct ListctgArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    /// Names of samples, as listset prints them, or patterns like 'HG002#*' [default: all, in the order in which they were added]
    #[arg(value_name = "SAMPLE")]
    pub(crate) samples: Vec<OsString>,
    #[command(flatten)]
    pub(crate) form: Form,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = INFO_NOTES)]
pub(crate) struct InfoArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    /// Print more: what the bytes of the file are, and how many contigs, bases, segments, groups and deltas it has
    #[arg(long)]
    pub(crate) long: bool,
    /// Print all of it as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress bar; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// 1 or more: also who wrote the file, and its version
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) verbosity: i64,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = DIGESTS_NOTES)]
pub(crate) struct DigestsArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    /// Names of samples, as listset prints them, or patterns like 'HG002#*' [default: all, as they are stored]
    #[arg(value_name = "SAMPLE")]
    pub(crate) samples: Vec<OsString>,
    #[command(flatten)]
    pub(crate) threads: Threads,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = VERIFY_NOTES)]
pub(crate) struct VerifyArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    #[command(flatten)]
    pub(crate) threads: Threads,
    /// No progress bar; errors and the last line stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = COMPLETIONS_NOTES)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = MAN_NOTES)]
pub(crate) struct ManArgs {
    /// Write a page for the program and one for each command into this directory, made when absent
    #[arg(long = "dir", value_name = "DIRECTORY")]
    pub(crate) directory: Option<PathBuf>,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "directory")]
    pub(crate) output: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::size_bytes;

    #[test]
    fn sizes_have_binary_units() {
        let cases = [
            ("0", 0),
            ("1000", 1000),
            ("7B", 7),
            ("64k", 64 << 10),
            ("512M", 512 << 20),
            ("2.5G", 5 << 29),
            ("1T", 1 << 40),
        ];
        for (text, bytes) in cases {
            assert_eq!(size_bytes(text), Ok(bytes), "{text}");
        }
        for text in [
            "", "G", "-1G", "1GG", "1e9", "inf", "nan", "2,5G", ".5G", "1 G", "\u{e9}",
        ] {
            assert!(size_bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_command_has_an_example() {
        for command in super::Cli::command().get_subcommands() {
            let name = command.get_name();
            let notes = command.get_after_help().map(ToString::to_string);
            let notes = notes.unwrap_or_default();
            assert!(
                notes.contains("Example") && notes.contains(&format!("\n  ragc {name} ")),
                "{name}: its help ends with \"Example:\" and a line like \"  ragc {name} x.agc\""
            );
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}

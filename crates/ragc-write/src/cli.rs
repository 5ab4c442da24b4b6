//! The command line: clap structs and help text only. Flags mean what they mean to `agc`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const CREATE_NOTES: &str = "\
Files may be plain, gzip or zstd, whatever they are called. A sample is named by its file, without the directory and \
without .fa, .fna, .fasta, .gz or another last extension. Headers are kept whole; case and line lengths are not. \
Letters that are no nucleotide codes become N, bytes that are no letters are left out, and a warning says how many.";

const APPEND_NOTES: &str = "\
The new archive is written beside its target and takes the name when it is complete, so a run that fails changes \
nothing. Its parameters are those of the old one; samples are named as in create, and a name may not be there already.";

const GETCTG_NOTES: &str = "\
CONTIG is the whole name of a contig or its first word; @SAMPLE is needed where several samples have it. Positions \
count from 0 and both ends are included: chr1:0-9 are the first ten bases.";

const DIGESTS_NOTES: &str = "\
A line is the sample, the first word of the contig's name, its length in bases, and SQ. with the SHA-512 of its letters, \
cut to 24 bytes, in base64url: tabs are between them. Digests that the archive does not hold are made from the bases.";

const VERIFY_NOTES: &str = "\
Each error goes to standard error, with sample, contig and segment, and a line that sums up to standard output. What is \
compared: lengths of segments, the bases that neighbours share, and digests of contigs where the archive holds them. The \
exit code is 0 for a sound archive and 1 for a broken one.";

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
    /// Extract all samples
    Getcol(GetcolArgs),
    /// Extract samples
    Getset(GetsetArgs),
    /// Extract contigs or parts of them
    Getctg(GetctgArgs),
    /// Print the name of the reference sample
    Listref(ListArgs),
    /// Print the names of all samples, sorted
    Listset(ListArgs),
    /// Print the contig names of samples
    Listctg(ListctgArgs),
    /// Print statistics and parameters
    Info(InfoArgs),
    /// Print the refget digest of each contig
    Digests(DigestsArgs),
    /// Decode everything, and say what is broken
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = CREATE_NOTES)]
pub(crate) struct CreateArgs {
    /// FASTA files, one a sample; the first is the reference sample
    #[arg(required = true, value_name = "FASTA")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Write the archive to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Each contig is a sample of its own, named by the first word of its header
    #[arg(short, long)]
    pub(crate) concatenated: bool,
    /// Read the names of further FASTA files from this one; they follow the first one on the command line
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
    /// Do not store the digests of contigs, which verify compares
    #[arg(long = "no-digests")]
    pub(crate) no_digests: bool,
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
    /// FASTA files, one a sample
    #[arg(value_name = "FASTA")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Write the new archive to this file, not to standard output; it may be the archive itself
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Each contig is a sample of its own, named by the first word of its header
    #[arg(short, long)]
    pub(crate) concatenated: bool,
    /// Read the names of further FASTA files from this one; they come before those on the command line
    #[arg(short, long = "input-list", value_name = "FILE")]
    pub(crate) input_list: Option<PathBuf>,
    /// How hard to compress
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LevelArg::Default)]
    pub(crate) level: LevelArg,
    #[command(flatten)]
    pub(crate) threads: Threads,
    #[command(flatten)]
    pub(crate) memory: MemorySize,
    /// Do not store the digests of new contigs, which verify compares
    #[arg(long = "no-digests")]
    pub(crate) no_digests: bool,
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

#[derive(Debug, Args)]
pub(crate) struct Threads {
    /// Number of threads [default: as many as there are cores]
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) threads: Option<i64>,
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
#[command(arg_required_else_help = true)]
pub(crate) struct GetcolArgs {
    /// The archive
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) extract: ExtractArgs,
    /// Write one file a sample into this directory, SAMPLE.fa or SAMPLE.fa.gz, not all to standard output
    #[arg(short, long, value_name = "DIRECTORY")]
    pub(crate) output: Option<PathBuf>,
    /// Leave out the reference sample
    #[arg(short = 'r', long = "no-reference")]
    pub(crate) no_reference: bool,
    /// Fast mode (accepted for compatibility: it always is)
    #[arg(short, long)]
    pub(crate) fast: bool,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct GetsetArgs {
    /// The archive
    pub(crate) archive: PathBuf,
    /// Names of samples, as listset prints them
    #[arg(required = true, value_name = "SAMPLE")]
    pub(crate) samples: Vec<OsString>,
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
    /// The archive
    pub(crate) archive: PathBuf,
    /// CONTIG, CONTIG@SAMPLE, and ranges: CONTIG:FROM-TO, CONTIG@SAMPLE:FROM-TO; from 0, both ends included
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) queries: Vec<OsString>,
    #[command(flatten)]
    pub(crate) extract: ExtractArgs,
    #[command(flatten)]
    pub(crate) memory: MemoryArgs,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct ListArgs {
    /// The archive
    pub(crate) archive: PathBuf,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct ListctgArgs {
    /// The archive
    pub(crate) archive: PathBuf,
    /// Names of samples, as listset prints them
    #[arg(required = true, value_name = "SAMPLE")]
    pub(crate) samples: Vec<OsString>,
    /// Write to this file, not to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct InfoArgs {
    /// The archive
    pub(crate) archive: PathBuf,
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
    /// The archive
    pub(crate) archive: PathBuf,
    /// Names of samples, as listset prints them [default: all, as they are stored]
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
    /// The archive
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) threads: Threads,
    /// No progress bar; errors and the last line stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
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
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}

//! What the verbs take that write archives.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ragc_write::create::Split;

use super::{EmbeddedIndexArgs, Threads};

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
    #[command(flatten)]
    pub(crate) effort: Effort,
    #[command(flatten)]
    pub(crate) digests: DigestArgs,
    #[command(flatten)]
    pub(crate) embedded: EmbeddedIndexArgs,
    #[command(flatten)]
    pub(crate) unneeded: Unneeded,
}

/// What every writing verb that compresses takes.
#[derive(Debug, Args)]
pub(crate) struct Effort {
    /// How hard to compress
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

/// Flags of `agc` that change nothing here.
#[derive(Debug, Args)]
pub(crate) struct Unneeded {
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
    #[command(flatten)]
    pub(crate) effort: Effort,
    #[command(flatten)]
    pub(crate) digests: DigestArgs,
    #[command(flatten)]
    pub(crate) embedded: EmbeddedIndexArgs,
    /// Before the new archive takes its name, prove by digests that all it had before is in it unchanged
    #[arg(long)]
    pub(crate) verify: bool,
    #[command(flatten)]
    pub(crate) unneeded: Unneeded,
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
    #[command(flatten)]
    pub(crate) embedded: EmbeddedIndexArgs,
    #[command(flatten)]
    pub(crate) effort: Effort,
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
    #[command(flatten)]
    pub(crate) embedded: EmbeddedIndexArgs,
    /// No summary; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
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

#[cfg(test)]
mod tests {
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
}

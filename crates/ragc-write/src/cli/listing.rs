//! What the verbs take that tell about archives.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::{ByIndexArgs, StatsArgs, Threads};

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

const DIGESTS_NOTES: &str = "\
A line is the sample, the first word of the contig's name, its length in bases, and SQ. with the SHA-512 of its letters, \
cut to 24 bytes, in base64url: tabs are between them. Digests that the archive does not hold are made from the bases.

Examples:
  ragc digests strains.agc > digests.tsv
  ragc digests strains.agc strain07 | cut -f 4";

const INDEX_NOTES: &str = "\
The index holds what the tables of an archive say once more, in pages of a few kilobytes, for readers that ask for it over a \
network: some hundredths of the archive's size. It belongs to this archive as it is, and is made anew when that changes. Archives that have an index in them need none \
beside them; verify compares both kinds.

Examples:
  ragc index strains.agc
  ragc index --check strains.agc
  ragc index -o strains.agc.ragi https://example.org/strains.agc";

const VERIFY_NOTES: &str = "\
Each error goes to standard error, with sample, contig and segment, and a line that sums up to standard output. What is \
compared: lengths of segments, the bases that neighbours share, digests of contigs where the archive holds them, and the \
index in the archive or beside it with one made anew. The exit code is 0 for a sound archive and 1 for a broken one.

Example:
  ragc verify strains.agc && cp strains.agc /archive";

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
    #[command(flatten)]
    pub(crate) by_index: ByIndexArgs,
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
    pub(crate) by_index: ByIndexArgs,
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
    #[command(flatten)]
    pub(crate) by_index: ByIndexArgs,
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
    #[command(flatten)]
    pub(crate) by_index: ByIndexArgs,
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
#[command(arg_required_else_help = true, after_help = INDEX_NOTES)]
pub(crate) struct IndexArgs {
    /// The archive: a file, or an address (https://...)
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    /// Write the index to this file; - is standard output [default: the archive's name with .ragi]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write nothing, but say whether the index in FILE, or else the one beside the archive, is that of the archive as it is
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with = "output")]
    pub(crate) check: Option<Option<PathBuf>>,
    /// 1 or more: also say how large the index is, and what its bytes are
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) verbosity: i64,
    /// No progress bar; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
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

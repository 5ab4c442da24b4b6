//! The command line: clap structs and help text only. Flags mean what they mean to `agc`.

mod arranging;
mod extracting;
mod listing;
mod shell;
mod viewing;
mod writing;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use arranging::{EmbeddedIndexArgs, OptimizeArgs};
pub(crate) use extracting::{
    ExtractArgs, FaidxArgs, GetcolArgs, GetctgArgs, GetsetArgs, PatternArgs, SearchArgs,
};
pub(crate) use listing::{
    DigestsArgs, Form, IndexArgs, InfoArgs, ListctgArgs, ListrefArgs, ListsetArgs, VerifyArgs,
};
pub(crate) use shell::{CompletionsArgs, ManArgs};
pub(crate) use viewing::JbrowseConfigArgs;
pub(crate) use writing::{
    AppendArgs, CreateArgs, Effort, LevelArg, PurposeArg, RenameArgs, Samples, SubsetArgs, Unneeded,
};

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
    /// Lay out an archive for reading over a network
    Optimize(OptimizeArgs),
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
    /// Write the index by which remote readers need few and small requests
    Index(IndexArgs),
    /// Write a configuration with which JBrowse 2 shows samples
    JbrowseConfig(JbrowseConfigArgs),
    /// Decode everything, and say what is broken
    Verify(VerifyArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub(crate) struct Threads {
    /// Number of threads [default: as many as there are cores]
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) threads: Option<i64>,
}

/// What every reading verb takes.
#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    /// Say at the end how much was read of the archive, in how many requests
    #[arg(long)]
    pub(crate) stats: bool,
}

/// What every verb takes that reads less than all of an archive.
#[derive(Debug, Args)]
pub(crate) struct ByIndexArgs {
    /// Read by this index, a file or an address, or by none [default: of an archive at an address by the one in it, or beside
    /// it as ARCHIVE.ragi; of a file by none]
    #[arg(long, value_name = "FILE|URL|none")]
    pub(crate) index: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

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

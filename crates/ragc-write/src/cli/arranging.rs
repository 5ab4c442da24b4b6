//! How archives are laid out.

use std::path::PathBuf;

use clap::Args;

use super::StatsArgs;

const OPTIMIZE_NOTES: &str = "\
What is read together is laid together: references in the order of the genome, then the packs, then the tables; and an \
index is put in front, from which readers over a network learn where all of it is. Nothing is compressed anew, and the \
bases stay what they are. Archives of create, append, extract and rename are so already; those of agc become so, and keep \
being read by agc. The new archive is written beside its target and takes the name when it is complete.

Example:
  ragc optimize -o strains.agc strains.agc";

#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = OPTIMIZE_NOTES)]
pub(crate) struct OptimizeArgs {
    /// The archive: a file
    pub(crate) archive: PathBuf,
    #[command(flatten)]
    pub(crate) stats: StatsArgs,
    /// Write the new archive to this file, not to standard output; it may be the archive itself
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) embedded: EmbeddedIndexArgs,
    /// No progress bar and no summary; warnings and errors stay
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Whether an archive gets an index.
#[derive(Debug, Args)]
pub(crate) struct EmbeddedIndexArgs {
    /// Put an index for remote readers into the archive [default: if it has a mebibyte: less is read whole in no time]
    #[arg(long, conflicts_with = "no_index")]
    index: bool,
    /// Do not put one in
    #[arg(long)]
    no_index: bool,
}

impl EmbeddedIndexArgs {
    /// `None` if nothing is said.
    pub(crate) fn wanted(&self) -> Option<bool> {
        match (self.index, self.no_index) {
            (false, false) => None,
            (index, _) => Some(index),
        }
    }
}

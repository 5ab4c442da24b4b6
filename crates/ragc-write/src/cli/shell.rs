//! What the verbs take that tell shells and readers of manuals about the program.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

const COMPLETIONS_NOTES: &str = "\
Examples:
  ragc completions bash > /usr/share/bash-completion/completions/ragc
  ragc completions zsh > ~/.zfunc/_ragc            # fpath+=~/.zfunc before compinit
  ragc completions fish > ~/.config/fish/completions/ragc.fish";

const MAN_NOTES: &str = "\
Examples:
  ragc man | man -l -
  ragc man --dir ~/.local/share/man/man1";

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

//! `completions`: what makes a shell complete the commands and options of `ragc`.

use clap::CommandFactory;

use super::Failure;
use super::target::Target;
use crate::cli::{Cli, CompletionsArgs};

pub(super) fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ragc", &mut script);
    let mut target = Target::open(args.output.as_deref())?;
    target.put(&script)?;
    target.finish(false)
}

//! The `ragc` command. Only this file prints errors and exits.

mod cli;
mod commands;
#[cfg(test)]
mod documented;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use commands::Failure;

/// 0: done; 1: failed; 2: called wrongly (clap's own code for that).
fn main() -> ExitCode {
    let code = match commands::run(cli::Cli::parse().command) {
        // Whoever read our output has had enough: nothing went wrong.
        Ok(()) | Err(Failure::ClosedPipe) => return ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            print_error(&message);
            2
        }
        Err(failure) => {
            print_error(&with_sources(&failure));
            1
        }
    };
    ExitCode::from(code)
}

fn print_error(message: &str) {
    // Nobody is left to tell if this fails.
    let _ = writeln!(std::io::stderr(), "ragc: {message}");
}

/// The error and what caused it, as far as the message does not say it already.
fn with_sources(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_message = cause.to_string();
        if !message.contains(&cause_message) {
            message = format!("{message}: {cause_message}");
        }
        source = cause.source();
    }
    message
}

//! Runs a program and prints what it cost to standard error: seconds of wall clock and of CPU, peak memory in bytes, and
//! `true` if it succeeded. `measure agc getset x.agc sample > sample.fa`
//!
//! A process of its own, because Linux counts the memory of the process that starts a program against the program (see
//! `ragc_tests::child`): this one holds next to nothing.

use std::env;
use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};

use ragc_tests::child;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        let _ = writeln!(io::stderr(), "usage: measure PROGRAM [ARGUMENT...]");
        return ExitCode::from(2);
    };
    match child::run(Command::new(&program).args(arguments).stderr(Stdio::null())) {
        Ok((status, cost)) => {
            let (wall, cpu) = (cost.wall.as_secs_f64(), cost.cpu.as_secs_f64());
            let _ = writeln!(
                io::stderr(),
                "{wall} {cpu} {} {}",
                cost.peak_bytes,
                status.success()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "measure: {}: {error}", program.display());
            ExitCode::FAILURE
        }
    }
}

//! What a program costs: wall clock, CPU time and peak memory of one child process.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// The cost of one run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// User and system time of all its threads.
    pub cpu: Duration,
    /// Largest resident set, in bytes.
    pub peak_bytes: u64,
}

/// Runs `command` to its end, without input, and says what it cost. Output goes where the command says.
///
/// Linux counts the memory of the process that forked against the child until it starts its program, so the caller's own
/// resident set is the least that can be measured: keep it small (stream, do not collect).
///
/// # Errors
/// The program cannot be started.
pub fn run(command: &mut Command) -> io::Result<(ExitStatus, Cost)> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).spawn()?;
    let used = child.wait4()?;
    let cpu = used.rusage.utime + used.rusage.stime;
    Ok((
        used.status,
        Cost {
            wall: start.elapsed(),
            cpu,
            peak_bytes: used.rusage.maxrss,
        },
    ))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::run;

    #[test]
    fn the_cost_of_a_child_is_its_own() {
        let (status, cost) =
            run(Command::new("sh")
                .args(["-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"]))
            .expect("there is a shell");
        assert!(status.success());
        assert!(
            cost.cpu.as_millis() > 5 && cost.cpu <= cost.wall * 2,
            "{cost:?}"
        );
        assert!(
            cost.peak_bytes > 100_000,
            "{} bytes: the unit is not bytes",
            cost.peak_bytes
        );
    }
}

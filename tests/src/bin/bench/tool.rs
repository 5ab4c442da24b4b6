//! The programs that are measured, and how each is asked.

use std::env;
use std::fs::File;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ragc_tests::child::Cost;
use ragc_tests::{binary, tools};

use crate::set::Set;

pub(crate) struct Tools {
    pub(crate) ragc: PathBuf,
    pub(crate) agc: Option<PathBuf>,
}

impl Tools {
    pub(crate) fn find() -> Self {
        Self {
            ragc: binary::ragc().to_owned(),
            agc: tools::agc(),
        }
    }
}

/// What a program that does nothing costs: no less can be measured.
pub(crate) fn floor() -> io::Result<Cost> {
    measure(&mut measured(Path::new("true"))?, Stdio::null())
}

/// The ways of `agc create` that are tried; the one with the smallest archive is compared with.
pub(crate) const AGC_MODES: [&[&str]; 4] = [&[], &["-a"], &["-f", "0.01"], &["-a", "-f", "0.01"]];

/// One question to one program. Output goes to `out`.
pub(crate) struct Ask<'a> {
    pub(crate) program: &'a Path,
    pub(crate) threads: usize,
    pub(crate) out: &'a Path,
}

impl Ask<'_> {
    pub(crate) fn create(&self, mode: &[&str], set: &Set) -> io::Result<Cost> {
        let mut command = self.command("create")?;
        command
            .args(mode)
            .arg("-o")
            .arg(self.out)
            .args(set.genomes.iter().map(|genome| &genome.path));
        measure(&mut command, Stdio::null())
    }

    pub(crate) fn getset(&self, archive: &Path, sample: &str) -> io::Result<Cost> {
        let mut command = self.command("getset")?;
        command.arg(archive).arg(sample);
        measure(&mut command, File::create(self.out)?.into())
    }

    pub(crate) fn getcol(&self, archive: &Path) -> io::Result<Cost> {
        let mut command = self.command("getcol")?;
        command.arg(archive);
        measure(&mut command, File::create(self.out)?.into())
    }

    pub(crate) fn getctg(&self, archive: &Path, query: &str) -> io::Result<Cost> {
        let mut command = self.command("getctg")?;
        command.arg(archive).arg(query);
        measure(&mut command, File::create(self.out)?.into())
    }

    fn command(&self, verb: &str) -> io::Result<Command> {
        let mut command = measured(self.program)?;
        command.arg(verb).args(["-t", &self.threads.to_string()]);
        Ok(command)
    }
}

/// `program` by way of `measure`, whose small size is the least that can be measured.
fn measured(program: &Path) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?.with_file_name("measure"));
    command.arg(program);
    Ok(command)
}

fn measure(command: &mut Command, stdout: Stdio) -> io::Result<Cost> {
    let output = command
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    if let [wall, cpu, peak, "true"] = told.split_whitespace().collect::<Vec<_>>()[..] {
        let seconds = |text: &str| {
            text.parse()
                .map(Duration::from_secs_f64)
                .map_err(Error::other)
        };
        let peak_bytes = peak.parse().map_err(Error::other)?;
        return Ok(Cost {
            wall: seconds(wall)?,
            cpu: seconds(cpu)?,
            peak_bytes,
        });
    }
    let arguments: Vec<_> = command
        .get_args()
        .take(9)
        .map(|argument| argument.to_string_lossy())
        .collect();
    Err(Error::other(format!(
        "{} ... failed: {told}",
        arguments.join(" ")
    )))
}

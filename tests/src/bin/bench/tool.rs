//! The programs that are measured, and how each is asked.

use std::fs::File;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ragc_tests::child::{self, Cost};
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
        let mut command = self.command("create");
        command
            .args(mode)
            .arg("-o")
            .arg(self.out)
            .args(set.genomes.iter().map(|genome| &genome.path));
        self.run(command, Stdio::null())
    }

    pub(crate) fn getset(&self, archive: &Path, sample: &str) -> io::Result<Cost> {
        let mut command = self.command("getset");
        command.arg(archive).arg(sample);
        self.run(command, File::create(self.out)?.into())
    }

    pub(crate) fn getcol(&self, archive: &Path) -> io::Result<Cost> {
        let mut command = self.command("getcol");
        command.arg(archive);
        self.run(command, File::create(self.out)?.into())
    }

    pub(crate) fn getctg(&self, archive: &Path, query: &str) -> io::Result<Cost> {
        let mut command = self.command("getctg");
        command.arg(archive).arg(query);
        self.run(command, File::create(self.out)?.into())
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(self.program);
        command.arg(verb).args(["-t", &self.threads.to_string()]);
        command
    }

    fn run(&self, mut command: Command, stdout: Stdio) -> io::Result<Cost> {
        let (status, cost) = child::run(command.stdout(stdout).stderr(Stdio::null()))?;
        if status.success() {
            return Ok(cost);
        }
        let arguments: Vec<_> = command
            .get_args()
            .take(8)
            .map(|argument| argument.to_string_lossy())
            .collect();
        Err(Error::other(format!(
            "{} {} ...: {status}",
            self.program.display(),
            arguments.join(" ")
        )))
    }
}

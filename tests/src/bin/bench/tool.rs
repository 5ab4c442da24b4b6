//! The programs that are measured, and how each is asked.

use std::env;
use std::fs::File;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ragc_tests::child::Cost;
use ragc_tests::{binary, tools};

use crate::set::{Files, Set};

pub(crate) struct Tools {
    pub(crate) ragc: Program,
    /// The C++ tool, where `AGC` names it.
    pub(crate) agc: Option<Program>,
}

impl Tools {
    pub(crate) fn find(threads: usize) -> Self {
        let program = |name, path| Program {
            name,
            path,
            threads,
        };
        Self {
            ragc: program("ragc", binary::ragc().to_owned()),
            agc: tools::agc().map(|path| program("agc", path)),
        }
    }
}

/// Flags of `create`, and of `append` where it has them.
pub(crate) type Flags = &'static [&'static str];

/// The ways of `agc create` that are tried, first the plain one; the one with the smallest archive is compared with.
pub(crate) const AGC_MODES: [Flags; 4] = [&[], &["-a"], &["-f", "0.01"], &["-a", "-f", "0.01"]];

/// `ragc` or `agc`: both have the same commands.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) threads: usize,
}

impl Program {
    pub(crate) fn create(&self, flags: Flags, set: &Set, archive: &Path) -> io::Result<Cost> {
        let mut command = self.measured("create")?;
        command.args(flags).arg("-o").arg(archive);
        add_files(&mut command, set, None);
        measure(&mut command, Stdio::null())
    }

    /// Writes to `archive` what is in `old`, and the set.
    pub(crate) fn append(
        &self,
        flags: Flags,
        old: &Path,
        set: &Set,
        archive: &Path,
    ) -> io::Result<Cost> {
        let mut command = self.measured("append")?;
        command.args(flags).arg("-o").arg(archive);
        add_files(&mut command, set, Some(old));
        measure(&mut command, Stdio::null())
    }

    pub(crate) fn getset(&self, archive: &Path, sample: &str, out: &Path) -> io::Result<Cost> {
        let mut command = self.measured("getset")?;
        command.arg(archive).arg(sample);
        measure(&mut command, File::create(out)?.into())
    }

    pub(crate) fn getcol(&self, archive: &Path, out: &Path) -> io::Result<Cost> {
        let mut command = self.measured("getcol")?;
        command.arg(archive);
        measure(&mut command, File::create(out)?.into())
    }

    pub(crate) fn getctg(&self, archive: &Path, query: &str, out: &Path) -> io::Result<Cost> {
        let mut command = self.measured("getctg")?;
        command.arg(archive).arg(query);
        measure(&mut command, File::create(out)?.into())
    }

    /// What it prints when asked for help, to find out what it is and has.
    pub(crate) fn says(&self, arguments: &[&str]) -> io::Result<String> {
        let output = Command::new(&self.path).args(arguments).output()?;
        let text = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// By way of `measure`, whose small size is the least that can be measured.
    fn measured(&self, verb: &str) -> io::Result<Command> {
        let mut command = Command::new(env::current_exe()?.with_file_name("measure"));
        command.arg(&self.path).arg(verb);
        command.args(["-t", &self.threads.to_string()]);
        Ok(command)
    }
}

/// `-c` is a flag, so it goes before the archive that may precede the files.
fn add_files(command: &mut Command, set: &Set, archive: Option<&Path>) {
    match &set.files {
        Files::OneEach(paths) => command.args(archive).args(paths),
        Files::Concatenated(path) => command.arg("-c").args(archive).arg(path),
    };
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
        return Ok(Cost {
            wall: seconds(wall)?,
            cpu: seconds(cpu)?,
            peak_bytes: peak.parse().map_err(Error::other)?,
        });
    }
    let arguments: Vec<_> = command
        .get_args()
        .take(9)
        .map(|argument| Path::new(argument).file_name().unwrap_or(argument))
        .map(|argument| argument.to_string_lossy())
        .collect();
    Err(Error::other(format!(
        "{} ... failed: {told}",
        arguments.join(" ")
    )))
}

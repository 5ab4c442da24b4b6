//! The programs that are measured, and how each is asked.

use std::env;
use std::fs::{self, File};
use std::io::{self, Error, ErrorKind};
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
    pub(crate) library: Library,
}

impl Tools {
    pub(crate) fn find(threads: usize, agc_limit: Duration) -> Self {
        let program = |name, path, limit| Program {
            name,
            path,
            threads,
            limit,
        };
        Self {
            ragc: program("ragc", binary::ragc().to_owned(), None),
            agc: tools::agc().map(|path| program("agc", path, Some(agc_limit))),
            library: Library,
        }
    }

    /// The C++ tool, where it is there, and ours.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Program> {
        self.agc.iter().chain([&self.ragc])
    }
}

/// `ragc_read`, as `ask` calls it.
pub(crate) struct Library;

/// What asking for some windows twice took.
pub(crate) struct Asked {
    /// The first time, and again.
    pub(crate) times: [Duration; 2],
    pub(crate) cost: Cost,
}

impl Library {
    /// Asks for the windows that `windows` lists; the answers go to `answers`.
    pub(crate) fn ask(
        &self,
        archive: &Path,
        windows: &Path,
        threads: usize,
        answers: &Path,
    ) -> io::Result<Asked> {
        let mut command = measuring()?;
        command.arg(beside("ask")?).args([archive, windows]);
        command.arg(threads.to_string()).arg(answers);
        let times = answers.with_extension("times");
        let cost = run(&mut command, File::create(&times)?.into(), None)?;
        let told = fs::read_to_string(&times)?;
        let times: Vec<_> = told.split_whitespace().collect();
        match times[..] {
            [first, again] => Ok(Asked {
                times: [seconds(first)?, seconds(again)?],
                cost,
            }),
            _ => Err(Error::other(format!("ask said: {told}"))),
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
    /// What runs longer is stopped, and its error is [`ErrorKind::TimedOut`].
    pub(crate) limit: Option<Duration>,
}

impl Program {
    pub(crate) fn create(&self, flags: Flags, set: &Set, archive: &Path) -> io::Result<Cost> {
        let mut command = self.measured("create")?;
        command.args(flags).arg("-o").arg(archive);
        add_files(&mut command, set, None);
        self.run(&mut command, Stdio::null())
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
        self.run(&mut command, Stdio::null())
    }

    pub(crate) fn getset(&self, archive: &Path, sample: &str, out: &Path) -> io::Result<Cost> {
        let mut command = self.measured("getset")?;
        command.arg(archive).arg(sample);
        self.run(&mut command, File::create(out)?.into())
    }

    pub(crate) fn getcol(&self, archive: &Path, out: &Path) -> io::Result<Cost> {
        let mut command = self.measured("getcol")?;
        command.arg(archive);
        self.run(&mut command, File::create(out)?.into())
    }

    pub(crate) fn getctg(
        &self,
        archive: &Path,
        queries: &[String],
        out: &Path,
    ) -> io::Result<Cost> {
        let mut command = self.measured("getctg")?;
        command.arg(archive).args(queries);
        self.run(&mut command, File::create(out)?.into())
    }

    /// What it prints when asked for help, to find out what it is and has.
    pub(crate) fn says(&self, arguments: &[&str]) -> io::Result<String> {
        let output = Command::new(&self.path).args(arguments).output()?;
        let text = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn run(&self, command: &mut Command, stdout: Stdio) -> io::Result<Cost> {
        run(command, stdout, self.limit)
    }

    fn measured(&self, verb: &str) -> io::Result<Command> {
        let mut command = measuring()?;
        if let Some(limit) = self.limit {
            let seconds = limit.as_secs().to_string();
            command.args(["timeout", "--foreground", "--signal", "KILL", &seconds]);
        }
        command.arg(&self.path).arg(verb);
        command.args(["-t", &self.threads.to_string()]);
        Ok(command)
    }
}

/// A program that is built beside this one.
fn beside(name: &str) -> io::Result<PathBuf> {
    Ok(env::current_exe()?.with_file_name(name))
}

/// By way of `measure`, whose small size is the least that can be measured.
fn measuring() -> io::Result<Command> {
    Ok(Command::new(beside("measure")?))
}

/// Runs what `measuring` began, no longer than `limit`.
fn run(command: &mut Command, stdout: Stdio, limit: Option<Duration>) -> io::Result<Cost> {
    let output = command
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let fields: Vec<_> = told.split_whitespace().collect();
    let cost = match fields[..] {
        [wall, cpu, peak, _] => Some(cost(wall, cpu, peak)?),
        _ => None,
    };
    match (cost, limit) {
        (Some(cost), _) if fields[3] == "true" => Ok(cost),
        (Some(cost), Some(limit)) if cost.wall >= limit => Err(Error::new(
            ErrorKind::TimedOut,
            format!("stopped after {} seconds", limit.as_secs()),
        )),
        _ => Err(Error::other(format!(
            "{} ... failed: {told}",
            in_short(command)
        ))),
    }
}

/// `-c` is a flag, so it goes before the archive that may precede the files.
fn add_files(command: &mut Command, set: &Set, archive: Option<&Path>) {
    match &set.files {
        Files::OneEach(paths) => command.args(archive).args(paths),
        Files::Concatenated(path) => command.arg("-c").args(archive).arg(path),
    };
}

/// From what `measure` prints.
fn cost(wall: &str, cpu: &str, peak: &str) -> io::Result<Cost> {
    Ok(Cost {
        wall: seconds(wall)?,
        cpu: seconds(cpu)?,
        peak_bytes: peak.parse().map_err(Error::other)?,
    })
}

fn seconds(text: &str) -> io::Result<Duration> {
    let seconds = text.parse().map_err(Error::other)?;
    Ok(Duration::from_secs_f64(seconds))
}

fn in_short(command: &Command) -> String {
    let arguments = command.get_args().take(9);
    let arguments: Vec<_> = arguments
        .map(|argument| Path::new(argument).file_name().unwrap_or(argument))
        .map(|argument| argument.to_string_lossy())
        .collect();
    arguments.join(" ")
}

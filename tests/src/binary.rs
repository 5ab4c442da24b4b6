//! The `ragc` binary under test, and runs of it whose failures explain themselves.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The binary: `$RAGC`, or else the one built beside the running test, brought up to date once.
///
/// # Panics
/// When there is none and cargo cannot build one.
pub fn ragc() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("RAGC") {
        Some(path) => path.into(),
        None => build(),
    })
}

/// Builds `ragc` in the profile and target directory of the running test.
fn build() -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a path");
    // <target>/<profile>/deps/<test>, or one less for a binary
    let profile_dir = test
        .ancestors()
        .skip(1)
        .find(|dir| {
            dir.file_name()
                .is_some_and(|name| name != "deps" && name != "examples")
        })
        .expect("tests run below a target directory");
    let target_dir = profile_dir
        .parent()
        .expect("a profile has a target directory");
    let profile = match profile_dir.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let status = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--package",
            "ragc-write",
            "--bin",
            "ragc",
            "--profile",
            profile,
        ])
        .arg("--target-dir")
        .arg(target_dir)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    let binary = profile_dir.join(format!("ragc{}", std::env::consts::EXE_SUFFIX));
    assert!(
        status.is_ok_and(|status| status.success()) && binary.is_file(),
        "cargo cannot build {}; set RAGC to a ragc binary",
        binary.display()
    );
    binary
}

/// What a run left behind, and all that is needed to see why it did.
#[derive(Debug)]
pub struct Run {
    /// Exit status and both outputs.
    pub output: Output,
    /// Command, directory and messages, for assertions.
    pub story: String,
}

impl Run {
    /// Runs `command` in `directory` to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn of(command: &mut Command, directory: &Path) -> Run {
        let output = command.current_dir(directory).output();
        let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let story = story(command, directory, &output);
        Run { output, story }
    }

    /// The exit code; `None` after a signal.
    pub fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    /// Standard error as text.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Standard output of a run that must have succeeded.
    ///
    /// # Panics
    /// With the run's story, if it failed.
    pub fn success(self) -> Vec<u8> {
        assert_eq!(self.code(), Some(0), "{}", self.story);
        self.output.stdout
    }

    /// Standard output and error of a run that must have ended with `code`.
    ///
    /// # Panics
    /// With the run's story, if it did not.
    pub fn outputs(self, code: i32) -> (String, String) {
        assert_eq!(self.code(), Some(code), "{}", self.story);
        let stdout = String::from_utf8_lossy(&self.output.stdout).into_owned();
        (stdout, self.stderr())
    }

    /// Standard error of a run that must have ended with `code` and printed nothing else.
    ///
    /// # Panics
    /// With the run's story, if it did not.
    pub fn failure(self, code: i32) -> String {
        assert_eq!(self.code(), Some(code), "{}", self.story);
        assert!(
            self.output.stdout.is_empty(),
            "output of a failure\n{}",
            self.story
        );
        assert!(
            !self.output.stderr.is_empty(),
            "a silent failure\n{}",
            self.story
        );
        self.stderr()
    }
}

/// The command as one could type it, what lies in its directory, and what it said.
pub fn story(command: &Command, directory: &Path, output: &Output) -> String {
    let mut story = format!("command: {command:?}\nin: {}\n", directory.display());
    let mut entries: Vec<String> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let len = entry.metadata().map_or(0, |metadata| metadata.len());
            format!("  {len:>10} {}", entry.file_name().to_string_lossy())
        })
        .collect();
    entries.sort();
    let _ = writeln!(story, "{}", entries.join("\n"));
    let _ = writeln!(story, "{}", output.status);
    let _ = writeln!(story, "stdout: {}", shown(&output.stdout));
    let _ = writeln!(story, "stderr: {}", shown(&output.stderr));
    story
}

/// The beginning of `bytes`, as text.
fn shown(bytes: &[u8]) -> String {
    const SHOWN_BYTES: usize = 2000;
    let rest = bytes.len().saturating_sub(SHOWN_BYTES);
    let text = String::from_utf8_lossy(&bytes[..bytes.len() - rest]).into_owned();
    if rest == 0 {
        text
    } else {
        format!("{text}... and {rest} bytes more")
    }
}

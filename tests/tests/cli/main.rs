//! The built binary, as a user meets it: in a fresh directory, judged by what it prints, leaves behind and returns.

mod appending;
#[cfg(unix)]
mod closing;
mod comparing;
mod creating;
mod dropin;
mod extracting;
mod indexing;
#[cfg(unix)]
mod interrupting;
mod listing;
mod optimizing;
mod refusing;
mod remote;
mod renaming;
mod sidecars;
mod sources;
mod subsetting;
mod verifying;
mod viewing;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ragc_tests::binary::{Run, ragc};
use ragc_tests::tools;
use tempfile::TempDir;

/// A fresh directory to run commands in.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(TempDir::new().expect("a temporary directory"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).expect("a file in a temporary directory");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        let path = self.path().join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn has(&self, name: &str) -> bool {
        self.path().join(name).exists()
    }

    /// Names of all that lies here, sorted.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).expect("a temporary directory");
        let mut names: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// `ragc` with `args`, to be started here.
    fn command(&self, args: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(ragc());
        command
            .args(args)
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs `ragc` with `args` here.
    fn ragc(&self, args: &[impl AsRef<OsStr>]) -> Run {
        Run::of(&mut self.command(args), self.path())
    }
}

/// A file of tests/data/cli.
fn data(name: &str) -> PathBuf {
    tools::repository().join("tests/data/cli").join(name)
}

fn recorded(name: &str) -> Vec<u8> {
    let path = data(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The recorded archive, as an argument.
fn basic() -> String {
    data("basic.agc")
        .to_str()
        .expect("a path in UTF-8")
        .to_owned()
}

/// Where two texts part, in words that can be read; `None` if they do not.
fn difference(found: &[u8], expected: &[u8]) -> Option<String> {
    if found == expected {
        return None;
    }
    let (found, expected) = (
        String::from_utf8_lossy(found),
        String::from_utf8_lossy(expected),
    );
    let differing = found
        .lines()
        .zip(expected.lines())
        .enumerate()
        .find(|(_, (found, expected))| found != expected);
    let lens = format!("{} bytes, expected {}", found.len(), expected.len());
    Some(format!(
        "{lens}; first differing line (from 0), found and expected: {differing:?}"
    ))
}

#[track_caller]
fn assert_same_text(found: &[u8], expected: &[u8]) {
    if let Some(difference) = difference(found, expected) {
        panic!("{difference}");
    }
}

/// `len` letters that look random, the same for the same seed.
fn bases(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut base = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        b"ACGT"[(state >> 60) as usize & 3]
    };
    (0..len).map(|_| base()).collect()
}

/// A FASTA text of one line a contig.
fn fasta(contigs: &[(&str, &[u8])]) -> Vec<u8> {
    contigs
        .iter()
        .flat_map(|(name, bases)| [b">", name.as_bytes(), b"\n", bases, b"\n"].concat())
        .collect()
}

/// A FASTA text of lines of 80 letters, as `ragc` prints it.
fn wrapped(contigs: &[(&str, &[u8])]) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, bases) in contigs {
        text.extend_from_slice(&[b">", name.as_bytes(), b"\n"].concat());
        for line in bases.chunks(80) {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
    }
    text
}

//! Programs and data that tests use when they are there, and say so when they are not.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The directory that holds the workspace's `Cargo.toml`.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the repository")
}

/// `../shared/<path>` beside the repository, or `None` and a line that says what is skipped.
pub fn shared(path: &str) -> Option<PathBuf> {
    let place = repository().join("../shared").join(path);
    if place.exists() {
        return Some(place);
    }
    skipped(&format!("../shared/{path} is absent"));
    None
}

/// The C++ tool as the variable `AGC` names it, or `None` and a line that says what is skipped.
pub fn agc() -> Option<PathBuf> {
    let Some(path) = env::var_os("AGC").filter(|path| !path.is_empty()) else {
        skipped("AGC names no C++ tool");
        return None;
    };
    let path = PathBuf::from(path);
    assert!(
        path.is_file(),
        "AGC is {}, which is no file",
        path.display()
    );
    Some(path)
}

/// `../shared/tools/agc_decode.py`, the decoder written from FORMAT.md alone, ready to be given arguments; or `None` and
/// a line that says what is skipped.
pub fn decoder() -> Option<Command> {
    let script = shared("tools/agc_decode.py")?;
    let own = repository().join(".cache/python/bin/python3");
    let python = if own.is_file() {
        own
    } else {
        PathBuf::from("python3")
    };
    let ready = Command::new(&python)
        .args(["-c", "import zstandard"])
        .output()
        .is_ok_and(|out| out.status.success());
    if !ready {
        skipped("agc_decode.py needs python3 with the package zstandard");
        return None;
    }
    let mut command = Command::new(python);
    command.arg(script);
    Some(command)
}

/// Says past the test harness's capture that something was not tested.
pub fn skipped(why: &str) {
    // Straight to the stream: `eprintln!` is swallowed when the test passes, which is just when it matters. A closed
    // stderr leaves nobody to tell.
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}

//! Programs and data that tests use when they are there, and say so when they are not.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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

/// The built `ragc`, as the variable `RAGC` names it, or where cargo puts it beside the running test.
///
/// # Panics
/// When there is none: build it first, as `make test` does.
pub fn ragc() -> PathBuf {
    let path = env::var_os("RAGC")
        .filter(|path| !path.is_empty())
        .map_or_else(beside_this_program, PathBuf::from);
    assert!(
        path.is_file(),
        "no {}: build it (cargo build -p ragc-write) or name it in RAGC",
        path.display()
    );
    path
}

/// Says past the test harness's capture that something was not tested.
pub fn skipped(why: &str) {
    // Straight to the stream: `eprintln!` is swallowed when the test passes, which is just when it matters. A closed
    // stderr leaves nobody to tell.
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}

fn beside_this_program() -> PathBuf {
    let program = env::current_exe().expect("a running program has a path");
    let folder = program.parent().expect("a file lies in a folder");
    // Tests lie in target/<profile>/deps, programs in target/<profile>.
    let folder = if folder.ends_with("deps") {
        folder.parent().expect("deps lies in a profile's folder")
    } else {
        folder
    };
    folder.join("ragc")
}

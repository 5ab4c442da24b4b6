//! Pipes that close early, devices, full disks and terminals.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::process::{Command, Stdio};

use ragc_tests::binary::{Run, ragc};
use ragc_tests::tools;

use super::{Folder, bases, basic, fasta};

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = Folder::new();
    let archive = basic();
    for args in [
        &["getcol", &archive][..],
        &["getset", "-t", "2", &archive, "ref", "s0000"],
        &["getcol", "-g", "1", &archive],
    ] {
        let mut child = folder
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = Vec::new();
        let mut stdout = BufReader::with_capacity(64, child.stdout.take().expect("a pipe"));
        stdout.read_until(b'\n', &mut line).expect("a line");
        drop(stdout);
        let output = child.wait_with_output().expect("an end");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn head_gets_its_line() {
    let folder = Folder::new();
    let script = "set -o pipefail; \"$1\" getcol \"$2\" | head -1";
    let run = Run::of(
        Command::new("bash")
            .args(["-c", script, "bash"])
            .arg(ragc())
            .arg(basic()),
        folder.path(),
    );
    assert_eq!(run.stderr(), "", "{}", run.story);
    assert_eq!(run.success(), b">chr1 len=30000 some text 0\n");
}

#[test]
fn lists_end_quietly_too() {
    let folder = Folder::new();
    let samples: Vec<u8> = (0..20_000)
        .flat_map(|sample| format!(">sample-of-some-length-{sample:05}\nACGTACGTAC\n").into_bytes())
        .collect();
    folder.write("all.fa", samples);
    folder
        .ragc(&["create", "-q", "-c", "-o", "x.agc", "all.fa"])
        .success();
    let script = "set -o pipefail; \"$@\" | head -1";
    for args in [
        &["listset"][..],
        &["listset", "--long"],
        &["listset", "--json"],
        &["listctg"],
        &["listctg", "--long"],
        &["listctg", "--json"],
    ] {
        let mut command = Command::new("bash");
        command.args(["-c", script, "bash"]).arg(ragc()).args(args);
        let run = Run::of(command.arg("x.agc"), folder.path());
        assert_eq!(run.stderr(), "", "{}", run.story);
        let line = run.success();
        assert!(line.ends_with(b"\n"), "{args:?}");
    }
}

#[test]
fn an_archive_nobody_reads_is_a_failure() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 200_000))]));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let child = folder
        .command(&["create", "-q", "ref.fa"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn();
    let output = child
        .expect("the binary starts")
        .wait_with_output()
        .expect("an end");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("standard output"),
        "{output:?}"
    );
}

#[test]
fn full_disks_are_errors_that_name_the_target() {
    let folder = Folder::new();
    let archive = basic();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 200_000))]));
    for args in [
        &["getcol", &archive][..],
        &["listset", &archive],
        &["create", "ref.fa"],
    ] {
        let full = OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let output = folder
            .command(args)
            .stdout(full)
            .output()
            .expect("the binary starts");
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains("standard output"), "{args:?}: {message}");
    }
    let message = folder
        .ragc(&["create", "-o", "/dev/full", "ref.fa"])
        .failure(1);
    assert!(message.contains("/dev/full"), "{message}");
}

#[test]
fn devices_are_written_in_place() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 2_000))]));
    folder
        .ragc(&["create", "-q", "-o", "/dev/null", "ref.fa"])
        .success();
    folder.ragc(&["getcol", "-g", "3", &basic()]).success();
    let null = std::fs::metadata("/dev/null").expect("/dev/null");
    assert!(null.file_type().is_char_device(), "/dev/null was replaced");
}

#[test]
fn write_protected_files_are_not_replaced() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 2_000))]));
    folder.write("out.agc", "kept");
    let path = folder.path().join("out.agc");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).expect("our file");
    let message = folder
        .ragc(&["create", "-o", "out.agc", "ref.fa"])
        .failure(1);
    assert!(
        message.contains("out.agc: the file is write-protected"),
        "{message}"
    );
    assert_eq!(folder.read("out.agc"), b"kept");
    assert_eq!(folder.names(), ["out.agc", "ref.fa"]);
}

#[test]
fn a_replaced_file_stays_as_private_as_it_was() {
    let folder = Folder::new();
    folder.write("out", "before");
    let path = folder.path().join("out");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("our file");
    folder
        .ragc(&["getset", "-o", "out", &basic(), "ref"])
        .success();
    let mode = std::fs::metadata(&path)
        .expect("the file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn links_stay_links() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 2_000))]));
    folder.write("real.agc", "before");
    std::os::unix::fs::symlink("real.agc", folder.path().join("link.agc")).expect("a link");
    folder
        .ragc(&["create", "-q", "-o", "link.agc", "ref.fa"])
        .success();
    assert!(folder.path().join("link.agc").is_symlink());
    assert_eq!(folder.ragc(&["listset", "real.agc"]).success(), b"ref\n");
    assert_eq!(folder.names(), ["link.agc", "real.agc", "ref.fa"]);
}

/// Runs `ragc` with `args` at a terminal; `None` where there is no `script` to make one.
fn at_a_terminal(folder: &Folder, args: &str) -> Option<(Option<i32>, String)> {
    at_a_terminal_with(folder, &[], args)
}

/// The same with environment variables for all that `args`, a part of a shell's line, start.
fn at_a_terminal_with(
    folder: &Folder,
    variables: &[(&str, &str)],
    args: &str,
) -> Option<(Option<i32>, String)> {
    let line = format!("'{}' {args}", ragc().display());
    let mut child = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR")
        .env_remove("CLICOLOR_FORCE")
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| tools::skipped(&format!("script: {error}")))
        .ok()?;
    let mut text = Vec::new();
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_to_end(&mut text)
        .expect("text");
    let code = child.wait().expect("an end").code();
    Some((code, String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn archives_are_not_sent_to_terminals() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 2_000))]));
    let Some((code, text)) = at_a_terminal(&folder, "create ref.fa") else {
        return;
    };
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("archives are not for terminals") && text.len() < 300,
        "{text}"
    );
    let (code, text) =
        at_a_terminal(&folder, &format!("getset -g 1 '{}' ref", basic())).expect("a terminal");
    assert_eq!(code, Some(2), "{text}");
}

#[test]
fn a_terminal_shows_a_progress_bar_unless_quiet() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 8_000_000))]));
    folder
        .ragc(&["create", "-q", "-o", "out.agc", "ref.fa"])
        .success();
    // More than fits the pipe and what is decoded ahead waits for its reader, for longer than bars are hidden.
    let slow = |flags: &str| format!("getset -t 1 {flags} out.agc ref | (sleep 2; cat > got.fa)");
    let Some((code, text)) = at_a_terminal(&folder, &slow("")) else {
        return;
    };
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains(" left") && text.contains("b/s"), "{text:?}");
    assert!(
        text.ends_with("\r\u{1b}[2K"),
        "the bar is cleared: {text:?}"
    );
    let (code, text) = at_a_terminal(&folder, &slow("-q")).expect("a terminal");
    assert_eq!((code, text.as_str()), (Some(0), ""));
    // A pipe that gives nothing for a while, and does not say how much there will be.
    let slow = "create -o piped.agc <(sleep 2; cat ref.fa)";
    let (code, text) = at_a_terminal(
        &folder,
        &format!("--version; bash -c '\"$0\" {slow}' '{}'", ragc().display()),
    )
    .expect("a terminal");
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("0 B") && text.contains("1 sample, "),
        "{text:?}"
    );
}

#[test]
fn what_takes_no_second_shows_no_bar() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 2_000))]));
    let Some((code, text)) = at_a_terminal(&folder, "create -o out.agc ref.fa") else {
        return;
    };
    assert_eq!(code, Some(0), "{text}");
    assert!(text.starts_with("ragc: 1 sample, "), "{text:?}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let folder = Folder::new();
    let Some((_, text)) = at_a_terminal(&folder, "listset --help") else {
        return;
    };
    assert!(text.contains("\u{1b}["), "{text:?}");
    for (variables, args) in [
        (&[("NO_COLOR", "1")][..], "listset --help"),
        (&[("CLICOLOR", "0")], "listset --help"),
        (&[], "listset --help | cat"),
        (&[], "listset nosuch.agc"),
    ] {
        let (_, text) = at_a_terminal_with(&folder, variables, args).expect("a terminal");
        assert!(
            !text.is_empty() && !text.contains('\u{1b}'),
            "{args}: {text:?}"
        );
    }
    let forced = &[("CLICOLOR_FORCE", "1")];
    let (_, text) = at_a_terminal_with(&folder, forced, "--help | cat").expect("a terminal");
    assert!(text.contains("\u{1b}["), "{text:?}");
}

//! What cannot be done says so, with the right exit code, and leaves nothing behind.

use super::{Folder, basic, recorded};

#[test]
fn names_not_found_come_with_near_ones() {
    let folder = Folder::new();
    let archive = basic();
    for (args, expected) in [
        (
            &["getset", &archive, "ref", "s00001"][..],
            "no sample \"s00001\" in",
        ),
        (&["getset", &archive, "S0001"], "did you mean \"s0001\""),
        (
            &["listctg", &archive, "s0000", "nosuch"],
            "no sample \"nosuch\" in",
        ),
        (&["getctg", &archive, "chr1@reff"], "no sample \"reff\" in"),
        (
            &["getctg", &archive, "chr1@ref:0-5", "chr9@ref"],
            "no contig \"chr9\" in sample \"ref\"",
        ),
        (&["getctg", &archive, "chr9@ref"], "did you mean \"chr1\""),
        (&["getctg", &archive, "blank7"], "did you mean \"blank6\""),
        (&["getctg", &archive, "s0001"], "it is a sample, for getset"),
        (&["getctg", &archive, "chr1@ref:x-9"], "\"x-9\" is no range"),
        (&["getctg", &archive, ""], "no contig \"\""),
    ] {
        let message = folder.ragc(args).failure(1);
        assert!(message.contains(expected), "{args:?}: {message}");
    }
    let message = folder.ragc(&["getctg", &archive, "chr1:0-5"]).failure(1);
    for expected in [
        "9 samples of",
        "have a contig \"chr1\"",
        "\"ref\", \"s0000\"",
        "as in chr1@ref",
        "--all",
    ] {
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn archives_that_are_none_are_named() {
    let folder = Folder::new();
    let whole = recorded("basic.agc");
    folder.write("cut.agc", &whole[..whole.len() - 100]);
    folder.write("text.agc", ">chr1\nACGT\n".repeat(100));
    folder.write("empty.agc", "");
    for name in ["cut.agc", "text.agc", "empty.agc", "absent.agc", "."] {
        for args in [
            &["listset", name][..],
            &["listref", name],
            &["listctg", name, "ref"],
            &["info", name],
            &["getcol", name],
            &["getset", "-o", "out", name, "ref"],
            &["getctg", name, "chr1"],
        ] {
            let message = folder.ragc(args).failure(1);
            assert!(message.contains(name), "{args:?}: {message}");
        }
    }
    assert!(
        !folder.has("out") && !folder.has("out.partial"),
        "{:?}",
        folder.names()
    );
}

#[test]
fn a_failing_extraction_leaves_the_target_as_it_was() {
    let folder = Folder::new();
    let mut damaged = recorded("basic.agc");
    // The packs of the samples lie in the middle of the file.
    let len = damaged.len();
    damaged[len / 4..len / 2].fill(0xA5);
    folder.write("damaged.agc", damaged);
    folder.write("out", "before");
    let samples = [
        "getset",
        "-o",
        "out",
        "damaged.agc",
        "s0000",
        "s0001",
        "s0003",
        "s0009",
    ];
    folder.ragc(&samples).failure(1);
    assert_eq!(folder.read("out"), b"before");
    assert_eq!(folder.names(), ["damaged.agc", "out"]);
}

/// Some samples need nothing of what is damaged.
#[test]
fn a_collection_goes_on_after_a_broken_sample() {
    let folder = Folder::new();
    let mut damaged = recorded("basic.agc");
    let len = damaged.len();
    damaged[len * 7 / 10..][..200].fill(0xA5);
    folder.write("damaged.agc", damaged);
    for name in ["whole", "part"] {
        std::fs::create_dir(folder.path().join(name)).expect("a new directory");
    }
    folder.ragc(&["getcol", "-o", "whole", &basic()]).success();
    let run = folder.ragc(&["getcol", "-o", "part", "damaged.agc"]);
    let story = run.story.clone();
    let message = run.failure(1);
    let files = |name: &str| -> Vec<String> {
        let entries = std::fs::read_dir(folder.path().join(name)).expect("a directory");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    };
    let (whole, part) = (files("whole"), files("part"));
    assert!(
        !part.is_empty() && part.len() < whole.len(),
        "{part:?}\n{story}"
    );
    for name in &part {
        let (whole, part) = (format!("whole/{name}"), format!("part/{name}"));
        assert!(folder.read(&whole) == folder.read(&part), "{part}");
    }
    for name in whole.iter().filter(|name| !part.contains(name)) {
        let sample = name.trim_end_matches(".fa");
        assert!(
            message.contains(&format!("sample {sample}, contig ")),
            "{message}"
        );
    }
    let count = format!("{} of {} samples", whole.len() - part.len(), whole.len());
    assert!(message.contains(&count), "{message}");
}

#[test]
fn wrong_calls_return_2() {
    let folder = Folder::new();
    let archive = basic();
    folder.write("a.fa", ">a\nACGT\n");
    for args in [
        &[][..],
        &["create"],
        &["frobnicate"],
        &["getset", &archive],
        &["getctg", &archive],
        &["listctg"],
        &["listset"],
        &["listset", &archive, "more"],
        &["getset", "-l", "x", &archive, "ref"],
        &["getset", "--no-such-flag", &archive, "ref"],
        &["create", "-o", "a.fa", "a.fa"],
        &["create", "-k", "ten", "-o", "x.agc", "a.fa"],
    ] {
        folder.ragc(args).failure(2);
    }
    assert_eq!(folder.read("a.fa"), b">a\nACGT\n");
    assert_eq!(folder.names(), ["a.fa"]);
}

#[test]
fn help_and_version_are_no_errors() {
    let folder = Folder::new();
    let text = |args: &[&str]| String::from_utf8(folder.ragc(args).success()).expect("text");
    assert!(text(&["--version"]).starts_with("ragc "));
    for verb in [
        "create",
        "append",
        "getcol",
        "getset",
        "getctg",
        "faidx",
        "listref",
        "listset",
        "listctg",
        "info",
        "jbrowse-config",
        "completions",
        "man",
    ] {
        assert!(text(&["--help"]).contains(verb));
        assert!(text(&[verb, "--help"]).contains("--output"), "{verb}");
    }
    assert!(
        text(&["getctg", "--help"]).contains("both ends"),
        "coordinates are explained"
    );
}

#[test]
fn targets_that_cannot_be_written_are_named() {
    let folder = Folder::new();
    let archive = basic();
    for (target, args) in [
        (
            "absent/out",
            &["getset", "-o", "absent/out", &archive, "ref"][..],
        ),
        (".", &["getset", "-o", ".", &archive, "ref"]),
        ("absent/out", &["listset", "-o", "absent/out", &archive]),
    ] {
        let message = folder.ragc(args).failure(1);
        assert!(message.contains(target), "{message}");
    }
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn what_is_read_is_never_replaced() {
    let folder = Folder::new();
    let archive = recorded("basic.agc");
    folder.write("x.agc", &archive);
    // `getcol` names files by samples, and an archive may bear such a name.
    folder.write("ref.fa", &archive);
    folder.write("list", "s.fa\n");
    folder.write("s.fa", ">a\nACGT\n");
    folder.write("t.fa", ">a\nACGT\n");
    let before = folder.names();
    for args in [
        &["getset", "-o", "x.agc", "x.agc", "ref"][..],
        &["getset", "-o", "./x.agc", "x.agc", "ref"],
        &["getctg", "-o", "x.agc", "x.agc", "chr1@ref:0-9"],
        &["getcol", "-o", ".", "ref.fa"],
        &["listset", "-o", "x.agc", "x.agc"],
        &["listref", "-o", "x.agc", "x.agc"],
        &["listctg", "-o", "x.agc", "x.agc", "ref"],
        &["info", "-o", "x.agc", "x.agc"],
        &["jbrowse-config", "--url", "x", "-o", "x.agc", "x.agc"],
        &["create", "-o", "t.fa", "s.fa", "t.fa"],
        &["create", "-o", "list", "-i", "list", "t.fa"],
    ] {
        let message = folder.ragc(args).failure(2);
        assert!(
            message.contains("is an input, and the output too"),
            "{args:?}: {message}"
        );
    }
    assert_eq!(folder.names(), before);
    assert!(folder.read("x.agc") == archive && folder.read("ref.fa") == archive);
    assert_eq!(folder.read("list"), b"s.fa\n");
}

#[test]
fn lists_that_name_no_files_are_shown_where() {
    let folder = Folder::new();
    folder.write("a.fa", ">a\nACGT\n");
    folder.write("b.fa", ">a\nACGT\n");
    folder.write("list", "b.fa\n\nmy other.fa\n");
    folder.write("several", "b.fa absent.fa\n");
    folder.write("archive", recorded("basic.agc"));
    for (list, expected) in [
        ("list", "list, line 3: no file \"my other.fa\""),
        ("several", "several, line 1: no file \"absent.fa\""),
        ("a.fa", "a.fa, line 1: no file \">a\""),
        ("archive", "archive, line 1: no file \"\\x"),
    ] {
        let message = folder
            .ragc(&["create", "-o", "x.agc", "-i", list, "a.fa"])
            .failure(1);
        assert!(message.contains(expected), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    assert!(!folder.has("x.agc"));
}

#[test]
#[cfg(unix)]
fn archives_from_pipes_are_refused_in_words() {
    let folder = Folder::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(writer);
    let output = folder
        .command(&["listset", "/dev/stdin"])
        .stdin(reader)
        .output()
        .expect("the binary starts");
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("/dev/stdin: ") && message.contains("pipe"),
        "{message}"
    );
}

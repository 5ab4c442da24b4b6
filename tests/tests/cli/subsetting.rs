//! extract: some samples of an archive as a new one, chosen by names and patterns.

use std::io::Write as _;
use std::process::Stdio;

use super::{Folder, assert_same_text, bases, basic, fasta};

const SAMPLES: [&str; 5] = ["HG002#1", "HG002#2", "HG003#1", "CHM13", "HG*"];

/// all.agc, of genomes that are variants of each other but for the third.
fn write_archive(folder: &Folder) {
    let genome = bases(1, 20_000);
    let mut files = Vec::new();
    for (number, sample) in SAMPLES.iter().enumerate() {
        let mut own = genome.clone();
        own.drain(number * 1000..number * 1000 + 50);
        if number == 2 {
            own = bases(7, 20_000);
        }
        let file = format!("{sample}.fa");
        folder.write(&file, fasta(&[("chr1", &own), ("empty", b"")]));
        files.push(file);
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    folder
        .ragc(
            &[
                &["create", "-q", "-s", "2000", "-o", "all.agc"],
                files.as_slice(),
            ]
            .concat(),
        )
        .success();
}

/// The samples of an archive in stored order, which are as they were.
fn samples_of(folder: &Folder, archive: &str) -> Vec<String> {
    let listed = folder.ragc(&["listset", archive]).success();
    let listed = String::from_utf8(listed).expect("names are ASCII here");
    let all = |sample: &str| folder.ragc(&["getset", "all.agc", sample]).success();
    let mut samples: Vec<&str> = listed.lines().collect();
    for sample in &samples {
        let text = folder.ragc(&["getset", archive, sample]).success();
        assert_same_text(&text, &all(sample));
    }
    samples.sort_by_key(|sample| SAMPLES.iter().position(|other| other == sample));
    let in_order: Vec<u8> = samples.iter().flat_map(|sample| all(sample)).collect();
    assert_same_text(&folder.ragc(&["getcol", archive]).success(), &in_order);
    samples.into_iter().map(str::to_owned).collect()
}

#[test]
fn names_and_patterns_choose_samples() {
    let folder = Folder::new();
    write_archive(&folder);
    folder.write("list", "CHM13\r\n\nHG003*\n");
    for (args, expected) in [
        (&["HG002#1"][..], &["HG002#1"][..]),
        (&["CHM13", "HG002#2", "CHM13"], &["HG002#2", "CHM13"]),
        (&["HG002#*"], &["HG002#1", "HG002#2"]),
        (&["*#1"], &["HG002#1", "HG003#1"]),
        (&["HG00[!2]#?"], &["HG003#1"]),
        // A name, not a pattern.
        (&["HG*"], &["HG*"]),
        (&["*"], &SAMPLES),
        (&["-x", "HG002#1"], &["HG002#2", "HG003#1", "CHM13", "HG*"]),
        (&["--exclude", "HG0*", "HG*"], &["CHM13"]),
        (&["--samples-from", "list"], &["HG003#1", "CHM13"]),
        (
            &["-x", "--samples-from", "list", "HG002#1"],
            &["HG002#2", "HG*"],
        ),
    ] {
        let args = [&["extract", "-q", "-o", "some.agc", "all.agc"], args].concat();
        assert!(folder.ragc(&args).success().is_empty(), "{args:?}");
        assert_eq!(samples_of(&folder, "some.agc"), expected, "{args:?}");
        let reference = folder.ragc(&["listref", "some.agc"]).success();
        assert_eq!(reference, expected[0].as_bytes(), "{args:?}");
    }
}

#[test]
fn threads_and_the_way_in_and_out_change_no_byte() {
    let folder = Folder::new();
    write_archive(&folder);
    let names = ["CHM13", "HG002#2"];
    let stdout = folder
        .ragc(&[&["extract", "-t", "1", "all.agc"], &names[..]].concat())
        .success();
    let run = folder.ragc(
        &[
            &["extract", "-v", "1", "-o", "some.agc", "all.agc"],
            &names[..],
        ]
        .concat(),
    );
    let messages = run.stderr();
    assert!(
        messages.contains("2 of 5 samples") && messages.contains("2 samples, "),
        "{messages}"
    );
    run.success();
    assert!(folder.read("some.agc") == stdout);
    let mut command = folder.command(&[
        "extract",
        "-t",
        "2",
        "-o",
        "-",
        "--samples-from",
        "-",
        "all.agc",
    ]);
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.expect("ragc starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(b"HG002#2\nCHM13\n")
        .expect("ragc reads the names");
    let output = child.wait_with_output().expect("ragc ends");
    assert!(output.status.success() && output.stdout == stdout);
}

#[test]
fn archives_of_agc_are_extracted_from_and_appended_to() {
    let folder = Folder::new();
    let archive = basic();
    let listed = folder.ragc(&["listset", &archive]).success();
    let listed = String::from_utf8(listed).expect("names are ASCII here");
    let last = listed.lines().last().expect("it has samples");
    folder
        .ragc(&["extract", "-q", "-o", "last.agc", &archive, last])
        .success();
    let text = folder.ragc(&["getset", &archive, last]).success();
    assert_same_text(&folder.ragc(&["getset", "last.agc", last]).success(), &text);
    folder.write("again.fa", &text);
    folder
        .ragc(&["append", "-q", "-o", "more.agc", "last.agc", "again.fa"])
        .success();
    assert_same_text(
        &folder.ragc(&["getset", "more.agc", "again"]).success(),
        &text,
    );
}

#[test]
fn what_cannot_be_extracted_leaves_everything_as_it_was() {
    let folder = Folder::new();
    write_archive(&folder);
    folder.write("out.agc", "before");
    folder.write("empty", "\n");
    let all = folder.read("all.agc");
    folder.write("cut.agc", &all[..all.len() - 100]);
    let names = folder.names();
    for (args, code, expected) in [
        (&["all.agc"][..], 2, "no sample is named"),
        (
            &["all.agc", "--samples-from", "empty"],
            2,
            "no sample is named",
        ),
        (&["all.agc", "--samples-from", "absent"], 1, "absent: "),
        (&["all.agc", "HG002#3"], 1, "did you mean \"HG002#1\""),
        (
            &["all.agc", "CHM13", "HG004#*"],
            1,
            "like \"HG004#*\"; did you mean",
        ),
        (&["all.agc", "-x", "*"], 1, "no sample of all.agc is left"),
        (
            &["all.agc", "CHM13", "-o", "all.agc"],
            2,
            "cannot be used multiple times",
        ),
        (&["absent.agc", "CHM13"], 1, "absent.agc"),
        (&["cut.agc", "CHM13"], 1, "cut.agc: "),
        (&["CHM13.fa", "CHM13"], 1, "CHM13.fa: "),
    ] {
        let run = folder.ragc(&[&["extract", "-o", "out.agc"], args].concat());
        let message = run.failure(code);
        assert!(message.contains(expected), "{args:?}: {message}");
        assert_eq!(folder.names(), names, "{args:?}");
        assert_eq!(folder.read("out.agc"), b"before", "{args:?}");
    }
    let message = folder
        .ragc(&["extract", "-o", "all.agc", "all.agc", "CHM13"])
        .failure(2);
    assert!(
        message.contains("is an input, and the output too"),
        "{message}"
    );
}

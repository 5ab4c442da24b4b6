//! In place of the C++ tool: the same command lines give the same text.
//!
//! `tests/data/cli/dropin.tsv` has a command line in each row, and what `agc` made of it: its length and SHA-256.
//! `ragc` must make the same of it always, and `agc` again where it is there (`AGC`). What is compared is standard output
//! (of `agc info`, standard error), then the files called `out` or below `out`; gzip data as what is in them.
//! `RAGC_WRITE_DROPIN=1` writes the table anew, from what `agc` says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ragc_tests::binary::{Run, ragc};
use ragc_tests::tools;

use super::extracting::{gunzip, sha256};
use super::{Folder, data, recorded};

/// The archives that rows name, and where they lie in tests/data.
const ARCHIVES: [(&str, &str); 8] = [
    ("basic.agc", "cli/basic.agc"),
    ("tiny.agc", "tiny.agc"),
    ("v1.agc", "v1.1/11-appended.agc"),
    ("v2.agc", "v2.1/11-appended.agc"),
    ("many.agc", "03-many-samples.agc"),
    ("packs.agc", "05-pack-of-seven-k32.agc"),
    ("repeats.agc", "08-repeats.agc"),
    ("concatenated.agc", "13-concatenated.agc"),
];

struct Row {
    /// As typed; blanks separate arguments.
    line: String,
    /// Whether it cannot be done: `agc` prints nothing then and returns 0, `ragc` prints nothing and returns 1.
    fails: bool,
    len: usize,
    sha256: String,
}

fn table() -> Vec<Row> {
    let text = String::from_utf8(recorded("dropin.tsv")).expect("text");
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [line, outcome, len, sha256] = columns.as_slice() else {
            panic!("four columns in each row, not {line:?}");
        };
        Row {
            line: (*line).to_owned(),
            fails: *outcome == "fails",
            len: len.parse().expect("a number"),
            sha256: (*sha256).to_owned(),
        }
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(row)
        .collect()
}

/// What a program makes of a command line, in a folder of its own.
fn made(program: &Path, line: &str) -> (Run, Vec<u8>) {
    let folder = Folder::new();
    for (name, path) in ARCHIVES {
        let path = tools::repository().join("tests/data").join(path);
        fs::copy(&path, folder.path().join(name)).expect("a copy of an archive");
    }
    let arguments: Vec<&str> = line.split(' ').collect();
    if arguments[0] == "getcol" {
        fs::create_dir(folder.path().join("out")).expect("a new directory");
    }
    let run = Run::of(Command::new(program).args(&arguments), folder.path());
    let is_text_on_stderr = arguments[0] == "info" && program != ragc();
    let text = if is_text_on_stderr {
        let whole = String::from_utf8_lossy(&run.output.stderr).into_owned();
        // With -v, agc says last how long it took.
        let end = whole.find("***\nCompleted").unwrap_or(whole.len());
        whole.as_bytes()[..end].to_vec()
    } else {
        run.output.stdout.clone()
    };
    let mut made = plain(text);
    let out = folder.path().join("out");
    if out.is_file() {
        made.extend(plain(folder.read("out")));
    } else if out.is_dir() {
        let mut files: Vec<PathBuf> = fs::read_dir(&out)
            .expect("a directory")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            made.extend_from_slice(name.as_bytes());
            made.push(b'\n');
            made.extend(plain(fs::read(&file).expect("a file")));
        }
    }
    (run, made)
}

fn plain(bytes: Vec<u8>) -> Vec<u8> {
    if bytes.starts_with(b"\x1f\x8b") {
        gunzip(&bytes)
    } else {
        bytes
    }
}

#[test]
fn ragc_makes_of_each_command_line_what_agc_made() {
    let rows = table();
    assert!(rows.len() > 80, "{} rows", rows.len());
    for row in rows {
        let (run, made) = made(ragc(), &row.line);
        let expected_code = if row.fails { 1 } else { 0 };
        assert_eq!(run.code(), Some(expected_code), "{}", run.story);
        let found = (made.len(), sha256(&made));
        assert_eq!(found, (row.len, row.sha256), "{}", run.story);
    }
}

#[test]
fn agc_still_makes_the_same() {
    let Some(agc) = tools::agc() else { return };
    let rows = table();
    let mut written = String::from("# command line\toutcome\tlength\tSHA-256\n");
    let is_written = std::env::var_os("RAGC_WRITE_DROPIN").is_some();
    for row in rows {
        let (run, made) = made(&agc, &row.line);
        let found = (made.len(), sha256(&made));
        assert_eq!(
            run.code(),
            Some(0),
            "agc tells no failures by its code\n{}",
            run.story
        );
        if is_written {
            let outcome = if row.fails { "fails" } else { "ok" };
            written.push_str(&format!(
                "{}\t{outcome}\t{}\t{}\n",
                row.line, found.0, found.1
            ));
        } else {
            assert_eq!(found, (row.len, row.sha256), "{}", run.story);
        }
    }
    if is_written {
        fs::write(data("dropin.tsv"), written).expect("a file in the repository");
    }
}

/// Flags of `create` and `append`, as `agc` takes them. Archives differ, what is in them does not.
const FLAGS_OF_CREATE: [&str; 7] = [
    "",
    "-a -b 3 -s 1000 -k 21 -l 18",
    "-k17 -l15 -s500 -b1 -t1",
    "-d -f 0.01 -t 3 -v 0",
    "-b 1000000000 -s 1000000 -k 32 -l 32",
    "-ad",
    "-i list",
];
const FLAGS_OF_APPEND: [&str; 4] = ["", "-a -t 2", "-d -f0.05 -v 0", "-i list"];

#[test]
fn flags_of_create_and_append_are_those_of_agc() {
    let folder = Folder::new();
    let genome = super::bases(5, 30_000);
    let mut other = genome.clone();
    other[7_000..7_100].reverse();
    for (name, genome) in [
        ("ref", &genome),
        ("b", &other),
        ("c", &genome[..20_000].to_vec()),
        ("d", &other),
    ] {
        folder.write(
            &format!("{name}.fa"),
            super::fasta(&[("chr1 of it", genome), ("chr2", &genome[100..4000])]),
        );
    }
    folder.write("list", "c.fa\n");
    let agc = tools::agc();
    let run = |program: &Path, line: &str| {
        let arguments = line.split_whitespace();
        Run::of(Command::new(program).args(arguments), folder.path())
    };
    // What a collection of these is, by a program that read and wrote nothing else.
    let expected =
        |program: &Path, archive: &str| run(program, &format!("getcol {archive}")).success();
    run(ragc(), "create -q -o whole.agc ref.fa b.fa c.fa").success();
    run(ragc(), "create -q -o more.agc ref.fa b.fa c.fa d.fa").success();
    let (whole, more) = (expected(ragc(), "whole.agc"), expected(ragc(), "more.agc"));
    let programs: Vec<&Path> = [Some(ragc()), agc.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    let is_listed = |flags: &str| flags.contains("-i");
    for writer in &programs {
        for flags in FLAGS_OF_CREATE {
            let inputs = if is_listed(flags) {
                "ref.fa b.fa"
            } else {
                "ref.fa b.fa c.fa"
            };
            let line = if is_listed(flags) {
                // The list comes first or last, as the program has it; two files tell no difference.
                format!("create {flags} -o x.agc ref.fa")
            } else {
                format!("create {flags} -o x.agc {inputs}")
            };
            run(writer, &line).success();
            for reader in &programs {
                let text = expected(reader, "x.agc");
                let contigs = text.iter().filter(|&&byte| byte == b'>').count();
                if is_listed(flags) {
                    assert_eq!(contigs, 4, "{line}");
                } else {
                    assert!(text == whole, "{line}, read by {}", reader.display());
                }
            }
        }
        for flags in FLAGS_OF_APPEND {
            let (base, inputs) = if is_listed(flags) {
                ("ref.fa b.fa", "d.fa")
            } else {
                ("ref.fa b.fa c.fa", "d.fa")
            };
            for base_writer in &programs {
                run(base_writer, &format!("create -o base.agc {base}")).success();
                let line = format!("append {flags} -o y.agc base.agc {inputs}");
                run(writer, &line).success();
                for reader in &programs {
                    let text = expected(reader, "y.agc");
                    assert!(text == more, "{line}, read by {}", reader.display());
                }
            }
        }
    }
}

/// `agc -s` gives more than the range; ours gives the same in every mode.
#[test]
fn ranges_are_right_in_streaming_mode() {
    let line =
        |flags: &str| format!("getctg {flags}basic.agc chr1@ref:100-20000 chr2@s0000:5000-5999");
    let (_, plain) = made(ragc(), &line(""));
    let (_, streamed) = made(ragc(), &line("-s -p "));
    assert!(plain == streamed && plain.len() > 20_900);
}

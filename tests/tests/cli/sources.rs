//! Where genomes come from but named files: standard input, pipes, lists that name their samples.

use std::fs::File;
use std::process::Command;

use super::{Folder, bases, basic, fasta};
use ragc_tests::binary::Run;

/// Files a.fa, b.fa and c.fa of a contig each.
fn folder() -> Folder {
    let folder = Folder::new();
    for (seed, name) in [(1, "a"), (2, "b"), (3, "c")] {
        let text = fasta(&[(name, &bases(seed, 3000))]);
        folder.write(&format!("{name}.fa"), text);
    }
    folder
}

/// Runs `ragc` with `args`, standard input coming from a file.
fn from(folder: &Folder, file: &str, args: &[&str]) -> Run {
    let file = File::open(folder.path().join(file)).expect("it was written");
    Run::of(folder.command(args).stdin(file), folder.path())
}

/// Samples, in order, each with the name of its contig: a, b or c.
fn samples(folder: &Folder, archive: &str) -> Vec<(String, String)> {
    let names = folder.ragc(&["listset", archive]).success();
    let names = String::from_utf8(names).expect("text");
    let contig = |name: &str| {
        let text = folder.ragc(&["getset", archive, name]).success();
        let text = String::from_utf8(text).expect("text");
        let header = text.lines().next().expect("a header");
        let end = text.len() - 1;
        let bases = text[header.len()..end].replace('\n', "");
        assert_eq!(bases.len(), 3000, "{name}");
        header[1..].to_owned()
    };
    names
        .lines()
        .map(|name| (name.to_owned(), contig(name)))
        .collect()
}

fn assert_samples(folder: &Folder, archive: &str, expected: &[(&str, &str)]) {
    let found = samples(folder, archive);
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|&(name, contig)| (name.into(), contig.into()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn standard_input_is_a_sample_in_its_place() {
    let folder = folder();
    let args = ["create", "-q", "-o", "x.agc", "-", "b.fa"];
    from(&folder, "a.fa", &args).success();
    assert_eq!(folder.ragc(&["listref", "x.agc"]).success(), b"stdin");
    assert_samples(&folder, "x.agc", &[("b", "b"), ("stdin", "a")]);
    let args = [
        "append",
        "-q",
        "-o",
        "y.agc",
        "--stdin-name",
        "see",
        "x.agc",
        "-",
    ];
    from(&folder, "c.fa", &args).success();
    assert_samples(
        &folder,
        "y.agc",
        &[("b", "b"), ("see", "c"), ("stdin", "a")],
    );

    // The same bytes as of a file of that name, however they come.
    folder
        .ragc(&["create", "-q", "-o", "file.agc", "a.fa", "b.fa"])
        .success();
    let args = [
        "create",
        "-q",
        "-o",
        "pipe.agc",
        "--stdin-name",
        "b",
        "a.fa",
        "-",
    ];
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let text = folder.read("b.fa");
    let writing = std::thread::spawn(move || std::io::Write::write_all(&mut writer, &text));
    Run::of(folder.command(&args).stdin(reader), folder.path()).success();
    writing.join().expect("no panic").expect("ragc reads all");
    assert!(folder.read("file.agc") == folder.read("pipe.agc"));
}

#[test]
fn standard_input_is_read_once_and_never_replaced() {
    let folder = folder();
    folder.write("list", "b.fa\n-\tsee\n");
    for args in [
        &["create", "-o", "x.agc", "-", "-"][..],
        &["create", "-o", "x.agc", "-i", "-", "a.fa", "-"],
        &["create", "-o", "x.agc", "-i", "list", "-"],
        &["append", "-o", "x.agc", &basic(), "-", "a.fa", "-"],
        &["create", "-o", "x.agc", "--stdin-name", "n", "a.fa"],
        &["create", "-o", "x.agc", "--stdin-name", "n", "-c", "-"],
        &["create", "-o", "x.agc", "--stdin-name", "n", "--pansn", "-"],
        &["create", "-o", "x.agc", "--pansn", "-c", "a.fa"],
        &["create", "-o", "x.agc", "--pansn-delimiter", ".", "a.fa"],
        #[cfg(target_os = "linux")]
        &["create", "-o", "c.fa", "a.fa", "-"],
    ] {
        from(&folder, "c.fa", args).failure(2);
        assert_eq!(folder.names(), ["a.fa", "b.fa", "c.fa", "list"], "{args:?}");
    }
    let args = ["create", "-q", "-o", "x.agc", "-i", "list", "a.fa"];
    from(&folder, "c.fa", &args).success();
    assert_samples(&folder, "x.agc", &[("a", "a"), ("b", "b"), ("see", "c")]);
}

#[test]
fn what_is_wrong_with_standard_input_is_said_of_it() {
    let folder = folder();
    folder.write("empty", "");
    folder.write("bare", "ACGT\n");
    folder.write("bzip2", "BZh91AY&SY");
    folder.write("cut", &xz_file()[..20]);
    for (file, expected) in [
        ("empty", "standard input: no contig"),
        (
            "bare",
            "standard input, line 1: expected FASTA, found a bare sequence",
        ),
        ("bzip2", "found bzip2 data, which is not read"),
        ("cut", "standard input: the xz data end too early"),
    ] {
        let args = ["create", "-o", "x.agc", "a.fa", "-"];
        let message = from(&folder, file, &args).failure(1);
        assert!(message.contains(expected), "{message}");
        assert!(!folder.has("x.agc") && !folder.has("x.agc.partial"));
    }
}

/// `>a` and `ACGT`, as `xz` leaves it.
fn xz_file() -> Vec<u8> {
    const XZ: &str = "fd377a585a000004e6d6b446020021010c0000008f98419c0100073e610a414347540a006ee094ec33738eea00012008bb19d9bb1fb6f37d010000000004595a";
    let byte = |at| u8::from_str_radix(&XZ[at..at + 2], 16).expect("two digits");
    (0..XZ.len()).step_by(2).map(byte).collect()
}

#[test]
fn xz_is_told_by_content() {
    let folder = folder();
    folder.write("any.name", xz_file());
    folder
        .ragc(&["create", "-q", "-o", "x.agc", "a.fa", "any.name"])
        .success();
    let text = folder.ragc(&["getset", "x.agc", "any"]).success();
    assert_eq!(text, b">a\nACGT\n");
}

#[test]
fn lists_name_samples_behind_a_tab() {
    let folder = folder();
    folder.write("list", "b.fa\tBee B\r\n\r\nc.fa\r\na.fa\t A.1 \r\n");
    let args = ["create", "-o", "x.agc", "-i", "list", "a.fa"];
    let run = folder.ragc(&args);
    assert!(run.stderr().contains("a.fa is given twice, and read once"));
    run.success();
    assert_eq!(folder.ragc(&["listref", "x.agc"]).success(), b"A.1");
    assert_samples(
        &folder,
        "x.agc",
        &[("A.1", "a"), ("Bee B", "b"), ("c", "c")],
    );
    let args = ["append", "-q", "-o", "y.agc", "-i", "-", "x.agc"];
    folder.write("more", "a.fa\tagain\n");
    from(&folder, "more", &args).success();
    let expected = [("A.1", "a"), ("Bee B", "b"), ("again", "a"), ("c", "c")];
    assert_samples(&folder, "y.agc", &expected);
}

#[test]
fn lists_with_names_that_cannot_be_meant_are_errors() {
    let folder = folder();
    for (list, flag, expected) in [
        ("b.fa\tc.fa\n", "-q", "list, line 1: \"c.fa\" is a file"),
        ("\nno.fa\tx\n", "-q", "list, line 2: no file \"no.fa\""),
        ("b.fa\tx\ty\n", "-q", "list, line 1: no file \"x\""),
        ("b.fa\tx\nb.fa\ty\n", "-q", "sample \"x\" and sample \"y\""),
        (
            "b.fa\ta\n",
            "-q",
            "a.fa and b.fa would both be sample \"a\"",
        ),
        ("b.fa\tx\n", "-c", "b.fa is to be sample \"x\""),
        ("b.fa\tx\n", "--pansn", "b.fa is to be sample \"x\""),
    ] {
        folder.write("list", list);
        let args = ["create", "-o", "x.agc", flag, "-i", "list", "a.fa"];
        let message = folder.ragc(&args).failure(1);
        assert!(message.contains(expected), "{message}");
    }
}

/// `<(command)`, as bash and zsh have it.
#[test]
#[cfg(target_os = "linux")]
fn process_substitutions_are_read_side_by_side() {
    let folder = folder();
    let mut command = Command::new("bash");
    command.env("RAGC", ragc_tests::binary::ragc()).args([
        "-c",
        "\"$RAGC\" create -q -o x.agc <(cat a.fa) <(gzip -c b.fa) c.fa",
    ]);
    let run = Run::of(&mut command, folder.path());
    let notes = run.stderr();
    run.success();
    assert_eq!(
        notes.matches("has no name of its own").count(),
        2,
        "{notes}"
    );
    assert_samples(&folder, "x.agc", &[("62", "b"), ("63", "a"), ("c", "c")]);
}

//! faidx: regions counted from 1, from files too; BGZF with its indexes; the index of what getset prints.

use std::io::Write;
use std::process::Stdio;

use super::extracting::gunzip;
use super::{Folder, assert_same_text};

/// A folder with `x.agc`: samples `a` and `b` have a contig `chr1`, of 130 and 30 bases.
fn folder() -> Folder {
    let folder = Folder::new();
    let chr1 = super::bases(1, 130);
    folder.write(
        "a.fa",
        super::fasta(&[
            ("chr1 of a", &chr1),
            ("codes", b"ACGTRYKMBVDHSWN"),
            ("empty", b""),
            ("HLA:1-5 x", b"AACCGGTT"),
            ("HLA", b"TTTTT"),
        ]),
    );
    folder.write(
        "b.fa",
        super::fasta(&[("chr1", &chr1[..30]), ("only", b"GATTACA")]),
    );
    folder
        .ragc(&["create", "-q", "-o", "x.agc", "a.fa", "b.fa"])
        .success();
    folder
}

fn chr1(start: usize, end: usize) -> String {
    String::from_utf8(super::bases(1, 130)[start..end].to_vec()).expect("letters")
}

#[test]
fn regions_are_those_of_samtools() {
    let folder = folder();
    for (region, expected) in [
        ("only:2-4", "ATT"),
        ("only:5", "ACA"),
        ("only:5-", "ACA"),
        ("only:-2", "GA"),
        ("only:0.002k-1e1", "ATTACA"),
        ("only:1-1,000", "GATTACA"),
        ("only@b:7-7", "A"),
        ("{only}@{b}:7-", "A"),
        ("only:8-9", ""),
        ("HLA:1-5:1-2", "AA"),
        ("{HLA:1-5}", "AACCGGTT"),
        ("{HLA}:1-2", "TT"),
        ("chr1 of a:1-4", &chr1(0, 4)),
        ("chr1@b:27-28", &chr1(26, 28)),
    ] {
        let line = if expected.is_empty() { "" } else { "\n" };
        assert_same_text(
            &folder.ragc(&["faidx", "x.agc", region]).success(),
            format!(">{region}\n{expected}{line}").as_bytes(),
        );
    }
    for (region, expected) in [
        (
            "only:10-9",
            "\"10-9\" is no range: expected FROM-TO, FROM- or -TO, counted from 1",
        ),
        ("only:x", "\"x\" is no range"),
        ("only:0-5", "\"0-5\" is no range"),
        (
            "HLA:1-5",
            "may be read in 2 ways; say which, as \"{HLA}:1-5\" or \"{HLA:1-5}\"",
        ),
        (
            "chr1:1-4",
            "2 samples of x.agc have a contig \"chr1\": \"a\", \"b\"; say which, as in chr1@a, or --all",
        ),
        (
            "chr2",
            "no contig \"chr2\" in x.agc; did you mean \"chr1\"?",
        ),
        ("only@a", "no contig \"only\" in sample \"a\""),
    ] {
        let message = folder
            .ragc(&["faidx", "-o", "out", "x.agc", "only", region])
            .failure(1);
        assert!(message.contains(expected), "{region}: {message}");
    }
    assert!(
        !folder.has("out"),
        "all are looked up before anything is written"
    );
}

#[test]
fn contigs_of_several_samples_are_told_apart() {
    let folder = folder();
    let both = format!(">chr1@a:1-4\n{0}\n>chr1@b:1-4\n{0}\n", chr1(0, 4));
    for flags in [
        &["--all"][..],
        &["--sample", "?"],
        &["--sample", "a", "--sample", "b"],
    ] {
        let args = [&["faidx", "x.agc", "chr1:1-4"], flags].concat();
        assert_same_text(&folder.ragc(&args).success(), both.as_bytes());
    }
    let one = format!(">chr1:1-4\n{}\n", chr1(0, 4));
    let run = folder.ragc(&["faidx", "x.agc", "--sample", "b", "chr1:1-4"]);
    assert_same_text(&run.success(), one.as_bytes());
    let message = folder
        .ragc(&["faidx", "x.agc", "--sample", "a", "only"])
        .failure(1);
    assert!(
        message.contains("no contig \"only\" in the samples chosen"),
        "{message}"
    );
}

#[test]
fn missing_contigs_can_be_left_out() {
    let folder = folder();
    let run = folder.ragc(&["faidx", "-c", "x.agc", "only:1-2", "chr9:5-6", "only:3-4"]);
    let notes = run.stderr();
    assert_same_text(&run.success(), b">only:1-2\nGA\n>only:3-4\nTT\n");
    assert!(
        notes.contains("no contig \"chr9\"") && notes.contains("1 regions were left out"),
        "{notes}"
    );
    // What is there, but not said clearly, is not left out.
    for region in ["chr1", "only:9-8", "HLA:1-5"] {
        folder.ragc(&["faidx", "-c", "x.agc", region]).failure(1);
    }
}

#[test]
fn the_other_strand_has_every_complement() {
    let folder = folder();
    let text = |flags: &[&str]| {
        let args = [&["faidx", "x.agc", "codes:1-14"], flags].concat();
        String::from_utf8(folder.ragc(&args).success()).expect("text")
    };
    assert_eq!(text(&["-i"]), ">codes:1-14/rc\nWSDHBVKMRYACGT\n");
    assert_eq!(
        text(&["--mark-strand", "sign"]),
        ">codes:1-14(+)\nACGTRYKMBVDHSW\n"
    );
    assert_eq!(
        text(&["-i", "--mark-strand", "custom, plus, minus"]),
        ">codes:1-14 minus\nWSDHBVKMRYACGT\n"
    );
    assert_eq!(
        text(&["-i", "--mark-strand", "no", "-n", "10"]),
        ">codes:1-14\nWSDHBVKMRY\nACGT\n"
    );
    folder
        .ragc(&["faidx", "x.agc", "codes", "--mark-strand", "plus"])
        .failure(2);
}

#[test]
fn files_of_regions_are_read() {
    let folder = folder();
    folder.write("regions", "only:1-2\r\n\nHLA:1-5:3-4\n");
    folder.write(
        "x.bed",
        "track name=x\n# c\nonly\t0\t3\tgene A\t0\t+\nchr1@b  29 40\nonly\t5\t5\n",
    );
    let run = folder.ragc(&["faidx", "x.agc", "only:7", "-r", "regions", "-b", "x.bed"]);
    let notes = run.stderr();
    let expected = format!(
        ">only:7\nA\n>only:1-2\nGA\n>HLA:1-5:3-4\nCC\n>only:1-3\nGAT\n>chr1@b:30-40\n{}\n",
        chr1(29, 30)
    );
    assert_same_text(&run.success(), expected.as_bytes());
    assert!(
        notes.contains("1 features without bases were left out")
            && notes.contains(
                "line 4 of the BED file: chr1:30-40 ends after the contig, which has 30 bases"
            ),
        "{notes}"
    );
    let run = folder.ragc(&[
        "faidx",
        "x.agc",
        "-b",
        "x.bed",
        "--header",
        "{name}|{contig}@{sample}:{range}",
    ]);
    let expected = format!(
        ">gene A|only@b:1-3\nGAT\n>|chr1@b:30-30\n{}\n",
        chr1(29, 30)
    );
    assert_same_text(&run.success(), expected.as_bytes());
    for (bed, expected) in [
        (
            "only\t5\t4\n",
            "bad.bed, line 1: a feature that ends before it starts: \"only\\t5\\t4\"",
        ),
        (
            "\nonly\t5\n",
            "bad.bed, line 2: expected a contig, a start and an end",
        ),
        (
            "only\t0\t1\nnone\t0\t1\n",
            "line 2 of the BED file: no contig \"none\"",
        ),
    ] {
        folder.write("bad.bed", bed);
        let message = folder.ragc(&["faidx", "x.agc", "-b", "bad.bed"]).failure(1);
        assert!(message.contains(expected), "{message}");
    }
    let mut child = folder
        .command(&["faidx", "x.agc", "-b", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"only\t0\t2\n").expect("a reader");
    drop(input);
    let output = child.wait_with_output().expect("an end");
    assert_same_text(&output.stdout, b">only:1-2\nGA\n");
    folder.ragc(&["faidx", "x.agc"]).failure(2);
}

/// The offset of every row leads to the sequence; what is in the rows is compared with samtools by hand.
#[test]
fn bgzf_comes_with_its_indexes() {
    let folder = Folder::new();
    let long = super::bases(3, 200_000);
    folder.write(
        "a.fa",
        super::fasta(&[("long", &long), ("none", b""), ("s", b"ACGT")]),
    );
    folder
        .ragc(&["create", "-q", "-o", "x.agc", "a.fa"])
        .success();
    let regions = ["long", "none", "long:5-150000", "s", "long"];
    let plain = folder
        .ragc(&[&["faidx", "x.agc"][..], &regions].concat())
        .success();
    for (threads, output) in [("1", "a.fa.gz"), ("3", "b.bgz")] {
        let args = [
            &["faidx", "x.agc", "-t", threads, "-o", output][..],
            &regions,
        ]
        .concat();
        let run = folder.ragc(&args);
        assert!(
            run.stderr()
                .contains("1 sequences are called like one before them")
        );
        run.success();
    }
    let file = folder.read("a.fa.gz");
    assert!(
        file == folder.read("b.bgz"),
        "the same for any number of threads"
    );
    assert!(gunzip(&file) == plain);
    assert!(
        file.ends_with(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0")
    );
    let rows = String::from_utf8(folder.read("a.fa.gz.fai")).expect("text");
    let expected = [
        ("long", &long[..]),
        ("long:5-150000", &long[4..150_000]),
        ("s", b"ACGT"),
    ];
    assert_eq!(rows.lines().count(), expected.len(), "{rows}");
    for (row, (name, bases)) in rows.lines().zip(expected) {
        let columns: Vec<&str> = row.split('\t').collect();
        let number = |column: usize| columns[column].parse::<usize>().expect("a number");
        assert_eq!((columns[0], number(1)), (name, bases.len()));
        let line = &plain[number(2)..][..number(3)];
        assert_eq!(line, &bases[..bases.len().min(60)]);
        assert_eq!(number(4), number(3) + 1);
    }
    let places = folder.read("a.fa.gz.gzi");
    let numbers: Vec<usize> = places
        .chunks(8)
        .map(|bytes| u64::from_le_bytes(bytes.try_into().expect("8 bytes")) as usize)
        .collect();
    assert_eq!(numbers.len(), 1 + 2 * numbers[0]);
    assert!(numbers[0] >= 5, "{numbers:?}");
    for place in numbers[1..].chunks(2) {
        assert!(gunzip(&file[place[0]..]) == plain[place[1]..]);
    }
    // Plain files have an index when asked for, and standard output can be BGZF.
    folder
        .ragc(&["faidx", "x.agc", "-o", "c.fa", "s"])
        .success();
    assert!(!folder.has("c.fa.fai"));
    folder
        .ragc(&["faidx", "x.agc", "-o", "c.fa", "--write-index", "s"])
        .success();
    assert_same_text(&folder.read("c.fa.fai"), b"s\t4\t3\t4\t5\n");
    let packed = folder.ragc(&["faidx", "x.agc", "-g", "9", "s"]).success();
    assert_same_text(&gunzip(&packed), b">s\nACGT\n");
}

#[test]
fn the_index_of_a_sample_is_that_of_its_text() {
    let folder = folder();
    for (args, text_args) in [
        (
            &["faidx", "--fai", "x.agc", "--sample", "a"][..],
            &["getset", "x.agc", "a"][..],
        ),
        (
            &["faidx", "--fai", "x.agc", "-n", "50"],
            &["getcol", "x.agc", "-l", "50"],
        ),
        (
            &["faidx", "--fai", "x.agc", "--header", "{sample}#{contig}"],
            &["getcol", "x.agc", "--header", "{sample}#{contig}"],
        ),
    ] {
        let rows = String::from_utf8(folder.ragc(args).success()).expect("text");
        let text = folder.ragc(text_args).success();
        assert!(rows.lines().count() >= 4, "{rows}");
        for row in rows.lines() {
            let columns: Vec<&str> = row.split('\t').collect();
            let number = |column: usize| columns[column].parse::<usize>().expect("a number");
            let header = text[..number(2) - 1].rsplit(|&byte| byte == b'\n').next();
            let header = String::from_utf8_lossy(header.expect("a line"));
            assert_eq!(
                header.split(' ').next(),
                Some(format!(">{}", columns[0]).as_str())
            );
            assert_eq!(text[number(2)..][number(3)], b'\n');
            let rest = &text[number(2)..];
            let end = rest
                .iter()
                .position(|&byte| byte == b'>')
                .unwrap_or(rest.len());
            let bases = rest[..end].iter().filter(|&&byte| byte != b'\n').count();
            assert_eq!(bases, number(1), "{row}");
        }
    }
    folder.ragc(&["faidx", "--fai", "x.agc", "only"]).failure(2);
}

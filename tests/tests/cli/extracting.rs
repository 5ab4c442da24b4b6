//! getcol, getset and getctg: the text agc prints, whatever the threads, into files and compressed.

use std::fs;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::{Folder, assert_same_text, basic, recorded};

pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Samples of the recorded archive in stored order, and the digest of each.
fn digests() -> Vec<(String, String)> {
    let text = String::from_utf8(recorded("getset.sha256")).expect("text");
    text.lines()
        .map(|line| line.split_once('\t').expect("two columns"))
        .map(|(sample, digest)| (sample.to_owned(), digest.to_owned()))
        .collect()
}

pub(super) fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    MultiGzDecoder::new(bytes)
        .read_to_end(&mut text)
        .expect("gzip data");
    text
}

#[test]
fn every_sample_is_what_agc_extracts() {
    let folder = Folder::new();
    for (sample, digest) in digests() {
        for threads in ["1", "3"] {
            let text = folder
                .ragc(&["getset", "-t", threads, &basic(), &sample])
                .success();
            assert_eq!(sha256(&text), digest, "{sample}, {threads} threads");
        }
    }
}

#[test]
fn the_collection_is_its_samples_in_stored_order() {
    let folder = Folder::new();
    let samples: Vec<String> = digests().into_iter().map(|(sample, _)| sample).collect();
    let getset = |samples: &[String]| {
        let args = [&["getset".to_owned(), basic()], samples].concat();
        folder.ragc(&args).success()
    };
    assert_same_text(
        &folder.ragc(&["getcol", &basic()]).success(),
        &getset(&samples),
    );
    assert_same_text(
        &folder.ragc(&["getcol", "-r", &basic()]).success(),
        &getset(&samples[1..]),
    );
    let backwards: Vec<String> = samples.iter().rev().chain([&samples[0]]).cloned().collect();
    let text = getset(&backwards);
    assert_eq!(
        text.len() as u64,
        samples
            .iter()
            .chain([&samples[0]])
            .map(|s| getset(std::slice::from_ref(s)).len() as u64)
            .sum::<u64>()
    );
    assert!(text.ends_with(&getset(&samples[..1])));
}

#[test]
fn a_directory_gets_a_file_for_each_sample() {
    for (flags, ending) in [(&["-t", "2"][..], "fa"), (&["-g", "6"][..], "fa.gz")] {
        let folder = Folder::new();
        fs::create_dir(folder.path().join("out")).expect("a directory");
        let archive = basic();
        let args = [&["getcol", "-o", "out", &archive], flags].concat();
        assert!(folder.ragc(&args).success().is_empty());
        let mut expected = Vec::new();
        for (sample, digest) in digests() {
            let content = folder.read(&format!("out/{sample}.{ending}"));
            let text = if ending == "fa" {
                content
            } else {
                gunzip(&content)
            };
            assert_eq!(sha256(&text), digest, "{sample}");
            expected.push(format!("{sample}.{ending}"));
        }
        let entries = fs::read_dir(folder.path().join("out")).expect("a directory");
        let mut found: Vec<String> = entries
            .flatten()
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}

/// Sample names come from file names here, but other programs may write what they like.
#[cfg(feature = "write")]
#[test]
fn hostile_sample_names_stay_in_the_directory() {
    use ragc_write::create::{CreateOptions, Progress, SampleInput, create};

    let folder = Folder::new();
    fs::create_dir(folder.path().join("out")).expect("a directory");
    folder.write("a.fa", ">a\nACGT\n");
    let absolute = folder
        .path()
        .join("absolute")
        .to_str()
        .expect("UTF-8")
        .to_owned();
    let names = ["../up", "..", "/", "dir/file", &absolute, "HG002#1"];
    let inputs = names.map(|name| SampleInput {
        name: name.into(),
        path: folder.path().join("a.fa"),
    });
    let mut archive = Vec::new();
    create(
        &inputs,
        &CreateOptions::default(),
        &mut archive,
        &Progress::default(),
    )
    .expect("an archive");
    folder.write("x.agc", archive);
    let message = folder.ragc(&["getcol", "-o", "out", "x.agc"]).failure(1);
    for name in [
        "\"../up\"",
        "\"..\"",
        "\"/\"",
        "\"dir/file\"",
        "--safe-names",
    ] {
        assert!(message.contains(name), "{message}");
    }
    assert!(!message.contains("\"HG002#1\""), "{message}");
    let inside = || {
        fs::read_dir(folder.path().join("out"))
            .expect("a directory")
            .count()
    };
    assert_eq!(inside(), 0, "nothing is written before the names are known");
    // Those that are left are named as files can be.
    folder
        .ragc(&["getcol", "-o", "out", "--sample", "HG002#1", "x.agc"])
        .success();
    assert_eq!(inside(), 1);
    let run = folder.ragc(&["getcol", "--safe-names", "-o", "out", "x.agc"]);
    let notes = run.stderr();
    run.success();
    assert!(
        notes.contains("sample \"../up\" is written to a file called .._up.fa"),
        "{notes}"
    );
    assert_eq!(folder.names(), ["a.fa", "out", "x.agc"]);
    assert_eq!(inside(), names.len());
    // Asked for by name they are as good as any.
    assert_same_text(
        &folder.ragc(&["getset", "x.agc", "../up"]).success(),
        b">a\nACGT\n",
    );
}

#[test]
fn a_missing_directory_is_not_made() {
    let folder = Folder::new();
    let message = folder
        .ragc(&["getcol", "-o", "absent", &basic()])
        .failure(1);
    assert!(
        message.contains("absent: expected an existing directory"),
        "{message}"
    );
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn contigs_and_ranges_are_those_of_agc() {
    let queries = [
        "chr1@ref:0-9",
        "chr2@s0000:29990-40000",
        "extra000@s0001:0-0",
        "chr3@ref:95-300",
        "chr1@ref:90000000-90000010",
        "chr1_s1",
        "chr1@ref:-3-4",
        "extra002@s0000:10-5",
        "chr1@ref:0-9",
    ];
    let folder = Folder::new();
    let archive = basic();
    for flags in [&["-t", "1"][..], &["-t", "4", "-p"], &["-s"]] {
        let args = [&["getctg", "-l", "60", &archive], flags, &queries].concat();
        let run = folder.ragc(&args);
        let notes = run.stderr();
        assert_same_text(&run.success(), &recorded("getctg.txt"));
        assert_eq!(notes.lines().count(), 1, "{notes}");
        assert!(
            notes.contains("range 10-5 ends before it starts: the whole contig is given"),
            "{notes}"
        );
    }
    let args = [
        &["getctg", "-l", "60", "-g", "1", "-o", "out.gz", &archive][..],
        &queries,
    ]
    .concat();
    assert!(folder.ragc(&args).success().is_empty());
    assert_same_text(&gunzip(&folder.read("out.gz")), &recorded("getctg.txt"));
    assert_eq!(folder.names(), ["out.gz"]);
}

#[test]
fn contigs_go_by_whole_name_or_first_word() {
    let folder = Folder::new();
    let archive = basic();
    let get = |query: &str| folder.ragc(&["getctg", &archive, query]).success();
    assert_same_text(&get("chr1 len=30000 some text 0@s0000"), &get("chr1@s0000"));
    assert_same_text(
        &get("chr1_s1  tab\there 7 x0:5-9"),
        b">chr1_s1  tab\there 7 x0:5-9\nCGTAA\n",
    );
    // Empty contigs have a header and nothing else.
    assert_same_text(&get("blank6"), b">blank6\n");
    assert_same_text(&get("blank6:0-10"), b">blank6:0-10\n");
}

#[test]
fn names_that_look_like_ranges_can_be_asked_for() {
    let folder = Folder::new();
    folder.write(
        "ref.fa",
        ">chr1:100-200 part\nACGTACGT\n>chr1\nTTTTGGGG\n>x@y\nCCCC\n",
    );
    folder.ragc(&["create", "-o", "a.agc", "ref.fa"]).success();
    let get = |query: &str| folder.ragc(&["getctg", "a.agc", query]).success();
    assert_same_text(&get("{chr1:100-200}"), b">chr1:100-200 part\nACGTACGT\n");
    // There is such a range of chr1, though an empty one.
    assert_same_text(&get("{chr1}:100-200"), b">chr1:100-200\n");
    let message = folder.ragc(&["getctg", "a.agc", "chr1:100-200"]).failure(1);
    assert!(
        message.contains(
            r#"may be read in 2 ways; say which, as "{chr1}:100-200" or "{chr1:100-200}""#
        ),
        "{message}"
    );
    assert_same_text(&get("chr1:100-200:0-1"), b">chr1:100-200 part:0-1\nAC\n");
    assert_same_text(&get("chr1:100-200@ref"), b">chr1:100-200 part\nACGTACGT\n");
    assert_same_text(&get("x@y"), b">x@y\nCCCC\n");
    assert_same_text(&get("x@y@ref:1-2"), b">x@y:1-2\nCC\n");
    assert_same_text(&get("x@y:1-2"), b">x@y:1-2\nCC\n");
}

#[test]
fn samples_whose_names_hold_signs_of_queries_can_be_asked_for() {
    let folder = Folder::new();
    for name in ["my genome@v1:2.fa", "other.fa"] {
        folder.write(name, ">c@1 x\nACGTAC\n");
    }
    folder
        .ragc(&["create", "-o", "a.agc", "my genome@v1:2.fa", "other.fa"])
        .success();
    let get = |query: &str| folder.ragc(&["getctg", "a.agc", query]);
    assert_same_text(&get("c@1@other").success(), b">c@1 x\nACGTAC\n");
    assert_same_text(&get("c@1@my genome@v1:2").success(), b">c@1 x\nACGTAC\n");
    assert_same_text(
        &get("c@1@my genome@v1:2:1-2").success(),
        b">c@1 x:1-2\nCG\n",
    );
}

#[test]
fn lines_have_the_length_asked_for() {
    let folder = Folder::new();
    let archive = basic();
    let lines = |len: &str| {
        let run = folder.ragc(&["getctg", "-l", len, &archive, "chr1@ref:0-99"]);
        let notes = run.stderr();
        let text = String::from_utf8(run.success()).expect("text");
        (
            text.lines().skip(1).map(str::len).collect::<Vec<_>>(),
            notes,
        )
    };
    assert_eq!(lines("40"), (vec![40, 40, 20], String::new()));
    assert_eq!(lines("2000000000"), (vec![100], String::new()));
    let (lens, notes) = lines("7");
    assert_eq!(lens, [40, 40, 20], "agc's shortest");
    assert!(
        notes.contains("-l 7 is outside 40 to 2000000000: 40 is used"),
        "{notes}"
    );
}

#[test]
fn gzip_of_nothing_is_still_gzip() {
    let folder = Folder::new();
    let packed = folder
        .ragc(&["getctg", "-g", "9", &basic(), "blank6"])
        .success();
    assert_same_text(&gunzip(&packed), b">blank6\n");
}

#[test]
fn headers_follow_a_template() {
    let folder = Folder::new();
    folder.write("HG1#1.fa", ">chr1 first\nACGTACGT\n>none\n");
    folder.write("HG1#2.fa", ">chr1\nACGTACGA\n");
    folder.write("other.fa", ">chr2 x\nACGT\n");
    folder
        .ragc(&["create", "-o", "a.agc", "HG1#1.fa", "HG1#2.fa", "other.fa"])
        .success();
    let get = |args: &[&str]| folder.ragc(args).success();
    let template = "{sample}#{contig}|{header}|{range}|{length}|{{}}";
    assert_same_text(
        &get(&["getset", "a.agc", "HG1#*", "--header", template]),
        b">HG1#1#chr1|chr1 first|0-7|8|{}\nACGTACGT\n>HG1#1#none|none||0|{}\n\
          >HG1#2#chr1|chr1|0-7|8|{}\nACGTACGA\n",
    );
    assert_same_text(
        &get(&[
            "getcol", "a.agc", "-r", "--sample", "HG1*", "--sample", "o?her", "--header",
            "{contig}",
        ]),
        b">chr1\nACGTACGA\n>chr2\nACGT\n",
    );
    assert_same_text(
        &get(&[
            "getctg",
            "a.agc",
            "chr1@HG1#1:2-3",
            "chr2",
            "--header",
            "{sample}:{range}",
        ]),
        b">HG1#1:2-3\nGT\n>other:0-3\nACGT\n",
    );
    assert_same_text(
        &get(&["getctg", "a.agc", "--all", "chr1:2-300"]),
        b">chr1@HG1#1:2-300\nGTACGT\n>chr1@HG1#2:2-300\nGTACGA\n",
    );
    assert_same_text(
        &get(&["getctg", "a.agc", "--sample", "*2", "chr1"]),
        b">chr1\nACGTACGA\n",
    );
    assert_same_text(&get(&["listctg", "a.agc", "o*"]), b"other\n   chr2 x\n");
    for (template, expected) in [
        (
            "{smaple}",
            "no field {smaple}; there are {sample}, {contig}, {header}, {range}, {length}",
        ),
        ("{name}", "no field {name}"),
        ("{sample", "a { without its other half"),
    ] {
        let message = folder
            .ragc(&["getset", "a.agc", "other", "--header", template])
            .failure(2);
        assert!(message.contains(expected), "{message}");
    }
    let message = folder.ragc(&["getset", "a.agc", "HG2*"]).failure(1);
    assert!(
        message.contains("no sample in a.agc is like \"HG2*\""),
        "{message}"
    );
}

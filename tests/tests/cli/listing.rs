//! listset, listref, listctg and info: what agc printed is what we print, and what more there is with --long and --json.

use ragc_tests::tools;
use serde_json::Value;

use super::{Folder, assert_same_text, basic, fasta, recorded};

#[test]
fn listings_are_those_of_agc() {
    let folder = Folder::new();
    let archive = basic();
    assert_same_text(
        &folder.ragc(&["listset", &archive]).success(),
        &recorded("listset.txt"),
    );
    assert_same_text(
        &folder.ragc(&["listref", &archive]).success(),
        &recorded("listref.txt"),
    );
    let contigs = folder
        .ragc(&["listctg", &archive, "s0001", "ref", "s0000"])
        .success();
    assert_same_text(&contigs, &recorded("listctg.txt"));
    assert_same_text(
        &folder.ragc(&["info", &archive]).success(),
        &recorded("info.txt"),
    );
    assert_eq!(folder.names(), [""; 0], "listing writes no files");
}

#[test]
fn more_about_the_file_with_verbosity() {
    let text = Folder::new().ragc(&["info", "-v", "1", &basic()]).success();
    let text = String::from_utf8(text).expect("text");
    assert!(
        text.starts_with(&String::from_utf8(recorded("info.txt")).expect("text")),
        "{text}"
    );
    assert!(
        text.contains("File type info:\n  comment : ") && text.contains("\n  producer : agc\n"),
        "{text}"
    );
}

#[test]
fn listings_go_to_files_too() {
    for (verb, name) in [
        ("listset", "listset.txt"),
        ("listref", "listref.txt"),
        ("info", "info.txt"),
    ] {
        let folder = Folder::new();
        folder.write(
            "out",
            "what was there before, longer than what comes".repeat(100),
        );
        let printed = folder.ragc(&[verb, "-o", "out", &basic()]).success();
        assert!(printed.is_empty(), "{verb}");
        assert_same_text(&folder.read("out"), &recorded(name));
        assert_eq!(folder.names(), ["out"]);
    }
}

fn text(args: &[&str]) -> String {
    String::from_utf8(Folder::new().ragc(args).success()).expect("text")
}

fn objects(text: &str) -> Vec<Value> {
    let object = |line| serde_json::from_str(line).expect("an object a line");
    text.lines().map(object).collect()
}

/// The rows of a list, without the line of names.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let rows = text.lines().skip(1);
    rows.map(|row| row.split('\t').collect()).collect()
}

fn sum(objects: &[Value], field: &str) -> f64 {
    let number = |object: &Value| object[field].as_f64().expect("a number");
    objects.iter().map(number).sum()
}

/// Archives of all versions.
fn archives() -> [String; 4] {
    let path = |name: &str| tools::repository().join("tests/data").join(name);
    let data = [
        "v1.1/11-appended.agc",
        "v2.1/11-appended.agc",
        "08-repeats.agc",
    ];
    let [a, b, c] = data.map(|name| path(name).to_str().expect("UTF-8").to_owned());
    [a, b, c, basic()]
}

#[test]
fn columns_and_json_say_the_same() {
    for verb in ["listset", "listctg"] {
        let (columns, json) = (
            text(&[verb, "--long", &basic()]),
            text(&[verb, "--json", &basic()]),
        );
        let names: Vec<&str> = columns
            .lines()
            .next()
            .expect("a header")
            .split('\t')
            .collect();
        assert_eq!(names[0], "#sample");
        let (rows, objects) = (rows(&columns), objects(&json));
        assert_eq!(rows.len(), objects.len());
        for (row, object) in rows.iter().zip(&objects) {
            assert_eq!(
                (row.len(), &object["schema"]),
                (names.len(), &Value::from(1))
            );
            for (name, column) in names.iter().zip(row) {
                let value = &object[name.trim_start_matches('#')];
                match value.as_f64() {
                    Some(number) => assert_eq!(column.parse(), Ok(number), "{name}"),
                    // Names in this archive hold tabs.
                    None => {
                        assert_eq!(column.replace("\\t", "\t"), value.as_str().expect("a name"))
                    }
                }
            }
        }
        assert_eq!(json, text(&[verb, "--json", "--long", &basic()]));
    }
}

#[test]
fn what_samples_take_adds_up_to_what_the_archive_holds() {
    for archive in archives() {
        let samples = objects(&text(&["listset", "--json", &archive]));
        let contigs = objects(&text(&["listctg", "--json", &archive]));
        let info = &objects(&text(&["info", "--json", &archive]))[0];
        for field in ["bases", "segments", "new_bases"] {
            let whole = info[field].as_f64().expect("a number");
            assert_eq!(sum(&samples, field), whole, "{archive}: {field}");
            assert_eq!(sum(&contigs, field), whole, "{archive}: {field}");
        }
        assert_eq!(info["samples"], samples.len());
        assert_eq!(info["contigs"], contigs.len());
        let bytes = &info["bytes"];
        let kind = |kind: &str| bytes[kind].as_f64().expect("a number");
        // Raw groups that hold no more than the dummy of the C++ tool have no segments.
        let stored = kind("references") + kind("packs");
        for rows in [&samples, &contigs] {
            let told = sum(rows, "compressed_bytes");
            let spread = 16.0 * 3.0 + 0.01 * rows.len() as f64;
            assert!(
                (stored - told).abs() <= spread,
                "{archive}: {told} of {stored}"
            );
        }
        let all: f64 = bytes
            .as_object()
            .expect("an object")
            .keys()
            .map(|key| kind(key))
            .sum();
        assert_eq!(all, info["file_bytes"].as_f64().expect("a number"));
        let len = std::fs::metadata(&archive).expect("it is there").len();
        assert_eq!(info["file_bytes"], len);
    }
}

#[test]
fn a_sample_that_was_there_before_costs_nothing() {
    let folder = Folder::new();
    let genome = super::bases(5, 20_000);
    for name in ["ref", "same"] {
        folder.write(&format!("{name}.fa"), fasta(&[("c", &genome)]));
    }
    folder.write("other.fa", fasta(&[("d", &super::bases(6, 20_000))]));
    folder
        .ragc(&[
            "create", "-q", "-o", "x.agc", "ref.fa", "same.fa", "other.fa",
        ])
        .success();
    let printed = folder.ragc(&["listset", "--json", "x.agc"]).success();
    let rows = objects(&String::from_utf8(printed).expect("text"));
    let new = |row: &Value| row["new_bases"].as_u64().expect("a number");
    assert_eq!(
        rows.iter().map(new).collect::<Vec<_>>(),
        [20_000, 0, 20_000]
    );
    assert_eq!(rows[1]["compressed_bytes"], 0.0);
    // Two bits a base, and little around them.
    let bytes = rows[2]["compressed_bytes"].as_f64().expect("a number");
    assert!((5_000.0..5_500.0).contains(&bytes), "{bytes}");
}

#[test]
fn contigs_of_all_samples_or_of_those_named() {
    let all = text(&["listctg", &basic()]);
    let long = text(&["listctg", "--long", &basic()]);
    let samples: Vec<&str> = all
        .lines()
        .filter(|line| !line.starts_with("   "))
        .collect();
    assert_eq!(samples.len(), 13);
    assert_eq!(
        all,
        text(&[&["listctg", &basic()][..], &samples].concat()),
        "the order of the archive"
    );
    let named = text(&["listctg", "--long", &basic(), "s0001", "ref", "s0001"]);
    let of = |sample: &str| -> String {
        let own = long
            .lines()
            .filter(|row| row.starts_with(&format!("{sample}\t")));
        own.map(|row| format!("{row}\n")).collect()
    };
    let header = long.lines().next().expect("a header");
    let [first, second] = ["s0001", "ref"].map(of);
    assert_eq!(named, format!("{header}\n{first}{second}{first}"));
}

#[test]
fn every_field_is_documented() {
    let document = std::fs::read_to_string(tools::repository().join("docs/JSON.md"));
    let document = document.expect("docs/JSON.md");
    let check = |fields: &Value, within: &str| {
        for field in fields.as_object().expect("an object").keys() {
            let field = format!("`{within}{field}`");
            assert!(document.contains(&field), "docs/JSON.md: {field}");
        }
    };
    let old = &archives()[0];
    for verb in ["listset", "listref", "listctg", "info"] {
        check(&objects(&text(&[verb, "--json", old]))[0], "");
    }
    let info = &objects(&text(&["info", "--json", old]))[0];
    check(&info["bytes"], "bytes.");
    check(&info["parameters"], "parameters.");
    check(&info["commands"][0], "");
    assert_eq!(info["parameters"]["segment_size"], Value::Null);
    let words = text(&["info", "--long", old]);
    assert!(words.starts_with(&text(&["info", old])), "{words}");
    assert!(words.contains(&format!("\nFile bytes       : {}\n", info["file_bytes"])));
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_are_told_in_hexadecimal() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = Folder::new();
    let file = OsStr::from_bytes(b"a\xFFb.fa");
    std::fs::write(folder.path().join(file), ">c\nACGT\n").expect("a file");
    let args = ["create", "-q", "-o", "x.agc"].map(OsStr::new);
    folder.ragc(&[&args[..], &[file]].concat()).success();
    for verb in ["listset", "listref", "listctg"] {
        let printed = folder.ragc(&[verb, "--json", "x.agc"]).success();
        let row = &objects(&String::from_utf8(printed).expect("JSON is UTF-8"))[0];
        assert_eq!(
            (&row["sample"], &row["sample_hex"]),
            (&"a\u{fffd}b".into(), &"61ff62".into())
        );
    }
}

#[test]
fn broken_tables_are_errors_and_no_panics() {
    let folder = Folder::new();
    let entries = std::fs::read_dir(tools::repository().join("tests/failed")).expect("it is there");
    for entry in entries {
        let path = entry.expect("it can be read").path();
        if path.extension().is_none_or(|extension| extension != "agc") {
            continue;
        }
        for args in [
            ["listset", "--long"],
            ["listctg", "--json"],
            ["info", "--json"],
        ] {
            let args = [args[0], args[1], path.to_str().expect("UTF-8")];
            let run = folder.ragc(&args);
            assert!(matches!(run.code(), Some(0 | 1)), "{}", run.story);
            assert_eq!(
                run.code() == Some(0),
                run.stderr().is_empty(),
                "{}",
                run.story
            );
        }
    }
}

//! rename: an archive whose samples have other names, which takes its own only when it is complete.

use super::{Folder, assert_same_text, fasta};

fn write_archive(folder: &Folder) {
    for sample in ["a", "b", "c"] {
        folder.write(&format!("{sample}.fa"), fasta(&[(sample, b"ACGTACGT")]));
    }
    folder
        .ragc(&["create", "-q", "-o", "old.agc", "a.fa", "b.fa", "c.fa"])
        .success();
}

/// What each sample of an archive holds, by its name.
fn contents(folder: &Folder, archive: &str) -> Vec<(String, String)> {
    let text = |bytes| String::from_utf8(bytes).expect("all is ASCII here");
    let listed = text(folder.ragc(&["listset", archive]).success());
    let sample = |name: &str| {
        let contigs = text(folder.ragc(&["listctg", archive, name]).success());
        let contig = contigs
            .lines()
            .nth(1)
            .expect("each has one")
            .trim()
            .to_owned();
        (name.to_owned(), contig)
    };
    listed.lines().map(sample).collect()
}

#[test]
fn samples_get_other_names() {
    let folder = Folder::new();
    write_archive(&folder);
    folder.write("map", "b\tB\r\n\nc\ta\n");
    for (args, expected) in [
        (
            &["a", "sample 1"][..],
            &[("b", "b"), ("c", "c"), ("sample 1", "a")][..],
        ),
        (&["a", "b", "b", "a"], &[("a", "b"), ("b", "a"), ("c", "c")]),
        (
            &["--map", "map", "a", "C"],
            &[("B", "b"), ("C", "a"), ("a", "c")],
        ),
    ] {
        let run = folder.ragc(&[&["rename", "-o", "new.agc", "old.agc"], args].concat());
        let messages = run.stderr();
        assert!(run.success().is_empty());
        assert!(
            messages.lines().count() == 1 && messages.contains("renamed"),
            "{messages}"
        );
        let found = contents(&folder, "new.agc");
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(found, expected, "{args:?}");
        let stdout = folder
            .ragc(&[&["rename", "-q", "old.agc"], args].concat())
            .success();
        assert!(folder.read("new.agc") == stdout, "{args:?}");
    }
    assert_eq!(
        contents(&folder, "old.agc")[0],
        ("a".to_owned(), "a".to_owned())
    );
}

#[test]
fn the_archive_itself_may_be_the_target() {
    let folder = Folder::new();
    write_archive(&folder);
    let before = folder.ragc(&["getset", "old.agc", "a"]).success();
    folder
        .ragc(&["rename", "-q", "-o", "old.agc", "old.agc", "a", "x"])
        .success();
    assert_same_text(&folder.ragc(&["getset", "old.agc", "x"]).success(), &before);
    assert_eq!(folder.names(), ["a.fa", "b.fa", "c.fa", "old.agc"]);
}

#[test]
fn names_that_cannot_be_given_leave_everything_as_it_was() {
    let folder = Folder::new();
    write_archive(&folder);
    folder.write("out.agc", "before");
    folder.write("three", "a\tb\tc\n");
    folder.write("one", "a\n");
    folder.write("empty", "");
    let names = folder.names();
    for (args, code, expected) in [
        (&["old.agc"][..], 2, "nothing to rename"),
        (&["old.agc", "a"], 2, "no new name for \"a\""),
        (&["old.agc", "a", "b", "c"], 2, "no new name for \"c\""),
        (&["old.agc", "--map", "empty"], 2, "nothing to rename"),
        (&["old.agc", "--map", "absent"], 1, "absent: "),
        (
            &["old.agc", "--map", "one"],
            1,
            "one: two names with a tab between",
        ),
        (
            &["old.agc", "--map", "three"],
            1,
            "three: two names with a tab between",
        ),
        (
            &["old.agc", "A", "x"],
            1,
            "no sample \"A\" in old.agc; did you mean \"a\"?",
        ),
        (&["old.agc", "a", "b"], 1, "for both \"a\" and \"b\""),
        (&["old.agc", "a", ""], 1, "empty"),
        (&["old.agc", "a", "x", "a", "y"], 1, "both \"x\" and \"y\""),
        (&["absent.agc", "a", "b"], 1, "absent.agc"),
        (&["a.fa", "a", "b"], 1, "a.fa: "),
    ] {
        let message = folder
            .ragc(&[&["rename", "-o", "out.agc"], args].concat())
            .failure(code);
        assert!(message.contains(expected), "{args:?}: {message}");
        assert_eq!(folder.names(), names, "{args:?}");
        assert_eq!(folder.read("out.agc"), b"before", "{args:?}");
    }
}

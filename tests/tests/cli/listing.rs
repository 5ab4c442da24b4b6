//! listset, listref, listctg and info: what agc printed is what we print.

use super::{Folder, assert_same_text, basic, recorded};

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

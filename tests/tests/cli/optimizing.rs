//! `optimize`, and the index that the verbs which write archives put into them.

use ragc_read::{Archive, Stream};
use ragc_tests::tools;

use super::{Folder, bases, basic, fasta};

fn index_bytes(folder: &Folder, archive: &str) -> Option<u64> {
    let archive = Archive::open(folder.path().join(archive)).expect("an archive");
    let parts = archive.stored_parts().expect("a footer");
    let index = parts.iter().find(|part| part.stream == Stream::Index);
    index.map(|part| part.len_bytes)
}

fn old_archive(version: &str) -> String {
    let path = tools::repository().join(format!("tests/data/{version}/11-appended.agc"));
    path.to_str().expect("a path in UTF-8").to_owned()
}

#[test]
fn an_archive_is_laid_out_anew_in_its_place() {
    let folder = Folder::new();
    folder.write("x.agc", std::fs::read(basic()).expect("an archive"));
    let before = folder.ragc(&["getcol", "x.agc"]).success();
    let run = folder.ragc(&["optimize", "--index", "-o", "x.agc", "x.agc"]);
    assert!(run.stderr().contains(", an index of "), "{}", run.story);
    run.success();
    assert_eq!(folder.names(), ["x.agc"]);
    let archive = folder.read("x.agc");
    assert!(archive[1..].starts_with(b"ragindex"));
    assert!(folder.ragc(&["getcol", "x.agc"]).success() == before);
    // Down a pipe, and once more.
    let piped = folder.ragc(&["optimize", "-q", "--index", "x.agc"]);
    assert_eq!(piped.stderr(), "");
    assert!(piped.success() == archive);
    // A small archive has none unless told.
    let run = folder.ragc(&["optimize", "-o", "y.agc", "x.agc"]);
    assert!(run.stderr().contains(", no index, "), "{}", run.story);
    run.success();
    assert_eq!(index_bytes(&folder, "y.agc"), None);
    let message = folder
        .ragc(&["optimize", "--index", "--no-index", "x.agc"])
        .failure(2);
    assert!(message.contains("cannot be used with"), "{message}");
}

#[test]
fn archives_of_older_versions_become_such_of_version_3() {
    let folder = Folder::new();
    for version in ["v1.1", "v2.1"] {
        let old = old_archive(version);
        let run = folder.ragc(&["optimize", "-o", "new.agc", &old]);
        assert!(
            run.stderr().contains("of an older version"),
            "{}",
            run.story
        );
        run.success();
        let texts = [old.as_str(), "new.agc"].map(|path| folder.ragc(&["getcol", path]).success());
        assert!(texts[0] == texts[1], "{version}");
        let info = folder.ragc(&["info", "--json", "new.agc"]).success();
        let info: serde_json::Value = serde_json::from_slice(&info).expect("JSON");
        assert_eq!(info["file_version"], "3.0");
        assert_eq!(info["arranged"], true);
    }
}

#[test]
fn what_is_no_archive_or_no_file_is_refused() {
    let folder = Folder::new();
    folder.write("x.agc", "no archive");
    folder
        .ragc(&["optimize", "-o", "y.agc", "x.agc"])
        .failure(1);
    let message = folder
        .ragc(&["optimize", "-o", "y.agc", "https://example.org/x.agc"])
        .failure(2);
    assert!(message.contains("download it first"), "{message}");
    assert_eq!(folder.names(), ["x.agc"]);
}

#[test]
fn all_verbs_that_write_archives_arrange_them() {
    let folder = Folder::new();
    let (a, b) = (bases(1, 200_000), bases(2, 200_000));
    folder.write("a.fa", fasta(&[("one", &a)]));
    folder.write("b.fa", fasta(&[("one", &[&a[..100_000], &b].concat())]));
    folder.write("c.fa", fasta(&[("one", &[&b, &a[..]].concat())]));
    let made = |args: &[&str]| {
        folder.ragc(args).success();
        let archive = args[args.iter().position(|arg| *arg == "-o").expect("-o") + 1];
        let again = folder
            .ragc(&["optimize", "-q", "--index", archive])
            .success();
        assert!(folder.read(archive) == again, "{args:?}");
        index_bytes(&folder, archive).expect("an index")
    };
    let small = ["--index", "-q", "-s", "5000"];
    let alone = made(&[&["create", "-o", "1.agc", "a.fa"][..], &small].concat());
    let two = made(&["append", "-q", "--index", "-o", "2.agc", "1.agc", "b.fa"]);
    assert!(two > alone);
    made(&[
        "append", "-q", "--index", "--verify", "-o", "3.agc", "2.agc", "c.fa",
    ]);
    made(&[
        "rename", "-q", "--index", "-o", "4.agc", "3.agc", "a", "renamed",
    ]);
    made(&[
        "extract", "-q", "--index", "-o", "5.agc", "4.agc", "c", "renamed",
    ]);
    // What is not asked for is not kept either.
    folder
        .ragc(&["append", "-q", "-o", "6.agc", "2.agc", "c.fa"])
        .success();
    assert_eq!(index_bytes(&folder, "6.agc"), None);
}

#[test]
fn archives_of_a_mebibyte_have_an_index() {
    let folder = Folder::new();
    folder.write("a.fa", fasta(&[("one", &bases(1, 6_000_000))]));
    for (flags, has_index) in [(&[][..], true), (&["--no-index"], false)] {
        let args = [
            &["create", "-q", "--level", "fast", "-o", "x.agc", "a.fa"],
            flags,
        ]
        .concat();
        folder.ragc(&args).success();
        assert_eq!(index_bytes(&folder, "x.agc").is_some(), has_index);
        let info = folder.ragc(&["info", "--long", "x.agc"]).success();
        let info = String::from_utf8(info).expect("text");
        assert!(
            info.contains("\nLayout           : references, then pack after pack\n"),
            "{info}"
        );
        assert_eq!(
            info.contains("  index          : 0\n"),
            !has_index,
            "{info}"
        );
    }
    folder.ragc(&["verify", "x.agc"]).success();
}

#[test]
fn no_room_for_temporary_files_is_told() {
    let folder = Folder::new();
    folder.write("a.fa", fasta(&[("one", &bases(1, 2000))]));
    let mut command = folder.command(&["create", "-q", "a.fa"]);
    let run = ragc_tests::binary::Run::of(
        command.env("TMPDIR", folder.path().join("absent")),
        folder.path(),
    );
    let message = run.failure(1);
    assert!(
        message.contains("a temporary file in ") && message.contains("absent: "),
        "{message}"
    );
    // A file that is written beside its target needs none.
    let mut command = folder.command(&["create", "-q", "-o", "x.agc", "a.fa"]);
    let run = ragc_tests::binary::Run::of(
        command.env("TMPDIR", folder.path().join("absent")),
        folder.path(),
    );
    run.success();
}

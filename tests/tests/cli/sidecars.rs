//! `index`, and what `verify` says of indexes: beside archives and in them.

use std::fs;

use ragc_tests::server::{Habit, Server};

use super::{Folder, basic};

/// A folder with a copy of the recorded archive, `x.agc`.
fn with_archive() -> Folder {
    let folder = Folder::new();
    folder.write("x.agc", fs::read(basic()).expect("a fixture"));
    folder
}

#[test]
fn an_index_goes_beside_its_archive_or_where_it_is_wanted() {
    let folder = with_archive();
    let run = folder.ragc(&["index", "x.agc"]);
    assert_eq!(run.stderr(), "");
    assert_eq!(run.success(), b"");
    assert_eq!(folder.names(), ["x.agc", "x.agc.ragi"]);
    let index = folder.read("x.agc.ragi");
    assert!(index.starts_with(b"ragindex"));
    folder.ragc(&["index", "-o", "y", "x.agc"]).success();
    assert!(folder.read("y") == index);
    let run = folder.ragc(&["index", "-v", "1", "-o", "-", "x.agc"]);
    let told = format!("ragc: {} bytes: root ", index.len());
    assert!(run.stderr().starts_with(&told), "{}", run.story);
    assert!(run.success() == index);

    let server = Server::start(folder.read("x.agc"), Habit::Good);
    let message = folder.ragc(&["index", &server.address]).failure(2);
    assert!(message.contains("-o FILE"), "{message}");
    folder
        .ragc(&["index", "-o", "far", &server.address])
        .success();
    assert!(folder.read("far") == index);

    let message = folder.ragc(&["index", "-o", "x.agc", "x.agc"]).failure(2);
    assert!(
        message.contains("is an input, and the output too"),
        "{message}"
    );
}

#[test]
fn an_index_that_is_not_of_its_archive_is_told() {
    let folder = with_archive();
    folder.ragc(&["index", "x.agc"]).success();
    let index = folder.read("x.agc.ragi");
    let ok = format!("ok: an index of {} bytes\n", index.len());
    assert_eq!(
        folder.ragc(&["index", "--check", "x.agc"]).success(),
        ok.as_bytes()
    );
    let verified = folder.ragc(&["verify", "x.agc"]).success();
    assert!(verified.ends_with(b", no digests to compare, index compared\n"));

    let mut changed = index.clone();
    changed[index.len() / 2] ^= 1;
    let differs = format!("byte {} of the index", index.len() / 2);
    let mut newer = index.clone();
    newer[8] = 2;
    let cases: [(&[u8], &str); 7] = [
        (&changed, &differs),
        (&index[..index.len() - 1], "byte"),
        (&[index.as_slice(), b"\0"].concat(), "byte"),
        (&newer, "version 2"),
        (&index[..40], "no index"),
        (b"", "no index"),
        (&[b'x'; 100], "no index"),
    ];
    for (bytes, why) in cases {
        folder.write("x.agc.ragi", bytes);
        folder.write("y", bytes);
        let message = folder.ragc(&["index", "--check", "x.agc"]).failure(1);
        assert!(
            message.contains("x.agc.ragi: ") && message.contains(why),
            "{message}"
        );
        let message = folder.ragc(&["index", "--check=y", "x.agc"]).failure(1);
        assert!(
            message.contains("y: ") && message.contains(why),
            "{message}"
        );
        let (summary, message) = folder.ragc(&["verify", "x.agc"]).outputs(1);
        assert!(summary.ends_with(", no digests to compare\n"), "{summary}");
        assert!(
            message.contains(why) && message.contains("sound, but its index is not"),
            "{message}"
        );
    }

    // The archive is continued, and the index stays what it was.
    folder.write("x.agc.ragi", &index);
    folder.write("more.fa", ">a\nACGT\n");
    folder
        .ragc(&["append", "-q", "-o", "x.agc", "x.agc", "more.fa"])
        .success();
    let message = folder.ragc(&["index", "--check", "x.agc"]).failure(1);
    assert!(
        message.contains("the archive has changed since"),
        "{message}"
    );
    folder.ragc(&["index", "x.agc"]).success();
    folder.ragc(&["index", "--check", "x.agc"]).success();
    let message = folder
        .ragc(&["index", "--check=absent", "x.agc"])
        .failure(1);
    assert!(message.contains("absent"), "{message}");
}

#[test]
fn an_index_in_an_archive_is_compared_too() {
    let folder = with_archive();
    folder
        .ragc(&["optimize", "-q", "--index", "-o", "y.agc", "x.agc"])
        .success();
    let verified = folder.ragc(&["verify", "y.agc"]).success();
    assert!(verified.ends_with(b", index compared\n"));
    folder.ragc(&["index", "y.agc"]).success();
    let verified = folder.ragc(&["verify", "y.agc"]).success();
    assert!(verified.ends_with(b", 2 indexes compared\n"));
    fs::remove_file(folder.path().join("y.agc.ragi")).expect("it was just written");

    let mut archive = folder.read("y.agc");
    archive[200] ^= 1;
    folder.write("y.agc", archive);
    let (_, message) = folder.ragc(&["verify", "y.agc"]).outputs(1);
    assert!(
        message.contains("its index: byte 199 of the index"),
        "{message}"
    );
}

#[test]
fn an_archive_that_cannot_be_read_gets_no_index() {
    let folder = with_archive();
    let archive = folder.read("x.agc");
    folder.write("x.agc", &archive[..archive.len() - 9]);
    let message = folder.ragc(&["index", "x.agc"]).failure(1);
    assert!(message.contains("x.agc: "), "{message}");
    assert_eq!(folder.names(), ["x.agc"]);
}

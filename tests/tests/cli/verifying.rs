//! verify and digests: what is said of sound archives and of broken ones, and append --verify.

use super::{Folder, assert_same_text, bases, basic, fasta};

/// Archives of two samples, with digests and without.
fn write_archives(folder: &Folder) {
    let genome = bases(1, 30_000);
    let mut changed = genome.clone();
    changed.drain(10_000..10_100);
    folder.write("ref.fa", fasta(&[("chr1 long", &genome), ("none", b"")]));
    folder.write("b.fa", fasta(&[("chr1", &changed)]));
    folder.write("c.fa", fasta(&[("chr1", b"acgt")]));
    for args in [
        &["--digests", "-o", "with.agc"][..],
        &["--no-digests", "-o", "without.agc"],
    ] {
        let args = [&["create", "-q", "-s", "1000", "ref.fa", "b.fa"], args].concat();
        folder.ragc(&args).success();
    }
}

#[test]
fn sound_archives_are_ok() {
    let folder = Folder::new();
    write_archives(&folder);
    for (archive, digests) in [
        ("with.agc", "3 digests compared"),
        ("without.agc", "no digests to compare"),
    ] {
        for threads in ["1", "3"] {
            let run = folder.ragc(&["verify", "-t", threads, archive]);
            assert_eq!(run.stderr(), "");
            let expected = format!("ok: 2 samples, 3 contigs, 59900 bases, {digests}\n");
            assert_same_text(&run.success(), expected.as_bytes());
        }
    }
    let told = folder.ragc(&["verify", &basic()]).success();
    let expected = b"ok: 13 samples, 69 contigs, 1186007 bases, no digests to compare\n";
    assert_same_text(&told, expected);
    let args = [
        "append",
        "-q",
        "--verify",
        "--digests",
        "-o",
        "more.agc",
        "without.agc",
        "c.fa",
    ];
    folder.ragc(&args).success();
    let told = folder.ragc(&["verify", "more.agc"]).success();
    let expected =
        b"ok: 3 samples, 4 contigs, 59904 bases, 1 digest compared, none stored of 3 contigs\n";
    assert_same_text(&told, expected);
}

#[test]
fn broken_archives_are_told_from_sound_ones_and_where() {
    let folder = Folder::new();
    write_archives(&folder);
    let sound = folder.read("with.agc");
    let mut broken = sound.clone();
    // The first part is a reference, and after three bytes of metadata begins its frame.
    broken[3..7].fill(0xEE);
    folder.write("broken.agc", &broken);
    let (summary, messages) = folder.ragc(&["verify", "broken.agc"]).outputs(1);
    let (errors, _) = summary
        .split_once(": 2 samples, 1 contig, 0 bases, ")
        .unwrap_or_else(|| panic!("{summary}"));
    assert!(errors.starts_with("broken, "), "{summary}");
    for expected in [
        "broken.agc: sample ref, contig chr1 long, segment 0, stream xGr, part 0, byte 0: ",
        "broken.agc: sample b, contig chr1, segment 0, ",
        "broken.agc is broken: ",
    ] {
        assert!(messages.contains(expected), "{messages}");
    }
    // More of them than anybody reads are counted.
    for at in (0..sound.len() - 4000).step_by(20) {
        broken[at] ^= 0xFF;
    }
    folder.write("broken.agc", &broken);
    let (_, messages) = folder.ragc(&["verify", "broken.agc"]).outputs(1);
    assert!(messages.lines().count() <= 102, "{messages}");
    folder.write("cut.agc", &sound[..sound.len() - 1]);
    let (summary, _) = folder.ragc(&["verify", "cut.agc"]).outputs(1);
    let told = "broken, 1 error: 0 samples, 0 contigs, 0 bases, no digests to compare\n";
    assert_eq!(summary, told);
    for absent in ["absent.agc", "."] {
        folder.ragc(&["verify", absent]).failure(1);
    }
}

#[test]
fn digests_are_the_same_stored_or_made() {
    let folder = Folder::new();
    write_archives(&folder);
    folder.write("c.fa", fasta(&[("chr1\tx", b"acgt"), ("x", b"AC--GT")]));
    let create = ["create", "-q", "-o", "c.agc", "c.fa"];
    folder.ragc(&create).success();
    // The example of the standard.
    let acgt = "SQ.aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2";
    let told = folder.ragc(&["digests", "c.agc"]).success();
    let expected = format!("c\tchr1\t4\t{acgt}\nc\tx\t4\t{acgt}\n");
    assert_same_text(&told, expected.as_bytes());

    let stored = folder.ragc(&["digests", "with.agc"]);
    assert_eq!(stored.stderr(), "");
    let stored = stored.success();
    let made = folder.ragc(&["digests", "-t", "2", "-o", "out", "without.agc"]);
    let note = made.stderr();
    assert!(note.contains("no digests are stored"), "{note}");
    assert!(made.success().is_empty());
    assert_same_text(&folder.read("out"), &stored);
    let both = folder.ragc(&["digests", "with.agc", "b", "ref"]).success();
    let lines: Vec<&[u8]> = stored.split_inclusive(|&byte| byte == b'\n').collect();
    assert_same_text(&both, &[lines[2], lines[0], lines[1]].concat());
    let message = folder.ragc(&["digests", "with.agc", "reff"]).failure(1);
    assert!(
        message.contains("no sample") && message.contains("ref"),
        "{message}"
    );
    folder
        .ragc(&["digests", "-o", "with.agc", "with.agc"])
        .failure(2);
}

#[test]
fn append_verifies_what_it_can_read_again() {
    let folder = Folder::new();
    write_archives(&folder);
    for old in ["with.agc", "without.agc"] {
        let args = ["append", "-q", "-o", "plain.agc", old, "c.fa"];
        folder.ragc(&args).success();
        let args = ["append", "-q", "--verify", "-o", old, old, "c.fa"];
        folder.ragc(&args).success();
        assert!(folder.read(old) == folder.read("plain.agc"));
    }
    for output in [&[][..], &["-o", "-"]] {
        let args = [&["append", "--verify", "plain.agc", "b.fa"], output].concat();
        let message = folder.ragc(&args).failure(2);
        assert!(message.contains("--verify"), "{message}");
    }
}

/// A digest that is stored wrongly stands for bases that have changed since.
#[test]
fn append_replaces_nothing_that_it_cannot_prove() {
    let folder = Folder::new();
    // Digests that hardly compress lie in their part as they are.
    let names: Vec<String> = (0..40).map(|number| format!("c{number}")).collect();
    let contigs: Vec<Vec<u8>> = (0..40).map(|seed| bases(seed, 400)).collect();
    let records: Vec<(&str, &[u8])> = (names.iter().zip(&contigs))
        .map(|(name, bases)| (name.as_str(), bases.as_slice()))
        .collect();
    folder.write("ref.fa", fasta(&records));
    folder.write("b.fa", fasta(&records[..1]));
    let args = [
        "create",
        "-q",
        "--digests",
        "-b",
        "1",
        "-o",
        "old.agc",
        "ref.fa",
    ];
    folder.ragc(&args).success();
    let mut file = folder.read("old.agc");
    let digest = digest_bytes(&folder, 5);
    let at = file
        .windows(digest.len())
        .position(|window| window == digest);
    file[at.expect("a digest as it is") + 7] ^= 1;
    // The frame's checksum is found wrong by whoever reads the digests, before anything is compared.
    folder.write("old.agc", &file);
    let names = folder.names();
    let args = [
        "append", "-q", "--verify", "-o", "new.agc", "old.agc", "b.fa",
    ];
    let message = folder.ragc(&args).failure(1);
    assert!(
        message.contains("new.agc: not replaced, ") && message.contains("ragc-digests"),
        "{message}"
    );
    assert_eq!(folder.names(), names);
}

/// The digest of contig `number` of old.agc, as bytes.
fn digest_bytes(folder: &Folder, number: usize) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let told = folder.ragc(&["digests", "old.agc"]).success();
    let line = told
        .split(|&byte| byte == b'\n')
        .nth(number)
        .expect("a line");
    let text = line.rsplit(|&byte| byte == b'.').next().expect("a digest");
    let value = |letter| {
        LETTERS
            .iter()
            .position(|&l| l == letter)
            .expect("base64url")
    };
    let quads = text.chunks(4).map(|four| {
        four.iter()
            .fold(0, |bits, &letter| bits << 6 | value(letter))
    });
    quads
        .flat_map(|bits| (bits as u32).to_be_bytes()[1..].to_vec())
        .collect()
}

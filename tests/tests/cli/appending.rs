//! append: the samples of an archive and new ones, in a new archive that takes its name when it is complete.

use std::fs;

use super::{Folder, assert_same_text, bases, basic, fasta, wrapped};

fn write_genomes(folder: &Folder) {
    let genome = bases(1, 30_000);
    let mut changed = genome.clone();
    changed.drain(10_000..10_100);
    folder.write("ref.fa", fasta(&[("chr1", &genome)]));
    folder.write("b.fa", fasta(&[("chr1", &changed)]));
    folder.write(
        "c.fa",
        fasta(&[("chr1", &genome), ("new", &bases(3, 2_000))]),
    );
    folder
        .ragc(&["create", "-q", "-o", "old.agc", "ref.fa"])
        .success();
}

#[test]
fn samples_are_added_behind_those_that_were_there() {
    let folder = Folder::new();
    write_genomes(&folder);
    let old = folder.read("old.agc");
    let run = folder.ragc(&["append", "-o", "new.agc", "old.agc", "b.fa", "c.fa"]);
    let messages = run.stderr();
    assert!(run.success().is_empty());
    assert!(
        messages.lines().count() == 1 && messages.contains("2 samples"),
        "{messages}"
    );
    assert_eq!(
        folder.names(),
        ["b.fa", "c.fa", "new.agc", "old.agc", "ref.fa"]
    );
    assert!(
        folder.read("old.agc") == old,
        "the old archive stays as it was"
    );
    assert_eq!(folder.ragc(&["listref", "new.agc"]).success(), b"ref");
    assert_eq!(
        folder.ragc(&["listset", "new.agc"]).success(),
        b"b\nc\nref\n"
    );
    for (sample, contigs) in [
        ("ref", vec![("chr1", bases(1, 30_000))]),
        (
            "c",
            vec![("chr1", bases(1, 30_000)), ("new", bases(3, 2_000))],
        ),
    ] {
        let contigs: Vec<(&str, &[u8])> = contigs.iter().map(|(n, b)| (*n, b.as_slice())).collect();
        let text = folder.ragc(&["getset", "new.agc", sample]).success();
        assert_same_text(&text, &wrapped(&contigs));
    }
}

#[test]
fn neither_threads_nor_steps_nor_the_way_in_and_out_change_a_byte() {
    let folder = Folder::new();
    write_genomes(&folder);
    let stdout = folder
        .ragc(&["append", "-t", "1", "old.agc", "b.fa", "c.fa"])
        .success();
    folder.write("list", "b.fa\nc.fa\n");
    folder.write("first", "b.fa\n");
    for args in [
        &["-t", "2", "old.agc", "b.fa", "c.fa"][..],
        &["-q", "-d", "-v", "1", "old.agc", "b.fa", "c.fa"],
        &["-i", "list", "old.agc"],
        &["-i", "first", "old.agc", "c.fa"],
    ] {
        folder
            .ragc(&[&["append", "-o", "new.agc"], args].concat())
            .success();
        assert!(folder.read("new.agc") == stdout, "{args:?}");
    }
}

#[test]
fn the_archive_itself_may_be_the_target() {
    let folder = Folder::new();
    write_genomes(&folder);
    folder
        .ragc(&["append", "-q", "-o", "new.agc", "old.agc", "b.fa"])
        .success();
    folder
        .ragc(&["append", "-q", "-o", "old.agc", "old.agc", "b.fa"])
        .success();
    assert!(folder.read("old.agc") == folder.read("new.agc"));
    assert_eq!(
        folder.names(),
        ["b.fa", "c.fa", "new.agc", "old.agc", "ref.fa"]
    );
    let message = folder
        .ragc(&["append", "-o", "b.fa", "new.agc", "b.fa"])
        .failure(2);
    assert!(
        message.contains("b.fa is an input, and the output too"),
        "{message}"
    );
}

#[test]
fn flags_that_are_not_needed_say_so() {
    let folder = Folder::new();
    write_genomes(&folder);
    let run = folder.ragc(&[
        "append", "-a", "-f", "0.01", "-o", "new.agc", "old.agc", "b.fa",
    ]);
    let messages = run.stderr();
    run.success();
    for flag in ["-a is not needed", "-f is not needed"] {
        assert!(messages.contains(flag), "{messages}");
    }
}

#[test]
fn what_cannot_be_appended_leaves_everything_as_it_was() {
    let folder = Folder::new();
    write_genomes(&folder);
    folder.write("out.agc", "before");
    let old = folder.read("old.agc");
    folder.write("cut.agc", &old[..old.len() - 100]);
    let mut broken = old.clone();
    // The first part is a reference, and after three bytes of metadata begins its frame.
    broken[3..7].fill(0xEE);
    folder.write("broken.agc", &broken);
    fs::copy(basic(), folder.path().join("basic.agc")).expect("the recorded archive");
    let names = folder.names();
    for (args, code, expected) in [
        (&["old.agc"][..], 2, "nothing to append"),
        (&["old.agc", "ref.fa"], 1, "has it already"),
        (&["old.agc", "b.fa", "b.fa"], 1, "would both be sample"),
        (&["absent.agc", "b.fa"], 1, "absent.agc"),
        (&["ref.fa", "b.fa"], 1, "ref.fa: "),
        (&["cut.agc", "b.fa"], 1, "cut.agc: "),
        (&["broken.agc", "b.fa"], 1, "broken.agc: "),
        (&["old.agc", "absent.fa"], 1, "absent.fa"),
        (&["old.agc", "old.agc"], 1, "old.agc"),
        (&["-i", "absent", "old.agc"], 1, "absent"),
        (&[".", "b.fa"], 1, "directory"),
    ] {
        let message = folder
            .ragc(&[&["append", "-o", "out.agc"], args].concat())
            .failure(code);
        assert!(message.contains(expected), "{args:?}: {message}");
        assert_eq!(folder.names(), names, "{args:?}");
        assert_eq!(folder.read("out.agc"), b"before", "{args:?}");
    }
}

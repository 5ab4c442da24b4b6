//! Our archives through the C++ tool and the independent decoder, and the C++ tool's archives through ours: whole
//! collections, compared base by base.

mod common;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use bstr::{BStr, BString, ByteSlice as _};
use ragc_read::{Archive, Stream};
use ragc_tests::binary::{Run, ragc};
use ragc_tests::collection::{Collection, Sample, assert_same, assert_same_records, read_back};
use ragc_tests::genome;
use ragc_tests::rng::Rng;
use ragc_tests::simulate::{Options, Simulation};
use ragc_tests::tools;
use ragc_write::create::CreateOptions;

fn simulated() -> Collection {
    let mut collection = Collection::simulated(&Options {
        seed: 21,
        samples: 8,
        contigs: 3,
        bases: 500_000,
        divergence: 0.02,
        ..Options::default()
    });
    collection.add("awkward.fa", b">empty\n\n>a first\nACGT\n>iupac\nRYSWKMBDHVNU\n>n\nNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN\n>empty too\n\n");
    collection
}

/// Short segments and packs, so that there are many of both and several batches.
fn small() -> CreateOptions {
    CreateOptions {
        segment_size: Some(2000),
        pack_cardinality: Some(4),
        threads: 2,
        ..CreateOptions::default()
    }
}

fn write_ours(collection: &Collection, options: &CreateOptions) -> PathBuf {
    let path = collection.path("ours.agc");
    fs::write(&path, collection.archive(options).0).expect("the temporary folder takes files");
    path
}

fn run(command: &mut Command, collection: &Collection) -> Vec<u8> {
    Run::of(command, &collection.path("")).success()
}

/// What `getset` of a tool gives of every sample, and that its lists agree.
fn check_with(
    tool: &dyn Fn() -> Command,
    archive: &Path,
    collection: &Collection,
    want: &[Sample],
    what: &str,
) {
    let listed = run(tool().arg("listset").arg(archive), collection);
    let mut names: Vec<&BStr> = want.iter().map(|(name, _)| name.as_bstr()).collect();
    names.sort();
    assert_eq!(
        listed.lines().map(BStr::new).collect::<Vec<_>>(),
        names,
        "{what}: listset"
    );
    for (sample, records) in want {
        let listed = run(
            tool()
                .arg("listctg")
                .arg(archive)
                .arg(sample.to_os_str_lossy()),
            collection,
        );
        let mut lines = vec![sample.clone()];
        lines.extend(
            records
                .iter()
                .map(|(name, _)| BString::from([b"   ", name.as_slice()].concat())),
        );
        assert_eq!(
            listed.lines().map(BString::from).collect::<Vec<_>>(),
            lines,
            "{what}: listctg {sample}"
        );
        let text = run(
            tool()
                .arg("getset")
                .arg(archive)
                .arg(sample.to_os_str_lossy()),
            collection,
        );
        let found = genome::parse(text.as_slice()).expect("memory can be read");
        assert_same_records(&found, records, &format!("{what}, getset {sample}"));
    }
}

fn corpora() -> Vec<(String, Collection)> {
    ["mers", "hla-genes", "lpa-human"]
        .into_iter()
        .filter_map(|name| {
            Some((
                name.to_owned(),
                Collection::read(&tools::shared(&format!("corpora/{name}"))?),
            ))
        })
        .collect()
}

#[test]
fn the_cpp_tool_reads_our_archives() {
    let Some(agc) = tools::agc() else { return };
    let agc = || Command::new(&agc);
    for (options, what) in [
        (CreateOptions::default(), "default options"),
        (small(), "short segments"),
    ] {
        let collection = simulated();
        let archive = write_ours(&collection, &options);
        check_with(&agc, &archive, &collection, &collection.samples(), what);
    }
    for (name, collection) in corpora() {
        let archive = write_ours(&collection, &CreateOptions::default());
        check_with(&agc, &archive, &collection, &collection.samples(), &name);
    }
}

#[test]
fn the_independent_decoder_reads_our_archives() {
    if tools::decoder().is_none() {
        return;
    }
    let decoder = || tools::decoder().expect("it was there");
    let collection = simulated();
    for (options, what) in [
        (CreateOptions::default(), "default options"),
        (small(), "short segments"),
    ] {
        let archive = write_ours(&collection, &options);
        run(decoder().arg("verify").arg(&archive), &collection);
        check_with(&decoder, &archive, &collection, &collection.samples(), what);
    }
}

#[test]
fn we_read_the_cpp_tools_archives() {
    let Some(agc) = tools::agc() else { return };
    let modes: [&[&str]; 5] = [
        &[],
        &["-a"],
        &["-f", "0.01"],
        &["-a", "-f", "0.01", "-t", "2"],
        &["-b", "3", "-s", "1500", "-k", "25", "-l", "17"],
    ];
    let collection = simulated();
    let want = collection.samples();
    for mode in modes {
        let archive = collection.path("theirs.agc");
        let files = collection.inputs().iter().map(|input| &input.path);
        run(
            Command::new(&agc)
                .arg("create")
                .args(mode)
                .arg("-o")
                .arg(&archive)
                .args(files),
            &collection,
        );
        assert_same(&read_back(&archive), &want, &format!("agc create {mode:?}"));
        check_with(
            &|| Command::new(ragc()),
            &archive,
            &collection,
            &want,
            &format!("agc create {mode:?}"),
        );
    }
}

#[test]
fn the_cpp_tool_appends_to_our_archives() {
    let Some(agc) = tools::agc() else { return };
    let collection = simulated();
    let relatives = Simulation::new(Options {
        seed: 21,
        samples: 10,
        bases: 500_000,
        contigs: 3,
        ..Options::default()
    });
    let mut newcomers = Collection::of(&[]);
    for sample in [8, 9] {
        let mut text = Vec::new();
        relatives
            .write_sample(sample, &mut text)
            .expect("memory takes all");
        newcomers.add(&format!("new{sample}.fa"), &text);
    }
    let want = [collection.samples(), newcomers.samples()].concat();
    for (options, mode) in [
        (CreateOptions::default(), &[][..]),
        (small(), &["-a"]),
        (small(), &["-f", "0.01"]),
    ] {
        let ours = write_ours(&collection, &options);
        let appended = collection.path("appended.agc");
        let files = newcomers.inputs().iter().map(|input| &input.path);
        run(
            Command::new(&agc)
                .arg("append")
                .args(mode)
                .arg("-o")
                .arg(&appended)
                .arg(ours)
                .args(files),
            &collection,
        );
        let what = format!("agc append {mode:?} to {options:?}");
        check_with(&|| Command::new(&agc), &appended, &collection, &want, &what);
        assert_same(&read_back(&appended), &want, &what);
    }
}

/// Archives of older versions are upgraded on the way, and the C++ tool goes on from there.
#[test]
fn the_cpp_tool_continues_what_was_upgraded() {
    let Some(agc) = tools::agc() else { return };
    let collection = simulated();
    let (ours, theirs) = (collection.path("ours.agc"), collection.path("theirs.agc"));
    let newcomers = collection.samples();
    for version in ["v1.1", "v2.1"] {
        let old = common::data().join(version).join("11-appended.agc");
        let mut want = read_back(&old);
        for (tool, from, to, files) in [
            (ragc(), &old, &ours, 0..2),
            (agc.as_path(), &ours, &theirs, 2..4),
            (ragc(), &theirs, &ours, 4..5),
        ] {
            append_with(tool, &[], from, to, &collection, files.clone());
            want.extend_from_slice(&newcomers[files]);
            let what = format!("{version}, {} samples", want.len());
            assert_same(&read_back(to), &want, &what);
            check_with(&|| Command::new(&agc), to, &collection, &want, &what);
        }
    }
}

/// The C++ tool cuts what it appends at our splitters; without them each genome would be stored as if it were new.
#[test]
fn what_the_cpp_tool_appends_to_our_archive_is_stored_as_deltas() {
    let Some(agc) = tools::agc() else { return };
    let options = Options {
        seed: 22,
        samples: 4,
        contigs: 2,
        bases: 2_000_000,
        divergence: 0.005,
        draft_every: 0,
        ..Options::default()
    };
    let mut collection = Collection::simulated(&options);
    let ours = write_ours(
        &collection,
        &CreateOptions {
            segment_size: Some(10_000),
            ..CreateOptions::default()
        },
    );
    let before = fs::metadata(&ours).expect("it was written").len();
    let mut text = Vec::new();
    Simulation::new(Options {
        samples: 5,
        ..options
    })
    .write_sample(4, &mut text)
    .expect("memory takes all");
    collection.add("newcomer.fa", &text);
    let appended = collection.path("appended.agc");
    let newcomer = collection.path("newcomer.fa");
    run(
        Command::new(&agc)
            .args(["append", "-o"])
            .arg(&appended)
            .arg(&ours)
            .arg(newcomer),
        &collection,
    );
    let growth = fs::metadata(&appended).expect("it was written").len() - before;
    // Two bits a base would be 500 kB.
    assert!(
        growth < 200_000,
        "the archive grew by {growth} bytes for a relative of 2 Mb"
    );
}

/// Of both tools: the archive is arranged and has an index, which the C++ tool passes over and leaves out of what it writes.
#[test]
fn the_cpp_tool_reads_and_continues_archives_with_an_index() {
    let Some(agc) = tools::agc() else { return };
    let collection = simulated();
    let want = collection.samples();
    let (first, second) = (collection.path("first.agc"), collection.path("second.agc"));
    let theirs = collection.path("theirs.agc");
    let inputs = collection.inputs().iter().map(|input| &input.path);
    let options = ["-q", "--index", "-b", "3", "-s", "2000"];
    run(
        Command::new(ragc())
            .args(["create", "-o"])
            .arg(&first)
            .args(options)
            .args(inputs.clone().take(4)),
        &collection,
    );
    run(
        Command::new(&agc)
            .args(["create", "-b", "3", "-s", "2000", "-o"])
            .arg(&theirs)
            .args(inputs.take(4)),
        &collection,
    );
    let optimize = ["optimize", "-q", "--index", "-o"];
    run(
        Command::new(ragc())
            .args(optimize)
            .arg(&theirs)
            .arg(&theirs),
        &collection,
    );
    for start in [&first, &theirs] {
        let what = start.display().to_string();
        assert!(has_index(start), "{what}");
        check_with(
            &|| Command::new(&agc),
            start,
            &collection,
            &want[..4],
            &what,
        );
        assert_same(&read_back(start), &want[..4], &what);

        append_with(&agc, &[], start, &second, &collection, 4..7);
        assert!(!has_index(&second), "the C++ tool writes what it knows");
        check_with(
            &|| Command::new(&agc),
            &second,
            &collection,
            &want[..7],
            &what,
        );
        assert_same(&read_back(&second), &want[..7], &what);

        append_with(ragc(), &["--index"], &second, start, &collection, 7..9);
        assert!(has_index(start), "{what}");
        check_with(&|| Command::new(&agc), start, &collection, &want, &what);
        assert_same(&read_back(start), &want, &what);
    }
}

fn has_index(archive: &Path) -> bool {
    let archive = Archive::open(archive).expect("it opens");
    let parts = archive.stored_parts().expect("a footer");
    parts.iter().any(|part| part.stream == Stream::Index)
}

/// Runs `append` of a tool.
fn append_with(
    tool: &Path,
    args: &[&str],
    old: &Path,
    new: &Path,
    files: &Collection,
    which: Range<usize>,
) {
    let files_given = files.inputs()[which].iter().map(|input| &input.path);
    let mut command = Command::new(tool);
    command
        .args(["append", "-o"])
        .arg(new)
        .args(args)
        .arg(old)
        .args(files_given);
    run(&mut command, files);
}

/// Eight genomes, of which archives get the first, and then more by one tool and the other in turn.
#[test]
fn both_tools_append_in_turn() {
    let Some(agc) = tools::agc() else { return };
    let collection = simulated();
    let want = collection.samples();
    let first = collection.path("first.agc");
    let (odd, even) = (collection.path("odd.agc"), collection.path("even.agc"));
    for (by_ours, args) in [
        (true, &["-b", "3", "-s", "2000"][..]),
        (true, &[]),
        (false, &["-b", "3", "-s", "2000"]),
        (false, &["-a", "-f", "0.01"]),
        (false, &["-b", "1", "-k", "25", "-l", "17"]),
    ] {
        let create = if by_ours {
            ragc().to_path_buf()
        } else {
            agc.clone()
        };
        let files = collection.inputs()[..4].iter().map(|input| &input.path);
        let mut command = Command::new(create);
        command
            .args(["create", "-o"])
            .arg(&first)
            .args(args)
            .args(files);
        run(&mut command, &collection);
        let mut last = first.clone();
        // Ours first, then theirs, or the other way round.
        for start in [0, 1] {
            let mut done = 4;
            last.clone_from(&first);
            for (turn, count) in [1, 1, 2, 1].into_iter().enumerate() {
                let (tool, args): (_, &[&str]) = if (turn + start) % 2 == 0 {
                    (ragc(), &["--verify", "--digests"])
                } else {
                    (&agc, &[])
                };
                let next = if last == odd { &even } else { &odd };
                append_with(tool, args, &last, next, &collection, done..done + count);
                (last, done) = (next.clone(), done + count);
                let what = format!(
                    "created by {}, {args:?}, turn {turn} of {start}",
                    if by_ours { "us" } else { "agc" }
                );
                assert_same(&read_back(&last), &want[..done], &what);
                check_with(
                    &|| Command::new(&agc),
                    &last,
                    &collection,
                    &want[..done],
                    &what,
                );
                // The C++ tool leaves out what it does not know.
                let told = run(Command::new(ragc()).arg("verify").arg(&last), &collection);
                let is_without = told.ends_with_str("no digests to compare\n");
                assert_eq!(is_without, tool != ragc(), "{what}: {}", told.as_bstr());
            }
        }
    }
}

/// Archives of some samples, the reference sample among them or not, are read and continued by everyone.
#[test]
fn all_tools_read_and_continue_what_was_extracted() {
    let Some(agc) = tools::agc() else { return };
    let has_decoder = tools::decoder().is_some();
    let collection = simulated();
    let all = collection.samples();
    let (whole, some) = (collection.path("whole.agc"), collection.path("some.agc"));
    let (next, last) = (collection.path("next.agc"), collection.path("last.agc"));
    for (creator, args) in [
        (ragc(), &[][..]),
        (ragc(), &["-b", "3", "-s", "2000"]),
        (agc.as_path(), &[]),
        (agc.as_path(), &["-a", "-f", "0.01"]),
        (agc.as_path(), &["-b", "3", "-s", "2000", "-k", "25"]),
    ] {
        let files = collection.inputs()[..6].iter().map(|input| &input.path);
        let mut create = Command::new(creator);
        create
            .args(["create", "-o"])
            .arg(&whole)
            .args(args)
            .args(files);
        run(&mut create, &collection);
        for kept in [&[0, 2, 3][..], &[1, 4, 5], &[5], &[0, 1, 2, 3, 4]] {
            let names = kept
                .iter()
                .map(|&number: &usize| all[number].0.to_os_str_lossy());
            let mut extract = Command::new(ragc());
            extract
                .args(["extract", "-o"])
                .arg(&some)
                .arg(&whole)
                .args(names);
            run(&mut extract, &collection);
            let mut want: Vec<Sample> = kept.iter().map(|&number| all[number].clone()).collect();
            let what = format!("{} {args:?}, {kept:?}", creator.display());
            check_with(&|| Command::new(&agc), &some, &collection, &want, &what);
            if has_decoder {
                let mut decoder = tools::decoder().expect("it was there");
                run(decoder.arg("verify").arg(&some), &collection);
            }
            want.extend_from_slice(&all[6..]);
            for (tools, mode) in [
                ([ragc(), agc.as_path()], &[][..]),
                ([agc.as_path(), ragc()], &[]),
                ([agc.as_path(), ragc()], &["-a"]),
            ] {
                append_with(tools[0], mode, &some, &next, &collection, 6..7);
                append_with(tools[1], &[], &next, &last, &collection, 7..9);
                let what = format!(
                    "{what}, continued by {} first, {mode:?}",
                    tools[0].display()
                );
                assert_same(&read_back(&last), &want, &what);
                check_with(&|| Command::new(&agc), &last, &collection, &want, &what);
            }
        }
    }
}

/// The C++ tool cuts what it appends at the splitters that are left.
#[test]
fn what_the_cpp_tool_appends_to_what_was_extracted_is_stored_as_deltas() {
    let Some(agc) = tools::agc() else { return };
    let collection = Collection::simulated(&Options {
        seed: 22,
        samples: 5,
        contigs: 2,
        bases: 2_000_000,
        divergence: 0.005,
        draft_every: 0,
        ..Options::default()
    });
    let (whole, some) = (collection.path("whole.agc"), collection.path("some.agc"));
    let next = collection.path("next.agc");
    let files = collection.inputs()[..4].iter().map(|input| &input.path);
    run(
        Command::new(ragc())
            .args(["create", "-s", "10000", "-o"])
            .arg(&whole)
            .args(files),
        &collection,
    );
    for kept in [[0, 2], [1, 3]] {
        let names = kept.map(|number| collection.inputs()[number].name.to_string());
        run(
            Command::new(ragc())
                .args(["extract", "-o"])
                .arg(&some)
                .arg(&whole)
                .args(names),
            &collection,
        );
        let before = fs::metadata(&some).expect("it was written").len();
        for tool in [agc.as_path(), ragc()] {
            append_with(tool, &[], &some, &next, &collection, 4..5);
            let growth = fs::metadata(&next).expect("it was written").len() - before;
            // Two bits a base would be 500 kB.
            assert!(
                growth < 200_000,
                "{} adds {growth} bytes to {kept:?} for a relative of 2 Mb",
                tool.display()
            );
        }
    }
}

#[test]
fn the_cpp_tool_reads_what_was_renamed() {
    let Some(agc) = tools::agc() else { return };
    let collection = simulated();
    let (ours, renamed) = (
        write_ours(&collection, &small()),
        collection.path("new.agc"),
    );
    let mut want = collection.samples();
    run(
        Command::new(ragc())
            .args(["rename", "-o"])
            .arg(&renamed)
            .arg(&ours)
            .arg(want[0].0.to_os_str_lossy())
            .arg("other"),
        &collection,
    );
    want[0].0 = "other".into();
    check_with(
        &|| Command::new(&agc),
        &renamed,
        &collection,
        &want,
        "renamed",
    );
}

/// The C++ tool stores letters without a code as codes that no letter has, and gives blanks for them: a sample that has
/// N there must not be made of them.
#[test]
fn what_has_no_letter_in_an_archive_is_not_taken_for_n() {
    let Some(agc) = tools::agc() else { return };
    let mut genome = Vec::new();
    Rng::keyed(&[3]).bases(20_000, &mut genome);
    let fasta = |bases: &[u8]| [b">c\n", bases, b"\n"].concat();
    let mut theirs = genome.clone();
    theirs[10_000..10_040].fill(b'X');
    genome[10_000..10_040].fill(b'N');
    let files: [(&str, &[u8]); 3] = [
        ("a.fa", &fasta(&theirs)),
        ("b.fa", &fasta(&genome)),
        ("c.fa", &fasta(&genome)),
    ];
    let collection = Collection::of(&files);
    let (old, new) = (collection.path("old.agc"), collection.path("new.agc"));
    run(
        Command::new(&agc)
            .args(["create", "-s", "1000", "-o"])
            .arg(&old)
            .arg(&collection.inputs()[0].path),
        &collection,
    );
    append_with(ragc(), &[], &old, &new, &collection, 1..3);
    for sample in [1, 2] {
        let (name, records) = &collection.samples()[sample];
        let text = run(
            Command::new(&agc)
                .arg("getset")
                .arg(&new)
                .arg(name.to_os_str_lossy()),
            &collection,
        );
        let found = genome::parse(text.as_slice()).expect("memory can be read");
        assert_same_records(&found, records, "getset of what we appended");
    }
}

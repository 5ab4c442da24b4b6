//! Files whose contigs tell their samples by PanSN names: the same archive as of a file a sample, however they are cut.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bstr::ByteSlice as _;
use ragc_read::Archive;
use ragc_tests::binary::{Run, ragc};
use ragc_tests::collection::{Sample, assert_same, assert_same_records, read_back};
use ragc_tests::genome;
use ragc_tests::simulate::{Options, Simulation};
use ragc_tests::tools;
use ragc_write::append::{AppendOptions, append};
use ragc_write::create::{CreateOptions, Inputs, Progress, SampleInput, Split, create};
use tempfile::TempDir;

const SPLIT: Split = Split::PanSn { delimiter: b'#' };

/// A genome's text, its contigs called as PanSN has it, and what it holds as a sample.
struct Genome {
    text: Vec<u8>,
    sample: Sample,
}

/// Genomes of some contigs; where two follow each other, they are haplotypes of one individual.
fn genomes(samples: usize, bases: usize) -> Vec<Genome> {
    let simulation = Simulation::new(Options {
        seed: 71,
        samples,
        bases,
        contigs: 3,
        divergence: 0.01,
        draft_every: 5,
        ..Options::default()
    });
    let genome = |number| {
        let mut plain = Vec::new();
        simulation
            .write_sample(number, &mut plain)
            .expect("memory takes all");
        let name = format!("i{}#{}", number / 2, number % 2 + 1);
        let text = plain.replace(b">", format!(">{name}#"));
        let records = genome::parse(&text[..]).expect("memory can be read");
        let sample = (name.into(), records);
        Genome { text, sample }
    };
    (0..samples).map(genome).collect()
}

fn write(folder: &Path, name: &str, text: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("the temporary folder takes files");
    path
}

fn all_of(genomes: &[Genome]) -> Vec<u8> {
    genomes
        .iter()
        .flat_map(|genome| genome.text.iter().copied())
        .collect()
}

fn samples(genomes: &[Genome]) -> Vec<Sample> {
    genomes.iter().map(|genome| genome.sample.clone()).collect()
}

fn created<'a>(inputs: impl Into<Inputs<'a>>, threads: usize) -> Vec<u8> {
    let options = CreateOptions {
        threads,
        ..CreateOptions::default()
    };
    let (mut archive, progress) = (Vec::new(), Progress::default());
    create(inputs, &options, &mut archive, &progress).expect("PanSN names");
    archive
}

#[test]
fn one_file_gives_the_archive_of_a_file_a_sample() {
    let folder = TempDir::new().expect("a temporary folder");
    let genomes = genomes(24, 60_000);
    let inputs: Vec<SampleInput> = genomes
        .iter()
        .enumerate()
        .map(|(number, genome)| SampleInput {
            name: genome.sample.0.clone(),
            path: write(folder.path(), &format!("{number}.fa"), &genome.text),
        })
        .collect();
    let expected = created(&inputs, 1);
    let path = write(folder.path(), "files.agc", &expected);
    assert_same(&read_back(&path), &samples(&genomes), "a file a sample");

    let all = all_of(&genomes);
    // Within a sample, between two contigs.
    let cut = all.len() / 2 + all[all.len() / 2..].find_byte(b'>').expect("a contig");
    let one = [write(folder.path(), "all.fa", &all)];
    let two = [("a.fa", &all[..cut]), ("b.fa", &all[cut..])]
        .map(|(name, text)| write(folder.path(), name, text));
    for threads in [1, 2, 5] {
        for files in [&one[..], &two] {
            let archive = created(Inputs::Split(files, SPLIT), threads);
            assert!(archive == expected, "{files:?}, {threads} threads");
        }
    }
}

#[test]
fn many_small_samples_cross_epochs_and_batches_and_are_appended() {
    let folder = TempDir::new().expect("a temporary folder");
    let genomes = genomes(260, 900);
    let (old, new) = genomes.split_at(171);
    let files = [("old.fa", old), ("new.fa", new)]
        .map(|(name, genomes)| write(folder.path(), name, &all_of(genomes)));
    let first = created(Inputs::Split(&files[..1], SPLIT), 2);
    assert!(first == created(Inputs::Split(&files[..1], SPLIT), 1));
    let path = write(folder.path(), "old.agc", &first);
    assert_same(&read_back(&path), &samples(old), "created");

    let archive = Archive::open(&path).expect("our archive opens");
    let appended = |files: &[PathBuf], threads| {
        let options = AppendOptions {
            threads,
            ..AppendOptions::default()
        };
        let (mut bytes, progress) = (Vec::new(), Progress::default());
        let inputs = Inputs::Split(files, SPLIT);
        append(&archive, inputs, options, &mut bytes, &progress).map(|summary| {
            assert_eq!(summary.samples, 89);
            bytes
        })
    };
    let both = appended(&files[1..], 3).expect("new samples");
    assert!(both == appended(&files[1..], 1).expect("new samples"));
    let path = write(folder.path(), "both.agc", &both);
    assert_same(&read_back(&path), &samples(&genomes), "appended");
    // Nothing goes on with a sample that an archive holds, not even with its last one.
    let last = [write(folder.path(), "last.fa", &old[170].text)];
    let message = appended(&last, 1).expect_err("an old sample").to_string();
    for expected in ["`i85#1`", "last.fa", "the archive has it already"] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn names_that_do_not_tell_and_samples_in_pieces_are_errors_with_their_place() {
    let folder = TempDir::new().expect("a temporary folder");
    for (file, text) in [
        ("a.fa", &b">s#1#c1\nACGT\n>s#2#c1\nACGT\n"[..]),
        ("plain.fa", b">s#3#c1\nACGT\n>chr1 of s\nAC\n"),
        ("first.fa", b">s#3\nACGT\n"),
        ("pieces.fa", b">s#2#c2\nACGT\n>s#3#c1\nAC\n>s#1#c2 x\nAC\n"),
    ] {
        write(folder.path(), file, text);
    }
    for (file, contig, told) in [
        ("plain.fa", "\"chr1 of s\"", "tells no sample"),
        ("first.fa", "\"s#3\"", "tells no sample"),
        ("pieces.fa", "\"s#1#c2 x\"", "must follow one another"),
    ] {
        let mut command = Command::new(ragc());
        command.args(["create", "-q", "--pansn", "-o", "x.agc", "a.fa", file]);
        let message = Run::of(&mut command, folder.path()).failure(1);
        for expected in [file, contig, told] {
            assert!(message.contains(expected), "{message}");
        }
        assert!(!folder.path().join("x.agc").exists());
    }
}

#[test]
fn another_delimiter_is_another_split() {
    let folder = TempDir::new().expect("a temporary folder");
    let text = b">a.1.c1\nACGT\n>a.1.c2\nAC\n>a.2.c#1#x\nAC\n";
    write(folder.path(), "a.fa", text);
    let listed = |delimiter| {
        let mut command = Command::new(ragc());
        let made = command.args(["create", "-q", "-o", "x.agc", "a.fa", "--pansn"]);
        made.args(["--pansn-delimiter", delimiter]);
        let run = Run::of(made, folder.path());
        if run.code() != Some(0) {
            return run.failure(if delimiter == "ab" { 2 } else { 1 });
        }
        let mut command = Command::new(ragc());
        let listed = Run::of(command.args(["listset", "x.agc"]), folder.path()).success();
        String::from_utf8(listed).expect("text")
    };
    assert_eq!(listed("."), "a.1\na.2\n");
    assert!(listed("#").contains("tells no sample"));
    assert!(listed("ab").contains("one punctuation mark"));
}

/// The C++ tool reads what `--pansn` made, and goes on with it.
#[test]
fn the_cpp_tool_reads_and_continues() {
    let Some(agc) = tools::agc() else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let genomes = genomes(60, 5000);
    let (old, new) = genomes.split_at(58);
    let file = write(folder.path(), "old.fa", &all_of(old));
    let archive = created(Inputs::Split(&[file], SPLIT), 2);
    write(folder.path(), "ours.agc", &archive);
    let mut command = Command::new(&agc);
    command.args(["append", "-o", "both.agc", "ours.agc"]);
    for genome in new {
        let file = format!("{}.fa", genome.sample.0);
        command.arg(write(folder.path(), &file, &genome.text));
    }
    Run::of(&mut command, folder.path()).success();
    for (name, records) in &samples(&genomes) {
        let mut command = Command::new(&agc);
        command.args(["getset", "both.agc"]).arg(name.to_string());
        let out = Run::of(&mut command, folder.path()).success();
        let found = genome::parse(&out[..]).expect("memory can be read");
        assert_same_records(&found, records, &format!("agc getset {name}"));
    }
}

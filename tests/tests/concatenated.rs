//! Files whose every contig is a sample: named by the first word, each once, the same archive for any number of threads.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use bstr::ByteSlice as _;
use ragc_read::Archive;
use ragc_tests::binary::{Run, ragc};
use ragc_tests::collection::{Sample, assert_same, assert_same_records, read_back};
use ragc_tests::genome;
use ragc_tests::simulate::{Options, Simulation};
use ragc_tests::tools;
use ragc_write::append::{AppendOptions, append};
use ragc_write::create::{CreateOptions, Inputs, Progress, Split, create};
use tempfile::TempDir;

/// Files of `sizes` genomes, one contig each and some of them empty, and what they hold as samples.
fn files(sizes: [usize; 2]) -> (TempDir, Vec<PathBuf>, Vec<Sample>) {
    let folder = TempDir::new().expect("a temporary folder");
    let simulation = Simulation::new(Options {
        seed: 61,
        samples: sizes.iter().sum(),
        bases: 3000,
        contigs: 1,
        divergence: 0.01,
        draft_every: 0,
        ..Options::default()
    });
    let mut samples: Vec<Sample> = Vec::new();
    let paths = sizes.map(|size| {
        let mut text = Vec::new();
        for _ in 0..size {
            let number = samples.len();
            let mut genome = Vec::new();
            simulation
                .write_sample(number, &mut genome)
                .expect("memory takes all");
            let (_, bases) = genome.split_once_str(b"\n").expect("a header line");
            let bases: &[u8] = if number % 50 == 7 { b"\n" } else { bases };
            let header = format!(">genome{number} of file {size}\n");
            let record = [header.as_bytes(), bases].concat();
            samples.push((
                format!("genome{number}").into(),
                genome::parse(&record[..]).expect("memory can be read"),
            ));
            text.extend_from_slice(&record);
        }
        let path = folder.path().join(format!("{size}.fa"));
        fs::write(&path, text).expect("the temporary folder takes files");
        path
    });
    (folder, paths.to_vec(), samples)
}

fn created(files: &[PathBuf], pack_cardinality: Option<u32>, threads: usize) -> Vec<u8> {
    let options = CreateOptions {
        pack_cardinality,
        segment_size: Some(1000),
        threads,
        ..CreateOptions::default()
    };
    let (mut archive, progress) = (Vec::new(), Progress::default());
    let inputs = Inputs::Split(files, Split::Contigs);
    let summary = create(inputs, &options, &mut archive, &progress)
        .unwrap_or_else(|error| panic!("create with {options:?}: {error}"));
    assert_eq!(summary.samples, summary.contigs);
    archive
}

#[test]
fn every_contig_is_a_sample_across_files_epochs_and_batches() {
    let (folder, files, samples) = files([230, 41]);
    let path = folder.path().join("x.agc");
    for pack_cardinality in [None, Some(1), Some(7), Some(50)] {
        let archive = created(&files, pack_cardinality, 1);
        for threads in [2, 5] {
            assert!(
                archive == created(&files, pack_cardinality, threads),
                "{threads} threads change the archive of packs of {pack_cardinality:?}"
            );
        }
        fs::write(&path, &archive).expect("the temporary folder takes files");
        let what = format!("packs of {pack_cardinality:?}");
        assert_same(&read_back(&path), &samples, &what);
    }
}

#[test]
fn concatenated_files_are_appended() {
    let (folder, files, samples) = files([60, 110]);
    let path = folder.path().join("x.agc");
    let first = created(&files[..1], Some(50), 2);
    fs::write(&path, first).expect("the temporary folder takes files");
    let archive = Archive::open(&path).expect("our archive opens");
    let appended = |files: &[PathBuf], threads| {
        let options = AppendOptions {
            threads,
            ..AppendOptions::default()
        };
        let (mut bytes, progress) = (Vec::new(), Progress::default());
        let inputs = Inputs::Split(files, Split::Contigs);
        append(&archive, inputs, options, &mut bytes, &progress).map(|summary| {
            assert_eq!(summary.samples, 110);
            bytes
        })
    };
    let one = appended(&files[1..], 1).expect("new samples");
    assert!(one == appended(&files[1..], 3).expect("new samples"));
    let error = appended(&files[..1], 2).expect_err("samples of the archive");
    let message = error.to_string();
    assert!(
        message.contains("`genome0`") && message.contains("60.fa"),
        "{message}"
    );
    let both = folder.path().join("both.agc");
    fs::write(&both, one).expect("the temporary folder takes files");
    assert_same(&read_back(&both), &samples, "appended");
}

#[test]
fn names_that_repeat_name_contig_and_file() {
    let folder = TempDir::new().expect("a temporary folder");
    for (file, text) in [
        ("a.fa", &b">s1 one\nACGT\n>s2\nACGT\n"[..]),
        ("b.fa", b">s3\nACGT\n>s1\ttwo\nAC\n"),
        ("c.fa", b">s4\nACGT\n> s5\nAC\n"),
    ] {
        fs::write(folder.path().join(file), text).expect("the temporary folder takes files");
    }
    for (file, named) in [("b.fa", "`s1`"), ("c.fa", "empty")] {
        let mut command = Command::new(ragc());
        command.args(["create", "--concatenated", "-o", "x.agc", "a.fa", file]);
        let message = Run::of(&mut command, folder.path()).failure(1);
        assert!(
            message.contains(named) && message.contains(file),
            "{message}"
        );
        assert!(!folder.path().join("x.agc").exists());
    }
}

/// The C++ tool reads what `-c` made and goes on with its own; we read and continue that.
#[test]
fn the_cpp_tool_reads_and_continues() {
    let Some(agc) = tools::agc() else { return };
    let (folder, files, samples) = files([130, 60]);
    let names = ["ours.agc", "both.agc", "theirs.agc"].map(|name| folder.path().join(name));
    let [ours, both, theirs] = &names;
    fs::write(ours, created(&files[..1], Some(50), 2)).expect("the temporary folder takes files");
    let mut command = Command::new(&agc);
    command.args(["append", "-c", "-o"]);
    Run::of(command.args([both, ours, &files[1]]), folder.path()).success();
    assert_same(&read_back(both), &samples, "agc append -c to ours");
    let mut command = Command::new(&agc);
    command
        .args(["create", "-c", "-o"])
        .args([theirs, &files[0]]);
    Run::of(&mut command, folder.path()).success();
    let mut command = Command::new(ragc());
    command.args(["append", "-q", "-c", "-o"]);
    Run::of(command.args([both, theirs, &files[1]]), folder.path()).success();
    for (name, records) in &samples {
        let mut command = Command::new(&agc);
        command.arg("getset").arg(both).arg(name.to_string());
        let out = Run::of(&mut command, folder.path()).success();
        let found = genome::parse(&out[..]).expect("memory can be read");
        assert_same_records(&found, records, &format!("agc getset {name}"));
    }
}

//! Peak memory of whole runs of `ragc`, as the system counts it, against stated bounds in bytes.
//!
//! Genomes are simulated by the program, not here: what this process holds counts against its children.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use ragc_tests::binary::ragc;
use ragc_tests::child;
use tempfile::TempDir;

const MB: u64 = 1_000_000;

/// Runs are measured one at a time: pages shared between them would be nobody's.
static ALONE: Mutex<()> = Mutex::new(());

fn simulate(options: &str) -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_simulate"));
    command
        .args(options.split(' '))
        .arg("--out")
        .arg(folder.path());
    assert!(
        command
            .stdout(Stdio::null())
            .status()
            .expect("cargo built it")
            .success()
    );
    let entries = fs::read_dir(folder.path()).expect("it was just made");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.sort();
    (folder, files)
}

/// Peak memory of `ragc` with these arguments.
fn peak(command: &mut Command) -> u64 {
    let _alone = ALONE.lock().expect("nobody panics while measuring");
    let (status, cost) =
        child::run(command.stdout(Stdio::null()).stderr(Stdio::null())).expect("ragc starts");
    assert!(status.success(), "{command:?}: {status}");
    cost.peak_bytes
}

fn create(archive: &Path, files: &[PathBuf]) -> u64 {
    peak(
        Command::new(ragc())
            .args(["create", "-t", "2", "-o"])
            .arg(archive)
            .args(files),
    )
}

#[test]
fn a_large_contig_is_held_packed_and_a_relative_of_it_in_windows() {
    let (folder, files) = simulate(
        "--seed 31 --samples 2 --bases 64000000 --contigs 1 --divergence 0.002 --draft-every 0",
    );
    let archive = folder.path().join("large.agc");
    let one = create(&archive, &files[..1]);
    // References at two bits a base and their index; letters alone would be 64 MB more.
    let bound = 64 * MB * 5 / 2 + 32 * MB;
    assert!(
        one <= bound,
        "create: {one} bytes for 64 Mb, {bound} allowed"
    );

    let two = create(&archive, &files);
    let bound = one + 32 * MB;
    assert!(
        two <= bound,
        "create: {two} bytes with a second genome of 64 Mb, {bound} allowed after {one} with one"
    );

    let extract = peak(
        Command::new(ragc())
            .args(["getset", "-t", "2"])
            .arg(&archive)
            .arg("s01"),
    );
    let bound = 112 * MB;
    assert!(
        extract <= bound,
        "getset: {extract} bytes for a contig of 64 Mb, {bound} allowed"
    );
}

#[test]
fn memory_grows_with_what_is_new_not_with_the_number_of_genomes() {
    let (folder, files) =
        simulate("--seed 32 --samples 100 --bases 1000000 --contigs 2 --divergence 0.002");
    let archive = folder.path().join("many.agc");
    let few = create(&archive, &files[..25]);
    let many = create(&archive, &files);
    // 75 million bases more: a fifth of a byte for each.
    let bound = few + 15 * MB;
    assert!(
        many <= bound,
        "create: {many} bytes for 100 genomes, {bound} allowed after {few} for 25"
    );

    let extract = peak(
        Command::new(ragc())
            .args(["getcol", "-t", "2"])
            .arg(&archive),
    );
    let bound = 64 * MB;
    assert!(extract <= bound, "getcol: {extract} bytes, {bound} allowed");
}

/// Creates an archive that can be read, within `--memory`: the peak.
fn check_kept(memory_mib: u64, folder: &Path, options: &[&str], files: &[PathBuf]) -> u64 {
    let archive = folder.join("kept.agc");
    let used = peak(
        Command::new(ragc())
            .args(["create", "--memory", &format!("{memory_mib}M"), "-o"])
            .arg(&archive)
            .args(options)
            .args(files),
    );
    let bound = memory_mib << 20;
    assert!(
        used <= bound,
        "create {options:?} --memory {memory_mib}M took {used} bytes, {bound} allowed"
    );
    // roundtrip.rs compares every base; here nothing may pass through this process.
    peak(Command::new(ragc()).arg("getcol").arg(&archive));
    used
}

#[test]
fn a_hundred_thousand_samples_keep_to_the_memory_given() {
    let (folder, files) = simulate(
        "--preset virus --seed 34 --samples 100000 --bases 300 --divergence 0.002 --one-file all.fa",
    );
    for threads in ["1", "2"] {
        check_kept(64, folder.path(), &["-c", "-t", threads], &files);
    }
    // The index of as many samples is larger than what is gathered in memory.
    let archive = folder.path().join("kept.agc");
    let used = peak(Command::new(ragc()).arg("index").arg(&archive));
    let index = fs::metadata(folder.path().join("kept.agc.ragi"));
    let len = index.expect("it was just written").len();
    let bound = 32 * MB;
    assert!(len > 6 * MB, "an index of {len} bytes");
    assert!(used <= bound, "index: {used} bytes, {bound} allowed");
}

/// 200 MB from standard input, whose length nobody knows.
#[test]
fn a_stream_of_twenty_thousand_samples_keeps_to_the_memory_given() {
    let (folder, files) =
        simulate("--preset virus --seed 36 --samples 20000 --bases 10000 --one-file all.fa");
    let path = folder.path().join("pansn.fa");
    let plain = BufReader::new(File::open(&files[0]).expect("it was just made"));
    let mut pansn = BufWriter::new(File::create(&path).expect("the folder takes files"));
    for line in plain.lines().map(|line| line.expect("it can be read")) {
        let end = if line.starts_with('>') {
            "#1#c\n"
        } else {
            "\n"
        };
        write!(pansn, "{line}{end}").expect("the disk takes it");
    }
    pansn.flush().expect("the disk takes it");
    drop(pansn);
    let used = peak(
        Command::new("sh")
            .args([
                "-c",
                "exec \"$0\" create --pansn --memory 64M -t 2 -o x.agc - < pansn.fa",
            ])
            .arg(ragc())
            .current_dir(folder.path()),
    );
    let bound = 64 << 20;
    assert!(used <= bound, "{used} bytes, {bound} allowed");
}

#[test]
fn a_single_large_contig_keeps_to_the_memory_given() {
    let (folder, files) =
        simulate("--preset human --seed 35 --samples 2 --bases 60000000 --contigs 1");
    // As much a base as 400M for a contig of 250 Mb.
    check_kept(96, folder.path(), &["-t", "2"], &files);
}

#[test]
fn unrelated_genomes_keep_to_the_memory_given() {
    let mut folders = Vec::new();
    let mut files = Vec::new();
    for seed in 0..6 {
        let (folder, genome) = simulate(&format!(
            "--seed {seed} --prefix s{seed}- --samples 1 --bases 12000000 --contigs 40"
        ));
        folders.push(folder);
        files.extend(genome);
    }
    for (memory_mib, threads) in [(56, "2"), (136, "8")] {
        let options = ["-t", threads, "--level", "fast"];
        check_kept(memory_mib, folders[0].path(), &options, &files);
    }
}

#[test]
fn too_little_memory_is_refused_with_what_would_do() {
    let (folder, files) = simulate("--seed 37 --samples 1 --bases 60000000 --contigs 1");
    let refused = |options: &[&str]| {
        let output = Command::new(ragc())
            .args(["create", "-o"])
            .arg(folder.path().join("refused.agc"))
            .args(options)
            .args(&files)
            .output()
            .expect("ragc starts");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(!folder.path().join("refused.agc").exists());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let message = refused(&["-q", "-t", "2", "--memory", "10M"]);
    let expected = "ragc: --memory 10M is too little for 2 threads: at least 48M\n";
    assert_eq!(message, expected);
    let message = refused(&["-q", "--memory", "50M"]);
    let needed = message
        .rsplit_once("a reference sample of ")
        .and_then(|(_, rest)| rest.trim_end().rsplit_once(": at least "))
        .unwrap_or_else(|| panic!("{message}"));
    // What it says does.
    let used = check_kept(
        needed
            .1
            .trim_end_matches('M')
            .parse()
            .expect("a number of MiB"),
        folder.path(),
        &["-q"],
        &files,
    );
    assert!(
        used > 32 << 20,
        "{used} bytes for a sample that takes 15 MB alone"
    );
}

/// A list is written as the tables are read: names are held, rows are not.
#[test]
fn lists_of_many_samples_are_held_in_names() {
    let (folder, files) = simulate("--preset virus --samples 100000 --bases 300 --one-file all.fa");
    let archive = folder.path().join("many.agc");
    let mut command = Command::new(ragc());
    command.args(["create", "-q", "-c", "-t", "2", "-o"]);
    peak(command.arg(&archive).args(&files));
    for args in [
        &["listset"][..],
        &["listset", "--long"],
        &["listctg", "--json"],
        &["listctg"],
        &["info", "--json"],
    ] {
        let used = peak(Command::new(ragc()).args(args).arg(&archive));
        let bound = 20 * MB;
        assert!(
            used <= bound,
            "{args:?}: {used} bytes for 100000 samples, {bound} allowed"
        );
    }
}

/// Contigs by the hundred thousand are counted, named and placed, which costs memory; sequence does not.
#[test]
fn many_tiny_contigs_cost_their_names_and_places() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = folder.path().join("tiny.fa");
    // In a child, as this process must stay small.
    let script = "BEGIN { srand(1); for (i = 0; i < 200000; i++) { printf \">contig_%d\\n\", i; \
                  for (j = 0; j < 4; j++) printf \"%s\", substr(\"ACGTTGCAAGCTTCGA\", 1 + int(rand() * 12), 4); print \"\" } }";
    let file = File::create(&path).expect("the temporary folder takes files");
    assert!(
        Command::new("awk")
            .arg(script)
            .stdout(file)
            .status()
            .expect("awk is everywhere")
            .success()
    );
    let used = create(&folder.path().join("tiny.agc"), &[path]);
    let bound = 200_000 * 300 + 64 * MB;
    assert!(
        used <= bound,
        "create: {used} bytes for 200000 contigs of 16 bases, {bound} allowed"
    );
}

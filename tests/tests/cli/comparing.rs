//! Byte for byte what the C++ tool prints, for every archive at hand (needs `AGC`).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ragc_tests::binary::Run;
use ragc_tests::tools;

use super::{Folder, assert_same_text, basic, difference};

/// All archives, our own copy first. agc prints wrong letters for one that is left out
/// (letters without a code).
fn archives() -> Vec<PathBuf> {
    let mut archives = vec![PathBuf::from(basic())];
    for folder in [
        "golden/v1.1",
        "golden/v2.1",
        "golden/v3.0",
        "golden/v3.2",
        "golden/public/agc-v1.0-toy_ex",
        "golden/public/agc-v3.0-toy_ex",
        "golden/public/agc-v3.1-toy_ex",
    ] {
        let Some(folder) = tools::shared(folder) else {
            continue;
        };
        let entries = folder
            .read_dir()
            .expect("a directory")
            .flatten()
            .map(|entry| entry.path());
        archives.extend(entries.filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".agc") && !name.contains("letters-without-code")
        }));
    }
    archives
}

struct Tools {
    agc: PathBuf,
    folder: Folder,
}

impl Tools {
    fn run_agc(&self, args: &[&str]) -> Output {
        Run::of(Command::new(&self.agc).args(args), self.folder.path()).output
    }

    /// What agc prints; its exit code says nothing.
    fn agc(&self, args: &[&str]) -> Vec<u8> {
        self.run_agc(args).stdout
    }

    /// Both print the same, unless agc crashes, as it does on empty contigs of versions 1 and 2.
    fn compare(&self, args: &[&str]) {
        let ours = self.folder.ragc(args);
        let story = ours.story.clone();
        let (ours, theirs) = (ours.success(), self.run_agc(args));
        if theirs.status.code().is_none() {
            return;
        }
        if let Some(difference) = difference(&ours, &theirs.stdout) {
            panic!("{difference}\n{story}");
        }
    }

    fn lines(&self, args: &[&str]) -> Vec<String> {
        let text = String::from_utf8(self.agc(args)).expect("text");
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn every_verb_prints_what_agc_prints() {
    let Some(agc) = tools::agc() else { return };
    let tools = Tools {
        agc,
        folder: Folder::new(),
    };
    for path in archives() {
        compare_archive(&tools, &path);
    }
}

fn compare_archive(tools: &Tools, path: &Path) {
    let archive = path.to_str().expect("a path in UTF-8");
    tools.compare(&["listset", archive]);
    tools.compare(&["listref", archive]);
    tools.compare(&["getcol", archive]);
    tools.compare(&["getcol", "-r", "-l", "41", archive]);
    let samples = tools.lines(&["listset", archive]);
    // A few of each kind: names from both ends of the list.
    let chosen: Vec<&str> = samples
        .iter()
        .take(3)
        .chain(samples.iter().rev().take(2))
        .map(String::as_str)
        .collect();
    tools.compare(&[&["listctg", archive][..], &chosen].concat());
    tools.compare(&[&["getset", "-l", "100", archive][..], &chosen].concat());
    for sample in &chosen {
        let contigs = tools.lines(&["listctg", archive, sample]);
        for contig in contigs.iter().skip(1).take(3) {
            let Some(word) = contig.split_whitespace().next() else {
                continue;
            };
            let query = |range: &str| format!("{word}@{sample}{range}");
            for range in [
                "",
                ":0-0",
                ":17-4000",
                ":29000-999999999",
                ":400-30",
                ":-5-9",
                ":999999999-1000000000",
            ] {
                tools.compare(&["getctg", archive, &query(range)]);
            }
            tools.compare(&[
                "getctg",
                "-l",
                "40",
                archive,
                &query(":3-99"),
                &query(""),
                &query(":3-99"),
            ]);
        }
    }
    let info = Run::of(
        Command::new(&tools.agc).args(["info", archive]),
        tools.folder.path(),
    );
    assert_same_text(
        &tools.folder.ragc(&["info", archive]).success(),
        &info.output.stderr,
    );
}

#[test]
fn archives_of_ours_print_the_same_with_agc() {
    let Some(agc) = tools::agc() else { return };
    let tools = Tools {
        agc,
        folder: Folder::new(),
    };
    let genome = |seed| super::bases(seed, 40_000);
    tools.folder.write(
        "ref.fa",
        super::fasta(&[("chr1 of ref", &genome(1)), ("", b"ACGT"), ("empty", b"")]),
    );
    tools.folder.write(
        "b.fa",
        super::fasta(&[
            ("chr1", &genome(1)[..30_000]),
            ("", b""),
            ("chr1", &genome(2)),
        ]),
    );
    tools
        .folder
        .ragc(&[
            "create", "-q", "-s", "3000", "-o", "out.agc", "ref.fa", "b.fa",
        ])
        .success();
    for args in [
        &["getcol", "out.agc"][..],
        &["listset", "out.agc"],
        &["listref", "out.agc"],
        &["listctg", "out.agc", "b", "ref"],
        &["getset", "out.agc", "b"],
        &["getctg", "out.agc", "chr1@ref:100-20000"],
    ] {
        tools.compare(args);
    }
}

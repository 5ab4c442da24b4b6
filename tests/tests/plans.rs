//! What is asked for, in words, against a text: a lost round or a fatter read shows in review.

mod common;

use std::fmt::Write as _;

use bstr::BString;
use common::{Source, Supply, data};
use ragc_read::{Limits, Region};

/// Asks and writes down, round by round, what had to be read.
fn write_down<T>(
    log: &mut String,
    title: &str,
    source: &mut Source<'_>,
    mut question: impl FnMut(&mut Source<'_>) -> T,
) -> T {
    source.rounds.clear();
    let answer = question(source);
    let _ = writeln!(log, "{title}");
    let rounds = std::mem::take(&mut source.rounds);
    for (number, ranges) in rounds.iter().enumerate() {
        let bytes: u64 = ranges.iter().map(|r| r.end - r.start).sum();
        let words: Vec<String> = ranges.iter().map(|r| describe(source, r)).collect();
        let _ = writeln!(
            log,
            "  round {}: {bytes} bytes: {}",
            number + 1,
            words.join(" | ")
        );
    }
    if rounds.is_empty() {
        let _ = writeln!(log, "  no round");
    }
    answer
}

/// The first two rounds are described as they are asked; later the footer is known and names the parts.
fn describe(source: &Source<'_>, range: &std::ops::Range<u64>) -> String {
    match source.reader.describe(range) {
        words if words.is_empty() => format!("{}..{}", range.start, range.end),
        words => words,
    }
}

#[test]
fn rounds_and_bytes_of_common_questions() {
    let mut log = String::new();
    for name in ["03-many-samples.agc", "05-pack-of-seven-k32.agc"] {
        let file = std::fs::read(data().join(name)).unwrap();
        let mut source = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
        let _ = writeln!(log, "{name}, {} bytes", file.len());
        write_down(&mut log, " samples, nothing known", &mut source, |s| {
            s.ask(|r| r.samples()).unwrap()
        });
        let region = |sample: &str, range| Region {
            sample: BString::from(sample),
            contig: 0,
            range,
        };
        let mut bases = |title: &str, sample, range| {
            let region = region(sample, range);
            write_down(&mut log, title, &mut source, |s| {
                s.ask(|r| r.bases(&region)).unwrap()
            });
        };
        bases(
            " 1 kb of the second sample, archive open",
            "s0000",
            200..1200,
        );
        bases(" the same again", "s0000", 200..1200);
        bases(" the 1 kb after it", "s0000", 1200..2200);
        bases(" 1 kb of the last sample", "s0128", 200..1200);

        let mut fresh = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
        let tail = file.len() - 8192;
        fresh.reader.supply(tail as u64, &file[tail..]).unwrap();
        let title = " 1 kb of the second sample, nothing known but the last 8 KiB";
        write_down(&mut log, title, &mut fresh, |s| {
            s.ask(|r| r.bases(&region("s0000", 200..1200))).unwrap()
        });
        if name.starts_with("03") {
            let title = " a contig by name in all samples";
            write_down(&mut log, title, &mut fresh, |s| {
                s.ask(|r| r.locate("chr1".into())).unwrap()
            });
        }
    }
    let path = data().join("plans.txt");
    if std::env::var_os("RAGC_WRITE_PLANS").is_some() {
        std::fs::write(&path, &log).unwrap();
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        log,
        want,
        "\nwhat is asked for changed; if that is meant, {} is to be:\n{log}",
        path.display()
    );
}

#[test]
fn need_names_every_missing_part_of_a_plan_at_once_and_none_twice() {
    let file = std::fs::read(data().join("08-repeats.agc")).unwrap();
    let mut source = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
    let samples = source.ask(|r| r.samples()).unwrap();
    let mut seen = vec![false; file.len()];
    for sample in samples.iter() {
        let contigs = source.ask(|r| r.contigs(sample)).unwrap();
        for contig in 0..contigs.len() {
            source.contig(sample, contig, 1 << 30).unwrap();
        }
    }
    // Everything stays in the caches, so that no byte is asked for twice, but where parts may overlap by their
    // metadata integers: up to 8 bytes at the end of a part.
    let mut twice = 0;
    for range in source.rounds.iter().flatten() {
        for byte in &mut seen[range.start as usize..range.end as usize] {
            twice += usize::from(*byte);
            *byte = true;
        }
    }
    let parts = source.rounds.iter().flatten().count();
    assert!(
        twice <= 8 * parts,
        "{twice} bytes of {parts} ranges asked for again"
    );
}

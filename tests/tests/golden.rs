//! Archives with known answers, asked in every way: by digest of the whole, contig by contig, in ranges, with the
//! bytes supplied at once, exactly as needed, or one at a time.

mod common;

use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};
use common::{Dice, Row, Source, Supply, data, golden, manifest, sha256, write_fasta};
use ragc_read::{Archive, Error, Limits, Region, Work};

/// Every archive there is: its path, and what is known of its samples.
fn archives() -> Vec<(PathBuf, Vec<Row>)> {
    let mut all = Vec::new();
    for directory in [Some(data()), golden()].into_iter().flatten() {
        let rows = manifest(&directory).into_iter();
        all.extend(rows.map(|(name, rows)| (directory.join(name), rows)));
    }
    assert!(all.len() >= 6, "the archives of this project at least");
    all
}

/// The version of the format, which is that of the program in the name of the folder, or the newest.
fn version(path: &Path) -> u32 {
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    match folder.to_string_lossy().as_bytes() {
        [b'v', major, b'.', ..] => u32::from(major - b'0'),
        _ => 3,
    }
}

fn small_caches() -> Limits {
    Limits {
        cache_bytes_max: 0,
        collection_bytes_max: 0,
        ..Limits::default()
    }
}

fn fasta_by_contig(source: &mut Source<'_>, sample: &BString, window: u64) -> Vec<u8> {
    let contigs = source
        .ask(|r| r.contigs(sample.as_ref()))
        .expect("a sample of the manifest");
    let mut fasta = Vec::new();
    for (number, contig) in contigs.iter().enumerate() {
        let bases = source
            .contig(sample.as_ref(), number, window)
            .expect("a contig of a golden archive");
        assert_eq!(bases.len() as u64, contig.len_bases);
        write_fasta(contig.name, &bases, &mut fasta);
    }
    fasta
}

/// Holds the FASTA of a sample against the manifest; `from` says how it was asked for.
fn assert_digest(fasta: &[u8], row: &Row, from: &dyn std::fmt::Display) {
    assert_eq!(sha256(fasta), row.sha256, "{from}, sample {}", row.sample);
}

#[test]
fn listings_agree_with_the_manifest() {
    for (path, rows) in archives() {
        let file = std::fs::read(&path).unwrap();
        let mut source = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
        let info = source.ask(|r| r.info()).unwrap();
        assert_eq!(
            (info.file_version, info.sample_count),
            ((version(&path), 0), rows.len()),
            "{}",
            path.display()
        );
        let samples = source.ask(|r| r.samples()).unwrap();
        let mut want: Vec<_> = rows.iter().map(|row| row.sample.as_bstr()).collect();
        want.sort();
        assert_eq!(samples.sorted().collect::<Vec<_>>(), want);
        for row in &rows {
            let contigs = source.ask(|r| r.contigs(row.sample.as_ref())).unwrap();
            assert_eq!(
                contigs.len(),
                row.contigs,
                "{} {}",
                path.display(),
                row.sample
            );
            let letters: u64 = contigs.iter().map(|c| c.len_bases).sum();
            let lines: u64 = contigs
                .iter()
                .map(|c| c.len_bases.div_ceil(80) + c.name.len() as u64 + 2)
                .sum();
            assert_eq!(
                letters + lines,
                row.fasta_bytes as u64,
                "{} {}",
                path.display(),
                row.sample
            );
        }
    }
}

#[test]
fn whole_samples_have_the_digests_of_the_manifest() {
    for (path, rows) in archives() {
        let work: Vec<Work> = rows
            .iter()
            .map(|row| Work::Sample(row.sample.clone()))
            .collect();
        let mut fastas = vec![Vec::new(); rows.len()];
        let archive = Archive::open(&path).unwrap();
        let format = |chunks: &[ragc_read::Chunk<'_>], out: &mut Vec<u8>| {
            for chunk in chunks {
                if chunk.offset == 0 {
                    out.extend([b">", chunk.contig.as_bytes(), b"\n"].concat());
                }
                chunk.write_lines(80, out);
            }
        };
        let extracted = archive.extract(&work, 2, format, |output| {
            fastas[output.work].extend_from_slice(output.bytes);
            Ok(())
        });
        extracted.unwrap();
        for (row, fasta) in rows.iter().zip(fastas) {
            assert_digest(&fasta, row, &path.display());
        }
    }
}

#[test]
fn contigs_one_by_one_have_the_digests_of_the_manifest() {
    for (path, rows) in archives() {
        let file = std::fs::read(&path).unwrap();
        let mut exact = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
        let mut at_once = Source::new(&file, Supply::AllAtOnce, Limits::default()).unwrap();
        let mut forgetful = Source::new(&file, Supply::Exact, small_caches()).unwrap();
        // Where a sample is one of many, some of them will do.
        let step = rows.len().div_ceil(40);
        for row in rows.iter().step_by(step) {
            for (source, window) in [
                (&mut exact, 1 << 30),
                (&mut at_once, 20_000),
                (&mut forgetful, 33_333),
            ] {
                let fasta = fasta_by_contig(source, &row.sample, window);
                assert_digest(&fasta, row, &format_args!("{} {window}", path.display()));
            }
        }
        let rounds = at_once.rounds.len();
        assert!(
            rounds == 0 || file.len() > 1 << 20,
            "all bytes were supplied, but {rounds} rounds asked for more"
        );
    }
}

#[test]
fn bytes_supplied_one_at_a_time_give_the_same() {
    for (path, rows) in archives() {
        let file = std::fs::read(&path).unwrap();
        let mut source = Source::new(&file, Supply::OneByte, Limits::default()).unwrap();
        for row in rows.iter().step_by(rows.len().div_ceil(7)) {
            let fasta = fasta_by_contig(&mut source, &row.sample, 1 << 30);
            assert_digest(&fasta, row, &path.display());
        }
    }
}

#[test]
fn ranges_are_cut_from_the_whole() {
    let mut dice = Dice(1);
    for (path, rows) in archives() {
        let file = std::fs::read(&path).unwrap();
        let mut whole = Source::new(&file, Supply::AllAtOnce, Limits::default()).unwrap();
        let mut source = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
        for _ in 0..60 {
            let row = &rows[dice.below(rows.len() as u64) as usize];
            if row.contigs == 0 {
                continue;
            }
            let contig = dice.below(row.contigs as u64) as usize;
            let bases = whole.contig(row.sample.as_ref(), contig, 1 << 30).unwrap();
            for _ in 0..10 {
                let start = dice.below(bases.len() as u64 + 1);
                let end = start + dice.below(3000);
                let region = Region {
                    sample: row.sample.clone(),
                    contig,
                    range: start..end,
                };
                let want = &bases[start as usize..bases.len().min(end as usize)];
                assert_eq!(
                    source.ask(|r| r.bases(&region)).unwrap(),
                    want,
                    "{} {region:?}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn contigs_are_located_by_whole_name_else_by_first_word() {
    for (path, _) in archives() {
        let file = std::fs::read(&path).unwrap();
        let mut source = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
        let samples = source.ask(|r| r.samples()).unwrap();
        let mut names: Vec<(BString, usize, BString)> = Vec::new();
        for sample in samples.iter() {
            let contigs = source.ask(|r| r.contigs(sample)).unwrap();
            names.extend(
                contigs
                    .iter()
                    .enumerate()
                    .map(|(number, c)| (sample.into(), number, c.name.into())),
            );
        }
        for (_, _, name) in names.iter().step_by(names.len().div_ceil(5)) {
            let first = |name: &BString| {
                name.fields()
                    .next()
                    .unwrap_or_default()
                    .as_bstr()
                    .to_owned()
            };
            for asked in [name.clone(), first(name)] {
                let has_whole =
                    |sample: &BString| names.iter().any(|n| n.0 == *sample && n.2 == asked);
                let want: Vec<_> = names
                    .iter()
                    .filter(|n| n.2 == asked || (first(&n.2) == asked && !has_whole(&n.0)))
                    .collect();
                let found = source.ask(|r| r.locate(asked.as_ref())).unwrap();
                let found: Vec<_> = found.into_iter().map(|l| (l.sample, l.contig)).collect();
                let want: Vec<_> = want.into_iter().map(|n| (n.0.clone(), n.1)).collect();
                assert_eq!(found, want, "{} {asked}", path.display());
            }
        }
        assert_eq!(
            source.ask(|r| r.locate("no such contig".into())).unwrap(),
            []
        );
    }
}

#[test]
fn what_is_not_there_is_named() {
    let (path, rows) = archives().remove(0);
    let archive = Archive::open(&path).unwrap();
    let error = archive.contigs("nobody".into()).unwrap_err();
    assert_eq!(error.to_string(), "no sample \"nobody\" in this archive");
    let sample = rows[0].sample.clone();
    let len = archive
        .contigs(sample.as_ref())
        .unwrap()
        .get(0)
        .unwrap()
        .len_bases;
    let bases = |contig, range| {
        archive.bases(&Region {
            sample: sample.clone(),
            contig,
            range,
        })
    };
    assert!(
        bases(999_999, 0..1)
            .unwrap_err()
            .to_string()
            .contains("999999")
    );
    assert!(
        bases(0, len + 1..len + 2)
            .unwrap_err()
            .to_string()
            .contains("its length is")
    );
    assert_eq!(bases(0, len..len + 2).unwrap(), b"");
    #[expect(
        clippy::reversed_empty_ranges,
        reason = "a question that makes no sense"
    )]
    let backwards = bases(0, 5..4);
    assert!(backwards.unwrap_err().to_string().contains("ends before"));
}

#[test]
fn archives_of_newer_versions_are_refused_by_their_version() {
    let mut file = std::fs::read(data().join("tiny.agc")).unwrap();
    let key = b"file_version_major\0";
    let at = file.windows(key.len()).position(|bytes| bytes == key);
    file[at.unwrap() + key.len()] = b'4';
    let mut source = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
    let error = source.ask(|r| r.samples()).unwrap_err();
    assert!(
        matches!(error, Error::Unsupported { .. }) && error.to_string().contains("version 4.0"),
        "{error}"
    );
}

#[test]
fn command_lines_are_told_by_the_archives_that_have_them() {
    for (name, expected) in [
        ("v1.1/11-appended.agc", ["create", "append"].as_slice()),
        ("v2.1/11-appended.agc", &["create", "append"]),
        ("tiny.agc", &[]),
    ] {
        let archive = Archive::open(data().join(name)).unwrap();
        let commands = archive.commands().unwrap();
        let verbs: Vec<_> = commands.iter().map(|c| c.line.fields().nth(1)).collect();
        let expected: Vec<_> = expected.iter().map(|verb| Some(verb.as_bytes())).collect();
        assert_eq!(verbs, expected, "{name}");
        assert!(commands.iter().all(|c| c.date.is_empty()));
    }
}

#[test]
fn public_toy_archives_give_their_fasta_files() {
    let Some(golden) = golden() else { return };
    for version in ["v1.0", "v3.0", "v3.1"] {
        let directory = golden.join(format!("public/agc-{version}-toy_ex"));
        let file = std::fs::read(directory.join("toy_ex.agc")).unwrap();
        let mut source = Source::new(&file, Supply::OneByte, Limits::default()).unwrap();
        let samples = source.ask(|r| r.samples()).unwrap();
        // AGC 1 sorts them.
        let stored = if version == "v1.0" {
            ["a", "b", "c", "ref"]
        } else {
            ["ref", "a", "b", "c"]
        };
        assert_eq!(samples.iter().collect::<Vec<_>>(), stored);
        for sample in samples.iter() {
            let text = std::fs::read_to_string(directory.join(format!("{sample}.fa"))).unwrap();
            let mut want = Vec::new();
            for record in text.split('>').skip(1) {
                let (name, sequence) = record.split_once('\n').unwrap();
                let bases: String = sequence
                    .split_whitespace()
                    .collect::<String>()
                    .to_uppercase();
                write_fasta(
                    name.trim_end_matches('\r').into(),
                    bases.as_bytes(),
                    &mut want,
                );
            }
            let got = fasta_by_contig(&mut source, &sample.into(), 1000);
            assert_eq!(got.as_bstr(), want.as_bstr());
        }
    }
}

/// `append` of agc 3.0 lost data: segments are shorter than recorded. Everything lists; what is broken says where.
#[test]
fn a_damaged_archive_lists_and_says_what_is_broken() {
    let Some(golden) = golden() else { return };
    let file = std::fs::read(golden.join("damaged/appended-by-3.0.agc")).unwrap();
    let mut source = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
    let samples = source.ask(|r| r.samples()).unwrap();
    let (mut sound, mut broken) = (0, 0);
    for sample in samples.iter() {
        let contigs = source.ask(|r| r.contigs(sample)).unwrap();
        for (number, contig) in contigs.iter().enumerate() {
            match source.contig(sample, number, 1 << 30) {
                Ok(bases) => {
                    assert_eq!(bases.len() as u64, contig.len_bases);
                    sound += 1;
                }
                Err(Error::Malformed { place, why }) => {
                    assert_eq!(place.sample.as_deref(), Some(sample.to_string().as_str()));
                    assert_eq!(
                        place.contig.as_deref(),
                        Some(contig.name.to_string().as_str())
                    );
                    assert!(place.segment.is_some(), "{place:?} {why}");
                    broken += 1;
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(sound > 0 && broken > 0, "{sound} sound, {broken} broken");
}

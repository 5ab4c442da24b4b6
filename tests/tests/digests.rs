//! Digests in archives are those of the bases that come out, and with them nothing breaks unnoticed.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use bstr::BStr;
use common::{Dice, data, golden, manifest};
use ragc_read::{Archive, ArchiveError, Digest};
use ragc_tests::collection::{Collection, Sample, read_back};
use ragc_tests::simulate::Options;
use ragc_write::append::{AppendOptions, append};
use ragc_write::contig_digests::contig_digests;
use ragc_write::create::{CreateOptions, Inputs, Progress, Split, create};
use ragc_write::unchanged::{Changed, check_unchanged};
use ragc_write::verify::{self, Verified, verify};
use sha2::{Digest as _, Sha512};

fn opened(path: &Path) -> Archive {
    Archive::open(path).expect("an archive")
}

fn digest_of(bases: &[u8]) -> Digest {
    let hash = Sha512::digest(bases);
    Digest(hash[..24].try_into().expect("24 bytes of 64"))
}

/// What an archive stores of each sample.
fn stored(path: &Path) -> Vec<Option<Vec<Digest>>> {
    let archive = opened(path);
    let names = archive.samples().expect("samples");
    let digests = |name: &BStr| archive.digests(name).expect("digests that can be read");
    names.iter().map(digests).collect()
}

/// What it should store of those samples.
fn made(samples: &[Sample]) -> Vec<Option<Vec<Digest>>> {
    let digests = samples.iter().map(|(_, contigs)| {
        let digests = contigs.iter().map(|(_, bases)| digest_of(bases));
        Some(digests.collect())
    });
    digests.collect()
}

fn verified(path: &Path, threads: usize) -> (Verified, Vec<String>) {
    let mut errors = Vec::new();
    let progress = verify::Progress::default();
    let told = |error: &ArchiveError| errors.push(error.to_string());
    let verified = verify(&opened(path), threads, &progress, told);
    (verified.expect("an archive that opens"), errors)
}

fn simulated(samples: usize, bases: usize) -> Options {
    Options {
        seed: 83,
        samples,
        bases,
        contigs: 3,
        divergence: 0.01,
        events_per_mb: 60.0,
        ..Options::default()
    }
}

fn small(pack_cardinality: u32, digests: bool) -> CreateOptions {
    CreateOptions {
        segment_size: Some(1000),
        pack_cardinality: Some(pack_cardinality),
        threads: 2,
        digests: Some(digests),
        ..CreateOptions::default()
    }
}

#[test]
fn digests_are_those_of_the_bases_wherever_windows_and_contigs_end() {
    // Windows of the pipeline end after so many bases.
    const WINDOW: usize = 1 << 22;
    let mut dice = Dice(3);
    let letters: Vec<u8> = (0..2 * WINDOW + 40)
        .map(|_| b"ACGT"[dice.below(4) as usize])
        .collect();
    let mut odd = letters[..5000].to_ascii_lowercase();
    odd[100..140].fill(b'n');
    odd[4990..5000].copy_from_slice(b"RyUEFXKMBD");
    let record = |name: &str, bases: &[u8]| [b">", name.as_bytes(), b"\n", bases, b"\n"].concat();
    let reference = [
        record("two windows", &letters),
        record(
            "one window and nothing",
            &[&letters[..WINDOW], b"--\n-"].concat(),
        ),
        record("empty", b""),
        record("odd", &odd),
    ];
    let variant = [
        record("one window less", &letters[WINDOW..]),
        record("three", &letters[7..2 * WINDOW + 9]),
    ];
    let (reference, variant) = (reference.concat(), variant.concat());
    let collection = Collection::of(&[("ref.fa", &reference), ("b.fa", &variant)]);
    let path = collection.path("out.agc");
    let mut archives = [1, 3].map(|threads| {
        let options = CreateOptions {
            threads,
            ..CreateOptions::default()
        };
        collection.archive(&options).0
    });
    assert!(archives[0] == archives[1], "threads change nothing");
    fs::write(&path, &mut archives[0]).expect("room");
    assert!(stored(&path) == made(&read_back(&path)));
    let (verified, errors) = verified(&path, 2);
    assert_eq!((verified.digests, errors), (6, vec![]));
}

#[test]
fn append_goes_on_with_digests_and_says_where_there_are_none() {
    let collection = Collection::simulated(&simulated(7, 20_000));
    let want = made(&collection.samples());
    let path = collection.path("appended.agc");
    for pack_cardinality in [1, 2, 3, 50] {
        for first_with in [true, false] {
            let options = small(pack_cardinality, first_with);
            let mut archive = collection.archive_of(3, &options);
            for (files, digests) in [(3..4, true), (4..5, false), (5..7, true)] {
                fs::write(&path, &archive).expect("room");
                let options = AppendOptions {
                    digests: Some(digests),
                    ..AppendOptions::default()
                };
                let (old, files) = (opened(&path), &collection.inputs()[files]);
                archive.clear();
                append(&old, files, options, &mut archive, &Progress::default())
                    .expect("room for more");
            }
            fs::write(&path, &archive).expect("room");
            let mut want = want.clone();
            want[4] = None;
            if !first_with {
                want[..3].fill(None);
            }
            let what = format!("packs of {pack_cardinality}, first with digests: {first_with}");
            assert!(stored(&path) == want, "{what}");
            let known = want.iter().flatten().map(Vec::len).sum::<usize>() as u64;
            let (verified, errors) = verified(&path, 2);
            assert_eq!((verified.digests, errors), (known, vec![]), "{what}");
            let mut all = Vec::new();
            contig_digests(&opened(&path), 0..7, 2, |contig| {
                all.push(contig.digest);
                Ok::<_, ArchiveError>(())
            })
            .expect("a sound archive");
            let made = made(&collection.samples());
            assert!(
                all == made.into_iter().flatten().flatten().collect::<Vec<_>>(),
                "{what}"
            );
        }
    }
}

#[test]
fn concatenated_samples_have_digests_too() {
    let text: Vec<u8> = (0..120)
        .flat_map(|number| {
            let bases = "ACGTTGCAAC".repeat(number % 50);
            format!(">genome{number} {}\n{bases}\n", number * number).into_bytes()
        })
        .collect();
    let collection = Collection::of(&[("all.fa", &text)]);
    let files = [collection.path("all.fa")];
    let mut archive = Vec::new();
    create(
        Inputs::Split(&files, Split::Contigs),
        &CreateOptions {
            digests: Some(true),
            ..CreateOptions::default()
        },
        &mut archive,
        &Progress::default(),
    )
    .expect("room");
    let path = collection.path("out.agc");
    fs::write(&path, archive).expect("room");
    let samples = read_back(&path);
    assert_eq!(samples.len(), 120);
    assert!(stored(&path) == made(&samples));
}

#[test]
fn where_nothing_is_said_genomes_of_a_megabase_have_digests() {
    for (bases, have) in [(999_000, false), (1_001_000, true)] {
        let genome = "ACGTTGCAACGGATTACAGT".repeat(bases / 20);
        let text = format!(">chr\n{genome}\n").into_bytes();
        let collection = Collection::of(&[("a.fa", &text), ("b.fa", &text), ("c.fa", &text)]);
        let archive = collection.archive_of(2, &CreateOptions::default());
        let path = collection.path("out.agc");
        fs::write(&path, &archive).expect("room");
        let stored_of_two = stored(&path);
        assert!(
            stored_of_two
                .iter()
                .all(|digests| digests.is_some() == have),
            "{bases}"
        );
        // The archive tells the one that continues it.
        fs::write(&path, collection.appended(&archive, 2..3, 2)).expect("room");
        let stored = stored(&path);
        assert_eq!(stored.len(), 3);
        assert!(
            stored.iter().all(|digests| digests.is_some() == have),
            "{bases}"
        );
    }
}

#[test]
fn scarce_memory_leaves_digests_out_and_says_so() {
    let mut dice = Dice(9);
    let mut many = String::new();
    for number in 0..60_000 {
        let bases: String = (0..40)
            .map(|_| char::from(b"ACGT"[dice.below(4) as usize]))
            .collect();
        many.push_str(&format!(">c{number}\n{bases}\n"));
    }
    let few: &[u8] = b">a\nACGTTGCA\n";
    let collection = Collection::of(&[("a.fa", few), ("many.fa", many.as_bytes()), ("b.fa", few)]);
    let at = |threads| {
        collection.archive(&CreateOptions {
            pack_cardinality: Some(2),
            threads,
            memory_bytes: 48 << 20,
            digests: Some(true),
            ..CreateOptions::default()
        })
    };
    let (archive, summary) = at(1);
    assert!(archive == at(2).0, "threads change nothing");
    let warnings = summary.warnings;
    assert!(
        warnings.len() == 1 && warnings[0].contains("digests were left out"),
        "{warnings:?}"
    );
    let path = collection.path("out.agc");
    fs::write(&path, archive).expect("room");
    let mut want = made(&collection.samples());
    // The batch of the first two.
    want[..2].fill(None);
    assert!(stored(&path) == want);
    assert_eq!(verified(&path, 2).1, Vec::<String>::new());
}

#[test]
fn every_flipped_byte_is_found_or_does_no_harm() {
    let mut simulation = simulated(4, 1500);
    simulation.contigs = 2;
    let collection = Collection::simulated(&simulation);
    let mut options = small(2, true);
    options.segment_size = Some(300);
    let (file, _) = collection.archive(&options);
    let path = collection.path("flipped.agc");
    let want = collection.samples();
    let (mut found, mut harmless) = (0, 0);
    for at in 0..file.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut broken = file.clone();
            broken[at] ^= flip;
            fs::write(&path, &broken).expect("room");
            let Ok(archive) = Archive::open(&path) else {
                found += 1;
                continue;
            };
            let progress = verify::Progress::default();
            match verify(&archive, 1, &progress, |_| ()) {
                Ok(verified) if verified.errors == 0 => {
                    harmless += 1;
                    assert!(
                        read_back(&path) == want,
                        "byte {at} ^ {flip:#x} goes unnoticed"
                    );
                }
                _ => found += 1,
            }
        }
    }
    // Comments, hints for those who append, offsets of what is empty.
    assert!(harmless * 3 < found, "{found} found, {harmless} harmless");
}

#[test]
fn without_digests_what_neighbours_share_is_compared_still() {
    let collection = Collection::simulated(&simulated(2, 4000));
    let (file, _) = collection.archive(&small(2, false));
    let path = collection.path("flipped.agc");
    fs::write(&path, &file).expect("room");
    let (sound, errors) = verified(&path, 2);
    assert_eq!((sound.digests, errors), (0, vec![]));
    let mut told = 0;
    for at in 0..file.len() {
        let mut broken = file.clone();
        broken[at] ^= 0x01;
        fs::write(&path, &broken).expect("room");
        let archive = opened(&path);
        let _ = verify(&archive, 1, &verify::Progress::default(), |error| {
            let message = error.to_string();
            if message.ends_with("are not those that the segment before ends with") {
                told += 1;
                for word in ["sample ", "contig ", "segment "] {
                    assert!(message.contains(word), "{message}");
                }
            }
        });
    }
    assert!(told > 0);
}

#[test]
fn stored_digests_are_those_of_the_bases_in_the_archive_that_stays() {
    let path = data().join("digests.agc");
    let mut want = made(&read_back(&path));
    // Its sample was appended with --no-digests.
    want[3] = None;
    assert!(stored(&path) == want);
}

/// Every archive with a known answer, and whether it is sound.
fn known() -> Vec<(PathBuf, bool)> {
    let mut known = Vec::new();
    for folder in [Some(data()), golden()].into_iter().flatten() {
        for archive in manifest(&folder).into_keys() {
            known.push((folder.join(archive), true));
        }
    }
    known.extend(golden().map(|folder| (folder.join("damaged/appended-by-3.0.agc"), false)));
    known
}

#[test]
fn archives_of_all_versions_are_sound_but_the_one_that_is_not() {
    for (path, is_sound) in known() {
        let (found, errors) = verified(&path, 2);
        assert_eq!(
            errors.is_empty(),
            is_sound,
            "{}: {errors:?}",
            path.display()
        );
        assert_eq!(found.errors, errors.len() as u64);
        assert_eq!(
            found.digests > 0,
            path.ends_with("digests.agc"),
            "{}",
            path.display()
        );
        for error in errors {
            for word in ["sample ", "contig ", "segment ", "stream ", "part "] {
                assert!(error.contains(word), "{}: {error}", path.display());
            }
        }
    }
}

#[test]
fn what_changed_is_told_from_what_did_not() {
    let collection = Collection::simulated(&simulated(3, 20_000));
    let mut other = Collection::of(&[]);
    for (number, input) in collection.inputs().iter().enumerate() {
        let mut text = fs::read(&input.path).expect("our own file");
        if number == 1 {
            let at = text.len() - 50;
            text[at] = if text[at] == b'A' { b'C' } else { b'A' };
        }
        other.add(&format!("{}.fa", input.name), &text);
    }
    let saved = |collection: &Collection, digests: bool| {
        let path = collection.path(&format!("{digests}.agc"));
        fs::write(&path, collection.archive(&small(2, digests)).0).expect("room");
        path
    };
    let progress = verify::Progress::default();
    let compared =
        |old: &Path, new: &Path| check_unchanged(&opened(old), &opened(new), 2, &progress);
    for digests in [true, false] {
        let path = saved(&collection, digests);
        for other_digests in [true, false] {
            let same = saved(&collection, other_digests);
            compared(&path, &same).expect("the same bases, however they are stored");
            let differing = compared(&path, &saved(&other, other_digests));
            let Err(Changed::Differs { place, old, new }) = differing else {
                panic!("{differing:?}");
            };
            let sample = &collection.inputs()[1].name;
            assert!(
                place.starts_with(&format!("sample {sample}, contig ")),
                "{place}"
            );
            assert!(old.starts_with("SQ.") && new.starts_with("SQ.") && old != new);
        }
    }
    // One sample less, and one with other contigs.
    let less = collection.path("less.agc");
    fs::write(&less, collection.archive_of(2, &small(2, true))).expect("room");
    let path = saved(&collection, true);
    compared(&less, &path).expect("what is added changes nothing");
    let lacking = compared(&path, &less);
    assert!(
        matches!(&lacking, Err(Changed::Differs { place, .. }) if place == "sample 2"),
        "{lacking:?}"
    );
}

//! Archives continued: what was there stays as it was, what is added comes back, whatever wrote the archive.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use common::craft::Craft;
use ragc_read::{Archive, ArchiveError, StoredPart, Stream};
use ragc_tests::collection::{Collection, Sample, assert_same, read_back};
use ragc_tests::rng::Rng;
use ragc_tests::simulate::{Options, Simulation, reverse_complement};
use ragc_write::append::{AppendOptions, append};
use ragc_write::create::{CreateError, CreateOptions, Level, Progress};

/// Creates an archive of the first samples and appends the others in steps; each step at 1, 2 and 3 threads.
fn check(collection: &Collection, steps: &[usize], options: &CreateOptions, what: &str) -> Vec<u8> {
    let mut done = steps[0];
    let mut archive = collection.archive_of(done, options);
    for step in &steps[1..] {
        let files = done..done + step;
        let one = collection.appended(&archive, files.clone(), 1);
        for threads in [2, 3] {
            let more = collection.appended(&archive, files.clone(), threads);
            assert!(one == more, "{what}: {threads} threads change the archive");
        }
        (archive, done) = (one, done + step);
        let path = collection.path("appended.agc");
        fs::write(&path, &archive).expect("the temporary folder takes files");
        let what = format!("{what}, {steps:?}, {done} samples");
        assert_same(&read_back(&path), &collection.samples()[..done], &what);
    }
    archive
}

fn small(pack_cardinality: u32) -> CreateOptions {
    CreateOptions {
        segment_size: Some(1000),
        pack_cardinality: Some(pack_cardinality),
        threads: 2,
        ..CreateOptions::default()
    }
}

fn simulated(samples: usize, bases: usize, divergence: f64) -> Options {
    Options {
        seed: 41,
        samples,
        bases,
        divergence,
        contigs: 3,
        events_per_mb: 60.0,
        ..Options::default()
    }
}

#[test]
fn batches_and_packs_go_on_wherever_they_ended() {
    let collection = Collection::simulated(&simulated(9, 30_000, 0.01));
    for pack_cardinality in [1, 2, 3, 4, 50] {
        for steps in [&[1, 8][..], &[2, 1, 1, 5], &[3, 3, 3], &[4, 4, 1], &[8, 1]] {
            let what = format!("packs of {pack_cardinality}");
            check(&collection, steps, &small(pack_cardinality), &what);
        }
    }
}

#[test]
fn appended_samples_are_compressed_like_those_created_with() {
    let collection = Collection::simulated(&simulated(8, 400_000, 0.005));
    let (whole, _) = collection.archive(&CreateOptions::default());
    let steps = check(
        &collection,
        &[5, 1, 2],
        &CreateOptions::default(),
        "8 genomes",
    );
    assert!(
        steps.len() as f64 <= whole.len() as f64 * 1.02,
        "{} bytes in three steps, {} at once",
        steps.len(),
        whole.len()
    );
}

/// A genome that is a reference read backwards, across the borders of groups, takes no new one.
#[test]
fn references_are_found_on_both_strands_and_across_their_borders() {
    let mut genome = Vec::new();
    Rng::keyed(&[7]).bases(60_000, &mut genome);
    let fasta = |bases: &[u8]| [b">c\n", bases, b"\n"].concat();
    let mut backwards = genome.clone();
    reverse_complement(&mut backwards);
    let files: [(&str, &[u8]); 2] = [("a.fa", &fasta(&genome)), ("b.fa", &fasta(&backwards))];
    let collection = Collection::of(&files);
    let before = collection.archive_of(1, &small(50)).len();
    let after = check(&collection, &[1, 1], &small(50), "backwards").len();
    assert!(after < before + 400, "{before} bytes, then {after}");
}

#[test]
fn samples_of_nothing_and_of_nothing_known() {
    let mut unknown = b">n\n".to_vec();
    unknown.extend_from_slice(&b"NNNNNNNNNNRYKM".repeat(50));
    let mut collection = Collection::of(&[
        ("a.fa", b">empty\n\n>short\nACGT\n"),
        ("b.fa", b">empty\n\n"),
        ("c.fa", &unknown),
        ("d.fa", b">short\nACGT\n>empty\n\n>empty too\n\n"),
    ]);
    let mut genome = b">g\n".to_vec();
    Rng::keyed(&[8]).bases(5_000, &mut genome);
    collection.add("e.fa", &genome);
    collection.add("f.fa", &genome);
    for pack_cardinality in [1, 2, 50] {
        for steps in [&[1, 1, 1, 1, 1, 1][..], &[1, 5], &[4, 1, 1]] {
            check(&collection, steps, &small(pack_cardinality), "odd samples");
        }
    }
}

/// Random genomes, layouts, options and steps. A failure names its seed.
#[test]
fn random_collections() {
    for seed in 0..60 {
        let mut rng = Rng::keyed(&[seed, 77]);
        let samples = 2 + rng.index(8);
        let options = Options {
            seed,
            samples,
            contigs: 1 + rng.index(5),
            bases: rng.length(0, 16),
            divergence: [0.0, 0.001, 0.02, 0.15][rng.index(4)],
            events_per_mb: [0.0, 20.0, 1000.0][rng.index(3)],
            draft_every: rng.index(4),
            prefix: String::from("s"),
            ..Options::default()
        };
        let collection = Collection::simulated(&options);
        let create = CreateOptions {
            kmer_len: 17 + rng.below(16) as u32,
            min_match_len: 15 + rng.below(18) as u32,
            pack_cardinality: (rng.below(4) > 0).then(|| 1 + rng.below(6) as u32),
            segment_size: (rng.below(4) > 0).then(|| 100 + rng.length(0, 15) as u32),
            ..CreateOptions::default()
        };
        let mut steps = vec![1 + rng.index(samples - 1)];
        while steps.iter().sum::<usize>() < samples {
            let left = samples - steps.iter().sum::<usize>();
            steps.push(1 + rng.index(left));
        }
        check(
            &collection,
            &steps,
            &create,
            &format!("seed {seed}: {create:?}"),
        );
    }
}

/// The payloads of parts, by stream and number.
fn payloads(path: &Path) -> Vec<(StoredPart, Vec<u8>)> {
    let archive = Archive::open(path).expect("an archive");
    let parts = archive.stored_parts().expect("a footer");
    let mut found = Vec::new();
    archive
        .read_parts(&parts, |part, _, payload| {
            found.push((*part, payload.to_vec()));
            Ok::<_, ArchiveError>(())
        })
        .expect("parts can be read");
    found
}

#[test]
fn what_nothing_is_added_to_is_copied_as_it_is() {
    let collection = Collection::simulated(&simulated(6, 60_000, 0.01));
    let before = collection.archive_of(5, &small(2));
    let (old, new) = (collection.path("old.agc"), collection.path("new.agc"));
    fs::write(&old, &before).expect("the temporary folder takes files");
    // The fourth sample under another name: every segment of it is known.
    let mut again = Collection::of(&[]);
    let text = fs::read(&collection.inputs()[3].path).expect("our own file");
    again.add("again.fa", &text);
    fs::write(&new, again.appended(&before, 0..1, 2)).expect("the temporary folder takes files");
    let (old, new) = (payloads(&old), payloads(&new));
    let segments = |parts: &[(StoredPart, Vec<u8>)]| {
        let mut parts: Vec<_> = parts
            .iter()
            .filter(|(part, _)| matches!(part.stream, Stream::Reference(_) | Stream::Packs(_)))
            .map(|(part, payload)| (part.stream, part.number, payload.clone()))
            .collect();
        parts.sort();
        parts
    };
    let (old_segments, new_segments) = (segments(&old), segments(&new));
    let changed: Vec<_> = old_segments
        .iter()
        .filter(|part| !new_segments.contains(part))
        .map(|(stream, number, _)| (stream.name(), number))
        .collect();
    // Older packs are not searched, so a delta may be stored once more; references and packs before the last stay.
    assert!(
        changed.iter().all(|(stream, _)| stream.ends_with('d')),
        "{changed:?}"
    );
    assert!(
        changed.len() * 2 < old_segments.len(),
        "{} of {} parts changed",
        changed.len(),
        old_segments.len()
    );
    for stream in [
        Stream::Params,
        Stream::Splitters,
        Stream::SegmentSplitters,
        Stream::FileTypeInfo,
    ] {
        let of = |parts: &[(StoredPart, Vec<u8>)]| {
            parts
                .iter()
                .find(|(part, _)| part.stream == stream)
                .map(|(_, payload)| payload.clone())
        };
        assert_eq!(of(&old), of(&new), "{stream:?}");
    }
}

/// Genomes of which some continue what golden archives hold.
fn newcomers(samples: &[Sample]) -> Collection {
    let mut collection = Collection::of(&[]);
    let longest = samples
        .iter()
        .max_by_key(|(_, records)| records.iter().map(|(_, bases)| bases.len()).sum::<usize>())
        .map(|(_, records)| records.clone())
        .unwrap_or_default();
    let mut rng = Rng::keyed(&[5]);
    for name in ["variant", "backwards"] {
        let mut text = Vec::new();
        for (contig, bases) in &longest {
            let mut bases = bases.clone();
            for _ in 0..bases.len() / 200 {
                let at = rng.index(bases.len());
                bases[at] = b"ACGTN"[rng.index(5)];
            }
            if name == "backwards" {
                reverse_complement(&mut bases);
            }
            text.extend_from_slice(b">");
            text.extend(contig.iter().filter(|byte| byte.is_ascii()));
            text.extend_from_slice(b"\n");
            text.extend_from_slice(&bases);
            text.push(b'\n');
        }
        collection.add(&format!("{name}.fa"), &text);
    }
    let mut text = Vec::new();
    let unrelated = Simulation::new(simulated(1, 20_000, 0.0));
    unrelated
        .write_sample(0, &mut text)
        .expect("memory takes all");
    collection.add("unrelated.fa", &text);
    collection.add("empty contigs.fa", b">a\n\n>b\n\n");
    collection
}

/// Archives in `folder`.
fn archives(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder of archives")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "agc"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn golden_archives_are_continued() {
    let mut paths = archives(&common::data());
    for version in ["v1.1", "v2.1"] {
        paths.extend(archives(&common::data().join(version)));
    }
    assert!(paths.len() >= 7, "{paths:?}");
    if let Some(golden) = common::golden() {
        for version in ["v1.1", "v2.1", "v3.0", "v3.2"] {
            paths.extend(archives(&golden.join(version)));
        }
        paths.push(golden.join("public/agc-v1.0-toy_ex/toy_ex.agc"));
    }
    for path in paths {
        let old = read_back(&path);
        let newcomers = newcomers(&old);
        let mut archive = fs::read(&path).expect("a golden archive");
        for file in [0..1, 1..2, 2..4] {
            let one = newcomers.appended(&archive, file.clone(), 1);
            let two = newcomers.appended(&archive, file, 2);
            assert!(one == two, "{}: two threads change it", path.display());
            archive = one;
        }
        let result = newcomers.path("result.agc");
        fs::write(&result, archive).expect("the temporary folder takes files");
        let want = [old, newcomers.samples()].concat();
        assert_same(&read_back(&result), &want, &path.display().to_string());
        let result = Archive::open(&result).expect("it was just read");
        let info = result.info().expect("it was just read");
        assert_eq!(info.file_version, (3, 0), "{}", path.display());
        assert!(info.params.segment_size > 0);
    }
}

/// Names of version 3 are coded in bytes from 80 hexadecimal up.
#[test]
fn names_that_version_3_has_no_room_for_are_refused() {
    let mut craft = Craft::default();
    let pairs = b"file_version_major\x002\0file_version_minor\x000\0";
    craft.part("file_type_info", 2, pairs);
    let params = [31, 20, 50, 60_000].map(u32::to_le_bytes).concat();
    craft.part("params", 0, &params);
    let main = "\x05\x02old\0\x01plain\0\0other\0\x01caf\u{e9}\0\0\0";
    craft.framed("collection-main", main.as_bytes());
    craft.framed("collection-details", b"");
    craft.part("splitters", 0, b"");
    craft.part("segment-splitters", 0, b"");
    let newcomer = Collection::of(&[("new.fa", b">x\nACGT\n")]);
    let error = try_append(&craft.finish(), &newcomer).expect_err("a name that is not ASCII");
    let message = error.to_string();
    assert!(
        message.contains("sample other") && message.contains("caf\u{e9}"),
        "{message}"
    );
}

/// What was known need not fit into the memory, and what is new still less: it is stored all the same.
#[test]
fn scarce_memory_gives_the_same_bytes_for_any_number_of_threads() {
    let mut collection = Collection::of(&[]);
    for number in 0..5 {
        let mut letters = b">c\n".to_vec();
        Rng::keyed(&[number.min(3)]).bases(7_000_000, &mut letters);
        letters[3..]
            .iter_mut()
            .step_by(100)
            .for_each(|base| *base = b'A');
        collection.add(&format!("s{number}.fa"), &letters);
    }
    let options = CreateOptions {
        level: Level::Fast,
        threads: 2,
        ..CreateOptions::default()
    };
    let old = collection.archive_of(4, &options);
    let path = collection.path("old.agc");
    fs::write(&path, &old).expect("the temporary folder takes files");
    let archive = Archive::open(&path).expect("it was just made");
    let at = |threads, memory_bytes| {
        let options = AppendOptions {
            level: Level::Fast,
            threads,
            memory_bytes,
            digests: Some(true),
        };
        let (mut out, progress) = (Vec::new(), Progress::default());
        let summary = append(
            &archive,
            &collection.inputs()[4..],
            options,
            &mut out,
            &progress,
        )
        .unwrap_or_else(|error| panic!("{options:?}: {error}"));
        (out, summary.warnings)
    };
    let (one, warnings) = at(1, 48 << 20);
    assert!(
        warnings
            .iter()
            .any(|warning| warning.contains("were not aligned to")),
        "{warnings:?}"
    );
    assert!(at(2, 48 << 20).0 == one, "2 threads change the archive");
    let path = collection.path("appended.agc");
    fs::write(&path, &one).expect("the temporary folder takes files");
    assert_same(&read_back(&path), &collection.samples(), "scarce memory");
    let (plentiful, warnings) = at(2, 4 << 30);
    assert!(warnings.is_empty() && plentiful.len() < one.len());
}

fn try_append(archive: &[u8], newcomer: &Collection) -> Result<Vec<u8>, CreateError> {
    let path = newcomer.path("archive.agc");
    fs::write(&path, archive).expect("the temporary folder takes files");
    let archive = Archive::open(&path)?;
    let mut out = Vec::new();
    append(
        &archive,
        newcomer.inputs(),
        AppendOptions::default(),
        &mut out,
        &Progress::default(),
    )?;
    Ok(out)
}

#[test]
fn samples_that_are_there_are_refused() {
    let collection = Collection::of(&[("a.fa", b">x\nACGT\n"), ("b.fa", b">x\nAC\n")]);
    let archive = collection.archive_of(2, &CreateOptions::default());
    let mut again = Collection::of(&[("c.fa", b">x\nACGT\n")]);
    assert!(try_append(&archive, &again).is_ok());
    again.add("b.fa", b">x\nACGT\n");
    let message = try_append(&archive, &again)
        .expect_err("b is there")
        .to_string();
    assert!(
        message.contains("`b`") && message.contains("already"),
        "{message}"
    );
    let none = Collection::of(&[]);
    assert!(matches!(
        try_append(&archive, &none),
        Err(CreateError::NoInputs)
    ));
}

/// Damage is an error that says where, or goes unnoticed where nothing tells it: it never panics, and never hangs.
#[test]
fn damaged_archives_end_in_errors() {
    let collection = Collection::simulated(&simulated(4, 4_000, 0.02));
    let archive = collection.archive_of(3, &small(3));
    let mut newcomer = Collection::of(&[]);
    let text = fs::read(&collection.inputs()[3].path).expect("our own file");
    newcomer.add("new.fa", &text);
    let mut errors = 0;
    let mut rng = Rng::keyed(&[11]);
    for at in (0..archive.len()).step_by(7) {
        let mut broken = archive.clone();
        broken[at] ^= 1 << rng.index(8);
        errors += usize::from(try_append(&broken, &newcomer).is_err());
    }
    assert!(errors > 50, "{errors} errors");
    for len in (0..archive.len()).step_by(97) {
        assert!(
            try_append(&archive[..len], &newcomer).is_err(),
            "cut at {len}"
        );
    }
}

#[test]
fn errors_say_which_part_is_broken() {
    let collection = Collection::simulated(&simulated(2, 20_000, 0.02));
    let archive = collection.archive_of(2, &small(50));
    let path = collection.path("whole.agc");
    fs::write(&path, &archive).expect("the temporary folder takes files");
    let mut newcomer = Collection::of(&[]);
    let text = fs::read(&collection.inputs()[1].path).expect("our own file");
    newcomer.add("new.fa", &text);
    // What the new sample says is in the last packs, which are read to find out.
    let parts = payloads(&path);
    for wanted in [
        Stream::Reference(20),
        Stream::Packs(20),
        Stream::Details,
        Stream::Contigs,
    ] {
        let (part, _) = parts
            .iter()
            .find(|(part, _)| part.stream == wanted)
            .expect("a part of the stream");
        let mut broken = archive.clone();
        let (start, end) = (
            part.offset as usize + 3,
            (part.offset + part.len_bytes) as usize,
        );
        broken[start..end].fill(0xEE);
        let message = try_append(&broken, &newcomer)
            .expect_err("broken")
            .to_string();
        assert!(message.contains(&wanted.name()), "{wanted:?}: {message}");
    }
}

#[test]
fn archives_with_gaps_between_their_groups_are_refused() {
    let collection = Collection::simulated(&simulated(2, 20_000, 0.02));
    let mut archive = collection.archive_of(1, &small(50));
    // The stream of group 20's reference gets a name that means nothing.
    let at = archive.rfind(b"xKr\0").expect("the footer lists it");
    archive[at] = b'y';
    let mut newcomer = Collection::of(&[]);
    newcomer.add("new.fa", b">x\nACGT\n");
    let message = try_append(&archive, &newcomer)
        .expect_err("a gap")
        .to_string();
    assert!(
        message.contains("group 20") && message.contains("xKr"),
        "{message}"
    );
}

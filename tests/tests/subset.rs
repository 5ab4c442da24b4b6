//! Archives of some of the samples of another: these give the same bases as before, the others are gone, whatever wrote it.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use common::craft::Craft;
use ragc_read::{Archive, ArchiveError, Stream};
use ragc_tests::collection::{Collection, Sample, assert_same, read_back};
use ragc_tests::rng::Rng;
use ragc_tests::simulate::Options;
use ragc_write::append::AppendOptions;
use ragc_write::create::{CreateError, CreateOptions, Inputs, Progress, Split, create};
use ragc_write::subset::subset;
use tempfile::TempDir;

/// Archives in a folder that goes when this goes.
struct Archives(TempDir);

impl Archives {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    /// A file that holds these bytes.
    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("archive.agc");
        fs::write(&path, bytes).expect("the temporary folder takes files");
        path
    }

    fn read(&self, bytes: &[u8]) -> Vec<Sample> {
        read_back(&self.file(bytes))
    }
}

fn try_subset(archive: &Path, samples: &[usize], threads: usize) -> Result<Vec<u8>, CreateError> {
    let archive = Archive::open(archive)?;
    let options = AppendOptions {
        threads,
        ..AppendOptions::default()
    };
    let (mut bytes, progress) = (Vec::new(), Progress::default());
    let summary = subset(&archive, samples, options, &mut bytes, &progress)?;
    assert_eq!(summary.archive_bytes, bytes.len() as u64);
    Ok(bytes)
}

/// The archive of some samples of another, which must be the same for any number of threads, hold just these, and be as
/// the format wants it.
fn check(archive: &[u8], all: &[Sample], samples: &[usize], what: &str) -> Vec<u8> {
    let archives = Archives::new();
    let path = archives.file(archive);
    let at = |threads| {
        try_subset(&path, samples, threads).unwrap_or_else(|error| panic!("{what}: {error}"))
    };
    let one = at(1);
    for threads in [2, 3] {
        assert!(
            one == at(threads),
            "{what}: {threads} threads change the archive"
        );
    }
    let want: Vec<Sample> = samples.iter().map(|&number| all[number].clone()).collect();
    let what = format!("{what}, {samples:?}");
    assert_same(&archives.read(&one), &want, &what);
    check_form(&archives.file(&one), &what);
    one
}

/// Groups without gaps, each with a reference; entries that lie in a pack each; nothing that nobody needs.
fn check_form(path: &Path, what: &str) {
    let archive = Archive::open(path).expect("it was just read");
    let pack_cardinality = archive
        .info()
        .expect("it was just read")
        .params
        .pack_cardinality;
    let parts = archive.stored_parts().expect("it was just read");
    let mut references = BTreeSet::new();
    let mut packs: BTreeMap<u32, usize> = BTreeMap::new();
    for part in &parts {
        match part.stream {
            Stream::Reference(group) => assert!(references.insert(group), "{what}: group {group}"),
            Stream::Packs(group) => *packs.entry(group).or_default() += 1,
            _ => {}
        }
    }
    let groups = 16 + references.len() as u32;
    assert!(
        references.iter().copied().eq(16..groups),
        "{what}: {references:?}"
    );
    assert!(
        (0..16).all(|group| packs.contains_key(&group)),
        "{what}: {packs:?}"
    );
    assert!(
        packs.keys().all(|&group| group < groups),
        "{what}: {packs:?}"
    );
    let mut needed = BTreeSet::new();
    for batch in 0..archive.batch_count().expect("it was just read") {
        archive
            .visit_batch(batch, |contigs| {
                for contig in 0..contigs.len() {
                    for segment in contigs.segments(contig).expect("a contig of the list") {
                        let first = u32::from(segment.group_id >= 16);
                        let pack = segment.in_group_id.checked_sub(first);
                        let pack = pack.map(|entry| (entry / pack_cardinality) as usize);
                        needed.insert((segment.group_id, pack));
                    }
                }
                Ok::<_, ArchiveError>(())
            })
            .expect("it was just read");
    }
    for &group in &references {
        let all = (group, None)..=(group, Some(usize::MAX));
        assert!(
            needed.range(all).next().is_some(),
            "{what}: nobody needs group {group}"
        );
    }
    for (&group, &count) in &packs {
        for pack in 0..count {
            let is_needed = needed.contains(&(group, Some(pack)));
            assert!(
                is_needed || (group < 16 && pack == 0),
                "{what}: pack {pack} of {group}"
            );
        }
    }
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
        seed: 43,
        samples,
        bases,
        divergence,
        contigs: 3,
        events_per_mb: 60.0,
        ..Options::default()
    }
}

/// Some of `count`, at least one, ascending.
fn some(count: usize, rng: &mut Rng) -> Vec<usize> {
    let one_in = 1 + rng.below(4);
    let mut samples: Vec<usize> = (0..count).filter(|_| rng.one_in(one_in)).collect();
    if samples.is_empty() {
        samples.push(rng.index(count));
    }
    samples
}

#[test]
fn packs_and_batches_are_made_anew_wherever_they_ended() {
    let collection = Collection::simulated(&simulated(9, 30_000, 0.01));
    let all = collection.samples();
    for pack_cardinality in [1, 2, 3, 4, 50] {
        let (archive, _) = collection.archive(&small(pack_cardinality));
        for samples in [
            &[0][..],
            &[8],
            &[0, 1, 2],
            &[1, 2, 3, 4],
            &[0, 2, 4, 6, 8],
            &[1, 3, 5, 7],
            &[0, 1, 2, 3, 4, 5, 6, 7],
            &[1, 2, 3, 4, 5, 6, 7, 8],
        ] {
            check(
                &archive,
                &all,
                samples,
                &format!("packs of {pack_cardinality}"),
            );
        }
    }
}

/// Random genomes, layouts, options and samples. A failure names its seed.
#[test]
fn random_collections() {
    for seed in 0..60 {
        let mut rng = Rng::keyed(&[seed, 79]);
        let count = 2 + rng.index(9);
        let options = Options {
            seed,
            samples: count,
            contigs: 1 + rng.index(5),
            bases: rng.length(0, 16),
            divergence: [0.0, 0.001, 0.02, 0.15][rng.index(4)],
            events_per_mb: [0.0, 20.0, 1000.0][rng.index(3)],
            draft_every: rng.index(4),
            ..Options::default()
        };
        let mut collection = Collection::simulated(&options);
        if rng.one_in(3) {
            collection.add("awkward.fa", b">empty\n\n>short\nACGT\n>empty too\n\n");
        }
        let create = CreateOptions {
            kmer_len: 17 + rng.below(16) as u32,
            min_match_len: 15 + rng.below(18) as u32,
            pack_cardinality: (rng.below(4) > 0).then(|| 1 + rng.below(6) as u32),
            segment_size: (rng.below(4) > 0).then(|| 100 + rng.length(0, 15) as u32),
            ..CreateOptions::default()
        };
        let what = format!("seed {seed}: {create:?}");
        let (archive, _) = collection.archive(&create);
        let all = collection.samples();
        let samples = some(all.len(), &mut rng);
        let taken = check(&archive, &all, &samples, &what);
        // Tables of other batches may happen to take more.
        assert!(
            taken.len() <= archive.len() + archive.len() / 50 + 20,
            "{what}: {} of {}",
            taken.len(),
            archive.len()
        );
        // What was taken is an archive like others: some of it can be taken, and it can be added to.
        let rest: Vec<Sample> = samples.iter().map(|&number| all[number].clone()).collect();
        check(&taken, &rest, &some(rest.len(), &mut rng), &what);
        let left: Vec<usize> = (0..all.len()).filter(|n| !samples.contains(n)).collect();
        if let Some(&next) = left.first() {
            let appended = collection.appended(&taken, next..next + 1, 2);
            let want = [rest, vec![all[next].clone()]].concat();
            assert_same(&Archives::new().read(&appended), &want, &what);
        }
    }
}

#[test]
fn all_samples_take_no_more_than_before_and_fewer_take_less() {
    let collection = Collection::simulated(&simulated(60, 60_000, 0.01));
    let all = collection.samples();
    for pack_cardinality in [Some(7), None] {
        let options = CreateOptions {
            pack_cardinality,
            threads: 2,
            ..CreateOptions::default()
        };
        let (archive, _) = collection.archive(&options);
        let everything: Vec<usize> = (0..all.len()).collect();
        let mut before = check(&archive, &all, &everything, "all");
        assert!(before.len() <= archive.len() + archive.len() / 1000);
        assert!(before == check(&before, &all, &everything, "all once more"));
        for left in [50, 30, 15, 5, 1] {
            let fewer = check(&archive, &all, &everything[60 - left..], "the last ones");
            assert!(
                fewer.len() < before.len(),
                "{left}: {} of {}",
                fewer.len(),
                before.len()
            );
            before = fewer;
        }
        let half: Vec<usize> = (0..all.len()).step_by(2).collect();
        let taken = check(&archive, &all, &half, "every second one");
        let mut files = Collection::of(&[]);
        for &number in &half {
            let input = &collection.inputs()[number];
            let text = fs::read(&input.path).expect("our own file");
            files.add(&format!("{}.fa", input.name), &text);
        }
        let (anew, _) = files.archive(&options);
        assert!(
            taken.len() < anew.len() + anew.len() / 10,
            "{} bytes taken, {} made anew",
            taken.len(),
            anew.len()
        );
    }
}

/// Where each pair of splitters leads: to this reference, as it is stored; nothing for raw groups.
fn led_to(archive: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let archives = Archives::new();
    let archive = Archive::open(archives.file(archive)).expect("an archive");
    let parts = archive.stored_parts().expect("a footer");
    let (mut references, mut records) = (BTreeMap::new(), Vec::new());
    archive
        .read_parts(&parts, |part, metadata, payload| {
            match part.stream {
                Stream::Reference(group) => {
                    references.insert(group, payload.to_vec());
                }
                Stream::SegmentSplitters => {
                    assert_eq!(metadata * 20, payload.len() as u64);
                    records = payload.to_vec();
                }
                _ => {}
            }
            Ok::<_, ArchiveError>(())
        })
        .expect("parts can be read");
    let record = |record: &[u8]| {
        let group = u32::from_le_bytes(record[16..].try_into().expect("4 bytes"));
        let reference = references.get(&group).cloned();
        assert!(reference.is_some() || group < 16, "no group {group}");
        (record[..16].to_vec(), reference.unwrap_or_default())
    };
    records.chunks(20).map(record).collect()
}

#[test]
fn splitters_lead_where_they_led_as_far_as_that_is_kept() {
    let collection = Collection::simulated(&simulated(5, 50_000, 0.3));
    let (archive, _) = collection.archive(&small(3));
    let before = led_to(&archive);
    for samples in [&[0, 1][..], &[1, 3], &[4]] {
        let taken = check(&archive, &collection.samples(), samples, "splitters");
        let after = led_to(&taken);
        assert!(
            after.len() > 1 && after.len() <= before.len(),
            "{}",
            after.len()
        );
        assert!(
            after
                .iter()
                .all(|(kmers, reference)| before.get(kmers) == Some(reference))
        );
    }
}

/// Of a sample without relatives nothing stays.
#[test]
fn what_only_others_have_is_gone() {
    let mut collection = Collection::of(&[]);
    for number in 0..6 {
        let mut text = b">c\n".to_vec();
        Rng::keyed(&[number % 3]).bases(20_000, &mut text);
        collection.add(&format!("s{number}.fa"), &text);
    }
    let (archive, _) = collection.archive(&small(2));
    let all = collection.samples();
    let taken = check(&archive, &all, &[1, 4], "one of three");
    // Five thousand bytes of sequence, and tables.
    assert!(taken.len() < 7000, "{} of {}", taken.len(), archive.len());
    assert!(
        taken.len() < archive.len() / 2,
        "{} of {}",
        taken.len(),
        archive.len()
    );
}

#[test]
fn samples_of_concatenated_files() {
    let mut rng = Rng::keyed(&[12]);
    let mut genome = Vec::new();
    rng.bases(3000, &mut genome);
    let mut text = Vec::new();
    for number in 0..300 {
        let mut bases = genome.clone();
        for _ in 0..rng.index(6) {
            let at = rng.index(bases.len());
            bases[at] = b"ACGTN"[rng.index(5)];
        }
        if number % 50 == 7 {
            bases.clear();
        }
        text.extend_from_slice(format!(">genome{number} of many\n").as_bytes());
        text.extend_from_slice(&bases);
        text.push(b'\n');
    }
    let archives = Archives::new();
    let file = archives.0.path().join("all.fa");
    fs::write(&file, text).expect("the temporary folder takes files");
    for pack_cardinality in [None, Some(20)] {
        let options = CreateOptions {
            pack_cardinality,
            ..CreateOptions::default()
        };
        let (mut archive, progress) = (Vec::new(), Progress::default());
        let inputs = [file.clone()];
        create(
            Inputs::Split(&inputs, Split::Contigs),
            &options,
            &mut archive,
            &progress,
        )
        .expect("a file of genomes");
        let all = archives.read(&archive);
        assert_eq!(all.len(), 300);
        for samples in [
            (0..100).collect::<Vec<_>>(),
            (0..300).step_by(3).collect(),
            (0..300).filter(|number| number % 100 != 3).collect(),
            vec![7],
        ] {
            let what = format!("packs of {pack_cardinality:?}");
            let taken = check(&archive, &all, &samples, &what);
            assert!(
                taken.len() < archive.len() + archive.len() / 50,
                "{} of {}",
                taken.len(),
                archive.len()
            );
        }
    }
}

/// The contents of golden archives are those that the manifest tells: tests/golden.rs compares them.
#[test]
fn golden_archives_of_all_versions() {
    let mut paths = archives_in(&common::data());
    for version in ["v1.1", "v2.1"] {
        paths.extend(archives_in(&common::data().join(version)));
    }
    assert!(paths.len() >= 7, "{paths:?}");
    if let Some(golden) = common::golden() {
        for folder in [
            "v1.1",
            "v2.1",
            "v3.0",
            "v3.2",
            "public/agc-v1.0-toy_ex",
            "public/agc-v3.0-toy_ex",
        ] {
            paths.extend(archives_in(&golden.join(folder)));
        }
    }
    let mut rng = Rng::keyed(&[13]);
    for path in paths {
        let all = read_back(&path);
        let archive = fs::read(&path).expect("a golden archive");
        let what = path.display().to_string();
        let half: Vec<usize> = (0..all.len()).step_by(2).collect();
        let without_first: Vec<usize> = (1..all.len()).collect();
        for samples in [
            half,
            without_first,
            some(all.len(), &mut rng),
            (0..all.len()).collect(),
        ] {
            if samples.is_empty() {
                continue;
            }
            let taken = check(&archive, &all, &samples, &what);
            let archives = Archives::new();
            let path = archives.file(&taken);
            let taken = Archive::open(path).expect("it was just read");
            let info = taken.info().expect("it was just read");
            assert_eq!(info.file_version, (3, 0), "{what}");
            assert!(info.params.segment_size > 0, "{what}");
        }
    }
}

fn archives_in(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder of archives")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "agc"))
        .collect();
    paths.sort();
    paths
}

/// Groups that the archive does not hold are an error for who needs them, and for no one else.
#[test]
fn samples_of_which_something_is_missing_are_named() {
    let params = [31, 20, 5, 60_000];
    let contig = |group, entry, len| vec![("c".to_owned(), vec![(group, entry, len, false)])];
    let mut craft = Craft::default();
    craft.header(params);
    craft.collection(
        params,
        &[
            ("whole".into(), contig(0, 1, 4)),
            ("no group".into(), contig(20, 0, 4)),
            ("no pack".into(), contig(0, 12, 4)),
            ("no entry".into(), contig(0, 3, 4)),
            ("failed".into(), contig(u32::MAX, u32::MAX, 4)),
        ],
    );
    craft.part("x0d", 0, b"\x7F\xFF\x00\x01\x02\x03\xFF");
    let (archives, taken) = (Archives::new(), Archives::new());
    let path = archives.file(&craft.finish());
    let whole = try_subset(&path, &[0], 1).expect("all of it is there");
    assert_eq!(taken.read(&whole)[0].1[0].1, b"ACGT");
    for (sample, expected) in [
        (1, ["sample no group, contig c", "entry 0 of group 20"]),
        (2, ["sample no pack, contig c", "entry 12 of group 0"]),
        (3, ["sample no entry, contig c", "entry 3 of group 0"]),
        (4, ["sample failed, contig c", "of group 4294967295"]),
    ] {
        let error = try_subset(&path, &[0, sample], 2).expect_err("something is missing");
        let message = error.to_string();
        assert!(
            expected.iter().all(|part| message.contains(part)),
            "{message}"
        );
    }
}

#[test]
fn samples_that_are_not_there_are_refused() {
    let collection = Collection::of(&[("a.fa", b">x\nACGT\n"), ("b.fa", b">x\nAC\n")]);
    let (archive, _) = collection.archive(&CreateOptions::default());
    let archives = Archives::new();
    let path = archives.file(&archive);
    for samples in [&[][..], &[2], &[0, 7]] {
        let refused = try_subset(&path, samples, 1);
        assert!(
            matches!(refused, Err(CreateError::Continue(_))),
            "{samples:?}"
        );
    }
    let taken = try_subset(&path, &[1, 0, 1], 1).expect("order and repeats do not matter");
    assert_same(&archives.read(&taken), &collection.samples(), "all");
}

/// Damage is an error, or goes unnoticed where nothing tells it: it never panics, and never hangs.
#[test]
fn damaged_archives_end_in_errors() {
    let collection = Collection::simulated(&simulated(4, 4_000, 0.02));
    let archive = collection.archive_of(4, &small(3));
    let archives = Archives::new();
    let mut errors = 0;
    let mut rng = Rng::keyed(&[11]);
    for at in (0..archive.len()).step_by(5) {
        let mut broken = archive.clone();
        broken[at] ^= 1 << rng.index(8);
        errors += usize::from(try_subset(&archives.file(&broken), &[1, 3], 2).is_err());
    }
    assert!(errors > 50, "{errors} errors");
    for len in (0..archive.len()).step_by(97) {
        let cut = archives.file(&archive[..len]);
        assert!(try_subset(&cut, &[1, 3], 2).is_err(), "cut at {len}");
    }
}

#[test]
fn errors_say_which_part_is_broken() {
    let collection = Collection::simulated(&simulated(4, 20_000, 0.02));
    let (archive, _) = collection.archive(&small(50));
    let archives = Archives::new();
    let parts = Archive::open(archives.file(&archive))
        .and_then(|archive| archive.stored_parts())
        .expect("a footer");
    // Packs of which some is needed are unpacked, and tables are made anew.
    for wanted in [Stream::Packs(20), Stream::Details, Stream::Contigs] {
        let part = parts.iter().find(|part| part.stream == wanted);
        let part = part.expect("a part of the stream");
        let mut broken = archive.clone();
        let end = (part.offset + part.len_bytes) as usize;
        broken[part.offset as usize + 3..end].fill(0xEE);
        let message = try_subset(&archives.file(&broken), &[1, 2], 2)
            .expect_err("broken")
            .to_string();
        assert!(message.contains(&wanted.name()), "{wanted:?}: {message}");
    }
}

#[test]
fn too_little_memory_is_an_error() {
    let collection = Collection::of(&[("a.fa", b">x\nACGT\n")]);
    let (archive, _) = collection.archive(&CreateOptions::default());
    let archives = Archives::new();
    let archive = Archive::open(archives.file(&archive)).expect("an archive");
    let options = AppendOptions {
        memory_bytes: 1 << 20,
        ..AppendOptions::default()
    };
    let refused = subset(&archive, &[0], options, Vec::new(), &Progress::default());
    assert!(matches!(refused, Err(CreateError::Memory(_))));
}

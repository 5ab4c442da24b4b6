//! Archives laid out for reading over a network: the same parts, in an order that a region takes few requests of.

use std::collections::BTreeMap;
use std::env::temp_dir;
use std::fs;
use std::path::Path;

use bstr::BStr;
use ragc_read::{Archive, ArchiveError, StoredPart, Stream};
use ragc_tests::collection::{Collection, assert_same, read_back};
use ragc_tests::layout::{Layout, merged};
use ragc_tests::simulate::Options;
use ragc_write::arrange::{ArrangeOptions, Arranged, arrange, is_arranged};
use ragc_write::create::{CreateError, CreateOptions, Progress};
use ragc_write::verify::{self, verify};

/// Genomes of which each has islands and insertions that those before lack.
fn collection() -> Collection {
    Collection::simulated(&Options {
        seed: 5,
        samples: 12,
        contigs: 2,
        bases: 600_000,
        divergence: 0.01,
        accessory_share: 0.1,
        events_per_mb: 30.0,
        draft_every: 3,
        draft_contigs_per_mb: 10.0,
        ..Options::default()
    })
}

/// Short segments and packs, so that there are many groups, several packs of them, and several batches.
fn small() -> CreateOptions {
    CreateOptions {
        segment_size: Some(5000),
        pack_cardinality: Some(4),
        digests: Some(true),
        threads: 2,
        ..CreateOptions::default()
    }
}

/// The archive of a collection as it is written, and where it lies.
fn written(collection: &Collection, options: &CreateOptions) -> Archive {
    let path = collection.path("written.agc");
    fs::write(&path, collection.archive(options).0).expect("the temporary folder takes files");
    Archive::open(path).expect("our archive opens")
}

fn arranged(archive: &Archive, index: Option<bool>) -> (Vec<u8>, Arranged) {
    let scratch = temp_dir();
    let options = ArrangeOptions {
        index,
        scratch: &scratch,
    };
    let mut bytes = Vec::new();
    let done = arrange(archive, options, &mut bytes, &Progress::default());
    let done = done.unwrap_or_else(|error| panic!("arrange: {error}"));
    assert_eq!(done.archive_bytes, bytes.len() as u64);
    (bytes, done)
}

fn kept(collection: &Collection, name: &str, bytes: &[u8]) -> Archive {
    let path = collection.path(name);
    fs::write(&path, bytes).expect("the temporary folder takes files");
    Archive::open(path).expect("our archive opens")
}

fn parts(archive: &Archive) -> Vec<StoredPart> {
    archive.stored_parts().expect("a footer")
}

/// Metadata and payload of all parts but the index.
fn payloads(archive: &Archive) -> BTreeMap<(Stream, usize), (u64, Vec<u8>)> {
    let mut parts = parts(archive);
    parts.retain(|part| part.stream != Stream::Index);
    let mut found = BTreeMap::new();
    let read = archive.read_parts(&parts, |part, metadata, payload| {
        found.insert((part.stream, part.number), (metadata, payload.to_vec()));
        Ok::<_, ArchiveError>(())
    });
    read.expect("parts can be read");
    found
}

/// Groups in the order of the reference sample's contigs, each once.
fn of_reference_sample(archive: &Archive) -> Vec<u32> {
    let samples = archive.samples().expect("samples");
    let name = samples.get(0).expect("a sample");
    let contigs = archive.segment_table(name).expect("contigs");
    let mut groups = Vec::new();
    for contig in 0..contigs.len() {
        for segment in contigs.segments(contig).expect("a contig") {
            if !segment.is_raw() && !groups.contains(&segment.group_id) {
                groups.push(segment.group_id);
            }
        }
    }
    groups
}

/// For each pack the first batch with a sample that has a segment in it.
fn opened(archive: &Archive) -> BTreeMap<(u32, usize), usize> {
    let params = archive.info().expect("it opens").params;
    let mut opened = BTreeMap::new();
    for batch in 0..archive.batch_count().expect("it opens") {
        let visited = archive.visit_batch(batch, |contigs| {
            for contig in 0..contigs.len() {
                for segment in contigs.segments(contig).expect("a contig") {
                    if let (Stream::Packs(group), number) = segment.stored_in(&params) {
                        opened.entry((group, number)).or_insert(batch);
                    }
                }
            }
            Ok::<_, ArchiveError>(())
        });
        visited.expect("tables can be read");
    }
    opened
}

fn requests(archive: &Archive, len: u64, gap: u64) -> (usize, usize) {
    let layout = Layout::of(archive).expect("a footer");
    let (mut windows, mut requests) = (0, 0);
    for sample in archive.samples().expect("samples").iter() {
        let contigs = archive.contigs(sample).expect("contigs");
        for (number, contig) in contigs.iter().enumerate() {
            for window in 0..contig.len_bases / len {
                let range = window * len..(window + 1) * len;
                let parts = layout.parts_of(archive, sample, number, &range);
                windows += 1;
                requests += merged(&parts.expect("a contig"), gap).len();
            }
        }
    }
    (windows, requests)
}

#[test]
fn parts_lie_in_the_order_that_is_promised() {
    let collection = collection();
    let archive = written(&collection, &small());
    let (bytes, done) = arranged(&archive, Some(true));
    let archive = kept(&collection, "arranged.agc", &bytes);
    let parts = parts(&archive);
    // One behind the other from the beginning on, the index first.
    assert_eq!((parts[0].stream, parts[0].offset), (Stream::Index, 0));
    assert_eq!(done.index_bytes, Some(parts[0].len_bytes));
    assert!(bytes[1..].starts_with(b"ragindex"));
    for pair in parts.windows(2) {
        let gap = pair[1].offset - pair[0].offset - pair[0].len_bytes;
        assert!((1..=9).contains(&gap), "{pair:?}");
    }
    let turn = |stream| match stream {
        Stream::Index => 0,
        Stream::Reference(_) => 1,
        Stream::Packs(16..) => 2,
        Stream::Packs(_) => 3,
        Stream::Splitters => 4,
        Stream::SegmentSplitters => 5,
        Stream::Digests => 6,
        Stream::Contigs | Stream::Details => 7,
        Stream::Samples => 8,
        Stream::Params => 9,
        _ => 10,
    };
    assert!(parts.is_sorted_by_key(|part| turn(part.stream)));
    let of_turn = |wanted| parts.iter().filter(move |part| turn(part.stream) == wanted);
    for wanted in 0..=10 {
        assert!(of_turn(wanted).next().is_some(), "{wanted}");
    }

    let order: Vec<u32> = of_turn(1)
        .map(|part| match part.stream {
            Stream::Reference(group) => group,
            other => panic!("{other:?}"),
        })
        .collect();
    // Those of the reference sample in its order, then all others.
    let reference = of_reference_sample(&archive);
    assert_eq!(order[..reference.len()], reference);
    let born_later = order.len() - reference.len();
    assert!(born_later > 20, "{born_later}");
    let place = |group: &u32| order.iter().position(|other| other == group);

    // Packs by the batch of samples that opened them, and of one turn as their references.
    let opened = opened(&archive);
    let mut packs = Vec::new();
    for part in of_turn(2) {
        let Stream::Packs(group) = part.stream else {
            panic!("{part:?}");
        };
        let batch = opened[&(group, part.number)];
        let among = (0..part.number).filter(|&number| opened[&(group, number)] == batch);
        packs.push((batch, among.count(), place(&group)));
    }
    assert!(packs.is_sorted(), "{packs:?}");
    for part in 0..2 {
        assert!(
            packs
                .iter()
                .any(|&(batch, among, _)| [batch, among][part] > 0)
        );
    }
    assert!(is_arranged(&parts));
    // What describes a batch is together.
    let batches = of_turn(7).map(|part| part.number).collect::<Vec<_>>();
    assert_eq!(batches, [0, 0, 1, 1, 2, 2]);
    // The tool that continues archives needs these three first; the index is last.
    let (start, end) = footer(&bytes);
    let names = [
        "collection-samples\0",
        "collection-contigs\0",
        "collection-details\0",
    ];
    let at = names.map(|name| find(&bytes[start..end], name.as_bytes()));
    assert!(at[0] < 8 && at.is_sorted());
    let index = find(&bytes[start..end], b"ragc-index\0");
    assert!(end - start - index < 30, "the last stream");
}

fn footer(bytes: &[u8]) -> (usize, usize) {
    let end = bytes.len() - 8;
    let len = u64::from_le_bytes(bytes[end..].try_into().expect("8 bytes"));
    (end - len as usize, end)
}

fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    let found = bytes
        .windows(wanted.len())
        .position(|bytes| bytes == wanted);
    found.expect("it is there")
}

#[test]
fn a_region_takes_fewer_requests() {
    let collection = collection();
    let archive = written(&collection, &small());
    let (bytes, _) = arranged(&archive, Some(true));
    let arranged = kept(&collection, "arranged.agc", &bytes);
    let (windows, before) = requests(&archive, 100_000, 4096);
    let (_, after) = requests(&arranged, 100_000, 4096);
    assert!(windows > 30);
    assert!(
        after < before && after < windows * 6,
        "{windows} windows: {before} requests before, {after} after"
    );
}

#[test]
fn nothing_but_the_order_changes_and_once_is_enough() {
    let collection = collection();
    let archive = written(&collection, &small());
    let before = payloads(&archive);
    for index in [false, true] {
        let (bytes, done) = arranged(&archive, Some(index));
        assert_eq!(done.index_bytes.is_some(), index);
        let once = kept(&collection, "once.agc", &bytes);
        assert!(payloads(&once) == before);
        let streams = once.info().expect("it opens").stream_count;
        let streams_before = archive.info().expect("it opens").stream_count;
        assert_eq!(streams, streams_before + usize::from(index));
        let (again, _) = arranged(&once, Some(index));
        assert!(again == bytes, "arranged twice, index: {index}");
        // The index comes and goes, the rest stays.
        let (other, _) = arranged(&once, Some(!index));
        let directly = arranged(&archive, Some(!index)).0;
        assert!(other == directly);
        let path = collection.path("once.agc");
        assert_same(&read_back(&path), &collection.samples(), "arranged");
        check_verified(&path);
    }
}

fn check_verified(path: &Path) {
    let archive = Archive::open(path).expect("it opens");
    let tell = |error: &ArchiveError| panic!("{error}");
    let verified = verify(&archive, 2, &verify::Progress::default(), tell);
    let verified = verified.expect("it can be read");
    assert!(verified.digests == verified.contigs && verified.errors == 0);
}

#[test]
fn small_archives_get_an_index_only_when_told() {
    let collection = Collection::of(&[("a.fa", b">one\nACGTACGT\n")]);
    let archive = written(&collection, &CreateOptions::default());
    assert_eq!(arranged(&archive, None).1.index_bytes, None);
    let (bytes, done) = arranged(&archive, Some(true));
    assert!(done.index_bytes.is_some());
    let arranged = kept(&collection, "arranged.agc", &bytes);
    let contigs = arranged.contigs(BStr::new("a")).expect("a sample");
    assert_eq!(contigs.len(), 1);
    let large = Collection::simulated(&Options {
        samples: 1,
        bases: 5_000_000,
        ..Options::default()
    });
    let archive = written(&large, &CreateOptions::default());
    let (_, done) = self::arranged(&archive, None);
    assert!(done.index_bytes.is_some(), "{} bytes", done.archive_bytes);
}

#[test]
fn archives_of_older_versions_are_not_arranged() {
    for version in ["v1.1", "v2.1"] {
        let folder = ragc_tests::tools::repository()
            .join("tests/data")
            .join(version);
        let files = fs::read_dir(folder).expect("test data");
        let paths = files.flatten().map(|file| file.path());
        let path = paths.filter(|path| path.extension().is_some_and(|ext| ext == "agc"));
        let archive = Archive::open(path.min().expect("an archive")).expect("it opens");
        let scratch = temp_dir();
        let options = ArrangeOptions {
            index: None,
            scratch: &scratch,
        };
        let refused = arrange(&archive, options, Vec::new(), &Progress::default());
        let Err(CreateError::Continue(why)) = refused else {
            panic!("{version}: {refused:?}");
        };
        assert!(why.contains("only those of version 3"), "{why}");
    }
}

//! What the tables alone tell of segments: the same by an index, without any part of their sequences; and that the first
//! segment of a group is its reference, whoever wrote the archive, so that who founded a group can be told.

mod common;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bstr::BStr;
use common::{Source, Supply, data, golden};
use ragc_read::{Archive, Limits, PartSize, Stream};
use ragc_tests::binary::Run;
use ragc_tests::collection::Collection;
use ragc_tests::simulate::Options;
use ragc_tests::tools;
use ragc_write::create::CreateOptions;
use ragc_write::index::sidecar;

fn archives() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for folder in [Some(data()), golden()].into_iter().flatten() {
        folders.extend(["v1.1", "v2.1", "v3.0", "v3.2"].map(|version| folder.join(version)));
        folders.push(folder);
    }
    let files = folders.iter().filter_map(|folder| folder.read_dir().ok());
    let files = files.flatten().map(|entry| entry.unwrap().path());
    let found: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|e| e == "agc"))
        .collect();
    assert!(found.len() > 4, "the archives of the project");
    found
}

/// Asks for all segments and sizes, by the tables and by an index, and compares. Returns how many groups there are.
fn check(path: &Path) -> usize {
    let what = path.display().to_string();
    let archive = Archive::open(path).unwrap();
    let file = fs::read(path).unwrap();
    let (index, facts) = sidecar(&archive, &std::env::temp_dir(), &Default::default()).unwrap();
    let mut bytes = Vec::new();
    index.write(&facts, &mut bytes).unwrap();
    let mut plain = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
    let mut indexed = Source::indexed(&file, Some(&bytes), Limits::default()).unwrap();
    let samples = plain.ask(|r| r.samples()).unwrap();
    let mut first_entries = HashMap::new();
    let (mut group_of, mut rank_of) = (HashMap::new(), HashMap::new());
    for sample in samples.iter() {
        let table = archive.segment_table(sample).unwrap();
        let found = plain.ask(|r| r.segments_of(sample, 0..usize::MAX)).unwrap();
        assert_eq!(found.ends.len(), table.len());
        let all = (0..table.len()).flat_map(|contig| table.segments(contig).unwrap());
        assert!(all.eq(found.segments.iter().copied()), "{what}, {sample}");
        let by_index = indexed
            .ask(|r| r.segments_of(sample, 0..usize::MAX))
            .unwrap();
        assert_eq!(by_index, found, "{what}, {sample}");
        let by_rank = indexed.ask(|r| r.ranked_segments_of(sample, 0..usize::MAX));
        let by_rank = by_rank.unwrap();
        assert_eq!(by_rank.ends, found.ends, "{what}, {sample}");
        for (ranked, segment) in by_rank.segments.iter().zip(&found.segments) {
            let (rank, group_id) = (ranked.group_id, segment.group_id);
            assert_eq!(*group_of.entry(rank).or_insert(group_id), group_id);
            assert_eq!(*rank_of.entry(group_id).or_insert(rank), rank);
            assert_eq!(ranked.is_raw(), segment.is_raw());
            let mut with_group = *ranked;
            with_group.group_id = group_id;
            assert_eq!(with_group, *segment, "{what}, {sample}");
        }
        let without = plain.ask(|r| r.ranked_segments_of(sample, 0..usize::MAX));
        assert_eq!(without.unwrap(), found, "{what}, {sample}");
        let middle = table.len() / 2;
        for contigs in [middle..middle + 1, 1..middle, 3..3, 7..1 << 40] {
            let some = plain
                .ask(|r| r.segments_of(sample, contigs.clone()))
                .unwrap();
            let by_index = indexed
                .ask(|r| r.segments_of(sample, contigs.clone()))
                .unwrap();
            assert_eq!(by_index, some, "{what}, {sample}, {contigs:?}");
            let end = contigs.end.min(table.len());
            let want = (contigs.start..end).flat_map(|contig| table.segments(contig).unwrap());
            assert!(want.eq(some.segments), "{what}, {sample}, {contigs:?}");
        }
        for segment in found.segments.iter().filter(|segment| !segment.is_raw()) {
            first_entries
                .entry(segment.group_id)
                .or_insert(segment.in_group_id);
        }
    }
    assert!(
        first_entries.values().all(|entry| *entry == 0),
        "{what}: the first segment of a group is its reference"
    );
    check_sizes(&what, &archive, &mut plain, &mut indexed);
    nothing_read_of_sequences(&what, &archive, &plain);
    nothing_read_of_sequences(&what, &archive, &indexed);
    let missing = BStr::new("no such sample");
    assert!(plain.ask(|r| r.segments_of(missing, 0..1)).is_err());
    assert!(indexed.ask(|r| r.segments_of(missing, 0..1)).is_err());
    first_entries.len()
}

fn check_sizes(what: &str, archive: &Archive, plain: &mut Source<'_>, indexed: &mut Source<'_>) {
    let stored = archive.stored_parts().unwrap();
    let mut want: Vec<PartSize> = stored
        .iter()
        .filter_map(|part| {
            let (group_id, pack) = match part.stream {
                Stream::Reference(group) => (group, None),
                Stream::Packs(group) => (group, Some(part.number as u32)),
                _ => return None,
            };
            let len_bytes = part.len_bytes;
            Some(PartSize {
                group_id,
                pack,
                len_bytes,
            })
        })
        .collect();
    let key = |part: &PartSize| (part.group_id, part.pack);
    want.sort_by_key(key);
    let mut found = plain.ask(|r| r.sizes()).unwrap();
    found.parts.sort_by_key(key);
    assert_eq!(found.parts, want, "{what}");
    let mut by_index = indexed.ask(|r| r.sizes()).unwrap();
    by_index.parts.sort_by_key(key);
    assert_eq!(by_index.parts, want, "{what}");
    assert_eq!(by_index.footer_len_bytes, found.footer_len_bytes);
    assert_eq!(by_index.index_len_bytes, 0, "it is beside the archive");
}

/// That what was read lies outside of all references and packs, but for the bytes that a part's metadata may take.
fn nothing_read_of_sequences(what: &str, archive: &Archive, source: &Source<'_>) {
    let parts = archive.stored_parts().unwrap();
    let sequences = parts.iter().filter(|part| {
        part.len_bytes > 0 && matches!(part.stream, Stream::Reference(_) | Stream::Packs(_))
    });
    let sequences: Vec<_> = sequences
        .map(|part| part.offset + 9..part.offset + 1 + part.len_bytes)
        .collect();
    // The seal of an index is the end of the file, whatever lies there.
    for range in source.rounds.iter().skip(1).flatten() {
        let crossed = sequences
            .iter()
            .find(|part| range.start < part.end && part.start < range.end);
        assert_eq!(crossed, None, "{what}: read {range:?}");
    }
}

fn simulated() -> Collection {
    Collection::simulated(&Options {
        seed: 33,
        samples: 9,
        contigs: 3,
        bases: 300_000,
        divergence: 0.02,
        events_per_mb: 40.0,
        ..Options::default()
    })
}

#[test]
fn segments_and_sizes_are_told_by_tables_and_index_alike() {
    let groups: usize = archives().iter().map(|path| check(path)).sum();
    assert!(groups > 100);
}

#[test]
fn those_of_our_archives_are() {
    let collection = simulated();
    for (pack_cardinality, segment_size) in [(None, Some(8000)), (Some(4), Some(2000))] {
        let options = CreateOptions {
            pack_cardinality,
            segment_size,
            threads: 2,
            ..CreateOptions::default()
        };
        let path = collection.path("ours.agc");
        fs::write(&path, collection.archive(&options).0).unwrap();
        assert!(check(&path) > 5);
    }
}

#[test]
fn those_of_the_cpp_tools_archives_are() {
    let Some(agc) = tools::agc() else { return };
    let collection = simulated();
    for mode in [&[][..], &["-a", "-t", "2"], &["-b", "3", "-s", "1500"]] {
        let path = collection.path("theirs.agc");
        let mut command = Command::new(&agc);
        command.arg("create").args(mode).arg("-o").arg(&path);
        command.args(collection.inputs().iter().map(|input| &input.path));
        Run::of(&mut command, &collection.path("")).success();
        assert!(check(&path) > 5, "{mode:?}");
    }
}

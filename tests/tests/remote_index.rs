//! Archives on servers that are read by an index: how many rounds of requests they take, and how many bytes.

mod common;

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use bstr::BStr;
use common::Dice;
use common::craft::{Contig, Craft, Segment};
use ragc_read::{Archive, ArchiveError, Error, IndexChoice, IndexUse, OpenOptions};
use ragc_tests::server::{Habit, Server};
use ragc_write::arrange::{ArrangeOptions, arrange};
use ragc_write::index::sidecar;

const PARAMS: [u32; 4] = [31, 20, 50, 100];
const GROUPS: u32 = 30_000;
const SAMPLES: u32 = 3;
/// Entries of a group: its reference, and deltas.
const ENTRIES: u64 = 3;

/// The name of a group's stream.
fn stream(group: u32, kind: char) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_#";
    let mut name = String::from("x");
    let mut rest = group;
    loop {
        name.push(char::from(digits[rest as usize % 64]));
        rest /= 64;
        if rest == 0 {
            break;
        }
    }
    name.push(kind);
    name
}

/// Samples of two long contigs and a short one, as segments of all groups, of lengths that do not compress.
fn file() -> Vec<u8> {
    let mut dice = Dice(3);
    let mut craft = Craft::default();
    let mut lengths: Vec<Vec<u32>> = Vec::new();
    for group in 16..16 + GROUPS {
        let of_group: Vec<u32> = (0..ENTRIES).map(|_| 60 + dice.below(400) as u32).collect();
        let mut letters = |len: u32, first: u8| -> Vec<u8> {
            (0..len).map(|_| first + dice.below(4) as u8).collect()
        };
        craft.part(&stream(group, 'r'), 0, &letters(of_group[0], 0));
        let deltas = of_group[1..]
            .iter()
            .map(|&len| [letters(len, b'A'), vec![0xFF]].concat());
        craft.part(&stream(group, 'd'), 0, &deltas.collect::<Vec<_>>().concat());
        lengths.push(of_group);
    }
    craft.header(PARAMS);
    let samples: Vec<(String, Vec<Contig>)> = (0..SAMPLES)
        .map(|sample| {
            let mut segment = |group: u32| -> Segment {
                let entry = dice.below(ENTRIES) as u32;
                let len = lengths[group as usize][entry as usize];
                (16 + group, entry, len, false)
            };
            let mut contig = |name: &str, groups: std::ops::Range<u32>| -> Contig {
                // What is inserted in a sample shifts what comes after it.
                let inserted = (0..sample).map(|group| group * 7);
                let groups = inserted.chain(groups).collect::<Vec<_>>();
                let segments = groups.into_iter().map(&mut segment).collect();
                (format!("s{sample}#1#{name} of sample {sample}"), segments)
            };
            let contigs = vec![
                contig("chr1", 0..GROUPS / 2),
                contig("chr2", GROUPS / 2..GROUPS - 50),
                contig("chrM", GROUPS - 50..GROUPS),
            ];
            (format!("s{sample}"), contigs)
        })
        .collect();
    craft.collection(PARAMS, &samples);
    craft.finish()
}

/// An archive without an index, its index, and one with an index in it.
struct Files {
    plain: Vec<u8>,
    index: Vec<u8>,
    arranged: Vec<u8>,
}

fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.agc");
        let plain = file();
        fs::write(&path, &plain).unwrap();
        let archive = Archive::open(&path).unwrap();
        let (made, facts) = sidecar(&archive, folder.path(), &Default::default()).unwrap();
        let (mut index, mut arranged) = (Vec::new(), Vec::new());
        made.write(&facts, &mut index).unwrap();
        let options = ArrangeOptions {
            index: Some(true),
            scratch: folder.path(),
        };
        arrange(&archive, options, &mut arranged, &Default::default()).unwrap();
        Files {
            plain,
            index,
            arranged,
        }
    })
}

/// What a file on this machine says of a window.
fn want(sample: &str, contig: usize, range: std::ops::Range<u64>) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.agc");
    fs::write(&path, &files().plain).unwrap();
    let region = ragc_read::Region {
        sample: sample.into(),
        contig,
        range,
    };
    Archive::open(&path).unwrap().bases(&region).unwrap()
}

/// Rounds and bytes since `before`, which becomes what they are now.
fn taken(archive: &Archive, before: &mut ragc_read::Traffic) -> (u64, u64) {
    let now = archive.traffic();
    let since = (now.rounds - before.rounds, now.bytes - before.bytes);
    *before = now;
    since
}

/// Asks for windows as someone does who looks around, and holds rounds and bytes against what is allowed.
fn look_around(archive: &Archive) {
    let mut traffic = ragc_read::Traffic::default();
    let range = 1_000_000..1_010_000;
    let bases = |sample: &str, contig: &str| {
        archive
            .bases_of(sample.into(), contig.into(), range.clone())
            .unwrap()
    };
    let samples = archive.samples().unwrap();
    assert_eq!(samples.len(), SAMPLES as usize);
    let contigs = archive.contigs("s0".into()).unwrap();
    assert_eq!(contigs.len(), 3);
    assert!(bases("s0", "s0#1#chr1") == want("s0", 0, range.clone()));
    let (rounds, bytes) = taken(archive, &mut traffic);
    assert!(
        rounds <= 4 && bytes <= 300_000,
        "{rounds} rounds, {bytes} bytes"
    );
    // The same in a sample never seen before: foretold by the first one.
    assert!(bases("s2", "s2#1#chr1") == want("s2", 0, range.clone()));
    let (rounds, bytes) = taken(archive, &mut traffic);
    assert!(
        rounds <= 2 && bytes <= 120_000,
        "{rounds} rounds, {bytes} bytes"
    );
    // The contigs of a sample are known; the window is not.
    assert!(bases("s2", "s2#1#chr2") == want("s2", 1, range.clone()));
    let (rounds, bytes) = taken(archive, &mut traffic);
    assert!(
        rounds <= 2 && bytes <= 120_000,
        "{rounds} rounds, {bytes} bytes"
    );
    // By name in all samples.
    let found = archive.locate("s1#1#chrM".into()).unwrap();
    assert_eq!((found.len(), found[0].contig), (1, 2));
    let (rounds, bytes) = taken(archive, &mut traffic);
    assert!(
        rounds <= 1 && bytes <= 60_000,
        "{rounds} rounds, {bytes} bytes"
    );
}

#[test]
fn an_index_in_the_archive_takes_four_rounds_to_the_first_bases() {
    let server = Server::start(files().arranged.clone(), Habit::Good);
    let archive = Archive::open_url(&server.address).unwrap();
    assert_eq!(archive.info().unwrap().index, IndexUse::Embedded);
    look_around(&archive);
    assert!(archive.warnings().is_empty());
}

#[test]
fn an_index_beside_the_archive_is_found_and_takes_as_many() {
    let Files { plain, index, .. } = files();
    let server = Server::start_with(plain.clone(), Some(index.clone()), Habit::Good);
    let archive = Archive::open_url(&server.address).unwrap();
    assert_eq!(archive.info().unwrap().index, IndexUse::Beside);
    look_around(&archive);
    assert!(archive.warnings().is_empty());
}

#[test]
fn without_an_index_it_takes_the_tables() {
    let Files { plain, index, .. } = files();
    let server = Server::start_with(plain.clone(), Some(index.clone()), Habit::Good);
    let options = OpenOptions {
        index: IndexChoice::None,
        ..OpenOptions::default()
    };
    let archive = Archive::open_url_with(&server.address, &options).unwrap();
    assert_eq!(archive.info().unwrap().index, IndexUse::None);
    let range = 1_000_000..1_010_000;
    let bases = archive.bases_of("s1".into(), BStr::new("s1#1#chr2"), range.clone());
    assert!(bases.unwrap() == want("s1", 1, range));
    assert!(
        archive.traffic().bytes > 300_000,
        "the footer alone has more"
    );
}

#[test]
fn an_index_may_be_given_as_a_file_or_an_address() {
    let Files { plain, index, .. } = files();
    let server = Server::start(plain.clone(), Habit::Good);
    let other = Server::start(index.clone(), Habit::Good);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("of.ragi");
    fs::write(&path, index).unwrap();
    for index in [
        IndexChoice::File(path),
        IndexChoice::Url(other.address.clone()),
    ] {
        let options = OpenOptions {
            index,
            ..OpenOptions::default()
        };
        let archive = Archive::open_url_with(&server.address, &options).unwrap();
        assert_eq!(archive.info().unwrap().index, IndexUse::Beside);
        look_around(&archive);
    }
}

/// Any one window, to see that reading goes on.
fn reads(archive: &Archive) {
    let range = 500..900;
    let bases = archive.bases_of("s1".into(), "s1#1#chrM".into(), range.clone());
    assert!(bases.unwrap() == want("s1", 2, range));
}

#[test]
fn a_stale_index_is_told_and_not_used_unless_it_was_named() {
    let Files {
        plain,
        index,
        arranged,
    } = files();
    // Beside an archive that is another one now.
    let stale = Server::start_with(plain.clone(), Some(changed_len(index)), Habit::Good);
    let archive = Archive::open_url(&stale.address).unwrap();
    let [warning] = archive.warnings() else {
        panic!("{:?}", archive.warnings());
    };
    assert!(
        warning.contains(".ragi: the index is not of this archive"),
        "{warning}"
    );
    reads(&archive);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("of.ragi");
    fs::write(&path, changed_len(index)).unwrap();
    let named = |index: IndexChoice| {
        let options = OpenOptions {
            index,
            ..OpenOptions::default()
        };
        Archive::open_url_with(&stale.address, &options).map(|_| ())
    };
    let error = named(IndexChoice::File(path)).unwrap_err();
    assert!(
        matches!(error, ArchiveError::Archive(Error::StaleIndex { .. })),
        "{error}"
    );
    let missing = folder.path().join("no.ragi");
    assert!(matches!(
        named(IndexChoice::File(missing)),
        Err(ArchiveError::Io { .. })
    ));
    // In an archive that was added to since: what comes first stays, what comes last is new.
    let mut added_to = arranged.clone();
    let footer = u64::from_le_bytes(*arranged.last_chunk().unwrap());
    let at = arranged.len() - 8 - usize::try_from(footer).unwrap();
    added_to.splice(at..at, [1, 2, 3]);
    let server = Server::start(added_to, Habit::Good);
    let archive = Archive::open_url(&server.address).unwrap();
    assert_eq!(archive.info().unwrap().index, IndexUse::Stale);
    assert_eq!(archive.warnings().len(), 1, "{:?}", archive.warnings());
    reads(&archive);
}

/// The index as one of an archive that is a byte longer. Its hash is that of the head as it is.
fn changed_len(index: &[u8]) -> Vec<u8> {
    let mut index = index.to_vec();
    index[24] = index[24].wrapping_add(1);
    index
}

#[test]
fn servers_with_bad_habits_are_read_by_an_index_or_say_why_not() {
    let Files { plain, index, .. } = files();
    for habit in [
        Habit::NoSuffixRanges,
        Habit::Busy,
        Habit::Cutting,
        Habit::Redirecting,
    ] {
        let server = Server::start_with(plain.clone(), Some(index.clone()), habit);
        let archive = Archive::open_url(&server.address).unwrap();
        reads(&archive);
    }
    let path = Path::new("http://127.0.0.1:1/x.agc.ragi");
    let server = Server::start(plain.clone(), Habit::Good);
    let options = OpenOptions {
        index: IndexChoice::Url(path.display().to_string()),
        ..OpenOptions::default()
    };
    let error = Archive::open_url_with(&server.address, &options).unwrap_err();
    assert!(
        error.to_string().starts_with("http://127.0.0.1:1/"),
        "{error}"
    );
}

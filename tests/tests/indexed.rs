//! Archives that are read by an index: the same answers as without one, without the tables, in few rounds.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use common::{Dice, Source, Supply, data, golden};
use ragc_read::{
    Archive, ContigName, Error, INDEX_AT, IndexAt, IndexUse, Limits, Reader, Region, Stream,
};
use ragc_write::arrange::{ArrangeOptions, arrange};
use ragc_write::index::sidecar;

/// Regions of an archive that are compared.
const REGIONS: u64 = 40;

/// The index of an archive, as a file beside it.
fn index_of(path: &Path) -> Vec<u8> {
    let archive = Archive::open(path).unwrap();
    let scratch = std::env::temp_dir();
    let (index, facts) = sidecar(&archive, &scratch, &Default::default()).unwrap();
    let mut bytes = Vec::new();
    index.write(&facts, &mut bytes).unwrap();
    bytes
}

/// Archives of all versions of the format.
fn archives() -> Vec<PathBuf> {
    let mut folders = vec![data(), data().join("v1.1"), data().join("v2.1")];
    folders.extend(golden().into_iter().flat_map(|path| {
        ["v1.1", "v2.1"]
            .map(|version| path.join(version))
            .into_iter()
            .chain([path.clone()])
    }));
    let files = folders.iter().filter_map(|folder| folder.read_dir().ok());
    let files = files.flatten().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|e| e == "agc"))
        .collect();
    found.sort();
    assert!(found.len() > 4, "the archives of the project");
    found
}

/// The parts of a file that nothing may be read of when there is an index.
fn tables(path: &Path) -> Vec<std::ops::Range<u64>> {
    let archive = Archive::open(path).unwrap();
    let info = archive.info().unwrap();
    let parts = archive.stored_parts().unwrap();
    let of_tables = parts.iter().filter(|part| {
        matches!(
            part.stream,
            Stream::Samples
                | Stream::Contigs
                | Stream::Details
                | Stream::Main
                | Stream::Description
        )
    });
    // What is read of a part can reach nine bytes into what follows.
    let ranges = of_tables.map(|part| part.offset + 9..part.offset + part.len_bytes);
    let footer = info.file_len_bytes - info.footer_len_bytes;
    ranges
        .chain(std::iter::once(footer + 9..info.file_len_bytes))
        .collect()
}

/// Asks both readers everything, and compares what they say.
fn compare(what: &str, plain: &mut Source<'_>, indexed: &mut Source<'_>, dice: &mut Dice) {
    let (want, found) = (
        plain.ask(|r| r.info()).unwrap(),
        indexed.ask(|r| r.info()).unwrap(),
    );
    assert_ne!(found.index, IndexUse::None);
    assert_eq!(want.file_type_info, found.file_type_info, "{what}");
    assert_eq!(want.params, found.params, "{what}");
    let counts = |info: &ragc_read::Info| {
        (
            info.sample_count,
            info.stream_count,
            info.group_count,
            info.footer_len_bytes,
        )
    };
    assert_eq!(counts(&want), counts(&found), "{what}");
    compare_answers(what, plain, indexed, dice);
}

/// The same but for what readers say of the file.
fn compare_answers(what: &str, plain: &mut Source<'_>, indexed: &mut Source<'_>, dice: &mut Dice) {
    let samples = plain.ask(|r| r.samples()).unwrap();
    assert_eq!(indexed.ask(|r| r.samples()).unwrap(), samples, "{what}");
    for _ in 0..3 {
        let (first, count) = (
            dice.below(samples.len() as u64) as usize,
            1 + dice.below(60) as usize,
        );
        let want = plain.ask(|r| r.samples_page(first, count)).unwrap();
        assert_eq!(want.rows.len(), count.min(samples.len() - first));
        assert_eq!(
            indexed.ask(|r| r.samples_page(first, count)).unwrap(),
            want,
            "{what}"
        );
    }
    let names: Vec<&BStr> = samples.iter().collect();
    let mut contigs = BTreeSet::new();
    for sample in names.iter().copied() {
        let want = plain.ask(|r| r.contigs(sample)).unwrap();
        assert_eq!(
            indexed.ask(|r| r.contigs(sample)).unwrap(),
            want,
            "{what}, {sample}"
        );
        let first = dice.below(want.len() as u64 + 1) as usize;
        let want_page = plain.ask(|r| r.contigs_page(sample, first, 3)).unwrap();
        let page = indexed.ask(|r| r.contigs_page(sample, first, 3)).unwrap();
        assert_eq!(page, want_page, "{what}, {sample} from {first}");
        if contigs.len() < 20 {
            let some = want.iter().take(5);
            contigs.extend(some.flat_map(|c| [c.name.to_owned(), c.first_word().to_owned()]));
        }
    }
    contigs.insert("no such contig".into());
    let anywhere = contigs
        .iter()
        .map(|contig| ContigName::from(contig.as_bstr()));
    let within = contigs.iter().map(|contig| ContigName {
        contig: contig.clone(),
        sample: Some(names[dice.below(names.len() as u64) as usize].to_owned()),
    });
    let asked: Vec<ContigName> = anywhere.chain(within).collect();
    let want = plain.ask(|r| r.locate_all(&asked)).unwrap();
    assert_eq!(
        indexed.ask(|r| r.locate_all(&asked)).unwrap(),
        want,
        "{what}"
    );
    for _ in 0..REGIONS {
        let sample = names[dice.below(names.len() as u64) as usize];
        let contigs = plain.ask(|r| r.contigs(sample)).unwrap();
        if contigs.is_empty() {
            continue;
        }
        let number = dice.below(contigs.len() as u64);
        let contig = contigs.get(number as usize).unwrap();
        let start = dice.below(contig.len_bases + 1);
        let end = start + dice.below(contig.len_bases.min(200_000) + 1);
        let region = Region {
            sample: sample.to_owned(),
            contig: number as usize,
            range: start..end,
        };
        let want = plain.ask(|r| r.bases(&region)).unwrap();
        assert!(
            indexed.ask(|r| r.bases(&region)).unwrap() == want,
            "{what}, {region:?}"
        );
        let name = if dice.below(2) == 0 {
            contig.name
        } else {
            contig.first_word()
        };
        let by_name = |r: &mut Reader| r.bases_of(sample, name, start..end);
        match plain.ask(by_name) {
            Ok(want) => assert!(indexed.ask(by_name).unwrap() == want, "{what}, {region:?}"),
            Err(error) => assert_eq!(indexed.ask(by_name).unwrap_err(), error, "{what}"),
        }
    }
}

#[test]
fn an_index_tells_what_the_tables_tell() {
    for path in archives() {
        let what = path.display().to_string();
        let file = std::fs::read(&path).unwrap();
        let index = index_of(&path);
        let mut plain = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
        let mut indexed = Source::indexed(&file, Some(&index), Limits::default()).unwrap();
        compare(&what, &mut plain, &mut indexed, &mut Dice(7));
        let tables = tables(&path);
        // The first round reads the seal.
        let read: Vec<_> = indexed.rounds.iter().skip(1).flatten().collect();
        let forbidden = read.iter().find(|range| {
            tables
                .iter()
                .any(|table| range.start < table.end && table.start < range.end)
        });
        assert_eq!(forbidden, None, "{what}: tables at {tables:?}");
    }
}

#[test]
fn an_index_in_the_archive_tells_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "03-many-samples.agc",
        "05-pack-of-seven-k32.agc",
        "08-repeats.agc",
    ] {
        let plain = std::fs::read(data().join(name)).unwrap();
        let mut arranged = Vec::new();
        let options = ArrangeOptions {
            index: Some(true),
            scratch: folder.path(),
        };
        let archive = Archive::open(data().join(name)).unwrap();
        arrange(&archive, options, &mut arranged, &Default::default()).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &arranged).unwrap();
        let mut plain = Source::new(&plain, Supply::Exact, Limits::default()).unwrap();
        let mut indexed = Source::indexed(&arranged, None, Limits::default()).unwrap();
        assert_eq!(indexed.ask(|r| r.info()).unwrap().index, IndexUse::Embedded);
        compare_answers(name, &mut plain, &mut indexed, &mut Dice(11));
        let tables = tables(&path);
        let mut read = indexed.rounds.iter().flatten();
        let forbidden = read.find(|range| {
            tables
                .iter()
                .any(|table| range.start < table.end && table.start < range.end)
        });
        assert_eq!(forbidden, None, "{name}: tables at {tables:?}");
        // Added to by a program that does not know it: what is in front stays, and is another archive's.
        let footer = u64::from_le_bytes(*arranged.last_chunk().unwrap());
        let at = arranged.len() - 8 - footer as usize;
        arranged.splice(at..at, [0; 5]);
        let mut stale = Source::indexed(&arranged, None, Limits::default()).unwrap();
        assert_eq!(stale.ask(|r| r.info()).unwrap().index, IndexUse::Stale);
        compare_answers(name, &mut plain, &mut stale, &mut Dice(12));
    }
}

/// The first index that was written of an archive, which stays readable.
#[test]
fn an_index_of_version_1_is_read() {
    let file = std::fs::read(data().join("tiny.agc")).unwrap();
    let index = std::fs::read(data().join("index/tiny.agc.ragi")).unwrap();
    let mut indexed = Source::indexed(&file, Some(&index), Limits::default()).unwrap();
    let mut plain = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
    compare("tiny.agc", &mut plain, &mut indexed, &mut Dice(13));
}

#[test]
fn small_caches_are_slower_but_not_wrong() {
    let path = data().join("03-many-samples.agc");
    let file = std::fs::read(&path).unwrap();
    let index = index_of(&path);
    let limits = Limits {
        cache_bytes_max: 1000,
        collection_bytes_max: 4000,
        ..Limits::default()
    };
    let mut plain = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
    let mut indexed = Source::indexed(&file, Some(&index), limits).unwrap();
    compare("small caches", &mut plain, &mut indexed, &mut Dice(9));
}

/// The answers of a reader to a few questions; `Err` when one has none.
fn answers(source: &mut Source<'_>) -> Result<Vec<BString>, Error> {
    let mut answers: Vec<BString> = Vec::new();
    let samples = source.ask(|r| r.samples())?;
    answers.extend(samples.iter().map(BString::from));
    answers.push(format!("{:?}", source.ask(|r| r.sizes())?).into());
    for sample in samples.iter() {
        let contigs = source.ask(|r| r.contigs(sample))?;
        let segments = source.ask(|r| r.segments_of(sample, 0..usize::MAX))?;
        answers.push(format!("{segments:?}").into());
        for (number, contig) in contigs.iter().enumerate() {
            answers.push(format!("{} {}", contig.name, contig.len_bases).into());
            let region = Region {
                sample: sample.into(),
                contig: number,
                range: contig.len_bases / 3..contig.len_bases,
            };
            answers.push(source.ask(|r| r.bases(&region))?.into());
            let found = source.ask(|r| r.locate(contig.first_word()))?;
            answers.extend(
                found
                    .iter()
                    .map(|at| BString::from(format!("{} {}", at.sample, at.contig))),
            );
        }
    }
    Ok(answers)
}

#[test]
fn a_changed_byte_or_a_missing_end_is_an_error() {
    let path = data().join("tiny.agc");
    let file = std::fs::read(&path).unwrap();
    let index = index_of(&path);
    let ask = |index: &[u8]| {
        answers(&mut Source::indexed(&file, Some(index), Limits::default()).unwrap())
    };
    let want = ask(&index).unwrap();
    for at in 0..index.len() {
        for bit in [1, 0x10, 0x80] {
            let mut changed = index.clone();
            changed[at] ^= bit;
            if let Ok(found) = ask(&changed) {
                assert!(found == want, "bit {bit:#x} of byte {at}");
            }
        }
    }
    for len in 0..index.len() {
        assert!(
            ask(&index[..len]).is_err(),
            "{len} of {} bytes",
            index.len()
        );
    }
}

#[test]
fn an_index_of_another_archive_is_refused() {
    let file = std::fs::read(data().join("tiny.agc")).unwrap();
    let other = index_of(&data().join("08-repeats.agc"));
    let mut source = Source::indexed(&file, Some(&other), Limits::default()).unwrap();
    let error = source.ask(|r| r.samples()).unwrap_err();
    assert!(matches!(error, Error::StaleIndex { .. }), "{error}");
    assert!(error.to_string().contains("ragc index"), "{error}");
    // One of the same length, with another end.
    let mut file = file;
    let index = index_of(&data().join("tiny.agc"));
    let middle = file.len() - 100;
    file[middle] ^= 1;
    let mut source = Source::indexed(&file, Some(&index), Limits::default()).unwrap();
    let error = source.ask(|r| r.samples()).unwrap_err();
    assert!(matches!(error, Error::StaleIndex { .. }), "{error}");
}

#[test]
fn an_archive_without_an_index_in_it_is_read_by_its_tables() {
    let file = std::fs::read(data().join("tiny.agc")).unwrap();
    let mut source = Source::indexed(&file, None, Limits::default()).unwrap();
    let mut plain = Source::new(&file, Supply::Exact, Limits::default()).unwrap();
    assert_eq!(answers(&mut source), answers(&mut plain));
    assert_eq!(source.ask(|r| r.info()).unwrap().index, IndexUse::None);
}

#[test]
fn bytes_of_an_index_are_supplied_within_it() {
    let at = IndexAt::Beside { len_bytes: 100 };
    let mut reader = Reader::with_index(1000, at, Limits::default()).unwrap();
    assert!(reader.supply(INDEX_AT + 90, &[0; 10]).is_ok());
    assert!(reader.supply(INDEX_AT + 90, &[0; 11]).is_err());
    assert!(reader.supply(990, &[0; 11]).is_err());
    let mut reader = Reader::with_index(1000, IndexAt::Embedded, Limits::default()).unwrap();
    assert!(reader.supply(INDEX_AT, &[0; 1]).is_err());
}

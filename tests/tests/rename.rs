//! Archives whose samples were renamed: names are new, all else is as it was.

mod common;

use std::fs;
use std::path::Path;

use bstr::BString;
use ragc_read::{Archive, ArchiveError, Stream};
use ragc_tests::collection::{Collection, assert_same, read_back};
use ragc_tests::simulate::Options;
use ragc_write::create::{CreateError, CreateOptions};
use ragc_write::rename::{Renaming, rename};

fn pairs(names: &[(&str, &str)]) -> Vec<Renaming> {
    let name = |name: &str| BString::from(name);
    names
        .iter()
        .map(|(old, new)| (name(old), name(new)))
        .collect()
}

fn renamed(archive: &Path, names: &[Renaming]) -> Result<Vec<u8>, CreateError> {
    let archive = Archive::open(archive)?;
    let mut bytes = Vec::new();
    let renamed = rename(&archive, names, &mut bytes)?;
    assert_eq!(renamed.archive_bytes, bytes.len() as u64);
    Ok(bytes)
}

/// All parts but the names of the samples.
fn payloads(path: &Path) -> Vec<(Stream, usize, u64, Vec<u8>)> {
    let archive = Archive::open(path).expect("an archive");
    let mut parts = archive.stored_parts().expect("a footer");
    parts.retain(|part| part.stream != Stream::Samples);
    let mut found = Vec::new();
    archive
        .read_parts(&parts, |part, metadata, payload| {
            found.push((part.stream, part.number, metadata, payload.to_vec()));
            Ok::<_, ArchiveError>(())
        })
        .expect("parts can be read");
    found.sort();
    found
}

fn collection() -> Collection {
    Collection::simulated(&Options {
        samples: 7,
        bases: 20_000,
        prefix: String::from("s"),
        ..Options::default()
    })
}

fn small() -> CreateOptions {
    CreateOptions {
        segment_size: Some(1000),
        pack_cardinality: Some(3),
        ..CreateOptions::default()
    }
}

#[test]
fn nothing_but_the_names_changes() {
    let collection = collection();
    let (old, new) = (collection.path("old.agc"), collection.path("new.agc"));
    fs::write(&old, collection.archive(&small()).0).expect("the temporary folder takes files");
    let mut want = collection.samples();
    let (first, third) = (want[0].0.clone(), want[2].0.clone());
    // Two change names, and one gets the name that another had.
    let mut names = vec![
        (first.clone(), third.clone()),
        (third.clone(), first.clone()),
    ];
    names.push((want[5].0.clone(), "caf\u{e9} au lait".into()));
    names.push((want[6].0.clone(), want[5].0.clone()));
    (want[0].0, want[2].0) = (third, first);
    want[6].0 = want[5].0.clone();
    want[5].0 = "caf\u{e9} au lait".into();
    fs::write(&new, renamed(&old, &names).expect("good names")).expect("room");
    assert_same(&read_back(&new), &want, "renamed");
    assert_eq!(payloads(&new), payloads(&old));
}

#[test]
fn archives_of_older_versions_are_upgraded() {
    let collection = collection();
    for version in ["v1.1", "v2.1"] {
        let old = common::data().join(version).join("11-appended.agc");
        let mut want = read_back(&old);
        let names = [(want[3].0.clone(), BString::from("new"))];
        want[3].0 = "new".into();
        let new = collection.path("new.agc");
        fs::write(&new, renamed(&old, &names).expect("good names")).expect("room");
        assert_same(&read_back(&new), &want, version);
        let new = Archive::open(new).expect("it was just read");
        assert_eq!(new.info().expect("it was just read").file_version, (3, 0));
    }
}

#[test]
fn names_that_cannot_be_given_are_refused() {
    let collection = Collection::of(&[("a.fa", b">x\nACGT\n"), ("b.fa", b">x\nAC\n")]);
    let path = collection.path("old.agc");
    let (archive, _) = collection.archive(&CreateOptions::default());
    fs::write(&path, archive).expect("the temporary folder takes files");
    for (names, expected) in [
        (&[("c", "d")][..], "no sample of the archive has it"),
        (&[("a", "b")], "for both \"a\" and \"b\""),
        (&[("a", "c"), ("b", "c")], "for both \"a\" and \"b\""),
        (&[("a", "c"), ("a", "d")], "renamed to both \"c\" and \"d\""),
        (&[("a", "")], "empty"),
        (&[("a", "x\0y")], "zero byte"),
    ] {
        let error = renamed(&path, &pairs(names)).expect_err("bad names");
        assert!(
            matches!(error, CreateError::SampleName { .. }),
            "{names:?}: {error}"
        );
        let message = error.to_string();
        assert!(message.contains(expected), "{names:?}: {message}");
    }
    assert!(renamed(&path, &pairs(&[("a", "a")])).is_ok());
}

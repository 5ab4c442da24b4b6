//! What `ragc index` writes is what docs/INDEX.md says, and says what the archive's own tables say.

#[path = "../common/mod.rs"]
mod common;
mod decode;

use std::fs;
use std::path::{Path, PathBuf};

use bstr::{BStr, ByteSlice as _};
use common::{data, golden, manifest};
use decode::{Decoded, Segment, decode};
use ragc_read::{Archive, ArchiveError, Stream};
use ragc_tests::collection::Collection;
use ragc_tests::server::{Habit, Server};
use ragc_tests::simulate::Options;
use ragc_write::create::{CreateOptions, Inputs, Split, create};
use ragc_write::index::{Sizes, sidecar};
use ragc_write::verify::Progress;
use twox_hash::XxHash64;

/// Every archive there is.
fn archives() -> Vec<PathBuf> {
    let directories = [Some(data()), golden()].into_iter().flatten();
    let named = |directory: PathBuf| {
        let names = manifest(&directory).into_keys();
        names
            .map(move |name| directory.join(name))
            .collect::<Vec<_>>()
    };
    let all: Vec<PathBuf> = directories.flat_map(named).collect();
    assert!(all.len() >= 6, "the archives of this project at least");
    all
}

fn index_of(archive: &Archive) -> (Vec<u8>, Sizes) {
    let scratch = std::env::temp_dir();
    let made = sidecar(archive, &scratch, &Progress::default());
    let (index, facts) = made.expect("an index");
    let (len, sizes) = (index.len(), index.sizes());
    let mut bytes = Vec::new();
    index.write(&facts, &mut bytes).expect("memory takes all");
    assert_eq!(bytes.len() as u64, len, "the length said before");
    let Sizes {
        root,
        samples,
        contigs,
        segments,
        names,
        places,
        ..
    } = sizes;
    assert_eq!(root + samples + contigs + segments + names + places, len);
    (bytes, sizes)
}

/// Holds what an index says against the archive in a file.
fn check(path: &Path, decoded: &Decoded) {
    let archive = Archive::open(path).expect("an archive");
    let file = fs::read(path).expect("it was just opened");
    check_whole(&archive, &file, decoded);
    check_samples(&archive, decoded);
    check_places(&archive, decoded);
    check_names(decoded);
}

fn check_whole(archive: &Archive, file: &[u8], decoded: &Decoded) {
    let info = archive.info().expect("it opened");
    let len = file.len();
    let footer_len = u64::from_le_bytes(file[len - 8..].try_into().expect("8 bytes"));
    assert_eq!(decoded.archive_len, len as u64);
    assert_eq!(decoded.footer_len, footer_len);
    let footer = &file[len - 8 - footer_len as usize..];
    assert_eq!(decoded.footer_hash, XxHash64::oneshot(0, footer));
    let seal = XxHash64::oneshot(0, &file[len.saturating_sub(4096)..]);
    assert_eq!((decoded.seal, decoded.parts_base), (seal, 0));
    assert_eq!(decoded.long_names, footer.contains_str("seg-0-"));
    let params = info.params;
    let params = [
        params.kmer_len,
        params.min_match_len,
        params.pack_cardinality,
        params.segment_size,
    ];
    assert_eq!(decoded.params, params.map(u64::from));
    assert_eq!(decoded.streams, info.stream_count as u64);
    assert_eq!(decoded.groups, info.group_count as u64);
    assert_eq!(decoded.pairs, info.file_type_info.len() as u64);
    let mut texts = decoded.file_type_info.split(|&byte| byte == 0);
    for (key, value) in &info.file_type_info {
        assert_eq!(
            (texts.next(), texts.next()),
            (Some(&key[..]), Some(&value[..]))
        );
    }
}

fn check_samples(archive: &Archive, decoded: &Decoded) {
    let samples = archive.samples().expect("it opened");
    assert_eq!(decoded.samples.len(), samples.len());
    for (name, sample) in samples.iter().zip(&decoded.samples) {
        assert_eq!(name, sample.name);
        let contigs = archive.contigs(name).expect("a sample of the archive");
        assert_eq!(contigs.len(), sample.contigs.len());
        for (number, contig) in contigs.iter().enumerate() {
            let found = &sample.contigs[number];
            assert_eq!(
                (contig.name, contig.len_bases),
                (found.name.as_bstr(), found.len_bases)
            );
            let segments = contigs.segments(number).expect("a contig of the sample");
            let segments = segments.into_iter().map(|segment| Segment {
                group: segment.group_id.into(),
                entry: segment.in_group_id.into(),
                len_bases: segment.len_bases().into(),
                reversed: segment.reversed(),
            });
            assert_eq!(segments.collect::<Vec<_>>(), found.segments);
        }
    }
}

fn check_places(archive: &Archive, decoded: &Decoded) {
    let parts = archive.stored_parts().expect("it opened").into_iter();
    let mut places: Vec<_> = parts
        .filter_map(|part| match part.stream {
            Stream::Reference(group) => Some((u64::from(group), 0, part)),
            Stream::Packs(group) => Some((u64::from(group), part.number as u64 + 1, part)),
            _ => None,
        })
        .map(|(group, number, part)| ((group, number), (part.offset, part.len_bytes)))
        .collect();
    places.sort_unstable();
    assert_eq!(
        decoded.places.clone().into_iter().collect::<Vec<_>>(),
        places
    );
}

fn check_names(decoded: &Decoded) {
    let key = |name: &[u8], seed| XxHash64::oneshot(seed, name) >> 16;
    let mut names = Vec::new();
    for (number, sample) in (0..).zip(&decoded.samples) {
        names.push((key(&sample.name, 0), number, 0));
        for (contig, row) in (0..).zip(&sample.contigs) {
            names.push((key(&row.name, 1), number, contig));
            if let Some(len) = row.name.find_byteset(b" \t\r\n") {
                names.push((key(&row.name[..len], 2), number, contig));
            }
        }
    }
    names.sort_unstable();
    assert!(decoded.names == names, "names");
}

#[test]
fn an_index_says_what_the_tables_say() {
    let mut versions = [false; 4];
    for path in archives() {
        let archive = Archive::open(&path).expect("an archive");
        versions[archive.info().expect("it opened").file_version.0 as usize] = true;
        let (bytes, sizes) = index_of(&archive);
        assert!(
            bytes == index_of(&archive).0,
            "{}: twice the same",
            path.display()
        );
        let decoded = decode(&bytes);
        check(&path, &decoded);
        let contigs = decoded.samples.iter().flat_map(|sample| &sample.contigs);
        let segments: usize = contigs.map(|contig| contig.segments.len()).sum();
        assert_eq!(sizes.segment_count, segments as u64);
    }
    assert!(versions[2] && versions[3], "archives of several versions");
}

/// An archive of some samples that have more segments and contigs than pages hold.
fn many_segments() -> (Collection, PathBuf) {
    let options = Options {
        seed: 5,
        samples: 6,
        bases: 1_500_000,
        contigs: 300,
        divergence: 0.01,
        ..Options::default()
    };
    let collection = Collection::simulated(&options);
    let create = CreateOptions {
        segment_size: Some(200),
        pack_cardinality: Some(3),
        ..CreateOptions::default()
    };
    let path = collection.path("many.agc");
    fs::write(&path, collection.archive(&create).0).expect("room");
    (collection, path)
}

#[test]
fn an_index_of_many_pages_says_what_the_tables_say() {
    let (_collection, path) = many_segments();
    let (bytes, sizes) = index_of(&Archive::open(&path).expect("our archive"));
    let decoded = decode(&bytes);
    check(&path, &decoded);
    assert_eq!(
        decoded.levels,
        [0, 1, 1],
        "sections of one page and of more"
    );
    // A segment takes less than in the archive's own memory.
    assert!(sizes.segments < 3 * sizes.segment_count, "{sizes:?}");
}

#[test]
fn samples_beyond_a_page_are_listed() {
    let mut text = Vec::new();
    for number in 0..1300 {
        let bases = b"ACGTTGCA".repeat(10 + number % 7);
        text.extend([format!(">v{number} virus\n").as_bytes(), &bases, b"\n"].concat());
    }
    let collection = Collection::of(&[("all.fa", &text)]);
    let files = [collection.path("all.fa")];
    let inputs = Inputs::Split(&files, Split::Contigs);
    let mut archive = Vec::new();
    let options = CreateOptions::default();
    create(inputs, &options, &mut archive, &Default::default()).expect("memory takes all");
    let path = collection.path("all.agc");
    fs::write(&path, archive).expect("room");
    let (bytes, _) = index_of(&Archive::open(&path).expect("our archive"));
    let decoded = decode(&bytes);
    assert_eq!((decoded.samples.len(), decoded.levels), (1300, [1, 1, 0]));
    check(&path, &decoded);
}

#[test]
fn an_archive_far_away_has_the_same_index() {
    let path = data().join("tiny.agc");
    let server = Server::start(fs::read(&path).expect("it is there"), Habit::Good);
    let far = Archive::open_url(&server.address).expect("a good server");
    let near = Archive::open(&path).expect("an archive");
    assert_eq!(index_of(&far).0, index_of(&near).0);
}

#[test]
fn what_is_broken_in_an_archive_is_told() {
    let path = data().join("tiny.agc");
    let archive = Archive::open(&path).expect("an archive");
    let mut file = fs::read(&path).expect("it is there");
    let parts = archive.stored_parts().expect("it opened");
    let details = parts.iter().find(|part| part.stream == Stream::Details);
    let at = details.expect("tables").offset as usize + 20;
    file[at..at + 8].fill(0xFF);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let broken = folder.path().join("broken.agc");
    fs::write(&broken, file).expect("room");
    let archive = Archive::open(&broken).expect("the tables are read later");
    let made = sidecar(&archive, folder.path(), &Progress::default());
    let error = made.err().expect("tables that cannot be read");
    assert!(
        error
            .to_string()
            .starts_with("stream collection-details, part 0"),
        "{error}"
    );
    assert!(archive.contigs(BStr::new("ref")).is_err());
    assert!(matches!(
        archive.read_range(0..u64::MAX),
        Err(ArchiveError::Archive(_))
    ));
}

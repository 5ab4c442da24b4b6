//! Archives on servers, good and bad: the same answers as from a file, or an error that says what is wrong.

mod common;

use std::time::{Duration, Instant};

use bstr::BString;
use common::craft::{Contig, Craft};
use common::{Dice, data, sha256};
use ragc_read::{Archive, ArchiveError, Region, Work};
use ragc_tests::server::{Habit, Server};

const PARAMS: [u32; 4] = [31, 20, 50, 60000];
const CONTIG_LEN: usize = 20_000;

/// Two samples of contigs of a segment each, stored raw: much larger than the end of the file that is read first.
fn file() -> Vec<u8> {
    let mut dice = Dice(5);
    let mut craft = Craft::default();
    let mut packs = vec![vec![0x7F, 0xFF]; 16];
    let mut samples: Vec<(String, Vec<Contig>)> = Vec::new();
    for sample in 0..2 {
        let contigs = (0..16).map(|group| {
            packs[group].extend((0..CONTIG_LEN).map(|_| dice.below(4) as u8));
            packs[group].push(0xFF);
            let segment = (group as u32, sample + 1, CONTIG_LEN as u32, false);
            (format!("contig{group}"), vec![segment])
        });
        samples.push((format!("sample{sample}"), contigs.collect()));
    }
    for (group, pack) in packs.iter().enumerate() {
        let name = format!("x{}d", char::from(b"0123456789ABCDEF"[group]));
        craft.part(&name, 0, pack);
    }
    craft.header(PARAMS);
    craft.collection(PARAMS, &samples);
    craft.finish()
}

/// All of an archive as text.
fn whole(archive: &Archive) -> Result<String, ArchiveError> {
    let samples = archive.samples()?;
    let work: Vec<Work> = samples
        .iter()
        .map(|name| Work::Sample(BString::from(name)))
        .collect();
    let mut text = Vec::new();
    archive.extract(
        &work,
        2,
        |chunks, out| {
            for chunk in chunks {
                out.extend_from_slice(chunk.contig);
                chunk.write_lines(80, out);
            }
        },
        |output| {
            text.extend_from_slice(output.bytes);
            Ok(())
        },
    )?;
    Ok(sha256(&text))
}

/// Runs all of them at once: most of their time is pauses.
fn all_at_once<T: Copy + Send>(cases: &[T], test: impl Fn(T) + Sync) {
    let test = &test;
    std::thread::scope(|scope| {
        for &case in cases {
            scope.spawn(move || test(case));
        }
    });
}

#[test]
fn an_address_gives_what_a_file_gives() {
    let habits = [
        Habit::Good,
        Habit::NoSuffixRanges,
        Habit::ChangingWeakTag,
        Habit::Busy,
        Habit::BusyFor(1),
        Habit::TooMany,
        Habit::Cutting,
        Habit::ShortOnce,
        Habit::Dripping,
        Habit::Redirecting,
    ];
    let file = file();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.agc");
    std::fs::write(&path, &file).unwrap();
    let want = whole(&Archive::open(&path).unwrap()).unwrap();
    all_at_once(&habits, |habit| {
        let server = Server::start(file.clone(), habit);
        let archive = Archive::open_url(&server.address).unwrap();
        assert_eq!(whole(&archive).unwrap(), want, "{habit:?}");
    });
}

#[test]
fn servers_that_cannot_be_read_from_are_told_apart() {
    let cases = [
        (Habit::NoRanges, "sends the whole file"),
        (Habit::NoRangesNoLength, "sends the whole file"),
        (Habit::NoContentRange, "does not tell how long"),
        (Habit::Encoded, "Content-Encoding: gzip"),
        (Habit::ChangingTag, "changed while it was being read"),
        (Habit::ChangingDate, "changed while it was being read"),
        (Habit::Shrinking, "changed while it was being read"),
        (Habit::AlwaysCutting, "the connection broke"),
        (Habit::TooLong, "more than the"),
        (Habit::BusyFor(3600), "HTTP 503"),
        (Habit::Absent, "HTTP 404: there is no such file"),
        (Habit::Forbidding, "HTTP 403: the server refuses"),
        (Habit::WebPage, "sends a web page"),
        (Habit::WebPageInParts, "sends a web page"),
        (Habit::Shifted, "asked for"),
    ];
    all_at_once(&cases, |(habit, words)| {
        let server = Server::start(file(), habit);
        let error = Archive::open_url(&server.address)
            .and_then(|archive| whole(&archive))
            .expect_err("a server like that");
        let message = error.to_string();
        assert!(
            message.starts_with(&server.address) && message.contains(words),
            "{habit:?}: {message}"
        );
    });
    let error = Archive::open_url("http://127.0.0.1:1/x.agc").unwrap_err();
    assert!(matches!(error, ArchiveError::Http { status: None, .. }));
}

#[test]
fn a_server_that_wants_to_be_left_alone_is() {
    let server = Server::start(file(), Habit::BusyFor(1));
    let begun = Instant::now();
    assert!(Archive::open_url(&server.address).is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(1));
    // Not for an hour, though.
    let server = Server::start(file(), Habit::BusyFor(3600));
    let begun = Instant::now();
    assert!(Archive::open_url(&server.address).is_err());
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[test]
fn an_answer_cut_at_any_byte_is_asked_for_again() {
    let file = std::fs::read(data().join("tiny.agc")).unwrap();
    // Of the head, which is some 120 bytes long, each third; of the body some, and the last.
    let head = (0..150).step_by(3);
    let cuts: Vec<usize> = head
        .chain((150..file.len() + 120).step_by(61))
        .chain(file.len() + 90..file.len() + 120)
        .collect();
    let want = Server::start(file.clone(), Habit::Good);
    let want = whole(&Archive::open_url(&want.address).unwrap()).unwrap();
    all_at_once(&cuts, |cut| {
        let server = Server::start(file.clone(), Habit::CutAfter(cut));
        let archive = Archive::open_url(&server.address).unwrap_or_else(|e| panic!("{cut}: {e}"));
        assert_eq!(whole(&archive).unwrap(), want, "cut after {cut} bytes");
    });
}

#[test]
fn a_window_takes_few_requests_and_only_the_bytes_it_needs() {
    let file = file();
    let server = Server::start(file.clone(), Habit::Good);
    let archive = Archive::open_url(&server.address).unwrap();
    let sample = archive.samples().unwrap().get(1).unwrap().to_owned();
    assert_eq!(
        archive.traffic().rounds,
        1,
        "the footer came with the end of the file"
    );
    let region = Region {
        sample,
        contig: 0,
        range: 10..60,
    };
    let bases = archive.bases(&region).unwrap();
    let traffic = archive.traffic();
    assert!(traffic.rounds <= 2, "{traffic:?}");
    assert_eq!(traffic.requests, server.requests() as u64);
    let sent: u64 = server.ranges().iter().map(|r| r.end - r.start).sum();
    assert_eq!(traffic.bytes, sent);
    assert!(sent < file.len() as u64 / 4, "{sent} of {}", file.len());
    // Asked again, all of it is known.
    assert_eq!(archive.bases(&region).unwrap(), bases);
    assert_eq!(archive.traffic(), traffic);
}

#[test]
fn a_short_file_comes_at_once() {
    let file = std::fs::read(data().join("tiny.agc")).unwrap();
    for habit in [Habit::Good, Habit::NoRanges] {
        let server = Server::start(file.clone(), habit);
        let archive = Archive::open_url(&server.address).unwrap();
        assert!(whole(&archive).is_ok());
        assert_eq!(archive.traffic().rounds, 1, "{habit:?}");
    }
    for (bytes, words) in [(Vec::new(), "empty"), (vec![1; 5], "a file of 5 bytes")] {
        let server = Server::start(bytes, Habit::NoSuffixRanges);
        let error = Archive::open_url(&server.address).and_then(|archive| whole(&archive));
        let message = error.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }
}

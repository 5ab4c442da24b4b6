//! Extraction by threads: the same bytes in the same order for any number of them, and errors in their place.

mod common;

use std::io;
use std::sync::{Arc, Barrier};

use bstr::{BString, ByteSlice};
use common::craft::{Contig, Craft};
use common::{Dice, data, sha256};
use ragc_read::{Archive, ArchiveError, Chunk, Limits, OpenOptions, Region, Strand, Work};

const PARAMS: [u32; 4] = [31, 20, 50, 60000];

/// Contigs of a sample: names and letters.
type Letters = Vec<(String, Vec<u8>)>;

/// Four samples: one long contig in many segments, one in a single segment, many tiny ones, and none at all.
fn crafted() -> (Vec<u8>, Vec<Letters>) {
    let mut dice = Dice(3);
    let mut codes = |len: usize| -> Vec<u8> { (0..len).map(|_| dice.below(5) as u8).collect() };
    let long = codes(5_000_000);
    let single = codes(3_500_000);
    let tiny: Vec<Vec<u8>> = (0..20_000).map(|number| codes(number % 50)).collect();
    let mut packs: Vec<Vec<Vec<u8>>> = vec![vec![vec![0x7F]]; 16];
    let mut group = 0;
    let mut store = |text: &[u8]| -> (u32, u32, u32, bool) {
        group = (group + 1) % 16;
        let reversed = group % 3 == 1;
        let complement = |&code: &u8| if code < 4 { 3 - code } else { code };
        let stored = if reversed {
            text.iter().rev().map(complement).collect()
        } else {
            text.to_vec()
        };
        packs[group].push(stored);
        (
            group as u32,
            packs[group].len() as u32 - 1,
            text.len() as u32,
            reversed,
        )
    };
    let mut segments = Vec::new();
    let mut start = 0;
    let mut number = 0;
    while start < long.len() {
        let end = (start + 200_000 + number * 7919 % 50_000).min(long.len());
        segments.push(store(&long[if start == 0 { 0 } else { start - 31 }..end]));
        (start, number) = (end, number + 1);
    }
    let mut samples = vec![
        ("long".to_string(), vec![("chr long".to_string(), segments)]),
        (
            "single".to_string(),
            vec![("one".to_string(), vec![store(&single)])],
        ),
    ];
    let tiny_contig = |(number, text): (usize, &Vec<u8>)| -> Contig {
        let segments = if text.is_empty() {
            vec![]
        } else {
            vec![store(text)]
        };
        (format!("t{number}"), segments)
    };
    samples.push((
        "tiny".into(),
        tiny.iter().enumerate().map(tiny_contig).collect(),
    ));
    samples.push(("none".into(), vec![]));

    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &samples);
    for (group, entries) in packs.iter().enumerate() {
        let name = format!("x{}d", char::from(b"0123456789ABCDEF"[group]));
        for pack in entries.chunks(50) {
            craft.part(
                &name,
                0,
                &pack
                    .iter()
                    .flat_map(|e| e.iter().copied().chain([0xFF]))
                    .collect::<Vec<u8>>(),
            );
        }
    }
    let letters =
        |codes: &[u8]| -> Vec<u8> { codes.iter().map(|&c| b"ACGTN"[c as usize]).collect() };
    let tiny_letters = tiny.iter().enumerate().map(|(number, text)| {
        (
            format!("t{number}{}", " ".repeat(number % 2)),
            letters(text),
        )
    });
    let bases = vec![
        vec![("chr long".into(), letters(&long))],
        vec![("one".into(), letters(&single))],
        tiny_letters.collect(),
        vec![],
    ];
    (craft.finish(), bases)
}

fn on_disk(file: &[u8]) -> (tempfile::TempDir, Archive) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("crafted.agc");
    std::fs::write(&path, file).unwrap();
    let archive = Archive::open(&path).unwrap();
    (directory, archive)
}

fn fasta(chunks: &[Chunk<'_>], out: &mut Vec<u8>) {
    for chunk in chunks {
        if chunk.offset == 0 {
            out.extend([b">", chunk.contig.as_bytes(), b"\n"].concat());
        }
        chunk.write_lines(80, out);
    }
}

/// The text of every work, by `threads` threads; checks the order and the flags.
fn extract(archive: &Archive, work: &[Work], threads: usize) -> Result<Vec<Vec<u8>>, ArchiveError> {
    let mut texts: Vec<Vec<u8>> = Vec::new();
    let mut ended = true;
    archive.extract(work, threads, fasta, |output| {
        assert_eq!(
            output.first, ended,
            "a work begins where the one before ended"
        );
        if output.first {
            assert_eq!(output.work, texts.len());
            texts.push(Vec::new());
        }
        texts[output.work].extend_from_slice(output.bytes);
        ended = output.last;
        Ok(())
    })?;
    assert!(ended);
    Ok(texts)
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let (file, bases) = crafted();
    let (_directory, archive) = on_disk(&file);
    let names = ["long", "single", "tiny", "none"];
    let mut work: Vec<Work> = names
        .iter()
        .map(|name| Work::Sample(BString::from(*name)))
        .collect();
    let region = |range| Region {
        sample: "long".into(),
        contig: 0,
        range,
    };
    let regions = [
        region(0..u64::MAX),
        region(1_234_567..4_000_001),
        region(70..70),
        region(4_999_999..6_000_000),
    ];
    let each = regions
        .iter()
        .map(|region| Work::Regions(vec![region.clone()], Strand::Forward));
    work.extend(each);
    work.push(Work::Regions(regions.to_vec(), Strand::Reverse));
    let mut want: Vec<Vec<u8>> = Vec::new();
    for contigs in &bases {
        let mut text = Vec::new();
        for (name, letters) in contigs {
            common::write_fasta(name.as_str().into(), letters, &mut text);
        }
        want.push(text);
    }
    let complement = |letter: &u8| match letter {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' => b'A',
        other => *other,
    };
    let mut reverse = Vec::new();
    for range in [
        0..5_000_000,
        1_234_567..4_000_001,
        70..70,
        4_999_999..5_000_000,
    ] {
        let mut text = Vec::new();
        common::write_fasta("chr long".into(), &bases[0][0].1[range.clone()], &mut text);
        want.push(text);
        let backwards: Vec<u8> = bases[0][0].1[range].iter().rev().map(complement).collect();
        common::write_fasta("chr long".into(), &backwards, &mut reverse);
    }
    want.push(reverse);
    for threads in [1, 2, 8] {
        let texts = extract(&archive, &work, threads).unwrap();
        for (number, (text, want)) in texts.iter().zip(&want).enumerate() {
            assert_eq!(
                sha256(text),
                sha256(want),
                "work {number}, {threads} threads"
            );
        }
        assert_eq!(texts.len(), want.len());
    }
}

#[test]
fn errors_come_after_what_precedes_them() {
    let archive = Archive::open(data().join("03-many-samples.agc")).unwrap();
    let sample = |name: &str| Work::Sample(BString::from(name));
    let whole = extract(&archive, &[sample("ref"), sample("s0000")], 2).unwrap();
    for threads in [1, 4] {
        let mut before = Vec::new();
        let work = [
            sample("ref"),
            sample("s0000"),
            sample("nobody"),
            sample("s0001"),
        ];
        let error = archive.extract(&work, threads, fasta, |output| {
            before.extend_from_slice(output.bytes);
            Ok(())
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            "no sample \"nobody\" in this archive"
        );
        assert_eq!(before, whole.concat());
    }
}

#[test]
fn a_broken_segment_ends_the_extraction_with_its_place() {
    let (mut file, _) = crafted();
    // A base of the last pack becomes a separator: texts of tiny contigs get shorter.
    let footer_len = u64::from_le_bytes(*file.last_chunk().unwrap()) as usize;
    let footer = file.len() - 8 - footer_len;
    let at = file[..footer].iter().rposition(|&b| b < 4).unwrap();
    file[at] = 0xFF;
    let (_directory, archive) = on_disk(&file);
    let work = ["long", "tiny"].map(|name| Work::Sample(BString::from(name)));
    let mut finished = 0;
    let result = archive.extract(&work, 3, fasta, |output| {
        finished += usize::from(output.last);
        Ok(())
    });
    let error = result.unwrap_err().to_string();
    assert_eq!(finished, 1, "the first sample is complete");
    assert!(error.starts_with("sample tiny, contig t"), "{error}");
}

#[test]
fn an_error_of_the_sink_stops_everything() {
    let archive = Archive::open(data().join("03-many-samples.agc")).unwrap();
    let work: Vec<Work> = archive
        .samples()
        .unwrap()
        .iter()
        .map(|name| Work::Sample(name.into()))
        .collect();
    let mut calls = 0;
    let result = archive.extract(&work, 2, fasta, |_| {
        calls += 1;
        Err(io::ErrorKind::BrokenPipe.into())
    });
    assert!(matches!(result, Err(ArchiveError::Sink(e)) if e.kind() == io::ErrorKind::BrokenPipe));
    assert_eq!(calls, 1);
    // The archive is still good for other questions.
    assert_eq!(archive.samples().unwrap().len(), work.len());
}

#[test]
fn one_archive_is_asked_by_many_threads_at_once() {
    let path = data().join("05-pack-of-seven-k32.agc");
    let archive = Archive::open(&path).unwrap();
    let samples = archive.samples().unwrap();
    let whole = |archive: &Archive, name: &bstr::BStr| -> Vec<u8> {
        let region = Region {
            sample: name.into(),
            contig: 0,
            range: 0..u64::MAX,
        };
        archive.bases(&region).unwrap()
    };
    let want: Vec<Vec<u8>> = samples
        .iter()
        .take(20)
        .map(|name| whole(&archive, name))
        .collect();
    let fresh = Archive::open(&path).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            let (archive, samples, want) = (&fresh, Arc::clone(&samples), &want);
            scope.spawn(move || {
                for (name, want) in samples.iter().zip(want) {
                    assert_eq!(&whole(archive, name), want);
                }
            });
        }
    });
}

#[test]
fn threads_that_need_the_same_tables_read_them_once() {
    const THREADS: usize = 8;
    // So many that all threads begin before the first could be done.
    let (file, _) = tabled(50, 20_000);
    let tables_read = |threads: usize| {
        let (_directory, archive) = on_disk(&file);
        archive.samples().unwrap();
        let opened = archive.traffic().bytes;
        let together = Barrier::new(threads);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    together.wait();
                    assert_eq!(archive.contigs("s7".into()).unwrap().len(), 1);
                });
            }
        });
        archive.traffic().bytes - opened
    };
    let (alone, at_once) = (tables_read(1), tables_read(THREADS));
    // One may have looked just before the tables were there, and begin just after.
    assert!(
        at_once < 3 * alone,
        "{at_once} bytes read by {THREADS} threads, {alone} by one"
    );
}

#[test]
fn windows_anywhere_in_contigs_of_many_segments_are_those_of_the_whole() {
    let (file, contigs) = segmented();
    let (_directory, archive) = on_disk(&file);
    for (contig, codes) in contigs.iter().enumerate() {
        let ask = |range| {
            let sample = "s".into();
            archive
                .bases(&Region {
                    sample,
                    contig,
                    range,
                })
                .unwrap()
        };
        let whole: Vec<u8> = codes.iter().map(|&code| b"ACGT"[code as usize]).collect();
        for start in (0..whole.len()).step_by(61) {
            let end = (start + 300).min(whole.len());
            assert_eq!(
                ask(start as u64..end as u64),
                whole[start..end],
                "{start}..{end}"
            );
        }
    }
}

/// A sample of three contigs of a few hundred short segments.
fn segmented() -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut dice = Dice(5);
    let mut packs: Vec<Vec<u8>> = vec![vec![0x7F, 0xFF]];
    let mut contigs: Vec<Contig> = Vec::new();
    let mut letters = Vec::new();
    for name in ["a", "b", "c"] {
        let codes: Vec<u8> = (0..12_000).map(|_| dice.below(4) as u8).collect();
        let (mut segments, mut start) = (Vec::new(), 0usize);
        while start < codes.len() {
            let end = (start + 32 + dice.below(30) as usize).min(codes.len());
            let text = &codes[start.saturating_sub(31)..end];
            let entry: Vec<u8> = text.iter().copied().chain([0xFF]).collect();
            packs.push(entry);
            segments.push((0, packs.len() as u32 - 1, text.len() as u32, false));
            start = end;
        }
        contigs.push((name.to_string(), segments));
        letters.push(codes);
    }
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &[("s".to_string(), contigs)]);
    for pack in packs.chunks(50) {
        craft.part("x0d", 0, &pack.concat());
    }
    (craft.finish(), letters)
}

#[test]
fn tables_of_samples_asked_for_in_any_order_are_read_once() {
    const SAMPLES: usize = 40;
    const SEGMENTS: u32 = 1000;
    let (file, samples) = tabled(SAMPLES, SEGMENTS);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("tables.agc");
    std::fs::write(&path, file).unwrap();
    let limits = Limits {
        // Half of what they would take as `SegmentRef`s.
        collection_bytes_max: SAMPLES as u64 * u64::from(SEGMENTS) * 6,
        ..Limits::default()
    };
    let options = OpenOptions {
        limits,
        ..OpenOptions::default()
    };
    let archive = Archive::open_with(&path, &options).unwrap();
    archive.contigs("s0".into()).unwrap();
    let once = archive.traffic();
    for number in (0..3 * SAMPLES).map(|step| step * 17 % SAMPLES) {
        let (name, want) = &samples[number];
        let contigs = archive.segment_table(name.as_str().into()).unwrap();
        let found = contigs.segments(0).unwrap();
        let found = found.iter().map(|segment| {
            (
                segment.group_id,
                segment.in_group_id,
                segment.len_bases(),
                segment.reversed(),
            )
        });
        assert!(found.eq(want[0].1.iter().copied()), "{name}");
    }
    assert_eq!(archive.traffic(), once);
}

/// Samples of one contig, with tables and nothing else.
fn tabled(samples: usize, segments: u32) -> (Vec<u8>, Vec<(String, Vec<Contig>)>) {
    let mut dice = Dice(9);
    let mut segments = || -> Vec<(u32, u32, u32, bool)> {
        let mut segment = |number| {
            let len = 60_000 + dice.below(99) as u32;
            (16 + number, dice.below(200) as u32, len, false)
        };
        (0..segments).map(&mut segment).collect()
    };
    let samples: Vec<(String, Vec<Contig>)> = (0..samples)
        .map(|number| (format!("s{number}"), vec![("c".to_string(), segments())]))
        .collect();
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &samples);
    (craft.finish(), samples)
}

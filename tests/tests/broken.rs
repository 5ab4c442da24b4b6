//! Damaged archives: an answer or an error, within the limits; never a panic, a hang or an allocation over them.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use bstr::{BStr, BString};
use common::craft::{Craft, frame, len_int, prefix_int};
use common::{Dice, Source, Supply, data};
use ragc_read::{Digest, Error, Limits, Region};

/// The largest single allocation so far, in bytes.
static LARGEST: AtomicUsize = AtomicUsize::new(0);

struct Watching;

// SAFETY: forwards to the system's allocator and only takes note of the sizes.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LARGEST.fetch_max(size, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

const LIMIT: u64 = 1 << 20;

fn limits() -> Limits {
    Limits {
        cache_bytes_max: LIMIT,
        collection_bytes_max: LIMIT,
        allocation_bytes_max: LIMIT,
        answer_bytes_max: LIMIT,
        supplied_bytes_max: LIMIT,
    }
}

/// A growing list may take twice what it holds, and zstd a few blocks of its own.
const ALLOCATION_MAX: usize = 4 * LIMIT as usize;

/// Asks everything there is to ask; returns the bases answered, and the errors.
fn ask_everything(file: &[u8]) -> (u64, Vec<Error>) {
    let mut errors = Vec::new();
    let mut bases = 0;
    let mut source = match Source::new(file, Supply::Exact, limits()) {
        Ok(source) => source,
        Err(error) => return (0, vec![error]),
    };
    if let Err(error) = source.ask(|r| r.info()) {
        errors.push(error);
    }
    if let Err(error) = source.ask(|r| r.locate("chr2".into())) {
        errors.push(error);
    }
    let samples = match source.ask(|r| r.samples()) {
        Ok(samples) => samples,
        Err(error) => return (0, [errors, vec![error]].concat()),
    };
    if let Err(error) = source.ask(|r| r.sizes()) {
        errors.push(error);
    }
    for sample in samples.iter() {
        if let Err(error) = source.ask(|r| r.digests(sample)) {
            errors.push(error);
        }
        if let Err(error) = source.ask(|r| r.segments_of(sample, 0..usize::MAX)) {
            errors.push(error);
        }
        match source.ask(|r| r.contigs(sample)) {
            Ok(contigs) => {
                for (number, contig) in contigs.iter().enumerate() {
                    bases += ask_contig(&mut source, sample, number, contig.len_bases, &mut errors);
                }
            }
            Err(error) => errors.push(error),
        }
    }
    (bases, errors)
}

/// Asks for the first and the last bases of a contig, which are all when it is not long.
fn ask_contig(
    source: &mut Source<'_>,
    sample: &BStr,
    contig: usize,
    len: u64,
    errors: &mut Vec<Error>,
) -> u64 {
    let mut bases = 0;
    let window = LIMIT / 2;
    let first = 0..len.min(window);
    let last = len.saturating_sub(window).max(first.end)..len;
    for range in [first, last] {
        let want = range.end - range.start;
        let region = Region {
            sample: sample.into(),
            contig,
            range,
        };
        let answer = source.ask(|r| r.bases(&region));
        let aligned = source.ask(|r| r.alignment(&region));
        assert_eq!(aligned.is_ok(), answer.is_ok(), "{aligned:?} {answer:?}");
        for piece in aligned.into_iter().flatten() {
            let runs = piece.runs.iter().map(|run| u64::from(run.len_bases));
            assert_eq!(runs.sum::<u64>(), piece.range.end - piece.range.start);
        }
        match answer {
            Ok(answer) => {
                assert_eq!(
                    answer.len() as u64,
                    want,
                    "as many bases as the table promised"
                );
                assert!(answer.iter().all(|b| b"ACGTNRYSWKMBDHVU".contains(b)));
                bases += want;
            }
            Err(error) => errors.push(error),
        }
    }
    bases
}

fn check_allocations() {
    let largest = LARGEST.load(Ordering::Relaxed);
    assert!(largest < ALLOCATION_MAX, "an allocation of {largest} bytes");
}

fn tiny() -> Vec<u8> {
    std::fs::read(data().join("tiny.agc")).unwrap()
}

#[test]
fn the_archive_to_be_broken_is_sound() {
    let (bases, errors) = ask_everything(&tiny());
    assert_eq!(errors, []);
    assert!(bases > 7000, "{bases}");
}

#[test]
fn truncated_at_every_byte_is_an_error() {
    let file = tiny();
    for len in 0..file.len() {
        let (bases, errors) = ask_everything(&file[..len]);
        assert!(
            !errors.is_empty() && bases == 0,
            "cut to {len} bytes: {bases} bases"
        );
    }
    check_allocations();
}

#[test]
fn every_flipped_byte_gives_answers_or_errors() {
    let file = tiny();
    let mut noticed = 0;
    for at in 0..file.len() {
        for flip in [0xFF, 0x01, 0x80, 1 << (at % 8)] {
            let mut broken = file.clone();
            broken[at] ^= flip;
            let (_, errors) = ask_everything(&broken);
            noticed += usize::from(!errors.is_empty());
            // Asking twice ends as well, and in the same way.
            for error in errors {
                assert!(!error.to_string().is_empty());
            }
        }
    }
    // The format has no checksums: what changes a base or a name goes unnoticed.
    assert!(noticed > file.len(), "{noticed}");
    check_allocations();
}

#[test]
fn several_damaged_bytes_give_answers_or_errors() {
    let mut dice = Dice(5);
    for (name, times) in [
        ("tiny.agc", 300),
        ("08-repeats.agc", 300),
        ("digests.agc", 300),
        ("v1.1/11-appended.agc", 100),
        ("v2.1/11-appended.agc", 100),
    ] {
        let file = std::fs::read(data().join(name)).unwrap();
        for _ in 0..times {
            let mut broken = file.clone();
            for _ in 0..=dice.below(5) {
                let at = dice.below(file.len() as u64) as usize;
                broken[at] = dice.below(256) as u8;
            }
            ask_everything(&broken);
        }
    }
    check_allocations();
}

/// What the fuzzer came up with: a file for every way in which reading fails.
#[test]
fn files_of_the_fuzzer_give_answers_or_errors() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("failed");
    let mut count = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "agc") {
            ask_everything(&std::fs::read(&path).unwrap());
            count += 1;
        }
    }
    assert!(count > 0, "the files are part of the project");
    check_allocations();
}

const PARAMS: [u32; 4] = [31, 20, 50, 60000];

fn one_contig(segments: Vec<(u32, u32, u32, bool)>) -> Vec<(String, Vec<common::craft::Contig>)> {
    vec![("s".into(), vec![("c".into(), segments)])]
}

fn only_error(craft: Craft) -> Error {
    let (_, mut errors) = ask_everything(&craft.finish());
    check_allocations();
    errors.pop().expect("an error")
}

/// A frame of one-byte blocks: `count` times 128 KiB.
fn bomb(count: usize) -> Vec<u8> {
    let mut bomb = frame(b"");
    // Without the content's size, a window of 128 KiB.
    bomb.truncate(4);
    bomb.extend([0, 7 << 3]);
    for block in 0..count {
        let header = (128u32 << 10) << 3 | 2 | u32::from(block + 1 == count);
        bomb.extend(&header.to_le_bytes()[..3]);
        bomb.push(b'A');
    }
    bomb
}

#[test]
fn claims_are_held_against_the_limits_and_the_bytes() {
    // A claim beyond the limit.
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &one_contig(vec![(16, 0, 100, false)]));
    craft.part("xGr", 1 << 40, &[&bomb(10)[..], &[0]].concat());
    assert!(matches!(only_error(craft), Error::Limit { .. }));

    // A claim within the limit that the bytes cannot fulfil.
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &one_contig(vec![(16, 0, 1_000_000, false)]));
    craft.part(
        "xGr",
        1_000_000,
        &[&frame(b"\0\x01\x02\x03")[..], &[0]].concat(),
    );
    let error = only_error(craft).to_string();
    assert!(
        error.contains("stream xGr, part 0") && error.contains("contig c, segment 0"),
        "{error}"
    );

    // A frame that holds far more than it claims.
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &one_contig(vec![(16, 0, 1000, false)]));
    craft.part("xGr", 1000, &[&bomb(8000)[..], &[0]].concat());
    assert!(matches!(only_error(craft), Error::Malformed { .. }));

    // As the names of the samples.
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.part("collection-samples", 1 << 30, &bomb(8192));
    assert!(matches!(only_error(craft), Error::Limit { .. }));
}

#[test]
fn digests_that_do_not_fit_are_errors_and_lacking_ones_are_none() {
    let with = |text: &[u8]| {
        let mut craft = Craft::default();
        craft.header(PARAMS);
        craft.collection(PARAMS, &one_contig(vec![(16, 0, 4, false)]));
        craft.part("xGr", 0, &[0, 1, 2, 3]);
        if text.is_empty() {
            craft.part("ragc-digests", 0, text);
        } else {
            craft.framed("ragc-digests", text);
        }
        craft
    };
    let digest = [7; 24];
    let sound = with(&[&[1, 1], &digest[..]].concat()).finish();
    let mut source = Source::new(&sound, Supply::Exact, limits()).unwrap();
    let found = source.ask(|r| r.digests("s".into())).unwrap();
    assert_eq!(found, Some(vec![Digest(digest)]));
    for lacking in [&[][..], &[0], &[1, 0]] {
        let file = with(lacking).finish();
        let mut source = Source::new(&file, Supply::OneByte, limits()).unwrap();
        assert_eq!(
            source.ask(|r| r.digests("s".into())),
            Ok(None),
            "{lacking:?}"
        );
    }
    for broken in [
        &[1][..],
        &[1, 1],
        &[&[1, 2], &digest[..], &digest[..]].concat(),
        &[&[2, 1, 0], &digest[..]].concat(),
        &[&[1, 1], &digest[..], &[0]].concat(),
        &[&[1, 0xF0, 0xEF, 0xDF, 0xBF, 0x7F], &digest[..]].concat(),
    ] {
        let error = only_error(with(broken)).to_string();
        assert!(
            error.contains("stream ragc-digests, part 0, byte "),
            "{error}"
        );
    }
    let mut craft = with(&[]);
    craft.part("ragc-digests", 0, &[]);
    assert!(
        ask_everything(&craft.finish()).1.is_empty(),
        "a part of no batch"
    );
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &one_contig(vec![(16, 0, 4, false)]));
    craft.part("xGr", 0, &[0, 1, 2, 3]);
    craft.part("ragc-digests", 1 << 30, &bomb(8192));
    assert!(matches!(only_error(craft), Error::Limit { .. }));
    check_allocations();
}

#[test]
fn a_delta_that_claims_billions_costs_nothing() {
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &one_contig(vec![(16, 1, 2_147_483_647, false)]));
    craft.part("xGr", 0, &[0, 1, 2, 3]);
    craft.part("xGd", 0, b"\x1E2147483643\x04\xFF");
    // Sound: two billion times N, of which windows are asked for.
    let (bases, errors) = ask_everything(&craft.finish());
    assert_eq!((bases, errors), (LIMIT, vec![]));
    check_allocations();

    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(PARAMS, &one_contig(vec![(16, 1, 1000, false)]));
    craft.part("xGr", 0, &[0, 1, 2, 3]);
    craft.part("xGd", 0, b"\x1E9999999999\x04\xFF");
    let error = only_error(craft).to_string();
    assert!(
        error.starts_with("sample s, contig c, segment 0, stream xGd, part 0, byte "),
        "{error}"
    );
}

#[test]
fn segments_that_are_nowhere_say_which_they_are() {
    let nowhere = [(u32::MAX, u32::MAX), (16, 51), (16, 2), (0, 7), (17, 0)];
    for (group, entry) in nowhere {
        let mut craft = Craft::default();
        craft.header(PARAMS);
        craft.collection(
            PARAMS,
            &one_contig(vec![(16, 0, 4, false), (group, entry, 100, true)]),
        );
        craft.part("xGr", 0, &[0, 1, 2, 3]);
        craft.part("xGd", 0, b"AAA\xFF");
        let error = only_error(craft).to_string();
        assert!(
            error.starts_with("sample s, contig c, segment 1, stream x"),
            "{group} {entry}: {error}"
        );
    }
}

#[test]
fn footers_with_absurd_counts_are_errors() {
    for count in [u64::MAX, 1 << 32, 1000] {
        for footer in [
            len_int(count),
            [&[1, 1][..], b"s\0", &len_int(count), &[0]].concat(),
        ] {
            let mut file = vec![0; 10];
            file.extend(&footer);
            file.extend((footer.len() as u64).to_le_bytes());
            let (_, errors) = ask_everything(&file);
            assert!(
                errors
                    .iter()
                    .all(|e| e.to_string().starts_with("stream footer")),
                "{errors:?}"
            );
            assert!(!errors.is_empty());
        }
    }
    check_allocations();
}

#[test]
fn counts_of_the_collection_that_do_not_fit_are_errors() {
    for count in [u32::MAX, 1_000_000, 2] {
        let mut craft = Craft::default();
        craft.header(PARAMS);
        craft.framed(
            "collection-samples",
            &[&prefix_int(count)[..], b"s\0"].concat(),
        );
        assert!(matches!(only_error(craft), Error::Malformed { .. }));
    }
    for broken in ["samples of the batch", "contigs", "segments"] {
        let many = prefix_int(u32::MAX);
        let one = prefix_int(1);
        let (samples, contigs, segments) = match broken {
            "contigs" => (&one, &many, &one),
            "segments" => (&one, &one, &many),
            _ => (&many, &one, &one),
        };
        let mut craft = Craft::default();
        craft.header(PARAMS);
        craft.framed("collection-samples", b"\x01s\0");
        craft.framed(
            "collection-contigs",
            &[&samples[..], contigs, b"c\0"].concat(),
        );
        let counts = [&samples[..], contigs, segments].concat();
        let blocks = [&counts[..], &[16], &[0], &[0], &[0]];
        let frames = blocks.map(frame);
        let sizes = blocks
            .iter()
            .zip(&frames)
            .map(|(b, f)| [b.len() as u8, f.len() as u8]);
        let details = [sizes.flatten().collect(), frames.concat()].concat();
        craft.part("collection-details", 0, &details);
        assert!(
            matches!(only_error(craft), Error::Malformed { .. }),
            "{broken}"
        );
    }
}

#[test]
fn a_question_over_the_limits_is_an_error_and_smaller_ones_are_answered() {
    let file = std::fs::read(data().join("05-pack-of-seven-k32.agc")).unwrap();
    let small = Limits {
        answer_bytes_max: 1000,
        ..Limits::default()
    };
    let mut source = Source::new(&file, Supply::Exact, small).unwrap();
    let sample: BString = source.ask(|r| r.samples()).unwrap().get(0).unwrap().into();
    let region = |range| Region {
        sample: sample.clone(),
        contig: 0,
        range,
    };
    let error = source.ask(|r| r.bases(&region(0..1001))).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Limit {
                asked: 1001,
                allowed: 1000,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(
        source.ask(|r| r.bases(&region(0..1000))).unwrap().len(),
        1000
    );

    // Two references of 3000 bytes, where 4000 are allowed.
    let mut craft = Craft::default();
    craft.header(PARAMS);
    craft.collection(
        PARAMS,
        &one_contig(vec![(16, 0, 3000, false), (17, 0, 3000, true)]),
    );
    craft.part("xGr", 0, &[0; 3000]);
    craft.part("xHr", 0, &[1; 3000]);
    let file = craft.finish();
    let starved = Limits {
        supplied_bytes_max: 4000,
        ..Limits::default()
    };
    let mut source = Source::new(&file, Supply::Exact, starved).unwrap();
    let mut bases = |range| {
        let region = Region {
            sample: "s".into(),
            contig: 0,
            range,
        };
        source.ask(|r| r.bases(&region)).map(BString::from)
    };
    let error = bases(0..u64::MAX).unwrap_err();
    assert!(
        matches!(error, Error::Limit { allowed: 4000, .. }),
        "{error}"
    );
    assert_eq!(bases(2998..3000).unwrap(), "AA");
    assert_eq!(bases(2999..3001).unwrap(), "AG");
}

//! All backends on the same frames: those of archives, frames of every kind made here, and damaged ones.
//!
//! A damaged frame without a checksum is refused or comes out as something else. The backends differ in how closely they
//! look, zrip the closest: what it accepts, it makes the same of as the others do.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::ops::RangeInclusive;
use std::path::Path;

use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use super::backends::WINDOW_AT;
use super::backends::c::CLibrary;
use super::backends::rust::Ruzstd;
use super::backends::zrip::Zrip;
use super::*;

/// More than any frame of the tests holds.
const LEN_MAX: u64 = 4 << 20;

/// One decoder of each kind, used for frame after frame as a reader does, the broken ones between the others.
#[derive(Default)]
struct Backends {
    c: Decoder<CLibrary>,
    ruzstd: Decoder<Ruzstd>,
    zrip: Decoder<Zrip>,
}

impl Backends {
    /// What each makes of a frame, `None` for an error.
    fn decode(&mut self, frame: &Frame<'_>, len_max: u64) -> [Option<Vec<u8>>; 3] {
        fn one<B: Decompress>(
            decoder: &mut Decoder<B>,
            frame: &Frame<'_>,
            len_max: u64,
        ) -> Option<Vec<u8>> {
            let mut out = b"old".to_vec();
            let done = decoder.decode_at_most(frame, len_max, &mut out);
            done.is_ok().then_some(out)
        }
        [
            one(&mut self.c, frame, len_max),
            one(&mut self.ruzstd, frame, len_max),
            one(&mut self.zrip, frame, len_max),
        ]
    }

    /// What all of them make of a frame.
    fn same(&mut self, frame: &Frame<'_>, len_max: u64) -> Option<Vec<u8>> {
        let [c, ruzstd, zrip] = self.decode(frame, len_max);
        assert!(
            c == ruzstd && ruzstd == zrip,
            "a frame of {}, at most {len_max}",
            frame.bytes.len()
        );
        zrip
    }
}

/// Numbers that look random, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, range: RangeInclusive<usize>) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        range.start() + self.0 as usize % (range.end() - range.start() + 1)
    }

    /// One to three bytes of a frame become others.
    fn damage(&mut self, frame: &[u8]) -> Vec<u8> {
        let mut bytes = frame.to_vec();
        for _ in 0..self.roll(1..=3) {
            let at = self.roll(0..=bytes.len() - 1);
            bytes[at] = match self.roll(0..=2) {
                0 => bytes[at] ^ 1 << self.roll(0..=7),
                1 => self.roll(0..=255) as u8,
                _ => [0x00, 0x7F, 0x80, 0xFF][self.roll(0..=3)],
            };
        }
        bytes
    }
}

/// Every frame in the archives of the repository, and of those beside it.
fn archived() -> BTreeSet<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut frames = BTreeSet::new();
    let mut folders = vec![root.join("tests/data"), root.join("../shared/golden")];
    if !folders[1].exists() {
        let _ = writeln!(io::stderr(), "SKIPPED: ../shared/golden is absent");
        folders.pop();
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "agc") {
                let bytes = fs::read(&path).unwrap();
                let starts = memchr::memmem::find_iter(&bytes, MAGIC);
                let found = starts.filter_map(|at| Frame::split(&bytes[at..]).ok());
                frames.extend(found.map(|(frame, _)| frame.bytes.to_vec()));
            }
        }
    }
    frames
}

/// A text that compresses as deltas do: repeats, near and far, of letters and digits.
fn text(dice: &mut Dice, len: usize) -> Vec<u8> {
    let mut text = Vec::new();
    while text.len() < len {
        match dice.roll(0..=3) {
            0 => text
                .extend((0..dice.roll(1..=40)).map(|_| b"ACGT0123456789,.!-"[dice.roll(0..=17)])),
            1 => text.extend((0..dice.roll(1..=2000)).map(|_| dice.roll(0..=255) as u8)),
            2 => text.extend(vec![b'!'; dice.roll(1..=500)]),
            _ => {
                let from = dice.roll(0..=text.len());
                let to = (from + dice.roll(0..=3000)).min(text.len());
                text.extend_from_within(from..to);
            }
        }
    }
    text.truncate(len);
    text
}

/// A frame with a checksum.
fn checked(content: &[u8], level: i32, window_log: Option<u32>, says_len: bool) -> Vec<u8> {
    let mut compressor = Compressor::new(level).unwrap();
    let mut set = |parameter| compressor.set_parameter(parameter).unwrap();
    set(CParameter::ChecksumFlag(true));
    set(CParameter::ContentSizeFlag(says_len));
    if let Some(log) = window_log {
        set(CParameter::WindowLog(log));
    }
    compressor.compress(content).unwrap()
}

#[test]
fn frames_of_archives() {
    let mut backends = Backends::default();
    for bytes in archived() {
        let frame = Frame::whole(&bytes).unwrap();
        let content = backends.same(&frame, LEN_MAX).unwrap();
        let less = content.len().saturating_sub(1) as u64;
        assert_eq!(
            backends.same(&frame, less),
            content.is_empty().then(Vec::new)
        );
    }
}

#[test]
fn damaged_frames_of_archives() {
    let mut backends = Backends::default();
    let mut dice = Dice(1);
    let (mut walked, mut more) = (0, 0);
    for bytes in archived() {
        for _ in 0..6 {
            let bytes = dice.damage(&bytes);
            let Ok((frame, _)) = Frame::split(&bytes) else {
                continue;
            };
            let [c, ruzstd, zrip] = backends.decode(&frame, LEN_MAX);
            walked += 1;
            let Some(zrip) = zrip else {
                continue;
            };
            more += usize::from(ruzstd.is_none() || c.is_none());
            for other in [c, ruzstd].into_iter().flatten() {
                assert!(other == zrip, "a frame of {}", bytes.len());
            }
        }
    }
    assert!(walked > 100, "{walked} frames");
    assert!(
        more * 500 < walked,
        "zrip accepts {more} of {walked} that another refuses"
    );
}

#[test]
fn frames_with_checksums_damaged_anywhere() {
    let mut backends = Backends::default();
    let mut dice = Dice(2);
    for len in [0, 1, 5, 300, 5_000, 70_000, 200_000, 400_000] {
        let content = text(&mut dice, len);
        for (level, window_log) in [
            (1, None),
            (13, None),
            (19, None),
            (19, Some(10)),
            (3, Some(17)),
        ] {
            for says_len in [true, false] {
                let bytes = checked(&content, level, window_log, says_len);
                let frame = Frame::whole(&bytes).unwrap();
                assert!(backends.same(&frame, LEN_MAX).as_deref() == Some(&content));
                assert!(backends.same(&frame, len as u64).as_deref() == Some(&content));
                for _ in 0..20 {
                    let bytes = dice.damage(&bytes);
                    // Cut off by a changed header, its end is not all that is there.
                    let Ok(frame) = Frame::whole(&bytes) else {
                        continue;
                    };
                    for found in backends.decode(&frame, LEN_MAX).into_iter().flatten() {
                        assert!(
                            found == content,
                            "{len}, {level}, {window_log:?}, {says_len}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn windows_of_any_size() {
    let mut backends = Backends::default();
    let content = text(&mut Dice(3), 150_000);
    let mut bytes = checked(&content, 19, Some(18), false);
    let own = bytes[WINDOW_AT];
    for window in own..=u8::MAX {
        bytes[WINDOW_AT] = window;
        for room in [content.len() as u64, LEN_MAX, 150 << 20] {
            let found = backends.same(&Frame::whole(&bytes).unwrap(), room);
            assert!(found.as_deref() == Some(&content), "{window:#04x}");
        }
    }
}

#[test]
fn blocks_that_are_too_long() {
    for (kind, stored) in [(0, 131_073), (1, 1), (2, 131_073)] {
        let header = 131_073u32 << 3 | kind << 1 | 1;
        let mut bytes = [&MAGIC[..], &[0x00, 0x70], &header.to_le_bytes()[..3]].concat();
        bytes.resize(bytes.len() + stored, 0);
        assert!(Frame::whole(&bytes).is_err(), "kind {kind}");
    }
}

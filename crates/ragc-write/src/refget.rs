//! Sequence -> its GA4GH refget digest, window by window.

use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use ragc_read::Digest;
use sha2::{Digest as _, Sha512};

use crate::packed::{BASES_PER_WORD, PackedSeq, runs_within, word_at};

/// Letters made at a time: whole blocks of SHA-512, few enough for the nearest cache.
const LETTERS: usize = 1 << 12;

/// The letter of every base code (docs/FORMAT.md, "Base codes").
const LETTER: [u8; 16] = *b"ACGTNRYSWKMBDHVU";

/// The letters of four bases, for each byte of a packed sequence.
static FOURS: [[u8; 4]; 256] = fours();

const fn fours() -> [[u8; 4]; 256] {
    let mut fours = [[0; 4]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut base = 0;
        while base < 4 {
            fours[byte][base] = LETTER[byte >> (2 * base) & 3];
            base += 1;
        }
        byte += 1;
    }
    fours
}

/// The digest of a sequence that comes in pieces.
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sha512);

impl Hasher {
    /// Takes the next letters, which are in upper case.
    pub fn update(&mut self, letters: &[u8]) {
        self.0.update(letters);
    }

    /// Takes the symbols of `seq` in `range`, codes 0..=15.
    pub fn update_packed(&mut self, seq: &PackedSeq, range: Range<usize>) {
        let mut letters = [0; LETTERS];
        for start in range.clone().step_by(LETTERS) {
            let part = start..range.end.min(start + LETTERS);
            let len = part.len();
            for (word, at) in letters
                .chunks_exact_mut(BASES_PER_WORD)
                .zip(part.clone().step_by(BASES_PER_WORD))
            {
                let bytes = word_at(seq.words(), at).to_le_bytes();
                for (four, byte) in word.chunks_exact_mut(4).zip(bytes) {
                    four.copy_from_slice(&FOURS[usize::from(byte)]);
                }
            }
            for run in runs_within(seq.exceptions(), part) {
                letters[run.start as usize..run.end() as usize].fill(LETTER[usize::from(run.code)]);
            }
            self.update(&letters[..len]);
        }
    }

    /// The digest of what was taken so far.
    pub fn digest(&self) -> Digest {
        let hash = self.0.clone().finalize();
        let mut digest = [0; 24];
        digest.copy_from_slice(&hash[..24]);
        Digest(digest)
    }
}

/// Passes the hasher of a contig from window to window, though each may be worked on by another thread.
///
/// Whoever has a window waits for the one before it. That is under way already as long as windows are taken up in order.
#[derive(Debug)]
pub struct Link {
    before: Option<Receiver<Hasher>>,
    after: Option<SyncSender<Hasher>>,
}

impl Link {
    /// The link of a contig's first window.
    pub fn first() -> Self {
        Self {
            before: None,
            after: None,
        }
    }

    /// The link of the window that follows.
    pub fn next(&mut self) -> Self {
        let (after, before) = sync_channel(1);
        self.after = Some(after);
        Self {
            before: Some(before),
            after: None,
        }
    }

    /// What has taken all windows before; `None` if one of them was given up.
    pub fn take(&mut self) -> Option<Hasher> {
        match self.before.take() {
            None => Some(Hasher::default()),
            Some(before) => before.recv().ok(),
        }
    }

    /// Gives `hasher` to the window that follows, if there is one.
    pub fn pass_on(&mut self, hasher: Hasher) {
        if let Some(after) = self.after.take() {
            // Nobody waits for it when the run has failed, or when nothing followed after all.
            let _ = after.send(hasher);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters of `seq`, one by one.
    fn letters(seq: &PackedSeq, range: Range<usize>) -> Vec<u8> {
        let codes = crate::part::codes(seq, false);
        codes[range]
            .iter()
            .map(|&code| LETTER[usize::from(code)])
            .collect()
    }

    #[test]
    fn packed_sequence_is_hashed_as_its_letters() {
        let mut seq = PackedSeq::default();
        let mut state = 1_u32;
        for at in 0..3 * LETTERS + 17 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match at % 1000 {
                700..750 => seq.push(4 + (at / 1000 % 12) as u8),
                _ => seq.push((state >> 30) as u8),
            }
        }
        let len = seq.len();
        for range in [
            0..len,
            0..0,
            1..len,
            31..700,
            710..740,
            LETTERS..2 * LETTERS,
            5..LETTERS + 6,
        ] {
            let mut hasher = Hasher::default();
            hasher.update(&letters(&seq, range.clone()));
            for cut in [range.start, range.start + range.len() / 3, range.end] {
                let mut packed = Hasher::default();
                packed.update_packed(&seq, range.start..cut);
                packed.update_packed(&seq, cut..range.end);
                assert_eq!(packed.digest(), hasher.digest(), "{range:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn digests_are_those_of_the_standard() {
        let mut hasher = Hasher::default();
        assert_eq!(
            hasher.digest().to_string(),
            "SQ.z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXc"
        );
        hasher.update(b"AC");
        hasher.update(b"GT");
        assert_eq!(
            hasher.digest().to_string(),
            "SQ.aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2"
        );
    }

    #[test]
    fn a_link_that_is_given_up_is_not_waited_for() {
        let mut first = Link::first();
        let mut second = first.next();
        let mut third = second.next();
        let mut hasher = first.take().expect("one that has taken nothing");
        hasher.update(b"ACGT");
        let digest = hasher.digest();
        first.pass_on(hasher);
        assert_eq!(second.take().map(|hasher| hasher.digest()), Some(digest));
        drop(second);
        assert!(third.take().is_none());
        third.pass_on(Hasher::default());
    }
}

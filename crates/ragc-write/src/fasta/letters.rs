//! Letters of sequence lines into base codes, 32 at a time, and the count of what did not fit.

use crate::packed::{BASES_PER_WORD, PackedSeq};

/// Code of N, which letters without a code of their own become.
const CODE_N: u8 = 4;
/// The codes above 15 are classes of bytes that have none.
const FOREIGN: u8 = 16;
/// X: masked or unknown in nucleotide files, any amino acid in protein files.
const MASKED: u8 = 17;
const DIGIT: u8 = 18;
/// Blanks, gaps, stops, punctuation.
const FILLER: u8 = 19;
/// Control characters and bytes outside ASCII.
const BINARY: u8 = 20;

/// The code of every byte (docs/FORMAT.md, "Base codes"), or its class.
static CODES: [u8; 256] = codes();

const fn codes() -> [u8; 256] {
    let mut codes = [FILLER; 256];
    let mut byte = 0;
    while byte < 256 {
        let class = byte as u8;
        if class.is_ascii_alphabetic() {
            codes[byte] = FOREIGN;
        } else if class.is_ascii_digit() {
            codes[byte] = DIGIT;
        } else if !class.is_ascii()
            || (class.is_ascii_control() && !matches!(class, b'\t' | 0x0B | 0x0C))
        {
            codes[byte] = BINARY;
        }
        byte += 1;
    }
    let letters = *b"ACGTNRYSWKMBDHVU";
    let mut code = 0;
    while code < letters.len() {
        codes[letters[code] as usize] = code as u8;
        codes[letters[code].to_ascii_lowercase() as usize] = code as u8;
        code += 1;
    }
    codes[b'X' as usize] = MASKED;
    codes[b'x' as usize] = MASKED;
    codes
}

/// What the sequence lines of a file were made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Census {
    /// Symbols stored, whatever they are.
    pub(super) symbols: u64,
    /// Of these, IUPAC letters for several bases, without N.
    ambiguous: u64,
    /// Of these, X, stored as N.
    masked: u64,
    /// Of these, other letters without a code, stored as N.
    foreign: u64,
    digits: u64,
    filler: u64,
    binary: u64,
}

impl Census {
    pub(super) fn replaced(&self) -> u64 {
        self.masked + self.foreign
    }

    pub(super) fn left_out(&self) -> u64 {
        self.digits + self.filler + self.binary
    }

    /// Bytes of sequence lines seen.
    pub(super) fn bytes(&self) -> u64 {
        self.symbols + self.left_out()
    }

    /// What the lines look like when they are mostly no nucleotides.
    ///
    /// A third of the letters of a protein have no nucleotide code, and three quarters are not among ACGTUN; genomes
    /// with many ambiguity codes, masked stretches or gaps have one at most. Short files say little, so there only a
    /// majority of foreign letters counts.
    pub(super) fn suspicion(&self) -> Option<&'static str> {
        const TELLING_SYMBOLS: u64 = 100;
        let plain = self.symbols - self.ambiguous - self.replaced();
        let protein = if self.symbols < TELLING_SYMBOLS {
            self.foreign * 2 > self.symbols
        } else {
            self.foreign * 10 > self.symbols && plain * 2 < self.symbols
        };
        if self.binary * 10 > self.bytes() {
            Some("binary data")
        } else if protein {
            Some("protein or text")
        } else if self.digits > self.symbols {
            Some("numbers, such as base qualities")
        } else {
            None
        }
    }
}

/// Appends the symbols of `line`, which holds no line ends.
pub(super) fn append(line: &[u8], out: &mut PackedSeq, census: &mut Census) {
    let before = out.len();
    let mut chunks = line.chunks_exact(BASES_PER_WORD);
    for chunk in &mut chunks {
        append_chunk(
            chunk,
            chunk.try_into().expect("chunks of 32 bytes"),
            out,
            census,
        );
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        // A is code 0: filled up with it, the tail goes the fast way too.
        let mut padded = [b'A'; BASES_PER_WORD];
        padded[..rest.len()].copy_from_slice(rest);
        append_chunk(rest, &padded, out, census);
    }
    census.symbols += (out.len() - before) as u64;
}

/// Appends `chunk` of 1 to 32 bytes; `padded` is the same filled up with A.
#[inline]
fn append_chunk(
    chunk: &[u8],
    padded: &[u8; BASES_PER_WORD],
    out: &mut PackedSeq,
    census: &mut Census,
) {
    let (bits, all_acgt) = pack(padded);
    if all_acgt {
        out.push_bits(bits, chunk.len());
    } else {
        append_by_byte(chunk, out, census);
    }
}

/// The 2-bit codes of 32 letters, the first in the lowest bits, and whether all are A, C, G or T of either case.
///
/// Bits 1 and 2 of the four letters tell them apart: `(letter >> 1 ^ letter >> 2) & 3` is the code. Eight letters are
/// computed in a word at once, and the letters the codes stand for are compared with what was there.
#[inline]
fn pack(letters: &[u8; BASES_PER_WORD]) -> (u64, bool) {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let mut bits = 0;
    let mut differing = 0;
    for (i, eight) in letters.chunks_exact(8).enumerate() {
        let letters = u64::from_le_bytes(eight.try_into().expect("chunks of 8 bytes"));
        let codes = (letters >> 1 ^ letters >> 2) & (LOW * 3);
        let (low, high) = (codes & LOW, codes >> 1 & LOW);
        // A + 2 is C, A + 6 is G, A + 2 + 6 + 11 is T.
        let upper = LOW * u64::from(b'A') + low * 2 + high * 6 + (low & high) * 11;
        differing |= (letters & (LOW * 0xDF)) ^ upper;
        let pairs = (codes | codes >> 6) & 0x000F_000F_000F_000F;
        let fours = (pairs | pairs >> 12) & 0x0000_00FF_0000_00FF;
        bits |= ((fours | fours >> 24) & 0xFFFF) << (16 * i);
    }
    (bits, differing == 0)
}

/// The slow way, for chunks with anything but ACGT; runs of one byte are taken at once.
#[cold]
fn append_by_byte(chunk: &[u8], out: &mut PackedSeq, census: &mut Census) {
    for run in chunk.chunk_by(|a, b| a == b) {
        let code = CODES[run[0] as usize];
        let len = run.len() as u64;
        match code {
            0..=3 => run.iter().for_each(|_| out.push_bits(u64::from(code), 1)),
            CODE_N | 15 => out.push_run(code, run.len()),
            5..=14 => {
                out.push_run(code, run.len());
                census.ambiguous += len;
            }
            FOREIGN => {
                out.push_run(CODE_N, run.len());
                census.foreign += len;
            }
            MASKED => {
                out.push_run(CODE_N, run.len());
                census.masked += len;
            }
            DIGIT => census.digits += len,
            BINARY => census.binary += len,
            _ => census.filler += len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::word_at;

    fn text(seq: &PackedSeq) -> String {
        let mut letters: Vec<u8> = (0..seq.len())
            .map(|at| b"ACGT"[(word_at(seq.words(), at) & 3) as usize])
            .collect();
        for run in seq.exceptions() {
            letters[run.start as usize..run.end() as usize]
                .fill(b"ACGTNRYSWKMBDHVU"[run.code as usize]);
        }
        String::from_utf8(letters).expect("letters")
    }

    #[test]
    fn every_byte_in_every_place_of_a_chunk() {
        for byte in 0..=255_u8 {
            for at in 0..70 {
                let mut line = b"ACGTacgtTTGACCA".repeat(5)[..70].to_vec();
                line[at] = byte;
                let (mut seq, mut census) = (PackedSeq::default(), Census::default());
                append(&line, &mut seq, &mut census);
                let mut expected =
                    String::from_utf8(b"ACGTACGTTTGACCA".repeat(5)[..70].to_vec()).expect("ASCII");
                let letter = byte.to_ascii_uppercase();
                let stored = match letter {
                    letter if b"ACGTNRYSWKMBDHVU".contains(&letter) => (letter as char).to_string(),
                    letter if letter.is_ascii_alphabetic() => "N".into(),
                    _ => String::new(),
                };
                expected.replace_range(at..=at, &stored);
                assert_eq!(text(&seq), expected, "byte {byte:#x} at {at}");
                assert_eq!(census.symbols as usize, expected.len());
                assert_eq!(
                    census.replaced(),
                    u64::from(stored == "N" && letter != b'N')
                );
                assert_eq!(census.left_out(), u64::from(stored.is_empty()));
            }
        }
    }

    #[test]
    fn suspicion_needs_a_majority() {
        let judge = |line: &str| {
            let mut census = Census::default();
            append(line.as_bytes(), &mut PackedSeq::default(), &mut census);
            census.suspicion()
        };
        assert_eq!(judge("ACGTNRYSWKMBDHVU"), None);
        assert_eq!(judge(&"ACGTNRYSWKMBDHVU".repeat(20)), None);
        assert_eq!(judge("ACGTEFX"), None);
        assert_eq!(judge(&"X".repeat(500)), None);
        assert_eq!(judge(&"-".repeat(500)), None);
        assert_eq!(
            judge(&"MEKIVLLLAIVSLVKSDQICIGYHANNSTEQVDTIMEKNVT".repeat(10)),
            Some("protein or text")
        );
        assert_eq!(
            judge("40 40 38 12 2"),
            Some("numbers, such as base qualities")
        );
        assert_eq!(judge("\u{1}\u{2}ACGT"), Some("binary data"));
    }
}

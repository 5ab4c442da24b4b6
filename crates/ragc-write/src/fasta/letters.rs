//! Letters of sequence lines into base codes, 32 at a time, and the count of what did not fit.

use crate::packed::{BASES_PER_WORD, PackedSeq, low_bases};

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

/// Appends the letters A, C, G and T of either case that `text` starts with; gives back how many there are.
pub(super) fn append_acgt(text: &[u8], out: &mut PackedSeq, census: &mut Census) -> usize {
    let mut len = 0;
    loop {
        let rest = &text[len..];
        let letters = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut padded = [0; BASES_PER_WORD];
            padded[..rest.len()].copy_from_slice(rest);
            padded
        });
        let (bits, n) = pack(&letters);
        if n > 0 {
            out.push_bits(bits & low_bases(n), n);
            len += n;
        }
        if n < BASES_PER_WORD {
            census.symbols += len as u64;
            return len;
        }
    }
}

/// Appends the symbols of `line`, which holds no line ends.
pub(super) fn append(mut line: &[u8], out: &mut PackedSeq, census: &mut Census) {
    loop {
        line = &line[append_acgt(line, out, census)..];
        if line.is_empty() {
            return;
        }
        let (chunk, rest) = line.split_at(line.len().min(BASES_PER_WORD));
        append_by_byte(chunk, out, census);
        line = rest;
    }
}

/// The 2-bit codes of 32 letters, the first in the lowest bits, and how many of the first are A, C, G or T of either case.
#[inline]
fn pack(letters: &[u8; BASES_PER_WORD]) -> (u64, usize) {
    let &[a, b, c, d] = letters.as_chunks().0 else {
        unreachable!("four eights are 32");
    };
    let (a, b, c, d) = (pack_eight(a), pack_eight(b), pack_eight(c), pack_eight(d));
    let bits = a.0 | b.0 << 16 | c.0 << 32 | d.0 << 48;
    if a.1 | b.1 | c.1 | d.1 == 0 {
        return (bits, BASES_PER_WORD);
    }
    let mut n = 0;
    for (_, differing) in [a, b, c, d] {
        n += differing.trailing_zeros() as usize / 8;
        if differing != 0 {
            break;
        }
    }
    (bits, n)
}

/// The 2-bit codes of 8 letters, and a word that is 0 in the bytes of those that are A, C, G or T of either case.
///
/// Bits 1 and 2 tell the four apart: `(letter >> 1 ^ letter >> 2) & 3` is the code. All others but that of the case
/// follow from them, and are compared: those of A, C and G are the same, of T two others.
#[inline]
fn pack_eight(letters: [u8; 8]) -> (u64, u64) {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let letters = u64::from_le_bytes(letters);
    let (bit1, bit2) = (letters >> 1, letters >> 2);
    let is_t = bit2 & !bit1 & LOW;
    let differing = (letters & (LOW * 0xD9)) ^ (LOW * 0x41) ^ (is_t | is_t << 4);
    let codes = (bit1 ^ bit2) & (LOW * 3);
    let pairs = (codes | codes >> 6) & 0x000F_000F_000F_000F;
    // Each pair to its place in the upper 16 bits; the other products lie below or overflow.
    let bits = pairs.wrapping_mul(1 << 48 | 1 << 36 | 1 << 24 | 1 << 12) >> 48;
    (bits, differing)
}

/// The slow way, for chunks with anything but ACGT; runs of one byte are taken at once.
#[cold]
fn append_by_byte(chunk: &[u8], out: &mut PackedSeq, census: &mut Census) {
    let before = out.len();
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
    census.symbols += (out.len() - before) as u64;
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

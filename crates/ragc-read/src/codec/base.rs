//! Base codes, their letters, and the reverse complement. See docs/FORMAT.md, "Symbol codes".
//!
//! Codes are turned into letters as soon as a reference or a raw pack is decompressed, so that everything after it
//! copies letters.

const LETTERS: &[u8; 16] = b"ACGTNRYSWKMBDHVU";

/// What a letter without a code was stored as comes out as `N`.
const UNKNOWN: u8 = b'N';

/// Stands for a code that has no letter.
#[cfg(feature = "fs")]
pub const NO_LETTER: u8 = b'?';

/// The letter of every code.
const LETTER_OF_CODE: [u8; 256] = letter_table();

#[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
const fn letter_table() -> [u8; 256] {
    let mut table = [UNKNOWN; 256];
    let mut code = 0;
    while code < LETTERS.len() {
        table[code] = LETTERS[code];
        code += 1;
    }
    table
}

/// The letter of a base code.
#[expect(clippy::indexing_slicing, reason = "a byte is an index of 256")]
pub(crate) const fn letter(code: u8) -> u8 {
    // Widening; `usize::from` is not const.
    LETTER_OF_CODE[code as usize]
}

/// Turns codes into letters, in place.
pub(crate) fn codes_to_letters(codes: &mut [u8]) {
    for code in codes {
        *code = letter(*code);
    }
}

/// The same, but a code without a letter becomes [`NO_LETTER`]: to readers it is an `N`, but no `N` equals it.
#[cfg(feature = "fs")]
pub(crate) fn codes_to_known_letters(codes: &mut [u8]) {
    for code in codes {
        *code = if usize::from(*code) < LETTERS.len() {
            letter(*code)
        } else {
            NO_LETTER
        };
    }
}

/// Turns letters into those of the other strand, in place, as segments are stored. Only A, C, G and T have a complement;
/// the other letters stay (R does not become Y), so that the operation is its own inverse.
pub(crate) fn reverse_complement(letters: &mut [u8]) {
    let (front, rest) = letters.split_at_mut(letters.len() / (2 * EIGHT) * EIGHT);
    let (middle, back) = rest.split_at_mut(rest.len() - front.len());
    let (front, _) = front.as_chunks_mut::<EIGHT>();
    let (back, _) = back.as_chunks_mut::<EIGHT>();
    for (a, b) in front.iter_mut().zip(back.iter_mut().rev()) {
        (*a, *b) = (other_strand(*b), other_strand(*a));
    }
    // At most fifteen.
    middle.reverse();
    for letter in middle {
        let [other, ..] = complement(u64::from(*letter)).to_le_bytes();
        *letter = other;
    }
}

// Inlined always: the wasm module is compiled for size, and then a call for every eight letters would take longest.

/// Letters in a machine word.
const EIGHT: usize = 8;

#[inline(always)]
fn other_strand(letters: [u8; EIGHT]) -> [u8; EIGHT] {
    complement(u64::from_be_bytes(letters)).to_le_bytes()
}

/// Of eight letters at once, which is as fast in wasm as elsewhere.
#[inline(always)]
fn complement(letters: u64) -> u64 {
    let at = equal(letters, b'A') | equal(letters, b'T');
    // These two differ in one bit.
    let cg = equal(letters & !every(b'C' ^ b'G'), b'C');
    letters ^ (at * u64::from(b'A' ^ b'T')) ^ (cg * u64::from(b'C' ^ b'G'))
}

/// 1 in each byte that is `letter`, 0 in the others.
#[inline(always)]
fn equal(bytes: u64, letter: u8) -> u64 {
    let low = every(0x7F);
    let other = bytes ^ every(letter);
    // Adding 127 to seven bits sets the eighth unless they are zero, and carries nothing.
    !(((other & low) + low) | other | low) >> 7
}

/// Eight times the same byte.
#[inline(always)]
fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; EIGHT])
}

/// Turns letters into those of the other strand, in place, as biologists want it: R becomes Y.
#[cfg(feature = "fs")]
pub(crate) fn reverse_complement_all(letters: &mut [u8]) {
    letters.reverse();
    for letter in letters {
        *letter = match *letter {
            b'A' => b'T',
            b'C' => b'G',
            b'G' => b'C',
            b'T' | b'U' => b'A',
            b'R' => b'Y',
            b'Y' => b'R',
            b'K' => b'M',
            b'M' => b'K',
            b'B' => b'V',
            b'V' => b'B',
            b'D' => b'H',
            b'H' => b'D',
            same => same,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_without_a_letter_are_n() {
        let mut codes: Vec<u8> = (0..=255).collect();
        codes_to_letters(&mut codes);
        assert_eq!(&codes[..16], b"ACGTNRYSWKMBDHVU");
        assert!(codes[16..].iter().all(|&l| l == b'N'));
    }

    #[cfg(feature = "fs")]
    #[test]
    fn codes_without_a_letter_can_be_told_from_n() {
        let mut codes = vec![0, 4, 15, 16, 30, 255];
        codes_to_known_letters(&mut codes);
        assert_eq!(codes, b"ANU???");
    }

    #[cfg(feature = "fs")]
    #[test]
    fn every_letter_has_a_complement() {
        let mut letters = b"ACGTNRYSWKMBDHVU".to_vec();
        reverse_complement_all(&mut letters);
        assert_eq!(letters, b"ABDHVKMWSRYNACGT");
    }

    #[test]
    fn bytes_of_every_number_and_length() {
        for len in 0..70 {
            let start = len * 11 % 256;
            let letters: Vec<u8> = (0..=255).cycle().skip(start).take(len).collect();
            let other = |letter: &u8| match letter {
                b'A' => b'T',
                b'C' => b'G',
                b'G' => b'C',
                b'T' => b'A',
                other => *other,
            };
            let wanted: Vec<u8> = letters.iter().rev().map(other).collect();
            let mut found = letters;
            reverse_complement(&mut found);
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn only_acgt_have_a_complement() {
        for (text, other) in [
            ("ACGTNRYSWKMBDHVU", "UVHDBMKWSYRNACGT"),
            ("AAC", "GTT"),
            ("A", "T"),
            ("", ""),
        ] {
            let mut letters = text.as_bytes().to_vec();
            reverse_complement(&mut letters);
            assert_eq!(letters, other.as_bytes());
            reverse_complement(&mut letters);
            assert_eq!(letters, text.as_bytes());
        }
    }
}

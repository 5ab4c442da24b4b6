//! Tuple packing: two to four base codes a byte. See docs/FORMAT.md, "Tuple packing".

use super::base::letter;
use crate::error::Error;

/// The letters of every byte that packs Q codes in base B; bytes that pack none give zeros.
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "evaluated when compiled"
)]
const fn letter_table<const Q: usize>(base: usize) -> [[u8; Q]; 256] {
    let mut table = [[0; Q]; 256];
    let mut byte = 0;
    while byte < 256 && byte < base.pow(Q as u32) {
        let mut rest = byte;
        let mut at = Q;
        while at > 0 {
            at -= 1;
            // A digit is below 16.
            table[byte][at] = letter((rest % base) as u8);
            rest /= base;
        }
        byte += 1;
    }
    table
}

static FOUR: [[u8; 4]; 256] = letter_table::<4>(4);
static THREE: [[u8; 3]; 256] = letter_table::<3>(6);
static TWO: [[u8; 2]; 256] = letter_table::<2>(16);

/// Unpacks a block into the letters of its `count` symbols; codes that are not packed go through `to_letters`.
pub(crate) fn unpack(
    block: &[u8],
    count: usize,
    to_letters: fn(&mut [u8]),
) -> Result<Vec<u8>, Error> {
    let (&marker, packed) = block
        .split_last()
        .ok_or_else(|| Error::malformed("an empty tuple block"))?;
    let (per_byte, rest) = (marker >> 4, marker & 15);
    if !(1..=4).contains(&per_byte) || rest >= per_byte {
        return Err(Error::malformed(format!("no tuple marker: {marker:#04x}")));
    }
    if per_byte == 1 {
        expect_count(packed.len(), count)?;
        let mut letters = packed.to_vec();
        to_letters(&mut letters);
        return Ok(letters);
    }
    let (&last, full) = packed
        .split_last()
        .ok_or_else(|| Error::malformed("a tuple block of one byte"))?;
    let found = full
        .len()
        .saturating_mul(usize::from(per_byte))
        .saturating_add(usize::from(rest));
    expect_count(found, count)?;
    let mut letters = vec![0; count];
    match per_byte {
        4 => unpack_with(full, last, &FOUR, 4, &mut letters),
        3 => unpack_with(full, last, &THREE, 6, &mut letters),
        _ => unpack_with(full, last, &TWO, 16, &mut letters),
    }?;
    Ok(letters)
}

fn expect_count(found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::malformed(format!(
        "{expected} symbols expected, a tuple block of {found} found"
    )))
}

fn unpack_with<const Q: usize>(
    full: &[u8],
    last: u8,
    table: &[[u8; Q]; 256],
    base: u32,
    letters: &mut [u8],
) -> Result<(), Error> {
    let (tuples, rest) = letters.as_chunks_mut::<Q>();
    let mut all_letters = true;
    for (tuple, &byte) in tuples.iter_mut().zip(full) {
        // The table has an entry for every byte.
        *tuple = table.get(usize::from(byte)).copied().unwrap_or([0; Q]);
        all_letters &= tuple.first() != Some(&0);
    }
    let mut value = u32::from(last);
    for symbol in rest.iter_mut().rev() {
        *symbol = letter(u8::try_from(value % base).unwrap_or_default());
        value /= base;
    }
    if all_letters && (value == 0 || rest.is_empty()) {
        Ok(())
    } else {
        Err(Error::malformed("a tuple byte that packs no symbols"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::base::codes_to_letters;

    fn letters(codes: &[u8]) -> Vec<u8> {
        codes.iter().map(|&c| letter(c)).collect()
    }

    #[test]
    fn blocks_of_the_table() {
        let table: [(&[u8], &[u8]); 8] = [
            (&[0, 1, 2, 3, 0], &[0x1B, 0x00, 0x41]),
            (&[0, 1, 2, 3], &[0x1B, 0x00, 0x40]),
            (&[0, 4, 3], &[0x1B, 0x00, 0x30]),
            (&[5, 5, 5, 1], &[0xD7, 0x01, 0x31]),
            (&[4, 4, 4, 4, 4, 4], &[0xAC, 0xAC, 0x00, 0x30]),
            (&[0, 11, 2], &[0x0B, 0x02, 0x21]),
            (&[15], &[0x0F, 0x21]),
            (&[30], &[0x1E, 0x10]),
        ];
        for (codes, block) in table {
            assert_eq!(
                unpack(block, codes.len(), codes_to_letters).unwrap(),
                letters(codes),
                "{block:02x?}"
            );
            assert!(unpack(block, codes.len() + 1, codes_to_letters).is_err());
        }
    }

    #[test]
    fn broken_blocks_are_errors() {
        let broken: [&[u8]; 9] = [
            &[],
            &[0x40],
            &[0x1B, 0x00, 0x44],
            &[0x1B, 0x00, 0x00],
            &[0x1B, 0x00, 0x50],
            &[0x11],
            // Bytes from 6^3 on pack no three symbols, and 6 packs no single one.
            &[0xD8, 0x00, 0x30],
            &[0x06, 0x31],
            &[0x04, 0x41],
        ];
        for block in broken {
            for count in 0..8 {
                assert!(
                    unpack(block, count, codes_to_letters).is_err(),
                    "{block:02x?}"
                );
            }
        }
    }
}

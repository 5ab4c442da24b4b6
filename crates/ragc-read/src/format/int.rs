//! The two integer codes. See docs/FORMAT.md, "Length-prefixed integers" and "Prefix-coded integers".

use super::cursor::Cursor;
use crate::error::Error;

/// A length-prefixed integer: a byte n up to 8, then n bytes, most significant first.
pub(crate) fn len_int(cursor: &mut Cursor<'_>) -> Result<u64, Error> {
    let len = cursor.byte()?;
    if len > 8 {
        return Err(cursor.broken(format!("an integer of {len} bytes, at most 8 expected")));
    }
    let bytes = cursor.take(usize::from(len))?;
    Ok(bytes
        .iter()
        .fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

/// A prefix-coded integer of one to five bytes; each length starts counting where the shorter one ends.
#[inline]
pub(crate) fn prefix_int(cursor: &mut Cursor<'_>) -> Result<u32, Error> {
    match cursor.byte()? {
        first @ 0x00..=0x7F => Ok(u32::from(first)),
        first => longer_prefix_int(first, cursor),
    }
}

fn longer_prefix_int(first: u8, cursor: &mut Cursor<'_>) -> Result<u32, Error> {
    let (bytes, base) = match first {
        0x00..=0xBF => {
            let [a] = cursor.array()?;
            ([0, 0, first & 0x3F, a], 0x80)
        }
        0xC0..=0xDF => {
            let [a, b] = cursor.array()?;
            ([0, first & 0x1F, a, b], 0x4080)
        }
        0xE0..=0xEF => {
            let [a, b, c] = cursor.array()?;
            ([first & 0x0F, a, b, c], 0x0020_4080)
        }
        0xF0..=0xFF => (cursor.array()?, 0x1020_4080),
    };
    u32::from_be_bytes(bytes)
        .checked_add(base)
        .ok_or_else(|| cursor.broken("a number above 32 bits".to_string()))
}

/// The inverse of the "near" zigzag: numbers close to the prediction have small codes.
/// See docs/FORMAT.md, "The near zigzag".
pub(crate) fn unzigzag_near(code: u32, predicted: u64) -> u64 {
    let code = u64::from(code);
    if code >= 2 * predicted {
        code
    } else if code % 2 == 1 {
        // Odd and below 2p, so (z + 1)/2 is at most p.
        predicted - code.div_ceil(2)
    } else {
        code / 2 + predicted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        text.split(' ')
            .map(|b| u8::from_str_radix(b, 16).unwrap())
            .collect()
    }

    #[test]
    fn length_prefixed_integers_of_the_table() {
        let table = [
            (0, "00"),
            (1, "01 01"),
            (54, "01 36"),
            (255, "01 FF"),
            (256, "02 01 00"),
            (666, "02 02 9A"),
            (65536, "03 01 00 00"),
            (1 << 32, "05 01 00 00 00 00"),
            (u64::MAX, "08 FF FF FF FF FF FF FF FF"),
            (7, "03 00 00 07"),
        ];
        for (value, bytes) in table {
            let bytes = hex(bytes);
            let mut cursor = Cursor::new(&bytes);
            assert_eq!(len_int(&mut cursor).unwrap(), value);
            cursor.finish().unwrap();
        }
        for broken in ["09 00 00 00 00 00 00 00 00 01", "02 01", "FF"] {
            assert!(len_int(&mut Cursor::new(&hex(broken))).is_err());
        }
        assert!(len_int(&mut Cursor::new(&[])).is_err());
    }

    #[test]
    fn prefix_coded_integers_of_the_table() {
        let table = [
            (0, "00"),
            (127, "7F"),
            (128, "80 00"),
            (383, "80 FF"),
            (384, "81 00"),
            (16511, "BF FF"),
            (u32::MAX, "F0 EF DF BF 7F"),
            (16512, "C0 00 00"),
            (60031, "C0 A9 FF"),
            (120_029, "C1 94 5D"),
            (2_113_663, "DF FF FF"),
            (2_113_664, "E0 00 00 00"),
            (270_549_119, "EF FF FF FF"),
            (270_549_120, "F0 00 00 00 00"),
            (270_549_120, "FF 00 00 00 00"),
        ];
        for (value, bytes) in table {
            let bytes = hex(bytes);
            let mut cursor = Cursor::new(&bytes);
            assert_eq!(prefix_int(&mut cursor).unwrap(), value);
            cursor.finish().unwrap();
        }
        for broken in ["80", "C0 00", "E0 00 00", "F0 00 00 00", "F0 EF DF BF 80"] {
            assert!(
                prefix_int(&mut Cursor::new(&hex(broken))).is_err(),
                "{broken}"
            );
        }
    }

    #[test]
    fn near_zigzag_of_the_table() {
        let table = [
            (2, 0, 3),
            (2, 1, 1),
            (2, 2, 0),
            (2, 3, 2),
            (2, 9, 9),
            (1031, 31, 1999),
            (1031, 1031, 0),
            (1031, 1040, 18),
            (1031, 3000, 3000),
            (0, 5, 5),
            (0, 0, 0),
        ];
        for (predicted, value, code) in table {
            assert_eq!(unzigzag_near(code, predicted), value);
        }
        // A 32-bit code below twice its prediction can stand for more than 32 bits; the caller checks.
        assert_eq!(
            unzigzag_near(u32::MAX - 1, u64::from(u32::MAX)),
            u64::from(u32::MAX) * 3 / 2 - 1 + 1
        );
    }
}

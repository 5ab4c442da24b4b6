//! Numbers and columns of the index. See docs/INDEX.md, "Numbers and pages".

use crate::error::Error;
use crate::format::cursor::Cursor;

/// Seven bits a byte, the lowest first; the top bit says that more follow.
pub(super) fn varint(cursor: &mut Cursor<'_>) -> Result<u64, Error> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = cursor.byte()?;
        let bits = u64::from(byte & 0x7F);
        value |= bits << shift;
        if bits << shift >> shift != bits {
            break;
        }
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(cursor.broken("a number above 64 bits".to_string()))
}

/// The difference that a code stands for: `0, -1, 1, -2` and so on.
pub(super) fn unzigzag(code: u64) -> i64 {
    (code >> 1).cast_signed() ^ (code & 1).cast_signed().wrapping_neg()
}

/// A number of things of which each takes `each_min` bytes or more of what follows.
pub(super) fn count(cursor: &mut Cursor<'_>, each_min: u64, what: &str) -> Result<usize, Error> {
    let count = varint(cursor)?;
    checked_count(cursor, count, each_min, what)
}

/// The same for a number that is known.
pub(super) fn checked_count(
    cursor: &Cursor<'_>,
    count: u64,
    each_min: u64,
    what: &str,
) -> Result<usize, Error> {
    let most = cursor.remaining() as u64 / each_min;
    match usize::try_from(count) {
        Ok(count) if count as u64 <= most => Ok(count),
        _ => Err(cursor.broken(format!("{count} {what} do not fit"))),
    }
}

/// A column of numbers.
pub(super) fn varints(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<u64>, Error> {
    let mut column = Vec::with_capacity(count.min(cursor.remaining()));
    for _ in 0..count {
        column.push(varint(cursor)?);
    }
    Ok(column)
}

/// A column of numbers that never fall, as the first and differences.
pub(super) fn rising(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<u64>, Error> {
    let mut column = varints(cursor, count)?;
    let mut value = 0_u64;
    for number in &mut column {
        value = value
            .checked_add(*number)
            .ok_or_else(|| cursor.broken("a number above 64 bits".to_string()))?;
        *number = value;
    }
    Ok(column)
}

/// A column of numbers, as differences from the one before, the first from 0.
pub(super) fn moving(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<u64>, Error> {
    let mut column = varints(cursor, count)?;
    let mut value = 0_u64;
    for number in &mut column {
        value = value.wrapping_add_signed(unzigzag(*number));
        *number = value;
    }
    Ok(column)
}

/// A column of numbers: the lowest byte of each, then the rest of each.
pub(super) fn split(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<u64>, Error> {
    let low = cursor.take(count)?;
    low.iter()
        .map(|&low| {
            let rest = varint(cursor)?;
            let high = rest
                .checked_mul(256)
                .ok_or_else(|| cursor.broken("a number above 64 bits".to_string()))?;
            Ok(high | u64::from(low))
        })
        .collect()
}

/// A length or count that fits into memory; `what` it is of.
pub(super) fn fitting(number: u64, what: &str) -> Result<usize, Error> {
    usize::try_from(number).map_err(|_| Error::malformed(format!("{what} of {number}")))
}

/// The sums of a column: where each thing ends, and the next begins.
pub(super) fn ends(lengths: &[u64]) -> Result<Vec<u64>, Error> {
    let mut end = 0_u64;
    lengths
        .iter()
        .map(|length| {
            end = end
                .checked_add(*length)
                .ok_or_else(|| Error::malformed("lengths that add up to more than 64 bits"))?;
            Ok(end)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_hold_64_bits_and_no_more() {
        let table: [(u64, &[u8]); 6] = [
            (0, &[0]),
            (127, &[0x7F]),
            (128, &[0x80, 1]),
            (300, &[0xAC, 2]),
            (
                1 << 63,
                &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
            ),
            (
                u64::MAX,
                &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
            ),
        ];
        for (value, bytes) in table {
            let mut cursor = Cursor::new(bytes);
            assert_eq!(varint(&mut cursor).unwrap(), value);
            cursor.finish().unwrap();
            assert!(varint(&mut Cursor::new(&bytes[..bytes.len() - 1])).is_err());
        }
        for tenth in [2, 0x7F, 0x81] {
            let bytes = [&[0xFF; 9][..], &[tenth]].concat();
            assert!(varint(&mut Cursor::new(&bytes)).is_err(), "{tenth}");
        }
    }

    #[test]
    fn codes_of_differences_alternate() {
        let codes = [0, 1, 2, 3, 4, u64::MAX - 1, u64::MAX];
        let want = [0, -1, 1, -2, 2, i64::MAX, i64::MIN];
        assert_eq!(codes.map(unzigzag), want);
    }

    #[test]
    fn columns_come_back() {
        let mut cursor = Cursor::new(&[5, 2, 0, 10, 1, 4, 1, 2, 3, 0, 1, 0]);
        assert_eq!(rising(&mut cursor, 3).unwrap(), [5, 7, 7]);
        assert_eq!(moving(&mut cursor, 3).unwrap(), [5, 4, 6]);
        assert_eq!(split(&mut cursor, 3).unwrap(), [1, 258, 3]);
        cursor.finish().unwrap();
        assert!(rising(&mut Cursor::new(&[0xFF; 9]), 1).is_err());
        assert!(split(&mut Cursor::new(&[1, 2, 0]), 2).is_err());
        assert_eq!(ends(&[3, 0, 4]).unwrap(), [3, 3, 7]);
        assert!(ends(&[u64::MAX, 1]).is_err());
    }

    #[test]
    fn counts_do_not_exceed_what_is_there() {
        assert_eq!(
            count(&mut Cursor::new(&[2, 0, 0, 0, 0]), 2, "x").unwrap(),
            2
        );
        assert!(count(&mut Cursor::new(&[3, 0, 0, 0, 0]), 2, "x").is_err());
    }
}

//! The requests of a round; arithmetic only.

use std::ops::Range;

/// Neighbours closer than this are fetched as one: a request costs more than the bytes between them.
const GAP_BYTES_MAX: u64 = 32 << 10;
/// Merging stops here, and longer ranges are split, so that a long read uses several connections.
const REQUEST_BYTES_MAX: u64 = 4 << 20;

/// The requests that fetch `ranges`: near ones joined, long ones split.
pub(super) fn pieces(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last)
                if range.start <= last.end.saturating_add(GAP_BYTES_MAX)
                    && range.end.max(last.end) - last.start <= REQUEST_BYTES_MAX =>
            {
                last.end = last.end.max(range.end);
            }
            _ => joined.push(range),
        }
    }
    let mut pieces = Vec::new();
    for Range { mut start, end } in joined {
        while start < end {
            let cut = end.min(start.saturating_add(REQUEST_BYTES_MAX));
            pieces.push(start..cut);
            start = cut;
        }
    }
    pieces
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of ranges are meant")]
mod tests {
    use super::*;

    #[test]
    fn near_ranges_are_fetched_together_and_long_ones_in_pieces() {
        let gap = GAP_BYTES_MAX;
        assert_eq!(pieces(vec![]), []);
        assert_eq!(pieces(vec![500..600, 0..100, 90..200]), [0..600]);
        assert_eq!(
            pieces(vec![0..10, 11 + gap..12 + gap]),
            [0..10, 11 + gap..12 + gap]
        );
        let long = 2 * REQUEST_BYTES_MAX + 5;
        assert_eq!(
            pieces(vec![7..7 + long]),
            [
                7..7 + REQUEST_BYTES_MAX,
                7 + REQUEST_BYTES_MAX..7 + 2 * REQUEST_BYTES_MAX,
                7 + 2 * REQUEST_BYTES_MAX..7 + long
            ]
        );
    }
}

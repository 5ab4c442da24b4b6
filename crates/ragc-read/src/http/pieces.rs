//! The requests of a round; arithmetic only.

use std::collections::HashSet;
use std::ops::Range;

/// Ranges further apart than this are never fetched as one.
const GAP_BYTES_MAX: u64 = 32 << 10;
/// Bytes between ranges that a round may fetch however little it needs.
const SPARE_BYTES_MIN: u64 = 16 << 10;
/// One byte between ranges may be fetched for so many that are needed.
const NEEDED_PER_SPARE_BYTE: u64 = 12;
/// Longer requests are split, so that a long read uses several connections.
const REQUEST_BYTES_MAX: u64 = 4 << 20;

/// The requests that fetch `ranges`, sorted by offset.
///
/// Ranges that touch are joined. Then gaps of at most 32 KiB are closed, the smallest first, as long as the bytes in them
/// are no more than a twelfth of the bytes needed, or 16 KiB: a request costs more than a few bytes, but a region never
/// costs much more than its parts. What is over 4 MiB is split. The package for browsers does the same
/// (`www/src/ranges.ts`), and one table tests both.
pub(super) fn pieces(ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    let needed = union(ranges);
    let closed = gaps_to_close(&needed);
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in needed {
        match joined.last_mut() {
            Some(last) if closed.contains(&range.start) => last.end = range.end,
            _ => joined.push(range),
        }
    }
    joined.into_iter().flat_map(split).collect()
}

/// `ranges` sorted, those that overlap or touch as one, empty ones left out.
fn union(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// The starts of those of the `needed` ranges that are fetched together with the one before them.
fn gaps_to_close(needed: &[Range<u64>]) -> HashSet<u64> {
    let needed_bytes: u64 = needed.iter().map(|range| range.end - range.start).sum();
    let spare = SPARE_BYTES_MIN.max(needed_bytes / NEEDED_PER_SPARE_BYTE);
    let neighbours = needed.iter().zip(needed.iter().skip(1));
    let mut gaps: Vec<(u64, u64)> = neighbours
        .map(|(a, b)| (b.start - a.end, b.start))
        .filter(|&(gap, _)| gap <= GAP_BYTES_MAX)
        .collect();
    gaps.sort_unstable();
    let within = gaps.into_iter().scan(0, |spent, (gap, start)| {
        *spent += gap;
        (*spent <= spare).then_some(start)
    });
    within.collect()
}

fn split(range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let mut start = range.start;
    std::iter::from_fn(move || {
        let piece = start..range.end.min(start.saturating_add(REQUEST_BYTES_MAX));
        start = piece.end;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is asked for is fetched as the table says, which tests the package for browsers too.
    #[test]
    fn ranges_are_fetched_as_the_table_says() {
        let parse = |text: &str| -> Vec<Range<u64>> {
            let ranges = text.split_whitespace().map(|range| {
                let (start, end) = range.split_once('-').expect("a range");
                start.parse().expect("a number")..end.parse().expect("a number")
            });
            ranges.collect()
        };
        let table = include_str!("../../../../tests/data/requests.txt");
        let lines = table
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut cases = 0;
        for line in lines {
            let (needed, requests) = line.split_once("=>").expect("needed => requests");
            assert_eq!(pieces(parse(needed)), parse(requests), "{line}");
            cases += 1;
        }
        assert!(cases > 9, "{cases} lines");
    }
}

//! Bytes of the file that were supplied and are still wanted.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::sorted::sorted;

/// Pieces of the file by offset: disjoint, and joined where they touch.
#[derive(Debug, Default, Clone)]
pub(crate) struct Store {
    pieces: BTreeMap<u64, Vec<u8>>,
    len_bytes: u64,
}

fn end_of(start: u64, piece: &[u8]) -> u64 {
    start.saturating_add(piece.len() as u64)
}

impl Store {
    /// Adds bytes; what is there already stays as it is.
    pub(crate) fn insert(&mut self, offset: u64, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let before = self
            .pieces
            .range(..=offset)
            .next_back()
            .map(|(start, piece)| (*start, end_of(*start, piece)));
        // Either goes on with the piece before, or starts a new one.
        let (start, mut end) = before
            .filter(|(_, end)| *end >= offset)
            .unwrap_or((offset, offset));
        let fresh = usize::try_from(end - offset)
            .ok()
            .and_then(|known| bytes.get(known..))
            .unwrap_or_default();
        let mut piece = self.pieces.remove(&start).unwrap_or_default();
        self.len_bytes += fresh.len() as u64;
        piece.extend_from_slice(fresh);
        end += fresh.len() as u64;
        while let Some((&next, _)) = self.pieces.range(start..=end).next() {
            let after = self.pieces.remove(&next).unwrap_or_default();
            let known = usize::try_from(end - next)
                .unwrap_or(usize::MAX)
                .min(after.len());
            self.len_bytes -= known as u64;
            let rest = after.get(known..).unwrap_or_default();
            piece.extend_from_slice(rest);
            end += rest.len() as u64;
        }
        self.pieces.insert(start, piece);
    }

    /// The bytes of a range, if all are there.
    pub(crate) fn get(&self, range: &Range<u64>) -> Option<&[u8]> {
        let (start, piece) = self.pieces.range(..=range.start).next_back()?;
        let from = usize::try_from(range.start - start).ok()?;
        let to = usize::try_from(range.end.checked_sub(*start)?).ok()?;
        piece.get(from..to)
    }

    /// What is not there of some ranges: sorted, disjoint, joined where they touch.
    pub(crate) fn missing(&self, wanted: Vec<Range<u64>>) -> Vec<Range<u64>> {
        let wanted = wanted.into_iter().map(|range| (range.start, range.end));
        let mut gaps: Vec<Range<u64>> = Vec::new();
        let mut done = 0;
        for (start, end) in sorted(wanted) {
            let mut at = start.max(done);
            done = done.max(end);
            while at < end {
                if let Some((start, piece)) = self.pieces.range(..=at).next_back()
                    && end_of(*start, piece) > at
                {
                    at = end_of(*start, piece);
                    continue;
                }
                let next = self
                    .pieces
                    .range(at..)
                    .next()
                    .map_or(end, |(start, _)| *start);
                let gap_end = next.min(end);
                match gaps.last_mut() {
                    Some(last) if last.end == at => last.end = gap_end,
                    _ => gaps.push(at..gap_end),
                }
                at = gap_end;
            }
        }
        gaps
    }

    /// Forgets bytes until at most `bytes_max` are left: those nearest to the file's start first, as the tables that later
    /// questions may need are at the end; but of `index` the first ones last.
    pub(crate) fn trim(&mut self, bytes_max: u64, index: Option<&Range<u64>>) {
        let Some(index) = index else {
            return self.forget(0..u64::MAX, bytes_max);
        };
        self.forget(0..index.start, bytes_max);
        self.forget(index.end..u64::MAX, bytes_max);
        let Some(surplus) = self.len_bytes.checked_sub(bytes_max) else {
            return;
        };
        // What is left is of the index: its last bytes go.
        let mut kept = 0;
        let mut cut = index.end;
        for (start, piece) in &self.pieces {
            let room = (self.len_bytes - surplus).saturating_sub(kept);
            kept += piece.len() as u64;
            if piece.len() as u64 >= room {
                cut = start.saturating_add(room);
                break;
            }
        }
        self.forget(cut..u64::MAX, bytes_max);
    }

    /// Forgets bytes of a range, the first ones first, until at most `bytes_max` are left of all.
    fn forget(&mut self, range: Range<u64>, bytes_max: u64) {
        while let Some(surplus) = self.len_bytes.checked_sub(bytes_max).filter(|s| *s > 0) {
            let before = self.pieces.range(..=range.start).next_back();
            let reaching = before.filter(|(start, piece)| end_of(**start, piece) > range.start);
            let next = reaching.or_else(|| self.pieces.range(range.clone()).next());
            let Some(start) = next.map(|(start, _)| *start) else {
                return;
            };
            let mut piece = self.pieces.remove(&start).unwrap_or_default();
            let place = |at: u64| usize::try_from(at - start).unwrap_or(usize::MAX);
            let from = place(range.start.max(start)).min(piece.len());
            let to = place(range.end).min(piece.len());
            let to = from
                .saturating_add(usize::try_from(surplus).unwrap_or(usize::MAX))
                .min(to);
            let rest = piece.split_off(to);
            piece.truncate(from);
            self.len_bytes -= (to - from) as u64;
            let cut = start.saturating_add(to as u64);
            for (start, mut piece) in [(start, piece), (cut, rest)] {
                if !piece.is_empty() {
                    piece.shrink_to_fit();
                    self.pieces.insert(start, piece);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_whatever_their_order_and_overlap() {
        let file: Vec<u8> = (0..40).collect();
        // Every pair of ranges after a fixed one, against a plain map of what is known.
        for a in 0..20u64 {
            for b in a..20 {
                for c in (0..20u64).step_by(3) {
                    let mut store = Store::default();
                    let mut known = [false; 40];
                    for range in [8..12, c..c + 5, 16..17, a..b] {
                        let (from, to) = (range.start as usize, range.end as usize);
                        store.insert(range.start, &file[from..to]);
                        known[from..to].fill(true);
                    }
                    assert_eq!(store.len_bytes, known.iter().filter(|k| **k).count() as u64);
                    let missing: Vec<u64> = store
                        .missing(vec![5..30, 2..7])
                        .into_iter()
                        .flatten()
                        .collect();
                    let want: Vec<u64> = (2..30).filter(|i| !known[*i as usize]).collect();
                    assert_eq!(missing, want);
                    for start in 0..40 {
                        for end in start + 1..=40 {
                            let want = known[start..end]
                                .iter()
                                .all(|k| *k)
                                .then(|| &file[start..end]);
                            assert_eq!(store.get(&(start as u64..end as u64)), want);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn missing_ranges_are_joined_where_they_touch() {
        let store = Store::default();
        assert_eq!(
            store.missing(vec![10..20, 0..5, 5..6, 15..30]),
            [0..6, 10..30]
        );
        assert_eq!(store.missing(vec![7..7, 9..9]), []);
    }

    #[test]
    fn trimming_keeps_the_end_of_the_file() {
        let mut store = Store::default();
        store.insert(0, &[1; 100]);
        store.insert(200, &[2; 50]);
        store.trim(150, None);
        assert_eq!(store.len_bytes, 150);
        store.trim(70, None);
        assert_eq!(store.len_bytes, 70);
        assert!(store.get(&(80..100)).is_some() && store.get(&(79..80)).is_none());
        store.trim(20, None);
        assert_eq!((store.get(&(99..100)), store.len_bytes), (None, 20));
        assert!(store.get(&(230..250)).is_some());
        store.trim(0, None);
        assert_eq!((store.len_bytes, store.pieces.len()), (0, 0));
    }

    #[test]
    fn trimming_keeps_the_start_of_an_index() {
        // An index in the middle of a file, and one behind it.
        for index in [100..200, 900..1000] {
            for bytes_max in 0..=400 {
                let mut store = Store::default();
                for start in [0, 150, 880] {
                    store.insert(start, &[1; 120]);
                }
                store.insert(100, &[1; 30]);
                let all: Vec<u64> = held(&store);
                store.trim(bytes_max, Some(&index));
                let kept = held(&store);
                assert_eq!(kept.len() as u64, store.len_bytes);
                assert_eq!(kept.len(), all.len().min(bytes_max as usize));
                let of_index = |held: &[u64]| -> Vec<u64> {
                    held.iter()
                        .copied()
                        .filter(|at| index.contains(at))
                        .collect()
                };
                let (want, found) = (of_index(&all), of_index(&kept));
                assert_eq!(found, want[..found.len()], "its first bytes");
                assert!(
                    found.len() == want.len() || kept.len() == found.len(),
                    "others first"
                );
            }
        }
    }

    fn held(store: &Store) -> Vec<u64> {
        let pieces = store.pieces.iter();
        pieces
            .flat_map(|(start, piece)| *start..end_of(*start, piece))
            .collect()
    }
}

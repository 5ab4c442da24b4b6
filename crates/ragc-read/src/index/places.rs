//! Pages that tell which group has a rank, and where the parts of its streams lie. See docs/INDEX.md, "Places".

use super::numbers::{
    checked_count, count, ends, fitting, moving, rising, split, unzigzag, varints,
};
use super::page::Page;
use crate::error::Error;
use crate::format::cursor::Cursor;
use crate::format::footer::Part;
use crate::plan::RAW_GROUP_COUNT;

/// Parts, by the rank of their group and number.
#[derive(Debug)]
pub(super) struct PlacesPage {
    runs: Vec<Run>,
    /// Run by run; offsets are counted from `parts_base`.
    parts: Vec<Part>,
}

/// Parts of one group that follow one another.
#[derive(Debug)]
struct Run {
    rank: u64,
    group: u32,
    first: u64,
    /// Where they are among all parts of the page.
    start: usize,
    end: usize,
}

impl Page for PlacesPage {
    fn parse(cursor: &mut Cursor<'_>) -> Result<PlacesPage, Error> {
        let n = count(cursor, 4, "runs of parts")?;
        let ranks = rising(cursor, n)?;
        let groups = moving(cursor, n)?;
        let firsts = varints(cursor, n)?;
        let ends = ends(&varints(cursor, n)?)?;
        let total = ends.last().copied().unwrap_or_default();
        let total = checked_count(cursor, total, 3, "parts")?;
        let mut runs = Vec::with_capacity(n);
        let mut start = 0;
        let named = ranks.into_iter().zip(groups);
        for (((rank, group), first), end) in named.zip(firsts).zip(ends) {
            let end = fitting(end, "parts")?;
            let raw = u64::from(RAW_GROUP_COUNT);
            if (rank < raw || group < raw) && rank != group {
                return Err(cursor.broken(format!("group {group} of rank {rank}")));
            }
            let group = u32::try_from(group);
            runs.push(Run {
                rank,
                group: group.map_err(|_| cursor.broken("a group of 33 bits".to_string()))?,
                first,
                start,
                end,
            });
            start = end;
        }
        let offsets = varints(cursor, total)?;
        let lengths = split(cursor, total)?;
        let parts = in_order(&runs, offsets.into_iter().zip(lengths), total);
        Ok(PlacesPage { runs, parts })
    }

    fn size_bytes(&self) -> usize {
        self.runs.len() * size_of::<Run>() + self.parts.len() * size_of::<Part>()
    }
}

/// The parts run by run. They come as the first of every run, then the second of every run that has one, and so on.
fn in_order(runs: &[Run], coded: impl Iterator<Item = (u64, u64)>, total: usize) -> Vec<Part> {
    let none = Part {
        offset: 0,
        len_bytes: 0,
    };
    let mut parts = vec![none; total];
    let mut left: Vec<&Run> = runs.iter().collect();
    let mut coded = coded;
    let mut end = 0_u64;
    for number in 0.. {
        left.retain(|run| run.start + number < run.end);
        if left.is_empty() {
            break;
        }
        for run in &left {
            let (difference, len_bytes) = coded.next().unwrap_or_default();
            let offset = end.wrapping_add_signed(unzigzag(difference));
            end = offset.wrapping_add(len_bytes);
            if let Some(part) = parts.get_mut(run.start + number) {
                *part = Part { offset, len_bytes };
            }
        }
    }
    parts
}

impl PlacesPage {
    /// The ranks that have parts here, rising, and their groups.
    pub(super) fn groups(&self) -> impl Iterator<Item = (u32, u32)> {
        let ranks = self.runs.iter();
        ranks.filter_map(|run| Some((u32::try_from(run.rank).ok()?, run.group)))
    }

    /// All parts here: group, number as below, and length in bytes.
    pub(super) fn parts(&self) -> impl Iterator<Item = (u32, u64, u64)> {
        self.runs.iter().flat_map(|run| {
            let parts = self.parts.get(run.start..run.end).unwrap_or_default();
            let numbered = (run.first..).zip(parts);
            numbered.map(|(number, part)| (run.group, number, part.len_bytes))
        })
    }

    /// The group of a rank, and its part `number`: 0 is the reference, i + 1 is pack i.
    pub(super) fn part(&self, rank: u64, number: u64) -> Option<(u32, Part)> {
        // The last run that does not begin after it.
        let runs = self
            .runs
            .partition_point(|run| (run.rank, run.first) <= (rank, number));
        let run = self.runs.get(runs.checked_sub(1)?)?;
        let place = usize::try_from(number.checked_sub(run.first)?).ok()?;
        let at = run.start.checked_add(place)?;
        let part = self
            .parts
            .get(at)
            .filter(|_| run.rank == rank && at < run.end)?;
        Some((run.group, *part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: &[u8]) -> Result<PlacesPage, Error> {
        let mut cursor = Cursor::new(bytes);
        let page = PlacesPage::parse(&mut cursor)?;
        cursor.finish()?;
        Ok(page)
    }

    /// Part 3 of rank 20, group 70, and parts 0 to 2 of rank 21, group 50; the first of each lie one behind the other at 100, the others
    /// after a gap.
    const TOY: &[u8] =
        b"\x02\x14\x01\x8C\x01\x27\x03\x00\x01\x03\xC8\x01\x02\x14\x01\x05\x06\x07\x00\x00\x01\x00\x00";

    #[test]
    fn parts_are_found_by_rank_and_number() {
        let page = page(TOY).unwrap();
        let part = |offset, len_bytes| Part { offset, len_bytes };
        assert_eq!(page.part(20, 3), Some((70, part(100, 5))));
        assert_eq!(page.part(21, 0), Some((50, part(106, 6 + 256))));
        assert_eq!(page.part(21, 1), Some((50, part(106 + 262 + 10, 7))));
        assert_eq!(
            page.part(21, 2),
            Some((50, part(106 + 262 + 10 + 7 - 1, 0)))
        );
        for (rank, number) in [(20, 2), (20, 4), (21, 3), (19, 0), (22, 0), (20, u64::MAX)] {
            assert_eq!(page.part(rank, number), None);
        }
    }

    #[test]
    fn parts_are_listed_run_by_run() {
        let page = page(TOY).unwrap();
        assert_eq!(page.groups().collect::<Vec<_>>(), [(20, 70), (21, 50)]);
        let parts = [(70, 3, 5), (50, 0, 262), (50, 1, 7), (50, 2, 0)];
        assert_eq!(page.parts().collect::<Vec<_>>(), parts);
    }

    #[test]
    fn broken_pages_are_errors() {
        for end in 0..TOY.len() {
            assert!(page(&TOY[..end]).is_err(), "cut at {end}");
        }
        let mut other = TOY.to_vec();
        other[9] = 0x7F;
        assert!(page(&other).is_err(), "more parts than there is text");
        let mut other = TOY.to_vec();
        other[1] = 5;
        assert!(page(&other).is_err(), "a raw group under another rank");
    }
}

//! Pages of contigs, and the marks among their segments. See docs/INDEX.md, "Contigs".

use std::ops::Range;
use std::sync::Arc;

use super::numbers::{checked_count, count, ends, fitting, moving, varint, varints};
use super::page::Page;
use crate::error::Error;
use crate::format::cursor::Cursor;
use crate::tables::Contigs;

/// Some contigs of a sample that follow one another.
#[derive(Debug)]
pub(super) struct ContigsPage {
    pub(super) contigs: Arc<Contigs>,
    segments_a_page: usize,
    /// Where its segment pages end, counted from where the first begins.
    segment_page_ends: Vec<u64>,
    segments_a_mark: usize,
    /// Where the marks of each contig end among all.
    mark_ends: Vec<usize>,
    /// Of each mark: bases of its contig before those that are first in its segment.
    positions: Vec<u64>,
    /// Where the pages end among `places` that the segments from a mark to the next need.
    places_ends: Vec<u64>,
    /// Numbers of pages of places.
    places: Vec<u64>,
}

/// The segments in which a range of a contig lies, more or less: it is all in these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Counted over all contigs of the page.
    pub(super) segments: Range<usize>,
    /// The number of the first in its contig, and its position.
    pub(super) first: usize,
    pub(super) position: u64,
    /// The marks at which its segments begin, counted likewise.
    marks: Range<usize>,
}

impl Page for ContigsPage {
    fn parse(cursor: &mut Cursor<'_>) -> Result<ContigsPage, Error> {
        let n = count(cursor, 4, "contigs")?;
        let mut contigs = Contigs::default();
        for _ in 0..n {
            contigs.push_name(cursor.until_zero()?, u64::from(u32::MAX))?;
        }
        let lengths = varints(cursor, n)?;
        let counts = varints(cursor, n)?;
        let segment_count = ends(&counts)?.last().copied().unwrap_or_default();
        let segment_count = fitting(segment_count, "segments")?;
        for (len_bases, &count) in lengths.into_iter().zip(&counts) {
            contigs.push_row(len_bases, fitting(count, "segments")?);
        }
        contigs.shrink();
        let segments_a_page = divisor(cursor)?;
        let pages = segment_count.div_ceil(segments_a_page) as u64;
        let pages = checked_count(cursor, pages, 1, "pages")?;
        let segment_page_ends = ends(&varints(cursor, pages)?)?;
        let segments_a_mark = divisor(cursor)?;
        let of_contig = |count: &u64| count.div_ceil(segments_a_mark as u64);
        let mark_ends = ends(&counts.iter().map(of_contig).collect::<Vec<u64>>())?;
        let marks = mark_ends.last().copied().unwrap_or_default();
        let marks = checked_count(cursor, marks, 2, "marks")?;
        let mark_ends = mark_ends.into_iter().map(|end| fitting(end, "marks"));
        let mark_ends = mark_ends.collect::<Result<Vec<usize>, Error>>()?;
        let differences = varints(cursor, marks)?;
        let mut positions = Vec::with_capacity(marks);
        let mut start = 0;
        for &end in &mark_ends {
            let own = differences.get(start..end).unwrap_or_default();
            if own.first().is_some_and(|first| *first != 0) {
                return Err(cursor.broken("a contig that begins behind its first base".to_string()));
            }
            positions.extend(ends(own)?);
            start = end;
        }
        let places_ends = ends(&varints(cursor, marks)?)?;
        let places = places_ends.last().copied().unwrap_or_default();
        let places = checked_count(cursor, places, 1, "pages of places")?;
        let places = moving(cursor, places)?;
        Ok(ContigsPage {
            contigs: Arc::new(contigs),
            segments_a_page,
            segment_page_ends,
            segments_a_mark,
            mark_ends,
            positions,
            places_ends,
            places,
        })
    }

    fn size_bytes(&self) -> usize {
        self.contigs.size_bytes()
            + (self.segment_page_ends.len() + self.mark_ends.len()) * 8
            + (self.positions.len() + self.places_ends.len() + self.places.len()) * 8
    }
}

fn divisor(cursor: &mut Cursor<'_>) -> Result<usize, Error> {
    match fitting(varint(cursor)?, "segments")? {
        0 => Err(cursor.broken("pages or marks of no segments".to_string())),
        number => Ok(number),
    }
}

impl ContigsPage {
    /// Bytes of all its segment pages.
    pub(super) fn segments_len_bytes(&self) -> u64 {
        self.segment_page_ends.last().copied().unwrap_or_default()
    }

    /// The segments in which `range` of contig `contig` of the page lies.
    pub(super) fn stretch(&self, contig: usize, range: &Range<u64>) -> Option<Stretch> {
        let segments = self.contigs.segment_numbers(contig)?;
        let before = match contig.checked_sub(1) {
            Some(before) => *self.mark_ends.get(before)?,
            None => 0,
        };
        let positions = self.positions.get(before..*self.mark_ends.get(contig)?)?;
        let first = positions.partition_point(|position| *position <= range.start);
        let first = first.saturating_sub(1);
        let end = positions.partition_point(|position| *position < range.end);
        let end = end.max(first);
        let at = |mark: usize| {
            let segment = mark.saturating_mul(self.segments_a_mark);
            segments.start.saturating_add(segment).min(segments.end)
        };
        Some(Stretch {
            segments: at(first)..at(end),
            first: at(first) - segments.start,
            position: positions.get(first).copied().unwrap_or_default(),
            marks: before + first..before + end,
        })
    }

    /// All segments of some contigs of the page, and the pages of places that they need.
    pub(super) fn whole(&self, contigs: &Range<usize>) -> Option<(Range<usize>, Vec<u64>)> {
        let last = contigs.end.checked_sub(1)?;
        let first = self.contigs.segment_numbers(contigs.start)?.start;
        let end = self.contigs.segment_numbers(last)?.end;
        let before = contigs.start.checked_sub(1);
        let stretch = Stretch {
            segments: first..end,
            first: 0,
            position: 0,
            marks: before.map_or(Some(0), |before| self.mark_ends.get(before).copied())?
                ..*self.mark_ends.get(last)?,
        };
        let places = self.places(&stretch);
        Some((stretch.segments, places))
    }

    /// The segment pages of some segments: which segments are on each, and where it lies from where the first begins.
    pub(super) fn segment_pages(
        &self,
        segments: &Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, Range<u64>)> {
        let each = self.segments_a_page;
        let all = self.contigs.segment_count();
        let pages = segments.start / each..segments.end.div_ceil(each);
        let pages = if segments.is_empty() { 0..0 } else { pages };
        pages.filter_map(move |page| {
            let start = match page.checked_sub(1) {
                Some(before) => *self.segment_page_ends.get(before)?,
                None => 0,
            };
            let numbers = page * each..page.saturating_add(1).saturating_mul(each).min(all);
            Some((numbers, start..*self.segment_page_ends.get(page)?))
        })
    }

    /// The numbers of the pages of places that the segments of a stretch need.
    pub(super) fn places(&self, stretch: &Stretch) -> Vec<u64> {
        let end = |marks: usize| {
            let last = marks.checked_sub(1)?;
            usize::try_from(*self.places_ends.get(last)?).ok()
        };
        let numbers = end(stretch.marks.start).unwrap_or(0)..end(stretch.marks.end).unwrap_or(0);
        let mut places = self.places.get(numbers).unwrap_or_default().to_vec();
        places.sort_unstable();
        places.dedup();
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: &[u8]) -> Result<ContigsPage, Error> {
        let mut cursor = Cursor::new(bytes);
        let page = ContigsPage::parse(&mut cursor)?;
        cursor.finish()?;
        Ok(page)
    }

    /// Contigs of 5, 0 and 2 segments of 10 bases each that are new. Pages of 4 segments, marks at every second, which need
    /// the pages 3; 3 and 9; 0; and 1 of places.
    const TOY: &[u8] =
        b"\x03c1 x\0\0c3\0\x32\x00\x14\x05\x00\x02\x04\x07\x09\x02\x00\x14\x14\x00\x01\x02\x01\x01\x06\x00\x0C\x11\x02";

    #[test]
    fn stretches_lie_between_marks() {
        let page = page(TOY).unwrap();
        let rows: Vec<_> = page
            .contigs
            .iter()
            .map(|c| (c.len_bases, c.segment_count))
            .collect();
        assert_eq!(rows, [(50, 5), (0, 0), (20, 2)]);
        let stretch = |segments, first, position, marks| Stretch {
            segments,
            first,
            position,
            marks,
        };
        let of = |contig, range| page.stretch(contig, &range).unwrap();
        assert_eq!(of(0, 0..5), stretch(0..2, 0, 0, 0..1));
        assert_eq!(of(0, 19..20), stretch(0..2, 0, 0, 0..1));
        assert_eq!(of(0, 19..21), stretch(0..4, 0, 0, 0..2));
        assert_eq!(of(0, 20..50), stretch(2..5, 2, 20, 1..3));
        assert_eq!(of(0, 45..50), stretch(4..5, 4, 40, 2..3));
        assert_eq!(of(0, 20..20), stretch(2..2, 2, 20, 1..1));
        assert_eq!(of(1, 0..0), stretch(5..5, 0, 0, 3..3));
        assert_eq!(of(2, 0..9), stretch(5..7, 0, 0, 3..4));
        assert_eq!(page.stretch(3, &(0..1)), None);
    }

    #[test]
    fn segment_pages_lie_one_behind_the_other() {
        let page = page(TOY).unwrap();
        let of = |segments| page.segment_pages(&segments).collect::<Vec<_>>();
        assert_eq!(of(0..7), [(0..4, 0..7), (4..7, 7..16)]);
        assert_eq!(of(3..4), [(0..4, 0..7)]);
        assert_eq!(of(4..5), [(4..7, 7..16)]);
        assert_eq!(of(4..4), []);
        assert_eq!(page.segments_len_bytes(), 16);
    }

    #[test]
    fn stretches_tell_the_pages_of_places_that_they_need() {
        let page = page(TOY).unwrap();
        let of = |contig, range| page.places(&page.stretch(contig, &range).unwrap());
        assert_eq!(of(0, 0..15), [3]);
        assert_eq!(of(0, 0..50), [0, 3, 9]);
        assert_eq!(of(0, 20..40), [3, 9]);
        assert_eq!(of(0, 20..20), []);
        assert_eq!(of(1, 0..0), []);
        assert_eq!(of(2, 0..20), [1]);
    }

    #[test]
    fn whole_contigs_have_all_their_segments_and_places() {
        let page = page(TOY).unwrap();
        assert_eq!(page.whole(&(0..3)), Some((0..7, vec![0, 1, 3, 9])));
        assert_eq!(page.whole(&(0..1)), Some((0..5, vec![0, 3, 9])));
        assert_eq!(page.whole(&(1..2)), Some((5..5, vec![])));
        assert_eq!(page.whole(&(1..3)), Some((5..7, vec![1])));
        assert_eq!(page.whole(&(2..4)), None);
    }

    #[test]
    fn broken_pages_are_errors() {
        for end in 0..TOY.len() {
            assert!(page(&TOY[..end]).is_err(), "cut at {end}");
        }
        assert!(page(&[TOY, &[0]].concat()).is_err());
        let mut late = TOY.to_vec();
        late[20] = 1;
        assert!(page(&late).is_err(), "a first mark behind the first base");
        let without_pages = TOY.iter().map(|&b| if b == 4 { 0 } else { b });
        assert!(page(&without_pages.collect::<Vec<u8>>()).is_err());
    }
}

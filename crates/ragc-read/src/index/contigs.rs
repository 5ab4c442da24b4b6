//! Pages of contigs, and the marks among their segments. See docs/INDEX.md, "Contigs".

use std::ops::Range;
use std::sync::Arc;

use super::numbers::{count, ends, fitting, moving, varint, varints};
use super::page::Page;
use crate::error::Error;
use crate::format::cursor::Cursor;
use crate::tables::Contigs;

/// Ranks between two marks for each segment between them, at most: between those of a sample come those of what is new in
/// others. More have a contig in between that lies elsewhere.
const RANKS_A_SEGMENT_MAX: u64 = 32;

/// Some contigs of a sample that follow one another.
#[derive(Debug)]
pub(super) struct ContigsPage {
    pub(super) contigs: Arc<Contigs>,
    /// The rank of the first group of each.
    ranks: Vec<u64>,
    segments_a_page: usize,
    /// Where its segment pages end, counted from where the first begins.
    segment_page_ends: Vec<u64>,
    segments_a_mark: usize,
    marks: Vec<Mark>,
}

/// What is known of a segment without its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    /// Bases of its contig before those that are first in it.
    position: u64,
    rank: u64,
}

/// The segments in which a range of a contig lies, more or less: it is all in these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Counted over all contigs of the page.
    pub(super) segments: Range<usize>,
    /// The number of the first in its contig, and its position.
    pub(super) first: usize,
    pub(super) position: u64,
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
        for (len_bases, count) in lengths.into_iter().zip(counts) {
            contigs.push_row(len_bases, fitting(count, "segments")?);
        }
        contigs.shrink();
        let ranks = moving(cursor, n)?;
        let segments_a_page = divisor(cursor)?;
        let pages = pieces(cursor, segment_count, segments_a_page, 1)?;
        let segment_page_ends = ends(&varints(cursor, pages)?)?;
        let segments_a_mark = divisor(cursor)?;
        let marks = pieces(cursor, segment_count, segments_a_mark, 2)?;
        let positions = moving(cursor, marks)?.into_iter();
        let marks = positions
            .zip(moving(cursor, marks)?)
            .map(|(position, rank)| Mark { position, rank });
        Ok(ContigsPage {
            contigs: Arc::new(contigs),
            ranks,
            segments_a_page,
            segment_page_ends,
            segments_a_mark,
            marks: marks.collect(),
        })
    }

    fn size_bytes(&self) -> usize {
        self.contigs.size_bytes()
            + (self.ranks.len() + self.segment_page_ends.len()) * 8
            + self.marks.len() * size_of::<Mark>()
    }
}

fn divisor(cursor: &mut Cursor<'_>) -> Result<usize, Error> {
    match fitting(varint(cursor)?, "segments")? {
        0 => Err(cursor.broken("pages or marks of no segments".to_string())),
        number => Ok(number),
    }
}

/// How many pages or marks there are.
fn pieces(
    cursor: &Cursor<'_>,
    segments: usize,
    each: usize,
    bytes_min: u64,
) -> Result<usize, Error> {
    let pieces = segments.div_ceil(each) as u64;
    super::numbers::checked_count(cursor, pieces, bytes_min, "pages or marks")
}

impl ContigsPage {
    /// Bytes of all its segment pages.
    pub(super) fn segments_len_bytes(&self) -> u64 {
        self.segment_page_ends.last().copied().unwrap_or_default()
    }

    /// The segments in which `range` of contig `contig` of the page lies.
    pub(super) fn stretch(&self, contig: usize, range: &Range<u64>) -> Option<Stretch> {
        let segments = self.contigs.segment_numbers(contig)?;
        let each = self.segments_a_mark;
        let numbers = segments.start.div_ceil(each)..segments.end.div_ceil(each);
        let marks = self.marks.get(numbers.clone()).unwrap_or_default();
        let before = marks.partition_point(|mark| mark.position <= range.start);
        let (start, position) = match before.checked_sub(1) {
            Some(last) => (
                (numbers.start + last) * each,
                marks.get(last).map_or(0, |mark| mark.position),
            ),
            None => (segments.start, 0),
        };
        let after = marks.partition_point(|mark| mark.position < range.end);
        let end = if after < marks.len() {
            ((numbers.start + after) * each).max(start)
        } else {
            segments.end
        };
        Some(Stretch {
            segments: start..end,
            first: start - segments.start,
            position,
        })
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

    /// The ranks that a stretch of a contig goes through, as far as marks tell; if its segments go from one rank to the
    /// next.
    pub(super) fn ranks(&self, contig: usize, stretch: &Stretch) -> Option<Range<u64>> {
        let each = self.segments_a_mark;
        let marked = |segment: usize| {
            let mark = segment
                .is_multiple_of(each)
                .then(|| self.marks.get(segment / each))?;
            mark.map(|mark| mark.rank)
        };
        let Range { start, end } = stretch.segments;
        let count = u64::try_from(end.checked_sub(start)?).ok()?;
        let first = match stretch.first {
            0 => self.ranks.get(contig).copied(),
            _ => marked(start),
        }?;
        // What the mark behind has is of another contig if that begins there, but then of no use only.
        let last = marked(end)
            .filter(|last| last.abs_diff(first) <= count.saturating_mul(RANKS_A_SEGMENT_MAX));
        Some(match last {
            Some(last) => first.min(last)..first.max(last).saturating_add(1),
            None => first.saturating_sub(count)..first.saturating_add(count).saturating_add(1),
        })
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

    /// Contigs of 5, 0 and 2 segments of 10 bases each that are new, in groups of ranks 20 to 24, and 30 and 29. Pages of 4
    /// segments, marks at every second.
    const TOY: &[u8] =
        b"\x03c1 x\0\0c3\0\x32\x00\x14\x05\x00\x02\x28\x00\x14\x04\x07\x09\x02\x00\x28\x28\x3B\x28\x04\x04\x0A";

    #[test]
    fn stretches_lie_between_marks() {
        let page = page(TOY).unwrap();
        let rows: Vec<_> = page
            .contigs
            .iter()
            .map(|c| (c.len_bases, c.segment_count))
            .collect();
        assert_eq!(rows, [(50, 5), (0, 0), (20, 2)]);
        let stretch = |segments, first, position| Stretch {
            segments,
            first,
            position,
        };
        let of = |contig, range| page.stretch(contig, &range).unwrap();
        assert_eq!(of(0, 0..5), stretch(0..2, 0, 0));
        assert_eq!(of(0, 19..20), stretch(0..2, 0, 0));
        assert_eq!(of(0, 19..21), stretch(0..4, 0, 0));
        assert_eq!(of(0, 20..50), stretch(2..5, 2, 20));
        assert_eq!(of(0, 45..50), stretch(4..5, 4, 40));
        assert_eq!(of(1, 0..0), stretch(5..5, 0, 0));
        assert_eq!(of(2, 0..9), stretch(5..6, 0, 0));
        assert_eq!(of(2, 10..20), stretch(6..7, 1, 10));
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
    fn ranks_are_foretold_by_the_marks_around() {
        let page = page(TOY).unwrap();
        let of = |contig, range| page.ranks(contig, &page.stretch(contig, &range)?);
        assert_eq!(of(0, 0..15), Some(20..23));
        assert_eq!(of(0, 20..40), Some(22..25));
        // No mark behind: a segment of either direction.
        assert_eq!(of(0, 40..50), Some(23..26));
        assert_eq!(of(2, 0..9), Some(29..31));
    }

    #[test]
    fn broken_pages_are_errors() {
        for end in 0..TOY.len() {
            assert!(page(&TOY[..end]).is_err(), "cut at {end}");
        }
        assert!(page(&[TOY, &[0]].concat()).is_err());
        let without_pages = TOY.iter().map(|&b| if b == 4 { 0 } else { b });
        assert!(page(&without_pages.collect::<Vec<u8>>()).is_err());
    }
}

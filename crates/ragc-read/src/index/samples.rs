//! Pages of samples, and where what there is of each lies. See docs/INDEX.md, "Samples".

use std::ops::Range;

use bstr::BStr;

use super::numbers::{count, ends, fitting, varint, varints};
use super::page::Page;
use crate::error::Error;
use crate::format::cursor::Cursor;
use crate::tables::NameList;

/// Some samples that follow one another.
#[derive(Debug)]
pub(super) struct SamplesPage {
    names: NameList,
    rows: Vec<Row>,
    /// The contig pages of all of them.
    contig_pages: Vec<ContigPageRow>,
}

#[derive(Debug)]
struct Row {
    contigs: usize,
    bases: u64,
    /// Its contig pages, among those of all samples here.
    pages: Range<usize>,
}

/// Where a contig page lies, and the segment pages that belong to it; counted from where the body begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContigPageRow {
    /// Its contigs, by their numbers in the sample.
    pub(super) contigs: Range<usize>,
    pub(super) range: Range<u64>,
    pub(super) segments: Range<u64>,
}

impl Page for SamplesPage {
    fn parse(cursor: &mut Cursor<'_>) -> Result<SamplesPage, Error> {
        let n = count(cursor, 4, "samples")?;
        let mut names = NameList::default();
        for _ in 0..n {
            names.push(cursor.until_zero()?, u64::from(u32::MAX))?;
        }
        let contigs = varints(cursor, n)?;
        let bases = varints(cursor, n)?;
        let page_ends = ends(&varints(cursor, n)?)?;
        let start = varint(cursor)?;
        let m = page_ends.last().copied().unwrap_or_default();
        let m = super::numbers::checked_count(cursor, m, 3, "contig pages")?;
        let mut columns = [
            varints(cursor, m)?,
            varints(cursor, m)?,
            varints(cursor, m)?,
        ]
        .map(Vec::into_iter);
        let mut page = SamplesPage {
            names,
            rows: Vec::with_capacity(n),
            contig_pages: Vec::with_capacity(m),
        };
        let mut at = Layer(start);
        let mut first = 0;
        for ((contigs, bases), end) in contigs.into_iter().zip(bases).zip(page_ends) {
            let pages = first..fitting(end, "pages")?;
            first = pages.end;
            let contigs = fitting(contigs, "contigs")?;
            page.push_sample(contigs, bases, pages, &mut columns, &mut at)?;
        }
        Ok(page)
    }

    fn size_bytes(&self) -> usize {
        self.names.size_bytes()
            + self.rows.len() * size_of::<Row>()
            + self.contig_pages.len() * size_of::<ContigPageRow>()
    }
}

/// Where the next thing begins, things lying one behind the other.
struct Layer(u64);

impl Layer {
    fn next(&mut self, len_bytes: u64) -> Result<Range<u64>, Error> {
        let start = self.0;
        self.0 = start
            .checked_add(len_bytes)
            .ok_or_else(|| Error::malformed("a page past the end of the index"))?;
        Ok(start..self.0)
    }
}

impl SamplesPage {
    fn push_sample(
        &mut self,
        contigs: usize,
        bases: u64,
        pages: Range<usize>,
        [on_page, lengths, segment_lengths]: &mut [std::vec::IntoIter<u64>; 3],
        at: &mut Layer,
    ) -> Result<(), Error> {
        let mut first = 0_usize;
        for _ in pages.clone() {
            let end = first.saturating_add(fitting(on_page.next().unwrap_or_default(), "contigs")?);
            self.contig_pages.push(ContigPageRow {
                contigs: first..end,
                range: at.next(lengths.next().unwrap_or_default())?,
                segments: 0..0,
            });
            first = end;
        }
        if first != contigs {
            let why = format!("contig pages of {first} contigs, {contigs} in the sample");
            return Err(Error::malformed(why));
        }
        for page in self.contig_pages.get_mut(pages.clone()).unwrap_or_default() {
            page.segments = at.next(segment_lengths.next().unwrap_or_default())?;
        }
        self.rows.push(Row {
            contigs,
            bases,
            pages,
        });
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A sample by its place on the page.
    pub(super) fn name(&self, place: usize) -> &BStr {
        self.names.get(place).unwrap_or_default()
    }

    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = &BStr> + Clone {
        self.names.iter()
    }

    pub(super) fn contig_count(&self, place: usize) -> usize {
        self.rows.get(place).map_or(0, |row| row.contigs)
    }

    pub(super) fn bases(&self, place: usize) -> u64 {
        self.rows.get(place).map_or(0, |row| row.bases)
    }

    /// The contig pages of a sample.
    pub(super) fn contig_pages(&self, place: usize) -> &[ContigPageRow] {
        let pages = self.rows.get(place).map(|row| row.pages.clone());
        self.contig_pages
            .get(pages.unwrap_or_default())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: &[u8]) -> Result<SamplesPage, Error> {
        let mut cursor = Cursor::new(bytes);
        let page = SamplesPage::parse(&mut cursor)?;
        cursor.finish()?;
        Ok(page)
    }

    /// Samples `a` of 3 contigs on two pages, `` of none, `b` of 1 contig.
    const TOY: &[u8] =
        b"\x03a\0\0b\0\x03\x00\x01\x64\x00\x07\x02\x00\x01\x32\x02\x01\x01\x0A\x0B\x0C\x01\x02\x03";

    #[test]
    fn blocks_lie_one_behind_the_other() {
        let page = page(TOY).unwrap();
        assert_eq!(page.names().collect::<Vec<_>>(), ["a", "", "b"]);
        assert_eq!([0, 1, 2].map(|p| page.contig_count(p)), [3, 0, 1]);
        assert_eq!([0, 1, 2].map(|p| page.bases(p)), [100, 0, 7]);
        let row = |contigs, range, segments| ContigPageRow {
            contigs,
            range,
            segments,
        };
        let first = [row(0..2, 50..60, 71..72), row(2..3, 60..71, 72..74)];
        assert_eq!(page.contig_pages(0), first);
        assert_eq!(page.contig_pages(1), []);
        assert_eq!(page.contig_pages(2), [row(0..1, 74..86, 86..89)]);
        assert_eq!(page.contig_pages(3), []);
    }

    #[test]
    fn broken_pages_are_errors() {
        for end in 0..TOY.len() {
            assert!(page(&TOY[..end]).is_err(), "cut at {end}");
        }
        let mut other = TOY.to_vec();
        other[6] = 4;
        assert!(page(&other).is_err(), "a contig that is on no page");
    }
}

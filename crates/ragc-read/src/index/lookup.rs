//! From numbers and names of samples to their pages of contigs.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use bstr::BStr;

use super::contigs::ContigsPage;
use super::names::{NameOf, NamesPage};
use super::node::{CHILDREN_BITS, Child, Node};
use super::open::{Index, Section};
use super::samples::{ContigPageRow, SamplesPage};
use super::{in_index, span};
use crate::error::Error;
use crate::reader::Reader;
use crate::step::Stop;
use crate::tables::{Contigs, NameList, Samples};
use crate::wants::Wants;

/// A page takes more bytes than this: a section with more pages than fit is one that goes round in circles.
const PAGE_LEN_BYTES_MIN: u64 = 8;

/// A sample whose contigs and segments take no more than this is read at once.
const BLOCK_AT_ONCE_BYTES: u64 = 32 << 10;
/// The contig pages of a sample are read together, and searched for names, if they take no more than this.
const CONTIG_PAGES_AT_ONCE_BYTES: u64 = 64 << 10;
/// Pages of samples that are read all at once to find one by its name: mostly they come with the head.
const SAMPLES_AT_ONCE_BYTES: u64 = 64 << 10;

/// A sample and the page that tells of it.
#[derive(Debug, Clone)]
pub(crate) struct SampleAt {
    pub(crate) number: usize,
    pub(super) page: Arc<SamplesPage>,
    pub(super) place: usize,
}

/// A contig page of a sample.
#[derive(Debug, Clone)]
pub(super) struct ContigsAt {
    /// Its number among those of the sample.
    pub(super) number: usize,
    pub(super) row: ContigPageRow,
    pub(super) page: Arc<ContigsPage>,
}

impl SampleAt {
    pub(crate) fn name(&self) -> &BStr {
        self.page.name(self.place)
    }

    pub(crate) fn contig_count(&self) -> usize {
        self.page.contig_count(self.place)
    }

    pub(crate) fn bases(&self) -> u64 {
        self.page.bases(self.place)
    }

    pub(super) fn contig_pages(&self) -> &[ContigPageRow] {
        self.page.contig_pages(self.place)
    }

    /// Its contig pages, and all of its block.
    fn block(&self) -> (Range<u64>, Range<u64>) {
        let pages = self.contig_pages();
        let start = pages.first().map_or(0, |page| page.range.start);
        let end = |end: Option<u64>| end.unwrap_or(start);
        (
            start..end(pages.last().map(|page| page.range.end)),
            start..end(pages.last().map(|page| page.segments.end)),
        )
    }

    /// Whether a name is looked for in its contig pages, all of them.
    pub(super) fn is_searched(&self) -> bool {
        let (pages, _) = self.block();
        pages.end - pages.start <= CONTIG_PAGES_AT_ONCE_BYTES
    }
}

impl Index {
    /// A range of the body in the address space of the reader.
    pub(super) fn in_body(&self, range: &Range<u64>) -> Result<Range<u64>, Error> {
        let start = span(self.body, range.start)?.end;
        let range = span(start, range.end - range.start)?;
        if range.end > self.range.end {
            let error = Error::malformed("a page past the end of the index");
            return Err(in_index(error, self.offset(start)));
        }
        Ok(range)
    }
}

impl Reader {
    /// The pages of a section that may have one of `keys`, at their places in the reader's address space.
    pub(super) fn leaves(
        &mut self,
        index: &Index,
        section: &Section,
        keys: &RangeInclusive<u64>,
    ) -> Result<Vec<Child>, Stop> {
        if section.top.is_empty() {
            return Ok(Vec::new());
        }
        let most = (index.range.end - index.range.start) / PAGE_LEN_BYTES_MIN;
        let mut pages = vec![Child {
            key: 0,
            range: section.top.clone(),
        }];
        for _ in 0..section.levels {
            let mut wants = Wants::default();
            let mut children = Vec::new();
            for page in &pages {
                let node = self.page::<Node>(index, &page.range);
                let Some(node) = wants.take(node)? else {
                    continue;
                };
                for child in node.children(keys) {
                    let start = span(section.base, child.range.start)?.end;
                    let range = span(start, child.range.end - child.range.start)?;
                    children.push(Child {
                        key: child.key,
                        range,
                    });
                }
                if children.len() as u64 > most {
                    let error = Error::malformed("a section of more pages than the index can hold");
                    return Err(in_index(error, index.offset(page.range.start)).into());
                }
            }
            wants.end(self)?;
            pages = children;
        }
        Ok(pages)
    }

    /// Where a page of a section lies, by its number among them; `None` if there are fewer.
    pub(super) fn numbered_leaf(
        &mut self,
        index: &Index,
        section: &Section,
        mut number: u64,
    ) -> Result<Option<Range<u64>>, Stop> {
        let mut range = section.top.clone();
        for level in (0..section.levels).rev() {
            let below = u32::try_from(level.saturating_mul(CHILDREN_BITS)).unwrap_or(u32::MAX);
            let place = number.checked_shr(below).unwrap_or_default();
            number -= place.checked_shl(below).unwrap_or_default();
            let node = self.page::<Node>(index, &range)?;
            let child = usize::try_from(place).ok().and_then(|at| node.child(at));
            let Some(child) = child else {
                return Ok(None);
            };
            let start = span(section.base, child.range.start)?.end;
            range = span(start, child.range.end - child.range.start)?;
        }
        Ok((number == 0 && !range.is_empty()).then_some(range))
    }

    /// The names of all samples.
    pub(crate) fn index_samples(&mut self, index: &Index) -> Result<Arc<Samples>, Stop> {
        if let Some(samples) = self.shared.samples.get() {
            return Ok(Arc::clone(samples));
        }
        let allowed = self.shared.limits.allocation_bytes_max;
        let mut wants = Wants::default();
        let mut pages = Vec::new();
        for leaf in self.leaves(index, &index.samples, &(0..=u64::MAX))? {
            let page = self.page::<SamplesPage>(index, &leaf.range);
            pages.extend(wants.take(page)?);
        }
        wants.end(self)?;
        let mut names = NameList::default();
        for name in pages.iter().flat_map(|page| page.names()) {
            names.push(name, allowed)?;
        }
        if names.len() != index.root.sample_count {
            let why = format!(
                "{} samples expected, {} found",
                index.root.sample_count,
                names.len()
            );
            return Err(
                in_index(Error::malformed(why), index.offset(index.samples.top.start)).into(),
            );
        }
        let samples = Samples::new(names).map_err(|error| in_index(error, 0))?;
        Ok(Arc::clone(
            self.shared.samples.get_or_init(|| Arc::new(samples)),
        ))
    }

    /// Samples by their numbers, in order; those that are not there are left out.
    pub(crate) fn samples_at(
        &mut self,
        index: &Index,
        numbers: Range<usize>,
    ) -> Result<Vec<SampleAt>, Stop> {
        let end = numbers.end.min(index.root.sample_count);
        if numbers.start >= end {
            return Ok(Vec::new());
        }
        let keys = numbers.start as u64..=end as u64 - 1;
        let mut wants = Wants::default();
        let mut found = Vec::new();
        for leaf in self.leaves(index, &index.samples, &keys)? {
            let page = self.page::<SamplesPage>(index, &leaf.range);
            let Some(page) = wants.take(page)? else {
                continue;
            };
            let first = usize::try_from(leaf.key).unwrap_or(usize::MAX);
            let here = first.max(numbers.start)..first.saturating_add(page.len()).min(end);
            found.extend(here.map(|number| SampleAt {
                number,
                page: Arc::clone(&page),
                place: number - first,
            }));
        }
        wants.end(self)?;
        Ok(found)
    }

    /// A sample by its number.
    pub(crate) fn sample_at(&mut self, index: &Index, number: usize) -> Result<SampleAt, Stop> {
        let found = self.samples_at(index, number..number.saturating_add(1))?;
        found.into_iter().next().ok_or_else(|| {
            let error = Error::malformed(format!("no sample number {number}"));
            in_index(error, index.offset(index.samples.top.start)).into()
        })
    }

    /// A sample by its name: from the pages of samples if these are few or known, else by the names.
    pub(crate) fn sample_named(&mut self, index: &Index, name: &BStr) -> Result<SampleAt, Stop> {
        let missing = || Error::NotFound {
            what: "sample",
            name: name.to_string(),
        };
        let front = index.body - index.samples.base;
        if front <= SAMPLES_AT_ONCE_BYTES || self.shared.samples.get().is_some() {
            let samples = self.index_samples(index)?;
            let number = samples.position(name).ok_or_else(missing)?;
            return self.sample_at(index, number);
        }
        for (number, _) in self.named(index, NameOf::Sample, name)? {
            let sample = self.sample_at(index, number)?;
            if sample.name() == name {
                return Ok(sample);
            }
        }
        Err(missing().into())
    }

    /// The samples and contigs of a name, by their numbers.
    pub(super) fn named(
        &mut self,
        index: &Index,
        of: NameOf,
        name: &BStr,
    ) -> Result<Vec<(usize, usize)>, Stop> {
        let key = of.key(name);
        let mut wants = Wants::default();
        let mut found = Vec::new();
        for leaf in self.leaves(index, &index.names, &(key..=key))? {
            let page = self.page::<NamesPage>(index, &leaf.range);
            if let Some(page) = wants.take(page)? {
                found.extend_from_slice(page.places(key));
            }
        }
        wants.end(self)?;
        Ok(found)
    }

    /// A contig page of a sample, by its number. What else is read at once comes with it.
    pub(super) fn contig_page(
        &mut self,
        index: &Index,
        sample: &SampleAt,
        number: usize,
    ) -> Result<ContigsAt, Stop> {
        let row = sample.contig_pages().get(number).cloned();
        let row = row.ok_or_else(|| Error::malformed("a sample without contig pages"))?;
        let at = index.in_body(&row.range)?;
        let (contigs, block) = sample.block();
        let together = [
            (block, BLOCK_AT_ONCE_BYTES),
            (contigs, CONTIG_PAGES_AT_ONCE_BYTES),
        ];
        let together = together
            .into_iter()
            .find(|(range, most)| range.end - range.start <= *most);
        let page = self.page::<ContigsPage>(index, &at);
        let page = match page {
            Err(Stop::Need(mut ranges)) => {
                if let Some((range, _)) = together {
                    ranges.push(index.in_body(&range)?);
                }
                self.need(ranges)?;
                return Err(Stop::Need(vec![at]));
            }
            page => page?,
        };
        if page.contigs.len() != row.contigs.len()
            || page.segments_len_bytes() != row.segments.end - row.segments.start
        {
            let error = Error::malformed("a contig page that is not what the sample's page says");
            return Err(in_index(error, index.offset(at.start)).into());
        }
        let found = ContigsAt { number, row, page };
        self.shared.recent().remember(sample.number, &found);
        Ok(found)
    }

    /// All contig pages of a sample.
    pub(super) fn all_contig_pages(
        &mut self,
        index: &Index,
        sample: &SampleAt,
        wants: &mut Wants,
    ) -> Result<Vec<ContigsAt>, Error> {
        let mut found = Vec::new();
        for number in 0..sample.contig_pages().len() {
            let page = self.contig_page(index, sample, number);
            found.extend(wants.take(page)?);
        }
        Ok(found)
    }

    /// The page that has a contig of a sample; `None` if the sample has fewer contigs.
    pub(super) fn page_with(
        &mut self,
        index: &Index,
        sample: &SampleAt,
        contig: usize,
    ) -> Result<Option<ContigsAt>, Stop> {
        let pages = sample.contig_pages();
        let number = pages.partition_point(|page| page.contigs.end <= contig);
        if number == pages.len() {
            return Ok(None);
        }
        self.contig_page(index, sample, number).map(Some)
    }

    /// A contig of a sample as one of those on its page; `None` if the sample has fewer.
    pub(crate) fn contig_on_page(
        &mut self,
        index: &Index,
        sample: &SampleAt,
        contig: usize,
    ) -> Result<Option<(Arc<Contigs>, usize)>, Stop> {
        let found = self.page_with(index, sample, contig)?;
        Ok(found.map(|at| (Arc::clone(&at.page.contigs), contig - at.row.contigs.start)))
    }

    /// Some contigs of a sample.
    pub(crate) fn index_contigs(
        &mut self,
        index: &Index,
        sample: &SampleAt,
        numbers: &Range<usize>,
    ) -> Result<Contigs, Stop> {
        let allowed = self.shared.limits.allocation_bytes_max;
        let mut wants = Wants::default();
        let mut contigs = Contigs::default();
        let pages = sample.contig_pages();
        let first = pages.partition_point(|page| page.contigs.end <= numbers.start);
        let end = pages.partition_point(|page| page.contigs.start < numbers.end);
        for number in first..end {
            let page = self.contig_page(index, sample, number);
            let Some(ContigsAt { row, page, .. }) = wants.take(page)? else {
                continue;
            };
            let from = numbers.start.max(row.contigs.start) - row.contigs.start;
            let to = numbers.end.min(row.contigs.end) - row.contigs.start;
            for contig in (from..to).filter_map(|place| page.contigs.get(place)) {
                contigs.push(contig, allowed)?;
            }
        }
        wants.end(self)?;
        contigs.shrink();
        Ok(contigs)
    }
}

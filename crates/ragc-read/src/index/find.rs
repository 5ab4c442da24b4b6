//! Contigs by their names.

use std::ops::Range;

use bstr::{BStr, BString};

use super::lookup::SampleAt;
use super::names::NameOf;
use super::open::Index;
use crate::named::Wanted;
use crate::reader::Reader;
use crate::step::Stop;
use crate::wants::Wants;

impl Reader {
    /// Looks for names in a sample, or in all.
    pub(crate) fn index_find(
        &mut self,
        index: &Index,
        wanted: &mut Wanted,
        sample: Option<&SampleAt>,
    ) -> Result<(), Stop> {
        let mut wants = Wants::default();
        if let Some(sample) = sample.filter(|sample| sample.is_searched()) {
            let pages = self.all_contig_pages(index, sample, &mut wants)?;
            wants.end(self)?;
            let names = pages.iter().flat_map(|at| at.page.contigs.names());
            wanted.look_at(sample.number, names);
            return Ok(());
        }
        let names: Vec<BString> = wanted.names().map(BString::from).collect();
        for name in names {
            let places = self.index_places_of(index, name.as_ref());
            if let Some(mut places) = wants.take(places)? {
                places.retain(|place| sample.is_none_or(|sample| place.0 == sample.number));
                wanted.put(name.as_ref(), places);
            }
        }
        wants.end(self)
    }

    /// Looks for one name in a sample; what is likely needed for a range of it comes with what is read.
    pub(crate) fn index_find_for(
        &mut self,
        index: &Index,
        wanted: &mut Wanted,
        sample: &SampleAt,
        (contig, range): (&BStr, &Range<u64>),
    ) -> Result<(), Stop> {
        let mut wants = Wants::default();
        wants.take(self.index_find(index, wanted, Some(sample)))?;
        if !wants.is_complete() && sample.is_searched() {
            let foretold = self.shared.recent().foretell(contig, range);
            if let Some(foretold) = foretold {
                wants.hint(self.foretold(index, sample, &foretold));
            }
        }
        wants.end(self)
    }

    /// The contigs of a name in all samples: in each those whose whole name it is, or else those whose first word it is.
    fn index_places_of(&mut self, index: &Index, name: &BStr) -> Result<Vec<(usize, usize)>, Stop> {
        let mut wants = Wants::default();
        let whole = wants.take(self.named(index, NameOf::Contig, name))?;
        let words = wants.take(self.named(index, NameOf::FirstWord, name))?;
        wants.end(self)?;
        let (whole, words) = (whole.unwrap_or_default(), words.unwrap_or_default());
        let lacks_whole = |word: &(usize, usize)| {
            let found = whole.binary_search_by_key(&word.0, |place| place.0);
            found.is_err()
        };
        // Both are sorted, as they are in the index.
        let mut words = words.into_iter().filter(lacks_whole).peekable();
        let mut found = Vec::new();
        for place in &whole {
            while let Some(word) = words.next_if(|word| word < place) {
                found.push(word);
            }
            found.push(*place);
        }
        found.extend(words);
        Ok(found)
    }
}

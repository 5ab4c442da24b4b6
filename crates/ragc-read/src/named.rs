//! Contigs by their names: a contig's whole name, or else its first word.

use std::collections::HashMap;
use std::ops::Range;

use bstr::{BStr, BString};

use crate::contig_at::ContigAt;
use crate::error::Error;
use crate::index::Index;
use crate::reader::{Located, Reader};
use crate::step::{Step, Stop};
use crate::tables::{Samples, first_word};
use crate::wants::Wants;

/// A contig's name, to be looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContigName {
    /// Its whole name or its first word.
    pub contig: BString,
    /// The only sample to look in.
    pub sample: Option<BString>,
}

impl From<&BStr> for ContigName {
    /// Anywhere.
    fn from(contig: &BStr) -> ContigName {
        ContigName {
            contig: contig.into(),
            sample: None,
        }
    }
}

/// Names that are looked for, and the contigs that have them: sample and contig, by their numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted(HashMap<BString, Matches>);

/// Where contigs of one name are.
#[derive(Debug, Clone, Default)]
struct Matches {
    places: Vec<(usize, usize)>,
    /// The last sample that has a contig of this whole name: first words do not count there.
    whole_in: Option<usize>,
}

impl Matches {
    fn add(&mut self, sample: usize, contig: usize, is_whole: bool) {
        let whole_before = self.whole_in == Some(sample);
        if is_whole && !whole_before {
            self.whole_in = Some(sample);
            while self.places.pop_if(|place| place.0 == sample).is_some() {}
        }
        if is_whole || !whole_before {
            self.places.push((sample, contig));
        }
    }
}

impl Wanted {
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = &'n BStr>) -> Wanted {
        let names = names.into_iter();
        Wanted(
            names
                .map(|name| (name.into(), Matches::default()))
                .collect(),
        )
    }

    /// Looks at the contigs of a sample, all of them, after those of the samples before it.
    pub(crate) fn look_at<'n>(&mut self, sample: usize, names: impl Iterator<Item = &'n BStr>) {
        for (contig, name) in names.enumerate() {
            if let Some(matches) = self.0.get_mut(name) {
                matches.add(sample, contig, true);
            }
            let word = first_word(name);
            if word != name
                && let Some(matches) = self.0.get_mut(word)
            {
                matches.add(sample, contig, false);
            }
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &BStr> {
        self.0.keys().map(AsRef::as_ref)
    }

    /// Says where contigs of a name are.
    pub(crate) fn put(&mut self, name: &BStr, places: Vec<(usize, usize)>) {
        if let Some(matches) = self.0.get_mut(name) {
            matches.places = places;
        }
    }

    pub(crate) fn places(&self, name: &BStr) -> &[(usize, usize)] {
        self.0.get(name).map_or(&[], |matches| &matches.places)
    }
}

/// Names by the sample to look in.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    names: Vec<ContigName>,
    pub(crate) groups: Vec<(Option<BString>, Wanted)>,
    /// Of each name.
    group_of: Vec<usize>,
}

impl Search {
    pub(crate) fn new(names: &[ContigName]) -> Search {
        let mut numbers = HashMap::new();
        let mut groups: Vec<(Option<BString>, Vec<&BStr>)> = Vec::new();
        let mut group_of = Vec::with_capacity(names.len());
        for ContigName { contig, sample } in names {
            let number = *numbers.entry(sample).or_insert(groups.len());
            match groups.get_mut(number) {
                Some((_, contigs)) => contigs.push(contig.as_ref()),
                None => groups.push((sample.clone(), vec![contig.as_ref()])),
            }
            group_of.push(number);
        }
        let groups = groups.into_iter();
        Search {
            names: names.to_vec(),
            groups: groups
                .map(|(sample, contigs)| (sample, Wanted::new(contigs)))
                .collect(),
            group_of,
        }
    }

    pub(crate) fn is_for(&self, names: &[ContigName]) -> bool {
        self.names == names
    }

    /// What was found of each name.
    pub(crate) fn answer(&self, samples: &Samples) -> Vec<Vec<Located>> {
        let located = |&(sample, contig): &(usize, usize)| Located {
            sample: samples.get(sample).unwrap_or_default().into(),
            contig,
        };
        let places = |(name, group): (&ContigName, &usize)| {
            let (_, wanted) = self.groups.get(*group)?;
            let places = wanted.places(name.contig.as_ref());
            Some(places.iter().map(located).collect())
        };
        let names = self.names.iter().zip(&self.group_of);
        names.map(|name| places(name).unwrap_or_default()).collect()
    }
}

impl Reader {
    /// In each sample, every contig whose whole name is `contig`, or, if none is, whose first word is; in stored order,
    /// maybe none.
    ///
    /// With an index it takes a round; else the contig names of the whole collection are read, some batches a round.
    ///
    /// # Errors
    /// `Malformed`, `Limit`.
    pub fn locate(&mut self, contig: &BStr) -> Result<Step<Vec<Located>>, Error> {
        let found = self.locate_all(&[contig.into()])?;
        Ok(found.map(|mut found| found.pop().unwrap_or_default()))
    }

    /// The same for many names, in all samples or one, which are looked for together.
    ///
    /// # Errors
    /// As [`Reader::locate`], and `NotFound` if there is no such sample.
    pub fn locate_all(&mut self, names: &[ContigName]) -> Result<Step<Vec<Vec<Located>>>, Error> {
        self.answer(|reader| match reader.index()? {
            Some(index) => reader.find_by_index(&index, names),
            None => reader.find_by_batches(names),
        })
    }

    /// The bases of a contig by its name: its whole name, or else its first word.
    ///
    /// With an index at most three rounds on an open archive, and two where a contig of that name is known from another
    /// sample; else as [`Reader::bases`].
    ///
    /// # Errors
    /// As [`Reader::bases`], and `Ambiguous` if several contigs of the sample have that name.
    pub fn bases_of(
        &mut self,
        sample: &BStr,
        contig: &BStr,
        range: Range<u64>,
    ) -> Result<Step<Vec<u8>>, Error> {
        self.answer(|reader| {
            let at = reader.contig_named(sample, contig, &range)?;
            reader.bases_at(&at, &range)
        })
    }

    fn find_by_index(
        &mut self,
        index: &Index,
        names: &[ContigName],
    ) -> Result<Vec<Vec<Located>>, Stop> {
        let mut search = Search::new(names);
        let mut wants = Wants::default();
        for (sample, wanted) in &mut search.groups {
            let found = match sample {
                None => self.index_find(index, wanted, None),
                Some(name) => self
                    .sample_named(index, (*name).as_ref())
                    .and_then(|sample| self.index_find(index, wanted, Some(&sample))),
            };
            wants.take(found)?;
        }
        let samples = wants.take(self.index_samples(index))?;
        wants.end(self)?;
        Ok(search.answer(&samples.unwrap_or_default()))
    }

    /// The contig of a name in a sample. With an index, what is likely needed for `range` of it comes with what is read.
    fn contig_named(
        &mut self,
        sample: &BStr,
        contig: &BStr,
        range: &Range<u64>,
    ) -> Result<ContigAt, Stop> {
        let numbers_of = |wanted: &Wanted| -> Vec<usize> {
            wanted.places(contig).iter().map(|place| place.1).collect()
        };
        let numbers = match self.index()? {
            Some(index) => {
                let sample = self.sample_named(&index, sample)?;
                let mut wanted = Wanted::new([contig]);
                self.index_find_for(&index, &mut wanted, &sample, (contig, range))?;
                numbers_of(&wanted)
            }
            None => {
                let number = self.opened()?.sample_number(sample)?;
                let mut wanted = Wanted::new([contig]);
                wanted.look_at(number, self.table_of(number)?.names());
                numbers_of(&wanted)
            }
        };
        let name = || contig.to_string();
        match numbers.as_slice() {
            [number] => {
                let at = self.contig_at(sample, *number)?;
                if at.name() == contig || first_word(at.name()) == contig {
                    return Ok(at);
                }
                // Another name with the same hash.
                Err(missing_contig(name()).into())
            }
            [] => Err(missing_contig(name()).into()),
            several => Err(Error::Ambiguous {
                sample: sample.to_string(),
                contig: name(),
                count: several.len(),
            }
            .into()),
        }
    }
}

fn missing_contig(name: String) -> Error {
    Error::NotFound {
        what: "contig",
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_come_before_first_words() {
        let names = ["chr1", "chr2", "chr2 x", "chr", ""].map(BStr::new);
        let mut wanted = Wanted::new(names);
        let contigs = ["chr1 a", "chr2", "chr1 b", "chr2 x", "chr2"].map(BStr::new);
        wanted.look_at(3, contigs.into_iter());
        wanted.look_at(4, [BStr::new("chr2 y")].into_iter());
        assert_eq!(wanted.places("chr1".into()), [(3, 0), (3, 2)]);
        assert_eq!(wanted.places("chr2".into()), [(3, 1), (3, 4), (4, 0)]);
        assert_eq!(wanted.places("chr2 x".into()), [(3, 3)]);
        assert_eq!(wanted.places("chr".into()), []);
    }
}

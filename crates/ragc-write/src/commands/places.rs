//! Where the contigs are that regions name: names are looked up together, in one go through the collection.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use bstr::{BStr, BString};
use ragc_read::{Archive, Contigs, Located, RegionText, Samples};

use super::{Failure, archive_failure, bytes_of, names};
use crate::cli::PatternArgs;

/// Contigs by their names, in all samples or in some.
pub(super) struct Places<'a> {
    path: &'a Path,
    archive: &'a Archive,
    samples: Arc<Samples>,
    /// The samples to look in, by their numbers; all unless they were chosen.
    among: Option<Vec<usize>>,
    /// What was looked up: contigs by name, of one sample or of any.
    known: HashMap<(Option<usize>, BString), Vec<Place>>,
}

/// A contig that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) sample: usize,
    pub(super) contig: usize,
    /// How many contigs of that name the sample has; this is the first.
    pub(super) repeats: usize,
}

impl<'a> Places<'a> {
    pub(super) fn new(
        path: &'a Path,
        archive: &'a Archive,
        chosen: &PatternArgs,
    ) -> Result<Self, Failure> {
        let samples = archive
            .samples()
            .map_err(|error| archive_failure(path, error))?;
        let patterns: Vec<BString> = chosen.patterns.iter().map(|one| bytes_of(one)).collect();
        let among = if patterns.is_empty() {
            None
        } else {
            Some(names::select(path, &samples, &patterns)?)
        };
        Ok(Self {
            path,
            archive,
            samples,
            among,
            known: HashMap::new(),
        })
    }

    /// Whether samples were chosen.
    pub(super) fn are_chosen(&self) -> bool {
        self.among.is_some()
    }

    /// The names of the samples to look in.
    pub(super) fn chosen(&self) -> impl Iterator<Item = &BStr> {
        let all = if self.are_chosen() {
            0
        } else {
            self.samples.len()
        };
        let some = self.among.iter().flatten().copied();
        some.chain(0..all).map(|number| self.name(number))
    }

    /// The name of a sample.
    pub(super) fn name(&self, sample: usize) -> &BStr {
        self.samples.get(sample).unwrap_or_default()
    }

    /// The number of a sample, if it is there.
    pub(super) fn position(&self, name: &BStr) -> Option<usize> {
        self.samples.position(name)
    }

    /// The number of a sample, if it is among those to look in.
    pub(super) fn chosen_position(&self, name: &BStr) -> Option<usize> {
        let number = self.position(name)?;
        let is_chosen = |among: &Vec<usize>| among.binary_search(&number).is_ok();
        self.among.as_ref().is_none_or(is_chosen).then_some(number)
    }

    pub(super) fn contigs(&self, sample: usize) -> Result<Arc<Contigs>, Failure> {
        self.archive
            .contigs(self.name(sample))
            .map_err(|error| archive_failure(self.path, error))
    }

    /// Looks up the contigs that `texts` may mean.
    pub(super) fn look_up<'t>(
        &mut self,
        texts: impl Iterator<Item = &'t RegionText>,
    ) -> Result<(), Failure> {
        let mut anywhere: HashSet<&BStr> = HashSet::new();
        // In stored order, as samples that follow each other are described together.
        let mut within: BTreeMap<usize, HashSet<&BStr>> = BTreeMap::new();
        for text in texts {
            match &text.sample {
                None => {
                    anywhere.insert(text.contig.as_ref());
                }
                Some(sample) => {
                    if let Some(sample) = self.chosen_position(sample.as_ref()) {
                        let names = within.entry(sample).or_default();
                        names.insert(text.contig.as_ref());
                    }
                }
            }
        }
        for (sample, names) in within {
            for (name, place) in self.search(sample, &names)? {
                self.known.insert((Some(sample), name), vec![place]);
            }
        }
        match self.among.clone() {
            Some(among) => {
                for sample in among {
                    for (name, place) in self.search(sample, &anywhere)? {
                        self.known.entry((None, name)).or_default().push(place);
                    }
                }
            }
            None if anywhere.is_empty() => {}
            None => {
                let wanted: Vec<BString> = anywhere.into_iter().map(BString::from).collect();
                let located = self
                    .archive
                    .locate_all(&wanted)
                    .map_err(|error| archive_failure(self.path, error))?;
                for (name, located) in wanted.into_iter().zip(located) {
                    let places = self.places(&located);
                    self.known.insert((None, name), places);
                }
            }
        }
        Ok(())
    }

    /// Where the contig of a reading is that was looked up: one place a sample.
    pub(super) fn of(&self, reading: &RegionText) -> &[Place] {
        let sample = match &reading.sample {
            None => None,
            Some(name) => match self.chosen_position(name.as_ref()) {
                None => return &[],
                number => number,
            },
        };
        let key = (sample, reading.contig.clone());
        self.known.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Forgets what was looked up.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// Those of `names` that contigs of a sample have, as whole names or else as first words.
    fn search(
        &self,
        sample: usize,
        names: &HashSet<&BStr>,
    ) -> Result<Vec<(BString, Place)>, Failure> {
        let contigs = self.contigs(sample)?;
        let mut whole: HashMap<&BStr, Place> = HashMap::new();
        let mut words: HashMap<&BStr, Place> = HashMap::new();
        for (contig, row) in contigs.iter().enumerate() {
            for (name, places) in [(row.name, &mut whole), (row.first_word(), &mut words)] {
                if names.contains(name) {
                    let place = Place {
                        sample,
                        contig,
                        repeats: 0,
                    };
                    places.entry(name).or_insert(place).repeats += 1;
                }
            }
        }
        let found = |name| whole.get(name).or_else(|| words.get(name)).copied();
        Ok(names
            .iter()
            .filter_map(|&name| Some((name.to_owned(), found(name)?)))
            .collect())
    }

    /// One place for each sample.
    fn places(&self, located: &[Located]) -> Vec<Place> {
        located
            .chunk_by(|one, next| one.sample == next.sample)
            .map(|in_sample| Place {
                sample: self
                    .position(in_sample[0].sample.as_ref())
                    .unwrap_or_default(),
                contig: in_sample[0].contig,
                repeats: in_sample.len(),
            })
            .collect()
    }
}

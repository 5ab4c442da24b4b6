//! Where the contigs are that regions name: names are looked up together, in one go through the collection.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use bstr::{BStr, BString};
use ragc_read::{Archive, Contig, ContigName, Contigs, Located, RegionText, Samples};

use super::{Failure, archive_failure, bytes_of, names};
use crate::cli::PatternArgs;

/// Names that are looked up together in samples that were chosen, and contigs that are read together.
const SEARCHED_TOGETHER: usize = 1 << 16;
const READ_TOGETHER: usize = 1 << 12;

/// Contigs by their names, in all samples or in some.
pub(super) struct Places<'a> {
    path: &'a Path,
    archive: &'a Archive,
    samples: Arc<Samples>,
    /// The samples to look in, by their numbers; all unless they were chosen.
    among: Option<Vec<usize>>,
    /// What was looked up: contigs by name, of one sample or of any.
    known: HashMap<(Option<usize>, BString), Vec<Place>>,
    /// Contigs that were read.
    rows: HashMap<(usize, usize), Row>,
}

/// A contig.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The whole name.
    pub(super) name: BString,
    first_word_len: usize,
    pub(super) len_bases: u64,
}

impl Row {
    pub(super) fn first_word(&self) -> &BStr {
        BStr::new(&self.name[..self.first_word_len])
    }
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
            rows: HashMap::new(),
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

    /// All contigs of a sample.
    pub(super) fn contigs(&self, sample: usize) -> Result<Arc<Contigs>, Failure> {
        self.archive
            .contigs(self.name(sample))
            .map_err(|error| archive_failure(self.path, error))
    }

    /// A contig, which is read if it is not known.
    pub(super) fn contig(&self, sample: usize, contig: usize) -> Result<Row, Failure> {
        match self.rows.get(&(sample, contig)) {
            Some(row) => Ok(row.clone()),
            None => Ok(self.read(&[(sample, contig)])?.swap_remove(0)),
        }
    }

    /// Reads contigs together.
    pub(super) fn know(&mut self, places: &[(usize, usize)]) -> Result<(), Failure> {
        for some in places.chunks(READ_TOGETHER) {
            let rows = self.read(some)?;
            self.rows.extend(some.iter().copied().zip(rows));
        }
        Ok(())
    }

    fn read(&self, places: &[(usize, usize)]) -> Result<Vec<Row>, Failure> {
        let named = places.iter();
        let named: Vec<_> = named
            .map(|&(sample, contig)| (self.name(sample), contig))
            .collect();
        let contigs = self
            .archive
            .contigs_at(&named)
            .map_err(|error| archive_failure(self.path, error))?;
        let row = |contig: Contig<'_>| Row {
            name: contig.name.to_owned(),
            first_word_len: contig.first_word().len(),
            len_bases: contig.len_bases,
        };
        Ok(contigs.iter().map(row).collect())
    }

    /// Looks up the contigs that `texts` may mean.
    pub(super) fn look_up<'t>(
        &mut self,
        texts: impl Iterator<Item = &'t RegionText>,
    ) -> Result<(), Failure> {
        let mut names: HashSet<(Option<usize>, &BStr)> = HashSet::new();
        for text in texts {
            let contig = text.contig.as_ref();
            match &text.sample {
                None => {
                    names.insert((None, contig));
                }
                Some(sample) => {
                    if let Some(sample) = self.chosen_position(sample.as_ref()) {
                        names.insert((Some(sample), contig));
                    }
                }
            }
        }
        // Once for each of the samples chosen.
        let (anywhere, within): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|(sample, _)| sample.is_none());
        match self.among.clone() {
            None => self.search(&[within, anywhere].concat(), |key| key.0),
            Some(among) => {
                self.search(&within, |key| key.0)?;
                let some = (SEARCHED_TOGETHER / anywhere.len().max(1)).max(1);
                for some in among.chunks(some) {
                    let each = |&sample| anywhere.iter().map(move |name| (Some(sample), name.1));
                    let names: Vec<_> = some.iter().flat_map(each).collect();
                    self.search(&names, |_| None)?;
                }
                Ok(())
            }
        }
    }

    /// Looks names up together, in a sample or in all, and keeps them as `known_as` says.
    fn search(
        &mut self,
        names: &[(Option<usize>, &BStr)],
        known_as: impl Fn(&(Option<usize>, &BStr)) -> Option<usize>,
    ) -> Result<(), Failure> {
        let wanted = names.iter().map(|(sample, contig)| ContigName {
            contig: (*contig).to_owned(),
            sample: sample.map(|sample| self.name(sample).to_owned()),
        });
        let located = self
            .archive
            .locate_all(&wanted.collect::<Vec<_>>())
            .map_err(|error| archive_failure(self.path, error))?;
        for (name, located) in names.iter().zip(located) {
            let places = self.places(&located);
            if !places.is_empty() {
                let key = (known_as(name), name.1.to_owned());
                self.known.entry(key).or_default().extend(places);
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
        self.rows.clear();
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

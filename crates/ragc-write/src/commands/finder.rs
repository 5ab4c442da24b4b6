//! Looks up regions: which contig of which sample a text means, and that it means one only.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bstr::{BStr, BString};
use ragc_read::{Archive, Chunk, Counting, Located, Region, RegionText, Samples, TextRange};

use super::regions::Asked;
use super::{Failure, archive_failure, bytes_of, names, near, no_sample, note};
use crate::cli::SearchArgs;

/// Samples and contigs listed in one message.
const LISTED_MAX: usize = 10;
/// Samples whose contig names are compared with one that was not found.
const COMPARED_SAMPLES_MAX: usize = 50;
/// Notes of a kind; what there is beyond is counted.
const NOTES_MAX: u64 = 10;

/// Looks regions up in an archive.
pub(super) struct Finder<'a> {
    path: &'a Path,
    archive: &'a Archive,
    samples: Arc<Samples>,
    counting: Counting,
    /// The samples to look in, by their numbers; all unless they were chosen.
    among: Option<Vec<usize>>,
    /// Whether a contig that several samples have is taken from each.
    each: bool,
    /// What was looked up: contigs by name, of one sample or of any.
    known: HashMap<(Option<usize>, BString), Vec<Place>>,
    pub(super) notes: Notes,
}

/// A contig that was found.
#[derive(Debug, Clone, Copy)]
struct Place {
    sample: usize,
    contig: usize,
    /// How many contigs of that name the sample has.
    repeats: usize,
}

/// A region that was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    sample: u32,
    contig: u32,
    /// 0-based and half-open, within the contig.
    pub(super) range: Range<u64>,
    /// As it was asked for; `None` for the whole contig.
    pub(super) asked: Option<TextRange>,
    /// Whether the sample was said, or must be, as the contig comes from several.
    pub(super) of_sample: bool,
    /// Whether what was asked for was found in several samples.
    pub(super) several: bool,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        path: &'a Path,
        archive: &'a Archive,
        counting: Counting,
        search: &SearchArgs,
    ) -> Result<Self, Failure> {
        let samples = archive
            .samples()
            .map_err(|error| archive_failure(path, error))?;
        let patterns: Vec<BString> = search
            .samples
            .patterns
            .iter()
            .map(|pattern| bytes_of(pattern))
            .collect();
        let among = if patterns.is_empty() {
            None
        } else {
            Some(names::select(path, &samples, &patterns)?)
        };
        Ok(Self {
            path,
            archive,
            samples,
            counting,
            each: search.all || among.is_some(),
            among,
            known: HashMap::new(),
            notes: Notes::default(),
        })
    }

    /// Looks up many regions together: what each means.
    ///
    /// # Errors
    /// When the archive cannot be read. That a region is not there is said in its place.
    pub(super) fn find_all(
        &mut self,
        asked: &[Asked],
    ) -> Result<Vec<Result<Vec<Found>, Failure>>, Failure> {
        let readings: Vec<Vec<RegionText>> =
            asked.iter().map(|asked| self.readings(asked)).collect();
        self.look_up(readings.iter().flatten())?;
        let mut found = Vec::with_capacity(asked.len());
        for (asked, readings) in asked.iter().zip(readings) {
            found.push(self.choose(asked, readings)?);
        }
        self.known.clear();
        Ok(found)
    }

    fn readings(&self, asked: &Asked) -> Vec<RegionText> {
        match asked {
            Asked::Text(text) => RegionText::readings(text.as_ref(), self.counting),
            Asked::Bed(feature) => RegionText::with_range(feature.contig.as_ref(), feature.range),
        }
    }

    /// Finds the contigs that `texts` may mean, all in one go through the names of the collection.
    fn look_up<'t>(&mut self, texts: impl Iterator<Item = &'t RegionText>) -> Result<(), Failure> {
        let mut anywhere: HashSet<&BStr> = HashSet::new();
        let mut within: HashMap<usize, HashSet<&BStr>> = HashMap::new();
        for text in texts {
            match &text.sample {
                None => {
                    anywhere.insert(text.contig.as_ref());
                }
                Some(sample) => {
                    if let Some(sample) = self.sample_number(sample.as_ref()) {
                        within
                            .entry(sample)
                            .or_default()
                            .insert(text.contig.as_ref());
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

    /// The number of a sample, if it is there and among those to look in.
    fn sample_number(&self, name: &BStr) -> Option<usize> {
        let number = self.samples.position(name)?;
        let is_chosen = |among: &Vec<usize>| among.binary_search(&number).is_ok();
        self.among.as_ref().is_none_or(is_chosen).then_some(number)
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
                    .samples
                    .position(in_sample[0].sample.as_ref())
                    .unwrap_or_default(),
                contig: in_sample[0].contig,
                repeats: in_sample.len(),
            })
            .collect()
    }

    fn contigs(&self, sample: usize) -> Result<Arc<ragc_read::Contigs>, Failure> {
        let name = self.samples.get(sample).unwrap_or_default();
        self.archive
            .contigs(name)
            .map_err(|error| archive_failure(self.path, error))
    }

    /// The reading of which there are contigs, if it is one only.
    fn choose(
        &mut self,
        asked: &Asked,
        readings: Vec<RegionText>,
    ) -> Result<Result<Vec<Found>, Failure>, Failure> {
        let mut existing: Vec<&RegionText> = readings
            .iter()
            .filter(|reading| !self.known_places(reading).is_empty())
            .collect();
        match (existing.pop(), existing.as_slice()) {
            (Some(reading), []) => {
                let places = self.known_places(reading).to_vec();
                if places.len() > 1 && !self.each {
                    return Ok(Err(self.in_several(asked, reading, &places)));
                }
                self.found(asked, reading, &places).map(Ok)
            }
            (Some(last), others) => {
                let texts: Vec<String> = others
                    .iter()
                    .chain([&last])
                    .map(|reading| format!("{:?}", reading.unmistakable(self.counting)))
                    .collect();
                Ok(Err(self.failure(
                    asked,
                    &format!(
                        "may be read in {} ways; say which, as {}",
                        texts.len(),
                        texts.join(" or ")
                    ),
                )))
            }
            (None, _) => self.nothing(asked, &readings).map(Err),
        }
    }

    fn known_places(&self, reading: &RegionText) -> &[Place] {
        let sample = match &reading.sample {
            None => None,
            Some(name) => match self.sample_number(name.as_ref()) {
                None => return &[],
                some => some,
            },
        };
        // The key is made anew, as no map is asked by parts of a key.
        self.known
            .get(&(sample, reading.contig.clone()))
            .map_or(&[], Vec::as_slice)
    }

    fn found(
        &mut self,
        asked: &Asked,
        reading: &RegionText,
        places: &[Place],
    ) -> Result<Vec<Found>, Failure> {
        let range = reading.range.filter(|range| !self.is_backwards(range));
        let mut found = Vec::with_capacity(places.len());
        for place in places {
            let contigs = self.contigs(place.sample)?;
            let Some(contig) = contigs.get(place.contig) else {
                continue;
            };
            if place.repeats > 1 {
                self.notes.say(&format!(
                    "sample {:?} has {} contigs called {:?}: the first is given",
                    self.samples.get(place.sample).unwrap_or_default(),
                    place.repeats,
                    reading.contig,
                ));
            }
            let within = range.map_or(0..contig.len_bases, |range| range.within(contig.len_bases));
            if self.counting == Counting::FromOne
                && let Some(range) = range
                && (within.is_empty() || range.end.is_some_and(|end| end > within.end))
            {
                let what = if within.is_empty() { "starts" } else { "ends" };
                self.notes.say(&format!(
                    "{}{}{} {what} after the contig, which has {} bases",
                    line_of(asked),
                    contig.first_word(),
                    range_text(&range, contig.len_bases, self.counting),
                    contig.len_bases
                ));
            }
            found.push(Found {
                sample: u32::try_from(place.sample).unwrap_or(u32::MAX),
                contig: u32::try_from(place.contig).unwrap_or(u32::MAX),
                range: within,
                asked: range,
                of_sample: reading.sample.is_some() || places.len() > 1,
                several: places.len() > 1,
            });
        }
        Ok(found)
    }

    /// Whether the range ends before it starts: then the whole contig is given, as `agc` does.
    fn is_backwards(&mut self, range: &TextRange) -> bool {
        let backwards = range.is_backwards();
        if backwards {
            let to = range.end.unwrap_or_default().saturating_sub(1);
            self.notes.say(&format!(
                "range {}-{to} ends before it starts: the whole contig is given",
                range.start
            ));
        }
        backwards
    }

    /// The sequence of a region as its header is made of, without its bases: number `index` of those asked for.
    pub(super) fn titled(
        &self,
        found: &Found,
        index: usize,
        write: impl FnOnce(&Chunk<'_>),
    ) -> Result<(), Failure> {
        let contigs = self.contigs(found.sample as usize)?;
        if let Some(contig) = contigs.get(found.contig as usize) {
            write(&Chunk {
                sample: self.samples.get(found.sample as usize).unwrap_or_default(),
                contig: contig.name,
                contig_len_bases: contig.len_bases,
                index,
                len_bases: found.range.end - found.range.start,
                offset: 0,
                bases: b"",
                last: true,
            });
        }
        Ok(())
    }

    /// The region as the reader takes it.
    pub(super) fn region(&self, found: &Found) -> Region {
        Region {
            sample: self
                .samples
                .get(found.sample as usize)
                .unwrap_or_default()
                .to_owned(),
            contig: found.contig as usize,
            range: found.range.clone(),
        }
    }

    fn failure(&self, asked: &Asked, why: &str) -> Failure {
        let text = match asked {
            Asked::Text(text) => text,
            Asked::Bed(feature) => &feature.contig,
        };
        let (line, path) = (line_of(asked), self.path.display());
        Failure::Query(format!("{line}{text:?} {why}, in {path}"))
    }

    fn in_several(&self, asked: &Asked, reading: &RegionText, places: &[Place]) -> Failure {
        let name = |place: &Place| self.samples.get(place.sample).unwrap_or_default();
        let contig = &reading.contig;
        Failure::Query(format!(
            "{}{} samples of {} have a contig {contig:?}: {}; say which, as in {contig}@{}, or --all",
            line_of(asked),
            places.len(),
            self.path.display(),
            listed(places.iter().map(name)),
            name(&places[0]),
        ))
    }

    /// Why no reading is there: the likeliest one tells.
    fn nothing(&mut self, asked: &Asked, readings: &[RegionText]) -> Result<Failure, Failure> {
        if let Asked::Text(text) = asked
            && let Some((names, range)) = RegionText::broken_range(text.as_ref(), self.counting)
        {
            let without = RegionText::readings(names, self.counting);
            self.look_up(without.iter())?;
            if without
                .iter()
                .any(|reading| !self.known_places(reading).is_empty())
            {
                return Ok(Failure::Query(format!(
                    "{text:?}: {range:?} is no range: expected FROM-TO, FROM- or -TO, counted from {}",
                    self.counting.first()
                )));
            }
        }
        let Some(reading) = readings.first() else {
            return Ok(self.failure(asked, "is not there"));
        };
        match &reading.sample {
            Some(sample) if self.sample_number(sample.as_ref()).is_none() => {
                Ok(no_sample(self.path, sample.as_ref(), self.chosen()))
            }
            sample => self.no_contig(asked, reading.contig.as_ref(), sample.as_ref()),
        }
    }

    /// The names of the samples to look in.
    fn chosen(&self) -> impl Iterator<Item = &BStr> {
        let all = if self.among.is_none() {
            self.samples.len()
        } else {
            0
        };
        let some = self.among.iter().flatten().copied();
        some.chain(0..all)
            .filter_map(|number| self.samples.get(number))
    }

    /// That there is no contig `name` (in `sample`), and what may have been meant.
    fn no_contig(
        &self,
        asked: &Asked,
        name: &BStr,
        sample: Option<&BString>,
    ) -> Result<Failure, Failure> {
        let compared: Vec<&BStr> = match sample {
            Some(sample) => vec![sample.as_ref()],
            None => self.chosen().take(COMPARED_SAMPLES_MAX).collect(),
        };
        let mut names: Vec<BString> = Vec::new();
        for sample in compared {
            let contigs = self
                .archive
                .contigs(sample)
                .map_err(|error| archive_failure(self.path, error))?;
            names.extend(contigs.iter().map(|contig| contig.first_word().to_owned()));
        }
        names.sort();
        names.dedup();
        let mut hint = near::suggestion(name, names.iter().map(|name| name.as_ref()));
        if sample.is_none() && self.samples.position(name).is_some() {
            hint = "; it is a sample, for getset".into();
        }
        let place = match (sample, &self.among) {
            (Some(sample), _) => format!(" in sample {sample:?}"),
            (None, Some(_)) => " in the samples chosen".into(),
            (None, None) => String::new(),
        };
        let line = line_of(asked);
        Ok(Failure::Query(format!(
            "{line}no contig {name:?}{place} in {}{hint}",
            self.path.display()
        )))
    }
}

impl Found {
    /// Appends `contig`, `@sample` if it was said or must be, and `:from-to` if a range was.
    pub(super) fn write_region(&self, chunk: &Chunk<'_>, counting: Counting, out: &mut Vec<u8>) {
        out.extend_from_slice(chunk.first_word());
        if self.of_sample {
            out.push(b'@');
            out.extend_from_slice(chunk.sample);
        }
        self.write_range(chunk, counting, out);
    }

    /// Appends `:from-to`, as it was asked for, or nothing for whole contigs.
    pub(super) fn write_range(&self, chunk: &Chunk<'_>, counting: Counting, out: &mut Vec<u8>) {
        if let Some(range) = &self.asked {
            let text = range_text(range, chunk.contig_len_bases, counting);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// `:from-to`; an end past the contig's stays as it was asked for.
fn range_text(range: &TextRange, contig_len_bases: u64, counting: Counting) -> String {
    let last = range.end.unwrap_or(contig_len_bases).saturating_sub(1);
    let first = counting.first();
    format!(":{}-{}", range.start + first, last + first)
}

/// Where a region was asked for, for the start of a message.
fn line_of(asked: &Asked) -> String {
    match asked {
        Asked::Text(_) => String::new(),
        Asked::Bed(feature) => format!("line {} of the BED file: ", feature.line),
    }
}

/// Says a few things of many, and at the end how many more there were.
#[derive(Debug, Default)]
pub(super) struct Notes {
    said: u64,
}

impl Notes {
    pub(super) fn say(&mut self, message: &str) {
        self.said += 1;
        if self.said <= NOTES_MAX {
            note(message);
        }
    }

    pub(super) fn finish(&self) {
        if self.said > NOTES_MAX {
            note(&format!(
                "and {} more notes of this kind",
                self.said - NOTES_MAX
            ));
        }
    }
}

/// The names, quoted, as many as fit a message.
pub(super) fn listed<'a>(names: impl ExactSizeIterator<Item = &'a BStr>) -> String {
    let more = names.len().saturating_sub(LISTED_MAX);
    let mut shown: Vec<String> = names
        .take(LISTED_MAX)
        .map(|name| format!("{name:?}"))
        .collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<BString> = (0..12).map(|i| i.to_string().into()).collect();
        let text = listed(names.iter().map(|name| name.as_ref()));
        assert!(
            text.starts_with("\"0\", \"1\"") && text.ends_with("\"9\", and 2 more"),
            "{text}"
        );
    }
}

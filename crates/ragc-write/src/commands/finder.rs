//! Looks up regions: which contig of which sample a text means, and that it means one only.

use std::path::Path;

use bstr::{BStr, BString};
use ragc_read::{Archive, Chunk, Counting, Region, RegionText, TextRange};

use super::found::{Found, range_text};
use super::places::{Place, Places};
use super::regions::Asked;
use super::{Failure, near, no_sample, note};
use crate::cli::SearchArgs;

/// Samples and contigs listed in one message.
const LISTED_MAX: usize = 10;
/// Samples whose contig names are compared with one that was not found.
const COMPARED_SAMPLES_MAX: usize = 50;
/// Notes of a run; what there is beyond is counted.
const NOTES_MAX: u64 = 10;

/// Looks regions up in an archive.
pub(super) struct Finder<'a> {
    path: &'a Path,
    places: Places<'a>,
    counting: Counting,
    /// Whether a contig that several samples have is taken from each.
    each: bool,
    pub(super) notes: Notes,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        path: &'a Path,
        archive: &'a Archive,
        counting: Counting,
        search: &SearchArgs,
    ) -> Result<Self, Failure> {
        let places = Places::new(path, archive, &search.samples)?;
        Ok(Self {
            path,
            each: search.all || places.are_chosen(),
            places,
            counting,
            notes: Notes::default(),
        })
    }

    /// Looks up many regions together: what each means, or why nothing ([`Failure::Query`] when it is not there).
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(super) fn find_all(
        &mut self,
        asked: &[Asked],
    ) -> Result<Vec<Result<Vec<Found>, Failure>>, Failure> {
        let readings: Vec<Vec<RegionText>> =
            asked.iter().map(|asked| self.readings(asked)).collect();
        self.places.look_up(readings.iter().flatten())?;
        let chosen = readings.iter().filter_map(|readings| self.only(readings));
        let chosen = chosen.flat_map(|reading| self.places.of(reading));
        let chosen: Vec<_> = chosen.map(|place| (place.sample, place.contig)).collect();
        self.places.know(&chosen)?;
        let mut found = Vec::with_capacity(asked.len());
        for (asked, readings) in asked.iter().zip(readings) {
            found.push(self.choose(asked, &readings)?);
        }
        self.places.forget();
        Ok(found)
    }

    /// The sequence of a region as its header is made of, without its bases: number `index` of those asked for.
    pub(super) fn titled(
        &self,
        found: &Found,
        index: usize,
        write: impl FnOnce(&Chunk<'_>),
    ) -> Result<(), Failure> {
        let (sample, contig) = (found.sample as usize, found.contig as usize);
        let contig = self.places.contig(sample, contig)?;
        write(&Chunk {
            sample: self.places.name(sample),
            contig: contig.name.as_ref(),
            contig_len_bases: contig.len_bases,
            index,
            len_bases: found.range.end - found.range.start,
            offset: 0,
            bases: b"",
            last: true,
        });
        Ok(())
    }

    /// The region as the reader takes it.
    pub(super) fn region(&self, found: &Found) -> Region {
        Region {
            sample: self.places.name(found.sample as usize).to_owned(),
            contig: found.contig as usize,
            range: found.range.clone(),
        }
    }

    fn readings(&self, asked: &Asked) -> Vec<RegionText> {
        match asked {
            Asked::Text(text) => RegionText::readings(text.as_ref(), self.counting),
            Asked::Bed(feature) => RegionText::with_range(feature.contig.as_ref(), feature.range),
        }
    }

    /// The reading of which there are contigs, if it is one only, and these are to be given.
    fn only<'r>(&self, readings: &'r [RegionText]) -> Option<&'r RegionText> {
        let is_there = |reading: &&RegionText| !self.places.of(reading).is_empty();
        let mut there = readings.iter().filter(is_there);
        let reading = there.next().filter(|_| there.next().is_none())?;
        (self.each || self.places.of(reading).len() == 1).then_some(reading)
    }

    /// The contigs of the reading of which there are some, if it is one only.
    fn choose(
        &mut self,
        asked: &Asked,
        readings: &[RegionText],
    ) -> Result<Result<Vec<Found>, Failure>, Failure> {
        let is_there = |reading: &&RegionText| !self.places.of(reading).is_empty();
        let there: Vec<&RegionText> = readings.iter().filter(is_there).collect();
        match there.as_slice() {
            [] => self.nothing(asked, readings).map(Err),
            [reading] => {
                let places = self.places.of(reading).to_vec();
                if places.len() > 1 && !self.each {
                    return Ok(Err(self.in_several(asked, reading, &places)));
                }
                self.found(asked, reading, &places).map(Ok)
            }
            several => Ok(Err(self.ambiguous(asked, several))),
        }
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
            let contig = self.places.contig(place.sample, place.contig)?;
            if place.repeats > 1 {
                self.notes.say(&format!(
                    "sample {:?} has {} contigs called {:?}: the first is given",
                    self.places.name(place.sample),
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

    fn ambiguous(&self, asked: &Asked, readings: &[&RegionText]) -> Failure {
        let text = match asked {
            Asked::Text(text) => text,
            Asked::Bed(feature) => &feature.contig,
        };
        let texts: Vec<String> = readings
            .iter()
            .map(|reading| format!("{:?}", reading.unmistakable(self.counting)))
            .collect();
        Failure::Other(format!(
            "{}{text:?} may be read in {} ways; say which, as {}, in {}",
            line_of(asked),
            texts.len(),
            texts.join(" or "),
            self.path.display()
        ))
    }

    fn in_several(&self, asked: &Asked, reading: &RegionText, places: &[Place]) -> Failure {
        let name = |place: &Place| self.places.name(place.sample);
        let contig = &reading.contig;
        Failure::Other(format!(
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
            self.places.look_up(without.iter())?;
            if without
                .iter()
                .any(|reading| !self.places.of(reading).is_empty())
            {
                return Ok(Failure::Other(format!(
                    "{text:?}: {range:?} is no range: expected FROM-TO, FROM- or -TO, counted from {}",
                    self.counting.first()
                )));
            }
        }
        // There is always one.
        let likeliest = readings.first();
        let sample = likeliest.and_then(|reading| reading.sample.as_ref());
        match sample {
            Some(sample) if self.places.chosen_position(sample.as_ref()).is_none() => {
                Ok(no_sample(self.path, sample.as_ref(), self.places.chosen()))
            }
            sample => {
                let name = likeliest.map(|reading| reading.contig.as_ref());
                self.no_contig(asked, name.unwrap_or_default(), sample)
            }
        }
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
            None => self.places.chosen().take(COMPARED_SAMPLES_MAX).collect(),
        };
        let mut names: Vec<BString> = Vec::new();
        for sample in compared {
            let number = self.places.position(sample).unwrap_or_default();
            let contigs = self.places.contigs(number)?;
            names.extend(contigs.iter().map(|contig| contig.first_word().to_owned()));
        }
        names.sort();
        names.dedup();
        let mut hint = near::suggestion(name, names.iter().map(|name| name.as_ref()));
        if sample.is_none() && self.places.position(name).is_some() {
            hint = "; it is a sample, for getset".into();
        }
        let place = match sample {
            Some(sample) => format!(" in sample {sample:?}"),
            None if self.places.are_chosen() => " in the samples chosen".into(),
            None => String::new(),
        };
        let line = line_of(asked);
        Ok(Failure::Query(format!(
            "{line}no contig {name:?}{place} in {}{hint}",
            self.path.display()
        )))
    }
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
            note(&format!("and {} more notes", self.said - NOTES_MAX));
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

//! `getctg`: contigs or ranges of them, in the order asked for.

use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use ragc_read::{Archive, Region, RegionText, TextRange, Work};

use super::extract::{Format, Names, extract};
use super::target::Target;
use super::{Failure, archive_failure, bytes_of, near, no_sample, note, open};
use crate::cli::GetctgArgs;

/// Samples and contigs listed in one message.
const LISTED_MAX: usize = 10;
/// Samples whose contig names are compared with one that was not found.
const COMPARED_SAMPLES_MAX: usize = 50;

pub(super) fn run(args: &GetctgArgs) -> Result<(), Failure> {
    let format = Format::new(&args.extract, args.output.as_deref())?;
    let mut finder = Finder {
        path: &args.archive,
        archive: open(&args.archive, args.output.as_deref())?,
    };
    let queries: Vec<BString> = args.queries.iter().map(|query| bytes_of(query)).collect();
    // All are looked up before anything is written.
    let found = queries
        .iter()
        .map(|query| finder.find(query.as_ref()))
        .collect::<Result<Vec<Found>, Failure>>()?;
    let work: Vec<Work> = found
        .iter()
        .map(|found| Work::Region(found.region.clone()))
        .collect();
    let mut target = Target::open(args.output.as_deref())?;
    let mut header = Vec::new();
    extract(
        &args.archive,
        &finder.archive,
        &work,
        format,
        Names::Receiver,
        |output| {
            if output.first {
                header.clear();
                format.encode(&found[output.work].header, &mut header);
                target.put(&header)?;
            }
            target.put(output.bytes)
        },
    )?;
    target.finish(false)
}

/// A query's answer: what to extract, and the line before it.
struct Found {
    region: Region,
    header: Vec<u8>,
}

/// Looks queries up in an archive.
struct Finder<'a> {
    path: &'a Path,
    archive: Archive,
}

impl Finder<'_> {
    /// What `query` means: first as `agc` reads it, then, for names that hold signs of ours, split elsewhere or not at all.
    fn find(&mut self, query: &BStr) -> Result<Found, Failure> {
        let as_agc_reads_it = match self.resolve(&RegionText::parse(query))? {
            Resolved::One(found) => return Ok(found),
            Resolved::None(failure) => failure,
        };
        for text in other_readings(query) {
            if let Resolved::One(found) = self.resolve(&text)? {
                return Ok(found);
            }
        }
        Err(as_agc_reads_it)
    }

    fn resolve(&mut self, text: &RegionText) -> Result<Resolved, Failure> {
        let name: &BStr = text.contig.as_ref();
        let sample = match &text.sample {
            Some(sample) => {
                let samples = self
                    .archive
                    .samples()
                    .map_err(|error| archive_failure(self.path, error))?;
                if samples.position(sample.as_ref()).is_none() {
                    return Ok(Resolved::None(no_sample(
                        self.path,
                        sample.as_ref(),
                        samples.iter(),
                    )));
                }
                sample.clone()
            }
            None => match self.only_sample_with(name)? {
                Ok(sample) => sample,
                Err(failure) => return Ok(Resolved::None(failure)),
            },
        };
        let contigs = self
            .archive
            .contigs(sample.as_ref())
            .map_err(|error| archive_failure(self.path, error))?;
        let whole = |wanted: &BStr| contigs.iter().position(|contig| contig.name == wanted);
        let first_word = |wanted: &BStr| {
            contigs
                .iter()
                .position(|contig| contig.first_word() == wanted)
        };
        let Some(index) = whole(name).or_else(|| first_word(name)) else {
            return Ok(Resolved::None(self.no_contig(name, Some(&sample))?));
        };
        let Some(contig) = contigs.get(index) else {
            return Ok(Resolved::None(self.no_contig(name, Some(&sample))?));
        };
        let repeats = contigs
            .iter()
            .filter(|other| other.name == contig.name)
            .count();
        if repeats > 1 {
            note(&format!(
                "sample {sample:?} has {repeats} contigs called {:?}: the first is given",
                contig.name
            ));
        }
        let range = text.range.filter(|range| !is_backwards(range));
        let mut header = b">".to_vec();
        header.extend_from_slice(contig.name);
        if let Some(TextRange { from, to }) = range {
            let from = from.max(0);
            let to = u64::try_from(to).unwrap_or(contig.len_bases.saturating_sub(1));
            header.extend_from_slice(format!(":{from}-{to}").as_bytes());
        }
        header.push(b'\n');
        let range = range.map_or(0..u64::MAX, |range| range.within(contig.len_bases));
        Ok(Resolved::One(Found {
            region: Region {
                sample,
                contig: index,
                range,
            },
            header,
        }))
    }

    /// The one sample that has a contig called `name`, or why there is none.
    fn only_sample_with(&mut self, name: &BStr) -> Result<Result<BString, Failure>, Failure> {
        let located = self
            .archive
            .locate(name)
            .map_err(|error| archive_failure(self.path, error))?;
        let mut samples: Vec<BString> = located.into_iter().map(|located| located.sample).collect();
        samples.dedup();
        match samples.as_slice() {
            [] => Ok(Err(self.no_contig(name, None)?)),
            [only] => Ok(Ok(only.clone())),
            several => {
                let listed = listed(several.iter().map(|sample| sample.as_ref()));
                let first = &several[0];
                Ok(Err(Failure::Query(format!(
                    "{} samples of {} have a contig {name:?}: {listed}; say which, as in {name}@{first}",
                    several.len(),
                    self.path.display(),
                ))))
            }
        }
    }

    /// That there is no contig `name` (in `sample`), and what may have been meant.
    fn no_contig(&mut self, name: &BStr, sample: Option<&BString>) -> Result<Failure, Failure> {
        let failure = |error| archive_failure(self.path, error);
        let samples = self.archive.samples().map_err(failure)?;
        let compared: Vec<BString> = match sample {
            Some(sample) => vec![sample.clone()],
            None => samples
                .iter()
                .take(COMPARED_SAMPLES_MAX)
                .map(ToOwned::to_owned)
                .collect(),
        };
        let mut names: Vec<BString> = Vec::new();
        for sample in &compared {
            let contigs = self.archive.contigs(sample.as_ref()).map_err(failure)?;
            names.extend(contigs.iter().map(|contig| contig.first_word().to_owned()));
        }
        names.sort();
        names.dedup();
        let mut hint = near::suggestion(name, names.iter().map(|name| name.as_ref()));
        if sample.is_none() && samples.position(name).is_some() {
            hint = "; it is a sample, for getset".into();
        }
        let place = sample.map_or(String::new(), |sample| format!(" in sample {sample:?}"));
        Ok(Failure::Query(format!(
            "no contig {name:?}{place} in {}{hint}",
            self.path.display()
        )))
    }
}

enum Resolved {
    One(Found),
    None(Failure),
}

/// Whether the range ends before it starts: then the whole contig is given, as `agc` does.
fn is_backwards(range: &TextRange) -> bool {
    let backwards = range.is_backwards();
    if backwards {
        note(&format!(
            "range {}-{} ends before it starts: the whole contig is given",
            range.from, range.to
        ));
    }
    backwards
}

/// What `query` may mean besides its usual reading: names may hold `:1-100` and `@`, those of samples too.
fn other_readings(query: &BStr) -> Vec<RegionText> {
    let usual = RegionText::parse(query);
    let mut rests = vec![(query, None)];
    if let (Some(range), Some(colon)) = (usual.range, query.rfind_byte(b':')) {
        rests.insert(0, (query[..colon].as_bstr(), Some(range)));
    }
    let mut readings = Vec::new();
    for (rest, range) in rests {
        let mut add = |contig: &[u8], sample: Option<&[u8]>| {
            readings.push(RegionText {
                contig: contig.into(),
                sample: sample.map(BString::from),
                range,
            });
        };
        for at in rest.rfind_iter("@") {
            let (contig, sample) = (&rest[..at], &rest[at + 1..]);
            if !contig.is_empty() && !sample.is_empty() {
                add(contig, Some(sample));
            }
        }
        add(rest, None);
    }
    readings.retain(|reading| *reading != usual);
    readings
}

/// The names, quoted, as many as fit a message.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a BStr>) -> String {
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
    fn names_that_look_like_ranges_have_other_readings() {
        let readings = |query: &str| {
            other_readings(query.into())
                .iter()
                .map(|text| {
                    let sample = text.sample.as_ref().map_or("any".into(), |s| s.to_string());
                    let range = text
                        .range
                        .map_or("all".into(), |r| format!("{}-{}", r.from, r.to));
                    format!("{} of {sample}, {range}", text.contig)
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(readings("chr1"), [""; 0]);
        assert_eq!(readings("chr1:1-5"), ["chr1:1-5 of any, all"]);
        assert_eq!(readings("chr1:1-5@s"), ["chr1:1-5@s of any, all"]);
        assert_eq!(readings("a@b"), ["a@b of any, all"]);
        assert_eq!(
            readings("a@b@c:1-5"),
            [
                "a of b@c, 1-5",
                "a@b@c of any, 1-5",
                "a@b of c:1-5, all",
                "a of b@c:1-5, all",
                "a@b@c:1-5 of any, all",
            ]
        );
    }

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

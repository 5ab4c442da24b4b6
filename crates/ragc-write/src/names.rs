//! The names of an archive's samples: no two have the same.

use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;

use bstr::{BStr, ByteSlice as _};

use crate::create::CreateError;
use crate::inputs::{Inputs, SampleInput, Split, shown};

/// Names of the samples of an archive, each once: they may be many, so they lie one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// How many of them the archive had before.
    stored: usize,
    letters: Vec<u8>,
    /// Where in `letters` each name ends.
    ends: Vec<usize>,
    /// Numbers of names, plus one: open addressing with linear probing, at most two thirds full; 0 is an empty slot.
    slots: Vec<u32>,
    hasher: RandomState,
}

impl Names {
    /// The names that an archive has already, followed by those of `inputs` as far as they are known before reading.
    ///
    /// # Errors
    /// [`CreateError::NoInputs`], and [`CreateError::SampleName`] for one that cannot be stored or is there already.
    pub(crate) fn new<'a>(
        stored: impl IntoIterator<Item = &'a BStr>,
        inputs: Inputs<'_>,
    ) -> Result<Self, CreateError> {
        if inputs.paths().next().is_none() {
            return Err(CreateError::NoInputs);
        }
        let mut names = Self::default();
        for name in stored {
            names.push(name);
        }
        names.stored = names.len();
        if let Inputs::Files(samples) = inputs {
            let first = names.stored;
            for SampleInput { name, path } in samples {
                names.add(name.as_ref(), |number| {
                    let Some(number) = number else {
                        return format!("from {}", shown(path));
                    };
                    match number.checked_sub(first) {
                        None => format!("from {}, but the archive has it already", shown(path)),
                        Some(other) => format!(
                            "from both {} and {}",
                            shown(&samples[other].path),
                            shown(path)
                        ),
                    }
                })?;
            }
        }
        Ok(names)
    }

    /// Adds the sample that a contig begins; gives back the length of its name, or nothing if the sample has begun before.
    ///
    /// # Errors
    /// [`CreateError::SampleName`] or [`CreateError::PanSn`], naming file and contig, if the name is empty or not to be
    /// told, or of a sample that is complete.
    pub(crate) fn add_contig(
        &mut self,
        header: &[u8],
        path: &Path,
        split: Split,
    ) -> Result<Option<usize>, CreateError> {
        let Some(name) = split.sample_of(header) else {
            return Err(CreateError::PanSn {
                path: path.into(),
                header: header.into(),
            });
        };
        let may_go_on = split != Split::Contigs && self.len() > self.stored;
        if may_go_on && self.get(self.len() - 1) == name {
            return Ok(None);
        }
        let stored = self.stored;
        self.add(name, |number| {
            let place = format!("from contig {:?} of {}", header.as_bstr(), shown(path));
            match (number, split) {
                (None, _) => place,
                (Some(number), _) if number < stored => {
                    format!("{place}, but the archive has it already")
                }
                (Some(_), Split::Contigs) => {
                    format!("{place}, but there is a sample of this name already")
                }
                (Some(_), Split::PanSn { .. }) => format!(
                    "{place}, but other samples stand between it and the contigs before; those of a sample must follow \
                     one another: sort them by name first (seqkit sort -n)"
                ),
            }
        })?;
        Ok(Some(name.len()))
    }

    /// Adds a name. `why` completes the message about it, with the number of the sample that has it.
    ///
    /// # Errors
    /// [`CreateError::SampleName`] if it cannot be stored or is there already.
    pub(crate) fn add(
        &mut self,
        name: &BStr,
        why: impl Fn(Option<usize>) -> String,
    ) -> Result<(), CreateError> {
        let wrong = |why| {
            let name = name.to_owned();
            Err(CreateError::SampleName { name, why })
        };
        if name.is_empty() {
            return wrong(format!("empty, {}", why(None)));
        }
        if name.contains(&0) {
            return wrong(format!("holds a zero byte, {}", why(None)));
        }
        if let Some(number) = self.slots.get(self.slot(name)).filter(|&&slot| slot > 0) {
            return wrong(why(Some(*number as usize - 1)));
        }
        self.push(name);
        Ok(())
    }

    fn push(&mut self, name: &BStr) {
        self.letters.extend_from_slice(name);
        self.ends.push(self.letters.len());
        if self.ends.len() * 3 > self.slots.len() * 2 {
            self.slots = vec![0; self.slots.len() * 2 + 16];
            for number in 0..self.ends.len() {
                self.take_slot(number);
            }
        } else {
            self.take_slot(self.ends.len() - 1);
        }
    }

    fn take_slot(&mut self, number: usize) {
        let slot = self.slot(self.get(number));
        // The format counts samples in 32 bits.
        self.slots[slot] = number as u32 + 1;
    }

    /// The slot of a name, or the empty one where it would be.
    fn slot(&self, name: &BStr) -> usize {
        let len = self.slots.len();
        let hash = self.hasher.hash_one(name);
        let mut slot = ((u128::from(hash) * len as u128) >> 64) as usize;
        while let Some(&number) = self.slots.get(slot)
            && number > 0
            && self.get(number as usize - 1) != name
        {
            slot = if slot + 1 == len { 0 } else { slot + 1 };
        }
        slot
    }

    fn get(&self, number: usize) -> &BStr {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        BStr::new(&self.letters[start..self.ends[number]])
    }

    /// Number of names.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Number of letters in all of them.
    pub(crate) fn letters(&self) -> usize {
        self.letters.len()
    }

    /// All names, in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &BStr> {
        (0..self.len()).map(|number| self.get(number))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn refusal(result: Result<impl Sized, CreateError>) -> String {
        result
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn contigs_name_samples_by_their_first_word_in_order() {
        let files = [PathBuf::from("all.fa")];
        let inputs = Inputs::Split(&files, Split::Contigs);
        let mut names = Names::new([BStr::new("old")], inputs).expect("a file");
        for header in ["z first", "a\tsecond", "m"] {
            names
                .add_contig(header.as_bytes(), &files[0], Split::Contigs)
                .expect(header);
        }
        for header in ["a again", "old"] {
            let message = refusal(names.add_contig(header.as_bytes(), &files[0], Split::Contigs));
            assert!(
                message.contains(header) && message.contains("all.fa"),
                "{message}"
            );
        }
        let message = refusal(names.add_contig(b" blank first", &files[0], Split::Contigs));
        assert!(message.contains("empty"), "{message}");
        assert!(names.iter().eq(["old", "z", "a", "m"]));
    }

    #[test]
    fn contigs_go_on_with_the_sample_before_and_with_no_other() {
        const SPLIT: Split = Split::PanSn { delimiter: b'#' };
        let files = ["a.fa", "b.fa"].map(PathBuf::from);
        let inputs = Inputs::Split(&files, SPLIT);
        let mut names = Names::new([BStr::new("old#1")], inputs).expect("two files");
        let message = refusal(names.add_contig(b"old#1#c", &files[0], SPLIT));
        assert!(message.contains("the archive has it"), "{message}");
        for (header, file, begun) in [
            ("s#1#c1", 0, Some(3)),
            ("s#1#c2 more", 0, None),
            ("sample#2#c1", 0, Some(8)),
            ("sample#2#c2", 1, None),
        ] {
            let found = names.add_contig(header.as_bytes(), &files[file], SPLIT);
            assert_eq!(found.expect(header), begun);
        }
        let message = refusal(names.add_contig(b"s#1#c3", &files[1], SPLIT));
        for expected in ["`s#1`", "s#1#c3", "b.fa", "follow one another"] {
            assert!(message.contains(expected), "{message}");
        }
        let message = refusal(names.add_contig(b"chr1 x", &files[1], SPLIT));
        assert!(
            message.contains("b.fa: contig \"chr1 x\" tells no sample"),
            "{message}"
        );
        assert!(names.iter().eq(["old#1", "s#1", "sample#2"]));
    }

    #[test]
    fn files_of_one_name_are_both_named() {
        let samples = ["a/x.fa", "b/x.fa"].map(|path| SampleInput {
            name: "x".into(),
            path: path.into(),
        });
        let message = refusal(Names::new([], (&samples).into()));
        assert!(
            message.contains("a/x.fa") && message.contains("b/x.fa"),
            "{message}"
        );
        let message = refusal(Names::new([BStr::new("x")], (&samples).into()));
        assert!(
            message.contains("a/x.fa") && message.contains("the archive has it already"),
            "{message}"
        );
    }
}

//! What is compressed: how FASTA files become samples, and that no two samples have one name.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice as _};

use crate::create::CreateError;

/// One genome to compress: the name it gets in the archive and the file it is read from.
#[derive(Debug, Clone)]
pub struct SampleInput {
    /// Name of the sample, unique in the archive, without zero bytes.
    pub name: BString,
    /// FASTA file: plain, gzip or zstd.
    pub path: PathBuf,
}

/// The genomes to compress, in order.
#[derive(Debug, Clone, Copy)]
pub enum Inputs<'a> {
    /// Each file is a sample.
    Files(&'a [SampleInput]),
    /// Each contig of these files is a sample of its own, named by the first word of its header.
    Concatenated(&'a [PathBuf]),
}

impl<'a> Inputs<'a> {
    /// The files, in order.
    pub fn paths(self) -> impl Iterator<Item = &'a Path> {
        let (samples, files): (&[SampleInput], &[PathBuf]) = match self {
            Self::Files(samples) => (samples, &[]),
            Self::Concatenated(files) => (&[], files),
        };
        let samples = samples.iter().map(|sample| sample.path.as_path());
        samples.chain(files.iter().map(PathBuf::as_path))
    }

    /// Whether each contig is a sample.
    pub fn are_concatenated(self) -> bool {
        matches!(self, Self::Concatenated(_))
    }

    /// What the list of files takes in memory.
    pub(crate) fn held_bytes(self) -> u64 {
        /// A path, perhaps a name, and what allocating them takes.
        const FILE_BYTES: u64 = 160;
        self.paths()
            .map(|path| 2 * path.as_os_str().len() as u64 + FILE_BYTES)
            .sum()
    }

    /// How many samples there will be, about: nobody reads a file twice to know, and one that holds many genomes holds
    /// more than a few.
    pub(crate) fn samples_expected(self) -> usize {
        match self {
            Self::Files(samples) => samples.len(),
            Self::Concatenated(_) => usize::MAX,
        }
    }
}

impl<'a> From<&'a [SampleInput]> for Inputs<'a> {
    fn from(samples: &'a [SampleInput]) -> Self {
        Self::Files(samples)
    }
}

impl<'a> From<&'a Vec<SampleInput>> for Inputs<'a> {
    fn from(samples: &'a Vec<SampleInput>) -> Self {
        Self::Files(samples)
    }
}

impl<'a, const N: usize> From<&'a [SampleInput; N]> for Inputs<'a> {
    fn from(samples: &'a [SampleInput; N]) -> Self {
        Self::Files(samples)
    }
}

/// Names of the samples of an archive, each once: they may be many, so they lie one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Names {
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
        if let Inputs::Files(samples) = inputs {
            let first = names.len();
            for SampleInput { name, path } in samples {
                names.add(name.as_ref(), |number| {
                    let Some(number) = number else {
                        return format!("from {}", path.display());
                    };
                    match number.checked_sub(first) {
                        None => format!("from {}, but the archive has it already", path.display()),
                        Some(other) => format!(
                            "from both {} and {}",
                            samples[other].path.display(),
                            path.display()
                        ),
                    }
                })?;
            }
        }
        Ok(names)
    }

    /// Adds the sample that a contig of a concatenated file is.
    ///
    /// # Errors
    /// [`CreateError::SampleName`], naming file and contig, if its name is empty or there already.
    pub(crate) fn add_contig(&mut self, header: &[u8], path: &Path) -> Result<(), CreateError> {
        self.add(first_word(header), |number| {
            let place = format!("from contig {:?} of {}", header.as_bstr(), path.display());
            match number {
                None => place,
                Some(_) => format!("{place}, but there is a sample of this name already"),
            }
        })
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

/// The header up to its first blank.
pub(crate) fn first_word(header: &[u8]) -> &BStr {
    let len = header.find_byteset(b" \t").unwrap_or(header.len());
    header[..len].as_bstr()
}

#[cfg(test)]
mod tests {
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
        let inputs = Inputs::Concatenated(&files);
        let mut names = Names::new([BStr::new("old")], inputs).expect("a file");
        for header in ["z first", "a\tsecond", "m"] {
            names
                .add_contig(header.as_bytes(), &files[0])
                .expect(header);
        }
        for header in ["a again", "old"] {
            let message = refusal(names.add_contig(header.as_bytes(), &files[0]));
            assert!(
                message.contains(header) && message.contains("all.fa"),
                "{message}"
            );
        }
        let message = refusal(names.add_contig(b" blank first", &files[0]));
        assert!(message.contains("empty"), "{message}");
        assert!(names.iter().eq(["old", "z", "a", "m"]));
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

//! What is compressed: how FASTA files become samples.

use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice as _};

use crate::fasta::{SizeBases, size};

/// Stands for standard input where a file is named.
pub const STDIN: &str = "-";

/// What a file is called in messages: its path, or what [`STDIN`] stands for.
pub fn shown(path: &Path) -> std::path::Display<'_> {
    let is_stdin = path == Path::new(STDIN);
    if is_stdin {
        Path::new("standard input")
    } else {
        path
    }
    .display()
}

/// One genome to compress: the name it gets in the archive and the file it is read from.
#[derive(Debug, Clone)]
pub struct SampleInput {
    /// Name of the sample, unique in the archive, without zero bytes.
    pub name: BString,
    /// FASTA file, plain, gzip, xz or zstd, or [`STDIN`].
    pub path: PathBuf,
}

/// The genomes to compress, in order.
#[derive(Debug, Clone, Copy)]
pub enum Inputs<'a> {
    /// Each file is a sample.
    Files(&'a [SampleInput]),
    /// These files, one behind the other, hold many samples.
    Split(&'a [PathBuf], Split),
}

/// How contigs tell which samples they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Each is a sample of its own, named by the first word of its header.
    Contigs,
    /// Headers begin with `sample#haplotype#contig` (PanSN), and what stands before the second delimiter names the sample;
    /// contigs of a sample follow one another.
    PanSn {
        /// `#`, unless the headers have another one.
        delimiter: u8,
    },
}

impl Split {
    /// The name of the sample that a contig belongs to; nothing if its header does not tell.
    pub fn sample_of(self, header: &[u8]) -> Option<&BStr> {
        let word = first_word(header);
        let Self::PanSn { delimiter } = self else {
            return Some(word);
        };
        let mut delimiters = memchr::memchr_iter(delimiter, word);
        let (first, second) = (delimiters.next()?, delimiters.next()?);
        let is_whole = first > 0 && second > first + 1 && second + 1 < word.len();
        is_whole.then(|| word[..second].as_bstr())
    }
}

impl<'a> Inputs<'a> {
    /// The files, in order.
    pub fn paths(self) -> impl Iterator<Item = &'a Path> {
        let (samples, files): (&[SampleInput], &[PathBuf]) = match self {
            Self::Files(samples) => (samples, &[]),
            Self::Split(files, _) => (&[], files),
        };
        let samples = samples.iter().map(|sample| sample.path.as_path());
        samples.chain(files.iter().map(PathBuf::as_path))
    }

    /// How files hold many samples, if they do.
    pub(crate) fn split(self) -> Option<Split> {
        match self {
            Self::Files(_) => None,
            Self::Split(_, split) => Some(split),
        }
    }

    /// What the list of files takes in memory.
    pub(crate) fn held_bytes(self) -> u64 {
        /// A path, perhaps a name, and what allocating them takes.
        const FILE_BYTES: u64 = 160;
        self.paths()
            .map(|path| 2 * path.as_os_str().len() as u64 + FILE_BYTES)
            .sum()
    }

    /// How many samples there will be, about: nobody reads a file twice to know.
    pub(crate) fn samples_expected(self) -> Expected {
        const MANY: Expected = Expected::Samples(usize::MAX);
        match self {
            Self::Files(samples) => Expected::Samples(samples.len()),
            // One that holds many genomes holds more than a few.
            Self::Split(_, Split::Contigs) => MANY,
            Self::Split(files, Split::PanSn { .. }) => {
                let sizes: Option<Vec<SizeBases>> = files.iter().map(|path| size(path)).collect();
                sizes.map_or(MANY, |sizes| Expected::Bases {
                    bases: sizes.iter().map(|size| size.bases).sum(),
                    are_guessed: sizes.iter().any(|size| size.is_guessed),
                })
            }
        }
    }
}

/// How many samples there will be, about.
#[derive(Debug, Clone, Copy)]
pub enum Expected {
    /// So many.
    Samples(usize),
    /// As many as are in so many bases.
    Bases {
        /// All of them, about.
        bases: u64,
        /// Whether that follows from the size of compressed files.
        are_guessed: bool,
    },
}

impl Expected {
    /// How many there will be if they are as long as the first, in bases.
    pub fn samples(self, genome_len: usize) -> usize {
        /// Shorter genomes may lie within the window of gzip, so that nobody knows how well they compress.
        const GUESSED_LEN_MIN: usize = 1 << 16;
        match self {
            Self::Samples(samples) => samples,
            Self::Bases { are_guessed, .. } if are_guessed && genome_len < GUESSED_LEN_MIN => {
                usize::MAX
            }
            Self::Bases { bases, .. } => {
                let genome_len = genome_len.max(1) as u64;
                (bases.saturating_add(genome_len / 2) / genome_len) as usize
            }
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

/// The header up to its first blank.
fn first_word(header: &[u8]) -> &BStr {
    let len = header.find_byteset(b" \t").unwrap_or(header.len());
    header[..len].as_bstr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pan_sn_names_end_before_the_second_delimiter_of_the_first_word() {
        let sample = |delimiter, header: &'static str| {
            Split::PanSn { delimiter }.sample_of(header.as_bytes())
        };
        for (header, expected) in [
            ("HG002#1#chr1", Some("HG002#1")),
            ("HG002#1#chr1#part x#y", Some("HG002#1")),
            ("a#0#c\tb#1#c", Some("a#0")),
            ("chr1", None),
            ("a#1", None),
            ("a#1 #chr1", None),
            ("#1#chr1", None),
            ("a##chr1", None),
            ("a#1#", None),
            ("a#1# chr1", None),
            ("", None),
        ] {
            assert_eq!(sample(b'#', header), expected.map(BStr::new), "{header}");
        }
        assert_eq!(sample(b'.', "a#1.2.c"), Some(BStr::new("a#1.2")));
        assert_eq!(sample(b'.', "a#1#c"), None);
        assert_eq!(
            Split::Contigs.sample_of(b"a#1#c d"),
            Some(BStr::new("a#1#c"))
        );
    }

    #[test]
    fn sizes_tell_how_many_samples_there_are() {
        let samples = |bases, are_guessed, genome_len| {
            Expected::Bases { bases, are_guessed }.samples(genome_len)
        };
        assert_eq!(samples(690_000, false, 100_000), 7);
        assert_eq!(samples(690_000, true, 100_000), 7);
        assert_eq!(samples(690_000, false, 1000), 690);
        assert_eq!(samples(690_000, true, 1000), usize::MAX);
        assert_eq!(samples(690_000, false, 0), 690_000);
    }
}

//! Pages that lead from names to samples and contigs. See docs/INDEX.md, "Names".

use bstr::BStr;
use twox_hash::XxHash64;

use super::numbers::{count, fitting, rising, varints};
use super::page::Page;
use crate::error::Error;
use crate::format::cursor::Cursor;

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameOf {
    Sample,
    /// A contig by its whole name.
    Contig,
    /// A contig by its first word, which is not all of its name.
    FirstWord,
}

impl NameOf {
    /// By what it is found.
    pub(super) fn key(self, name: &BStr) -> u64 {
        let seed = match self {
            NameOf::Sample => 0,
            NameOf::Contig => 1,
            NameOf::FirstWord => 2,
        };
        XxHash64::oneshot(seed, name) >> 16
    }
}

/// Names by their keys.
#[derive(Debug)]
pub(super) struct NamesPage {
    keys: Vec<u64>,
    /// Sample and contig, by their numbers.
    places: Vec<(usize, usize)>,
}

impl Page for NamesPage {
    fn parse(cursor: &mut Cursor<'_>) -> Result<NamesPage, Error> {
        let n = count(cursor, 3, "names")?;
        let keys = rising(cursor, n)?;
        let samples = varints(cursor, n)?;
        let contigs = varints(cursor, n)?;
        let mut places = Vec::with_capacity(n);
        let mut before = None;
        for ((&key, sample), contig) in keys.iter().zip(samples).zip(contigs) {
            let sample = match before {
                Some((same, before)) if same == key => sample.saturating_add(before),
                _ => sample,
            };
            before = Some((key, sample));
            places.push((fitting(sample, "a sample")?, fitting(contig, "a contig")?));
        }
        Ok(NamesPage { keys, places })
    }

    fn size_bytes(&self) -> usize {
        self.keys.len() * 8 + self.places.len() * size_of::<(usize, usize)>()
    }
}

impl NamesPage {
    /// The samples and contigs of a key.
    pub(super) fn places(&self, key: u64) -> &[(usize, usize)] {
        let start = self.keys.partition_point(|one| *one < key);
        let end = self.keys.partition_point(|one| *one <= key);
        self.places.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: &[u8]) -> Result<NamesPage, Error> {
        let mut cursor = Cursor::new(bytes);
        let page = NamesPage::parse(&mut cursor)?;
        cursor.finish()?;
        Ok(page)
    }

    #[test]
    fn entries_of_a_key_are_told_from_those_of_its_neighbours() {
        // Keys 7, 9, 9, 9 and 10; samples 3, 2, 2, 5 and 1.
        let bytes = [5, 7, 2, 0, 0, 1, 3, 2, 0, 3, 1, 8, 0, 4, 6, 2];
        let names = page(&bytes).unwrap();
        assert_eq!(names.places(7), [(3, 8)]);
        assert_eq!(names.places(9), [(2, 0), (2, 4), (5, 6)]);
        assert_eq!(names.places(10), [(1, 2)]);
        assert_eq!([names.places(8), names.places(11)], [[]; 2]);
        for end in 0..bytes.len() {
            assert!(page(&bytes[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn keys_are_the_upper_bits_of_hashes_with_a_seed_for_each_kind() {
        // The hash of no bytes, with seed 0, is known from the specification of XXH64.
        assert_eq!(NameOf::Sample.key("".into()), 0xEF46_DB37_51D8_E999 >> 16);
        let keys = [NameOf::Sample, NameOf::Contig, NameOf::FirstWord].map(|of| of.key("a".into()));
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    }
}

//! The parameters of an archive. See docs/FORMAT.md, "params".

use super::cursor::Cursor;
use super::file_type_info::Layout;
use crate::error::Error;

/// The parameters of an archive: all four are needed for decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    /// Length of the k-mers, and of the overlap of neighbouring segments, in bases.
    pub kmer_len: u32,
    /// Shortest match of a delta, in bases.
    pub min_match_len: u32,
    /// Entries of a pack, and samples of a batch.
    pub pack_cardinality: u32,
    /// Length of segments aimed at, in bases; 0 in archives of version 1, which do not tell.
    pub segment_size: u32,
}

/// AGC itself allows 15 to 32; this is only what keeps a length from being nonsense.
const MIN_MATCH_LEN_MAX: u32 = 255;

impl Params {
    pub(crate) fn parse(payload: &[u8], layout: Layout) -> Result<Params, Error> {
        let mut cursor = Cursor::new(payload);
        let params = Params {
            kmer_len: cursor.u32_le()?,
            min_match_len: cursor.u32_le()?,
            pack_cardinality: cursor.u32_le()?,
            segment_size: match layout {
                Layout::Version1 => 0,
                Layout::Version2 | Layout::Version3 => cursor.u32_le()?,
            },
        };
        cursor.finish()?;
        params.check()?;
        Ok(params)
    }

    /// The four numbers, in the order of the fields.
    pub(crate) fn new(numbers: [u32; 4]) -> Result<Params, Error> {
        let [kmer_len, min_match_len, pack_cardinality, segment_size] = numbers;
        let params = Params {
            kmer_len,
            min_match_len,
            pack_cardinality,
            segment_size,
        };
        params.check()?;
        Ok(params)
    }

    fn check(&self) -> Result<(), Error> {
        let wrong = |name: &str, range: &str, found: u32| {
            Error::malformed(format!("{name} {range} expected, {found} found"))
        };
        if !(1..=32).contains(&self.kmer_len) {
            return Err(wrong("a k-mer length of", "1 to 32", self.kmer_len));
        }
        if self.min_match_len > MIN_MATCH_LEN_MAX {
            return Err(wrong(
                "a shortest match of",
                "at most 255",
                self.min_match_len,
            ));
        }
        if self.pack_cardinality == 0 {
            return Err(wrong("a pack cardinality of", "1 or more", 0));
        }
        Ok(())
    }

    /// What the lengths of segments are coded against.
    pub(crate) fn predicted_len_bases(&self) -> u64 {
        u64::from(self.segment_size) + u64::from(self.kmer_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(numbers: [u32; 4]) -> Result<Params, Error> {
        Params::parse(&numbers.map(u32::to_le_bytes).concat(), Layout::Version3)
    }

    #[test]
    fn four_little_endian_numbers() {
        let params = parse([31, 20, 50, 60000]).unwrap();
        assert_eq!((params.kmer_len, params.min_match_len), (31, 20));
        assert_eq!((params.pack_cardinality, params.segment_size), (50, 60000));
        assert_eq!(params.predicted_len_bases(), 60031);
    }

    #[test]
    fn divisors_and_lengths_are_checked() {
        for wrong in [
            [0, 20, 50, 60000],
            [33, 20, 50, 60000],
            [31, 256, 50, 60000],
            [31, 20, 0, 60000],
        ] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(Params::parse(&[1; 15], Layout::Version2).is_err());
        assert!(Params::parse(&[1; 17], Layout::Version3).is_err());
    }

    #[test]
    fn version_1_has_three_numbers() {
        let bytes = [31, 20, 50].map(u32::to_le_bytes).concat();
        let params = Params::parse(&bytes, Layout::Version1).unwrap();
        assert_eq!((params.pack_cardinality, params.segment_size), (50, 0));
        assert!(Params::parse(&[1; 16], Layout::Version1).is_err());
    }
}

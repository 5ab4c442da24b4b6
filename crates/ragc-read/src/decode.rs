//! From the parts of a piece to its bases: find the entry, undo the delta, orient, cut.

use crate::codec::base::reverse_complement;
use crate::codec::lz;
use crate::codec::pack::Pack;
use crate::codec::runs::{Origin, Run, runs};
use crate::error::Error;
use crate::plan::{Piece, RAW_GROUP_COUNT};

/// What the text of a segment is made of, decoded.
#[derive(Debug)]
pub(crate) enum Material<'a> {
    /// The letters as they are: a raw entry or a reference.
    Letters(&'a [u8]),
    Delta {
        delta: &'a [u8],
        reference: &'a [u8],
        min_match_len: u32,
    },
}

impl<'a> Material<'a> {
    pub(crate) fn raw(pack: &'a Pack, entry: u32) -> Result<Self, Error> {
        Ok(Material::Letters(pack.entry(index(entry))?))
    }

    pub(crate) fn delta(
        reference: &'a [u8],
        pack: &'a Pack,
        entry: u32,
        min_match_len: u32,
    ) -> Result<Self, Error> {
        Ok(Material::Delta {
            delta: pack.entry(index(entry))?,
            reference,
            min_match_len,
        })
    }

    /// Appends the bases of a piece to `out`.
    pub(crate) fn append(&self, piece: &Piece, out: &mut Vec<u8>) -> Result<(), Error> {
        let take = piece.stored_take();
        let (len, take) = (
            index(piece.stored.len_bases()),
            index(take.start)..index(take.end),
        );
        let start = out.len();
        match *self {
            Material::Letters(letters) => {
                check_len(letters, len)?;
                out.extend_from_slice(letters.get(take).unwrap_or_default());
            }
            Material::Delta {
                delta,
                reference,
                min_match_len,
            } => {
                lz::decode(delta, reference, min_match_len, len, take, out)?;
            }
        }
        if piece.stored.reversed() {
            reverse_complement(out.get_mut(start..).unwrap_or_default());
        }
        Ok(())
    }
}

impl Material<'_> {
    /// Where the bases of a piece come from, in the orientation its segment is stored in.
    pub(crate) fn runs(&self, piece: &Piece, bytes_max: u64) -> Result<Vec<Run>, Error> {
        let take = piece.stored_take();
        match *self {
            Material::Letters(letters) => {
                check_len(letters, index(piece.stored.len_bases()))?;
                Ok(vec![Run {
                    len_bases: take.end - take.start,
                    origin: match piece.stored.group_id < RAW_GROUP_COUNT {
                        true => Origin::Literal,
                        false => Origin::Reference(take.start),
                    },
                }])
            }
            Material::Delta {
                delta,
                reference,
                min_match_len,
            } => {
                let len = piece.stored.len_bases();
                runs(delta, reference, min_match_len, len, take, bytes_max)
            }
        }
    }
}

/// Letters have to be as many as the table says.
fn check_len(letters: &[u8], len: usize) -> Result<(), Error> {
    let found = letters.len();
    if found == len {
        return Ok(());
    }
    Err(Error::malformed(format!(
        "a segment of {len} bases expected, one of {found} found"
    )))
}

/// 32 bits fit everywhere this compiles for.
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::SegmentRef;

    fn bases(
        material: &Material<'_>,
        len: u32,
        reversed: bool,
        take: std::ops::Range<u32>,
    ) -> String {
        let stored = SegmentRef::new(16, 1, len, reversed).unwrap();
        let mut out = b"before".to_vec();
        material
            .append(
                &Piece {
                    segment: 0,
                    stored,
                    take,
                },
                &mut out,
            )
            .unwrap();
        String::from_utf8(out.split_off(6)).unwrap()
    }

    #[test]
    fn reversed_segments_are_cut_in_the_orientation_of_the_contig() {
        let letters = Material::Letters(b"AACCGN");
        assert_eq!(bases(&letters, 6, false, 1..4), "ACC");
        assert_eq!(bases(&letters, 6, true, 0..6), "NCGGTT");
        assert_eq!(bases(&letters, 6, true, 1..4), "CGG");
        let delta = Material::Delta {
            delta: b"4.C",
            reference: b"TTTTAACCG",
            min_match_len: 20,
        };
        assert_eq!(bases(&delta, 6, false, 0..6), "AACCGG");
        assert_eq!(bases(&delta, 6, true, 0..2), "CC");
    }

    #[test]
    fn a_text_of_another_length_than_recorded_is_an_error() {
        let stored = SegmentRef::new(16, 0, 7, false).unwrap();
        let piece = Piece {
            segment: 0,
            stored,
            take: 0..7,
        };
        let error = Material::Letters(b"ACGT")
            .append(&piece, &mut Vec::new())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "a segment of 7 bases expected, one of 4 found"
        );
    }
}

//! A chromosome as a list of pieces, and the large changes that rearrange them. Pure: no bases are touched.

use std::ops::Range;

use crate::rng::Rng;

/// Where some bases of a simulated chromosome come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Bases `range` of the ancestor's `contig` as `lineage` has them, turned round if `reverse`.
    Ancestral {
        contig: usize,
        range: Range<usize>,
        lineage: u64,
        reverse: bool,
    },
    /// Random sequence that the ancestor lacks, drawn from `key`.
    Novel { key: u64, len: usize },
    /// A run of N.
    Unknown { len: usize },
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Ancestral { range, .. } => range.len(),
            Self::Novel { len, .. } | Self::Unknown { len } => *len,
        }
    }

    /// Cut in two, the first `at` bases long. Novel sequence begins anew at the cut.
    fn split(&self, at: usize) -> (Self, Self) {
        match self.clone() {
            Self::Ancestral {
                contig,
                range,
                lineage,
                reverse,
            } => {
                let middle = if reverse {
                    range.end - at
                } else {
                    range.start + at
                };
                let (low, high) = (range.start..middle, middle..range.end);
                let (first, second) = if reverse { (high, low) } else { (low, high) };
                let piece = |range| Self::Ancestral {
                    contig,
                    range,
                    lineage,
                    reverse,
                };
                (piece(first), piece(second))
            }
            Self::Novel { key, len } => (
                Self::Novel { key, len: at },
                Self::Novel {
                    key: key.wrapping_add(at as u64),
                    len: len - at,
                },
            ),
            Self::Unknown { len } => (Self::Unknown { len: at }, Self::Unknown { len: len - at }),
        }
    }

    fn turn(&mut self) {
        // Novel sequence is random either way round.
        if let Self::Ancestral { reverse, .. } = self {
            *reverse = !*reverse;
        }
    }
}

/// A chromosome: pieces in order. Positions and lengths are in bases, those past the end are cut to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pieces {
    list: Vec<Piece>,
    len_bases: usize,
}

impl Pieces {
    pub(crate) fn len_bases(&self) -> usize {
        self.len_bases
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Piece> {
        self.list.iter()
    }

    pub(crate) fn push(&mut self, piece: Piece) {
        self.len_bases += piece.len();
        if piece.len() > 0 {
            self.list.push(piece);
        }
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.len_bases += other.len_bases;
        self.list.extend(other.list);
    }

    pub(crate) fn remove(&mut self, at: usize, len: usize) {
        self.edit(at, len, |_| Vec::new());
    }

    pub(crate) fn insert(&mut self, at: usize, piece: Piece) {
        self.edit(at, 0, |_| vec![piece]);
    }

    pub(crate) fn replace(&mut self, at: usize, len: usize, piece: Piece) {
        self.edit(at, len, |_| vec![piece]);
    }

    pub(crate) fn invert(&mut self, at: usize, len: usize) {
        self.edit(at, len, |mut pieces| {
            pieces.reverse();
            pieces.iter_mut().for_each(Piece::turn);
            pieces
        });
    }

    /// Repeats `len` bases at `at` in tandem, `copies` times more.
    pub(crate) fn duplicate(&mut self, at: usize, len: usize, copies: usize) {
        self.edit(at, len, |pieces| vec![pieces; copies + 1].concat());
    }

    /// The contigs of a draft: broken at about `breaks` places and at one at least, half of them turned round.
    pub(crate) fn broken(mut self, rng: &mut Rng, breaks: f64) -> Vec<Self> {
        let count = rng.count(breaks).max(1);
        let mut places: Vec<usize> = (0..count).map(|_| rng.index(self.len_bases)).collect();
        places.sort_unstable();
        places.dedup();
        let mut parts = Vec::new();
        for place in places.into_iter().rev().filter(|place| *place > 0) {
            let index = self.cut(place);
            let mut part = Self::default();
            self.list.drain(index..).for_each(|piece| part.push(piece));
            self.len_bases -= part.len_bases;
            parts.push(part);
        }
        parts.push(self);
        parts.reverse();
        for part in &mut parts {
            if rng.one_in(2) {
                part.invert(0, part.len_bases);
            }
        }
        parts
    }

    fn edit(&mut self, at: usize, len: usize, change: impl FnOnce(Vec<Piece>) -> Vec<Piece>) {
        let (start, end) = (self.cut(at), self.cut(at.saturating_add(len)));
        let new = change(self.list[start..end].to_vec());
        self.list
            .splice(start..end, new.into_iter().filter(|piece| piece.len() > 0));
        self.len_bases = self.list.iter().map(Piece::len).sum();
    }

    /// Index of the piece that begins at `position`, made so by a cut if needed.
    fn cut(&mut self, position: usize) -> usize {
        let mut start = 0;
        for index in 0..self.list.len() {
            let len = self.list[index].len();
            if start >= position {
                return index;
            }
            if position < start + len {
                let (first, second) = self.list[index].split(position - start);
                self.list.splice(index..=index, [first, second]);
                return index + 1;
            }
            start += len;
        }
        self.list.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Pieces};
    use crate::rng::Rng;

    fn ancestral(range: std::ops::Range<usize>, reverse: bool) -> Piece {
        Piece::Ancestral {
            contig: 0,
            range,
            lineage: 0,
            reverse,
        }
    }

    #[test]
    fn an_inversion_turns_its_pieces_round_and_twice_is_none() {
        let mut pieces = Pieces::default();
        pieces.push(ancestral(0..100, false));
        pieces.invert(20, 30);
        let want = [
            ancestral(0..20, false),
            ancestral(20..50, true),
            ancestral(50..100, false),
        ];
        assert_eq!(pieces.list, want);
        pieces.invert(10, 20);
        let want = [
            ancestral(0..10, false),
            ancestral(40..50, false),
            ancestral(10..20, true),
            ancestral(20..40, true),
            ancestral(50..100, false),
        ];
        assert_eq!(pieces.list, want);
        assert_eq!(pieces.len_bases(), 100);
    }

    #[test]
    fn a_draft_has_all_bases_of_its_chromosome_and_no_empty_contig() {
        let mut pieces = Pieces::default();
        pieces.push(ancestral(0..1000, false));
        pieces.push(ancestral(2000..3000, true));
        let parts = pieces.broken(&mut Rng::keyed(&[5]), 100.0);
        assert!(parts.len() > 1 && parts.iter().all(|part| part.len_bases() > 0));
        assert_eq!(parts.iter().map(Pieces::len_bases).sum::<usize>(), 2000);
        assert!(parts.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn edits_past_the_end_are_cut_to_it() {
        let mut pieces = Pieces::default();
        pieces.push(ancestral(0..10, false));
        pieces.duplicate(8, 5, 2);
        assert_eq!(pieces.len_bases(), 14);
        pieces.remove(4, 100);
        assert_eq!(pieces.list, [ancestral(0..4, false)]);
    }
}

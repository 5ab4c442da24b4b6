//! Point variants of a block of bases: drawn, and applied.

use std::ops::Range;

use crate::rng::Rng;

/// A change at base `at` of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) at: usize,
    change: Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    /// Another base; 1 is the transition, 2 and 3 the transversions.
    Snp(u8),
    /// An ambiguity letter in place of the base.
    Iupac(u8),
    Insertion(Vec<u8>),
    Deletion(usize),
}

/// About `mean` variants of a block of `len` bases, unsorted. A tenth are indels of 1 to 31 bases; of private ones
/// (`ambiguous`) one in fifty is an ambiguity letter.
pub(crate) fn draw(rng: &mut Rng, len: usize, mean: f64, ambiguous: bool) -> Vec<Variant> {
    (0..rng.count(mean))
        .map(|_| {
            let at = rng.index(len);
            let change = match rng.below(20) {
                0 => {
                    let mut letters = Vec::new();
                    let len = rng.length(0, 5);
                    rng.bases(len, &mut letters);
                    Change::Insertion(letters)
                }
                1 => Change::Deletion(rng.length(0, 5)),
                _ if ambiguous && rng.one_in(50) => Change::Iupac(b"RYSWKMBDHV"[rng.index(10)]),
                _ => Change::Snp([1, 1, 2, 3][rng.index(4)]),
            };
            Variant { at, change }
        })
        .collect()
}

/// Appends `block[range]` with those of `variants`, sorted by place, that lie in it. Of overlapping ones the first wins.
pub(crate) fn apply(block: &[u8], range: Range<usize>, variants: &[Variant], out: &mut Vec<u8>) {
    let mut done = range.start;
    for variant in variants
        .iter()
        .filter(|variant| range.contains(&variant.at))
    {
        if variant.at < done {
            continue;
        }
        out.extend_from_slice(&block[done..variant.at]);
        done = variant.at;
        match &variant.change {
            Change::Snp(step) => out.push(substitute(block[done], *step)),
            Change::Iupac(letter) => out.push(*letter),
            Change::Insertion(letters) => {
                out.extend_from_slice(letters);
                out.push(block[done]);
            }
            Change::Deletion(len) => done = (done + len - 1).min(range.end - 1),
        }
        done += 1;
    }
    out.extend_from_slice(&block[done..range.end]);
}

/// The base `step` places on in the order A G C T; case is kept.
fn substitute(letter: u8, step: u8) -> u8 {
    const ORDER: &[u8; 4] = b"AGCT";
    let upper = letter.to_ascii_uppercase();
    let code = ORDER.iter().position(|base| *base == upper).unwrap_or(0);
    // A and G, C and T are each other's transition: flip the low bit; 2 and 3 flip the high one.
    ORDER[code ^ usize::from(step)] | (letter & 0x20)
}

#[cfg(test)]
mod tests {
    use super::{Change, Variant, apply, substitute};

    fn applied(range: std::ops::Range<usize>, variants: &[(usize, Change)]) -> String {
        let variants: Vec<_> = variants
            .iter()
            .map(|(at, change)| Variant {
                at: *at,
                change: change.clone(),
            })
            .collect();
        let mut out = Vec::new();
        apply(b"AAAACCCCggggTTTT", range, &variants, &mut out);
        String::from_utf8(out).expect("letters")
    }

    #[test]
    fn variants_change_what_they_say() {
        assert_eq!(applied(0..16, &[]), "AAAACCCCggggTTTT");
        assert_eq!(
            applied(0..16, &[(0, Change::Snp(1)), (8, Change::Snp(1))]),
            "GAAACCCCagggTTTT"
        );
        assert_eq!(
            applied(2..6, &[(0, Change::Snp(1)), (4, Change::Deletion(9))]),
            "AA"
        );
        assert_eq!(
            applied(2..6, &[(3, Change::Insertion(b"TT".to_vec()))]),
            "ATTACC"
        );
        assert_eq!(
            applied(0..4, &[(1, Change::Deletion(2)), (2, Change::Iupac(b'R'))]),
            "AA"
        );
    }

    #[test]
    fn a_substitution_is_never_the_same_base() {
        for letter in *b"ACGTacgt" {
            let mut others: Vec<u8> = (1..4).map(|step| substitute(letter, step)).collect();
            others.push(letter);
            others.sort_unstable();
            others.dedup();
            assert_eq!(others.len(), 4, "{}", char::from(letter));
        }
    }
}

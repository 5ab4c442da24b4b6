//! The genome all simulated samples descend from: unique sequence, repeat families and tandem arrays.

use crate::rng::Rng;
use crate::simulate::reverse_complement;

/// How much of the ancestor is repeats, and of which kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landscape {
    /// About a tenth: a few transposons and short arrays.
    Sparse,
    /// About half: short and long interspersed elements of all ages, satellites, segmental duplications; as in mammals.
    Dense,
}

/// Repeat elements that occur all over the ancestor, in diverged copies, as transposons do.
pub(crate) struct Families {
    landscape: Landscape,
    elements: Vec<Element>,
    /// Repeated tens of thousands of times in one place of each chromosome; empty where there is none.
    satellite: Vec<u8>,
}

struct Element {
    letters: Vec<u8>,
    /// Age: how many of a thousand bases a copy has changed, at most.
    changed_max: u64,
}

impl Families {
    pub(crate) fn new(rng: &mut Rng, landscape: Landscape) -> Self {
        let mut element = |low, high, changed_max| {
            let mut letters = Vec::new();
            let len = rng.length(low, high);
            rng.bases(len, &mut letters);
            Element {
                letters,
                changed_max,
            }
        };
        let elements = match landscape {
            Landscape::Sparse => (0..24).map(|_| element(8, 13, 150)).collect(),
            // Young families and old ones; a third each short (256 to 511 bases), of some kb, and in between.
            Landscape::Dense => (0..90)
                .map(|i| {
                    let (low, high) = [(8, 9), (12, 13), (9, 12)][i % 3];
                    element(low, high, 20 + 3 * i as u64)
                })
                .collect(),
        };
        let satellite = match landscape {
            Landscape::Sparse => Vec::new(),
            Landscape::Dense => satellite_unit(rng),
        };
        Self {
            landscape,
            elements,
            satellite,
        }
    }

    /// A chromosome of exactly `len` bases; repeats are in lower case, as soft-masked assemblies have them.
    pub(crate) fn chromosome(&self, rng: &mut Rng, len: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(len + (1 << 18));
        match self.landscape {
            Landscape::Sparse => self.sparse(rng, len, &mut out),
            Landscape::Dense => self.dense(rng, len, &mut out),
        }
        out.truncate(len);
        out
    }

    fn sparse(&self, rng: &mut Rng, len: usize, out: &mut Vec<u8>) {
        while out.len() < len {
            let unique = rng.length(9, 14);
            rng.bases(unique, out);
            match rng.below(8) {
                0..=2 => self.copy(rng, out),
                3 => array(rng, out),
                _ => {}
            }
        }
    }

    fn dense(&self, rng: &mut Rng, len: usize, out: &mut Vec<u8>) {
        let centromere = len / 3;
        let mut centromere_is_done = false;
        while out.len() < len {
            let unique = rng.length(8, 13);
            rng.bases(unique, out);
            match rng.below(400) {
                0 => duplicate_segment(rng, out),
                1..=20 => array(rng, out),
                _ => self.copy(rng, out),
            }
            if !centromere_is_done && out.len() > centromere {
                repeat(rng, &self.satellite, len / 40, out);
                centromere_is_done = true;
            }
        }
    }

    /// Appends part of an element, as far from it as its age allows, either way round.
    fn copy(&self, rng: &mut Rng, out: &mut Vec<u8>) {
        let Element {
            letters,
            changed_max,
        } = &self.elements[rng.index(self.elements.len())];
        let start = if rng.one_in(2) {
            0
        } else {
            rng.index(letters.len() - 64)
        };
        let from = out.len();
        out.extend(letters[start..].iter().map(u8::to_ascii_lowercase));
        let changed = rng.below(*changed_max);
        for letter in &mut out[from..] {
            if rng.below(1000) < changed {
                *letter = b"acgt"[rng.index(4)];
            }
        }
        if rng.one_in(2) {
            reverse_complement(&mut out[from..]);
        }
    }
}

/// Appends a tandem array: a unit of 1 to 255 bases, repeated, a letter in a hundred changed.
fn array(rng: &mut Rng, out: &mut Vec<u8>) {
    let mut unit = Vec::new();
    let unit_len = rng.length(0, 8);
    rng.bases(unit_len, &mut unit);
    let total = rng.length(6, 13);
    repeat(rng, &unit, total, out);
}

/// Appends `total` bases of `unit` after `unit`, a letter in a hundred changed.
fn repeat(rng: &mut Rng, unit: &[u8], total: usize, out: &mut Vec<u8>) {
    for i in 0..total {
        let letter = if rng.one_in(100) {
            b"ACGT"[rng.index(4)]
        } else {
            unit[i % unit.len()]
        };
        out.push(letter.to_ascii_lowercase());
    }
}

/// A dozen monomers of 171 bases, a quarter changed from one to the next, as in the centromeres of primates.
fn satellite_unit(rng: &mut Rng) -> Vec<u8> {
    let mut monomer = Vec::new();
    rng.bases(171, &mut monomer);
    let mut unit = Vec::new();
    for _ in 0..12 {
        let from = unit.len();
        unit.extend_from_slice(&monomer);
        for letter in &mut unit[from..] {
            if rng.one_in(4) {
                *letter = b"ACGT"[rng.index(4)];
            }
        }
    }
    unit
}

/// Appends 8 to 128 kb that the chromosome has already, one to five letters in a hundred changed, either way round.
fn duplicate_segment(rng: &mut Rng, out: &mut Vec<u8>) {
    let len = rng.length(13, 17).min(out.len());
    let start = rng.index(out.len() - len + 1);
    let from = out.len();
    out.extend_from_within(start..start + len);
    let changed = 10 + rng.below(40);
    for letter in &mut out[from..] {
        if rng.below(1000) < changed {
            *letter = b"ACGT"[rng.index(4)];
        }
    }
    if rng.one_in(2) {
        reverse_complement(&mut out[from..]);
    }
}

#[cfg(test)]
mod tests {
    use super::{Families, Landscape};
    use crate::rng::Rng;

    #[test]
    fn about_half_of_a_dense_landscape_is_repeats_and_a_tenth_or_two_of_a_sparse_one() {
        for (landscape, share) in [
            (Landscape::Sparse, 0.05..0.25),
            (Landscape::Dense, 0.40..0.55),
        ] {
            let mut rng = Rng::keyed(&[4]);
            let families = Families::new(&mut rng, landscape);
            let chromosome = families.chromosome(&mut rng, 4_000_000);
            assert_eq!(chromosome.len(), 4_000_000);
            let repeats = chromosome
                .iter()
                .filter(|letter| letter.is_ascii_lowercase())
                .count();
            let found = repeats as f64 / 4e6;
            assert!(share.contains(&found), "{landscape:?}: {found}");
        }
    }
}

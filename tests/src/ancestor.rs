//! The genome all simulated samples descend from: unique sequence, repeat families and tandem arrays.

use crate::rng::Rng;
use crate::simulate::reverse_complement;

/// Repeat elements that occur all over the ancestor, in diverged copies, as transposons do.
pub(crate) struct Families {
    elements: Vec<Vec<u8>>,
}

impl Families {
    /// Draws 24 elements of 256 to 8192 bases.
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let elements = (0..24)
            .map(|_| {
                let mut element = Vec::new();
                let len = rng.length(8, 13);
                rng.bases(len, &mut element);
                element
            })
            .collect();
        Self { elements }
    }

    /// A chromosome of exactly `len` bases; repeats are in lower case, as soft-masked assemblies have them.
    pub(crate) fn chromosome(&self, rng: &mut Rng, len: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(len + (1 << 14));
        while out.len() < len {
            let unique = rng.length(9, 14);
            rng.bases(unique, &mut out);
            match rng.below(8) {
                0..=2 => self.copy(rng, &mut out),
                3 => array(rng, &mut out),
                _ => {}
            }
        }
        out.truncate(len);
        out
    }

    /// Appends part of an element, up to 15 % diverged, either way round.
    fn copy(&self, rng: &mut Rng, out: &mut Vec<u8>) {
        let element = &self.elements[rng.index(self.elements.len())];
        let start = if rng.one_in(2) {
            0
        } else {
            rng.index(element.len() - 64)
        };
        let from = out.len();
        out.extend(element[start..].iter().map(u8::to_ascii_lowercase));
        let divergence = rng.below(150);
        for letter in &mut out[from..] {
            if rng.below(1000) < divergence {
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
    for i in 0..total {
        let letter = if rng.one_in(100) {
            b"ACGT"[rng.index(4)]
        } else {
            unit[i % unit.len()]
        };
        out.push(letter.to_ascii_lowercase());
    }
}

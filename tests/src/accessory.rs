//! Sequence that only some samples have: islands in their chromosomes, and plasmids.

use crate::ancestor::Families;
use crate::lineages::Lineages;
use crate::rng::Rng;

/// An island or plasmid, as `ancestor[contig]`.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    /// Which contig of the ancestor holds its bases.
    pub(crate) contig: usize,
    pub(crate) place: Place,
    /// Of a thousand subclades (or samples, where there are none), how many have it.
    in_thousand: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before base `position` of a chromosome of the ancestor.
    Island {
        chromosome: usize,
        position: usize,
    },
    Plasmid,
}

/// Elements that make up `bases` of an average genome, appended to `ancestor`, whose first contigs are chromosomes.
pub(crate) fn draw(
    families: &Families,
    rng: &mut Rng,
    bases: usize,
    ancestor: &mut Vec<Vec<u8>>,
) -> Vec<Element> {
    let chromosomes = ancestor.len();
    let mut elements = Vec::new();
    let mut expected = 0;
    while expected < bases {
        let len = rng.length(11, 16).min(2 * (bases - expected) + 1000);
        // Most are rare, some nearly everywhere.
        let in_thousand = rng.below(1000) * rng.below(1000) / 1000 + 5;
        let place = if rng.one_in(8) {
            Place::Plasmid
        } else {
            let chromosome = rng.index(chromosomes);
            let position = rng.index(ancestor[chromosome].len());
            Place::Island {
                chromosome,
                position,
            }
        };
        expected += (len as u64 * in_thousand / 1000) as usize;
        elements.push(Element {
            contig: ancestor.len(),
            place,
            in_thousand,
        });
        ancestor.push(families.chromosome(rng, len));
    }
    elements
}

impl Element {
    /// Whether a sample of `lineage` has it: what its subclade has, but that a tenth of samples differ.
    pub(crate) fn is_in(&self, sample: u64, lineages: &Lineages, seed: u64, role: u64) -> bool {
        let own = Rng::keyed(&[seed, role, self.contig as u64, 1, sample]).below(10);
        let lineage = lineages.first(sample, &mut Rng::keyed(&[seed, role, 2, sample]));
        let of = if own == 0 { [0, sample] } else { [2, lineage] };
        Rng::keyed(&[seed, role, self.contig as u64, of[0], of[1]]).below(1000) < self.in_thousand
    }
}

//! Who descends from whom: the variants a lineage has are those of all branches that lead to it.

use crate::rng::Rng;

/// How the samples of a collection are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Descent {
    /// Mosaics of founders, span by span: a population that mixes, as of yeasts or people.
    Mosaic {
        /// Genomes they are mosaics of.
        founders: u64,
    },
    /// Clades of subclades of strains, with a span taken from another subclade now and then: bacteria.
    Clades {
        /// Clades of the species.
        clades: u64,
        /// Subclades of each.
        subclades: u64,
    },
    /// Each sample a copy of an earlier one with changes of its own, about half of the way back at most: an outbreak.
    Growing,
}

/// Changes that all descend from have. The same branch changes the same bases in every sample.
pub(crate) struct Branch {
    pub(crate) id: u64,
    /// Of the distance between two samples, the share that this branch makes.
    pub(crate) point_share: f64,
    /// Of the structural events of a genome, the share that this branch has.
    pub(crate) event_share: f64,
}

/// The lineages of a collection, numbered.
#[derive(Debug, Clone)]
pub(crate) struct Lineages {
    descent: Descent,
    /// Share of the distance that is a sample's own: not the business of lineages.
    private_share: f64,
    /// First words of the keys everything here is drawn from.
    key: [u64; 2],
}

/// Of the changes of a subclade, those its clade has: clades are far, subclades near.
const CLADE_SHARE: f64 = 0.7;

impl Lineages {
    pub(crate) fn new(descent: Descent, private_share: f64, key: [u64; 2]) -> Self {
        Self {
            descent,
            private_share,
            key,
        }
    }

    /// The lineage a sample begins with.
    pub(crate) fn first(&self, sample: u64, rng: &mut Rng) -> u64 {
        match self.descent {
            Descent::Mosaic { founders } => rng.below(founders),
            Descent::Clades { .. } => self.own_subclade(sample),
            Descent::Growing => sample,
        }
    }

    /// The lineage of a sample's next span, after one of lineage `last`.
    pub(crate) fn next(&self, last: u64, sample: u64, rng: &mut Rng) -> u64 {
        match self.descent {
            Descent::Mosaic { founders } if rng.one_in(3) => rng.below(founders),
            Descent::Mosaic { .. } => last,
            Descent::Clades { clades, subclades } if rng.one_in(20) => {
                rng.below(clades * subclades)
            }
            Descent::Clades { .. } => self.own_subclade(sample),
            Descent::Growing => sample,
        }
    }

    /// Any lineage, for sequence that comes from elsewhere.
    pub(crate) fn any(&self, own: u64, rng: &mut Rng) -> u64 {
        match self.descent {
            Descent::Mosaic { founders } => rng.below(founders),
            Descent::Clades { clades, subclades } => rng.below(clades * subclades),
            Descent::Growing => own,
        }
    }

    /// From the one all have in common to the lineage's own.
    pub(crate) fn branches(&self, lineage: u64) -> Vec<Branch> {
        // Two samples differ by what both have changed since they parted.
        let share = (1.0 - self.private_share) / 2.0;
        let branch = |id, of_all: f64| Branch {
            id,
            point_share: share * of_all,
            event_share: of_all,
        };
        match self.descent {
            Descent::Mosaic { .. } => vec![branch(lineage, 1.0)],
            Descent::Clades { clades, subclades } => vec![
                branch(lineage / subclades.max(1), CLADE_SHARE),
                branch(clades + lineage, 1.0 - CLADE_SHARE),
            ],
            Descent::Growing => {
                let mut path = vec![Branch {
                    id: lineage,
                    point_share: 1.0 - self.private_share,
                    event_share: 1.0,
                }];
                let mut at = lineage;
                while at > 0 {
                    at = self.parent(at);
                    path.push(Branch {
                        id: at,
                        point_share: 1.0 - self.private_share,
                        event_share: 1.0,
                    });
                }
                path.reverse();
                path
            }
        }
    }

    /// Small subclades and large ones: the lower the number, the more samples it has.
    fn own_subclade(&self, sample: u64) -> u64 {
        let Descent::Clades { clades, subclades } = self.descent else {
            return sample;
        };
        let mut rng = Rng::keyed(&[self.key[0], self.key[1], sample]);
        let skewed = |rng: &mut Rng, count| {
            let first = rng.below(count);
            first.min(rng.below(count))
        };
        skewed(&mut rng, clades) * subclades + skewed(&mut rng, subclades)
    }

    /// One of the later half of those before `sample`, so that the path back is some dozens long and not thousands.
    fn parent(&self, sample: u64) -> u64 {
        let mut rng = Rng::keyed(&[self.key[0], self.key[1], sample]);
        sample / 2 + rng.below(sample - sample / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::{Descent, Lineages};
    use crate::rng::Rng;

    #[test]
    fn an_outbreak_grows_from_its_first_sample_by_short_paths() {
        let lineages = Lineages::new(Descent::Growing, 0.0, [1, 2]);
        let mut steps = 0;
        for sample in 0..1000 {
            let path = lineages.branches(sample);
            assert_eq!((path[0].id, path[path.len() - 1].id), (0, sample));
            assert!(path.windows(2).all(|pair| pair[0].id < pair[1].id));
            steps += path.len() - 1;
        }
        assert!((10_000..30_000).contains(&steps), "{steps} steps");
    }

    #[test]
    fn samples_of_a_subclade_share_both_branches_and_clades_none() {
        let descent = Descent::Clades {
            clades: 3,
            subclades: 4,
        };
        let lineages = Lineages::new(descent, 0.1, [1, 2]);
        let mut rng = Rng::keyed(&[9]);
        let mut seen = vec![0; 12];
        for sample in 0..600 {
            let own = lineages.first(sample, &mut rng);
            seen[own as usize] += 1;
            let ids: Vec<u64> = lineages
                .branches(own)
                .iter()
                .map(|branch| branch.id)
                .collect();
            assert_eq!(ids, [own / 4, 3 + own]);
        }
        assert!(
            seen.iter().all(|count| *count > 0) && seen[0] > seen[11],
            "{seen:?}"
        );
    }
}

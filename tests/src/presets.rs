//! Collections like those people have, by name.

use crate::ancestor::Landscape;
use crate::lineages::Descent;
use crate::simulate::{Naming, Options};

/// Names of all presets.
pub const NAMES: [&str; 6] = [
    "yeast",
    "bacteria",
    "virus",
    "human",
    "haplotypes",
    "cohort",
];

/// The options of a preset; `None` for a name that is not in [`NAMES`].
pub fn of(name: &str) -> Option<Options> {
    let options = match name {
        // 13 strains of 16 chromosomes, some of them drafts.
        "yeast" => Options {
            samples: 13,
            contigs: 16,
            bases: 12_000_000,
            divergence: 0.005,
            descent: Descent::Mosaic { founders: 8 },
            private_share: 0.2,
            draft_every: 5,
            ..Options::default()
        },
        // 200 genomes of 5 Mb that differ by 0.1 % within a subclade and 2 % between clades; a fifth of each is not in
        // all. Every other one is a draft, of 175 contigs on average.
        "bacteria" => Options {
            samples: 200,
            contigs: 1,
            bases: 5_000_000,
            divergence: 0.02,
            descent: Descent::Clades {
                clades: 6,
                subclades: 8,
            },
            private_share: 0.05,
            accessory_share: 0.2,
            events_per_mb: 4.0,
            draft_every: 2,
            draft_contigs_per_mb: 35.0,
            ..Options::default()
        },
        // 20 000 genomes of one outbreak, a change or so from one to the next, with runs of N.
        "virus" => Options {
            samples: 20_000,
            contigs: 1,
            bases: 30_000,
            divergence: 0.000_04,
            descent: Descent::Growing,
            private_share: 0.1,
            events_per_mb: 0.0,
            draft_every: 0,
            gaps_per_mb: 40.0,
            ..Options::default()
        },
        // 12 haplotypes of 100 Mb, half of it repeats.
        "human" => Options {
            samples: 12,
            contigs: 3,
            bases: 100_000_000,
            divergence: 0.001,
            descent: Descent::Mosaic { founders: 16 },
            private_share: 0.3,
            landscape: Landscape::Dense,
            events_per_mb: 5.0,
            draft_every: 0,
            ..Options::default()
        },
        // Many small genomes that are alike as human haplotypes are.
        "haplotypes" => Options {
            samples: 220,
            contigs: 8,
            bases: 4_000_000,
            ..of("human")?
        },
        // Hundreds of haplotypes, every other one in some 70 contigs. Segments of 500 bases are here what those of 60 000
        // are among people: nearly each differs from all others, and hardly any is a repeat. So an archive of the one has the
        // footer and the tables of an archive of the other.
        "cohort" => Options {
            samples: 520,
            contigs: 24,
            bases: 28_000_000,
            divergence: 0.015,
            descent: Descent::Mosaic { founders: 16 },
            private_share: 0.8,
            landscape: Landscape::Sparse,
            events_per_mb: 0.5,
            draft_every: 2,
            prefix: String::from("HG"),
            naming: Naming::PanSn,
            ..Options::default()
        },
        _ => return None,
    };
    Some(options)
}

//! Related genomes from a seed: what a collection of assemblies of one species looks like, without anybody's data.
//!
//! ```text
//! ancestor ──▶ lineages: point variants and structure ──▶ sample: a mosaic of lineages, span by span,
//! (in memory)  of all branches that lead to one            plus islands, variants and structure of its own,
//!              (never stored: drawn from a key             cut into contigs when it is a draft
//!              of branch, contig and block)
//! ```
//!
//! Samples share their lineages' variants as relatives do. Only the ancestor is held in memory, at a byte a base;
//! samples are written as they are drawn.

use std::io::{self, Write};
use std::ops::Range;

use crate::accessory::{self, Element, Place};
use crate::ancestor::{Families, Landscape};
use crate::fasta_out::FastaOut;
use crate::lineages::{Branch, Descent, Lineages};
use crate::pieces::{Piece, Pieces};
use crate::rng::Rng;
use crate::variants::{self, Variant};

/// What is simulated. The same options give the same bytes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The number everything is drawn from.
    pub seed: u64,
    /// Genomes to write.
    pub samples: usize,
    /// Chromosomes of the ancestor; drafts have more contigs.
    pub contigs: usize,
    /// Bases of a genome; samples are within some percent of it.
    pub bases: usize,
    /// Share of bases in which two samples differ (in a growing collection: a sample and the one it comes from), 0.0 to
    /// 0.3: SNPs mostly, a tenth of them indels.
    pub divergence: f64,
    /// How samples are related.
    pub descent: Descent,
    /// Share of the divergence that no other sample has, 0.0 to 1.0.
    pub private_share: f64,
    /// Repeats of the ancestor.
    pub landscape: Landscape,
    /// Share of a genome that is in some samples only, islands and plasmids, 0.0 to 0.9.
    pub accessory_share: f64,
    /// Structural events (inversion, deletion, duplication, translocation, novel sequence) per million bases and lineage.
    pub events_per_mb: f64,
    /// Every n-th sample is a draft: broken into contigs, some turned round, with runs of N. 0: none is.
    pub draft_every: usize,
    /// Contigs of a draft per million bases.
    pub draft_contigs_per_mb: f64,
    /// Runs of N per million bases in samples that are no drafts.
    pub gaps_per_mb: f64,
    /// Put before the number of a sample: `s` gives `s00`, `s01`, ...
    pub prefix: String,
    /// How samples and contigs are called.
    pub naming: Naming,
}

/// How samples and contigs are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `s07` and `chr2 sample=s07`; genomes of one record like their sample.
    Words,
    /// PanSN, two haplotypes of each individual: `s03#2` and `s03#2#chr2`.
    PanSn,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            samples: 8,
            contigs: 4,
            bases: 4_000_000,
            divergence: 0.01,
            descent: Descent::Mosaic { founders: 6 },
            private_share: 0.1,
            landscape: Landscape::Sparse,
            accessory_share: 0.0,
            events_per_mb: 10.0,
            draft_every: 4,
            draft_contigs_per_mb: 2.0,
            gaps_per_mb: 0.0,
            prefix: String::from("s"),
            naming: Naming::Words,
        }
    }
}

/// A collection of genomes that can be written sample by sample.
pub struct Simulation {
    options: Options,
    lineages: Lineages,
    /// Chromosomes, then islands and plasmids.
    ancestor: Vec<Vec<u8>>,
    chromosomes: usize,
    elements: Vec<Element>,
}

/// What was written of a sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Records of the file.
    pub contigs: usize,
    /// Letters of all its sequences.
    pub bases: u64,
}

/// Bases after which a sample may go over to another lineage.
const SPAN_BASES: usize = 1 << 17;
/// Bases whose variants are drawn from one key.
const BLOCK_BASES: usize = 4096;
/// Runs of N that are no draft's begin at multiples of this, as those of failed amplicons do.
const GAP_STEP_BASES: usize = 256;

/// First word of every key, so that no two uses of the seed meet.
mod role {
    pub(super) const ANCESTOR: u64 = 1;
    pub(super) const BRANCH_POINT: u64 = 2;
    pub(super) const BRANCH_STRUCTURE: u64 = 3;
    pub(super) const SAMPLE: u64 = 4;
    pub(super) const LINEAGE: u64 = 5;
    pub(super) const ACCESSORY: u64 = 6;
}

impl Simulation {
    /// Draws the ancestor.
    pub fn new(options: Options) -> Self {
        let contigs = options.contigs.max(1);
        let mut rng = Rng::keyed(&[options.seed, role::ANCESTOR]);
        let families = Families::new(&mut rng, options.landscape);
        let accessory = (options.bases as f64 * options.accessory_share) as usize;
        let core = options.bases - accessory;
        // Chromosomes of unlike length: the first is about three times the last.
        let weights: Vec<usize> = (0..contigs).map(|i| 3 * contigs - 2 * i).collect();
        let sum: usize = weights.iter().sum();
        let mut ancestor = weights
            .iter()
            .map(|weight| {
                families.chromosome(
                    &mut rng,
                    (core as u128 * *weight as u128 / sum as u128) as usize,
                )
            })
            .collect();
        let elements = accessory::draw(&families, &mut rng, accessory, &mut ancestor);
        let lineages = Lineages::new(
            options.descent,
            options.private_share,
            [options.seed, role::LINEAGE],
        );
        Self {
            options,
            lineages,
            ancestor,
            chromosomes: contigs,
            elements,
        }
    }

    /// Name of sample `sample`: the prefix and its number, or that of its individual, padded so that names sort in order.
    pub fn sample_name(&self, sample: usize) -> String {
        let Options {
            samples, prefix, ..
        } = &self.options;
        let digits = samples.saturating_sub(1).to_string().len().max(2);
        match self.options.naming {
            Naming::Words => format!("{prefix}{sample:0digits$}"),
            Naming::PanSn => format!("{prefix}{:0digits$}#{}", sample / 2, sample % 2 + 1),
        }
    }

    /// Writes sample `sample` as FASTA; line width differs between samples, as between the people who publish them.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_sample(&self, sample: usize, out: &mut impl Write) -> io::Result<Written> {
        let mut rng = Rng::keyed(&[self.options.seed, role::SAMPLE, sample as u64]);
        let draft = self.options.draft_every > 0
            && sample % self.options.draft_every == self.options.draft_every - 1;
        let width = [80, 60, 0, 100, 70][sample % 5];
        let name = self.sample_name(sample);
        let mut fasta = FastaOut::new(out, width);
        let (islands, plasmids): (Vec<&Element>, _) = self
            .elements_of(sample)
            .partition(|element| element.place != Place::Plasmid);
        for chromosome in 0..self.chromosomes {
            let pieces = self.sample_pieces(&mut rng, sample, chromosome, &islands, draft);
            let word = format!("chr{}", chromosome + 1);
            self.write_record(&word, &name, pieces, draft, &mut rng, &mut fasta)?;
        }
        let lineage = self.lineages.first(sample as u64, &mut rng);
        for plasmid in plasmids {
            let mut pieces = Pieces::default();
            pieces.push(self.whole(plasmid.contig, lineage));
            let word = format!("plasmid{}", plasmid.contig + 1 - self.chromosomes);
            self.write_record(&word, &name, pieces, draft, &mut rng, &mut fasta)?;
        }
        fasta.finish()
    }

    /// A chromosome or plasmid, as one record or as the contigs of a draft.
    fn write_record<W: Write>(
        &self,
        word: &str,
        sample: &str,
        pieces: Pieces,
        draft: bool,
        rng: &mut Rng,
        fasta: &mut FastaOut<W>,
    ) -> io::Result<()> {
        let parts = if draft {
            let breaks = pieces.len_bases() as f64 / 1e6 * self.options.draft_contigs_per_mb;
            pieces.broken(rng, breaks)
        } else {
            vec![pieces]
        };
        for (part, contig) in parts.iter().enumerate() {
            let part = if draft {
                format!("_{}", part + 1)
            } else {
                String::new()
            };
            fasta.header(&match self.options.naming {
                Naming::PanSn => format!("{sample}#{word}{part}"),
                Naming::Words if self.is_of_one_record() => sample.to_owned(),
                Naming::Words => format!("{word}{part} sample={sample}"),
            })?;
            for piece in contig.iter() {
                self.write_piece(piece, rng, fasta)?;
            }
        }
        Ok(())
    }

    /// Whether the name of each contig tells its sample, so that all samples can be put into one file.
    pub fn contigs_tell_samples(&self) -> bool {
        self.options.naming == Naming::PanSn || self.is_of_one_record()
    }

    fn is_of_one_record(&self) -> bool {
        self.ancestor.len() == 1 && self.options.draft_every == 0
    }

    fn elements_of(&self, sample: usize) -> impl Iterator<Item = &Element> {
        let (seed, sample) = (self.options.seed, sample as u64);
        self.elements
            .iter()
            .filter(move |element| element.is_in(sample, &self.lineages, seed, role::ACCESSORY))
    }

    /// The chromosome as lineages' spans one after another, with islands and events of the sample's own.
    fn sample_pieces(
        &self,
        rng: &mut Rng,
        sample: usize,
        contig: usize,
        islands: &[&Element],
        draft: bool,
    ) -> Pieces {
        let mut pieces = Pieces::default();
        let len = self.ancestor[contig].len();
        let mut lineage = self.lineages.first(sample as u64, rng);
        for start in (0..len).step_by(SPAN_BASES) {
            lineage = self.lineages.next(lineage, sample as u64, rng);
            let range = start..(start + SPAN_BASES).min(len);
            let mut span = self.lineage_pieces(lineage, contig, range.clone());
            for island in islands {
                if let Place::Island {
                    chromosome,
                    position,
                } = island.place
                    && chromosome == contig
                    && range.contains(&position)
                {
                    span.insert(position - start, self.whole(island.contig, lineage));
                }
            }
            pieces.extend(span);
        }
        let mb = len as f64 / 1e6;
        let events = rng.count(self.options.events_per_mb * mb / 20.0);
        self.rearrange(rng, &mut pieces, lineage, events, 17);
        let gaps = if draft {
            rng.count(mb * 4.0).max(1)
        } else if self.options.gaps_per_mb > 0.0 {
            rng.count(mb * self.options.gaps_per_mb)
        } else {
            0
        };
        for _ in 0..gaps {
            let (at, gap) = if draft {
                let gap = if rng.one_in(2) {
                    100
                } else {
                    rng.length(4, 14)
                };
                (rng.index(pieces.len_bases()), gap)
            } else {
                let step = rng.index(pieces.len_bases() / GAP_STEP_BASES);
                (step * GAP_STEP_BASES, rng.length(6, 10))
            };
            pieces.replace(at, gap, Piece::Unknown { len: gap });
        }
        pieces
    }

    /// A lineage's version of a span of the ancestor. The same for every sample that has it.
    fn lineage_pieces(&self, lineage: u64, contig: usize, span: Range<usize>) -> Pieces {
        let mut pieces = Pieces::default();
        pieces.push(Piece::Ancestral {
            contig,
            range: span.clone(),
            lineage,
            reverse: false,
        });
        for branch in self.lineages.branches(lineage) {
            let key = [
                self.options.seed,
                role::BRANCH_STRUCTURE,
                branch.id,
                contig as u64,
                span.start as u64,
            ];
            let mut rng = Rng::keyed(&key);
            let per_mb = self.options.events_per_mb * branch.event_share;
            let events = rng.count(per_mb * span.len() as f64 / 1e6);
            self.rearrange(&mut rng, &mut pieces, lineage, events, 14);
        }
        pieces
    }

    fn whole(&self, contig: usize, lineage: u64) -> Piece {
        Piece::Ancestral {
            contig,
            range: 0..self.ancestor[contig].len(),
            lineage,
            reverse: false,
        }
    }

    /// Applies `events` structural changes of at most `2^power_max` bases each.
    fn rearrange(
        &self,
        rng: &mut Rng,
        pieces: &mut Pieces,
        own: u64,
        events: usize,
        power_max: u32,
    ) {
        for _ in 0..events {
            let total = pieces.len_bases();
            let len = rng.length(5, power_max).min(total / 4);
            if len == 0 {
                return;
            }
            let at = rng.index(total - len);
            match rng.below(6) {
                0 | 1 => pieces.remove(at, len),
                2 => pieces.invert(at, len),
                3 => pieces.duplicate(at, len, 1 + rng.index(3)),
                4 => pieces.insert(
                    at,
                    Piece::Novel {
                        key: rng.next_u64(),
                        len,
                    },
                ),
                _ => {
                    let contig = rng.index(self.chromosomes);
                    let len = len.min(self.ancestor[contig].len());
                    let start = rng.index(self.ancestor[contig].len() - len + 1);
                    let (lineage, reverse) = (self.lineages.any(own, rng), rng.one_in(2));
                    pieces.insert(
                        at,
                        Piece::Ancestral {
                            contig,
                            range: start..start + len,
                            lineage,
                            reverse,
                        },
                    );
                }
            }
        }
    }

    fn write_piece<W: Write>(
        &self,
        piece: &Piece,
        rng: &mut Rng,
        out: &mut FastaOut<W>,
    ) -> io::Result<()> {
        match piece {
            Piece::Unknown { len } => out.repeat(b'N', *len),
            Piece::Novel { key, len } => {
                let mut letters = Vec::new();
                Rng::keyed(&[*key]).bases(*len, &mut letters);
                out.letters(&letters)
            }
            Piece::Ancestral {
                contig,
                range,
                lineage,
                reverse,
            } => {
                let blocks = range.start / BLOCK_BASES..range.end.div_ceil(BLOCK_BASES);
                let branches = self.lineages.branches(*lineage);
                let mut letters = Vec::with_capacity(BLOCK_BASES + 1024);
                for i in 0..blocks.len() {
                    let block = if *reverse {
                        blocks.end - 1 - i
                    } else {
                        blocks.start + i
                    };
                    letters.clear();
                    self.draw_block(*contig, block, range, &branches, rng, &mut letters);
                    if *reverse {
                        reverse_complement(&mut letters);
                    }
                    out.letters(&letters)?;
                }
                Ok(())
            }
        }
    }

    /// The bases of `range` that lie in `block`, with the branches' variants and new ones of the sample.
    fn draw_block(
        &self,
        contig: usize,
        block: usize,
        range: &Range<usize>,
        branches: &[Branch],
        rng: &mut Rng,
        out: &mut Vec<u8>,
    ) {
        let ancestor = &self.ancestor[contig];
        let block_start = block * BLOCK_BASES;
        let block_end = (block_start + BLOCK_BASES).min(ancestor.len());
        let (start, end) = (range.start.max(block_start), range.end.min(block_end));
        let mean = self.options.divergence * BLOCK_BASES as f64;
        let mut found: Vec<Variant> = Vec::new();
        for branch in branches {
            let key = [
                self.options.seed,
                role::BRANCH_POINT,
                branch.id,
                contig as u64,
                block as u64,
            ];
            let shared = mean * branch.point_share;
            let mut rng = Rng::keyed(&key);
            found.extend(variants::draw(&mut rng, BLOCK_BASES, shared, false));
        }
        // Each of two samples has half of what is private to them.
        let private = mean * self.options.private_share / 2.0;
        found.extend(variants::draw(rng, BLOCK_BASES, private, true));
        found.sort_by_key(|variant| variant.at);
        variants::apply(
            &ancestor[block_start..block_end],
            start - block_start..end - block_start,
            &found,
            out,
        );
    }
}

/// Turns letters round in place, keeping case; `IUPAC` letters too.
pub fn reverse_complement(letters: &mut [u8]) {
    letters.reverse();
    for letter in letters {
        let upper = match letter.to_ascii_uppercase() {
            b'A' => b'T',
            b'C' => b'G',
            b'G' => b'C',
            b'T' => b'A',
            b'R' => b'Y',
            b'Y' => b'R',
            b'K' => b'M',
            b'M' => b'K',
            b'B' => b'V',
            b'V' => b'B',
            b'D' => b'H',
            b'H' => b'D',
            other => other,
        };
        *letter = upper | (*letter & 0x20);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Naming, Options, Simulation, Written};
    use crate::presets;

    fn genome(options: &Options, sample: usize) -> (Written, Vec<u8>) {
        let mut bytes = Vec::new();
        let written = Simulation::new(options.clone())
            .write_sample(sample, &mut bytes)
            .expect("memory takes all");
        (written, bytes)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
        let options = Options {
            bases: 200_000,
            ..Options::default()
        };
        assert_eq!(genome(&options, 3), genome(&options, 3));
        let other = Options {
            seed: 2,
            ..options.clone()
        };
        assert_ne!(genome(&options, 3), genome(&other, 3));
        assert_ne!(genome(&options, 3), genome(&options, 4));
    }

    #[test]
    fn a_sample_has_about_the_bases_asked_for_and_all_that_is_promised() {
        let options = Options {
            bases: 3_000_000,
            ..Options::default()
        };
        for sample in [0, 3] {
            let (written, bytes) = genome(&options, sample);
            let close = written.bases.abs_diff(3_000_000) < 300_000;
            assert!(close, "sample {sample} has {} bases", written.bases);
            let sequence: Vec<u8> = bytes
                .split(|b| *b == b'\n')
                .filter(|l| !l.starts_with(b">"))
                .flatten()
                .copied()
                .collect();
            assert_eq!(sequence.len() as u64, written.bases);
            assert!(sequence.iter().any(u8::is_ascii_lowercase), "no lower case");
            let iupac = sequence
                .iter()
                .filter(|b| b"RYSWKMBDHV".contains(b))
                .count();
            assert!(iupac > 0 && iupac < 1000, "{iupac} IUPAC letters");
            let unknown = sequence.iter().filter(|b| **b == b'N').count();
            assert_eq!(
                unknown >= 100,
                sample == 3,
                "{unknown} N in sample {sample}"
            );
            assert_eq!(
                written.contigs > 4,
                sample == 3,
                "{} contigs in sample {sample}",
                written.contigs
            );
        }
    }

    #[test]
    fn presets_are_what_they_say_in_small() {
        for name in presets::NAMES {
            let mut options = presets::of(name).expect("all names are known");
            options.bases = options.bases.min(1_500_000);
            let near = options.bases as u64 / 4;
            let mut records = Vec::new();
            for sample in 0..6 {
                let (written, _) = genome(&options, sample);
                let off = written.bases.abs_diff(options.bases as u64);
                assert!(off < near, "{name}: {written:?}");
                records.push(written.contigs);
            }
            match name {
                "virus" => assert_eq!(records, [1; 6]),
                "human" => assert_eq!(records, [3; 6]),
                "haplotypes" => assert_eq!(records, [8; 6]),
                "cohort" => assert!(records[0] == 24 && records[1] > 24, "{records:?}"),
                _ => assert!(records.iter().any(|count| *count != records[0]), "{name}"),
            }
        }
    }

    #[test]
    fn samples_of_an_outbreak_differ_from_the_first_by_some_dozen_bases() {
        let options = Options {
            gaps_per_mb: 0.0,
            ..presets::of("virus").expect("it is a preset")
        };
        let simulation = Simulation::new(options);
        assert!(simulation.contigs_tell_samples());
        let letters = |sample| {
            let mut text = Vec::new();
            simulation
                .write_sample(sample, &mut text)
                .expect("memory takes all");
            let name = format!(">{}\n", simulation.sample_name(sample));
            assert!(text.starts_with(name.as_bytes()));
            text.drain(..name.len());
            text.retain(|byte| *byte != b'\n');
            text
        };
        let first = letters(0);
        let lines = |letters: &[u8]| -> HashSet<Vec<u8>> {
            letters.windows(16).map(<[u8]>::to_vec).collect()
        };
        let known = lines(&first);
        for sample in [5000, 19_999] {
            // A changed base changes 16 windows at most.
            let new = lines(&letters(sample)).difference(&known).count();
            assert!((16 * 8..16 * 80).contains(&new), "{new} new windows");
        }
    }

    #[test]
    fn two_haplotypes_of_an_individual_and_all_their_contigs_are_named_by_pansn() {
        let options = Options {
            bases: 500_000,
            samples: 101,
            draft_every: 2,
            naming: Naming::PanSn,
            ..Options::default()
        };
        let (_, bytes) = genome(&options, 0);
        assert!(bytes.starts_with(b">s000#1#chr1\n"));
        let (_, bytes) = genome(&options, 7);
        assert!(bytes.starts_with(b">s003#2#chr1_1\n"));
        let text = String::from_utf8(bytes).expect("letters");
        let names = text.lines().filter_map(|line| line.strip_prefix('>'));
        assert!(names.into_iter().all(|name| name.starts_with("s003#2#chr")));
    }

    #[test]
    fn odd_sizes_are_no_trouble() {
        for (bases, contigs) in [(0, 1), (1, 1), (7, 3), (4096, 1), (5000, 40)] {
            let options = Options {
                bases,
                contigs,
                samples: 4,
                ..Options::default()
            };
            for sample in 0..4 {
                let (written, bytes) = genome(&options, sample);
                assert!(
                    written.contigs >= contigs,
                    "{bases} bases, {contigs} contigs"
                );
                assert!(bytes.starts_with(b">chr1"));
            }
        }
    }
}

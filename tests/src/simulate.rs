//! Related genomes from a seed: what a collection of assemblies of one species looks like, without anybody's data.
//!
//! ```text
//! ancestor ──▶ founders: point variants and structure ──▶ sample: a mosaic of founders, span by span,
//! (in memory)  (never stored: drawn from a key             plus variants and structure of its own,
//!              of founder, contig and block)               cut into contigs when it is a draft
//! ```
//!
//! Samples share their founders' variants as relatives do. Only the ancestor is held in memory, at a byte a base;
//! samples are written as they are drawn.

use std::io::{self, Write};
use std::ops::Range;

use crate::ancestor;
use crate::fasta_out::FastaOut;
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
    /// Bases of the ancestor; samples are within some percent of it.
    pub bases: usize,
    /// Share of bases in which two samples differ, 0.0 to 0.3: SNPs mostly, a tenth of them indels.
    pub divergence: f64,
    /// Structural events (inversion, deletion, duplication, translocation, novel sequence) per million bases and founder.
    pub events_per_mb: f64,
    /// Every n-th sample is a draft: broken into contigs, some turned round, with runs of N. 0: none is.
    pub draft_every: usize,
    /// Put before the number of a sample: `s` gives `s00`, `s01`, ...
    pub prefix: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            samples: 8,
            contigs: 4,
            bases: 4_000_000,
            divergence: 0.01,
            events_per_mb: 10.0,
            draft_every: 4,
            prefix: String::from("s"),
        }
    }
}

/// A collection of genomes that can be written sample by sample.
pub struct Simulation {
    options: Options,
    ancestor: Vec<Vec<u8>>,
}

/// What was written of a sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Records of the file.
    pub contigs: usize,
    /// Letters of all its sequences.
    pub bases: u64,
}

/// Founders a collection descends from: enough to differ, few enough to be seen again.
const FOUNDERS: u64 = 6;
/// Bases after which a sample may go over to another founder.
const SPAN_BASES: usize = 1 << 17;
/// Bases whose founder variants are drawn from one key.
const BLOCK_BASES: usize = 4096;

/// First word of every key, so that no two uses of the seed meet.
mod role {
    pub(super) const ANCESTOR: u64 = 1;
    pub(super) const FOUNDER_POINT: u64 = 2;
    pub(super) const FOUNDER_STRUCTURE: u64 = 3;
    pub(super) const SAMPLE: u64 = 4;
}

impl Simulation {
    /// Draws the ancestor.
    pub fn new(options: Options) -> Self {
        let contigs = options.contigs.max(1);
        let mut rng = Rng::keyed(&[options.seed, role::ANCESTOR]);
        let families = ancestor::Families::new(&mut rng);
        // Chromosomes of unlike length: the first is about three times the last.
        let weights: Vec<usize> = (0..contigs).map(|i| 3 * contigs - 2 * i).collect();
        let sum: usize = weights.iter().sum();
        let ancestor = weights
            .iter()
            .map(|weight| {
                families.chromosome(
                    &mut rng,
                    (options.bases as u128 * *weight as u128 / sum as u128) as usize,
                )
            })
            .collect();
        Self { options, ancestor }
    }

    /// Name of sample `sample`: the prefix and its number, padded so that names sort in order.
    pub fn sample_name(&self, sample: usize) -> String {
        let digits = self
            .options
            .samples
            .saturating_sub(1)
            .to_string()
            .len()
            .max(2);
        format!("{}{sample:0digits$}", self.options.prefix)
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
        for chromosome in 0..self.ancestor.len() {
            let pieces = self.sample_pieces(&mut rng, chromosome, draft);
            let parts = if draft {
                pieces.broken(&mut rng)
            } else {
                vec![pieces]
            };
            for (part, contig) in parts.iter().enumerate() {
                let part = if draft {
                    format!("_{}", part + 1)
                } else {
                    String::new()
                };
                fasta.header(&format!("chr{}{part} sample={name}", chromosome + 1))?;
                for piece in contig.iter() {
                    self.write_piece(piece, &mut rng, &mut fasta)?;
                }
            }
        }
        fasta.finish()
    }

    /// The chromosome as founders' spans one after another, with events of the sample's own.
    fn sample_pieces(&self, rng: &mut Rng, contig: usize, draft: bool) -> Pieces {
        let mut pieces = Pieces::default();
        let len = self.ancestor[contig].len();
        let mut founder = rng.below(FOUNDERS);
        for start in (0..len).step_by(SPAN_BASES) {
            if rng.one_in(3) {
                founder = rng.below(FOUNDERS);
            }
            let span = start..(start + SPAN_BASES).min(len);
            pieces.extend(self.founder_pieces(founder, contig, span));
        }
        let mb = len as f64 / 1e6;
        let events = rng.count(self.options.events_per_mb * mb / 20.0);
        self.rearrange(rng, &mut pieces, events, 17);
        if draft {
            for _ in 0..rng.count(mb * 4.0).max(1) {
                let gap = if rng.one_in(2) {
                    100
                } else {
                    rng.length(4, 14)
                };
                pieces.replace(
                    rng.index(pieces.len_bases()),
                    gap,
                    Piece::Unknown { len: gap },
                );
            }
        }
        pieces
    }

    /// A founder's version of a span of the ancestor. The same for every sample that has it.
    fn founder_pieces(&self, founder: u64, contig: usize, span: Range<usize>) -> Pieces {
        let key = [
            self.options.seed,
            role::FOUNDER_STRUCTURE,
            founder,
            contig as u64,
            span.start as u64,
        ];
        let mut rng = Rng::keyed(&key);
        let events = rng.count(self.options.events_per_mb * span.len() as f64 / 1e6);
        let mut pieces = Pieces::default();
        pieces.push(Piece::Ancestral {
            contig,
            range: span,
            founder,
            reverse: false,
        });
        self.rearrange(&mut rng, &mut pieces, events, 14);
        pieces
    }

    /// Applies `events` structural changes of at most `2^power_max` bases each.
    fn rearrange(&self, rng: &mut Rng, pieces: &mut Pieces, events: usize, power_max: u32) {
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
                    let contig = rng.index(self.ancestor.len());
                    let len = len.min(self.ancestor[contig].len());
                    let start = rng.index(self.ancestor[contig].len() - len + 1);
                    let (founder, reverse) = (rng.below(FOUNDERS), rng.one_in(2));
                    pieces.insert(
                        at,
                        Piece::Ancestral {
                            contig,
                            range: start..start + len,
                            founder,
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
                founder,
                reverse,
            } => {
                let blocks = range.start / BLOCK_BASES..range.end.div_ceil(BLOCK_BASES);
                let mut letters = Vec::with_capacity(BLOCK_BASES + 1024);
                for i in 0..blocks.len() {
                    let block = if *reverse {
                        blocks.end - 1 - i
                    } else {
                        blocks.start + i
                    };
                    letters.clear();
                    self.draw_block(*contig, block, range, *founder, rng, &mut letters);
                    if *reverse {
                        reverse_complement(&mut letters);
                    }
                    out.letters(&letters)?;
                }
                Ok(())
            }
        }
    }

    /// The bases of `range` that lie in `block`, with the founder's variants and new ones of the sample.
    fn draw_block(
        &self,
        contig: usize,
        block: usize,
        range: &Range<usize>,
        founder: u64,
        rng: &mut Rng,
        out: &mut Vec<u8>,
    ) {
        let ancestor = &self.ancestor[contig];
        let block_start = block * BLOCK_BASES;
        let block_end = (block_start + BLOCK_BASES).min(ancestor.len());
        let (start, end) = (range.start.max(block_start), range.end.min(block_end));
        let mean = self.options.divergence * BLOCK_BASES as f64;
        let key = [
            self.options.seed,
            role::FOUNDER_POINT,
            founder,
            contig as u64,
            block as u64,
        ];
        // Two founders differ by twice the distance of each to the ancestor; a tenth is the sample's own.
        let mut found: Vec<Variant> =
            variants::draw(&mut Rng::keyed(&key), BLOCK_BASES, mean * 0.45, false);
        found.extend(variants::draw(rng, BLOCK_BASES, mean * 0.05, true));
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
    use super::{Options, Simulation, Written};

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

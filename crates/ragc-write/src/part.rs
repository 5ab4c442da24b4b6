//! Texts -> compressed payloads of parts, as docs/FORMAT.md lays them out ("Segments", "zstd conventions").

use std::io;

use zstd::bulk::Compressor;
use zstd::zstd_safe::{CParameter, Strategy};

use crate::packed::{BASES_PER_WORD, PackedSeq, View};

/// One block of a stream, ready to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Meaning depends on the stream; for compressed parts the size of the text.
    pub metadata: u64,
    /// The bytes.
    pub payload: Vec<u8>,
}

/// How hard packs are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// Less than half the time, a few per cent larger.
    Fast,
    /// Small in reasonable time.
    #[default]
    Default,
    /// As small as zstd makes it, whatever time that takes.
    Max,
}

impl Level {
    /// How much sparser anchors are than they could be: one in `1 << n`.
    pub fn thinned_log2(self) -> u32 {
        match self {
            Self::Fast => 2,
            Self::Default | Self::Max => 0,
        }
    }
}

/// Strategy, search log, shortest match and target length of zstd.
type PackParameters = (Strategy, u32, u32, u32);
const FAST: PackParameters = (Strategy::ZSTD_lazy2, 6, 5, 32);
const DEFAULT: PackParameters = (Strategy::ZSTD_btultra, 4, 5, 32);
const MAX: PackParameters = (Strategy::ZSTD_btultra2, 9, 4, 999);

/// A context of zstd grows with the texts it sees: it is kept after those up to this length, and made anew after others.
const CONTEXT_TEXT_LEN: usize = 1 << 17;
/// What it takes for each byte of a text, or of the next power of two: tables for searching, of entries of four bytes.
const CONTEXT_BYTES_A_BYTE: usize = 16;
/// However long the text is.
const CONTEXT_BYTES_MAX: usize = 96 << 20;

/// Memory that compressing a text of `len` bytes takes: the text, the frame, and a context if none that is kept will do.
pub fn compressing_bytes(len: usize) -> usize {
    let context = if len > CONTEXT_TEXT_LEN {
        (len.next_power_of_two() * CONTEXT_BYTES_A_BYTE).min(CONTEXT_BYTES_MAX)
    } else {
        0
    };
    2 * len + context
}

/// Compresses texts of one kind.
struct Context {
    level: i32,
    parameters: Vec<CParameter>,
    compressor: Option<Compressor<'static>>,
}

impl Context {
    fn new(level: i32, parameters: impl Into<Vec<CParameter>>) -> Self {
        Self {
            level,
            parameters: parameters.into(),
            compressor: None,
        }
    }

    fn of_packs((strategy, search_log, min_match, target_len): PackParameters) -> Self {
        Self::new(
            17,
            [
                CParameter::Strategy(strategy),
                CParameter::SearchLog(search_log),
                CParameter::MinMatch(min_match),
                CParameter::TargetLength(target_len),
            ],
        )
    }

    fn compress(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        let mut compressor = match self.compressor.take() {
            Some(compressor) => compressor,
            None => {
                let mut compressor = Compressor::new(self.level)?;
                for &parameter in &self.parameters {
                    compressor.set_parameter(parameter)?;
                }
                compressor
            }
        };
        let mut frame = compressor.compress(text)?;
        // It was made for the worst case.
        frame.shrink_to_fit();
        if text.len() <= CONTEXT_TEXT_LEN {
            self.compressor = Some(compressor);
        }
        Ok(frame)
    }
}

/// zstd contexts of one thread, kept between texts.
pub struct PartMaker {
    packs: Context,
    open_packs: Context,
    references: Context,
    tables: Context,
    digests: Context,
}

/// Marker bytes after the frames of segment streams.
mod marker {
    pub(super) const PLAIN: u8 = 0;
    pub(super) const TUPLES: u8 = 1;
}

impl PartMaker {
    /// Contexts with the parameters of each kind of stream.
    pub fn new(level: Level) -> Self {
        // Letters and digits of jumps repeat by chance: matches of less than five mislead all but the slowest search.
        let (packs, open_packs) = match level {
            Level::Fast => (FAST, FAST),
            Level::Default => (DEFAULT, FAST),
            Level::Max => (MAX, MAX),
        };
        let (references, tables) = match level {
            Level::Fast => (3, 9),
            Level::Default | Level::Max => (19, 19),
        };
        Self {
            packs: Context::of_packs(packs),
            open_packs: Context::of_packs(open_packs),
            references: Context::new(references, [CParameter::MinMatch(5)]),
            // Names, and which segments belong to them, are told by nothing else: damage to them must be found out.
            tables: Context::new(tables, [CParameter::ChecksumFlag(true)]),
            digests: Context::new(1, [CParameter::ChecksumFlag(true)]),
        }
    }

    /// A pack of entries, each followed by its separator.
    ///
    /// # Errors
    /// Only if zstd fails.
    pub fn pack(&mut self, text: Vec<u8>) -> io::Result<Part> {
        let frame = self.packs.compress(&text)?;
        Ok(marked_or_stored(frame, marker::PLAIN, text))
    }

    /// A pack that was compressed before and got few entries since, and may get more: in a fraction of the time of
    /// [`PartMaker::pack`], and some hundredths larger.
    ///
    /// # Errors
    /// Only if zstd fails.
    pub fn open_pack(&mut self, text: Vec<u8>) -> io::Result<Part> {
        let frame = self.open_packs.compress(&text)?;
        Ok(marked_or_stored(frame, marker::PLAIN, text))
    }

    /// A reference segment, to be stored reversed or as it is.
    ///
    /// # Errors
    /// Only if zstd fails.
    pub fn reference(&mut self, seq: &PackedSeq, reversed: bool) -> io::Result<Part> {
        let view = seq.view(0..seq.len(), reversed);
        if is_repetitive(&view) {
            let codes = codes(seq, reversed);
            let frame = self.tables.compress(&codes)?;
            return Ok(marked_or_stored(frame, marker::PLAIN, codes));
        }
        let block = if seq.exceptions().is_empty() {
            tuples_of_bases(&view)
        } else {
            tuples(&codes(seq, reversed))
        };
        let mut frame = self.references.compress(&block)?;
        frame.push(marker::TUPLES);
        if frame.len() >= seq.len() {
            return Ok(stored(codes(seq, reversed)));
        }
        Ok(Part {
            metadata: seq.len() as u64,
            payload: frame,
        })
    }

    /// A block of a table: the frame alone.
    ///
    /// # Errors
    /// Only if zstd fails.
    pub fn table(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        self.tables.compress(text)
    }

    /// The digests of a batch, which hardly compress but where they repeat; nothing of nothing.
    ///
    /// # Errors
    /// Only if zstd fails.
    pub fn digests(&mut self, text: &[u8]) -> io::Result<Part> {
        if text.is_empty() {
            return Ok(Part::default());
        }
        Ok(Part {
            metadata: text.len() as u64,
            payload: self.digests.compress(text)?,
        })
    }
}

fn marked_or_stored(mut frame: Vec<u8>, marker: u8, text: Vec<u8>) -> Part {
    frame.push(marker);
    if frame.len() < text.len() {
        Part {
            metadata: text.len() as u64,
            payload: frame,
        }
    } else {
        stored(text)
    }
}

/// A text that no frame makes smaller.
fn stored(text: Vec<u8>) -> Part {
    Part {
        metadata: 0,
        payload: text,
    }
}

/// The symbols of `seq`, one byte each, from either strand.
pub fn codes(seq: &PackedSeq, reversed: bool) -> Vec<u8> {
    let view = seq.view(0..seq.len(), false);
    let mut codes: Vec<u8> = crate::anchors::bases(&view, 0)
        .map(|base| base as u8)
        .collect();
    for run in seq.exceptions() {
        codes[run.start as usize..run.end() as usize].fill(run.code);
    }
    if reversed {
        codes.reverse();
        for code in &mut codes {
            if *code < 4 {
                *code = 3 - *code;
            }
        }
    }
    codes
}

/// Symbols packed as many to a byte as the largest code allows (docs/FORMAT.md, "Tuple packing").
fn tuples(codes: &[u8]) -> Vec<u8> {
    let (per_byte, base) = match codes.iter().max() {
        None | Some(0..=3) => (4, 4),
        Some(4 | 5) => (3, 6),
        Some(_) => (2, 16),
    };
    let combine = |tuple: &[u8]| tuple.iter().fold(0u8, |byte, &code| byte * base + code);
    let whole = codes.chunks_exact(per_byte);
    let rest = whole.remainder();
    let mut block = Vec::with_capacity(codes.len() / per_byte + 2);
    block.extend(whole.map(combine));
    block.push(combine(rest));
    block.push((per_byte as u8) << 4 | rest.len() as u8);
    block
}

/// [`tuples`] of a view without other symbols than A, C, G and T.
fn tuples_of_bases(view: &View<'_>) -> Vec<u8> {
    let (whole, rest) = (view.len() / 4, view.len() % 4);
    let mut block = Vec::with_capacity(whole + 2 + size_of::<u64>());
    for at in (0..view.len()).step_by(BASES_PER_WORD) {
        block.extend_from_slice(&first_base_on_top(view.word(at)).to_le_bytes());
    }
    let last = if rest == 0 {
        0
    } else {
        block[whole] >> (2 * (4 - rest))
    };
    block.truncate(whole);
    block.extend([last, 4 << 4 | rest as u8]);
    block
}

/// Turns round the order of the four bases in each byte.
fn first_base_on_top(word: u64) -> u64 {
    let word = (word >> 4 & 0x0F0F_0F0F_0F0F_0F0F) | (word & 0x0F0F_0F0F_0F0F_0F0F) << 4;
    (word >> 2 & 0x3333_3333_3333_3333) | (word & 0x3333_3333_3333_3333) << 2
}

/// Whether a segment repeats itself so much that zstd does better on plain symbols, where a repeat is
/// found at any distance, not only at multiples of the tuple.
///
/// Samples one 16-mer in eight by value and counts those that were seen before at such a distance. Symbols outside ACGT
/// count as A.
fn is_repetitive(view: &View<'_>) -> bool {
    const TABLE_LEN: usize = 1 << 12;
    const BASES: usize = 16;
    // The place of each 16-mer that was sampled, and the 16-mer.
    let mut seen = [(u32::MAX, 0u32); TABLE_LEN];
    let (mut sampled, mut repeated) = (0u32, 0u32);
    let kmers = (view.len() + 1).saturating_sub(BASES);
    // A word holds 17 of them.
    for start in (0..kmers).step_by(BASES) {
        let mut word = view.word(start);
        for at in start..kmers.min(start + BASES) {
            let kmer = word as u32;
            word >>= 2;
            let hash = kmer.wrapping_mul(0x9E37_79B1);
            if hash >> 29 != 0 {
                continue;
            }
            sampled += 1;
            let slot = &mut seen[(hash >> 17) as usize % TABLE_LEN];
            let (before, same) = std::mem::replace(slot, (at as u32, kmer));
            let is_seen = before != u32::MAX && same == kmer;
            repeated += u32::from(is_seen && !(at as u32 - before).is_multiple_of(4));
        }
    }
    repeated * 100 > sampled * 15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_follow_the_largest_code() {
        let cases: [(&[u8], &[u8]); 8] = [
            (&[0, 1, 2, 3, 0], &[0x1B, 0x00, 0x41]),
            (&[0, 1, 2, 3], &[0x1B, 0x00, 0x40]),
            (&[0, 4, 3], &[0x1B, 0x00, 0x30]),
            (&[5, 5, 5, 1], &[0xD7, 0x01, 0x31]),
            (&[4, 4, 4, 4, 4, 4], &[0xAC, 0xAC, 0x00, 0x30]),
            (&[0, 11, 2], &[0x0B, 0x02, 0x21]),
            (&[15], &[0x0F, 0x21]),
            (&[2, 1], &[0x09, 0x42]),
        ];
        for (codes, block) in cases {
            assert_eq!(tuples(codes), block, "{codes:?}");
        }
    }

    #[test]
    fn bases_are_packed_as_codes_are_from_either_strand() {
        let mut seq = PackedSeq::default();
        let mut state = 7u32;
        for len in 0..200 {
            for reversed in [false, true] {
                let view = seq.view(0..seq.len(), reversed);
                let expected = tuples(&codes(&seq, reversed));
                assert_eq!(tuples_of_bases(&view), expected, "{len} {reversed}");
            }
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seq.push((state >> 30) as u8);
        }
    }

    #[test]
    fn what_repeats_at_odd_distances_is_repetitive() {
        for (unit_len, expected) in [(37, true), (36, false), (5001, true), (100_000, false)] {
            let mut seq = PackedSeq::default();
            for at in 0..60_000_u32 {
                let mixed = (at % unit_len).wrapping_mul(0x9E37_79B1) ^ 0x5555;
                seq.push((mixed.wrapping_mul(0x85EB_CA6B) >> 30) as u8);
            }
            let found = is_repetitive(&seq.view(0..seq.len(), false));
            assert_eq!(found, expected, "{unit_len}");
        }
    }
}

//! Texts -> compressed payloads of parts, as docs/FORMAT.md lays them out ("Segments", "zstd conventions").

use std::io;

use zstd::bulk::Compressor;
use zstd::zstd_safe::{CParameter, Strategy};

use crate::packed::PackedSeq;

/// One block of a stream, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Strategy, search log, shortest match and target length of zstd.
type PackParameters = (Strategy, u32, u32, u32);
const FAST: PackParameters = (Strategy::ZSTD_lazy, 4, 5, 32);
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
            Level::Default => (
                (Strategy::ZSTD_btultra, 4, 5, 32),
                (Strategy::ZSTD_lazy2, 6, 5, 32),
            ),
            Level::Max => (MAX, MAX),
        };
        let references = if level == Level::Fast { 3 } else { 19 };
        Self {
            packs: Context::of_packs(packs),
            open_packs: Context::of_packs(open_packs),
            references: Context::new(references, [CParameter::MinMatch(5)]),
            tables: Context::new(19, []),
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

    /// A reference segment, given as it is stored.
    ///
    /// # Errors
    /// Only if zstd fails.
    pub fn reference(&mut self, codes: Vec<u8>) -> io::Result<Part> {
        let (frame, marker) = if is_repetitive(&codes) {
            (self.tables.compress(&codes)?, marker::PLAIN)
        } else {
            (self.references.compress(&tuples(&codes))?, marker::TUPLES)
        };
        Ok(marked_or_stored(frame, marker, codes))
    }

    /// A block of a table: the frame alone.
    ///
    /// # Errors
    /// Only if zstd fails.
    pub fn table(&mut self, text: &[u8]) -> io::Result<Vec<u8>> {
        self.tables.compress(text)
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
        Part {
            metadata: 0,
            payload: text,
        }
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

/// Whether the text repeats itself so much that zstd does better on plain symbols, where a repeat is
/// found at any distance, not only at multiples of the tuple.
///
/// Samples one 16-mer in eight by value and counts those that were seen before at such a distance.
fn is_repetitive(codes: &[u8]) -> bool {
    const TABLE_LEN: usize = 1 << 12;
    let mut seen = [u32::MAX; TABLE_LEN];
    let (mut kmer, mut sampled, mut repeated) = (0u32, 0u32, 0u32);
    for (at, &code) in codes.iter().enumerate() {
        kmer = kmer << 2 | u32::from(code & 3);
        let hash = kmer.wrapping_mul(0x9E37_79B1);
        if at < 15 || hash >> 29 != 0 {
            continue;
        }
        sampled += 1;
        let slot = &mut seen[(hash >> 17) as usize % TABLE_LEN];
        let before = std::mem::replace(slot, at as u32);
        if before == u32::MAX || (at as u32 - before).is_multiple_of(4) {
            continue;
        }
        let previous = &codes[before as usize - 15..=before as usize];
        repeated += u32::from(previous == &codes[at - 15..=at]);
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
}

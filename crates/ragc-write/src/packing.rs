//! How long segments are and how many entries a pack holds: follows from the data, unless the user says.
//!
//! Long segments and large packs make small archives; a random read fetches the references and one pack of each group it
//! crosses, so it wants them short and small. docs/PERFORMANCE.md has the measurements behind the numbers here.

use std::io;

use crate::lane::SEPARATOR;
use crate::part::PartMaker;

/// What the archive is for: which side of the trade between size and random reads to favour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Small, while a random read costs no more than in an archive of the C++ tool.
    #[default]
    Both,
    /// Random reads over a network: short segments, small packs and batches.
    Web,
    /// Long storage: the smallest archive, read whole.
    Archive,
}

/// Samples after which packs of 50 entries fill up: from there on larger packs pay.
const FEW_SAMPLES: usize = 50;
/// Entries of a pack at least, as many as the C++ tool puts there.
pub const CARDINALITY_MIN: u32 = 50;
const CARDINALITY_MAX: u32 = 10_000;
/// Entries of a pack when nothing tells how its text grows.
const CARDINALITY_UNKNOWN: u32 = 500;
/// Segments whose places are read together, when one of them is wanted.
const BATCH_SEGMENTS: u64 = 1_000_000;
const BATCH_SEGMENTS_WEB: u64 = 100_000;
const BATCH_SEGMENTS_ARCHIVE: u64 = 3_000_000;

/// Length of the segments that the C++ tool makes by default.
const LEN_USUAL: usize = 60_000;
/// A genome beyond this has so many segments that shorter ones would swell tables and footer.
const GENOME_LEN_LARGE: usize = 1 << 27;
/// The random read that the choice is made for.
const WINDOW_LEN: f64 = 10_000.0;
/// How much of what it fetches from an archive of the C++ tool a random read may fetch.
const WINDOW_SHARE: f64 = 0.95;
const WINDOW_SHARE_WEB: f64 = 0.55;
/// Compressed bytes of a base of reference.
const REFERENCE_BYTES_A_BASE: f64 = 0.24;
/// By how much the packs of the C++ tool grow with the share of changed sequence: where its k-mers are hit, segments are
/// stored whole.
const BROKEN_SEGMENTS: f64 = 20.0;

/// Packs of genomes with few changes start out slower than they go on.
const EXPONENT_MIN: f64 = 0.85;

/// Wanted length of segments in bases, for a reference sample of `genome_len` and about `samples` samples.
pub fn segment_len(genome_len: usize, samples: usize, purpose: Purpose) -> usize {
    if genome_len == 0 {
        return LEN_USUAL;
    }
    match purpose {
        Purpose::Archive if samples <= FEW_SAMPLES => genome_len.clamp(10_000, 2 * LEN_USUAL),
        Purpose::Archive => (genome_len / 2).clamp(10_000, 2 * LEN_USUAL),
        Purpose::Web => (genome_len / 6).clamp(5_000, LEN_USUAL / 3),
        Purpose::Both if samples <= FEW_SAMPLES => genome_len.clamp(10_000, LEN_USUAL),
        Purpose::Both if genome_len < GENOME_LEN_LARGE => {
            (genome_len / 6).clamp(5_000, LEN_USUAL / 2)
        }
        Purpose::Both => LEN_USUAL,
    }
}

/// What is known of the collection when the choice of the pack cardinality is due.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Symbols of the reference sample.
    pub genome_len: usize,
    /// Wanted length of segments.
    pub segment_len: usize,
    /// Segments of all samples so far.
    pub segments: u64,
    /// Samples so far.
    pub samples: u64,
    /// What the tables of these samples take, in bytes.
    pub batch_bytes: u64,
}

/// When a pack is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackSize {
    /// Entries of a pack, and samples of a batch.
    pub entries: u32,
    /// Text at which a pack is closed though it holds fewer, but [`CARDINALITY_MIN`] at least: genomes drift away from the
    /// reference, and their deltas get longer than those that the choice was made by.
    pub text_bytes: usize,
}

impl PackSize {
    /// Packs that only `entries` fill.
    pub fn of_entries(entries: u32) -> Self {
        Self {
            entries,
            text_bytes: usize::MAX,
        }
    }
}

/// How large packs are, from how the open packs of some groups compress.
///
/// The tables of a batch are to take at most about `batch_bytes_max`.
///
/// # Errors
/// Only if zstd fails.
pub fn pack_size(
    seen: Seen,
    packs: &[&[u8]],
    maker: &mut PartMaker,
    purpose: Purpose,
    batch_bytes_max: u64,
) -> io::Result<PackSize> {
    let batch_segments = match purpose {
        Purpose::Both => BATCH_SEGMENTS,
        Purpose::Web => BATCH_SEGMENTS_WEB,
        Purpose::Archive => BATCH_SEGMENTS_ARCHIVE,
    };
    let segments_a_sample = seen.segments.div_ceil(seen.samples.max(1)).max(1);
    let of_batch = u32::try_from(batch_segments / segments_a_sample).unwrap_or(u32::MAX);
    let of_pack = match purpose {
        Purpose::Archive => PackSize::of_entries(CARDINALITY_MAX),
        _ => match Growth::of(packs, maker)? {
            Some(growth) => growth.within(pack_bytes_wanted(&seen, &growth, purpose)),
            None => PackSize::of_entries(CARDINALITY_UNKNOWN),
        },
    };
    let wanted = rounded(of_batch.min(of_pack.entries)).clamp(CARDINALITY_MIN, CARDINALITY_MAX);
    // A batch cannot have fewer samples than there are in it already.
    let samples = seen.samples.max(1);
    let fitting = (batch_bytes_max / seen.batch_bytes.div_ceil(samples).max(1)).max(samples);
    Ok(PackSize {
        entries: wanted.min(u32::try_from(fitting).unwrap_or(u32::MAX)),
        ..of_pack
    })
}

/// Compressed bytes that a pack may have, so that a random read costs what it costs in an archive of the C++ tool.
fn pack_bytes_wanted(seen: &Seen, growth: &Growth, purpose: Purpose) -> f64 {
    let len = seen.segment_len as f64;
    let usual_len = seen.genome_len.min(LEN_USUAL) as f64;
    let (crossed, usually_crossed) = (1.0 + WINDOW_LEN / len, 1.0 + WINDOW_LEN / usual_len);
    // A genome of one segment is fetched whole.
    let usually_crossed = if seen.genome_len <= LEN_USUAL {
        1.0
    } else {
        usually_crossed
    };
    let usual_pack = growth.bytes_at(f64::from(CARDINALITY_MIN))
        * (usual_len / len)
        * (1.0 + BROKEN_SEGMENTS * growth.text_bytes_an_entry / len);
    let usual_read = usually_crossed * (REFERENCE_BYTES_A_BASE * usual_len + usual_pack);
    let share = if purpose == Purpose::Web {
        WINDOW_SHARE_WEB
    } else {
        WINDOW_SHARE
    };
    share * usual_read / crossed - REFERENCE_BYTES_A_BASE * len
}

/// How a pack grows with its entries, on average over some groups: by a power of their number below one, as what is new
/// in each gets rarer.
#[derive(Debug)]
struct Growth {
    entries: f64,
    bytes: f64,
    exponent: f64,
    text_bytes_an_entry: f64,
}

impl Growth {
    /// Compresses each text, and its first half: nothing if there is too little to tell. Fast will do, as both get larger.
    fn of(packs: &[&[u8]], maker: &mut PartMaker) -> io::Result<Option<Self>> {
        let (mut entries, mut text_bytes, mut bytes, mut entries_half, mut bytes_half) =
            (0, 0, 0, 0, 0);
        for &text in packs {
            let ends: Vec<usize> = memchr::memchr_iter(SEPARATOR, text).collect();
            let half = ends.len() / 2;
            let Some(half_end) = half.checked_sub(1).map(|last| ends[last] + 1) else {
                continue;
            };
            entries += ends.len();
            text_bytes += text.len();
            bytes += maker.open_pack(text.to_vec())?.payload.len();
            entries_half += half;
            bytes_half += maker.open_pack(text[..half_end].to_vec())?.payload.len();
        }
        if entries_half == 0 {
            return Ok(None);
        }
        let (groups, entries, bytes) = (packs.len() as f64, entries as f64, bytes as f64);
        let exponent = (bytes / bytes_half as f64).ln() / (entries / entries_half as f64).ln();
        Ok(Some(Self {
            entries: entries / groups,
            bytes: bytes / groups,
            exponent: exponent.clamp(EXPONENT_MIN, 1.0),
            text_bytes_an_entry: text_bytes as f64 / entries,
        }))
    }

    fn bytes_at(&self, entries: f64) -> f64 {
        self.bytes * (entries / self.entries).powf(self.exponent)
    }

    fn within(&self, bytes: f64) -> PackSize {
        let entries = self.entries * (bytes.max(0.0) / self.bytes).powf(1.0 / self.exponent);
        PackSize {
            entries: entries as u32,
            text_bytes: (entries * self.text_bytes_an_entry) as usize,
        }
    }
}

/// Two digits are enough.
fn rounded(n: u32) -> u32 {
    let unit = 10u32.pow(n.max(1).ilog10().saturating_sub(1));
    n / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::part::Level;

    #[test]
    fn segments_are_as_long_as_the_genome_and_the_samples_let_them() {
        let cases = [
            (Purpose::Both, 0, 10, 60_000),
            (Purpose::Both, 30_000, 10, 30_000),
            (Purpose::Both, 12_000_000, 10, 60_000),
            (Purpose::Both, 30_000, 1000, 5_000),
            (Purpose::Both, 5_000_000, 1000, 30_000),
            (Purpose::Both, 3_000_000_000, 1000, 60_000),
            (Purpose::Web, 3_000_000_000, 1000, 20_000),
            (Purpose::Archive, 30_000, 10, 30_000),
            (Purpose::Archive, 30_000, 1000, 15_000),
            (Purpose::Archive, 5_000_000, 1000, 120_000),
        ];
        for (purpose, genome_len, samples, expected) in cases {
            let found = segment_len(genome_len, samples, purpose);
            assert_eq!(found, expected, "{purpose:?} {genome_len} {samples}");
        }
    }

    /// Entries that have little in common, or nearly all.
    fn pack(entries: u32, share_new: u32) -> Vec<u8> {
        let mut state = 1u32;
        let mut text = Vec::new();
        for entry in 0..entries {
            for at in 0..60 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let number = if at < share_new {
                    state >> 18
                } else {
                    at * 977 + entry % 3
                };
                text.extend_from_slice(format!("C{number},{}.", at * 31).as_bytes());
            }
            text.push(SEPARATOR);
        }
        text
    }

    #[test]
    fn packs_hold_more_of_what_compresses_better() {
        let mut maker = PartMaker::new(Level::Default);
        let seen = Seen {
            genome_len: 5_000_000,
            segment_len: 30_000,
            segments: 50 * 170,
            samples: 50,
            batch_bytes: 50 * 2000,
        };
        let mut of = |pack: &[u8], seen, purpose| {
            let size = pack_size(seen, &[pack], &mut maker, purpose, 1 << 30);
            size.expect("zstd works").entries
        };
        let (alike, different) = (pack(50, 1), pack(50, 60));
        let both = of(&different, seen, Purpose::Both);
        assert!(both >= CARDINALITY_MIN);
        assert!(of(&alike, seen, Purpose::Both) > both);
        assert!(of(&different, seen, Purpose::Web) <= both);
        assert_eq!(of(&different, seen, Purpose::Archive), CARDINALITY_MAX);
        let many_segments = Seen {
            segments: 50 * 1_000_000,
            ..seen
        };
        assert_eq!(
            of(&alike, many_segments, Purpose::Both),
            CARDINALITY_MIN,
            "a batch stays small"
        );
        assert_eq!(
            of(&pack(1, 1), seen, Purpose::Both),
            CARDINALITY_UNKNOWN,
            "one entry tells nothing"
        );
        let mut within = |bytes| {
            let size = pack_size(seen, &[&alike], &mut maker, Purpose::Archive, bytes);
            size.expect("zstd works").entries
        };
        assert_eq!(within(2000 * 120), 120, "tables keep to their share");
        assert_eq!(within(2000), 50, "samples that are there are there");
    }
}

//! How the memory that a run may take is shared out.
//!
//! What the archive depends on follows from the size of the memory alone, never from threads or timing.

use crate::lane::LaneShares;

/// What the program takes before it has read anything: code, stacks, buffers, contexts for compressing short texts.
const PROGRAM_BYTES: u64 = 32 << 20;
/// Texts being compressed need not be more than this to keep all threads busy.
const TEXTS_IN_FLIGHT_BYTES_MAX: u64 = 1 << 26;
/// So much text tells how the text of packs grows.
const UNDECIDED_BYTES_MAX: u64 = 1 << 26;

/// Memory for everything, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory(pub u64);

impl Memory {
    /// The shares of open packs and of what finds repeated entries.
    pub fn lane(self) -> LaneShares {
        LaneShares {
            plain_bytes: self.share(1, 16) as usize,
            open_bytes: self.share(1, 8) as usize,
            digests_bytes: self.share(1, 16) as usize,
        }
    }

    /// Open packs before it is chosen how many entries they take.
    pub fn undecided_bytes(self) -> usize {
        self.share(1, 32).min(UNDECIDED_BYTES_MAX) as usize
    }

    /// Texts of parts that are being compressed or wait to be written.
    pub fn texts_in_flight_bytes(self) -> usize {
        self.share(1, 16).min(TEXTS_IN_FLIGHT_BYTES_MAX) as usize
    }

    fn share(self, part: u64, of: u64) -> u64 {
        self.0.saturating_sub(PROGRAM_BYTES) / of * part
    }
}

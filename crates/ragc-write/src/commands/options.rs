//! Numbers from the command line, moved into the range the format allows as `agc` does, but not silently.

use std::num::NonZero;
use std::ops::RangeInclusive;

use ragc_write::create::{least_memory_bytes, threads_within};

use super::{machine, note};
use crate::cli::{Effort, Threads};

/// Part of the machine's memory that is taken when the command line does not say.
const MACHINE_SHARE: u64 = 4;
/// What is taken where nobody knows how much there is.
const MEMORY_UNKNOWN_BYTES: u64 = 4 << 30;

/// `value`, or the end of `range` that is nearer, with a note naming `flag`.
pub(super) fn clamped(flag: &str, value: i64, range: RangeInclusive<u32>) -> u32 {
    let clamped = value.clamp(i64::from(*range.start()), i64::from(*range.end()));
    if clamped != value {
        note(&format!(
            "{flag} {value} is outside {} to {}: {clamped} is used",
            range.start(),
            range.end()
        ));
    }
    u32::try_from(clamped).expect("between two u32")
}

/// The threads asked for, or one a core.
pub(super) fn thread_count(threads: &Threads) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads_max = u32::try_from(cores.max(16)).unwrap_or(u32::MAX);
    threads.threads.map_or(cores, |asked| {
        clamped("-t", asked, 1..=threads_max) as usize
    })
}

/// The threads and the bytes of memory that the command line asks for, or what suits the machine.
pub(super) fn means(effort: &Effort) -> (usize, u64) {
    let (threads, memory) = (&effort.threads, &effort.memory);
    let usual = machine::memory_bytes().map_or(MEMORY_UNKNOWN_BYTES, |bytes| bytes / MACHINE_SHARE);
    match (threads.threads, memory.bytes) {
        (None, Some(bytes)) => {
            // The archive is the same with fewer threads, if slower.
            (thread_count(threads).min(threads_within(bytes)), bytes)
        }
        (None, None) => {
            let bytes = usual.max(least_memory_bytes(1));
            (thread_count(threads).min(threads_within(bytes)), bytes)
        }
        (Some(_), given) => {
            let threads = thread_count(threads);
            let bytes = given.unwrap_or_else(|| usual.max(least_memory_bytes(threads)));
            (threads, bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_move_to_the_nearest_end() {
        assert_eq!(clamped("-k", 31, 17..=32), 31);
        assert_eq!(clamped("-k", 5, 17..=32), 17);
        assert_eq!(clamped("-k", i64::MAX, 17..=32), 32);
        assert_eq!(thread_count(&Threads { threads: Some(-3) }), 1);
    }
}

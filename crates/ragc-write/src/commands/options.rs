//! Numbers from the command line, moved into the range the format allows as `agc` does, but not silently.

use std::num::NonZero;
use std::ops::RangeInclusive;

use super::note;
use crate::cli::Threads;

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

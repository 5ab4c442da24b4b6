//! Threads that need the same bytes at the same time: one reads and decodes them, the others wait (feature `fs`).

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What is being read and decoded, by where it starts in the file.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    offsets: Mutex<HashSet<u64>>,
    ended: Condvar,
}

/// One thread's, which ends when it goes.
#[derive(Debug)]
pub(crate) struct Flight<'a> {
    flights: &'a Flights,
    offset: u64,
}

impl Flights {
    /// Begins what starts at `offset`. `None` if another thread was at it: then it is done when this returns.
    pub(crate) fn begin(&self, offset: u64) -> Option<Flight<'_>> {
        let mut offsets = self.offsets();
        if offsets.insert(offset) {
            return Some(Flight {
                flights: self,
                offset,
            });
        }
        while offsets.contains(&offset) {
            let woken = self.ended.wait(offsets);
            offsets = woken.unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    fn offsets(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.offsets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.flights.offsets().remove(&self.offset);
        self.flights.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_comes_second_waits_until_the_first_has_it() {
        let (flights, done) = (Flights::default(), AtomicBool::new(false));
        let first = flights.begin(7).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                assert!(flights.begin(7).is_none());
                assert!(done.load(Ordering::SeqCst));
            });
            // Others are not in the way.
            drop(flights.begin(8).unwrap());
            thread::sleep(Duration::from_millis(20));
            done.store(true, Ordering::SeqCst);
            drop(first);
        });
        assert!(flights.begin(7).is_some());
    }
}

//! Bytes in flight, as owned permits: how a queue of items of any size keeps within a bound.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// A number of bytes that may be in flight at once.
#[derive(Debug, Clone)]
pub struct Budget {
    shared: Arc<Shared>,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct Shared {
    bytes: Mutex<usize>,
    returned: Condvar,
}

/// Some bytes of a budget; dropping it gives them back.
#[derive(Debug)]
pub struct Permit {
    shared: Arc<Shared>,
    bytes: usize,
}

impl Budget {
    /// A budget of `bytes_max`, all of it free.
    pub fn new(bytes_max: usize) -> Self {
        Self {
            shared: Arc::default(),
            bytes_max,
        }
    }

    /// Waits until `bytes` are free. A larger item than the budget passes alone.
    pub fn take(&self, bytes: usize) -> Permit {
        let mut taken = self
            .shared
            .bytes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while *taken > 0 && *taken + bytes > self.bytes_max {
            taken = self
                .shared
                .returned
                .wait(taken)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *taken += bytes;
        Permit {
            shared: Arc::clone(&self.shared),
            bytes,
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self
            .shared
            .bytes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *taken -= self.bytes;
        self.shared.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn bytes_in_flight_stay_within_the_budget_and_large_items_pass_alone() {
        let budget = Budget::new(100);
        let (in_flight, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for thread in 0..4usize {
                let (budget, in_flight, peak) = (budget.clone(), &in_flight, &peak);
                scope.spawn(move || {
                    for i in 0..200usize {
                        let bytes = if i == 100 {
                            1000
                        } else {
                            1 + (i * 7 + thread) % 60
                        };
                        let permit = budget.take(bytes);
                        let now = in_flight.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        assert!(now <= 100 || now == 1000, "{now} bytes at once");
                        peak.fetch_max(now, Ordering::SeqCst);
                        in_flight.fetch_sub(bytes, Ordering::SeqCst);
                        drop(permit);
                    }
                });
            }
        });
        assert_eq!(peak.into_inner(), 1000);
    }
}

//! How many requests run at once, whoever makes them.

use std::sync::{Condvar, Mutex, PoisonError};

/// Lets a number of requests through at a time.
#[derive(Debug)]
pub(super) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

/// Held while a request runs.
pub(super) struct Permit<'a>(&'a Gate);

impl Gate {
    pub(super) fn new(free: usize) -> Gate {
        Gate {
            free: Mutex::new(free),
            freed: Condvar::new(),
        }
    }

    pub(super) fn enter(&self) -> Permit<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.freed.wait_while(free, |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

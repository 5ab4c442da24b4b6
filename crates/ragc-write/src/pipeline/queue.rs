//! A bounded queue from which several threads take.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// The receiving end, one for each thread. When the last of them goes, so does what is still in the queue.
pub(super) struct Queue<T>(Arc<Mutex<Receiver<T>>>);

/// A queue of at most `len_max` items.
pub(super) fn queue<T>(len_max: usize) -> (SyncSender<T>, Queue<T>) {
    let (sender, receiver) = sync_channel(len_max);
    (sender, Queue(Arc::new(Mutex::new(receiver))))
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Waits for the next item; ends when nobody is left to send one.
impl<T> Iterator for Queue<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let receiver = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        receiver.recv().ok()
    }
}

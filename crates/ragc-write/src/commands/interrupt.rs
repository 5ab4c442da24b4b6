//! Unfinished files, and their removal when a signal ends the program.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// The unfinished files of this process.
///
/// Whoever creates, renames or removes one holds the lock meanwhile; the signal thread takes it and never gives it back,
/// so that no file is renamed or begun after it has cleaned up.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The list of unfinished files, locked.
pub(super) struct Unfinished(MutexGuard<'static, Vec<PathBuf>>);

impl Unfinished {
    /// Waits for the list; the first call starts watching for signals.
    pub(super) fn lock() -> Self {
        static WATCH: Once = Once::new();
        WATCH.call_once(watch);
        // A list of paths is sound whatever panicked beside it.
        Self(UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on a signal removes `path`.
    pub(super) fn add(&mut self, path: &Path) {
        self.0.push(path.to_owned());
    }

    pub(super) fn holds(&self, path: &Path) -> bool {
        self.0.iter().any(|unfinished| unfinished == path)
    }

    /// `path` is finished, or gone.
    pub(super) fn forget(&mut self, path: &Path) {
        self.0.retain(|unfinished| unfinished != path);
    }
}

#[cfg(unix)]
fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored_signals();
    let wanted = [SIGHUP, SIGINT, SIGTERM]
        .into_iter()
        .filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else {
        return; // then an unfinished file stays behind, as after kill -9
    };
    let clean_up = move || {
        if let Some(signal) = signals.forever().next() {
            let unfinished = Unfinished::lock();
            for path in unfinished.0.iter() {
                let _ = std::fs::remove_file(path);
            }
            // Ends the process as the signal would have, so that shells see what happened.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            std::process::exit(128 + signal);
        }
    };
    let _ = std::thread::Builder::new()
        .name("signals".into())
        .spawn(clean_up);
}

/// Signals this process was started to ignore (nohup, background jobs), as a mask: bit 0 is signal 1.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

/// Without signals, an interrupted run leaves its unfinished file behind, under a name that says so.
#[cfg(not(unix))]
fn watch() {}

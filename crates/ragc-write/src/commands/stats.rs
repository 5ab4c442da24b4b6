//! `--stats`: what was read of an archive, for those who wait for requests or pay for them.

use ragc_read::{Archive, Traffic};

use super::{counted, note};
use crate::cli::StatsArgs;

/// Says when it goes what was read of its archive, also when a command failed.
pub(super) struct Stats(Archive);

impl Stats {
    /// `None` if nobody wants to know.
    pub(super) fn of(archive: &Archive, args: &StatsArgs) -> Option<Self> {
        args.stats.then(|| Self(archive.clone()))
    }
}

impl Drop for Stats {
    fn drop(&mut self) {
        let Traffic {
            requests,
            rounds,
            bytes,
            ..
        } = self.0.traffic();
        let requests = counted(requests, "request");
        let rounds = counted(rounds, "round");
        note(&format!("{requests} in {rounds}, {bytes} bytes"));
    }
}

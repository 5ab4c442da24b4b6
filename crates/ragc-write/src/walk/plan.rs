//! The contigs of some samples, gathered into jobs of about the same size.

use std::ops::Range;
use std::sync::Arc;

use ragc_read::{Archive, ArchiveError, Samples, SegmentTable};

use super::JOB_LEN;

/// Contigs that a worker takes up at once.
const JOB_CONTIGS_MAX: usize = 1 << 12;

/// Some contigs of a sample, one after the other.
pub(super) struct Run {
    pub(super) sample: usize,
    pub(super) contigs: Arc<SegmentTable>,
    pub(super) numbers: Range<usize>,
}

/// Gathers contigs into jobs.
pub(super) struct Planner<'a, I> {
    archive: &'a Archive,
    names: &'a Samples,
    samples: I,
    /// The contigs that are left of a sample.
    current: Option<Run>,
    /// Comes after what is before it.
    unread: Option<(usize, ArchiveError)>,
}

impl<'a, I: Iterator<Item = usize>> Planner<'a, I> {
    pub(super) fn new(archive: &'a Archive, names: &'a Samples, samples: I) -> Self {
        Self {
            archive,
            names,
            samples,
            current: None,
            unread: None,
        }
    }

    /// The contigs of the next job, or the next sample whose contigs cannot be told.
    pub(super) fn next(&mut self) -> Option<Result<Vec<Run>, (usize, ArchiveError)>> {
        let mut runs = Vec::new();
        let mut room = Room {
            len: JOB_LEN,
            contigs: JOB_CONTIGS_MAX,
        };
        while self.unread.is_none() && room.is_left() {
            let Some(current) = &mut self.current else {
                let Some(sample) = self.samples.next() else {
                    break;
                };
                let name = self.names.get(sample).unwrap_or_default();
                match self.archive.segment_table(name) {
                    Ok(contigs) => {
                        let numbers = 0..contigs.len();
                        self.current = Some(Run {
                            sample,
                            contigs,
                            numbers,
                        });
                    }
                    Err(error) => self.unread = Some((sample, error)),
                }
                continue;
            };
            runs.extend(current.split_off(&mut room));
            if current.numbers.is_empty() {
                self.current = None;
            }
        }
        if runs.is_empty() {
            self.unread.take().map(Err)
        } else {
            Some(Ok(runs))
        }
    }
}

/// What a job has room for.
struct Room {
    len: u64,
    contigs: usize,
}

impl Room {
    fn is_left(&self) -> bool {
        self.len > 0 && self.contigs > 0
    }
}

impl Run {
    /// Takes the first contigs away, as many as there is room for; `None` if none are left.
    fn split_off(&mut self, room: &mut Room) -> Option<Self> {
        let start = self.numbers.start;
        while room.is_left()
            && let Some(contig) = self.contigs.get(self.numbers.start)
        {
            room.len = room.len.saturating_sub(contig.len_bases);
            room.contigs -= 1;
            self.numbers.start += 1;
        }
        let numbers = start..self.numbers.start;
        (!numbers.is_empty()).then(|| Self {
            sample: self.sample,
            contigs: Arc::clone(&self.contigs),
            numbers,
        })
    }
}

//! The windows of all files -> jobs for the aligners, in the order of the input, epoch by epoch.

use std::collections::VecDeque;
use std::mem;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::source::{Item, Items, Read, Turn};
use super::{HungUp, Job, Ordered};
use crate::align::Index;
use crate::create::Inputs;
use crate::inputs::Split;
use crate::names::Names;
use crate::registrar::stores_digests;

/// Jobs that wait in front of the dispatcher, for each file being read.
const JOBS_AHEAD: usize = 2;
/// Samples aligned to the same references: few while most is still new.
const EPOCH_SAMPLES_MAX: u32 = 64;
/// An epoch of at least [`EPOCH_SAMPLES_FEW`] ends once it holds this many symbols.
const EPOCH_LEN_BASES: u64 = 1 << 22;
const EPOCH_SAMPLES_FEW: u32 = 8;

/// Brings the windows of all files into one order, in epochs, and hands them to the workers.
pub(super) struct Dispatcher {
    pub(super) indexes: Receiver<Arc<Index>>,
    pub(super) jobs: SyncSender<Job>,
    pub(super) ordered: SyncSender<Ordered>,
    /// Grows by those that contigs tell.
    pub(super) names: Names,
    /// Whether digests are stored; `None` until the reference sample tells.
    pub(super) digests: Option<bool>,
}

impl Dispatcher {
    pub(super) fn run<'a>(
        mut self,
        inputs: Inputs<'a>,
        turns: &SyncSender<Turn<'a>>,
        readers: usize,
    ) -> Result<Names, HungUp> {
        let mut ahead = inputs.paths();
        let mut open = VecDeque::new();
        let mut epoch = Epoch {
            samples_wanted: 1,
            is_first: true,
            ..Epoch::default()
        };
        for path in inputs.paths() {
            while open.len() < readers
                && let Some(path) = ahead.next()
            {
                let (items, receiver) = sync_channel(JOBS_AHEAD);
                turns.send(Turn { path, items })?;
                open.push_back(receiver);
            }
            let Some(items) = open.pop_front() else { break };
            if let Some(split) = inputs.split() {
                self.run_file(&items, &mut epoch, Some((path, split)))?;
            } else {
                if epoch.is_complete() {
                    self.end_epoch(&mut epoch)?;
                }
                self.ordered.send(Ordered::Sample)?;
                epoch.samples += 1;
                self.run_file(&items, &mut epoch, None)?;
            }
        }
        // Nothing is aligned any more: the index stays as it is.
        self.ordered.send(Ordered::End)?;
        Ok(self.names)
    }

    /// Hands out what is in a file; `split` is its path, and how its contigs tell their samples, if it holds many.
    fn run_file(
        &mut self,
        items: &Items,
        epoch: &mut Epoch,
        split: Option<(&Path, Split)>,
    ) -> Result<(), HungUp> {
        for read in items {
            match read {
                Ok(Read::Job(items)) => match split {
                    Some((path, split)) => self.hand_out_samples(items, epoch, path, split)?,
                    None => {
                        epoch.bases += items.iter().map(|item| item.seq.len() as u64).sum::<u64>();
                        self.hand_out(items, epoch)?;
                    }
                },
                Ok(Read::Warning(warning)) => self.ordered.send(Ordered::Warning(warning))?,
                Err(error) => {
                    self.ordered.send(Ordered::Failed(error))?;
                    return Err(HungUp);
                }
            }
        }
        Ok(())
    }

    /// Gives windows to a worker, or in parts where an epoch ends between two samples.
    fn hand_out_samples(
        &mut self,
        items: Vec<Item>,
        epoch: &mut Epoch,
        path: &Path,
        split: Split,
    ) -> Result<(), HungUp> {
        let mut job = Vec::with_capacity(items.len());
        for mut item in items {
            if let Some(header) = &item.name {
                match self.names.add_contig(header, path, split) {
                    Ok(begun) => item.sample_name_len = begun,
                    Err(error) => {
                        self.ordered.send(Ordered::Failed(error))?;
                        return Err(HungUp);
                    }
                }
            }
            if item.sample_name_len.is_some() {
                if epoch.is_complete() {
                    if !job.is_empty() {
                        self.hand_out(mem::take(&mut job), epoch)?;
                    }
                    self.end_epoch(epoch)?;
                }
                epoch.samples += 1;
            }
            epoch.bases += item.seq.len() as u64;
            job.push(item);
        }
        self.hand_out(job, epoch)
    }

    /// Gives windows to a worker, and the place of the result to the registrar.
    fn hand_out(&self, mut items: Vec<Item>, epoch: &mut Epoch) -> Result<(), HungUp> {
        if self.digests == Some(false) {
            items.iter_mut().for_each(|item| item.link = None);
        }
        let index = match &epoch.index {
            Some(index) => Arc::clone(index),
            None => Arc::clone(epoch.index.insert(self.indexes.recv()?)),
        };
        let (result, place) = sync_channel(1);
        self.ordered.send(Ordered::Windows(place))?;
        self.jobs.send(Job::Align(items, index, result))?;
        Ok(())
    }

    fn end_epoch(&mut self, epoch: &mut Epoch) -> Result<(), HungUp> {
        // The first epoch is the reference sample.
        self.digests
            .get_or_insert_with(|| stores_digests(epoch.bases));
        // The registrar changes the index now, so it must be given back first.
        if epoch.index.take().is_none() {
            self.indexes.recv()?;
        }
        self.ordered.send(Ordered::EpochEnd)?;
        *epoch = Epoch {
            samples_wanted: epoch.next_samples_wanted(),
            ..Epoch::default()
        };
        Ok(())
    }
}

/// Samples that are aligned to the same index.
///
/// The first two samples are epochs of their own; then the epochs double.
#[derive(Default)]
struct Epoch {
    index: Option<Arc<Index>>,
    samples_wanted: u32,
    samples: u32,
    bases: u64,
    is_first: bool,
}

impl Epoch {
    /// The size of the next epoch: 1, 1, 2, 4 and so on.
    fn next_samples_wanted(&self) -> u32 {
        if self.is_first {
            1
        } else {
            (self.samples_wanted * 2).min(EPOCH_SAMPLES_MAX)
        }
    }

    fn is_complete(&self) -> bool {
        self.samples >= self.samples_wanted
            || (self.samples >= EPOCH_SAMPLES_FEW && self.bases >= EPOCH_LEN_BASES)
    }
}

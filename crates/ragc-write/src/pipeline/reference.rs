//! The reference sample: kept until all of it is known, then cut at its splitters and aligned to itself.
//!
//! Workers count candidates and find anchors, which takes most of the time; the registrar, which goes through the
//! pieces in order, need not look at every base again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::{Compress, HungUp, Job};
use crate::anchors::anchors_in;
use crate::create::CreateError;
use crate::memory::{Memory, ReferenceSample};
use crate::registrar::{Births, Piece, Registrar, Settings, Window};
use crate::splitters::{Candidates, Counts, Placed};

/// Symbols whose anchors one job finds.
const JOB_LEN: usize = 1 << 20;

/// The windows of the reference sample, as long as there is memory for them.
#[derive(Default)]
pub(super) struct Kept {
    windows: Vec<Window>,
    sample: ReferenceSample,
}

impl Kept {
    /// Takes the next window. When it is too much, all are let go: what is to come is only measured then, to say what
    /// would do.
    pub(super) fn push(&mut self, mut window: Window, memory: Memory) {
        window.seq.shrink_to_fit();
        let sample = &mut self.sample;
        sample.bases += window.len_bases as u64;
        sample.exceptions += window.seq.exceptions().len() as u64;
        sample.windows += 1;
        let name_len = window.name.as_ref().map_or(0, Vec::len);
        sample.bytes += (window.seq.held_bytes() + name_len) as u64;
        if memory.holds(sample) {
            self.windows.push(window);
        } else {
            self.windows = Vec::new();
        }
    }
}

/// Gives all of the reference sample to `registrar`, and the texts that come of it to `compress` one by one.
pub(super) fn register(
    kept: Kept,
    settings: Settings,
    workers: usize,
    registrar: &mut Registrar,
    compress: &Compress,
) -> Result<(), CreateError> {
    let overlap = settings.shape.overlap;
    let (sampling, segment_size) = registrar.start_reference_sample(&kept.sample)?;
    let windows: Vec<Arc<Window>> = kept.windows.into_iter().map(Arc::new).collect();
    let all = windows.iter().map(|window| placed(window));
    let candidates = Arc::new(Candidates::of(all, overlap, segment_size));
    let mut counts = candidates.counts();
    let counting = Arc::clone(&candidates);
    in_order(
        &compress.jobs,
        2 * workers,
        windows.iter().cloned(),
        move |window| counting.seen_in(&placed(&window)),
        |seen| {
            counts.add(&seen);
            Ok(())
        },
    )?;
    let mut births = Births::default();
    in_order(
        &compress.jobs,
        2 * workers,
        windows
            .into_iter()
            .flat_map(|window| steps(window, overlap, &candidates, &counts)),
        move |step| {
            let found = step.pieces.first().zip(step.pieces.last());
            let found = found.map(|(first, last)| {
                // Anchors may reach back over where a piece begins.
                let start = first.range.start.saturating_sub(sampling.anchor_len);
                anchors_in(&step.window.seq, start..last.range.end, sampling)
            });
            (step, found.unwrap_or_default())
        },
        |(step, found)| {
            if step.is_first {
                births = Births::default();
                step.window
                    .name
                    .iter()
                    .for_each(|name| registrar.start_contig(name));
                registrar.set_digest(step.window.digest);
            }
            for piece in &step.pieces {
                registrar.add_reference_piece(&step.window.seq, piece, &found, &mut births)?;
                compress.send(registrar.take_tasks())?;
            }
            Ok(())
        },
    )
}

/// Some pieces of a window, one after the other.
struct Step {
    window: Arc<Window>,
    pieces: Vec<Piece>,
    is_first: bool,
}

/// The pieces of a window between its splitters, about [`JOB_LEN`] symbols together.
fn steps(
    window: Arc<Window>,
    overlap: usize,
    candidates: &Candidates,
    counts: &Counts,
) -> Vec<Step> {
    let mut steps = vec![Step {
        window: Arc::clone(&window),
        pieces: Vec::new(),
        is_first: true,
    }];
    if window.seq.is_empty() {
        return steps;
    }
    let cuts = candidates.cuts(&placed(&window), counts);
    let inner = cuts.inner.iter().map(|&s| (s.start + overlap, Some(s)));
    let (mut start, mut front) = (0, cuts.first);
    let mut step_start = 0;
    for (end, back) in inner.chain([(window.seq.len(), cuts.last)]) {
        if start >= step_start + JOB_LEN {
            step_start = start;
            steps.push(Step {
                window: Arc::clone(&window),
                pieces: Vec::new(),
                is_first: false,
            });
        }
        if let Some(step) = steps.last_mut() {
            let range = start..end;
            step.pieces.push(Piece { range, front, back });
        }
        (start, front) = (end.saturating_sub(overlap), back);
    }
    steps
}

fn placed(window: &Window) -> Placed<'_> {
    Placed {
        seq: &window.seq,
        starts: window.name.is_some(),
        ends: window.ends,
    }
}

/// Lets the workers do `work` on the items, at most `ahead` of them at once, and takes the results in order.
fn in_order<T: Send + 'static, R: Send + 'static>(
    jobs: &SyncSender<Job>,
    ahead: usize,
    items: impl Iterator<Item = T>,
    work: impl Fn(T) -> R + Send + Sync + 'static,
    mut take: impl FnMut(R) -> Result<(), CreateError>,
) -> Result<(), CreateError> {
    let work = Arc::new(work);
    let mut places: VecDeque<Receiver<R>> = VecDeque::new();
    let mut take_next = |places: &mut VecDeque<Receiver<R>>| match places.pop_front() {
        // A worker that ended without a result has panicked, which the scope tells.
        Some(place) => take(place.recv().map_err(|_| CreateError::Stopped)?),
        None => Ok(()),
    };
    for item in items {
        if places.len() >= ahead {
            take_next(&mut places)?;
        }
        let (result, place) = sync_channel(1);
        let work = Arc::clone(&work);
        let job = move || {
            // A result that nobody waits for belongs to a run that has failed.
            let _ = result.send(work(item));
        };
        jobs.send(Job::Run(Box::new(job))).map_err(HungUp::from)?;
        places.push_back(place);
    }
    while !places.is_empty() {
        take_next(&mut places)?;
    }
    Ok(())
}

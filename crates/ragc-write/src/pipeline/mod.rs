//! Threads and channels: who runs what, in which order results are taken, and what bounds the memory.
//!
//! ```text
//! readers ─▶ dispatcher ─▶ workers (align) ─▶ registrar ─▶ workers (compress) ─▶ writer
//! ```
//! Whoever hands out work puts the place where its result will appear into a bounded queue: the results
//! are taken in that order, so timing cannot change the archive, and at most that many are under way.
//!
//! A receiver that goes takes along what was sent to it and not yet received: the permits in there return, and whoever
//! waits for a result of a job in there learns that none will come. So nobody waits for a thread that has ended.

mod dispatch;
mod queue;
mod reference;
mod repack;
mod source;

pub use repack::{Outlet, repack};

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvError, SendError, SyncSender, sync_channel};
use std::thread::{self, ScopedJoinHandle};

use dispatch::Dispatcher;
use queue::{Queue, queue};
use reference::Kept;
use source::{Item, Turn, read_file};

use ragc_read::Digest;

use crate::align::{Aligned, Index, Kind, align};
use crate::archive::{ArchiveWriter, StreamId};
use crate::budget::{Budget, Permit};
use crate::chain::Costs;
use crate::collection::details_payload;
use crate::create::{CreateError, Inputs, Progress};
use crate::fasta::Offer;
use crate::names::Names;
use crate::packed::PackedSeq;
use crate::part::{Part, PartMaker};
use crate::refget::Link;
use crate::registrar::{Ending, Registrar, Settings, Task, Window};

/// Files read at the same time, at most.
const READERS_MAX: usize = 4;

/// What is counted on the way.
#[derive(Debug, Default)]
pub struct Counted {
    /// Contigs stored.
    pub contigs: u64,
    /// Symbols stored.
    pub bases: u64,
    /// Sentences about characters that were not stored as they stood.
    pub warnings: Vec<String>,
}

/// What a worker does next.
enum Job {
    Align(Vec<Item>, Arc<Index>, SyncSender<Vec<Window>>),
    Compress(Task, Permit, SyncSender<PartResult>),
    /// Something else, which sends its result itself.
    Run(Box<dyn FnOnce() + Send>),
}

/// What the registrar takes next.
enum Ordered {
    /// A file that is a sample begins.
    Sample,
    Windows(Receiver<Vec<Window>>),
    EpochEnd,
    End,
    Warning(String),
    Failed(CreateError),
}

/// A part, and the permit for its bytes until it is written.
type PartResult = io::Result<(StreamId, Part, Permit)>;
type PartPlace = Receiver<PartResult>;

/// What comes first, while the first files are read.
pub struct Start<R, C> {
    /// What the archive is made with.
    pub settings: Settings,
    /// Makes the registrar.
    pub registrar: R,
    /// Writes what the archive begins with.
    pub copy: C,
}

/// Reads `inputs`, compresses them by `threads` workers and writes every part that comes of them; gives back `names`,
/// with those that contigs tell behind.
///
/// # Errors
/// The first thing that went wrong; all threads have ended by then.
pub fn run<W, R, C>(
    inputs: Inputs<'_>,
    names: Names,
    start: Start<R, C>,
    threads: usize,
    mut archive: ArchiveWriter<W>,
    progress: &Progress,
) -> Result<(ArchiveWriter<W>, Ending, Counted, Names), CreateError>
where
    W: Write + Send,
    R: FnOnce() -> Result<Registrar, CreateError>,
    C: FnOnce(&mut ArchiveWriter<W>) -> Result<(), CreateError> + Send,
{
    let settings = start.settings;
    let workers = threads.max(1);
    let flight = settings.memory.flight(workers);
    let under_way = (2 * workers + 2).min(flight.windows);
    thread::scope(|scope| {
        let (job_sender, jobs) = queue::<Job>(under_way);
        let (ordered_sender, ordered) = sync_channel::<Ordered>(under_way);
        let (index_sender, indexes) = sync_channel::<Arc<Index>>(1);
        let (part_sender, parts) = sync_channel::<PartPlace>(2 * under_way);

        let readers = inputs.paths().count().min(workers);
        let readers = readers.min(READERS_MAX).min(flight.readers);
        let (turn_sender, turns) = queue::<Turn<'_>>(readers);
        let spare = job_sender.clone();
        // Not at the cost of other work: readers do themselves what finds no place in the queue.
        let offer: Offer = Arc::new(move |task| drop(spare.try_send(Job::Run(task))));
        for number in 0..readers {
            let (turns, offer) = (turns.clone(), Arc::clone(&offer));
            spawn(scope, format!("reader-{number}"), move || {
                for turn in turns {
                    read_file(turn, settings, &offer, progress);
                }
            });
        }
        for number in 0..workers {
            let jobs = jobs.clone();
            spawn(scope, format!("worker-{number}"), move || {
                work(jobs, settings)
            });
        }
        // Only the threads keep these ends: the queues go with the last of them.
        drop((turns, jobs, offer));
        let align_sender = job_sender.clone();
        let dispatcher = spawn(scope, "dispatcher".into(), move || {
            Dispatcher {
                indexes,
                jobs: align_sender,
                ordered: ordered_sender,
                names,
                digests: settings.digests,
            }
            .run(inputs, &turn_sender, readers)
        });
        let writer = spawn(scope, "writer".into(), move || {
            (start.copy)(&mut archive)?;
            write_parts(archive, &parts)
        });

        let compress = Compress {
            jobs: job_sender,
            parts: part_sender,
            budget: Budget::new(settings.memory.texts_in_flight_bytes(workers)),
        };
        let registered = register(
            start.registrar,
            workers,
            &ordered,
            &index_sender,
            compress,
            progress,
        );
        // Hanging up ends the threads that still wait for us.
        drop((ordered, index_sender));
        let written = writer.join().unwrap_or_else(|panic| resume_unwind(panic));
        // A writer that failed is the reason for everything that stopped after it.
        let archive = written?;
        let (ending, counted) = registered?;
        let dispatched = dispatcher
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic));
        // Whoever hangs up first has the error to tell.
        let names = dispatched.map_err(CreateError::from)?;
        Ok((archive, ending, counted, names))
    })
}

fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    name: String,
    run: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    thread::Builder::new()
        .name(name)
        .spawn_scoped(scope, run)
        .expect("the system starts a few threads")
}

/// Somebody at the other end of a channel has ended; the error is theirs to tell.
struct HungUp;

impl<T> From<SendError<T>> for HungUp {
    fn from(_: SendError<T>) -> Self {
        Self
    }
}

impl From<HungUp> for CreateError {
    fn from(_: HungUp) -> Self {
        Self::Stopped
    }
}

impl From<RecvError> for HungUp {
    fn from(_: RecvError) -> Self {
        Self
    }
}

/// Aligns and compresses until no job is left.
fn work(jobs: Queue<Job>, settings: Settings) {
    let mut maker = PartMaker::new(settings.level);
    for job in jobs {
        // A result that nobody waits for belongs to a run that has failed.
        match job {
            Job::Align(items, index, result) => {
                let windows = items
                    .into_iter()
                    .map(|item| align_item(item, &index, settings))
                    .collect();
                drop(index);
                let _ = result.send(windows);
            }
            Job::Compress(task, permit, result) => {
                let part = compress(task, &mut maker);
                let _ = result.send(part.map(|(stream, part)| (stream, part, permit)));
            }
            Job::Run(run) => run(),
        }
    }
}

fn align_item(item: Item, index: &Index, settings: Settings) -> Window {
    let Item {
        name,
        sample_name_len,
        seq,
        ends,
        link,
    } = item;
    // Before anything that takes longer, as the window after this one waits for it.
    let digest = link.and_then(|link| {
        let shared = if name.is_some() {
            0
        } else {
            settings.shape.overlap
        };
        digest(&seq, shared, link)
    });
    let segments: Vec<Aligned> = if seq.is_empty() {
        Vec::new()
    } else {
        align(
            &seq,
            0..seq.len(),
            index,
            settings.shape,
            &Costs::default(),
            None,
        )
    };
    let is_known = segments.iter().all(|segment| segment.kind != Kind::New);
    let len_bases = seq.len();
    // Only new sequence is looked at again.
    let seq = if is_known { PackedSeq::default() } else { seq };
    Window {
        name,
        sample_name_len,
        seq,
        len_bases,
        ends,
        segments,
        digest,
    }
}

/// The digest of a contig up to the end of `seq`, of which `shared` symbols were in the window before; nothing if that was
/// given up.
fn digest(seq: &PackedSeq, shared: usize, mut link: Link) -> Option<Digest> {
    let mut hasher = link.take()?;
    hasher.update_packed(seq, shared..seq.len());
    let digest = hasher.digest();
    link.pass_on(hasher);
    Some(digest)
}

/// Makes the part of a task.
///
/// # Errors
/// Only if zstd fails.
pub fn compress(task: Task, maker: &mut PartMaker) -> io::Result<(StreamId, Part)> {
    Ok(match task {
        Task::Pack(stream, text) => (stream, maker.pack(text.into_bytes()?)?),
        Task::OpenPack(stream, text) => (stream, maker.open_pack(text.into_bytes()?)?),
        Task::Reference(stream, seq, reversed) => (stream, maker.reference(&seq, reversed)?),
        Task::Digests(text) => (StreamId::Digests, maker.digests(&text)?),
        Task::Contigs(names) => {
            let text = names.into_text()?;
            let part = Part {
                metadata: text.len() as u64,
                payload: maker.table(&text)?,
            };
            (StreamId::Contigs, part)
        }
        Task::Details(texts) => {
            let mut blocks: [(usize, Vec<u8>); 5] = Default::default();
            for (block, text) in blocks.iter_mut().zip(*texts) {
                *block = (text.len(), maker.table(&text.into_bytes()?)?);
            }
            (
                StreamId::Details,
                Part {
                    metadata: 0,
                    payload: details_payload(&blocks),
                },
            )
        }
    })
}

/// Where the registrar sends texts, in the order of their parts.
struct Compress {
    jobs: SyncSender<Job>,
    parts: SyncSender<PartPlace>,
    budget: Budget,
}

impl Compress {
    fn send(&self, tasks: impl IntoIterator<Item = Task>) -> Result<(), HungUp> {
        for task in tasks {
            let permit = self.budget.take(task.size_bytes());
            let (result, place) = sync_channel(1);
            self.parts.send(place)?;
            self.jobs.send(Job::Compress(task, permit, result))?;
        }
        Ok(())
    }
}

/// Takes windows in the order of the input and decides where they go.
fn register(
    start: impl FnOnce() -> Result<Registrar, CreateError>,
    workers: usize,
    ordered: &Receiver<Ordered>,
    indexes: &SyncSender<Arc<Index>>,
    compress: Compress,
    progress: &Progress,
) -> Result<(Ending, Counted), CreateError> {
    let mut registrar = start()?;
    let settings = registrar.settings();
    // Kept until all of it is known; the first epoch holds nothing else.
    let mut reference_sample = registrar.is_new().then(Kept::default);
    let mut counted = Counted::default();
    let _ = indexes.send(registrar.index());
    for next in ordered {
        match next {
            Ordered::Sample => registrar.start_sample()?,
            Ordered::Windows(place) => {
                // A worker that ended without a result has panicked, which the scope tells.
                let windows = place.recv().map_err(|_| CreateError::Stopped)?;
                for window in windows {
                    if let Some(name_len) = window.sample_name_len {
                        registrar.start_sample()?;
                        registrar.add_name(name_len)?;
                    }
                    let shared = if window.name.is_some() {
                        0
                    } else {
                        settings.shape.overlap
                    };
                    counted.contigs += u64::from(window.name.is_some());
                    counted.bases += (window.len_bases - shared) as u64;
                    match &mut reference_sample {
                        Some(kept) => kept.push(window, settings.memory),
                        None => {
                            registrar.prepare(&window)?;
                            registrar.add(window)?;
                        }
                    }
                }
                progress.bases.store(counted.bases, Ordering::Relaxed);
            }
            Ordered::EpochEnd | Ordered::End => {
                if let Some(kept) = reference_sample.take() {
                    reference::register(kept, settings, workers, &mut registrar, &compress)?;
                }
                if matches!(next, Ordered::EpochEnd) {
                    registrar.end_epoch()?;
                    let _ = indexes.send(registrar.index());
                }
            }
            Ordered::Warning(warning) => counted.warnings.push(warning),
            Ordered::Failed(error) => return Err(error),
        }
        compress.send(registrar.take_tasks())?;
    }
    let (tasks, ending) = registrar.finish()?;
    if ending.left_out > 0 {
        counted.warnings.push(format!(
            "{} of {} groups were not aligned to: the archive is larger than it would be with more memory",
            ending.left_out, ending.groups
        ));
    }
    if ending.undigested > 0 {
        counted.warnings.push(format!(
            "digests were left out, as there was no memory for those of all contigs of a batch of samples: {} lack them",
            ending.undigested
        ));
    }
    compress.send(tasks)?;
    Ok((ending, counted))
}

/// Writes each part at once and forgets it.
fn write_parts<W: Write>(
    mut archive: ArchiveWriter<W>,
    parts: &Receiver<PartPlace>,
) -> Result<ArchiveWriter<W>, CreateError> {
    for place in parts {
        let (stream, part, permit) = place.recv().map_err(|_| CreateError::Stopped)??;
        archive.write(stream, &part)?;
        drop(permit);
    }
    Ok(archive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::Shape;
    use crate::inputs::Expected;
    use crate::memory::Memory;
    use crate::packing::Purpose;
    use crate::part::Level;
    use std::time::Duration;

    const SETTINGS: Settings = Settings {
        shape: Shape {
            overlap: 31,
            match_len_min: 15,
        },
        segment_size: None,
        pack_cardinality: None,
        purpose: Purpose::Both,
        level: Level::Default,
        samples_expected: Expected::Samples(1),
        memory: Memory(1 << 30),
        digests: Some(true),
    };

    #[test]
    fn parts_that_a_dead_writer_leaves_do_not_hold_their_permits() {
        let (jobs, to_do) = queue(4);
        let (parts, places) = sync_channel(4);
        thread::spawn(move || work(to_do, SETTINGS));
        let (told, ended) = sync_channel(1);
        thread::spawn(move || {
            let compress = Compress {
                jobs,
                parts,
                budget: Budget::new(100),
            };
            let pack = |len| Task::Pack(StreamId::deltas(0), vec![1; len].into());
            let sent = compress.send([pack(60)]).is_ok();
            drop(places);
            // Needs what the part holds that is never written.
            let stopped = compress.send([pack(90)]).is_err();
            told.send((sent, stopped)).expect("the test waits");
        });
        assert_eq!(
            ended.recv_timeout(Duration::from_secs(20)),
            Ok((true, true))
        );
    }

    #[test]
    fn jobs_that_dead_workers_leave_are_not_waited_for() {
        let (jobs, to_do) = queue(4);
        let (result, place) = sync_channel(1);
        let job = Job::Align(Vec::new(), Arc::new(Index::new(0)), result);
        assert!(jobs.send(job).is_ok());
        drop(to_do);
        let answer = place.recv_timeout(Duration::from_secs(20));
        assert!(
            answer.is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Disconnected)
        );
        drop(jobs);
    }
}

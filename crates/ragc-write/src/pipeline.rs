//! Threads and channels: who runs what, in which order results are taken, and what bounds the memory.
//!
//! ```text
//! readers ─▶ dispatcher ─▶ workers (align) ─▶ registrar ─▶ workers (compress) ─▶ writer
//! ```
//! Whoever hands out work puts the place where its result will appear into a bounded queue: the results
//! are taken in that order, so timing cannot change the archive, and at most that many are under way.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::align::{Aligned, Index, Kind, align};
use crate::archive::{ArchiveWriter, StreamId};
use crate::budget::{Budget, Permit};
use crate::collection::details_payload;
use crate::create::{CreateError, Progress, SampleInput};
use crate::fasta::FastaReader;
use crate::packed::PackedSeq;
use crate::part::{Part, PartMaker, codes};
use crate::registrar::{Ending, Registrar, Settings, Task, Window};

/// Symbols of a contig that are aligned together.
const WINDOW_LEN_BASES: usize = 1 << 22;
/// Small contigs are gathered until a worker gets this many symbols at once.
const JOB_LEN_BASES: usize = 1 << 18;
/// Or this many contigs.
const JOB_CONTIGS_MAX: usize = 1 << 10;
/// Files read at the same time, at most.
const READERS_MAX: usize = 4;
/// Windows that wait in front of the dispatcher, for each file being read.
const WINDOWS_AHEAD: usize = 2;
/// Texts of parts that are being compressed or wait to be written.
const TEXT_IN_FLIGHT_BYTES: usize = 1 << 26;
/// Samples aligned to the same references: few while most is still new.
const EPOCH_SAMPLES_MAX: u32 = 64;
/// An epoch of at least [`EPOCH_SAMPLES_FEW`] ends once it holds this many symbols.
const EPOCH_LEN_BASES: u64 = 1 << 22;
const EPOCH_SAMPLES_FEW: u32 = 8;

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

/// A piece of a file on its way to the workers.
struct Item {
    name: Option<Vec<u8>>,
    seq: PackedSeq,
    ends: bool,
}

/// The windows of one file, in order; then, if there is one, a sentence about what was not stored as it stood.
type Items = Receiver<Result<Read, CreateError>>;

enum Read {
    Item(Item),
    Warning(String),
}

/// A file for the next reader that is free.
struct Turn<'a> {
    input: &'a SampleInput,
    items: Sender<Result<Read, CreateError>>,
}

/// What a worker does next.
enum Job {
    Align(Vec<Item>, Arc<Index>, Sender<Vec<Window>>),
    Compress(Task, Permit, Sender<PartResult>),
}

/// What the registrar takes next.
enum Ordered {
    Sample,
    Windows(Receiver<Vec<Window>>),
    EpochEnd,
    Warning(String),
    Failed(CreateError),
}

/// A part, and the permit for its bytes until it is written.
type PartResult = io::Result<(StreamId, Part, Permit)>;
type PartPlace = Receiver<PartResult>;

/// Reads `inputs`, compresses them by `threads` workers and writes every part but the closing ones.
///
/// # Errors
/// The first thing that went wrong; all threads have ended by then.
pub fn run<W: Write + Send>(
    inputs: &[SampleInput],
    settings: Settings,
    threads: usize,
    archive: ArchiveWriter<W>,
    progress: &Progress,
) -> Result<(ArchiveWriter<W>, Ending, Counted), CreateError> {
    let workers = threads.max(1);
    let under_way = 2 * workers + 2;
    thread::scope(|scope| {
        let (job_sender, jobs) = bounded::<Job>(under_way);
        let (ordered_sender, ordered) = bounded::<Ordered>(under_way);
        let (index_sender, indexes) = bounded::<Arc<Index>>(1);
        let (part_sender, parts) = bounded::<PartPlace>(2 * under_way);

        let readers = inputs.len().min(workers).min(READERS_MAX);
        let (turn_sender, turns) = bounded::<Turn<'_>>(readers);
        for number in 0..readers {
            let turns = turns.clone();
            spawn(scope, format!("reader-{number}"), move || {
                for turn in turns {
                    read_file(turn, settings.shape.overlap, progress);
                }
            });
        }
        for number in 0..workers {
            let jobs = jobs.clone();
            spawn(scope, format!("worker-{number}"), move || {
                work(&jobs, settings)
            });
        }
        drop(jobs);
        let align_sender = job_sender.clone();
        spawn(scope, "dispatcher".into(), move || {
            // Whoever hangs up first has the error to tell.
            let _ = Dispatcher {
                indexes,
                jobs: align_sender,
                ordered: ordered_sender,
            }
            .run(inputs, &turn_sender, readers);
        });
        let writer = spawn(scope, "writer".into(), move || write_parts(archive, &parts));

        let compress = Compress {
            jobs: job_sender,
            parts: part_sender,
            budget: Budget::new(TEXT_IN_FLIGHT_BYTES),
        };
        let registered = register(settings, &ordered, &index_sender, compress, progress);
        // Hanging up ends the threads that still wait for us.
        drop((ordered, index_sender));
        let written = writer.join().unwrap_or_else(|panic| resume_unwind(panic));
        // A writer that failed is the reason for everything that stopped after it.
        let archive = written?;
        let (ending, counted) = registered?;
        Ok((archive, ending, counted))
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

impl<T> From<crossbeam_channel::SendError<T>> for HungUp {
    fn from(_: crossbeam_channel::SendError<T>) -> Self {
        Self
    }
}

impl From<crossbeam_channel::RecvError> for HungUp {
    fn from(_: crossbeam_channel::RecvError) -> Self {
        Self
    }
}

/// Reads one file and sends its windows; stops when nobody wants them any more.
fn read_file(turn: Turn<'_>, overlap: usize, progress: &Progress) {
    let result = send_windows(turn.input, overlap, progress, &mut |read| {
        turn.items.send(Ok(read)).is_ok()
    });
    if let Err(error) = result {
        // Nobody left to hear it: then another error came first.
        let _ = turn.items.send(Err(error));
    }
}

fn send_windows(
    input: &SampleInput,
    overlap: usize,
    progress: &Progress,
    send: &mut impl FnMut(Read) -> bool,
) -> Result<(), CreateError> {
    let mut reader = FastaReader::open(&input.path)?;
    let mut bytes_before = 0;
    while let Some(name) = reader.next_contig()? {
        let mut name = Some(name);
        let mut seq = PackedSeq::default();
        loop {
            let shared = seq.len();
            let ends = reader.read_bases(&mut seq, WINDOW_LEN_BASES)?;
            let bytes = reader.bytes_read();
            progress
                .bytes_read
                .fetch_add(bytes - bytes_before, Ordering::Relaxed);
            bytes_before = bytes;
            let mut next = PackedSeq::default();
            if !ends {
                next.extend_from(&seq, seq.len() - overlap..seq.len());
            }
            // Nothing but characters that are left out may follow a full window.
            if (seq.len() > shared || name.is_some())
                && !send(Read::Item(Item {
                    name: name.take(),
                    seq,
                    ends,
                }))
            {
                return Ok(());
            }
            if ends {
                break;
            }
            seq = next;
        }
    }
    let counts = reader.counts();
    if let Some(warning) = warning(input, counts.replaced, counts.left_out) {
        send(Read::Warning(warning));
    }
    Ok(())
}

fn warning(input: &SampleInput, replaced: u64, left_out: u64) -> Option<String> {
    let replaced =
        (replaced > 0).then(|| format!("{replaced} letters without a base code became N"));
    let left_out =
        (left_out > 0).then(|| format!("{left_out} characters that are no letters were left out"));
    let told: Vec<String> = replaced.into_iter().chain(left_out).collect();
    (!told.is_empty()).then(|| format!("{}: {}", input.path.display(), told.join(", ")))
}

/// Brings the windows of all files into one order, in epochs, and hands them to the workers.
struct Dispatcher {
    indexes: Receiver<Arc<Index>>,
    jobs: Sender<Job>,
    ordered: Sender<Ordered>,
}

impl Dispatcher {
    fn run<'a>(
        self,
        inputs: &'a [SampleInput],
        turns: &Sender<Turn<'a>>,
        readers: usize,
    ) -> Result<(), HungUp> {
        let mut ahead = inputs.iter();
        let mut open = VecDeque::new();
        let mut epoch = Epoch {
            samples_wanted: 1,
            is_first: true,
            ..Epoch::default()
        };
        for _ in inputs {
            while open.len() < readers
                && let Some(input) = ahead.next()
            {
                let (items, receiver) = bounded(WINDOWS_AHEAD);
                turns.send(Turn { input, items })?;
                open.push_back(receiver);
            }
            let Some(items) = open.pop_front() else { break };
            self.run_file(&items, &mut epoch)?;
            if epoch.is_complete() {
                self.end_epoch(&mut epoch)?;
            }
        }
        self.end_epoch(&mut epoch)
    }

    fn run_file(&self, items: &Items, epoch: &mut Epoch) -> Result<(), HungUp> {
        self.flush(epoch)?;
        self.ordered.send(Ordered::Sample)?;
        epoch.samples += 1;
        for read in items {
            match read {
                Ok(Read::Item(item)) => {
                    epoch.bases += item.seq.len() as u64;
                    epoch.gathered_bases += item.seq.len();
                    epoch.gathered.push(item);
                    if epoch.gathered_bases >= JOB_LEN_BASES
                        || epoch.gathered.len() >= JOB_CONTIGS_MAX
                    {
                        self.flush(epoch)?;
                    }
                }
                Ok(Read::Warning(warning)) => self.ordered.send(Ordered::Warning(warning))?,
                Err(error) => {
                    self.ordered.send(Ordered::Failed(error))?;
                    return Err(HungUp);
                }
            }
        }
        Ok(())
    }

    /// Hands what was gathered to a worker.
    fn flush(&self, epoch: &mut Epoch) -> Result<(), HungUp> {
        if epoch.gathered.is_empty() {
            return Ok(());
        }
        let index = match &epoch.index {
            Some(index) => Arc::clone(index),
            None => Arc::clone(epoch.index.insert(self.indexes.recv()?)),
        };
        let (result, place) = bounded(1);
        self.ordered.send(Ordered::Windows(place))?;
        self.jobs.send(Job::Align(
            std::mem::take(&mut epoch.gathered),
            index,
            result,
        ))?;
        epoch.gathered_bases = 0;
        Ok(())
    }

    fn end_epoch(&self, epoch: &mut Epoch) -> Result<(), HungUp> {
        self.flush(epoch)?;
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
    gathered: Vec<Item>,
    gathered_bases: usize,
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

/// Aligns and compresses until no job is left.
fn work(jobs: &Receiver<Job>, settings: Settings) {
    let mut maker = PartMaker::new();
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
        }
    }
}

fn align_item(item: Item, index: &Index, settings: Settings) -> Window {
    let Item { name, seq, ends } = item;
    let segments: Vec<Aligned> = if seq.is_empty() {
        Vec::new()
    } else {
        align(&seq, 0..seq.len(), index, settings.shape)
    };
    let is_known = segments.iter().all(|segment| segment.kind != Kind::New);
    let len_bases = seq.len();
    // Only new sequence is looked at again.
    let seq = if is_known { PackedSeq::default() } else { seq };
    Window {
        name,
        seq,
        len_bases,
        ends,
        segments,
    }
}

fn compress(task: Task, maker: &mut io::Result<PartMaker>) -> io::Result<(StreamId, Part)> {
    let maker = maker
        .as_mut()
        .map_err(|error| io::Error::new(error.kind(), error.to_string()))?;
    Ok(match task {
        Task::Pack(stream, text) => (stream, maker.pack(text)?),
        Task::Reference(stream, seq, reversed) => (stream, maker.reference(codes(&seq, reversed))?),
        Task::Contigs(text) => {
            let part = Part {
                metadata: text.len() as u64,
                payload: maker.table(&text)?,
            };
            (StreamId::Contigs, part)
        }
        Task::Details(texts) => {
            let mut frames: [Vec<u8>; 5] = Default::default();
            for (frame, text) in frames.iter_mut().zip(texts.iter()) {
                *frame = maker.table(text)?;
            }
            (
                StreamId::Details,
                Part {
                    metadata: 0,
                    payload: details_payload(&texts, &frames),
                },
            )
        }
    })
}

/// Where the registrar sends texts, in the order of their parts.
struct Compress {
    jobs: Sender<Job>,
    parts: Sender<PartPlace>,
    budget: Budget,
}

impl Compress {
    fn send(&self, tasks: impl IntoIterator<Item = Task>) -> Result<(), HungUp> {
        for task in tasks {
            let permit = self.budget.take(task.size_bytes());
            let (result, place) = bounded(1);
            self.parts.send(place)?;
            self.jobs.send(Job::Compress(task, permit, result))?;
        }
        Ok(())
    }
}

/// Takes windows in the order of the input and decides where they go.
fn register(
    settings: Settings,
    ordered: &Receiver<Ordered>,
    indexes: &Sender<Arc<Index>>,
    compress: Compress,
    progress: &Progress,
) -> Result<(Ending, Counted), CreateError> {
    let mut registrar = Registrar::new(settings);
    let mut counted = Counted::default();
    let _ = indexes.send(registrar.index());
    for next in ordered {
        match next {
            Ordered::Sample => registrar.start_sample()?,
            Ordered::Windows(place) => {
                // A worker that ended without a result has panicked, which the scope tells.
                let windows = place.recv().map_err(|_| CreateError::Stopped)?;
                for window in windows {
                    let shared = if window.name.is_some() {
                        0
                    } else {
                        settings.shape.overlap
                    };
                    counted.contigs += u64::from(window.name.is_some());
                    counted.bases += (window.len_bases - shared) as u64;
                    registrar.add(window)?;
                }
                progress.bases.store(counted.bases, Ordering::Relaxed);
            }
            Ordered::EpochEnd => {
                registrar.end_epoch()?;
                let _ = indexes.send(registrar.index());
            }
            Ordered::Warning(warning) => counted.warnings.push(warning),
            Ordered::Failed(error) => return Err(error),
        }
        compress
            .send(registrar.take_tasks())
            .map_err(|HungUp| CreateError::Stopped)?;
    }
    let (tasks, ending) = registrar.finish()?;
    compress
        .send(tasks)
        .map_err(|HungUp| CreateError::Stopped)?;
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

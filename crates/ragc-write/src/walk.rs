//! Every contig of some samples, decoded by threads: each segment whole, what neighbours share compared, and the digest.
//!
//! ```text
//!  caller: contigs of 1 Mi bases or more ─▶ [some] ─▶ workers: decode, compare, hash ─▶ caller, in order
//! ```
//! A contig is one worker's, as its digest comes of one base after the other; others go ahead meanwhile.

mod plan;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use ragc_read::{Archive, ArchiveError, Digest, Error, Place, Samples, SegmentTable};

use crate::refget::Hasher;
use plan::{Planner, Run};

/// Bases of contigs that a worker takes up at once, if they are smaller, and of a contig that it decodes at once: more or
/// less, as no segment is cut.
const JOB_LEN: u64 = 1 << 20;
/// Jobs for each thread that may be ahead of the one whose results are next: those of large contigs take long.
const JOBS_AHEAD: usize = 64;

/// What came of a walk, in the order of samples and contigs.
#[derive(Debug)]
pub enum Walked {
    /// The contigs of a sample, by its number, cannot be told.
    Unread(usize, ArchiveError),
    /// A segment cannot be decoded, or does not fit to the one before.
    Broken(ArchiveError),
    /// All of a contig was seen.
    Contig(WalkedContig),
}

/// A contig of which all was seen.
#[derive(Debug)]
pub struct WalkedContig {
    /// Number of the sample, from 0.
    pub sample: usize,
    /// The contigs of the sample.
    pub contigs: Arc<SegmentTable>,
    /// Which of them it is, from 0.
    pub number: usize,
    /// Its digest; nothing if a segment of it is broken.
    pub digest: Option<Digest>,
}

/// Goes through `samples`, given by their numbers, with `threads` threads, and hands what comes of it to `take`, in order.
///
/// What is broken does not end it; an error of `take` does.
///
/// # Errors
/// That of `take`, or what keeps the archive from being opened.
pub fn walk<E: From<ArchiveError>>(
    archive: &Archive,
    samples: impl IntoIterator<Item = usize>,
    threads: usize,
    mut take: impl FnMut(Walked) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.max(1);
    let names = archive.samples()?;
    let overlap = archive.info()?.params.kmer_len as usize;
    let (send, jobs) = channel::<Job>();
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (jobs, names) = (&jobs, &names);
            scope.spawn(move || {
                Worker {
                    archive,
                    names,
                    overlap,
                    bases: Vec::new(),
                }
                .run(jobs);
            });
        }
        let mut planner = Planner::new(archive, &names, samples.into_iter());
        let mut waiting = VecDeque::new();
        // The workers end when `send` goes, with this closure.
        let send = send;
        loop {
            while waiting.len() < JOBS_AHEAD * threads
                && let Some(planned) = planner.next()
            {
                waiting.push_back(planned.map(|runs| {
                    let (reply, receive) = sync_channel(1);
                    // The other end outlives the workers.
                    let _ = send.send(Job { runs, reply });
                    receive
                }));
            }
            match waiting.pop_front() {
                None => return Ok(()),
                Some(Err((sample, error))) => take(Walked::Unread(sample, error))?,
                Some(Ok(receive)) => {
                    // A worker that sends nothing has panicked, which the scope tells.
                    for walked in receive.recv().unwrap_or_default() {
                        take(walked)?;
                    }
                }
            }
        }
    })
}

struct Job {
    runs: Vec<Run>,
    reply: SyncSender<Vec<Walked>>,
}

struct Worker<'a> {
    archive: &'a Archive,
    names: &'a Samples,
    overlap: usize,
    bases: Vec<u8>,
}

impl Worker<'_> {
    fn run(mut self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Job { runs, reply }) = job else {
                return;
            };
            let mut walked = Vec::new();
            for run in runs {
                for number in run.numbers.clone() {
                    self.look_at(&run, number, &mut walked);
                }
            }
            // Nobody waits any more when the walk ended early.
            let _ = reply.send(walked);
        }
    }

    fn look_at(&mut self, run: &Run, number: usize, walked: &mut Vec<Walked>) {
        let segments = run.contigs.segments(number).unwrap_or_default();
        let mut seen = Seen::default();
        let mut start = 0;
        while start < segments.len() {
            let (mut end, mut len) = (start, 0);
            while len < JOB_LEN
                && let Some(segment) = segments.get(end)
            {
                len += u64::from(segment.len_bases());
                end += 1;
            }
            let mut broken = self.decode(run, number, start..end).into_iter().peekable();
            let mut at = 0;
            for (segment, stored) in (start..).zip(&segments[start..end]) {
                if let Some((_, error)) = broken.next_if(|(broken, _)| *broken == segment) {
                    walked.push(Walked::Broken(error));
                    (seen.is_broken, seen.tail) = (true, None);
                    continue;
                }
                let len = stored.len_bases() as usize;
                let bases = &self.bases[at..at + len];
                at += len;
                if let Err(why) = seen.take(bases, segment, self.overlap) {
                    let error = malformed(self.names, run.sample, &run.contigs, number, |place| {
                        place.segment = Some(segment as u64);
                        why
                    });
                    walked.push(Walked::Broken(error));
                }
            }
            start = end;
        }
        walked.push(Walked::Contig(WalkedContig {
            sample: run.sample,
            contigs: Arc::clone(&run.contigs),
            number,
            digest: (!seen.is_broken).then(|| seen.hasher.digest()),
        }));
    }

    /// Decodes some segments of a contig into `bases`, one after the other, but for those that cannot be, which it tells.
    fn decode(
        &mut self,
        run: &Run,
        number: usize,
        segments: Range<usize>,
    ) -> Vec<(usize, ArchiveError)> {
        let Self { archive, bases, .. } = self;
        let read = |segments, bases: &mut Vec<u8>| {
            archive.segments(run.sample, &run.contigs, number, segments, bases)
        };
        if read(segments.clone(), bases).is_ok() {
            return Vec::new();
        }
        bases.clear();
        let mut broken = Vec::new();
        let mut one = Vec::new();
        for segment in segments {
            match read(segment..segment + 1, &mut one) {
                Ok(()) => bases.append(&mut one),
                Err(error) => broken.push((segment, error)),
            }
        }
        broken
    }
}

/// What was seen of a contig.
#[derive(Debug, Default)]
struct Seen {
    hasher: Hasher,
    /// The last bases of the segment before, unless that is broken.
    tail: Option<Vec<u8>>,
    is_broken: bool,
}

impl Seen {
    /// Takes the bases of segment `number`, of which the first `overlap` are those that the one before ends with.
    fn take(&mut self, bases: &[u8], number: usize, overlap: usize) -> Result<(), String> {
        let tail = self.tail.take();
        let shared = if number == 0 { 0 } else { overlap };
        let Some((repeated, new)) = bases.split_at_checked(shared) else {
            self.is_broken = true;
            return Err(format!(
                "a segment of {overlap} bases or more expected, one of {} found",
                bases.len()
            ));
        };
        self.hasher.update(new);
        self.tail = Some(bases[bases.len().saturating_sub(overlap)..].to_vec());
        match tail {
            Some(tail) if number > 0 && tail != repeated => Err(format!(
                "the first {overlap} bases are not those that the segment before ends with"
            )),
            _ => Ok(()),
        }
    }
}

/// An error in a contig: what is wrong with it, as `fill` says, which may tell more about the place.
pub(crate) fn malformed(
    names: &Samples,
    sample: usize,
    contigs: &SegmentTable,
    contig: usize,
    fill: impl FnOnce(&mut Place) -> String,
) -> ArchiveError {
    let mut place = Box::<Place>::default();
    place.sample = names.get(sample).map(ToString::to_string);
    place.contig = contigs.get(contig).map(|contig| contig.name.to_string());
    let why = fill(&mut place);
    Error::Malformed { place, why }.into()
}

//! Every contig of some samples, decoded by threads: each segment whole, what neighbours share compared, and the digest.
//!
//! ```text
//!  caller: pieces of about 1 Mi bases ─▶ [few] ─▶ workers: decode, compare, hash ─▶ caller, in order
//! ```
//! Pieces of a contig pass the state of its digest on from one to the next.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use ragc_read::{Archive, ArchiveError, Contigs, Digest, Error, Place, Samples};

use crate::refget::{Hasher, Link};

/// Bases that a worker takes up at once, more or less: a segment is not cut.
const JOB_LEN: u64 = 1 << 20;
/// Contigs, or pieces of them, when they are small.
const JOB_PIECES_MAX: usize = 1 << 12;

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
    pub contigs: Arc<Contigs>,
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
    let mut archive = archive.clone();
    let names = archive.samples()?;
    let overlap = archive.info()?.params.kmer_len as usize;
    let workers: Vec<Archive> = (0..threads).map(|_| archive.clone()).collect();
    let (send, jobs) = channel::<Job>();
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        for archive in workers {
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
        let mut planner = Planner {
            archive,
            names: &names,
            samples: samples.into_iter(),
            current: None,
            unread: None,
        };
        let mut waiting = VecDeque::new();
        // The workers end when `send` goes, with this closure.
        let send = send;
        loop {
            while waiting.len() <= 2 * threads
                && let Some(planned) = planner.next()
            {
                waiting.push_back(planned.map(|pieces| {
                    let (reply, receive) = sync_channel(1);
                    // The other end outlives the workers.
                    let _ = send.send(Job { pieces, reply });
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

/// Some segments of a contig, one after the other.
struct Piece {
    sample: usize,
    contigs: Arc<Contigs>,
    contig: usize,
    segments: Range<usize>,
    /// Whether the contig ends with it.
    ends: bool,
    link: Link<Carried>,
}

/// What passes from one piece of a contig to the next.
#[derive(Debug, Default)]
struct Carried {
    hasher: Hasher,
    /// The last bases of the segment before, unless that is broken.
    tail: Option<Vec<u8>>,
    is_broken: bool,
}

struct Job {
    pieces: Vec<Piece>,
    reply: SyncSender<Vec<Walked>>,
}

/// Cuts samples into jobs.
struct Planner<'a, I> {
    archive: Archive,
    names: &'a Samples,
    samples: I,
    current: Option<Current>,
    /// Comes after what is before it.
    unread: Option<(usize, ArchiveError)>,
}

/// The sample that is being cut, from a segment of a contig on.
struct Current {
    sample: usize,
    contigs: Arc<Contigs>,
    contig: usize,
    segment: usize,
    link: Link<Carried>,
}

impl<I: Iterator<Item = usize>> Planner<'_, I> {
    /// The pieces of the next job, or the next sample whose contigs cannot be told.
    fn next(&mut self) -> Option<Result<Vec<Piece>, (usize, ArchiveError)>> {
        let mut pieces = Vec::new();
        let mut len = 0;
        while self.unread.is_none() && len < JOB_LEN && pieces.len() < JOB_PIECES_MAX {
            let Some(current) = &mut self.current else {
                let Some(sample) = self.samples.next() else {
                    break;
                };
                let name = self.names.get(sample).unwrap_or_default();
                match self.archive.contigs(name) {
                    Ok(contigs) => self.current = Some(Current::new(sample, contigs)),
                    Err(error) => self.unread = Some((sample, error)),
                }
                continue;
            };
            match current.cut(&mut len) {
                Some(piece) => pieces.push(piece),
                None => self.current = None,
            }
        }
        if pieces.is_empty() {
            self.unread.take().map(Err)
        } else {
            Some(Ok(pieces))
        }
    }
}

impl Current {
    fn new(sample: usize, contigs: Arc<Contigs>) -> Self {
        Self {
            sample,
            contigs,
            contig: 0,
            segment: 0,
            link: Link::first(),
        }
    }

    /// Cuts off a piece, of which `len` with what it was before is about the length of a job; `None` if none is left.
    fn cut(&mut self, len: &mut u64) -> Option<Piece> {
        let segments = self.contigs.segments(self.contig)?;
        let start = self.segment;
        while *len < JOB_LEN
            && let Some(segment) = segments.get(self.segment)
        {
            *len += u64::from(segment.len_bases());
            self.segment += 1;
        }
        let ends = self.segment == segments.len();
        let (sample, contig) = (self.sample, self.contig);
        let segments = start..self.segment;
        let next = if ends {
            (self.contig, self.segment) = (contig + 1, 0);
            Link::first()
        } else {
            self.link.next()
        };
        Some(Piece {
            sample,
            contigs: Arc::clone(&self.contigs),
            contig,
            segments,
            ends,
            link: std::mem::replace(&mut self.link, next),
        })
    }
}

struct Worker<'a> {
    archive: Archive,
    names: &'a Samples,
    overlap: usize,
    bases: Vec<u8>,
}

impl Worker<'_> {
    fn run(mut self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Job { pieces, reply }) = job else {
                return;
            };
            let mut walked = Vec::new();
            for piece in pieces {
                self.look_at(piece, &mut walked);
            }
            // Nobody waits any more when the walk ended early.
            let _ = reply.send(walked);
        }
    }

    fn look_at(&mut self, mut piece: Piece, walked: &mut Vec<Walked>) {
        let broken = self.decode(&piece);
        // Only now, as decoding takes longer than anything that comes after it.
        let Some(mut carried) = piece.link.take() else {
            return;
        };
        let segments = piece.contigs.segments(piece.contig).unwrap_or_default();
        let mut broken = broken.into_iter().peekable();
        let mut at = 0;
        for number in piece.segments.clone() {
            if let Some((_, error)) = broken.next_if(|(broken, _)| *broken == number) {
                walked.push(Walked::Broken(error));
                (carried.is_broken, carried.tail) = (true, None);
                continue;
            }
            let len = segments[number].len_bases() as usize;
            let bases = &self.bases[at..at + len];
            at += len;
            if let Err(why) = carried.take(bases, number, self.overlap) {
                walked.push(Walked::Broken(self.error(&piece, number, why)));
            }
        }
        if piece.ends {
            walked.push(Walked::Contig(WalkedContig {
                sample: piece.sample,
                contigs: Arc::clone(&piece.contigs),
                number: piece.contig,
                digest: (!carried.is_broken).then(|| carried.hasher.digest()),
            }));
        }
        piece.link.pass_on(carried);
    }

    /// Decodes the segments of a piece into `bases`, and tells which of them cannot be.
    fn decode(&mut self, piece: &Piece) -> Vec<(usize, ArchiveError)> {
        let Self { archive, bases, .. } = self;
        let mut read = |segments, bases: &mut Vec<u8>| {
            archive.segments(piece.sample, &piece.contigs, piece.contig, segments, bases)
        };
        if read(piece.segments.clone(), bases).is_ok() {
            return Vec::new();
        }
        bases.clear();
        let mut broken = Vec::new();
        let mut one = Vec::new();
        for number in piece.segments.clone() {
            match read(number..number + 1, &mut one) {
                Ok(()) => bases.append(&mut one),
                Err(error) => broken.push((number, error)),
            }
        }
        broken
    }

    fn error(&self, piece: &Piece, segment: usize, why: String) -> ArchiveError {
        malformed(
            self.names,
            piece.sample,
            &piece.contigs,
            piece.contig,
            |place| {
                place.segment = Some(segment as u64);
                why
            },
        )
    }
}

impl Carried {
    /// Takes the bases of segment `number`, of which `overlap` are those that the one before ends with.
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
    contigs: &Contigs,
    contig: usize,
    fill: impl FnOnce(&mut Place) -> String,
) -> ArchiveError {
    let mut place = Box::<Place>::default();
    place.sample = names.get(sample).map(ToString::to_string);
    place.contig = contigs.get(contig).map(|contig| contig.name.to_string());
    let why = fill(&mut place);
    Error::Malformed { place, why }.into()
}

//! Whole samples decoded by threads, in order and in fixed memory (feature `fs`).
//!
//! ```text
//!  caller: items of about 1 MiB ─▶ [few] ─▶ workers: decode, format ─▶ caller: sink, in order
//! ```
//! Each item carries the channel its text comes back by, and the caller takes them up in the order it sent them.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use bstr::{BStr, BString};

use crate::archive::{Archive, ArchiveError};
use crate::codec::base::reverse_complement_all;
use crate::contig_at::Span;
use crate::items::{ContigPiece, Item, Items};
use crate::region::Region;
use crate::step::{Step, step};
use crate::tables::first_word;

/// One thing to extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// All contigs of a sample, in stored order.
    Sample(BString),
    /// Contigs or ranges of them (`0..u64::MAX` is the whole of one), in the order given.
    Regions(Vec<Region>, Strand),
}

/// In which direction bases are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strand {
    /// As the contig is stored.
    Forward,
    /// Backwards, each base as its complement; letters for several bases too (R becomes Y).
    Reverse,
}

/// Some consecutive bases of one contig, as a formatter sees them.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// The sample's name.
    pub sample: &'a BStr,
    /// The contig's whole name.
    pub contig: &'a BStr,
    /// Length of the whole contig in bases.
    pub contig_len_bases: u64,
    /// Which region of the work's list it is of, or which contig of the sample, counted from 0.
    pub index: usize,
    /// Length of the range asked for, cut to the contig, or of the whole contig, in bases.
    pub len_bases: u64,
    /// How many bases of the range asked for (or of the whole contig) come before this chunk.
    pub offset: u64,
    /// The bases, ASCII letters. Empty only for an empty contig or range.
    pub bases: &'a [u8],
    /// Whether the contig (or range) ends with this chunk. It starts with it when `offset` is 0.
    pub last: bool,
}

impl Chunk<'_> {
    /// The contig's name up to the first blank.
    #[must_use]
    pub fn first_word(&self) -> &BStr {
        first_word(self.contig)
    }

    /// Appends the bases as lines of `line_len` letters, each ended by `\n`, going on where the chunk before stopped;
    /// with a `line_len` of 0 as one line.
    pub fn write_lines(&self, line_len: usize, out: &mut Vec<u8>) {
        let width = if line_len == 0 { usize::MAX } else { line_len };
        // Below the width, so it fits.
        let begun = usize::try_from(self.offset % width as u64).unwrap_or_default();
        let (first, rest) = self
            .bases
            .split_at_checked(width - begun)
            .unwrap_or((self.bases, &[]));
        out.reserve(self.bases.len() + self.bases.len() / width + 2);
        out.extend_from_slice(first);
        let mut in_line = begun + first.len();
        if in_line == width {
            out.push(b'\n');
            in_line = 0;
        }
        let lines = rest.chunks_exact(width);
        let remainder = lines.remainder();
        for line in lines {
            out.extend_from_slice(line);
            out.push(b'\n');
        }
        out.extend_from_slice(remainder);
        in_line += remainder.len();
        if self.last && in_line > 0 {
            out.push(b'\n');
        }
    }
}

/// What a formatter made of consecutive chunks of one work, as the sink receives it.
#[derive(Debug)]
pub struct Output<'a> {
    /// Index of the work in the list given.
    pub work: usize,
    /// Whether this is the first output of that work.
    pub first: bool,
    /// Whether this is the last output of that work.
    pub last: bool,
    /// What the formatter appended.
    pub bytes: &'a [u8],
}

/// The formatted text of an item.
#[derive(Debug, Default)]
struct Text {
    bytes: Vec<u8>,
    /// Where the text of each run of the item ends, as far as they could be decoded.
    ends: Vec<usize>,
    /// Why the item ends early, maybe within the last run that has text.
    broken: Option<ArchiveError>,
    cut_short: bool,
}

/// An item on its way to a worker, with an empty text to fill and where to send it.
struct Job {
    item: Arc<Item>,
    text: Text,
    reply: SyncSender<Text>,
}

impl Archive {
    /// Extracts `work` with `threads` threads, in order and in fixed memory.
    ///
    /// Windows of about 1 MiB of bases (or many small contigs or regions together) are decoded by the threads. There
    /// `format` is called with consecutive chunks of one work and appends text to its buffer: line wrapping and compression run in
    /// parallel. The calling thread hands the buffers to `sink` in order. A work without contigs gives one output,
    /// `first` and `last`, of what `format` makes of no chunks.
    ///
    /// # Errors
    /// The first error in the order of the work; what came before it was given to `sink`.
    pub fn extract<F, S>(
        &self,
        work: &[Work],
        threads: usize,
        format: F,
        mut sink: S,
    ) -> Result<(), ArchiveError>
    where
        F: Fn(&[Chunk<'_>], &mut Vec<u8>) + Sync,
        S: FnMut(Output<'_>) -> io::Result<()>,
    {
        let threads = threads.max(1);
        let (send, jobs) = channel();
        let jobs = Mutex::new(jobs);
        thread::scope(|scope| {
            for _ in 0..threads {
                let worker = Worker {
                    archive: self,
                    format: &format,
                    bases: Vec::new(),
                };
                let jobs = &jobs;
                scope.spawn(move || worker.run(jobs));
            }
            // The workers end when `send` goes, at the end of this closure.
            Extraction {
                items: Items::new(self, work),
                send,
                in_flight_max: 2 * threads + 1,
                waiting: VecDeque::new(),
            }
            .run(&mut sink)
        })
    }
}

/// The calling thread's side.
struct Extraction<'a> {
    items: Items<'a>,
    send: Sender<Job>,
    /// Bounds the items, and so the memory, on their way.
    in_flight_max: usize,
    waiting: VecDeque<(Arc<Item>, Receiver<Text>)>,
}

impl Extraction<'_> {
    fn run(
        mut self,
        sink: &mut impl FnMut(Output<'_>) -> io::Result<()>,
    ) -> Result<(), ArchiveError> {
        let mut spare = Vec::new();
        let mut planned = Ok(true);
        loop {
            while matches!(planned, Ok(true)) && self.waiting.len() < self.in_flight_max {
                planned = self.send_next(&mut spare);
            }
            // What comes before an error in planning is finished first.
            let Some((item, reply)) = self.waiting.pop_front() else {
                return planned.map(|_| ());
            };
            let mut text = reply
                .recv()
                .map_err(|_| crate::Error::Misuse("a formatter panicked"))?;
            deliver(&item, &text, sink).map_err(ArchiveError::Sink)?;
            if let Some(error) = text.broken.take() {
                return Err(error);
            }
            spare.push(text);
        }
    }

    /// Sends an item on its way; false if there are no more.
    fn send_next(&mut self, spare: &mut Vec<Text>) -> Result<bool, ArchiveError> {
        let Some(item) = self.items.next()? else {
            return Ok(false);
        };
        let item = Arc::new(item);
        let (reply, receive) = sync_channel(1);
        let job = Job {
            item: Arc::clone(&item),
            text: spare.pop().unwrap_or_default(),
            reply,
        };
        // Never fails: the other end outlives the workers. That all of them panicked is told by an earlier reply.
        let _ = self.send.send(job);
        self.waiting.push_back((item, receive));
        Ok(true)
    }
}

fn deliver(
    item: &Item,
    text: &Text,
    sink: &mut impl FnMut(Output<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut start = 0;
    for (number, (run, &end)) in item.runs.iter().zip(&text.ends).enumerate() {
        let bytes = text.bytes.get(start..end).unwrap_or_default();
        let complete = !(text.cut_short && number + 1 == text.ends.len());
        sink(Output {
            work: run.work,
            first: run.first,
            last: run.last && complete,
            bytes,
        })?;
        start = end;
    }
    Ok(())
}

/// A worker's side.
struct Worker<'a, F> {
    archive: &'a Archive,
    format: &'a F,
    bases: Vec<u8>,
}

impl<F: Fn(&[Chunk<'_>], &mut Vec<u8>)> Worker<'_, F> {
    fn run(mut self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Job { item, text, reply }) = job else {
                return;
            };
            // Nobody waits any more when the extraction ended early.
            let _ = reply.send(self.make(&item, text));
        }
    }

    fn make(&mut self, item: &Item, mut text: Text) -> Text {
        let (decoded, broken) = self.decode(&item.pieces);
        text.bytes.clear();
        text.ends.clear();
        text.broken = broken;
        text.cut_short = false;
        let mut rest: &mut [u8] = &mut self.bases;
        let mut chunks = Vec::with_capacity(decoded);
        for piece in item.pieces.iter().take(decoded) {
            let (bases, after) = std::mem::take(&mut rest)
                .split_at_mut_checked(piece.len())
                .unwrap_or_default();
            rest = after;
            if piece.strand == Strand::Reverse {
                reverse_complement_all(bases);
            }
            chunks.push(piece.chunk(bases));
        }
        let mut rest = chunks.as_slice();
        for run in &item.runs {
            let count = run.piece_count.min(rest.len());
            text.cut_short = count < run.piece_count;
            if text.cut_short && count == 0 {
                text.cut_short = false;
                break;
            }
            let (mine, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            rest = after;
            (self.format)(mine, &mut text.bytes);
            text.ends.push(text.bytes.len());
            if text.cut_short {
                break;
            }
        }
        text
    }

    /// Decodes pieces into `bases`: how many, and why no more.
    fn decode(&mut self, pieces: &[ContigPiece]) -> (usize, Option<ArchiveError>) {
        self.bases.clear();
        if self.append(pieces).is_ok() {
            return (pieces.len(), None);
        }
        // Something is broken: one by one, so that what precedes it is not lost.
        for (number, piece) in pieces.iter().enumerate() {
            if let Err(error) = self.append(std::slice::from_ref(piece)) {
                return (number, Some(error));
            }
        }
        (pieces.len(), None)
    }

    /// Decodes pieces at the end of `bases`, or leaves it as it was.
    fn append(&mut self, pieces: &[ContigPiece]) -> Result<(), ArchiveError> {
        let Worker { archive, bases, .. } = self;
        let spans: Vec<Span<'_>> = pieces.iter().map(ContigPiece::span).collect();
        let before = bases.len();
        archive.ask(|reader| {
            let appended = step(reader.append_bases(&spans, bases));
            if !matches!(appended, Ok(Step::Done(()))) {
                bases.truncate(before);
            }
            appended
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bases: &[u8], cuts: &[usize], width: usize) -> String {
        let mut out = Vec::new();
        let bounds: Vec<usize> = [&[0], cuts, &[bases.len()]].concat();
        for pair in bounds.windows(2) {
            let chunk = Chunk {
                sample: BStr::new("s"),
                contig: BStr::new("c"),
                contig_len_bases: bases.len() as u64,
                index: 0,
                len_bases: bases.len() as u64,
                offset: pair[0] as u64,
                bases: &bases[pair[0]..pair[1]],
                last: pair[1] == bases.len(),
            };
            chunk.write_lines(width, &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_go_on_from_chunk_to_chunk() {
        let bases = b"ACGTACGTAC";
        for width in 1..13 {
            let want: String = bases
                .chunks(width)
                .map(|l| String::from_utf8(l.to_vec()).unwrap() + "\n")
                .collect();
            assert_eq!(lines(bases, &[], width), want);
            for cut in 1..10 {
                assert_eq!(lines(bases, &[cut], width), want);
                for second in cut + 1..10 {
                    assert_eq!(lines(bases, &[cut, second], width), want);
                }
            }
        }
        assert_eq!(lines(bases, &[4], 0), "ACGTACGTAC\n");
        assert_eq!(lines(b"", &[], 80), "");
    }
}

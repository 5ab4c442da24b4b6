//! A file -> windows of its contigs, as fast as somebody takes them.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};

use crate::create::{CreateError, Progress, SampleInput};
use crate::fasta::FastaReader;
use crate::packed::PackedSeq;

/// Symbols of a contig that are aligned together.
const WINDOW_LEN_BASES: usize = 1 << 22;

/// A piece of a file on its way to the workers.
pub(super) struct Item {
    pub(super) name: Option<Vec<u8>>,
    pub(super) seq: PackedSeq,
    pub(super) ends: bool,
}

/// The windows of one file, in order; then, if there is one, a sentence about what was not stored as it stood.
pub(super) type Items = Receiver<Result<Read, CreateError>>;

pub(super) enum Read {
    Item(Item),
    Warning(String),
}

/// A file for the next reader that is free.
pub(super) struct Turn<'a> {
    pub(super) input: &'a SampleInput,
    pub(super) items: SyncSender<Result<Read, CreateError>>,
}

/// Reads one file and sends its windows; stops when nobody wants them any more.
pub(super) fn read_file(turn: Turn<'_>, overlap: usize, progress: &Progress) {
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

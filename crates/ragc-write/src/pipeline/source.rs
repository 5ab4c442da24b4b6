//! A file -> windows of its contigs, as fast as somebody takes them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};

use crate::create::{CreateError, Progress};
use crate::fasta::{Counts, FastaReader, Offer};
use crate::inputs::shown;
use crate::packed::PackedSeq;
use crate::refget::Link;
use crate::registrar::Settings;

/// Symbols of a contig that are aligned together.
const WINDOW_LEN_BASES: usize = 1 << 22;

/// Small contigs are gathered until a worker gets this many symbols and bytes of names at once.
const JOB_LEN: usize = 1 << 18;
/// Or this many contigs.
const JOB_CONTIGS_MAX: usize = 1 << 10;

/// A piece of a file on its way to the workers.
pub(super) struct Item {
    pub(super) name: Option<Vec<u8>>,
    /// Set by the dispatcher: see [`crate::registrar::Window`].
    pub(super) sample_name_len: Option<usize>,
    pub(super) seq: PackedSeq,
    pub(super) ends: bool,
    /// What passes the state of the contig's digest on, if that is wanted.
    pub(super) link: Option<Link>,
}

/// The windows of one file, in order, as many at a time as make a job; then sentences about what was not stored as it
/// stood, and about a file that may not be complete.
pub(super) type Items = Receiver<Result<Read, CreateError>>;

pub(super) enum Read {
    Job(Vec<Item>),
    Warning(String),
}

/// A file for the next reader that is free.
pub(super) struct Turn<'a> {
    pub(super) path: &'a Path,
    pub(super) items: SyncSender<Result<Read, CreateError>>,
}

/// Nobody wants the rest of the file.
struct Unwanted;

/// Reads one file and sends its windows; stops when nobody wants them any more.
pub(super) fn read_file(turn: Turn<'_>, settings: Settings, offer: &Offer, progress: &Progress) {
    let mut gathered = Gathered {
        items: Vec::new(),
        len: 0,
        to: &turn.items,
    };
    if let Err(error) = send_windows(turn.path, settings, offer, progress, &mut gathered) {
        // Nobody left to hear it: then another error came first.
        let _ = turn.items.send(Err(error));
    }
}

fn send_windows(
    path: &Path,
    settings: Settings,
    offer: &Offer,
    progress: &Progress,
    gathered: &mut Gathered<'_>,
) -> Result<(), CreateError> {
    let overlap = settings.shape.overlap;
    let mut reader = FastaReader::open_and_offer(path, Some(Arc::clone(offer)))?;
    let mut bytes_before = 0;
    while let Some(name) = reader.next_contig()? {
        let mut name = Some(name);
        let mut seq = PackedSeq::default();
        let mut link = (settings.digests != Some(false)).then(Link::first);
        loop {
            let shared = seq.len();
            let ends = reader.read_bases(&mut seq, WINDOW_LEN_BASES)?;
            let bytes = reader.bytes_read();
            progress
                .bytes_read
                .fetch_add(bytes - bytes_before, Ordering::Relaxed);
            bytes_before = bytes;
            let mut next = PackedSeq::default();
            let mut next_link = None;
            if !ends {
                next_link = link.as_mut().map(Link::next);
                next.extend_from(&seq, seq.len() - overlap..seq.len());
            }
            // Nothing but characters that are left out may follow a full window.
            let is_empty = seq.len() == shared && name.is_none();
            if !is_empty
                && gathered
                    .push(Item {
                        name: name.take(),
                        sample_name_len: None,
                        seq,
                        ends,
                        link,
                    })
                    .is_err()
            {
                return Ok(());
            }
            if ends {
                break;
            }
            (seq, link) = (next, next_link);
        }
    }
    if gathered.send().is_ok() {
        for warning in warnings(path, &reader) {
            // As with an error.
            let _ = gathered.to.send(Ok(Read::Warning(warning)));
        }
    }
    Ok(())
}

/// Windows of one file until they make a job: one by one, small contigs would wake three threads each.
struct Gathered<'a> {
    items: Vec<Item>,
    /// Symbols and bytes of names.
    len: usize,
    to: &'a SyncSender<Result<Read, CreateError>>,
}

impl Gathered<'_> {
    fn push(&mut self, item: Item) -> Result<(), Unwanted> {
        self.len += item.seq.len() + item.name.as_ref().map_or(0, Vec::len);
        self.items.push(item);
        if self.len >= JOB_LEN || self.items.len() >= JOB_CONTIGS_MAX {
            return self.send();
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Unwanted> {
        self.len = 0;
        if self.items.is_empty() {
            return Ok(());
        }
        let job = Read::Job(std::mem::take(&mut self.items));
        self.to.send(Ok(job)).map_err(|_| Unwanted)
    }
}

/// What is to be said of a file that was read to its end.
fn warnings(path: &Path, reader: &FastaReader) -> impl Iterator<Item = String> {
    let Counts { replaced, left_out } = reader.counts();
    let cut_short = reader.lacks_end_mark().then(|| {
        let path = shown(path);
        format!(
            "{path}: the empty block that ends a BGZF file is missing; perhaps the file was cut short"
        )
    });
    changed(path, replaced, left_out)
        .into_iter()
        .chain(cut_short)
}

fn changed(path: &Path, replaced: u64, left_out: u64) -> Option<String> {
    let replaced = match replaced {
        0 => None,
        1 => Some("1 letter without a base code became N".to_owned()),
        n => Some(format!("{n} letters without a base code became N")),
    };
    let left_out = match left_out {
        0 => None,
        1 => Some("1 character that is no letter was left out".to_owned()),
        n => Some(format!("{n} characters that are no letters were left out")),
    };
    let told: Vec<String> = replaced.into_iter().chain(left_out).collect();
    (!told.is_empty()).then(|| format!("{}: {}", shown(path), told.join(", ")))
}

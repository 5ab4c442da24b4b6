//! An archive -> what its writer knew when it ended: references and their index, the tables of the last batch, and the
//! last pack of each group, which is read when something is added to it.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use ragc_read::{Archive, ArchiveError, NO_LETTER, StoredPart, Stream};

use crate::align::Index;
use crate::anchors::Anchors;
use crate::archive::RAW_GROUPS;
use crate::collection::{Batch, SegmentEntry};
use crate::create::CreateError;
use crate::fasta::append_letters;
use crate::memory::Held;
use crate::packed::{NO_CODE, PackedSeq};
use crate::references::References;
use crate::registrar::Settings;

/// References decoded together: compressed bytes, or groups.
const CHUNK_BYTES: u64 = 1 << 17;
const CHUNK_GROUPS: usize = 256;
/// Chunks that a thread may be ahead of the one that lays the references out.
const CHUNKS_AHEAD: usize = 2;

/// The parts of an archive, by what becomes of them.
#[derive(Debug)]
pub struct Layout {
    /// To be copied before anything is added, in the order of the file.
    pub kept: Vec<StoredPart>,
    /// Of each group, raw ones included, the last pack, which may have room.
    pub last_packs: Vec<Option<StoredPart>>,
    /// To be copied after all others.
    pub closing: Vec<StoredPart>,
    /// How many batches that stay as they are have a part for their digests, empty or not.
    pub digests_kept: usize,
    /// The reference of each group from [`RAW_GROUPS`] on.
    references: Vec<StoredPart>,
}

impl Layout {
    /// Sorts out the parts of an archive, of which `kept` batches stay as they are. When it is `upgraded` from an older
    /// version, parameters and version are not as they were either.
    ///
    /// # Errors
    /// When a group has no reference.
    pub fn of(parts: &[StoredPart], kept: usize, upgraded: bool) -> Result<Self, CreateError> {
        let references = references(parts)?;
        let groups = RAW_GROUPS as usize + references.len();
        let mut last_packs: Vec<Option<StoredPart>> = vec![None; groups];
        for &part in parts {
            if let Stream::Packs(group) = part.stream {
                let last = last_packs
                    .get_mut(group as usize)
                    .ok_or_else(|| no_reference(group))?;
                if last.is_none_or(|last| last.number < part.number) {
                    *last = Some(part);
                }
            }
        }
        let is_kept = |part: &StoredPart| match part.stream {
            // A raw group has no reference: nothing refers to one that is there.
            Stream::Reference(group) => group >= RAW_GROUPS,
            Stream::Packs(group) => last_packs[group as usize] != Some(*part),
            Stream::Contigs | Stream::Details | Stream::Digests => part.number < kept,
            _ => false,
        };
        let is_closing = |part: &StoredPart| match part.stream {
            Stream::Splitters | Stream::SegmentSplitters => true,
            Stream::Params | Stream::FileTypeInfo => !upgraded,
            _ => false,
        };
        let kept: Vec<StoredPart> = parts.iter().filter(|part| is_kept(part)).copied().collect();
        let digests = kept.iter().filter(|part| part.stream == Stream::Digests);
        Ok(Self {
            digests_kept: digests.count(),
            kept,
            closing: parts
                .iter()
                .filter(|part| is_closing(part))
                .copied()
                .collect(),
            last_packs,
            references,
        })
    }

    /// Number of groups, raw ones included.
    pub fn group_count(&self) -> u32 {
        self.last_packs.len() as u32
    }

    /// Number of parts that the new archive has already.
    pub fn part_count(&self) -> u64 {
        (self.kept.len() + self.last_packs.len() + self.closing.len()) as u64
    }
}

/// Number of groups, raw ones included.
///
/// # Errors
/// When one has no reference.
pub fn group_count(parts: &[StoredPart]) -> Result<u32, CreateError> {
    let groups = RAW_GROUPS + references(parts)?.len() as u32;
    let without = parts.iter().find_map(|part| match part.stream {
        Stream::Packs(group) if group >= groups => Some(group),
        _ => None,
    });
    match without {
        Some(group) => Err(no_reference(group)),
        None => Ok(groups),
    }
}

/// The references of all groups that have one, which must be numbered without gaps.
fn references(parts: &[StoredPart]) -> Result<Vec<StoredPart>, CreateError> {
    let number = |part: &StoredPart| match part.stream {
        Stream::Reference(group) if part.number == 0 => group.checked_sub(RAW_GROUPS),
        _ => None,
    };
    let mut references: Vec<StoredPart> = parts
        .iter()
        .filter(|part| number(part).is_some())
        .copied()
        .collect();
    references.sort_unstable_by_key(number);
    match (0..)
        .zip(&references)
        .find(|(at, part)| number(part) != Some(*at))
    {
        Some((at, _)) => Err(no_reference(at + RAW_GROUPS)),
        None => Ok(references),
    }
}

fn no_reference(group: u32) -> CreateError {
    let stream = Stream::Reference(group).name();
    CreateError::Continue(format!(
        "group {group} has no reference: no part in stream {stream}"
    ))
}

/// The last pack of a group, as far as the next entry depends on it.
#[derive(Debug)]
pub struct LastPack {
    /// Number of its first entry in the stream.
    pub first_entry: u64,
    /// Its entries, each followed by its separator.
    pub text: Vec<u8>,
    /// How many they are.
    pub entries: u32,
}

/// The last packs of an archive's groups, each read once, when it is wanted.
#[derive(Debug)]
pub struct LastPacks {
    archive: Archive,
    pack_cardinality: u32,
    parts: Vec<Option<StoredPart>>,
}

impl LastPacks {
    /// Those that `layout` lists; nothing is read yet.
    pub fn new(archive: Archive, pack_cardinality: u32, layout: &Layout) -> Self {
        Self {
            archive,
            pack_cardinality,
            parts: layout.last_packs.clone(),
        }
    }

    /// The raw group to which adding costs least: the one whose last pack takes the fewest bytes.
    pub fn smallest_raw(&self) -> u32 {
        let raw = (0..RAW_GROUPS).zip(&self.parts);
        raw.filter_map(|(group, part)| Some((part.as_ref()?.len_bytes, group)))
            .min()
            .map_or(0, |(_, group)| group)
    }

    /// The last pack of a group; `None` if there is none, or if it was taken before.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn take(&mut self, group: u32) -> Result<Option<LastPack>, ArchiveError> {
        let Some(part) = self.parts.get_mut(group as usize).and_then(Option::take) else {
            return Ok(None);
        };
        let (mut metadata, mut payload) = (0, Vec::new());
        self.archive.read_parts(&[part], |_, read, bytes| {
            (metadata, payload) = (read, bytes.to_vec());
            Ok::<_, ArchiveError>(())
        })?;
        let (text, entries) = self.archive.pack_text(&part, metadata, &payload)?;
        Ok(Some(LastPack {
            first_entry: part.number as u64 * u64::from(self.pack_cardinality),
            text,
            entries: entries as u32,
        }))
    }
}

/// Restores the tables of the last batch, if it has room for more samples.
///
/// # Errors
/// When they cannot be read.
pub fn last_batch(
    archive: &Archive,
    number: usize,
    settings: Settings,
) -> Result<Batch, ArchiveError> {
    let names = archive.coded_names(number)?;
    let first = number * settings.pack_cardinality.unwrap_or_default() as usize;
    let mut digests = Vec::with_capacity(names.len());
    for sample in archive.samples()?.iter().skip(first) {
        digests.push(archive.digests(sample)?);
    }
    let mut batch = Batch::default();
    let mut samples = names.iter().zip(&digests);
    archive.visit_batch(number, |contigs| {
        let Some((names, digests)) = samples.next() else {
            return Ok(());
        };
        let segments = (0..contigs.len()).map(|contig| {
            let segments = contigs.segments(contig).unwrap_or_default();
            segments
                .into_iter()
                .map(|segment| SegmentEntry::of(&segment))
        });
        batch.restore_sample(&names.bytes, segments, settings.len_expected());
        batch.restore_digests(digests.as_deref().unwrap_or_default());
        Ok::<_, ArchiveError>(())
    })?;
    Ok(batch)
}

/// How a reference lies in memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Lie {
    /// As the reverse complement of what is stored.
    reversed: bool,
    /// Behind the reference of the group before, of which it repeats the end.
    joined: bool,
}

/// Restores the references and their anchors, as far as they fit beside what is `held`: others are not aligned to.
///
/// # Errors
/// When one cannot be read.
pub fn index(
    archive: &Archive,
    layout: &Layout,
    batches: usize,
    settings: Settings,
    held: Held,
    threads: usize,
) -> Result<Index, ArchiveError> {
    let (overlap, memory) = (settings.shape.overlap, settings.memory);
    let lies = lies(neighbours(
        archive,
        batches,
        layout.references.len(),
        threads,
    )?);
    let mut references = References::default();
    let chunks: Vec<&[StoredPart]> = chunks(&layout.references);
    thread::scope(|scope| {
        let results: Vec<Receiver<_>> = (0..threads.min(chunks.len()))
            .map(|number| {
                let (result, results) = sync_channel(CHUNKS_AHEAD);
                let (chunks, lies) = (&chunks, &lies);
                scope.spawn(move || {
                    for chunk in chunks.iter().skip(number).step_by(threads) {
                        // Nobody waits for more once something was broken.
                        if result.send(decode(archive, chunk, lies)).is_err() {
                            break;
                        }
                    }
                });
                results
            })
            .collect();
        let mut group = 0;
        // Laid out as they were, or as many of them as there is room for.
        'chunks: for number in 0..chunks.len() {
            // A thread that sends nothing has panicked, which the scope tells.
            let Ok(chunk) = results[number % threads].recv() else {
                break;
            };
            for seq in chunk? {
                let laid = Held {
                    bases: references.len() + seq.len() as u64,
                    exceptions: (references.exception_count() + seq.exceptions().len()) as u64,
                    ..held
                };
                if !memory.has_room(&laid, &Held::default()) {
                    break 'chunks;
                }
                let number = RAW_GROUPS + group as u32;
                lay(&mut references, &seq, lies[group], overlap, number);
                group += 1;
            }
        }
        Ok::<_, ArchiveError>(())
    })?;
    let table_bytes_max = memory.table_bytes(&references.held(&held));
    let thinned_log2 = settings.level.thinned_log2();
    Ok(Index {
        anchors: Anchors::of(&references, thinned_log2, threads, table_bytes_max),
        references,
    })
}

/// Puts a reference behind those before it.
fn lay(references: &mut References, seq: &PackedSeq, lie: Lie, overlap: usize, group: u32) {
    // Alignments pass from one reference to the next through what they share, so each must be longer than that on both
    // sides. Shorter ones are of no use, but keep their number.
    if seq.len() < 3 * overlap {
        references.push(&PackedSeq::default(), 0..0, 0, false, group);
        return;
    }
    let shared = if lie.joined && references.ends_with(seq, overlap) {
        overlap
    } else {
        references.start_piece();
        0
    };
    references.push(seq, shared..seq.len(), shared, lie.reversed, group);
}

fn chunks(parts: &[StoredPart]) -> Vec<&[StoredPart]> {
    let mut chunks = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, part) in parts.iter().enumerate() {
        if at - start == CHUNK_GROUPS || (at > start && bytes + part.len_bytes > CHUNK_BYTES) {
            chunks.push(&parts[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += part.len_bytes;
    }
    if start < parts.len() {
        chunks.push(&parts[start..]);
    }
    chunks
}

/// The references of a chunk, in the direction in which they are laid out.
fn decode(
    archive: &Archive,
    parts: &[StoredPart],
    lies: &[Lie],
) -> Result<Vec<PackedSeq>, ArchiveError> {
    let mut seqs = Vec::with_capacity(parts.len());
    archive.read_parts(parts, |part, metadata, payload| {
        let mut letters = archive.reference_letters(part, metadata, payload)?;
        if let Stream::Reference(group) = part.stream
            && lies[(group - RAW_GROUPS) as usize].reversed
        {
            reverse_complement(&mut letters);
        }
        seqs.push(packed(&letters));
        Ok::<_, ArchiveError>(())
    })?;
    Ok(seqs)
}

fn packed(letters: &[u8]) -> PackedSeq {
    let mut seq = PackedSeq::with_capacity(letters.len());
    for (number, known) in letters.split(|&letter| letter == NO_LETTER).enumerate() {
        if number > 0 {
            seq.push_run(NO_CODE, 1);
        }
        append_letters(known, &mut seq);
    }
    seq
}

fn reverse_complement(letters: &mut [u8]) {
    letters.reverse();
    for letter in letters {
        *letter = match *letter {
            b'A' => b'T',
            b'C' => b'G',
            b'G' => b'C',
            b'T' => b'A',
            other => other,
        };
    }
}

/// For groups g and g + 1 whose references follow each other somewhere: whether they are the reverse complements of what
/// stands there, in the direction in which g comes first.
type Neighbours = Vec<Option<(bool, bool)>>;

/// Looks for neighbours among the segments of all samples: two that follow each other and equal their references.
fn neighbours(
    archive: &Archive,
    batches: usize,
    groups: usize,
    threads: usize,
) -> Result<Neighbours, ArchiveError> {
    let threads = threads.min(batches).max(1);
    thread::scope(|scope| {
        let walks: Vec<_> = (0..threads)
            .map(|number| {
                scope.spawn(move || {
                    let mut found = vec![None; groups];
                    for batch in (number..batches).step_by(threads) {
                        archive.visit_batch(batch, |contigs| {
                            for contig in 0..contigs.len() {
                                let segments = contigs.segments(contig).unwrap_or_default();
                                for pair in segments.windows(2) {
                                    note(pair, batch, &mut found);
                                }
                            }
                            Ok::<_, ArchiveError>(())
                        })?;
                    }
                    Ok::<_, ArchiveError>(found)
                })
            })
            .collect();
        let mut first: Vec<Option<(usize, (bool, bool))>> = vec![None; groups];
        for walk in walks {
            let found = walk
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            for (first, found) in first.iter_mut().zip(found) {
                // Of several witnesses the earliest, whoever read its batch.
                *first = match (*first, found) {
                    (Some(a), Some(b)) => Some(if a.0 <= b.0 { a } else { b }),
                    (a, b) => a.or(b),
                };
            }
        }
        Ok(first
            .into_iter()
            .map(|first| first.map(|(_, strands)| strands))
            .collect())
    })
}

/// Notes two segments of a batch that are references of groups that follow each other.
fn note(pair: &[ragc_read::SegmentRef], batch: usize, found: &mut [Option<(usize, (bool, bool))>]) {
    let [a, b] = pair else { return };
    if a.in_group_id != 0 || b.in_group_id != 0 {
        return;
    }
    let (group, strands) = if a.group_id.checked_add(1) == Some(b.group_id) {
        (a.group_id, (a.reversed(), b.reversed()))
    } else if b.group_id.checked_add(1) == Some(a.group_id) {
        // Read backwards, the other one comes first.
        (b.group_id, (!b.reversed(), !a.reversed()))
    } else {
        return;
    };
    if let Some(slot) = group
        .checked_sub(RAW_GROUPS)
        .and_then(|group| found.get_mut(group as usize))
    {
        slot.get_or_insert((batch, strands));
    }
}

/// Directions in which as many neighbours as possible lie behind each other, going from group to group.
fn lies(neighbours: Neighbours) -> Vec<Lie> {
    let mut lies: Vec<Lie> = Vec::with_capacity(neighbours.len());
    let mut before = None;
    for strands in neighbours {
        let joined = match (before, lies.last()) {
            (Some((last, this)), Some(lie)) if lie.reversed == last => Some(this),
            _ => None,
        };
        lies.push(Lie {
            reversed: joined.or(strands.map(|(this, _)| this)).unwrap_or(false),
            joined: joined.is_some(),
        });
        before = strands;
    }
    lies
}

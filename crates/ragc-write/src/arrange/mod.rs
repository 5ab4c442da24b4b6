//! From an archive to one of the same parts, so laid out that what is read together lies together.
//!
//! ```text
//! index | references | packs opened in batch 0 | in batch 1 ... | raw packs | splitters | digests | batches | names | footer
//! ```
//! A region needs the references of neighbouring groups, and of each the pack that was open when the sample came. Groups are
//! in the order of the genome, so these are two runs, and some more for repeats. Whoever opens the archive without its
//! index reads the end first, which tells all that there is but sequence. See docs/FORMAT.md, "Where our parts lie".

mod order;
mod ordered;
mod turns;

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use ragc_read::{Archive, StoredPart, Stream};

use crate::archive::{ArchiveWriter, Places, RAW_GROUPS, StreamId};
use crate::create::{CreateError, Progress, WRITE_BUFFER_BYTES};
use crate::index::{self, About, Facts, Index, PartPlace, SEAL_BYTES};
use crate::resume::group_count;
use crate::verify;

pub(crate) use order::{GenomeOrder, Step};
use ordered::read_in_order;
use turns::{Turn, Turns};

/// Of archives with fewer bytes of parts, a remote reader sooner reads all than an index, which would be a tenth of them.
pub const INDEXED_BYTES_MIN: u64 = 1 << 20;

/// How an archive is arranged.
#[derive(Debug, Clone, Copy)]
pub struct ArrangeOptions<'a> {
    /// Whether it gets an index for remote readers; unless told, if its parts have [`INDEXED_BYTES_MIN`].
    pub index: Option<bool>,
    /// A directory for temporary files, which have no name there; a large index is gathered in one.
    pub scratch: &'a Path,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arranged {
    /// Size of the archive.
    pub archive_bytes: u64,
    /// Size of the index in it.
    pub index_bytes: Option<u64>,
}

/// Writes `archive`, of version 3, anew: the same streams with the same bytes in each part, in another order.
///
/// What an archive arranged so gives when it is arranged again is the same to the byte. Streams that have no meaning here are
/// left out, as any program does that writes an archive; the index is made anew. Memory holds about 150 bytes for each part,
/// the tables of a batch of samples, and some megabytes of parts.
///
/// # Errors
/// [`CreateError`]; `Continue` for archives of older versions. What was written to `out` by then is no archive.
pub fn arrange(
    archive: &Archive,
    options: ArrangeOptions<'_>,
    out: impl Write,
    progress: &Progress,
) -> Result<Arranged, CreateError> {
    let (major, minor) = archive.info()?.file_version;
    if major != 3 {
        return Err(CreateError::Continue(format!(
            "its parts stay as they are, and it is of version {major}.{minor}: only those of version 3 are arranged"
        )));
    }
    let mut parts = archive.stored_parts()?;
    parts.retain(is_kept);
    let groups = group_count(&parts)?;
    let order = Order::of(archive, &parts, groups)?;
    parts.sort_unstable_by_key(|part| order.rank(part));
    drop(order);

    let bytes: u64 = parts.iter().map(|part| part.len_bytes).sum();
    let mut writer = ArchiveWriter::new(BufWriter::with_capacity(WRITE_BUFFER_BYTES, out));
    let mut index_bytes = None;
    if options.index.unwrap_or(bytes >= INDEXED_BYTES_MIN) {
        let (index, facts) = plan_index(archive, &parts, groups, options.scratch)?;
        index_bytes = Some(index.len());
        writer.write_long(StreamId::Index, index.len(), |out| index.write(&facts, out))?;
    }
    read_in_order(archive, &parts, |part, metadata, payload| {
        let stream = StreamId::of(part.stream);
        progress
            .bytes_read
            .fetch_add(payload.len() as u64, Ordering::Relaxed);
        match stream {
            Some(stream) => Ok(writer.copy(stream, part.number, metadata, payload)?),
            None => Ok(()),
        }
    })?;
    Ok(Arranged {
        archive_bytes: writer.finish(groups)?,
        index_bytes,
    })
}

/// Whether the parts of an archive, in the order of the file, lie as [`arrange`] lays them, as far as streams tell: all
/// references before all packs.
#[must_use]
pub fn is_arranged(parts: &[StoredPart]) -> bool {
    let is_pack = |part: &StoredPart| match part.stream {
        Stream::Reference(_) => Some(false),
        Stream::Packs(group) if group >= RAW_GROUPS => Some(true),
        _ => None,
    };
    parts.iter().filter_map(is_pack).is_sorted()
}

/// Whether a part has its place in the new archive.
fn is_kept(part: &StoredPart) -> bool {
    match part.stream {
        // A raw group has no reference, and other groups have one: nothing refers to more.
        Stream::Reference(group) => group >= RAW_GROUPS && part.number == 0,
        // It tells where parts lie.
        Stream::Index => false,
        stream => StreamId::of(stream).is_some(),
    }
}

/// Where references and packs come.
struct Order {
    /// The groups from [`RAW_GROUPS`] on.
    places: Vec<u32>,
    turns: Turns,
}

impl Order {
    /// Follows from the segments of all samples.
    fn of(archive: &Archive, parts: &[StoredPart], groups: u32) -> Result<Self, CreateError> {
        let params = archive.info()?.params;
        let mut genome = GenomeOrder::new(groups);
        let mut turns = Turns::new(parts, groups);
        let mut is_reference = true;
        for batch in 0..archive.batch_count()? {
            archive.visit_batch(batch, |contigs| {
                for contig in 0..contigs.len() {
                    let segments = contigs.segments(contig).unwrap_or_default();
                    for segment in &segments {
                        if let (Stream::Packs(group), number) = segment.stored_in(&params) {
                            turns.note(group, number, batch);
                        }
                    }
                    let steps = segments.into_iter().map(Step::from);
                    match is_reference {
                        true => genome.add_reference_contig(steps),
                        false => genome.add_contig(steps),
                    }
                }
                is_reference = false;
                Ok::<_, CreateError>(())
            })?;
        }
        turns.finish();
        let places = genome.places();
        Ok(Self { places, turns })
    }

    /// Parts lie in the order of their ranks.
    fn rank(&self, part: &StoredPart) -> (u8, Turn, u32) {
        let place = |group: u32| {
            let place = group.checked_sub(RAW_GROUPS);
            place.and_then(|at| self.places.get(at as usize).copied())
        };
        let number = part.number;
        let by_number = (number as u32, 0);
        match part.stream {
            Stream::Reference(group) => (0, (0, 0), place(group).unwrap_or(group)),
            Stream::Packs(group) => match place(group) {
                Some(place) => (1, self.turns.turn(group, number), place),
                None => (2, self.turns.turn(group, number), group),
            },
            // Only those who append read these.
            Stream::Splitters => (3, by_number, 0),
            Stream::SegmentSplitters => (4, by_number, 0),
            Stream::Digests => (5, by_number, 0),
            // What describes a batch is read together.
            Stream::Contigs => (6, by_number, 0),
            Stream::Details => (6, by_number, 1),
            Stream::Samples => (7, by_number, 0),
            Stream::Params => (8, by_number, 0),
            _ => (9, by_number, 0),
        }
    }
}

/// The index of the archive to be, of which everything else is settled with its length.
fn plan_index(
    archive: &Archive,
    parts: &[StoredPart],
    groups: u32,
    scratch: &Path,
) -> Result<(Index, Facts), CreateError> {
    let mut places = Places::default();
    let mut group_places = Vec::new();
    read_in_order(archive, parts, |part, metadata, payload| {
        let Some(stream) = StreamId::of(part.stream) else {
            return Ok(());
        };
        let placed = StoredPart {
            offset: places.end(),
            ..*part
        };
        group_places.extend(PartPlace::of(&placed));
        places.push(stream, part.number, metadata, payload.len() as u64);
        Ok(())
    })?;
    let about = About {
        streams: places.stream_count(groups) + 1,
        ..About::of(archive)?
    };
    let walked = verify::Progress::default();
    let index = index::build(archive, about, group_places, scratch, &walked)?;
    let parts_base = places.put_first(StreamId::Index, 0, index.len());
    let parts_end = places.end();
    let footer = places.into_footer(groups);
    let last = last_bytes(archive, parts)?;
    let facts = Facts::to_be(parts_base, parts_end, &last, &footer);
    Ok((index, facts))
}

/// What the parts end with: enough for the seal, or all of it.
fn last_bytes(archive: &Archive, parts: &[StoredPart]) -> Result<Vec<u8>, CreateError> {
    let mut bytes = 0;
    let after = parts.iter().rposition(|part| {
        bytes += part.len_bytes;
        bytes >= SEAL_BYTES
    });
    let last = parts.get(after.unwrap_or(0)..).unwrap_or_default();
    let mut bytes = Vec::new();
    read_in_order(archive, last, |_, metadata, payload| {
        Ok(crate::archive::write_part(&mut bytes, metadata, payload)?)
    })?;
    Ok(bytes)
}

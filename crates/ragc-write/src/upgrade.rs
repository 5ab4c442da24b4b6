//! The tables of an archive of version 1 or 2, made anew as those of version 3. Segments stay as they are.

use std::io::Write;

use bstr::BStr;
use ragc_read::{Archive, SegmentRef, SegmentTable};

use crate::archive::ArchiveWriter;
use crate::collection::{Batch, SegmentEntry};
use crate::create::{CreateError, Level};
use crate::lane::{ENTRIES_MAX, Full};
use crate::part::PartMaker;
use crate::pipeline::compress;
use crate::registrar::{Settings, batch_tasks};

/// The wanted length of segments for archives of version 1, which do not tell: what AGC 1 took unless it was given another.
pub const SEGMENT_SIZE_UNKNOWN: u32 = 60_000;

/// Writes the tables of all samples in batches of `pack_cardinality`, but for the last one, which has room for more and
/// is given back.
///
/// # Errors
/// When they cannot be read or written, and for contig names that archives of version 3 cannot hold.
pub fn write_batches<W: Write>(
    archive: &Archive,
    pack_cardinality: u32,
    settings: Settings,
    writer: &mut ArchiveWriter<W>,
) -> Result<Batch, CreateError> {
    let samples = archive.samples()?;
    let mut names = samples.iter();
    let len_expected = settings.len_expected();
    let mut maker = PartMaker::new(Level::default());
    let mut batch = Batch::default();
    let mut add = |contigs: &SegmentTable| -> Result<(), CreateError> {
        let sample = names.next().unwrap_or_default();
        add_sample(contigs, len_expected, &mut batch, SegmentEntry::of)
            .map_err(|error| error.of_sample(sample))?;
        if batch.samples() == pack_cardinality {
            for task in batch_tasks(std::mem::take(&mut batch), settings.digests == Some(true))? {
                let (stream, part) = compress(task, &mut maker)?;
                writer.write(stream, &part)?;
            }
        }
        Ok(())
    };
    for number in 0..archive.batch_count()? {
        archive.visit_batch(number, &mut add)?;
    }
    Ok(batch)
}

/// Why a sample cannot be in an archive of version 3.
pub enum Unfit {
    /// A contig's name has no place there.
    Name(String),
    /// An entry number is too large.
    Full,
}

impl Unfit {
    /// The error, told of `sample`.
    pub fn of_sample(self, sample: &BStr) -> CreateError {
        match self {
            Self::Name(contig) => CreateError::Continue(format!(
                "sample {sample}: archives of version 3 have no room for the contig name {contig:?}, which is not ASCII"
            )),
            Self::Full => Full.into(),
        }
    }
}

/// Adds a sample to `batch`, its segments as `entry` has them.
///
/// # Errors
/// [`Unfit`], and the batch is of no more use.
pub fn add_sample(
    contigs: &SegmentTable,
    len_expected: u64,
    batch: &mut Batch,
    entry: impl Fn(&SegmentRef) -> SegmentEntry,
) -> Result<(), Unfit> {
    batch.start_sample();
    for (number, contig) in contigs.iter().enumerate() {
        if !contig.name.is_ascii() {
            return Err(Unfit::Name(contig.name.to_string()));
        }
        batch.start_contig(contig.name);
        for segment in contigs.segments(number).unwrap_or_default() {
            let entry = entry(&segment);
            if entry.in_group > ENTRIES_MAX {
                return Err(Unfit::Full);
            }
            batch.push_segment(entry, len_expected);
        }
    }
    Ok(())
}

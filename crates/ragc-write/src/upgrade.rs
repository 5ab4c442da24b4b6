//! The tables of an archive of version 1 or 2, made anew as those of version 3. Segments stay as they are.

use std::io::Write;

use ragc_read::{Archive, Contigs};

use crate::archive::ArchiveWriter;
use crate::collection::{Batch, SegmentEntry};
use crate::create::{CreateError, Level};
use crate::lane::{ENTRIES_MAX, Full};
use crate::part::PartMaker;
use crate::pipeline::compress;
use crate::registrar::batch_tasks;

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
    len_expected: u64,
    writer: &mut ArchiveWriter<W>,
) -> Result<Batch, CreateError> {
    let samples = archive.samples()?;
    let mut names = samples.iter();
    let mut maker = PartMaker::new(Level::default());
    let mut batch = Batch::default();
    let mut add = |contigs: &Contigs| {
        let sample = names.next().unwrap_or_default();
        add_sample(contigs, len_expected, &mut batch)
            .map_err(|error| error.of_sample(&sample.to_string()))?;
        if batch.samples() == pack_cardinality {
            for task in batch_tasks(std::mem::take(&mut batch))? {
                let (stream, part) = compress(task, &mut maker)?;
                writer.write(stream, &part)?;
            }
        }
        Ok::<_, CreateError>(())
    };
    for number in 0..archive.batch_count()? {
        let mut added = Ok(());
        archive.visit_batch(number, |contigs| {
            if added.is_ok() {
                added = add(contigs);
            }
        })?;
        added?;
    }
    Ok(batch)
}

/// Why a sample cannot be in an archive of version 3.
enum Unfit {
    Name(String),
    Full,
}

impl Unfit {
    fn of_sample(self, sample: &str) -> CreateError {
        match self {
            Self::Name(contig) => CreateError::Continue(format!(
                "sample {sample}: archives of version 3 have no room for the contig name {contig:?}, which is not ASCII"
            )),
            Self::Full => Full.into(),
        }
    }
}

fn add_sample(contigs: &Contigs, len_expected: u64, batch: &mut Batch) -> Result<(), Unfit> {
    batch.start_sample();
    for (number, contig) in contigs.iter().enumerate() {
        if !contig.name.is_ascii() {
            return Err(Unfit::Name(contig.name.to_string()));
        }
        batch.start_contig(contig.name);
        for segment in contigs.segments(number).unwrap_or_default() {
            if segment.in_group_id > ENTRIES_MAX {
                return Err(Unfit::Full);
            }
            batch.push_segment(SegmentEntry::of(&segment), len_expected);
        }
    }
    Ok(())
}

//! From an archive and a list of FASTA files to an archive of both: copies what stays as it is, and goes on from there.

use std::io::{BufWriter, Write};

use ragc_read::{Archive, Samples, StoredPart};

use crate::align::Shape;
use crate::archive::{ArchiveWriter, StreamId};
use crate::collection::Batch;
use crate::create::{
    CreateError, CreateOptions, Inputs, Level, Progress, Purpose, Summary, WRITE_BUFFER_BYTES,
    held, samples_part,
};
use crate::inputs::Names;
use crate::memory::{Held, Memory};
use crate::pipeline::{self, Start};
use crate::registrar::{Registrar, Settings};
use crate::resume::{LastPacks, Layout, index, last_batch};

/// What does not follow from the archive.
#[derive(Debug, Clone, Copy)]
pub struct AppendOptions {
    /// How hard packs are compressed.
    pub level: Level,
    /// Worker threads, at least 1. The archive does not depend on it.
    pub threads: usize,
    /// Memory that the whole process may take. Where it is scarce the archive gets somewhat larger.
    pub memory_bytes: u64,
}

impl Default for AppendOptions {
    fn default() -> Self {
        let CreateOptions {
            level,
            threads,
            memory_bytes,
            ..
        } = CreateOptions::default();
        Self {
            level,
            threads,
            memory_bytes,
        }
    }
}

/// Adds `inputs`, in this order, behind the samples of `archive`, and writes the result as a new archive.
///
/// The parameters are those of the archive, and all that need not change is copied as it is. What was stored before gives
/// the same bases as it did. The bytes depend on the archive, the inputs and the memory, not on the number of threads.
///
/// # Errors
/// [`CreateError`]; `SampleName` also for a sample that the archive has. What was written to `out` by then is no archive.
pub fn append<'a>(
    archive: &Archive,
    inputs: impl Into<Inputs<'a>>,
    options: AppendOptions,
    out: impl Write + Send,
    progress: &Progress,
) -> Result<Summary, CreateError> {
    let inputs = inputs.into();
    let mut archive = archive.clone();
    let samples = archive.samples()?;
    let names = Names::new(samples.iter(), inputs)?;
    let old = Old::of(&mut archive, &samples, options)?;
    let held = held(&names, inputs);
    old.settings.memory.check(options.threads, &held)?;
    let layout = Layout::of(
        &archive.stored_parts()?,
        old.batches,
        old.last_batch_is_open,
    )?;

    let (mut source, mut restored) = (archive.clone(), archive.clone());
    let start = Start {
        settings: old.settings,
        registrar: || old.registrar(&mut restored, &layout, held, options.threads.max(1)),
        copy: |writer: &mut ArchiveWriter<_>| copy(&mut source, &layout.kept, writer),
    };
    let writer = ArchiveWriter::new(BufWriter::with_capacity(WRITE_BUFFER_BYTES, out));
    let (mut writer, ending, counted, names) =
        pipeline::run(inputs, names, start, options.threads, writer, progress)?;

    let mut untouched = layout.last_packs;
    for group in ending.reopened {
        untouched[group as usize] = None;
    }
    let untouched: Vec<StoredPart> = untouched.into_iter().flatten().collect();
    copy(&mut archive, &untouched, &mut writer)?;
    copy(&mut archive, &layout.closing, &mut writer)?;
    writer.write(StreamId::Samples, &samples_part(&names)?)?;
    Ok(Summary {
        samples: (names.len() - samples.len()) as u64,
        contigs: counted.contigs,
        bases: counted.bases,
        archive_bytes: writer.finish(ending.groups)?,
        warnings: counted.warnings,
    })
}

/// How the archive ends that is continued.
#[derive(Debug, Clone, Copy)]
struct Old {
    settings: Settings,
    pack_cardinality: u32,
    batches: usize,
    last_batch_is_open: bool,
}

impl Old {
    fn of(
        archive: &mut Archive,
        samples: &Samples,
        options: AppendOptions,
    ) -> Result<Self, CreateError> {
        if samples.is_empty() {
            return Err(CreateError::Continue(
                "the archive has no samples, so make a new one".into(),
            ));
        }
        let params = archive.info()?.params;
        Ok(Self {
            settings: Settings {
                shape: Shape {
                    overlap: params.kmer_len as usize,
                    match_len_min: params.min_match_len as usize,
                },
                segment_size: Some(params.segment_size as usize),
                pack_cardinality: Some(params.pack_cardinality),
                purpose: Purpose::default(),
                level: options.level,
                samples_expected: samples.len(),
                memory: Memory(options.memory_bytes),
            },
            pack_cardinality: params.pack_cardinality,
            batches: archive.batch_count()?,
            last_batch_is_open: !samples
                .len()
                .is_multiple_of(params.pack_cardinality as usize),
        })
    }

    /// A registrar that knows what the archive holds.
    fn registrar(
        &self,
        archive: &mut Archive,
        layout: &Layout,
        held: Held,
        threads: usize,
    ) -> Result<Registrar, CreateError> {
        let groups = layout.group_count();
        let held = Held {
            groups: groups.into(),
            parts: layout.part_count(),
            ..held
        };
        let index = index(archive, layout, self.batches, self.settings, held, threads)?;
        let batch = if self.last_batch_is_open {
            last_batch(archive, self.batches - 1, self.settings.len_expected())?
        } else {
            Batch::default()
        };
        let last_packs = LastPacks::new(archive.clone(), self.pack_cardinality, layout);
        Ok(Registrar::resumed(
            self.settings,
            held,
            groups,
            index,
            batch,
            last_packs,
        ))
    }
}

/// Copies parts as they are.
fn copy<W: Write>(
    archive: &mut Archive,
    parts: &[StoredPart],
    writer: &mut ArchiveWriter<W>,
) -> Result<(), CreateError> {
    archive.read_parts(parts, |part, metadata, payload| {
        if let Some(stream) = StreamId::of(part.stream) {
            writer.copy(stream, part.number, metadata, payload)?;
        }
        Ok(())
    })
}

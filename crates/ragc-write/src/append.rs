//! From an archive and a list of FASTA files to an archive of both: copies what stays as it is, and goes on from there.

use std::io::{BufWriter, Write};

use ragc_read::{Archive, Params, Samples, StoredPart};

use crate::align::Shape;
use crate::archive::{ArchiveWriter, StreamId};
use crate::collection::Batch;
use crate::create::{
    CreateError, CreateOptions, Inputs, Level, Progress, Purpose, Summary, WRITE_BUFFER_BYTES,
    file_type, held, params_part, samples_part,
};
use crate::inputs::Expected;
use crate::memory::{Held, Memory};
use crate::names::Names;
use crate::part::Part;
use crate::pipeline::{self, Start};
use crate::registrar::{Registrar, Settings, stores_digests};
use crate::resume::{LastPacks, Layout, index, last_batch};
use crate::upgrade::{SEGMENT_SIZE_UNKNOWN, write_batches};

/// What does not follow from the archive.
#[derive(Debug, Clone, Copy)]
pub struct AppendOptions {
    /// How hard packs are compressed.
    pub level: Level,
    /// Worker threads, at least 1. The archive does not depend on it.
    pub threads: usize,
    /// Memory that the whole process may take. Where it is scarce the archive gets somewhat larger.
    pub memory_bytes: u64,
    /// Whether the digest of each new contig is stored; unless told, if the reference sample has a megabase. Those that the
    /// archive has stay, and those it lacks are not made.
    pub digests: Option<bool>,
}

impl Default for AppendOptions {
    fn default() -> Self {
        let CreateOptions {
            level,
            threads,
            memory_bytes,
            digests,
            ..
        } = CreateOptions::default();
        Self {
            level,
            threads,
            memory_bytes,
            digests,
        }
    }
}

/// Adds `inputs`, in this order, behind the samples of `archive`, and writes the result as a new archive.
///
/// The parameters are those of the archive, and all that need not change is copied as it is. What was stored before gives
/// the same bases as it did. An archive of version 1 or 2 becomes one of version 3, without the command lines it held. The
/// bytes depend on the archive, the inputs and the memory, not on the number of threads.
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
    let samples = archive.samples()?;
    let names = Names::new(samples.iter(), inputs)?;
    let mut old = Old::of(archive, &samples, options)?;
    let digests = old.stores_digests(archive, &samples)?;
    old.settings.digests = Some(digests);
    let held = held(&names, inputs);
    old.settings.memory.check(options.threads, &held)?;
    let batches_kept = old.batches_kept();
    let layout = Layout::of(&archive.stored_parts()?, batches_kept, old.upgraded)?;

    let mut writer = ArchiveWriter::new(BufWriter::with_capacity(WRITE_BUFFER_BYTES, out));
    let open_batch = old.open_batch(archive, &mut writer)?;
    let start = Start {
        settings: old.settings,
        registrar: || old.registrar(archive, &layout, held, options.threads.max(1), open_batch),
        copy: |writer: &mut ArchiveWriter<_>| {
            copy(archive, &layout.kept, writer)?;
            // So that the parts for what is new get the numbers of their batches.
            let batches_told = if digests { batches_kept } else { 0 };
            for _ in layout.digests_kept..batches_told {
                writer.write(StreamId::Digests, &Part::default())?;
            }
            Ok(())
        },
    };
    let (mut writer, ending, counted, names) =
        pipeline::run(inputs, names, start, options.threads, writer, progress)?;

    let mut untouched = layout.last_packs;
    for group in ending.reopened {
        untouched[group as usize] = None;
    }
    let untouched: Vec<StoredPart> = untouched.into_iter().flatten().collect();
    copy(archive, &untouched, &mut writer)?;
    copy(archive, &layout.closing, &mut writer)?;
    let mut warnings = counted.warnings;
    warnings.extend(old.write_upgraded(&mut writer)?);
    writer.write(StreamId::Samples, &samples_part(&names)?)?;
    Ok(Summary {
        samples: (names.len() - samples.len()) as u64,
        contigs: counted.contigs,
        bases: counted.bases,
        archive_bytes: writer.finish(ending.groups)?,
        warnings,
    })
}

/// How the archive ends that is continued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Old {
    pub(crate) settings: Settings,
    pub(crate) params: Params,
    /// Whether it is of an older version.
    pub(crate) upgraded: bool,
    pub(crate) batches: usize,
    last_batch_is_open: bool,
}

impl Old {
    /// Of an archive that has samples.
    ///
    /// # Errors
    /// When it has none, or cannot be read.
    pub(crate) fn of(
        archive: &Archive,
        samples: &Samples,
        options: AppendOptions,
    ) -> Result<Self, CreateError> {
        if samples.is_empty() {
            return Err(CreateError::Continue(
                "the archive has no samples, so make a new one".into(),
            ));
        }
        let info = archive.info()?;
        let mut params = info.params;
        let upgraded = info.file_version.0 < 3;
        if upgraded && params.segment_size == 0 {
            params.segment_size = SEGMENT_SIZE_UNKNOWN;
        }
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
                samples_expected: Expected::Samples(samples.len()),
                memory: Memory(options.memory_bytes),
                digests: options.digests,
            },
            params,
            upgraded,
            batches: archive.batch_count()?,
            last_batch_is_open: !samples
                .len()
                .is_multiple_of(params.pack_cardinality as usize),
        })
    }

    /// Whether samples that are added get digests: if nobody told, the reference sample does.
    fn stores_digests(&self, archive: &Archive, samples: &Samples) -> Result<bool, CreateError> {
        if let Some(told) = self.settings.digests {
            return Ok(told);
        }
        let contigs = archive.contigs(samples.get(0).unwrap_or_default())?;
        let bases = contigs.iter().map(|contig| contig.len_bases).sum();
        Ok(stores_digests(bases))
    }

    /// How many batches stay as they are.
    fn batches_kept(&self) -> usize {
        if self.upgraded {
            0
        } else {
            self.batches - usize::from(self.last_batch_is_open)
        }
    }

    /// The batch that goes on; of an archive that is upgraded, the tables before it are written.
    pub(crate) fn open_batch<W: Write>(
        &self,
        archive: &Archive,
        writer: &mut ArchiveWriter<W>,
    ) -> Result<Batch, CreateError> {
        if self.upgraded {
            let pack_cardinality = self.params.pack_cardinality;
            return write_batches(archive, pack_cardinality, self.settings, writer);
        }
        if self.last_batch_is_open {
            return Ok(last_batch(archive, self.batches - 1, self.settings)?);
        }
        Ok(Batch::default())
    }

    /// Writes version and parameters, unless they are copied as they are: a sentence about what is lost.
    pub(crate) fn write_upgraded<W: Write>(
        &self,
        writer: &mut ArchiveWriter<W>,
    ) -> Result<Option<String>, CreateError> {
        if !self.upgraded {
            return Ok(None);
        }
        writer.write(StreamId::Params, &params_part(&self.params))?;
        writer.write(StreamId::FileType, &file_type())?;
        let lost = "the archive was of an older version, the new one is of version 3: without the command lines it held";
        Ok(Some(lost.into()))
    }

    /// A registrar that knows what the archive holds.
    fn registrar(
        &self,
        archive: &Archive,
        layout: &Layout,
        held: Held,
        threads: usize,
        open_batch: Batch,
    ) -> Result<Registrar, CreateError> {
        let groups = layout.group_count();
        let held = Held {
            groups: groups.into(),
            parts: layout.part_count(),
            ..held
        };
        let index = index(archive, layout, self.batches, self.settings, held, threads)?;
        let last_packs = LastPacks::new(archive.clone(), self.params.pack_cardinality, layout);
        Ok(Registrar::resumed(
            self.settings,
            held,
            groups,
            index,
            open_batch,
            last_packs,
        ))
    }
}

/// Copies parts as they are.
pub(crate) fn copy<W: Write>(
    archive: &Archive,
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

//! From an archive to one of some of its samples: what these need is taken over, and nothing is aligned anew.

use std::io::{BufWriter, Write};
use std::sync::Arc;

use bstr::BStr;
use ragc_read::{Archive, Samples, SegmentRef, SegmentTable, StoredPart, Stream};

use crate::append::{AppendOptions, Old};
use crate::archive::{ArchiveWriter, StreamId};
use crate::carry::carry;
use crate::collection::{Batch, Thrift};
use crate::create::{CreateError, Progress, Summary, WRITE_BUFFER_BYTES, samples_part};
use crate::kept::{Gathered, Kept};
use crate::lane::Full;
use crate::memory::Held;
use crate::names::Names;
use crate::part::Part;
use crate::pipeline::{Outlet, repack};
use crate::registrar::batch_tasks;
use crate::upgrade::add_sample;

/// A record of `segment-splitters`: two k-mers of 8 bytes, and a group.
const RECORD_LEN: usize = 20;
const RECORD_KMERS_LEN: usize = 16;

/// Writes a new archive of some samples of `archive`, given by their numbers, in the order in which they are stored there.
///
/// The parameters are those of the archive, the version is 3 whatever its own. The first sample that is kept becomes the
/// reference sample. Packs that these samples need all of, or nearly, are copied, others thinned; so a little may stay of
/// what only other samples have, besides references. The bytes do not depend on the number of threads.
///
/// # Errors
/// [`CreateError`]; `Continue` also when a segment is not there, or no such sample, or none is asked for. What was written
/// to `out` by then is no archive.
pub fn subset(
    archive: &Archive,
    samples: &[usize],
    options: AppendOptions,
    out: impl Write + Send,
    progress: &Progress,
) -> Result<Summary, CreateError> {
    let all = archive.samples()?;
    let mut samples = samples.to_vec();
    samples.sort_unstable();
    samples.dedup();
    let names = names(&all, &samples)?;
    let old = Old::of(archive, &all, options)?;
    let parts = archive.stored_parts()?;
    let held = Held {
        names: (all.len() + names.len()) as u64,
        name_letters: (all.iter().map(|name| name.len()).sum::<usize>() + names.letters()) as u64,
        // What is there, and what is written.
        parts: 2 * parts.len() as u64,
        ..Held::default()
    };
    old.settings.memory.check(options.threads, &held)?;
    let chosen = Chosen {
        archive,
        all,
        samples,
        old,
        has_digests: parts.iter().any(|part| part.stream == Stream::Digests),
    };
    let mut kept = chosen.gather(Gathered::new(old.settings.memory, held))?;

    let writer = ArchiveWriter::new(BufWriter::with_capacity(WRITE_BUFFER_BYTES, out));
    let (mut writer, mut summary) = repack(writer, old.settings, options.threads, |outlet| {
        let pack_cardinality = old.params.pack_cardinality;
        carry(
            archive,
            &parts,
            pack_cardinality,
            &mut kept,
            outlet,
            progress,
        )?;
        chosen.send_tables(&kept, outlet)
    })?;
    write_closing(chosen.archive, &parts, old.upgraded, &kept, &mut writer)?;
    summary.warnings.extend(old.write_upgraded(&mut writer)?);
    writer.write(StreamId::Samples, &samples_part(&names)?)?;
    summary.archive_bytes = writer.finish(kept.group_count())?;
    Ok(summary)
}

fn names(all: &Samples, samples: &[usize]) -> Result<Names, CreateError> {
    if samples.is_empty() {
        return Err(CreateError::Continue("no sample is asked for".into()));
    }
    let mut names = Names::default();
    for &sample in samples {
        let name = all.get(sample).ok_or_else(|| {
            let count = all.len();
            CreateError::Continue(format!(
                "there is no sample {sample}, only {count} from 0 on"
            ))
        })?;
        names.add(name, |_| "in the archive".into())?;
    }
    Ok(names)
}

/// An archive, and the samples of it that are kept.
struct Chosen<'a> {
    archive: &'a Archive,
    all: Arc<Samples>,
    /// Ascending, each once.
    samples: Vec<usize>,
    old: Old,
    /// Whether the archive has digests of contigs, maybe not of all.
    has_digests: bool,
}

impl Chosen<'_> {
    /// The batches with samples that are kept, and the number of the first sample of each.
    fn batches(&self) -> Result<Vec<(usize, usize)>, CreateError> {
        let mut batches = Vec::new();
        for batch in 0..self.old.batches {
            let range = self.archive.samples_of_batch(batch)?;
            let next = self.samples.partition_point(|&sample| sample < range.start);
            if self
                .samples
                .get(next)
                .is_some_and(|sample| range.contains(sample))
            {
                batches.push((batch, range.start));
            }
        }
        Ok(batches)
    }

    /// Gives each sample of a batch that is kept to `visit`, by its number in the batch.
    fn visit(
        &self,
        (batch, first): (usize, usize),
        mut visit: impl FnMut(usize, &SegmentTable) -> Result<(), CreateError>,
    ) -> Result<(), CreateError> {
        let mut numbers = 0..;
        self.archive.visit_batch(batch, |contigs| {
            let number = numbers.next().unwrap_or_default();
            match self.samples.binary_search(&(first + number)) {
                Ok(_) => visit(number, contigs),
                Err(_) => Ok(()),
            }
        })
    }

    fn gather(&self, mut gathered: Gathered) -> Result<Kept, CreateError> {
        for batch in self.batches()? {
            self.visit(batch, |_, contigs| {
                (0..contigs.len()).try_for_each(|contig| gathered.add(&segments(contigs, contig)))
            })?;
        }
        gathered.finish()
    }

    /// Sends the tables of the samples that are kept, and counts what these hold.
    fn send_tables(&self, kept: &Kept, outlet: &Outlet) -> Result<Summary, CreateError> {
        let Old {
            settings,
            params,
            upgraded,
            ..
        } = self.old;
        let len_expected = settings.len_expected();
        let all = Arc::clone(&self.all);
        let (mut batch, mut thrift) = (Batch::default(), Thrift::default());
        let mut summary = Summary::default();
        for old_batch in self.batches()? {
            let coded_names = if upgraded {
                None
            } else {
                Some(self.archive.coded_names(old_batch.0)?)
            };
            self.visit(old_batch, |number, contigs| {
                let sample = all.get(old_batch.1 + number).unwrap_or_default();
                check_segments(contigs, kept, sample)?;
                let entry = |segment: &SegmentRef| kept.entry_of(segment).expect("it was checked");
                match &coded_names {
                    Some(names) => {
                        let names = names.get(number).map(|names| names.bytes.as_slice());
                        let contigs = (0..contigs.len()).map(|contig| {
                            let segments = segments(contigs, contig).into_iter();
                            segments.map(|segment| entry(&segment))
                        });
                        batch.restore_sample(names.unwrap_or_default(), contigs, len_expected);
                    }
                    None => add_sample(contigs, len_expected, &mut batch, entry)
                        .map_err(|unfit| unfit.of_sample(sample))?,
                }
                if self.has_digests {
                    let digests = self.archive.digests(sample)?;
                    batch.restore_digests(digests.as_deref().unwrap_or_default());
                }
                summary.samples += 1;
                summary.contigs += contigs.len() as u64;
                summary.bases += contigs.iter().map(|contig| contig.len_bases).sum::<u64>();
                if batch.samples() == params.pack_cardinality {
                    thrift.start_batch();
                    outlet.compress(batch_tasks(std::mem::take(&mut batch), self.has_digests)?)?;
                } else if !thrift.tidy(&mut batch, settings.memory.batch_bytes())? {
                    return Err(Full.into());
                }
                Ok(())
            })?;
        }
        if batch.samples() > 0 {
            outlet.compress(batch_tasks(batch, self.has_digests)?)?;
        }
        Ok(summary)
    }
}

fn segments(contigs: &SegmentTable, contig: usize) -> Vec<SegmentRef> {
    contigs.segments(contig).unwrap_or_default()
}

/// Refuses a sample of which something is missing.
fn check_segments(contigs: &SegmentTable, kept: &Kept, sample: &BStr) -> Result<(), CreateError> {
    for (number, contig) in contigs.iter().enumerate() {
        let missing = segments(contigs, number)
            .into_iter()
            .find(|segment| kept.entry_of(segment).is_none());
        if let Some(segment) = missing {
            return Err(CreateError::Continue(format!(
                "sample {sample}, contig {}: the archive holds no entry {} of group {}",
                contig.name, segment.in_group_id, segment.group_id
            )));
        }
    }
    Ok(())
}

/// Writes the streams that describe neither samples nor groups, as far as they are known.
fn write_closing<W: Write>(
    archive: &Archive,
    parts: &[StoredPart],
    upgraded: bool,
    kept: &Kept,
    writer: &mut ArchiveWriter<W>,
) -> Result<(), CreateError> {
    let is_closing = |part: &&StoredPart| match part.stream {
        Stream::Splitters | Stream::SegmentSplitters => true,
        Stream::Params | Stream::FileTypeInfo => !upgraded,
        _ => false,
    };
    let closing: Vec<StoredPart> = parts.iter().filter(is_closing).copied().collect();
    archive.read_parts(&closing, |part, metadata, payload| {
        let Some(stream) = StreamId::of(part.stream) else {
            return Ok(());
        };
        if stream == StreamId::SegmentSplitters {
            writer.write(stream, &segment_splitters(payload, kept))?;
        } else {
            writer.copy(stream, part.number, metadata, payload)?;
        }
        Ok::<_, CreateError>(())
    })
}

/// The pairs of k-mers that lead to groups which are kept.
fn segment_splitters(records: &[u8], kept: &Kept) -> Part {
    let mut payload = Vec::with_capacity(records.len());
    for record in records.chunks_exact(RECORD_LEN) {
        let (kmers, group) = record.split_at(RECORD_KMERS_LEN);
        let group = group.try_into().map(u32::from_le_bytes).ok();
        if let Some(group) = group.and_then(|group| kept.group(group)) {
            payload.extend_from_slice(kmers);
            payload.extend_from_slice(&group.to_le_bytes());
        }
    }
    Part {
        metadata: (payload.len() / RECORD_LEN) as u64,
        payload,
    }
}

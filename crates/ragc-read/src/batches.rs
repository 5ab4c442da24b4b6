//! The collection, batch by batch: the contigs of a sample, and contigs by name.
//!
//! A batch describes a fixed number of samples and is decoded as a whole; what it gives is kept per sample, so that
//! going back to a sample does not decode its batch again. Archives of version 1 have no batches, all of it is known when
//! they are open; of version 2 the names are.

use std::sync::Arc;

use crate::codec::zstd::{Decoder, Frame};
use crate::error::{Error, within};
use crate::format::collection::{BatchNames, BatchTables, DetailsFrames};
use crate::format::footer::{Footer, Named, StreamId, open_part};
use crate::format::old_collection::Columns;
use crate::named::{ContigName, Search, Wanted};
use crate::opened::{Collection, Opened, at_part, find_part};
use crate::reader::{Located, Reader};
use crate::segment_table::SegmentTable;
use crate::step::Stop;

/// Compressed names asked for in one round when looking for a contig in all samples.
const LOCATE_BYTES_A_ROUND: u64 = 4 << 20;

/// How far a search for contigs by name has come.
#[derive(Debug, Clone)]
pub(crate) struct Locating {
    search: Search,
    /// The group of names that is looked for, and the batch that is looked through, if it is in all samples.
    group: usize,
    batch: usize,
}

/// The decompressed texts of a batch.
#[derive(Debug)]
pub(crate) enum BatchTexts {
    /// Version 3: the contig names, and the five blocks of the segment table.
    NamesAndBlocks(Vec<u8>, [Vec<u8>; 5]),
    /// Version 2: the columns of the segment table.
    Columns(Vec<u8>),
    /// Version 1.
    None,
}

/// The contig tables of a batch, sample by sample.
pub(crate) enum SampleTables<'a> {
    OfNamesAndBlocks(BatchTables<'a>),
    OfColumns(Columns<'a>),
    Known(std::slice::Iter<'a, Arc<SegmentTable>>),
}

impl<'a> SampleTables<'a> {
    /// `group_ids_dense` is a number below which group ids are expected to lie; others are only slower.
    pub(crate) fn new(
        opened: &'a Opened,
        batch: usize,
        texts: &'a BatchTexts,
        group_ids_dense: usize,
        table_bytes_max: u64,
    ) -> Result<Self, Error> {
        let samples = opened.samples_of_batch(batch);
        match (texts, &opened.collection) {
            (BatchTexts::NamesAndBlocks(names, blocks), _) => {
                let sample_count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
                let names = BatchNames::new(names, sample_count, table_bytes_max)?;
                let params = opened.params;
                BatchTables::new(names, blocks, params, group_ids_dense, table_bytes_max)
                    .map(SampleTables::OfNamesAndBlocks)
            }
            (BatchTexts::Columns(bytes), Collection::Outlined(outline)) => {
                let overlap = opened.params.kmer_len;
                Columns::new(bytes, outline, samples, overlap, table_bytes_max)
                    .map(SampleTables::OfColumns)
            }
            (_, Collection::Whole(tables)) => Ok(SampleTables::Known(tables.iter())),
            _ => Err(Error::Misuse("the texts of an archive of another version")),
        }
    }

    /// The next sample's table; `None` after the last one of the batch.
    pub(crate) fn next_sample(&mut self) -> Result<Option<Arc<SegmentTable>>, Error> {
        match self {
            SampleTables::OfNamesAndBlocks(tables) => Ok(tables.next_sample()?.map(Arc::new)),
            SampleTables::OfColumns(columns) => Ok(columns.next_sample()?.map(Arc::new)),
            SampleTables::Known(tables) => Ok(tables.next().map(Arc::clone)),
        }
    }
}

impl Reader {
    /// The contigs of a sample, by its number.
    pub(crate) fn table_of(&mut self, sample: usize) -> Result<Arc<SegmentTable>, Stop> {
        if let Some(contigs) = self.shared.table(sample) {
            return Ok(contigs);
        }
        let opened = self.opened()?;
        if let Collection::Whole(tables) = &opened.collection
            && let Some(contigs) = tables.get(sample)
        {
            return Ok(Arc::clone(contigs));
        }
        let footer = self.footer()?;
        let batch = sample / opened.batch_size();
        let texts = self.inflate_batch(batch)?;
        let decoded = self.decode_batch(&footer, &opened, batch, sample, &texts);
        Ok(decoded.map_err(at_part(&footer, StreamId::Named(Named::Details), batch))?)
    }

    /// The texts of a batch.
    pub(crate) fn inflate_batch(&mut self, batch: usize) -> Result<BatchTexts, Stop> {
        let footer = self.footer()?;
        match &self.opened()?.collection {
            Collection::Batches => {
                let mut ranges = Vec::new();
                for stream in [Named::Contigs, Named::Details].map(StreamId::Named) {
                    ranges.push(footer.range(find_part(&footer, stream, batch)?));
                }
                self.need(ranges)?;
                let names = self.inflate_part(&footer, Named::Contigs, batch)?;
                let blocks = self.inflate_details(&footer, batch)?;
                Ok(BatchTexts::NamesAndBlocks(names, blocks))
            }
            Collection::Outlined(_) => Ok(BatchTexts::Columns(self.inflate_part(
                &footer,
                Named::Details,
                batch,
            )?)),
            Collection::Whole(_) => Ok(BatchTexts::None),
        }
    }

    /// Decodes a batch and keeps the tables of its samples: `wanted`, and those that follow it as far as there is room,
    /// as these are likely asked for next.
    fn decode_batch(
        &self,
        footer: &Footer,
        opened: &Opened,
        batch: usize,
        wanted: usize,
        texts: &BatchTexts,
    ) -> Result<Arc<SegmentTable>, Error> {
        let limits = self.shared.limits;
        let mut tables = SampleTables::new(
            opened,
            batch,
            texts,
            footer.stream_count,
            limits.allocation_bytes_max,
        )?;
        let mut found = None;
        let mut kept_bytes = 0;
        for sample in opened.samples_of_batch(batch) {
            let Some(contigs) = tables
                .next_sample()
                .map_err(|error| at_sample(error, opened, sample))?
            else {
                break;
            };
            if sample == wanted {
                found = Some(Arc::clone(&contigs));
            }
            if found.is_some() {
                kept_bytes += contigs.size_bytes() as u64;
            }
            if sample == wanted || kept_bytes <= limits.collection_bytes_max {
                self.shared.keep_table(sample, contigs);
            }
        }
        // That the batch ends with its last sample.
        tables.next_sample()?;
        found.ok_or_else(|| Error::malformed("a batch that lacks one of its samples"))
    }

    /// Decompresses the five blocks of a part of `collection-details`.
    fn inflate_details(&mut self, footer: &Footer, batch: usize) -> Result<[Vec<u8>; 5], Stop> {
        let stream = StreamId::Named(Named::Details);
        let part = find_part(footer, stream, batch)?;
        let allowed = self.shared.limits.allocation_bytes_max;
        let Reader { store, zstd, .. } = self;
        let bytes = store.get(&footer.range(part)).unwrap_or_default();
        let blocks =
            open_part(bytes, part).and_then(|(_, payload)| inflate_blocks(payload, allowed, zstd));
        Ok(blocks.map_err(at_part(footer, stream, batch))?)
    }

    /// See [`Reader::locate_all`].
    pub(crate) fn find_by_batches(
        &mut self,
        names: &[ContigName],
    ) -> Result<Vec<Vec<Located>>, Stop> {
        let opened = self.opened()?;
        let locating = self.locating.take();
        let mut locating = locating
            .filter(|locating| locating.search.is_for(names))
            .unwrap_or_else(|| Locating {
                search: Search::new(names),
                group: 0,
                batch: 0,
            });
        match self.go_on(&opened, &mut locating) {
            Ok(()) => Ok(locating.search.answer(&opened.samples)),
            Err(stop) => {
                self.locating = matches!(stop, Stop::Need(_)).then_some(locating);
                Err(stop)
            }
        }
    }

    /// Looks for the names that are left, sample by sample, then in all samples.
    fn go_on(&mut self, opened: &Opened, locating: &mut Locating) -> Result<(), Stop> {
        let Locating {
            search,
            group,
            batch,
        } = locating;
        while let Some((sample, wanted)) = search.groups.get_mut(*group) {
            match sample {
                Some(name) => {
                    let number = opened.sample_number((*name).as_ref())?;
                    wanted.look_at(number, self.table_of(number)?.names());
                }
                None => self.find_anywhere(opened, wanted, batch)?,
            }
            *group += 1;
        }
        Ok(())
    }

    /// Looks for names in all samples, from those of a batch on.
    fn find_anywhere(
        &mut self,
        opened: &Opened,
        wanted: &mut Wanted,
        batch: &mut usize,
    ) -> Result<(), Stop> {
        match &opened.collection {
            Collection::Batches => {
                let footer = self.footer()?;
                let batch_count = opened.batch_count();
                while *batch < batch_count {
                    self.need_names(&footer, *batch, batch_count)?;
                    self.find_in_batch(&footer, opened, wanted, *batch)?;
                    *batch += 1;
                }
            }
            Collection::Outlined(outline) => {
                for sample in 0..opened.samples.len() {
                    wanted.look_at(sample, outline.contig_names(sample));
                }
            }
            Collection::Whole(tables) => {
                for (sample, contigs) in tables.iter().enumerate() {
                    wanted.look_at(sample, contigs.names());
                }
            }
        }
        Ok(())
    }

    /// Makes sure of the names of a batch. When they have to be asked for, some batches after it are, too.
    fn need_names(
        &mut self,
        footer: &Footer,
        batch: usize,
        batch_count: usize,
    ) -> Result<(), Stop> {
        let range_of = |batch| {
            find_part(footer, StreamId::Named(Named::Contigs), batch).map(|part| footer.range(part))
        };
        let first = range_of(batch)?;
        if self.store.get(&first).is_some() {
            return Ok(());
        }
        // The batches before are done with.
        self.trim(LOCATE_BYTES_A_ROUND);
        let mut bytes = first.end - first.start;
        let mut ranges = vec![first];
        for batch in batch + 1..batch_count {
            let range = range_of(batch)?;
            bytes += range.end - range.start;
            if bytes > LOCATE_BYTES_A_ROUND {
                break;
            }
            ranges.push(range);
        }
        self.need(ranges)
    }

    fn find_in_batch(
        &mut self,
        footer: &Footer,
        opened: &Opened,
        wanted: &mut Wanted,
        batch: usize,
    ) -> Result<(), Stop> {
        let names = self.inflate_part(footer, Named::Contigs, batch)?;
        let allowed = self.shared.limits.allocation_bytes_max;
        search(&names, opened, wanted, batch, allowed).map_err(at_part(
            footer,
            StreamId::Named(Named::Contigs),
            batch,
        ))?;
        Ok(())
    }
}

/// Looks through the names of a batch.
fn search(
    names: &[u8],
    opened: &Opened,
    wanted: &mut Wanted,
    batch: usize,
    allowed: u64,
) -> Result<(), Error> {
    let samples = opened.samples_of_batch(batch);
    let sample_count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let mut batch = BatchNames::new(names, sample_count, allowed)?;
    for sample in samples {
        let Some(names) = batch
            .next_sample()
            .map_err(|error| at_sample(error, opened, sample))?
        else {
            break;
        };
        wanted.look_at(sample, names.iter());
    }
    batch.next_sample()?;
    Ok(())
}

fn inflate_blocks(payload: &[u8], allowed: u64, zstd: &mut Decoder) -> Result<[Vec<u8>; 5], Error> {
    let details = DetailsFrames::parse(payload)?;
    let len = details.frames.iter().map(|(len, _)| u64::from(*len)).sum();
    within("the tables of a batch", len, allowed)?;
    let mut blocks: [Vec<u8>; 5] = Default::default();
    for (block, (len, frame)) in blocks.iter_mut().zip(details.frames) {
        zstd.decode_exactly(&Frame::whole(frame)?, u64::from(len), block)?;
    }
    Ok(blocks)
}

pub(crate) fn at_sample(error: Error, opened: &Opened, sample: usize) -> Error {
    error.at(|place| place.sample = opened.samples.get(sample).map(ToString::to_string))
}

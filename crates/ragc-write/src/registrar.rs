//! New sequence -> groups, segments -> entries, in the order of the input: everything that is decided once.
//!
//! Windows arrive aligned to the references as they stood when their epoch began. What was new then is
//! looked at again here, against the groups born since, so that samples of one epoch share what they share.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ragc_read::Digest;

use crate::align::{Aligned, Index, Kind, Shape, align};
use crate::anchors::{Found, Sampling};
use crate::archive::{RAW_GROUPS, StreamId};
use crate::chain::Costs;
use crate::collection::{Batch, ContigTable, SegmentEntry, Thrift};
use crate::create::CreateError;
use crate::inputs::Expected;
use crate::lane::{Full, Lane, Sealed};
use crate::lz::Delta;
use crate::memory::{Held, Memory, ReferenceSample};
use crate::packed::PackedSeq;
use crate::packing::{CARDINALITY_MIN, PackSize, Purpose, Seen, pack_size, segment_len};
use crate::part::{Level, PartMaker, compressing_bytes};
use crate::resume::LastPacks;
use crate::splitters::Splitter;
use crate::text::Text;
use crate::unknown::Unknown;

/// New sequence shorter than this, or than the segments that are asked for, is stored raw: a group of its own costs more
/// than it can save.
const REFERENCE_LEN_MIN: usize = 300;
/// Open packs looked at for that, and how many entries they must hold.
const PACKS_LOOKED_AT: usize = 16;
const ENTRIES_LOOKED_AT_MIN: u32 = 8;
/// What stands for "no k-mer" in the table of segment splitters.
const NO_KMER: u64 = u64::MAX;

/// A text that is compressed elsewhere and becomes the next part of its stream.
#[derive(Debug)]
pub enum Task {
    /// A full or last pack.
    Pack(StreamId, Text),
    /// A pack that was compressed before, and to which little was added.
    OpenPack(StreamId, Text),
    /// A new group's reference, to be stored reversed or as it is.
    Reference(StreamId, PackedSeq, bool),
    /// Contig names of a batch.
    Contigs(ContigTable),
    /// Segment table of a batch.
    Details(Box<[Text; 5]>),
    /// Digests of a batch, or nothing if it has none.
    Digests(Vec<u8>),
}

impl Task {
    fn of(sealed: Sealed) -> Self {
        if sealed.is_mostly_old {
            Self::OpenPack(sealed.stream, sealed.text)
        } else {
            Self::Pack(sealed.stream, sealed.text)
        }
    }

    /// Memory that it takes while it is compressed.
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Pack(_, text) | Self::OpenPack(_, text) => compressing_bytes(text.len()),
            Self::Digests(text) => text.len() + compressing_bytes(text.len()),
            Self::Contigs(names) => names.len_bytes() + compressing_bytes(names.len_bytes()),
            // One byte a symbol once it is unpacked.
            Self::Reference(_, seq, _) => seq.held_bytes() + compressing_bytes(seq.len()),
            // One after the other.
            Self::Details(texts) => {
                let held: usize = texts.iter().map(Text::held_bytes).sum();
                held + compressing_bytes(texts.iter().map(Text::len).max().unwrap_or(0))
            }
        }
    }
}

/// A window of a contig, aligned.
#[derive(Debug)]
pub struct Window {
    /// Name of the contig, if it begins here.
    pub name: Option<Vec<u8>>,
    /// If a sample begins with it that was not known before: length of the sample's name in bytes.
    pub sample_name_len: Option<usize>,
    /// The symbols, beginning with the overlap unless the contig begins here; empty if none of them is new.
    pub seq: PackedSeq,
    /// Number of symbols.
    pub len_bases: usize,
    /// Whether the contig ends here.
    pub ends: bool,
    /// Its segments, against the index of the epoch; none if it is empty.
    pub segments: Vec<Aligned>,
    /// Digest of the contig up to the end of the window; nothing if digests are not wanted.
    pub digest: Option<Digest>,
}

/// What the archive is made with.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Overlap and shortest match.
    pub shape: Shape,
    /// Wanted length of new reference segments; nothing if the data shall tell.
    pub segment_size: Option<usize>,
    /// Entries in a pack, samples in a batch; nothing if the data shall tell.
    pub pack_cardinality: Option<u32>,
    /// What the choices favour.
    pub purpose: Purpose,
    /// How hard packs are compressed.
    pub level: Level,
    /// How many samples there will be, about.
    pub samples_expected: Expected,
    /// What may be held.
    pub memory: Memory,
    /// Whether digests of contigs are stored; `None` until the reference sample tells.
    pub digests: Option<bool>,
}

/// Shortest reference sample of an archive that gets digests without being told. Hashing takes 8 to 18 % of the time where
/// genomes are larger, half of it where they are viruses, and a third of the archive (docs/PERFORMANCE.md).
const DIGESTS_FROM_BASES: u64 = 1_000_000;

/// Whether digests are worth their cost where nobody told.
pub fn stores_digests(reference_sample_bases: u64) -> bool {
    reference_sample_bases >= DIGESTS_FROM_BASES
}

impl Settings {
    /// The predicted length of a segment, if it is known already how long they are to be.
    pub fn len_expected(&self) -> u64 {
        (self.segment_size.unwrap_or_default() + self.shape.overlap) as u64
    }
}

/// What is known at the end, for the last parts of the archive.
#[derive(Debug)]
pub struct Ending {
    /// Number of groups, raw ones included.
    pub groups: u32,
    /// Wanted length of segments that was used.
    pub segment_size: usize,
    /// Entries in a pack and samples in a batch that were used.
    pub pack_cardinality: u32,
    /// The k-mers at which the reference sample was cut, ascending.
    pub splitters: Vec<u64>,
    /// Pairs of k-mers and the group between them.
    pub segment_splitters: Vec<(u64, u64, u32)>,
    /// Groups whose last pack in the archive that was continued is replaced.
    pub reopened: Vec<u32>,
    /// Groups that nothing was aligned to, as there was no memory for their references.
    pub left_out: usize,
    /// Batches that lack digests, as there was no memory for them.
    pub undigested: usize,
}

/// What the parts of a batch are made of; with `digests` one of them is for these, even if the batch has none, as the
/// batches to come may have some.
///
/// # Errors
/// [`Full`] when its tables are too long for the format.
pub fn batch_tasks(batch: Batch, digests: bool) -> Result<impl Iterator<Item = Task>, Full> {
    let text = batch.digests_text();
    let digests = (digests || !text.is_empty()).then_some(Task::Digests(text));
    let (contigs, details) = batch.into_tables();
    // The sizes of the texts stand before them as 32 bits.
    if details
        .iter()
        .any(|text| u32::try_from(text.len()).is_err())
    {
        return Err(Full);
    }
    let tables = [Task::Contigs(contigs), Task::Details(Box::new(details))];
    Ok(tables.into_iter().chain(digests))
}

/// Owner of groups, tables and the references of the current epoch.
pub struct Registrar {
    settings: Settings,
    /// Wanted length of new reference segments, known once the reference sample is.
    segment_size: usize,
    seen: Seen,
    /// The references that the windows were aligned to.
    old: Arc<Index>,
    /// The references born since.
    young: Index,
    lane: Lane,
    batch: Batch,
    splitters: Vec<u64>,
    segment_splitters: BTreeMap<(u64, u64), (u32, usize)>,
    tasks: Vec<Task>,
    /// Of the archive that is continued.
    last_packs: Option<LastPacks>,
    /// Names, lists and parts: of the index, only what is not told by it.
    held: Held,
    thrift: Thrift,
}

impl Registrar {
    /// A registrar that has seen nothing, but for what is `held` of names and files.
    pub fn new(settings: Settings, held: Held) -> Self {
        let mut lane = Lane::new(settings.memory.lane());
        let tasks = settings
            .pack_cardinality
            .map(|entries| lane.choose_pack_size(PackSize::of_entries(entries)))
            .into_iter()
            .flatten()
            .map(Task::of)
            .collect();
        Self {
            settings,
            segment_size: settings.segment_size.unwrap_or_default(),
            seen: Seen::default(),
            old: Arc::new(Index::new(settings.level.thinned_log2())),
            young: Index::new(settings.level.thinned_log2()),
            lane,
            batch: Batch::default(),
            splitters: Vec::new(),
            segment_splitters: BTreeMap::new(),
            tasks,
            last_packs: None,
            held,
            thrift: Thrift::default(),
        }
    }

    /// A registrar that goes on where an archive of `groups` groups ends.
    pub fn resumed(
        settings: Settings,
        held: Held,
        groups: u32,
        index: Index,
        batch: Batch,
        last_packs: LastPacks,
    ) -> Self {
        Self {
            settings,
            segment_size: settings.segment_size.unwrap_or_default(),
            seen: Seen::default(),
            old: Arc::new(index),
            young: Index::new(settings.level.thinned_log2()),
            lane: Lane::resumed(
                settings.pack_cardinality.unwrap_or(CARDINALITY_MIN),
                groups,
                last_packs.smallest_raw(),
                settings.memory.lane(),
            ),
            batch,
            splitters: Vec::new(),
            segment_splitters: BTreeMap::new(),
            tasks: Vec::new(),
            last_packs: Some(last_packs),
            held,
            thrift: Thrift::default(),
        }
    }

    /// Reads what the archive that is continued holds of the groups that a window adds to.
    ///
    /// # Errors
    /// When a pack cannot be read, or numbers run out.
    pub fn prepare(&mut self, window: &Window) -> Result<(), CreateError> {
        let Some(last_packs) = &mut self.last_packs else {
            return Ok(());
        };
        let raw_group = self.lane.next_raw();
        let spans = self.old.references.spans();
        let mut restore = |group| {
            if let Some(last) = last_packs.take(group)? {
                self.lane.restore(group, last)?;
            }
            Ok::<_, CreateError>(())
        };
        for segment in &window.segments {
            match &segment.kind {
                Kind::Variant {
                    span,
                    delta: Delta::Text(_),
                    ..
                } => restore(spans[*span].group)?,
                Kind::Variant { .. } => {}
                // Some of it may end up as raw text.
                Kind::New => restore(raw_group)?,
            }
        }
        Ok(())
    }

    /// Whether nothing was added so far, and no archive is continued.
    pub fn is_new(&self) -> bool {
        self.batch.samples() == 0 && self.last_packs.is_none()
    }

    /// What the archive is made with.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// The index that the next epoch's windows are aligned to.
    pub fn index(&self) -> Arc<Index> {
        Arc::clone(&self.old)
    }

    /// The texts that are ready to be compressed, in the order of their parts.
    pub fn take_tasks(&mut self) -> Vec<Task> {
        self.held.parts += self.tasks.len() as u64;
        std::mem::take(&mut self.tasks)
    }

    /// Counts the name of a sample that was not known before.
    ///
    /// # Errors
    /// [`CreateError::Memory`] when there are too many.
    pub fn add_name(&mut self, len_bytes: usize) -> Result<(), CreateError> {
        self.held.names += 1;
        self.held.name_letters += len_bytes as u64;
        Ok(self.settings.memory.check_names(&self.held)?)
    }

    /// What is held of all references.
    fn held(&self) -> Held {
        let (old, young) = (&self.old.references, &self.young.references);
        Held {
            bases: old.len() + young.len(),
            exceptions: (old.exception_count() + young.exception_count()) as u64,
            groups: self.lane.group_count().into(),
            ..self.held
        }
    }

    /// Begins the next sample.
    ///
    /// # Errors
    /// [`CreateError::Full`] when numbers run out.
    pub fn start_sample(&mut self) -> Result<(), CreateError> {
        if self.seen.samples == u64::from(CARDINALITY_MIN)
            || self.batch.plain_bytes() > self.settings.memory.batch_bytes() / 2
        {
            self.choose_pack_size()?;
        }
        if Some(self.batch.samples()) == self.lane.pack_cardinality() {
            self.end_batch()?;
        }
        self.seen.samples += 1;
        self.batch.start_sample();
        Ok(())
    }

    /// Takes the next window.
    ///
    /// # Errors
    /// [`CreateError::Full`] when numbers run out.
    pub fn add(&mut self, window: Window) -> Result<(), CreateError> {
        if let Some(name) = &window.name {
            self.start_contig(name);
        }
        self.set_digest(window.digest);
        for segment in &window.segments {
            match &segment.kind {
                Kind::Variant { .. } => self.add_variant(segment, Age::Old)?,
                Kind::New => self.add_new(
                    &window.seq,
                    segment.range.clone(),
                    false,
                    None,
                    &mut Births::default(),
                )?,
            }
        }
        if self.lane.open_bytes() > self.settings.memory.undecided_bytes() {
            self.choose_pack_size()?;
        }
        self.tidy_batch()
    }

    /// Ends an epoch: its references join the index. Nobody else may hold the index any more.
    ///
    /// # Errors
    /// [`CreateError::Full`] when numbers run out, [`CreateError::Memory`] when names and places of parts take too much.
    pub fn end_epoch(&mut self) -> Result<(), CreateError> {
        let memory = self.settings.memory;
        memory.check_fixed(&self.held())?;
        let table_bytes_max = memory.table_bytes(&self.held());
        let young = std::mem::replace(
            &mut self.young,
            Index::new(self.settings.level.thinned_log2()),
        );
        let old = Arc::get_mut(&mut self.old)
            .expect("the aligners gave the index back before their last result");
        if old.references.is_empty() {
            *old = young;
        } else if !young.references.is_empty() {
            drop(young.anchors);
            let from = old.references.len();
            old.references.absorb(young.references);
            old.anchors.extend(&old.references, from, table_bytes_max);
        }
        Ok(())
    }

    /// Ends the archive: the remaining texts, and what the last parts are made of.
    ///
    /// # Errors
    /// [`CreateError::Full`] when numbers run out.
    pub fn finish(mut self) -> Result<(impl Iterator<Item = Task>, Ending), CreateError> {
        self.choose_pack_size()?;
        if self.batch.samples() > 0 {
            self.end_batch()?;
        }
        let mut splitters = std::mem::take(&mut self.splitters);
        splitters.sort_unstable();
        splitters.dedup();
        let mut pairs: Vec<_> = self
            .segment_splitters
            .iter()
            .map(|(&(first, second), &(group, _))| (first, second, group))
            .collect();
        pairs.push((NO_KMER, NO_KMER, 0));
        let ending = Ending {
            segment_size: self.segment_size,
            pack_cardinality: self.lane.pack_cardinality().unwrap_or(CARDINALITY_MIN),
            groups: self.lane.group_count(),
            left_out: (self.lane.group_count() - RAW_GROUPS) as usize
                - self.old.references.spans().len()
                - self.young.references.spans().len(),
            undigested: self.thrift.undigested(),
            splitters,
            segment_splitters: pairs,
            reopened: self.lane.take_reopened(),
        };
        // Nothing is aligned any more.
        drop((self.old, self.young));
        let packs = self.lane.finish().map(Task::of);
        Ok((self.tasks.into_iter().chain(packs), ending))
    }

    /// Adds a segment of a known group.
    fn add_variant(&mut self, segment: &Aligned, age: Age) -> Result<(), CreateError> {
        let Kind::Variant {
            span,
            delta,
            reversed,
        } = &segment.kind
        else {
            return Ok(());
        };
        let references = match age {
            Age::Old => &self.old.references,
            Age::Young => &self.young.references,
        };
        let group = references.spans()[*span].group;
        let (in_group, sealed) = self.lane.add_delta(group, delta)?;
        self.add_sealed(sealed);
        self.push_segment(group, in_group, &segment.range, *reversed);
        Ok(())
    }

    /// Adds new sequence in pieces of about the segment size.
    fn add_new(
        &mut self,
        seq: &PackedSeq,
        range: Range<usize>,
        reversed: bool,
        found: Option<&[Found]>,
        births: &mut Births,
    ) -> Result<(), CreateError> {
        let (size, overlap) = (self.segment_size, self.settings.shape.overlap);
        let mut start = range.start;
        // The last piece may be half as long again, so that none is much shorter than the others.
        while range.end - start > size + size / 2 + overlap {
            let end = start + size.max(overlap + 1);
            self.add_new_piece(seq, start..end, reversed, found, births)?;
            start = end - overlap;
        }
        self.add_new_piece(seq, start..range.end, reversed, found, births)
    }

    /// Adds a piece that nothing in the index resembles: as variants of what the epoch brought, or as a new group.
    fn add_new_piece(
        &mut self,
        seq: &PackedSeq,
        range: Range<usize>,
        reversed: bool,
        found: Option<&[Found]>,
        births: &mut Births,
    ) -> Result<(), CreateError> {
        let costs = match found {
            // Only the reference sample comes with its anchors.
            Some(_) => {
                let expected = self.settings.samples_expected;
                Costs::of_reference_sample(expected.samples(self.seen.genome_len))
            }
            None => Costs::default(),
        };
        for segment in align(seq, range, &self.young, self.settings.shape, &costs, found) {
            match segment.kind {
                Kind::Variant { .. } => self.add_variant(&segment, Age::Young)?,
                Kind::New
                    if self.has_all_groups()
                        || is_little(seq, segment.range.clone(), self.segment_size) =>
                {
                    self.add_raw(seq, segment.range)?
                }
                Kind::New => self.add_group(seq, segment.range, reversed, found, births),
            }
        }
        Ok(())
    }

    /// Whether there is no memory for more groups.
    fn has_all_groups(&self) -> bool {
        u64::from(self.lane.group_count()) >= self.settings.memory.groups_max()
    }

    fn add_raw(&mut self, seq: &PackedSeq, range: Range<usize>) -> Result<(), CreateError> {
        let mut piece = PackedSeq::default();
        piece.extend_from(seq, range.clone());
        let (group, in_group, sealed) = self.lane.add_raw(&crate::part::codes(&piece, false))?;
        self.add_sealed(sealed);
        self.push_segment(group, in_group, &range, false);
        Ok(())
    }

    fn add_group(
        &mut self,
        seq: &PackedSeq,
        range: Range<usize>,
        reversed: bool,
        found: Option<&[Found]>,
        births: &mut Births,
    ) {
        let group = self.lane.open_group();
        if range.len() > births.longest {
            (births.longest, births.group) = (range.len(), Some(group));
        }
        let mut reference = PackedSeq::with_capacity(range.len());
        reference.extend_from(seq, range.clone());
        if self.has_room_for(&reference) {
            self.add_reference(seq, range.clone(), reversed, group, found, births);
        } else {
            births.end = None;
        }
        self.tasks.push(Task::Reference(
            StreamId::reference(group),
            reference,
            reversed,
        ));
        self.push_segment(group, 0, &range, reversed);
    }

    /// Whether there is memory for aligning to a further reference.
    fn has_room_for(&self, reference: &PackedSeq) -> bool {
        let with_it = |held: Held| Held {
            bases: held.bases + reference.len() as u64,
            exceptions: held.exceptions + reference.exceptions().len() as u64,
            ..held
        };
        // As long as there are no others they have the whole of the index.
        let young = if self.old.references.is_empty() {
            Held::default()
        } else {
            with_it(self.young.references.held(&Held::default()))
        };
        self.settings.memory.has_room(&with_it(self.held()), &young)
    }

    /// Adds a reference to those that are aligned to.
    fn add_reference(
        &mut self,
        seq: &PackedSeq,
        range: Range<usize>,
        reversed: bool,
        group: u32,
        found: Option<&[Found]>,
        births: &mut Births,
    ) {
        let overlap = self.settings.shape.overlap;
        let memory = self.settings.memory;
        let table_bytes_max = if self.old.references.is_empty() {
            memory.table_bytes(&self.held())
        } else {
            memory.young_table_bytes(&self.young.references.held(&Held::default()))
        };
        let Index {
            references,
            anchors,
        } = &mut self.young;
        let first_new = references.len();
        // A neighbour of the group before lies behind it, so that alignments run on from one to the other.
        let shared = if births.end == Some(range.start + overlap) {
            overlap
        } else {
            0
        };
        if shared == 0 {
            references.start_piece();
            births.joined_start = range.start;
        }
        let new = range.start + shared..range.end;
        references.push(seq, new.clone(), shared, reversed, group);
        let anchor_len = anchors.sampling().anchor_len;
        match found {
            Some(found) => {
                // Those that end in what was pushed and do not begin before the piece.
                let end_min = (new.start + 1).max(births.joined_start + anchor_len);
                let from = found.partition_point(|found| (found.end as usize) < end_min);
                let to = found.partition_point(|found| found.end as usize <= new.end);
                let offset = first_new as i64 - new.start as i64;
                anchors.insert_found(found.get(from..to).unwrap_or_default(), offset);
            }
            None if shared == 0 => anchors.extend(references, first_new, table_bytes_max),
            None => {
                let from = first_new.saturating_sub(anchor_len as u64 - 1);
                anchors.extend(references, from, table_bytes_max);
            }
        }
        births.end = Some(range.end);
    }

    /// Begins the next contig of the sample.
    pub fn start_contig(&mut self, name: &[u8]) {
        self.batch.start_contig(name);
    }

    fn stores_digests(&self) -> bool {
        self.settings.digests == Some(true)
    }

    /// Notes the digest of the contig as far as it has come.
    pub fn set_digest(&mut self, digest: Option<Digest>) {
        if let Some(digest) = digest.filter(|_| self.stores_digests()) {
            self.batch.set_digest(digest);
        }
    }

    fn push_segment(&mut self, group: u32, in_group: u32, range: &Range<usize>, reversed: bool) {
        self.seen.segments += 1;
        let len_expected = (self.segment_size + self.settings.shape.overlap) as u64;
        let segment = SegmentEntry {
            group,
            in_group,
            len: range.len() as u32,
            reversed,
        };
        self.batch.push_segment(segment, len_expected);
    }

    /// Keeps the tables of the open batch within their share of the memory.
    fn tidy_batch(&mut self) -> Result<(), CreateError> {
        let bytes_max = self.settings.memory.batch_bytes();
        if self.thrift.tidy(&mut self.batch, bytes_max)? {
            Ok(())
        } else {
            Err(Full.into())
        }
    }

    fn add_sealed(&mut self, sealed: Option<Sealed>) {
        let closed = self.lane.tidy();
        self.tasks
            .extend(sealed.into_iter().chain(closed).map(Task::of));
    }

    /// Decides how large packs are, unless that is done.
    fn choose_pack_size(&mut self) -> Result<(), CreateError> {
        if self.lane.pack_cardinality().is_some() {
            return Ok(());
        }
        let packs = self.lane.open_packs(ENTRIES_LOOKED_AT_MIN);
        let packs: Vec<_> = packs
            .iter()
            .step_by(packs.len().div_ceil(PACKS_LOOKED_AT).max(1))
            .copied()
            .collect();
        let bytes_max = self.settings.memory.texts_in_flight_bytes(1);
        let packs: Vec<_> = packs
            .into_iter()
            .filter(|pack| compressing_bytes(pack.len()) <= bytes_max)
            .collect();
        let mut maker = PartMaker::new(self.settings.level);
        self.seen.batch_bytes = self.batch.plain_bytes() as u64;
        let size = pack_size(
            self.seen,
            &packs,
            &mut maker,
            self.settings.purpose,
            self.settings.memory.batch_bytes() as u64 / 2,
        )?;
        let sealed = self.lane.choose_pack_size(size);
        sealed
            .into_iter()
            .for_each(|sealed| self.add_sealed(Some(sealed)));
        Ok(())
    }

    fn end_batch(&mut self) -> Result<(), CreateError> {
        self.thrift.start_batch();
        let tasks = batch_tasks(std::mem::take(&mut self.batch), self.stores_digests())?;
        self.tasks.extend(tasks);
        Ok(())
    }

    /// Prepares for a reference sample: how its anchors are to be sampled, and the wanted length of its segments.
    ///
    /// # Errors
    /// [`CreateError::Memory`] if it is too large.
    pub fn start_reference_sample(
        &mut self,
        sample: &ReferenceSample,
    ) -> Result<(Sampling, usize), CreateError> {
        self.seen.genome_len = sample.bases as usize;
        let digests = &mut self.settings.digests;
        digests.get_or_insert_with(|| stores_digests(sample.bases));
        self.segment_size = self.settings.segment_size.unwrap_or_else(|| {
            let samples = self.settings.samples_expected.samples(self.seen.genome_len);
            segment_len(self.seen.genome_len, samples, self.settings.purpose)
        });
        self.seen.segment_len = self.segment_size;
        let held = Held {
            bases: sample.bases,
            exceptions: sample.exceptions,
            groups: sample.windows + sample.bases / self.segment_size.max(1) as u64,
            ..self.held
        };
        let memory = self.settings.memory;
        memory.check_reference_sample(&held, sample, self.segment_size)?;
        self.young.references.reserve(sample.bases);
        self.young
            .anchors
            .reserve(sample.bases, memory.table_bytes(&held));
        Ok((self.young.anchors.sampling(), self.segment_size))
    }

    /// Takes the next piece of the reference sample and the anchors `found` in its window, sampled as
    /// [`Registrar::start_reference_sample`] said; `births` is the same for all pieces of a window.
    ///
    /// # Errors
    /// [`CreateError::Full`] when numbers run out.
    pub fn add_reference_piece(
        &mut self,
        seq: &PackedSeq,
        piece: &Piece,
        found: &[Found],
        births: &mut Births,
    ) -> Result<(), CreateError> {
        let (key, reversed) = key(piece.front, piece.back);
        births.longest = 0;
        births.group = None;
        self.add_new(seq, piece.range.clone(), reversed, Some(found), births)?;
        self.splitters
            .extend(piece.back.map(|splitter| splitter.kmer));
        self.splitters
            .extend(piece.front.map(|splitter| splitter.kmer));
        if let (Some(group), Some(key)) = (births.group, key) {
            let known = self
                .segment_splitters
                .entry(key)
                .or_insert((group, births.longest));
            if births.longest > known.1 {
                *known = (group, births.longest);
            }
        }
        self.tidy_batch()
    }
}

/// Whose references a segment continues.
#[derive(Debug, Clone, Copy)]
enum Age {
    /// Those that were there when the epoch began.
    Old,
    /// Those born since.
    Young,
}

/// A piece of the reference sample between two splitters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Range in the window, overlaps included.
    pub range: Range<usize>,
    /// The splitter it begins with.
    pub front: Option<Splitter>,
    /// The splitter it ends with.
    pub back: Option<Splitter>,
}

/// The groups that come out of new sequence of one window.
#[derive(Debug, Default)]
pub struct Births {
    /// Where in the window the last one ended.
    end: Option<usize>,
    /// Where the first of those before it begins that follow each other without a gap.
    joined_start: usize,
    longest: usize,
    group: Option<u32>,
}

/// Whether there is less in `range` than a group is worth; N does not count, as equal runs of it are stored raw once.
fn is_little(seq: &PackedSeq, range: Range<usize>, segment_size: usize) -> bool {
    let enough = REFERENCE_LEN_MIN.min(segment_size);
    range.len() < enough || Unknown::of(seq, range.clone()).spelt_len(range) < enough
}

/// The pair of k-mers that leads the C++ tool to a segment's group, and whether its reference must be reversed
/// for that: in a group the smaller k-mer comes first, and a single one reads in its canonical direction.
fn key(front: Option<Splitter>, back: Option<Splitter>) -> (Option<(u64, u64)>, bool) {
    match (front, back) {
        (Some(front), Some(back)) => {
            let pair = (front.kmer.min(back.kmer), front.kmer.max(back.kmer));
            (Some(pair), front.kmer >= back.kmer)
        }
        (Some(only), None) => (
            Some(if only.canonical {
                (only.kmer, NO_KMER)
            } else {
                (NO_KMER, only.kmer)
            }),
            !only.canonical,
        ),
        (None, Some(only)) => (
            Some(if only.canonical {
                (NO_KMER, only.kmer)
            } else {
                (only.kmer, NO_KMER)
            }),
            !only.canonical,
        ),
        (None, None) => (None, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_without_splitters_is_cut_all_the_same() {
        const SEGMENT_SIZE: usize = 60_000;
        let shape = Shape {
            overlap: 31,
            match_len_min: 15,
        };
        let settings = Settings {
            shape,
            segment_size: Some(SEGMENT_SIZE),
            pack_cardinality: None,
            purpose: Purpose::Both,
            level: Level::Default,
            samples_expected: Expected::Samples(1),
            memory: Memory(1 << 30),
            digests: Some(false),
        };
        let mut registrar = Registrar::new(settings, Held::default());
        let mut seq = PackedSeq::default();
        (0..500_000_usize).for_each(|at| {
            seq.push(if at % 20 == 0 {
                4
            } else {
                (at * at % 7 % 4) as u8
            })
        });
        let len_bases = seq.len();
        let segments = vec![Aligned {
            range: 0..len_bases,
            kind: Kind::New,
        }];
        assert!(registrar.start_sample().is_ok());
        assert!(
            registrar
                .add(Window {
                    name: Some(b"n".to_vec()),
                    sample_name_len: None,
                    seq,
                    len_bases,
                    ends: true,
                    segments,
                    digest: None,
                })
                .is_ok()
        );
        let (tasks, ending) = registrar.finish().expect("numbers are left");
        assert_eq!(ending.splitters, [], "no k-mer is without N");
        let longest = tasks
            .filter_map(|task| {
                if let Task::Reference(_, seq, _) = task {
                    Some(seq.len())
                } else {
                    None
                }
            })
            .max();
        assert!(
            longest.is_some_and(|len| len <= 2 * SEGMENT_SIZE),
            "{longest:?}"
        );
    }
}

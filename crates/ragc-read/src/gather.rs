//! Everything some pieces of contigs take: needed in one round, decoded piece by piece.

use std::collections::HashMap;
#[cfg(feature = "fs")]
use std::ops::Range;
use std::sync::Arc;

use crate::basics::{Basics, Label, Plan};
use crate::codec::base::codes_to_letters;
use crate::codec::pack::{Entries, Pack, PackLimits};
use crate::codec::reference;
use crate::decode::Material;
use crate::error::Error;
use crate::format::footer::{Part, StreamId, open_part};
use crate::opened::find_part;
use crate::plan::{PartId, Piece, RAW_GROUP_COUNT, Source};
use crate::reader::Reader;
#[cfg(feature = "fs")]
use crate::segment_table::SegmentTable;
use crate::shared::Shared;
use crate::sorted::sorted;
use crate::step::Stop;
#[cfg(feature = "fs")]
use crate::tables::SegmentRef;

/// Room made before the first base is decoded. What tables claim beyond it has to be there to get more.
const RESERVED_BASES_MAX: usize = 4 << 20;

/// A part of a segment stream, ready for use.
#[derive(Debug, Clone)]
pub(crate) enum Decoded {
    /// Letters.
    Reference(Arc<Vec<u8>>),
    Pack(Arc<Pack>),
}

impl Decoded {
    pub(crate) fn size_bytes(&self) -> usize {
        match self {
            Decoded::Reference(letters) => letters.len(),
            Decoded::Pack(pack) => pack.size_bytes(),
        }
    }

    fn letters(&self) -> &[u8] {
        match self {
            Decoded::Reference(letters) => letters,
            Decoded::Pack(_) => &[],
        }
    }

    fn pack(&self) -> Result<&Pack, Error> {
        match self {
            Decoded::Pack(pack) => Ok(pack),
            // A part is asked for by the identity that says which it is.
            Decoded::Reference(_) => Err(Error::malformed("a pack expected, a reference found")),
        }
    }
}

/// The parts a question takes, in order, with those at hand.
///
/// What the cache had when the question was planned is held until it is answered, so that it need not be asked for
/// when the cache forgets it meanwhile. What is decoded from supplied bytes is held as far as there is room.
pub(crate) struct Parts {
    ids: Vec<PartId>,
    slots: Vec<Slot>,
    /// Where each lies; of those from the cache it may be unknown.
    places: Vec<Option<Part>>,
    held_bytes: u64,
}

enum Slot {
    /// Only as supplied bytes.
    Bytes,
    Decoded(Decoded),
    /// From the cache; its bytes were not asked for.
    Pinned(Decoded),
}

impl Parts {
    fn new(ids: impl IntoIterator<Item = PartId>, shared: &Shared) -> Parts {
        let mut ids = sorted(ids);
        ids.dedup();
        let slots: Vec<Slot> = ids
            .iter()
            .map(|id| shared.part(*id).map_or(Slot::Bytes, Slot::Pinned))
            .collect();
        Parts {
            places: vec![None; ids.len()],
            ids,
            slots,
            held_bytes: 0,
        }
    }

    fn missing(&self) -> impl Iterator<Item = PartId> {
        self.ids
            .iter()
            .zip(&self.slots)
            .filter(|(_, slot)| matches!(slot, Slot::Bytes))
            .map(|(id, _)| *id)
    }

    /// How many the cache had.
    fn pinned(&self) -> u64 {
        let pinned = |slot: &&Slot| matches!(slot, Slot::Pinned(_));
        self.slots.iter().filter(pinned).count() as u64
    }

    /// Says where those lie that are missing, in their order.
    fn place(&mut self, places: Vec<Part>) {
        let missing = self.places.iter_mut().zip(&self.slots);
        let missing = missing.filter(|(_, slot)| matches!(slot, Slot::Bytes));
        for ((place, _), found) in missing.zip(places) {
            *place = Some(found);
        }
    }

    fn place_of(&self, id: PartId) -> Option<Part> {
        let at = self.ids.binary_search(&id).ok()?;
        self.places.get(at).copied().flatten()
    }

    fn get(&self, id: PartId) -> Option<Decoded> {
        match self.slots.get(self.ids.binary_search(&id).ok()?)? {
            Slot::Bytes => None,
            Slot::Decoded(decoded) | Slot::Pinned(decoded) => Some(decoded.clone()),
        }
    }

    fn hold(&mut self, id: PartId, decoded: Decoded, bytes_max: u64) {
        self.held_bytes += decoded.size_bytes() as u64;
        if self.held_bytes > bytes_max {
            self.held_bytes = 0;
            for slot in self
                .slots
                .iter_mut()
                .filter(|slot| matches!(slot, Slot::Decoded(_)))
            {
                *slot = Slot::Bytes;
            }
        }
        if let Some(slot) = self
            .ids
            .binary_search(&id)
            .ok()
            .and_then(|at| self.slots.get_mut(at))
        {
            *slot = Slot::Decoded(decoded);
        }
    }
}

impl Reader {
    /// Appends the bases of some segments of a contig, each whole.
    #[cfg(feature = "fs")]
    pub(crate) fn append_segments(
        &mut self,
        label: Label<'_>,
        (table, contig): (&SegmentTable, usize),
        segments: Range<usize>,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let stored = table.segments_from(contig, segments.start);
        let whole = |(segment, stored): (usize, SegmentRef)| Piece {
            segment,
            stored,
            take: 0..stored.len_bases(),
        };
        let count = segments.len();
        let stored = stored.into_iter().flatten();
        let pieces: Vec<Piece> = segments.zip(stored).map(whole).collect();
        if pieces.len() != count {
            return Err(Error::Misuse("segments that the contig does not have").into());
        }
        let places = Vec::new();
        self.append_pieces(
            &[Plan {
                label,
                pieces,
                places,
            }],
            out,
        )
    }

    /// Appends the bases of the pieces of all `plans`.
    pub(crate) fn append_pieces(
        &mut self,
        plans: &[Plan<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let basics = self.basics()?;
        let mut parts = self.parts_of(&basics, plans)?;
        let bases = plans.iter().flat_map(|plan| &plan.pieces);
        let bases = bases.map(|piece| piece.take.len()).sum::<usize>();
        out.reserve(bases.min(RESERVED_BASES_MAX));
        for Plan { label, pieces, .. } in plans {
            for piece in pieces {
                self.with_material(&basics, piece, &mut parts, &mut |text| {
                    text.append(piece, out)
                })
                .map_err(|error| label.at_segment(error, piece.segment))?;
            }
        }
        Ok(())
    }

    /// The parts that the pieces of all `plans` take, decoded or as bytes.
    pub(crate) fn parts_of(&mut self, basics: &Basics, plans: &[Plan<'_>]) -> Result<Parts, Stop> {
        let pieces = plans.iter().flat_map(|plan| &plan.pieces);
        let sources = pieces.map(|piece| Source::of(piece.stored, basics.params.pack_cardinality));
        let ids = sources.flat_map(Source::parts);
        let mut parts = Parts::new(ids, &self.shared);
        self.need_parts(basics, plans, &mut parts)?;
        self.tally.cache_hits += parts.pinned();
        let pieces = plans.iter().map(|plan| plan.pieces.len() as u64);
        self.tally.segments += pieces.sum::<u64>();
        Ok(parts)
    }

    /// Makes sure of the bytes of all parts that are not decoded yet.
    fn need_parts(
        &mut self,
        basics: &Basics,
        plans: &[Plan<'_>],
        parts: &mut Parts,
    ) -> Result<(), Stop> {
        let known = plans.iter().flat_map(|plan| &plan.places).copied();
        let known: HashMap<PartId, Part> = known.collect();
        let missing: Vec<PartId> = parts.missing().collect();
        let places = self.places_of(&missing, &known);
        // Whose segment it is matters only when there is no such part.
        let places = places.map_err(|lack| match lack {
            Lack::Stop(stop) => stop,
            Lack::Part(id, error) => match first_user(plans, id, basics) {
                Some((label, segment)) => label.at_segment(error, segment).into(),
                None => error.into(),
            },
        })?;
        let ranges = places.iter().map(|part| basics.range(*part)).collect();
        parts.place(places);
        self.need(ranges)
    }

    /// Where parts lie: as it is known, or else as the footer lists them.
    fn places_of(
        &mut self,
        ids: &[PartId],
        known: &HashMap<PartId, Part>,
    ) -> Result<Vec<Part>, Lack> {
        if let Some(places) = ids.iter().map(|id| known.get(id).copied()).collect() {
            return Ok(places);
        }
        let footer = self.footer().map_err(Lack::Stop)?;
        let place = |&id: &PartId| {
            let stream = StreamId::Segments(id.stream());
            find_part(&footer, stream, index(id.number())).map_err(|error| Lack::Part(id, error))
        };
        ids.iter().map(place).collect()
    }

    /// Does something with what the text of a piece's segment is made of.
    pub(crate) fn with_material(
        &mut self,
        basics: &Basics,
        piece: &Piece,
        parts: &mut Parts,
        use_it: &mut dyn FnMut(&Material<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match Source::of(piece.stored, basics.params.pack_cardinality) {
            Source::Raw { pack, entry } => {
                let decoded = self.part(basics, pack, parts)?;
                Material::raw(decoded.pack()?, entry)
                    .and_then(|material| use_it(&material))
                    .map_err(basics.at_part(pack, parts.place_of(pack)))
            }
            Source::Reference(reference) => {
                let decoded = self.part(basics, reference, parts)?;
                use_it(&Material::Letters(decoded.letters()))
                    .map_err(basics.at_part(reference, parts.place_of(reference)))
            }
            Source::Delta {
                reference,
                pack,
                entry,
            } => {
                let reference = self.part(basics, reference, parts)?;
                let decoded = self.part(basics, pack, parts)?;
                Material::delta(
                    reference.letters(),
                    decoded.pack()?,
                    entry,
                    basics.params.min_match_len,
                )
                .and_then(|material| use_it(&material))
                .map_err(basics.at_part(pack, parts.place_of(pack)))
            }
        }
    }

    /// A part, decoded now or before.
    fn part(&mut self, basics: &Basics, id: PartId, parts: &mut Parts) -> Result<Decoded, Error> {
        if let Some(decoded) = parts.get(id) {
            return Ok(decoded);
        }
        let place = parts.place_of(id);
        let decoded = self
            .decode_part(basics, id, place)
            .map_err(basics.at_part(id, place))?;
        self.shared.keep_part(id, decoded.clone());
        parts.hold(id, decoded.clone(), self.shared.limits.cache_bytes_max);
        Ok(decoded)
    }

    /// Decodes a part from the bytes supplied.
    fn decode_part(
        &mut self,
        basics: &Basics,
        id: PartId,
        part: Option<Part>,
    ) -> Result<Decoded, Error> {
        let part = part.ok_or(Error::Misuse("a part that was not asked for"))?;
        let Reader {
            shared,
            store,
            zstd,
            ..
        } = self;
        let bytes_max = shared.limits.allocation_bytes_max;
        let bytes = store.get(&basics.range(part)).unwrap_or_default();
        let (metadata, payload) = open_part(bytes, part)?;
        match id {
            PartId::Reference(_) => {
                reference::decode(metadata, payload, bytes_max, codes_to_letters, zstd)
                    .map(|letters| Decoded::Reference(Arc::new(letters)))
            }
            PartId::Pack(group_id, _) => {
                let entries = if group_id < RAW_GROUP_COUNT {
                    Entries::Raw
                } else {
                    Entries::Deltas
                };
                let limits = PackLimits {
                    cardinality: basics.params.pack_cardinality,
                    bytes_max,
                };
                Pack::decode(metadata, payload, entries, limits, zstd)
                    .map(|pack| Decoded::Pack(Arc::new(pack)))
            }
        }
    }
}

/// Why it is not known where parts lie.
enum Lack {
    Stop(Stop),
    /// There is no such part.
    Part(PartId, Error),
}

/// The first segment that takes a part.
fn first_user<'p>(
    plans: &'p [Plan<'_>],
    id: PartId,
    basics: &Basics,
) -> Option<(&'p Label<'p>, usize)> {
    let uses = |piece: &&Piece| {
        Source::of(piece.stored, basics.params.pack_cardinality)
            .parts()
            .any(|part| part == id)
    };
    plans
        .iter()
        .find_map(|plan| Some((&plan.label, plan.pieces.iter().find(uses)?.segment)))
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

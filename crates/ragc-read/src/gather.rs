//! Everything some ranges of contigs take: planned, needed in one round, decoded piece by piece.

use std::ops::Range;
use std::sync::Arc;

use crate::codec::base::codes_to_letters;
use crate::codec::pack::{Entries, Pack, PackLimits};
use crate::codec::reference;
use crate::decode::Material;
use crate::error::Error;
use crate::format::footer::{Footer, StreamId, open_part};
use crate::opened::{Opened, at_part, find_part};
use crate::plan::{PartId, Piece, RAW_GROUP_COUNT, Source, pieces};
use crate::reader::{Reader, Shared};
use crate::step::Stop;
use crate::tables::Contigs;

/// A range of a contig of a sample (by its number), within the contig.
#[derive(Debug, Clone)]
pub(crate) struct Span<'a> {
    pub(crate) sample: usize,
    pub(crate) contigs: &'a Contigs,
    pub(crate) contig: usize,
    pub(crate) range: Range<u64>,
}

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
struct Parts {
    ids: Vec<PartId>,
    slots: Vec<Slot>,
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
    fn new(mut ids: Vec<PartId>, shared: &Shared) -> Parts {
        ids.sort_unstable();
        ids.dedup();
        let cache = shared.parts();
        let slots = ids
            .iter()
            .map(|id| cache.get(*id).map_or(Slot::Bytes, Slot::Pinned))
            .collect();
        Parts {
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
    /// Appends the bases of all `spans` to `out`.
    pub(crate) fn append_bases(
        &mut self,
        spans: &[Span<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let opened = self.opened()?;
        let plans = spans.iter().map(|span| plan(span, &opened));
        let plans = plans.collect::<Result<Vec<_>, _>>()?;
        self.append_pieces(spans, &plans, out)
    }

    /// Appends the bases of some segments of the contig of `span`, each whole.
    #[cfg(feature = "fs")]
    pub(crate) fn append_segments(
        &mut self,
        span: &Span<'_>,
        segments: Range<usize>,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let stored = span.contigs.segments_from(span.contig, segments.start);
        let whole = |(segment, stored)| Piece {
            segment,
            stored,
            take: 0..stored.len_bases(),
        };
        let count = segments.len();
        let stored = stored.into_iter().flatten();
        let plan: Vec<Piece> = segments.zip(stored).map(whole).collect();
        if plan.len() != count {
            return Err(Error::Misuse("segments that the contig does not have").into());
        }
        self.append_pieces(std::slice::from_ref(span), &[plan], out)
    }

    /// Appends the bases of the pieces of all `spans`.
    fn append_pieces(
        &mut self,
        spans: &[Span<'_>],
        plans: &[Vec<Piece>],
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let footer = self.footer()?;
        let opened = self.opened()?;
        let pieces = plans.iter().flatten();
        let sources = pieces.map(|piece| Source::of(piece.stored, opened.params.pack_cardinality));
        let ids = sources.flat_map(Source::parts).collect();
        let mut parts = Parts::new(ids, &self.shared);
        self.need_parts(&footer, &opened, spans, plans, &parts)?;
        let bases = plans.iter().flatten().map(|piece| piece.take.len());
        out.reserve(bases.sum::<usize>().min(RESERVED_BASES_MAX));
        for (span, plan) in spans.iter().zip(plans) {
            for piece in plan {
                self.append_piece(&footer, &opened, piece, &mut parts, out)
                    .map_err(|error| at_segment(error, span, piece.segment, &opened))?;
            }
        }
        Ok(())
    }

    /// Makes sure of the bytes of all parts that are not decoded yet.
    fn need_parts(
        &self,
        footer: &Footer,
        opened: &Opened,
        spans: &[Span<'_>],
        plans: &[Vec<Piece>],
        parts: &Parts,
    ) -> Result<(), Stop> {
        let mut ranges = Vec::new();
        for id in parts.missing() {
            let part = find_part(footer, StreamId::Segments(id.stream()), index(id.number()));
            // Whose segment it is matters only when there is no such part.
            let part = part.map_err(|error| match first_user(spans, plans, id, opened) {
                Some((span, segment)) => at_segment(error, span, segment, opened),
                None => error,
            })?;
            ranges.push(footer.range(part));
        }
        self.need(ranges)
    }

    fn append_piece(
        &mut self,
        footer: &Footer,
        opened: &Opened,
        piece: &Piece,
        parts: &mut Parts,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match Source::of(piece.stored, opened.params.pack_cardinality) {
            Source::Raw { pack, entry } => {
                let decoded = self.part(footer, opened, pack, parts)?;
                Material::raw(decoded.pack()?, entry)
                    .and_then(|material| material.append(piece, out))
                    .map_err(at_id(footer, pack))
            }
            Source::Reference(reference) => {
                let decoded = self.part(footer, opened, reference, parts)?;
                Material::Letters(decoded.letters())
                    .append(piece, out)
                    .map_err(at_id(footer, reference))
            }
            Source::Delta {
                reference,
                pack,
                entry,
            } => {
                let reference = self.part(footer, opened, reference, parts)?;
                let decoded = self.part(footer, opened, pack, parts)?;
                Material::delta(
                    reference.letters(),
                    decoded.pack()?,
                    entry,
                    opened.params.min_match_len,
                )
                .and_then(|material| material.append(piece, out))
                .map_err(at_id(footer, pack))
            }
        }
    }

    /// A part, decoded now or before.
    fn part(
        &mut self,
        footer: &Footer,
        opened: &Opened,
        id: PartId,
        parts: &mut Parts,
    ) -> Result<Decoded, Error> {
        if let Some(decoded) = parts.get(id) {
            return Ok(decoded);
        }
        let decoded = self
            .decode_part(footer, opened, id)
            .map_err(at_id(footer, id))?;
        self.shared.keep_part(id, decoded.clone());
        parts.hold(id, decoded.clone(), self.shared.limits.cache_bytes_max);
        Ok(decoded)
    }

    /// Decodes a part from the bytes supplied.
    fn decode_part(
        &mut self,
        footer: &Footer,
        opened: &Opened,
        id: PartId,
    ) -> Result<Decoded, Error> {
        let part = find_part(footer, StreamId::Segments(id.stream()), index(id.number()))?;
        let Reader {
            shared,
            store,
            zstd,
            ..
        } = self;
        let bytes_max = shared.limits.allocation_bytes_max;
        let (metadata, payload) =
            open_part(store.get(&footer.range(part)).unwrap_or_default(), part)?;
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
                    cardinality: opened.params.pack_cardinality,
                    bytes_max,
                };
                Pack::decode(metadata, payload, entries, limits, zstd)
                    .map(|pack| Decoded::Pack(Arc::new(pack)))
            }
        }
    }
}

/// The pieces of a span.
fn plan(span: &Span<'_>, opened: &Opened) -> Result<Vec<Piece>, Error> {
    let (contigs, contig) = (span.contigs, span.contig);
    let start = contigs.segment_before(contig, span.range.start);
    let (first, at) = start.unwrap_or_default();
    let segments = contigs.segments_from(contig, first).into_iter().flatten();
    pieces((first, at), segments, opened.params.kmer_len, &span.range)
        .map_err(|error| at_contig(error, span, opened))
}

/// The first segment that takes a part.
fn first_user<'s, 'c>(
    spans: &'s [Span<'c>],
    plans: &[Vec<Piece>],
    id: PartId,
    opened: &Opened,
) -> Option<(&'s Span<'c>, usize)> {
    let uses = |piece: &&Piece| {
        Source::of(piece.stored, opened.params.pack_cardinality)
            .parts()
            .any(|part| part == id)
    };
    spans
        .iter()
        .zip(plans)
        .find_map(|(span, plan)| Some((span, plan.iter().find(uses)?.segment)))
}

fn at_contig(error: Error, span: &Span<'_>, opened: &Opened) -> Error {
    error.at(|place| {
        place.sample = opened.samples.get(span.sample).map(ToString::to_string);
        place.contig = span
            .contigs
            .get(span.contig)
            .map(|contig| contig.name.to_string());
    })
}

fn at_segment(error: Error, span: &Span<'_>, segment: usize, opened: &Opened) -> Error {
    at_contig(error, span, opened).at(|place| place.segment = Some(segment as u64))
}

fn at_id(footer: &Footer, id: PartId) -> impl Fn(Error) -> Error {
    at_part(footer, StreamId::Segments(id.stream()), index(id.number()))
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

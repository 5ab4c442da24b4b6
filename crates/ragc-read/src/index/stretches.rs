//! From a range of a contig to its pieces, and from these to where their parts lie.

use std::ops::Range;

use super::foretell::{Foretold, PLACES_FORETOLD_BYTES_MAX, PLACES_TOLD_BYTES_MAX};
use super::lookup::{ContigsAt, SampleAt};
use super::open::Index;
use super::places::PlacesPage;
use super::segments::SegmentsPage;
use super::{in_index, span};
use crate::error::Error;
use crate::format::footer::Part;
use crate::format::stream_name::Kind;
use crate::plan::{PartId, Piece, Source, pieces};
use crate::reader::Reader;
use crate::step::Stop;
use crate::tables::SegmentRef;
use crate::wants::Wants;

/// Pieces, and where the parts lie that they take.
type Placed = (Vec<Piece>, Vec<(PartId, Part)>);

impl Reader {
    /// The pieces of a range of a contig, which lies within it.
    pub(crate) fn index_pieces(
        &mut self,
        index: &Index,
        sample: usize,
        contig: usize,
        range: &Range<u64>,
    ) -> Result<Placed, Stop> {
        let sample = self.sample_at(index, sample)?;
        let page = self.page_with(index, &sample, contig)?;
        let page = page.ok_or_else(|| Error::malformed("a contig that the sample lacks"))?;
        let ranked = self.stretch_pieces(index, &page, contig, range)?;
        let (pieces, places) = self.placed(index, ranked)?;
        let bases: u64 = pieces
            .iter()
            .map(|piece| u64::from(piece.take.end - piece.take.start))
            .sum();
        if bases != range.end - range.start {
            let why = format!(
                "segments of {} bases expected, {bases} found",
                range.end - range.start
            );
            return Err(broken(index, &sample, contig, &page, why).into());
        }
        Ok((pieces, places))
    }

    /// The pieces of a range of a contig, with ranks in the place of groups.
    fn stretch_pieces(
        &mut self,
        index: &Index,
        at: &ContigsAt,
        contig: usize,
        range: &Range<u64>,
    ) -> Result<Vec<Piece>, Stop> {
        let place = contig - at.row.contigs.start;
        let Some(stretch) = at.page.stretch(place, range) else {
            return Ok(Vec::new());
        };
        let mut wants = Wants::default();
        let segments = self.ranked_segments(index, at, &stretch.segments, &mut wants)?;
        if !wants.is_complete() {
            let numbers = at.page.places(&stretch);
            wants.hint(self.places_pages(index, &numbers, PLACES_TOLD_BYTES_MAX));
        }
        wants.end(self)?;
        let overlap = index.root.params.kmer_len;
        let start = (stretch.first, stretch.position);
        Ok(pieces(start, segments.into_iter(), overlap, range)?)
    }

    /// Some segments of a contig page, with ranks in the place of groups, as far as their pages are there.
    pub(super) fn ranked_segments(
        &mut self,
        index: &Index,
        at: &ContigsAt,
        segments: &Range<usize>,
        wants: &mut Wants,
    ) -> Result<Vec<SegmentRef>, Stop> {
        let mut found: Vec<SegmentRef> = Vec::new();
        for (numbers, place) in at.page.segment_pages(segments) {
            let start = span(at.row.segments.start, place.start)?.end;
            let place = index.in_body(&span(start, place.end - place.start)?)?;
            let page = self.page::<SegmentsPage>(index, &place);
            let Some(page) = wants.take(page)? else {
                continue;
            };
            if page.segments.len() != numbers.len() {
                let why = format!(
                    "{} segments expected, {} found",
                    numbers.len(),
                    page.segments.len()
                );
                return Err(in_index(Error::malformed(why), index.offset(place.start)).into());
            }
            let wanted = segments.start.max(numbers.start)..segments.end.min(numbers.end);
            let wanted = wanted.start - numbers.start..wanted.end.saturating_sub(numbers.start);
            found.extend_from_slice(page.segments.get(wanted).unwrap_or_default());
        }
        Ok(found)
    }

    /// The pieces with their groups, and where the parts lie that they take.
    fn placed(&mut self, index: &Index, ranked: Vec<Piece>) -> Result<Placed, Stop> {
        let mut wants = Wants::default();
        let (mut pieces, mut places) = (Vec::with_capacity(ranked.len()), Vec::new());
        for piece in ranked {
            let at_segment =
                |error: Error| error.at(|place| place.segment = Some(piece.segment as u64));
            let mut stored = piece.stored;
            for ranked in Source::of(piece.stored, index.root.params.pack_cardinality).parts() {
                let part = wants
                    .take(self.index_place(index, ranked))
                    .map_err(at_segment)?;
                if let Some((id, part)) = part {
                    stored.group_id = id.stream().group_id;
                    places.push((id, part));
                }
            }
            pieces.push(Piece { stored, ..piece });
        }
        wants.end(self)?;
        Ok((pieces, places))
    }

    /// A part, given with a rank in the place of its group, and where it lies.
    fn index_place(&mut self, index: &Index, ranked: PartId) -> Result<(PartId, Part), Stop> {
        let stream = ranked.stream();
        let number = match stream.kind {
            Kind::Reference => 0,
            Kind::Packs => u64::from(ranked.number()) + 1,
        };
        let rank = u64::from(stream.group_id);
        let key = rank << 32 | number.min(u64::from(u32::MAX));
        let mut wants = Wants::default();
        let mut found = None;
        for leaf in self.leaves(index, &index.places, &(key..=key))? {
            let page = self.page::<PlacesPage>(index, &leaf.range);
            if let Some(page) = wants.take(page)? {
                found = found.or(page.part(rank, number));
            }
        }
        wants.end(self)?;
        let found = found.and_then(|(group, part)| Some((group, placed(index, part)?)));
        let Some((group, part)) = found else {
            let what = match stream.kind {
                Kind::Reference => "no reference".to_string(),
                Kind::Packs => format!("no pack {}", ranked.number()),
            };
            return Err(missing(index, &what, stream.group_id).into());
        };
        let id = match ranked {
            PartId::Reference(_) => PartId::Reference(group),
            PartId::Pack(_, number) => PartId::Pack(group, number),
        };
        Ok((id, part))
    }
}

/// A part at its place in the archive, which is before the footer.
fn placed(index: &Index, part: Part) -> Option<Part> {
    let offset = part.offset.checked_add(index.parts_base())?;
    let metadata = u64::from(part.len_bytes > 0);
    let end = offset.checked_add(part.len_bytes)?.checked_add(metadata)?;
    (end <= index.parts_end()).then_some(Part { offset, ..part })
}

/// That the group of a rank lacks something.
pub(super) fn missing(index: &Index, what: &str, rank: u32) -> Error {
    let error = Error::malformed(format!("{what} of the group of rank {rank}"));
    in_index(error, index.offset(index.places.top.start))
}

fn broken(index: &Index, sample: &SampleAt, contig: usize, at: &ContigsAt, why: String) -> Error {
    let error = in_index(
        Error::malformed(why),
        index.offset(index.body + at.row.range.start),
    );
    error.at(|place| {
        place.sample = Some(sample.name().to_string());
        let contig = at.page.contigs.get(contig - at.row.contigs.start);
        place.contig = contig.map(|contig| contig.name.to_string());
    })
}

impl Reader {
    /// Pages that a region of a sample not seen before likely takes, told by a contig of that name in another sample.
    pub(super) fn foretold(
        &mut self,
        index: &Index,
        sample: &SampleAt,
        foretold: &Foretold,
    ) -> Vec<Range<u64>> {
        let mut hints = self.places_pages(index, &foretold.places, PLACES_FORETOLD_BYTES_MAX);
        if let Some(row) = sample.contig_pages().get(foretold.page) {
            hints.extend(index.in_body(&foretold.segments(&row.segments)));
        }
        hints
    }
}

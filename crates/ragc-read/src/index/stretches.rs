//! From a range of a contig to its pieces, and from these to where their parts lie.

use std::ops::Range;

use super::foretell::Foretold;
use super::lookup::{ContigsAt, SampleAt};
use super::open::Index;
use super::places::PlacesPage;
use super::segments::SegmentsPage;
use super::{in_index, span};
use crate::error::Error;
use crate::format::footer::Part;
use crate::format::stream_name::Kind;
use crate::gather::Lack;
use crate::plan::{PartId, Piece, pieces};
use crate::reader::Reader;
use crate::step::Stop;
use crate::tables::SegmentRef;
use crate::wants::Wants;

impl Reader {
    /// The pieces of a range of a contig, which lies within it.
    pub(crate) fn index_pieces(
        &mut self,
        index: &Index,
        sample: usize,
        contig: usize,
        range: &Range<u64>,
    ) -> Result<Vec<Piece>, Stop> {
        let sample = self.sample_at(index, sample)?;
        let page = self.page_with(index, &sample, contig)?;
        let page = page.ok_or_else(|| Error::malformed("a contig that the sample lacks"))?;
        let pieces = self.stretch_pieces(index, &page, contig, range)?;
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
        Ok(pieces)
    }

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
        let mut segments: Vec<SegmentRef> = Vec::new();
        for (numbers, place) in at.page.segment_pages(&stretch.segments) {
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
            let wanted =
                stretch.segments.start.max(numbers.start)..stretch.segments.end.min(numbers.end);
            let wanted = wanted.start - numbers.start..wanted.end.saturating_sub(numbers.start);
            segments.extend_from_slice(page.segments.get(wanted).unwrap_or_default());
        }
        if !wants.is_complete() {
            let groups = at.page.groups(place, &stretch);
            wants.hint(self.foretold_places(index, groups));
        }
        wants.end(self)?;
        let overlap = index.root.params.kmer_len;
        let start = (stretch.first, stretch.position);
        Ok(pieces(start, segments.into_iter(), overlap, range)?)
    }

    /// Where parts of segment streams lie.
    pub(crate) fn index_places(
        &mut self,
        index: &Index,
        ids: &[PartId],
    ) -> Result<Vec<Part>, Lack> {
        let mut wants = Wants::default();
        let mut parts = Vec::with_capacity(ids.len());
        for &id in ids {
            let part = wants.take(self.index_place(index, id));
            match part.map_err(|error| Lack::Stop(error.into()))? {
                Some(Some(part)) => parts.push(part),
                Some(None) => {
                    let name = id.stream().name(index.root.naming);
                    let error = Error::malformed(format!("no part {} of {name}", id.number()));
                    return Err(Lack::Part(
                        id,
                        in_index(error, index.offset(index.places.top.start)),
                    ));
                }
                None => {}
            }
        }
        wants.end(self).map_err(Lack::Stop)?;
        Ok(parts)
    }

    /// Where a part lies; `None` if there is no such part.
    fn index_place(&mut self, index: &Index, id: PartId) -> Result<Option<Part>, Stop> {
        let stream = id.stream();
        let number = match stream.kind {
            Kind::Reference => 0,
            Kind::Packs => u64::from(id.number()) + 1,
        };
        let group = u64::from(stream.group_id);
        let key = group << 32 | number.min(u64::from(u32::MAX));
        let mut wants = Wants::default();
        let mut found = None;
        for leaf in self.leaves(index, &index.places, &(key..=key))? {
            let page = self.page::<PlacesPage>(index, &leaf.range);
            if let Some(page) = wants.take(page)? {
                found = found.or(page.part(group, number));
            }
        }
        wants.end(self)?;
        Ok(found.and_then(|part| placed(index, part)))
    }
}

/// A part at its place in the archive, which is before the footer.
fn placed(index: &Index, part: Part) -> Option<Part> {
    let offset = part.offset.checked_add(index.parts_base())?;
    let metadata = u64::from(part.len_bytes > 0);
    let end = offset.checked_add(part.len_bytes)?.checked_add(metadata)?;
    (end <= index.parts_end()).then_some(Part { offset, ..part })
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
        let mut hints = self.foretold_places(index, Some(foretold.groups.clone()));
        if let Some(row) = sample.contig_pages().get(foretold.page) {
            hints.extend(index.in_body(&foretold.segments(&row.segments)));
        }
        hints
    }
}

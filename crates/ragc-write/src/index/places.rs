//! Where the parts of segment streams lie. See docs/INDEX.md, "Places".

use ragc_read::{SegmentRef, StoredPart, Stream};

use super::IndexError;
use super::columns::{Columns, PageMaker, signed};
use super::ranks::Ranks;
use super::scratch::Scratch;
use super::section::Section;

const PARTS_MAX: usize = 2048;

/// A part of a group, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartPlace {
    /// The group.
    pub group: u32,
    /// 0 for its reference, `i + 1` for its pack `i`.
    pub part: u32,
    /// Where the part's metadata integer lies, counted from [`Facts::parts_base`](super::Facts::parts_base).
    pub offset: u64,
    /// Bytes of its payload.
    pub len_bytes: u64,
}

impl PartPlace {
    /// Of a part in its archive; `None` if that belongs to no group.
    #[must_use]
    pub fn of(part: &StoredPart) -> Option<Self> {
        let number = u32::try_from(part.number).ok()?;
        let (group, number) = match part.stream {
            Stream::Reference(group) if number == 0 => (group, 0),
            Stream::Packs(group) => (group, number.checked_add(1)?),
            _ => return None,
        };
        Some(Self {
            group,
            part: number,
            offset: part.offset,
            len_bytes: part.len_bytes,
        })
    }

    fn key(&self, ranks: &Ranks) -> u64 {
        key(ranks.of_group(self.group), self.part)
    }

    fn follows(&self, before: &Self) -> bool {
        self.group == before.group && self.part == before.part.wrapping_add(1)
    }
}

fn key(rank: u32, part: u32) -> u64 {
    u64::from(rank) << 32 | u64::from(part)
}

/// The section of all `places`.
pub fn place_pages(
    mut places: Vec<PartPlace>,
    ranks: &Ranks,
    body: &mut Scratch,
    maker: &mut PageMaker,
) -> Result<Section, IndexError> {
    places.sort_by_cached_key(|place| place.key(ranks));
    let mut section = Section::default();
    for page in places.chunks(PARTS_MAX) {
        section.add(page[0].key(ranks), maker.page(&columns(page, ranks))?, body)?;
    }
    Ok(section)
}

/// What tells which pages of places a segment needs.
pub struct Needed {
    pub ranks: Ranks,
    pub places: Section,
    pub pack_cardinality: u32,
}

impl Needed {
    /// The numbers of these pages.
    pub fn pages(&self, segment: SegmentRef) -> impl Iterator<Item = u64> {
        let pack = |entry: u32| entry / self.pack_cardinality.max(1) + 1;
        let entry = segment.in_group_id;
        let parts = match segment.is_raw() {
            true => [None, Some(pack(entry))],
            false => [Some(0), entry.checked_sub(1).map(pack)],
        };
        let rank = self.ranks.of_group(segment.group_id);
        let keys = parts.into_iter().flatten().map(move |part| key(rank, part));
        keys.filter_map(|key| self.places.page_with(key))
    }
}

fn columns(places: &[PartPlace], ranks: &Ranks) -> Columns {
    let runs: Vec<&[PartPlace]> = places
        .chunk_by(|before, place| place.follows(before))
        .collect();
    let longest = runs.iter().map(|run| run.len()).max().unwrap_or_default();
    let (mut offsets, mut lens) = (Vec::new(), Vec::new());
    let mut end = 0;
    for turn in 0..longest {
        for place in runs.iter().filter_map(|run| run.get(turn)) {
            offsets.push(signed(place.offset.wrapping_sub(end) as i64));
            lens.push(place.len_bytes);
            end = place.offset.wrapping_add(place.len_bytes);
        }
    }
    let mut columns = Columns::default();
    columns.varint(runs.len() as u64);
    let groups = || runs.iter().map(|run| run[0].group);
    columns.differences(groups().map(|group| u64::from(ranks.of_group(group))));
    let mut before = 0;
    columns.varints(groups().map(|group| {
        let difference = i64::from(group) - before;
        before = i64::from(group);
        signed(difference)
    }));
    columns.varints(runs.iter().map(|run| u64::from(run[0].part)));
    columns.varints(runs.iter().map(|run| run.len() as u64));
    columns.varints(offsets);
    columns.split(&lens);
    columns
}

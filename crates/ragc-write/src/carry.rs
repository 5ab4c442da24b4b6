//! References and packs of an archive -> those that some of its samples need: copied where that will do, or else unpacked,
//! thinned and compressed anew.

use std::ops::Range;
use std::sync::atomic::Ordering;

use ragc_read::{Archive, StoredPart, Stream};

use crate::archive::{RAW_GROUPS, StreamId};
use crate::create::{CreateError, Progress};
use crate::kept::Kept;
use crate::lane::{RAW_DUMMY, SEPARATOR};
use crate::part::Part;
use crate::pipeline::Outlet;
use crate::registrar::Task;
use crate::thin::Thinned;

/// A pack is copied if so much of its text is needed: compressing it anew would save little (docs/PERFORMANCE.md, "Some
/// samples of an archive").
const CARRIED_PART: usize = 19;
const CARRIED_OF: usize = 20;

/// Sends the references and packs with the entries that are `kept`, group by group, and says where each entry went.
///
/// # Errors
/// When a part cannot be read or written. What the archive does not hold gets no place.
pub fn carry(
    archive: &Archive,
    parts: &[StoredPart],
    pack_cardinality: u32,
    kept: &mut Kept,
    outlet: &Outlet,
    progress: &Progress,
) -> Result<(), CreateError> {
    let (needed, passed) = needed(parts, pack_cardinality, kept);
    let mut carrier = Carrier {
        archive,
        pack_cardinality,
        kept,
        outlet,
        group: None,
    };
    let mut passed = passed.into_iter();
    let mut following = needed.iter().skip(1);
    archive.read_parts(&needed, |part, metadata, payload| {
        let next = following.next().map(|part| part.stream);
        match part.stream {
            Stream::Reference(group) => carrier.reference(group, metadata, payload)?,
            Stream::Packs(group) => {
                let is_last = next != Some(part.stream);
                carrier.pack(group, part, is_last, metadata, payload)?;
            }
            _ => {}
        }
        if let Some(bytes) = passed.next() {
            progress.bytes_read.store(bytes, Ordering::Relaxed);
        }
        Ok::<_, CreateError>(())
    })?;
    carrier.finish()
}

/// The parts that hold what is kept, by group and number; and after each, how many bytes of all parts are behind.
fn needed(parts: &[StoredPart], pack_cardinality: u32, kept: &Kept) -> (Vec<StoredPart>, Vec<u64>) {
    let order = |part: &StoredPart| match part.stream {
        Stream::Reference(group) => Some((group, false, part.number)),
        Stream::Packs(group) => Some((group, true, part.number)),
        _ => None,
    };
    let mut sorted: Vec<StoredPart> = parts
        .iter()
        .filter(|part| order(part).is_some())
        .copied()
        .collect();
    sorted.sort_unstable_by_key(order);
    let is_needed = |part: &StoredPart| match part.stream {
        // A raw group has no reference: nothing refers to one that is there.
        Stream::Reference(group) => group >= RAW_GROUPS && part.number == 0 && kept.needs(group),
        Stream::Packs(group) => {
            let numbers = numbers(group, part.number, pack_cardinality);
            !kept.entries(group, numbers).is_empty()
        }
        _ => false,
    };
    let mut bytes = 0;
    sorted
        .into_iter()
        .filter_map(|part| {
            bytes += part.len_bytes;
            is_needed(&part).then_some((part, bytes))
        })
        .unzip()
}

/// The numbers of the entries of a pack.
fn numbers(group: u32, pack: usize, pack_cardinality: u32) -> Range<u64> {
    let first = pack as u64 * u64::from(pack_cardinality) + u64::from(first_number(group));
    first..first + u64::from(pack_cardinality)
}

/// The number of the first entry in a group's first pack.
fn first_number(group: u32) -> u32 {
    // Number 0 is the reference, which is not there.
    u32::from(group >= RAW_GROUPS)
}

struct Carrier<'a> {
    archive: &'a Archive,
    pack_cardinality: u32,
    kept: &'a mut Kept,
    outlet: &'a Outlet,
    /// The group whose packs are being taken, as the old archive numbers it.
    group: Option<(u32, Thinned)>,
}

impl Carrier<'_> {
    fn reference(&mut self, group: u32, metadata: u64, payload: &[u8]) -> Result<(), CreateError> {
        let number = self.kept.open_group(group);
        for entry in self.kept.entries(group, 0..1) {
            self.kept.place(entry, 0);
        }
        let payload = payload.to_vec();
        let part = Part { metadata, payload };
        self.outlet.copy(StreamId::reference(number), part)
    }

    fn pack(
        &mut self,
        group: u32,
        part: &StoredPart,
        is_last: bool,
        metadata: u64,
        payload: &[u8],
    ) -> Result<(), CreateError> {
        // Without a reference, nothing can be made of it.
        let Some(new_group) = self.kept.group(group) else {
            return Ok(());
        };
        let mut packs = match self.group.take() {
            Some((before, packs)) if before == group => packs,
            _ => Thinned::new(self.pack_cardinality),
        };
        let numbers = numbers(group, part.number, self.pack_cardinality);
        let pack = OldPack {
            stream: StreamId::deltas(new_group),
            first: numbers.start,
            first_number: first_number(group),
            wanted: self.kept.entries(group, numbers),
        };
        let copied = || Part {
            metadata,
            payload: payload.to_vec(),
        };
        if pack.wanted.len() as u64 == u64::from(self.pack_cardinality) {
            self.take_whole(&pack, self.pack_cardinality, &mut packs, copied())?;
        } else {
            let (text, entries) = self.archive.pack_text(part, metadata, payload)?;
            let entries = entries as u32;
            let is_full = entries == self.pack_cardinality;
            packs.start_pack(text.len(), !is_full && !is_last);
            let can_stay = is_full || (is_last && packs.is_closed());
            if can_stay && pack.is_mostly_needed(&text, entries, self.kept) {
                self.take_whole(&pack, entries, &mut packs, copied())?;
            } else {
                self.take_entries(&pack, &text, &mut packs)?;
            }
        }
        if is_last {
            return self.send(pack.stream, packs.finish());
        }
        self.group = Some((group, packs));
        Ok(())
    }

    /// Copies a pack of so many entries.
    fn take_whole(
        &mut self,
        pack: &OldPack,
        entries: u32,
        packs: &mut Thinned,
        part: Part,
    ) -> Result<(), CreateError> {
        let (first, before) = packs.carry(entries)?;
        self.send(pack.stream, before)?;
        for entry in pack.wanted.clone() {
            let place = pack.place(entry, self.kept);
            if place < u64::from(entries) {
                let number = first + place as u32 + pack.first_number;
                self.kept.place(entry, number);
            }
        }
        self.outlet.copy(pack.stream, part)
    }

    /// Takes what is needed of a pack.
    fn take_entries(
        &mut self,
        pack: &OldPack,
        text: &[u8],
        packs: &mut Thinned,
    ) -> Result<(), CreateError> {
        let mut walk = Walk::of(text);
        for entry in pack.wanted.clone() {
            let Some(text) = walk.entry_at(pack.place(entry, self.kept)) else {
                break;
            };
            let (number, complete) = packs.push(text)?;
            self.kept.place(entry, number + pack.first_number);
            self.send(pack.stream, complete)?;
        }
        Ok(())
    }

    fn send(&self, stream: StreamId, text: Option<Vec<u8>>) -> Result<(), CreateError> {
        let tasks = text.map(|text| Task::Pack(stream, text.into()));
        self.outlet.compress(tasks)
    }

    /// Every archive has all raw groups, with a first entry that nothing refers to.
    fn finish(self) -> Result<(), CreateError> {
        for group in 0..RAW_GROUPS {
            if !self
                .kept
                .entries(group, 0..1)
                .all(|entry| self.kept.has_place(entry))
            {
                let dummy = vec![RAW_DUMMY, SEPARATOR];
                self.send(StreamId::deltas(group), Some(dummy))?;
            }
        }
        Ok(())
    }
}

/// A pack of the old archive.
struct OldPack {
    /// Where its entries go.
    stream: StreamId,
    /// Number of the first of them, and of the first of the whole group that is in packs.
    first: u64,
    first_number: u32,
    /// Those that are kept.
    wanted: Range<usize>,
}

impl OldPack {
    /// Where in the pack an entry is.
    fn place(&self, entry: usize, kept: &Kept) -> u64 {
        u64::from(kept.number(entry)) - self.first
    }

    fn is_mostly_needed(&self, text: &[u8], entries: u32, kept: &Kept) -> bool {
        let mut walk = Walk::of(text);
        let needed: usize = self
            .wanted
            .clone()
            .map_while(|entry| walk.entry_at(self.place(entry, kept)))
            .map(<[u8]>::len)
            .sum();
        // Entries that fill a pack up are empty.
        let all = text.len() - entries as usize;
        needed * CARRIED_OF >= all * CARRIED_PART
    }
}

/// A walk through the entries of a pack.
struct Walk<'t> {
    text: &'t [u8],
    ends: memchr::Memchr<'t>,
    start: usize,
    next: u64,
}

impl<'t> Walk<'t> {
    fn of(text: &'t [u8]) -> Self {
        Self {
            text,
            ends: memchr::memchr_iter(SEPARATOR, text),
            start: 0,
            next: 0,
        }
    }

    /// The entry at a place behind those asked for before; nothing past the last.
    fn entry_at(&mut self, place: u64) -> Option<&'t [u8]> {
        if let Some(skipped) = (place - self.next).checked_sub(1) {
            self.start = self.ends.nth(skipped as usize)? + 1;
        }
        let end = self.ends.next()?;
        let entry = &self.text[self.start..end];
        (self.start, self.next) = (end + 1, place + 1);
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_at_their_places() {
        let text = b"a\xFF\xFFbc\xFFd\xFF";
        let cases: [(&[u64], &[&[u8]]); 5] = [
            (&[], &[]),
            (&[0, 1, 2, 3], &[b"a", b"", b"bc", b"d"]),
            (&[2], &[b"bc"]),
            (&[1, 3, 4], &[b"", b"d"]),
            (&[9], &[]),
        ];
        for (places, expected) in cases {
            let mut walk = Walk::of(text);
            let found: Vec<&[u8]> = places
                .iter()
                .map_while(|&place| walk.entry_at(place))
                .collect();
            assert_eq!(found, expected, "{places:?}");
        }
    }
}

//! The groups and their open packs: entry numbers, repeated entries, packs that are full.

use std::ops::Range;

use crate::archive::{RAW_GROUPS, StreamId};
use crate::digests::{Digest, Digests};
use crate::lz::Delta;
use crate::packing::{CARDINALITY_MIN, PackSize};
use crate::resume::LastPack;
use crate::text::{Squeezer, Text};

/// Ends every entry of a pack.
pub const SEPARATOR: u8 = 0xFF;
/// Entry 0 of every raw group, which no segment refers to.
pub const RAW_DUMMY: u8 = 0x7F;
/// Entries of a stream: how far an entry lies behind the highest one so far is doubled in the segment table, in 32 bits.
pub const ENTRIES_MAX: u32 = (1 << 31) - 1;

/// A pack that no entry will be added to in this run.
#[derive(Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The stream it is the next part of.
    pub stream: StreamId,
    /// Whether it goes on later, and most of it was compressed once before: such work would never end.
    pub is_mostly_old: bool,
    /// Entries, each followed by its separator.
    pub text: Text,
}

/// Memory that a lane may take.
#[derive(Debug, Clone, Copy)]
pub struct LaneShares {
    /// Plain text of open packs: beyond it all texts are squeezed.
    pub plain_bytes: usize,
    /// Open packs, squeezed or not: beyond it all of them are closed.
    pub open_bytes: usize,
    /// Text of a pack: one that reaches this is closed.
    pub pack_len_bytes: usize,
    /// Digests of entries.
    pub digests_bytes: usize,
}

/// Entry numbers of a group have run out, or a batch of samples has more segments than a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// All groups, owned by one thread.
pub struct Lane {
    /// Nothing until it is chosen; packs stay open so long.
    pack_size: Option<PackSize>,
    shares: LaneShares,
    groups: Vec<Group>,
    /// Memory taken by what is plain of the open packs, and by all of them.
    plain_bytes: usize,
    open_bytes: usize,
    /// Entries by group and text: entry numbers, for raw groups [`raw_number`]s. Whole groups are searched, not just
    /// open packs.
    known: Digests,
    squeezer: Option<Squeezer>,
    next_raw: u32,
    /// The groups that take new raw texts.
    raw_groups: Range<u32>,
    /// Groups whose last pack in the archive that is continued was added to.
    reopened: Vec<u32>,
}

#[derive(Debug, Default)]
struct Group {
    /// Entries in the delta or raw stream so far, skipped numbers included.
    entries: u32,
    open: Text,
    open_entries: u32,
    /// How much of the open pack the archive has that is continued.
    stored_len: usize,
}

impl Lane {
    /// The raw groups alone, with their dummies.
    pub fn new(shares: LaneShares) -> Self {
        let groups: Vec<_> = (0..RAW_GROUPS)
            .map(|_| Group {
                entries: 1,
                open: vec![RAW_DUMMY, SEPARATOR].into(),
                open_entries: 1,
                stored_len: 0,
            })
            .collect();
        Self::of(groups, None, 0..RAW_GROUPS, shares)
    }

    /// Groups of an archive that is continued. What their last packs hold is told by [`Lane::restore`] before anything
    /// is added to them; new raw texts all go to `raw_group`.
    pub fn resumed(pack_cardinality: u32, groups: u32, raw_group: u32, shares: LaneShares) -> Self {
        let mut resumed = Vec::new();
        resumed.resize_with(groups as usize, Group::default);
        let raw_groups = raw_group..raw_group + 1;
        let pack_size = Some(PackSize::of_entries(pack_cardinality));
        Self::of(resumed, pack_size, raw_groups, shares)
    }

    fn of(
        groups: Vec<Group>,
        pack_size: Option<PackSize>,
        raw_groups: Range<u32>,
        shares: LaneShares,
    ) -> Self {
        let open_bytes = groups.iter().map(|group| group.open.len()).sum();
        Self {
            pack_size,
            shares,
            groups,
            plain_bytes: open_bytes,
            open_bytes,
            known: Digests::new(shares.digests_bytes),
            squeezer: None,
            next_raw: raw_groups.start,
            raw_groups,
            reopened: Vec::new(),
        }
    }

    /// The group that takes the next raw text.
    pub fn next_raw(&self) -> u32 {
        self.next_raw
    }

    /// Goes on with a group's last pack.
    ///
    /// # Errors
    /// [`Full`] when the archive's entry numbers are too large for ours.
    pub fn restore(&mut self, number: u32, last: LastPack) -> Result<(), Full> {
        let pack_cardinality = self
            .pack_cardinality()
            .expect("an archive that is continued has it");
        let first = u32::try_from(last.first_entry).map_err(|_| Full)?;
        let next = first.checked_add(last.entries).ok_or(Full)?;
        let is_raw = number < RAW_GROUPS;
        let entries = last.text.split(|&byte| byte == SEPARATOR);
        for (entry, text) in (first..next).zip(entries) {
            let (digest, place) = if is_raw {
                (Digest::of(0, text), raw_number(number, entry))
            } else {
                (Digest::of(number, text), Some(entry + 1))
            };
            if let Some(place) = place
                && self.known.get(digest).is_none()
            {
                self.known.insert(digest, place);
            }
        }
        let group = &mut self.groups[number as usize];
        let is_full =
            last.entries == pack_cardinality || last.text.len() >= self.shares.pack_len_bytes;
        if is_full {
            group.entries = next
                .checked_next_multiple_of(pack_cardinality)
                .ok_or(Full)?;
        } else {
            self.plain_bytes += last.text.len();
            self.open_bytes += last.text.len();
            *group = Group {
                entries: next,
                stored_len: last.text.len(),
                open: last.text.into(),
                open_entries: last.entries,
            };
        }
        Ok(())
    }

    /// Sets how large packs are, once: those that hold so many entries now, by group.
    pub fn choose_pack_size(&mut self, size: PackSize) -> Vec<Sealed> {
        debug_assert!(self.pack_size.is_none(), "chosen twice");
        self.pack_size = Some(size);
        let entries = size.entries;
        let mut sealed = Vec::new();
        for (number, group) in self.groups.iter_mut().enumerate() {
            if group.open_entries < entries {
                continue;
            }
            // Nothing is squeezed as long as packs cannot be closed.
            let text = group.open.plain();
            let mut start = 0;
            let ends = memchr::memchr_iter(SEPARATOR, text)
                .skip(entries as usize - 1)
                .step_by(entries as usize);
            for end in ends {
                sealed.push(Sealed {
                    stream: StreamId::deltas(number as u32),
                    is_mostly_old: false,
                    text: text[start..=end].to_vec().into(),
                });
                start = end + 1;
            }
            group.open.forget_plain(start);
            group.open_entries %= entries;
            self.plain_bytes -= start;
            self.open_bytes -= start;
        }
        sealed
    }

    /// Entries of a pack, once they are chosen.
    pub fn pack_cardinality(&self) -> Option<u32> {
        Some(self.pack_size?.entries)
    }

    /// Bytes of all open packs.
    pub fn open_bytes(&self) -> usize {
        self.open_bytes
    }

    /// The open packs of deltas that hold at least `entries_min`, by group.
    pub fn open_packs(&self, entries_min: u32) -> Vec<&[u8]> {
        self.groups[RAW_GROUPS as usize..]
            .iter()
            .filter(|group| group.open_entries >= entries_min)
            .map(|group| group.open.plain())
            .collect()
    }

    /// Number of groups, raw ones included.
    pub fn group_count(&self) -> u32 {
        self.groups.len() as u32
    }

    /// Opens the next group; its reference is entry 0.
    pub fn open_group(&mut self) -> u32 {
        self.groups.push(Group::default());
        self.group_count() - 1
    }

    /// Adds a segment to a group that has a reference: its entry number, and the pack that it filled.
    ///
    /// # Errors
    /// [`Full`] when the entry number gets too large for the segment table.
    pub fn add_delta(&mut self, group: u32, delta: &Delta) -> Result<(u32, Option<Sealed>), Full> {
        let Delta::Text(text) = delta else {
            return Ok((0, None));
        };
        let digest = Digest::of(group, text);
        if let Some(entry) = self.known.get(digest) {
            return Ok((entry, None));
        }
        let (index, sealed) = self.push(group, text)?;
        // Number 0 is the reference, which is not in this stream.
        let entry = index + 1;
        self.known.insert(digest, entry);
        Ok((entry, sealed))
    }

    /// Adds a segment as it is: its group and entry number, and the pack that it filled.
    ///
    /// # Errors
    /// As [`Lane::add_delta`].
    pub fn add_raw(&mut self, codes: &[u8]) -> Result<(u32, u32, Option<Sealed>), Full> {
        // One digest for all raw groups: which of them holds the text makes no difference.
        let digest = Digest::of(0, codes);
        if let Some(number) = self.known.get(digest) {
            return Ok((number % RAW_GROUPS, number / RAW_GROUPS, None));
        }
        let group = self.next_raw;
        self.next_raw = if group + 1 < self.raw_groups.end {
            group + 1
        } else {
            self.raw_groups.start
        };
        let (entry, sealed) = self.push(group, codes)?;
        if let Some(number) = raw_number(group, entry) {
            self.known.insert(digest, number);
        }
        Ok((group, entry, sealed))
    }

    /// Keeps the open packs within their share of the memory: squeezes all of them when their text exceeds it, and if
    /// that is not enough closes them. When this happens follows from the entries alone.
    pub fn tidy(&mut self) -> Vec<Sealed> {
        let Some(PackSize { entries, .. }) = self.pack_size else {
            return Vec::new();
        };
        let must_shrink = self.plain_bytes > self.shares.plain_bytes;
        if must_shrink {
            self.squeeze();
        }
        // Half of it must be free for a while, or everything would be gone through for every new entry.
        let is_squeezed = !must_shrink || self.plain_bytes <= self.shares.plain_bytes / 2;
        if is_squeezed && self.open_bytes <= self.shares.open_bytes {
            return Vec::new();
        }
        (self.plain_bytes, self.open_bytes) = (0, 0);
        let open = self.groups.iter_mut().enumerate();
        open.filter(|(_, group)| group.open_entries > 0)
            .filter_map(|(number, group)| {
                let is_stored = group.is_stored();
                let sealed = group.seal(number as u32, entries);
                // What the archive has already need not be stored again.
                (!is_stored).then_some(sealed)
            })
            .collect()
    }

    fn squeeze(&mut self) {
        if self.squeezer.is_none() {
            self.squeezer = Squeezer::new().ok();
        }
        // Without memory for one, texts stay as they are.
        let Some(squeezer) = &mut self.squeezer else {
            return;
        };
        (self.plain_bytes, self.open_bytes) = (0, 0);
        for group in &mut self.groups {
            group.open.squeeze(squeezer);
            self.plain_bytes += group.open.plain().len();
            self.open_bytes += group.open.held_bytes();
        }
    }

    /// Groups whose last pack in the archive that is continued is replaced.
    pub fn take_reopened(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.reopened)
    }

    /// The packs still open, by group, but for those that nothing was added to.
    pub fn finish(self) -> impl Iterator<Item = Sealed> {
        self.groups
            .into_iter()
            .enumerate()
            .filter(|(_, group)| group.open_entries > 0 && !group.is_stored())
            .map(|(number, group)| Sealed {
                stream: StreamId::deltas(number as u32),
                is_mostly_old: group.stored_len * 2 > group.open.len(),
                text: group.open,
            })
    }

    /// Appends an entry to a group's stream: its index there, and the pack if it is full now.
    fn push(&mut self, number: u32, entry: &[u8]) -> Result<(u32, Option<Sealed>), Full> {
        let group = &mut self.groups[number as usize];
        let index = group.entries;
        if index >= ENTRIES_MAX {
            return Err(Full);
        }
        if group.is_stored() {
            self.reopened.push(number);
        }
        group.entries = index + 1;
        group.open.push(entry);
        group.open.push(&[SEPARATOR]);
        group.open_entries += 1;
        self.plain_bytes += entry.len() + 1;
        self.open_bytes += entry.len() + 1;
        let Some(size) = self.pack_size else {
            return Ok((index, None));
        };
        let is_full = group.entries.is_multiple_of(size.entries);
        let is_long = group.open.len() >= size.text_bytes && group.open_entries >= CARDINALITY_MIN;
        if !is_full && !is_long && group.open.len() < self.shares.pack_len_bytes {
            return Ok((index, None));
        }
        self.plain_bytes -= group.open.plain().len();
        self.open_bytes -= group.open.held_bytes();
        // Readers may count on every pack but the last to be full: empty entries, which nothing refers to, cost no bytes.
        let missing = group.entries.next_multiple_of(size.entries) - group.entries;
        group.open.push(&vec![SEPARATOR; missing as usize]);
        Ok((index, Some(group.seal(number, size.entries))))
    }
}

impl Group {
    /// Whether nothing was added to what the archive has.
    fn is_stored(&self) -> bool {
        self.stored_len > 0 && self.open.len() == self.stored_len
    }

    /// Closes the open pack.
    fn seal(&mut self, number: u32, pack_cardinality: u32) -> Sealed {
        // The next pack starts at the next multiple of C; if this one is not full, numbers until there stay unused.
        self.entries = self.entries.next_multiple_of(pack_cardinality);
        self.open_entries = 0;
        self.stored_len = 0;
        Sealed {
            stream: StreamId::deltas(number),
            is_mostly_old: false,
            text: std::mem::take(&mut self.open),
        }
    }
}

/// One number for the place of a raw text, if it fits and is not 0: the first entry of the first group is a dummy.
fn raw_number(group: u32, entry: u32) -> Option<u32> {
    let number = entry.checked_mul(RAW_GROUPS)?.checked_add(group)?;
    (number != 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARES: LaneShares = LaneShares {
        plain_bytes: 10_000,
        open_bytes: 20_000,
        pack_len_bytes: 1 << 30,
        digests_bytes: 1 << 20,
    };

    fn text(text: &str) -> Delta {
        Delta::Text(text.as_bytes().to_vec())
    }

    fn of(pack_cardinality: u32) -> Lane {
        let mut lane = Lane::new(SHARES);
        assert_eq!(
            lane.choose_pack_size(PackSize::of_entries(pack_cardinality)),
            []
        );
        lane
    }

    #[test]
    fn packs_that_waited_for_the_choice_are_as_if_it_had_been_made_before() {
        for pack_cardinality in [1, 2, 3, 7, 50] {
            let (mut early, mut late) = (Lane::new(SHARES), Lane::new(SHARES));
            let mut packs = early.choose_pack_size(PackSize::of_entries(pack_cardinality));
            let (first, second) = (early.open_group(), early.open_group());
            late.open_group();
            late.open_group();
            for n in 0..20 {
                for group in [first, second, second].into_iter().take(1 + n % 3) {
                    let delta = text(&format!("{group},{n}"));
                    let (entry, sealed) = early.add_delta(group, &delta).expect("few");
                    packs.extend(sealed);
                    assert_eq!(late.add_delta(group, &delta), Ok((entry, None)));
                }
                let (group, entry, sealed) = early.add_raw(&[1, n as u8]).expect("few");
                packs.extend(sealed);
                assert_eq!(late.add_raw(&[1, n as u8]), Ok((group, entry, None)));
            }
            let sealed = late.choose_pack_size(PackSize::of_entries(pack_cardinality));
            assert_eq!(early.open_bytes(), late.open_bytes());
            let all = |packs: Vec<Sealed>, lane: Lane| {
                let mut texts: Vec<Vec<Text>> = (0..18).map(|_| Vec::new()).collect();
                for pack in packs.into_iter().chain(lane.finish()) {
                    let group = (0..18).find(|&group| pack.stream == StreamId::deltas(group));
                    texts[group.expect("a group") as usize].push(pack.text);
                }
                texts
            };
            assert_eq!(all(packs, early), all(sealed, late), "{pack_cardinality}");
        }
    }

    #[test]
    fn packs_fill_up_and_repeats_take_no_room() {
        let mut lane = of(2);
        let group = lane.open_group();
        assert_eq!(group, RAW_GROUPS);
        assert_eq!(lane.add_delta(group, &Delta::Equal), Ok((0, None)));
        assert_eq!(lane.add_delta(group, &text("a")), Ok((1, None)));
        assert_eq!(lane.add_delta(group, &text("a")), Ok((1, None)));
        let full = Sealed {
            stream: StreamId::deltas(group),
            is_mostly_old: false,
            text: b"a\xFFb\xFF".to_vec().into(),
        };
        assert_eq!(lane.add_delta(group, &text("b")), Ok((2, Some(full))));
        assert_eq!(
            lane.add_delta(group, &text("a")),
            Ok((1, None)),
            "older packs are searched too"
        );
        assert_eq!(lane.add_delta(group, &text("c")), Ok((3, None)));
        let open: Vec<_> = lane.finish().collect();
        assert_eq!(open.len(), RAW_GROUPS as usize + 1);
        assert_eq!(open[16].text, b"c\xFF".to_vec().into());
    }

    #[test]
    fn raw_texts_go_round_and_equal_ones_are_stored_once() {
        let mut lane = of(50);
        assert_eq!(lane.add_raw(&[0, 1]), Ok((0, 1, None)));
        assert_eq!(lane.add_raw(&[2]), Ok((1, 1, None)));
        assert_eq!(lane.add_raw(&[0, 1]), Ok((0, 1, None)));
        assert_eq!(lane.add_raw(&[3]), Ok((2, 1, None)));
    }

    #[test]
    fn entry_numbers_end_where_the_segment_table_cannot_hold_them() {
        let mut lane = of(1 << 20);
        let group = lane.open_group();
        lane.groups[group as usize].entries = ENTRIES_MAX - 1;
        let last = lane.add_delta(group, &text("a"));
        assert_eq!(last.map(|(entry, _)| entry), Ok(ENTRIES_MAX));
        assert_eq!(lane.add_delta(group, &text("b")), Err(Full));
    }

    #[test]
    fn packs_of_one_hold_the_dummy_alone() {
        let mut lane = Lane::new(SHARES);
        assert_eq!(
            lane.choose_pack_size(PackSize::of_entries(1)).len(),
            RAW_GROUPS as usize
        );
        let (group, entry, sealed) = lane.add_raw(&[1]).expect("numbers are left");
        assert_eq!(
            (group, entry, sealed.map(|s| s.text)),
            (0, 1, Some(vec![1, SEPARATOR].into()))
        );
    }

    /// Adds an entry of `len` letters to each of some groups: what `tidy` closed, and what is open at the end.
    fn filled(groups: u32, len: usize, letters: &[u8]) -> (Vec<Sealed>, Vec<Sealed>) {
        let mut lane = of(50);
        let mut closed = Vec::new();
        let mut state = 1u32;
        for _ in 0..groups {
            let group = lane.open_group();
            let mut text = Vec::new();
            for _ in 0..len {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push(letters[(state >> 24) as usize % letters.len()]);
            }
            assert!(lane.add_delta(group, &Delta::Text(text)).is_ok());
            closed.extend(lane.tidy());
            assert!(lane.plain_bytes <= SHARES.plain_bytes && lane.open_bytes <= SHARES.open_bytes);
            let held: usize = lane.groups.iter().map(|g| g.open.held_bytes()).sum();
            assert_eq!(lane.open_bytes, held);
        }
        (closed, lane.finish().collect())
    }

    #[test]
    fn a_pack_of_long_deltas_closes_before_it_is_full() {
        let mut lane = Lane::new(SHARES);
        lane.choose_pack_size(PackSize {
            entries: 200,
            text_bytes: 600,
        });
        let group = lane.open_group();
        let mut sealed = Vec::new();
        for number in 0..150 {
            let (_, pack) = lane
                .add_delta(group, &text(&format!("{number:09}")))
                .expect("numbers last");
            if let Some(pack) = pack {
                let entries = memchr::memchr_iter(SEPARATOR, pack.text.plain()).count();
                assert_eq!(entries, 200, "full for whoever counts");
                sealed.push(number + 1);
            }
        }
        assert_eq!(sealed, [60, 120], "entries of 10 bytes");
        let (entry, _) = lane.add_delta(group, &text("a")).expect("numbers last");
        assert_eq!(
            entry,
            2 * 200 + 30 + 1,
            "a new pack begins at a multiple of its entries"
        );
        for number in 0..CARDINALITY_MIN - 32 {
            let long = format!("{number:0100}");
            let (_, pack) = lane.add_delta(group, &text(&long)).expect("numbers last");
            assert!(
                pack.is_none(),
                "no pack closes with fewer than the C++ tool puts there"
            );
        }
        let (_, pack) = lane.add_delta(group, &text("b")).expect("numbers last");
        assert!(pack.is_some());
    }

    #[test]
    fn texts_are_squeezed_first_and_closed_when_that_is_not_enough() {
        let raw = RAW_GROUPS as usize;
        let (closed, open) = filled(50, 1000, b"A");
        assert_eq!((closed.len(), open.len()), (0, 50 + raw));
        let all: Vec<u8> = (0..=255).collect();
        let (closed, open) = filled(50, 1000, &all);
        assert!(closed.len() > 15 + raw, "{} closed", closed.len());
        assert_eq!(closed.len() + open.len(), 50 + raw);
        for sealed in closed.into_iter().chain(open) {
            let len = sealed.text.len();
            let bytes = sealed.text.into_bytes().expect("it was squeezed here");
            assert_eq!((bytes.len(), bytes.last()), (len, Some(&SEPARATOR)));
        }
    }
}

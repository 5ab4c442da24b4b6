//! The groups and their open packs: entry numbers, repeated entries, packs that are full.

use std::collections::HashMap;

use crate::archive::{RAW_GROUPS, StreamId};
use crate::lz::Delta;
use crate::resume::LastPack;

/// Ends every entry of a pack.
pub const SEPARATOR: u8 = 0xFF;
/// Entry 0 of every raw group, which no segment refers to.
const RAW_DUMMY: u8 = 0x7F;
/// A pack is closed early before its text gets larger: readers count in 32 bits.
const PACK_LEN_BYTES_MAX: usize = 1 << 30;
/// Entries of a stream: how far an entry lies behind the highest one so far is doubled in the segment table, in 32 bits.
const ENTRIES_MAX: u32 = (1 << 31) - 1;

/// A pack that no entry will be added to.
#[derive(Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The stream it is the next part of.
    pub stream: StreamId,
    /// Entries, each followed by its separator.
    pub text: Vec<u8>,
}

/// Entry numbers of a group have run out, or a batch of samples has more segments than a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// All groups, owned by one thread.
#[derive(Debug, Default)]
pub struct Lane {
    /// Nothing until it is chosen; packs stay open so long.
    pack_cardinality: Option<u32>,
    groups: Vec<Group>,
    /// Text of all open packs.
    open_bytes: usize,
    /// Digest of group and entry -> where the entry is. Whole groups are searched, not just open packs.
    known: HashMap<[u8; 16], (u32, u32)>,
    next_raw: u32,
    /// Groups whose last pack in the archive that is continued was added to.
    reopened: Vec<u32>,
}

#[derive(Debug, Default)]
struct Group {
    /// Entries in the delta or raw stream so far, skipped numbers included.
    entries: u32,
    open: Vec<u8>,
    open_entries: u32,
    /// The first of the open entries that the archive has already: nothing was added to the pack yet.
    is_stored: bool,
}

impl Lane {
    /// The raw groups alone, with their dummies.
    pub fn new() -> Self {
        let groups: Vec<_> = (0..RAW_GROUPS)
            .map(|_| Group {
                entries: 1,
                open: vec![RAW_DUMMY, SEPARATOR],
                open_entries: 1,
                is_stored: false,
            })
            .collect();
        Self {
            open_bytes: groups.iter().map(|group| group.open.len()).sum(),
            groups,
            ..Self::default()
        }
    }

    /// Groups of an archive that is continued. What their last packs hold is told by [`Lane::restore`] before anything
    /// is added to them.
    pub fn resumed(pack_cardinality: u32, groups: u32) -> Self {
        let mut resumed = Vec::new();
        resumed.resize_with(groups as usize, Group::default);
        Self {
            pack_cardinality: Some(pack_cardinality),
            groups: resumed,
            ..Self::default()
        }
    }

    /// Goes on with a group's last pack.
    ///
    /// # Errors
    /// [`Full`] when the archive's entry numbers are too large for ours.
    pub fn restore(&mut self, number: u32, last: LastPack) -> Result<(), Full> {
        let pack_cardinality = self
            .pack_cardinality
            .expect("an archive that is continued has it");
        let first = u32::try_from(last.first_entry).map_err(|_| Full)?;
        let next = first.checked_add(last.entries).ok_or(Full)?;
        let is_raw = number < RAW_GROUPS;
        let entries = last.text.split(|&byte| byte == SEPARATOR);
        for (entry, text) in (first..next).zip(entries) {
            let (digest, in_group) = if is_raw {
                (digest(0, text), entry)
            } else {
                (digest(number, text), entry + 1)
            };
            self.known.entry(digest).or_insert((number, in_group));
        }
        let group = &mut self.groups[number as usize];
        let is_full = last.entries == pack_cardinality || last.text.len() >= PACK_LEN_BYTES_MAX;
        if is_full {
            group.entries = next
                .checked_next_multiple_of(pack_cardinality)
                .ok_or(Full)?;
        } else {
            self.open_bytes += last.text.len();
            *group = Group {
                entries: next,
                open: last.text,
                open_entries: last.entries,
                is_stored: true,
            };
        }
        Ok(())
    }

    /// Sets how many entries a pack holds, once: the packs that are full by that, by group.
    pub fn choose_pack_cardinality(&mut self, entries: u32) -> Vec<Sealed> {
        debug_assert!(self.pack_cardinality.is_none(), "chosen twice");
        self.pack_cardinality = Some(entries);
        let mut sealed = Vec::new();
        for (number, group) in self.groups.iter_mut().enumerate() {
            while group.open_entries >= entries {
                let end = memchr::memchr_iter(SEPARATOR, &group.open)
                    .nth(entries as usize - 1)
                    .map_or(group.open.len(), |at| at + 1);
                let rest = group.open.split_off(end);
                let text = std::mem::replace(&mut group.open, rest);
                group.open_entries -= entries;
                self.open_bytes -= text.len();
                sealed.push(Sealed {
                    stream: StreamId::deltas(number as u32),
                    text,
                });
            }
        }
        sealed
    }

    /// Entries of a pack, once they are chosen.
    pub fn pack_cardinality(&self) -> Option<u32> {
        self.pack_cardinality
    }

    /// Bytes of text in all open packs.
    pub fn open_bytes(&self) -> usize {
        self.open_bytes
    }

    /// The open packs of deltas that hold at least `entries_min`, by group.
    pub fn open_packs(&self, entries_min: u32) -> Vec<&[u8]> {
        self.groups[RAW_GROUPS as usize..]
            .iter()
            .filter(|group| group.open_entries >= entries_min)
            .map(|group| group.open.as_slice())
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
        let digest = digest(group, text);
        if let Some(&(_, entry)) = self.known.get(&digest) {
            return Ok((entry, None));
        }
        let (index, sealed) = self.push(group, text)?;
        // Number 0 is the reference, which is not in this stream.
        let entry = index + 1;
        self.known.insert(digest, (group, entry));
        Ok((entry, sealed))
    }

    /// Adds a segment as it is: its group and entry number, and the pack that it filled.
    ///
    /// # Errors
    /// As [`Lane::add_delta`].
    pub fn add_raw(&mut self, codes: &[u8]) -> Result<(u32, u32, Option<Sealed>), Full> {
        // One digest for all raw groups: which of them holds the text makes no difference.
        let digest = digest(0, codes);
        if let Some(&(group, entry)) = self.known.get(&digest) {
            return Ok((group, entry, None));
        }
        let group = self.next_raw;
        self.next_raw = (group + 1) % RAW_GROUPS;
        let (entry, sealed) = self.push(group, codes)?;
        self.known.insert(digest, (group, entry));
        Ok((group, entry, sealed))
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
            .filter(|(_, group)| group.open_entries > 0 && !group.is_stored)
            .map(|(number, group)| Sealed {
                stream: StreamId::deltas(number as u32),
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
        if std::mem::take(&mut group.is_stored) {
            self.reopened.push(number);
        }
        group.entries = index + 1;
        group.open.extend_from_slice(entry);
        group.open.push(SEPARATOR);
        group.open_entries += 1;
        self.open_bytes += entry.len() + 1;
        let Some(pack_cardinality) = self.pack_cardinality else {
            return Ok((index, None));
        };
        let is_full = group.entries.is_multiple_of(pack_cardinality);
        if !is_full && group.open.len() < PACK_LEN_BYTES_MAX {
            return Ok((index, None));
        }
        if !is_full {
            // The next pack starts at the next multiple of C, so the numbers until there stay unused.
            group.entries = group.entries.next_multiple_of(pack_cardinality);
        }
        group.open_entries = 0;
        self.open_bytes -= group.open.len();
        Ok((
            index,
            Some(Sealed {
                stream: StreamId::deltas(number),
                text: std::mem::take(&mut group.open),
            }),
        ))
    }
}

/// What tells entries apart: a collision would swap sequence silently, so a strong hash is worth its time.
fn digest(group: u32, text: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&group.to_le_bytes());
    hasher.update(text);
    let mut digest = [0; 16];
    digest.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Delta {
        Delta::Text(text.as_bytes().to_vec())
    }

    fn of(pack_cardinality: u32) -> Lane {
        let mut lane = Lane::new();
        assert_eq!(lane.choose_pack_cardinality(pack_cardinality), []);
        lane
    }

    #[test]
    fn packs_that_waited_for_the_choice_are_as_if_it_had_been_made_before() {
        for pack_cardinality in [1, 2, 3, 7, 50] {
            let (mut early, mut late) = (Lane::new(), Lane::new());
            let mut packs = early.choose_pack_cardinality(pack_cardinality);
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
            let sealed = late.choose_pack_cardinality(pack_cardinality);
            assert_eq!(early.open_bytes(), late.open_bytes());
            let all = |packs: Vec<Sealed>, lane: Lane| {
                let mut texts = vec![Vec::new(); 18];
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
            text: b"a\xFFb\xFF".to_vec(),
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
        assert_eq!(open[16].text, b"c\xFF");
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
        let mut lane = Lane::new();
        assert_eq!(lane.choose_pack_cardinality(1).len(), RAW_GROUPS as usize);
        let (group, entry, sealed) = lane.add_raw(&[1]).expect("numbers are left");
        assert_eq!(
            (group, entry, sealed.map(|s| s.text)),
            (0, 1, Some(vec![1, SEPARATOR]))
        );
    }
}

//! The entries that some samples of an archive need, and where each goes in an archive of these samples alone.

use std::ops::Range;

use ragc_read::SegmentRef;

use crate::archive::RAW_GROUPS;
use crate::collection::SegmentEntry;
use crate::create::CreateError;
use crate::memory::{Held, Memory};

/// An entry that has no place yet.
const NOWHERE: u32 = u32::MAX;
/// Entries noted before repeated ones are looked for.
const UNSORTED_MIN: usize = 1 << 16;

/// Entries while they are gathered: group and number, at first as they come.
#[derive(Debug)]
pub struct Gathered {
    keys: Vec<u64>,
    /// So many of them are sorted and each once.
    settled: usize,
    /// What else is held.
    held: Held,
    memory: Memory,
}

impl Gathered {
    /// The first entry of each raw group, which every archive has, beside what else is `held`.
    pub fn new(memory: Memory, held: Held) -> Self {
        Self {
            keys: (0..RAW_GROUPS).map(|group| key(group, 0)).collect(),
            settled: 0,
            held,
            memory,
        }
    }

    /// Notes the entries of some segments.
    ///
    /// # Errors
    /// [`CreateError::Memory`] if there are too many.
    pub fn add(&mut self, segments: &[SegmentRef]) -> Result<(), CreateError> {
        let keys = segments.iter().map(|s| key(s.group_id, s.in_group_id));
        self.keys.extend(keys);
        if self.keys.len() > 2 * self.settled + UNSORTED_MIN {
            self.settle()?;
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), CreateError> {
        self.keys.sort_unstable();
        self.keys.dedup();
        self.settled = self.keys.len();
        let held = Held {
            entries: self.settled as u64,
            ..self.held
        };
        Ok(self.memory.check_fixed(&held)?)
    }

    /// All of them; none has a place yet.
    ///
    /// # Errors
    /// As [`Gathered::add`].
    pub fn finish(mut self) -> Result<Kept, CreateError> {
        self.settle()?;
        Ok(Kept {
            places: vec![NOWHERE; self.keys.len()],
            keys: self.keys,
            groups: Vec::new(),
        })
    }
}

/// The entries that are kept.
#[derive(Debug)]
pub struct Kept {
    /// Group and number of each in the old archive, ascending.
    keys: Vec<u64>,
    /// Number of each in its group of the new archive.
    places: Vec<u32>,
    /// The groups above the raw ones that were opened so far, in the old archive: those of the new one follow each other.
    groups: Vec<u32>,
}

impl Kept {
    /// The number that the group with this reference gets: the next one.
    pub fn open_group(&mut self, old: u32) -> u32 {
        self.groups.push(old);
        self.group_count() - 1
    }

    /// Number of groups of the new archive so far, raw ones included.
    pub fn group_count(&self) -> u32 {
        RAW_GROUPS + self.groups.len() as u32
    }

    /// What becomes of a group; nothing if it has no reference, or nobody needs it.
    pub fn group(&self, old: u32) -> Option<u32> {
        if old < RAW_GROUPS {
            return Some(old);
        }
        let place = self.groups.binary_search(&old).ok()?;
        Some(RAW_GROUPS + place as u32)
    }

    /// Whether anything of a group is kept.
    pub fn needs(&self, group: u32) -> bool {
        !self.entries(group, 0..1 << 32).is_empty()
    }

    /// The entries of a group in a range of numbers.
    pub fn entries(&self, group: u32, numbers: Range<u64>) -> Range<usize> {
        let before = |end: u64| {
            let end = key(group, 0).saturating_add(end.min(1 << 32));
            self.keys.partition_point(|&key| key < end)
        };
        before(numbers.start)..before(numbers.end)
    }

    /// The number of an entry in the old archive.
    pub fn number(&self, entry: usize) -> u32 {
        self.keys[entry] as u32
    }

    /// Says where an entry goes.
    pub fn place(&mut self, entry: usize, number: u32) {
        self.places[entry] = number;
    }

    /// Whether it is known where an entry goes.
    pub fn has_place(&self, entry: usize) -> bool {
        self.places[entry] != NOWHERE
    }

    /// Where a segment is stored in the new archive; nothing if the old one does not hold it.
    pub fn entry_of(&self, segment: &SegmentRef) -> Option<SegmentEntry> {
        let key = key(segment.group_id, segment.in_group_id);
        let entry = self.keys.binary_search(&key).ok()?;
        let group = self.group(segment.group_id)?;
        self.has_place(entry).then(|| SegmentEntry {
            group,
            in_group: self.places[entry],
            ..SegmentEntry::of(segment)
        })
    }
}

fn key(group: u32, number: u32) -> u64 {
    u64::from(group) << 32 | u64::from(number)
}

//! The packs of one group in an archive of fewer samples: the numbers that entries get, and when a pack is closed.

use crate::lane::{ENTRIES_MAX, Full, SEPARATOR};

/// The packs of a group, one after the other.
#[derive(Debug)]
pub struct Thinned {
    pack_cardinality: u32,
    /// Entries so far, numbers left out included.
    entries: u32,
    open: Vec<u8>,
    /// Text of the longest pack that was unpacked: none that is made of such gets longer.
    len_max: usize,
    /// Whether packs are filled up that are closed before they are full.
    fills_up: bool,
}

impl Thinned {
    /// No packs yet.
    pub fn new(pack_cardinality: u32) -> Self {
        Self {
            pack_cardinality,
            entries: 0,
            open: Vec::new(),
            len_max: 0,
            fills_up: true,
        }
    }

    /// Whether the next entry begins a pack.
    pub fn is_closed(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes a whole pack of the old archive, of so many entries: the number of the first of them, and the text of the
    /// pack before it, if that was open. A pack that is not full must be the last.
    ///
    /// # Errors
    /// [`Full`] when numbers run out.
    pub fn carry(&mut self, entries: u32) -> Result<(u32, Option<Vec<u8>>), Full> {
        let before = if self.is_closed() {
            None
        } else {
            Some(self.close()?)
        };
        let first = self.entries;
        self.entries = within(first.checked_add(entries))?;
        Ok((first, before))
    }

    /// Begins to take single entries of the old archive's next pack. `is_short` if it is not full though others follow.
    pub fn start_pack(&mut self, len: usize, is_short: bool) {
        self.len_max = self.len_max.max(len);
        // Where the old archive left numbers out without filling them, they may be too many to be filled.
        self.fills_up &= !is_short;
    }

    /// Takes one entry: its number, and the text of the pack that is complete now.
    ///
    /// # Errors
    /// [`Full`] when numbers run out.
    pub fn push(&mut self, entry: &[u8]) -> Result<(u32, Option<Vec<u8>>), Full> {
        let is_long = self.open.len() + entry.len() + 1 > self.len_max;
        let mut complete = if is_long && !self.is_closed() {
            Some(self.close()?)
        } else {
            None
        };
        let number = self.entries;
        self.entries = within(number.checked_add(1))?;
        self.open.extend_from_slice(entry);
        self.open.push(SEPARATOR);
        if self.entries.is_multiple_of(self.pack_cardinality) {
            complete = Some(std::mem::take(&mut self.open));
        }
        Ok((number, complete))
    }

    /// The text of the last pack, if it is open.
    pub fn finish(self) -> Option<Vec<u8>> {
        (!self.is_closed()).then_some(self.open)
    }

    /// Closes the open pack before it is full: readers may count on every pack but the last to be so.
    fn close(&mut self) -> Result<Vec<u8>, Full> {
        let next = within(self.entries.checked_next_multiple_of(self.pack_cardinality))?;
        let mut text = std::mem::take(&mut self.open);
        if self.fills_up {
            let missing = (next - self.entries) as usize;
            text.resize(text.len() + missing, SEPARATOR);
        }
        self.entries = next;
        Ok(text)
    }
}

fn within(entries: Option<u32>) -> Result<u32, Full> {
    entries
        .filter(|&entries| entries <= ENTRIES_MAX)
        .ok_or(Full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_filled_with_what_is_needed_of_several() {
        let mut packs = Thinned::new(3);
        packs.start_pack(6, false);
        assert_eq!(packs.push(b"a"), Ok((0, None)));
        assert_eq!(packs.push(b"b"), Ok((1, None)));
        packs.start_pack(6, false);
        let full = b"a\xFFb\xFFc\xFF".to_vec();
        assert_eq!(packs.push(b"c"), Ok((2, Some(full))));
        assert!(packs.is_closed());
        assert_eq!(packs.push(b"d"), Ok((3, None)));
        assert_eq!(packs.finish(), Some(b"d\xFF".to_vec()));
    }

    #[test]
    fn what_is_carried_begins_a_pack() {
        let mut packs = Thinned::new(3);
        assert_eq!(packs.carry(3), Ok((0, None)));
        packs.start_pack(6, false);
        assert_eq!(packs.push(b"a"), Ok((3, None)));
        let filled = b"a\xFF\xFF\xFF".to_vec();
        assert_eq!(packs.carry(3), Ok((6, Some(filled))));
        assert_eq!(packs.carry(1), Ok((9, None)));
        assert_eq!(packs.finish(), None);
    }

    #[test]
    fn no_pack_gets_longer_than_the_longest_before() {
        for is_short in [false, true] {
            let mut packs = Thinned::new(4);
            packs.start_pack(5, is_short);
            assert_eq!(packs.push(b"aa"), Ok((0, None)));
            let closed = if is_short {
                b"aa\xFF".to_vec()
            } else {
                b"aa\xFF\xFF\xFF\xFF".to_vec()
            };
            assert_eq!(packs.push(b"bb"), Ok((4, Some(closed))));
            packs.start_pack(6, false);
            assert_eq!(packs.push(b"cc"), Ok((5, None)));
        }
    }

    #[test]
    fn numbers_end_where_the_segment_table_cannot_hold_them() {
        let mut packs = Thinned::new(1 << 30);
        assert!(packs.carry(1 << 30).is_ok());
        assert_eq!(packs.carry(1 << 30), Err(Full));
    }
}

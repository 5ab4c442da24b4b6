//! The pages between the top of a section and its pages. See docs/INDEX.md, "The root".

use std::ops::{Range, RangeInclusive};

use super::numbers::{count, ends, rising, varint, varints};
use super::page::Page;
use crate::error::Error;
use crate::format::cursor::Cursor;

/// Children of a node that is not the last of its level, as a power of 2.
pub(super) const CHILDREN_BITS: u64 = 10;

/// Where the children of a node lie, and from which keys on.
#[derive(Debug)]
pub(super) struct Node {
    first: u64,
    keys: Vec<u64>,
    ends: Vec<u64>,
}

/// A page found by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) key: u64,
    /// Counted from where the section's offsets are.
    pub(super) range: Range<u64>,
}

impl Page for Node {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Node, Error> {
        let n = count(cursor, 2, "children")?;
        let first = varint(cursor)?;
        let keys = rising(cursor, n)?;
        let ends = ends(&varints(cursor, n)?)?;
        if ends
            .last()
            .is_some_and(|end| first.checked_add(*end).is_none())
        {
            return Err(cursor.broken("a page past the end of the index".to_string()));
        }
        Ok(Node { first, keys, ends })
    }

    fn size_bytes(&self) -> usize {
        (self.keys.len() + self.ends.len()) * 8 + size_of::<Node>()
    }
}

impl Node {
    /// The children that may have one of `keys`. Neighbours can have parts of what one key leads to.
    pub(super) fn children(&self, keys: &RangeInclusive<u64>) -> impl Iterator<Item = Child> {
        let first = self.keys.partition_point(|key| key < keys.start());
        let end = self.keys.partition_point(|key| key <= keys.end());
        (first.saturating_sub(1)..end).filter_map(|child| self.child(child))
    }

    /// A child by its number.
    pub(super) fn child(&self, number: usize) -> Option<Child> {
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        Some(Child {
            key: *self.keys.get(number)?,
            range: self.first + start..self.first + self.ends.get(number)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(bytes: &[u8]) -> Result<Node, Error> {
        let mut cursor = Cursor::new(bytes);
        let node = Node::parse(&mut cursor)?;
        cursor.finish()?;
        Ok(node)
    }

    /// Children at 100, with keys 5, 9, 9 and 20.
    const TOY: &[u8] = &[4, 100, 5, 4, 0, 11, 10, 20, 30, 40];

    fn found(keys: RangeInclusive<u64>) -> Vec<(u64, Range<u64>)> {
        let node = node(TOY).unwrap();
        node.children(&keys).map(|c| (c.key, c.range)).collect()
    }

    #[test]
    fn children_are_found_by_key() {
        let all = [(5, 100..110), (9, 110..130), (9, 130..160), (20, 160..200)];
        assert_eq!(found(0..=u64::MAX), all);
        assert_eq!(found(4..=4), []);
        assert_eq!(found(5..=5), all[..1]);
        assert_eq!(found(8..=8), all[..1]);
        // What has key 9 may begin at the end of the page before.
        assert_eq!(found(9..=9), all[..3]);
        assert_eq!(found(10..=19), all[2..3]);
        assert_eq!(found(25..=99), all[3..]);
        let node = node(TOY).unwrap();
        let by_number = (0..5).map_while(|number| node.child(number));
        assert_eq!(by_number.map(|c| (c.key, c.range)).collect::<Vec<_>>(), all);
    }

    #[test]
    fn broken_nodes_are_errors() {
        for end in 0..TOY.len() {
            assert!(node(&TOY[..end]).is_err(), "cut at {end}");
        }
        assert!(node(&[TOY, &[0]].concat()).is_err());
        let beyond = [&[1][..], &[0xFF; 9], &[1, 5, 1]].concat();
        assert!(node(&beyond).is_err(), "an offset of 2^64 - 1");
    }
}

//! What the reader remembers of a collection: names, contigs and their segments, each in one piece of memory.

use std::ops::Range;

use bstr::{BStr, ByteSlice};

use crate::error::{Error, within};
use crate::plan::RAW_GROUP_COUNT;
use crate::sorted::sorted;

/// A list of names in one buffer.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct NameList {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl NameList {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * 4
    }

    pub(crate) fn get(&self, index: usize) -> Option<&BStr> {
        let end = usize::try_from(*self.ends.get(index)?).ok()?;
        let start = match index.checked_sub(1) {
            Some(before) => usize::try_from(*self.ends.get(before)?).ok()?,
            None => 0,
        };
        self.bytes.get(start..end).map(ByteSlice::as_bstr)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &BStr> + Clone {
        // Every index below the length has a name.
        (0..self.len()).map(|index| self.get(index).unwrap_or_default())
    }

    /// Appends a name, unless the list would exceed `bytes_max`.
    pub(crate) fn push(&mut self, name: &[u8], bytes_max: u64) -> Result<(), Error> {
        let bytes = self.size_bytes() as u64 + name.len() as u64 + 4;
        within("names", bytes, bytes_max.min(u64::from(u32::MAX)))?;
        self.bytes.extend_from_slice(name);
        self.ends
            .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// The samples of an archive, in stored order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Samples {
    names: NameList,
    /// Sample numbers sorted by name.
    by_name: Vec<u32>,
}

impl Samples {
    /// Sorts the names; two equal ones are an error.
    pub(crate) fn new(mut names: NameList) -> Result<Samples, Error> {
        names.shrink();
        let name_of = |number: u32| {
            usize::try_from(number)
                .ok()
                .and_then(|n| names.get(n))
                .unwrap_or_default()
        };
        let numbers = 0..u32::try_from(names.len()).unwrap_or(u32::MAX);
        let by_name = sorted(numbers.map(|number| (name_of(number), number)));
        let by_name: Vec<u32> = by_name.into_iter().map(|(_, number)| number).collect();
        let twice = by_name
            .iter()
            .zip(by_name.iter().skip(1))
            .find(|(a, b)| name_of(**a) == name_of(**b));
        if let Some((_, &number)) = twice {
            return Err(Error::malformed(format!(
                "two samples have the name {:?}",
                name_of(number)
            )));
        }
        Ok(Samples { names, by_name })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the archive has no samples.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of sample `number`, from 0.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&BStr> {
        self.names.get(number)
    }

    /// The names in stored order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &BStr> + Clone {
        self.names.iter()
    }

    /// The number of the sample called `name`.
    #[must_use]
    pub fn position(&self, name: &BStr) -> Option<usize> {
        let number_of = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let found = self
            .by_name
            .binary_search_by(|&number| self.get(number_of(number)).unwrap_or_default().cmp(name))
            .ok()?;
        self.by_name.get(found).copied().map(number_of)
    }

    /// The names sorted bytewise.
    pub fn sorted(&self) -> impl ExactSizeIterator<Item = &BStr> {
        self.by_name.iter().map(|&n| {
            usize::try_from(n)
                .ok()
                .and_then(|n| self.get(n))
                .unwrap_or_default()
        })
    }
}

/// Some or all contigs of one sample, in stored order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Contigs {
    names: NameList,
    rows: Vec<ContigRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ContigRow {
    len_bases: u64,
    /// Where its segments end in the list of all segments of these contigs.
    segments_end: usize,
}

/// One contig of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contig<'a> {
    /// The whole header line, without `>`.
    pub name: &'a BStr,
    /// Its length in bases.
    pub len_bases: u64,
    /// How many segments it is stored as; 0 for an empty contig.
    pub segment_count: usize,
}

impl<'a> Contig<'a> {
    /// The name up to the first blank: what queries mostly go by.
    #[must_use]
    pub fn first_word(&self) -> &'a BStr {
        first_word(self.name)
    }
}

/// A name up to its first space, tab or line end.
pub(crate) fn first_word(name: &BStr) -> &BStr {
    name.split(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
        .next()
        .unwrap_or_default()
        .as_bstr()
}

/// Where one segment of a contig is stored. See docs/FORMAT.md, "Groups and entry numbers".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRef {
    /// Its group; those below 16 are raw.
    pub group_id: u32,
    /// Its number in the group.
    pub in_group_id: u32,
    /// Below 2^31; the top bit holds the orientation.
    len_and_reversed: u32,
}

impl SegmentRef {
    const REVERSED: u32 = 1 << 31;

    /// `None` for a length of 2^31 or more, which the format does not allow.
    pub(crate) fn new(
        group_id: u32,
        in_group_id: u32,
        len_bases: u32,
        reversed: bool,
    ) -> Option<SegmentRef> {
        let flag = if reversed { SegmentRef::REVERSED } else { 0 };
        (len_bases < SegmentRef::REVERSED).then_some(SegmentRef {
            group_id,
            in_group_id,
            len_and_reversed: len_bases | flag,
        })
    }

    /// Its length, the overlaps with its neighbours included.
    #[must_use]
    pub fn len_bases(self) -> u32 {
        self.len_and_reversed & !SegmentRef::REVERSED
    }

    /// Whether it lies in a raw group: stored as it is, not against a reference.
    #[must_use]
    pub fn is_raw(self) -> bool {
        self.group_id < RAW_GROUP_COUNT
    }

    /// Whether its stored text is the reverse complement.
    #[must_use]
    pub fn reversed(self) -> bool {
        self.len_and_reversed & SegmentRef::REVERSED != 0
    }

    /// Group, entry, and the length with the orientation as its lowest bit.
    pub(crate) fn columns(self) -> [u32; 3] {
        let length = self.len_and_reversed.rotate_left(1);
        [self.group_id, self.in_group_id, length]
    }

    pub(crate) fn of_columns([group_id, in_group_id, length]: [u32; 3]) -> SegmentRef {
        SegmentRef {
            group_id,
            in_group_id,
            len_and_reversed: length.rotate_right(1),
        }
    }
}

impl Contigs {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Contig `index`, from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Contig<'_>> {
        let segments = self.segment_numbers(index)?;
        Some(Contig {
            name: self.names.get(index)?,
            len_bases: self.rows.get(index)?.len_bases,
            segment_count: segments.end.checked_sub(segments.start)?,
        })
    }

    /// The contigs in stored order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Contig<'_>> {
        let none = Contig {
            name: BStr::new(""),
            len_bases: 0,
            segment_count: 0,
        };
        (0..self.len()).map(move |index| self.get(index).unwrap_or(none))
    }

    /// The segments of contig `index`, counted over all contigs here.
    pub(crate) fn segment_numbers(&self, index: usize) -> Option<Range<usize>> {
        let start = match index.checked_sub(1) {
            Some(before) => self.rows.get(before)?.segments_end,
            None => 0,
        };
        Some(start..self.rows.get(index)?.segments_end)
    }

    /// Segments of all contigs here.
    pub(crate) fn segment_count(&self) -> usize {
        self.rows.last().map_or(0, |row| row.segments_end)
    }

    /// Bytes of memory they take.
    pub(crate) fn size_bytes(&self) -> usize {
        self.names.size_bytes() + self.rows.len() * size_of::<ContigRow>() + size_of::<Contigs>()
    }

    pub(crate) fn with_names(names: NameList) -> Contigs {
        Contigs {
            names,
            rows: Vec::new(),
        }
    }

    /// The names of the contigs.
    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &BStr> + Clone {
        self.names.iter()
    }

    /// Adds a contig, unless they would take more than `bytes_max`.
    pub(crate) fn push(&mut self, contig: Contig<'_>, bytes_max: u64) -> Result<(), Error> {
        self.push_name(contig.name, bytes_max)?;
        self.push_row(contig.len_bases, contig.segment_count);
        within("contigs", self.size_bytes() as u64, bytes_max)
    }

    pub(crate) fn push_name(&mut self, name: &[u8], bytes_max: u64) -> Result<(), Error> {
        self.names.push(name, bytes_max)
    }

    /// Adds what there is to know of the contig that comes next, beside its name.
    pub(crate) fn push_row(&mut self, len_bases: u64, segment_count: usize) {
        self.rows.push(ContigRow {
            len_bases,
            segments_end: self.segment_count().saturating_add(segment_count),
        });
    }

    pub(crate) fn shrink(&mut self) {
        self.names.shrink();
        self.rows.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> NameList {
        let mut names = NameList::default();
        for name in list {
            names.push(name.as_bytes(), 1000).unwrap();
        }
        names
    }

    #[test]
    fn samples_are_found_by_name_and_listed_in_stored_and_sorted_order() {
        let samples = Samples::new(names(&["ref", "b", "", "a"])).unwrap();
        assert_eq!(samples.iter().collect::<Vec<_>>(), ["ref", "b", "", "a"]);
        assert_eq!(samples.sorted().collect::<Vec<_>>(), ["", "a", "b", "ref"]);
        assert_eq!(samples.position("a".into()), Some(3));
        assert_eq!(samples.position("".into()), Some(2));
        assert_eq!(samples.position("c".into()), None);
        assert!(Samples::new(names(&["x", "y", "x"])).is_err());
    }
}

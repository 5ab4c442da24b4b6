//! The tables of samples, contigs and segments, version 3. See docs/FORMAT.md, "Collection".

use std::collections::HashMap;

use super::contig_name;
use super::cursor::Cursor;
use super::int::{prefix_int, unzigzag_near};
use super::params::Params;
use crate::error::{Error, within};
use crate::segment_table::SegmentTable;
use crate::tables::{NameList, Samples, SegmentRef};

/// Reads the names of all samples, from the decompressed `collection-samples`.
pub(crate) fn parse_samples(bytes: &[u8], names_bytes_max: u64) -> Result<Samples, Error> {
    let mut cursor = Cursor::new(bytes);
    let count = prefix_int(&mut cursor)?;
    let mut names = NameList::default();
    for _ in 0..count {
        names.push(cursor.until_zero()?, names_bytes_max)?;
    }
    cursor.finish()?;
    Samples::new(names)
}

/// The names of a batch, sample by sample, from a decompressed part of `collection-contigs`.
#[derive(Debug)]
pub(crate) struct BatchNames<'a> {
    cursor: Cursor<'a>,
    samples_left: u32,
    names_bytes_max: u64,
    /// The name being decoded.
    name: Vec<u8>,
}

impl<'a> BatchNames<'a> {
    pub(crate) fn new(
        bytes: &'a [u8],
        sample_count: u32,
        names_bytes_max: u64,
    ) -> Result<Self, Error> {
        let mut cursor = Cursor::new(bytes);
        let found = prefix_int(&mut cursor)?;
        expect_count("samples in the batch", sample_count, found)?;
        Ok(BatchNames {
            cursor,
            samples_left: sample_count,
            names_bytes_max,
            name: Vec::new(),
        })
    }

    /// The contig names of the next sample; `None` after the last one of the batch.
    pub(crate) fn next_sample(&mut self) -> Result<Option<NameList>, Error> {
        let Some(left) = self.samples_left.checked_sub(1) else {
            self.cursor.finish()?;
            return Ok(None);
        };
        self.samples_left = left;
        let count = prefix_int(&mut self.cursor)?;
        let mut names = NameList::default();
        for _ in 0..count {
            let coded = self.cursor.until_zero()?;
            // The name before is in `name` still, and the list has a copy: the new one is decoded from the copy.
            let previous = names.len().checked_sub(1).and_then(|last| names.get(last));
            self.name.clear();
            contig_name::decode(coded, previous.map(AsRef::as_ref), &mut self.name);
            names.push(&self.name, self.names_bytes_max)?;
        }
        Ok(Some(names))
    }
}

/// The names of a batch as they are stored, sample by sample.
#[cfg(feature = "fs")]
pub(crate) fn coded_names(bytes: &[u8]) -> Result<Vec<crate::stored::CodedNames>, Error> {
    let mut cursor = Cursor::new(bytes);
    let mut samples = Vec::new();
    for _ in 0..prefix_int(&mut cursor)? {
        let mut names = crate::stored::CodedNames {
            count: prefix_int(&mut cursor)?,
            bytes: Vec::new(),
        };
        for _ in 0..names.count {
            names.bytes.extend_from_slice(cursor.until_zero()?);
            names.bytes.push(0);
        }
        samples.push(names);
    }
    cursor.finish()?;
    Ok(samples)
}

/// The sizes of the five frames in a part of `collection-details`: decompressed, compressed.
pub(crate) struct DetailsFrames<'a> {
    pub(crate) frames: [(u32, &'a [u8]); 5],
}

impl<'a> DetailsFrames<'a> {
    pub(crate) fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        let mut cursor = Cursor::new(payload);
        let mut sizes = [(0, 0); 5];
        for size in &mut sizes {
            *size = (prefix_int(&mut cursor)?, prefix_int(&mut cursor)?);
        }
        let mut frames = [(0, &[][..]); 5];
        for (frame, (raw, packed)) in frames.iter_mut().zip(sizes) {
            *frame = (
                raw,
                cursor.take(usize::try_from(packed).unwrap_or(usize::MAX))?,
            );
        }
        cursor.finish()?;
        Ok(DetailsFrames { frames })
    }
}

/// The contig tables of a batch, sample by sample, from its names and the five decompressed blocks of its details.
#[derive(Debug)]
pub(crate) struct BatchTables<'a> {
    names: BatchNames<'a>,
    counts: Cursor<'a>,
    groups: Cursor<'a>,
    entries: Cursor<'a>,
    lengths: Cursor<'a>,
    flags: Cursor<'a>,
    tops: Tops,
    params: Params,
    table_bytes_max: u64,
}

impl<'a> BatchTables<'a> {
    /// `group_ids_dense` is a number below which group ids are expected to lie; others are only slower.
    pub(crate) fn new(
        names: BatchNames<'a>,
        blocks: &'a [Vec<u8>; 5],
        params: Params,
        group_ids_dense: usize,
        table_bytes_max: u64,
    ) -> Result<Self, Error> {
        let [counts, groups, entries, lengths, flags] =
            blocks.each_ref().map(|block| Cursor::new(block));
        let mut tables = BatchTables {
            counts,
            groups,
            entries,
            lengths,
            flags,
            tops: Tops::new(group_ids_dense),
            params,
            table_bytes_max,
            names,
        };
        let found = prefix_int(&mut tables.counts)?;
        expect_count("samples in the batch", tables.names.samples_left, found)?;
        Ok(tables)
    }

    /// The next sample's table; `None` after the last one of the batch.
    pub(crate) fn next_sample(&mut self) -> Result<Option<SegmentTable>, Error> {
        let Some(names) = self.names.next_sample()? else {
            for block in [
                &self.counts,
                &self.groups,
                &self.entries,
                &self.lengths,
                &self.flags,
            ] {
                block.finish()?;
            }
            return Ok(None);
        };
        let contig_count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        expect_count(
            "contigs of the sample",
            contig_count,
            prefix_int(&mut self.counts)?,
        )?;
        let mut contigs = SegmentTable::with_names(names);
        for _ in 0..contig_count {
            for _ in 0..prefix_int(&mut self.counts)? {
                contigs.push_segment(self.next_segment()?, self.params.kmer_len);
                within(
                    "the contigs of a sample",
                    contigs.size_bytes() as u64,
                    self.table_bytes_max,
                )?;
            }
            contigs.end_contig();
        }
        contigs.shrink();
        Ok(Some(contigs))
    }

    fn next_segment(&mut self) -> Result<SegmentRef, Error> {
        let group_id = prefix_int(&mut self.groups)?;
        let in_group_id = self.tops.decode(group_id, prefix_int(&mut self.entries)?)?;
        let len = unzigzag_near(
            prefix_int(&mut self.lengths)?,
            self.params.predicted_len_bases(),
        );
        let reversed = prefix_int(&mut self.flags)? != 0;
        u32::try_from(len)
            .ok()
            .and_then(|len| SegmentRef::new(group_id, in_group_id, len, reversed))
            .ok_or_else(|| {
                self.lengths
                    .broken(format!("a segment of {len} bases, below 2^31 expected"))
            })
    }
}

fn expect_count(what: &str, expected: u32, found: u32) -> Result<(), Error> {
    if expected == found {
        Ok(())
    } else {
        Err(Error::malformed(format!(
            "{expected} {what} expected, {found} found"
        )))
    }
}

/// The highest entry number seen of each group in a batch; 0 for none, as an entry 0 never counts.
///
/// Group ids are mostly dense and a lookup by index is far faster, but they may be any number.
#[derive(Debug)]
struct Tops {
    dense: Vec<u32>,
    sparse: HashMap<u32, u32>,
}

impl Tops {
    fn new(group_ids_dense: usize) -> Tops {
        Tops {
            dense: vec![0; group_ids_dense],
            sparse: HashMap::new(),
        }
    }

    /// The entry number that `code` stands for.
    fn decode(&mut self, group_id: u32, code: u32) -> Result<u32, Error> {
        let dense = usize::try_from(group_id)
            .ok()
            .and_then(|id| self.dense.get_mut(id));
        let top = dense.unwrap_or_else(|| self.sparse.entry(group_id).or_default());
        let id = match (*top, code.checked_sub(1)) {
            (0, _) => u64::from(code),
            (_, None) => 0,
            (top, Some(code)) => unzigzag_near(code, u64::from(top) + 1),
        };
        let id =
            u32::try_from(id).map_err(|_| Error::malformed("an entry number above 32 bits"))?;
        *top = id.max(*top);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_numbers_are_predicted_from_the_highest_so_far() {
        let mut tops = Tops::new(17);
        // Entry 0 leaves the group without a highest entry; then 1, 2, again 1, 0, 3; group 99 is beyond the dense ids.
        let coded = [
            (16, 0, 0),
            (16, 1, 1),
            (16, 1, 2),
            (16, 1 + 3, 1),
            (16, 0, 0),
            (16, 1, 3),
            (99, 7, 7),
            (99, 1, 8),
        ];
        for (group, code, want) in coded {
            assert_eq!(tops.decode(group, code).unwrap(), want);
        }
        tops.decode(99, u32::MAX).unwrap();
        assert!(tops.decode(99, u32::MAX).is_err());
    }

    fn toy() -> (Vec<u8>, [Vec<u8>; 5]) {
        let names = b"\x02\x02chr1\0\xFD2\0\x01e\0".to_vec();
        let counts = vec![2, 2, 2, 0, 1, 1];
        let lengths = vec![0xC1, 0x94, 0x5D, 0, 1];
        (
            names,
            [
                counts,
                vec![16, 16, 0],
                vec![0, 1, 1],
                lengths,
                vec![0, 1, 0],
            ],
        )
    }

    fn tables(names: &[u8], blocks: &[Vec<u8>; 5]) -> Result<Vec<SegmentTable>, Error> {
        let params = Params {
            kmer_len: 31,
            min_match_len: 20,
            pack_cardinality: 50,
            segment_size: 60000,
        };
        let mut batch =
            BatchTables::new(BatchNames::new(names, 2, 1000)?, blocks, params, 16, 10000)?;
        let mut all = Vec::new();
        while let Some(contigs) = batch.next_sample()? {
            all.push(contigs);
        }
        Ok(all)
    }

    #[test]
    fn a_batch_gives_its_samples_in_order() {
        let (names, blocks) = toy();
        let samples = tables(&names, &blocks).unwrap();
        let chr1 = samples[0].get(0).unwrap();
        assert_eq!(
            (chr1.name.to_string(), chr1.len_bases, chr1.segment_count),
            ("chr1".into(), 16 + 60000, 2)
        );
        assert_eq!(samples[0].get(1).unwrap().name, "chr2");
        assert_eq!(samples[0].get(1).unwrap().segment_count, 0);
        let segments = samples[0].segments(0).unwrap();
        assert_eq!(segments[1], SegmentRef::new(16, 1, 60031, true).unwrap());
        assert_eq!(
            samples[1].segments(0).unwrap(),
            [SegmentRef::new(0, 1, 60030, false).unwrap()]
        );
    }

    #[test]
    fn blocks_are_consumed_to_the_last_byte_and_no_further() {
        let (names, blocks) = toy();
        for block in 0..5 {
            let mut longer = blocks.clone();
            longer[block].push(0);
            assert!(tables(&names, &longer).is_err(), "block {block} longer");
            let mut shorter = blocks.clone();
            shorter[block].pop();
            assert!(tables(&names, &shorter).is_err(), "block {block} shorter");
        }
        assert!(tables(&names[..names.len() - 1], &blocks).is_err());
        assert!(tables(&[&names[..], b"\0"].concat(), &blocks).is_err());
    }

    #[test]
    fn names_that_expand_without_end_meet_the_limit() {
        let mut names = b"\x01\xBF\xFF".to_vec();
        names.extend(std::iter::repeat_n(b'n', 100));
        names.push(0);
        names.extend(b"\x81\0".repeat(16510));
        let mut batch = BatchNames::new(&names, 1, 10_000).unwrap();
        assert!(matches!(batch.next_sample(), Err(Error::Limit { .. })));
    }

    #[test]
    fn samples_are_read_and_must_differ() {
        let samples = parse_samples(b"\x04ref\0a\0b\0c\0", 1000).unwrap();
        assert_eq!(samples.iter().collect::<Vec<_>>(), ["ref", "a", "b", "c"]);
        assert!(parse_samples(b"\x02a\0a\0", 1000).is_err());
        assert!(parse_samples(b"\x02a\0", 1000).is_err());
        assert!(parse_samples(b"\x01a\0b", 1000).is_err());
    }

    #[test]
    fn details_sizes_add_up_to_the_payload() {
        assert!(DetailsFrames::parse(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7]).is_ok());
        assert!(DetailsFrames::parse(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
        assert!(DetailsFrames::parse(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7, 7]).is_err());
    }
}

//! The tables of samples, contigs and segments, versions 1 and 2. See docs/FORMAT.md, "Versions 1 and 2".

use std::ops::Range;

use super::cursor::Cursor;
use super::int::{prefix_int, unzigzag_near};
use crate::error::{Error, within};
use crate::reader::CommandLine;
use crate::segment_table::SegmentTable;
use crate::tables::{NameList, Samples, SegmentRef};

/// What `collection-main` of version 2 says of all samples: everything but where segments are stored.
#[derive(Debug)]
pub(crate) struct Outline {
    /// Samples that a part of `collection-details` describes; at least 1.
    pub(crate) batch_size: u32,
    /// Of all samples, one after the other.
    contigs: NameList,
    /// By contig.
    segment_counts: Vec<u32>,
    /// By sample: where its contigs end.
    contigs_ends: Vec<usize>,
}

/// Reads `collection-main`.
pub(crate) fn parse_main(
    bytes: &[u8],
    names_bytes_max: u64,
) -> Result<(Samples, Outline, Vec<CommandLine>), Error> {
    let mut cursor = Cursor::new(bytes);
    let batch_size = prefix_int(&mut cursor)?;
    if batch_size == 0 {
        return Err(cursor.broken("batches of 0 samples".to_string()));
    }
    let mut samples = NameList::default();
    let mut outline = Outline {
        batch_size,
        contigs: NameList::default(),
        segment_counts: Vec::new(),
        contigs_ends: Vec::new(),
    };
    for _ in 0..prefix_int(&mut cursor)? {
        samples.push(cursor.until_zero()?, names_bytes_max)?;
        for _ in 0..prefix_int(&mut cursor)? {
            outline
                .contigs
                .push(cursor.until_zero()?, names_bytes_max)?;
            outline.segment_counts.push(prefix_int(&mut cursor)?);
        }
        outline.contigs_ends.push(outline.contigs.len());
    }
    let commands = parse_commands(&mut cursor)?;
    cursor.finish()?;
    outline.contigs.shrink();
    Ok((Samples::new(samples)?, outline, commands))
}

impl Outline {
    /// The names of a sample's contigs.
    pub(crate) fn contig_names(&self, sample: usize) -> impl Iterator<Item = &bstr::BStr> {
        self.contigs_of(sample)
            .map(|contig| self.contigs.get(contig).unwrap_or_default())
    }

    fn contigs_of(&self, sample: usize) -> Range<usize> {
        let start = match sample.checked_sub(1) {
            Some(before) => self.contigs_ends.get(before),
            None => Some(&0),
        };
        match (start, self.contigs_ends.get(sample)) {
            (Some(&start), Some(&end)) => start..end,
            _ => 0..0,
        }
    }

    fn segment_count(&self, contig: usize) -> u32 {
        self.segment_counts.get(contig).copied().unwrap_or_default()
    }
}

/// The contig tables of a batch, sample by sample, from a decompressed part of `collection-details` of version 2.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    outline: &'a Outline,
    groups: Cursor<'a>,
    entries: Cursor<'a>,
    lengths: Cursor<'a>,
    flags: Cursor<'a>,
    samples: Range<usize>,
    overlap: u32,
    table_bytes_max: u64,
}

impl<'a> Columns<'a> {
    /// The columns follow each other without any sizes: all but the last are gone through to find the next.
    pub(crate) fn new(
        bytes: &'a [u8],
        outline: &'a Outline,
        samples: Range<usize>,
        overlap: u32,
        table_bytes_max: u64,
    ) -> Result<Self, Error> {
        let segment_count: u64 = samples
            .clone()
            .flat_map(|sample| outline.contigs_of(sample))
            .map(|contig| u64::from(outline.segment_count(contig)))
            .sum();
        let groups = Cursor::new(bytes);
        let entries = after(&groups, segment_count)?;
        let lengths = after(&entries, segment_count)?;
        let flags = after(&lengths, segment_count)?;
        Ok(Columns {
            outline,
            groups,
            entries,
            lengths,
            flags,
            samples,
            overlap,
            table_bytes_max,
        })
    }

    /// The next sample's table; `None` after the last one of the batch.
    pub(crate) fn next_sample(&mut self) -> Result<Option<SegmentTable>, Error> {
        let Some(sample) = self.samples.next() else {
            self.flags.finish()?;
            return Ok(None);
        };
        let mut names = NameList::default();
        for name in self.outline.contig_names(sample) {
            names.push(name, self.table_bytes_max)?;
        }
        let mut contigs = SegmentTable::with_names(names);
        for contig in self.outline.contigs_of(sample) {
            // Group, entry and length of the segment before.
            let mut before = [0; 3];
            for _ in 0..self.outline.segment_count(contig) {
                let columns = [&mut self.groups, &mut self.entries, &mut self.lengths];
                for (number, column) in before.iter_mut().zip(columns) {
                    *number = unzigzag_near(prefix_int(column)?, *number);
                }
                let reversed = prefix_int(&mut self.flags)? != 0;
                contigs.push_segment(segment(before, reversed, &self.lengths)?, self.overlap);
                check_size(&contigs, self.table_bytes_max)?;
            }
            contigs.end_contig();
        }
        contigs.shrink();
        Ok(Some(contigs))
    }
}

/// A cursor behind the next `count` numbers.
fn after<'a>(cursor: &Cursor<'a>, count: u64) -> Result<Cursor<'a>, Error> {
    let mut cursor = cursor.clone();
    for _ in 0..count {
        prefix_int(&mut cursor)?;
    }
    Ok(cursor)
}

/// Reads `collection-desc` of version 1, which has everything in one.
pub(crate) fn parse_description(
    bytes: &[u8],
    overlap: u32,
    tables_bytes_max: u64,
) -> Result<(Samples, Vec<SegmentTable>, Vec<CommandLine>), Error> {
    let mut cursor = Cursor::new(bytes);
    let mut names = NameList::default();
    let mut tables = Vec::new();
    let mut bytes_left = tables_bytes_max;
    for _ in 0..prefix_int(&mut cursor)? {
        names.push(cursor.until_zero()?, tables_bytes_max)?;
        let contigs = parse_contigs(&mut cursor, overlap, bytes_left)?;
        bytes_left = bytes_left.saturating_sub(contigs.size_bytes() as u64);
        tables.push(contigs);
    }
    let commands = parse_commands(&mut cursor)?;
    cursor.finish()?;
    Ok((Samples::new(names)?, tables, commands))
}

/// The contigs of a sample of version 1: names and segments take turns.
fn parse_contigs(
    cursor: &mut Cursor<'_>,
    overlap: u32,
    table_bytes_max: u64,
) -> Result<SegmentTable, Error> {
    let mut contigs = SegmentTable::default();
    for _ in 0..prefix_int(cursor)? {
        contigs.push_name(cursor.until_zero()?, table_bytes_max)?;
        let mut before = [0u64; 3];
        for _ in 0..prefix_int(cursor)? {
            for number in &mut before {
                let code = prefix_int(cursor)?;
                *number = number
                    .checked_add_signed(unzigzag(code))
                    .ok_or_else(|| cursor.broken("a number below 0".to_string()))?;
            }
            let reversed = prefix_int(cursor)? != 0;
            contigs.push_segment(segment(before, reversed, cursor)?, overlap);
            check_size(&contigs, table_bytes_max)?;
        }
        contigs.end_contig();
    }
    check_size(&contigs, table_bytes_max)?;
    contigs.shrink();
    Ok(contigs)
}

/// The inverse of the signed zigzag: 0, -1, 1, -2, 2 ...
fn unzigzag(code: u32) -> i64 {
    let half = i64::from(code / 2);
    if code.is_multiple_of(2) {
        half
    } else {
        -half - 1
    }
}

fn segment(
    [group_id, in_group_id, len]: [u64; 3],
    reversed: bool,
    at: &Cursor<'_>,
) -> Result<SegmentRef, Error> {
    let narrow = |number: u64| u32::try_from(number).ok();
    let found = narrow(group_id)
        .zip(narrow(in_group_id))
        .zip(narrow(len))
        .and_then(|((group, entry), len)| SegmentRef::new(group, entry, len, reversed));
    found.ok_or_else(|| {
        at.broken(format!(
            "a segment of {len} bases, entry {in_group_id} of group {group_id}"
        ))
    })
}

fn check_size(contigs: &SegmentTable, bytes_max: u64) -> Result<(), Error> {
    within(
        "the contigs of a sample",
        contigs.size_bytes() as u64,
        bytes_max,
    )
}

fn parse_commands(cursor: &mut Cursor<'_>) -> Result<Vec<CommandLine>, Error> {
    let count = prefix_int(cursor)?;
    (0..count)
        .map(|_| {
            Ok(CommandLine {
                line: cursor.until_zero()?.into(),
                date: cursor.until_zero()?.into(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two samples: one with a contig of two segments and an empty one, one with a contig of one segment.
    const MAIN: &[u8] = b"\x05\x02ref\0\x02chr1 x\0\x02e\0\x00a\0\x01c\0\x01\x01agc create\0\0";

    /// The same as version 1 has it, but for the segment of `a`.
    const DESCRIPTION: &[u8] =
        b"\x02ref\0\x02chr1 x\0\x02\x28\x00\x80\x48\x00\x01\x02\x13\x01e\0\x00a\0\x00\x00";

    #[test]
    fn version_2_is_columns_of_differences() {
        let (samples, outline, commands) = parse_main(MAIN, 1000).unwrap();
        assert_eq!(samples.iter().collect::<Vec<_>>(), ["ref", "a"]);
        assert_eq!(commands[0].line, "agc create");
        assert_eq!(commands[0].date, "");
        assert_eq!(outline.batch_size, 5);
        // Groups 20 and 19, then 16; entries 0, 1, then 2; lengths 100 and 90, then 7.
        let details = b"\x14\x01\x10\x00\x01\x02\x64\x13\x07\x00\x01\x00";
        let mut columns = Columns::new(details, &outline, 0..2, 31, 1000).unwrap();
        let first = columns.next_sample().unwrap().unwrap();
        let segments = [
            SegmentRef::new(20, 0, 100, false).unwrap(),
            SegmentRef::new(19, 1, 90, true).unwrap(),
        ];
        assert_eq!(first.segments(0).unwrap(), segments);
        assert_eq!(first.get(0).unwrap().name, "chr1 x");
        assert_eq!(first.get(0).unwrap().len_bases, 100 + 90 - 31);
        assert_eq!(first.get(1).unwrap().len_bases, 0);
        let second = columns.next_sample().unwrap().unwrap();
        assert_eq!(
            second.segments(0).unwrap(),
            [SegmentRef::new(16, 2, 7, false).unwrap()]
        );
        assert_eq!(columns.next_sample().unwrap(), None);
        for end in 0..details.len() {
            let cut =
                Columns::new(&details[..end], &outline, 0..2, 31, 1000).and_then(|mut columns| {
                    while columns.next_sample()?.is_some() {}
                    Ok(())
                });
            assert!(cut.is_err(), "{end}");
        }
        let longer = [&details[..], b"\0"].concat();
        let mut columns = Columns::new(&longer, &outline, 1..2, 31, 1000).unwrap();
        columns.next_sample().unwrap();
        assert!(columns.next_sample().is_err(), "left over");
    }

    #[test]
    fn version_1_is_one_text() {
        let (samples, tables, commands) = parse_description(DESCRIPTION, 31, 1000).unwrap();
        assert_eq!(samples.iter().collect::<Vec<_>>(), ["ref", "a"]);
        assert!(commands.is_empty() && tables[1].is_empty());
        let segments = [
            SegmentRef::new(20, 0, 100, false).unwrap(),
            SegmentRef::new(19, 1, 90, true).unwrap(),
        ];
        assert_eq!(tables[0].segments(0).unwrap(), segments);
        assert_eq!(tables[0].get(0).unwrap().len_bases, 100 + 90 - 31);
        assert_eq!(tables[0].get(1).unwrap().name, "e");
        for end in 0..DESCRIPTION.len() {
            let cut = parse_description(&DESCRIPTION[..end], 31, 1000);
            assert!(cut.is_err(), "{end}");
        }
        assert!(parse_description(DESCRIPTION, 31, 60).is_err(), "a limit");
        assert!(
            parse_description(b"\x01a\0\x01c\0\x01\x01\0\0\0\0", 31, 1000).is_err(),
            "group -1"
        );
    }

    #[test]
    fn any_changed_byte_is_read_or_refused() {
        for at in 0..MAIN.len() {
            for byte in 0..=255 {
                let mut text = MAIN.to_vec();
                text[at] = byte;
                let Ok((_, outline, _)) = parse_main(&text, 1000) else {
                    continue;
                };
                let details = [at as u8, byte, 3, 0xC0, byte, 1, 2, 0xFF, 4, 5, 6, 0];
                if let Ok(mut columns) = Columns::new(&details, &outline, 0..2, 31, 1000) {
                    while let Ok(Some(_)) = columns.next_sample() {}
                }
            }
        }
        for at in 0..DESCRIPTION.len() {
            for byte in 0..=255 {
                let mut text = DESCRIPTION.to_vec();
                text[at] = byte;
                // Nothing tells a number that was changed from one that is right.
                let _ = parse_description(&text, 31, 1000);
            }
        }
    }

    #[test]
    fn claims_take_no_memory() {
        let many = [0xF0, 0xEF, 0xDF, 0xBF, 0x7F];
        let claims = |before: &[u8]| [before, &many].concat();
        assert!(parse_main(&claims(b"\x05"), 1 << 30).is_err());
        assert!(parse_main(&claims(b"\x05\x01a\0"), 1 << 30).is_err());
        assert!(parse_main(&claims(b"\x05\x00"), 1 << 30).is_err());
        assert!(
            parse_main(b"\x00\x00\x00", 1 << 30).is_err(),
            "empty batches"
        );
        assert!(parse_description(&claims(b""), 31, 1 << 30).is_err());
        assert!(parse_description(&claims(b"\x01a\0"), 31, 1 << 30).is_err());
        assert!(parse_description(&claims(b"\x01a\0\x01c\0"), 31, 1 << 30).is_err());
        let (_, outline, _) = parse_main(
            &[b"\x05\x01a\0\x01c\0".as_slice(), &many, b"\0"].concat(),
            1000,
        )
        .unwrap();
        assert!(Columns::new(b"\0\0\0\0", &outline, 0..1, 31, 1000).is_err());
    }
}

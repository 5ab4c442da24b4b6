//! The tables of samples, contigs and segments (docs/FORMAT.md, "Collection metadata").

use std::collections::HashMap;
use std::io;

use ragc_read::{Digest, SegmentRef};

use crate::text::{Squeezer, Text};

/// Where a segment of a contig is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentEntry {
    /// Its group.
    pub group: u32,
    /// Its number in the group, below 2^31.
    pub in_group: u32,
    /// Its length in symbols.
    pub len: u32,
    /// Whether its stored text is the reverse complement.
    pub reversed: bool,
}

impl SegmentEntry {
    /// As an archive has it that is continued.
    pub fn of(segment: &SegmentRef) -> Self {
        Self {
            group: segment.group_id,
            in_group: segment.in_group_id,
            len: segment.len_bases(),
            reversed: segment.reversed(),
        }
    }
}

/// The samples of one batch, as they come: coded at once, so that a segment takes a few bytes.
#[derive(Debug, Default)]
pub struct Batch {
    /// Contigs of each sample, then the segments of each contig.
    contig_counts: Vec<u32>,
    segment_counts: Vec<u32>,
    /// Coded names, each ended by a zero.
    names: Text,
    previous_name: Option<Vec<u8>>,
    groups: Text,
    in_groups: Text,
    lens: Text,
    strands: Text,
    /// The highest entry of each group.
    tops: HashMap<u32, u32>,
    /// Digests of each sample, one a contig or none, then those of all samples.
    digest_counts: Vec<u32>,
    digests: Vec<Digest>,
    digests_forgotten: bool,
}

impl Batch {
    /// Number of samples.
    pub fn samples(&self) -> u32 {
        self.contig_counts.len() as u32
    }

    /// Begins the next sample.
    pub fn start_sample(&mut self) {
        self.contig_counts.push(0);
        self.digest_counts.push(0);
        self.previous_name = None;
    }

    /// Begins the next contig of the sample.
    pub fn start_contig(&mut self, name: &[u8]) {
        if let Some(count) = self.contig_counts.last_mut() {
            *count += 1;
        }
        self.segment_counts.push(0);
        let mut coded = Vec::with_capacity(name.len() + 1);
        push_coded_name(&mut coded, name, self.previous_name.as_deref());
        coded.push(0);
        self.names.push(&coded);
        self.previous_name = Some(name.to_vec());
    }

    /// Notes the digest of the contig as far as it has come; of all its windows, the last one's stays.
    pub fn set_digest(&mut self, digest: Digest) {
        if self.digests_forgotten {
            return;
        }
        let contigs = self.contig_counts.last();
        match (self.digest_counts.last_mut(), self.digests.last_mut()) {
            (Some(count), Some(last)) if Some(&*count) == contigs => *last = digest,
            (Some(count), _) => {
                *count += 1;
                self.digests.push(digest);
            }
            (None, _) => {}
        }
    }

    /// Adds the digests of the sample that was added last: one for each of its contigs.
    pub fn restore_digests(&mut self, digests: &[Digest]) {
        if let Some(count) = self.digest_counts.last_mut() {
            *count = digests.len() as u32;
            self.digests.extend_from_slice(digests);
        }
    }

    /// Forgets the digests of all samples, and of those to come; false if there were none.
    pub fn forget_digests(&mut self) -> bool {
        self.digests_forgotten = true;
        self.digest_counts.fill(0);
        !std::mem::take(&mut self.digests).is_empty()
    }

    /// The digests of the batch, as its part of `ragc-digests` holds them; empty if there are none.
    pub fn digests_text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.digests.is_empty() {
            push_pfx_int(&mut out, self.samples());
            (self.digest_counts.iter()).for_each(|&count| push_pfx_int(&mut out, count));
            (self.digests.iter()).for_each(|digest| out.extend_from_slice(&digest.0));
        }
        out
    }

    /// Adds the next segment of the contig; `len_expected` is the predicted length, segment size and overlap.
    pub fn push_segment(&mut self, segment: SegmentEntry, len_expected: u64) {
        if let Some(count) = self.segment_counts.last_mut() {
            *count += 1;
        }
        let len = zigzag(u64::from(segment.len), len_expected) as u32;
        push_number(&mut self.groups, segment.group);
        push_number(&mut self.in_groups, coded_entry(&mut self.tops, &segment));
        push_number(&mut self.lens, len);
        self.strands.push(&[u8::from(segment.reversed)]);
    }

    /// Adds a sample that was stored before: its coded names, each ended by a zero, and the segments of its contigs.
    pub fn restore_sample(
        &mut self,
        coded_names: &[u8],
        contigs: impl Iterator<Item = impl Iterator<Item = SegmentEntry>>,
        len_expected: u64,
    ) {
        self.start_sample();
        self.names.push(coded_names);
        for contig in contigs {
            if let Some(count) = self.contig_counts.last_mut() {
                *count += 1;
            }
            self.segment_counts.push(0);
            contig.for_each(|segment| self.push_segment(segment, len_expected));
        }
    }

    /// Memory that the tables take.
    fn held_bytes(&self) -> usize {
        let texts: usize = self.texts().into_iter().map(Text::held_bytes).sum();
        texts + self.fixed_bytes()
    }

    /// Memory that they would take if none were squeezed.
    pub fn plain_bytes(&self) -> usize {
        let texts: usize = self.texts().into_iter().map(Text::len).sum();
        texts + self.fixed_bytes()
    }

    fn texts(&self) -> [&Text; 5] {
        [
            &self.names,
            &self.groups,
            &self.in_groups,
            &self.lens,
            &self.strands,
        ]
    }

    /// What cannot be squeezed: counts, digests, and what entries are coded against.
    fn fixed_bytes(&self) -> usize {
        (2 * self.contig_counts.len() + self.segment_counts.len()) * size_of::<u32>()
            + size_of_val(self.digests.as_slice())
            + self.tops.len() * 2 * size_of::<(u32, u32)>()
    }

    /// Squeezes what is there.
    fn squeeze(&mut self, squeezer: &mut Squeezer) {
        for text in [
            &mut self.names,
            &mut self.groups,
            &mut self.in_groups,
            &mut self.lens,
            &mut self.strands,
        ] {
            text.squeeze(squeezer);
        }
    }

    /// The tables, in the texts that their parts are made of.
    pub fn into_tables(self) -> (ContigTable, [Text; 5]) {
        let mut counts = Vec::new();
        push_pfx_int(&mut counts, self.samples());
        let mut segment_counts = self.segment_counts.iter();
        for &contigs in &self.contig_counts {
            push_pfx_int(&mut counts, contigs);
            for &segments in segment_counts.by_ref().take(contigs as usize) {
                push_pfx_int(&mut counts, segments);
            }
        }
        let contigs = ContigTable {
            contig_counts: self.contig_counts,
            names: self.names,
        };
        let details = [
            counts.into(),
            self.groups,
            self.in_groups,
            self.lens,
            self.strands,
        ];
        (contigs, details)
    }
}

/// Keeps the tables of batches within their share of the memory, one batch after the other.
#[derive(Default)]
pub struct Thrift {
    /// Made when something must be squeezed.
    squeezer: Option<Squeezer>,
    /// What the open batch took when it was.
    squeezed_bytes: usize,
    /// Batches that forgot their digests.
    undigested: usize,
}

impl Thrift {
    /// Squeezes the open batch when it has grown by a quarter of `bytes_max`; whether it takes no more than that, maybe
    /// without its digests.
    ///
    /// # Errors
    /// Only if memory runs out inside zstd.
    pub fn tidy(&mut self, batch: &mut Batch, bytes_max: usize) -> io::Result<bool> {
        if batch.held_bytes() <= self.squeezed_bytes + bytes_max / 4 {
            return Ok(true);
        }
        let squeezer = match &mut self.squeezer {
            Some(squeezer) => squeezer,
            none => none.insert(Squeezer::new()?),
        };
        batch.squeeze(squeezer);
        self.squeezed_bytes = batch.held_bytes();
        if self.squeezed_bytes > bytes_max && batch.forget_digests() {
            self.undigested += 1;
            self.squeezed_bytes = batch.held_bytes();
        }
        Ok(self.squeezed_bytes <= bytes_max)
    }

    /// How many batches forgot their digests.
    pub fn undigested(&self) -> usize {
        self.undigested
    }

    /// Begins the next batch.
    pub fn start_batch(&mut self) {
        self.squeezed_bytes = 0;
    }
}

/// The names of the contigs of a batch.
#[derive(Debug)]
pub struct ContigTable {
    contig_counts: Vec<u32>,
    names: Text,
}

impl ContigTable {
    /// About as long as the text.
    pub fn len_bytes(&self) -> usize {
        self.names.len() + self.contig_counts.len()
    }

    /// The text of the batch's part of `collection-contigs`.
    ///
    /// # Errors
    /// Only if memory runs out inside zstd.
    pub fn into_text(self) -> io::Result<Vec<u8>> {
        let mut out = Vec::with_capacity(self.len_bytes() + 8);
        push_pfx_int(&mut out, self.contig_counts.len() as u32);
        let names = self.names.into_bytes()?;
        let mut names = names.as_slice();
        for &contigs in &self.contig_counts {
            push_pfx_int(&mut out, contigs);
            let mut ends = memchr::memchr_iter(0, names);
            let end = match contigs {
                0 => 0,
                n => ends.nth(n as usize - 1).map_or(names.len(), |at| at + 1),
            };
            out.extend_from_slice(&names[..end]);
            names = &names[end..];
        }
        Ok(out)
    }
}

fn push_number(text: &mut Text, number: u32) {
    let mut coded = Vec::with_capacity(5);
    push_pfx_int(&mut coded, number);
    text.push(&coded);
}

/// The part of `collection-details`: lengths of texts and frames of the five blocks, then the frames.
pub fn details_payload(blocks: &[(usize, Vec<u8>); 5]) -> Vec<u8> {
    let mut payload = Vec::new();
    for (text_len, frame) in blocks {
        push_pfx_int(&mut payload, *text_len as u32);
        push_pfx_int(&mut payload, frame.len() as u32);
    }
    for (_, frame) in blocks {
        payload.extend_from_slice(frame);
    }
    payload
}

/// The text of `collection-samples`.
pub fn samples_text<'a>(names: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    push_pfx_int(&mut out, names.len() as u32);
    for name in names {
        out.extend_from_slice(name);
        out.push(0);
    }
    out
}

/// An entry number as the batch stores it, against the highest of its group so far.
fn coded_entry(tops: &mut HashMap<u32, u32>, segment: &SegmentEntry) -> u32 {
    let entry = segment.in_group;
    let top = tops.get(&segment.group).copied();
    let coded = match top {
        None => entry,
        Some(_) if entry == 0 => 0,
        Some(top) => 1 + zigzag(u64::from(entry), u64::from(top) + 1) as u32,
    };
    if entry > 0 && top.is_none_or(|top| entry > top) {
        tops.insert(segment.group, entry);
    }
    coded
}

/// Small numbers for values near the prediction.
fn zigzag(value: u64, predicted: u64) -> u64 {
    if value < predicted {
        2 * (predicted - value) - 1
    } else if value < 2 * predicted {
        2 * (value - predicted)
    } else {
        value
    }
}

/// One to five bytes, each length starting to count where the shorter one ends.
fn push_pfx_int(out: &mut Vec<u8>, value: u32) {
    match value {
        0..0x80 => out.push(value as u8),
        0x80..0x4080 => out.extend_from_slice(&(0x8000 | (value - 0x80) as u16).to_be_bytes()),
        0x4080..0x20_4080 => {
            out.extend_from_slice(&(0xC0_0000 | (value - 0x4080)).to_be_bytes()[1..])
        }
        0x20_4080..0x1020_4080 => {
            out.extend_from_slice(&(0xE000_0000 | (value - 0x20_4080)).to_be_bytes())
        }
        _ => {
            out.push(0xF0);
            out.extend_from_slice(&(value - 0x1020_4080).to_be_bytes());
        }
    }
}

/// Codes a name token by token against the one before it.
fn push_coded_name(out: &mut Vec<u8>, name: &[u8], previous: Option<&[u8]>) {
    let tokens = |text: &[u8]| text.iter().filter(|&&b| b == b' ').count();
    let Some(previous) = previous.filter(|previous| tokens(previous) == tokens(name)) else {
        out.extend_from_slice(name);
        return;
    };
    for (i, (token, old)) in name
        .split(|&b| b == b' ')
        .zip(previous.split(|&b| b == b' '))
        .enumerate()
    {
        if i > 0 {
            out.push(b' ');
        }
        push_coded_token(out, token, old);
    }
}

fn push_coded_token(out: &mut Vec<u8>, token: &[u8], old: &[u8]) {
    const SAME: u8 = 0x81;
    const RUN_MAX: usize = 100;
    if token == old {
        out.push(SAME);
    } else if token.len() != old.len() {
        out.extend_from_slice(token);
    } else {
        let mut equal = 0;
        for (&new, &old) in token.iter().zip(old) {
            if new == old {
                equal += 1;
                if equal < RUN_MAX {
                    continue;
                }
            }
            if equal > 0 {
                out.push((256 - equal) as u8);
            }
            equal = 0;
            if new != old {
                out.push(new);
            }
        }
        if equal > 0 {
            out.push((256 - equal) as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_coded_against_the_one_before() {
        let z = |n: usize, last: char| "z".repeat(n) + &last.to_string();
        let cases: [(&str, &str, &[u8]); 9] = [
            ("chr1", "chr2", b"\xFD2"),
            ("chr1a", "chr3a", b"\xFD3\xFF"),
            ("chr3", "seq", b"seq"),
            ("chr1 len=5", "chr1 len=5", b"\x81 \x81"),
            ("extra000 abc 0", "extra001 abd 1", b"\xF91 \xFEd 1"),
            ("c x9", "c x10", b"\x81 x10"),
            ("a b", "a b c", b"a b c"),
            (&z(100, '2'), &z(100, '1'), b"\x9C1"),
            (
                &("x".repeat(250) + "a" + &"y".repeat(130)),
                &("x".repeat(250) + "b" + &"y".repeat(130)),
                b"\x9C\x9C\xCEb\x9C\xE2",
            ),
        ];
        for (previous, name, coded) in cases {
            let mut out = Vec::new();
            push_coded_name(&mut out, name.as_bytes(), Some(previous.as_bytes()));
            assert_eq!(out, coded, "{previous} -> {name}");
        }
    }

    #[test]
    fn a_batch_has_digests_of_all_contigs_of_a_sample_or_of_none() {
        let digest = |byte| Digest([byte; 24]);
        let mut batch = Batch::default();
        assert!(batch.digests_text().is_empty());
        batch.start_sample();
        batch.restore_digests(&[digest(1)]);
        batch.start_sample();
        batch.start_contig(b"without");
        batch.start_sample();
        batch.start_contig(b"of two windows");
        batch.set_digest(digest(2));
        batch.set_digest(digest(3));
        batch.start_contig(b"of one");
        batch.set_digest(digest(4));
        let counts = [3, 1, 0, 2];
        let text = [&counts[..], &[1; 24], &[3; 24], &[4; 24]].concat();
        assert_eq!(batch.digests_text(), text);

        assert!(batch.forget_digests(), "there were some");
        batch.set_digest(digest(5));
        batch.start_sample();
        batch.start_contig(b"later");
        batch.set_digest(digest(6));
        assert!(batch.digests_text().is_empty());
        assert!(!batch.forget_digests());
    }

    #[test]
    fn pfx_ints_meet_their_table() {
        let cases: [(u32, &[u8]); 12] = [
            (0, &[0]),
            (127, &[0x7F]),
            (128, &[0x80, 0]),
            (384, &[0x81, 0]),
            (16511, &[0xBF, 0xFF]),
            (16512, &[0xC0, 0, 0]),
            (60031, &[0xC0, 0xA9, 0xFF]),
            (120_029, &[0xC1, 0x94, 0x5D]),
            (2_113_664, &[0xE0, 0, 0, 0]),
            (270_549_119, &[0xEF, 0xFF, 0xFF, 0xFF]),
            (270_549_120, &[0xF0, 0, 0, 0, 0]),
            (u32::MAX, &[0xF0, 0xEF, 0xDF, 0xBF, 0x7F]),
        ];
        for (value, bytes) in cases {
            let mut out = Vec::new();
            push_pfx_int(&mut out, value);
            assert_eq!(out, bytes, "{value}");
        }
    }

    #[test]
    fn the_farthest_entries_fit_in_32_bits() {
        let highest = i32::MAX as u32;
        let mut tops = HashMap::from([(16, highest)]);
        let segment = |in_group| SegmentEntry {
            group: 16,
            in_group,
            len: 100,
            reversed: false,
        };
        assert_eq!(coded_entry(&mut tops, &segment(1)), u32::MAX - 1);
        assert_eq!(coded_entry(&mut tops, &segment(highest)), 2);
    }

    #[test]
    fn zigzag_meets_its_table() {
        for (predicted, value, coded) in [
            (2, 0, 3),
            (2, 1, 1),
            (2, 2, 0),
            (2, 3, 2),
            (2, 9, 9),
            (1031, 31, 1999),
            (1031, 1040, 18),
            (1031, 3000, 3000),
            (0, 7, 7),
        ] {
            assert_eq!(zigzag(value, predicted), coded, "{value} at {predicted}");
        }
    }
}

//! Where the parts of a region lie in an archive: what a reader at a distance has to ask for.

use std::collections::HashMap;
use std::ops::Range;

use bstr::BStr;
use ragc_read::{Archive, ArchiveError, Params, StoredPart, Stream};

/// Bytes before the payload of a part, at most.
const METADATA_BYTES_MAX: u64 = 9;

/// The parts of an archive by stream and number.
pub struct Layout {
    parts: HashMap<(Stream, usize), StoredPart>,
    params: Params,
}

impl Layout {
    /// Of an archive.
    ///
    /// # Errors
    /// When its footer cannot be read.
    pub fn of(archive: &Archive) -> Result<Self, ArchiveError> {
        let parts = archive.stored_parts()?.into_iter();
        Ok(Self {
            parts: parts
                .map(|part| ((part.stream, part.number), part))
                .collect(),
            params: archive.info()?.params,
        })
    }

    /// Where the references and packs lie that a range of a contig needs, each once, in the order of the file.
    ///
    /// # Errors
    /// When the sample cannot be read.
    ///
    /// # Panics
    /// When the archive lacks a part.
    pub fn parts_of(
        &self,
        archive: &Archive,
        sample: &BStr,
        contig: usize,
        bases: &Range<u64>,
    ) -> Result<Vec<Range<u64>>, ArchiveError> {
        let segments = archive.segment_table(sample)?.segments(contig);
        let mut needed = Vec::new();
        let mut end = 0;
        for segment in segments.unwrap_or_default() {
            let start = end;
            let shared = if start == 0 { 0 } else { self.params.kmer_len };
            end += u64::from(segment.len_bases().saturating_sub(shared));
            if start >= bases.end || end <= bases.start {
                continue;
            }
            needed.push(segment.stored_in(&self.params));
            if !segment.is_raw() {
                needed.push((Stream::Reference(segment.group_id), 0));
            }
        }
        let range = |id| {
            let part = &self.parts[id];
            part.offset..part.offset + METADATA_BYTES_MAX.min(part.len_bytes) + part.len_bytes
        };
        let mut ranges: Vec<Range<u64>> = needed.iter().map(range).collect();
        ranges.sort_by_key(|range| range.start);
        ranges.dedup();
        Ok(ranges)
    }
}

/// Sorted ranges, those with at most `gap` bytes between them as one.
pub fn merged(ranges: &[Range<u64>], gap: u64) -> Vec<Range<u64>> {
    let mut merged: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end + gap => last.end = last.end.max(range.end),
            _ => merged.push(range.clone()),
        }
    }
    merged
}

/// How many bytes ranges have.
pub fn bytes(ranges: &[Range<u64>]) -> u64 {
    ranges.iter().map(|range| range.end - range.start).sum()
}

//! A region that was found, and how its header says what it is.

use std::ops::Range;

use ragc_read::{Chunk, Counting, TextRange};

/// A region that was found. Small, as there may be many.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The sample's number.
    pub(super) sample: u32,
    /// The contig's number in its sample.
    pub(super) contig: u32,
    /// 0-based and half-open, within the contig.
    pub(super) range: Range<u64>,
    /// As it was asked for; `None` for the whole contig.
    pub(super) asked: Option<TextRange>,
    /// Whether the sample was said, or must be, as the contig comes from several.
    pub(super) of_sample: bool,
    /// Whether what was asked for was found in several samples.
    pub(super) several: bool,
}

impl Found {
    /// Appends `contig`, `@sample` if it was said or must be, and `:from-to` if a range was.
    pub(super) fn write_region(&self, chunk: &Chunk<'_>, counting: Counting, out: &mut Vec<u8>) {
        out.extend_from_slice(chunk.first_word());
        if self.of_sample {
            out.push(b'@');
            out.extend_from_slice(chunk.sample);
        }
        self.write_range(chunk, counting, out);
    }

    /// Appends `:from-to`, as it was asked for, or nothing for whole contigs.
    pub(super) fn write_range(&self, chunk: &Chunk<'_>, counting: Counting, out: &mut Vec<u8>) {
        if let Some(range) = &self.asked {
            let text = range_text(range, chunk.contig_len_bases, counting);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// `:from-to`; an end past the contig's stays as it was asked for.
pub(super) fn range_text(range: &TextRange, contig_len_bases: u64, counting: Counting) -> String {
    let last = range.end.unwrap_or(contig_len_bases).saturating_sub(1);
    let first = counting.first();
    format!(
        ":{}-{}",
        range.start.saturating_add(first),
        last.saturating_add(first)
    )
}

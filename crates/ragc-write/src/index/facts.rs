//! By what an index knows its archive. See docs/INDEX.md, "The head".

use std::hash::Hasher as _;

use ragc_read::{Archive, ArchiveError};
use twox_hash::XxHash64;

/// Bytes at the end of an archive that are compared whenever a sidecar is used.
pub const SEAL_BYTES: u64 = 4096;
/// Bytes of a footer that are read at once.
const READ_BYTES: u64 = 4 << 20;

/// By what an index knows its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Length of the archive.
    pub archive_len: u64,
    /// Length of its footer, without the 8 bytes that tell it.
    pub footer_len: u64,
    /// XXH64 of the footer and these 8 bytes, with seed 0.
    pub footer_hash: u64,
    /// XXH64 of the last [`SEAL_BYTES`] of the archive, or of all behind `parts_base`, with seed 0.
    pub seal: u64,
    /// Where offsets of parts are counted from: in the archive's length, 0 for an index beside it.
    pub parts_base: u64,
}

impl Facts {
    /// Of an archive, for the index at its beginning that ends at `parts_base`, or for one beside it, at 0.
    ///
    /// # Errors
    /// As [`Archive::info`].
    pub fn of(archive: &Archive, parts_base: u64) -> Result<Self, ArchiveError> {
        let info = archive.info()?;
        let archive_len = info.file_len_bytes;
        let hash_from = |mut start: u64| {
            let mut hasher = XxHash64::with_seed(0);
            while start < archive_len {
                let end = archive_len.min(start + READ_BYTES);
                hasher.write(&archive.read_range(start..end)?);
                start = end;
            }
            Ok::<_, ArchiveError>(hasher.finish())
        };
        Ok(Self {
            archive_len,
            footer_len: info.footer_len_bytes - 8,
            footer_hash: hash_from(archive_len - info.footer_len_bytes)?,
            seal: hash_from(parts_base.max(archive_len.saturating_sub(SEAL_BYTES)))?,
            parts_base,
        })
    }

    /// Of an archive that is yet to be written, for an index at its beginning: its parts go from `parts_base` to `parts_end`
    /// and end with `last`, at least [`SEAL_BYTES`] or all of them; `footer` is what follows, with its length.
    #[must_use]
    pub fn to_be(parts_base: u64, parts_end: u64, last: &[u8], footer: &[u8]) -> Self {
        let archive_len = parts_end + footer.len() as u64;
        let seal_bytes = SEAL_BYTES.min(archive_len - parts_base) as usize;
        let mut seal = XxHash64::with_seed(0);
        let of_parts = seal_bytes.saturating_sub(footer.len());
        seal.write(&last[last.len().saturating_sub(of_parts)..]);
        seal.write(&footer[footer.len().saturating_sub(seal_bytes)..]);
        Self {
            archive_len,
            footer_len: footer.len() as u64 - 8,
            footer_hash: XxHash64::oneshot(0, footer),
            seal: seal.finish(),
            parts_base,
        }
    }
}

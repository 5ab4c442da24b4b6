//! A page of the index: one zstd frame with a checksum. See docs/INDEX.md, "Numbers and pages".

use std::any::Any;

use twox_hash::XxHash64;

use crate::codec::zstd::{Decoder, Frame};
use crate::error::{Error, within};
use crate::format::cursor::Cursor;

/// Memory that a byte of a page's content can take once it is read, at most: numbers of a byte are kept as eight, names
/// of a byte with where they end and eight columns of numbers.
const BYTES_KEPT_PER_BYTE: u64 = 16;

/// What a page of some kind says.
pub(crate) trait Page: Any + Send + Sync + Sized {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Error>;
    /// Bytes of memory it takes.
    fn size_bytes(&self) -> usize;
}

/// Decompresses and reads the page that is all of `bytes`.
pub(super) fn open<P: Page>(
    bytes: &[u8],
    allocation_bytes_max: u64,
    zstd: &mut Decoder,
) -> Result<P, Error> {
    let content = inflate(bytes, allocation_bytes_max, zstd)?;
    let mut cursor = Cursor::new(&content);
    let page = P::parse(&mut cursor)?;
    cursor.finish()?;
    Ok(page)
}

/// The content of a page.
pub(super) fn inflate(
    bytes: &[u8],
    allocation_bytes_max: u64,
    zstd: &mut Decoder,
) -> Result<Vec<u8>, Error> {
    let frame = Frame::whole(bytes)?;
    let kept = frame.len_bytes_max().saturating_mul(BYTES_KEPT_PER_BYTE);
    within("a page of the index", kept, allocation_bytes_max)?;
    let checksum = frame
        .checksum()
        .ok_or_else(|| Error::malformed("a page of the index without a checksum"))?;
    let mut content = Vec::new();
    zstd.decode_exactly(&frame, frame.len_bytes_max(), &mut content)?;
    let [low @ .., _, _, _, _] = XxHash64::oneshot(0, &content).to_le_bytes();
    // The fuzzer cannot guess a hash.
    if low == checksum || cfg!(fuzzing) {
        return Ok(content);
    }
    Err(Error::malformed(
        "a page of the index differs from what was written",
    ))
}

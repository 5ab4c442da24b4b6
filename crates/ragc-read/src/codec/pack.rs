//! A pack: up to `pack_cardinality` deltas or raw texts, compressed as one.
//! See docs/FORMAT.md, "The delta or raw stream".

use super::base::codes_to_letters;
use super::zstd::{Decoder, Frame};
use crate::error::{Error, within};

const SEPARATOR: u8 = 0xFF;

/// The entries of one part, decompressed.
#[derive(Debug)]
pub(crate) struct Pack {
    text: Vec<u8>,
    /// Where the entries end, before their separators.
    ends: Vec<u32>,
}

/// What the entries of a pack are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entries {
    /// Base codes; they are kept as letters.
    Raw,
    Deltas,
}

/// What a pack may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PackLimits {
    /// Entries, as the parameters of the archive say.
    pub(crate) cardinality: u32,
    /// Memory.
    pub(crate) bytes_max: u64,
}

impl Pack {
    /// Decodes a part of a `d` stream.
    pub(crate) fn decode(
        metadata: u64,
        payload: &[u8],
        entries: Entries,
        limits: PackLimits,
        zstd: &mut Decoder,
    ) -> Result<Pack, Error> {
        let (mut text, count) = text(metadata, payload, limits, zstd)?;
        within(
            "a pack",
            text.len() as u64 + count as u64 * 4,
            limits.bytes_max,
        )?;
        let mut ends = Vec::with_capacity(count);
        // The text is below 2^32 bytes: checked before it was decompressed.
        ends.extend(
            memchr::memchr_iter(SEPARATOR, &text).map(|end| u32::try_from(end).unwrap_or(u32::MAX)),
        );
        if entries == Entries::Raw {
            codes_to_letters(&mut text);
        }
        Ok(Pack { text, ends })
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 4 + size_of::<Pack>()
    }

    /// Entry `index` of this pack.
    pub(crate) fn entry(&self, index: usize) -> Result<&[u8], Error> {
        self.find(index).ok_or_else(|| {
            Error::malformed(format!(
                "entry {index} asked for, a pack of {} entries found",
                self.ends.len()
            ))
        })
    }

    fn find(&self, index: usize) -> Option<&[u8]> {
        let end = usize::try_from(*self.ends.get(index)?).ok()?;
        let start = match index.checked_sub(1) {
            Some(before) => usize::try_from(*self.ends.get(before)?).ok()? + 1,
            None => 0,
        };
        self.text.get(start..end)
    }
}

/// The text of a part of a `d` stream, and the number of its entries: each is followed by a separator.
pub(crate) fn text(
    metadata: u64,
    payload: &[u8],
    limits: PackLimits,
    zstd: &mut Decoder,
) -> Result<(Vec<u8>, usize), Error> {
    within(
        "a pack",
        metadata.max(payload.len() as u64),
        limits.bytes_max.min(u64::from(u32::MAX)),
    )?;
    let text = if metadata == 0 {
        payload.to_vec()
    } else {
        inflate(metadata, payload, zstd)?
    };
    if text.last() != Some(&SEPARATOR) {
        return Err(Error::malformed(
            "a pack that does not end with a separator",
        ));
    }
    let count = memchr::memchr_iter(SEPARATOR, &text).count();
    if count as u64 > u64::from(limits.cardinality) {
        let most = limits.cardinality;
        return Err(Error::malformed(format!(
            "at most {most} entries expected in a pack, {count} found"
        )));
    }
    Ok((text, count))
}

/// A frame and its marker. The marker says nothing here (packs are never tuple-packed) and may be absent.
fn inflate(len: u64, payload: &[u8], zstd: &mut Decoder) -> Result<Vec<u8>, Error> {
    let (frame, rest) = Frame::split(payload)?;
    if rest.len() > 1 {
        return Err(Error::malformed(format!(
            "one marker byte expected after the frame, {} found",
            rest.len()
        )));
    }
    let mut text = Vec::new();
    zstd.decode_exactly(&frame, len, &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(text: &[u8], entries: Entries, cardinality: u32) -> Result<Pack, Error> {
        Pack::decode(
            0,
            text,
            entries,
            PackLimits {
                cardinality,
                bytes_max: 100,
            },
            &mut Decoder::default(),
        )
    }

    #[test]
    fn entries_lie_between_separators() {
        let pack = pack(b"\x7F\xFF\x03\x02\xFF\xFF\x1E\xFF", Entries::Raw, 50).unwrap();
        assert_eq!(pack.entry(0).unwrap(), b"N");
        assert_eq!(pack.entry(1).unwrap(), b"TG");
        assert_eq!(pack.entry(2).unwrap(), b"");
        assert_eq!(pack.entry(3).unwrap(), b"N");
        assert_eq!(
            pack.entry(4).unwrap_err().to_string(),
            "entry 4 asked for, a pack of 4 entries found"
        );
    }

    #[test]
    fn deltas_stay_as_they_are() {
        assert_eq!(
            pack(b"A0.\xFF", Entries::Deltas, 1)
                .unwrap()
                .entry(0)
                .unwrap(),
            b"A0."
        );
    }

    #[test]
    fn broken_packs_are_errors() {
        assert!(pack(b"", Entries::Deltas, 50).is_err());
        assert!(pack(b"A\xFFB", Entries::Deltas, 50).is_err());
        assert!(pack(b"A\xFFB\xFF", Entries::Deltas, 1).is_err());
        assert!(matches!(
            pack(&[0xFF; 99], Entries::Deltas, 500),
            Err(Error::Limit { .. })
        ));
        assert!(matches!(
            pack(&[0xFF; 101], Entries::Deltas, 500),
            Err(Error::Limit { .. })
        ));
    }
}

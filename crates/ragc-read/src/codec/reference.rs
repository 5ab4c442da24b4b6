//! The reference segment of a group. See docs/FORMAT.md, "The reference stream".

use super::tuple;
use super::zstd::{Decoder, Frame};
use crate::error::{Error, within};

const MARKER_PLAIN: u8 = 0;
const MARKER_TUPLES: u8 = 1;

/// Decodes the part of an `r` stream into letters, as `to_letters` turns codes into them.
pub(crate) fn decode(
    metadata: u64,
    payload: &[u8],
    bytes_max: u64,
    to_letters: fn(&mut [u8]),
    zstd: &mut Decoder,
) -> Result<Vec<u8>, Error> {
    within(
        "a reference segment",
        metadata.max(payload.len() as u64),
        bytes_max,
    )?;
    if metadata == 0 {
        if payload.is_empty() {
            return Err(Error::malformed("an empty reference segment"));
        }
        let mut letters = payload.to_vec();
        to_letters(&mut letters);
        return Ok(letters);
    }
    let (&marker, packed) = payload
        .split_last()
        .ok_or_else(|| Error::malformed("a reference segment without bytes"))?;
    let frame = Frame::whole(packed)?;
    let mut bytes = Vec::new();
    match marker {
        MARKER_PLAIN => {
            zstd.decode_exactly(&frame, metadata, &mut bytes)?;
            to_letters(&mut bytes);
            Ok(bytes)
        }
        MARKER_TUPLES => {
            // A byte packs four symbols at most; a block is one byte longer than its symbols at most.
            if frame.len_bytes_max().saturating_mul(4) < metadata {
                return Err(Error::malformed(format!(
                    "{metadata} symbols expected, the frame is too short for them"
                )));
            }
            zstd.decode_at_most(&frame, metadata.saturating_add(1), &mut bytes)?;
            let count = usize::try_from(metadata).unwrap_or(usize::MAX);
            tuple::unpack(&bytes, count, to_letters)
        }
        other => Err(Error::malformed(format!(
            "marker 0 or 1 expected after the frame, {other} found"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::base::codes_to_letters;

    fn frame(content: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0x20, content.len() as u8];
        frame.extend([(content.len() << 3) as u8 | 1, 0, 0]);
        frame.extend(content);
        frame
    }

    fn decode_all(metadata: u64, content: &[u8], marker: &[u8]) -> Result<Vec<u8>, Error> {
        decode(
            metadata,
            &[&frame(content), marker].concat(),
            1000,
            codes_to_letters,
            &mut Decoder::default(),
        )
    }

    #[test]
    fn stored_plain_and_tuple_packed() {
        let stored = decode(
            0,
            &[0, 1, 2, 3, 30],
            1000,
            codes_to_letters,
            &mut Decoder::default(),
        )
        .unwrap();
        assert_eq!(stored, b"ACGTN");
        assert_eq!(decode_all(4, &[3, 2, 1, 0], &[0]).unwrap(), b"TGCA");
        assert_eq!(decode_all(5, &[0x1B, 0x00, 0x41], &[1]).unwrap(), b"ACGTA");
    }

    #[test]
    fn broken_references_are_errors() {
        assert!(decode(0, &[], 1000, codes_to_letters, &mut Decoder::default()).is_err());
        assert!(decode(4, &[], 1000, codes_to_letters, &mut Decoder::default()).is_err());
        assert!(decode(4, &[0], 1000, codes_to_letters, &mut Decoder::default()).is_err());
        assert!(decode_all(5, &[3, 2, 1, 0], &[0]).is_err());
        assert!(decode_all(4, &[3, 2, 1, 0], &[2]).is_err());
        assert!(decode_all(4, &[3, 2, 1, 0], &[0, 0]).is_err());
        assert!(decode_all(4, &[0x1B, 0x00, 0x41], &[1]).is_err());
        assert!(decode_all(900, &[0x1B, 0x00, 0x41], &[1]).is_err());
        assert!(matches!(
            decode_all(1001, &[3], &[0]),
            Err(Error::Limit { .. })
        ));
    }
}

//! zstd frames. What decompresses them is chosen in `backends.rs`.
//!
//! A frame is first walked without decompressing: its headers say where it ends and how much it can expand to. So no
//! memory is taken for a claim that the bytes cannot fulfil, and a decoder sees only whole frames.

mod backends;
#[cfg(test)]
mod differential;

use std::fmt;

use backends::{Backend, Decompress, SLACK_BYTES};

use crate::error::Error;

const MAGIC: &[u8; 4] = &[0x28, 0xB5, 0x2F, 0xFD];
const BLOCK_LEN_BYTES_MAX: u64 = 128 << 10;
const CHECKSUM_LEN_BYTES: usize = 4;

/// A decoder that had a larger window is not kept, as it holds on to the memory.
const WINDOW_BYTES_KEPT: u64 = 8 << 20;

/// One frame, walked through but not decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    bytes: &'a [u8],
    /// What the header says it holds, if it does.
    content_len_bytes: Option<u64>,
    /// What its blocks can hold at most.
    bound_bytes: u64,
    /// How far back matches may reach; `None` for a single segment, whose window is all of its content.
    window_bytes: Option<u64>,
}

impl<'a> Frame<'a> {
    /// The frame at the start of `bytes`, and what follows it.
    pub(crate) fn split(bytes: &'a [u8]) -> Result<(Frame<'a>, &'a [u8]), Error> {
        walk(bytes).ok_or_else(|| {
            Error::malformed("a zstd frame expected, none or only a part of one found")
        })?
    }

    /// The frame that is all of `bytes`.
    pub(crate) fn whole(bytes: &'a [u8]) -> Result<Frame<'a>, Error> {
        match Frame::split(bytes)? {
            (frame, []) => Ok(frame),
            (_, rest) => Err(Error::malformed(format!(
                "{} bytes left over after a zstd frame",
                rest.len()
            ))),
        }
    }

    /// The most it can decompress to.
    pub(crate) fn len_bytes_max(&self) -> u64 {
        self.content_len_bytes
            .unwrap_or(self.bound_bytes)
            .min(self.bound_bytes)
    }
}

/// Takes `count` bytes off the front.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// Reads all headers of a frame (RFC 8878, section 3.1.1). `None` if it is cut short or no frame at all.
#[allow(clippy::type_complexity, reason = "used once, above")]
fn walk(bytes: &[u8]) -> Option<Result<(Frame<'_>, &[u8]), Error>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let descriptor = *take(&mut rest, 1)?.first()?;
    let single_segment = descriptor & 0x20 != 0;
    if descriptor & 0x08 != 0 {
        return None;
    }
    let mut window_bytes = None;
    if !single_segment {
        let window = *take(&mut rest, 1)?.first()?;
        let base = 1u64 << (10 + (window >> 3));
        window_bytes = Some(base + base / 8 * u64::from(window & 7));
    }
    let dictionary_id_len = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied()?;
    if little_endian(take(&mut rest, dictionary_id_len)?) != 0 {
        return Some(Err(Error::Unsupported {
            what: "a zstd frame with a dictionary".to_string(),
        }));
    }
    let content_len_bytes = match descriptor >> 6 {
        0 if single_segment => Some(little_endian(take(&mut rest, 1)?)),
        0 => None,
        1 => Some(little_endian(take(&mut rest, 2)?) + 256),
        2 => Some(little_endian(take(&mut rest, 4)?)),
        _ => Some(little_endian(take(&mut rest, 8)?)),
    };
    let mut bound_bytes = 0;
    loop {
        let header = little_endian(take(&mut rest, 3)?);
        let len = header >> 3;
        if len > BLOCK_LEN_BYTES_MAX {
            return None;
        }
        let stored_len = match header >> 1 & 3 {
            0 | 2 => usize::try_from(len).ok()?,
            1 => 1,
            _ => return None,
        };
        take(&mut rest, stored_len)?;
        bound_bytes += if header >> 1 & 3 == 2 {
            BLOCK_LEN_BYTES_MAX
        } else {
            len
        };
        if header & 1 != 0 {
            break;
        }
    }
    if descriptor & 0x04 != 0 {
        take(&mut rest, CHECKSUM_LEN_BYTES)?;
    }
    let (bytes, _) = bytes.split_at_checked(bytes.len() - rest.len())?;
    Some(Ok((
        Frame {
            bytes,
            content_len_bytes,
            bound_bytes,
            window_bytes,
        },
        rest,
    )))
}

/// Decompresses frames, keeping its working memory between them.
#[derive(Default)]
pub(crate) struct Decoder<B = Backend> {
    backend: Option<B>,
}

impl<B: Default> Clone for Decoder<B> {
    /// A decoder of its own: only working memory is in it.
    fn clone(&self) -> Self {
        Decoder::default()
    }
}

impl<B> fmt::Debug for Decoder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoder")
    }
}

impl<B: Decompress> Decoder<B> {
    /// Decompresses a frame of `len` bytes into `out`, in place of what it held.
    pub(crate) fn decode_exactly(
        &mut self,
        frame: &Frame<'_>,
        len: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let wrong = |found: u64| {
            Error::malformed(format!(
                "{len} bytes expected, a zstd frame of {found} found"
            ))
        };
        if frame.len_bytes_max() < len
            || frame
                .content_len_bytes
                .is_some_and(|content| content != len)
        {
            return Err(wrong(frame.len_bytes_max()));
        }
        self.decode(frame, len, out)?;
        if out.len() as u64 == len {
            Ok(())
        } else {
            Err(wrong(out.len() as u64))
        }
    }

    /// Decompresses a frame of at most `len_max` bytes into `out`, in place of what it held.
    pub(crate) fn decode_at_most(
        &mut self,
        frame: &Frame<'_>,
        len_max: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match frame.content_len_bytes {
            Some(content) if content > len_max => Err(Error::malformed(format!(
                "at most {len_max} bytes expected, a zstd frame of {content} found"
            ))),
            Some(content) => self.decode_exactly(frame, content, out),
            None => self.decode(frame, len_max.min(frame.bound_bytes), out),
        }
    }

    fn decode(&mut self, frame: &Frame<'_>, len_max: u64, out: &mut Vec<u8>) -> Result<(), Error> {
        let room = usize::try_from(len_max).unwrap_or(usize::MAX);
        out.clear();
        let reserved = out.try_reserve_exact(room.saturating_add(SLACK_BYTES));
        reserved.map_err(|_| Error::Limit {
            what: "memory",
            asked: len_max,
            allowed: 0,
        })?;
        let mut decoder = self.backend.take().unwrap_or_default();
        decoder
            .decompress(frame, room, out)
            .map_err(|why| Error::malformed(format!("a broken zstd frame: {why}")))?;
        if len_max <= WINDOW_BYTES_KEPT {
            self.backend = Some(decoder);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::backends::WINDOW_AT;
    use super::*;

    /// "ACGT" stored, then 1000 times "x" as one byte; no content size, a window of 1 KiB, a checksum not looked at.
    const FRAME: &[u8] = b"\x28\xB5\x2F\xFD\x00\x00\x20\x00\x00ACGT\x43\x1F\x00x";

    #[test]
    fn frames_are_walked_to_their_end() {
        let bytes = [FRAME, b"\x00after"].concat();
        let (frame, rest) = Frame::split(&bytes).unwrap();
        assert_eq!(rest, b"\x00after");
        assert_eq!(
            (frame.bytes, frame.len_bytes_max(), frame.window_bytes),
            (FRAME, 1004, Some(1024))
        );
        assert!(Frame::whole(&bytes).is_err());
        for end in 0..FRAME.len() {
            assert!(Frame::whole(&FRAME[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn sizes_are_what_they_are_claimed_to_be() {
        let mut decoder = <Decoder>::default();
        let mut out = b"old".to_vec();
        let frame = Frame::whole(FRAME).unwrap();
        decoder.decode_exactly(&frame, 1004, &mut out).unwrap();
        assert_eq!(out, [b"ACGT".to_vec(), vec![b'x'; 1000]].concat());
        decoder.decode_at_most(&frame, 5000, &mut out).unwrap();
        assert_eq!(out.len(), 1004);
        for wrong in [0, 1003, 1005, u64::MAX] {
            assert!(
                decoder.decode_exactly(&frame, wrong, &mut out).is_err(),
                "{wrong}"
            );
        }
        assert!(decoder.decode_at_most(&frame, 1003, &mut out).is_err());
        // Still fine after errors.
        decoder.decode_exactly(&frame, 1004, &mut out).unwrap();
    }

    #[test]
    fn a_window_larger_than_the_content_takes_no_memory_and_does_not_matter() {
        // A window of 2^30 bytes.
        let mut bytes = FRAME.to_vec();
        bytes[WINDOW_AT] = 20 << 3;
        let mut out = Vec::new();
        <Decoder>::default()
            .decode_exactly(&Frame::whole(&bytes).unwrap(), 1004, &mut out)
            .unwrap();
        assert_eq!(out.len(), 1004);
    }

    #[test]
    fn dictionaries_and_reserved_bits_are_refused() {
        let with = |descriptor: u8| {
            [&b"\x28\xB5\x2F\xFD"[..], &[descriptor, 0, 7], &[0x01, 0, 0]].concat()
        };
        assert!(matches!(
            Frame::whole(&with(0x01)),
            Err(Error::Unsupported { .. })
        ));
        assert!(Frame::whole(&with(0x08)).is_err());
    }
}

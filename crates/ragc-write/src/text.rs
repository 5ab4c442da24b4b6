//! The text of an open pack: as it is, or squeezed while nobody needs it.

use std::io;

use zstd::bulk::{Compressor, decompress};

/// Texts are squeezed to save memory for a while, at little cost: the archive gets them anew.
const LEVEL: i32 = 1;
/// Shorter ones gain nothing.
const SQUEEZED_LEN_MIN: usize = 64;

/// Bytes that are appended to, and read once at the end.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The first part, as zstd frames one after the other, and its length.
    squeezed: Option<Box<(Vec<u8>, usize)>>,
    plain: Vec<u8>,
}

impl Text {
    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.squeezed.as_ref().map_or(0, |squeezed| squeezed.1) + self.plain.len()
    }

    /// Appends some bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let (len, free) = (self.plain.len(), self.plain.capacity() - self.plain.len());
        if bytes.len() > free {
            // There are many texts, all growing: none may hold twice what it needs.
            self.plain.reserve_exact(bytes.len().max(len / 4));
        }
        self.plain.extend_from_slice(bytes);
    }

    /// Memory that the text takes, without what it may grow by.
    pub fn held_bytes(&self) -> usize {
        self.squeezed
            .as_ref()
            .map_or(0, |squeezed| squeezed.0.len())
            + self.plain.len()
    }

    /// What is not squeezed.
    pub fn plain(&self) -> &[u8] {
        &self.plain
    }

    /// Forgets the first `len` bytes of what is not squeezed.
    pub fn forget_plain(&mut self, len: usize) {
        self.plain.drain(..len);
        self.plain.shrink_to_fit();
    }

    /// Squeezes what is plain yet.
    pub fn squeeze(&mut self, squeezer: &mut Squeezer) {
        if self.plain.len() < SQUEEZED_LEN_MIN {
            return;
        }
        // Without memory for it the text stays as it is.
        if let Ok(frame) = squeezer.0.compress(&self.plain) {
            let (frames, len) = &mut **self.squeezed.get_or_insert_default();
            frames.reserve_exact(frame.len());
            frames.extend_from_slice(&frame);
            *len += self.plain.len();
            self.plain = Vec::new();
        }
    }

    /// All the bytes.
    ///
    /// # Errors
    /// Only if memory runs out inside zstd.
    pub fn into_bytes(self) -> io::Result<Vec<u8>> {
        let Some(squeezed) = self.squeezed else {
            return Ok(self.plain);
        };
        let (frames, len) = *squeezed;
        let mut bytes = decompress(&frames, len)?;
        drop(frames);
        bytes.extend_from_slice(&self.plain);
        Ok(bytes)
    }
}

impl From<Vec<u8>> for Text {
    fn from(plain: Vec<u8>) -> Self {
        let squeezed = None;
        Self { squeezed, plain }
    }
}

/// What squeezes texts.
pub struct Squeezer(Compressor<'static>);

impl Squeezer {
    /// With its own zstd context.
    ///
    /// # Errors
    /// Only if memory runs out inside zstd.
    pub fn new() -> io::Result<Self> {
        Compressor::new(LEVEL).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squeezed_and_plain_bytes_come_out_in_order() {
        let mut squeezer = Squeezer::new().expect("there is memory");
        let mut text = Text::default();
        let mut expected = Vec::new();
        for round in 0..5u8 {
            for n in 0..100 {
                text.push(&[round, n, 7, 7, 7]);
                expected.extend_from_slice(&[round, n, 7, 7, 7]);
            }
            let before = text.held_bytes();
            if round < 4 {
                text.squeeze(&mut squeezer);
                assert!(text.held_bytes() < before && text.plain().is_empty());
            }
            assert_eq!(text.len(), expected.len());
        }
        assert_eq!(text.into_bytes().expect("it was squeezed here"), expected);
    }
}

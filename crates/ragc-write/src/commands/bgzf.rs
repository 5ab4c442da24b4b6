//! BGZF: gzip in blocks that can be found again. Made here because blocks are compressed in the threads that extract,
//! each on its own; what is left of the format are 18 bytes before a block and 8 after it.

use libdeflater::{CompressionLvl, Compressor, crc32};

/// Text of a block: as htslib cuts, so that a block that cannot be compressed fits too.
const BLOCK_TEXT_BYTES: usize = 0xff00;
/// Bytes before the deflated text: of gzip, with a field that says how long the block is.
const HEADER: [u8; 16] = [
    0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0,
];
const HEADER_LEN: usize = HEADER.len() + 2;
/// CRC-32 and length of the text.
const TRAILER_LEN: usize = 8;
/// The block that ends a file.
pub(super) const END: [u8; 28] = [
    0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0,
    0, 0,
];

/// Appends `text` as blocks of its own. Level 0 (stored) to 9.
pub(super) fn append_blocks(text: &[u8], level: u32, out: &mut Vec<u8>) {
    let level = CompressionLvl::new(i32::try_from(level).unwrap_or(9)).unwrap_or_default();
    let mut compressor = Compressor::new(level);
    for text in text.chunks(BLOCK_TEXT_BYTES) {
        let start = out.len();
        out.extend_from_slice(&HEADER);
        let deflated_max = compressor.deflate_compress_bound(text.len());
        out.resize(start + HEADER_LEN + deflated_max, 0);
        let deflated_len = compressor
            .deflate_compress(text, &mut out[start + HEADER_LEN..])
            .expect("room for the longest result there is");
        out.truncate(start + HEADER_LEN + deflated_len);
        out.extend_from_slice(&crc32(text).to_le_bytes());
        let text_len = u32::try_from(text.len()).expect("a block is short");
        out.extend_from_slice(&text_len.to_le_bytes());
        let last = u16::try_from(out.len() - start - 1).expect("a block is short");
        out[start + HEADER.len()..start + HEADER_LEN].copy_from_slice(&last.to_le_bytes());
    }
}

/// Where the blocks of a file start (`.gzi`), noted as they are written.
#[derive(Debug, Default)]
pub(super) struct BlockIndex {
    /// Place in the file and in the text of each block after the first.
    starts: Vec<(u64, u64)>,
    file_len: u64,
    text_len: u64,
}

impl BlockIndex {
    /// Notes whole blocks that were made by [`append_blocks`].
    pub(super) fn note(&mut self, mut blocks: &[u8]) {
        while let Some(last) = blocks.get(HEADER.len()..HEADER_LEN) {
            let len = usize::from(u16::from_le_bytes([last[0], last[1]])) + 1;
            let (block, rest) = blocks.split_at(len);
            let text_len = block[len - TRAILER_LEN / 2..]
                .iter()
                .rev()
                .fold(0, |value, &byte| value << 8 | u64::from(byte));
            if self.file_len > 0 {
                self.starts.push((self.file_len, self.text_len));
            }
            self.file_len += len as u64;
            self.text_len += text_len;
            blocks = rest;
        }
    }

    /// Length of all the text.
    pub(super) fn text_len(&self) -> u64 {
        self.text_len
    }

    /// The index as a file: how many, and the places of each, in 8 bytes, the low one first.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = (self.starts.len() as u64).to_le_bytes().to_vec();
        for (in_file, in_text) in &self.starts {
            bytes.extend_from_slice(&in_file.to_le_bytes());
            bytes.extend_from_slice(&in_text.to_le_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::MultiGzDecoder;

    use super::*;

    #[test]
    fn blocks_are_gzip_and_the_index_has_where_they_start() {
        // Bytes that cannot be compressed, and more than one block of them.
        let mut state = 1u64;
        let text: Vec<u8> = (0..3 * BLOCK_TEXT_BYTES + 5)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect();
        for level in [0, 1, 9] {
            let (mut file, mut index) = (Vec::new(), BlockIndex::default());
            for text in [&text[..10], b"", &text[10..]] {
                let start = file.len();
                append_blocks(text, level, &mut file);
                index.note(&file[start..]);
            }
            file.extend_from_slice(&END);
            let mut found = Vec::new();
            MultiGzDecoder::new(file.as_slice())
                .read_to_end(&mut found)
                .expect("gzip");
            assert!(found == text);
            assert_eq!(index.text_len(), text.len() as u64);
            assert_eq!(index.starts.len(), 3);
            assert_eq!(index.to_bytes().len(), 8 + 3 * 16);
            for &(in_file, in_text) in &index.starts {
                let mut rest = Vec::new();
                MultiGzDecoder::new(&file[in_file as usize..])
                    .read_to_end(&mut rest)
                    .expect("gzip from there on");
                assert!(rest == text[in_text as usize..]);
            }
        }
    }
}

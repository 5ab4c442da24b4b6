//! Columns of numbers and names, and pages, which are such columns compressed. See docs/INDEX.md, "Numbers and pages".

use std::ops::Range;

use zstd::zstd_safe::{
    self, CCtx, CParameter, InBuffer, OutBuffer, ResetDirective, Strategy, compress_bound,
    get_error_name,
};

use super::IndexError;

/// Pages are small, and made once. A slower strategy gains a thousandth.
const LEVEL: i32 = 19;
const STRATEGY: Strategy = Strategy::ZSTD_btopt;
/// Shortest matches, in bytes: of names, which are alike in part, and of numbers, where short ones come by chance and
/// cost more than the bytes.
const MATCH_MIN: u32 = 3;
const MATCH_MIN_OF_NUMBERS: u32 = 6;
/// What a block of its own costs at least: shorter columns share one.
const BLOCK_LEN_MIN: usize = 64;

/// The content of a page.
#[derive(Debug, Default, Clone)]
pub struct Columns {
    bytes: Vec<u8>,
    /// Where columns end that have statistics of their own.
    ends: Vec<usize>,
}

impl Columns {
    pub fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes other than zero, then a zero.
    pub fn string(&mut self, bytes: &[u8]) {
        self.raw(bytes);
        self.byte(0);
    }

    pub fn varints(&mut self, numbers: impl IntoIterator<Item = u64>) {
        for number in numbers {
            self.varint(number);
        }
        self.end();
    }

    /// The first number, then by how much each exceeds the one before.
    pub fn differences(&mut self, numbers: impl IntoIterator<Item = u64>) {
        let mut before = 0;
        self.varints(numbers.into_iter().map(|number| {
            let difference = number - before;
            before = number;
            difference
        }));
    }

    /// The lowest byte of each number, then the rest of each.
    pub fn split(&mut self, numbers: &[u64]) {
        self.bytes
            .extend(numbers.iter().map(|&number| number as u8));
        self.end();
        self.varints(numbers.iter().map(|number| number >> 8));
    }

    /// Columns after those that are here.
    pub fn append(&mut self, more: &Self) {
        let len = self.bytes.len();
        self.bytes.extend_from_slice(&more.bytes);
        self.ends.extend(more.ends.iter().map(|end| len + end));
    }

    /// A column ends here, and what follows is of another kind.
    pub fn end(&mut self) {
        self.ends.push(self.bytes.len());
    }
}

/// A signed number as one that is small if it is near 0: `0, -1, 1, -2, 2` as `0, 1, 2, 3, 4`.
pub fn signed(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// Compresses pages.
pub struct PageMaker(CCtx<'static>);

impl PageMaker {
    /// With its own zstd context.
    pub fn new() -> Result<Self, IndexError> {
        let mut context = CCtx::create();
        for parameter in [
            CParameter::CompressionLevel(LEVEL),
            CParameter::Strategy(STRATEGY),
            CParameter::ContentSizeFlag(true),
            CParameter::ChecksumFlag(true),
        ] {
            context.set_parameter(parameter).map_err(failure)?;
        }
        Ok(Self(context))
    }

    /// The page of `columns`.
    ///
    /// Columns differ in their statistics, so that each may be worth a block of its own.
    pub fn page(&mut self, columns: &Columns) -> Result<Vec<u8>, IndexError> {
        let mut blocks = Vec::new();
        let mut start = 0;
        for &end in &columns.ends {
            if end - start >= BLOCK_LEN_MIN {
                blocks.push(start..end);
                start = end;
            }
        }
        if start < columns.bytes.len() || blocks.is_empty() {
            blocks.push(start..columns.bytes.len());
        }
        let split = self.frame(&columns.bytes, &blocks, MATCH_MIN_OF_NUMBERS)?;
        blocks.clear();
        blocks.push(0..columns.bytes.len());
        let whole = self.frame(&columns.bytes, &blocks, MATCH_MIN)?;
        Ok(if split.len() < whole.len() {
            split
        } else {
            whole
        })
    }

    /// One frame of a block for each range, or more where a range is longer than blocks may be.
    fn frame(
        &mut self,
        bytes: &[u8],
        blocks: &[Range<usize>],
        match_min: u32,
    ) -> Result<Vec<u8>, IndexError> {
        let context = &mut self.0;
        context
            .reset(ResetDirective::SessionOnly)
            .map_err(failure)?;
        context
            .set_parameter(CParameter::MinMatch(match_min))
            .map_err(failure)?;
        context
            .set_pledged_src_size(Some(bytes.len() as u64))
            .map_err(failure)?;
        // Each flush ends a block, which has a header and may not compress.
        let room = compress_bound(bytes.len()) + blocks.len() * 16 + 64;
        let mut frame = Vec::with_capacity(room);
        let mut out = OutBuffer::around(&mut frame);
        for block in blocks {
            let mut input = InBuffer::around(&bytes[block.clone()]);
            while input.pos() < block.len() {
                context
                    .compress_stream(&mut out, &mut input)
                    .map_err(failure)?;
            }
            if block.end < bytes.len() {
                while context.flush_stream(&mut out).map_err(failure)? > 0 {}
            }
        }
        while context.end_stream(&mut out).map_err(failure)? > 0 {}
        frame.shrink_to_fit();
        Ok(frame)
    }
}

/// What zstd says is wrong; there is nothing but memory to be short of.
fn failure(code: zstd_safe::ErrorCode) -> IndexError {
    IndexError::Compress(get_error_name(code))
}

#[cfg(test)]
mod tests {
    use zstd::bulk::decompress;
    use zstd::zstd_safe::get_frame_content_size;

    use super::*;

    #[test]
    fn numbers_are_written_as_index_md_says() {
        let mut columns = Columns::default();
        columns.varint(0);
        columns.varints([127, 128, u64::MAX]);
        columns.differences([5, 5, 200]);
        columns.string(b"a b");
        columns.split(&[0x1FF, 2]);
        let max = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];
        let mut expected = vec![0, 127, 128, 1];
        expected.extend(max);
        expected.extend([5, 0, 195, 1, b'a', b' ', b'b', 0, 0xFF, 2, 1, 0]);
        assert_eq!(columns.bytes, expected);
        let numbers = [0, -1, 1, -2, 2, i64::MIN, i64::MAX];
        assert_eq!(numbers.map(signed), [0, 1, 2, 3, 4, u64::MAX, u64::MAX - 1]);
    }

    #[test]
    fn pages_are_frames_whose_columns_have_blocks_where_that_is_smaller() {
        let mut maker = PageMaker::new().unwrap();
        let mut mixed = Columns::default();
        // Numbers that look random, in columns of few values each, which differ.
        let mut state = 1u32;
        for column in 0..4 {
            mixed.varints((0..1000).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                u64::from(state >> 29) + 8 * column
            }));
        }
        let mut joined = mixed.clone();
        joined.ends = vec![joined.bytes.len()];
        let mut empty = Columns::default();
        empty.end();
        let mut long = Columns::default();
        long.varints((0..200_000).map(|number| number % 1000));
        long.varint(7);
        let lens = [mixed, joined, empty, long].map(|columns| {
            let page = maker.page(&columns).unwrap();
            let len = columns.bytes.len();
            assert_eq!(
                get_frame_content_size(&page).ok().flatten(),
                Some(len as u64)
            );
            assert_eq!(decompress(&page, len).unwrap(), columns.bytes);
            assert_eq!(maker.page(&columns).unwrap(), page, "twice the same");
            page.len()
        });
        assert!(lens[0] * 10 < lens[1] * 9, "{lens:?}");
    }
}

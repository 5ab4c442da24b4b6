//! BGZF, gzip in blocks that can be inflated alone: several threads do, and the bytes come out in order.
//!
//! Only whole blocks are taken here. Whatever else follows (another gzip member, a block cut short, garbage) is left to
//! the decoder of ordinary gzip, which reads it or says what is wrong. The format is described in the SAM specification.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::mem;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use libdeflater::{Crc, Decompressor};

use super::input::Source;

/// More than this no block holds, neither as it lies in the file nor inflated.
const BLOCK_LEN_BYTES_MAX: usize = 1 << 16;
/// Inflated bytes of the blocks that are given to a thread at once: a third of a millisecond's work.
const BATCH_LEN_BYTES: usize = 4 * BLOCK_LEN_BYTES_MAX;
/// Compressed bytes read from disk at once.
const READ_LEN_BYTES: usize = 1 << 16;
/// Batches under way: more threads inflate faster than one parses. Each takes a third of a MiB where DNA is compressed
/// as usual, and less than one MiB whatever the file.
const BATCHES_AHEAD: usize = 4;
/// Checksum and length, at the end of every gzip member.
const FOOTER_LEN_BYTES: usize = 8;

/// Work that anybody may do, at any time or never.
pub(crate) type Task = Box<dyn FnOnce() + Send>;

/// Offers a task to threads that have nothing else to do. One that is dropped is done by the reader itself.
pub(crate) type Offer = Arc<dyn Fn(Task) + Send + Sync>;

/// The inflated bytes of the blocks at the start of a file.
pub(super) struct Bgzf {
    /// Handed on where something other than a whole block follows.
    source: Option<Source>,
    /// Compressed bytes read and not yet part of a batch.
    rest: Vec<u8>,
    /// Where in the file `rest` starts.
    rest_at: u64,
    /// The source has no more.
    source_ended: bool,
    /// The last block was an empty one, which marks the end of a complete file.
    marked: bool,
    offer: Option<Offer>,
    ahead: VecDeque<Batch>,
    /// The blocks that are being read, inflated.
    current: Blocks,
    /// How much of them has been read.
    current_taken: usize,
}

impl Bgzf {
    /// Reads `source` from its start; inflates ahead if there is somebody to offer that to.
    pub(super) fn new(source: Source, offer: Option<Offer>) -> Self {
        Self {
            source: Some(source),
            rest: Vec::new(),
            rest_at: 0,
            source_ended: false,
            marked: false,
            offer,
            ahead: VecDeque::new(),
            current: Blocks::default(),
            current_taken: 0,
        }
    }

    /// Bytes of the file that were read.
    pub(super) fn taken(&self) -> u64 {
        self.source
            .as_ref()
            .map_or(self.rest_at, |source| source.taken())
    }

    /// The file is at its end, and the empty block is missing that tells that nobody cut it between two blocks.
    pub(super) fn lacks_end_mark(&self) -> bool {
        self.source_ended && self.rest.is_empty() && !self.marked
    }

    /// What follows the last whole block, if anything does: once, after `read` has returned 0.
    pub(super) fn take_source(&mut self) -> Option<Source> {
        if self.rest.is_empty() {
            return None;
        }
        let mut source = self.source.take()?;
        source.give_back(mem::take(&mut self.rest));
        Some(source)
    }

    /// Cuts the next blocks off, into the memory of some that are read; `None` if no whole block follows.
    fn next_blocks(&mut self, mut blocks: Blocks) -> io::Result<Option<Blocks>> {
        let Some(source) = &mut self.source else {
            return Ok(None);
        };
        let bytes = &mut blocks.bytes;
        bytes.clear();
        bytes.append(&mut self.rest);
        let (mut len, mut inflated_len) = (0, 0);
        // Bounded on either side: empty blocks are many bytes that inflate to nothing.
        while len < BATCH_LEN_BYTES {
            match block(&bytes[len..]) {
                Some(block) if inflated_len + block.inflated_len > BATCH_LEN_BYTES => break,
                Some(block) => {
                    len += block.len;
                    inflated_len += block.inflated_len;
                    self.marked = block.inflated_len == 0;
                }
                None if self.source_ended || bytes.len() - len >= BLOCK_LEN_BYTES_MAX => break,
                None => {
                    let wanted = READ_LEN_BYTES as u64;
                    let n = source.by_ref().take(wanted).read_to_end(bytes)?;
                    self.source_ended = n < READ_LEN_BYTES;
                }
            }
        }
        self.rest.extend_from_slice(&bytes[len..]);
        bytes.truncate(len);
        blocks.at = self.rest_at;
        blocks.inflated.resize(inflated_len, 0);
        self.rest_at += len as u64;
        Ok((len > 0).then_some(blocks))
    }

    /// Goes on to the next batch; false if there is none.
    fn next_batch(&mut self) -> io::Result<bool> {
        let batches = if self.offer.is_some() {
            BATCHES_AHEAD
        } else {
            1
        };
        let mut read = mem::take(&mut self.current);
        self.current_taken = 0;
        while self.ahead.len() < batches
            && let Some(blocks) = self.next_blocks(mem::take(&mut read))?
        {
            self.ahead
                .push_back(Batch::new(blocks, self.offer.as_ref()));
        }
        let Some(batch) = self.ahead.pop_front() else {
            return Ok(false);
        };
        self.current = batch.inflated()?;
        Ok(true)
    }
}

impl Read for Bgzf {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.current_taken == self.current.inflated.len() {
            if !self.next_batch()? {
                return Ok(0);
            }
        }
        let rest = &self.current.inflated[self.current_taken..];
        let n = rest.len().min(out.len());
        out[..n].copy_from_slice(&rest[..n]);
        self.current_taken += n;
        Ok(n)
    }
}

/// Blocks that are inflated by whoever comes to it first: a thread that had nothing else to do, or the reader that
/// needs them. So nobody ever waits for a thread that is busy with something else.
struct Batch {
    blocks: Arc<Mutex<Option<Blocks>>>,
    result: Receiver<io::Result<Blocks>>,
}

impl Batch {
    fn new(blocks: Blocks, offer: Option<&Offer>) -> Self {
        let (sender, result) = sync_channel(1);
        let blocks = Arc::new(Mutex::new(Some(blocks)));
        if let Some(offer) = offer {
            let blocks = Arc::clone(&blocks);
            offer(Box::new(move || {
                if let Some(blocks) = take(&blocks) {
                    // Nobody wants the rest of a file in which something else was wrong.
                    let _ = sender.send(blocks.inflate());
                }
            }));
        }
        Self { blocks, result }
    }

    fn inflated(self) -> io::Result<Blocks> {
        match take(&self.blocks) {
            Some(blocks) => blocks.inflate(),
            None => self
                .result
                .recv()
                .unwrap_or_else(|_| Err(io::Error::other("the thread that inflated it has died"))),
        }
    }
}

fn take(blocks: &Mutex<Option<Blocks>>) -> Option<Blocks> {
    blocks.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Some whole blocks, one after the other, and room for what they hold.
#[derive(Default)]
struct Blocks {
    bytes: Vec<u8>,
    /// Where in the file they start.
    at: u64,
    /// As long as the blocks say.
    inflated: Vec<u8>,
}

impl Blocks {
    fn inflate(mut self) -> io::Result<Self> {
        let mut decompressor = Decompressor::new();
        let (mut at, mut inflated_at) = (0, 0);
        while let Some(block) = block(&self.bytes[at..]) {
            let bytes = &self.bytes[at..at + block.len];
            let out = &mut self.inflated[inflated_at..inflated_at + block.inflated_len];
            inflate(bytes, block.header_len, out, &mut decompressor).map_err(|why| {
                let place = self.at + at as u64;
                let why = format!("the block at byte {place} {why}");
                io::Error::new(io::ErrorKind::InvalidData, why)
            })?;
            at += block.len;
            inflated_at += block.inflated_len;
        }
        Ok(self)
    }
}

/// Inflates a block, which must fill `out`.
fn inflate(
    block: &[u8],
    header_len: usize,
    out: &mut [u8],
    decompressor: &mut Decompressor,
) -> Result<(), &'static str> {
    let (deflated, footer) = block
        .get(header_len..)
        .and_then(|rest| rest.split_last_chunk::<FOOTER_LEN_BYTES>())
        .ok_or("is shorter than its header")?;
    match decompressor.deflate_decompress(deflated, out) {
        Ok(len) if len == out.len() => {}
        Ok(_) => return Err("holds fewer bytes than it says"),
        Err(_) => return Err("cannot be inflated, or holds more bytes than it says"),
    }
    let mut crc = Crc::new();
    crc.update(out);
    // The length was said to be that of `out`, unless it cannot be.
    let expected = [crc.sum().to_le_bytes(), (out.len() as u32).to_le_bytes()];
    if footer != expected.as_flattened() {
        return Err("does not match its checksum");
    }
    Ok(())
}

/// What the header and the footer of a block say.
struct Block {
    header_len: usize,
    /// Bytes in the file, header and footer included.
    len: usize,
    inflated_len: usize,
}

/// Whether `head`, the start of a file, is that of a block.
pub(super) fn is_bgzf(head: &[u8]) -> bool {
    header(head).is_some()
}

/// The block that `bytes` start with, if they do and it is all there. It may contradict itself: `inflate` tells.
fn block(bytes: &[u8]) -> Option<Block> {
    let (header_len, len) = header(bytes)?;
    let footer = bytes.get(..len)?.last_chunk::<4>();
    let inflated_len = footer.map_or(0, |&len| u32::from_le_bytes(len) as usize);
    Some(Block {
        header_len,
        len,
        inflated_len: inflated_len.min(BLOCK_LEN_BYTES_MAX),
    })
}

/// Lengths of the header and of the whole block: a gzip member with nothing but an extra field, which has a subfield BC.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    const FIXED_LEN_BYTES: usize = 12;
    let (fixed, rest) = bytes.split_at_checked(FIXED_LEN_BYTES)?;
    if !fixed.starts_with(b"\x1F\x8B\x08\x04") {
        return None;
    }
    let extra_len = usize::from(u16::from_le_bytes([fixed[10], fixed[11]]));
    let mut extra = &rest[..extra_len.min(rest.len())];
    while let Some((&[a, b, low, high], after)) = extra.split_first_chunk() {
        let (field, after) = after.split_at_checked(u16::from_le_bytes([low, high]).into())?;
        match field {
            &[low, high] if [a, b] == *b"BC" => {
                let len = usize::from(u16::from_le_bytes([low, high])) + 1;
                return Some((FIXED_LEN_BYTES + extra_len, len));
            }
            _ => extra = after,
        }
    }
    None
}

#[cfg(test)]
mod tests;

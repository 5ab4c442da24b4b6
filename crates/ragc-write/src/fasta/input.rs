//! A file's bytes after decompression; which compression it is is told by its content, never by its name.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use liblzma::bufread::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};

use crate::inputs::STDIN;

use super::bgzf::{Bgzf, Offer, is_bgzf};
use super::looks;

/// Bytes looked at before deciding how to read a file: a tar archive shows itself at byte 257.
const HEAD_LEN_BYTES: usize = 512;
/// Compressed bytes read from disk at once.
const BLOCK_LEN_BYTES: usize = 1 << 18;
/// Memory that decompressing an xz file may take: `xz -9` asks for half of it. About as much as zstd allows by default.
pub(super) const XZ_MEMORY_BYTES_MAX: u64 = 1 << 27;

/// How the bytes of the file are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Xz,
    Zstd,
}

/// A file, its first bytes already taken out to be looked at.
pub(super) struct Source {
    head: Vec<u8>,
    head_taken: usize,
    rest: Box<dyn Read + Send>,
    /// Bytes handed out so far.
    taken: u64,
}

impl Source {
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Has the next reads return `bytes` once more, the last that were read.
    pub(super) fn give_back(&mut self, mut bytes: Vec<u8>) {
        self.taken -= bytes.len() as u64;
        bytes.extend(self.head.drain(self.head_taken..));
        self.head = bytes;
        self.head_taken = 0;
    }
}

impl Read for Source {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let rest = self.head.get(self.head_taken..).unwrap_or_default();
        let n = if rest.is_empty() {
            self.rest.read(out)?
        } else {
            let n = rest.len().min(out.len());
            out[..n].copy_from_slice(&rest[..n]);
            self.head_taken += n;
            n
        };
        self.taken += n as u64;
        Ok(n)
    }
}

/// The decompressed bytes of one file.
pub(super) enum Input {
    Plain(Source),
    // Boxed: the state of a decoder is far larger than a file.
    Gzip(Box<MultiGzDecoder<BufReader<Source>>>),
    Bgzf(Box<Bgzf>),
    Xz(Box<XzDecoder<BufReader<Source>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<Source>>>),
}

/// What came of opening a file.
pub(super) enum Opened {
    /// It can be read, and what comes out may be FASTA.
    Readable(Input),
    /// It is a format that we recognise and do not read.
    Foreign(&'static str),
}

impl Input {
    /// Opens `path`, which may be [`STDIN`], looks at its first bytes and sets up the decoder they ask for, which may
    /// offer work to others.
    pub(super) fn open(path: &Path, offer: Option<Offer>) -> io::Result<Opened> {
        if path == Path::new(STDIN) {
            let mut stdin = io::stdin();
            let head = head_of(&mut stdin)?;
            return Self::after_head(head, Box::new(stdin), offer);
        }
        let mut file = File::open(path)?;
        let is_regular = file.metadata()?.is_file();
        let head = head_of(&mut file)?;
        if compression(&head) == Compression::None
            && is_regular
            && !looks::starts_like_fasta(&head)
            && is_agc(&mut file)?
        {
            return Ok(Opened::Foreign(
                "an AGC archive; give the genomes it was made of instead",
            ));
        }
        Self::after_head(head, Box::new(file), offer)
    }

    fn after_head(
        head: Vec<u8>,
        rest: Box<dyn Read + Send>,
        offer: Option<Offer>,
    ) -> io::Result<Opened> {
        if let Some(format) = looks::binary_format(&head) {
            return Ok(Opened::Foreign(format));
        }
        let compression = compression(&head);
        let is_bgzf = is_bgzf(&head);
        let source = Source {
            head,
            head_taken: 0,
            rest,
            taken: 0,
        };
        Ok(Opened::Readable(match compression {
            Compression::None => Self::Plain(source),
            Compression::Gzip if is_bgzf => Self::Bgzf(Box::new(Bgzf::new(source, offer))),
            Compression::Gzip => Self::gzip(source),
            Compression::Xz => {
                let blocks = BufReader::with_capacity(BLOCK_LEN_BYTES, source);
                let decoder = Stream::new_stream_decoder(XZ_MEMORY_BYTES_MAX, CONCATENATED)?;
                Self::Xz(Box::new(XzDecoder::new_stream(blocks, decoder)))
            }
            Compression::Zstd => {
                let blocks = BufReader::with_capacity(BLOCK_LEN_BYTES, source);
                Self::Zstd(Box::new(zstd::stream::read::Decoder::with_buffer(blocks)?))
            }
        }))
    }

    fn gzip(source: Source) -> Self {
        let blocks = BufReader::with_capacity(BLOCK_LEN_BYTES, source);
        Self::Gzip(Box::new(MultiGzDecoder::new(blocks)))
    }

    /// Bytes of the file consumed so far, as it lies on disk; decoders read some blocks ahead.
    pub(super) fn taken(&self) -> u64 {
        match self {
            Self::Plain(source) => source.taken,
            Self::Gzip(decoder) => decoder.get_ref().get_ref().taken,
            Self::Bgzf(blocks) => blocks.taken(),
            Self::Xz(decoder) => decoder.get_ref().get_ref().taken,
            Self::Zstd(decoder) => decoder.get_ref().get_ref().taken,
        }
    }

    /// At the end of the file: whether it is of a kind whose end is marked, and the mark is missing.
    pub(super) fn lacks_end_mark(&self) -> bool {
        match self {
            Self::Bgzf(blocks) => blocks.lacks_end_mark(),
            Self::Plain(_) | Self::Gzip(_) | Self::Xz(_) | Self::Zstd(_) => false,
        }
    }

    pub(super) fn compression(&self) -> Compression {
        match self {
            Self::Plain(_) => Compression::None,
            Self::Gzip(_) | Self::Bgzf(_) => Compression::Gzip,
            Self::Xz(_) => Compression::Xz,
            Self::Zstd(_) => Compression::Zstd,
        }
    }
}

impl Read for Input {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(source) => source.read(out),
            Self::Gzip(decoder) => decoder.read(out),
            Self::Bgzf(blocks) => {
                let n = blocks.read(out)?;
                if n == 0
                    && let Some(source) = blocks.take_source()
                {
                    *self = Self::gzip(source);
                    return self.read(out);
                }
                Ok(n)
            }
            Self::Xz(decoder) => decoder.read(out),
            Self::Zstd(decoder) => decoder.read(out),
        }
    }
}

fn head_of(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_LEN_BYTES);
    source.take(HEAD_LEN_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a decoder of xz gave up because of [`XZ_MEMORY_BYTES_MAX`].
pub(super) fn asks_for_too_much(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(inner, Some(liblzma::stream::Error::MemLimit))
}

/// The compression whose signature `head` carries; skippable frames may come first in zstd files.
pub(super) fn compression(head: &[u8]) -> Compression {
    match head {
        [0x1F, 0x8B, ..] => Compression::Gzip,
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
        [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Compression::Zstd,
        _ => Compression::None,
    }
}

/// Whether the file ends in the footer of an AGC archive, the only mark such a file carries.
///
/// Leaves the file positioned where it was.
fn is_agc(file: &mut File) -> io::Result<bool> {
    const NAMES: [&[u8]; 3] = [b"collection-", b"file_type_info\0", b"params\0"];
    /// Streams with these names stand at one of the ends of the footer.
    const SEEN_BYTES: u64 = 1 << 16;
    let before = file.stream_position()?;
    let file_len = file.seek(SeekFrom::End(0))?;
    let mut seen = Vec::new();
    if let Some(footer_end) = file_len.checked_sub(8) {
        file.seek(SeekFrom::Start(footer_end))?;
        let mut footer_len = [0; 8];
        file.read_exact(&mut footer_len)?;
        if let Some(footer_start) = footer_end.checked_sub(u64::from_le_bytes(footer_len)) {
            for start in [
                footer_start,
                footer_end.saturating_sub(SEEN_BYTES).max(footer_start),
            ] {
                file.seek(SeekFrom::Start(start))?;
                file.take(SEEN_BYTES.min(footer_end - start))
                    .read_to_end(&mut seen)?;
            }
        }
    }
    file.seek(SeekFrom::Start(before))?;
    Ok(NAMES
        .iter()
        .any(|name| memchr::memmem::find(&seen, name).is_some()))
}

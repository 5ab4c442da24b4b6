//! FASTA files, plain or compressed, read contig by contig in windows.
//!
//! A record starts at a `>` that is the first byte of a line; a line ends at LF, CR or both. Lines that start with `;`
//! are comments, and so are lines with `#` before the first record. Nothing is silently dropped: letters without a
//! base code become N and bytes that are no letters are left out, both counted; what cannot be stored is an error.
//! Records without bases and without a name (a bare `>`) are kept: the format holds them, and `agc` reads them back.

mod bgzf;
mod input;
mod letters;
mod looks;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use memchr::memchr2;

use crate::inputs::{STDIN, shown};
use crate::packed::PackedSeq;
pub(crate) use bgzf::Offer;
use input::{Compression, Input, Opened};
use letters::Census;

/// Decompressed bytes held at once.
const BUFFER_LEN_BYTES: usize = 1 << 19;
/// The first read is short, so that looking into many files before the work begins costs little.
const FIRST_READ_BYTES: usize = 1 << 14;
/// Longer header lines are not believed.
const NAME_LEN_BYTES_MAX: usize = 1 << 20;
/// Symbols parsed at a time where nobody wants them.
const SKIP_BASES: usize = 1 << 20;
/// Bytes of sequence after which the file is judged for the first time.
const FIRST_JUDGEMENT_BYTES: u64 = 1 << 12;

/// What was not stored as it stood in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Letters that are no nucleotide code and became N.
    pub replaced: u64,
    /// Bytes inside sequences that are no letters, line ends apart, and were left out.
    pub left_out: u64,
}

/// Why a FASTA file cannot be read. Every message starts with the file, and with the line where it is known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FastaError {
    /// The operating system refused.
    #[error("{}: {source}", shown(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// The compressed data end before they are complete, contradict themselves, or need too much memory.
    #[error("{}: {why}", shown(path))]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with the data.
        why: String,
    },
    /// The file is something else.
    #[error("{}, line {line}: expected FASTA, found {looks}", shown(path))]
    NotFasta {
        /// The file.
        path: PathBuf,
        /// 1-based line where it showed.
        line: u64,
        /// What it looks like.
        looks: &'static str,
    },
    /// FASTA, but not of nucleotides.
    #[error(
        "{}: mostly no nucleotides up to line {line}: of {bytes} bytes, {replaced} are letters without a base code and \
         {left_out} are no letters; it looks like {looks}",
        shown(path)
    )]
    NotNucleotides {
        /// The file.
        path: PathBuf,
        /// 1-based line up to which the file was judged.
        line: u64,
        /// Bytes of sequence lines until there.
        bytes: u64,
        /// Letters without a code among them.
        replaced: u64,
        /// Bytes that are no letters among them.
        left_out: u64,
        /// What it looks like.
        looks: &'static str,
    },
    /// Not a single record.
    #[error("{}: no contig: {why}", shown(path))]
    NoContigs {
        /// The file.
        path: PathBuf,
        /// What there is instead.
        why: &'static str,
    },
    /// A contig name that archives cannot hold.
    #[error("{}, line {line}: contig name {name:?}: {why}", shown(path))]
    Name {
        /// The file.
        path: PathBuf,
        /// 1-based line of the header.
        line: u64,
        /// The beginning of the name, with escapes.
        name: String,
        /// Why it cannot be held.
        why: &'static str,
    },
}

/// Pull parser of one FASTA file: a contig's name, then its bases in windows, then the next contig.
///
/// Holds a fixed buffer and the state of the decompressor, whatever the length of lines and contigs.
pub struct FastaReader {
    path: PathBuf,
    input: Input,
    buffer: Vec<u8>,
    /// Where in `buffer` reading goes on.
    at: usize,
    /// Where in `buffer` the bytes end.
    end: usize,
    /// Nothing follows `end`.
    ended: bool,
    /// 1-based line that `at` lies in.
    line: u64,
    at_line_start: bool,
    /// The byte before `at` was a CR: an LF here belongs to the same line end.
    after_cr: bool,
    in_contig: bool,
    contigs: u64,
    census: Census,
    judge_at_bytes: u64,
}

impl FastaReader {
    /// Opens `path`, or standard input for `-`, and looks at its first bytes; told by them, it may be plain, gzip, xz or zstd.
    ///
    /// # Errors
    /// [`FastaError::Io`], or [`FastaError::NotFasta`] for formats with a signature of their own.
    pub fn open(path: &Path) -> Result<Self, FastaError> {
        Self::open_and_offer(path, None)
    }

    /// The same; what can be inflated ahead is offered to other threads.
    pub(crate) fn open_and_offer(path: &Path, offer: Option<Offer>) -> Result<Self, FastaError> {
        let opened = Input::open(path, offer).map_err(|source| FastaError::Io {
            path: path.into(),
            source,
        })?;
        let input = match opened {
            Opened::Readable(input) => input,
            Opened::Foreign(looks) => {
                return Err(FastaError::NotFasta {
                    path: path.into(),
                    line: 1,
                    looks,
                });
            }
        };
        Ok(Self {
            path: path.into(),
            input,
            buffer: vec![0; FIRST_READ_BYTES],
            at: 0,
            end: 0,
            ended: false,
            line: 1,
            at_line_start: true,
            after_cr: false,
            in_contig: false,
            contigs: 0,
            census: Census::default(),
            judge_at_bytes: FIRST_JUDGEMENT_BYTES,
        })
    }

    /// The next contig's name: the header line without `>` and line end, perhaps empty. `None` at the end of the file.
    ///
    /// What is left of the contig before is parsed and counted, but not kept.
    ///
    /// # Errors
    /// Any [`FastaError`]; a file without a contig is one of them, not `None`.
    pub fn next_contig(&mut self) -> Result<Option<Vec<u8>>, FastaError> {
        if self.contigs == 0 {
            self.skip_to_first_record()?;
        }
        while self.in_contig {
            self.read_bases(&mut PackedSeq::default(), SKIP_BASES)?;
        }
        if !self.fill()? {
            return Ok(None);
        }
        self.at += 1; // the `>`
        self.at_line_start = false;
        let name = self.take_name()?;
        self.contigs += 1;
        self.in_contig = true;
        Ok(Some(name))
    }

    /// Appends up to `max_bases` symbols of the current contig to `out`; true when the contig is complete.
    ///
    /// # Errors
    /// Any [`FastaError`].
    pub fn read_bases(
        &mut self,
        out: &mut PackedSeq,
        max_bases: usize,
    ) -> Result<bool, FastaError> {
        let mut wanted = max_bases;
        while self.in_contig {
            if !self.fill()? {
                self.judge()?;
                self.in_contig = false;
                break;
            }
            let rest = &self.buffer[self.at..self.end];
            match rest[0] {
                b'\n' | b'\r' => self.take_line_end(),
                b'>' if self.at_line_start => self.in_contig = false,
                b';' if self.at_line_start => self.skip_line()?,
                _ if wanted == 0 => return Ok(false),
                _ => {
                    let before = out.len();
                    let rest = &rest[..rest.len().min(wanted)];
                    // Mostly the whole line: its end is found by the way.
                    let mut len = letters::append_acgt(rest, out, &mut self.census);
                    if len == 0 {
                        len = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                        letters::append(&rest[..len], out, &mut self.census);
                    }
                    wanted -= out.len() - before;
                    self.at += len;
                    self.at_line_start = false;
                    self.after_cr = false;
                    if self.census.bytes() >= self.judge_at_bytes {
                        self.judge()?;
                    }
                }
            }
        }
        Ok(true)
    }

    /// Bytes of the file consumed so far, as it lies on disk, read ahead by some blocks.
    pub fn bytes_read(&self) -> u64 {
        self.input.taken()
    }

    /// At the end of a BGZF file: whether the empty block is missing that marks the end of a complete one.
    pub fn lacks_end_mark(&self) -> bool {
        self.input.lacks_end_mark()
    }

    /// What was replaced or left out so far.
    pub fn counts(&self) -> Counts {
        Counts {
            replaced: self.census.replaced(),
            left_out: self.census.left_out(),
        }
    }

    /// Passes over blank lines and comments; anything else before the first `>` is an error.
    fn skip_to_first_record(&mut self) -> Result<(), FastaError> {
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        self.fill()?;
        let head = self.buffer[..self.end.min(512)].to_vec();
        if let Some(looks) = self.foreign_within(&head) {
            return Err(self.not_fasta(looks));
        }
        if head.starts_with(BYTE_ORDER_MARK) {
            self.at += BYTE_ORDER_MARK.len();
        }
        while self.fill()? {
            match self.buffer[self.at] {
                b'\n' | b'\r' => self.take_line_end(),
                b'>' if self.at_line_start => return Ok(()),
                b';' | b'#' if self.at_line_start => self.skip_line()?,
                b' ' | b'\t' => {
                    self.at += 1;
                    self.at_line_start = false;
                    self.after_cr = false;
                }
                _ => {
                    let rest = &self.buffer[self.at..self.end];
                    let line = &rest[..memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())];
                    return Err(self.not_fasta(looks::text_format(&head, line)));
                }
            }
        }
        let why = if head.is_empty() {
            "the file is empty"
        } else {
            "nothing but blank lines and comments"
        };
        Err(FastaError::NoContigs {
            path: self.path.clone(),
            why,
        })
    }

    /// The format that decompression has laid bare, when there was any.
    fn foreign_within(&self, head: &[u8]) -> Option<&'static str> {
        if self.input.compression() == Compression::None {
            return None; // looked at when it was opened
        }
        if input::compression(head) != Compression::None {
            return Some("compressed data within compressed data; decompress it once");
        }
        looks::binary_format(head)
    }

    /// The rest of the line, which is a contig name.
    fn take_name(&mut self) -> Result<Vec<u8>, FastaError> {
        let mut name = Vec::new();
        while self.fill()? {
            let rest = &self.buffer[self.at..self.end];
            let len = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            if len == 0 {
                break;
            }
            name.extend_from_slice(&rest[..len]);
            self.at += len;
            self.after_cr = false;
            if name.len() > NAME_LEN_BYTES_MAX {
                return Err(self.bad_name(&name, "longer than 1 MiB: this is no FASTA header"));
            }
        }
        if name.contains(&0) {
            return Err(self.bad_name(&name, "archives cannot hold names with zero bytes"));
        }
        if !name.is_ascii() {
            let why = "archives hold names of ASCII characters only (bytes from 80 hexadecimal up mean repetition \
                       there); rename the contig";
            return Err(self.bad_name(&name, why));
        }
        Ok(name)
    }

    /// Passes over the rest of a line, up to its line end.
    fn skip_line(&mut self) -> Result<(), FastaError> {
        self.at_line_start = false;
        self.after_cr = false;
        while self.fill()? {
            let rest = &self.buffer[self.at..self.end];
            if let Some(len) = memchr2(b'\n', b'\r', rest) {
                self.at += len;
                return Ok(());
            }
            self.at = self.end;
        }
        Ok(())
    }

    /// Steps over the LF or CR at `at`.
    fn take_line_end(&mut self) {
        let is_cr = self.buffer[self.at] == b'\r';
        if is_cr || !self.after_cr {
            self.line += 1;
        }
        self.after_cr = is_cr;
        self.at_line_start = true;
        self.at += 1;
    }

    /// Sees to it that a byte lies at `at`; false at the end of the file.
    #[inline]
    fn fill(&mut self) -> Result<bool, FastaError> {
        if self.at < self.end {
            Ok(true)
        } else {
            self.refill()
        }
    }

    #[cold]
    fn refill(&mut self) -> Result<bool, FastaError> {
        if self.ended {
            return Ok(false);
        }
        if self.end > 0 {
            self.buffer.resize(BUFFER_LEN_BYTES, 0);
        }
        self.at = 0;
        self.end = loop {
            match self.input.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.read_error(error)),
                Ok(n) => break n,
            }
        };
        self.ended = self.end == 0;
        Ok(!self.ended)
    }

    /// Refuses a file whose sequence lines are mostly no nucleotides so far.
    #[cold]
    fn judge(&mut self) -> Result<(), FastaError> {
        self.judge_at_bytes = self
            .census
            .bytes()
            .saturating_mul(2)
            .max(FIRST_JUDGEMENT_BYTES);
        let Some(looks) = self.census.suspicion() else {
            return Ok(());
        };
        Err(FastaError::NotNucleotides {
            path: self.path.clone(),
            line: self.line,
            bytes: self.census.bytes(),
            replaced: self.census.replaced(),
            left_out: self.census.left_out(),
            looks,
        })
    }

    fn not_fasta(&self, looks: &'static str) -> FastaError {
        FastaError::NotFasta {
            path: self.path.clone(),
            line: self.line,
            looks,
        }
    }

    fn bad_name(&self, name: &[u8], why: &'static str) -> FastaError {
        const SHOWN_BYTES: usize = 80;
        let name = name[..name.len().min(SHOWN_BYTES)]
            .escape_ascii()
            .to_string();
        FastaError::Name {
            path: self.path.clone(),
            line: self.line,
            name,
            why,
        }
    }

    fn read_error(&self, source: io::Error) -> FastaError {
        let data = match self.input.compression() {
            // The operating system's own errors carry its number; the decoders' do not.
            _ if source.raw_os_error().is_some() => None,
            Compression::None => None,
            Compression::Gzip => Some("gzip"),
            Compression::Xz => Some("xz"),
            Compression::Zstd => Some("zstd"),
        };
        let path = self.path.clone();
        match data {
            None => FastaError::Io { path, source },
            Some(data) if source.kind() == io::ErrorKind::UnexpectedEof => FastaError::Damaged {
                path,
                why: format!("the {data} data end too early: the file is cut short"),
            },
            Some(data) if input::asks_for_too_much(&source) => FastaError::Damaged {
                path,
                why: format!(
                    "the {data} data need more than {} MiB to be decompressed: do that first (unxz)",
                    input::XZ_MEMORY_BYTES_MAX >> 20
                ),
            },
            Some(data) => FastaError::Damaged {
                path,
                why: format!("damaged {data} data: {source}"),
            },
        }
    }
}

/// How many bases a file holds, about.
pub(crate) struct SizeBases {
    pub(crate) bases: u64,
    /// Whether that is a guess, as the file is compressed.
    pub(crate) is_guessed: bool,
}

/// How many bases a file holds, judged by the bytes it takes; nothing if it cannot be judged so: pipes have no size, and zstd
/// and xz may find whole genomes again.
pub(crate) fn size(path: &Path) -> Option<SizeBases> {
    /// Genomes as gzip leaves them.
    const GZIP_BASES_A_BYTE: u64 = 4;
    if path == Path::new(STDIN) {
        return None;
    }
    let file = std::fs::metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file)?;
    let bases_a_byte = match FastaReader::open(path).ok()?.input.compression() {
        Compression::None => 1,
        Compression::Gzip => GZIP_BASES_A_BYTE,
        Compression::Xz | Compression::Zstd => return None,
    };
    Some(SizeBases {
        bases: file.len() * bases_a_byte,
        is_guessed: bases_a_byte != 1,
    })
}

/// Appends letters of base codes, such as archives give.
pub(crate) fn append_letters(letters: &[u8], out: &mut PackedSeq) {
    letters::append(letters, out, &mut Census::default());
}

#[cfg(test)]
mod tests;

//! Is an index that of its archive as it is? Made anew, and compared byte by byte.

use std::io::{self, Read, Write};
use std::path::Path;

use ragc_read::{Archive, ArchiveError, StoredPart, Stream};

use super::about::About;
use super::build::{HEAD_BYTES, MAGIC, VERSION, build};
use super::facts::Facts;
use super::places::PartPlace;
use super::{IndexError, sidecar};
use crate::verify::Progress;

/// Bytes of an index in an archive that are read at once.
const READ_BYTES: u64 = 1 << 20;

/// Why an index is not to be used, as far as that can be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Untrue {
    /// It does not begin like an index.
    #[error("this is no index of an archive")]
    NoIndex,
    /// It has another layout.
    #[error("an index of version {found}, where {VERSION} is known")]
    Version {
        /// What it says.
        found: u32,
    },
    /// The archive was another one when it was made.
    #[error("the archive has changed since the index was made: make it anew")]
    Stale,
    /// It is broken, or another program made it.
    #[error("byte {at} of the index is not what the archive gives: make it anew")]
    Differs {
        /// Where it differs first.
        at: u64,
    },
    /// The index cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// The archive cannot be read, or an index not be made of it.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl From<ArchiveError> for Untrue {
    fn from(error: ArchiveError) -> Self {
        Self::Index(error.into())
    }
}

/// Compares an index that lies beside `archive` with one made anew: its length if all of it is the same. For `scratch` and
/// `progress` see [`build`].
///
/// # Errors
/// [`Untrue`].
pub fn check_sidecar(
    archive: &Archive,
    found: impl Read,
    scratch: &Path,
    progress: &Progress,
) -> Result<u64, Untrue> {
    let make = || sidecar(archive, scratch, progress).map(|(index, _)| index);
    compare(found, &Facts::of(archive, 0)?, make)
}

/// The same of the index in `archive`; `None` if it has none.
///
/// # Errors
/// [`Untrue`].
pub fn check_embedded(
    archive: &Archive,
    scratch: &Path,
    progress: &Progress,
) -> Result<Option<u64>, Untrue> {
    let parts = archive.stored_parts()?;
    let is_index = |part: &&StoredPart| part.stream == Stream::Index && part.number == 0;
    let Some(part) = parts.iter().find(is_index) else {
        return Ok(None);
    };
    // Its metadata integer is 0, and takes a byte.
    let start = part.offset + 1;
    let parts_base = start + part.len_bytes;
    let places = parts
        .iter()
        .filter_map(PartPlace::of)
        .map(|place| PartPlace {
            offset: place.offset.wrapping_sub(parts_base),
            ..place
        });
    let places = places.collect();
    let facts = Facts::of(archive, parts_base)?;
    let found = Embedded {
        archive,
        at: start,
        end: parts_base,
        bytes: Vec::new(),
        given: 0,
    };
    let make = || build(archive, About::of(archive)?, places, scratch, progress);
    compare(found, &facts, make).map(Some)
}

/// The index in an archive.
struct Embedded<'a> {
    archive: &'a Archive,
    /// What is not read yet.
    at: u64,
    end: u64,
    bytes: Vec<u8>,
    given: usize,
}

impl Read for Embedded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.bytes.len() {
            let end = self.end.min(self.at + READ_BYTES);
            let read = self.archive.read_range(self.at..end);
            self.bytes = read.map_err(io::Error::other)?;
            (self.at, self.given) = (end, 0);
        }
        let len = (&self.bytes[self.given..]).read(out)?;
        self.given += len;
        Ok(len)
    }
}

/// Compares what was found with what `make` makes.
fn compare(
    mut found: impl Read,
    facts: &Facts,
    make: impl FnOnce() -> Result<super::Index, IndexError>,
) -> Result<u64, Untrue> {
    let mut head = [0; HEAD_BYTES as usize];
    let begins = found.read_exact(&mut head);
    if matches!(&begins, Err(error) if error.kind() == io::ErrorKind::UnexpectedEof) {
        return Err(Untrue::NoIndex);
    }
    begins?;
    let number = |at: usize| u64::from_le_bytes(*head[at..].first_chunk().expect("a head"));
    let version = number(8) as u32;
    match () {
        () if !head.starts_with(&MAGIC) => return Err(Untrue::NoIndex),
        () if version != VERSION => return Err(Untrue::Version { found: version }),
        () if (number(24), number(40)) != (facts.archive_len, facts.footer_hash) => {
            return Err(Untrue::Stale);
        }
        () => {}
    }
    let index = make()?;
    let mut comparing = Comparing {
        found: head.chain(found),
        bytes: Vec::new(),
        at: 0,
        result: Ok(()),
    };
    let written = index.write(facts, &mut comparing);
    comparing.result?;
    written?;
    let at = comparing.at;
    match comparing.found.read(&mut [0])? {
        0 => Ok(at),
        _ => Err(Untrue::Differs { at }),
    }
}

/// Takes what should be, and stops where something else was found.
struct Comparing<R> {
    found: R,
    bytes: Vec<u8>,
    /// Bytes that are the same.
    at: u64,
    result: Result<(), Untrue>,
}

impl<R: Read> Comparing<R> {
    fn take(&mut self, wanted: &[u8]) -> Result<(), Untrue> {
        self.bytes.clear();
        let found = &mut self.found;
        found
            .take(wanted.len() as u64)
            .read_to_end(&mut self.bytes)?;
        let same = self.bytes.iter().zip(wanted).take_while(|(a, b)| a == b);
        let same = same.count();
        self.at += same as u64;
        match same == wanted.len() {
            true => Ok(()),
            false => Err(Untrue::Differs { at: self.at }),
        }
    }
}

impl<R: Read> Write for Comparing<R> {
    fn write(&mut self, wanted: &[u8]) -> io::Result<usize> {
        self.result = self.take(wanted);
        match self.result {
            Ok(()) => Ok(wanted.len()),
            Err(_) => Err(io::Error::other("what was found differs")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

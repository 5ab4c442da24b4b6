//! Opening a file at an address: its length, from the answers to the first requests, and the bytes that come with them.

use std::sync::Arc;
use std::thread;

use super::answer::{Version, content_length, content_range};
use super::refusal::Refusal;
use super::{ATTEMPTS_MAX, HttpFile};
use crate::archive::ArchiveError;
use crate::index::FIRST_LEN_BYTES;
use crate::source::Counters;

/// The end of the file that is read first and kept: less than a footer of many groups, more than one of a few, as it is read
/// in vain where there is an index.
const TAIL_LEN_BYTES: u64 = 32 << 10;
/// For a file that may not be there: a server that fails when asked for it is not waited for.
const PROBING_ATTEMPTS_MAX: u32 = 2;

/// Bytes of a file with their offset, and the version of it.
type Piece = (Version, u64, Vec<u8>);

impl HttpFile {
    /// Reads the end of the file. One round, that the caller counts.
    pub(crate) fn open(url: &str, counters: &Arc<Counters>) -> Result<HttpFile, ArchiveError> {
        let mut file = HttpFile::new(url, counters, ATTEMPTS_MAX);
        match file.read_tail()? {
            Some(tail) => file.hold(tail)?,
            None => {
                file.counters.count_round();
                file.ask_length()?;
                let start = file.version.len_bytes.saturating_sub(TAIL_LEN_BYTES);
                file.counters.count_round();
                let tail = file.fetch(&(start..file.version.len_bytes))?;
                file.held.push((start, tail));
            }
        }
        Ok(file)
    }

    /// Reads start and end of the file at the same time. One round, that the caller counts.
    pub(crate) fn open_at_both_ends(
        url: &str,
        counters: &Arc<Counters>,
    ) -> Result<HttpFile, ArchiveError> {
        let mut file = HttpFile::new(url, counters, ATTEMPTS_MAX);
        let (head, tail) = thread::scope(|scope| {
            let tail = scope.spawn(|| file.read_tail());
            (file.read_head(), tail.join())
        });
        file.hold(head?)?;
        let is_whole = file.held_bytes() == file.version.len_bytes;
        if !is_whole && let Ok(tail) = tail {
            // A server that knows no ranges counted from the end is asked in other words when it is needed.
            if let Some(tail) = tail? {
                file.hold(tail)?;
            }
        }
        Ok(file)
    }

    /// Reads the start of the file. One round, that the caller counts.
    pub(crate) fn open_at_start(
        url: &str,
        counters: &Arc<Counters>,
    ) -> Result<HttpFile, ArchiveError> {
        let mut file = HttpFile::new(url, counters, ATTEMPTS_MAX);
        let head = file.read_head()?;
        file.hold(head)?;
        Ok(file)
    }

    /// The same for a file that may not be there.
    pub(crate) fn probe(url: &str, counters: &Arc<Counters>) -> Result<HttpFile, ArchiveError> {
        let mut file = HttpFile::new(url, counters, PROBING_ATTEMPTS_MAX);
        let head = file.read_head()?;
        file.hold(head)?;
        file.attempts_max = ATTEMPTS_MAX;
        Ok(file)
    }

    fn held_bytes(&self) -> u64 {
        self.held.iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    /// Keeps bytes of the file, which are of the version known if one is.
    fn hold(&mut self, (version, offset, bytes): Piece) -> Result<(), ArchiveError> {
        if !self.held.is_empty() && !self.version.matches(&version) {
            let (Refusal::Passing(error, _) | Refusal::Final(error)) = self.changed();
            return Err(error);
        }
        if self.held.is_empty() {
            self.version = version;
        }
        self.held.push((offset, bytes));
        Ok(())
    }

    /// Reads the start of the file.
    fn read_head(&self) -> Result<Piece, ArchiveError> {
        self.retried(|| {
            let response = self.request(&format!("bytes=0-{}", FIRST_LEN_BYTES - 1))?;
            match response.status().as_u16() {
                206 => {}
                // A short file may come whole.
                200 => match content_length(&response) {
                    Some(len_bytes) if len_bytes <= FIRST_LEN_BYTES => {
                        self.check_encoding(&response)?;
                        let version = Version::of(&response, len_bytes);
                        return Ok((version, 0, self.body(response, len_bytes)?));
                    }
                    _ => return Err(self.whole_file()),
                },
                416 => return Err(self.refused("the file is empty")),
                _ => return Err(self.status_failure(&response)),
            }
            self.check_encoding(&response)?;
            let (got, len_bytes) = content_range(&response)
                .ok_or_else(|| self.refused("the server does not tell how long the file is"))?;
            let range = 0..FIRST_LEN_BYTES.min(len_bytes);
            if got != range {
                return Err(self.other_bytes(&range, &got));
            }
            let version = Version::of(&response, len_bytes);
            Ok((version, 0, self.body(response, range.end)?))
        })
    }

    /// Reads the end of the file by a range counted from there; `None` if the server does not know such ranges.
    fn read_tail(&self) -> Result<Option<Piece>, ArchiveError> {
        self.retried(|| {
            let response = self.request(&format!("bytes=-{TAIL_LEN_BYTES}"))?;
            match response.status().as_u16() {
                206 => {
                    self.check_encoding(&response)?;
                    let Some((range, len_bytes)) = content_range(&response) else {
                        return Ok(None);
                    };
                    let start = len_bytes.saturating_sub(TAIL_LEN_BYTES);
                    if range != (start..len_bytes) {
                        return Ok(None);
                    }
                    let version = Version::of(&response, len_bytes);
                    let bytes = self.body(response, len_bytes - start)?;
                    Ok(Some((version, start, bytes)))
                }
                // A short file may come whole; a long one is asked for in another way.
                200 => match content_length(&response) {
                    Some(len_bytes) if len_bytes <= TAIL_LEN_BYTES => {
                        self.check_encoding(&response)?;
                        let version = Version::of(&response, len_bytes);
                        let bytes = self.body(response, len_bytes)?;
                        Ok(Some((version, 0, bytes)))
                    }
                    _ => Ok(None),
                },
                400 | 416 | 501 => Ok(None),
                _ => Err(self.status_failure(&response)),
            }
        })
    }

    /// Learns the length from the answer to a request for the first byte.
    fn ask_length(&mut self) -> Result<(), ArchiveError> {
        self.version = self.retried(|| {
            let response = self.request("bytes=0-0")?;
            match response.status().as_u16() {
                206 => {
                    self.check_encoding(&response)?;
                    let (_, len_bytes) = content_range(&response).ok_or_else(|| {
                        self.refused("the server does not tell how long the file is")
                    })?;
                    let version = Version::of(&response, len_bytes);
                    self.body(response, 1)?;
                    Ok(version)
                }
                200 => Err(self.whole_file()),
                416 => Err(self.refused("the file is empty")),
                _ => Err(self.status_failure(&response)),
            }
        })?;
        Ok(())
    }
}

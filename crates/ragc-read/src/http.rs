//! A file on a static host, read by HTTP Range requests (feature `http`).
//!
//! The first round asks for the end of the file, which holds the footer of a small archive, or also for its start, where an
//! index is, and what is beside it: they tell the size. After that near ranges of a round are fetched together and all of
//! them at once, and every answer is held against what is known of the file.

mod answer;
mod gate;
mod pieces;
mod refusal;

use std::io::Read;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use self::answer::{Version, content_length, content_range, is_web_page};
use self::gate::Gate;
use self::pieces::pieces;
use self::refusal::Refusal;
use crate::archive::ArchiveError;
use crate::index::FIRST_LEN_BYTES;
use crate::source::{Counters, Receive};

/// The end of the file that is read first and kept.
const TAIL_LEN_BYTES: u64 = 64 << 10;
const REQUESTS_AT_ONCE_MAX: usize = 16;

const ATTEMPTS_MAX: u32 = 4;
/// For a file that may not be there: a server that fails when asked for it is not waited for.
const PROBING_ATTEMPTS_MAX: u32 = 2;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a server may say nothing.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(60);

/// Makes the requests of all files: those of one host share their connections.
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    Agent::config_builder()
        .http_status_as_error(false)
        .tls_config(tls.build())
        .user_agent(concat!("ragc/", env!("CARGO_PKG_VERSION")))
        // Compressed, a range of the file would not be a range of the file.
        .accept_encoding("identity")
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(SILENCE_TIMEOUT))
        .timeout_per_read(Some(SILENCE_TIMEOUT))
        .max_idle_connections(2 * REQUESTS_AT_ONCE_MAX)
        .max_idle_connections_per_host(REQUESTS_AT_ONCE_MAX)
        .build()
        .new_agent()
});

/// A file at an address.
#[derive(Debug)]
pub(crate) struct HttpFile {
    url: String,
    version: Version,
    /// Bytes that came when it was opened, by their offsets.
    held: Vec<(u64, Vec<u8>)>,
    gate: Gate,
    counters: Arc<Counters>,
    attempts_max: u32,
}

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

    fn new(url: &str, counters: &Arc<Counters>, attempts_max: u32) -> HttpFile {
        HttpFile {
            url: url.to_string(),
            version: Version::default(),
            held: Vec::new(),
            gate: Gate::new(REQUESTS_AT_ONCE_MAX),
            counters: Arc::clone(counters),
            attempts_max,
        }
    }

    pub(crate) fn len_bytes(&self) -> u64 {
        self.version.len_bytes
    }

    /// The first bytes of the file, if they were read when it was opened.
    pub(crate) fn head(&self) -> &[u8] {
        let head = self.held.iter().find(|(offset, _)| *offset == 0);
        head.map_or(&[], |(_, bytes)| bytes)
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

    /// What is not held of `ranges`.
    fn missing(&self, ranges: &[Range<u64>]) -> Vec<Range<u64>> {
        let mut missing = ranges.to_vec();
        for (offset, bytes) in &self.held {
            let end = offset.saturating_add(bytes.len() as u64);
            let without = |range: Range<u64>| {
                let before = range.start..range.end.min(*offset);
                let after = range.start.max(end)..range.end;
                [before, after]
                    .into_iter()
                    .filter(|range| !range.is_empty())
            };
            missing = missing.into_iter().flat_map(without).collect();
        }
        missing
    }

    /// Whether reading `ranges` takes requests.
    pub(crate) fn asks(&self, ranges: &[Range<u64>]) -> bool {
        !self.missing(ranges).is_empty()
    }

    /// Reads `ranges`, in pieces and in any order, and gives them to `receive`. One round, that the caller counts.
    pub(crate) fn read(
        &self,
        ranges: &[Range<u64>],
        receive: &mut Receive<'_>,
    ) -> Result<(), ArchiveError> {
        for range in ranges {
            for (offset, bytes) in &self.held {
                let place = |at: u64| usize::try_from(at.saturating_sub(*offset));
                let start = range.start.max(*offset);
                let held = place(start).ok().zip(place(range.end).ok());
                let held = held.and_then(|(from, to)| bytes.get(from..to.min(bytes.len())));
                if let Some(held) = held.filter(|held| !held.is_empty()) {
                    receive(start, held)?;
                }
            }
        }
        let missing = self.missing(ranges);
        if missing.is_empty() {
            return Ok(());
        }
        let pieces = pieces(missing);
        if let [only] = pieces.as_slice() {
            return Ok(receive(only.start, &self.fetch(only)?)?);
        }
        let next = AtomicUsize::new(0);
        let (send, fetched) = sync_channel(1);
        thread::scope(|scope| {
            for _ in 0..pieces.len().min(REQUESTS_AT_ONCE_MAX) {
                let (send, next, pieces) = (send.clone(), &next, &pieces);
                scope.spawn(move || {
                    while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
                        // Nobody waits for more once something went wrong.
                        if send.send((piece.start, self.fetch(piece))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(send);
            // Owned here, so that it goes when this ends early.
            let fetched = fetched;
            for (offset, bytes) in fetched {
                receive(offset, &bytes?)?;
            }
            Ok(())
        })
    }

    /// The bytes of one range, by one request if all goes well.
    fn fetch(&self, range: &Range<u64>) -> Result<Vec<u8>, ArchiveError> {
        let _permit = self.gate.enter();
        self.retried(|| {
            let response = self.request(&format!("bytes={}-{}", range.start, range.end - 1))?;
            match response.status().as_u16() {
                206 => {}
                200 => {
                    let len_bytes = content_length(&response).unwrap_or(self.version.len_bytes);
                    let same = self.version.matches(&Version::of(&response, len_bytes));
                    return Err(if same {
                        self.whole_file()
                    } else {
                        self.changed()
                    });
                }
                416 => return Err(self.changed()),
                _ => return Err(self.status_failure(&response)),
            }
            self.check_encoding(&response)?;
            let (got, len_bytes) = content_range(&response)
                .ok_or_else(|| self.refused("an answer without Content-Range"))?;
            if !self.version.matches(&Version::of(&response, len_bytes)) {
                return Err(self.changed());
            }
            if got != *range {
                return Err(self.other_bytes(range, &got));
            }
            self.body(response, range.end - range.start)
        })
    }

    /// One request.
    fn request(&self, range: &str) -> Result<Response<Body>, Refusal> {
        self.counters.count_request();
        let sent = AGENT.get(&self.url).header("Range", range).call();
        let response = sent.map_err(|error| match error {
            ureq::Error::Io(error) => self.passing(error.to_string()),
            ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed | ureq::Error::Protocol(_) => {
                self.passing(error.to_string())
            }
            error => self.refused(error.to_string()),
        })?;
        if response.status().is_success() && is_web_page(&response) {
            return Err(self.refused(
                "the server sends a web page, not an archive: check the address, and whether one must log in there",
            ));
        }
        Ok(response)
    }

    /// Exactly `len` bytes of body; reading stops at the first byte too many.
    fn body(&self, response: Response<Body>, len: u64) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        let mut body = response.into_body().into_reader().take(len + 1);
        let read = body.read_to_end(&mut bytes);
        self.counters.count_bytes(bytes.len() as u64);
        if bytes.len() as u64 == len {
            return Ok(bytes);
        }
        Err(match read {
            Err(error) => self.passing(format!("the connection broke: {error}")),
            Ok(_) if bytes.len() as u64 > len => {
                self.refused(format!("more than the {len} bytes asked for came"))
            }
            Ok(_) => self.passing(format!("{} of {len} bytes came", bytes.len())),
        })
    }
}

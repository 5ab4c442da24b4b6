//! A file on a static host, read by HTTP Range requests (feature `http`).
//!
//! The first request asks for the end of the file: it tells the size, and holds the footer of a small archive. After that
//! near ranges of a round are fetched together and all of them at once, and every answer is held against what is known
//! of the file.

mod answer;
mod gate;
mod pieces;

use std::io::Read;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use self::answer::{Version, content_length, content_range, header, is_web_page, retry_after};
use self::gate::Gate;
use self::pieces::pieces;
use crate::archive::ArchiveError;
use crate::source::{Receive, Traffic};

/// The end of the file that is read first and kept.
const TAIL_LEN_BYTES: u64 = 64 << 10;
const REQUESTS_AT_ONCE_MAX: usize = 16;

const ATTEMPTS_MAX: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// A server that wants more time than this is not waited for.
const PAUSE_MAX: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a server may say nothing.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(60);

/// A file at an address.
#[derive(Debug)]
pub(crate) struct HttpFile {
    url: String,
    agent: Agent,
    version: Version,
    /// The last bytes of the file, from this offset on.
    tail_offset: u64,
    tail: Vec<u8>,
    gate: Gate,
    requests: AtomicU64,
    rounds: AtomicU64,
    bytes: AtomicU64,
}

/// Why a request gave nothing of use.
enum Refusal {
    /// Asking again may help, after such a pause at least: the connection broke, or the server failed.
    Passing(ArchiveError, Duration),
    Final(ArchiveError),
}

impl HttpFile {
    /// Learns the length of the file, and reads its end.
    pub(crate) fn open(url: &str) -> Result<HttpFile, ArchiveError> {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .tls_config(tls.build())
            .user_agent(concat!("ragc/", env!("CARGO_PKG_VERSION")))
            // Compressed, a range of the file would not be a range of the file.
            .accept_encoding("identity")
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_recv_response(Some(SILENCE_TIMEOUT))
            .timeout_per_read(Some(SILENCE_TIMEOUT))
            .max_idle_connections(REQUESTS_AT_ONCE_MAX)
            .max_idle_connections_per_host(REQUESTS_AT_ONCE_MAX)
            .build()
            .new_agent();
        let mut file = HttpFile {
            url: url.to_string(),
            agent,
            version: Version::default(),
            tail_offset: 0,
            tail: Vec::new(),
            gate: Gate::new(REQUESTS_AT_ONCE_MAX),
            requests: AtomicU64::new(0),
            rounds: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        };
        if !file.read_tail()? {
            file.ask_length()?;
            let start = file.version.len_bytes.saturating_sub(TAIL_LEN_BYTES);
            file.count_round();
            file.tail = file.fetch(&(start..file.version.len_bytes))?;
            file.tail_offset = start;
        }
        Ok(file)
    }

    pub(crate) fn len_bytes(&self) -> u64 {
        self.version.len_bytes
    }

    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Ordering::Relaxed),
            rounds: self.rounds.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }

    /// Reads the end of the file by a range counted from there; false if the server does not know such ranges.
    fn read_tail(&mut self) -> Result<bool, ArchiveError> {
        self.count_round();
        let (version, offset, tail) = match self.retried(|| {
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
        })? {
            Some(read) => read,
            None => return Ok(false),
        };
        (self.version, self.tail_offset, self.tail) = (version, offset, tail);
        Ok(true)
    }

    /// Learns the length from the answer to a request for the first byte.
    fn ask_length(&mut self) -> Result<(), ArchiveError> {
        self.count_round();
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

    /// Reads `ranges`, in pieces and in any order, and gives them to `receive`. One round.
    pub(crate) fn read(
        &self,
        ranges: &[Range<u64>],
        receive: &mut Receive<'_>,
    ) -> Result<(), ArchiveError> {
        let mut missing = Vec::new();
        for Range { start, end } in ranges.iter().cloned() {
            if start < self.tail_offset {
                missing.push(start..end.min(self.tail_offset));
            }
            let held = start.max(self.tail_offset);
            if held < end {
                let place = |at: u64| usize::try_from(at - self.tail_offset).unwrap_or(usize::MAX);
                let bytes = self.tail.get(place(held)..place(end)).unwrap_or_default();
                receive(held, bytes)?;
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        self.count_round();
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
                let why = format!(
                    "bytes {} to {} asked for, {} to {} sent",
                    range.start, range.end, got.start, got.end
                );
                return Err(self.refused(why));
            }
            self.body(response, range.end - range.start)
        })
    }

    /// One request.
    fn request(&self, range: &str) -> Result<Response<Body>, Refusal> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let sent = self.agent.get(&self.url).header("Range", range).call();
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
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
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

    /// Asks again, after pauses, as long as that may help.
    fn retried<T>(&self, mut ask: impl FnMut() -> Result<T, Refusal>) -> Result<T, ArchiveError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS_MAX {
            match ask() {
                Err(Refusal::Passing(error, wanted)) if wanted > PAUSE_MAX => return Err(error),
                Err(Refusal::Passing(_, wanted)) => thread::sleep(pause.max(wanted)),
                Err(Refusal::Final(error)) => return Err(error),
                Ok(answer) => return Ok(answer),
            }
            pause *= 2;
        }
        ask().map_err(|(Refusal::Passing(error, _) | Refusal::Final(error))| error)
    }

    fn check_encoding(&self, response: &Response<Body>) -> Result<(), Refusal> {
        match header(response, "content-encoding") {
            Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
                let why = format!(
                    "the server compresses what it sends (Content-Encoding: {encoding}), so parts of the file cannot be \
                     found; its owner can switch that off for this file, or give it a name that servers leave alone, \
                     such as x.agc.gz"
                );
                Err(self.refused(why))
            }
            _ => Ok(()),
        }
    }

    fn status_failure(&self, response: &Response<Body>) -> Refusal {
        let status = response.status().as_u16();
        let meaning = match status {
            429 => ": it was asked too often",
            404 | 410 => ": there is no such file",
            401 | 403 => ": the server refuses to hand it out",
            _ => "",
        };
        let error = ArchiveError::Http {
            url: self.url.clone(),
            status: Some(status),
            why: format!("HTTP {status}{meaning}"),
        };
        if status >= 500 || status == 429 {
            Refusal::Passing(error, retry_after(response).unwrap_or_default())
        } else {
            Refusal::Final(error)
        }
    }

    fn whole_file(&self) -> Refusal {
        self.refused(
            "the server sends the whole file when asked for a part of it: download it, or put it on a host that \
             answers range requests",
        )
    }

    fn changed(&self) -> Refusal {
        self.refused("the file changed while it was being read")
    }

    fn passing(&self, why: impl Into<String>) -> Refusal {
        Refusal::Passing(self.failure(why), Duration::ZERO)
    }

    fn refused(&self, why: impl Into<String>) -> Refusal {
        Refusal::Final(self.failure(why))
    }

    fn failure(&self, why: impl Into<String>) -> ArchiveError {
        ArchiveError::Http {
            url: self.url.clone(),
            status: None,
            why: why.into(),
        }
    }

    fn count_round(&self) {
        self.rounds.fetch_add(1, Ordering::Relaxed);
    }
}

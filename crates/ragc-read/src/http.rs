//! A file on a static host, read by HTTP Range requests (feature `http`).
//!
//! The first round asks for the end of the file, which holds the footer of a small archive, or also for its start, where an
//! index is, and what is beside it: they tell the size. After that near ranges of a round are fetched together and all of
//! them at once, and every answer is held against what is known of the file.

mod answer;
mod gate;
mod open;
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
use crate::source::{Counters, Receive};

const REQUESTS_AT_ONCE_MAX: usize = 16;

const ATTEMPTS_MAX: u32 = 4;
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

impl HttpFile {
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

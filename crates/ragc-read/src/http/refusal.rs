//! Answers that give nothing of use: what is wrong, and whether asking again may help.

use std::ops::Range;
use std::thread;
use std::time::Duration;

use ureq::Body;
use ureq::http::Response;

use super::HttpFile;
use super::answer::{header, retry_after};
use crate::archive::ArchiveError;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// A server that wants more time than this is not waited for.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// Why a request gave nothing of use.
pub(super) enum Refusal {
    /// Asking again may help, after such a pause at least: the connection broke, or the server failed.
    Passing(ArchiveError, Duration),
    Final(ArchiveError),
}

impl HttpFile {
    /// Asks again, after pauses, as long as that may help.
    pub(super) fn retried<T>(
        &self,
        mut ask: impl FnMut() -> Result<T, Refusal>,
    ) -> Result<T, ArchiveError> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..self.attempts_max {
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

    pub(super) fn check_encoding(&self, response: &Response<Body>) -> Result<(), Refusal> {
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

    pub(super) fn status_failure(&self, response: &Response<Body>) -> Refusal {
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

    pub(super) fn whole_file(&self) -> Refusal {
        self.refused(
            "the server sends the whole file when asked for a part of it: download it, or put it on a host that \
             answers range requests",
        )
    }

    pub(super) fn other_bytes(&self, asked: &Range<u64>, sent: &Range<u64>) -> Refusal {
        self.refused(format!(
            "bytes {} to {} asked for, {} to {} sent",
            asked.start, asked.end, sent.start, sent.end
        ))
    }

    pub(super) fn changed(&self) -> Refusal {
        self.refused("the file changed while it was being read")
    }

    pub(super) fn passing(&self, why: impl Into<String>) -> Refusal {
        Refusal::Passing(self.failure(why), Duration::ZERO)
    }

    pub(super) fn refused(&self, why: impl Into<String>) -> Refusal {
        Refusal::Final(self.failure(why))
    }

    fn failure(&self, why: impl Into<String>) -> ArchiveError {
        ArchiveError::Http {
            url: self.url.clone(),
            status: None,
            why: why.into(),
        }
    }
}

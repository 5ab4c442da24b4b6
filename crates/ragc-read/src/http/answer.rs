//! What the headers of an answer say about the file.

use std::ops::Range;
use std::time::Duration;

use ureq::Body;
use ureq::http::Response;

/// What tells one version of a file from another.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) len_bytes: u64,
    etag: Option<String>,
    modified: Option<String>,
}

impl Version {
    /// As an answer tells it.
    pub(super) fn of(response: &Response<Body>, len_bytes: u64) -> Version {
        let etag = header(response, "etag").filter(|etag| !etag.starts_with("W/"));
        Version {
            len_bytes,
            etag: etag.map(str::to_string),
            modified: header(response, "last-modified").map(str::to_string),
        }
    }

    /// Same size and same strong ETag; the date decides only where there is no ETag.
    pub(super) fn matches(&self, other: &Version) -> bool {
        let agree = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => Some(a == b),
            _ => None,
        };
        self.len_bytes == other.len_bytes
            && agree(&self.etag, &other.etag)
                .or_else(|| agree(&self.modified, &other.modified))
                .unwrap_or(true)
    }
}

/// A header's text.
pub(super) fn header<'r>(response: &'r Response<Body>, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok().map(str::trim)
}

/// The length of the body, if it is told.
pub(super) fn content_length(response: &Response<Body>) -> Option<u64> {
    header(response, "content-length")?.parse().ok()
}

/// True for a web page in place of the archive: hosts that answer every address so, and walls to log in.
pub(super) fn is_web_page(response: &Response<Body>) -> bool {
    header(response, "content-type").is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("text/html")
    })
}

/// How long the server wants to be left alone, where it tells that in seconds.
pub(super) fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let seconds = header(response, "retry-after")?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The range that came, half-open, and the length of the whole file.
pub(super) fn content_range(response: &Response<Body>) -> Option<(Range<u64>, u64)> {
    parse_content_range(header(response, "content-range")?)
}

fn parse_content_range(text: &str) -> Option<(Range<u64>, u64)> {
    let (range, len_bytes) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let range = first.parse().ok()?..last.parse::<u64>().ok()?.checked_add(1)?;
    let len_bytes = len_bytes.parse().ok()?;
    (range.start < range.end && range.end <= len_bytes).then_some((range, len_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_half_open_and_checked() {
        let parse = parse_content_range;
        assert_eq!(parse("bytes 0-0/1"), Some((0..1, 1)));
        assert_eq!(parse("bytes 10-19/100"), Some((10..20, 100)));
        for wrong in [
            "",
            "bytes */100",
            "bytes 10-19/*",
            "bytes 5-4/100",
            "bytes 10-100/100",
            "items 0-0/1",
            "bytes 0-18446744073709551615/100",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_file_is_the_same_by_its_tag_or_else_its_date() {
        let version = |len_bytes, etag: &str, modified: &str| Version {
            len_bytes,
            etag: (!etag.is_empty()).then(|| etag.to_string()),
            modified: (!modified.is_empty()).then(|| modified.to_string()),
        };
        let known = version(9, "\"a\"", "monday");
        assert!(known.matches(&version(9, "\"a\"", "tuesday")));
        assert!(known.matches(&version(9, "", "monday")));
        assert!(known.matches(&version(9, "", "")));
        assert!(!known.matches(&version(9, "\"b\"", "monday")));
        assert!(!known.matches(&version(9, "", "tuesday")));
        assert!(!known.matches(&version(8, "\"a\"", "monday")));
    }
}

//! Opening an archive at an address, and finding its index (feature `http`).

use std::sync::Arc;
use std::thread;

use crate::archive::{Archive, ArchiveError};
use crate::error::Error;
use crate::http::HttpFile;
use crate::index::{Embedded, IndexAt, MAGIC, embedded};
use crate::options::{IndexChoice, OpenOptions};
use crate::reader::Reader;
use crate::source::{Counters, Place, Source};

/// What the name of an index beside an archive has more than that of the archive.
const EXTENSION: &str = ".ragi";

impl Archive {
    /// Opens the archive at an address, `http://` or `https://`, with the default options: one round, for its start and its
    /// end and for an index beside it.
    ///
    /// The server must answer Range requests. Later ones are merged where they are near each other, made 16 at a time,
    /// and repeated when a connection breaks or the server fails for a moment.
    ///
    /// # Errors
    /// `Http`, or `Malformed` if a file of that length cannot be an archive.
    pub fn open_url(url: &str) -> Result<Archive, ArchiveError> {
        Archive::open_url_with(url, &OpenOptions::default())
    }

    /// Opens the archive at an address.
    ///
    /// # Errors
    /// As [`Archive::open_url`]; with an index that was named also `StaleIndex`, or as that is read.
    pub fn open_url_with(url: &str, options: &OpenOptions) -> Result<Archive, ArchiveError> {
        let counters = Arc::new(Counters::default());
        counters.count_round();
        match &options.index {
            IndexChoice::Auto => Archive::find(url, options, counters),
            IndexChoice::None => {
                let file = HttpFile::open(url, &counters)?;
                Archive::without(file, counters, options)
            }
            named => {
                let (file, index) = thread::scope(|scope| {
                    let index = scope.spawn(|| named.place(&counters));
                    (HttpFile::open(url, &counters), index.join())
                });
                let (file, index) = (file?, index.map_err(|_| panicked())??);
                match index {
                    Some(index) => {
                        Archive::with_index(Place::Http(file), index, counters, options.limits)
                    }
                    None => Archive::without(file, counters, options),
                }
            }
        }
    }

    fn without(
        file: HttpFile,
        counters: Arc<Counters>,
        options: &OpenOptions,
    ) -> Result<Archive, ArchiveError> {
        let reader = Reader::new(file.len_bytes(), options.limits)?;
        let source = Source::new(Place::Http(file), None, counters);
        Ok(Archive::of(reader, source))
    }

    /// Opens an archive with the index that is in it, or beside it, if there is one.
    fn find(
        url: &str,
        options: &OpenOptions,
        counters: Arc<Counters>,
    ) -> Result<Archive, ArchiveError> {
        let (file, beside) = thread::scope(|scope| {
            let beside = scope.spawn(|| HttpFile::probe(&address_beside(url), &counters));
            (HttpFile::open_at_both_ends(url, &counters), beside.join())
        });
        let file = file?;
        // A server that hands out none, or something else in its place, has none.
        let beside = beside.map_err(|_| panicked())?.ok();
        let beside = beside.filter(|beside| beside.head().starts_with(MAGIC));
        let len_bytes = file.len_bytes();
        let embedded = embedded(file.head(), len_bytes).map_err(ArchiveError::Archive)?;
        let mut warnings = Vec::new();
        match &embedded {
            Embedded::Current(_) | Embedded::None => {}
            Embedded::Stale => warnings.push(format!(
                "{url}: the index in it was made of another archive, and is not used"
            )),
            Embedded::Unknown => warnings.push(format!(
                "{url}: the index in it is of a version this program does not know, and is not used"
            )),
        }
        let is_current = matches!(embedded, Embedded::Current(_));
        if let Some(beside) = beside.filter(|_| !is_current) {
            let archive = Place::Http(file);
            let index = Place::Http(beside);
            let mut archive = Archive::beside(archive, index, counters, options.limits)?;
            if let Err(error) = archive.open_index() {
                let path = address_beside(url);
                warnings.push(format!("{path}: {error}; reading goes on without it"));
                archive = archive.without_index(options.limits)?;
            }
            archive.warnings = warnings.into();
            return Ok(archive);
        }
        let reader = match embedded {
            Embedded::None => Reader::new(len_bytes, options.limits)?,
            _ => Reader::with_index(len_bytes, IndexAt::Embedded, options.limits)?,
        };
        let mut archive = Archive::of(reader, Source::new(Place::Http(file), None, counters));
        archive.warnings = warnings.into();
        Ok(archive)
    }
}

/// Where the index beside the archive at an address is: its name has more behind it (`.ragi`), before any `?`.
#[must_use]
pub fn address_beside(url: &str) -> String {
    match url.split_once('?') {
        Some((path, query)) => format!("{path}{EXTENSION}?{query}"),
        None => format!("{url}{EXTENSION}"),
    }
}

fn panicked() -> Error {
    Error::Misuse("a thread panicked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_beside_the_archive_whatever_is_asked_of_the_server() {
        assert_eq!(address_beside("https://h/x.agc"), "https://h/x.agc.ragi");
        assert_eq!(
            address_beside("https://h/x.agc?a=b?c"),
            "https://h/x.agc.ragi?a=b?c"
        );
    }
}

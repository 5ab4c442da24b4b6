//! How an archive is opened (feature `fs`).

use std::path::PathBuf;
use std::sync::Arc;

use crate::archive::ArchiveError;
#[cfg(feature = "http")]
use crate::http::HttpFile;
use crate::limits::Limits;
use crate::source::{Counters, Place};

/// How an [`Archive`](crate::Archive) is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// What may be held in memory.
    pub limits: Limits,
    /// By which index it is read.
    pub index: IndexChoice,
}

/// By which index an archive is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum IndexChoice {
    /// At an address by the one in the archive, or else one beside it, whose name is that of the archive and `.ragi`; a
    /// file by none.
    #[default]
    Auto,
    /// By none.
    None,
    /// By one in this file. If it is not of the archive, that is an error.
    File(PathBuf),
    /// By one at this address, likewise.
    #[cfg(feature = "http")]
    Url(String),
}

impl IndexChoice {
    /// The index that was named, if one was.
    pub(crate) fn place(&self, counters: &Arc<Counters>) -> Result<Option<Place>, ArchiveError> {
        match self {
            IndexChoice::Auto | IndexChoice::None => Ok(None),
            IndexChoice::File(path) => Place::file(path, counters).map(Some),
            #[cfg(feature = "http")]
            IndexChoice::Url(url) => Ok(Some(Place::Http(HttpFile::open_at_start(url, counters)?))),
        }
    }
}

//! What an index says of its archive as a whole.

use ragc_read::{Archive, ArchiveError, Params, Stream};

use super::columns::Columns;

/// What [`build`](super::build) cannot tell from tables and places.
#[derive(Debug, Clone)]
pub struct About {
    /// Whether segment streams are called as in versions 1 and 2, `seg-0-delta`.
    pub long_names: bool,
    /// Pairs in `file_type_info`.
    pub pairs: u64,
    /// The payload of `file_type_info`.
    pub file_type_info: Vec<u8>,
    /// The parameters.
    pub params: Params,
    /// Streams that the footer lists.
    pub streams: u64,
    /// Groups that have a reference.
    pub groups: u64,
}

impl About {
    /// Of an archive as it is; one that is yet to be written may have more streams.
    ///
    /// # Errors
    /// As [`Archive::info`].
    pub fn of(archive: &Archive) -> Result<Self, ArchiveError> {
        let info = archive.info()?;
        let mut about = Self {
            long_names: info.file_version.0 < 3,
            pairs: 0,
            file_type_info: Vec::new(),
            params: info.params,
            streams: info.stream_count as u64,
            groups: info.group_count as u64,
        };
        let mut parts = archive.stored_parts()?;
        parts.retain(|part| part.stream == Stream::FileTypeInfo && part.number == 0);
        archive.read_parts(&parts, |_, pairs, payload| {
            about.pairs = pairs;
            about.file_type_info = payload.to_vec();
            Ok::<_, ArchiveError>(())
        })?;
        Ok(about)
    }

    /// What the root begins with.
    pub(super) fn columns(&self) -> Columns {
        let mut columns = Columns::default();
        columns.varint(u64::from(self.long_names));
        columns.varint(self.pairs);
        columns.varint(self.file_type_info.len() as u64);
        columns.raw(&self.file_type_info);
        let Params {
            kmer_len,
            min_match_len,
            pack_cardinality,
            segment_size,
        } = self.params;
        for number in [kmer_len, min_match_len, pack_cardinality, segment_size] {
            columns.varint(u64::from(number));
        }
        columns.varint(self.streams);
        columns.varint(self.groups);
        columns
    }
}

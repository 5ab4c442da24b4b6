//! What the parts of an archive take, by what they hold.

use crate::error::Error;
use crate::format::footer::{Footer, Named, Part, StreamId};
use crate::format::stream_name::{Kind, SegmentStream};
use crate::index::INDEX_AT;
use crate::reader::Reader;
use crate::step::Step;

/// A reference or a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSize {
    /// Its group; those below 16 are raw and have packs only.
    pub group_id: u32,
    /// The number of the pack; `None` for the reference.
    pub pack: Option<u32>,
    /// Bytes of its payload.
    pub len_bytes: u64,
}

/// What the parts of an archive take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// Every reference and every pack.
    pub parts: Vec<PartSize>,
    /// Bytes of the index in the archive, whether it is used or not.
    pub index_len_bytes: u64,
    /// Bytes of the footer, and of its length behind it.
    pub footer_len_bytes: u64,
    /// What is read at most by who asks for the contigs and segments of all samples, in bytes: of the collection, or of
    /// the index.
    pub tables_len_bytes: u64,
}

impl Reader {
    /// What the parts of the archive take. Without an index nothing is read on an open archive, with one its pages of places
    /// are, in a round or two.
    ///
    /// # Errors
    /// As [`Reader::info`].
    pub fn sizes(&mut self) -> Result<Step<Sizes>, Error> {
        self.answer(|reader| {
            let Some(index) = reader.index()? else {
                reader.opened()?;
                let footer = reader.footer()?;
                return Ok(sizes_of(&footer, reader.shared.file_len));
            };
            let index_len = index.range.end - index.range.start;
            Ok(Sizes {
                parts: reader.index_parts(&index)?,
                // One beside the archive takes nothing in it.
                index_len_bytes: if index.range.start < INDEX_AT {
                    index_len
                } else {
                    0
                },
                footer_len_bytes: index.footer_len_bytes(),
                tables_len_bytes: index.body_len_bytes(),
            })
        })
    }
}

fn sizes_of(footer: &Footer, file_len: u64) -> Sizes {
    // Parts may claim the same bytes.
    let add = |sum: &mut u64, bytes: u64| *sum = sum.saturating_add(bytes);
    let mut sizes = Sizes {
        parts: Vec::new(),
        index_len_bytes: 0,
        footer_len_bytes: file_len - footer.start,
        tables_len_bytes: 0,
    };
    for (id, number, Part { len_bytes, .. }) in footer.all_parts() {
        match id {
            StreamId::Segments(SegmentStream { group_id, kind }) => sizes.parts.push(PartSize {
                group_id,
                pack: match kind {
                    Kind::Reference => None,
                    Kind::Packs => Some(u32::try_from(number).unwrap_or(u32::MAX)),
                },
                len_bytes,
            }),
            StreamId::Named(Named::Index) => add(&mut sizes.index_len_bytes, len_bytes),
            StreamId::Named(Named::Contigs | Named::Details) => {
                add(&mut sizes.tables_len_bytes, len_bytes)
            }
            StreamId::Named(_) => {}
        }
    }
    sizes
}

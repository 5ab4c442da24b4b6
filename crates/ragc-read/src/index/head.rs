//! The start of an index: what it is an index of, and where its sections are. See docs/INDEX.md, "The head", "The root".

use std::hash::Hasher;

use twox_hash::XxHash64;

use super::numbers::{fitting, varint};
use crate::error::Error;
use crate::format::cursor::Cursor;
use crate::format::file_type_info::FileTypeInfo;
use crate::format::params::Params;
use crate::format::stream_name::Naming;

pub(crate) const MAGIC: &[u8; 8] = b"ragindex";
/// The version of the layout that this reader knows.
const VERSION: u32 = 1;
pub(super) const HEAD_LEN_BYTES: u64 = 72;
/// The end of an archive that tells whether a sidecar is of it.
pub(super) const SEAL_LEN_BYTES: u64 = 4096;

/// The first bytes of an index, as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(super) root_len: u32,
    pub(super) index_len: u64,
    pub(super) archive_len: u64,
    pub(super) footer_len: u64,
    pub(super) footer_hash: u64,
    pub(super) seal: u64,
    pub(super) parts_base: u64,
    hash: u64,
}

impl Head {
    /// Reads the head; its magic was looked at.
    ///
    /// # Errors
    /// `Unsupported` for another version of the layout.
    pub(super) fn parse(bytes: &[u8]) -> Result<Head, Error> {
        let mut cursor = Cursor::new(bytes);
        cursor.take(MAGIC.len())?;
        let version = cursor.u32_le()?;
        if version != VERSION {
            return Err(Error::Unsupported {
                what: format!("an index of version {version}, this reader knows version {VERSION}"),
            });
        }
        let root_len = cursor.u32_le()?;
        let mut number = || cursor.array().map(u64::from_le_bytes);
        Ok(Head {
            root_len,
            index_len: number()?,
            archive_len: number()?,
            footer_len: number()?,
            footer_hash: number()?,
            seal: number()?,
            parts_base: number()?,
            hash: number()?,
        })
    }

    /// That head and root are those that were written; given the bytes of both.
    pub(super) fn check(&self, head: &[u8], root: &[u8]) -> Result<(), Error> {
        let mut hasher = XxHash64::with_seed(0);
        hasher.write(head.get(..64).unwrap_or_default());
        hasher.write(root);
        // The fuzzer cannot guess a hash.
        if hasher.finish() == self.hash || cfg!(fuzzing) {
            return Ok(());
        }
        Err(Error::malformed(
            "the head of the index differs from what was written",
        ))
    }
}

/// A section: where pages of one kind are found by their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Top {
    /// Nodes between its top and its pages.
    pub(super) levels: u64,
    pub(super) len_bytes: u64,
}

/// What is to be known of an archive before anything else.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) naming: Naming,
    pub(crate) info: FileTypeInfo,
    pub(crate) params: Params,
    pub(crate) stream_count: usize,
    pub(crate) group_count: usize,
    pub(crate) sample_count: usize,
    pub(super) samples: Top,
    pub(super) names: Top,
    pub(super) places: Top,
    pub(super) front_len: u64,
}

/// Levels of a section at most: with four of them a writer's nodes lead to 10^12 pages.
const LEVELS_MAX: u64 = 4;

impl Root {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Root, Error> {
        let naming = match varint(cursor)? {
            0 => Naming::Short,
            1 => Naming::Long,
            other => return Err(cursor.broken(format!("a naming of streams of {other}"))),
        };
        let pairs = varint(cursor)?;
        let len = fitting(varint(cursor)?, "a length")?;
        let info = FileTypeInfo::parse(cursor.take(len)?, pairs)?;
        info.layout()?;
        let mut number = || {
            let number = varint(cursor)?;
            u32::try_from(number).map_err(|_| cursor.broken(format!("a parameter of {number}")))
        };
        let params = Params::new([number()?, number()?, number()?, number()?])?;
        let mut count = || fitting(varint(cursor)?, "a number");
        let (stream_count, group_count, sample_count) = (count()?, count()?, count()?);
        // The contigs of all samples: of no use here.
        varint(cursor)?;
        let mut top = || {
            let levels = varint(cursor)?;
            if levels > LEVELS_MAX {
                return Err(cursor.broken(format!("a section of {levels} levels")));
            }
            Ok(Top {
                levels,
                len_bytes: varint(cursor)?,
            })
        };
        let (samples, names, places) = (top()?, top()?, top()?);
        let root = Root {
            naming,
            info,
            params,
            stream_count,
            group_count,
            sample_count,
            samples,
            names,
            places,
            front_len: varint(cursor)?,
        };
        cursor.finish()?;
        Ok(root)
    }
}

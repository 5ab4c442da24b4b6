//! The version of the format, and who wrote the file. See docs/FORMAT.md, "file_type_info".

use bstr::{BStr, BString, ByteSlice};

use super::cursor::Cursor;
use crate::error::Error;

/// Keys and values, in stored order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileTypeInfo {
    pub(crate) pairs: Vec<(BString, BString)>,
    /// Major and minor.
    pub(crate) version: (u32, u32),
}

impl FileTypeInfo {
    /// Reads `pair_count` pairs (the part's metadata).
    pub(crate) fn parse(payload: &[u8], pair_count: u64) -> Result<FileTypeInfo, Error> {
        let mut cursor = Cursor::new(payload);
        // Every pair takes two bytes at least.
        if pair_count > payload.len() as u64 / 2 {
            return Err(cursor.broken(format!("{pair_count} pairs do not fit")));
        }
        let mut pairs = Vec::new();
        for _ in 0..pair_count {
            pairs.push((cursor.until_zero()?.into(), cursor.until_zero()?.into()));
        }
        cursor.finish()?;
        let version = (
            number(&pairs, "file_version_major")?,
            number(&pairs, "file_version_minor")?,
        );
        Ok(FileTypeInfo { pairs, version })
    }

    /// The layout of the archive.
    ///
    /// # Errors
    /// `Unsupported` if this reader does not know it.
    pub(crate) fn layout(&self) -> Result<Layout, Error> {
        let (major, minor) = self.version;
        let why = match major {
            1 => return Ok(Layout::Version1),
            2 => return Ok(Layout::Version2),
            3 => return Ok(Layout::Version3),
            0 => "older than any",
            _ => "newer than this reader",
        };
        Err(Error::Unsupported {
            what: format!("an AGC archive of file version {major}.{minor}, {why}"),
        })
    }
}

/// The layouts of an archive, by the major version of its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Version1,
    Version2,
    Version3,
}

fn number(pairs: &[(BString, BString)], key: &str) -> Result<u32, Error> {
    let value: &BStr = pairs
        .iter()
        .find_map(|(k, v)| (k == key).then_some(v.as_ref()))
        .ok_or_else(|| Error::malformed(format!("no {key}")))?;
    let parsed = value.to_str().ok().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| Error::malformed(format!("{key} is {value:?}, a number expected")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(text: &[u8], pairs: u64) -> Result<FileTypeInfo, Error> {
        FileTypeInfo::parse(text, pairs)
    }

    #[test]
    fn version_is_found_among_the_pairs() {
        let ours = info(
            b"producer\0x\0file_version_minor\x000\0file_version_major\x003\0",
            3,
        )
        .unwrap();
        assert_eq!(ours.version, (3, 0));
        assert_eq!(ours.pairs[0], ("producer".into(), "x".into()));
        assert_eq!(ours.layout().unwrap(), Layout::Version3);
    }

    #[test]
    fn versions_not_read_are_named() {
        let of = |major| {
            let text = format!("file_version_minor\x001\0file_version_major\0{major}\0");
            info(text.as_bytes(), 2).unwrap().layout()
        };
        assert_eq!(of(1).unwrap(), Layout::Version1);
        assert_eq!(of(2).unwrap(), Layout::Version2);
        let error = |major| of(major).unwrap_err().to_string();
        assert!(error(0).contains("version 0.1, older"));
        assert!(error(4).contains("version 4.1, newer"));
    }

    #[test]
    fn broken_pairs_are_errors() {
        assert!(info(b"file_version_major\x003\0", 1).is_err());
        assert!(info(b"file_version_minor\x000\0file_version_major\0x\0", 2).is_err());
        assert!(info(b"file_version_minor\x000\0file_version_major\x003\0", 1).is_err());
        assert!(info(b"a\0b", 1).is_err());
        assert!(info(b"", u64::MAX).is_err());
    }
}

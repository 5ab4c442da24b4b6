//! The bytes of an archive that a region needs: every reference and pack it crosses.

use std::fs::File;
use std::io::{self, Error};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use ragc_read::{Limits, Reader, Region, Step};

/// An archive whose references and packs are asked for and never given.
pub struct Needed {
    reader: Reader,
    file: File,
}

impl Needed {
    /// Of the archive in a file.
    ///
    /// # Errors
    /// Those of reading; a file that cannot be an archive.
    pub fn open(archive: &Path) -> io::Result<Self> {
        let file = File::open(archive)?;
        let reader = Reader::new(file.metadata()?.len(), Limits::default());
        Ok(Self {
            reader: reader.map_err(Error::other)?,
            file,
        })
    }

    /// Bytes needed when the tables of the region's sample are known and nothing else is.
    ///
    /// # Errors
    /// Those of reading; an archive that is broken or has no such region; a region of no bases.
    pub fn bytes(&mut self, region: &Region) -> io::Result<u64> {
        let sample = region.sample.as_ref();
        while let Step::Need(ranges) = self.reader.contigs(sample).map_err(Error::other)? {
            for range in ranges {
                let mut bytes = vec![0; (range.end - range.start) as usize];
                self.file.read_exact_at(&mut bytes, range.start)?;
                let supplied = self.reader.supply(range.start, &bytes);
                supplied.map_err(Error::other)?;
            }
        }
        let len = |range: &Range<u64>| range.end - range.start;
        match self.reader.bases(region).map_err(Error::other)? {
            Step::Need(ranges) => Ok(ranges.iter().map(len).sum()),
            Step::Done(_) => Err(Error::other("bases without any bytes")),
        }
    }
}

//! What is gathered until its place is known: in memory while it is little, then in a temporary file.

use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{SpooledTempFile, spooled_tempfile_in};

use super::IndexError;

/// Bytes that stay in memory.
const MEMORY_BYTES_MAX: usize = 4 << 20;

/// Bytes that are written from front to back, then read.
pub struct Scratch {
    file: BufWriter<SpooledTempFile>,
    len_bytes: u64,
    directory: PathBuf,
}

impl Scratch {
    /// The file, if there will be one, has no name and goes with the program.
    pub fn new(directory: &Path) -> Self {
        Self {
            file: BufWriter::new(spooled_tempfile_in(MEMORY_BYTES_MAX, directory)),
            len_bytes: 0,
            directory: directory.into(),
        }
    }

    pub fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    pub fn append(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        self.len_bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(self.failure())
    }

    /// Reads some of it; after the first call nothing may be appended.
    pub fn read_at(&mut self, offset: u64, bytes: &mut [u8]) -> Result<(), IndexError> {
        let mut read = |file: &mut BufWriter<SpooledTempFile>| {
            file.seek(SeekFrom::Start(offset))?;
            file.get_mut().read_exact(bytes)
        };
        read(&mut self.file).map_err(self.failure())
    }

    /// All of it, to `out`.
    pub fn copy_to(self, out: &mut dyn Write) -> Result<(), IndexError> {
        self.drain(|bytes| out.write_all(bytes).map_err(IndexError::Write))
    }

    /// Appends all of another.
    pub fn append_all(&mut self, other: Self) -> Result<(), IndexError> {
        other.drain(|bytes| self.append(bytes))
    }

    fn drain(
        mut self,
        mut take: impl FnMut(&[u8]) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let mut bytes = vec![0; 1 << 16];
        let mut at = 0;
        while at < self.len_bytes {
            let len = (self.len_bytes - at).min(bytes.len() as u64);
            let bytes = &mut bytes[..len as usize];
            self.read_at(at, bytes)?;
            take(bytes)?;
            at += len;
        }
        Ok(())
    }

    fn failure(&self) -> impl FnOnce(io::Error) -> IndexError + use<> {
        let directory = self.directory.clone();
        move |source| IndexError::Scratch { directory, source }
    }
}

//! Bounds-checked reading from a byte slice; every error says at which byte of it.

use crate::error::Error;

#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    len: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Cursor {
            rest: bytes,
            len: bytes.len(),
        }
    }

    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Bytes read so far.
    pub(crate) fn position(&self) -> usize {
        self.len - self.rest.len()
    }

    #[inline]
    pub(crate) fn byte(&mut self) -> Result<u8, Error> {
        match self.rest.split_first() {
            Some((&byte, rest)) => {
                self.rest = rest;
                Ok(byte)
            }
            None => Err(self.short(1)),
        }
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or_else(|| self.short(count))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Error> {
        let (taken, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| self.short(COUNT))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(crate) fn u32_le(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_le_bytes)
    }

    /// The bytes before the next 0, which is passed over.
    pub(crate) fn until_zero(&mut self) -> Result<&'a [u8], Error> {
        let end = memchr::memchr(0, self.rest)
            .ok_or_else(|| self.broken("a name without its end".to_string()))?;
        let name = self.take(end)?;
        self.byte()?;
        Ok(name)
    }

    /// That nothing is left over.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(self.broken(format!("{left} bytes left over"))),
        }
    }

    pub(crate) fn broken(&self, why: String) -> Error {
        Error::malformed(format!(
            "{why}, after {} of {} bytes",
            self.position(),
            self.len
        ))
    }

    fn short(&self, want: usize) -> Error {
        self.broken(format!("{want} bytes expected, {} found", self.rest.len()))
    }
}

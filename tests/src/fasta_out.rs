//! FASTA text: headers and lines of a given width, streamed.

use std::io::{self, Write};

use crate::simulate::Written;

/// Writes records; lines are `width` letters long, or as long as the sequence if `width` is 0.
pub(crate) struct FastaOut<W: Write> {
    out: W,
    width: usize,
    column: usize,
    written: Written,
}

impl<W: Write> FastaOut<W> {
    pub(crate) fn new(out: W, width: usize) -> Self {
        Self {
            out,
            width,
            column: 0,
            written: Written::default(),
        }
    }

    pub(crate) fn header(&mut self, name: &str) -> io::Result<()> {
        self.end_line()?;
        self.written.contigs += 1;
        writeln!(self.out, ">{name}")
    }

    pub(crate) fn letters(&mut self, mut letters: &[u8]) -> io::Result<()> {
        self.written.bases += letters.len() as u64;
        while !letters.is_empty() {
            let room = if self.width == 0 {
                letters.len()
            } else {
                self.width - self.column
            };
            let (now, later) = letters.split_at(room.min(letters.len()));
            self.out.write_all(now)?;
            self.column += now.len();
            letters = later;
            if self.column == self.width {
                self.end_line()?;
            }
        }
        Ok(())
    }

    pub(crate) fn repeat(&mut self, letter: u8, len: usize) -> io::Result<()> {
        let run = [letter; 1024];
        (0..len)
            .step_by(run.len())
            .try_for_each(|done| self.letters(&run[..run.len().min(len - done)]))
    }

    pub(crate) fn finish(mut self) -> io::Result<Written> {
        self.end_line()?;
        self.out.flush()?;
        Ok(self.written)
    }

    fn end_line(&mut self) -> io::Result<()> {
        if self.column > 0 {
            self.column = 0;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }
}

//! The index of a FASTA text (`.fai`), made of names and lengths: the text need not be there.

use std::collections::HashSet;

use bstr::{BString, ByteSlice};

/// Rows for sequences in the order they are written: name, bases, offset of the first one, bases a line, bytes a line.
#[derive(Debug)]
pub(super) struct FastaIndex {
    /// Letters a line; 0 for one line a sequence.
    line_len: u64,
    text: Vec<u8>,
    /// Where the text goes on.
    offset: u64,
    names: HashSet<BString>,
    /// How many names there were twice or more.
    repeats: u64,
}

impl FastaIndex {
    pub(super) fn new(line_len: usize) -> Self {
        Self {
            line_len: line_len as u64,
            text: Vec::new(),
            offset: 0,
            names: HashSet::new(),
            repeats: 0,
        }
    }

    /// The next sequence: its header line without `>`, and its length. Empty ones and those whose name was there already
    /// get no row, as samtools has it.
    pub(super) fn add(&mut self, header: &[u8], len_bases: u64) {
        let blank = header.find_byteset(" \t\r\n").unwrap_or(header.len());
        let name = &header[..blank];
        let in_line = match self.line_len {
            0 => len_bases,
            line_len => len_bases.min(line_len),
        };
        self.offset += header.len() as u64 + 2;
        if len_bases == 0 {
            return;
        }
        if self.names.insert(name.into()) {
            self.text.extend_from_slice(name);
            let row = format!(
                "\t{len_bases}\t{}\t{in_line}\t{}\n",
                self.offset,
                in_line + 1
            );
            self.text.extend_from_slice(row.as_bytes());
        } else {
            self.repeats += 1;
        }
        self.offset += len_bases + len_bases.div_ceil(in_line);
    }

    /// Length of the text that is indexed.
    pub(super) fn text_len(&self) -> u64 {
        self.offset
    }

    /// How many sequences have no row because their name was there already.
    pub(super) fn repeats(&self) -> u64 {
        self.repeats
    }

    /// Takes the rows out that were not taken yet.
    pub(super) fn take_rows(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_those_of_the_text() {
        let sequences: [(&str, usize); 6] = [
            ("chr1 of it", 130),
            ("empty", 0),
            ("a\tb", 60),
            ("chr1", 5),
            ("", 7),
            ("last", 61),
        ];
        for line_len in [60, 0] {
            let mut index = FastaIndex::new(line_len);
            let mut text = String::new();
            for (header, len) in sequences {
                index.add(header.as_bytes(), len as u64);
                text.push_str(&format!(">{header}\n"));
                let bases = "A".repeat(len);
                let width = if line_len == 0 { len.max(1) } else { line_len };
                for line in bases.as_bytes().chunks(width) {
                    text.push_str(std::str::from_utf8(line).expect("letters"));
                    text.push('\n');
                }
            }
            assert_eq!(index.text_len(), text.len() as u64);
            assert_eq!(index.repeats(), 1);
            let rows = String::from_utf8(index.take_rows()).expect("text");
            let expected = [("chr1", 130), ("a", 60), ("", 7), ("last", 61)];
            assert_eq!(rows.lines().count(), expected.len(), "{rows}");
            for (row, (name, len)) in rows.lines().zip(expected) {
                let columns: Vec<&str> = row.split('\t').collect();
                let number = |column: usize| columns[column].parse::<usize>().expect("a number");
                assert_eq!((columns[0], number(1)), (name, len));
                assert_eq!(&text[number(2) - 1..=number(2)], "\nA");
                assert_eq!(number(3), if line_len == 0 { len } else { len.min(60) });
                assert_eq!(number(4), number(3) + 1);
            }
        }
    }
}

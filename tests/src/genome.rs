//! What a FASTA file says, as an archive keeps it: names in full, letters in upper case, no line ends.
//!
//! A reader of its own, slow and plain, so that tests do not compare `ragc-write`'s reader with itself. It expects sound
//! FASTA: odd files are the business of the tests that know what they mean.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;

use bstr::BString;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

/// The letter kept for each byte of sequence; 0 where the byte is left out.
const KEPT: [u8; 256] = kept();

const fn kept() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let upper = (byte as u8).to_ascii_uppercase();
        table[byte] = match upper {
            b'A' | b'C' | b'G' | b'T' | b'N' | b'R' | b'Y' | b'S' | b'W' | b'K' | b'M' | b'B'
            | b'D' | b'H' | b'V' | b'U' => upper,
            b'A'..=b'Z' => b'N',
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// A record: the whole header without `>`, and its letters.
pub type Record = (BString, Vec<u8>);

/// What tells a record from others, without its letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDigest {
    /// The whole header without `>`.
    pub name: BString,
    /// Number of letters.
    pub bases: u64,
    /// SHA-256 of the letters.
    pub sha256: [u8; 32],
}

/// Every record of a FASTA file, plain or gzip.
///
/// # Errors
/// Those of reading; gzip that breaks.
pub fn records(path: &Path) -> io::Result<Vec<Record>> {
    parse(open(path)?)
}

/// Every record of FASTA text.
///
/// # Errors
/// Those of reading.
pub fn parse(input: impl BufRead) -> io::Result<Vec<Record>> {
    let mut records: Vec<Record> = Vec::new();
    walk(input, |event| match event {
        Event::Name(name) => records.push((name.into(), Vec::new())),
        Event::Bases(bases) => {
            if let Some((_, letters)) = records.last_mut() {
                letters.extend_from_slice(bases);
            }
        }
    })?;
    Ok(records)
}

/// Digests of the records of a FASTA file, plain or gzip, in constant memory apart from these.
///
/// # Errors
/// Those of reading; gzip that breaks.
pub fn digests(path: &Path) -> io::Result<Vec<RecordDigest>> {
    digests_of(open(path)?)
}

/// Digests of the records of FASTA text, in constant memory apart from these.
///
/// # Errors
/// Those of reading.
pub fn digests_of(input: impl BufRead) -> io::Result<Vec<RecordDigest>> {
    let mut digests: Vec<RecordDigest> = Vec::new();
    let mut hash = Sha256::new();
    walk(input, |event| match event {
        Event::Name(name) => {
            if let Some(last) = digests.last_mut() {
                last.sha256 = hash.finalize_reset().into();
            }
            digests.push(RecordDigest {
                name: name.into(),
                bases: 0,
                sha256: [0; 32],
            });
        }
        Event::Bases(letters) => {
            if let Some(last) = digests.last_mut() {
                last.bases += letters.len() as u64;
                hash.update(letters);
            }
        }
    })?;
    if let Some(last) = digests.last_mut() {
        last.sha256 = hash.finalize().into();
    }
    Ok(digests)
}

/// Letters `range` (0-based, half-open) of the record with number `index`, in constant memory apart from these.
///
/// # Errors
/// Those of reading; gzip that breaks.
pub fn slice(path: &Path, index: usize, range: Range<u64>) -> io::Result<Vec<u8>> {
    let (mut records, mut position, mut letters) = (0, 0u64, Vec::new());
    walk(open(path)?, |event| match event {
        Event::Name(_) => records += 1,
        Event::Bases(bases) if records == index + 1 => {
            let end = position + bases.len() as u64;
            let (from, to) = (
                range.start.clamp(position, end),
                range.end.clamp(position, end),
            );
            letters.extend_from_slice(&bases[(from - position) as usize..(to - position) as usize]);
            position = end;
        }
        Event::Bases(_) => {}
    })?;
    Ok(letters)
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut start = [0; 2];
    let len = File::open(path)?.read(&mut start)?;
    let file = BufReader::with_capacity(1 << 16, File::open(path)?);
    if len == 2 && start == [0x1f, 0x8b] {
        return Ok(Box::new(BufReader::with_capacity(
            1 << 16,
            MultiGzDecoder::new(file),
        )));
    }
    Ok(Box::new(file))
}

enum Event<'a> {
    Name(&'a [u8]),
    /// Some of the letters of the record named last.
    Bases(&'a [u8]),
}

fn walk(mut input: impl BufRead, mut sink: impl FnMut(Event<'_>)) -> io::Result<()> {
    let (mut line_start, mut name, mut in_name) = (true, Vec::new(), false);
    let mut letters = Vec::new();
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        let end = memchr::memchr(b'\n', chunk);
        let line = &chunk[..end.unwrap_or(chunk.len())];
        in_name |= line_start && line.starts_with(b">");
        if in_name {
            name.extend_from_slice(line);
        } else {
            letters.clear();
            letters.extend(line.iter().map(|byte| KEPT[usize::from(*byte)]));
            if letters.contains(&0) {
                letters.retain(|letter| *letter != 0);
            }
            sink(Event::Bases(&letters));
        }
        line_start = end.is_some();
        let used = line.len() + usize::from(line_start);
        input.consume(used);
        if line_start && in_name {
            report_name(&mut name, &mut sink);
            in_name = false;
        }
    }
    if in_name {
        report_name(&mut name, &mut sink);
    }
    Ok(())
}

fn report_name(name: &mut Vec<u8>, sink: &mut impl FnMut(Event<'_>)) {
    sink(Event::Name(
        name[1..].strip_suffix(b"\r").unwrap_or(&name[1..]),
    ));
    name.clear();
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::{digests_of, parse};

    #[test]
    fn layout_case_and_strange_bytes_do_not_count() {
        let plain = ">a b\nACGTRN\n>\n>c\nT";
        let odd = ">a b\r\nac\r\n\r\ngt-r 1x\r\n>\n>c\nt\n\n";
        let records = parse(odd.as_bytes()).expect("text");
        assert_eq!(
            records,
            [
                ("a b".into(), b"ACGTRN".to_vec()),
                ("".into(), vec![]),
                ("c".into(), b"T".to_vec())
            ]
        );
        let digests = digests_of(plain.as_bytes()).expect("text");
        let sizes: Vec<u64> = digests.iter().map(|digest| digest.bases).collect();
        assert_eq!(sizes, [6, 0, 1]);
        assert_ne!(digests[0].sha256, digests[2].sha256);
        for capacity in [1, 2, 3, 100] {
            assert_eq!(
                digests_of(BufReader::with_capacity(capacity, odd.as_bytes())).expect("text"),
                digests
            );
        }
    }
}

//! Finds samples and contigs by name. See docs/INDEX.md, "Names".
//!
//! There may be more names than memory holds, so they are sorted in runs, which are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::path::Path;

use ragc_read::BStr;
use twox_hash::XxHash64;

use super::IndexError;
use super::columns::{Columns, PageMaker};
use super::scratch::Scratch;
use super::section::Section;

const ENTRIES_MAX: usize = 1024;
/// Entries sorted at once, of 16 bytes.
const RUN_ENTRIES: usize = 1 << 20;
/// Bytes in memory of all runs that are merged, and of each at least.
const MERGE_BYTES: usize = 16 << 20;
const MERGE_BYTES_A_RUN: usize = 1 << 12;

/// What a name is: seeds of its hash.
const SAMPLE: u64 = 0;
const CONTIG: u64 = 1;
const FIRST_WORD: u64 = 2;

/// A name, and who has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: u64,
    sample: u32,
    contig: u32,
}

impl Entry {
    const BYTES: usize = 16;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let who = u64::from(self.sample) << 32 | u64::from(self.contig);
        (u128::from(self.key) << 64 | u128::from(who)).to_le_bytes()
    }

    fn of_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let all = u128::from_le_bytes(bytes);
        Self {
            key: (all >> 64) as u64,
            sample: (all >> 32) as u32,
            contig: all as u32,
        }
    }
}

fn key(name: &[u8], seed: u64) -> u64 {
    XxHash64::oneshot(seed, name) >> 16
}

/// Names in any order.
pub struct NameList {
    open: Vec<Entry>,
    /// Sorted runs of `run_entries` one after the other.
    runs: Scratch,
    run_entries: usize,
}

impl NameList {
    pub fn new(scratch: &Path) -> Self {
        Self {
            open: Vec::new(),
            runs: Scratch::new(scratch),
            run_entries: RUN_ENTRIES,
        }
    }

    pub fn add_sample(&mut self, name: &BStr, sample: u32) -> Result<(), IndexError> {
        self.add(key(name, SAMPLE), sample, 0)
    }

    pub fn add_contig(&mut self, name: &BStr, sample: u32, contig: u32) -> Result<(), IndexError> {
        self.add(key(name, CONTIG), sample, contig)?;
        let word = name
            .split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
            .next()
            .unwrap_or_default();
        if word.len() < name.len() {
            self.add(key(word, FIRST_WORD), sample, contig)?;
        }
        Ok(())
    }

    fn add(&mut self, key: u64, sample: u32, contig: u32) -> Result<(), IndexError> {
        if self.open.len() == self.run_entries {
            self.end_run()?;
        }
        self.open.push(Entry {
            key,
            sample,
            contig,
        });
        Ok(())
    }

    fn end_run(&mut self) -> Result<(), IndexError> {
        self.open.sort_unstable();
        for entry in self.open.drain(..) {
            self.runs.append(&entry.to_bytes())?;
        }
        Ok(())
    }

    /// The section of all names.
    pub fn finish(
        mut self,
        body: &mut Scratch,
        maker: &mut PageMaker,
    ) -> Result<Section, IndexError> {
        let mut pages = NamePages::default();
        if self.runs.len_bytes() == 0 {
            self.open.sort_unstable();
            for entry in self.open {
                pages.add(entry, body, maker)?;
            }
        } else {
            self.end_run()?;
            let run_bytes = (self.run_entries * Entry::BYTES) as u64;
            merge(self.runs, run_bytes, |entry| pages.add(entry, body, maker))?;
        }
        pages.end_page(body, maker)?;
        Ok(pages.section)
    }
}

/// Some of a sorted run in memory.
struct Run {
    bytes: Vec<u8>,
    /// In `bytes`.
    at: usize,
    /// What is not in memory yet, in the scratch.
    rest: std::ops::Range<u64>,
}

impl Run {
    fn next(&mut self, runs: &mut Scratch, bytes_max: usize) -> Result<Option<Entry>, IndexError> {
        if self.at == self.bytes.len() {
            let len = (self.rest.end - self.rest.start).min(bytes_max as u64);
            self.bytes.resize(len as usize, 0);
            runs.read_at(self.rest.start, &mut self.bytes)?;
            self.rest.start += len;
            self.at = 0;
        }
        let (entries, _) = self.bytes[self.at..].as_chunks();
        self.at += Entry::BYTES;
        Ok(entries.first().copied().map(Entry::of_bytes))
    }
}

/// Gives the entries of all runs, each of `run_bytes` but for the last, to `take`, sorted.
fn merge(
    mut sorted: Scratch,
    run_bytes: u64,
    mut take: impl FnMut(Entry) -> Result<(), IndexError>,
) -> Result<(), IndexError> {
    let len = sorted.len_bytes();
    let run_count = len.div_ceil(run_bytes) as usize;
    let bytes_max = (MERGE_BYTES / run_count).max(MERGE_BYTES_A_RUN) / Entry::BYTES * Entry::BYTES;
    let mut runs = Vec::with_capacity(run_count);
    let mut heap = BinaryHeap::with_capacity(run_count);
    for start in (0..len).step_by(run_bytes as usize) {
        let mut run = Run {
            bytes: Vec::new(),
            at: 0,
            rest: start..len.min(start + run_bytes),
        };
        if let Some(first) = run.next(&mut sorted, bytes_max)? {
            heap.push(Reverse((first, runs.len())));
        }
        runs.push(run);
    }
    while let Some(mut least) = heap.peek_mut() {
        let (entry, run) = least.0;
        take(entry)?;
        match runs[run].next(&mut sorted, bytes_max)? {
            Some(next) => least.0.0 = next,
            None => drop(PeekMut::pop(least)),
        }
    }
    Ok(())
}

/// Pages of sorted entries.
#[derive(Default)]
struct NamePages {
    section: Section,
    open: Vec<Entry>,
}

impl NamePages {
    fn add(
        &mut self,
        entry: Entry,
        body: &mut Scratch,
        maker: &mut PageMaker,
    ) -> Result<(), IndexError> {
        if self.open.len() == ENTRIES_MAX {
            self.end_page(body, maker)?;
        }
        self.open.push(entry);
        Ok(())
    }

    fn end_page(&mut self, body: &mut Scratch, maker: &mut PageMaker) -> Result<(), IndexError> {
        if let Some(first) = self.open.first() {
            let page = maker.page(&columns(&self.open))?;
            self.section.add(first.key, page, body)?;
            self.open.clear();
        }
        Ok(())
    }
}

fn columns(entries: &[Entry]) -> Columns {
    let mut columns = Columns::default();
    columns.varint(entries.len() as u64);
    columns.differences(entries.iter().map(|entry| entry.key));
    let mut before: Option<Entry> = None;
    columns.varints(entries.iter().map(|&entry| {
        let same = before
            .replace(entry)
            .filter(|before| before.key == entry.key);
        u64::from(entry.sample - same.map_or(0, |before| before.sample))
    }));
    columns.varints(entries.iter().map(|entry| u64::from(entry.contig)));
    columns
}

#[cfg(test)]
mod tests {
    use std::env::temp_dir;

    use super::*;

    /// The section of some names, sorted in runs.
    fn section(run_entries: usize) -> (Vec<u8>, Vec<u8>) {
        let mut names = NameList {
            run_entries,
            ..NameList::new(&temp_dir())
        };
        for sample in 0..100u32 {
            names
                .add_sample(format!("s{sample}").as_str().into(), sample)
                .unwrap();
            for contig in 0..40u32 {
                let name = format!("chr{contig} of some length");
                names
                    .add_contig(name.as_str().into(), sample, contig)
                    .unwrap();
            }
        }
        let mut body = Scratch::new(&temp_dir());
        let mut maker = PageMaker::new().unwrap();
        let section = names.finish(&mut body, &mut maker).unwrap();
        let top = section.finish(&mut body, &mut maker).unwrap();
        assert_eq!(top.levels, 1);
        let mut bytes = Vec::new();
        body.copy_to(&mut bytes).unwrap();
        (top.page, bytes)
    }

    #[test]
    fn names_in_runs_are_sorted_as_names_at_once() {
        let at_once = section(RUN_ENTRIES);
        // Runs that end with the names, one name before, and in their midst.
        for run_entries in [8100, 8099, 4050, 1000, 7] {
            assert!(section(run_entries) == at_once, "{run_entries}");
        }
    }

    #[test]
    fn names_in_merged_runs_are_read_in_pieces() {
        let mut runs = Scratch::new(&temp_dir());
        for number in 0..1000u64 {
            let entry = Entry {
                key: number % 250,
                sample: 1 << 31,
                contig: u32::MAX,
            };
            runs.append(&entry.to_bytes()).unwrap();
        }
        let mut run = Run {
            bytes: Vec::new(),
            at: 0,
            rest: 0..4000,
        };
        let mut keys = Vec::new();
        while let Some(entry) = run.next(&mut runs, 48).unwrap() {
            assert_eq!((entry.sample, entry.contig), (1 << 31, u32::MAX));
            keys.push(entry.key);
        }
        assert!(keys.into_iter().eq(0..250));
        let mut merged = Vec::new();
        merge(runs, 4000, |entry| {
            merged.push(entry.key);
            Ok(())
        })
        .unwrap();
        assert!(merged.len() == 1000 && merged.is_sorted());
    }
}

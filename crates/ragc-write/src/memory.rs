//! How the memory that a run may take is shared out: the one place that knows all who hold some.
//!
//! | who | share | when it is used up |
//! |---|---|---|
//! | program, workers, windows in flight | [`PROGRAM_BYTES`] and 5/32 | fewer windows; fewer threads, or an error at the start |
//! | index: references, anchors, groups, parts, names, entries that are kept | 1/2 | sparser anchors; then new references are stored, but not aligned to |
//! | open packs, and a quarter for growing | 5/32 | squeezed, then closed |
//! | digests of entries | 1/16 | forgotten |
//! | tables of the open batch, digests of its contigs | 1/16 | squeezed; fewer samples in a batch; digests forgotten |
//! | texts being compressed | 1/16 | who sends them waits |
//!
//! What the archive depends on follows from the size of the memory and from the input alone, never from threads or
//! timing; and nothing follows from it as long as no share is used up: archives do not differ between machines that have
//! enough.

use std::fmt;

use crate::anchors::{Sampling, table_bytes};
use crate::lane::LaneShares;
use crate::splitters::candidates_bytes;

/// What the program takes before it has read anything, and a worker or two: code, stacks, buffers, contexts of zstd.
const PROGRAM_BYTES: u64 = 32 << 20;
/// What it takes of that without workers.
const FIXED_BYTES: u64 = 16 << 20;
/// A worker: a window, its alignment, contexts of zstd for short texts, letters to be hashed.
const WORKER_BYTES: u64 = 4 << 20;
/// A window in flight, before it is aligned or after.
const WINDOW_BYTES: u64 = 2 << 20;
/// A file being read: buffers, the state of a decompressor, windows ahead.
const READER_BYTES: u64 = 6 << 20;
/// No run has less: shares smaller than this make bad archives.
const LEAST_BYTES: u64 = 48 << 20;
/// Texts being compressed need not be more than this for each worker to keep all of them busy.
const TEXTS_OF_A_WORKER_BYTES: u64 = 1 << 26;
/// So much text tells how the text of packs grows.
const UNDECIDED_BYTES_MAX: u64 = 1 << 26;
/// Readers count the text of a pack in 32 bits.
const PACK_LEN_BYTES_MAX: u64 = 1 << 30;

/// A base of the references.
const BASES_A_BYTE: u64 = 4;
/// What is held of a group besides its reference: its span, the state of its open pack, splitters.
const GROUP_BYTES: u64 = 192;
/// Where a part lies. Arranging the archive takes 2.5 times this, when nothing else is held any more: as parts have no more
/// than 3/8 of all, it fits.
const PART_BYTES: u64 = 56;
/// A run of symbols outside ACGT in the references, in a vector that grows.
const EXCEPTION_BYTES: u64 = 24;
/// What is held of a sample's name besides its letters, in tables that grow.
const NAME_BYTES: u64 = 24;
/// An entry that is kept: group and number while they are gathered, in a vector that grows, and its new number.
const ENTRY_BYTES: u64 = 20;
/// A window of the reference sample that waits, besides its sequence.
const KEPT_WINDOW_BYTES: u64 = 256;

/// Memory for everything, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory(pub u64);

/// The memory that was given does not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLittle {
    /// Bytes that were given.
    pub given: u64,
    /// Bytes that would do.
    pub needed: u64,
    /// For what.
    pub what: String,
}

/// How much may be under way at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flight {
    /// Windows handed to workers whose results were not taken yet.
    pub windows: usize,
    /// Files being read.
    pub readers: usize,
}

/// What an index holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Bases of references.
    pub bases: u64,
    /// Runs of other symbols in them.
    pub exceptions: u64,
    /// Groups of the archive, whether their references are among those or not.
    pub groups: u64,
    /// Parts of the archive.
    pub parts: u64,
    /// Samples of the archive.
    pub names: u64,
    /// Letters of their names.
    pub name_letters: u64,
    /// Entries that some samples need, when an archive of these is made.
    pub entries: u64,
    /// The list of files to read, in bytes.
    pub list_bytes: u64,
}

/// The reference sample, which waits until all of it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReferenceSample {
    /// Symbols.
    pub bases: u64,
    /// Runs of those outside ACGT.
    pub exceptions: u64,
    /// Windows of its contigs.
    pub windows: u64,
    /// What their sequences and names take.
    pub bytes: u64,
}

impl Held {
    /// Without the table of anchors.
    fn bytes(&self) -> u64 {
        self.bases / BASES_A_BYTE
            + self.exceptions * EXCEPTION_BYTES
            + self.groups * GROUP_BYTES
            + self.parts * PART_BYTES
            + self.name_bytes()
            + self.entries * ENTRY_BYTES
            + self.list_bytes
    }

    fn name_bytes(&self) -> u64 {
        self.names * NAME_BYTES + self.name_letters
    }
}

impl Memory {
    /// The least memory with which `threads` can work.
    pub fn least_for(threads: usize) -> Self {
        let workers = FIXED_BYTES + threads as u64 * WORKER_BYTES;
        // The inverse of `for_threads`, upwards to whole MiB.
        let least = PROGRAM_BYTES + workers.saturating_sub(PROGRAM_BYTES) * 32 / 5;
        Self(least.next_multiple_of(1 << 20).max(LEAST_BYTES))
    }

    /// How many threads can work with it, at least one.
    pub fn threads_max(self) -> usize {
        let workers = self.for_threads().saturating_sub(FIXED_BYTES) / WORKER_BYTES;
        workers.max(1) as usize
    }

    /// Whether it does for `threads` and what is `held` before anything is read.
    ///
    /// # Errors
    /// [`TooLittle`] if not.
    pub fn check(self, threads: usize, held: &Held) -> Result<(), TooLittle> {
        let least = Self::least_for(threads);
        if self.0 < least.0 {
            let threads = match threads {
                1 => "1 thread".to_owned(),
                n => format!("{n} threads"),
            };
            return Err(self.too_little(least, threads));
        }
        self.check_names(held)?;
        self.check_fixed(held)
    }

    /// Whether there is room for the names of the samples.
    ///
    /// # Errors
    /// [`TooLittle`] if not.
    pub fn check_names(self, held: &Held) -> Result<(), TooLittle> {
        let fits = |memory: Self| held.name_bytes() <= memory.index_bytes() / 4;
        self.check_fit(fits, || format!("the names of {} samples", held.names))
    }

    /// Whether there is room for what can neither be left out nor made smaller.
    ///
    /// # Errors
    /// [`TooLittle`] if not.
    pub fn check_fixed(self, held: &Held) -> Result<(), TooLittle> {
        let fixed = Held {
            bases: 0,
            exceptions: 0,
            ..*held
        };
        let fits = |memory: Self| fixed.bytes() <= memory.settled_bytes();
        self.check_fit(fits, || {
            let Held {
                names,
                groups,
                parts,
                entries,
                ..
            } = held;
            let entries = match entries {
                0 => String::new(),
                n => format!(" with {n} entries"),
            };
            format!("{names} samples, {groups} groups and {parts} parts{entries}")
        })
    }

    /// Whether `sample` fits, of which all that is indexed will be `held`, when it is cut into segments of
    /// `segment_size`.
    ///
    /// # Errors
    /// [`TooLittle`] if not.
    pub fn check_reference_sample(
        self,
        held: &Held,
        sample: &ReferenceSample,
        segment_size: usize,
    ) -> Result<(), TooLittle> {
        let candidates = candidates_bytes(sample.bases, sample.windows, segment_size);
        let fits = |memory: Self| {
            memory.has_room(held, &Held::default())
                && candidates <= memory.young_bytes()
                && memory.holds(sample)
        };
        self.check_fit(fits, || {
            format!("a reference sample of {} bases", held.bases)
        })
    }

    /// Whether the windows of the reference sample can wait until all of it is known.
    pub fn holds(self, sample: &ReferenceSample) -> bool {
        sample.windows * KEPT_WINDOW_BYTES + sample.bytes <= self.settled_bytes()
    }

    fn check_fit(
        self,
        fits: impl Fn(Self) -> bool,
        what: impl FnOnce() -> String,
    ) -> Result<(), TooLittle> {
        if fits(self) {
            return Ok(());
        }
        let mut needed = self;
        while !fits(needed) {
            needed = Self((needed.0 + needed.0 / 16).next_multiple_of(1 << 20));
        }
        Err(self.too_little(needed, what()))
    }

    fn too_little(self, needed: Self, what: String) -> TooLittle {
        TooLittle {
            given: self.0,
            needed: needed.0,
            what,
        }
    }

    /// How much may be under way with `threads`; the archive does not depend on it.
    pub fn flight(self, threads: usize) -> Flight {
        let needed = FIXED_BYTES + threads as u64 * WORKER_BYTES;
        let spare = self.for_threads().saturating_sub(needed);
        // A third of what is spare for files, the rest for windows.
        Flight {
            readers: 1 + (spare / 3 / READER_BYTES) as usize,
            windows: threads + 1 + ((spare - spare / 3) / WINDOW_BYTES) as usize,
        }
    }

    /// The shares of open packs and of what finds repeated entries.
    pub fn lane(self) -> LaneShares {
        LaneShares {
            plain_bytes: self.share(1, 16) as usize,
            open_bytes: self.share(1, 8) as usize,
            pack_len_bytes: self.share(1, 64).min(PACK_LEN_BYTES_MAX) as usize,
            digests_bytes: self.share(1, 16) as usize,
        }
    }

    /// Open packs before it is chosen how many entries they take.
    pub fn undecided_bytes(self) -> usize {
        self.share(1, 16).min(UNDECIDED_BYTES_MAX) as usize
    }

    /// Tables of the open batch.
    pub fn batch_bytes(self) -> usize {
        self.share(1, 16) as usize
    }

    /// Texts of parts that are being compressed by `threads` or wait to be written.
    pub fn texts_in_flight_bytes(self, threads: usize) -> usize {
        self.share(1, 16)
            .min(TEXTS_OF_A_WORKER_BYTES * threads as u64) as usize
    }

    /// The table of anchors of all references, when `held` is all there is beside it.
    pub fn table_bytes(self, held: &Held) -> u64 {
        self.settled_bytes().saturating_sub(held.bytes())
    }

    /// The table of anchors of the references born in an epoch.
    pub fn young_table_bytes(self, young: &Held) -> u64 {
        self.young_bytes().saturating_sub(young.bytes())
    }

    /// Whether references can be aligned to: all that will be `held`, and `young` of them born in this epoch.
    pub fn has_room(self, held: &Held, young: &Held) -> bool {
        let with_table = |held: &Held| held.bytes() + table_bytes(held.bases, Sampling::SPARSEST);
        with_table(held) <= self.settled_bytes() && with_table(young) <= self.young_bytes()
    }

    /// How many groups there may be: more new sequence is stored raw.
    pub fn groups_max(self) -> u64 {
        self.index_bytes() / 4 / GROUP_BYTES
    }

    /// References and what is found in them, all but those born in this epoch.
    fn settled_bytes(self) -> u64 {
        self.index_bytes() - self.young_bytes()
    }

    /// References born in this epoch and their anchors.
    fn young_bytes(self) -> u64 {
        self.index_bytes() / 4
    }

    fn index_bytes(self) -> u64 {
        self.share(1, 2)
    }

    /// Program, workers, and all that is under way.
    fn for_threads(self) -> u64 {
        PROGRAM_BYTES.min(self.0) + self.share(5, 32)
    }

    fn share(self, part: u64, of: u64) -> u64 {
        self.0.saturating_sub(PROGRAM_BYTES) / of * part
    }
}

impl std::error::Error for TooLittle {}

impl fmt::Display for TooLittle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            given,
            needed,
            what,
        } = self;
        write!(
            f,
            "{} of memory are too little for {what}: {} would do",
            size(*given),
            size(*needed)
        )
    }
}

/// A size in the units of `--memory`, exact where that is short.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u32, char); 4] = [(40, 'T'), (30, 'G'), (20, 'M'), (10, 'K')];
    let exact = UNITS
        .iter()
        .find(|(log2, _)| bytes != 0 && bytes.trailing_zeros() >= *log2);
    match exact {
        Some((log2, unit)) => format!("{}{unit}", bytes >> log2),
        None => bytes.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;
    const GB: u64 = 1000 * MB;

    #[test]
    fn shares_are_no_more_than_the_whole() {
        for memory in [48 << 20, 64 << 20, 1 << 30, 8 * GB, 1 << 40].map(Memory) {
            let lane = memory.lane();
            let shares = [
                memory.for_threads(),
                memory.index_bytes(),
                // Texts grow by a quarter of their length.
                lane.open_bytes as u64 / 4 * 5,
                lane.digests_bytes as u64,
                memory.batch_bytes() as u64,
                memory.texts_in_flight_bytes(1000) as u64,
            ];
            let sum: u64 = shares.iter().sum();
            assert!(sum <= memory.0, "{memory:?}: {shares:?}");
            assert!(lane.plain_bytes <= lane.open_bytes);
            assert!(memory.undecided_bytes() <= lane.plain_bytes);
        }
    }

    #[test]
    fn the_least_memory_does_for_its_threads_and_no_more() {
        for threads in 1..100 {
            let least = Memory::least_for(threads);
            assert_eq!(least.check(threads, &Held::default()), Ok(()));
            assert!(least.threads_max() >= threads);
            let flight = least.flight(threads);
            assert!(flight.readers >= 1 && flight.windows > threads);
            let less = Memory(least.0 - 1);
            let refusal = less.check(threads, &Held::default()).map_err(|e| e.needed);
            assert_eq!(refusal, Err(least.0));
        }
        assert_eq!(Memory(0).threads_max(), 1);
        let needed = Memory(10 << 20).check(2, &Held::default());
        let message = needed.err().map(|error| error.to_string());
        let expected = "10M of memory are too little for 2 threads: 48M would do";
        assert_eq!(message.as_deref(), Some(expected));
    }

    /// 100 genomes of 3.1 Gb: docs/PERFORMANCE.md, "A collection of human genomes", has the measurements.
    #[test]
    fn a_hundred_human_genomes_fit_into_8_gb() {
        let memory = Memory(8 * GB);
        let segment_size = 60_000;
        let genome = 3100 * MB;
        let sample = ReferenceSample {
            bases: genome,
            exceptions: 10_000,
            windows: genome / (1 << 22) + 500,
            bytes: genome / 4 + 500 * 100,
        };
        let first = Held {
            bases: genome,
            exceptions: sample.exceptions,
            groups: genome / segment_size,
            parts: 2 * genome / segment_size,
            names: 100,
            ..Held::default()
        };
        assert_eq!(
            memory.check_reference_sample(&first, &sample, segment_size as usize),
            Ok(())
        );
        // Each further genome brings 20 Mb that no other has, in groups of 2000 bases, and a part for each group.
        let new = 20 * MB;
        let all = Held {
            bases: genome + 99 * new,
            groups: first.groups + 99 * new / 2000,
            parts: first.parts + 3 * first.groups + 2 * 99 * new / 2000,
            ..first
        };
        let born = Held {
            bases: 2 * new,
            groups: 2 * new / 2000,
            ..Held::default()
        };
        assert!(memory.has_room(&all, &born), "all is aligned to");
        let usual = table_bytes(all.bases, Sampling::for_size(all.bases, 0));
        assert!(
            usual * 3 / 2 <= memory.table_bytes(&all),
            "anchors are as dense as ever"
        );
        assert!(all.groups < memory.groups_max());
        assert!(all.bases < 1 << crate::anchors::POSITION_BITS);
        // Digests of all entries, and the tables of fifty genomes.
        let entries = 100 * (first.groups + 10_000);
        assert!(entries * 16 * 5 / 4 <= memory.lane().digests_bytes as u64);
        assert!(50 * (first.groups + 10_000) * 8 <= memory.batch_bytes() as u64);
        // What only such a size needs is told.
        let refusal = Memory(GB).check_reference_sample(&first, &sample, segment_size as usize);
        let needed = refusal
            .map_err(|error| error.needed)
            .expect_err("too large");
        assert!((2 * GB..4 * GB).contains(&needed), "{needed}");
    }

    #[test]
    fn anchors_get_sparser_and_then_references_are_left_out() {
        let memory = Memory(64 << 20);
        let held = |bases| Held {
            bases,
            ..Held::default()
        };
        let room = |bases| memory.has_room(&held(bases), &Held::default());
        let most = (0..1000)
            .map(|n| n * MB)
            .take_while(|&bases| room(bases))
            .last();
        let most = most.expect("some");
        assert!((30 * MB..60 * MB).contains(&most), "{most}");
        for bases in (1..=most / MB).map(|n| n * MB) {
            let bytes = memory.table_bytes(&held(bases));
            assert!(bytes + bases / 4 <= memory.settled_bytes());
            assert!(bytes >= table_bytes(bases, Sampling::SPARSEST));
        }
    }

    #[test]
    fn sizes_are_said_as_they_are_given() {
        let cases = [
            (0, "0"),
            (1000, "1000"),
            (3 << 10, "3K"),
            (2560 << 20, "2560M"),
            (4 << 30, "4G"),
            (1 << 40, "1T"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
    }
}

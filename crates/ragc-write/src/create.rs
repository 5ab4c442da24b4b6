//! From a list of FASTA files to an archive: builds the pipeline and runs it.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use bstr::BString;
use ragc_read::{ArchiveError, Params};

use crate::align::Shape;
use crate::archive::{ArchiveWriter, StreamId};
use crate::collection::samples_text;
use crate::fasta::FastaError;
use crate::index::IndexError;
pub use crate::inputs::{Inputs, STDIN, SampleInput, Split, shown};
use crate::lane::Full;
use crate::memory::{Held, Memory};
pub use crate::memory::{TooLittle, size};
use crate::names::Names;
pub use crate::packing::Purpose;
pub use crate::part::Level;
use crate::part::{Part, PartMaker};
use crate::pipeline::{self, Start};
use crate::registrar::{Ending, Registrar, Settings};

/// Small parts are written together.
pub(crate) const WRITE_BUFFER_BYTES: usize = 1 << 18;

/// What the user may choose; the defaults suit every collection we know.
#[derive(Debug, Clone)]
pub struct CreateOptions {
    /// Length of splitters and of the overlap of neighbouring segments, 17..=32.
    pub kmer_len: u32,
    /// Shortest match written as one, 15..=32.
    pub min_match_len: u32,
    /// Deltas in a pack and samples in a batch, 1..=1_000_000_000; nothing if the data shall tell.
    pub pack_cardinality: Option<u32>,
    /// Wanted length of new reference segments in bases, 100..=1_000_000; nothing if the data shall tell.
    pub segment_size: Option<u32>,
    /// What those two favour where the data tells.
    pub purpose: Purpose,
    /// How hard packs are compressed.
    pub level: Level,
    /// Worker threads, at least 1. The archive does not depend on it.
    pub threads: usize,
    /// Memory that the whole process may take. Where it is scarce the archive gets somewhat larger.
    pub memory_bytes: u64,
    /// Whether the digest of each contig is stored; unless told, if the reference sample has a megabase: making them takes
    /// longer than compressing short genomes, and they would be much of the archive.
    pub digests: Option<bool>,
}

impl Default for CreateOptions {
    fn default() -> Self {
        Self {
            kmer_len: 31,
            min_match_len: 15,
            pack_cardinality: None,
            segment_size: None,
            purpose: Purpose::default(),
            level: Level::default(),
            threads: 1,
            memory_bytes: 4 << 30,
            digests: None,
        }
    }
}

/// How far the work has come; written by the pipeline, read by whoever draws the bar.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of the input files consumed so far, as they lie on disk.
    pub bytes_read: AtomicU64,
    /// Bases compressed so far.
    pub bases: AtomicU64,
}

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Samples stored.
    pub samples: u64,
    /// Contigs stored.
    pub contigs: u64,
    /// Symbols stored, N and IUPAC letters included.
    pub bases: u64,
    /// Size of the archive.
    pub archive_bytes: u64,
    /// A sentence for each file that had letters replaced by N or bytes left out, and for each BGZF file without its end;
    /// one if new sequence was stored without being aligned to, for lack of memory.
    pub warnings: Vec<String>,
}

/// Why no archive came out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// An input cannot be read.
    #[error(transparent)]
    Input(#[from] FastaError),
    /// The archive could not be written.
    #[error("writing the archive: {0}")]
    Write(#[from] std::io::Error),
    /// An option is outside its range.
    #[error("{option} is {value}, but must be {range}")]
    Option {
        /// Which.
        option: &'static str,
        /// What was asked for.
        value: u64,
        /// What is possible.
        range: &'static str,
    },
    /// The memory that was given does not do.
    #[error(transparent)]
    Memory(#[from] TooLittle),
    /// There is nothing to compress.
    #[error("no input files")]
    NoInputs,
    /// A sample name cannot be stored, or is there twice.
    #[error("sample name `{name}`: {why}")]
    SampleName {
        /// The name.
        name: BString,
        /// What is wrong with it.
        why: String,
    },
    /// A header does not tell the sample of its contig.
    #[error(
        "{}: contig {header:?} tells no sample: PanSN names are sample#haplotype#contig, or have another delimiter \
         between the three",
        shown(path)
    )]
    PanSn {
        /// The file.
        path: PathBuf,
        /// The header of the contig.
        header: BString,
    },
    /// Entry numbers of a group have run out, or a batch of samples has more segments than a table holds.
    #[error(
        "too much for one group or one batch of samples: choose a smaller pack cardinality, or give more memory"
    )]
    Full,
    /// The archive to continue cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The archive can be read, but not continued, nor can another be made of it.
    #[error("no archive can be made of this one: {0}")]
    Continue(String),
    /// The index for remote readers cannot be made.
    #[error(transparent)]
    Index(IndexError),
    /// Another thread ended early; it has the error to tell.
    #[error("a thread of the pipeline ended early")]
    Stopped,
}

impl From<Full> for CreateError {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

impl From<IndexError> for CreateError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Archive(error) => Self::Archive(error),
            IndexError::Write(error) => Self::Write(error),
            error => Self::Index(error),
        }
    }
}

/// Compresses `inputs`, in this order, into one archive; the first is the reference sample.
///
/// Writes from front to back, each part as soon as it is complete. The bytes depend on the inputs and
/// options, not on the number of threads.
///
/// # Errors
/// [`CreateError`] says which file broke; what was written to `out` by then is no archive.
pub fn create<'a>(
    inputs: impl Into<Inputs<'a>>,
    options: &CreateOptions,
    out: impl Write + Send,
    progress: &Progress,
) -> Result<Summary, CreateError> {
    check(options)?;
    let inputs = inputs.into();
    let names = Names::new([], inputs)?;
    let memory = Memory(options.memory_bytes);
    let held = held(&names, inputs);
    memory.check(options.threads, &held)?;
    let settings = Settings {
        shape: Shape {
            overlap: options.kmer_len as usize,
            match_len_min: options.min_match_len as usize,
        },
        segment_size: options.segment_size.map(|bases| bases as usize),
        pack_cardinality: options.pack_cardinality,
        purpose: options.purpose,
        level: options.level,
        samples_expected: inputs.samples_expected(),
        memory,
        digests: options.digests,
    };
    let archive = ArchiveWriter::new(BufWriter::with_capacity(WRITE_BUFFER_BYTES, out));
    let start = Start {
        settings,
        registrar: || Ok(Registrar::new(settings, held)),
        copy: |_: &mut _| Ok(()),
    };
    let (mut archive, ending, counted, names) =
        pipeline::run(inputs, names, start, options.threads, archive, progress)?;
    for (stream, part) in closing_parts(&names, options, &ending)? {
        archive.write(stream, &part)?;
    }
    let archive_bytes = archive.finish(ending.groups)?;
    Ok(Summary {
        samples: names.len() as u64,
        contigs: counted.contigs,
        bases: counted.bases,
        archive_bytes,
        warnings: counted.warnings,
    })
}

/// The least memory, in bytes, with which so many threads can work.
pub fn least_memory_bytes(threads: usize) -> u64 {
    Memory::least_for(threads).0
}

/// How many threads can work within so much memory, at least one.
pub fn threads_within(memory_bytes: u64) -> usize {
    Memory(memory_bytes).threads_max()
}

/// What is held of names and files before anything is read.
pub(crate) fn held(names: &Names, inputs: Inputs<'_>) -> Held {
    Held {
        names: names.len() as u64,
        name_letters: names.letters() as u64,
        list_bytes: inputs.held_bytes(),
        ..Held::default()
    }
}

fn check(options: &CreateOptions) -> Result<(), CreateError> {
    let limits = [
        ("k-mer length", Some(options.kmer_len), 17..=32, "17..32"),
        (
            "minimal match length",
            Some(options.min_match_len),
            15..=32,
            "15..32",
        ),
        (
            "pack cardinality",
            options.pack_cardinality,
            1..=1_000_000_000,
            "1..1000000000",
        ),
        (
            "segment size",
            options.segment_size,
            100..=1_000_000,
            "100..1000000",
        ),
    ];
    for (option, value, allowed, range) in limits {
        if let Some(value) = value
            && !allowed.contains(&value)
        {
            return Err(CreateError::Option {
                option,
                value: value.into(),
                range,
            });
        }
    }
    Ok(())
}

/// The parts that can only be made when everything else is known.
fn closing_parts(
    names: &Names,
    options: &CreateOptions,
    ending: &Ending,
) -> Result<Vec<(StreamId, Part)>, CreateError> {
    let samples = samples_part(names)?;
    let params = params_part(&Params {
        kmer_len: options.kmer_len,
        min_match_len: options.min_match_len,
        pack_cardinality: ending.pack_cardinality,
        segment_size: ending.segment_size as u32,
    });
    let splitters = Part {
        metadata: ending.splitters.len() as u64,
        payload: ending
            .splitters
            .iter()
            .flat_map(|kmer| kmer.to_le_bytes())
            .collect(),
    };
    let mut records = Vec::with_capacity(ending.segment_splitters.len() * 20);
    for (first, second, group) in &ending.segment_splitters {
        records.extend_from_slice(&first.to_le_bytes());
        records.extend_from_slice(&second.to_le_bytes());
        records.extend_from_slice(&group.to_le_bytes());
    }
    let segment_splitters = Part {
        metadata: ending.segment_splitters.len() as u64,
        payload: records,
    };
    Ok(vec![
        (StreamId::Params, params),
        (StreamId::Splitters, splitters),
        (StreamId::SegmentSplitters, segment_splitters),
        (StreamId::FileType, file_type()),
        (StreamId::Samples, samples),
    ])
}

/// What is needed for decoding.
pub(crate) fn params_part(params: &Params) -> Part {
    let Params {
        kmer_len,
        min_match_len,
        pack_cardinality,
        segment_size,
    } = *params;
    let numbers = [kmer_len, min_match_len, pack_cardinality, segment_size];
    Part {
        metadata: 0,
        payload: numbers.into_iter().flat_map(u32::to_le_bytes).collect(),
    }
}

/// The names of all samples.
pub(crate) fn samples_part(names: &Names) -> Result<Part, CreateError> {
    let text = samples_text(names.iter().map(|name| &**name));
    Ok(Part {
        metadata: text.len() as u64,
        payload: PartMaker::new(Level::default()).table(&text)?,
    })
}

/// Version of the format and of the program: pairs of strings, counted by the metadata.
pub(crate) fn file_type() -> Part {
    let pairs = [
        ("comment", concat!("ragc v. ", env!("CARGO_PKG_VERSION"))),
        ("file_version_major", "3"),
        ("file_version_minor", "0"),
        ("producer", "ragc"),
        ("producer_version_build", "0"),
        ("producer_version_major", env!("CARGO_PKG_VERSION_MAJOR")),
        ("producer_version_minor", env!("CARGO_PKG_VERSION_MINOR")),
    ];
    let payload = pairs
        .iter()
        .flat_map(|(key, value)| [key.as_bytes(), b"\0", value.as_bytes(), b"\0"].concat())
        .collect();
    Part {
        metadata: pairs.len() as u64,
        payload,
    }
}

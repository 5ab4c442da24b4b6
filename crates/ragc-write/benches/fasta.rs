//! Reading alone: FASTA files into windows of two bits a base, without anything that compresses them.
//!
//! `cargo bench -p ragc-write --bench fasta -- FILE...`; without files, 64 MiB of a random genome in lines of several
//! lengths. Times are the shortest of some passes, as neighbours on the machine only ever make them longer.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ragc_write::fasta::{FastaError, FastaReader};
use ragc_write::packed::PackedSeq;

const PASSES: usize = 7;
/// As many as a worker is given at once.
const WINDOW_LEN_BASES: usize = 1 << 22;
const MADE_LEN_BASES: usize = 1 << 26;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<PathBuf> = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .map(PathBuf::from)
        .collect();
    if !given.is_empty() {
        return Ok(given.iter().try_for_each(|path| measure(path))?);
    }
    for line_len in [50, 60, 80, MADE_LEN_BASES] {
        let path = std::env::temp_dir().join(format!("ragc-lines-of-{line_len}.fa"));
        std::fs::write(&path, genome(line_len))?;
        let measured = measure(&path);
        std::fs::remove_file(&path)?;
        measured?;
    }
    Ok(())
}

fn measure(path: &Path) -> Result<(), FastaError> {
    let mut best = Duration::MAX;
    let mut bases = 0;
    for _ in 0..PASSES {
        let start = Instant::now();
        bases = read(path)?;
        best = best.min(start.elapsed());
    }
    let nanoseconds = best.as_nanos() as f64 / bases as f64;
    println!(
        "{}: {bases} bases, {nanoseconds:.2} ns each",
        path.display()
    );
    Ok(())
}

fn read(path: &Path) -> Result<usize, FastaError> {
    let mut reader = FastaReader::open(path)?;
    let mut bases = 0;
    while reader.next_contig()?.is_some() {
        loop {
            let mut window = PackedSeq::default();
            let is_last = reader.read_bases(&mut window, WINDOW_LEN_BASES)?;
            bases += window.len();
            if is_last {
                break;
            }
        }
    }
    Ok(bases)
}

/// One contig of random letters.
fn genome(line_len: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let letters: Vec<u8> = std::iter::repeat_with(|| {
        // Knuth's MMIX generator; its upper bits are random enough.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        b"ACGT"[(state >> 62) as usize]
    })
    .take(MADE_LEN_BASES)
    .collect();
    let mut file = b">made\n".to_vec();
    for line in letters.chunks(line_len) {
        file.extend_from_slice(line);
        file.push(b'\n');
    }
    file
}

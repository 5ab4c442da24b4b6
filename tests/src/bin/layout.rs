//! How many requests and bytes a region takes from archives: `layout 1000000 before.agc after.agc`.
//!
//! Of windows of so many bases all over the samples, the mean for each archive: the parts that a window needs and their
//! bytes; then, with a few gaps over which neighbours are merged, the requests and by how much more they fetch.

use std::env;
use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use ragc_read::Archive;
use ragc_tests::layout::{Layout, bytes, merged};

const GAPS: [u64; 4] = [0, 4 << 10, 16 << 10, 32 << 10];
/// Windows taken of each sample, at most.
const WINDOWS_MAX: usize = 50;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "layout: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let usage = "usage: layout BASES ARCHIVE...";
    let len: u64 = arguments.next().ok_or(usage)?.parse()?;
    let mut out = io::stdout();
    write!(out, "archive\tparts\tbytes")?;
    for gap in GAPS {
        write!(out, "\tgap {gap}: requests\tbytes fetched")?;
    }
    writeln!(out)?;
    for path in arguments {
        let archive = Archive::open(&path)?;
        let figures = figures(&archive, len)?;
        writeln!(out, "{path}{figures}")?;
    }
    Ok(())
}

fn figures(archive: &Archive, len: u64) -> Result<String, Box<dyn Error>> {
    let layout = Layout::of(archive)?;
    let (mut windows, mut parts, mut needed) = (0u64, 0, 0);
    let mut fetched = [(0, 0); GAPS.len()];
    for sample in archive.samples()?.iter() {
        let contigs = archive.contigs(sample)?;
        let mut places = Vec::new();
        for (number, contig) in contigs.iter().enumerate() {
            let whole = contig.len_bases / len;
            places.extend((0..whole).map(|window| (number, window * len..(window + 1) * len)));
        }
        for (contig, range) in places
            .iter()
            .step_by(places.len().div_ceil(WINDOWS_MAX).max(1))
        {
            let ranges = layout.parts_of(archive, sample, *contig, range)?;
            windows += 1;
            parts += ranges.len();
            needed += bytes(&merged(&ranges, 0));
            for (gap, (requests, more)) in GAPS.iter().zip(&mut fetched) {
                let merged = merged(&ranges, *gap);
                *requests += merged.len();
                *more += bytes(&merged);
            }
        }
    }
    let mean = |sum: u64| sum as f64 / windows.max(1) as f64;
    let mut text = format!("\t{:.1}\t{:.0}", mean(parts as u64), mean(needed));
    for (requests, fetched) in fetched {
        let more = fetched as f64 / needed.max(1) as f64;
        text += &format!("\t{:.1}\t{more:.2}", mean(requests as u64));
    }
    Ok(text)
}

//! Writes related genomes to a folder: `simulate --samples 12 --bases 100000000 --out genomes`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use flate2::Compression;
use flate2::write::GzEncoder;
use ragc_tests::simulate::{Options, Simulation, Written};

/// Related genomes from a seed, one FASTA file a sample; the same options always give the same bytes.
#[derive(Parser)]
struct Arguments {
    /// Folder the files are written to; made when absent
    #[arg(long)]
    out: PathBuf,
    /// What everything is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of genomes
    #[arg(long, default_value_t = 8)]
    samples: usize,
    /// Bases of a genome, about
    #[arg(long, default_value_t = 4_000_000)]
    bases: usize,
    /// Chromosomes of a genome
    #[arg(long, default_value_t = 4)]
    contigs: usize,
    /// Share of bases in which two genomes differ
    #[arg(long, default_value_t = 0.01)]
    divergence: f64,
    /// Inversions, deletions, duplications, translocations and insertions per million bases
    #[arg(long, default_value_t = 10.0)]
    events: f64,
    /// Every n-th genome is a draft: broken contigs, runs of N; 0 for none
    #[arg(long, default_value_t = 4)]
    draft_every: usize,
    /// Start of the samples' names
    #[arg(long, default_value = "s")]
    prefix: String,
    /// Write .fa.gz
    #[arg(long)]
    gzip: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !(0.0..=0.3).contains(&arguments.divergence) || !(0.0..=10_000.0).contains(&arguments.events)
    {
        let _ = writeln!(
            io::stderr(),
            "simulate: --divergence goes from 0 to 0.3, --events from 0 to 10000"
        );
        return ExitCode::from(2);
    }
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(
                io::stderr(),
                "simulate: {}: {error}",
                arguments.out.display()
            );
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    fs::create_dir_all(&arguments.out)?;
    let simulation = Simulation::new(Options {
        seed: arguments.seed,
        samples: arguments.samples,
        contigs: arguments.contigs,
        bases: arguments.bases,
        divergence: arguments.divergence,
        events_per_mb: arguments.events,
        draft_every: arguments.draft_every,
        prefix: arguments.prefix.clone(),
    });
    let mut bases = 0;
    for sample in 0..arguments.samples {
        let extension = if arguments.gzip { "fa.gz" } else { "fa" };
        let path = arguments
            .out
            .join(format!("{}.{extension}", simulation.sample_name(sample)));
        bases += write(&simulation, sample, &path, arguments.gzip)?.bases;
    }
    writeln!(
        io::stdout(),
        "{} genomes, {bases} bases in {}",
        arguments.samples,
        arguments.out.display()
    )
}

fn write(simulation: &Simulation, sample: usize, path: &Path, gzip: bool) -> io::Result<Written> {
    let file = BufWriter::with_capacity(1 << 16, File::create(path)?);
    if !gzip {
        return simulation.write_sample(sample, &mut { file });
    }
    let mut packed = BufWriter::with_capacity(1 << 16, GzEncoder::new(file, Compression::new(4)));
    let written = simulation.write_sample(sample, &mut packed)?;
    packed
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .finish()?
        .flush()?;
    Ok(written)
}

//! Writes related genomes to a folder: `simulate --preset human --samples 3 --out genomes`; or down a pipe.

use std::fs::{self, File};
use std::io::{self, BufWriter, Error, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use flate2::Compression;
use flate2::write::GzEncoder;
use ragc_tests::presets;
use ragc_tests::simulate::{Options, Simulation, Written};

/// Related genomes from a seed, one FASTA file a sample; the same options always give the same bytes.
#[derive(Parser)]
struct Arguments {
    /// Folder the files are written to; made when absent
    #[arg(long, required_unless_present = "stdout")]
    out: Option<PathBuf>,
    /// A collection like those people have; the options below change it
    #[arg(long, value_parser = presets::NAMES)]
    preset: Option<String>,
    /// What everything is drawn from [default: 1]
    #[arg(long)]
    seed: Option<u64>,
    /// Number of genomes [default: 8]
    #[arg(long)]
    samples: Option<usize>,
    /// Bases of a genome, about [default: 4000000]
    #[arg(long)]
    bases: Option<usize>,
    /// Chromosomes of a genome [default: 4]
    #[arg(long)]
    contigs: Option<usize>,
    /// Share of bases in which two genomes differ (with --preset virus: a genome and the one it comes from) [default: 0.01]
    #[arg(long)]
    divergence: Option<f64>,
    /// Inversions, deletions, duplications, translocations and insertions per million bases [default: 10]
    #[arg(long)]
    events: Option<f64>,
    /// Every n-th genome is a draft: broken contigs, runs of N; 0 for none [default: 4]
    #[arg(long)]
    draft_every: Option<usize>,
    /// Start of the samples' names [default: s]
    #[arg(long)]
    prefix: Option<String>,
    /// First genome to write, of those numbered from 0
    #[arg(long, default_value_t = 0)]
    first: usize,
    /// Write .fa.gz
    #[arg(long)]
    gzip: bool,
    /// Write all genomes into this file of the folder; for genomes whose contigs tell their sample: those of one record,
    /// which have the samples' names, and those named by PanSN (--preset cohort)
    #[arg(long, value_name = "NAME", conflicts_with = "gzip")]
    one_file: Option<PathBuf>,
    /// Write all genomes to standard output; for those that --one-file takes
    #[arg(long, conflicts_with_all = ["out", "gzip", "one_file"])]
    stdout: bool,
}

impl Arguments {
    /// Where genomes go, for people.
    fn place(&self) -> String {
        let folder = self.out.as_ref().map(|out| out.display().to_string());
        folder.unwrap_or_else(|| String::from("standard output"))
    }

    fn options(&self) -> Options {
        let preset = self.preset.as_deref().and_then(presets::of);
        let defaults = preset.unwrap_or_default();
        Options {
            seed: self.seed.unwrap_or(defaults.seed),
            samples: self.samples.unwrap_or(defaults.samples),
            contigs: self.contigs.unwrap_or(defaults.contigs),
            bases: self.bases.unwrap_or(defaults.bases),
            divergence: self.divergence.unwrap_or(defaults.divergence),
            events_per_mb: self.events.unwrap_or(defaults.events_per_mb),
            draft_every: self.draft_every.unwrap_or(defaults.draft_every),
            prefix: self.prefix.clone().unwrap_or(defaults.prefix),
            ..defaults
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = arguments.options();
    if !(0.0..=0.3).contains(&options.divergence)
        || !(0.0..=10_000.0).contains(&options.events_per_mb)
    {
        let _ = writeln!(
            io::stderr(),
            "simulate: --divergence goes from 0 to 0.3, --events from 0 to 10000"
        );
        return ExitCode::from(2);
    }
    match run(&arguments, options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "simulate: {}: {error}", arguments.place());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments, options: Options) -> io::Result<()> {
    let samples = arguments.first..options.samples;
    let genomes = samples.len();
    let simulation = Simulation::new(options);
    let in_one = arguments.stdout || arguments.one_file.is_some();
    if in_one && !simulation.contigs_tell_samples() {
        let why = "in one file, contigs must tell their sample";
        return Err(Error::new(ErrorKind::InvalidInput, why));
    }
    let Some(folder) = &arguments.out else {
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        return samples
            .map(|sample| simulation.write_sample(sample, &mut out))
            .try_for_each(|written| written.map(drop));
    };
    fs::create_dir_all(folder)?;
    let mut bases = 0;
    if let Some(name) = &arguments.one_file {
        let mut file = BufWriter::with_capacity(1 << 16, File::create(folder.join(name))?);
        for sample in samples {
            bases += simulation.write_sample(sample, &mut file)?.bases;
        }
    } else {
        for sample in samples {
            let extension = if arguments.gzip { "fa.gz" } else { "fa" };
            let name = format!("{}.{extension}", simulation.sample_name(sample));
            let path = folder.join(name);
            bases += write(&simulation, sample, &path, arguments.gzip)?.bases;
        }
    }
    let place = arguments.place();
    writeln!(io::stdout(), "{genomes} genomes, {bases} bases in {place}")
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

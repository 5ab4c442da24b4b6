//! Makes an archive as the compressor writes it, part by part, before `ragc create` arranges it and gives it an index:
//! `unarranged genomes.fa x.agc`. Genomes are named by PanSN; segments have 500 bases, packs 50 entries and batches 50
//! samples.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use ragc_write::create::{CreateOptions, Inputs, Progress, Split, create};

fn main() -> ExitCode {
    match make() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "unarranged: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make() -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [genomes, archive] = &paths[..] else {
        return Err("usage: unarranged GENOMES ARCHIVE".into());
    };
    let options = CreateOptions {
        segment_size: Some(500),
        pack_cardinality: Some(50),
        threads: 2,
        ..CreateOptions::default()
    };
    let files = [genomes.clone()];
    let inputs = Inputs::Split(&files, Split::PanSn { delimiter: b'#' });
    let mut out = BufWriter::new(File::create(archive)?);
    create(inputs, &options, &mut out, &Progress::default())?;
    Ok(out.flush()?)
}

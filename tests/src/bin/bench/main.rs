//! Measures `ragc` side by side with the C++ tool: archive size, time and memory, with every base verified.
//!
//! `bench --folder ../shared/corpora/yeast --reference S288C` with `AGC` naming the C++ tool; simulated genomes when no
//! folder is given. Everything is measured in one run on one machine, so that ratios mean something.

mod set;
mod table;
mod tool;
mod work;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use set::Set;

/// Time, memory and archive size of ragc and of agc, on the same genomes with the same threads.
#[derive(Parser)]
struct Arguments {
    /// Folder of FASTA files, one a genome; may be given again
    #[arg(long)]
    folder: Vec<PathBuf>,
    /// Sample that comes first where a folder has it, else the first file by name; may be given again
    #[arg(long)]
    reference: Vec<String>,
    /// Simulated genomes as well as folders
    #[arg(long)]
    simulated: bool,
    /// Times each thing is run; figures are medians
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Threads of both tools
    #[arg(long, short = 't', default_value_t = 1)]
    threads: usize,
    /// Samples extracted one after another for getset
    #[arg(long, default_value_t = 8)]
    getsets: usize,
    /// Regions of 1 kb asked for one after another for getctg
    #[arg(long, default_value_t = 8)]
    getctgs: usize,
    /// Folder for archives and extracted genomes, which are removed at the end
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    scratch: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            let _ = writeln!(
                io::stderr(),
                "bench: ragc lost or changed bases, see DIFFERS above"
            );
            ExitCode::FAILURE
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// True when everything `ragc` extracted was right.
fn run(arguments: &Arguments) -> io::Result<bool> {
    let tools = tool::Tools::find();
    let scratch = tempfile::tempdir_in(&arguments.scratch)?;
    let plan = work::Plan {
        runs: arguments.runs.max(1),
        threads: arguments.threads.max(1),
        getsets: arguments.getsets,
        getctgs: arguments.getctgs,
    };
    let mut sets = Vec::new();
    if arguments.simulated || arguments.folder.is_empty() {
        sets.extend(set::simulated(&scratch.path().join("simulated"))?);
    }
    for folder in &arguments.folder {
        sets.push(Set::read(folder, &arguments.reference)?);
    }
    let mut results = Vec::new();
    for set in &sets {
        let result = work::measure(&tools, set, &plan, scratch.path())?;
        writeln!(io::stdout(), "{}", table::of_set(&result))?;
        results.push(result);
    }
    writeln!(io::stdout(), "{}", table::means(&results))?;
    Ok(results.iter().all(work::SetResult::ragc_is_right))
}

//! Measures `ragc` side by side with the C++ tool: archive size, time, memory and bytes of random reads, with every
//! archive read back.
//!
//! `AGC=/path/to/agc bench --only yeast,ecoli`. Everything is measured in one run on one machine, so that ratios mean
//! something.

mod append;
mod browser;
mod catalogue;
mod charts;
mod compare;
mod cost;
mod document;
mod figures;
mod machine;
mod options;
mod plot;
mod random;
mod report;
mod result;
mod scale;
mod scaling;
mod set;
mod table;
mod tool;
mod verify;
mod windows;

use std::io::{self, Error, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use catalogue::{COLLECTIONS, Simulated};
use clap::Parser;
use document::Findings;
use random::Random;
use result::SetResult;
use scaling::{GROWTHS, Growth, Series};
use tool::Tools;
use verify::Checks;

/// Size, time and memory of ragc and of agc, on the same genomes with the same threads.
#[derive(Parser)]
struct Arguments {
    /// Collections to measure, by name [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    only: Vec<String>,
    /// Small collections only, to try the benchmark in a minute or two
    #[arg(long, conflicts_with = "only")]
    quick: bool,
    /// Times each thing is run, but large collections once; figures are medians
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Threads of both tools
    #[arg(long, short = 't', default_value_t = 2)]
    threads: usize,
    /// Samples extracted one after another for getset, and kilobases for getctg
    #[arg(long, default_value_t = 8)]
    getsets: usize,
    /// Leave out larger parts of the growth-... collections
    #[arg(long, value_name = "N")]
    growth_max: Option<usize>,
    /// Seconds after which a run of agc is stopped, and left out
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    limit: u64,
    /// Folder where simulated genomes are kept from one run to the next [default: removed at the end]
    #[arg(long)]
    simulated: Option<PathBuf>,
    /// Write this document too, and its charts into the folder `bench` beside it
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Folder for archives and extracted genomes, which are removed at the end; a whole run needs 10 GB
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    scratch: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            say("not everything went well, see DIFFERS and FAILED above");
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// All that is measured with.
struct Bench<'a> {
    arguments: &'a Arguments,
    tools: &'a Tools,
    simulated: Simulated,
    scratch: &'a Path,
    checks: Checks<'a>,
}

/// True when all archives were read back and nothing failed.
fn run(arguments: &Arguments) -> io::Result<bool> {
    refuse_unknown(&arguments.only)?;
    let tools = Tools::find(
        arguments.threads.max(1),
        Duration::from_secs(arguments.limit.max(1)),
    );
    let scratch = tempfile::tempdir_in(&arguments.scratch)?;
    let own = scratch.path().join("simulated");
    let mut bench = Bench {
        arguments,
        tools: &tools,
        simulated: Simulated {
            folder: arguments.simulated.clone().unwrap_or(own),
        },
        scratch: scratch.path(),
        checks: Checks::new(&tools),
    };
    let (results, growths) = (bench.collections()?, bench.growths()?);
    let random = bench.random()?;
    bench.browser()?;
    let findings = Findings {
        tools: &tools,
        results,
        growths,
        random,
        checks: &bench.checks,
    };
    writeln!(io::stdout(), "{}", report::summary(&findings))?;
    if let Some(path) = &arguments.write {
        document::write(&findings, path)?;
    }
    Ok(findings.checks.all_well())
}

impl Bench<'_> {
    fn collections(&mut self) -> io::Result<Vec<SetResult>> {
        let mut results = Vec::new();
        for collection in COLLECTIONS {
            let by_default = if self.arguments.quick {
                collection.quick
            } else {
                collection.is_whole()
            };
            if !self.is_asked_for(collection.name, by_default) {
                continue;
            }
            let measured = self.collection(&collection);
            if let Some(result) = self.checks.or_failure(collection.name, measured) {
                results.push(result);
                let shown = &results[results.len() - 1..];
                writeln!(io::stdout(), "\n{}", report::collection(shown))?;
            }
        }
        Ok(results)
    }

    fn collection(&mut self, collection: &catalogue::Collection) -> io::Result<Option<SetResult>> {
        let Some(genomes) = collection.find(&self.simulated)? else {
            return Ok(None);
        };
        let plan = compare::Plan {
            runs: genomes.all.runs(self.arguments.runs.max(1)),
            samples: self.arguments.getsets,
        };
        let scratch = tempfile::tempdir_in(self.scratch)?;
        SetResult::measure(
            self.tools,
            &genomes,
            &plan,
            scratch.path(),
            &mut self.checks,
        )
        .map(Some)
    }

    fn growths(&mut self) -> io::Result<Vec<(&'static Growth, Vec<Series>)>> {
        let mut results = Vec::new();
        for growth in &GROWTHS {
            if !self.is_asked_for(growth.name, true) {
                continue;
            }
            say(growth.name);
            let quick = self.arguments.quick.then_some(growth.quick_max);
            let samples_max = self.arguments.growth_max.or(quick).unwrap_or(usize::MAX);
            let (runs, scratch) = (self.arguments.runs.max(1), self.scratch);
            let (simulated, checks) = (&self.simulated, &mut self.checks);
            let measured =
                growth.measure(self.tools, simulated, samples_max, runs, scratch, checks);
            let series = checks.or_failure(growth.name, measured);
            if !series.is_empty() {
                let words = report::growth(growth.samples, &series);
                writeln!(io::stdout(), "\n{words}")?;
                results.push((growth, series));
            }
        }
        Ok(results)
    }

    fn random(&mut self) -> io::Result<Option<Random>> {
        if !self.is_asked_for(random::NAME, !self.arguments.quick) {
            return Ok(None);
        }
        let (runs, scratch) = (self.arguments.runs.max(1), self.scratch);
        let (simulated, checks) = (&self.simulated, &mut self.checks);
        let measured = random::measure(self.tools, simulated, runs, scratch, checks);
        let random = checks.or_failure(random::NAME, measured.map(Some));
        if let Some(random) = &random {
            writeln!(io::stdout(), "\n{}", report::random(random))?;
        }
        Ok(random)
    }

    fn browser(&mut self) -> io::Result<()> {
        if !self.is_asked_for(browser::NAME, false) {
            return Ok(());
        }
        say(browser::NAME);
        let yeast = COLLECTIONS
            .iter()
            .find(|collection| collection.name == browser::COLLECTION);
        let genomes = match yeast {
            Some(yeast) => yeast.find(&self.simulated)?,
            None => None,
        };
        if let Some(genomes) = genomes {
            let runs = self.arguments.runs.max(1);
            let measured = browser::measure(self.tools, &genomes.all, runs, self.scratch);
            let words = self.checks.or_failure(browser::NAME, measured);
            writeln!(io::stdout(), "\n{words}")?;
        }
        Ok(())
    }

    fn is_asked_for(&self, name: &str, by_default: bool) -> bool {
        let only = &self.arguments.only;
        if only.is_empty() {
            by_default
        } else {
            only.iter().any(|asked| asked == name)
        }
    }
}

fn refuse_unknown(asked: &[String]) -> io::Result<()> {
    let names = COLLECTIONS.iter().map(|collection| collection.name);
    let names: Vec<&str> = names
        .chain(GROWTHS.iter().map(|growth| growth.name))
        .chain([random::NAME, browser::NAME])
        .collect();
    match asked.iter().find(|asked| !names.contains(&asked.as_str())) {
        Some(unknown) => Err(Error::other(format!(
            "no collection {unknown}; there are {}",
            names.join(", ")
        ))),
        None => Ok(()),
    }
}

/// What is being done, past the tables.
fn say(what: &str) {
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(io::stderr(), "bench: {what}");
}

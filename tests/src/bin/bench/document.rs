//! The document of a run: what it was made on, its tables, its charts.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::charts;
use crate::machine;
use crate::plot::svg;
use crate::random::Random;
use crate::report;
use crate::result::SetResult;
use crate::scaling::{Growth, Series};
use crate::table::Table;
use crate::tool::Tools;
use crate::verify::Checks;

/// All that a run found.
pub(crate) struct Findings<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) results: Vec<SetResult>,
    pub(crate) growths: Vec<(&'static Growth, Vec<Series>)>,
    pub(crate) random: Option<Random>,
    pub(crate) checks: &'a Checks<'a>,
}

/// Writes the document, and the charts into the folder `bench` beside it.
pub(crate) fn write(findings: &Findings<'_>, path: &Path) -> io::Result<()> {
    let charts = path.with_file_name("bench");
    fs::create_dir_all(&charts)?;
    for (growth, series) in &findings.growths {
        fs::write(
            charts.join(chart_name(growth)),
            svg(&charts::of(growth, series)),
        )?;
    }
    fs::write(path, text(findings)?)
}

fn chart_name(growth: &Growth) -> String {
    format!("{}.svg", growth.name)
}

fn text(findings: &Findings<'_>) -> io::Result<String> {
    let mut text = String::from(HEAD);
    let mut about = Table::new(&[0, 1], ["", ""]);
    for (what, value) in machine::rows(findings.tools)? {
        about.row([what.to_owned(), value]);
    }
    let threads = findings.tools.ragc.threads;
    let _ = write!(text, "\n{about}\n{}", commands(threads));
    let mut section = |title: &str, words: &str, tables: &str| {
        let _ = write!(text, "\n## {title}\n");
        for part in [words, tables] {
            if !part.is_empty() {
                let _ = write!(text, "\n{part}");
            }
        }
    };
    let results = &findings.results;
    if !results.is_empty() {
        section("In short", SHORT, &report::goals(results));
        let ratios = report::ratios(results);
        if !ratios.is_empty() {
            section("Every collection", EVERY, &ratios);
        }
    }
    for (growth, series) in &findings.growths {
        let title = format!("From {} {}", growth.range(series), growth.samples);
        let chart = format!(
            "![{title}: time, memory, archive](bench/{})\n",
            chart_name(growth)
        );
        section(&title, &chart, &report::growth(growth.samples, series));
    }
    if !results.is_empty() {
        section(
            "Bytes of a random window",
            WINDOWS,
            &report::windows(results),
        );
        section("Appending a sample", APPEND, &report::appends(results));
        section("Levels and purposes", OPTIONS, &report::options(results));
    }
    if let Some(random) = &findings.random {
        section("Windows in any order", RANDOM, &report::random(random));
    }
    section("Read back", CHECKS, &report::checks(&findings.checks.done));
    if !findings.checks.failures.is_empty() {
        section("FAILED", "", &report::failures(&findings.checks.failures));
    }
    if !findings.checks.stopped.is_empty() {
        section(
            "Stopped",
            STOPPED,
            &report::stopped(&findings.checks.stopped),
        );
    }
    section("All figures", ALL, "");
    for result in results {
        let _ = write!(
            text,
            "\n### {}\n\n{}",
            report::title(result),
            report::costs(result)
        );
    }
    Ok(text)
}

const HEAD: &str = "\
# Benchmarks

Written by `make bench`, from one run on one machine; nothing here is written by hand. Ratios are ragc / agc: 1.00 is as
much as the C++ tool takes, less is better. The C++ tool is run with the flags, of none, `-a`, `-f 0.01` and both, that make
its archive smallest, and both tools with the same input and threads.
";

const SHORT: &str = "\
Geometric means over all collections, and those collections that miss what is needed.
";

const EVERY: &str = "\
`sim-` collections are simulated (`tests/src/presets.rs`), the others are real genomes. What is worse than needed is in bold
type. Things are run in turn and figures are medians; collections that take minutes are run once.
";

const WINDOWS: &str = "\
Bytes of the references and packs that a random window of 10 000 bases needs, or a whole contig that is shorter; means of
2 000 windows, the same for both.
";

const RANDOM: &str = "\
Windows of 4096 bases from anywhere in a collection of short segments, whose tables are as large as those of large genomes.
A command is asked for all windows at once, and what it takes to start is taken off. The library (`ragc_read::Archive`) is
asked in a process of its own, by one thread and by two: the first time, when it opens the archive, and for the same windows
again. `/ agc` is the number of times that `agc getctg` answers in the same order, of the same archive; here more is better.
What all answer is compared, letter by letter. The library keeps at most 128 MiB of references and packs and 256 MiB of
tables (`Limits`).
";

const APPEND: &str = "\
One sample appended to an archive of those before it, by both tools to the archives of both.
";

const OPTIONS: &str = "\
`ragc create` with one option each, and without any; beside each figure its ratio to that of the defaults. Collections that
take long are left out.
";

const CHECKS: &str = "\
How many times what was made here was read back, by which reader: whole archives, of either tool, after `create` and after
`append` by one tool and then by the other; samples; and kilobases. Identical means every name and every letter. The
independent decoder in Python is given collections of up to 200 Mb.
";

const STOPPED: &str = "\
What took the C++ tool so long that it was given up; it is not among the figures.
";

const ALL: &str = "\
`getset` and `getctg` are sums over samples and kilobases asked for one after another, each tool reading its own archive. An
asterisk marks the mode that is compared with.
";

/// What was run, in general terms.
fn commands(threads: usize) -> String {
    format!(
        "```sh
AGC=/path/to/agc make bench

# which runs, by way of a program that measures them:
ragc create -t {threads} -o x.agc a.fa.gz b.fa.gz ...   # create -c for sim-virus: all genomes in one file
agc create -t {threads} [-a] [-f 0.01] -o x.agc a.fa.gz b.fa.gz ...
ragc append -t {threads} -o y.agc x.agc c.fa.gz         # agc append with the flags of its create
ragc getset -t {threads} x.agc SAMPLE
ragc getcol -t {threads} x.agc
ragc getctg -t {threads} x.agc CONTIG@SAMPLE:FROM-TO
```
"
    )
}

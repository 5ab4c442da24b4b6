//! Both tools on one collection: `create`, and everything that reads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ragc_tests::child::Cost;
use ragc_tests::genome;
use ragc_tests::rng::Rng;

use crate::cost::{Run, in_turn, median, rounds, sum};
use crate::set::{self, Set};
use crate::tool::{AGC_MODES, Flags, Program, Tools};
use crate::verify::{Checks, Maker};

/// What one tool did in one operation.
pub(crate) struct Row {
    pub(crate) verb: &'static str,
    /// With its flags.
    pub(crate) tool: String,
    pub(crate) cost: Cost,
    /// Of the archive that was made.
    pub(crate) archive_bytes: Option<u64>,
}

/// An archive, and what it cost to make.
pub(crate) struct Made {
    pub(crate) path: PathBuf,
    pub(crate) flags: Flags,
    pub(crate) bytes: u64,
    pub(crate) costs: Vec<Cost>,
}

impl Made {
    pub(crate) fn create(
        program: &Program,
        flags: Flags,
        set: &Set,
        path: PathBuf,
    ) -> io::Result<Self> {
        let cost = program.create(flags, set, &path)?;
        Ok(Self {
            bytes: fs::metadata(&path)?.len(),
            costs: vec![cost],
            path,
            flags,
        })
    }

    pub(crate) fn again(&mut self, program: &Program, set: &Set) -> io::Result<()> {
        self.costs
            .push(program.create(self.flags, set, &self.path)?);
        Ok(())
    }

    pub(crate) fn cost(&self) -> Cost {
        median(&self.costs)
    }
}

/// The archives of a collection.
pub(crate) struct Archives {
    pub(crate) ours: Made,
    /// In the order of [`AGC_MODES`], without those that took too long; empty without the C++ tool.
    pub(crate) theirs: Vec<Made>,
}

impl Archives {
    /// Every mode once, then ours and their smallest in turn. All are read back.
    pub(crate) fn create(
        tools: &Tools,
        set: &Set,
        runs: usize,
        scratch: &Path,
        checks: &mut Checks<'_>,
    ) -> io::Result<Self> {
        let path = |name: &str| scratch.join(format!("{name}.agc"));
        let mut archives = Self {
            ours: Made::create(&tools.ragc, &[], set, path("ragc"))?,
            theirs: Vec::new(),
        };
        checks.archive(set, "ragc", Maker::Ragc, &archives.ours.path)?;
        let Some(agc) = &tools.agc else {
            rounds(runs)
                .skip(1)
                .try_for_each(|_| archives.ours.again(&tools.ragc, set))?;
            return Ok(archives);
        };
        for (number, mode) in AGC_MODES.into_iter().enumerate() {
            let tool = with_flags(agc.name, mode);
            let made = Made::create(agc, mode, set, path(&format!("agc-{number}")));
            let what = format!("{}, {tool} create", set.name);
            if let Some(made) = checks.unless_stopped(&what, made)? {
                checks.archive(set, &tool, Maker::AgcAlone, &made.path)?;
                archives.theirs.push(made);
            }
        }
        for _ in rounds(runs).skip(1) {
            archives.ours.again(&tools.ragc, set)?;
            if let Some(best) = archives.best_number() {
                archives.theirs[best].again(agc, set)?;
            }
        }
        Ok(archives)
    }

    /// The C++ tool's smallest.
    pub(crate) fn best(&self) -> Option<&Made> {
        Some(&self.theirs[self.best_number()?])
    }

    fn best_number(&self) -> Option<usize> {
        (0..self.theirs.len()).min_by_key(|number| self.theirs[*number].bytes)
    }

    /// A row of each.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let row = |name, made: &Made| Row {
            verb: "create",
            tool: with_flags(name, made.flags),
            cost: made.cost(),
            archive_bytes: Some(made.bytes),
        };
        let mut rows = vec![row("ragc", &self.ours)];
        rows.extend(self.theirs.iter().map(|made| row("agc", made)));
        rows
    }

    pub(crate) fn remove(self) -> io::Result<()> {
        let made = [&self.ours].into_iter().chain(&self.theirs);
        made.map(|made| &made.path).try_for_each(fs::remove_file)
    }
}

pub(crate) fn with_flags(name: &str, flags: Flags) -> String {
    [&[name], flags].concat().join(" ")
}

/// How much is read.
pub(crate) struct Plan {
    pub(crate) runs: usize,
    /// Samples extracted one after another for getset, and contigs asked for a kilobase of.
    pub(crate) samples: usize,
}

/// Rows of `getset`, `getcol` and `getctg` by both tools, each reading its own archive.
pub(crate) fn read(
    tools: &Tools,
    archives: &Archives,
    set: &Set,
    plan: &Plan,
    scratch: &Path,
    checks: &mut Checks<'_>,
) -> io::Result<Vec<Row>> {
    let mut readers = vec![Reading::new(&tools.ragc, &archives.ours, scratch)];
    if let (Some(agc), Some(best)) = (&tools.agc, archives.best()) {
        readers.push(Reading::new(agc, best, scratch));
    }
    let mut rows = Vec::new();
    let mut total = |verb, costs: Vec<Vec<Cost>>| {
        for (number, reading) in readers.iter().enumerate() {
            rows.push(Row {
                verb,
                tool: reading.what.clone(),
                cost: costs
                    .iter()
                    .map(|costs| costs[number])
                    .fold(Cost::default(), sum),
                archive_bytes: None,
            });
        }
    };
    let mut costs = Vec::new();
    for sample in set.spread(plan.samples) {
        let name = &set.samples[sample].name;
        costs.push(in_turn(
            plan.runs,
            Reading::each(&readers, |reading| {
                reading.program.getset(reading.archive, name, &reading.out)
            }),
        )?);
        for reading in &readers {
            checks.output(
                set,
                &[sample],
                &reading.what,
                reading.program.name,
                &reading.out,
            )?;
        }
    }
    total("getset", costs);
    total(
        "getcol",
        vec![in_turn(
            plan.runs,
            Reading::each(&readers, |reading| {
                reading.program.getcol(reading.archive, &reading.out)
            }),
        )?],
    );
    let mut costs = Vec::new();
    for region in regions(set, plan.samples)? {
        costs.push(in_turn(
            plan.runs,
            Reading::each(&readers, |reading| {
                let query = std::slice::from_ref(&region.query);
                reading.program.getctg(reading.archive, query, &reading.out)
            }),
        )?);
        for reading in &readers {
            let found = genome::records(&reading.out)?;
            let same = matches!(found.as_slice(), [(_, letters)] if *letters == region.letters);
            let difference = (!same).then(|| format!("getctg {}", region.query));
            checks.note(set, &reading.what, reading.program.name, difference);
        }
    }
    total("getctg", costs);
    readers
        .iter()
        .try_for_each(|reading| fs::remove_file(&reading.out))?;
    Ok(rows)
}

/// A tool reading its own archive.
struct Reading<'a> {
    program: &'a Program,
    what: String,
    archive: &'a Path,
    out: PathBuf,
}

impl<'a> Reading<'a> {
    fn new(program: &'a Program, made: &'a Made, scratch: &Path) -> Self {
        Self {
            program,
            what: with_flags(program.name, made.flags),
            archive: &made.path,
            out: scratch.join(format!("{}.fa", program.name)),
        }
    }

    fn each<'r>(
        readers: &'r [Self],
        run: impl Fn(&Self) -> io::Result<Cost> + Copy + 'r,
    ) -> Vec<Run<'r>> {
        let run = |reading| Box::new(move || run(reading)) as Run<'r>;
        readers.iter().map(run).collect()
    }
}

/// A region to ask for and the letters it has.
struct Region {
    query: String,
    letters: Vec<u8>,
}

/// The same regions in every run: a kilobase in a contig of each of some samples.
fn regions(set: &Set, count: usize) -> io::Result<Vec<Region>> {
    const REGION_BASES: u64 = 1000;
    let mut rng = Rng::keyed(&[set.bases()]);
    set.spread(count)
        .map(|number| {
            let sample = &set.samples[number];
            // The C++ tool asks by first word and takes the first contig that has it.
            let words: Vec<String> = sample.records.iter().map(set::first_word).collect();
            let word = &words[rng.index(words.len())];
            let contig = words
                .iter()
                .position(|other| other == word)
                .unwrap_or_default();
            let len = sample.records[contig].bases;
            let start = rng.below(len.saturating_sub(REGION_BASES).max(1));
            let end = (start + REGION_BASES).min(len);
            // The tools count from 0 and include the end.
            let last = end.saturating_sub(1);
            Ok(Region {
                query: format!("{word}@{}:{start}-{last}", sample.name),
                letters: set.letters(number, contig, start..end)?,
            })
        })
        .collect()
}

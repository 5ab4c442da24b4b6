//! What is done to each set, and what it cost.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bstr::{BStr, ByteSlice as _};
use ragc_tests::child::Cost;
use ragc_tests::genome;
use ragc_tests::rng::Rng;

use crate::set::Set;
use crate::tool::{self, AGC_MODES, Ask, Tools};

/// How much is done.
pub(crate) struct Plan {
    pub(crate) runs: usize,
    pub(crate) threads: usize,
    pub(crate) getsets: usize,
    pub(crate) getctgs: usize,
}

pub(crate) struct SetResult {
    pub(crate) name: String,
    pub(crate) genomes: usize,
    pub(crate) bases: u64,
    pub(crate) plan: String,
    pub(crate) rows: Vec<Row>,
    /// Which of the C++ tool's modes made the smallest archive; `None` without the tool.
    pub(crate) best_mode: Option<String>,
}

/// What one tool did in one operation.
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) tool: Tool,
    pub(crate) cost: Cost,
    pub(crate) archive_bytes: u64,
    /// `None` where there are no bases to compare: `create`.
    pub(crate) right: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tool {
    Ragc,
    /// With these flags of `create`, reading the archive it made.
    Agc(String),
    /// The C++ tool reading the archive that `ragc` made.
    AgcOnOurs,
}

impl SetResult {
    /// Whether all that came out of our archives was right, whichever tool read them.
    pub(crate) fn ragc_is_right(&self) -> bool {
        let ours = |tool: &Tool| matches!(tool, Tool::Ragc | Tool::AgcOnOurs);
        self.rows
            .iter()
            .all(|row| !ours(&row.tool) || row.right != Some(false))
    }

    pub(crate) fn row(&self, operation: &str, tool: &Tool) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.operation == operation && row.tool == *tool)
    }

    /// The C++ tool's row to compare with.
    pub(crate) fn best(&self, operation: &str) -> Option<&Row> {
        self.row(operation, &Tool::Agc(self.best_mode.clone()?))
    }
}

/// A region to ask for and the letters it has.
struct Region {
    query: String,
    letters: Vec<u8>,
}

pub(crate) fn measure(
    tools: &Tools,
    set: &Set,
    plan: &Plan,
    scratch: &Path,
) -> io::Result<SetResult> {
    let regions = regions(set, plan.getctgs)?;
    let ours = scratch.join("ragc.agc");
    let out = scratch.join("out.fa");
    let asking = |program| Ask {
        program,
        threads: plan.threads,
        out: &out,
    };
    let mut rows = vec![create(
        &tools.ragc,
        Tool::Ragc,
        &[],
        set,
        plan,
        plan.runs,
        &ours,
    )?];
    let mut best_mode = None;
    rows.extend(read(
        &asking(&tools.ragc),
        &Tool::Ragc,
        &ours,
        set,
        &regions,
        plan,
    )?);
    if let Some(agc) = &tools.agc {
        let (mode, theirs, made) = create_all_modes(agc, set, plan, scratch)?;
        rows.extend(made);
        rows.extend(read(
            &asking(agc),
            &Tool::Agc(mode.clone()),
            &theirs,
            set,
            &regions,
            plan,
        )?);
        rows.extend(read(
            &asking(agc),
            &Tool::AgcOnOurs,
            &ours,
            set,
            &regions,
            plan,
        )?);
        best_mode = Some(mode);
        fs::remove_file(theirs)?;
    }
    fs::remove_file(ours)?;
    fs::remove_file(&out)?;
    Ok(SetResult {
        name: set.name.clone(),
        genomes: set.genomes.len(),
        bases: set.digest.bases,
        plan: format!(
            "-t {}, medians of {}; getset of {} samples, getctg of {} regions of 1 kb; memory from {:.1} MB",
            plan.threads,
            plan.runs,
            chosen(set, plan.getsets).count(),
            regions.len(),
            tool::floor()?.peak_bytes as f64 / 1e6
        ),
        rows,
        best_mode,
    })
}

fn create(
    program: &Path,
    tool: Tool,
    mode: &[&str],
    set: &Set,
    plan: &Plan,
    runs: usize,
    archive: &Path,
) -> io::Result<Row> {
    let ask = Ask {
        program,
        threads: plan.threads,
        out: archive,
    };
    let cost = median(runs, || ask.create(mode, set))?;
    let archive_bytes = fs::metadata(archive)?.len();
    Ok(Row {
        operation: "create",
        tool,
        cost,
        archive_bytes,
        right: None,
    })
}

/// Every mode once to find the best, the best as often as planned.
fn create_all_modes(
    agc: &Path,
    set: &Set,
    plan: &Plan,
    scratch: &Path,
) -> io::Result<(String, PathBuf, Vec<Row>)> {
    let archive = scratch.join("agc.agc");
    let mut rows = Vec::new();
    for mode in AGC_MODES {
        rows.push(create(
            agc,
            Tool::Agc(mode.join(" ")),
            mode,
            set,
            plan,
            1,
            &archive,
        )?);
    }
    let best = (0..rows.len())
        .min_by_key(|i| rows[*i].archive_bytes)
        .unwrap_or(0);
    let name = AGC_MODES[best].join(" ");
    rows[best] = create(
        agc,
        Tool::Agc(name.clone()),
        AGC_MODES[best],
        set,
        plan,
        plan.runs,
        &archive,
    )?;
    Ok((name, archive, rows))
}

fn read(
    ask: &Ask<'_>,
    tool: &Tool,
    archive: &Path,
    set: &Set,
    regions: &[Region],
    plan: &Plan,
) -> io::Result<Vec<Row>> {
    let archive_bytes = fs::metadata(archive)?.len();
    let row = |operation, (cost, right)| Row {
        operation,
        tool: tool.clone(),
        cost,
        archive_bytes,
        right: Some(right),
    };
    Ok(vec![
        row("getset", getset(ask, archive, set, plan)?),
        row("getcol", getcol(ask, archive, set, plan)?),
        row("getctg", getctg(ask, archive, regions, plan)?),
    ])
}

/// Samples spread over the collection, one process each.
fn getset(ask: &Ask<'_>, archive: &Path, set: &Set, plan: &Plan) -> io::Result<(Cost, bool)> {
    let mut right = true;
    let mut total = Cost::default();
    for genome in chosen(set, plan.getsets) {
        total = sum(
            total,
            median(plan.runs, || ask.getset(archive, &genome.sample))?,
        );
        right &= genome::digest(ask.out)? == genome.digest;
    }
    Ok((total, right))
}

fn getcol(ask: &Ask<'_>, archive: &Path, set: &Set, plan: &Plan) -> io::Result<(Cost, bool)> {
    let cost = median(plan.runs, || ask.getcol(archive))?;
    Ok((cost, genome::digest(ask.out)? == set.digest))
}

fn getctg(
    ask: &Ask<'_>,
    archive: &Path,
    regions: &[Region],
    plan: &Plan,
) -> io::Result<(Cost, bool)> {
    let mut right = true;
    let mut total = Cost::default();
    for region in regions {
        total = sum(
            total,
            median(plan.runs, || ask.getctg(archive, &region.query))?,
        );
        let found = genome::records(ask.out)?;
        right &= matches!(found.as_slice(), [(_, letters)] if *letters == region.letters);
    }
    Ok((total, right))
}

fn chosen(set: &Set, count: usize) -> impl Iterator<Item = &crate::set::Genome> {
    let len = set.genomes.len();
    let count = count.min(len);
    (0..count).map(move |i| &set.genomes[(i * len + len / 2) / count])
}

/// The same regions in every run: a kilobase in a contig of each of some samples.
fn regions(set: &Set, count: usize) -> io::Result<Vec<Region>> {
    let mut rng = Rng::keyed(&[set.digest.bases]);
    let mut regions = Vec::new();
    for genome in chosen(set, count) {
        let contigs = genome::lengths(&genome.path)?;
        let drawn = &contigs[rng.index(contigs.len())];
        // The C++ tool asks by first word and takes the first contig that has it.
        let word = first_word(drawn.0.as_bstr());
        let index = contigs
            .iter()
            .position(|(name, _)| first_word(name.as_bstr()) == word)
            .unwrap_or_default();
        let len = contigs[index].1;
        let start = rng.below(len.saturating_sub(1000).max(1));
        let end = (start + 1000).min(len);
        let letters = genome::slice(&genome.path, index, start..end)?;
        // The tools count from 0 and include the end.
        let query = format!("{word}@{}:{start}-{}", genome.sample, end.saturating_sub(1));
        regions.push(Region { query, letters });
    }
    Ok(regions)
}

fn first_word(name: &BStr) -> &BStr {
    name.fields().next().unwrap_or_default().as_bstr()
}

/// Each figure's median over `runs` of the same thing.
fn median(runs: usize, mut run: impl FnMut() -> io::Result<Cost>) -> io::Result<Cost> {
    let costs = (0..runs)
        .map(|_| run())
        .collect::<io::Result<Vec<Cost>>>()?;
    fn middle<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
        let mut values: Vec<T> = values.collect();
        values.sort();
        let middle = values.len() / 2;
        values.into_iter().nth(middle)
    }
    Ok(Cost {
        wall: middle(costs.iter().map(|cost| cost.wall)).unwrap_or_default(),
        cpu: middle(costs.iter().map(|cost| cost.cpu)).unwrap_or_default(),
        peak_bytes: middle(costs.iter().map(|cost| cost.peak_bytes)).unwrap_or_default(),
    })
}

/// One after the other: times add up, memory does not.
fn sum(a: Cost, b: Cost) -> Cost {
    let add = |a: Duration, b: Duration| a + b;
    Cost {
        wall: add(a.wall, b.wall),
        cpu: add(a.cpu, b.cpu),
        peak_bytes: a.peak_bytes.max(b.peak_bytes),
    }
}

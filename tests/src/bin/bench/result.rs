//! Everything that is measured on one collection.

use std::io;
use std::path::Path;

use crate::catalogue::Genomes;
use crate::compare::{self, Archives, Row};
use crate::figures::{Figure, Ratios};
use crate::tool::Tools;
use crate::verify::Checks;
use crate::{append, options, say, windows};

/// What was measured on one collection.
pub(crate) struct SetResult {
    pub(crate) name: String,
    pub(crate) samples: usize,
    pub(crate) bases: u64,
    /// Times each thing was run.
    pub(crate) runs: usize,
    pub(crate) rows: Vec<Row>,
    /// The mode of the C++ tool that is compared with.
    pub(crate) best_mode: Option<String>,
    /// Mean bytes of our archive and of theirs that a window needs.
    pub(crate) window_bytes: (f64, Option<f64>),
    pub(crate) appends: Vec<append::Row>,
    /// Empty for collections that take long.
    pub(crate) options: Vec<options::Row>,
    /// Empty without the C++ tool.
    pub(crate) ratios: Ratios,
}

/// Levels and purposes are tried where the default takes no longer than this: `--level max` takes several times as long.
const OPTIONS_WALL_SECONDS_MAX: f64 = 15.0;

impl SetResult {
    pub(crate) fn measure(
        tools: &Tools,
        genomes: &Genomes,
        plan: &compare::Plan,
        scratch: &Path,
        checks: &mut Checks<'_>,
    ) -> io::Result<Self> {
        let set = &genomes.collection(scratch)?;
        say(&format!("{}: create", set.name));
        let archives = Archives::create(tools, set, plan.runs, scratch, checks)?;
        let mut rows = archives.rows();
        say(&format!("{}: read", set.name));
        rows.extend(compare::read(tools, &archives, set, plan, scratch, checks)?);
        let (ours, best) = (&archives.ours, archives.best());
        let regions = windows::draw(set, windows::WINDOWS, windows::WINDOW_BASES);
        let window_bytes = (
            windows::mean_bytes(&ours.path, &regions)?,
            best.map(|best| windows::mean_bytes(&best.path, &regions))
                .transpose()?,
        );
        let bases = append::Bases {
            samples: set.samples.len(),
            ours,
            theirs: best,
        };
        say(&format!("{}: append", set.name));
        let appends = append::measure(tools, &genomes.all, &bases, plan.runs, scratch, checks);
        let appends = checks.or_failure(&format!("{}: append", set.name), appends);
        let mut options = Vec::new();
        if ours.cost().wall.as_secs_f64() <= OPTIONS_WALL_SECONDS_MAX {
            say(&format!("{}: options", set.name));
            let measured = options::measure(tools, set, ours, &regions, scratch, checks);
            options = checks.or_failure(&format!("{}: options", set.name), measured);
        }
        let mut result = Self {
            name: set.name.clone(),
            samples: set.samples.len(),
            bases: set.bases(),
            runs: plan.runs,
            rows,
            best_mode: best.map(|best| compare::with_flags("agc", best.flags)),
            window_bytes,
            appends,
            options,
            ratios: Ratios::default(),
        };
        result.compare();
        archives.remove()?;
        Ok(result)
    }

    fn row(&self, verb: &str, tool: &str) -> Option<&Row> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.verb == verb && row.tool == tool)
    }

    /// Fills in the ratios; without the C++ tool there are none.
    fn compare(&mut self) {
        let mut ratios = Ratios::default();
        let best = self.best_mode.as_deref().unwrap_or_default();
        let mut add = |figure, verb, best: &str, of: fn(&Row) -> f64| {
            if let (Some(ours), Some(theirs)) = (self.row(verb, "ragc"), self.row(verb, best)) {
                ratios.add(figure, of(ours), of(theirs));
            }
        };
        let bytes = |row: &Row| row.archive_bytes.unwrap_or_default() as f64;
        let cpu = |row: &Row| row.cost.cpu.as_secs_f64();
        add(Figure::Archive, "create", best, bytes);
        add(Figure::ArchivePlain, "create", "agc", bytes);
        add(Figure::CreateCpu, "create", best, cpu);
        add(Figure::CreateWall, "create", best, |row| {
            row.cost.wall.as_secs_f64()
        });
        add(Figure::CreateMemory, "create", best, |row| {
            row.cost.peak_bytes as f64
        });
        add(Figure::GetsetCpu, "getset", best, cpu);
        add(Figure::GetcolCpu, "getcol", best, cpu);
        let append = |by: &str| {
            let mut rows = self.appends.iter();
            rows.find(|row| row.made_by == by && row.appended_by == by)
        };
        if let (Some(ours), Some(theirs)) = (append("ragc"), append(best)) {
            let [ours, theirs] = [ours, theirs].map(|row| row.cost.wall.as_secs_f64());
            ratios.add(Figure::AppendWall, ours, theirs);
        }
        if let (ours, Some(theirs)) = self.window_bytes {
            ratios.add(Figure::Window, ours, theirs);
        }
        self.ratios = ratios;
    }
}

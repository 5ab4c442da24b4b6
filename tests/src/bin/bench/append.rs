//! One sample appended to an archive of the others: by each tool, to its own archive and to the other's, and on from
//! there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ragc_tests::child::Cost;

use crate::compare::{Made, with_flags};
use crate::cost::{Run, in_turn};
use crate::set::Set;
use crate::tool::{Flags, Program, Tools};
use crate::verify::Checks;

/// One sample appended.
pub(crate) struct Row {
    /// Who made the archive, and who appended to it, with flags.
    pub(crate) made_by: String,
    pub(crate) appended_by: String,
    pub(crate) cost: Cost,
    pub(crate) bytes_before: u64,
    pub(crate) bytes_after: u64,
}

/// All but the last two samples, and these.
struct Parts {
    base: Set,
    next: Set,
    /// The base and the next one.
    both: Set,
    last: Set,
}

impl Parts {
    /// `None` if there are too few.
    fn of(set: &Set, scratch: &Path) -> io::Result<Option<Self>> {
        let Some(base) = set.samples.len().checked_sub(2).filter(|base| *base > 0) else {
            return Ok(None);
        };
        Ok(Some(Self {
            base: set.subset(0..base, scratch)?,
            next: set.subset(base..base + 1, scratch)?,
            both: set.subset(0..base + 1, scratch)?,
            last: set.subset(base + 1..base + 2, scratch)?,
        }))
    }
}

/// The last sample but one appended to archives of those before it; of both, what is timed is run in turn. Then the last
/// sample, by the tool that did not append the one before. All are read back.
pub(crate) fn measure(
    tools: &Tools,
    set: &Set,
    agc_flags: Flags,
    runs: usize,
    scratch: &Path,
    checks: &mut Checks<'_>,
) -> io::Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(scratch)?;
    let path = |name: &str| folder.path().join(format!("{name}.agc"));
    let Some(parts) = Parts::of(set, folder.path())? else {
        return Ok(Vec::new());
    };
    let ragc = Side::new(&tools.ragc, &[], &parts.base, path("ragc"))?;
    let agc = match &tools.agc {
        Some(agc) => Some(Side::new(agc, agc_flags, &parts.base, path("agc"))?),
        None => None,
    };
    let mut pairs = vec![Pair::new(&ragc, &ragc, path("ragc-ragc"))];
    if let Some(agc) = &agc {
        pairs.push(Pair::new(agc, agc, path("agc-agc")));
        pairs.push(Pair::new(&ragc, agc, path("ragc-agc")));
        pairs.push(Pair::new(agc, &ragc, path("agc-ragc")));
    }
    let appends = |pair: &Pair<'_>| {
        pair.by
            .append(&pair.to.base.path, &parts.next, &pair.archive)
    };
    let things = pairs
        .iter()
        .map(|pair| Box::new(move || appends(pair)) as Run<'_>);
    let costs = in_turn(runs, things.collect())?;
    let mut rows = Vec::new();
    for (pair, cost) in pairs.iter().zip(costs) {
        checks.archive(&parts.both, &pair.story(), &pair.archive)?;
        rows.push(pair.row(cost)?);
    }
    if let Some(agc) = &agc {
        for (pair, by) in [(&pairs[2], &ragc), (&pairs[3], agc)] {
            let archive = path("chain");
            by.append(&pair.archive, &parts.last, &archive)?;
            let story = format!("{}, then {} append", pair.story(), by.program.name);
            checks.archive(set, &story, &archive)?;
        }
    }
    Ok(rows)
}

/// A tool with its flags, and its archive to append to.
struct Side<'a> {
    program: &'a Program,
    flags: Flags,
    base: Made,
}

impl<'a> Side<'a> {
    fn new(program: &'a Program, flags: Flags, set: &Set, path: PathBuf) -> io::Result<Self> {
        Ok(Self {
            program,
            flags,
            base: Made::create(program, flags, set, path)?,
        })
    }

    fn append(&self, old: &Path, set: &Set, archive: &Path) -> io::Result<Cost> {
        self.program.append(self.flags, old, set, archive)
    }
}

struct Pair<'a> {
    to: &'a Side<'a>,
    by: &'a Side<'a>,
    archive: PathBuf,
}

impl<'a> Pair<'a> {
    fn new(to: &'a Side<'a>, by: &'a Side<'a>, archive: PathBuf) -> Self {
        Self { to, by, archive }
    }

    fn story(&self) -> String {
        format!(
            "{}, then {} append",
            self.to.program.name, self.by.program.name
        )
    }

    fn row(&self, cost: Cost) -> io::Result<Row> {
        Ok(Row {
            made_by: with_flags(self.to.program.name, self.to.flags),
            appended_by: with_flags(self.by.program.name, self.by.flags),
            cost,
            bytes_before: self.to.base.bytes,
            bytes_after: fs::metadata(&self.archive)?.len(),
        })
    }
}

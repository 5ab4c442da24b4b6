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
use crate::verify::{Checks, Maker};

/// One sample appended.
pub(crate) struct Row {
    /// Who made the archive, and who appended to it, with flags.
    pub(crate) made_by: String,
    pub(crate) appended_by: String,
    pub(crate) cost: Cost,
    pub(crate) bytes_before: u64,
    pub(crate) bytes_after: u64,
}

/// Archives that are there already: ours, and the C++ tool's smallest.
pub(crate) struct Bases<'a> {
    pub(crate) samples: usize,
    pub(crate) ours: &'a Made,
    pub(crate) theirs: Option<&'a Made>,
}

/// The last genome but one appended to archives of those before it; of both tools, what is timed is run in turn. Then the
/// last genome, by the tool that did not append the one before. All are read back.
pub(crate) fn measure(
    tools: &Tools,
    all: &Set,
    bases: &Bases<'_>,
    runs: usize,
    scratch: &Path,
    checks: &mut Checks<'_>,
) -> io::Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(scratch)?;
    let path = |name: &str| folder.path().join(format!("{name}.agc"));
    let Some(before) = all
        .samples
        .len()
        .checked_sub(2)
        .filter(|before| *before > 0)
    else {
        return Ok(Vec::new());
    };
    let part = |range| all.subset(range, folder.path());
    let (next, both, last) = (
        part(before..before + 1)?,
        part(0..before + 1)?,
        part(before + 1..before + 2)?,
    );
    let base = (before != bases.samples)
        .then(|| part(0..before))
        .transpose()?;
    let ragc = Side::new(&tools.ragc, bases.ours, base.as_ref(), path("ragc"))?;
    let agc = match (&tools.agc, bases.theirs) {
        (Some(agc), Some(made)) => Some(Side::new(agc, made, base.as_ref(), path("agc"))?),
        _ => None,
    };
    let mut pairs = vec![Pair::new(&ragc, &ragc, path("ragc-ragc"))];
    if let Some(agc) = &agc {
        pairs.push(Pair::new(agc, agc, path("agc-agc")));
        pairs.push(Pair::new(&ragc, agc, path("ragc-agc")));
        pairs.push(Pair::new(agc, &ragc, path("agc-ragc")));
    }
    let appends = |pair: &Pair<'_>| pair.by.append(&pair.to.path, &next, &pair.archive);
    let things = pairs
        .iter()
        .map(|pair| Box::new(move || appends(pair)) as Run<'_>);
    let costs = in_turn(runs, things.collect())?;
    let mut rows = Vec::new();
    for (pair, cost) in pairs.iter().zip(costs) {
        checks.archive(&both, &pair.story(), pair.maker(), &pair.archive)?;
        rows.push(pair.row(cost)?);
    }
    if let Some(agc) = &agc {
        for (pair, by) in [(&pairs[2], &ragc), (&pairs[3], agc)] {
            let archive = path("chain");
            by.append(&pair.archive, &last, &archive)?;
            let story = format!("{}, then {} append", pair.story(), by.program.name);
            checks.archive(all, &story, Maker::Ragc, &archive)?;
        }
    }
    Ok(rows)
}

/// A tool with its flags, and its archive to append to.
struct Side<'a> {
    program: &'a Program,
    flags: Flags,
    path: PathBuf,
    bytes: u64,
}

impl<'a> Side<'a> {
    /// The archive that is there, or one like it of the genomes of `base`.
    fn new(
        program: &'a Program,
        made: &Made,
        base: Option<&Set>,
        path: PathBuf,
    ) -> io::Result<Self> {
        let new = base.map(|base| Made::create(program, made.flags, base, path));
        let new = new.transpose()?;
        let made = new.as_ref().unwrap_or(made);
        Ok(Self {
            program,
            flags: made.flags,
            path: made.path.clone(),
            bytes: made.bytes,
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

    fn maker(&self) -> Maker {
        let ours = [self.to, self.by]
            .iter()
            .any(|side| side.program.name == "ragc");
        if ours { Maker::Ragc } else { Maker::AgcAlone }
    }

    fn row(&self, cost: Cost) -> io::Result<Row> {
        Ok(Row {
            made_by: with_flags(self.to.program.name, self.to.flags),
            appended_by: with_flags(self.by.program.name, self.by.flags),
            cost,
            bytes_before: self.to.bytes,
            bytes_after: fs::metadata(&self.archive)?.len(),
        })
    }
}

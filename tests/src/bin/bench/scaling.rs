//! Time, memory and archive size against the number of samples.

use std::io;
use std::path::Path;

use ragc_tests::child::Cost;

use crate::catalogue::Simulated;
use crate::compare::{Made, with_flags};
use crate::cost::rounds;
use crate::set::Set;
use crate::table::count;
use crate::tool::{Flags, Program, Tools};
use crate::verify::{Checks, Maker};

/// A collection that is taken in parts of growing size.
pub(crate) struct Growth {
    /// As `--only` has it.
    pub(crate) name: &'static str,
    /// What is counted.
    pub(crate) samples: &'static str,
    preset: &'static str,
    counts: &'static [usize],
    /// Up to so many are quick to try.
    pub(crate) quick_max: usize,
}

pub(crate) const GROWTHS: [Growth; 2] = [
    Growth {
        name: "growth-virus",
        samples: "viruses",
        preset: "virus",
        counts: &[50, 500, 5_000, 50_000],
        quick_max: 500,
    },
    Growth {
        name: "growth-bacteria",
        samples: "bacteria",
        preset: "bacteria",
        counts: &[10, 25, 50, 100, 200],
        quick_max: 10,
    },
];

/// What the memory of one series is bounded to, by `--memory`.
pub(crate) const MEMORY: &str = "1G";
pub(crate) const MEMORY_BYTES: f64 = (1u64 << 30) as f64;

/// One tool in one mode.
pub(crate) struct Series {
    pub(crate) tool: String,
    pub(crate) points: Vec<Point>,
}

/// An archive of the first samples.
pub(crate) struct Point {
    pub(crate) samples: usize,
    pub(crate) bases: u64,
    pub(crate) cost: Cost,
    pub(crate) archive_bytes: u64,
}

impl Growth {
    /// The least and the most samples measured, in words.
    pub(crate) fn range(&self, series: &[Series]) -> String {
        let points = series.first().map_or(&[][..], |series| &series.points);
        let counts: Vec<u64> = points.iter().map(|point| point.samples as u64).collect();
        match counts.as_slice() {
            [first, .., last] => format!("{} to {}", count(*first), count(*last)),
            _ => counts.iter().map(|only| count(*only)).collect(),
        }
    }

    /// Ours, ours with bounded memory where there is such an option, and the C++ tool without flags; with at most
    /// `samples_max` samples.
    pub(crate) fn measure(
        &self,
        tools: &Tools,
        simulated: &Simulated,
        samples_max: usize,
        runs: usize,
        scratch: &Path,
        checks: &mut Checks<'_>,
    ) -> io::Result<Vec<Series>> {
        let counts = self
            .counts
            .iter()
            .filter(|samples| **samples <= samples_max);
        let Some(most) = counts.clone().max() else {
            return Ok(Vec::new());
        };
        let set = simulated.set(self.name, self.preset, *most)?;
        let modes = modes(tools)?;
        let mut series: Vec<Series> = modes.iter().map(Series::new).collect();
        for samples in counts {
            let folder = tempfile::tempdir_in(scratch)?;
            let part = set.subset(0..*samples, folder.path())?;
            let archives = make(&modes, &part, part.runs(runs), folder.path(), checks)?;
            for (made, series) in archives.iter().zip(&mut series) {
                let Some(made) = made else { continue };
                let story = format!("{}, {samples} {}", series.tool, self.samples);
                let maker = if series.tool == "agc" {
                    Maker::AgcAlone
                } else {
                    Maker::Ragc
                };
                checks.archive(&part, &story, maker, &made.path)?;
                series.points.push(Point {
                    samples: *samples,
                    bases: part.bases(),
                    cost: made.cost(),
                    archive_bytes: made.bytes,
                });
            }
        }
        Ok(series)
    }
}

type Mode<'a> = (&'a Program, Flags);

fn modes(tools: &Tools) -> io::Result<Vec<Mode<'_>>> {
    let mut modes: Vec<Mode<'_>> = vec![(&tools.ragc, &[])];
    if tools
        .ragc
        .says(&["create", "--help"])?
        .contains("--memory ")
    {
        modes.push((&tools.ragc, &["--memory", MEMORY]));
    }
    modes.extend(tools.agc.iter().map(|agc| (agc, &[] as Flags)));
    Ok(modes)
}

/// An archive in each mode, made in turn; none where it takes too long.
fn make(
    modes: &[Mode<'_>],
    set: &Set,
    runs: usize,
    folder: &Path,
    checks: &mut Checks<'_>,
) -> io::Result<Vec<Option<Made>>> {
    let mut archives = Vec::new();
    for (number, (program, flags)) in modes.iter().enumerate() {
        let path = folder.join(format!("{number}.agc"));
        let made = Made::create(program, flags, set, path);
        let tool = with_flags(program.name, flags);
        let what = format!("{}, {tool} create of {}", set.name, set.samples.len());
        archives.push(checks.unless_stopped(&what, made)?);
    }
    for _ in rounds(runs).skip(1) {
        for ((program, _), made) in modes.iter().zip(&mut archives) {
            if let Some(made) = made {
                made.again(program, set)?;
            }
        }
    }
    Ok(archives)
}

impl Series {
    fn new((program, flags): &Mode<'_>) -> Self {
        Self {
            tool: with_flags(program.name, flags),
            points: Vec::new(),
        }
    }
}

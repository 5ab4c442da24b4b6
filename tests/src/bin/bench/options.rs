//! What `--level` and `--for` change: size, time, and the bytes a window needs.

use std::io;
use std::path::Path;

use ragc_read::Region;
use ragc_tests::child::Cost;

use crate::compare::Made;
use crate::set::Set;
use crate::tool::{Flags, Tools};
use crate::verify::{Checks, Maker};
use crate::windows;

/// An archive made with some options.
pub(crate) struct Row {
    pub(crate) options: String,
    pub(crate) bytes: u64,
    pub(crate) cost: Cost,
    pub(crate) window_bytes: f64,
}

const OPTIONS: [Flags; 4] = [
    &["--level", "fast"],
    &["--level", "max"],
    &["--for", "web"],
    &["--for", "archive"],
];

/// A row for the defaults, measured before, and one for each option.
pub(crate) fn measure(
    tools: &Tools,
    set: &Set,
    defaults: &Made,
    regions: &[Region],
    scratch: &Path,
    checks: &mut Checks<'_>,
) -> io::Result<Vec<Row>> {
    let mut rows = vec![row(defaults, regions)?];
    for options in OPTIONS {
        let path = scratch.join("options.agc");
        let made = Made::create(&tools.ragc, options, set, path)?;
        checks.archive(
            set,
            &format!("ragc {}", options.join(" ")),
            Maker::Ragc,
            &made.path,
        )?;
        rows.push(row(&made, regions)?);
        std::fs::remove_file(&made.path)?;
    }
    Ok(rows)
}

fn row(made: &Made, regions: &[Region]) -> io::Result<Row> {
    Ok(Row {
        options: made.flags.join(" "),
        bytes: made.bytes,
        cost: made.cost(),
        window_bytes: windows::mean_bytes(&made.path, regions)?,
    })
}

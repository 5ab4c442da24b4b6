//! What the charts of growth show.

use crate::plot::{Figure, Line, Panel, Tone};
use crate::scale::Unit;
use crate::scaling::{Growth, MEMORY, MEMORY_BYTES, Point, Series};

/// Time, memory and archive against the number of samples.
pub(crate) fn of(growth: &Growth, series: &[Series]) -> Figure {
    let bounded = |series: &Series| series.tool.contains(MEMORY);
    let panel = |title: &str, unit, of: fn(&Point) -> f64| Panel {
        title: title.to_owned(),
        counted: growth.samples.to_owned(),
        unit,
        lines: series
            .iter()
            .map(|series| Line {
                label: series.tool.clone(),
                tone: match series.tool.as_str() {
                    "ragc" => Tone::Ours,
                    _ if bounded(series) => Tone::OursBounded,
                    _ => Tone::Theirs,
                },
                points: series
                    .points
                    .iter()
                    .map(|point| (point.samples as f64, of(point)))
                    .collect(),
            })
            .collect(),
        guide: false,
        bound: None,
    };
    let bound = series
        .iter()
        .any(bounded)
        .then(|| (MEMORY_BYTES, format!("bound of {MEMORY}")));
    Figure {
        title: format!(
            "Creating an archive of {} {}",
            growth.range(series),
            growth.samples
        ),
        panels: vec![
            Panel {
                guide: true,
                ..panel("CPU time", Unit::Seconds, |point| {
                    point.cost.cpu.as_secs_f64()
                })
            },
            Panel {
                bound,
                ..panel("Peak memory", Unit::Bytes, |point| {
                    point.cost.peak_bytes as f64
                })
            },
            panel("Archive", Unit::Bytes, |point| point.archive_bytes as f64),
        ],
    }
}

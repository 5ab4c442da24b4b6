//! Charts of growth as SVG: lines on logarithmic axes, panels side by side, readable on light and dark pages.

use std::fmt::Write as _;

use crate::scale::{Scale, Unit};
use crate::table;

/// Panels that share a title and a legend.
pub(crate) struct Figure {
    pub(crate) title: String,
    pub(crate) panels: Vec<Panel>,
}

pub(crate) struct Panel {
    pub(crate) title: String,
    /// What is counted along the bottom.
    pub(crate) counted: String,
    pub(crate) unit: Unit,
    pub(crate) lines: Vec<Line>,
    /// A line through the last point of the first line, as it would be if it grew as the count does.
    pub(crate) guide: bool,
    /// A bound, and what sets it.
    pub(crate) bound: Option<(f64, String)>,
}

#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) tone: Tone,
    /// Counts and values, all above 0.
    pub(crate) points: Vec<(f64, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Ours,
    OursBounded,
    Theirs,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Ours => "ours",
            Tone::OursBounded => "ours bounded",
            Tone::Theirs => "theirs",
        }
    }
}

const PANEL_WIDTH: f64 = 326.0;
const MARGIN: f64 = 24.0;
const HEIGHT: f64 = 384.0;
/// Of the lines' area, within the figure.
const TOP: f64 = 122.0;
const BOTTOM: f64 = HEIGHT - 58.0;
/// Room for the labels of an axis, and for values beside the last points.
const LEFT: f64 = 62.0;
const RIGHT: f64 = 70.0;

/// The card has a paper of its own, so that it can be read wherever it is shown. No variables: not all that show SVG know
/// them.
const STYLE: &str = "
  text { font: 12.5px system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif; fill: #6b7075;
    font-variant-numeric: tabular-nums; }
  .title { font-size: 16px; font-weight: 600; } .name { font-size: 13px; font-weight: 600; } .legend { font-size: 13px; }
  .title, .name, .legend { fill: #25282b; }
  .paper { fill: #fdfdfc; stroke: #e3e2df; }
  .rule { stroke: #e9e8e5; }
  .axis, .guide, .bound { stroke: #8a8f95; fill: none; }
  .guide { stroke-dasharray: 0.1 4.5; stroke-linecap: round; stroke-width: 2; }
  .bound { stroke-dasharray: 6 4; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
  .dot { stroke: #fdfdfc; stroke-width: 1.5; }
  .line.ours, .dot.bounded { stroke: #0d6c8f; } .dot.ours, .value.ours { fill: #0d6c8f; }
  .line.theirs { stroke: #bf5417; } .dot.theirs, .value.theirs { fill: #bf5417; }
  .line.bounded { stroke-dasharray: 2 5; } .dot.bounded { fill: #fdfdfc; }
  .value { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #979da4; } .title, .name, .legend { fill: #e4e6e8; }
    .paper { fill: #16191d; stroke: #2c3137; } .rule { stroke: #282d33; } .axis, .guide, .bound { stroke: #747b83; }
    .dot { stroke: #16191d; } .dot.bounded { fill: #16191d; }
    .line.ours, .dot.bounded { stroke: #55b7dc; } .dot.ours, .value.ours { fill: #55b7dc; }
    .line.theirs { stroke: #ee9456; } .dot.theirs, .value.theirs { fill: #ee9456; }
  }
";

/// The whole file.
pub(crate) fn svg(figure: &Figure) -> String {
    let width = MARGIN + PANEL_WIDTH * figure.panels.len() as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"{width}\" height=\"{HEIGHT}\" \
         role=\"img\">\n<title>{}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n",
        figure.title,
        width - 1.0,
        HEIGHT - 1.0
    );
    text(&mut out, "title", "start", (MARGIN, 38.0), &figure.title);
    legend(&mut out, figure);
    for (number, panel) in figure.panels.iter().enumerate() {
        draw(&mut out, panel, MARGIN + PANEL_WIDTH * number as f64);
    }
    out.push_str("</svg>\n");
    out
}

fn legend(out: &mut String, figure: &Figure) {
    // Letters are about this wide.
    const LETTER: f64 = 7.0;
    let y = 62.0;
    let mut x = MARGIN;
    let mut entry = |mark: &str, dot: &str, label: &str| {
        let _ = writeln!(out, "<path class=\"{mark}\" d=\"M{x:.1} {y}h24\"/>");
        if !dot.is_empty() {
            let _ = writeln!(
                out,
                "<circle class=\"{dot}\" cx=\"{:.1}\" cy=\"{y}\" r=\"4\"/>",
                x + 12.0
            );
        }
        text(out, "legend", "start", (x + 32.0, y + 4.5), label);
        x += 32.0 + label.chars().count() as f64 * LETTER + 24.0;
    };
    for line in figure.panels.iter().take(1).flat_map(|panel| &panel.lines) {
        let class = line.tone.class();
        entry(
            &format!("line {class}"),
            &format!("dot {class}"),
            &line.label,
        );
    }
    if figure.panels.iter().any(|panel| panel.guide) {
        entry("guide", "", "in proportion to the input");
    }
    let bound = figure.panels.iter().find_map(|panel| panel.bound.as_ref());
    if let Some((_, label)) = bound {
        entry("bound", "", label);
    }
}

fn draw(out: &mut String, panel: &Panel, x: f64) {
    let points = || panel.lines.iter().flat_map(|line| &line.points);
    let bound = panel.bound.iter().map(|(bound, _)| *bound);
    let (Some(across), Some(up)) = (
        Scale::of(
            points().map(|(count, _)| *count),
            x + LEFT,
            x + PANEL_WIDTH - RIGHT,
        ),
        Scale::nice(points().map(|(_, value)| *value).chain(bound), BOTTOM, TOP),
    ) else {
        return;
    };
    text(out, "name", "start", (x, TOP - 22.0), &panel.title);
    for tick in up.ticks() {
        let y = up.at(tick);
        let _ = writeln!(
            out,
            "<path class=\"rule\" d=\"M{:.1} {y:.1}H{:.1}\"/>",
            across.start - 8.0,
            across.end + 8.0
        );
        text(
            out,
            "",
            "end",
            (across.start - 14.0, y + 4.0),
            &panel.unit.say(tick),
        );
    }
    let _ = writeln!(
        out,
        "<path class=\"axis\" d=\"M{:.1} {BOTTOM}H{:.1}\"/>",
        across.start - 8.0,
        across.end + 8.0
    );
    let mut counts: Vec<f64> = points().map(|(count, _)| *count).collect();
    counts.sort_by(f64::total_cmp);
    counts.dedup();
    for count in counts {
        let at = across.at(count);
        let _ = writeln!(out, "<path class=\"axis\" d=\"M{at:.1} {BOTTOM}v5\"/>");
        text(
            out,
            "",
            "middle",
            (at, BOTTOM + 20.0),
            &table::count(count as u64),
        );
    }
    text(
        out,
        "",
        "middle",
        ((across.start + across.end) / 2.0, BOTTOM + 40.0),
        &panel.counted,
    );
    if let Some((bound, _)) = panel.bound {
        let _ = writeln!(
            out,
            "<path class=\"bound\" d=\"M{:.1} {:.1}H{:.1}\"/>",
            across.start - 8.0,
            up.at(bound),
            across.end + 8.0
        );
    }
    if panel.guide {
        guide(out, panel, &across, &up);
    }
    let mut labelled: Vec<f64> = Vec::new();
    for line in &panel.lines {
        let places: Vec<(f64, f64)> = line
            .points
            .iter()
            .map(|(count, value)| (across.at(*count), up.at(*value)))
            .collect();
        curve(out, line.tone.class(), &places);
        if let (Some((x, y)), Some((_, value))) = (places.last(), line.points.last())
            && labelled.iter().all(|other| (other - y).abs() > 13.0)
        {
            labelled.push(*y);
            let class = format!("value {}", line.tone.class());
            text(
                out,
                &class,
                "start",
                (x + 10.0, y + 4.0),
                &panel.unit.say_figure(*value),
            );
        }
    }
}

fn curve(out: &mut String, class: &str, places: &[(f64, f64)]) {
    let path: Vec<String> = places
        .iter()
        .map(|(x, y)| format!("{x:.1} {y:.1}"))
        .collect();
    let _ = writeln!(
        out,
        "<path class=\"line {class}\" d=\"M{}\"/>",
        path.join("L")
    );
    for (x, y) in places {
        let _ = writeln!(
            out,
            "<circle class=\"dot {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"
        );
    }
}

/// From the last point of the first line down to where it leaves the panel.
fn guide(out: &mut String, panel: &Panel, across: &Scale, up: &Scale) {
    let Some((count, value)) = panel.lines.first().and_then(|line| line.points.last()) else {
        return;
    };
    let lowest = across.from.max(count * up.from / value);
    let _ = writeln!(
        out,
        "<path class=\"guide\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>",
        across.at(lowest),
        up.at(value * lowest / count),
        across.at(*count),
        up.at(*value)
    );
}

fn text(out: &mut String, class: &str, anchor: &str, (x, y): (f64, f64), words: &str) {
    let _ = writeln!(
        out,
        "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>"
    );
}

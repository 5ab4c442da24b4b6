//! Figures as text a person reads.

use std::fmt::Write as _;

use crate::work::{Row, SetResult, Tool};

/// One of the figures of a row.
type Figure = fn(&Row) -> f64;

/// What is compared, and how it is called.
const RATIOS: [(&str, &str, Figure); 11] = [
    ("archive", "create", |row| row.archive_bytes as f64),
    ("create CPU", "create", |row| row.cost.cpu.as_secs_f64()),
    ("create wall", "create", |row| row.cost.wall.as_secs_f64()),
    ("create memory", "create", |row| row.cost.peak_bytes as f64),
    ("getset CPU", "getset", |row| row.cost.cpu.as_secs_f64()),
    ("getset wall", "getset", |row| row.cost.wall.as_secs_f64()),
    ("getset memory", "getset", |row| row.cost.peak_bytes as f64),
    ("getcol CPU", "getcol", |row| row.cost.cpu.as_secs_f64()),
    ("getcol memory", "getcol", |row| row.cost.peak_bytes as f64),
    ("getctg CPU", "getctg", |row| row.cost.cpu.as_secs_f64()),
    ("getctg memory", "getctg", |row| row.cost.peak_bytes as f64),
];

/// Every figure of a set, then ratios to the C++ tool in its best mode.
pub(crate) fn of_set(result: &SetResult) -> String {
    let mut text = format!(
        "## {}: {} genomes, {:.1} Mb ({})\n\n{:8} {:20} {:>10} {:>10} {:>10} {:>14}  bases\n",
        result.name,
        result.genomes,
        result.bases as f64 / 1e6,
        result.plan,
        "verb",
        "tool",
        "wall s",
        "CPU s",
        "peak MB",
        "archive"
    );
    for row in sorted(result) {
        line(&mut text, row, result);
    }
    for (name, operation, figure) in RATIOS {
        if let Some(ratio) = ratio(result, operation, figure) {
            let _ = write!(
                text,
                "{}{name} {ratio:.2}x",
                if name == "archive" {
                    "\nragc / agc: "
                } else {
                    ", "
                }
            );
        }
    }
    text.push('\n');
    text
}

/// Geometric means of the ratios over all sets; nothing without the C++ tool.
pub(crate) fn means(results: &[SetResult]) -> String {
    let compared: Vec<&SetResult> = results
        .iter()
        .filter(|result| result.best_mode.is_some())
        .collect();
    if compared.is_empty() {
        return String::from("no ratios: SKIPPED, AGC names no C++ tool to compare with");
    }
    let mut text = format!(
        "## ragc / agc (its smallest archive's mode), {} sets\n\n{:16}",
        compared.len(),
        ""
    );
    for result in &compared {
        let _ = write!(text, "{:>19}", result.name);
    }
    text.push_str("   geometric mean\n");
    for (name, operation, figure) in RATIOS {
        let ratios: Vec<f64> = compared
            .iter()
            .filter_map(|result| ratio(result, operation, figure))
            .collect();
        let _ = write!(text, "{name:16}");
        for ratio in &ratios {
            let _ = write!(text, "{ratio:>18.2}x");
        }
        let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
        let _ = writeln!(text, "{mean:>16.2}x");
    }
    text
}

fn ratio(result: &SetResult, operation: &str, figure: Figure) -> Option<f64> {
    let ours = figure(result.row(operation, &Tool::Ragc)?);
    let theirs = figure(result.best(operation)?);
    Some(ours / theirs)
}

fn sorted(result: &SetResult) -> Vec<&Row> {
    let mut rows: Vec<&Row> = result.rows.iter().collect();
    let order = ["create", "getset", "getcol", "getctg"];
    rows.sort_by_key(|row| {
        order
            .iter()
            .position(|operation| *operation == row.operation)
    });
    rows
}

fn line(text: &mut String, row: &Row, result: &SetResult) {
    let best = |mode: &str| {
        if result.best_mode.as_deref() == Some(mode) {
            " *"
        } else {
            ""
        }
    };
    let tool = match &row.tool {
        Tool::Ragc => String::from("ragc"),
        Tool::Agc(mode) => format!("agc {mode}{}", best(mode)),
        Tool::AgcOnOurs => String::from("agc on ragc's"),
    };
    let _ = writeln!(
        text,
        "{:8} {tool:20} {:>10.3} {:>10.3} {:>10.1} {:>14}  {}",
        row.operation,
        row.cost.wall.as_secs_f64(),
        row.cost.cpu.as_secs_f64(),
        row.cost.peak_bytes as f64 / 1e6,
        row.archive_bytes,
        match row.right {
            Some(true) => "verified",
            Some(false) => "DIFFERS",
            None => "",
        }
    );
}

//! The tables of what was measured.

use std::fmt::Write as _;

use crate::document::Findings;
use crate::figures::{Figure, GOALS, Goal, geometric_mean};
use crate::random::Random;
use crate::result::SetResult;
use crate::scaling::{MEMORY, MEMORY_BYTES, Point, Series};
use crate::table::{Table, count, megabytes, ratio, seconds};
use crate::verify::Check;

/// Said where ratios would be.
const SKIPPED: &str = "SKIPPED: `AGC` names no C++ tool to compare with.\n";

/// What matters most of a whole run.
pub(crate) fn summary(findings: &Findings<'_>) -> String {
    let (results, checks) = (&findings.results, findings.checks);
    let mut text = String::new();
    if !results.is_empty() {
        let _ = writeln!(text, "{}\n{}", ratios(results), goals(results));
    }
    text + &self::checks(&checks.done) + &stopped(&checks.stopped) + &failures(&checks.failures)
}

/// All tables of one collection.
pub(crate) fn collection(result: &[SetResult]) -> String {
    let of_one = |result: &SetResult| format!("{}\n\n{}", title(result), costs(result));
    let costs: String = result.iter().map(of_one).collect();
    let tables = [windows, appends, options].map(|table| table(result));
    format!("{costs}\n{}", tables.join("\n"))
}

/// Every figure's mean, and whether it is as good as needed; and which collections alone are not.
pub(crate) fn goals(results: &[SetResult]) -> String {
    if !compared(results) {
        return SKIPPED.to_owned();
    }
    let headings = ["ragc / agc", "mean", "needed", "aim", "", "missed alone by"];
    let mut table = Table::new(&[0, 4, 5], headings);
    for goal in &GOALS {
        let measured = ratios_of(results, goal.figure);
        let Some(mean) = geometric_mean(measured.iter().map(|(_, ratio)| *ratio)) else {
            continue;
        };
        let missed = measured.iter().filter(|(_, ratio)| *ratio > goal.needed);
        let missed: Vec<String> = missed
            .map(|(name, found)| format!("{name} {}", ratio(*found)))
            .collect();
        table.row([
            goal.long.to_owned(),
            ratio(mean),
            format!("{:.2}", goal.needed),
            goal.aim
                .map_or(String::from("-"), |aim| format!("{aim:.2}")),
            verdict(goal, mean).to_owned(),
            if missed.is_empty() {
                String::from("none")
            } else {
                missed.join(", ")
            },
        ]);
    }
    table.to_string()
}

fn verdict(goal: &Goal, mean: f64) -> &'static str {
    if mean > goal.needed {
        "**missed**"
    } else if goal.aim.is_some_and(|aim| mean <= aim) {
        "met, and the aim"
    } else {
        "met"
    }
}

/// Every ratio of every collection; those worse than needed stand out. Nothing without the C++ tool.
pub(crate) fn ratios(results: &[SetResult]) -> String {
    if !compared(results) {
        return String::new();
    }
    let headings = GOALS.iter().map(|goal| goal.short);
    let mut table = Table::new(&[0], ["ragc / agc"].into_iter().chain(headings));
    let row = |table: &mut Table, name: &str, of: &dyn Fn(&Goal) -> Option<f64>| {
        let cell = |goal: &Goal| match of(goal) {
            Some(found) if found > goal.needed => format!("**{}**", ratio(found)),
            Some(found) => ratio(found),
            None => String::from("-"),
        };
        table.row([name.to_owned()].into_iter().chain(GOALS.iter().map(cell)));
    };
    for result in results {
        let once = if result.runs == 1 { " (once)" } else { "" };
        row(&mut table, &format!("{}{once}", result.name), &|goal| {
            result.ratios.get(goal.figure)
        });
    }
    row(&mut table, "geometric mean", &|goal| {
        geometric_mean(
            ratios_of(results, goal.figure)
                .into_iter()
                .map(|(_, ratio)| ratio),
        )
    });
    row(&mut table, "needed", &|goal| Some(goal.needed));
    row(&mut table, "aim", &|goal| goal.aim);
    table.to_string()
}

fn compared(results: &[SetResult]) -> bool {
    results.iter().any(|result| result.best_mode.is_some())
}

fn ratios_of(results: &[SetResult], figure: Figure) -> Vec<(&str, f64)> {
    results
        .iter()
        .filter_map(|result| Some((result.name.as_str(), result.ratios.get(figure)?)))
        .collect()
}

/// What a collection is.
pub(crate) fn title(result: &SetResult) -> String {
    format!(
        "{}: {} samples, {} Mb",
        result.name,
        count(result.samples as u64),
        count(result.bases.div_ceil(1_000_000)),
    )
}

/// Time and memory of every command on one collection.
pub(crate) fn costs(result: &SetResult) -> String {
    let mut table = Table::new(
        &[0, 1],
        ["", "tool", "wall s", "CPU s", "peak MB", "archive bytes"],
    );
    for row in &result.rows {
        let best = result.best_mode.as_ref() == Some(&row.tool) && row.tool != "ragc";
        table.row([
            row.verb.to_owned(),
            format!("{}{}", row.tool, if best { " \\*" } else { "" }),
            seconds(row.cost.wall.as_secs_f64()),
            seconds(row.cost.cpu.as_secs_f64()),
            megabytes(row.cost.peak_bytes),
            row.archive_bytes.map_or(String::new(), count),
        ]);
    }
    table.to_string()
}

pub(crate) fn windows(results: &[SetResult]) -> String {
    let mut table = Table::new(&[0], ["bytes of a window", "ragc", "agc", "ragc / agc"]);
    for result in results {
        let (ours, theirs) = result.window_bytes;
        table.row([
            result.name.clone(),
            count(ours.round() as u64),
            theirs.map_or("-".into(), |theirs| count(theirs.round() as u64)),
            theirs.map_or("-".into(), |theirs| ratio(ours / theirs)),
        ]);
    }
    table.to_string()
}

pub(crate) fn appends(results: &[SetResult]) -> String {
    let headings = [
        "",
        "archive of",
        "append by",
        "wall s",
        "CPU s",
        "peak MB",
        "bytes added",
        "bytes then",
    ];
    let mut table = Table::new(&[0, 1, 2], headings);
    for result in results {
        for row in &result.appends {
            table.row([
                result.name.clone(),
                row.made_by.clone(),
                row.appended_by.clone(),
                seconds(row.cost.wall.as_secs_f64()),
                seconds(row.cost.cpu.as_secs_f64()),
                megabytes(row.cost.peak_bytes),
                difference(row.bytes_before, row.bytes_after),
                count(row.bytes_after),
            ]);
        }
    }
    table.to_string()
}

/// An archive may get smaller: what was compressed in haste is compressed again.
fn difference(before: u64, after: u64) -> String {
    let sign = if after < before { "-" } else { "" };
    format!("{sign}{}", count(after.abs_diff(before)))
}

pub(crate) fn options(results: &[SetResult]) -> String {
    let headings = [
        "",
        "options",
        "archive bytes",
        "",
        "CPU s",
        "",
        "window bytes",
        "",
    ];
    let mut table = Table::new(&[0, 1], headings);
    for result in results {
        let Some(defaults) = result.options.first() else {
            continue;
        };
        for row in &result.options {
            let cpu = row.cost.cpu.as_secs_f64();
            table.row([
                result.name.clone(),
                row.options.clone(),
                count(row.bytes),
                ratio(row.bytes as f64 / defaults.bytes as f64),
                seconds(cpu),
                ratio(cpu / defaults.cost.cpu.as_secs_f64()),
                count(row.window_bytes.round() as u64),
                ratio(row.window_bytes / defaults.window_bytes),
            ]);
        }
    }
    table.to_string()
}

/// How fast windows in any order are answered.
pub(crate) fn random(random: &Random) -> String {
    let headings = [
        "archive of",
        "asked",
        "order",
        "threads",
        "windows",
        "windows/s",
        "/ agc",
        "peak MB",
    ];
    let mut table = Table::new(&[0, 1, 2], headings);
    for row in &random.rows {
        let times = random
            .of_agc(row)
            .map(|agc| row.per_second() / agc.per_second());
        table.row([
            row.made_by.clone(),
            row.asked.clone(),
            row.order.to_owned(),
            row.threads.to_string(),
            count(row.windows as u64),
            count(row.per_second().round() as u64),
            times.map_or("-".into(), |times| format!("{times:.1}")),
            megabytes(row.peak_bytes),
        ]);
    }
    let (samples, bases) = (random.samples, random.bases.div_ceil(1_000_000));
    format!("{samples} samples, {} Mb\n\n{table}", count(bases))
}

/// Figures of growing parts of a collection, and what they say.
pub(crate) fn growth(samples: &str, series: &[Series]) -> String {
    format!(
        "{}\n{}",
        growth_table(samples, series),
        growth_in_words(samples, series)
    )
}

fn growth_table(samples: &str, series: &[Series]) -> String {
    let headings = [
        "tool",
        samples,
        "Mb",
        "CPU s",
        "wall s",
        "peak MB",
        "archive bytes",
        "CPU s a Gb",
    ];
    let mut table = Table::new(&[0], headings);
    for series in series {
        for point in &series.points {
            let cpu = point.cost.cpu.as_secs_f64();
            table.row([
                series.tool.clone(),
                count(point.samples as u64),
                format!("{:.1}", point.bases as f64 / 1e6),
                seconds(cpu),
                seconds(point.cost.wall.as_secs_f64()),
                megabytes(point.cost.peak_bytes),
                count(point.archive_bytes),
                format!("{:.1}", cpu * 1e9 / point.bases as f64),
            ]);
        }
    }
    table.to_string()
}

/// What the growth of each tool comes to, in words.
fn growth_in_words(samples: &str, series: &[Series]) -> String {
    let mut text = String::new();
    for Series { tool, points } in series {
        let [first, .., last] = points.as_slice() else {
            continue;
        };
        let times = |of: fn(&Point) -> f64| of(last) / of(first);
        let faster = points
            .windows(2)
            .find(|step| grows_faster_than_input(&step[0], &step[1]));
        let _ = writeln!(
            text,
            "- {tool}, from {} to {} {samples}: {:.1} times the input take {:.1} times the CPU time, {:.1} times the memory \
             and {:.1} times the archive; {}.",
            count(first.samples as u64),
            count(last.samples as u64),
            times(|point| point.bases as f64),
            times(|point| point.cost.cpu.as_secs_f64()),
            times(|point| point.cost.peak_bytes as f64),
            times(|point| point.archive_bytes as f64),
            match faster.and_then(|step| step.last()) {
                Some(point) => format!(
                    "**up to {}, time grows faster than the input**",
                    count(point.samples as u64)
                ),
                None => String::from("in no step does time grow faster than the input"),
            }
        );
        if tool.contains(MEMORY) {
            let peak = points
                .iter()
                .map(|point| point.cost.peak_bytes)
                .max()
                .unwrap_or_default();
            let kept = if peak as f64 <= MEMORY_BYTES {
                "kept"
            } else {
                "**exceeded**"
            };
            let _ = writeln!(
                text,
                "- The bound {MEMORY} is {kept}: at most {} MB.",
                megabytes(peak)
            );
        }
    }
    text
}

fn grows_faster_than_input(before: &Point, after: &Point) -> bool {
    // Runs of the same thing differ by this share.
    const NOISE: f64 = 0.05;
    let times = |of: fn(&Point) -> f64| of(after) / of(before);
    times(|point| point.cost.cpu.as_secs_f64()) > times(|point| point.bases as f64) * (1.0 + NOISE)
}

/// How many archives which reader gave back, and what differed.
pub(crate) fn checks(checks: &[Check]) -> String {
    const READERS: [&str; 3] = ["ragc", "agc", "agc_decode.py"];
    let mut collections: Vec<&str> = checks
        .iter()
        .map(|check| check.collection.as_str())
        .collect();
    collections.dedup();
    let mut table = Table::new(&[0], ["read back by"].iter().chain(&READERS));
    for collection in collections {
        let of = |reader| {
            let mut mine = checks.to_vec();
            mine.retain(|check| check.collection == collection && check.reader == reader);
            tally(&mine)
        };
        table.row([collection.to_owned()].into_iter().chain(READERS.map(of)));
    }
    let stories = checks.iter().filter_map(story);
    table.to_string() + &stories.collect::<String>()
}

fn tally(checks: &[Check]) -> String {
    let same = checks
        .iter()
        .filter(|check| check.difference.is_none())
        .count();
    let spoilt = checks.iter().filter(|check| check.spoilt).count();
    let differing = checks.len() - same - spoilt;
    let mut words = vec![format!("{same} identical")];
    if spoilt > 0 {
        words.push(format!("{spoilt} spoilt by agc"));
    }
    if differing > 0 {
        words.push(format!("**{differing} DIFFERS**"));
    }
    if checks.is_empty() {
        String::from("-")
    } else {
        words.join(", ")
    }
}

fn story(check: &Check) -> Option<String> {
    let difference = check.difference.as_ref()?;
    let kind = if check.spoilt {
        "Spoilt by agc, which cannot read it itself"
    } else {
        "DIFFERS"
    };
    let Check {
        collection,
        archive,
        reader,
        ..
    } = check;
    Some(format!(
        "\n{kind}: {collection}, archive of {archive}, read by {reader}: {difference}\n"
    ))
}

/// What is missing among the figures of the C++ tool.
pub(crate) fn stopped(stopped: &[String]) -> String {
    stopped.iter().map(|what| format!("- {what}\n")).collect()
}

/// What could not be measured.
pub(crate) fn failures(failures: &[String]) -> String {
    failures
        .iter()
        .map(|failure| format!("FAILED: {failure}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{checks, grows_faster_than_input};
    use crate::scaling::Point;
    use crate::verify::Check;

    #[test]
    fn what_differs_is_told_apart_from_what_agc_spoilt() {
        let check = |reader, difference: Option<&str>, spoilt| Check {
            collection: String::from("set"),
            archive: String::from("agc"),
            reader,
            difference: difference.map(String::from),
            spoilt,
        };
        let told = checks(&[
            check("ragc", None, false),
            check("ragc", Some("a is missing"), false),
            check("agc", Some("b is missing"), true),
        ]);
        assert!(told.contains("1 identical, **1 DIFFERS**"), "{told}");
        assert!(told.contains("0 identical, 1 spoilt by agc"), "{told}");
        assert!(told.contains("\nDIFFERS: set, archive of agc, read by ragc: a is missing\n"));
        assert!(
            !told.contains("DIFFERS: set, archive of agc, read by agc"),
            "{told}"
        );
    }

    #[test]
    fn noise_is_no_growth() {
        let point = |bases, millis| Point {
            samples: 1,
            bases,
            cost: ragc_tests::child::Cost {
                cpu: std::time::Duration::from_millis(millis),
                ..Default::default()
            },
            archive_bytes: 0,
        };
        assert!(!grows_faster_than_input(&point(10, 100), &point(20, 208)));
        assert!(grows_faster_than_input(&point(10, 100), &point(20, 220)));
    }
}

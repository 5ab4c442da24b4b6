//! What a run was made on and with.

use std::fs;
use std::io;
use std::process::Command;

use crate::tool::Tools;

/// Rows of a table of two columns. What cannot be found out is left out.
pub(crate) fn rows(tools: &Tools) -> io::Result<Vec<(&'static str, String)>> {
    let cores = std::thread::available_parallelism()?;
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_default();
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.strip_suffix(" kB")?.parse::<u64>().ok())
        .map(|kilobytes| format!(", {:.0} GB of memory", kilobytes as f64 * 1024.0 / 1e9));
    let mut rows = vec![(
        "machine",
        format!("{cpu}, {cores} cores{}", memory.unwrap_or_default()),
    )];
    let mut add = |what, text: Option<String>| rows.extend(text.map(|text| (what, text)));
    add("system", output("uname", &["-sm"]));
    add("date", output("date", &["-u", "+%Y-%m-%d"]));
    let commit = output("git", &["describe", "--always", "--dirty"]);
    let commit = commit.map_or(String::new(), |commit| format!(", commit {commit}"));
    add(
        "ragc",
        Some(format!(
            "{}{commit}",
            first_line(&tools.ragc.says(&["--version"])?)
        )),
    );
    if let Some(agc) = &tools.agc {
        add("agc", Some(first_line(&agc.says(&[])?)));
    }
    add("compiler", output("rustc", &["--version"]));
    Ok(rows)
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = first_line(&String::from_utf8_lossy(&output.stdout));
    (output.status.success() && !text.is_empty()).then_some(text)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

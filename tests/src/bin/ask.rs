//! Asks an archive for windows of contigs from some threads, through the library: `ask x.agc windows.tsv 2 answers.txt`.
//!
//! Each line of the second file is sample, contig (by its number, from 0), start and end (0-based, half-open), between
//! tabs. They are asked for twice, in order: when nothing is known of the archive, and once more. What each time took is
//! printed in seconds. Answers go to the last file, a line each, if there is one.
//!
//! A process of its own, so that its memory can be measured (see `ragc_tests::child`).

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ragc_read::{Archive, ArchiveError, Region};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let asked = match arguments[..] {
        [archive, windows, threads] => ask(archive, windows, threads, None),
        [archive, windows, threads, out] => ask(archive, windows, threads, Some(out)),
        _ => Err("usage: ask ARCHIVE WINDOWS THREADS [ANSWERS]".into()),
    };
    match asked {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "ask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ask(
    archive: &str,
    windows: &str,
    threads: &str,
    out: Option<&str>,
) -> Result<(), Box<dyn Error>> {
    let windows = read(Path::new(windows))?;
    let threads = threads.parse()?;
    let start = Instant::now();
    let archive = Archive::open(archive)?;
    all(&archive, &windows, threads)?;
    let cold = start.elapsed();
    let warm = all(&archive, &windows, threads)?;
    writeln!(
        io::stdout(),
        "{} {}",
        cold.as_secs_f64(),
        warm.as_secs_f64()
    )?;
    if let Some(out) = out {
        let mut out = BufWriter::new(File::create(out)?);
        for window in &windows {
            out.write_all(&archive.bases(window)?)?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Region>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    text.lines().map(window).collect()
}

fn window(line: &str) -> Result<Region, Box<dyn Error>> {
    match line.split('\t').collect::<Vec<_>>()[..] {
        [sample, contig, start, end] => Ok(Region {
            sample: sample.into(),
            contig: contig.parse()?,
            range: start.parse()?..end.parse()?,
        }),
        _ => Err(format!("no window: {line}").into()),
    }
}

/// Asks for all windows, each thread for the next that nobody has: how long it took.
fn all(archive: &Archive, windows: &[Region], threads: usize) -> Result<Duration, ArchiveError> {
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), ArchiveError> {
        while let Some(window) = windows.get(next.fetch_add(1, Ordering::Relaxed)) {
            archive.bases(window)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no thread panics"))
    })?;
    Ok(start.elapsed())
}

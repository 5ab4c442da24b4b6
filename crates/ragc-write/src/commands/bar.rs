//! The progress bar of what takes long, on standard error.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use ragc_write::{create, verify};

/// Time between two looks at the progress.
const PERIOD: Duration = Duration::from_millis(100);

/// How far the work has come.
pub(super) struct Progress<'a> {
    /// What is done of what there is to do.
    done: &'a AtomicU64,
    bases: &'a AtomicU64,
}

/// In bytes of input.
impl<'a> From<&'a create::Progress> for Progress<'a> {
    fn from(progress: &'a create::Progress) -> Self {
        Self {
            done: &progress.bytes_read,
            bases: &progress.bases,
        }
    }
}

/// In samples.
impl<'a> From<&'a verify::Progress> for Progress<'a> {
    fn from(progress: &'a verify::Progress) -> Self {
        Self {
            done: &progress.samples,
            bases: &progress.bases,
        }
    }
}

/// Runs `work`, and meanwhile draws its progress if `wanted` and standard error is a terminal.
///
/// `len` is what there is to do, in units of the progress; `None` if that is not known, and then they are bytes.
pub(super) fn with_bar<'a, T>(
    wanted: bool,
    len: Option<u64>,
    progress: impl Into<Progress<'a>>,
    work: impl FnOnce() -> T,
) -> T {
    if !wanted || !io::stderr().is_terminal() {
        return work();
    }
    let progress = progress.into();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let drawer = scope.spawn(|| draw(len, &progress, &done));
        // Also when `work` panics, or the scope would wait for the drawer for ever.
        let guard = SetOnDrop(&done);
        let result = work();
        drop(guard);
        drawer.thread().unpark();
        // A bar that broke is no reason to lose the result.
        let _ = drawer.join();
        result
    })
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn draw(len: Option<u64>, progress: &Progress<'_>, done: &AtomicBool) {
    let bar = match len {
        Some(len) => ProgressBar::new(len),
        None => ProgressBar::no_length(),
    };
    let mut shown = None;
    while !done.load(Ordering::Acquire) {
        let units = progress.done.load(Ordering::Relaxed);
        let stage = match len {
            None => Stage::Unknown,
            Some(len) if units < len => Stage::Reading,
            Some(_) => Stage::Compressing,
        };
        if shown != Some(stage) {
            bar.set_style(style(stage.template()));
            shown = Some(stage);
        }
        bar.set_message(format!(
            "{} bases",
            HumanCount(progress.bases.load(Ordering::Relaxed))
        ));
        bar.set_position(len.map_or(units, |len| units.min(len)));
        bar.tick();
        std::thread::park_timeout(PERIOD);
    }
    bar.finish_and_clear();
}

/// What the bar can tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nobody knows how much there is to read.
    Unknown,
    /// Time follows from what is left to read.
    Reading,
    /// All is read, and what remains has no measure.
    Compressing,
}

impl Stage {
    /// Short enough for 40 columns: longer lines would wrap, and be drawn again and again.
    fn template(self) -> &'static str {
        match self {
            Self::Unknown => "{spinner} {bytes} read, {msg}",
            Self::Reading => "{wide_bar} {percent}%, {eta} left",
            Self::Compressing => "{spinner} all read, {msg}",
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// The line printed when an archive is complete.
pub(super) fn summary(samples: u64, bases: u64, archive_bytes: u64, time: Duration) -> String {
    let archive = match archive_bytes {
        ..1024 => format!("{archive_bytes} bytes"),
        _ => format!(
            "{} ({} bytes)",
            HumanBytes(archive_bytes),
            HumanCount(archive_bytes)
        ),
    };
    let ratio = bases as f64 / archive_bytes.max(1) as f64;
    format!(
        "{samples} {}, {} bases in {archive}, {ratio:.1} bases a byte, {:.1} s",
        if samples == 1 { "sample" } else { "samples" },
        HumanCount(bases),
        time.as_secs_f64(),
    )
}

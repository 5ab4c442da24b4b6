//! The progress bar of `create`, on standard error.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use ragc_write::create::Progress;

/// Time between two looks at the progress.
const PERIOD: Duration = Duration::from_millis(100);

/// Runs `work`, and meanwhile draws its progress if `wanted` and standard error is a terminal.
///
/// `input_len_bytes` is what there is to read; `None` if that is not known.
pub(super) fn with_bar<T>(
    wanted: bool,
    input_len_bytes: Option<u64>,
    progress: &Progress,
    work: impl FnOnce() -> T,
) -> T {
    if !wanted || !io::stderr().is_terminal() {
        return work();
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let drawer = scope.spawn(|| draw(input_len_bytes, progress, &done));
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

fn draw(input_len_bytes: Option<u64>, progress: &Progress, done: &AtomicBool) {
    let bar = match input_len_bytes {
        Some(len) => ProgressBar::new(len),
        None => ProgressBar::no_length(),
    };
    let mut shown = None;
    while !done.load(Ordering::Acquire) {
        let bytes = progress.bytes_read.load(Ordering::Relaxed);
        let stage = match input_len_bytes {
            None => Stage::Unknown,
            Some(len) if bytes < len => Stage::Reading,
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
        bar.set_position(input_len_bytes.map_or(bytes, |len| bytes.min(len)));
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

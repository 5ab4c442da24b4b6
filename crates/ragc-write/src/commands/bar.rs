//! The progress bar of all verbs, on standard error.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Time between two looks at the progress.
const PERIOD: Duration = Duration::from_millis(100);
/// What is done before needs no bar.
const HIDDEN_FOR: Duration = Duration::from_secs(1);

/// What a bar tells of: a number that grows until the work is done.
#[derive(Clone, Copy)]
pub(super) struct Counted<'a> {
    /// How far the work has come.
    pub(super) done: &'a AtomicU64,
    pub(super) unit: Unit,
    /// What there is to do; `None` if that is not known. Asked by the thread that draws, once, when the bar appears: it
    /// may take its time.
    pub(super) total: &'a (dyn Fn() -> Option<u64> + Sync),
    /// What grows on when all there is to do has been counted, as far as anything does.
    pub(super) afterwards: Option<(&'a AtomicU64, Unit)>,
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    Bytes,
    Bases,
    Samples,
}

/// Whether there is anybody to look at a bar: not if `quiet`, not without a terminal, and not where `output` (standard
/// output for `None` and `-`) goes to the terminal itself.
pub(super) fn wanted(quiet: bool, output: Option<&Path>) -> bool {
    let to_stdout = output.is_none_or(|output| output == Path::new("-"));
    !quiet && io::stderr().is_terminal() && !(to_stdout && io::stdout().is_terminal())
}

/// Runs `work`, and if `wanted` draws a bar when it takes more than a second; it is cleared at the end.
pub(super) fn with_bar<T>(wanted: bool, counted: Counted<'_>, work: impl FnOnce() -> T) -> T {
    if !wanted {
        return work();
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let drawer = scope.spawn(|| draw(counted, &over));
        // Also when `work` panics, or the scope would wait for the drawer for ever.
        let guard = SetOnDrop(&over);
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

fn draw(counted: Counted<'_>, over: &AtomicBool) {
    let Counted {
        done,
        unit,
        total,
        afterwards,
    } = counted;
    let start = Instant::now();
    // Hidden at first, but it learns the speed meanwhile.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let (mut visible, mut shown) = (false, None);
    while !over.load(Ordering::Acquire) {
        let now = done.load(Ordering::Relaxed);
        if !visible && start.elapsed() >= HIDDEN_FOR {
            visible = true;
            if let Some(total) = total() {
                bar.set_length(total);
            }
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        let stage = match bar.length() {
            None => Stage::Endless,
            Some(_) if now == 0 => Stage::Endless,
            Some(total) if now < total => Stage::Counting,
            Some(_) => Stage::Finishing,
        };
        if shown != Some(stage) {
            bar.set_style(style(stage.template()));
            shown = Some(stage);
        }
        bar.set_message(match stage {
            Stage::Counting => unit.speed(bar.per_sec()),
            Stage::Endless => unit.amount(now),
            Stage::Finishing => match afterwards {
                Some((grows, unit)) => unit.amount(grows.load(Ordering::Relaxed)),
                None => unit.amount(now),
            },
        });
        bar.set_position(bar.length().map_or(now, |total| now.min(total)));
        bar.tick();
        std::thread::park_timeout(PERIOD);
    }
    bar.finish_and_clear();
}

impl Unit {
    fn amount(self, count: u64) -> String {
        match self {
            Self::Bytes => HumanBytes(count).to_string(),
            Self::Bases => format!("{} bases", HumanCount(count)),
            Self::Samples => format!("{} samples", HumanCount(count)),
        }
    }

    /// Short: see [`Stage::template`].
    fn speed(self, per_second: f64) -> String {
        match self {
            Self::Bytes => format!("{}/s", HumanBytes(per_second as u64)),
            Self::Bases => format!("{:.1} Mb/s", per_second / 1e6),
            Self::Samples => format!("{}/s", HumanCount(per_second as u64)),
        }
    }
}

/// What the bar can tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nobody knows how much there is to do, or how fast it goes.
    Endless,
    /// Time follows from what is left.
    Counting,
    /// All is counted, and what remains has no measure.
    Finishing,
}

impl Stage {
    /// Short enough for 40 columns: longer lines would wrap, and be drawn again and again.
    fn template(self) -> &'static str {
        match self {
            Self::Endless => "{spinner} {msg}",
            Self::Counting => "{wide_bar} {percent}%, {msg}, {eta} left",
            Self::Finishing => "{spinner} {msg}, finishing",
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

//! Signals in the middle of `create`: the target is as before, and nothing unfinished stays, or says what it is.
//!
//! The second genome is a named pipe that the test feeds, so that a run waits exactly as long as it should.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use super::{Folder, assert_same_text, bases, fasta, wrapped};
use std::os::unix::process::ExitStatusExt;

/// Longest time anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

const CREATE: &str = "create -q -o out.agc ref.fa pipe.fa";
const APPEND: &str = "append -q -o out.agc out.agc pipe.fa";

/// A run that writes `out.agc` and waits for more of `pipe.fa`.
struct Waiting {
    folder: Folder,
    child: Child,
    pipe: File,
}

impl Waiting {
    /// Starts a run of `create`; `wrapper` is a shell prefix such as a trap.
    fn start(wrapper: &str) -> Waiting {
        let folder = Folder::new();
        folder.write("ref.fa", fasta(&[("a", &bases(1, 50_000))]));
        folder.write("out.agc", "before");
        Waiting::start_in(folder, wrapper, CREATE)
    }

    fn start_in(folder: Folder, wrapper: &str, args: &str) -> Waiting {
        let made = Command::new("mkfifo")
            .arg(folder.path().join("pipe.fa"))
            .status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo");
        // Open for both, so that neither side waits for the other.
        let mut pipe = OpenOptions::new()
            .read(true)
            .write(true)
            .open(folder.path().join("pipe.fa"))
            .expect("a pipe");
        pipe.write_all(&fasta(&[("b", &bases(2, 1_000))]))
            .expect("room in the pipe");
        let script = format!("{wrapper} exec \"$0\" {args}");
        // Whoever runs the tests may ignore signals, as `nohup` does; a shell cannot undo that.
        let child = Command::new("env")
            .args(["--default-signal=INT,TERM,HUP", "sh", "-c", &script])
            .arg(ragc_tests::binary::ragc())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        let waiting = Waiting {
            folder,
            child,
            pipe,
        };
        waiting.until("the partial file", |folder| folder.has("out.agc.partial"));
        waiting.until("the reader of the pipe", |_| waiting.has_opened_pipe());
        waiting
    }

    fn until(&self, what: &str, mut condition: impl FnMut(&Folder) -> bool) {
        let start = Instant::now();
        while !condition(&self.folder) {
            assert!(
                start.elapsed() < PATIENCE,
                "{what} did not come: {:?}",
                self.folder.names()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether the run would notice that the pipe ends: before it has opened it, it would wait for a writer.
    fn has_opened_pipe(&self) -> bool {
        let opened =
            std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("a Linux system");
        opened
            .flatten()
            .any(|fd| std::fs::read_link(fd.path()).is_ok_and(|file| file.ends_with("pipe.fa")))
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", self.child.id())])
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -{name}");
    }

    /// Waits for the end; the pipe stays open all the while.
    fn end(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the run did not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the pipe and with it the run.
    fn complete(self) -> (Folder, Output) {
        drop(self.pipe);
        (self.folder, self.child.wait_with_output().expect("an end"))
    }
}

#[test]
fn signals_leave_the_target_as_it_was() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let mut run = Waiting::start("");
        run.signal(name);
        let status = run.end();
        assert_eq!(
            status.signal(),
            Some(number),
            "the shell is told which signal it was"
        );
        assert_eq!(
            run.folder.names(),
            ["out.agc", "pipe.fa", "ref.fa"],
            "SIG{name}"
        );
        assert_eq!(run.folder.read("out.agc"), b"before", "SIG{name}");
    }
}

#[test]
fn a_signal_leaves_an_archive_that_is_continued_as_it_was() {
    let folder = Folder::new();
    folder.write("ref.fa", fasta(&[("a", &bases(1, 50_000))]));
    folder
        .ragc(&["create", "-q", "-o", "out.agc", "ref.fa"])
        .success();
    let before = folder.read("out.agc");
    let mut run = Waiting::start_in(folder, "", APPEND);
    run.signal("INT");
    assert_eq!(run.end().signal(), Some(2));
    assert_eq!(run.folder.names(), ["out.agc", "pipe.fa", "ref.fa"]);
    assert!(run.folder.read("out.agc") == before);
}

#[test]
fn signals_ignored_on_purpose_stay_ignored() {
    let run = Waiting::start("trap '' HUP;");
    run.signal("HUP");
    std::thread::sleep(Duration::from_millis(300));
    assert!(run.folder.has("out.agc.partial"), "nohup was not heeded");
    let (folder, output) = run.complete();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        folder.ragc(&["listset", "out.agc"]).success(),
        b"pipe\nref\n"
    );
}

#[test]
fn after_kill_9_only_the_partial_file_stays_and_the_next_run_takes_it_over() {
    let mut run = Waiting::start("");
    run.signal("KILL");
    assert_eq!(run.end().signal(), Some(9));
    assert_eq!(
        run.folder.names(),
        ["out.agc", "out.agc.partial", "pipe.fa", "ref.fa"]
    );
    assert_eq!(run.folder.read("out.agc"), b"before");
    run.folder
        .ragc(&["create", "-q", "-o", "out.agc", "ref.fa"])
        .success();
    assert_eq!(run.folder.names(), ["out.agc", "pipe.fa", "ref.fa"]);
    let text = run.folder.ragc(&["getset", "out.agc", "ref"]).success();
    assert_same_text(&text, &wrapped(&[("a", &bases(1, 50_000))]));
}

#[test]
fn two_runs_do_not_write_one_file() {
    let run = Waiting::start("");
    let message = run
        .folder
        .ragc(&["create", "-o", "out.agc", "ref.fa"])
        .failure(1);
    assert!(
        message.contains("out.agc.partial: another run is writing this file"),
        "{message}"
    );
    let (folder, output) = run.complete();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(folder.names(), ["out.agc", "pipe.fa", "ref.fa"]);
    assert_eq!(
        folder.ragc(&["listset", "out.agc"]).success(),
        b"pipe\nref\n"
    );
    assert_same_text(
        &folder.ragc(&["getset", "out.agc", "pipe"]).success(),
        &wrapped(&[("b", &bases(2, 1_000))]),
    );
}

#[test]
fn an_input_that_breaks_in_the_middle_leaves_the_target_as_it_was() {
    let mut run = Waiting::start("");
    run.pipe
        .write_all(">bad\u{E9}name\nACGT\n".as_bytes())
        .expect("room in the pipe");
    let (folder, output) = run.complete();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("pipe.fa, line 3: contig name"),
        "{message}"
    );
    assert_eq!(folder.names(), ["out.agc", "pipe.fa", "ref.fa"]);
    assert_eq!(folder.read("out.agc"), b"before");
}

//! Archives read back by every reader there is, whole and letter by letter.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _};
use std::path::Path;
use std::process::{Command, Stdio};

use ragc_tests::genome;
use ragc_tests::tools;

use crate::set::Set;
use crate::tool::Tools;

/// The independent decoder is written to be read, not to be fast: it is given collections up to this size.
const DECODER_BASES_MAX: u64 = 200_000_000;

/// What was read back so far.
pub(crate) struct Checks<'a> {
    tools: &'a Tools,
    decoder: bool,
    pub(crate) done: Vec<Check>,
    /// What took the C++ tool too long, and how long that is.
    pub(crate) stopped: Vec<String>,
    /// What could not be measured, and why.
    pub(crate) failures: Vec<String>,
}

/// Who had a hand in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    /// `ragc`, maybe with the C++ tool before or after.
    Ragc,
    AgcAlone,
}

/// One archive read by one reader.
#[derive(Clone)]
pub(crate) struct Check {
    pub(crate) collection: String,
    pub(crate) archive: String,
    pub(crate) reader: &'static str,
    /// What differs first; `None` when nothing does.
    pub(crate) difference: Option<String>,
    /// The C++ tool made the archive alone and cannot read it itself, so it is nothing to learn from: `agc create -c` of a
    /// multiple of 50 samples and `agc append` give such a one.
    pub(crate) spoilt: bool,
}

impl<'a> Checks<'a> {
    pub(crate) fn new(tools: &'a Tools) -> Self {
        Self {
            tools,
            decoder: tools::decoder().is_some(),
            done: Vec::new(),
            stopped: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Reads an archive of all samples of `set` back by all readers. `what` says how it was made.
    pub(crate) fn archive(
        &mut self,
        set: &Set,
        what: &str,
        maker: Maker,
        archive: &Path,
    ) -> io::Result<()> {
        let (tools, first) = (self.tools, self.done.len());
        for program in [Some(&tools.ragc), tools.agc.as_ref()]
            .into_iter()
            .flatten()
        {
            let mut command = Command::new(&program.path);
            command.args(["getcol", "-t", &program.threads.to_string()]);
            command.arg(archive);
            self.read(set, what, program.name, &mut command, archive)?;
        }
        if self.decoder
            && set.bases() <= DECODER_BASES_MAX
            && let Some(mut command) = tools::decoder()
        {
            command.arg("getset").arg(archive);
            command.args(set.samples.iter().map(|sample| &sample.name));
            self.read(set, what, "agc_decode.py", &mut command, archive)?;
        }
        let readings = &mut self.done[first..];
        let differs = |check: &Check| check.reader == "agc" && check.difference.is_some();
        if maker == Maker::AgcAlone && readings.iter().any(differs) {
            for check in readings {
                check.spoilt = check.difference.is_some();
            }
        }
        Ok(())
    }

    /// Notes what a measured run wrote to `out`: the samples with the given numbers.
    pub(crate) fn output(
        &mut self,
        set: &Set,
        samples: &[usize],
        what: &str,
        reader: &'static str,
        out: &Path,
    ) -> io::Result<()> {
        let want = samples
            .iter()
            .flat_map(|sample| &set.samples[*sample].records);
        let difference = difference(&genome::digests(out)?, want);
        self.note(set, what, reader, difference);
        Ok(())
    }

    pub(crate) fn note(
        &mut self,
        set: &Set,
        what: &str,
        reader: &'static str,
        difference: Option<String>,
    ) {
        self.done.push(Check {
            collection: set.name.clone(),
            archive: what.to_owned(),
            reader,
            difference,
            spoilt: false,
        });
    }

    /// What ended, or nothing and a line that is told at the end if it was stopped.
    pub(crate) fn unless_stopped<T>(
        &mut self,
        what: &str,
        result: io::Result<T>,
    ) -> io::Result<Option<T>> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                self.stopped.push(format!("{what}: {error}"));
                Ok(None)
            }
            result => result.map(Some),
        }
    }

    /// What went well, or nothing and a failure that is told at the end: the rest is worth having.
    pub(crate) fn or_failure<T: Default>(&mut self, what: &str, result: io::Result<T>) -> T {
        result.unwrap_or_else(|error| {
            self.failures.push(format!("{what}: {error}"));
            T::default()
        })
    }

    /// Nothing differs that should not, nothing failed.
    pub(crate) fn all_well(&self) -> bool {
        self.failures.is_empty()
            && self
                .done
                .iter()
                .all(|check| check.difference.is_none() || check.spoilt)
    }

    fn read(
        &mut self,
        set: &Set,
        what: &str,
        reader: &'static str,
        command: &mut Command,
        archive: &Path,
    ) -> io::Result<()> {
        // Into a file, as nobody reads a pipe of its messages while its output is read.
        let mut messages = tempfile::tempfile()?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::try_clone(&messages)?)
            .spawn()?;
        let output = child
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("no pipe"))?;
        let found = genome::digests_of(BufReader::with_capacity(1 << 16, output))?;
        let status = child.wait()?;
        let difference = if status.success() {
            difference(&found, set.records())
        } else {
            let mut text = String::new();
            // Where scratch files lie is nobody's business.
            let folder = archive.with_file_name("").display().to_string();
            messages.rewind()?;
            messages.read_to_string(&mut text)?;
            Some(format!("{status}: {}", text.trim().replace(&folder, "")))
        };
        self.note(set, what, reader, difference);
        Ok(())
    }
}

/// Says where two lists of records differ first.
fn difference<'a>(
    found: &[genome::RecordDigest],
    want: impl Iterator<Item = &'a genome::RecordDigest>,
) -> Option<String> {
    let mut count = 0;
    for want in want {
        match found.get(count) {
            None => return Some(format!("{} is missing", want.name)),
            Some(found) if found.name != want.name => {
                return Some(format!("{} in the place of {}", found.name, want.name));
            }
            Some(found) if found != want => {
                return Some(format!(
                    "{}: {} letters that are not the {} of the input",
                    want.name, found.bases, want.bases
                ));
            }
            Some(_) => count += 1,
        }
    }
    let more = found.len() - count;
    (more > 0).then(|| format!("{more} records that are not in the input"))
}

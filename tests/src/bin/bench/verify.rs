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
}

/// One archive read by one reader.
pub(crate) struct Check {
    pub(crate) collection: String,
    pub(crate) archive: String,
    pub(crate) reader: &'static str,
    /// What differs first; `None` when nothing does.
    pub(crate) difference: Option<String>,
}

impl<'a> Checks<'a> {
    pub(crate) fn new(tools: &'a Tools) -> Self {
        Self {
            tools,
            decoder: tools::decoder().is_some(),
            done: Vec::new(),
        }
    }

    /// Reads an archive of all samples of `set` back by all readers. `what` says how it was made.
    pub(crate) fn archive(&mut self, set: &Set, what: &str, archive: &Path) -> io::Result<()> {
        let tools = self.tools;
        for program in [Some(&tools.ragc), tools.agc.as_ref()]
            .into_iter()
            .flatten()
        {
            let mut command = Command::new(&program.path);
            command.args(["getcol", "-t", &program.threads.to_string()]);
            command.arg(archive);
            self.read(set, what, program.name, &mut command)?;
        }
        if self.decoder
            && set.bases() <= DECODER_BASES_MAX
            && let Some(mut command) = tools::decoder()
        {
            command.arg("getset").arg(archive);
            command.args(set.samples.iter().map(|sample| &sample.name));
            self.read(set, what, "agc_decode.py", &mut command)?;
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
        });
    }

    pub(crate) fn all_same(&self) -> bool {
        self.done.iter().all(|check| check.difference.is_none())
    }

    fn read(
        &mut self,
        set: &Set,
        what: &str,
        reader: &'static str,
        command: &mut Command,
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
            messages.rewind()?;
            messages.read_to_string(&mut text)?;
            Some(format!("{status}: {}", text.trim()))
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

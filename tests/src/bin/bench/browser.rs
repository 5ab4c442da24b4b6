//! Whole samples decoded in Chromium, beside the native reader on one thread.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Error, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use ragc_read::{Archive, BStr, Region};
use ragc_tests::tools;
use sha2::{Digest as _, Sha256};

use crate::compare::{Made, with_flags};
use crate::set::Set;
use crate::table::Table;
use crate::tool::Tools;

/// As `--only` has it. Builds modules, so it is measured only when asked for.
pub(crate) const NAME: &str = "browser-decode";

/// What is decoded.
pub(crate) const COLLECTION: &str = "yeast";

const NATIVE: &str = "native, C zstd";

/// Modules, as `www/scripts/decode.mjs` names them, and as a table does.
const MODULES: [(&str, &str); 2] = [
    ("zrip", "Chromium, zrip (as shipped)"),
    ("ruzstd", "Chromium, ruzstd"),
];

/// As the page asks.
const WINDOW_BASES: u64 = 2 << 20;

/// A sample, decoded.
#[derive(Clone, PartialEq)]
struct Decoded {
    bases: u64,
    sha256: String,
}

/// An archive by each tool; each sample decoded by all in turn, the least time of `runs` of them taken.
pub(crate) fn measure(tools: &Tools, set: &Set, runs: usize, scratch: &Path) -> io::Result<String> {
    let headings = ["archive of", "reader", "Mb/s", "/ native"];
    let mut table = Table::new(&[0, 1], headings);
    for program in tools.all() {
        let path = scratch.join(format!("{}.agc", program.name));
        let made = Made::create(program, &[], set, path)?;
        let readers: Vec<&str> = [NATIVE]
            .into_iter()
            .chain(MODULES.map(|(_, name)| name))
            .collect();
        let (bases, times) = decode_all(&made.path, set.samples.len(), runs)?;
        for (reader, time) in readers.iter().zip(&times) {
            table.row([
                with_flags(program.name, &[]),
                (*reader).to_owned(),
                format!("{:.0}", bases as f64 / time.as_secs_f64() / 1e6),
                format!("{:.2}", times[0].as_secs_f64() / time.as_secs_f64()),
            ]);
        }
    }
    let mut words = format!(
        "{COLLECTION}, {} samples, one after another\n\n",
        set.samples.len()
    );
    let _ = write!(words, "{table}");
    Ok(words)
}

/// Bases of all samples, and the time that each reader takes.
fn decode_all(archive: &Path, samples: usize, runs: usize) -> io::Result<(u64, [Duration; 3])> {
    let mut chromium = Chromium::start(archive)?;
    let mut least = vec![[Duration::MAX; 3]; samples];
    let mut bases = 0;
    for run in 0..runs {
        for (sample, least) in least.iter_mut().enumerate() {
            let (native, time) = natively(archive, sample)?;
            least[0] = least[0].min(time);
            for ((module, reader), least) in MODULES.iter().zip(&mut least[1..]) {
                let (found, time) = chromium.decode(module, sample)?;
                *least = time.min(*least);
                if found != native {
                    return Err(Error::other(format!("{reader}: sample {sample} differs")));
                }
            }
            bases += if run == 0 { native.bases } else { 0 };
        }
    }
    let sum = |reader: usize| least.iter().map(|least| least[reader]).sum();
    Ok((bases, [sum(0), sum(1), sum(2)]))
}

fn natively(archive: &Path, sample: usize) -> io::Result<(Decoded, Duration)> {
    let mut windows = Vec::new();
    let start = Instant::now();
    let archive = Archive::open(archive).map_err(Error::other)?;
    let samples = archive.samples().map_err(Error::other)?;
    let name: &BStr = samples
        .get(sample)
        .ok_or_else(|| Error::other("no such sample"))?;
    let contigs = archive.contigs(name).map_err(Error::other)?;
    for (contig, of) in contigs.iter().enumerate() {
        let mut at = 0;
        while at < of.len_bases {
            let end = of.len_bases.min(at + WINDOW_BASES);
            let region = Region {
                sample: name.to_owned(),
                contig,
                range: at..end,
            };
            windows.push(archive.bases(&region).map_err(Error::other)?);
            at = end;
        }
    }
    let time = start.elapsed();
    let mut hash = Sha256::new();
    for window in &windows {
        hash.update(window);
    }
    let bases = windows.iter().map(|window| window.len() as u64).sum();
    let sha256 = hash
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
    Ok((Decoded { bases, sha256 }, time))
}

/// `www/scripts/decode.mjs`, which answers line by line.
struct Chromium {
    child: Child,
    questions: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Chromium {
    fn start(archive: &Path) -> io::Result<Self> {
        let mut child = Command::new("node")
            .arg("scripts/decode.mjs")
            .arg(archive)
            .current_dir(tools::repository().join("www"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let gone = || Error::other("decode.mjs has no pipes");
        Ok(Self {
            questions: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().ok_or_else(gone)?).lines(),
            child,
        })
    }

    fn decode(&mut self, module: &str, sample: usize) -> io::Result<(Decoded, Duration)> {
        if let Some(questions) = &mut self.questions {
            writeln!(questions, "{module} {sample}")?;
        }
        let answer = self.answers.next().transpose()?.unwrap_or_default();
        let words: Vec<&str> = answer.split(' ').collect();
        let [bases, ms, sha256] = words[..] else {
            return Err(Error::other(format!("decode.mjs said: {answer}")));
        };
        let decoded = Decoded {
            bases: bases.parse().map_err(Error::other)?,
            sha256: sha256.to_owned(),
        };
        let ms: f64 = ms.parse().map_err(Error::other)?;
        Ok((decoded, Duration::from_secs_f64(ms / 1000.0)))
    }
}

impl Drop for Chromium {
    /// It ends, and its browser with it, when nothing more is asked.
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.child.wait();
    }
}

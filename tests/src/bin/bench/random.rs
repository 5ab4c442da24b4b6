//! Windows anywhere in a collection whose tables are large, in any order: how many a second the library answers, and both
//! commands.

use std::fs;
use std::io::{self, Error};
use std::path::Path;
use std::time::Duration;

use ragc_read::Region;
use ragc_tests::child::Cost;
use ragc_tests::genome;

use crate::catalogue::Simulated;
use crate::compare::{Made, with_flags};
use crate::cost::median;
use crate::set::{self, Set};
use crate::tool::{Flags, Program, Tools};
use crate::verify::Checks;
use crate::{say, windows};

/// As `--only` has it.
pub(crate) const NAME: &str = "random-windows";

const PRESET: &str = "haplotypes";
const SAMPLES: usize = 220;

/// Short segments give genomes that are quick to simulate the tables of large ones. Ours are not as short: pieces of a
/// hundred bases are mostly too short to be aligned, and make another kind of archive.
const AGC_FLAGS: Flags = &["-s", "100"];
const RAGC_FLAGS: Flags = &["-s", "400"];

const WINDOW_BASES: u64 = 4096;

/// What the library is asked for; the commands are asked for the first of them.
const WINDOWS: usize = 20_000;

/// As a row has the C++ tool's command.
const AGC: &str = "agc getctg";

/// Asked first, to see how many the commands can answer in good time.
const TRIED: usize = 100;
const GOOD_TIME: Duration = Duration::from_secs(25);

/// Windows that are also compared with the genomes.
const COMPARED: usize = 8;

/// All that was measured.
pub(crate) struct Random {
    pub(crate) samples: usize,
    pub(crate) bases: u64,
    pub(crate) rows: Vec<Row>,
}

impl Random {
    /// What the C++ tool's command did where a row is ours: the same archive, the same order.
    pub(crate) fn of_agc(&self, ours: &Row) -> Option<&Row> {
        let same = |row: &&Row| row.made_by == ours.made_by && row.order == ours.order;
        self.rows.iter().filter(same).find(|row| row.asked == AGC)
    }
}

/// Some windows asked for in one way.
pub(crate) struct Row {
    /// Who made the archive, with flags.
    pub(crate) made_by: String,
    pub(crate) asked: String,
    pub(crate) threads: usize,
    pub(crate) order: &'static str,
    pub(crate) windows: usize,
    /// Without what it takes to start, for commands.
    pub(crate) wall: Duration,
    pub(crate) peak_bytes: u64,
}

impl Row {
    pub(crate) fn per_second(&self) -> f64 {
        self.windows as f64 / self.wall.as_secs_f64()
    }
}

/// Archives by each tool, asked by all.
pub(crate) fn measure(
    tools: &Tools,
    simulated: &Simulated,
    runs: usize,
    scratch: &Path,
    checks: &mut Checks<'_>,
) -> io::Result<Random> {
    let set = simulated.set(NAME, PRESET, SAMPLES)?;
    let regions = windows::draw(&set, WINDOWS, WINDOW_BASES);
    let mut random = Random {
        samples: set.samples.len(),
        bases: set.bases(),
        rows: Vec::new(),
    };
    let ours = (&tools.ragc, RAGC_FLAGS);
    let makers = tools.agc.iter().map(|agc| (agc, AGC_FLAGS)).chain([ours]);
    for (maker, flags) in makers {
        let folder = tempfile::tempdir_in(scratch)?;
        let made_by = with_flags(maker.name, flags);
        say(&format!("{NAME}: archive by {made_by}"));
        let path = folder.path().join("random.agc");
        let made = Made::create(maker, flags, &set, path)?;
        let asking = Asking {
            set: &set,
            made_by,
            archive: &made.path,
            runs,
            folder: folder.path(),
        };
        asking.ask(tools, &regions, &mut random.rows, checks)?;
    }
    Ok(random)
}

/// An archive that is asked.
struct Asking<'a> {
    set: &'a Set,
    made_by: String,
    archive: &'a Path,
    runs: usize,
    folder: &'a Path,
}

impl Asking<'_> {
    fn ask(
        &self,
        tools: &Tools,
        regions: &[Region],
        rows: &mut Vec<Row>,
        checks: &mut Checks<'_>,
    ) -> io::Result<()> {
        let slowest = tools.agc.as_ref().unwrap_or(&tools.ragc);
        let count = self.in_good_time(slowest, regions)?;
        let random = &regions[..count.min(regions.len())];
        let mut sorted = random.to_vec();
        sorted.sort_by(|a, b| a.sample.cmp(&b.sample));
        for (order, regions) in [(IN_ANY_ORDER, random), (BY_SAMPLE, &sorted)] {
            say(&format!("{NAME}: {} windows {order}", regions.len()));
            let answers = self.library(tools, regions, order, rows)?;
            self.compare_some(regions, &answers, checks)?;
            for program in tools.all() {
                let (row, found) = self.command(program, regions, order)?;
                rows.push(row);
                let same = found == answers;
                let what = format!("{}, {order}", self.made_by);
                let difference = (!same).then(|| String::from("other letters than the library's"));
                checks.note(self.set, &what, program.name, difference);
            }
        }
        self.library(tools, regions, IN_ANY_ORDER, rows)?;
        Ok(())
    }

    /// How many windows a program answers in a time that can be waited for.
    fn in_good_time(&self, program: &Program, regions: &[Region]) -> io::Result<usize> {
        let tried = &regions[..TRIED.min(regions.len())];
        let (row, _) = self.command(program, tried, IN_ANY_ORDER)?;
        Ok((row.per_second() * GOOD_TIME.as_secs_f64()) as usize)
    }

    /// Asks a command for all regions at once; its row, and the letters.
    fn command(
        &self,
        program: &Program,
        regions: &[Region],
        order: &'static str,
    ) -> io::Result<(Row, Vec<Vec<u8>>)> {
        let out = self.folder.join("answers.fa");
        let queries: Vec<String> = regions.iter().map(|region| self.query(region)).collect();
        let ask = |queries: &[String]| program.getctg(self.archive, queries, &out);
        let start = (0..self.runs).map(|_| ask(&queries[..1]));
        let start = median(&start.collect::<io::Result<Vec<_>>>()?);
        let cost = ask(&queries)?;
        let letters = genome::records(&out)?.into_iter();
        let row = Row {
            made_by: self.made_by.clone(),
            asked: format!("{} getctg", program.name),
            threads: program.threads,
            order,
            windows: regions.len(),
            wall: cost.wall.saturating_sub(start.wall),
            peak_bytes: cost.peak_bytes,
        };
        Ok((row, letters.map(|(_, letters)| letters).collect()))
    }

    /// The tools count from 0 and include the end.
    fn query(&self, region: &Region) -> String {
        let sample = |sample: &&set::Sample| region.sample == sample.name.as_str();
        let sample = self.set.samples.iter().find(sample);
        let record = sample.map(|sample| &sample.records[region.contig]);
        let word = record.map(set::first_word).unwrap_or_default();
        let (start, last) = (region.range.start, region.range.end.saturating_sub(1));
        format!("{word}@{}:{start}-{last}", region.sample)
    }

    /// Asks the library, with one thread and with two: rows of the first time and of the second; and the letters.
    fn library(
        &self,
        tools: &Tools,
        regions: &[Region],
        order: &'static str,
        rows: &mut Vec<Row>,
    ) -> io::Result<Vec<Vec<u8>>> {
        let asked = self.folder.join("windows.tsv");
        let answers = self.folder.join("answers.txt");
        fs::write(&asked, lines(regions))?;
        for threads in [1, 2] {
            let ask = |_| tools.library.ask(self.archive, &asked, threads, &answers);
            let asked: Vec<_> = (0..self.runs).map(ask).collect::<io::Result<_>>()?;
            let times = [("first time", 0), ("again", 1)];
            for (time, number) in times {
                let costs = asked.iter().map(|asked| Cost {
                    wall: asked.times[number],
                    ..asked.cost
                });
                let cost = median(&costs.collect::<Vec<_>>());
                rows.push(Row {
                    made_by: self.made_by.clone(),
                    asked: format!("library, {time}"),
                    threads,
                    order,
                    windows: regions.len(),
                    wall: cost.wall,
                    peak_bytes: cost.peak_bytes,
                });
            }
        }
        let text = fs::read(&answers)?;
        let mut letters: Vec<_> = text.split(|byte| *byte == b'\n').map(Vec::from).collect();
        letters.pop();
        Ok(letters)
    }

    /// Some of the library's answers against the genomes.
    fn compare_some(
        &self,
        regions: &[Region],
        answers: &[Vec<u8>],
        checks: &mut Checks<'_>,
    ) -> io::Result<()> {
        for (region, answer) in regions.iter().zip(answers).take(COMPARED) {
            let sample = |sample: &set::Sample| region.sample == sample.name.as_str();
            let number = self.set.samples.iter().position(sample);
            let number = number.ok_or_else(|| Error::other("a sample that is not there"))?;
            let want = self
                .set
                .letters(number, region.contig, region.range.clone())?;
            let difference = (want != *answer).then(|| self.query(region));
            let what = format!("{}, library", self.made_by);
            checks.note(self.set, &what, "ragc", difference);
        }
        Ok(())
    }
}

pub(crate) const IN_ANY_ORDER: &str = "random";
pub(crate) const BY_SAMPLE: &str = "by sample";

/// What `ask` reads.
fn lines(regions: &[Region]) -> String {
    let line = |region: &Region| {
        let (start, end) = (region.range.start, region.range.end);
        format!("{}\t{}\t{start}\t{end}\n", region.sample, region.contig)
    };
    regions.iter().map(line).collect()
}

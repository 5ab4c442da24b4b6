//! Which collections there are, and how they are come by.

use std::fs;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ragc_tests::{presets, tools};

use crate::set::Set;

/// A collection that can be asked for.
#[derive(Clone, Copy)]
pub(crate) struct Collection {
    pub(crate) name: &'static str,
    origin: Origin,
    /// Small enough to try the benchmark with.
    pub(crate) quick: bool,
}

#[derive(Clone, Copy)]
enum Origin {
    /// A folder of `../shared/corpora`, and its reference if that is not the first file by name.
    Corpus { reference: Option<&'static str> },
    /// A preset of `simulate`; fewer samples than it has, if so many are given.
    Preset {
        preset: &'static str,
        fewer: Option<usize>,
    },
}

/// Real genomes first.
pub(crate) const COLLECTIONS: [Collection; 13] = [
    corpus("yeast", Some("S288C")),
    corpus("ecoli", None),
    corpus("sarscov2", None),
    quick(corpus("mers", None)),
    corpus("acd6-arabidopsis", None),
    quick(corpus("lpa-human", None)),
    quick(corpus("hla-genes", None)),
    preset("sim-yeast", "yeast", None),
    preset("sim-bacteria", "bacteria", None),
    preset("sim-virus", "virus", None),
    preset("sim-human", "human", None),
    quick(preset("sim-virus-200", "virus", Some(200))),
    quick(preset("sim-bacteria-4", "bacteria", Some(4))),
];

const fn corpus(name: &'static str, reference: Option<&'static str>) -> Collection {
    Collection {
        name,
        origin: Origin::Corpus { reference },
        quick: false,
    }
}

const fn preset(name: &'static str, preset: &'static str, fewer: Option<usize>) -> Collection {
    Collection {
        name,
        origin: Origin::Preset { preset, fewer },
        quick: false,
    }
}

const fn quick(collection: Collection) -> Collection {
    Collection {
        quick: true,
        ..collection
    }
}

/// Genomes to measure with.
pub(crate) struct Genomes {
    pub(crate) all: Set,
    /// How many of them, from the first on, are the collection. Those that follow are relatives to append to it: making
    /// another archive without the last samples takes the C++ tool half an hour for some collections.
    collection: usize,
}

impl Genomes {
    /// The collection, without relatives.
    pub(crate) fn collection(&self, scratch: &Path) -> io::Result<Set> {
        if self.collection == self.all.samples.len() {
            return Ok(self.all.clone());
        }
        self.all.subset(0..self.collection, scratch)
    }
}

/// Relatives simulated beside a collection.
const RELATIVES: usize = 2;

impl Collection {
    /// Simulations of less than the preset are for trying only.
    pub(crate) fn is_whole(&self) -> bool {
        !matches!(self.origin, Origin::Preset { fewer: Some(_), .. })
    }

    /// The genomes; `None`, and a line that says so, where they are not beside the repository.
    pub(crate) fn find(&self, simulated: &Simulated) -> io::Result<Option<Genomes>> {
        match self.origin {
            Origin::Corpus { reference } => {
                let Some(folder) = tools::shared(&format!("corpora/{}", self.name)) else {
                    return Ok(None);
                };
                let all = Set::of_folder(self.name, &folder, reference)?;
                Ok(Some(Genomes {
                    collection: all.samples.len(),
                    all,
                }))
            }
            Origin::Preset { preset, fewer } => {
                let own = presets::of(preset).map_or(0, |options| options.samples);
                let collection = fewer.unwrap_or(own);
                Ok(Some(Genomes {
                    all: simulated.set(self.name, preset, collection + RELATIVES)?,
                    collection,
                }))
            }
        }
    }
}

/// Simulated genomes, each collection in a folder of its own, made when first asked for.
pub(crate) struct Simulated {
    pub(crate) folder: PathBuf,
}

impl Simulated {
    pub(crate) fn set(&self, name: &str, preset: &str, samples: usize) -> io::Result<Set> {
        let folder = self.folder.join(format!("{preset}-{samples}"));
        if !folder.is_dir() {
            self.simulate(preset, samples, &folder)?;
        }
        let file = folder.join(ONE_FILE);
        if file.is_file() {
            Set::of_file(name, file)
        } else {
            Set::of_folder(name, &folder, None)
        }
    }

    /// In a process of its own: what is held here would count against every program measured (see
    /// `ragc_tests::child`). The folder gets its name when it is complete.
    fn simulate(&self, preset: &str, samples: usize, folder: &Path) -> io::Result<()> {
        let unfinished = folder.with_extension("unfinished");
        fs::create_dir_all(&self.folder)?;
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        let mut command = Command::new(std::env::current_exe()?.with_file_name("simulate"));
        command.args(["--preset", preset, "--out"]).arg(&unfinished);
        command.args(["--samples", &samples.to_string()]);
        if preset == "virus" {
            command.args(["--one-file", ONE_FILE]);
        } else {
            command.arg("--gzip");
        }
        let status = command.stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err(Error::other(format!("simulate --preset {preset} failed")));
        }
        fs::rename(&unfinished, folder)
    }
}

/// Where all genomes of a preset lie whose samples are of one record, too many for a file each.
const ONE_FILE: &str = "all.fa";

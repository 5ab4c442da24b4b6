//! `jbrowse-config`: a `config.json` with which JBrowse 2 shows samples of an archive, each as an assembly.

use std::collections::HashSet;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use ragc_read::{Archive, IndexUse, address_beside};
use serde::Serialize;

use super::stats::Stats;
use super::target::Target;
use super::{Failure, address, archive_failure, index, note, open, samples_meant};
use crate::cli::{ByIndexArgs, JbrowseConfigArgs};

/// Of more samples these are written, unless some are named: JBrowse reads all assemblies before it shows one, which takes
/// it about a second and 130 MB for a thousand.
const SAMPLES_MAX: usize = 1000;
/// Samples that are named each get a view if there are no more than these: so many fit on a screen.
const VIEWS_MAX: usize = 3;
/// Letters in a view.
const VIEW_BASES: u64 = 100;

#[derive(Serialize)]
struct Config<'a> {
    plugins: [Plugin<'a>; 1],
    assemblies: Vec<Assembly<'a>>,
    #[serde(rename = "defaultSession")]
    default_session: Session<'a>,
}

#[derive(Serialize)]
struct Plugin<'a> {
    name: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assembly<'a> {
    name: &'a str,
    sequence: Sequence<'a>,
    ref_name_aliases: Aliases<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sequence<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    track_id: String,
    adapter: Adapter<'a>,
}

#[derive(Serialize)]
struct Aliases<'a> {
    adapter: Adapter<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Adapter<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index_uri: Option<&'a str>,
    sample_name: &'a str,
}

#[derive(Serialize)]
struct Session<'a> {
    name: &'a str,
    views: Vec<View<'a>>,
}

#[derive(Serialize)]
struct View<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    init: Shown<'a>,
}

#[derive(Serialize)]
struct Shown<'a> {
    assembly: &'a str,
    loc: String,
    tracks: [String; 1],
}

pub(super) fn run(args: &JbrowseConfigArgs) -> Result<(), Failure> {
    let path = args.archive.as_path();
    let url = url(args)?;
    let archive = open(path, args.output.as_deref(), &ByIndexArgs { index: None })?;
    let _told = Stats::of(&archive, &args.stats);
    let index = index_url(args, &archive, url)?;
    let samples = samples(args, &archive)?;
    let names: Vec<&str> = samples
        .iter()
        .map(|name| text(path, name.as_ref()))
        .collect::<Result<_, _>>()?;
    let shown = match names.as_slice() {
        named if !args.patterns.is_empty() && named.len() <= VIEWS_MAX => named,
        all => all.get(..1).unwrap_or_default(),
    };
    let views = shown
        .iter()
        .filter_map(|sample| view(path, &archive, sample).transpose());
    let config = Config {
        plugins: [Plugin {
            name: "Agc",
            url: &args.plugin,
        }],
        assemblies: names
            .iter()
            .map(|sample| assembly(sample, url, index.as_deref()))
            .collect(),
        default_session: Session {
            name: file_name(url),
            views: views.collect::<Result<_, _>>()?,
        },
    };
    let mut json = serde_json::to_vec_pretty(&config).expect("maps with text keys, into memory");
    json.push(b'\n');
    let mut target = Target::open(args.output.as_deref())?;
    target.put(&json)?;
    target.finish(false)
}

fn url(args: &JbrowseConfigArgs) -> Result<&str, Failure> {
    args.url
        .as_deref()
        .or_else(|| address(&args.archive))
        .ok_or_else(|| {
            let why =
                "JBrowse reads no files of this machine: say where it finds the archive, --url URL";
            Failure::Usage(why.into())
        })
}

/// That which is named, or the one beside the archive, which is taken to be beside it there too.
fn index_url(
    args: &JbrowseConfigArgs,
    archive: &Archive,
    url: &str,
) -> Result<Option<String>, Failure> {
    let path = args.archive.as_path();
    let is_beside = match args.index.as_deref() {
        Some("none") => false,
        Some(named) => return Ok(Some(named.into())),
        None => match index::beside(path) {
            Some(beside) => beside.exists(),
            None => {
                let info = archive
                    .info()
                    .map_err(|error| archive_failure(path, error))?;
                info.index == IndexUse::Beside
            }
        },
    };
    let there = address_beside(url);
    if is_beside {
        let path = path.display();
        note(&format!(
            "an index is beside {path}: JBrowse will look for it at {there}"
        ));
    }
    Ok(is_beside.then_some(there))
}

/// Those that are named, or the first of all.
fn samples(args: &JbrowseConfigArgs, archive: &Archive) -> Result<Vec<BString>, Failure> {
    let path = args.archive.as_path();
    if !args.patterns.is_empty() {
        let mut meant = samples_meant(path, archive, &args.patterns)?;
        // Two patterns may mean one sample, but two assemblies have two names.
        let mut names = HashSet::new();
        meant.retain(|name| names.insert(name.clone()));
        return Ok(meant);
    }
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(path, error))?;
    if samples.len() > SAMPLES_MAX {
        note(&format!(
            "the first {SAMPLES_MAX} of {} samples are written, as JBrowse takes long with more: name others by --sample",
            samples.len()
        ));
    }
    let first = samples.iter().take(SAMPLES_MAX);
    Ok(first.map(ToOwned::to_owned).collect())
}

fn assembly<'a>(sample: &'a str, uri: &'a str, index_uri: Option<&'a str>) -> Assembly<'a> {
    let adapter = |kind| Adapter {
        kind,
        uri,
        index_uri,
        sample_name: sample,
    };
    Assembly {
        name: sample,
        sequence: Sequence {
            kind: "ReferenceSequenceTrack",
            track_id: track_id(sample),
            adapter: adapter("AgcAdapter"),
        },
        ref_name_aliases: Aliases {
            adapter: adapter("AgcRefNameAliasAdapter"),
        },
    }
}

/// Letters in the middle of the first contig: human chromosomes begin with N. None where there are no contigs.
fn view<'a>(path: &Path, archive: &Archive, sample: &'a str) -> Result<Option<View<'a>>, Failure> {
    let contigs = archive
        .contigs(sample.into())
        .map_err(|error| archive_failure(path, error))?;
    let Some(contig) = contigs.iter().find(|contig| contig.len_bases > 0) else {
        return Ok(None);
    };
    let start = contig.len_bases.saturating_sub(VIEW_BASES) / 2;
    let end = contig.len_bases.min(start + VIEW_BASES);
    Ok(Some(View {
        kind: "LinearGenomeView",
        init: Shown {
            assembly: sample,
            // Counted from 1, both ends included.
            loc: format!("{}:{}-{end}", text(path, contig.first_word())?, start + 1),
            tracks: [track_id(sample)],
        },
    }))
}

fn track_id(sample: &str) -> String {
    format!("{sample}-sequence")
}

/// A name as JSON can say it.
fn text<'a>(path: &Path, name: &'a BStr) -> Result<&'a str, Failure> {
    name.to_str().map_err(|_| {
        let path = path.display();
        Failure::Query(format!(
            "{name:?} in {path} is no UTF-8, and JSON has no other text: name others by --sample, or rename it (ragc rename)"
        ))
    })
}

fn file_name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.rsplit('/').next().unwrap_or(path)
}

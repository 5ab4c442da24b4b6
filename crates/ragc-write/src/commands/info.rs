//! `info`: what an archive says about itself, in the words of `agc`, but on standard output; and what its bytes are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bstr::{BStr, ByteSlice};
use ragc_read::{Archive, ArchiveError, CommandLine, Info, Stream};
use ragc_write::arrange::is_arranged;
use serde::Serialize;

use super::rows::{SCHEMA, append_json, hex_unless_text};
use super::stats::Stats;
use super::tables::{Totals, costs};
use super::target::Target;
use super::{Failure, archive_failure, bar, open};
use crate::cli::InfoArgs;

pub(super) fn run(args: &InfoArgs) -> Result<(), Failure> {
    let archive = open(&args.archive, args.output.as_deref(), &args.by_index)?;
    let _told = Stats::of(&archive, &args.stats);
    let failure = |error| archive_failure(&args.archive, error);
    let info = archive.info().map_err(failure)?;
    let commands = archive.commands().map_err(failure)?;
    let samples = archive.samples().map_err(failure)?;
    let reference = samples.get(0).unwrap_or_default();
    let mut text = Vec::new();
    if !args.json {
        append_words(&info, &commands, reference, args.verbosity > 0, &mut text);
    }
    if args.json || args.long {
        let with_bar = bar::wanted(args.quiet, args.output.as_deref());
        let totals = costs(&args.archive, &archive, with_bar, |_, _, _| Ok(()))?;
        let kinds = Kinds::of(&archive, &info).map_err(failure)?;
        if args.json {
            append_json(
                &InfoRow::new(&info, &commands, reference, &kinds, &totals),
                &mut text,
            );
        } else {
            append_counts(&info, &kinds, &totals, &mut text);
        }
    }
    let mut target = Target::open(args.output.as_deref())?;
    target.put(&text)?;
    target.finish(false)
}

fn append_line(name: &str, value: &[u8], text: &mut Vec<u8>) {
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(value);
    text.push(b'\n');
}

fn append_words(
    info: &Info,
    commands: &[CommandLine],
    reference: &BStr,
    with_file_type: bool,
    text: &mut Vec<u8>,
) {
    let mut line = |name: &str, value: &[u8]| append_line(name, value, text);
    let params = info.params;
    let mut number = |name: &str, value: u64| line(name, value.to_string().as_bytes());
    number("No. samples      : ", info.sample_count as u64);
    number("k-mer length     : ", params.kmer_len.into());
    number("Min. match length: ", params.min_match_len.into());
    if params.segment_size != 0 {
        number("Segment size     : ", params.segment_size.into());
    }
    number("Batch size       : ", params.pack_cardinality.into());
    line("Reference name   : ", reference);
    line("Command lines:", b"");
    for command in commands {
        line(&format!("{} : ", command.date), &command.line);
    }
    if with_file_type {
        line("File type info:", b"");
        let mut entries: Vec<_> = info.file_type_info.iter().collect();
        entries.sort();
        for (key, value) in entries {
            line(&format!("  {key} : "), value);
        }
    }
}

/// What `--long` adds.
fn append_counts(info: &Info, kinds: &Kinds, totals: &Totals, text: &mut Vec<u8>) {
    let (major, minor) = info.file_version;
    append_line(
        "File version     : ",
        format!("{major}.{minor}").as_bytes(),
        text,
    );
    append_line("Producer         : ", producer(info).as_bytes(), text);
    let cost = totals.cost;
    for (name, value) in [
        ("Contigs          : ", totals.contigs),
        ("Bases            : ", cost.bases),
        ("New bases        : ", cost.new_bases),
        ("Segments         : ", cost.segments),
        ("Groups           : ", info.group_count as u64),
        ("Deltas           : ", totals.deltas),
        ("Raw texts        : ", totals.raw),
        ("Streams          : ", info.stream_count as u64),
        ("Parts            : ", kinds.parts),
        ("File bytes       : ", info.file_len_bytes),
        ("  references     : ", kinds.bytes.references),
        ("  packs          : ", kinds.bytes.packs),
        ("  tables         : ", kinds.bytes.tables),
        ("  footer         : ", kinds.bytes.footer),
        ("  index          : ", kinds.bytes.index),
        ("  other          : ", kinds.bytes.other),
    ] {
        append_line(name, value.to_string().as_bytes(), text);
    }
    let layout = match kinds.arranged {
        true => "references, then pack after pack",
        false => "as it was written: see `ragc optimize`",
    };
    append_line("Layout           : ", layout.as_bytes(), text);
}

/// Who wrote the archive: the program, and its version as far as it is told.
fn producer(info: &Info) -> String {
    let value = |key: &str| info.value(key).map(BStr::to_string);
    let name = value("producer").unwrap_or_default();
    let version: Vec<String> = ["major", "minor", "build"]
        .iter()
        .map_while(|part| value(&format!("producer_version_{part}")))
        .collect();
    format!("{name} {}", version.join(".")).trim().to_string()
}

/// The parts of an archive, and what its bytes are.
struct Kinds {
    parts: u64,
    arranged: bool,
    bytes: KindBytes,
}

/// They add up to the length of the file.
#[derive(Debug, Default, Serialize)]
struct KindBytes {
    references: u64,
    packs: u64,
    tables: u64,
    footer: u64,
    index: u64,
    other: u64,
}

impl Kinds {
    fn of(archive: &Archive, info: &Info) -> Result<Self, ArchiveError> {
        let parts = archive.stored_parts()?;
        let mut bytes = KindBytes {
            footer: info.footer_len_bytes,
            ..KindBytes::default()
        };
        for part in &parts {
            let kind = match part.stream {
                Stream::Reference(_) => &mut bytes.references,
                Stream::Packs(_) => &mut bytes.packs,
                Stream::Samples
                | Stream::Contigs
                | Stream::Details
                | Stream::Main
                | Stream::Description => &mut bytes.tables,
                Stream::Index => &mut bytes.index,
                _ => continue,
            };
            *kind += part.len_bytes;
        }
        let named = bytes.references + bytes.packs + bytes.tables + bytes.footer + bytes.index;
        bytes.other = info.file_len_bytes.saturating_sub(named);
        Ok(Self {
            parts: parts.len() as u64,
            arranged: is_arranged(&parts),
            bytes,
        })
    }
}

#[derive(Serialize)]
struct InfoRow<'a> {
    schema: u32,
    file_version: String,
    producer: String,
    file_type_info: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    parameters: Parameters,
    commands: Vec<CommandRow<'a>>,
    reference_sample: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_sample_hex: Option<String>,
    samples: u64,
    contigs: u64,
    bases: u64,
    new_bases: u64,
    segments: u64,
    groups: u64,
    deltas: u64,
    raw: u64,
    streams: u64,
    parts: u64,
    arranged: bool,
    file_bytes: u64,
    bytes: &'a KindBytes,
}

/// `null` for what an archive does not tell.
#[derive(Serialize)]
struct Parameters {
    kmer_length: u32,
    min_match_length: u32,
    segment_size: Option<u32>,
    batch_size: u32,
}

#[derive(Serialize)]
struct CommandRow<'a> {
    line: Cow<'a, str>,
    date: Cow<'a, str>,
}

impl<'a> InfoRow<'a> {
    fn new(
        info: &'a Info,
        commands: &'a [CommandLine],
        reference: &'a BStr,
        kinds: &'a Kinds,
        totals: &Totals,
    ) -> Self {
        let (major, minor) = info.file_version;
        let params = info.params;
        let pairs = info.file_type_info.iter();
        let commands = commands.iter();
        Self {
            schema: SCHEMA,
            file_version: format!("{major}.{minor}"),
            producer: producer(info),
            file_type_info: pairs
                .map(|(key, value)| (key.to_str_lossy(), value.to_str_lossy()))
                .collect(),
            parameters: Parameters {
                kmer_length: params.kmer_len,
                min_match_length: params.min_match_len,
                segment_size: (params.segment_size != 0).then_some(params.segment_size),
                batch_size: params.pack_cardinality,
            },
            commands: commands
                .map(|command| CommandRow {
                    line: command.line.to_str_lossy(),
                    date: command.date.to_str_lossy(),
                })
                .collect(),
            reference_sample: reference.to_str_lossy(),
            reference_sample_hex: hex_unless_text(reference),
            samples: info.sample_count as u64,
            contigs: totals.contigs,
            bases: totals.cost.bases,
            new_bases: totals.cost.new_bases,
            segments: totals.cost.segments,
            groups: info.group_count as u64,
            deltas: totals.deltas,
            raw: totals.raw,
            streams: info.stream_count as u64,
            parts: kinds.parts,
            arranged: kinds.arranged,
            file_bytes: info.file_len_bytes,
            bytes: &kinds.bytes,
        }
    }
}

//! `listref`: the name of the reference sample, without a line end, as `agc` prints it; or in JSON.

use std::borrow::Cow;

use bstr::ByteSlice;
use serde::Serialize;

use super::rows::{SCHEMA, append_json, hex_unless_text};
use super::stats::Stats;
use super::target::Target;
use super::{Failure, archive_failure, open};
use crate::cli::ListrefArgs;

#[derive(Serialize)]
struct ReferenceRow<'a> {
    schema: u32,
    sample: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_hex: Option<String>,
}

pub(super) fn run(args: &ListrefArgs) -> Result<(), Failure> {
    let archive = open(&args.archive, args.output.as_deref(), &args.by_index)?;
    let _told = Stats::of(&archive, &args.stats);
    let samples = archive
        .samples()
        .map_err(|error| archive_failure(&args.archive, error))?;
    let mut target = Target::open(args.output.as_deref())?;
    if let Some(sample) = samples.get(0) {
        let mut text = Vec::new();
        if args.json {
            let row = ReferenceRow {
                schema: SCHEMA,
                sample: sample.to_str_lossy(),
                sample_hex: hex_unless_text(sample),
            };
            append_json(&row, &mut text);
        } else {
            text.extend_from_slice(sample);
        }
        target.put(&text)?;
    }
    target.finish(false)
}

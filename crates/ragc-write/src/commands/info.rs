//! `info`: what an archive says about itself, in the words of `agc`, but on standard output.

use super::target::Target;
use super::{Failure, archive_failure, open};
use crate::cli::InfoArgs;

pub(super) fn run(args: &InfoArgs) -> Result<(), Failure> {
    let archive = open(&args.archive, args.output.as_deref())?;
    let failure = |error| archive_failure(&args.archive, error);
    let info = archive.info().map_err(failure)?;
    let samples = archive.samples().map_err(failure)?;
    let mut text = Vec::new();
    let mut line = |name: &str, value: &[u8]| {
        text.extend_from_slice(name.as_bytes());
        text.extend_from_slice(value);
        text.push(b'\n');
    };
    line("No. samples      : ", samples.len().to_string().as_bytes());
    line(
        "k-mer length     : ",
        info.params.kmer_len.to_string().as_bytes(),
    );
    line(
        "Min. match length: ",
        info.params.min_match_len.to_string().as_bytes(),
    );
    if info.params.segment_size != 0 {
        line(
            "Segment size     : ",
            info.params.segment_size.to_string().as_bytes(),
        );
    }
    line(
        "Batch size       : ",
        info.params.pack_cardinality.to_string().as_bytes(),
    );
    line("Reference name   : ", samples.get(0).unwrap_or_default());
    line("Command lines:", b"");
    for command in &info.commands {
        line(&format!("{} : ", command.date), &command.line);
    }
    if args.verbosity > 0 {
        line("File type info:", b"");
        let mut entries = info.file_type_info;
        entries.sort();
        for (key, value) in &entries {
            line(&format!("  {key} : "), value);
        }
    }
    let mut target = Target::open(args.output.as_deref())?;
    target.put(&text)?;
    target.finish(false)
}

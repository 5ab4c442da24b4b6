//! What `faidx` calls the sequences it writes: as they were asked for, with a mark of the strand, or after a template.

use bstr::BString;
use ragc_read::{Chunk, Counting, Strand};

use super::Failure;
use super::found::Found;
use super::header::{Field, Template, Titled};
use super::regions::Asked;
use crate::cli::FaidxArgs;

/// A region to write, and what it is called if that is not made of the region.
pub(super) struct Sequence {
    pub(super) found: Found,
    pub(super) name: BString,
}

impl Sequence {
    pub(super) fn len_bases(&self) -> u64 {
        self.found.range.end - self.found.range.start
    }
}

/// What sequences are called, and in which direction they are read.
pub(super) struct Titles {
    template: Option<Template>,
    pub(super) strand: Strand,
    /// Behind each header.
    mark: String,
}

impl Titles {
    pub(super) fn new(args: &FaidxArgs) -> Result<Self, Failure> {
        let template = args.template.as_deref();
        Ok(Self {
            template: template
                .map(|text| Template::parse(text, Field::OF_REGIONS))
                .transpose()?,
            strand: if args.reverse_complement {
                Strand::Reverse
            } else {
                Strand::Forward
            },
            mark: mark(&args.mark_strand, args.reverse_complement)?.to_owned(),
        })
    }

    /// What of a region's text has to be kept until it is written.
    pub(super) fn name_of(&self, asked: Asked) -> BString {
        let is_used = self.template.as_ref().is_none_or(Template::has_name);
        match asked {
            Asked::Text(text) if is_used => text,
            Asked::Bed(feature) if is_used && self.template.is_some() => feature.name,
            Asked::Text(_) | Asked::Bed(_) => BString::default(),
        }
    }

    pub(super) fn write(&self, chunk: &Chunk<'_>, sequence: &Sequence, out: &mut Vec<u8>) {
        let Sequence { found, name } = sequence;
        match &self.template {
            Some(template) => template.write(
                &Titled {
                    chunk,
                    start: found.range.start,
                    counting: Counting::FromOne,
                    name: name.as_ref(),
                },
                out,
            ),
            // A text names the region as its writer likes it.
            None if !name.is_empty() && !found.several => out.extend_from_slice(name),
            None => found.write_region(chunk, Counting::FromOne, out),
        }
        out.extend_from_slice(self.mark.as_bytes());
    }
}

/// What is put behind names.
fn mark(kind: &str, is_reverse: bool) -> Result<&str, Failure> {
    let (forward, reverse) = match kind {
        "rc" => ("", "/rc"),
        "no" => ("", ""),
        "sign" => ("(+)", "(-)"),
        custom => custom
            .strip_prefix("custom,")
            .and_then(|marks| marks.split_once(','))
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "--mark-strand {kind:?}: expected rc, no, sign or custom,POS,NEG"
                ))
            })?,
    };
    Ok(if is_reverse { reverse } else { forward })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strands_are_marked_as_samtools_does() {
        for (kind, forward, reverse) in [
            ("rc", "", "/rc"),
            ("no", "", ""),
            ("sign", "(+)", "(-)"),
            ("custom, f, r,x", " f", " r,x"),
            ("custom,,", "", ""),
        ] {
            assert_eq!(mark(kind, false).ok(), Some(forward), "{kind}");
            assert_eq!(mark(kind, true).ok(), Some(reverse), "{kind}");
        }
        for kind in ["", "custom", "custom,a", "RC"] {
            assert!(matches!(mark(kind, true), Err(Failure::Usage(_))), "{kind}");
        }
    }
}

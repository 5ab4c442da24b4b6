//! Header lines of extracted sequences: after a template (`--header`), or as the command has them.

use bstr::BStr;
use ragc_read::{Chunk, Counting};

use super::Failure;

/// A field of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Sample,
    /// The contig's first word.
    Contig,
    /// The contig's whole name.
    Header,
    /// Positions of the first and the last base; nothing if there are none.
    Range,
    /// How many bases there are.
    Length,
    /// What was asked for.
    Name,
}

impl Field {
    /// Those that whole samples have.
    pub(super) const OF_SAMPLES: &[Field] = &[
        Field::Sample,
        Field::Contig,
        Field::Header,
        Field::Range,
        Field::Length,
    ];
    /// Those that regions have.
    pub(super) const OF_REGIONS: &[Field] = &[
        Field::Sample,
        Field::Contig,
        Field::Header,
        Field::Range,
        Field::Length,
        Field::Name,
    ];

    fn name(self) -> &'static str {
        match self {
            Field::Sample => "sample",
            Field::Contig => "contig",
            Field::Header => "header",
            Field::Range => "range",
            Field::Length => "length",
            Field::Name => "name",
        }
    }
}

/// What a header line is made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field),
}

/// A sequence that gets a header line.
pub(super) struct Titled<'a> {
    pub(super) chunk: &'a Chunk<'a>,
    /// Where it starts in its contig, from 0.
    pub(super) start: u64,
    pub(super) counting: Counting,
    pub(super) name: &'a BStr,
}

impl Template {
    /// Reads text with `{field}` in it; doubled braces are literal ones.
    ///
    /// # Errors
    /// `Usage` for a field that is none of `fields`, a brace without its other half, or a line end.
    pub(super) fn parse(text: &str, fields: &[Field]) -> Result<Self, Failure> {
        let wrong = |why: String| Failure::Usage(format!("--header {text:?}: {why}"));
        if text.contains(['\n', '\r']) {
            return Err(wrong("a header is one line".into()));
        }
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let (brace, after) = rest[at..].split_at(1);
            if let Some(doubled) = after.strip_prefix(brace) {
                literal.push_str(brace);
                rest = doubled;
                continue;
            }
            let Some((name, after)) = after.split_once('}').filter(|_| brace == "{") else {
                return Err(wrong(format!(
                    "a {brace} without its other half; {brace}{brace} is a literal one"
                )));
            };
            let known = |field: &&Field| field.name() == name;
            let Some(field) = fields.iter().find(known) else {
                let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
                return Err(wrong(format!(
                    "no field {{{name}}}; there are {{{}}}",
                    names.join("}, {")
                )));
            };
            pieces.push(Piece::Text(std::mem::take(&mut literal)));
            pieces.push(Piece::Field(*field));
            rest = after;
        }
        literal.push_str(rest);
        pieces.push(Piece::Text(literal));
        pieces.retain(|piece| *piece != Piece::Text(String::new()));
        Ok(Self(pieces))
    }

    /// Whether it says what was asked for.
    pub(super) fn has_name(&self) -> bool {
        self.0.contains(&Piece::Field(Field::Name))
    }

    /// Appends the header of a sequence.
    pub(super) fn write(&self, titled: &Titled<'_>, out: &mut Vec<u8>) {
        let chunk = titled.chunk;
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Field(Field::Sample) => out.extend_from_slice(chunk.sample),
                Piece::Field(Field::Contig) => out.extend_from_slice(chunk.first_word()),
                Piece::Field(Field::Header) => out.extend_from_slice(chunk.contig),
                Piece::Field(Field::Range) => {
                    let range = titled.start..titled.start + chunk.len_bases;
                    let text = titled.counting.text_of(&range).unwrap_or_default();
                    out.extend_from_slice(text.as_bytes());
                }
                Piece::Field(Field::Length) => {
                    out.extend_from_slice(chunk.len_bases.to_string().as_bytes());
                }
                Piece::Field(Field::Name) => out.extend_from_slice(titled.name),
            }
        }
    }
}

/// Appends the header of a contig of a whole sample: its stored name, unless a template says otherwise.
pub(super) fn of_contig(template: Option<&Template>, chunk: &Chunk<'_>, out: &mut Vec<u8>) {
    let Some(template) = template else {
        out.extend_from_slice(chunk.contig);
        return;
    };
    let titled = Titled {
        chunk,
        start: 0,
        counting: Counting::FromZero,
        name: BStr::new(""),
    };
    template.write(&titled, out);
}

/// The template of a command whose sequences have no names but those of samples and contigs.
pub(super) fn of_samples(text: Option<&str>) -> Result<Option<Template>, Failure> {
    text.map(|text| Template::parse(text, Field::OF_SAMPLES))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk() -> Chunk<'static> {
        Chunk {
            sample: BStr::new("HG002#1"),
            contig: BStr::new("chr1 of it"),
            contig_len_bases: 100,
            index: 0,
            len_bases: 10,
            offset: 0,
            bases: b"",
            last: false,
        }
    }

    fn written(template: &str) -> String {
        let template = Template::parse(template, Field::OF_REGIONS).expect("a template");
        let mut out = Vec::new();
        template.write(
            &Titled {
                chunk: &chunk(),
                start: 5,
                counting: Counting::FromOne,
                name: BStr::new("gene"),
            },
            &mut out,
        );
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn fields_are_filled_in_and_doubled_braces_are_literal() {
        for (template, expected) in [
            ("{sample}#{contig}", "HG002#1#chr1"),
            (
                "{header}|{range}|{length}|{name}",
                "chr1 of it|6-15|10|gene",
            ),
            ("{{{contig}}}:{range}", "{chr1}:6-15"),
            ("plain }}{{", "plain }{"),
            ("", ""),
        ] {
            assert_eq!(written(template), expected, "{template}");
        }
    }

    #[test]
    fn other_fields_are_wrong_and_all_are_told() {
        for (template, expected) in [
            (
                "{smaple}",
                "no field {smaple}; there are {sample}, {contig}",
            ),
            ("{name}", "no field {name}; "),
            ("{}", "no field {}; "),
            ("{sample", "a { without its other half; {{ is"),
            ("sample}", "a } without its other half; }} is"),
            ("a\nb", "a header is one line"),
        ] {
            let Err(Failure::Usage(message)) = Template::parse(template, Field::OF_SAMPLES) else {
                panic!("{template} is a template");
            };
            assert!(message.contains(expected), "{message}");
        }
    }
}

//! What went wrong, where, and whose fault it is.

use std::fmt;

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes break the format.
    #[error("{place}{why}")]
    Malformed {
        /// Where, as far as it is known.
        place: Box<Place>,
        /// What was expected and what was found.
        why: String,
    },
    /// Sound as far as we can tell, but newer or rarer than this reader.
    #[error("{what}")]
    Unsupported {
        /// What is not supported.
        what: String,
    },
    /// More memory asked for than [`Limits`](crate::Limits) allow.
    #[error("{what}: {asked} bytes asked for, {allowed} allowed")]
    Limit {
        /// What the memory was for.
        what: &'static str,
        /// Bytes asked for.
        asked: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// The caller's question names something the archive does not hold.
    #[error("no {what} {name:?} in this archive")]
    NotFound {
        /// `"sample"`, `"contig"` and the like.
        what: &'static str,
        /// The name asked for.
        name: String,
    },
    /// Several contigs of a sample have the name asked for.
    #[error("{count} contigs called {contig:?} in sample {sample:?}")]
    Ambiguous {
        /// The sample's name.
        sample: String,
        /// The contig's name.
        contig: String,
        /// How many there are.
        count: usize,
    },
    /// The index is not one of this archive as it is now.
    #[error("the index is not of this archive: {why}; `ragc index` makes it anew")]
    StaleIndex {
        /// What tells.
        why: String,
    },
    /// The reader was called wrongly: bytes supplied past the end, a range that ends before it starts.
    #[error("{0}")]
    Misuse(&'static str),
}

/// Where in an archive something was found wrong; only what is known is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The stream's name, or `footer`.
    pub stream: Option<String>,
    /// The part of that stream, from 0.
    pub part: Option<u32>,
    /// Offset in the file, in bytes; of the part when nothing nearer is known.
    pub offset: Option<u64>,
    /// The sample's name.
    pub sample: Option<String>,
    /// The contig's whole name.
    pub contig: Option<String>,
    /// The segment of that contig, from 0.
    pub segment: Option<u64>,
}

impl fmt::Display for Place {
    /// `sample s, contig c, segment 5, stream x1fd, part 3, byte 48213: `, or nothing when nothing is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sep = "";
        let mut item = |label: &str, value: Option<&dyn fmt::Display>| -> fmt::Result {
            let Some(value) = value else { return Ok(()) };
            write!(f, "{sep}{label}{value}")?;
            sep = ", ";
            Ok(())
        };
        item("sample ", self.sample.as_ref().map(|v| v as _))?;
        item("contig ", self.contig.as_ref().map(|v| v as _))?;
        item("segment ", self.segment.as_ref().map(|v| v as _))?;
        item("stream ", self.stream.as_ref().map(|v| v as _))?;
        item("part ", self.part.as_ref().map(|v| v as _))?;
        item("byte ", self.offset.as_ref().map(|v| v as _))?;
        if sep.is_empty() {
            Ok(())
        } else {
            f.write_str(": ")
        }
    }
}

impl Error {
    /// Broken bytes, with no place known yet.
    pub(crate) fn malformed(why: impl Into<String>) -> Error {
        Error::Malformed {
            place: Box::default(),
            why: why.into(),
        }
    }

    /// The same error with what `fill` knows about its place added; what was known before stays.
    #[must_use]
    pub(crate) fn at(self, fill: impl FnOnce(&mut Place)) -> Error {
        match self {
            Error::Malformed { mut place, why } => {
                let mut outer = Place::default();
                fill(&mut outer);
                let inner = *place;
                *place = Place {
                    stream: inner.stream.or(outer.stream),
                    part: inner.part.or(outer.part),
                    offset: inner.offset.or(outer.offset),
                    sample: inner.sample.or(outer.sample),
                    contig: inner.contig.or(outer.contig),
                    segment: inner.segment.or(outer.segment),
                };
                Error::Malformed { place, why }
            }
            other => other,
        }
    }
}

/// Holds a number against its limit.
pub(crate) fn within(what: &'static str, asked: u64, allowed: u64) -> Result<(), Error> {
    if asked > allowed {
        Err(Error::Limit {
            what,
            asked,
            allowed,
        })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_place_expected_found() {
        let error = Error::malformed("pack holds 41 deltas, delta 47 asked for")
            .at(|p| {
                p.stream = Some("x1fd".into());
                p.part = Some(3);
            })
            .at(|p| p.offset = Some(48213))
            .at(|p| p.part = Some(9));
        assert_eq!(
            error.to_string(),
            "stream x1fd, part 3, byte 48213: pack holds 41 deltas, delta 47 asked for"
        );
        assert_eq!(Error::malformed("no place").to_string(), "no place");
    }
}

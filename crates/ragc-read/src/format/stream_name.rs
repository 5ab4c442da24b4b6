//! Names of segment streams: `x`, the group in base 64 with the least digit first, `r` or `d`; in versions 1 and 2
//! `seg-`, the group in decimal, `-ref` or `-delta`. See docs/FORMAT.md, "Names of segment streams".

/// How an archive names its segment streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Naming {
    /// As version 3 does.
    #[default]
    Short,
    /// As versions 1 and 2 do.
    Long,
}

const DIGITS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_#";

/// Which of a group's two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// `r`: the reference segment.
    Reference,
    /// `d`: the packs of deltas, or of raw texts in groups below 16.
    Packs,
}

/// A segment stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SegmentStream {
    pub(crate) group_id: u32,
    pub(crate) kind: Kind,
}

impl SegmentStream {
    /// Reads a name. One written in any other way than [`SegmentStream::name`] does names no group's stream.
    pub(crate) fn parse(name: &[u8]) -> Option<(SegmentStream, Naming)> {
        let long = || Some((SegmentStream::parse_long(name)?, Naming::Long));
        SegmentStream::parse_short(name)
            .map(|stream| (stream, Naming::Short))
            .or_else(long)
    }

    fn parse_long(name: &[u8]) -> Option<SegmentStream> {
        let rest = name.strip_prefix(b"seg-")?;
        let split = memchr::memchr(b'-', rest)?;
        let (number, kind) = rest.split_at_checked(split)?;
        let kind = match kind {
            b"-ref" => Kind::Reference,
            b"-delta" => Kind::Packs,
            _ => return None,
        };
        let padded = number.len() > 1 && number.first() == Some(&b'0');
        if padded || !number.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let group_id = str::from_utf8(number).ok()?.parse().ok()?;
        Some(SegmentStream { group_id, kind })
    }

    fn parse_short(name: &[u8]) -> Option<SegmentStream> {
        let (&kind, number) = name.strip_prefix(b"x")?.split_last()?;
        let kind = match kind {
            b'r' => Kind::Reference,
            b'd' => Kind::Packs,
            _ => return None,
        };
        let padded = number.len() > 1 && number.last() == Some(&b'0');
        if number.is_empty() || number.len() > 6 || padded {
            return None;
        }
        let group = number
            .iter()
            .rev()
            .try_fold(0u64, |value, &digit| Some(value << 6 | digit_value(digit)?))?;
        Some(SegmentStream {
            group_id: u32::try_from(group).ok()?,
            kind,
        })
    }

    pub(crate) fn name(self, naming: Naming) -> String {
        match (naming, self.kind) {
            (Naming::Short, _) => self.short_name(),
            (Naming::Long, Kind::Reference) => format!("seg-{}-ref", self.group_id),
            (Naming::Long, Kind::Packs) => format!("seg-{}-delta", self.group_id),
        }
    }

    fn short_name(self) -> String {
        let mut name = String::from("x");
        let mut rest = self.group_id;
        loop {
            let digit = DIGITS
                .get(usize::from(rest.to_le_bytes()[0] & 63))
                .copied()
                .unwrap_or_default();
            name.push(char::from(digit));
            rest >>= 6;
            if rest == 0 {
                break;
            }
        }
        name.push(if self.kind == Kind::Reference {
            'r'
        } else {
            'd'
        });
        name
    }
}

fn digit_value(digit: u8) -> Option<u64> {
    Some(u64::from(match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'Z' => digit - b'A' + 10,
        b'a'..=b'z' => digit - b'a' + 36,
        b'_' => 62,
        b'#' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_table() {
        let table = [
            (0, "x0d"),
            (9, "x9d"),
            (10, "xAd"),
            (15, "xFd"),
            (16, "xGd"),
            (35, "xZd"),
            (36, "xad"),
            (61, "xzd"),
            (62, "x_d"),
            (63, "x#d"),
            (64, "x01d"),
            (65, "x11d"),
            (127, "x#1d"),
            (128, "x02d"),
            (4095, "x##d"),
            (4096, "x001d"),
            (100_000, "xWQOd"),
            (u32::MAX, "x#####3d"),
        ];
        for (group_id, name) in table {
            let stream = SegmentStream {
                group_id,
                kind: Kind::Packs,
            };
            let found = SegmentStream::parse(name.as_bytes());
            assert_eq!(stream.name(Naming::Short), name);
            assert_eq!(found, Some((stream, Naming::Short)));
        }
        let reference = SegmentStream {
            group_id: 39,
            kind: Kind::Reference,
        };
        assert_eq!(
            SegmentStream::parse(b"xdr"),
            Some((reference, Naming::Short))
        );
    }

    #[test]
    fn long_names_are_those_of_older_versions() {
        for (group_id, kind, name) in [
            (0, Kind::Packs, "seg-0-delta"),
            (16, Kind::Reference, "seg-16-ref"),
            (u32::MAX, Kind::Packs, "seg-4294967295-delta"),
        ] {
            let stream = SegmentStream { group_id, kind };
            let found = SegmentStream::parse(name.as_bytes());
            assert_eq!(stream.name(Naming::Long), name);
            assert_eq!(found, Some((stream, Naming::Long)));
        }
    }

    #[test]
    fn other_names_are_no_segment_streams() {
        for name in [
            "seg--ref",
            "seg-00-ref",
            "seg-1-refs",
            "seg-+1-ref",
            "seg-4294967296-ref",
            "seg-1",
            "",
            "x",
            "xr",
            "xd",
            "x00d",
            "x10d",
            "x1q",
            "x-d",
            "y1d",
            "x#####4d",
            "x######d",
            "params",
        ] {
            assert_eq!(SegmentStream::parse(name.as_bytes()), None, "{name}");
        }
    }
}

//! Names of segment streams: `x`, the group in base 64 with the least digit first, `r` or `d`.
//! See docs/FORMAT.md, "Names of segment streams".

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
    pub(crate) fn parse(name: &[u8]) -> Option<SegmentStream> {
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

    pub(crate) fn name(self) -> String {
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
            assert_eq!(stream.name(), name);
            assert_eq!(SegmentStream::parse(name.as_bytes()), Some(stream));
        }
        assert_eq!(
            SegmentStream::parse(b"xdr"),
            Some(SegmentStream {
                group_id: 39,
                kind: Kind::Reference
            })
        );
    }

    #[test]
    fn other_names_are_no_segment_streams() {
        for name in [
            "", "x", "xr", "xd", "x00d", "x10d", "x1q", "x-d", "y1d", "x#####4d", "x######d",
            "params",
        ] {
            assert_eq!(SegmentStream::parse(name.as_bytes()), None, "{name}");
        }
    }
}

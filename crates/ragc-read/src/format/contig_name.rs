//! Contig names, coded against the name before. See docs/FORMAT.md, "Contig names".

/// Stands for the whole old token.
const SAME_TOKEN: u8 = 0x81;

/// Appends the name that `coded` stands for, after `previous`, the name of the contig before in the sample.
pub(crate) fn decode(coded: &[u8], previous: Option<&[u8]>, out: &mut Vec<u8>) {
    let spaces = |name: &[u8]| memchr::memchr_iter(b' ', name).count();
    let Some(previous) = previous.filter(|p| spaces(p) == spaces(coded)) else {
        out.extend_from_slice(coded);
        return;
    };
    let tokens = coded
        .split(|b| *b == b' ')
        .zip(previous.split(|b| *b == b' '));
    for (number, (token, old)) in tokens.enumerate() {
        if number > 0 {
            out.push(b' ');
        }
        decode_token(token, old, out);
    }
}

fn decode_token(token: &[u8], old: &[u8], out: &mut Vec<u8>) {
    if token == [SAME_TOKEN] {
        out.extend_from_slice(old);
        return;
    }
    let start = out.len();
    // Bytes from 80 in names have no escape: a token that does not decode to the old one's length is one of those,
    // written as it is.
    let coded = !token.is_ascii();
    if coded && (decode_runs(token, old, out).is_none() || out.len() - start != old.len()) {
        out.truncate(start);
        out.extend_from_slice(token);
    } else if !coded {
        out.extend_from_slice(token);
    }
}

/// Bytes below 80 replace, a byte b from 80 on copies 256 - b bytes of the old token; `None` if past its end.
fn decode_runs(token: &[u8], mut old: &[u8], out: &mut Vec<u8>) -> Option<()> {
    for &byte in token {
        let len = if byte < 0x80 {
            1
        } else {
            256 - usize::from(byte)
        };
        let (run, rest) = old.split_at_checked(len)?;
        old = rest;
        if byte < 0x80 {
            out.push(byte);
        } else {
            out.extend_from_slice(run);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(coded: &[u8], previous: Option<&str>) -> Vec<u8> {
        let mut out = Vec::new();
        decode(coded, previous.map(str::as_bytes), &mut out);
        out
    }

    #[test]
    fn names_of_the_table() {
        let z = "z".repeat(100);
        let (x, y) = ("x".repeat(250), "y".repeat(130));
        let table: [(Option<String>, String, &[u8]); 10] = [
            (None, "chr1".into(), b"chr1"),
            (Some("chr1".into()), "chr2".into(), b"\xFD2"),
            (Some("chr1a".into()), "chr3a".into(), b"\xFD3\xFF"),
            (Some("chr3".into()), "seq".into(), b"seq"),
            (Some("chr1 len=5".into()), "chr1 len=5".into(), b"\x81 \x81"),
            (
                Some("extra000 abc 0".into()),
                "extra001 abd 1".into(),
                b"\xF91 \xFEd 1",
            ),
            (Some("c x9".into()), "c x10".into(), b"\x81 x10"),
            (Some("a b".into()), "a b c".into(), b"a b c"),
            (Some(format!("{z}2")), format!("{z}1"), b"\x9C1"),
            (
                Some(format!("{x}a{y}")),
                format!("{x}b{y}"),
                b"\x9C\x9C\xCEb\x9C\xE2",
            ),
        ];
        for (previous, want, coded) in table {
            assert_eq!(name(coded, previous.as_deref()), want.as_bytes());
        }
    }

    #[test]
    fn tokens_that_do_not_decode_are_literal() {
        // A copy past the end of the old token, and one that stops short of it.
        assert_eq!(
            name(b"\xC3\xA9t\xC3\xA9", Some("chr1")),
            b"\xC3\xA9t\xC3\xA9"
        );
        assert_eq!(name(b"a\xFF", Some("chr1")), b"a\xFF");
        assert_eq!(name(b"\x81", None), b"\x81");
        assert_eq!(name(b"", Some("chr1")), b"");
        assert_eq!(name(b"  ", Some("a b c")), b"  ");
    }
}

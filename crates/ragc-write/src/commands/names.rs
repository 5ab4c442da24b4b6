//! Which samples are meant by names and patterns, from wherever they come: `*`, `?` and `[...]`, over bytes.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use bstr::{BStr, BString, ByteSlice as _};
use ragc_read::Samples;

use super::{Failure, near, no_sample};

/// The samples that any of `patterns` means, by their numbers in stored order, each once. A name that is there means
/// just this sample, whatever it looks like.
///
/// # Errors
/// [`Failure::Query`] for the first pattern that means no sample.
pub(super) fn select(
    path: &Path,
    samples: &Samples,
    patterns: &[BString],
) -> Result<Vec<usize>, Failure> {
    let mut selected = Vec::new();
    for pattern in patterns {
        let before = selected.len();
        match samples.position(pattern.as_ref()) {
            Some(number) => selected.push(number),
            None => selected.extend(matching(samples, pattern)),
        }
        if selected.len() == before {
            return Err(nothing_meant(path, samples, pattern.as_ref()));
        }
    }
    selected.sort_unstable();
    selected.dedup();
    Ok(selected)
}

/// The lines of a file, or of standard input for `-`, but for empty ones.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_lines(path: &Path) -> Result<Vec<BString>, Failure> {
    let read = || {
        if path != Path::new("-") {
            return fs::read(path);
        }
        let mut text = Vec::new();
        io::stdin().read_to_end(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|source| Failure::File {
        path: path.into(),
        source,
    })?;
    let lines = text.lines().filter(|line| !line.is_empty());
    Ok(lines.map(BString::from).collect())
}

fn matching(samples: &Samples, pattern: &[u8]) -> impl Iterator<Item = usize> {
    let names = samples.iter().enumerate();
    names
        .filter(|(_, name)| is_match(pattern, name))
        .map(|(number, _)| number)
}

fn nothing_meant(path: &Path, samples: &Samples, pattern: &BStr) -> Failure {
    if !is_pattern(pattern) {
        return no_sample(path, pattern, samples.iter());
    }
    let hint = near::suggestion(pattern, samples.iter());
    let path = path.display();
    Failure::Query(format!("no sample in {path} is like {pattern:?}{hint}"))
}

/// Whether a name may mean several samples.
pub(super) fn is_pattern(name: &[u8]) -> bool {
    name.find_byteset(b"*?[").is_some()
}

/// Whether `pattern` means all of `name`. Time grows with the product of their lengths at most.
fn is_match(pattern: &[u8], name: &[u8]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    // Behind the last star: what is to be matched, and the name from where the star may end.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        if let Some(rest) = pattern.strip_prefix(b"*") {
            star = Some((rest, name));
            pattern = rest;
            continue;
        }
        if pattern.is_empty() && name.is_empty() {
            return true;
        }
        if let Some((&byte, name_rest)) = name.split_first()
            && let Some(pattern_rest) = one(pattern, byte)
        {
            (pattern, name) = (pattern_rest, name_rest);
            continue;
        }
        // The star takes one byte more.
        let Some((behind, from)) = star else {
            return false;
        };
        let Some((_, from)) = from.split_first() else {
            return false;
        };
        star = Some((behind, from));
        (pattern, name) = (behind, from);
    }
}

/// What follows in `pattern` after its first element, if that means `byte`.
fn one(pattern: &[u8], byte: u8) -> Option<&[u8]> {
    let (&first, rest) = pattern.split_first()?;
    if first == b'['
        && let Some((set, rest)) = bracketed(rest)
    {
        return is_in(set, byte).then_some(rest);
    }
    (first == b'?' || first == byte).then_some(rest)
}

/// The set in brackets and what follows it. A bracket that is never closed is a letter like others, as is a closing one
/// that comes first.
fn bracketed(pattern: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = usize::from(matches!(pattern.first(), Some(b'!' | b'^')));
    let end = pattern
        .iter()
        .skip(first + 1)
        .position(|&byte| byte == b']')?
        + first
        + 1;
    Some((&pattern[..end], &pattern[end + 1..]))
}

/// Whether a set holds `byte`: bytes and ranges, or with `!` or `^` before them all others.
fn is_in(set: &[u8], byte: u8) -> bool {
    let (is_negated, mut set) = match set {
        [b'!' | b'^', rest @ ..] => (true, rest),
        set => (false, set),
    };
    let mut is_found = false;
    while let [first, rest @ ..] = set {
        let last = match rest {
            [b'-', last, rest @ ..] => {
                set = rest;
                last
            }
            _ => {
                set = rest;
                first
            }
        };
        is_found |= (*first..=*last).contains(&byte);
    }
    is_found != is_negated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_whole_names() {
        let cases: [(&str, &[&str], &[&str]); 14] = [
            ("", &[""], &["a"]),
            ("*", &["", "a", "a/b.c"], &[]),
            (
                "HG002#*",
                &["HG002#1", "HG002#"],
                &["HG002", "xHG002#1", "hg002#1"],
            ),
            ("*#1", &["HG002#1", "#1", "#1#1"], &["HG002#12", "#2"]),
            ("a*b*c", &["abc", "aXbYc", "abcbc"], &["acb", "abcd"]),
            ("**a**", &["a", "banana"], &["b", ""]),
            ("a?c", &["abc", "a?c"], &["ac", "abbc"]),
            ("s[0-9]", &["s0", "s9"], &["s", "s10", "sx"]),
            ("s[!0-9]", &["sx", "s!"], &["s0", "s"]),
            ("s[^ab]*", &["sc", "scab"], &["sab", "s"]),
            ("[]a]x", &["]x", "ax"], &["x", "bx"]),
            ("[a-]", &["a", "-"], &["b"]),
            ("[*]", &["*"], &["a", "[*]"]),
            ("a[b", &["a[b"], &["ab"]),
        ];
        for (pattern, meant, others) in cases {
            for name in meant {
                assert!(
                    is_match(pattern.as_bytes(), name.as_bytes()),
                    "{pattern} {name}"
                );
            }
            for name in others {
                assert!(
                    !is_match(pattern.as_bytes(), name.as_bytes()),
                    "{pattern} {name}"
                );
            }
        }
        assert!(
            is_match(b"\xFF?\xFE*", b"\xFF\x80\xFE"),
            "bytes, not characters"
        );
    }

    #[test]
    fn many_stars_take_no_more_than_the_product_of_the_lengths() {
        let name = [b'a'; 20_000];
        assert!(!is_match(
            &b"*a"
                .repeat(2000)
                .into_iter()
                .chain(*b"b")
                .collect::<Vec<_>>(),
            &name
        ));
    }
}

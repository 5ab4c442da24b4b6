//! Names near a name that was not found.

use bstr::{BStr, BString};

/// Names suggested at most.
const SUGGESTIONS_MAX: usize = 3;
/// Jaro-Winkler similarity below which a name is no help.
const SIMILAR_ENOUGH: f64 = 0.8;

/// `; did you mean "a" or "b"?`, or nothing when no candidate is near `name`.
pub(super) fn suggestion<'a>(name: &BStr, candidates: impl Iterator<Item = &'a BStr>) -> String {
    let near = nearest(name, candidates);
    match near.as_slice() {
        [] => String::new(),
        [only] => format!("; did you mean {only:?}?"),
        [others @ .., last] => {
            let others: Vec<String> = others.iter().map(|name| format!("{name:?}")).collect();
            format!("; did you mean {} or {last:?}?", others.join(", "))
        }
    }
}

/// The candidates most like `name`, the nearest first, each once.
fn nearest<'a>(name: &BStr, candidates: impl Iterator<Item = &'a BStr>) -> Vec<BString> {
    let wanted = name.to_string().to_lowercase();
    let mut near: Vec<(f64, &BStr)> = candidates
        .map(|candidate| {
            (
                likeness(&wanted, &candidate.to_string().to_lowercase()),
                candidate,
            )
        })
        .filter(|&(likeness, _)| likeness >= SIMILAR_ENOUGH)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.dedup_by(|a, b| a.1 == b.1);
    near.truncate(SUGGESTIONS_MAX);
    near.into_iter()
        .map(|(_, candidate)| candidate.to_owned())
        .collect()
}

/// 1 for equal names, less for others; a name that merely goes on (`chr1` and `chr1.2`) is near.
fn likeness(wanted: &str, candidate: &str) -> f64 {
    let goes_on =
        !wanted.is_empty() && (candidate.starts_with(wanted) || wanted.starts_with(candidate));
    let similarity = strsim::jaro_winkler(wanted, candidate);
    if goes_on && !candidate.is_empty() {
        similarity.max(0.9)
    } else {
        similarity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggest(name: &str, candidates: &[&str]) -> String {
        suggestion(name.into(), candidates.iter().map(|&name| BStr::new(name)))
    }

    #[test]
    fn typing_errors_are_near() {
        let samples = ["HG00438.1", "HG00438.2", "NA12878", "CHM13"];
        assert_eq!(
            suggest("hg00438.1", &samples),
            "; did you mean \"HG00438.1\" or \"HG00438.2\"?"
        );
        assert_eq!(suggest("CHM31", &samples), "; did you mean \"CHM13\"?");
        assert_eq!(suggest("yeast", &samples), "");
        assert_eq!(suggest("", &samples), "");
    }
}

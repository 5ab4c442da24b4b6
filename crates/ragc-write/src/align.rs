//! A range of a window -> segments: what continues stored sequence, encoded, and what is new.

use std::ops::Range;

use crate::anchors::{Anchors, Found};
use crate::chain::{Costs, chain};
use crate::cut::cut;
use crate::lz::{Delta, encode};
use crate::map::map;
use crate::packed::PackedSeq;
use crate::references::References;
use crate::unknown::Unknown;

/// The numbers that shape segments and their deltas.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Symbols that neighbouring segments share.
    pub overlap: usize,
    /// Shortest match written as one.
    pub match_len_min: usize,
}

/// References and the anchors that find them.
#[derive(Debug)]
pub struct Index {
    /// The reference segments.
    pub references: References,
    /// Their sampled k-mers.
    pub anchors: Anchors,
}

impl Index {
    /// An empty one, for one in `1 << thinned_log2` of the usual anchors.
    pub fn new(thinned_log2: u32) -> Self {
        Self {
            references: References::default(),
            anchors: Anchors::new(thinned_log2),
        }
    }
}

/// A segment of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aligned {
    /// Range in the window, overlaps included.
    pub range: Range<usize>,
    /// How it is stored.
    pub kind: Kind,
}

/// How a segment is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// As an entry of the group of a span of the index.
    Variant {
        /// Number of the span.
        span: usize,
        /// The entry.
        delta: Delta,
        /// Whether the stored text is the reverse complement.
        reversed: bool,
    },
    /// Nothing like it was found.
    New,
}

/// Covers `range` of `seq` with segments, each sharing exactly `shape.overlap` symbols with the next.
///
/// The anchors of `seq` may have been `found` before, which changes nothing but the time.
pub fn align(
    seq: &PackedSeq,
    range: Range<usize>,
    index: &Index,
    shape: Shape,
    costs: &Costs,
    found: Option<&[Found]>,
) -> Vec<Aligned> {
    let references = &index.references;
    if references.is_empty() {
        return vec![Aligned {
            range,
            kind: Kind::New,
        }];
    }
    let stretches = map(seq, range.clone(), references, &index.anchors, found);
    let unknown = Unknown::of(seq, range.clone());
    let blocks = chain(&stretches, references, &unknown, costs);
    cut(range, &blocks, references, &unknown, shape.overlap)
        .into_iter()
        .map(|segment| {
            let kind = match &segment.target {
                None => Kind::New,
                Some(target) => {
                    let (delta, reversed) =
                        encode(seq, &segment, target, references, shape.match_len_min);
                    Kind::Variant {
                        span: target.span,
                        delta,
                        reversed,
                    }
                }
            };
            Aligned {
                range: segment.range,
                kind,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anchors::anchors_in;
    use crate::part::codes;

    const SHAPE: Shape = Shape {
        overlap: 31,
        match_len_min: 15,
    };

    /// A generator of test sequences: splitmix64.
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ z >> 31) % n as u64) as usize
        }

        fn bases(&mut self, n: usize) -> Vec<u8> {
            (0..n).map(|_| self.below(4) as u8).collect()
        }
    }

    fn packed(codes: &[u8]) -> PackedSeq {
        let mut seq = PackedSeq::default();
        codes.iter().for_each(|&code| seq.push(code));
        seq
    }

    fn reverse_complement(codes: &[u8]) -> Vec<u8> {
        codes
            .iter()
            .rev()
            .map(|&code| if code < 4 { 3 - code } else { code })
            .collect()
    }

    /// Stores `contig` as one piece of groups of about `size` symbols, every other one reversed.
    fn store(index: &mut Index, contig: &[u8], size: usize) {
        let seq = packed(contig);
        index.references.start_piece();
        let mut start = 0;
        while start < contig.len() {
            let end = if contig.len() - start < 2 * size {
                contig.len()
            } else {
                start + size
            };
            let shared = if start == 0 { 0 } else { SHAPE.overlap };
            let reversed = index.references.spans().len() % 2 == 1;
            let group = index.references.spans().len() as u32;
            index
                .references
                .push(&seq, start..end, shared, reversed, group);
            start = end;
        }
        index.anchors.extend(&index.references, 0, u64::MAX);
    }

    /// Decodes as docs/FORMAT.md says, by the plainest means.
    fn decode(delta: &[u8], reference: &[u8]) -> Vec<u8> {
        let (mut out, mut predicted, mut at) = (Vec::new(), 0i64, 0);
        let number = |at: &mut usize| {
            let start = *at;
            while delta[*at] == b'-' || delta[*at].is_ascii_digit() {
                *at += 1;
            }
            std::str::from_utf8(&delta[start..*at])
                .expect("ASCII")
                .parse::<i64>()
                .expect("a number")
        };
        while at < delta.len() {
            match delta[at] {
                0x1E => {
                    at += 1;
                    let n = number(&mut at);
                    assert_eq!(delta[at], 4);
                    at += 1;
                    out.extend(std::iter::repeat_n(4, n as usize + 4));
                }
                b'!' => {
                    out.push(reference[predicted as usize]);
                    (predicted, at) = (predicted + 1, at + 1);
                }
                letter @ b'A'..=b'P' => {
                    out.push(letter - b'A');
                    (predicted, at) = (predicted + 1, at + 1);
                }
                _ => {
                    let start = (predicted + number(&mut at)) as usize;
                    let len = match delta[at] {
                        b'.' => reference.len() - start,
                        _ => {
                            at += 1;
                            number(&mut at) as usize + SHAPE.match_len_min
                        }
                    };
                    assert_eq!(delta[at], b'.');
                    at += 1;
                    out.extend_from_slice(&reference[start..start + len]);
                    predicted = (start + len) as i64;
                }
            }
        }
        out
    }

    /// Checks that the segments of `query` tile it and decode to it; the bases found to be new.
    fn check(index: &Index, query: &[u8]) -> usize {
        let seq = packed(query);
        let segments = align(&seq, 0..query.len(), index, SHAPE, &Costs::default(), None);
        let found = anchors_in(&seq, 0..query.len(), index.anchors.sampling());
        assert_eq!(
            align(
                &seq,
                0..query.len(),
                index,
                SHAPE,
                &Costs::default(),
                Some(&found)
            ),
            segments
        );
        let (mut end, mut new) = (0, 0);
        for (i, segment) in segments.iter().enumerate() {
            assert_eq!(
                segment.range.start,
                if i == 0 { 0 } else { end - SHAPE.overlap },
                "segment {i}"
            );
            assert!(
                i == 0 || segment.range.len() > SHAPE.overlap,
                "segment {i} is all overlap"
            );
            end = segment.range.end;
            let Kind::Variant {
                span,
                delta,
                reversed,
            } = &segment.kind
            else {
                new += segment.range.len();
                continue;
            };
            let span = index.references.spans()[*span];
            let mut reference = PackedSeq::default();
            let view = index.references.view(span.start..span.end, false);
            let listed: Vec<_> = index.references.exceptions(span.start..span.end).collect();
            for at in 0..view.len() {
                let exception = listed
                    .iter()
                    .find(|(start, len, _)| (*start..start + len).contains(&(at as u64)));
                reference.push(exception.map_or(view.base(at), |&(_, _, code)| code));
            }
            let reference = codes(&reference, span.reversed);
            let text = match delta {
                Delta::Equal => reference,
                Delta::Text(text) => {
                    assert!(!text.is_empty());
                    decode(text, &reference)
                }
            };
            let text = if *reversed {
                reverse_complement(&text)
            } else {
                text
            };
            assert_eq!(
                text,
                query[segment.range.clone()],
                "segment {i} at {:?}",
                segment.range
            );
        }
        assert_eq!(end, query.len());
        new
    }

    #[test]
    fn equal_contigs_become_their_references() {
        let mut random = Random(1);
        let contig = random.bases(20_000);
        let mut index = Index::new(0);
        store(&mut index, &contig, 3000);
        for query in [contig.clone(), reverse_complement(&contig)] {
            assert_eq!(check(&index, &query), 0);
            let segments = align(
                &packed(&query),
                0..query.len(),
                &index,
                SHAPE,
                &Costs::default(),
                None,
            );
            assert_eq!(segments.len(), index.references.spans().len());
            assert!(segments.iter().all(|s| matches!(
                s.kind,
                Kind::Variant {
                    delta: Delta::Equal,
                    ..
                }
            )));
        }
    }

    #[test]
    fn variants_of_every_kind_decode_to_the_contig() {
        let mut random = Random(2);
        for round in 0..60 {
            let contig = random.bases(6000);
            let mut stored = contig.clone();
            for _ in 0..random.below(6) {
                let at = random.below(stored.len());
                let n = (1 + random.below(12)).min(stored.len() - at);
                let code = 4 + random.below(12) as u8;
                stored[at..at + n].fill(code);
            }
            let mut index = Index::new(0);
            store(&mut index, &stored, 500 + random.below(3000));
            let mut query = if random.below(2) == 0 { stored } else { contig };
            for _ in 0..random.below(60) {
                let at = random.below(query.len());
                let longest = if random.below(4) == 0 { 900 } else { 6 };
                let n = (1 + random.below(longest)).min(query.len() - at);
                match random.below(7) {
                    0 => drop(query.drain(at..at + n)),
                    1 => drop(query.splice(at..at, random.bases(n))),
                    2 => query[at..at + n].fill(4),
                    3 => query[at] = random.below(16) as u8,
                    4 => query[at..at + n].reverse(),
                    5 => drop(query.splice(at..at + n, reverse_complement(&query[at..at + n]))),
                    _ => query[at] = (query[at] + 1) % 4,
                }
            }
            if round % 2 == 0 {
                query = reverse_complement(&query);
            }
            check(&index, &query);
        }
    }

    #[test]
    fn only_the_insertion_is_new() {
        let mut random = Random(3);
        let contig = random.bases(30_000);
        let mut index = Index::new(0);
        store(&mut index, &contig, 10_000);
        let mut query = contig;
        query.splice(12_345..12_345, random.bases(2000));
        let new = check(&index, &query);
        assert!((2000..2200).contains(&new), "{new} bases taken for new");
    }

    #[test]
    fn sequence_of_another_genome_is_new() {
        let mut random = Random(4);
        let mut index = Index::new(0);
        store(&mut index, &random.bases(10_000), 3000);
        assert_eq!(check(&index, &random.bases(5000)), 5000);
        assert_eq!(check(&index, &[4; 700]), 700);
        assert_eq!(check(&index, &[0]), 1);
    }

    #[test]
    fn repeats_are_aligned_through() {
        let mut random = Random(5);
        let unit = random.bases(37);
        let contig = [
            random.bases(3000),
            unit.repeat(120),
            vec![0; 900],
            random.bases(3000),
        ]
        .concat();
        let mut index = Index::new(0);
        store(&mut index, &contig, 2000);
        let query = [
            &contig[..3000],
            &unit.repeat(80),
            &[0; 1300],
            &contig[contig.len() - 3000..],
        ]
        .concat();
        assert!(check(&index, &query) < 600);
    }
}

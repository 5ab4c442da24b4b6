//! Groups in the order of the genome: first those of the reference sample, then those born later, each at the place of its
//! birth.
//!
//! Were these between the others, then whoever reads a region would pass over all that other samples have there: in large
//! archives more than what is wanted. Takes 14 bytes a group.

use ragc_read::SegmentRef;

use crate::archive::RAW_GROUPS;

/// The end that joins the last group and the first: the list is a ring.
const END: u32 = 0;
/// Not in the list yet.
const UNBORN: u32 = u32::MAX;

/// A segment, as far as the order depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its group.
    pub group: u32,
    /// Whether it is the reverse complement of what is stored.
    pub reversed: bool,
    /// Its length in bases.
    pub len: u32,
}

impl From<SegmentRef> for Step {
    fn from(segment: SegmentRef) -> Self {
        Self {
            group: segment.group_id,
            reversed: segment.reversed(),
            len: segment.len_bases(),
        }
    }
}

/// A list of groups, which contigs are walked along.
pub struct GenomeOrder {
    /// By group, from [`RAW_GROUPS`] on, counted from 1: the one that comes next.
    next: Vec<u32>,
    /// And the one before.
    last: Vec<u32>,
    /// Whether the list goes against what is stored of the group: one born reversed is stored as its contig does not run.
    against: Vec<bool>,
    /// Whether the reference sample has it.
    is_first: Vec<bool>,
}

impl GenomeOrder {
    /// Without order yet, for `groups` groups, raw ones included.
    pub fn new(groups: u32) -> Self {
        let count = groups.saturating_sub(RAW_GROUPS) as usize + 1;
        let mut order = Self {
            next: vec![UNBORN; count],
            last: vec![UNBORN; count],
            against: vec![false; count],
            is_first: vec![false; count],
        };
        order.next[END as usize] = END;
        order.last[END as usize] = END;
        order
    }

    /// Walks along a contig of the reference sample, whose order is that of the genome.
    pub fn add_reference_contig(&mut self, segments: impl IntoIterator<Item = Step>) {
        for step in segments {
            if let Some(node) = self.node(step.group).filter(|&node| !self.is_born(node)) {
                self.bear(node, step, END, false, true);
                self.is_first[node as usize] = true;
            }
        }
    }

    /// Walks along a contig of another sample: each group that is seen for the first time goes beside what the contig has beside it, in the
    /// direction in which the contig runs along the list. Raw segments, and groups that cannot be, are passed over.
    ///
    /// Beside means the last segment that is known and tells where the contig is. Short ones do not, unless nothing longer
    /// was near: mostly they are repeats, whose groups were born elsewhere.
    pub fn add_contig(&mut self, segments: impl IntoIterator<Item = Step>) {
        let steps: Vec<(u32, Step)> = segments
            .into_iter()
            .filter_map(|step| Some((self.node(step.group)?, step)))
            .collect();
        // What the next group goes beside, and the longest segment that says so.
        let mut beside: Option<(u32, u32)> = None;
        let mut backwards = false;
        // Segments that are as long as this tell where the contig is.
        let mut telling = 0;
        // New groups from here on have nothing to go beside yet.
        let mut lead = 0;
        for (at, &(node, step)) in steps.iter().enumerate() {
            telling /= 2;
            if self.is_born(node) {
                if step.len < telling {
                    continue;
                }
                backwards = self.runs_backwards(node, step.reversed);
                if beside.is_none() {
                    self.lead_up_to(node, backwards, &steps[lead..at]);
                }
                beside = Some((node, step.len));
            } else {
                // What is much longer than all that could say where it belongs waits for something better.
                if beside.is_some_and(|(_, len)| len < step.len / 2) {
                    (beside, lead) = (None, at);
                }
                if let Some((neighbour, len)) = beside {
                    self.bear(node, step, neighbour, backwards, backwards);
                    beside = Some((node, len.max(step.len)));
                }
            }
            telling = telling.max(step.len);
        }
        if beside.is_none() {
            for &(node, step) in &steps[lead..] {
                if !self.is_born(node) {
                    self.bear(node, step, END, false, true);
                }
            }
        }
    }

    /// Puts the new groups of a contig that comes to `node` where it comes from.
    fn lead_up_to(&mut self, node: u32, backwards: bool, steps: &[(u32, Step)]) {
        let mut beside = node;
        for &(node, step) in steps.iter().rev() {
            if !self.is_born(node) {
                self.bear(node, step, beside, backwards, !backwards);
                beside = node;
            }
        }
    }

    /// Where each group comes, raw ones left out; those that no contig has come last.
    pub fn places(self) -> Vec<u32> {
        let Self { next, is_first, .. } = self;
        let mut places = vec![UNBORN; next.len()];
        let mut place = 0;
        for turn in [true, false] {
            let mut node = next[END as usize];
            while node != END {
                if is_first[node as usize] == turn {
                    places[node as usize] = place;
                    place += 1;
                }
                node = next[node as usize];
            }
        }
        for unborn in places.iter_mut().skip(1).filter(|at| **at == UNBORN) {
            *unborn = place;
            place += 1;
        }
        places.remove(END as usize);
        places
    }

    fn node(&self, group: u32) -> Option<u32> {
        let node = group.checked_sub(RAW_GROUPS)? + 1;
        ((node as usize) < self.next.len()).then_some(node)
    }

    fn is_born(&self, node: u32) -> bool {
        self.next[node as usize] != UNBORN
    }

    /// Whether a contig runs against the list where it has this segment.
    fn runs_backwards(&self, node: u32, reversed: bool) -> bool {
        reversed != self.against[node as usize]
    }

    /// Puts a group before or after another in the list.
    fn bear(&mut self, node: u32, step: Step, beside: u32, backwards: bool, before: bool) {
        self.against[node as usize] = step.reversed != backwards;
        let (left, right) = if before {
            (self.last[beside as usize], beside)
        } else {
            (beside, self.next[beside as usize])
        };
        self.next[left as usize] = node;
        self.last[node as usize] = left;
        self.next[node as usize] = right;
        self.last[right as usize] = node;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps from a text: a letter a group, in upper case when reversed; a `-` behind it says that the segment is short.
    fn steps(contig: &str) -> Vec<Step> {
        let letters = contig.as_bytes();
        let step = |(at, letter): (usize, &u8)| {
            let group = match letter {
                b'-' => return None,
                b'.' => 3,
                letter => RAW_GROUPS + u32::from(letter.to_ascii_lowercase() - b'a'),
            };
            let is_short = letters.get(at + 1) == Some(&b'-');
            Some(Step {
                group,
                reversed: letter.is_ascii_uppercase(),
                len: if is_short { 1000 } else { 60_000 },
            })
        };
        letters.iter().enumerate().filter_map(step).collect()
    }

    /// The list that contigs give, of so many groups that were born.
    fn list(reference: &[&str], contigs: &[&str], groups: u32) -> (String, GenomeOrder) {
        let mut order = GenomeOrder::new(RAW_GROUPS + groups);
        for contig in reference {
            order.add_reference_contig(steps(contig));
        }
        for contig in contigs {
            order.add_contig(steps(contig));
        }
        let mut list = String::new();
        let mut node = order.next[END as usize];
        while node != END {
            list.push(char::from(b'a' - 1 + node as u8));
            node = order.next[node as usize];
        }
        (list, order)
    }

    fn check(cases: &[(&[&str], &str)]) {
        for (contigs, expected) in cases {
            let (found, _) = list(&[], contigs, expected.len() as u32);
            assert_eq!(&found, expected, "{contigs:?}");
        }
    }

    #[test]
    fn groups_come_where_they_were_born() {
        check(&[
            // The reference sample, whichever way its segments are stored.
            (&["abc", "de"], "abcde"),
            (&["aBc", "De"], "abcde"),
            // An insertion, and one into it; several in a row.
            (&["abc", "ad-bc"], "adbc"),
            (&["abc", "adbc", "adebc"], "adebc"),
            (&["abc", "adefbc"], "adefbc"),
            // Contigs that run the other way, of segments stored one way or the other.
            (&["abc", "CBd-A"], "adbc"),
            (&["aBc", "CbdA"], "adbc"),
            (&["abc", "CBdEA"], "aedbc"),
            // Once born there, a group tells the direction.
            (&["abc", "CBdA", "aDebc"], "adebc"),
            // What leads up to known groups, either way.
            (&["abc", "d-e-b"], "adebc"),
            (&["abc", "deB"], "abedc"),
            // What has no neighbour goes to the end.
            (&["ab", "cd", "ae"], "aebcd"),
            // Raw segments and groups that cannot be are passed over.
            (&["a.b.c", ".d.", "a.z.eb"], "aebcd"),
            (&["abab", "aacb"], "acb"),
            (&["", "a"], "a"),
        ]);
    }

    #[test]
    fn short_segments_do_not_carry_long_ones_away() {
        check(&[
            // Repeats within the reference sample: in the middle, at the ends.
            (&["a-bcd", "ea-fg"], "abcdefg"),
            (&["ab-", "b-cdb-", "b-e"], "abcde"),
            // Short new sequence behind a repeat, with more long sequence to tell where that is.
            (&["ab-c", "db-e-f"], "abcdef"),
            (&["abc", "d-e-", "bd-f-c"], "abfcde"),
            // Before long sequence that is known, though a repeat comes first.
            (&["a-bc", "a-db"], "adbc"),
            // But where nothing else is, they tell.
            (&["a-bc", "a-d-"], "adbc"),
        ]);
    }

    #[test]
    fn those_of_the_reference_sample_come_first() {
        let places = |reference, contigs, groups| {
            let (list, order) = list(reference, contigs, groups);
            let places = order.places();
            let mut letters = vec![b'?'; groups as usize];
            for (letter, &place) in (b'a'..).zip(&places) {
                letters[place as usize] = letter;
            }
            (list, String::from_utf8(letters).expect("letters"))
        };
        // Others in the order of where they were born; what no contig has behind them.
        let found = places(&["abc", "ca-de"], &["dfe", "agb"], 8);
        assert_eq!(found, ("agbcdfe".into(), "abcdegfh".into()));
        // What is there twice in the reference sample carries nothing away.
        assert_eq!(places(&["abc", "aDe"], &[], 5).1, "abcde");
    }

    #[test]
    fn an_archive_of_raw_groups_has_no_order() {
        let step = |group| Step {
            group,
            reversed: false,
            len: 100,
        };
        for groups in [0, RAW_GROUPS] {
            let mut order = GenomeOrder::new(groups);
            order.add_reference_contig([0, RAW_GROUPS, u32::MAX].map(step));
            order.add_contig([0, RAW_GROUPS, u32::MAX].map(step));
            assert!(order.places().is_empty());
        }
    }
}

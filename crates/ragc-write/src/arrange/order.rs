//! Groups in the order of the genome: a group that is born later comes at the place of its birth.
//!
//! Takes 13 bytes a group.

use crate::archive::RAW_GROUPS;

/// The end that joins the last group and the first: the list is a ring.
const END: u32 = 0;
/// Not in the list yet.
const UNBORN: u32 = u32::MAX;

/// A segment, as far as the order depends on it: its group, and whether it is the reverse complement of what is stored.
pub type Step = (u32, bool);

/// A list of groups, which contigs are walked along.
pub struct GenomeOrder {
    /// By group, from [`RAW_GROUPS`] on, counted from 1: the one that comes next.
    next: Vec<u32>,
    /// And the one before.
    last: Vec<u32>,
    /// Whether the list goes against what is stored of the group: one born reversed is stored as its contig does not run.
    against: Vec<bool>,
}

impl GenomeOrder {
    /// Without order yet, for `groups` groups, raw ones included.
    pub fn new(groups: u32) -> Self {
        let count = groups.saturating_sub(RAW_GROUPS) as usize + 1;
        let mut order = Self {
            next: vec![UNBORN; count],
            last: vec![UNBORN; count],
            against: vec![false; count],
        };
        order.next[END as usize] = END;
        order.last[END as usize] = END;
        order
    }

    /// Walks along a contig: each group that is seen for the first time goes beside the one that the contig has beside it,
    /// in the direction in which the contig runs along the list. Raw segments, and groups that cannot be, are passed over.
    pub fn add_contig(&mut self, segments: impl IntoIterator<Item = Step>) {
        let steps: Vec<Step> = segments
            .into_iter()
            .filter_map(|(group, reversed)| Some((self.node(group)?, reversed)))
            .collect();
        let known = steps.iter().position(|&(node, _)| self.is_born(node));
        let (lead, rest) = steps.split_at(known.unwrap_or(0));
        // A contig of new groups goes to the end of all.
        let mut beside = self.last[END as usize];
        let mut backwards = false;
        if let Some(&(node, reversed)) = known.and(rest.first()) {
            beside = node;
            backwards = self.runs_backwards(node, reversed);
            for &(node, reversed) in lead.iter().rev() {
                // What leads up to the first one that is known is met from there, the other way round.
                self.bear(node, reversed, beside, backwards, !backwards);
                beside = node;
            }
        }
        for &(node, reversed) in rest {
            if self.is_born(node) {
                backwards = self.runs_backwards(node, reversed);
            } else {
                self.bear(node, reversed, beside, backwards, backwards);
            }
            beside = node;
        }
    }

    /// Where each group comes, raw ones left out; those that no contig has come last.
    pub fn places(self) -> Vec<u32> {
        let Self { next, .. } = self;
        let mut places = vec![UNBORN; next.len()];
        let (mut node, mut place) = (next[END as usize], 0);
        while node != END {
            places[node as usize] = place;
            place += 1;
            node = next[node as usize];
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
    fn bear(&mut self, node: u32, reversed: bool, beside: u32, backwards: bool, before: bool) {
        self.against[node as usize] = reversed != backwards;
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

    /// Groups in the order that contigs give them, each contig as a text: a letter a group, in upper case when reversed.
    fn order(contigs: &[&str], groups: u32) -> String {
        let mut order = GenomeOrder::new(RAW_GROUPS + groups);
        for contig in contigs {
            order.add_contig(contig.bytes().map(|letter| {
                let group = match letter {
                    b'.' => 3,
                    letter => RAW_GROUPS + u32::from(letter.to_ascii_lowercase() - b'a'),
                };
                (group, letter.is_ascii_uppercase())
            }));
        }
        let places = order.places();
        assert_eq!(places.len(), groups as usize);
        let mut letters = vec![b'?'; groups as usize];
        for (letter, &place) in (b'a'..).zip(&places) {
            letters[place as usize] = letter;
        }
        String::from_utf8(letters).expect("letters")
    }

    #[test]
    fn groups_come_where_they_were_born() {
        let cases = [
            // The reference sample, whichever way its segments are stored.
            (&["abc", "de"][..], "abcde"),
            (&["aBc", "De"], "abcde"),
            // An insertion, and one into it; several in a row.
            (&["abc", "adbc", "adebc"], "adebc"),
            (&["abc", "adefbc"], "adefbc"),
            // Contigs that run the other way, of segments stored one way or the other.
            (&["abc", "CBdA"], "adbc"),
            (&["aBc", "CbdA"], "adbc"),
            (&["abc", "CBdEA"], "aedbc"),
            // Once born there, a group tells the direction.
            (&["abc", "CBdA", "aDebc"], "adebc"),
            // What leads up to known groups, either way.
            (&["abc", "deb"], "adebc"),
            (&["abc", "deB"], "abedc"),
            // What has no neighbour goes to the end; what no contig has, behind that.
            (&["ab", "cd", "ae"], "aebcdf"),
            // Raw segments and groups that cannot be are passed over.
            (&["a.b.c", ".d.", "a.z.eb"], "aebcd"),
            // Repeats.
            (&["abab", "aacb"], "acb"),
            (&["", "a"], "a"),
        ];
        for (contigs, expected) in cases {
            assert_eq!(
                order(contigs, expected.len() as u32),
                expected,
                "{contigs:?}"
            );
        }
    }

    #[test]
    fn an_archive_of_raw_groups_has_no_order() {
        for groups in [0, RAW_GROUPS] {
            let mut order = GenomeOrder::new(groups);
            order.add_contig([(0, false), (RAW_GROUPS, false), (u32::MAX, true)]);
            assert!(order.places().is_empty());
        }
    }
}

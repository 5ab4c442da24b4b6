//! When packs come: those that were opened in the same batch of samples are read together.
//!
//! A sample needs of each group the pack that was open when it came, or, where it repeats an earlier sample, when that one
//! did. Numbers of packs do not tell the time: a group with more entries is at pack 9 when its neighbour is at 7. Takes 8 bytes
//! a pack, and 4 a group.

use ragc_read::{StoredPart, Stream};

/// No segment leads to it.
const NEVER: u32 = u32::MAX;

/// When each pack comes: a batch, and the pack's number among those that its group opened in that batch.
pub type Turn = (u32, u32);

/// The turns of all packs, learnt from the samples in stored order.
pub struct Turns {
    /// Where the packs of each group begin in the list of all, raw groups included; and where they end.
    starts: Vec<u32>,
    turns: Vec<Turn>,
}

impl Turns {
    /// Of the packs among `parts`, of `groups` groups.
    pub fn new(parts: &[StoredPart], groups: u32) -> Self {
        let mut starts = vec![0; groups as usize + 1];
        for part in parts {
            if let Stream::Packs(group) = part.stream {
                starts[group as usize + 1] += 1;
            }
        }
        let mut count = 0;
        for start in &mut starts {
            count += *start;
            *start = count;
        }
        Self {
            starts,
            turns: vec![(NEVER, 0); count as usize],
        }
    }

    /// A sample of this batch has a segment in a pack.
    pub fn note(&mut self, group: u32, number: usize, batch: usize) {
        if let Some(at) = self.at(group, number)
            && self.turns[at].0 == NEVER
        {
            self.turns[at].0 = batch as u32;
        }
    }

    /// To be called when all samples were seen.
    pub fn finish(&mut self) {
        for ends in self.starts.windows(2) {
            let mut before = None;
            for turn in &mut self.turns[ends[0] as usize..ends[1] as usize] {
                if turn.0 == NEVER {
                    turn.0 = before.map_or(0, |(batch, _)| batch);
                }
                turn.1 = match before {
                    Some((batch, among)) if batch == turn.0 => among + 1,
                    _ => 0,
                };
                before = Some(*turn);
            }
        }
    }

    /// When a pack comes.
    pub fn turn(&self, group: u32, number: usize) -> Turn {
        self.at(group, number).map_or((0, 0), |at| self.turns[at])
    }

    fn at(&self, group: u32, number: usize) -> Option<usize> {
        let start = *self.starts.get(group as usize)? as usize;
        let end = *self.starts.get(group as usize + 1)? as usize;
        start.checked_add(number).filter(|&at| at < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packs(group: u32, count: usize) -> impl Iterator<Item = StoredPart> {
        (0..count).map(move |number| StoredPart {
            stream: Stream::Packs(group),
            number,
            offset: 0,
            len_bytes: 1,
        })
    }

    #[test]
    fn packs_come_with_the_batch_that_opened_them() {
        let parts: Vec<StoredPart> = packs(16, 2).chain(packs(18, 4)).collect();
        let mut turns = Turns::new(&parts, 19);
        // Pack 2 of group 18 belongs to nobody; what is no pack is passed over.
        let noted = [
            (18, 0, 0),
            (18, 1, 0),
            (16, 0, 1),
            (18, 3, 1),
            (16, 1, 2),
            (18, 0, 2),
        ];
        for (group, number, batch) in noted {
            turns.note(group, number, batch);
        }
        for (group, number) in [(16, 2), (17, 0), (18, usize::MAX), (19, 0), (u32::MAX, 0)] {
            turns.note(group, number, 0);
        }
        turns.finish();
        let of = |group, count| {
            let turn = |number| turns.turn(group, number);
            (0..count).map(turn).collect::<Vec<_>>()
        };
        assert_eq!(of(16, 2), [(1, 0), (2, 0)]);
        assert_eq!(of(18, 4), [(0, 0), (0, 1), (0, 2), (1, 0)]);
    }
}

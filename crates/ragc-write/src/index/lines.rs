//! The groups of segments, as they go on along lines. See docs/INDEX.md, "Segments".

use super::columns::signed;

const LINES_MAX: usize = 8;
/// From this on, a difference begins a line.
const FAR: u64 = 64;

/// A group, and where its neighbours go on.
#[derive(Debug, Clone, Copy)]
struct Line {
    group: i64,
    direction: i64,
}

/// The lines of a page, the one used last first.
#[derive(Debug)]
pub struct Lines(Vec<Line>);

impl Default for Lines {
    fn default() -> Self {
        let first = Line {
            group: 0,
            direction: 1,
        };
        Self(vec![first])
    }
}

impl Lines {
    /// The code of the next segment's group.
    pub fn code(&mut self, group: u32) -> u64 {
        let group = i64::from(group);
        let difference = |line: &Line| group - (line.group + line.direction);
        let nearest =
            (0..self.0.len()).min_by_key(|&number| difference(&self.0[number]).unsigned_abs());
        let number = nearest.expect("a page begins with a line, and none goes without another");
        let line = self.0[number];
        let difference = difference(&line);
        let direction = match (group - line.group).signum() {
            0 => line.direction,
            direction => direction,
        };
        if difference.unsigned_abs() < FAR {
            self.0[..=number].rotate_right(1);
            self.0[0] = Line { group, direction };
        } else {
            let direction = line.direction;
            self.0.truncate(LINES_MAX - 1);
            self.0.insert(0, Line { group, direction });
        }
        signed(difference) * LINES_MAX as u64 + number as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(groups: &[u32]) -> Vec<u64> {
        let mut lines = Lines::default();
        groups.iter().map(|&group| lines.code(group)).collect()
    }

    #[test]
    fn neighbours_cost_nothing_whichever_way_they_count_and_whatever_comes_between() {
        assert_eq!(codes(&[1, 2, 3, 4]), [0, 0, 0, 0]);
        // Down: one step of -2 to where the line did not lead.
        assert_eq!(codes(&[5, 4, 3, 2]), [signed(4) * 8, signed(-2) * 8, 0, 0]);
        // Two lines by turns: each is number 1 when it is its turn.
        let far = codes(&[1, 2, 9000, 3, 9001, 4, 9002]);
        assert_eq!(far, [0, 0, signed(8997) * 8, 1, 1, 1, 1]);
        // The same group again: a step of 0 leaves the direction.
        assert_eq!(codes(&[1, 1, 2]), [0, signed(-1) * 8, 0]);
    }

    #[test]
    fn a_ninth_line_takes_the_place_of_the_one_not_used_longest() {
        let mut groups: Vec<u32> = (1..=8).map(|line| line * 1000).collect();
        let mut lines = Lines::default();
        for &group in &groups {
            lines.code(group);
        }
        // The first line, of group 0, went when the eighth came: what is at 1 now is far from all.
        assert_eq!(lines.code(1001), 7);
        groups.push(u32::MAX);
        assert_eq!(
            lines.code(u32::MAX),
            signed(i64::from(u32::MAX) - 8001) * 8 + 1
        );
        assert_eq!(lines.0.len(), LINES_MAX);
    }
}

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

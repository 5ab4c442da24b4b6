//! Costs of several runs as one.

use std::io;
use std::time::{Duration, Instant};

use ragc_tests::child::Cost;

/// Something that can be run again and again.
pub(crate) type Run<'a> = Box<dyn FnMut() -> io::Result<Cost> + 'a>;

/// Each figure's median for each of `things`, which are run in turn, so that what disturbs the machine for a while
/// disturbs all of them.
pub(crate) fn in_turn(runs: usize, mut things: Vec<Run<'_>>) -> io::Result<Vec<Cost>> {
    let mut costs = vec![Vec::new(); things.len()];
    for _ in rounds(runs) {
        for (thing, costs) in things.iter_mut().zip(&mut costs) {
            costs.push(thing()?);
        }
    }
    Ok(costs.iter().map(|costs| median(costs)).collect())
}

/// As many as wanted, and up to five times that while all of them together take no time: short things are soon disturbed.
pub(crate) fn rounds(wanted: usize) -> impl Iterator<Item = usize> {
    let start = Instant::now();
    (0..wanted * 5).take_while(move |done| *done < wanted || start.elapsed() < SHORT)
}

const SHORT: Duration = Duration::from_millis(500);

pub(crate) fn median(costs: &[Cost]) -> Cost {
    fn middle<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
        let mut values: Vec<T> = values.collect();
        values.sort();
        let middle = values.len() / 2;
        values.into_iter().nth(middle)
    }
    Cost {
        wall: middle(costs.iter().map(|cost| cost.wall)).unwrap_or_default(),
        cpu: middle(costs.iter().map(|cost| cost.cpu)).unwrap_or_default(),
        peak_bytes: middle(costs.iter().map(|cost| cost.peak_bytes)).unwrap_or_default(),
    }
}

/// One after the other: times add up, memory does not.
pub(crate) fn sum(a: Cost, b: Cost) -> Cost {
    Cost {
        wall: a.wall + b.wall,
        cpu: a.cpu + b.cpu,
        peak_bytes: a.peak_bytes.max(b.peak_bytes),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ragc_tests::child::Cost;

    use super::{Run, in_turn};

    #[test]
    fn each_figure_has_a_median_of_its_own() {
        let cost = |wall, cpu, peak_bytes| Cost {
            wall: Duration::from_secs(wall),
            cpu: Duration::from_secs(cpu),
            peak_bytes,
        };
        let mut first = [cost(1, 9, 5), cost(2, 7, 50), cost(30, 8, 6)]
            .into_iter()
            .cycle();
        let things: Vec<Run<'_>> = vec![
            Box::new(|| Ok(first.next().unwrap_or_default())),
            Box::new(|| Ok(cost(4, 4, 4))),
        ];
        let medians = in_turn(3, things).expect("nothing fails");
        let figures = |cost: &Cost| (cost.wall.as_secs(), cost.cpu.as_secs(), cost.peak_bytes);
        assert_eq!(figures(&medians[0]), (2, 8, 6));
        assert_eq!(figures(&medians[1]), (4, 4, 4));
    }
}

//! The figures that are compared, what is needed of each, and their means.

/// Ours divided by the C++ tool's; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    Archive,
    ArchivePlain,
    CreateCpu,
    CreateWall,
    CreateMemory,
    GetsetCpu,
    GetcolCpu,
    AppendWall,
    Window,
}

/// How a figure is called, and what it should be.
pub(crate) struct Goal {
    pub(crate) figure: Figure,
    /// In the heading of a column.
    pub(crate) short: &'static str,
    /// In a sentence of its own.
    pub(crate) long: &'static str,
    pub(crate) needed: f64,
    pub(crate) aim: Option<f64>,
}

pub(crate) const GOALS: [Goal; 9] = [
    goal(Figure::Archive, "archive", "archive bytes", 0.65, 0.5),
    goal(
        Figure::ArchivePlain,
        "archive, no flags",
        "archive bytes against `agc` without flags",
        0.5,
        0.35,
    ),
    goal(
        Figure::CreateCpu,
        "create CPU",
        "CPU time of create",
        0.5,
        0.3,
    ),
    goal(
        Figure::CreateWall,
        "create wall",
        "wall time of create",
        0.5,
        0.3,
    ),
    goal(
        Figure::CreateMemory,
        "create memory",
        "peak memory of create",
        0.4,
        0.2,
    ),
    goal(
        Figure::GetsetCpu,
        "getset CPU",
        "CPU time of getset",
        1.0,
        0.6,
    ),
    goal(
        Figure::GetcolCpu,
        "getcol CPU",
        "CPU time of getcol",
        1.0,
        0.6,
    ),
    goal(
        Figure::AppendWall,
        "append wall",
        "wall time of appending one sample",
        0.5,
        0.2,
    ),
    Goal {
        figure: Figure::Window,
        short: "window",
        long: "bytes a window of 10 kb needs",
        needed: 1.1,
        aim: None,
    },
];

const fn goal(
    figure: Figure,
    short: &'static str,
    long: &'static str,
    needed: f64,
    aim: f64,
) -> Goal {
    Goal {
        figure,
        short,
        long,
        needed,
        aim: Some(aim),
    }
}

/// The ratios of one collection, those that were measured.
#[derive(Debug, Default, Clone)]
pub(crate) struct Ratios(Vec<(Figure, f64)>);

impl Ratios {
    pub(crate) fn add(&mut self, figure: Figure, ours: f64, theirs: f64) {
        self.0.push((figure, ours / theirs));
    }

    pub(crate) fn get(&self, figure: Figure) -> Option<f64> {
        let found = self.0.iter().find(|(of, _)| *of == figure)?;
        Some(found.1)
    }
}

/// `None` of nothing.
pub(crate) fn geometric_mean(ratios: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for ratio in ratios {
        sum += ratio.ln();
        count += 1;
    }
    (count > 0).then(|| (sum / f64::from(count)).exp())
}

#[cfg(test)]
mod tests {
    use super::{Figure, Ratios, geometric_mean};

    #[test]
    fn twice_and_half_as_much_are_as_much() {
        let mean = |ratios: &[f64]| geometric_mean(ratios.iter().copied());
        assert!(mean(&[2.0, 0.5, 1.0]).is_some_and(|mean| (mean - 1.0).abs() < 1e-12));
        assert!(mean(&[0.4]).is_some_and(|mean| (mean - 0.4).abs() < 1e-12));
        assert_eq!(mean(&[]), None);
    }

    #[test]
    fn what_was_not_measured_has_no_ratio() {
        let mut ratios = Ratios::default();
        ratios.add(Figure::Archive, 1.0, 4.0);
        assert_eq!(ratios.get(Figure::Archive), Some(0.25));
        assert_eq!(ratios.get(Figure::Window), None);
    }
}

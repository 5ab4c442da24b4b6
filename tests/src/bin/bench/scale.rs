//! Logarithmic axes: where values lie, which numbers stand beside them, and how these are written.

/// Values from `from` to `to` at positions from `start` to `end`, each decade as long as the others.
pub(crate) struct Scale {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl Scale {
    /// From the least of the values to the greatest; `None` of nothing.
    pub(crate) fn of(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Option<Self> {
        let (from, to) = values.fold(None, |range, value| match range {
            None => Some((value, value)),
            Some((from, to)) => Some((value.min(from), value.max(to))),
        })?;
        Some(Self {
            from,
            to,
            start,
            end,
        })
    }

    /// From and to numbers that begin with 1, 2 or 5.
    pub(crate) fn nice(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Option<Self> {
        let mut scale = Self::of(values, start, end)?;
        let steps =
            || (-9..=15).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(power)));
        let (from, to) = (scale.from, scale.to);
        scale.from = steps().rfind(|step| *step <= from)?;
        scale.to = steps().find(|step| *step >= to)?;
        Some(scale)
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        if self.to <= self.from {
            return (self.start + self.end) / 2.0;
        }
        self.start + (self.end - self.start) * (value / self.from).ln() / (self.to / self.from).ln()
    }

    /// Powers of ten, with those of 2 and 5 between them where there is room.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let digits: &[f64] = if self.to / self.from > 300.0 {
            &[1.0]
        } else {
            &[1.0, 2.0, 5.0]
        };
        let all =
            (-9..=15).flat_map(|power| digits.iter().map(move |digit| digit * 10f64.powi(power)));
        // Powers are not exact.
        let within = |tick: &f64| *tick > self.from * 0.999 && *tick < self.to * 1.001;
        all.filter(within).collect()
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Seconds,
    Bytes,
}

impl Unit {
    pub(crate) fn say(self, value: f64) -> String {
        let (value, unit) = self.reduce(value);
        let value = (value * 1e6).round() / 1e6;
        format!("{value} {unit}")
    }

    /// With two digits, or more in front of the point.
    pub(crate) fn say_figure(self, value: f64) -> String {
        let (value, unit) = self.reduce(value);
        let digits = (1.0 - value.log10().floor()).max(0.0) as usize;
        format!("{value:.digits$} {unit}")
    }

    fn reduce(self, value: f64) -> (f64, &'static str) {
        match self {
            Unit::Seconds => (value, "s"),
            Unit::Bytes if value >= 1e9 => (value / 1e9, "GB"),
            Unit::Bytes if value >= 1e6 => (value / 1e6, "MB"),
            Unit::Bytes => (value / 1e3, "kB"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, Unit};

    #[test]
    fn decades_are_equally_long() {
        let scale = Scale::of([1.0, 1000.0].into_iter(), 300.0, 0.0).expect("two values");
        for (value, place) in [(1.0, 300.0), (10.0, 200.0), (100.0, 100.0), (1000.0, 0.0)] {
            assert!(
                (scale.at(value) - place).abs() < 1e-9,
                "{value} at {}",
                scale.at(value)
            );
        }
        let one = Scale::of([7.0].into_iter(), 0.0, 10.0).expect("a value");
        assert_eq!(one.at(7.0), 5.0);
        assert!(Scale::of([].into_iter(), 0.0, 1.0).is_none());
    }

    #[test]
    fn axes_begin_and_end_at_round_numbers() {
        let scale = |values: [f64; 2]| Scale::nice(values.into_iter(), 0.0, 1.0).expect("values");
        let range = |values| (scale(values).from, scale(values).to);
        assert_eq!(range([0.3, 40.0]), (0.2, 50.0));
        assert_eq!(range([1.0, 1000.0]), (1.0, 1000.0));
        let ticks = |values| {
            scale(values)
                .ticks()
                .iter()
                .map(|tick| Unit::Seconds.say(*tick))
                .collect::<Vec<_>>()
        };
        assert_eq!(ticks([0.03, 0.1]), ["0.02 s", "0.05 s", "0.1 s"]);
        assert_eq!(
            ticks([0.009, 77.0]),
            ["0.01 s", "0.1 s", "1 s", "10 s", "100 s"]
        );
    }

    #[test]
    fn figures_have_a_unit() {
        assert_eq!(Unit::Bytes.say(2e7), "20 MB");
        assert_eq!(Unit::Bytes.say_figure(1_369_668.0), "1.4 MB");
        assert_eq!(Unit::Bytes.say_figure(13_821_868.0), "14 MB");
        assert_eq!(Unit::Seconds.say_figure(0.0312), "0.031 s");
        assert_eq!(Unit::Seconds.say_figure(155.4), "155 s");
    }
}

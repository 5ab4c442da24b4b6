//! Tables for people: Markdown whose columns also line up as plain text.

use std::fmt;

/// Cells under headings. Text stands left, figures stand right.
pub(crate) struct Table {
    /// Which columns are text.
    text: &'static [usize],
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<S: AsRef<str>>(
        text: &'static [usize],
        headings: impl IntoIterator<Item = S>,
    ) -> Self {
        let headings = headings.into_iter().map(|text| text.as_ref().to_owned());
        Self {
            text,
            rows: vec![headings.collect()],
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
            .max(3)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        for (number, row) in self.rows.iter().enumerate() {
            for column in 0..columns {
                let cell = row.get(column).map_or("", String::as_str);
                let width = self.width(column);
                if self.text.contains(&column) {
                    write!(f, "| {cell:width$} ")?;
                } else {
                    write!(f, "| {cell:>width$} ")?;
                }
            }
            writeln!(f, "|")?;
            if number == 0 {
                for column in 0..columns {
                    let line = "-".repeat(self.width(column) - 1);
                    if self.text.contains(&column) {
                        write!(f, "| {line}- ")?;
                    } else {
                        write!(f, "| {line}: ")?;
                    }
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// A ratio, with as many digits as say something.
pub(crate) fn ratio(ratio: f64) -> String {
    if ratio < 0.095 {
        format!("{ratio:.3}")
    } else {
        format!("{ratio:.2}")
    }
}

/// A count with its thousands set apart.
pub(crate) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (number, digit) in digits.chars().enumerate() {
        if number > 0 && (digits.len() - number).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

pub(crate) fn seconds(seconds: f64) -> String {
    let digits = if seconds < 10.0 { 3 } else { 1 };
    format!("{seconds:.digits$}")
}

pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::{Table, count, ratio, seconds};

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&[0], ["what", "n"]);
        table.row(["µ".into(), "1.0".into()]);
        table.row(["longer".into()]);
        let want = "\
| what   |   n |
| ------ | --: |
| µ      | 1.0 |
| longer |     |
";
        assert_eq!(table.to_string(), want);
    }

    #[test]
    fn figures_have_few_digits() {
        assert_eq!([0.0042, 0.5, 1.126].map(ratio), ["0.004", "0.50", "1.13"]);
        assert_eq!([0.0123, 123.45].map(seconds), ["0.012", "123.5"]);
        assert_eq!(
            [1, 999, 1000, 1234567].map(count).concat(),
            "19991\u{a0}0001\u{a0}234\u{a0}567"
        );
    }
}

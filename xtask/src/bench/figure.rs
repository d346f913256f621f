//! Figures, and how they are printed.

use std::fmt::Write;

use serde_json::{Value, json};

/// What a case came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// `retention.postgres.erase`.
    pub case: String,
    /// `rows/s`, `ms`, `MiB`…
    pub unit: &'static str,
    /// Ours; None when it is not supported, which the note says.
    pub ours: Option<f64>,
    /// The reference, where there is one.
    pub reference: Option<f64>,
    /// What the store or the machine does at most, where it was measured: plain unlocked batches.
    pub ceiling: Option<f64>,
    /// What we want.
    pub goal: Goal,
    /// What is to be known to read it.
    pub note: String,
}

/// What we want of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// Ours over the reference, at least.
    RatioAtLeast(f64),
    /// Ours over the reference, at most.
    RatioAtMost(f64),
    /// Ours, at most.
    AtMost(f64),
    /// Ours beyond the reference, at most.
    BeyondAtMost(f64),
    /// Shown beside another figure.
    None,
}

impl Figure {
    /// Ours over the reference.
    pub fn ratio(&self) -> Option<f64> {
        self.ours
            .zip(self.reference)
            .filter(|(_, reference)| *reference > 0.0)
            .map(|(ours, reference)| ours / reference)
    }

    /// Whether it is as we want it; None when there is nothing to compare.
    pub fn met(&self) -> Option<bool> {
        match self.goal {
            Goal::RatioAtLeast(least) => Some(self.ratio()? >= least),
            Goal::RatioAtMost(most) => Some(self.ratio()? <= most),
            Goal::AtMost(most) => Some(self.ours? <= most),
            Goal::BeyondAtMost(most) => Some(self.ours? - self.reference? <= most),
            Goal::None => None,
        }
    }

    fn goal(&self) -> String {
        match self.goal {
            Goal::RatioAtLeast(least) => format!("ratio >= {least}"),
            Goal::RatioAtMost(most) => format!("ratio <= {most}"),
            Goal::AtMost(most) => format!("<= {} {}", number(most), self.unit),
            Goal::BeyondAtMost(most) => format!("<= reference + {} {}", number(most), self.unit),
            Goal::None => String::new(),
        }
    }
}

/// An array of objects.
pub fn json(figures: &[Figure]) -> String {
    let rounded = |value: Option<f64>| value.map(|value| (value * 1000.0).round() / 1000.0);
    let objects: Vec<Value> = figures
        .iter()
        .map(|figure| {
            json!({
                "case": figure.case,
                "unit": figure.unit,
                "ours": rounded(figure.ours),
                "reference": rounded(figure.reference),
                "ratio": rounded(figure.ratio()),
                "ceiling": rounded(figure.ceiling),
                "goal": figure.goal(),
                "met": figure.met(),
                "note": figure.note,
            })
        })
        .collect();
    serde_json::to_string_pretty(&objects).unwrap_or_else(|_| "[]".to_owned())
}

/// A table, with the notes below it.
pub fn table(figures: &[Figure]) -> String {
    const HEADS: [&str; 8] = [
        "case",
        "unit",
        "ours",
        "reference",
        "ratio",
        "ceiling",
        "goal",
        "",
    ];
    let mut rows = vec![HEADS.map(str::to_owned)];
    rows.extend(figures.iter().map(|figure| {
        let shown = |value: Option<f64>| value.map(number).unwrap_or_else(|| "-".to_owned());
        [
            figure.case.clone(),
            figure.unit.to_owned(),
            shown(figure.ours),
            shown(figure.reference),
            figure
                .ratio()
                .map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}")),
            shown(figure.ceiling),
            figure.goal(),
            verdict(figure).to_owned(),
        ]
    }));
    let mut widths = [0; HEADS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
            let numeric = (2..=5).contains(&place);
            let _ = if numeric {
                write!(line, "{cell:>width$}  ")
            } else {
                write!(line, "{cell:<width$}  ")
            };
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    for figure in figures.iter().filter(|figure| !figure.note.is_empty()) {
        let _ = writeln!(out, "{}: {}", figure.case, figure.note);
    }
    out
}

/// One line, as soon as it is known.
pub fn line(figure: &Figure) -> String {
    let shown = |value: Option<f64>| value.map(number).unwrap_or_else(|| "-".to_owned());
    let ratio = figure
        .ratio()
        .map_or_else(String::new, |ratio| format!(", ratio {ratio:.2}"));
    format!(
        "{}: {} {} against {}{ratio} {}",
        figure.case,
        shown(figure.ours),
        figure.unit,
        shown(figure.reference),
        verdict(figure)
    )
}

fn verdict(figure: &Figure) -> &'static str {
    match figure.met() {
        Some(true) => "met",
        Some(false) => "MISSED",
        None if figure.ours.is_none() => "not supported",
        None => "",
    }
}

/// Three digits that count, thousands apart.
fn number(value: f64) -> String {
    if value.abs() >= 1000.0 {
        let digits = format!("{value:.0}");
        let mut out = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0
                && digit.is_ascii_digit()
                && (digits.len() - place).is_multiple_of(3)
                && !out.ends_with('-')
            {
                out.push(' ');
            }
            out.push(digit);
        }
        return out;
    }
    let decimals = match value.abs() {
        hundreds if hundreds >= 100.0 => 0,
        tens if tens >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(goal: Goal, ours: Option<f64>, reference: Option<f64>) -> Figure {
        Figure {
            case: "retention.postgres.erase".to_owned(),
            unit: "rows/s",
            ours,
            reference,
            ceiling: None,
            goal,
            note: String::new(),
        }
    }

    #[test]
    fn a_figure_is_met_or_missed_or_neither() {
        let rate = |ours| figure(Goal::RatioAtLeast(0.9), Some(ours), Some(100.0));
        assert_eq!((rate(90.0).met(), rate(89.0).met()), (Some(true), Some(false)));
        let slower = |ours| figure(Goal::RatioAtMost(1.2), Some(ours), Some(10.0));
        assert_eq!(
            (slower(12.0).met(), slower(12.5).met()),
            (Some(true), Some(false))
        );
        assert_eq!(figure(Goal::AtMost(10.0), Some(10.5), None).met(), Some(false));
        let beyond = |ours| figure(Goal::BeyondAtMost(500.0), Some(ours), Some(140.0));
        assert_eq!(
            (beyond(640.0).met(), beyond(641.0).met()),
            (Some(true), Some(false))
        );
        assert_eq!(figure(Goal::None, Some(1.0), None).met(), None);
        assert_eq!(figure(Goal::RatioAtLeast(0.9), None, Some(1.0)).met(), None);
        assert_eq!(
            figure(Goal::RatioAtLeast(0.9), Some(1.0), Some(0.0)).ratio(),
            None
        );
    }

    #[test]
    fn json_is_an_array_of_objects_with_the_five_fields_first() {
        let mut one = figure(Goal::RatioAtLeast(0.9), Some(95_000.5), Some(100_000.0));
        one.ceiling = Some(120_000.0);
        let absent = figure(Goal::RatioAtLeast(0.9), None, None);
        let text = json(&[one, absent]);
        let read: Value = serde_json::from_str(&text).expect("JSON");
        let objects = read.as_array().expect("an array");
        let keys: Vec<&String> = objects[0].as_object().expect("an object").keys().collect();
        assert_eq!(keys[..5], ["case", "unit", "ours", "reference", "ratio"]);
        assert_eq!(objects[0]["ratio"], json!(0.95));
        assert_eq!(objects[0]["met"], json!(true));
        assert_eq!(objects[1]["ours"], Value::Null);
        assert_eq!(objects[1]["met"], Value::Null);
    }

    #[test]
    fn the_table_lines_up_and_says_what_is_missed_or_not_supported() {
        let mut missed = figure(Goal::RatioAtLeast(0.9), Some(50_000.0), Some(100_000.0));
        missed.note = "on small data".to_owned();
        let mut absent = figure(Goal::BeyondAtMost(500.0), None, Some(0.14));
        absent.case = "x".to_owned();
        let text = table(&[missed, absent]);
        assert_eq!(
            text,
            "case                      unit      ours  reference  ratio  ceiling  goal\n\
             retention.postgres.erase  rows/s  50 000    100 000   0.50        -  ratio >= 0.9               MISSED\n\
             x                         rows/s       -       0.14      -        -  <= reference + 500 rows/s  not supported\n\
             retention.postgres.erase: on small data\n"
        );
    }

    #[test]
    fn numbers_keep_three_digits_that_count() {
        for (value, shown) in [
            (0.1234, "0.12"),
            (9.876, "9.88"),
            (12.34, "12.3"),
            (123.4, "123"),
            (1234.0, "1 234"),
            (1_234_567.0, "1 234 567"),
            (-1234.0, "-1 234"),
        ] {
            assert_eq!(number(value), shown);
        }
    }
}

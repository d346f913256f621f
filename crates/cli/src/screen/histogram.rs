//! Ages of the rows that a rule judges, with the cut-off line drawn.

use jiff::civil::Date;
use serde::Serialize;

use super::look::{Look, Tone, left, right, width};
use crate::words::both;

/// Counts of rows by the date of their clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Histogram {
    /// From the oldest to the youngest.
    pub bars: Vec<Bar>,
    /// The bar with which what is not due begins.
    #[serde(skip)]
    pub cutoff: usize,
}

/// Rows whose clocks lie between two dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// From this date on; None for the first bar.
    pub from: Option<Date>,
    /// Before this date; None for the last bar.
    pub before: Option<Date>,
    /// Rows.
    pub rows: u64,
}

/// Rows of text that the bars take.
const HEIGHT: usize = 5;

impl Histogram {
    /// Bars with the line drawn after the last clock date that is due.
    pub fn new(bars: Vec<Bar>, last_due: Date) -> Self {
        let cutoff = bars
            .iter()
            .position(|bar| bar.from.is_some_and(|from| from > last_due))
            .unwrap_or(bars.len());
        Self { bars, cutoff }
    }

    /// Rows before the cut-off line.
    pub fn older(&self) -> u64 {
        self.bars.iter().take(self.cutoff).map(|bar| bar.rows).sum()
    }

    /// Rows after it.
    pub fn younger(&self) -> u64 {
        self.bars.iter().skip(self.cutoff).map(|bar| bar.rows).sum()
    }

    /// The drawing, indented; empty when there is nothing to draw.
    pub fn render(&self, look: &Look, indent: usize) -> String {
        let room = look.width.min(100).saturating_sub(indent + 14).max(8);
        if self.bars.len() > room {
            return self.halved().render(look, indent);
        }
        let highest = self.bars.iter().map(|bar| bar.rows).max().unwrap_or(0);
        if highest == 0 {
            return String::new();
        }
        let scale = look.number(highest);
        let margin = indent + width(&scale) + 2;
        let room = look.width.min(100).saturating_sub(margin + 3).max(10);
        let each = (room / self.bars.len().max(1)).clamp(1, 4);
        let mut out = String::new();
        for level in (0..HEIGHT).rev() {
            let label = if level == HEIGHT - 1 {
                scale.clone()
            } else {
                String::new()
            };
            let axis = match (level == HEIGHT - 1, look.unicode) {
                (true, true) => "┤",
                (false, true) => "│",
                (_, false) => "|",
            };
            out.push_str(&" ".repeat(indent));
            out.push_str(&look.paint(Tone::Dim, &format!("{} {axis}", right(&label, width(&scale)))));
            out.push_str(self.level(look, level, highest, each).trim_end());
            out.push('\n');
        }
        out.push_str(&self.axis(look, indent, width(&scale), each));
        out.push_str(&self.labels(look, margin, each));
        out
    }

    /// Half as many bars, none of which crosses the line.
    fn halved(&self) -> Self {
        let (older, younger) = self.bars.split_at(self.cutoff);
        let merge = |pair: &[Bar]| Bar {
            from: pair.first().and_then(|bar| bar.from),
            before: pair.last().and_then(|bar| bar.before),
            rows: pair.iter().map(|bar| bar.rows).sum(),
        };
        // An odd bar out stands at the far end of its side, away from the line.
        let mut bars: Vec<Bar> = older.rchunks(2).rev().map(merge).collect();
        let cutoff = bars.len();
        bars.extend(younger.chunks(2).map(merge));
        Self { bars, cutoff }
    }

    fn level(&self, look: &Look, level: usize, highest: u64, each: usize) -> String {
        let mut out = String::new();
        for (index, Bar { rows: count, .. }) in self.bars.iter().enumerate() {
            if index == self.cutoff {
                out.push_str(&look.paint(Tone::Strong, look.glyph("┃", "|")));
            }
            let bar = bar(look, *count, highest, level).repeat(each);
            let tone = if index < self.cutoff {
                Tone::Warn
            } else {
                Tone::Good
            };
            if bar.trim().is_empty() {
                out.push_str(&bar);
            } else {
                out.push_str(&look.paint(tone, &bar));
            }
        }
        if self.cutoff == self.bars.len() {
            out.push_str(&look.paint(Tone::Strong, look.glyph("┃", "|")));
        }
        out
    }

    fn axis(&self, look: &Look, indent: usize, scale: usize, each: usize) -> String {
        let line = look.glyph("─", "-");
        let axis = format!(
            "{} {}{}{}{}",
            right("0", scale),
            look.glyph("└", "+"),
            line.repeat(self.cutoff * each),
            look.glyph("╂", "+"),
            line.repeat((self.bars.len() - self.cutoff) * each),
        );
        format!("{}{}\n", " ".repeat(indent), look.paint(Tone::Dim, &axis))
    }

    /// First year, cut-off date and last year, each under its place, and what stands on either side of the line.
    fn labels(&self, look: &Look, margin: usize, each: usize) -> String {
        let at = self.cutoff * each;
        let whole = self.bars.len() * each + 1;
        let first = match self.bars.first() {
            Some(Bar { from: Some(from), .. }) => from.year().to_string(),
            Some(Bar {
                before: Some(before), ..
            }) => {
                let year = before.yesterday().unwrap_or(*before).year();
                if self.bars.first().is_some_and(|bar| bar.rows > 0) {
                    format!("{} {year}", look.glyph("≤", "<="))
                } else {
                    year.to_string()
                }
            }
            _ => String::new(),
        };
        let last = self
            .bars
            .last()
            .and_then(|bar| bar.from)
            .map(|date| date.year().to_string())
            .unwrap_or_default();
        let middle = match self.bars.get(self.cutoff) {
            Some(bar) => bar.from.and_then(|from| from.yesterday().ok()),
            None => None,
        }
        .map(|date| look.date(date))
        .unwrap_or_default();
        let mut line = String::new();
        let middle_from = at
            .saturating_sub(width(&middle) / 2)
            .min(whole.saturating_sub(width(&middle)));
        if middle_from > width(&first) {
            line.push_str(&first);
        }
        line = left(&line, middle_from);
        line.push_str(&middle);
        let last_from = whole.saturating_sub(width(&last));
        if last_from > width(&line) {
            line = left(&line, last_from);
            line.push_str(&last);
        }
        let (older, younger) = (look.number(self.older()), look.number(self.younger()));
        let sides = both!(
            "{older} d'avant la limite, {younger} d'après",
            "{older} before the cut-off, {younger} after it"
        );
        let sides = look.say(&sides);
        let mut out = format!(
            "{}{}\n",
            " ".repeat(margin),
            look.paint(Tone::Dim, line.trim_end())
        );
        for line in look.paragraph(margin, sides).lines() {
            out.push_str(&format!("{}\n", look.paint(Tone::Dim, line)));
        }
        out
    }
}

/// The part of a bar that one row of text shows.
fn bar(look: &Look, count: u64, highest: u64, level: usize) -> &'static str {
    const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let full = HEIGHT as u128 * 8;
    let mut height = (u128::from(count) * full).div_ceil(u128::from(highest.max(1)));
    if count > 0 {
        height = height.max(1);
    }
    let here = height.saturating_sub(level as u128 * 8).min(8);
    let here = usize::try_from(here).unwrap_or(8);
    if look.unicode {
        EIGHTHS[here]
    } else if here >= 4 {
        "#"
    } else if here > 0 {
        "."
    } else {
        " "
    }
}

#[cfg(test)]
pub mod tests {
    use jiff::ToSpan;
    use serment_register::model::Language;

    use super::*;
    use crate::screen::look::tests::plain;

    /// Quarters from 2010 to 2026, more and more of them.
    pub fn sample() -> Histogram {
        let first = Date::constant(2010, 2, 22);
        let edge = |quarter: i64| first + (quarter * 3).months();
        let bars = (0..66)
            .map(|quarter: i64| Bar {
                from: (quarter > 0).then(|| edge(quarter)),
                before: (quarter < 65).then(|| edge(quarter + 1)),
                rows: u64::try_from(quarter * 7 + 4).unwrap_or_default(),
            })
            .collect();
        Histogram::new(bars, Date::constant(2023, 11, 21))
    }

    #[test]
    fn every_row_is_on_one_side_of_the_line() {
        let histogram = sample();
        assert_eq!(histogram.cutoff, 55);
        assert_eq!(
            histogram.older() + histogram.younger(),
            (0..66).map(|quarter| quarter * 7 + 4).sum::<u64>()
        );
    }

    #[test]
    fn everything_may_lie_on_one_side() {
        let bars = vec![Bar {
            from: None,
            before: None,
            rows: 3,
        }];
        let histogram = Histogram::new(bars, Date::constant(2023, 11, 21));
        assert_eq!((histogram.older(), histogram.younger()), (3, 0));
        assert!(!histogram.render(&plain(Language::English), 0).is_empty());
        assert_eq!(
            Histogram::new(vec![], Date::ZERO).render(&plain(Language::English), 0),
            ""
        );
    }

    #[test]
    fn drawn_in_blocks_and_in_ascii() {
        let ascii = Look {
            unicode: false,
            ..plain(Language::English)
        };
        insta::assert_snapshot!("histogram_unicode", sample().render(&plain(Language::French), 4));
        insta::assert_snapshot!("histogram_ascii", sample().render(&ascii, 4));
    }

    #[test]
    fn it_never_overflows_the_screen() {
        for columns in [50, 60, 80, 120] {
            let look = Look {
                width: columns,
                ..plain(Language::English)
            };
            for line in sample().render(&look, 4).lines() {
                assert!(width(line) <= columns, "{columns}: {line}");
            }
        }
    }
}

//! Tables without borders: columns aligned, numbers on the right, headings dim.

use comfy_table::{
    Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets,
};

use super::look::Look;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table under headings, indented, wrapped to the width of the screen.
pub fn table(look: &Look, indent: usize, headings: &[(String, Align)], lines: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(look.width.saturating_sub(indent).max(20)).unwrap_or(u16::MAX));
    if look.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if headings.iter().any(|(heading, _)| !heading.is_empty()) {
        table.set_header(headings.iter().map(|(heading, align)| {
            Cell::new(heading)
                .add_attribute(Attribute::Dim)
                .set_alignment(alignment(*align))
        }));
    }
    for line in lines {
        table.add_row(
            line.iter()
                .zip(headings)
                .map(|(text, (_, align))| Cell::new(text).set_alignment(alignment(*align))),
        );
    }
    for (index, (_, align)) in headings.iter().enumerate() {
        if let Some(column) = table.column_mut(index) {
            column.set_padding((0, 2));
            if *align == Align::Right {
                column.set_constraint(ColumnConstraint::ContentWidth);
            } else {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(8)));
            }
        }
    }
    let margin = " ".repeat(indent);
    table
        .lines()
        .map(|line| {
            format!("{margin}{}\n", line.trim_end())
                .trim_start_matches('\n')
                .to_owned()
        })
        .collect()
}

fn alignment(align: Align) -> CellAlignment {
    match align {
        Align::Left => CellAlignment::Left,
        Align::Right => CellAlignment::Right,
    }
}

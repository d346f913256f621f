//! A few values of a table, as text.

use serment_store::Failure;
use serment_store::condition::{Alias, ColumnRef};
use serment_store::survey::Sample;

use super::query::FIELDS_PER_PIECE;
use super::{Printer, Sql, row};
use crate::schema::shown;
use serment_store::text;

const ROW: Alias = Alias(0);

/// Reads the first or last rows: the values are cut short by the database itself.
pub(crate) fn sample(mut p: Printer<'_>, sample: &Sample) -> Result<Sql, Failure> {
    p.name_row(ROW, &sample.table);
    if sample.columns.is_empty() {
        return Err(Failure::Unsupported(text!(
            "{} : il faut au moins une colonne à lire",
            "{}: at least one column is needed",
            shown(&sample.table)
        )));
    }
    let mut values = Vec::with_capacity(sample.columns.len());
    for name in &sample.columns {
        let column = p.column(&ColumnRef::whole(ROW, name))?;
        let text = p.dialect.text(&column)?;
        values.push(format!("substr({text}, 1, {})", sample.characters));
    }
    let pieces: Vec<String> = values
        .chunks(FIELDS_PER_PIECE)
        .map(|piece| p.dialect.array(piece))
        .collect();
    let mut order = Vec::with_capacity(sample.order.len());
    for name in &sample.order {
        let column = p.column(&ColumnRef::whole(ROW, name))?;
        // As the index has it: which rows come is all that the order decides.
        let direction = if sample.last { " DESC" } else { "" };
        order.push(format!("{}{direction}", column.sql));
    }
    let order = if order.is_empty() {
        String::new()
    } else {
        format!("\nORDER BY {}", order.join(", "))
    };
    let text = format!(
        "SELECT {}\nFROM {} AS {}{order}\nLIMIT {}",
        pieces.join(", "),
        p.dialect.table(&sample.table),
        row(ROW),
        sample.rows
    );
    Ok(p.finish(text))
}

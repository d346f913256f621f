//! Reads what a draft or a live check needs of a database: its catalogue, and a few values of each column, which are
//! counted at once and forgotten.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};
use serment_draft::Observed;
use serment_register::model::Text;
use serment_store::catalogue::{Catalogue, Column, ColumnKind, Table, TableKind, TableName};
use serment_store::survey::Sample;
use serment_store::{Failure, Store, StoreError};

/// Rows read at each end of a table.
pub const ROWS: u32 = 250;
/// Characters read of each value.
const CHARACTERS: u32 = 200;
/// Rows and characters read of columns that hold JSON.
const JSON: (u32, u32) = (60, 4_000);
/// Tables read at the same time.
const TOGETHER: usize = 3;

/// What was read of a database.
pub struct Survey {
    /// Its catalogue.
    pub catalogue: Catalogue,
    /// What its columns hold.
    pub observed: BTreeMap<TableName, BTreeMap<String, Observed>>,
    /// Tables whose rows could not be read, and why.
    pub unread: BTreeMap<TableName, Text>,
    /// The most rows read of one table.
    pub rows: usize,
}

/// Reads these tables, values included.
///
/// # Errors
/// When the catalogue cannot be read. A table whose rows cannot be read is told in the survey.
pub async fn survey(store: &dyn Store, tables: &[TableName]) -> Result<Survey, StoreError> {
    let catalogue = store.introspect(tables).await?;
    let readings = catalogue
        .tables
        .iter()
        .filter(|(_, table)| table.kind != TableKind::View)
        .map(|(name, table)| async move { (name.clone(), observe(store, name, table).await) });
    let mut found: Vec<_> = stream::iter(readings).buffer_unordered(TOGETHER).collect().await;
    found.sort_by(|left, right| left.0.cmp(&right.0));
    let mut survey = Survey {
        catalogue: Catalogue::default(),
        observed: BTreeMap::new(),
        unread: BTreeMap::new(),
        rows: 0,
    };
    for (name, observed) in found {
        match observed {
            Ok((observed, rows)) => {
                survey.rows = survey.rows.max(rows);
                survey.observed.insert(name, observed);
            }
            Err(failure) => {
                survey.unread.insert(name, failure.text());
            }
        }
    }
    survey.catalogue = catalogue;
    Ok(survey)
}

async fn observe(
    store: &dyn Store,
    name: &TableName,
    table: &Table,
) -> Result<(BTreeMap<String, Observed>, usize), Failure> {
    let mut found = BTreeMap::new();
    let plain: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| !matches!(column.kind, ColumnKind::Bytes | ColumnKind::Json))
        .collect();
    let names: Vec<String> = plain.iter().map(|column| column.name.clone()).collect();
    let mut json: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.kind == ColumnKind::Json)
        .map(|column| column.name.clone())
        .collect();
    let mut most = 0;
    let values = match read(store, name, table, &names, (ROWS, CHARACTERS)).await {
        Ok(values) => values,
        // One column that has no text must not hide the others.
        Err(failure @ (Failure::Unsupported(_) | Failure::Other(_))) => {
            let mut values = Vec::new();
            for column in &names {
                let alone = read(
                    store,
                    name,
                    table,
                    std::slice::from_ref(column),
                    (ROWS, CHARACTERS),
                )
                .await;
                values.push(alone.map(|mut alone| alone.remove(0)).unwrap_or_default());
            }
            if values.iter().all(Vec::is_empty) && !names.is_empty() {
                return Err(failure);
            }
            values
        }
        Err(failure) => return Err(failure),
    };
    for (column, values) in plain.iter().zip(values) {
        most = most.max(values.len());
        if column.kind == ColumnKind::Text && Observed::looks_like_json(&values) {
            json.push(column.name.clone());
        } else {
            found.insert(column.name.clone(), Observed::of(&values, false));
        }
    }
    for column in json {
        let values = read(store, name, table, std::slice::from_ref(&column), JSON).await?;
        let observed = Observed::of(&values[0], true);
        found.insert(column, observed);
    }
    Ok((found, most))
}

/// The values of some columns, NULL left out: of the first rows and of the last, by the primary key.
async fn read(
    store: &dyn Store,
    name: &TableName,
    table: &Table,
    columns: &[String],
    (rows, characters): (u32, u32),
) -> Result<Vec<Vec<String>>, Failure> {
    let mut values: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
    if columns.is_empty() {
        return Ok(values);
    }
    let mut sample = Sample {
        table: name.clone(),
        columns: columns.to_vec(),
        order: table.primary_key.clone(),
        last: false,
        rows: if table.primary_key.is_empty() {
            2 * rows
        } else {
            rows
        },
        characters,
    };
    let mut read = store.sample(&sample).await.map_err(|error| error.failure)?;
    if !table.primary_key.is_empty() && read.len() == rows as usize {
        sample.last = true;
        let last = store.sample(&sample).await.map_err(|error| error.failure)?;
        read.extend(last);
        // A table hardly longer than what was read has some rows twice.
        read.sort();
        read.dedup();
    }
    for row in read {
        for (values, value) in values.iter_mut().zip(row) {
            values.extend(value);
        }
    }
    Ok(values)
}

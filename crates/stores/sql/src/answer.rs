//! Answers of the databases, which project every row to JSON text, back to the types of the port.

use serde_json::Value;
use serment_store::condition::Key;
use serment_store::query::{Row, Rows, Tally, TallyRow};
use serment_store::text;
use serment_store::{Failure, Frequency, Progress};

use crate::print::query::{CLASSES_PER_NUMBER, FIELDS_PER_PIECE};

/// What is said when a column does not hold text that can be read.
pub(crate) fn not_text() -> Failure {
    Failure::Other(text!(
        "une valeur n'est pas du texte UTF-8 valide et ne se lit pas sans perte",
        "a value is not valid UTF-8 text and cannot be read without loss"
    ))
}

fn unexpected() -> Failure {
    Failure::Other(text!(
        "le dépôt a répondu sous une forme inattendue",
        "the store answered in an unexpected form"
    ))
}

fn array(text: &str) -> Result<Vec<Value>, Failure> {
    serde_json::from_str(text).map_err(|_| unexpected())
}

fn only(row: Vec<String>) -> Result<Vec<Value>, Failure> {
    array(row.first().ok_or_else(unexpected)?)
}

/// Keys.
pub(crate) fn keys(rows: Vec<Vec<String>>) -> Result<Vec<Key>, Failure> {
    rows.into_iter().map(|row| only(row).map(Key)).collect()
}

/// Rows.
pub(crate) fn rows(read: Vec<Vec<String>>, asked: &Rows) -> Result<Vec<Row>, Failure> {
    read.into_iter()
        .map(|row| {
            let (key, pieces) = row.split_first().ok_or_else(unexpected)?;
            let mut fields = Vec::with_capacity(asked.read.len());
            for piece in pieces {
                fields.extend(array(piece)?);
            }
            if fields.len() != asked.read.len() || pieces.len() != asked.read.len().div_ceil(FIELDS_PER_PIECE)
            {
                return Err(unexpected());
            }
            for (field, asked) in fields.iter_mut().zip(&asked.read) {
                if matches!(asked, serment_store::query::Field::Condition(_)) {
                    *field = Value::Bool(truth(field)?);
                }
            }
            Ok(Row {
                key: Key(array(key)?),
                fields,
            })
        })
        .collect()
}

/// A tally.
pub(crate) fn tally(rows: Vec<Vec<String>>, asked: &Tally) -> Result<Vec<TallyRow>, Failure> {
    rows.into_iter()
        .map(|row| {
            let mut parts = only(row)?.into_iter();
            let mut next = || parts.next().ok_or_else(unexpected);
            let client = match next()? {
                Value::Null => None,
                Value::String(text) => Some(text),
                _ => return Err(unexpected()),
            };
            let mut classes = Vec::with_capacity(asked.classes.len());
            for chunk in asked.classes.chunks(CLASSES_PER_NUMBER) {
                let bits = next()?.as_u64().ok_or_else(unexpected)?;
                classes.extend((0..chunk.len()).map(|bit| bits >> bit & 1 == 1));
            }
            let step = match &asked.steps {
                None => None,
                Some(_) => next()?.as_u64().and_then(|step| usize::try_from(step).ok()),
            };
            let rows = next()?.as_u64().ok_or_else(unexpected)?;
            let clocks = asked
                .clocks
                .iter()
                .map(|_| Ok(next()?.as_i64()))
                .collect::<Result<Vec<_>, Failure>>()?;
            Ok(TallyRow {
                client,
                classes,
                step,
                rows,
                clocks,
            })
        })
        .collect()
}

/// The most frequent value.
pub(crate) fn frequency(rows: Vec<Vec<String>>) -> Result<Option<Frequency>, Failure> {
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    match only(row)?.as_slice() {
        [Value::String(value), rows, of] => Ok(Some(Frequency {
            value: value.clone(),
            rows: rows.as_u64().ok_or_else(unexpected)?,
            of: of.as_u64().ok_or_else(unexpected)?,
        })),
        _ => Err(unexpected()),
    }
}

/// A sample.
pub(crate) fn sample(rows: Vec<Vec<String>>, columns: usize) -> Result<Vec<Vec<Option<String>>>, Failure> {
    rows.into_iter()
        .map(|row| {
            let mut values = Vec::with_capacity(columns);
            for piece in &row {
                values.extend(array(piece)?.into_iter().map(|value| match value {
                    Value::String(text) => Some(text),
                    Value::Null => None,
                    other => Some(other.to_string()),
                }));
            }
            if values.len() != columns {
                return Err(unexpected());
            }
            Ok(values)
        })
        .collect()
}

/// Progress.
pub(crate) fn progress(rows: Vec<Vec<String>>) -> Result<Vec<Progress>, Failure> {
    rows.into_iter()
        .map(|row| match only(row)?.as_slice() {
            [
                Value::String(run),
                Value::String(step),
                batch,
                Value::String(counts),
            ] => Ok(Progress {
                run: run.clone(),
                step: step.clone(),
                batch: batch.as_u64().ok_or_else(unexpected)?,
                counts: counts.clone(),
            }),
            _ => Err(unexpected()),
        })
        .collect()
}

/// True or false, which SQLite writes as 1 or 0.
fn truth(value: &Value) -> Result<bool, Failure> {
    match value {
        Value::Bool(yes) => Ok(*yes),
        Value::Number(number) => Ok(number.as_i64() == Some(1)),
        _ => Err(unexpected()),
    }
}

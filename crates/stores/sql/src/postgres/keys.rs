//! Keys in PostgreSQL: read as JSON, given back as one parameter: an array of whole numbers, else JSON that the server turns
//! into a typed relation.

use serde_json::{Map, Value as Json};
use serment_store::Failure;
use serment_store::catalogue::ColumnKind;
use serment_store::condition::{Key, Operator};
use serment_store::text;

use super::Postgres;
use super::dialect::cast;
use crate::print::keys::{is_uuid, whole_range};
use crate::print::{Binder, Column, Dialect, Value};
use crate::refusal;

/// Key columns as parts of a JSON array: whole numbers and booleans as they are, everything else as text, which loses
/// nothing (decimal numbers would pass through floats).
pub(super) fn array(columns: &[Column]) -> Result<Vec<String>, Failure> {
    columns
        .iter()
        .map(|column| match column.r#type.kind {
            ColumnKind::Integer | ColumnKind::Boolean => Ok(column.sql.clone()),
            ColumnKind::Bytes => Err(column.unsupported(text!(
                "une clé faite d'octets ne s'écrit pas sans perte ; nommez une autre clé unique",
                "a key of type bytes cannot be written without loss; name another unique key"
            ))),
            _ if column.r#type.cast.is_empty() => Ok(column.sql.clone()),
            _ => Ok(format!("CAST({} AS text)", column.sql)),
        })
        .collect()
}

/// Whether the key is after this one. Types of extensions order by their own operators, which a row comparison would not
/// find: they are compared part by part.
pub(super) fn after(
    dialect: &Postgres,
    bind: &mut Binder<'_>,
    columns: &[Column],
    key: &Key,
) -> Result<String, Failure> {
    if key.0.len() != columns.len() {
        return Err(refusal::another_width());
    }
    let mut theirs = Vec::new();
    for (column, part) in columns.iter().zip(&key.0) {
        theirs.push(match (column.r#type.kind, part) {
            (_, Json::Null) => {
                return Err(refusal::no_order());
            }
            (ColumnKind::Integer, part) => match part.as_i64() {
                Some(number) => bind.bind(Value::Integer(number)),
                None => cast(&bind.text(plain(part)), column),
            },
            (ColumnKind::Boolean, Json::Bool(yes)) => bind.bind(Value::Boolean(*yes)),
            (_, part) => cast(&bind.text(plain(part)), column),
        });
    }
    if columns.iter().all(|column| column.r#type.operators.is_none()) {
        let ours: Vec<_> = columns.iter().map(|column| column.sql.clone()).collect();
        return Ok(format!("({}) > ({})", ours.join(", "), theirs.join(", ")));
    }
    let mut text = String::from("FALSE");
    for (column, theirs) in columns.iter().zip(&theirs).rev() {
        let greater = dialect.operator(column, Operator::Greater);
        let equal = dialect.operator(column, Operator::Equal);
        text = format!(
            "({0} {greater} {theirs} OR ({0} {equal} {theirs} AND {text}))",
            column.sql
        );
    }
    Ok(text)
}

/// Whether the key is one of these. Keys that the columns' types cannot hold exist in no row and are left out.
pub(super) fn one_of(
    dialect: &Postgres,
    bind: &mut Binder<'_>,
    columns: &[Column],
    keys: &[Key],
) -> Result<String, Failure> {
    let usable: Vec<(&Key, Map<String, Json>)> = keys
        .iter()
        .filter_map(|key| object(columns, key).map(|object| (key, object)))
        .collect();
    if usable.is_empty() {
        return Ok("FALSE".into());
    }
    if let [column] = columns
        && column.r#type.whole_numbers
        && let Some((low, high)) = whole_range(&usable.iter().map(|(key, _)| *key).collect::<Vec<_>>())
    {
        let (low, high) = (bind.bind(Value::Integer(low)), bind.bind(Value::Integer(high)));
        return Ok(format!("({} BETWEEN {low} AND {high})", column.sql));
    }
    // An array of numbers is read, searched and planned for faster than a relation.
    if let [column] = columns
        && column.r#type.kind == ColumnKind::Integer
        && let Some(numbers) = usable
            .iter()
            .map(|(key, _)| number(key))
            .collect::<Option<Vec<_>>>()
    {
        let array = bind.text(format!("{{{}}}", numbers.join(",")));
        return Ok(format!("({} = ANY(CAST({array} AS bigint[])))", column.sql));
    }
    let ours: Vec<_> = columns.iter().map(|column| column.sql.clone()).collect();
    let left = if ours.len() == 1 {
        ours[0].clone()
    } else {
        format!("({})", ours.join(", "))
    };
    if columns.iter().any(|column| column.r#type.cast.is_empty()) {
        let listed: Vec<_> = usable.iter().map(|(key, _)| literal(dialect, key)).collect();
        return Ok(format!("({left} IN ({}))", listed.join(", ")));
    }
    let objects = Json::Array(
        usable
            .into_iter()
            .map(|(_, object)| Json::Object(object))
            .collect(),
    );
    let json = bind.text(objects.to_string());
    let selected: Vec<_> = (0..columns.len()).map(|part| format!("k.c{part}")).collect();
    Ok(format!(
        "({left} IN (SELECT {} FROM jsonb_to_recordset(CAST({json} AS jsonb)) AS k({})))",
        selected.join(", "),
        definition(columns)?.join(", ")
    ))
}

/// The columns of the relation that keys become.
pub(super) fn definition(columns: &[Column]) -> Result<Vec<String>, Failure> {
    columns
        .iter()
        .enumerate()
        .map(|(part, column)| match column.r#type.kind {
            ColumnKind::Bytes => Err(column.unsupported(text!(
                "une clé faite d'octets ne s'écrit pas sans perte",
                "a key of type bytes cannot be written without loss"
            ))),
            ColumnKind::Integer => Ok(format!("c{part} bigint")),
            _ if column.r#type.cast.is_empty() => Ok(format!("c{part} text")),
            _ => Ok(format!("c{part} {}", column.r#type.cast)),
        })
        .collect()
}

/// A key as an object of `c0`, `c1`…; None when no row can have it.
pub(super) fn object(columns: &[Column], key: &Key) -> Option<Map<String, Json>> {
    if key.0.len() != columns.len() {
        return None;
    }
    let mut object = Map::new();
    for (position, (column, part)) in columns.iter().zip(&key.0).enumerate() {
        let fits = match (column.r#type.kind, part) {
            (_, Json::Null | Json::Array(_) | Json::Object(_)) => false,
            (_, Json::String(text)) if text.contains('\0') => false,
            (ColumnKind::Integer, Json::String(text)) => text.trim().parse::<i64>().is_ok(),
            (ColumnKind::Integer, part) => part.is_i64(),
            (ColumnKind::Number, Json::String(text)) => crate::print::keys::is_number(text) || text == "NaN",
            (ColumnKind::Uuid, Json::String(text)) => is_uuid(text),
            (
                ColumnKind::Uuid | ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant,
                Json::Number(_),
            ) => false,
            _ => true,
        };
        if !fits {
            return None;
        }
        object.insert(format!("c{position}"), part.clone());
    }
    Some(object)
}

/// A key that is one whole number, as text.
fn number(key: &Key) -> Option<String> {
    let [part] = key.0.as_slice() else { return None };
    let number: i64 = match part {
        Json::String(text) => text.trim().parse().ok()?,
        part => part.as_i64()?,
    };
    Some(number.to_string())
}

fn plain(part: &Json) -> String {
    match part {
        Json::String(text) => text.replace('\0', ""),
        other => other.to_string(),
    }
}

fn literal(dialect: &Postgres, key: &Key) -> String {
    let parts: Vec<_> = key
        .0
        .iter()
        // Quoted, it takes the type of its column.
        .map(|part| dialect.literal(&Value::Text(plain(part))))
        .collect();
    if parts.len() == 1 {
        parts[0].clone()
    } else {
        format!("({})", parts.join(", "))
    }
}

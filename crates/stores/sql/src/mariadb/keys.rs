//! Keys in MariaDB: read as JSON, given back as one JSON parameter that the server turns into a typed relation.
//!
//! Text is given twice: in the column's own character set and collation, so that its index finds the row, and as it is,
//! so that only the very key counts.

use serde_json::{Map, Value as Json};
use serment_store::catalogue::ColumnKind;
use serment_store::condition::Key;
use serment_store::{Failure, text};

use super::Mariadb;
use super::dialect::{cast, exact, is_listed, number_of, text_of};
use crate::print::keys::{is_number, is_uuid, whole_range};
use crate::print::{Binder, Column, Dialect, Value};
use crate::refusal;

/// The longest text that a key is looked up with.
const LONGEST: u32 = 3_072;

/// Character sets in which every text has one form in Unicode.
const PLAIN: &[&str] = &[
    "ascii", "latin1", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1256", "cp1257", "cp850",
    "cp852", "cp866", "koi8r", "koi8u", "greek", "hebrew", "macroman", "macce", "utf8", "utf8mb3", "utf8mb4",
    "ucs2", "utf16", "utf16le", "utf32",
];

/// Key columns as parts of a JSON array: whole numbers as they are, everything else as text, which loses nothing (decimal
/// numbers would pass through floats), bytes in hexadecimal.
pub(super) fn array(columns: &[Column]) -> Result<Vec<String>, Failure> {
    columns
        .iter()
        .map(|column| {
            require_key(column)?;
            match column.r#type.kind {
                ColumnKind::Integer | ColumnKind::Boolean => number_of(column),
                _ => text_of(column),
            }
        })
        .collect()
}

/// Whether the key is after this one, in the order of the columns. Written out, since no index serves a comparison of
/// rows.
pub(super) fn after(
    dialect: &Mariadb,
    bind: &mut Binder<'_>,
    columns: &[Column],
    key: &Key,
) -> Result<String, Failure> {
    if key.0.len() != columns.len() {
        return Err(refusal::another_width());
    }
    let mut pairs = Vec::new();
    for (column, part) in columns.iter().zip(&key.0) {
        let theirs = match (column.r#type.kind, part) {
            (_, Json::Null | Json::Array(_) | Json::Object(_)) => {
                return Err(refusal::no_order());
            }
            (ColumnKind::Integer | ColumnKind::Boolean, part) => match part.as_i64() {
                Some(number) => bind.bind(Value::Integer(number)),
                None => cast(&bind.text(plain(part)), column),
            },
            (ColumnKind::Bytes, part) => format!("UNHEX({})", bind.text(plain(part))),
            (_, part) => cast(&bind.text(plain(part)), column),
        };
        pairs.push((dialect.order(column)?, theirs));
    }
    let mut text = String::from("FALSE");
    for (ours, theirs) in pairs.iter().rev() {
        text = match text.as_str() {
            "FALSE" => format!("({ours} > {theirs})"),
            rest => format!("({ours} >= {theirs} AND ({ours} > {theirs} OR {rest}))"),
        };
    }
    Ok(text)
}

/// Whether the key is one of these. Keys that the columns' types cannot hold exist in no row and are left out.
pub(super) fn one_of(bind: &mut Binder<'_>, columns: &[Column], keys: &[Key]) -> Result<String, Failure> {
    let mut usable = Vec::new();
    for key in keys {
        if let Some(object) = object(columns, key)? {
            usable.push((key, object));
        }
    }
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
    let objects: Vec<_> = usable
        .into_iter()
        .map(|(_, object)| Json::Object(object))
        .collect();
    let given = given(bind, columns, &objects, &[])?;
    let ours: Vec<_> = columns.iter().map(|column| column.sql.clone()).collect();
    let theirs: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(part, column)| looked_up(part, column))
        .collect();
    let exactly: Vec<_> = exact_parts(columns)?;
    let condition = if exactly.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", exactly.join(" AND "))
    };
    let left = if ours.len() == 1 {
        ours[0].clone()
    } else {
        format!("({})", ours.join(", "))
    };
    Ok(format!(
        "({left} IN (SELECT {} FROM {given} AS given{condition}))",
        theirs.join(", ")
    ))
}

/// The relation of keys (`c0`, `c1`…; text also as it is, `e0`, `e1`…) and of what else each object holds.
pub(super) fn given(
    bind: &mut Binder<'_>,
    columns: &[Column],
    objects: &[Json],
    more: &[&str],
) -> Result<String, Failure> {
    let mut definition = Vec::new();
    for (part, column) in columns.iter().enumerate() {
        require_key(column)?;
        let length = column.r#type.length.unwrap_or(LONGEST).min(LONGEST);
        let kind = match column.r#type.kind {
            ColumnKind::Integer | ColumnKind::Boolean if column.r#type.cast == "bit" => {
                "bigint unsigned".to_owned()
            }
            ColumnKind::Text => {
                let (set, collation) = column.r#type.collation.clone().unwrap_or_default();
                definition.push(format!(
                    "e{part} varchar({length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$.c{part}'"
                ));
                format!("varchar({length}) CHARACTER SET {set} COLLATE {collation}")
            }
            ColumnKind::Bytes => format!("varchar({}) CHARACTER SET ascii", 2 * length),
            ColumnKind::Uuid => "varchar(36) CHARACTER SET ascii".to_owned(),
            ColumnKind::Inet | ColumnKind::Other => {
                "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin".to_owned()
            }
            _ => column.r#type.cast.clone(),
        };
        definition.push(format!("c{part} {kind} PATH '$.c{part}'"));
    }
    definition.extend(more.iter().map(|part| (*part).to_owned()));
    let json = bind.text(Json::Array(objects.to_vec()).to_string());
    Ok(format!(
        "JSON_TABLE({json}, '$[*]' COLUMNS ({}))",
        definition.join(", ")
    ))
}

/// The equalities between a row and what is given for it.
pub(super) fn same_as_given(columns: &[Column]) -> Result<Vec<String>, Failure> {
    let mut parts: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(part, column)| format!("{} = {}", column.sql, looked_up(part, column)))
        .collect();
    parts.extend(exact_parts(columns)?);
    Ok(parts)
}

fn looked_up(part: usize, column: &Column) -> String {
    match column.r#type.kind {
        ColumnKind::Bytes => format!("UNHEX(given.c{part})"),
        ColumnKind::Uuid => cast(&format!("given.c{part}"), column),
        _ => format!("given.c{part}"),
    }
}

fn exact_parts(columns: &[Column]) -> Result<Vec<String>, Failure> {
    let mut parts = Vec::new();
    for (part, column) in columns.iter().enumerate() {
        if column.r#type.kind == ColumnKind::Text {
            parts.push(format!("{} = given.e{part}", exact(&column.sql)));
        } else if is_listed(column) {
            parts.push(format!("{} = given.c{part}", text_of(column)?));
        }
    }
    Ok(parts)
}

fn require_key(column: &Column) -> Result<(), Failure> {
    let why = match column.r#type.kind {
        ColumnKind::Number if !column.r#type.cast.starts_with("decimal") => {
            text!(
                "une clé du type nombre à virgule ne s'écrit pas sans perte ; nommez une autre clé unique",
                "a key of type number with fraction cannot be written without loss; name another unique key"
            )
        }
        ColumnKind::Json => text!(
            "du JSON n'est pas une clé ; nommez une autre clé unique",
            "JSON is no key; name another unique key"
        ),
        ColumnKind::Other if !is_listed(column) => text!(
            "son type n'est pas celui d'une clé ici ; nommez une autre clé unique",
            "its type is no key here; name another unique key"
        ),
        ColumnKind::Text if !has_one_form(column) => text!(
            "son jeu de caractères a plusieurs formes d'un même texte ; nommez une autre clé unique",
            "its character set has several forms of one text; name another unique key"
        ),
        _ => return Ok(()),
    };
    Err(column.unsupported(why))
}

fn has_one_form(column: &Column) -> bool {
    let set = column.r#type.collation.as_ref();
    set.is_some_and(|(set, _)| PLAIN.contains(&set.as_str()))
}

/// A key as an object of `c0`, `c1`…; None when no row can have it.
pub(super) fn object(columns: &[Column], key: &Key) -> Result<Option<Map<String, Json>>, Failure> {
    if key.0.len() != columns.len() {
        return Ok(None);
    }
    let mut object = Map::new();
    for (position, (column, part)) in columns.iter().zip(&key.0).enumerate() {
        let text = plain(part);
        let fits = match (column.r#type.kind, part) {
            (_, Json::Null | Json::Array(_) | Json::Object(_)) => false,
            (ColumnKind::Integer | ColumnKind::Boolean, _) if column.r#type.cast == "bigint" => {
                text.parse::<i64>().is_ok()
            }
            (ColumnKind::Integer | ColumnKind::Boolean, _) => text.parse::<u64>().is_ok(),
            (ColumnKind::Text, _) => {
                let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
                if length > LONGEST && column.r#type.length.is_none_or(|most| most > LONGEST) {
                    return Err(column.unsupported(text!(
                        "une clé de plus de 3 072 caractères ne se cherche pas",
                        "a key of more than 3 072 characters is not looked up"
                    )));
                }
                column.r#type.length.is_none_or(|most| length <= most)
            }
            (ColumnKind::Number, _) => is_number(&text) && fits_decimal(&text, &column.r#type.cast),
            (ColumnKind::Uuid, _) => is_uuid(&text),
            (ColumnKind::Inet, _) => text.parse::<std::net::IpAddr>().is_ok(),
            (ColumnKind::Bytes, _) => {
                text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            }
            (ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant, _) => is_day(&text),
            _ => text.chars().count() <= 255,
        };
        if !fits {
            return Ok(None);
        }
        object.insert(format!("c{position}"), Json::String(text));
    }
    Ok(Some(object))
}

/// Whether text is written as a day or a time is read, be it one that does not exist.
fn is_day(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|sign| if sign.is_ascii_digit() { '0' } else { sign })
        .collect();
    let (whole, fraction) = shape.split_once('.').unwrap_or((&shape, "0"));
    matches!(whole, "0000-00-00" | "0000-00-00 00:00:00")
        && (1..=6).contains(&fraction.len())
        && fraction.chars().all(|sign| sign == '0')
}

/// Whether a number is held as it is written: the server would round it to one that may be another key.
fn fits_decimal(text: &str, cast: &str) -> bool {
    let Some((precision, scale)) = cast
        .strip_prefix("decimal(")
        .and_then(|rest| {
            rest.trim_end_matches(|sign: char| !sign.is_ascii_digit())
                .split_once(',')
        })
        .and_then(|(precision, scale)| {
            Some((precision.parse::<usize>().ok()?, scale.parse::<usize>().ok()?))
        })
    else {
        return false;
    };
    let digits = text.trim_start_matches(['-', '+']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    whole.trim_start_matches('0').len() <= precision.saturating_sub(scale)
        && fraction.trim_end_matches('0').len() <= scale
}

fn plain(part: &Json) -> String {
    match part {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

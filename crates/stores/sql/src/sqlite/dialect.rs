//! What SQLite writes in its own way.
//!
//! SQLite keeps any sort of value in any column. A value that is not of the sort that its column declares is unreadable
//! here: comparing it is unknown, never true by the accident of how sorts are ordered (any text is greater than any
//! number). A number is compared with text only where the text writes a number, as PostgreSQL does with a quoted
//! literal.

use serment_store::Failure;
use serment_store::catalogue::{ColumnKind, TableName};
use serment_store::condition::{Alias, Constant, Key, Operator, PostCondition, TimeForm, TimeTest};
use serment_store::query::{NewValue, Strength};
use serment_store::text;

use super::{time, value};
use crate::print::keys::{is_number, whole_range};
use crate::print::moments;
use crate::print::{Binder, Column, Dialect, Sides, UpdateEach, Value, quoted, row, symbol};
use crate::refusal;

/// SQLite.
pub(crate) struct Sqlite;

impl Dialect for Sqlite {
    fn table(&self, table: &TableName) -> String {
        format!(
            "{}.{}",
            quoted(table.schema.as_deref().unwrap_or("main")),
            quoted(&table.name)
        )
    }

    fn placeholder(&self, position: usize, _value: &Value) -> String {
        format!("?{position}")
    }

    fn literal(&self, value: &Value) -> String {
        match value {
            Value::Text(text) if text.contains('\0') => {
                let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
                format!("CAST(x'{hex}' AS TEXT)")
            }
            Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Value::Integer(number) => number.to_string(),
            Value::Boolean(yes) => u8::from(*yes).to_string(),
        }
    }

    fn sides(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        constant: &Constant,
        order: bool,
    ) -> Result<Sides, Failure> {
        let inside = !column.inside.is_empty();
        let numeric = matches!(column.r#type.kind, ColumnKind::Integer | ColumnKind::Number) && !inside;
        let left = value_of(column)?;
        let sort = sort_of(column)?;
        let text_sort = format!("{sort} = 'text'");
        let number_sort = format!("{sort} IN ('integer', 'real')");
        let (right, guard) = match constant {
            Constant::Text(text) if numeric => (number(bind, column, text)?, number_sort),
            Constant::Text(text) => (bind.text(text), text_sort),
            Constant::Integer(_) | Constant::Decimal(_) | Constant::Boolean(_)
                if column.r#type.kind == ColumnKind::Text && !inside =>
            {
                return Err(refusal::wants_quotes(column));
            }
            Constant::Integer(value) => (bind.bind(Value::Integer(*value)), number_sort),
            Constant::Decimal(text) => (number(bind, column, text)?, number_sort),
            Constant::Boolean(yes) if inside => (
                bind.bind(Value::Integer(i64::from(*yes))),
                format!("{sort} IN ('true', 'false')"),
            ),
            Constant::Boolean(yes) => (bind.bind(Value::Integer(i64::from(*yes))), number_sort),
        };
        let binary = order && matches!(constant, Constant::Text(_)) && !numeric;
        let left = if binary {
            format!("{left} COLLATE BINARY")
        } else {
            left
        };
        Ok(Sides {
            left,
            right,
            guard: Some(guard),
        })
    }

    fn operator(&self, _column: &Column, op: Operator) -> String {
        symbol(op).to_owned()
    }

    fn columns(&self, left: &Column, op: Operator, right: &Column) -> Result<String, Failure> {
        let (l, r) = (value_of(left)?, value_of(right)?);
        Ok(format!(
            "(CASE WHEN (typeof({l}) = 'text') = (typeof({r}) = 'text') AND typeof({l}) <> 'blob' \
             AND typeof({r}) <> 'blob' THEN {l} {} {r} END)",
            symbol(op)
        ))
    }

    fn link(&self, inner: &Column, outer: &Column) -> Result<(String, String), Failure> {
        Ok((value_of(inner)?, value_of(outer)?))
    }

    fn is_null(&self, column: &Column) -> Result<String, Failure> {
        let value = value_of(column)?;
        if column.inside.is_empty() {
            return Ok(format!("({value} IS NULL)"));
        }
        // What is not JSON is a value that we cannot look into, not an absent one.
        Ok(format!(
            "(CASE WHEN json_valid({0}) THEN {value} IS NULL ELSE {0} IS NULL END)",
            column.sql
        ))
    }

    fn key_array(&self, columns: &[Column]) -> Result<String, Failure> {
        for column in columns {
            if matches!(column.r#type.kind, ColumnKind::Bytes | ColumnKind::Number) {
                return Err(column.unsupported(match column.r#type.kind {
                    ColumnKind::Bytes => text!(
                        "une clé faite d'octets ne s'écrit pas sans perte ; nommez une autre clé unique",
                        "a key of type bytes cannot be written without loss; name another unique key"
                    ),
                    _ => text!(
                        "une clé faite de nombres à virgule ne s'écrit pas sans perte ; nommez une autre clé unique",
                        "a key of type number with fraction cannot be written without loss; name another unique key"
                    ),
                }));
            }
        }
        let parts: Vec<_> = columns.iter().map(key_part).collect();
        Ok(self.array(&parts))
    }

    fn key_after(&self, bind: &mut Binder<'_>, columns: &[Column], key: &Key) -> Result<String, Failure> {
        if key.0.len() != columns.len() {
            return Err(refusal::another_width());
        }
        let ours: Vec<_> = columns.iter().map(|column| column.sql.clone()).collect();
        let mut theirs = Vec::new();
        for part in &key.0 {
            theirs.push(match part {
                serde_json::Value::String(text) => bind.text(text),
                serde_json::Value::Number(number) if number.is_i64() => {
                    bind.bind(Value::Integer(number.as_i64().unwrap_or_default()))
                }
                serde_json::Value::Bool(yes) => bind.bind(Value::Integer(i64::from(*yes))),
                _ => {
                    return Err(refusal::no_order());
                }
            });
        }
        Ok(format!("({}) > ({})", ours.join(", "), theirs.join(", ")))
    }

    fn key_in(&self, bind: &mut Binder<'_>, columns: &[Column], keys: &[Key]) -> Result<String, Failure> {
        // SQLite would take '1e3' and '7.0' for row numbers.
        let fits = |(column, part): (&Column, &serde_json::Value)| match part {
            serde_json::Value::Null => false,
            serde_json::Value::String(text) if column.r#type.whole_numbers => text.parse::<i64>().is_ok(),
            _ => true,
        };
        let usable = |key: &&Key| key.0.len() == columns.len() && columns.iter().zip(&key.0).all(fits);
        let keys: Vec<&Key> = keys.iter().filter(usable).collect();
        if keys.is_empty() {
            return Ok("FALSE".into());
        }
        let [column] = columns else {
            let json = bind.text(serde_json::json!(keys).to_string());
            let ours: Vec<_> = columns.iter().map(|column| column.sql.clone()).collect();
            let theirs: Vec<_> = (0..columns.len())
                .map(|part| format!("json_extract(value, '$[{part}]')"))
                .collect();
            return Ok(format!(
                "(({}) IN (SELECT {} FROM json_each({json})))",
                ours.join(", "),
                theirs.join(", ")
            ));
        };
        if column.r#type.whole_numbers
            && let Some((low, high)) = whole_range(&keys)
        {
            let (low, high) = (bind.bind(Value::Integer(low)), bind.bind(Value::Integer(high)));
            return Ok(format!("({} BETWEEN {low} AND {high})", column.sql));
        }
        let parts: Vec<_> = keys.iter().map(|key| &key.0[0]).collect();
        let json = bind.text(serde_json::json!(parts).to_string());
        Ok(format!(
            "({} IN (SELECT value FROM json_each({json})))",
            column.sql
        ))
    }

    fn array(&self, parts: &[String]) -> String {
        format!("json_array({})", parts.join(", "))
    }

    fn read(&self, column: &Column) -> Result<String, Failure> {
        let c = &column.sql;
        if !column.inside.is_empty() {
            return Ok(format!("json({} -> {})", readable_json(c), path(column)?));
        }
        let plain = format!(
            "CASE WHEN typeof({c}) = 'blob' THEN hex({c}) WHEN {c} IN (9e999, -9e999) THEN CAST({c} AS TEXT) ELSE {c} END"
        );
        Ok(match column.r#type.kind {
            ColumnKind::Json => format!("(CASE WHEN json_valid({c}) THEN json({c}) ELSE {plain} END)"),
            _ => format!("({plain})"),
        })
    }

    fn text(&self, column: &Column) -> Result<String, Failure> {
        Ok(format!("CAST({} AS TEXT)", value_of(column)?))
    }

    /// The value itself, which an index may serve.
    fn group(&self, column: &Column) -> Result<String, Failure> {
        value_of(column)
    }

    fn time(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        written: TimeForm,
        test: &TimeTest,
        positive: bool,
    ) -> Result<String, Failure> {
        time::test(bind, column, &value_of(column)?, written, test, positive)
    }

    fn time_edge(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        written: TimeForm,
        test: &TimeTest,
    ) -> Result<Option<String>, Failure> {
        Ok(time::edge(bind, &value_of(column)?, written, test))
    }

    fn time_text(&self, column: &Column, written: TimeForm) -> Result<String, Failure> {
        Ok(time::text(&value_of(column)?, written))
    }

    fn time_seconds(&self, column: &Column, written: TimeForm) -> Result<String, Failure> {
        Ok(time::seconds(column, &value_of(column)?, written))
    }

    fn reading(&self, column: &Column, written: TimeForm) -> Result<Option<String>, Failure> {
        Ok(match moments::per_second(written) {
            None => Some(time::reading(&value_of(column)?)),
            Some(_) => None,
        })
    }

    fn kept_apart(&self) -> &'static str {
        "LIMIT -1"
    }

    fn shares_filters(&self) -> bool {
        true
    }

    fn greatest(&self, parts: &[String]) -> String {
        const LEAST: i64 = i64::MIN + 1;
        match parts {
            [] => "NULL".into(),
            [one] => one.clone(),
            several => {
                let known: Vec<_> = several
                    .iter()
                    .map(|part| format!("coalesce({part}, {LEAST})"))
                    .collect();
                format!("nullif(max({}), {LEAST})", known.join(", "))
            }
        }
    }

    fn satisfies(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        by: &PostCondition,
    ) -> Result<String, Failure> {
        if *by == PostCondition::Null {
            return self.is_null(column);
        }
        value::satisfies(bind, column, &value_of(column)?, by)
    }

    fn new_value(&self, bind: &mut Binder<'_>, column: &Column, new: &NewValue) -> Result<String, Failure> {
        let c = &column.sql;
        if column.inside.is_empty() {
            return value::new(bind, column, c, new);
        }
        let path = path(column)?;
        if *new == NewValue::Null {
            return Ok(format!(
                "CASE WHEN json_valid({c}) THEN json_remove({c}, {path}) ELSE {c} END"
            ));
        }
        let value = value::new(bind, column, &value_of(column)?, new)?;
        Ok(format!(
            "CASE WHEN json_valid({c}) THEN json_replace({c}, {path}, {value}) ELSE {c} END"
        ))
    }

    fn update_each(&self, parts: UpdateEach<'_>, bind: &mut Binder<'_>) -> Result<String, Failure> {
        let width = parts.key.len();
        let rows: Vec<_> = parts
            .values
            .iter()
            .filter(|(key, _)| key.0.len() == width)
            .map(|(key, value)| {
                let mut row = key.0.clone();
                row.push(value.clone());
                serde_json::Value::Array(row)
            })
            .collect();
        let json = bind.text(serde_json::Value::Array(rows).to_string());
        let mut selected: Vec<_> = (0..width)
            .map(|part| format!("json_extract(value, '$[{part}]') AS k{part}"))
            .collect();
        let on: Vec<_> = parts
            .key
            .iter()
            .enumerate()
            .map(|(part, column)| format!("{} = each.k{part}", column.sql))
            .collect();
        let c = &parts.column.sql;
        let new = if parts.column.inside.is_empty() {
            selected.push(format!("json_extract(value, '$[{width}]') AS new"));
            "each.new".to_owned()
        } else {
            selected.push(format!("value -> '$[{width}]' AS new"));
            let path = path(parts.column)?;
            format!("CASE WHEN json_valid({c}) THEN json_replace({c}, {path}, json(each.new)) ELSE {c} END")
        };
        Ok(format!(
            "UPDATE {} AS {}\nSET {} = {new}\nFROM (SELECT {} FROM json_each({json})) AS each\nWHERE {} AND {}",
            parts.table,
            row(parts.alias),
            quoted(&parts.column.column),
            selected.join(", "),
            on.join(" AND "),
            parts.filter,
        ))
    }

    fn row_lock(&self, _alias: Alias, _strength: Strength) -> Option<String> {
        None
    }

    fn table_lock(&self, _table: &TableName) -> String {
        String::new()
    }
}

/// A part of a key. Bytes could be taken for SQLite's binary JSON: they are made into bytes that cannot, which it refuses.
fn key_part(column: &Column) -> String {
    let c = &column.sql;
    if column.r#type.whole_numbers {
        return c.clone();
    }
    format!("CASE typeof({c}) WHEN 'blob' THEN CAST('o' || hex({c}) AS BLOB) ELSE {c} END")
}

/// The value of a column, or of the place inside its JSON; NULL where that is not JSON.
fn value_of(column: &Column) -> Result<String, Failure> {
    if column.inside.is_empty() {
        return Ok(column.sql.clone());
    }
    Ok(format!(
        "json_extract({}, {})",
        readable_json(&column.sql),
        path(column)?
    ))
}

/// The sort of the value.
fn sort_of(column: &Column) -> Result<String, Failure> {
    if column.inside.is_empty() {
        return Ok(format!("typeof({})", column.sql));
    }
    Ok(format!(
        "json_type({}, {})",
        readable_json(&column.sql),
        path(column)?
    ))
}

fn readable_json(column: &str) -> String {
    format!("CASE WHEN json_valid({column}) THEN {column} END")
}

/// The path inside JSON as a literal.
fn path(column: &Column) -> Result<String, Failure> {
    let mut path = String::from("$");
    for key in &column.inside {
        if key.contains(['"', '\\', '\0']) {
            return Err(column
                .unsupported(text!("une clé de son JSON contient un guillemet ou une barre oblique inverse, que SQLite ne sait pas nommer", "a key of its JSON holds a quote or a backslash, which SQLite cannot name")));
        }
        path.push_str(&format!(".\"{key}\""));
    }
    Ok(format!("'{}'", path.replace('\'', "''")))
}

/// A number as written: exact when whole, a float otherwise, as SQLite holds it.
fn number(bind: &mut Binder<'_>, column: &Column, text: &str) -> Result<String, Failure> {
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(bind.bind(Value::Integer(whole)));
    }
    if !is_number(text) {
        return Err(refusal::no_number(column));
    }
    let mark = bind.text(text);
    Ok(format!("CAST({mark} AS REAL)"))
}

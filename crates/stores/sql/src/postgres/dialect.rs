//! What PostgreSQL writes in its own way.
//!
//! Sessions run with an empty search path: built-in functions and operators are found, and nothing else. Operators of
//! types that an extension brings (citext) are therefore named with their schema. Constants take the type of their
//! column; what cannot be cast safely is refused here rather than by the server in the middle of a run.

use serment_store::Failure;
use serment_store::catalogue::{ColumnKind, TableName};
use serment_store::condition::{Alias, Constant, Key, Operator, PostCondition, TimeForm, TimeTest};
use serment_store::query::{NewValue, Strength};
use serment_store::text;

use super::keys;
use super::{time, value};
use crate::print::keys::{is_number, is_uuid};
use crate::print::{Binder, Column, Dialect, Sides, UpdateEach, Value, quoted, row, symbol};
use crate::refusal;

/// PostgreSQL.
pub(crate) struct Postgres;

impl Dialect for Postgres {
    fn table(&self, table: &TableName) -> String {
        format!(
            "{}.{}",
            quoted(table.schema.as_deref().unwrap_or("public")),
            quoted(&table.name)
        )
    }

    fn placeholder(&self, position: usize, _value: &Value) -> String {
        format!("${position}")
    }

    fn literal(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => format!("'{}'", text.replace('\'', "''").replace('\0', "")),
            Value::Integer(number) => number.to_string(),
            Value::Boolean(yes) => yes.to_string(),
        }
    }

    fn sides(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        constant: &Constant,
        order: bool,
    ) -> Result<Sides, Failure> {
        if !column.inside.is_empty() {
            return json_sides(bind, column, constant, order);
        }
        let c = column.sql.clone();
        let plain = |left: String, right: String| {
            Ok(Sides {
                left,
                right,
                guard: None,
            })
        };
        match (column.r#type.kind, constant) {
            (_, Constant::Text(text)) if text.contains('\0') => Err(column.unsupported(text!(
                "PostgreSQL ne garde pas de texte contenant un caractère NUL",
                "PostgreSQL holds no text with a NUL character"
            ))),
            (ColumnKind::Text, Constant::Text(text)) => {
                let text = bind.text(text);
                let right = if is_plain_text(column) {
                    text
                } else {
                    cast(&text, column)
                };
                let binary = order && column.r#type.operators.is_none();
                plain(if binary { format!("{c} COLLATE \"C\"") } else { c }, right)
            }
            (ColumnKind::Text | ColumnKind::Uuid, _) if !matches!(constant, Constant::Text(_)) => {
                Err(refusal::wants_quotes(column))
            }
            (ColumnKind::Integer | ColumnKind::Number, Constant::Integer(number)) => {
                plain(c, bind.bind(Value::Integer(*number)))
            }
            (ColumnKind::Integer | ColumnKind::Number, Constant::Decimal(text) | Constant::Text(text)) => {
                if !is_number(text) {
                    return Err(refusal::no_number(column));
                }
                let text = bind.text(text);
                plain(c, format!("CAST({text} AS numeric)"))
            }
            (ColumnKind::Boolean, Constant::Boolean(yes)) => plain(c, bind.bind(Value::Boolean(*yes))),
            (ColumnKind::Boolean, Constant::Text(text)) => match text.as_str() {
                "true" | "t" => plain(c, bind.bind(Value::Boolean(true))),
                "false" | "f" => plain(c, bind.bind(Value::Boolean(false))),
                _ => Err(column.unsupported(text!(
                    "elle vaut vrai ou faux : comparez-la à true ou false",
                    "it is true or false: compare it with true or false"
                ))),
            },
            (ColumnKind::Uuid, Constant::Text(text)) => {
                if !is_uuid(text) {
                    return Err(refusal::no_uuid(column));
                }
                let text = bind.text(text);
                plain(c, format!("CAST({text} AS uuid)"))
            }
            (
                ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant | ColumnKind::Inet,
                Constant::Text(text),
            ) => {
                let text = bind.text(text);
                plain(c, cast(&text, column))
            }
            (ColumnKind::Other, Constant::Text(text)) if column.r#type.cast.is_empty() => {
                plain(c, bind.text(text))
            }
            (ColumnKind::Other, Constant::Text(text)) if !order => {
                let text = bind.text(text);
                plain(format!("CAST({c} AS text)"), text)
            }
            (ColumnKind::Other, _) if column.r#type.cast.is_empty() => {
                let right = match constant {
                    Constant::Integer(number) => bind.bind(Value::Integer(*number)),
                    Constant::Boolean(yes) => bind.bind(Value::Boolean(*yes)),
                    Constant::Decimal(text) | Constant::Text(text) => bind.text(text),
                };
                plain(c, right)
            }
            _ => Err(refusal::incomparable(column)),
        }
    }

    fn operator(&self, column: &Column, op: Operator) -> String {
        match &column.r#type.operators {
            Some(schema) if column.inside.is_empty() => {
                format!("OPERATOR({}.{})", quoted(schema), symbol(op))
            }
            _ => symbol(op).to_owned(),
        }
    }

    fn columns(&self, left: &Column, op: Operator, right: &Column) -> Result<String, Failure> {
        let (l, r) = (value_of(left)?, value_of(right)?);
        let (a, b) = (family(left), family(right));
        if a != b && a != Family::Unknown && b != Family::Unknown {
            return Err(refusal::of_another_sort(left, right));
        }
        let same_type = left.r#type.operators == right.r#type.operators;
        let collation = if a == Family::Text && crate::print::orders(op) && left.r#type.operators.is_none() {
            " COLLATE \"C\""
        } else {
            ""
        };
        let operator = if same_type {
            self.operator(left, op)
        } else {
            symbol(op).to_owned()
        };
        Ok(format!("({l}{collation} {operator} {r})"))
    }

    fn link(&self, inner: &Column, outer: &Column) -> Result<(String, String), Failure> {
        let (i, o) = (value_of(inner)?, value_of(outer)?);
        let (a, b) = (family(inner), family(outer));
        if inner.r#type.operators.is_some() && inner.inside.is_empty() {
            let outer = if inner.r#type.cast == outer.r#type.cast {
                o
            } else {
                cast(&o, inner)
            };
            return Ok((i, outer));
        }
        if (a == b && outer.r#type.operators.is_none()) || a == Family::Unknown || b == Family::Unknown {
            return Ok((i, o));
        }
        let text = |side: String, family| {
            if family == Family::Text {
                side
            } else {
                format!("CAST({side} AS text)")
            }
        };
        let outer_is_plain = outer.r#type.operators.is_none();
        Ok((
            text(i, a),
            if outer_is_plain {
                text(o, b)
            } else {
                format!("CAST({o} AS text)")
            },
        ))
    }

    fn is_null(&self, column: &Column) -> Result<String, Failure> {
        Ok(format!("({} IS NULL)", value_of(column)?))
    }

    fn key_array(&self, columns: &[Column]) -> Result<String, Failure> {
        keys::array(columns).map(|parts| self.array(&parts))
    }

    fn key_after(&self, bind: &mut Binder<'_>, columns: &[Column], key: &Key) -> Result<String, Failure> {
        keys::after(self, bind, columns, key)
    }

    fn key_in(&self, bind: &mut Binder<'_>, columns: &[Column], keys: &[Key]) -> Result<String, Failure> {
        keys::one_of(self, bind, columns, keys)
    }

    fn array(&self, parts: &[String]) -> String {
        format!("CAST(jsonb_build_array({}) AS text)", parts.join(", "))
    }

    fn read(&self, column: &Column) -> Result<String, Failure> {
        if !column.inside.is_empty() {
            require_json(column)?;
            return Ok(format!("({} #> {})", column.sql, path(column)));
        }
        Ok(match column.r#type.kind {
            ColumnKind::Bytes => format!("encode({}, 'hex')", column.sql),
            _ => column.sql.clone(),
        })
    }

    fn text(&self, column: &Column) -> Result<String, Failure> {
        Ok(format!("CAST({} AS text)", value_of(column)?))
    }

    fn time(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        written: TimeForm,
        test: &TimeTest,
        _positive: bool,
    ) -> Result<String, Failure> {
        time::test(bind, column, written, test)
    }

    fn time_text(&self, column: &Column, written: TimeForm) -> Result<String, Failure> {
        time::text(column, written)
    }

    fn time_seconds(&self, column: &Column, written: TimeForm) -> Result<String, Failure> {
        time::seconds(column, written)
    }

    fn kept_apart(&self) -> &'static str {
        "OFFSET 0"
    }

    fn greatest(&self, parts: &[String]) -> String {
        match parts {
            [] => "CAST(NULL AS bigint)".into(),
            several => format!("greatest({})", several.join(", ")),
        }
    }

    fn satisfies(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        by: &PostCondition,
    ) -> Result<String, Failure> {
        match by {
            PostCondition::Null => self.is_null(column),
            other => value::satisfies(bind, column, other),
        }
    }

    fn new_value(&self, bind: &mut Binder<'_>, column: &Column, new: &NewValue) -> Result<String, Failure> {
        if column.inside.is_empty() {
            return value::new(bind, column, new);
        }
        require_json(column)?;
        let path = path(column);
        let json = if is_jsonb(column) {
            column.sql.clone()
        } else {
            format!("CAST({} AS jsonb)", column.sql)
        };
        let changed = match new {
            NewValue::Null => where_it_leads(&json, &path, &format!("{json} #- {path}")),
            other => {
                let value = value::new(bind, column, other)?;
                set_inside(&json, &path, &format!("to_jsonb({value})"))
            }
        };
        Ok(if is_jsonb(column) {
            format!("({changed})")
        } else {
            format!("CAST({changed} AS json)")
        })
    }

    fn update_each(&self, parts: UpdateEach<'_>, bind: &mut Binder<'_>) -> Result<String, Failure> {
        let width = parts.key.len();
        let mut rows = Vec::new();
        for (key, value) in parts.values {
            if let Some(mut object) = keys::object(parts.key, key) {
                object.insert("new".into(), value.clone());
                rows.push(serde_json::Value::Object(object));
            }
        }
        let json = bind.text(serde_json::Value::Array(rows).to_string());
        let mut types: Vec<String> = keys::definition(parts.key)?;
        let column = parts.column;
        let new = if column.inside.is_empty() {
            types.push(format!("new {}", column.r#type.cast));
            "each.new".to_owned()
        } else {
            require_json(column)?;
            types.push("new jsonb".into());
            let json = if is_jsonb(column) {
                column.sql.clone()
            } else {
                format!("CAST({} AS jsonb)", column.sql)
            };
            let changed = set_inside(&json, &path(column), "each.new");
            if is_jsonb(column) {
                changed
            } else {
                format!("CAST({changed} AS json)")
            }
        };
        let on: Vec<_> = (0..width)
            .map(|part| format!("{} = each.c{part}", parts.key[part].sql))
            .collect();
        Ok(format!(
            "UPDATE {} AS {}\nSET {} = {new}\nFROM jsonb_to_recordset(CAST({json} AS jsonb)) AS each({})\nWHERE {} AND {}",
            parts.table,
            row(parts.alias),
            quoted(&column.column),
            types.join(", "),
            on.join(" AND "),
            parts.filter,
        ))
    }

    fn row_lock(&self, alias: Alias, strength: Strength) -> Option<String> {
        let strength = match strength {
            Strength::Change => "UPDATE",
            Strength::Read => "SHARE",
        };
        Some(format!("FOR {strength} OF {}", row(alias)))
    }

    fn table_lock(&self, table: &TableName) -> String {
        format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", self.table(table))
    }
}

/// What compares with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Text,
    Numbers,
    Times,
    Alone(ColumnKind),
    Unknown,
}

fn family(column: &Column) -> Family {
    if !column.inside.is_empty() {
        return Family::Text;
    }
    match column.r#type.kind {
        ColumnKind::Text => Family::Text,
        ColumnKind::Integer | ColumnKind::Number => Family::Numbers,
        ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant => Family::Times,
        ColumnKind::Other if column.r#type.cast.is_empty() => Family::Unknown,
        kind => Family::Alone(kind),
    }
}

/// The value of a column, or of the place inside its JSON as text.
pub(super) fn value_of(column: &Column) -> Result<String, Failure> {
    if column.inside.is_empty() {
        return Ok(column.sql.clone());
    }
    require_json(column)?;
    Ok(format!("({} #>> {})", column.sql, path(column)))
}

/// The value as text, whatever its type.
pub(super) fn text_of(column: &Column) -> Result<String, Failure> {
    let value = value_of(column)?;
    let plain =
        !column.inside.is_empty() || (column.r#type.kind == ColumnKind::Text && is_plain_text(column));
    Ok(if plain || column.r#type.cast.is_empty() {
        value
    } else {
        format!("CAST({value} AS text)")
    })
}

/// The value as a number: of a numeric column, or of a JSON number.
pub(super) fn number_of(column: &Column) -> Result<String, Failure> {
    if column.inside.is_empty() {
        return Ok(column.sql.clone());
    }
    require_json(column)?;
    let path = path(column);
    let kind = if is_jsonb(column) {
        "jsonb_typeof"
    } else {
        "json_typeof"
    };
    let c = &column.sql;
    Ok(format!(
        "(CASE WHEN {kind}({c} #> {path}) = 'number' THEN CAST({c} #>> {path} AS numeric) END)"
    ))
}

fn json_sides(
    bind: &mut Binder<'_>,
    column: &Column,
    constant: &Constant,
    order: bool,
) -> Result<Sides, Failure> {
    let sides = |left: String, right: String| {
        Ok(Sides {
            left,
            right,
            guard: None,
        })
    };
    match constant {
        Constant::Text(text) if text.contains('\0') => Err(column.unsupported(text!(
            "PostgreSQL ne garde pas de texte contenant un caractère NUL",
            "PostgreSQL holds no text with a NUL character"
        ))),
        Constant::Text(text) => {
            let left = value_of(column)?;
            let right = bind.text(text);
            let kind = if is_jsonb(column) {
                "jsonb_typeof"
            } else {
                "json_typeof"
            };
            let left = format!(
                "(CASE WHEN {kind}({} #> {}) = 'string' THEN {left} END)",
                column.sql,
                path(column)
            );
            sides(
                if order {
                    format!("{left} COLLATE \"C\"")
                } else {
                    left
                },
                right,
            )
        }
        Constant::Integer(number) => sides(number_of(column)?, bind.bind(Value::Integer(*number))),
        Constant::Decimal(text) => {
            let text = bind.text(text);
            sides(number_of(column)?, format!("CAST({text} AS numeric)"))
        }
        Constant::Boolean(yes) => {
            require_json(column)?;
            let kind = if is_jsonb(column) {
                "jsonb_typeof"
            } else {
                "json_typeof"
            };
            let (c, path) = (&column.sql, path(column));
            let left = format!(
                "(CASE WHEN {kind}({c} #> {path}) = 'boolean' THEN CAST({c} #>> {path} AS boolean) END)"
            );
            sides(left, bind.bind(Value::Boolean(*yes)))
        }
    }
}

fn is_plain_text(column: &Column) -> bool {
    matches!(column.r#type.cast.as_str(), "text" | "character varying")
}

fn is_jsonb(column: &Column) -> bool {
    column.r#type.cast != "json"
}

fn require_json(column: &Column) -> Result<(), Failure> {
    let known = !column.r#type.cast.is_empty();
    if known && column.r#type.kind != ColumnKind::Json {
        return Err(column.unsupported(text!(
            "le registre regarde à l'intérieur, et son type n'est ni json ni jsonb",
            "the register looks inside it, and its type is neither json nor jsonb"
        )));
    }
    Ok(())
}

/// A cast to the type of a column.
pub(super) fn cast(value: &str, column: &Column) -> String {
    if column.r#type.cast.is_empty() {
        return value.to_owned();
    }
    format!("CAST({value} AS {})", column.r#type.cast)
}

/// The path inside JSON.
fn path(column: &Column) -> String {
    let keys: Vec<_> = column
        .inside
        .iter()
        .map(|key| Postgres.literal(&Value::Text(key.clone())))
        .collect();
    format!("ARRAY[{}]", keys.join(", "))
}

/// JSON with one value replaced where it exists. NULL becomes the null of JSON: `jsonb_set` would make the whole NULL.
fn set_inside(json: &str, path: &str, value: &str) -> String {
    let set = format!("jsonb_set({json}, {path}, coalesce({value}, CAST('null' AS jsonb)), false)");
    where_it_leads(json, path, &set)
}

/// A change inside JSON, only where the path leads somewhere: a list on the way would be an error.
fn where_it_leads(json: &str, path: &str, changed: &str) -> String {
    format!("(CASE WHEN {json} #> {path} IS NOT NULL THEN {changed} ELSE {json} END)")
}

//! What MariaDB writes in its own way.
//!
//! A collation may take `é` for `e`, capitals for small letters and trailing spaces for nothing. Equality with a constant
//! and between linked columns follows the column, as foreign keys and the application's own queries do; keys, promises
//! and everything that is ordered are compared byte by byte, as text in `utf8mb4` (see [`exact`]).

use jiff::civil::{Date, DateTime};
use serment_store::catalogue::{ColumnKind, TableName};
use serment_store::condition::{Alias, Constant, Key, Operator, PostCondition, TimeForm, TimeTest};
use serment_store::query::{NewValue, Strength};
use serment_store::{Failure, text};

use super::{keys, time, value};
use crate::print::keys::{is_number, is_uuid};
use crate::print::{
    Binder, Column, Delete, Deletion, Dialect, Sides, Sql, UpdateEach, Value, orders, row, symbol,
};
use crate::refusal;

/// MariaDB.
pub(crate) struct Mariadb;

impl Dialect for Mariadb {
    fn quoted(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn table(&self, table: &TableName) -> String {
        match &table.schema {
            Some(schema) => format!("{}.{}", self.quoted(schema), self.quoted(&table.name)),
            None => self.quoted(&table.name),
        }
    }

    /// The number between two signs that no name holds: see [`positional`].
    fn placeholder(&self, position: usize, _value: &Value) -> String {
        format!("\0{position}\0")
    }

    /// A backslash means something or nothing, as `sql_mode` says: text that has one is written by its bytes.
    fn literal(&self, value: &Value) -> String {
        match value {
            Value::Text(text) if text.contains(['\\', '\0']) => {
                let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
                format!("_utf8mb4 x'{hex}'")
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
        if !column.inside.is_empty() {
            return json_sides(bind, column, constant);
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
            (ColumnKind::Text, Constant::Text(text)) => {
                let text = bind.text(text);
                plain(if order { exact(&c) } else { c }, text)
            }
            (ColumnKind::Text | ColumnKind::Uuid, _) if !matches!(constant, Constant::Text(_)) => {
                Err(refusal::wants_quotes(column))
            }
            (ColumnKind::Integer | ColumnKind::Number | ColumnKind::Boolean, Constant::Integer(number)) => {
                plain(c, bind.bind(Value::Integer(*number)))
            }
            (ColumnKind::Integer | ColumnKind::Boolean, Constant::Boolean(yes)) => {
                plain(c, bind.bind(Value::Integer(i64::from(*yes))))
            }
            (ColumnKind::Integer | ColumnKind::Number, Constant::Decimal(text) | Constant::Text(text)) => {
                if !is_number(text) {
                    return Err(refusal::no_number(column));
                }
                let text = bind.text(text);
                plain(c, format!("CAST({text} AS decimal(65,30))"))
            }
            (ColumnKind::Uuid, Constant::Text(text)) => {
                if !is_uuid(text) {
                    return Err(refusal::no_uuid(column));
                }
                let text = bind.text(text);
                plain(c, cast(&text, column))
            }
            (ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant, Constant::Text(text)) => {
                let readable = text.parse::<Date>().is_ok() || text.parse::<DateTime>().is_ok();
                if !readable {
                    return Err(column.unsupported(text!(
                        "elle contient des dates et le registre la compare à un autre texte",
                        "it holds times and the register compares it with other text"
                    )));
                }
                let text = bind.text(text);
                plain(c, cast(&text, column))
            }
            (ColumnKind::Inet, Constant::Text(text)) if !order => plain(c, bind.text(text)),
            (ColumnKind::Other, Constant::Text(text))
                if column.r#type.cast.is_empty() || is_listed(column) =>
            {
                let text = bind.text(text);
                plain(if order { exact(&c) } else { c }, text)
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

    fn operator(&self, _column: &Column, op: Operator) -> String {
        symbol(op).to_owned()
    }

    fn columns(&self, left: &Column, op: Operator, right: &Column) -> Result<String, Failure> {
        let (a, b) = (family(left), family(right));
        if a != b && a != Family::Unknown && b != Family::Unknown {
            return Err(refusal::of_another_sort(left, right));
        }
        let (l, r) = if orders(op) && a == Family::Text {
            (text_of(left)?, text_of(right)?)
        } else {
            self.link(left, right)?
        };
        let text = format!("({l} {} {r})", symbol(op));
        Ok(match a {
            Family::Times => format!(
                "(CASE WHEN {} AND {} THEN {text} END)",
                time::exists(&left.sql),
                time::exists(&right.sql)
            ),
            _ => text,
        })
    }

    fn link(&self, inner: &Column, outer: &Column) -> Result<(String, String), Failure> {
        let same = match (family(inner), family(outer)) {
            (Family::Text, Family::Text) => {
                inner.r#type.collation == outer.r#type.collation
                    && inner.inside.is_empty()
                    && outer.inside.is_empty()
            }
            (a, b) => a == b || a == Family::Unknown || b == Family::Unknown,
        };
        if same {
            return Ok((value_of(inner)?, value_of(outer)?));
        }
        Ok((text_of(inner)?, text_of(outer)?))
    }

    /// `IS NULL` would find `0000-00-00` in columns that are NOT NULL.
    fn is_null(&self, column: &Column) -> Result<String, Failure> {
        if !column.inside.is_empty() {
            require_json(column)?;
            // What is not JSON is a value that we cannot look into, not an absent one.
            return Ok(format!(
                "(CASE WHEN JSON_VALID({0}) THEN COALESCE({1}, 'NULL') = 'NULL' ELSE {0} IS NULL END)",
                column.sql,
                sort_of(column)
            ));
        }
        Ok(match family(column) {
            Family::Times => format!("({} <=> NULL)", column.sql),
            _ => format!("({} IS NULL)", column.sql),
        })
    }

    fn key_array(&self, columns: &[Column]) -> Result<String, Failure> {
        keys::array(columns).map(|parts| self.array(&parts))
    }

    /// Enumerations sort by the number of their values, and compare by their text.
    fn order(&self, column: &Column) -> Result<String, Failure> {
        if is_listed(column) {
            return text_of(column);
        }
        Ok(column.sql.clone())
    }

    fn key_after(&self, bind: &mut Binder<'_>, columns: &[Column], key: &Key) -> Result<String, Failure> {
        keys::after(self, bind, columns, key)
    }

    fn key_in(&self, bind: &mut Binder<'_>, columns: &[Column], keys: &[Key]) -> Result<String, Failure> {
        keys::one_of(bind, columns, keys)
    }

    fn array(&self, parts: &[String]) -> String {
        format!("JSON_ARRAY({})", parts.join(", "))
    }

    fn read(&self, column: &Column) -> Result<String, Failure> {
        let c = &column.sql;
        if !column.inside.is_empty() {
            require_json(column)?;
            return Ok(extracted(column));
        }
        Ok(match column.r#type.kind {
            ColumnKind::Integer | ColumnKind::Boolean => number_of(column)?,
            ColumnKind::Number => c.clone(),
            ColumnKind::Json => json(&format!(
                "CASE WHEN JSON_VALID({c}) THEN {} ELSE {} END",
                exact(c),
                exact(&format!("JSON_QUOTE({c})"))
            )),
            _ => text_of(column)?,
        })
    }

    fn text(&self, column: &Column) -> Result<String, Failure> {
        text_of(column)
    }

    fn time(
        &self,
        bind: &mut Binder<'_>,
        column: &Column,
        written: TimeForm,
        test: &TimeTest,
        positive: bool,
    ) -> Result<String, Failure> {
        time::test(bind, column, written, test, positive)
    }

    fn time_text(&self, column: &Column, written: TimeForm) -> Result<String, Failure> {
        time::text(column, written)
    }

    fn time_seconds(&self, column: &Column, written: TimeForm) -> Result<String, Failure> {
        time::seconds(column, written)
    }

    fn kept_apart(&self) -> &'static str {
        "LIMIT 18446744073709551615"
    }

    /// GREATEST is NULL as soon as one of its arguments is.
    fn greatest(&self, parts: &[String]) -> String {
        const LEAST: i64 = i64::MIN + 1;
        match parts {
            [] => "NULL".into(),
            [one] => one.clone(),
            several => {
                let known: Vec<_> = several
                    .iter()
                    .map(|part| format!("COALESCE({part}, {LEAST})"))
                    .collect();
                format!("NULLIF(GREATEST({}), {LEAST})", known.join(", "))
            }
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
        let changed = match new {
            NewValue::Null => format!("JSON_REMOVE({}, {})", column.sql, path(column)?),
            other => {
                let value = value::new(bind, column, other)?;
                format!("JSON_REPLACE({}, {}, {value})", column.sql, path(column)?)
            }
        };
        Ok(if_json(column, &changed))
    }

    /// A table may not be read by the DELETE that changes it, save in a derived table, which is computed before.
    /// And foreign keys are tested row by row: of rows that refer to one another, those go first that nothing refers to.
    fn delete(&self, parts: Delete<'_>) -> Result<Deletion, Failure> {
        let (table, row) = (self.table(parts.table), row(parts.alias));
        if !parts.reads_itself && parts.own_links.is_empty() {
            return Ok(Deletion {
                leaves: None,
                unlink: None,
                rows: format!("DELETE {row} FROM {table} AS {row}\nWHERE {}", parts.filter),
            });
        }
        if parts.primary_key.is_empty() {
            let table = crate::schema::shown(parts.table);
            return Err(Failure::Unsupported(text!(
                "la table {table} n'a pas de clé primaire, qu'il faut à MariaDB pour effacer des lignes qui dépendent d'autres \
                 de ses lignes",
                "table {table} has no primary key, which MariaDB needs to delete rows that depend on other rows of it"
            )));
        }
        let key: Vec<_> = parts.primary_key.iter().map(|name| self.quoted(name)).collect();
        let named = |name: &str| -> Vec<String> { key.iter().map(|part| format!("{name}.{part}")).collect() };
        let pairs = |left: &str, right: &str| -> String {
            let pairs: Vec<_> = key
                .iter()
                .map(|part| format!("{left}.{part} = {right}.{part}"))
                .collect();
            pairs.join(" AND ")
        };
        let due = |more: &str| {
            format!(
                "JOIN (SELECT {} FROM {table} AS {row}\nWHERE {}{more}\nLIMIT {ALL}) AS due ON {}",
                named(&row).join(", "),
                parts.filter,
                pairs(&row, "due")
            )
        };
        let rows = |more: &str| format!("DELETE {row} FROM {table} AS {row}\n{}", due(more));
        let unreferred: String = parts
            .own_links
            .iter()
            .map(|link| {
                let on: Vec<_> = link
                    .columns
                    .iter()
                    .map(|(ours, theirs)| {
                        format!("referring.{} = {row}.{}", self.quoted(ours), self.quoted(theirs))
                    })
                    .collect();
                format!(
                    " AND NOT EXISTS (SELECT 1 FROM {table} AS referring WHERE {})",
                    on.join(" AND ")
                )
            })
            .collect();
        let loosened: Option<Vec<_>> = parts
            .own_links
            .iter()
            .map(|link| Some(format!("{row}.{} = NULL", self.quoted(link.nullable.as_ref()?))))
            .collect();
        let unlink = loosened
            .filter(|set| !set.is_empty())
            .map(|set| format!("UPDATE {table} AS {row}\n{}\nSET {}", due(""), set.join(", ")));
        Ok(Deletion {
            leaves: (!unreferred.is_empty()).then(|| rows(&unreferred)),
            unlink,
            rows: rows(""),
        })
    }

    /// Written as a join, which makes the server look the keys up; alone, it would read every row and try each key.
    fn update(&self, table: &TableName, alias: Alias, set: &[(String, String)], filter: &str) -> String {
        let row = row(alias);
        let set: Vec<_> = set
            .iter()
            .map(|(name, value)| format!("{row}.{} = {value}", self.quoted(name)))
            .collect();
        format!(
            "UPDATE {} AS {row} JOIN (SELECT 1) AS one\nSET {}\nWHERE {filter}",
            self.table(table),
            set.join(",\n  ")
        )
    }

    fn update_each(&self, parts: UpdateEach<'_>, bind: &mut Binder<'_>) -> Result<String, Failure> {
        let (column, row) = (parts.column, row(parts.alias));
        let mut rows = Vec::new();
        for (key, value) in parts.values {
            if let Some(mut object) = keys::object(parts.key, key)? {
                object.insert("new".into(), value.clone());
                rows.push(serde_json::Value::Object(object));
            }
        }
        let inside = !column.inside.is_empty();
        let new = if inside { "new json" } else { "new longtext" };
        let given = keys::given(bind, parts.key, &rows, &[&format!("{new} PATH '$.new'")])?;
        let mut set = vec![format!(
            "{row}.{} = {}",
            self.quoted(&column.column),
            if inside {
                require_json(column)?;
                let new = json("COALESCE(given.new, 'null')");
                if_json(
                    column,
                    &format!("JSON_REPLACE({}, {}, {new})", column.sql, path(column)?),
                )
            } else {
                "given.new".into()
            }
        )];
        set.extend(parts.kept.iter().map(|column| format!("{0} = {0}", column.sql)));
        Ok(format!(
            "UPDATE {given} AS given JOIN {} AS {row} ON {}\nSET {}\nWHERE {}",
            parts.table,
            keys::same_as_given(parts.key)?.join(" AND "),
            set.join(", "),
            parts.filter,
        ))
    }

    fn row_lock(&self, _alias: Alias, strength: Strength) -> Option<String> {
        // Tables of subqueries are not locked: nothing has to be named.
        Some(match strength {
            Strength::Change => "FOR UPDATE".into(),
            Strength::Read => "LOCK IN SHARE MODE".into(),
        })
    }

    /// The lock of a table is that of what a transaction reads in it.
    fn table_lock(&self, _table: &TableName) -> String {
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE".into()
    }

    fn progress_columns(&self) -> &'static str {
        "(run varchar(190) NOT NULL, step varchar(190) NOT NULL, batch bigint NOT NULL, counts longtext NOT NULL, \
         PRIMARY KEY (run, step)) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    }
}

/// A number that no table reaches: a LIMIT keeps a derived table apart.
const ALL: u64 = u64::MAX;

/// A statement with `?` for each value in the order in which they stand, as the protocol wants them: printing numbers
/// them in the order in which they were bound, and may name one twice.
pub(super) fn positional(sql: Sql) -> Sql {
    let mut text = String::with_capacity(sql.text.len());
    let mut values = Vec::new();
    for (position, part) in sql.text.split('\0').enumerate() {
        if position % 2 == 0 {
            text.push_str(part);
            continue;
        }
        let value = part
            .parse::<usize>()
            .ok()
            .and_then(|number| sql.values.get(number.checked_sub(1)?));
        values.extend(value.cloned());
        text.push('?');
    }
    Sql { text, values }
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
        ColumnKind::Integer | ColumnKind::Number | ColumnKind::Boolean => Family::Numbers,
        ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant => Family::Times,
        ColumnKind::Other if column.r#type.cast.is_empty() => Family::Unknown,
        ColumnKind::Other if is_listed(column) => Family::Text,
        kind => Family::Alone(kind),
    }
}

/// An enumeration or a set of listed values.
pub(super) fn is_listed(column: &Column) -> bool {
    matches!(column.r#type.cast.as_str(), "enum" | "set")
}

/// Text as it is: in one character set, compared byte by byte, trailing spaces and all.
pub(super) fn exact(text: &str) -> String {
    format!("CONVERT({text} USING utf8mb4) COLLATE utf8mb4_nopad_bin")
}

/// JSON text as a part of a JSON array.
pub(super) fn json(text: &str) -> String {
    format!("JSON_EXTRACT({text}, '$')")
}

/// The value of a column, or of the place inside its JSON as text; NULL where there is none.
pub(super) fn value_of(column: &Column) -> Result<String, Failure> {
    if column.inside.is_empty() {
        return Ok(column.sql.clone());
    }
    require_json(column)?;
    path(column)?;
    Ok(format!(
        "(CASE WHEN {} <> 'NULL' THEN {} END)",
        sort_of(column),
        exact(&format!("JSON_UNQUOTE({})", extracted(column)))
    ))
}

/// The value as exact text, whatever its type.
pub(super) fn text_of(column: &Column) -> Result<String, Failure> {
    if !column.inside.is_empty() {
        return value_of(column);
    }
    let c = &column.sql;
    Ok(match column.r#type.kind {
        ColumnKind::Bytes => exact(&format!("LOWER(HEX({c}))")),
        ColumnKind::Boolean | ColumnKind::Integer => exact(&format!("CAST({} AS char)", number_of(column)?)),
        ColumnKind::Other if is_spatial(column) => exact(&format!("ST_ASTEXT({c})")),
        ColumnKind::Text | ColumnKind::Json => exact(c),
        _ => exact(&format!("CAST({c} AS char)")),
    })
}

/// The value as a number: of a numeric column, or of a JSON number. Columns that are shown with leading zeros, and bits,
/// are numbers only when made so.
pub(super) fn number_of(column: &Column) -> Result<String, Failure> {
    let c = &column.sql;
    if column.inside.is_empty() {
        return Ok(match column.r#type.cast.as_str() {
            "bigint unsigned" if column.r#type.kind == ColumnKind::Integer => {
                format!("CAST({c} AS unsigned)")
            }
            "bit" => format!("({c} + 0)"),
            _ => c.clone(),
        });
    }
    require_json(column)?;
    path(column)?;
    Ok(format!(
        "(CASE WHEN {} IN ('INTEGER', 'DOUBLE') THEN CAST(JSON_UNQUOTE({}) AS decimal(65,15)) END)",
        sort_of(column),
        extracted(column)
    ))
}

fn is_spatial(column: &Column) -> bool {
    matches!(
        column.r#type.cast.as_str(),
        "geometry"
            | "point"
            | "linestring"
            | "polygon"
            | "multipoint"
            | "multilinestring"
            | "multipolygon"
            | "geometrycollection"
    )
}

fn json_sides(bind: &mut Binder<'_>, column: &Column, constant: &Constant) -> Result<Sides, Failure> {
    require_json(column)?;
    path(column)?;
    let sort = sort_of(column);
    let (left, right, sorts) = match constant {
        Constant::Text(text) => (value_of(column)?, bind.text(text), "= 'STRING'"),
        Constant::Integer(number) => (
            number_of(column)?,
            bind.bind(Value::Integer(*number)),
            "IN ('INTEGER', 'DOUBLE')",
        ),
        Constant::Decimal(text) => {
            let text = bind.text(text);
            (
                number_of(column)?,
                format!("CAST({text} AS decimal(65,30))"),
                "IN ('INTEGER', 'DOUBLE')",
            )
        }
        Constant::Boolean(yes) => (
            value_of(column)?,
            bind.text(if *yes { "true" } else { "false" }),
            "= 'BOOLEAN'",
        ),
    };
    Ok(Sides {
        left,
        right,
        guard: Some(format!("{sort} {sorts}")),
    })
}

pub(super) fn require_json(column: &Column) -> Result<(), Failure> {
    let text = matches!(column.r#type.kind, ColumnKind::Json | ColumnKind::Text);
    if !text && !column.r#type.cast.is_empty() {
        return Err(column.unsupported(text!(
            "le registre regarde à l'intérieur, et son type n'est ni json ni texte",
            "the register looks inside it, and its type is neither json nor text"
        )));
    }
    path(column).map(drop)
}

/// What stands at the place inside JSON, as JSON; NULL where that is not JSON. The path was found to be printable.
fn extracted(column: &Column) -> String {
    format!(
        "JSON_EXTRACT(CASE WHEN JSON_VALID({0}) THEN {0} END, {1})",
        column.sql,
        path(column).unwrap_or_default()
    )
}

/// The sort of what stands there.
fn sort_of(column: &Column) -> String {
    format!("JSON_TYPE({})", extracted(column))
}

/// A change inside JSON; what is not JSON stays.
fn if_json(column: &Column, changed: &str) -> String {
    format!(
        "(CASE WHEN JSON_VALID({0}) THEN {1} ELSE {2} END)",
        column.sql,
        exact(changed),
        exact(&column.sql)
    )
}

/// A cast to the type of a column.
pub(super) fn cast(value: &str, column: &Column) -> String {
    match column.r#type.cast.as_str() {
        "" => value.to_owned(),
        "bigint" => format!("CAST({value} AS signed)"),
        "bigint unsigned" | "bit" => format!("CAST({value} AS unsigned)"),
        kind if kind.starts_with("decimal") || kind.starts_with("datetime") => {
            format!("CAST({value} AS {kind})")
        }
        kind @ ("double" | "date" | "uuid") => format!("CAST({value} AS {kind})"),
        _ => value.to_owned(),
    }
}

/// The path inside JSON as a literal.
fn path(column: &Column) -> Result<String, Failure> {
    let mut path = String::from("$");
    for key in &column.inside {
        if key.contains(['"', '\\', '\0', '*']) {
            return Err(column.unsupported(text!(
                "une clé de son JSON contient un guillemet, une barre oblique inverse ou une étoile, que MariaDB ne sait pas \
                 nommer",
                "a key of its JSON holds a quote, a backslash or a star, which MariaDB cannot name"
            )));
        }
        path.push_str(&format!(".\"{key}\""));
    }
    Ok(Mariadb.literal(&Value::Text(path)))
}

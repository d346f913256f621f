//! The catalogue of SQLite: its pragmas, and the text of definitions where no pragma tells.

use std::collections::BTreeMap;

use serment_store::catalogue::{
    Action, Catalogue, Column, ColumnKind, ForeignKey, Privileges, Table, TableKind, TableName, Trigger,
};
use serment_store::{Failure, Role};
use sqlx::{Row as _, SqliteConnection};

use super::error::classify;
use crate::definition;
use crate::schema::{ColumnType, Columns};

type Rows = Vec<sqlx::sqlite::SqliteRow>;

/// Reads these tables. Costs a few pragmas per table of the database, whatever their size; without statistics
/// (`ANALYZE`) the size of a table is read from its last row number.
pub(super) async fn read(
    connection: &mut SqliteConnection,
    tables: &[TableName],
    role: Role,
    file: &str,
) -> Result<Catalogue, Failure> {
    let server: String = scalar(connection, "SELECT 'SQLite ' || sqlite_version()").await?;
    let enforced: i64 = scalar(connection, "PRAGMA foreign_keys").await?;
    let foreign_keys = foreign_keys(connection, enforced == 1, tables).await?;
    let mut catalogue = Catalogue {
        server,
        database: file.to_owned(),
        standby: false,
        role: None,
        ..Catalogue::default()
    };
    for name in tables {
        if let Some(table) = table(connection, name, role, &foreign_keys).await? {
            catalogue.tables.insert(name.clone(), table);
        }
    }
    catalogue.referenced_by = foreign_keys
        .iter()
        .filter(|key| catalogue.tables.keys().any(|table| same(table, &key.target)))
        .cloned()
        .collect();
    Ok(catalogue)
}

/// The columns of a table, for printing; an error when the table does not exist.
pub(super) async fn column_types(
    connection: &mut SqliteConnection,
    table: &TableName,
) -> Result<Columns, Failure> {
    let found = find(connection, table).await?;
    let (real, ..) = found.ok_or_else(|| crate::schema::missing(table))?;
    let read = read_columns(connection, &real, false).await?;
    Ok(read
        .iter()
        .map(|column| (column.0.name.clone(), printed(&column.0, column.1)))
        .collect())
}

/// The columns of a table that was read whole.
pub(super) fn columns(table: &Table) -> Columns {
    let row_number = |column: &Column| is_row_number(column, &table.primary_key);
    table
        .columns
        .iter()
        .map(|column| (column.name.clone(), printed(column, row_number(column))))
        .collect()
}

fn printed(column: &Column, row_number: bool) -> ColumnType {
    ColumnType {
        kind: column.kind,
        cast: column.sql_type.clone(),
        whole_numbers: row_number,
        ..ColumnType::unknown()
    }
}

/// An INTEGER PRIMARY KEY is the number of the row: the one column that SQLite keeps to whole numbers. (A table WITHOUT
/// ROWID holds what it is given; the two are told apart where the table is read.)
fn is_row_number(column: &Column, primary_key: &[String]) -> bool {
    !column.nullable
        && column.sql_type.eq_ignore_ascii_case("INTEGER")
        && primary_key.len() == 1
        && primary_key[0] == column.name
        && column.kind == ColumnKind::Integer
}

/// Name as the file has it, sort of table, whether it has no row numbers, definition.
type Found = (String, TableKind, bool, String);

async fn find(connection: &mut SqliteConnection, table: &TableName) -> Result<Option<Found>, Failure> {
    if table
        .schema
        .as_deref()
        .is_some_and(|schema| !schema.eq_ignore_ascii_case("main"))
    {
        return Ok(None);
    }
    let text = "SELECT l.name, l.type, l.wr, coalesce(s.sql, '') FROM pragma_table_list(?1) AS l \
                LEFT JOIN sqlite_schema AS s ON s.name = l.name AND s.type IN ('table', 'view') \
                WHERE l.schema = 'main'";
    let rows = all(connection, text, Some(&table.name)).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let kind: String = get(row, 1)?;
    let kind = match kind.as_str() {
        "view" => TableKind::View,
        "virtual" | "shadow" => TableKind::Foreign,
        _ => TableKind::Table,
    };
    let without_row_number: i64 = get(row, 2)?;
    Ok(Some((get(row, 0)?, kind, without_row_number == 1, get(row, 3)?)))
}

async fn table(
    connection: &mut SqliteConnection,
    name: &TableName,
    role: Role,
    foreign_keys: &[ForeignKey],
) -> Result<Option<Table>, Failure> {
    let Some((real, kind, without_row_number, definition)) = find(connection, name).await? else {
        return Ok(None);
    };
    let columns = read_columns(connection, &real, without_row_number).await?;
    let mut primary_key: Vec<(i64, String)> = columns
        .iter()
        .filter(|column| column.2 > 0)
        .map(|column| (column.2, column.0.name.clone()))
        .collect();
    primary_key.sort();
    let columns: Vec<Column> = columns.into_iter().map(|column| column.0).collect();
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let writable = role == Role::Write && kind == TableKind::Table;
    Ok(Some(Table {
        kind,
        checks: definition::checks(&definition, &names),
        primary_key: primary_key.into_iter().map(|(_, name)| name).collect(),
        unique: unique(connection, &real).await?,
        foreign_keys: foreign_keys
            .iter()
            .filter(|key| same(&key.table, name))
            .cloned()
            .collect(),
        triggers: triggers(connection, &real).await?,
        rules: Vec::new(),
        row_security: false,
        hindrances: Vec::new(),
        inherited_by: Vec::new(),
        inherits: Vec::new(),
        privileges: Privileges {
            select: true,
            update: writable,
            delete: writable,
            lock: writable,
        },
        shadows: shadows(connection, &real).await?,
        estimated_rows: estimate(connection, &real, kind, without_row_number).await?,
        columns,
    }))
}

/// Columns with whether they are the row number, and their place in the primary key (0 for none).
async fn read_columns(
    connection: &mut SqliteConnection,
    table: &str,
    without_row_number: bool,
) -> Result<Vec<(Column, bool, i64)>, Failure> {
    let text = "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1)";
    let rows = all(connection, text, Some(table)).await?;
    let mut columns = Vec::new();
    for row in &rows {
        let (name, sql_type): (String, String) = (get(row, 0)?, get(row, 1)?);
        let (not_null, place, hidden): (i64, i64, i64) = (get(row, 2)?, get(row, 3)?, get(row, 4)?);
        if hidden == 1 {
            continue;
        }
        let kind = kind(&sql_type);
        let generated = hidden == 2 || hidden == 3;
        columns.push((
            Column {
                name,
                sql_type,
                kind,
                max_length: None,
                nullable: not_null == 0,
                generated,
            },
            false,
            place,
        ));
    }
    let parts = columns.iter().filter(|column| column.2 > 0).count();
    for column in columns.iter_mut().filter(|column| column.2 > 0) {
        let row_number =
            parts == 1 && !without_row_number && column.0.sql_type.eq_ignore_ascii_case("INTEGER");
        column.1 = row_number;
        column.0.nullable &= !row_number && !without_row_number;
    }
    Ok(columns)
}

/// What a declared type can hold, by its name. SQLite itself only prefers: see the dialect for what is made of it.
pub(super) fn kind(sql_type: &str) -> ColumnKind {
    let name = sql_type.to_ascii_uppercase();
    let has = |part: &str| name.contains(part);
    let is = |word: &str| name.split(['(', ' ']).next() == Some(word);
    if is("BOOLEAN") || is("BOOL") {
        ColumnKind::Boolean
    } else if is("DATE") {
        ColumnKind::Date
    } else if is("TIMESTAMPTZ") || (is("TIMESTAMP") && has("WITH TIME ZONE") && !has("WITHOUT")) {
        ColumnKind::Instant
    } else if is("DATETIME") || is("TIMESTAMP") {
        ColumnKind::LocalTime
    } else if is("UUID") {
        ColumnKind::Uuid
    } else if is("JSON") {
        ColumnKind::Json
    } else if is("INET") {
        ColumnKind::Inet
    } else if has("INT") {
        ColumnKind::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        ColumnKind::Text
    } else if has("BLOB") {
        ColumnKind::Bytes
    } else if has("REAL") || has("FLOA") || has("DOUB") || is("NUMERIC") || is("DECIMAL") {
        ColumnKind::Number
    } else {
        ColumnKind::Other
    }
}

async fn unique(connection: &mut SqliteConnection, table: &str) -> Result<Vec<Vec<String>>, Failure> {
    let text = "SELECT i.name, c.name FROM pragma_index_list(?1) AS i, pragma_index_info(i.name) AS c \
                WHERE i.\"unique\" = 1 AND i.partial = 0 ORDER BY i.seq, c.seqno";
    let mut sets: Vec<(String, Vec<Option<String>>)> = Vec::new();
    for row in &all(connection, text, Some(table)).await? {
        let (index, column): (String, Option<String>) = (get(row, 0)?, get(row, 1)?);
        match sets.last_mut().filter(|set| set.0 == index) {
            Some(set) => set.1.push(column),
            None => sets.push((index, vec![column])),
        }
    }
    // An index on an expression keeps no column unique.
    Ok(sets
        .into_iter()
        .filter_map(|(_, columns)| columns.into_iter().collect())
        .collect())
}

async fn triggers(connection: &mut SqliteConnection, table: &str) -> Result<Vec<Trigger>, Failure> {
    let text = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE ORDER BY name";
    let mut found = Vec::new();
    for row in &all(connection, text, Some(table)).await? {
        let source: String = get(row, 1)?;
        let (on_delete, on_update) = definition::trigger_events(&source);
        found.push(Trigger {
            name: get(row, 0)?,
            on_delete,
            on_update,
            source,
            hidden_from_readers: false,
        });
    }
    Ok(found)
}

async fn shadows(connection: &mut SqliteConnection, table: &str) -> Result<Vec<String>, Failure> {
    let text = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' ORDER BY name";
    let mut found = Vec::new();
    for row in &all(connection, text, None).await? {
        let (name, source): (String, String) = (get(row, 0)?, get(row, 1)?);
        if definition::indexed_table(&source).is_some_and(|indexed| indexed.eq_ignore_ascii_case(table)) {
            found.push(format!("full-text table {name}"));
        }
    }
    Ok(found)
}

/// Foreign keys of every table of the file. A key without named target columns means the primary key. Names of tables
/// are those asked for where only case differs.
async fn foreign_keys(
    connection: &mut SqliteConnection,
    enforced: bool,
    asked: &[TableName],
) -> Result<Vec<ForeignKey>, Failure> {
    let text = "SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_delete, f.on_update, m.sql \
                FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' \
                ORDER BY m.name, f.id, f.seq";
    let mut keys: BTreeMap<(String, i64), ForeignKey> = BTreeMap::new();
    let rows: Rows = all(connection, text, None).await?;
    for row in &rows {
        let (holder, number, target): (String, i64, String) = (get(row, 0)?, get(row, 1)?, get(row, 2)?);
        let (ours, theirs): (String, Option<String>) = (get(row, 3)?, get(row, 4)?);
        let (on_delete, on_update, definition): (String, String, String) =
            (get(row, 5)?, get(row, 6)?, get(row, 7)?);
        let key = keys
            .entry((holder.clone(), number))
            .or_insert_with(|| ForeignKey {
                name: number.to_string(),
                table: named(&holder, asked),
                columns: Vec::new(),
                target: named(&target, asked),
                target_columns: Vec::new(),
                on_delete: action(&on_delete),
                on_update: action(&on_update),
                deferrable: definition::defers(&definition),
                enforced,
            });
        key.columns.push(ours);
        key.target_columns.extend(theirs);
    }
    let mut keys: Vec<ForeignKey> = keys.into_values().collect();
    for key in keys.iter_mut().filter(|key| key.target_columns.is_empty()) {
        let mut parts: Vec<(i64, String)> = read_columns(connection, &key.target.name, false)
            .await?
            .into_iter()
            .filter(|column| column.2 > 0)
            .map(|column| (column.2, column.0.name))
            .collect();
        parts.sort();
        key.target_columns = parts.into_iter().map(|(_, name)| name).collect();
    }
    Ok(keys)
}

fn named(name: &str, asked: &[TableName]) -> TableName {
    let found = TableName {
        schema: None,
        name: name.to_owned(),
    };
    asked
        .iter()
        .find(|table| same(table, &found))
        .cloned()
        .unwrap_or(found)
}

/// SQLite tells names apart without regard to the case of ASCII letters; there is one schema.
fn same(one: &TableName, other: &TableName) -> bool {
    one.name.eq_ignore_ascii_case(&other.name)
}

fn action(text: &str) -> Action {
    match text {
        "CASCADE" => Action::Cascade,
        "RESTRICT" => Action::Restrict,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

async fn estimate(
    connection: &mut SqliteConnection,
    table: &str,
    kind: TableKind,
    without_row_number: bool,
) -> Result<u64, Failure> {
    if kind != TableKind::Table {
        return Ok(0);
    }
    let quoted = crate::print::quoted(table);
    let text = if without_row_number {
        format!("SELECT count(*) FROM main.{quoted}")
    } else {
        format!("SELECT coalesce(max(rowid), 0) FROM main.{quoted}")
    };
    let rows: i64 = scalar(connection, &text).await?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

async fn all(connection: &mut SqliteConnection, text: &str, value: Option<&str>) -> Result<Rows, Failure> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(text.to_owned()));
    if let Some(value) = value {
        query = query.bind(value.to_owned());
    }
    query
        .fetch_all(connection)
        .await
        .map_err(|error| classify(&error))
}

async fn scalar<T>(connection: &mut SqliteConnection, text: &str) -> Result<T, Failure>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
{
    let query = sqlx::query(sqlx::AssertSqlSafe(text.to_owned()));
    let row = query
        .fetch_one(connection)
        .await
        .map_err(|error| classify(&error))?;
    get(&row, 0)
}

fn get<'r, T>(row: &'r sqlx::sqlite::SqliteRow, column: usize) -> Result<T, Failure>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(|error| classify(&error))
}

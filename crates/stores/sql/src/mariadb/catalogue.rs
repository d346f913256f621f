//! The catalogue of MariaDB, read from `information_schema`. Costs about ten short queries per table, and one that looks at
//! the foreign keys of the whole server.

mod keys;
mod privileges;

use serde_json::Value;
use serment_store::catalogue::{
    Catalogue, Check, Column, ColumnKind, Hindrance, Table, TableKind, TableName, Trigger,
};
use serment_store::{Failure, Role};
use sqlx::{MySqlConnection, Row as _};

use super::Mariadb;
use super::error::classify;
use crate::print::Dialect;
use crate::refusal;
use crate::schema::{ColumnType, Columns};

/// The engine on which batches rely: row locks, rollback, foreign keys.
const ENGINE: &str = "InnoDB";

/// Which table a query of `information_schema` is about: it takes `é` for `e` there, and the server may not.
macro_rules! of_table {
    ($schema:literal, $name:literal) => {
        concat!(
            $schema,
            " = COALESCE(NULLIF(?, ''), DATABASE()) AND ",
            $name,
            " = ? AND (@@lower_case_table_names > 0 OR CAST(",
            $name,
            " AS binary) = CAST(? AS binary))"
        )
    };
}
use of_table;

/// Reads these tables.
pub(super) async fn read(
    connection: &mut MySqlConnection,
    tables: &[TableName],
    role: Role,
) -> Result<Catalogue, Failure> {
    let text = "SELECT JSON_ARRAY(SUBSTRING_INDEX(VERSION(), '-', 1), CONCAT(DATABASE(), ' on ', @@hostname, ':', @@port), \
         CAST(@@global.read_only AS char) IN ('1', 'ON'), CURRENT_USER(), CAST(@@global.log_bin AS char) IN ('1', 'ON'))";
    let rows = all(connection, text, &[]).await?;
    let about = rows.first().ok_or_else(refusal::unexpected_catalogue)?;
    let mut catalogue = Catalogue {
        server: format!("MariaDB {}", string(about, 0)),
        database: string(about, 1),
        standby: (flag(about, 2) && role == Role::Write) || is_replica(connection).await?,
        role: Some(string(about, 3)),
        ..Catalogue::default()
    };
    let foreign = keys::Foreign::read(connection, tables).await?;
    for name in tables {
        let Some(found) = find(connection, name).await? else {
            continue;
        };
        let mut table = table(connection, name, &found, &foreign).await?;
        if flag(about, 4) && table.kind != TableKind::View {
            table.shadows.push("the binary log of the server".into());
        }
        catalogue.referenced_by.extend(foreign.targeting(name));
        catalogue.tables.insert(name.clone(), table);
    }
    Ok(catalogue)
}

/// The columns of a table, for printing; an error when it does not exist.
pub(super) async fn column_types(
    connection: &mut MySqlConnection,
    table: &TableName,
) -> Result<Columns, Failure> {
    let (read, _) = read_columns(connection, table).await?;
    if read.is_empty() {
        return Err(crate::schema::missing(table));
    }
    let mut columns: Columns = read
        .into_iter()
        .map(|(column, r#type)| (column.name, r#type))
        .collect();
    for (constraint, column, target) in keys::own_links(connection, table).await? {
        if let Some(column) = columns.get_mut(&column) {
            column.own_links.push((constraint, target));
        }
    }
    let (primary, _) = keys::unique(connection, table).await?;
    for (position, name) in primary.iter().enumerate() {
        if let Some(column) = columns.get_mut(name) {
            column.key_part = position + 1;
        }
    }
    Ok(columns)
}

struct Found {
    kind: TableKind,
    versioned: bool,
    engine: String,
    estimated_rows: u64,
}

async fn find(connection: &mut MySqlConnection, table: &TableName) -> Result<Option<Found>, Failure> {
    let text = concat!(
        "SELECT JSON_ARRAY(TABLE_TYPE, COALESCE(ENGINE, ''), COALESCE(CREATE_OPTIONS, ''), TABLE_ROWS) \
         FROM information_schema.TABLES WHERE ",
        of_table!("TABLE_SCHEMA", "TABLE_NAME")
    );
    let rows = of(connection, text, table).await?;
    Ok(rows.first().map(|row| {
        let (r#type, engine) = (string(row, 0), string(row, 1));
        let elsewhere = ["FEDERATED", "CONNECT", "SPIDER", "S3"]
            .iter()
            .any(|name| engine.eq_ignore_ascii_case(name));
        Found {
            kind: match r#type.as_str() {
                "BASE TABLE" | "SYSTEM VERSIONED" if elsewhere => TableKind::Foreign,
                "BASE TABLE" | "SYSTEM VERSIONED" if string(row, 2).contains("partitioned") => {
                    TableKind::Partitioned
                }
                "BASE TABLE" | "SYSTEM VERSIONED" => TableKind::Table,
                "VIEW" => TableKind::View,
                _ => TableKind::Foreign,
            },
            versioned: r#type == "SYSTEM VERSIONED",
            engine,
            estimated_rows: row.get(3).and_then(Value::as_u64).unwrap_or(0),
        }
    }))
}

async fn table(
    connection: &mut MySqlConnection,
    name: &TableName,
    found: &Found,
    foreign: &keys::Foreign,
) -> Result<Table, Failure> {
    let (primary_key, unique) = keys::unique(connection, name).await?;
    let (columns, checks) = read_columns(connection, name).await?;
    let columns: Vec<Column> = columns.into_iter().map(|(column, _)| column).collect();
    let stored = matches!(found.kind, TableKind::Table | TableKind::Partitioned);
    let mut hindrances = Vec::new();
    if stored && !found.engine.eq_ignore_ascii_case(ENGINE) {
        hindrances.push(Hindrance::NoTransactions(found.engine.clone()));
    }
    if found.versioned {
        hindrances.push(Hindrance::KeepsHistory);
    }
    if stored && !foreign.are_seen(name) {
        hindrances.push(Hindrance::HiddenReferrers);
    }
    Ok(Table {
        kind: found.kind,
        privileges: privileges::of(connection, name, found.kind, &columns).await?,
        columns,
        primary_key,
        unique,
        foreign_keys: foreign.held_by(name),
        checks,
        triggers: triggers(connection, name).await?,
        rules: Vec::new(),
        row_security: false,
        hindrances,
        inherited_by: Vec::new(),
        inherits: Vec::new(),
        shadows: keys::full_text(connection, name).await?,
        estimated_rows: found.estimated_rows,
    })
}

/// Columns and checks. JSON is text that a check keeps valid.
async fn read_columns(
    connection: &mut MySqlConnection,
    table: &TableName,
) -> Result<(Vec<(Column, ColumnType)>, Vec<Check>), Failure> {
    let text = concat!(
        "SELECT JSON_ARRAY(COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, IS_NULLABLE, IS_GENERATED, EXTRA, \
         CHARACTER_SET_NAME, COLLATION_NAME) FROM information_schema.COLUMNS WHERE ",
        of_table!("TABLE_SCHEMA", "TABLE_NAME"),
        " ORDER BY ORDINAL_POSITION"
    );
    let rows = of(connection, text, table).await?;
    let names: Vec<String> = rows.iter().map(|row| string(row, 0)).collect();
    let checks = checks(connection, table, &names).await?;
    let columns = rows
        .iter()
        .map(|row| {
            let name = string(row, 0);
            let (written, data_type, extra) = (string(row, 1), string(row, 2), string(row, 6));
            let valid_json = format!("(json_valid({}))", Mariadb.quoted(&name));
            let is_json = checks
                .iter()
                .any(|check| check.source.eq_ignore_ascii_case(&valid_json));
            let kind = match kind(&data_type, &written) {
                ColumnKind::Text if is_json => ColumnKind::Json,
                kind => kind,
            };
            let length = row[3].as_u64().and_then(|length| u32::try_from(length).ok());
            let collation = (!row[8].is_null()).then(|| (string(row, 7), string(row, 8)));
            let column = Column {
                name,
                sql_type: match &collation {
                    Some((_, collation)) => format!("{written} collate {collation}"),
                    None => written.clone(),
                },
                kind,
                max_length: length.filter(|_| kind == ColumnKind::Text),
                nullable: string(row, 4) == "YES",
                generated: string(row, 5) == "ALWAYS" || extra.contains("GENERATED"),
            };
            let r#type = ColumnType {
                kind,
                cast: cast(&data_type, &written),
                whole_numbers: kind == ColumnKind::Integer && data_type != "bit",
                collation,
                length,
                changes_by_itself: extra.to_ascii_lowercase().contains("on update"),
                nullable: column.nullable,
                ..ColumnType::unknown()
            };
            (column, r#type)
        })
        .collect();
    Ok((columns, checks))
}

fn kind(data_type: &str, written: &str) -> ColumnKind {
    match data_type {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => ColumnKind::Integer,
        "bit" if written == "bit(1)" => ColumnKind::Boolean,
        "bit" => ColumnKind::Integer,
        "decimal" | "float" | "double" => ColumnKind::Number,
        "date" => ColumnKind::Date,
        "datetime" => ColumnKind::LocalTime,
        "timestamp" => ColumnKind::Instant,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => ColumnKind::Text,
        "json" => ColumnKind::Json,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => ColumnKind::Bytes,
        "uuid" => ColumnKind::Uuid,
        "inet4" | "inet6" => ColumnKind::Inet,
        _ => ColumnKind::Other,
    }
}

/// The type to cast to, as the dialect knows it.
fn cast(data_type: &str, written: &str) -> String {
    match data_type {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" if written.contains("unsigned") => {
            "bigint unsigned".into()
        }
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => "bigint".into(),
        "decimal" => written.split(' ').next().unwrap_or(written).to_owned(),
        "float" | "double" => "double".into(),
        "datetime" | "timestamp" => "datetime(6)".into(),
        other => other.to_owned(),
    }
}

/// CHECK constraints, which only the definition of a table tells to whoever may read it. One that a column carries has
/// the name of the column.
async fn checks(
    connection: &mut MySqlConnection,
    table: &TableName,
    columns: &[String],
) -> Result<Vec<Check>, Failure> {
    let definition = definition(connection, table).await?;
    let mut checks = crate::definition::checks(&definition, columns);
    for check in &mut checks {
        if let [column] = check.columns.as_slice()
            && check.name.starts_with("check ")
        {
            check.name = column.clone();
        }
    }
    Ok(checks)
}

/// The CREATE TABLE of a table; empty for what is none, and where our role may not read it.
async fn definition(connection: &mut MySqlConnection, table: &TableName) -> Result<String, Failure> {
    let text = format!("SHOW CREATE TABLE {}", Mariadb.table(table));
    let told = sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .fetch_all(connection)
        .await;
    match told.map_err(|error| classify(&error)) {
        Ok(rows) => Ok(rows
            .first()
            .and_then(|row| row.try_get::<String, _>("Create Table").ok())
            .unwrap_or_default()),
        Err(Failure::Privilege(_) | Failure::Missing(_) | Failure::Other(_)) => Ok(String::new()),
        Err(failure) => Err(failure),
    }
}

/// Triggers. Who may change a table sees that it has some; their text needs the TRIGGER privilege.
async fn triggers(connection: &mut MySqlConnection, table: &TableName) -> Result<Vec<Trigger>, Failure> {
    let text = concat!(
        "SELECT JSON_ARRAY(TRIGGER_NAME, EVENT_MANIPULATION, ACTION_TIMING, ACTION_STATEMENT) \
         FROM information_schema.TRIGGERS WHERE ",
        of_table!("EVENT_OBJECT_SCHEMA", "EVENT_OBJECT_TABLE"),
        " ORDER BY TRIGGER_NAME"
    );
    let rows = of(connection, text, table).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let (event, timing) = (string(row, 1), string(row, 2));
            // Said in SQL, which every reader of a source understands.
            let body = row
                .get(3)
                .and_then(Value::as_str)
                .unwrap_or("-- GRANT TRIGGER ON … TO …");
            Trigger {
                name: string(row, 0),
                on_delete: event.contains("DELETE"),
                on_update: event.contains("UPDATE"),
                source: format!("{timing} {event} FOR EACH ROW\n{body}"),
                hidden_from_readers: true,
            }
        })
        .collect())
}

/// Whether changes come from another server, where our role may know.
async fn is_replica(connection: &mut MySqlConnection) -> Result<bool, Failure> {
    let told = sqlx::raw_sql("SHOW ALL SLAVES STATUS")
        .fetch_all(&mut *connection)
        .await;
    match told.map_err(|error| classify(&error)) {
        Ok(rows) => Ok(rows.iter().any(|row| {
            row.try_get::<String, _>("Slave_SQL_Running")
                .is_ok_and(|running| running != "No")
        })),
        Err(Failure::Privilege(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Rows of one JSON array each, about one table; the text has the three marks of [`of_table`].
async fn of(
    connection: &mut MySqlConnection,
    text: &str,
    table: &TableName,
) -> Result<Vec<Vec<Value>>, Failure> {
    let schema = table.schema.as_deref().unwrap_or("");
    all(connection, text, &[schema, &table.name, &table.name]).await
}

/// Rows of one JSON array each; parameters are text.
pub(super) async fn all(
    connection: &mut MySqlConnection,
    text: &str,
    values: &[&str],
) -> Result<Vec<Vec<Value>>, Failure> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(text.to_owned()));
    for value in values {
        query = query.bind((*value).to_owned());
    }
    let rows = query
        .fetch_all(connection)
        .await
        .map_err(|error| classify(&error))?;
    rows.iter()
        .map(|row| {
            let text: String = row.try_get(0).map_err(|error| classify(&error))?;
            serde_json::from_str(&text).map_err(|_| refusal::unexpected_catalogue())
        })
        .collect()
}

pub(super) fn string(row: &[Value], at: usize) -> String {
    row.get(at).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn flag(row: &[Value], at: usize) -> bool {
    match row.get(at) {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::Number(number)) => number.as_i64() != Some(0),
        _ => false,
    }
}

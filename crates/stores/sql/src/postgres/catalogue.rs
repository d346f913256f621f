//! The catalogue of PostgreSQL, read from `pg_catalog`. Costs about ten short queries per table, whatever their size.

mod keys;
mod parts;

use serde_json::Value;
use serment_store::catalogue::{Catalogue, Column, ColumnKind, Privileges, Table, TableKind, TableName};
use serment_store::{Failure, Role};
use sqlx::{PgConnection, Row as _};

use super::error::classify;
use crate::refusal;
use crate::schema::{ColumnType, Columns};

/// Reads these tables.
pub(super) async fn read(
    connection: &mut PgConnection,
    tables: &[TableName],
    role: Role,
) -> Result<Catalogue, Failure> {
    let text = "SELECT jsonb_build_array(split_part(current_setting('server_version'), ' ', 1), \
         format('%s (%s)', current_database(), (SELECT oid FROM pg_database WHERE datname = current_database())), \
         pg_is_in_recovery(), (SELECT reset_val = 'on' FROM pg_settings WHERE name = 'default_transaction_read_only'), \
         current_user)::text";
    let rows = all(connection, text, &[]).await?;
    let about = rows.first().ok_or_else(refusal::unexpected_catalogue)?;
    let read_only = flag(about, 3) && role == Role::Write;
    let mut catalogue = Catalogue {
        server: format!("PostgreSQL {}", string(about, 0)),
        database: string(about, 1),
        standby: flag(about, 2) || read_only,
        role: Some(string(about, 4)),
        ..Catalogue::default()
    };
    for name in tables {
        let Some(found) = find(connection, name).await? else {
            continue;
        };
        let table = table(connection, &found, tables).await?;
        catalogue
            .referenced_by
            .extend(keys::referencing(connection, found.oid, tables).await?);
        catalogue.tables.insert(name.clone(), table);
    }
    catalogue.referenced_by.dedup();
    Ok(catalogue)
}

/// The columns of a table, for printing; an error when it does not exist.
pub(super) async fn column_types(
    connection: &mut PgConnection,
    table: &TableName,
) -> Result<Columns, Failure> {
    let found = find(connection, table).await?;
    let found = found.ok_or_else(|| crate::schema::missing(table))?;
    let read = read_columns(connection, found.oid).await?;
    Ok(read
        .into_iter()
        .map(|(column, r#type)| (column.name, r#type))
        .collect())
}

struct Found {
    oid: i64,
    kind: TableKind,
    row_security: bool,
    privileges: Privileges,
}

async fn find(connection: &mut PgConnection, table: &TableName) -> Result<Option<Found>, Failure> {
    let text = "SELECT jsonb_build_array(c.oid::bigint, c.relkind, row_security_active(c.oid), \
         has_schema_privilege(n.oid, 'USAGE') AND NOT EXISTS (SELECT 1 FROM pg_attribute AS a WHERE a.attrelid = c.oid \
           AND a.attnum > 0 AND NOT a.attisdropped AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')), \
         has_schema_privilege(n.oid, 'USAGE') AND NOT EXISTS (SELECT 1 FROM pg_attribute AS a WHERE a.attrelid = c.oid \
           AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
           AND NOT has_column_privilege(c.oid, a.attnum, 'UPDATE')), \
         has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'DELETE'), \
         has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'UPDATE') \
           AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE'))::text \
         FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
    let schema = table.schema.as_deref().unwrap_or("public");
    let rows = all(connection, text, &[schema, &table.name]).await?;
    Ok(rows.first().map(|row| Found {
        oid: integer(row, 0),
        kind: match string(row, 1).as_str() {
            "p" => TableKind::Partitioned,
            "v" | "m" => TableKind::View,
            "f" => TableKind::Foreign,
            _ => TableKind::Table,
        },
        row_security: flag(row, 2),
        privileges: Privileges {
            select: flag(row, 3),
            update: flag(row, 4),
            delete: flag(row, 5),
            lock: flag(row, 6),
        },
    }))
}

async fn table(connection: &mut PgConnection, found: &Found, asked: &[TableName]) -> Result<Table, Failure> {
    let oid = found.oid;
    let (primary_key, unique) = keys::unique(connection, oid).await?;
    let (inherited_by, inherits) = parts::inheritance(connection, oid, asked).await?;
    Ok(Table {
        kind: found.kind,
        columns: read_columns(connection, oid)
            .await?
            .into_iter()
            .map(|(column, _)| column)
            .collect(),
        primary_key,
        unique,
        foreign_keys: keys::held(connection, oid, asked).await?,
        checks: parts::checks(connection, oid).await?,
        triggers: parts::triggers(connection, oid).await?,
        rules: parts::rules(connection, oid).await?,
        row_security: found.row_security,
        hindrances: Vec::new(),
        inherited_by,
        inherits,
        privileges: found.privileges,
        shadows: parts::shadows(connection, oid).await?,
        estimated_rows: parts::estimate(connection, oid).await?,
    })
}

/// Columns. A domain is seen through to what it is made of (through one domain made of another, too).
async fn read_columns(connection: &mut PgConnection, oid: i64) -> Result<Vec<(Column, ColumnType)>, Failure> {
    let text = "SELECT jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typtype, \
         CASE WHEN b.typname IN ('varchar', 'bpchar') \
           THEN nullif(greatest(a.atttypmod, t.typtypmod, u.typtypmod), -1) - 4 END, \
         NOT (a.attnotnull OR t.typnotnull OR coalesce(u.typnotnull, false)), \
         a.attgenerated <> '' OR a.attidentity = 'a', format_type(b.oid, -1), bn.nspname)::text \
         FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid \
         LEFT JOIN pg_type AS u ON t.typtype = 'd' AND u.oid = t.typbasetype \
         JOIN pg_type AS b ON b.oid = CASE WHEN t.typtype <> 'd' THEN t.oid WHEN u.typtype <> 'd' THEN u.oid \
           ELSE u.typbasetype END \
         JOIN pg_namespace AS bn ON bn.oid = b.typnamespace \
         WHERE a.attrelid = $1::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    let rows = all(connection, text, &[&oid.to_string()]).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let kind = kind(&string(row, 2), &string(row, 3));
            let schema = string(row, 8);
            let extension = schema != "pg_catalog" && string(row, 3) == "b";
            let column = Column {
                name: string(row, 0),
                sql_type: string(row, 1),
                kind,
                max_length: row[4].as_u64().and_then(|length| u32::try_from(length).ok()),
                nullable: flag(row, 5),
                generated: flag(row, 6),
            };
            let r#type = ColumnType {
                kind,
                cast: string(row, 7),
                whole_numbers: kind == ColumnKind::Integer,
                operators: extension.then_some(schema),
                ..ColumnType::unknown()
            };
            (column, r#type)
        })
        .collect())
}

fn kind(name: &str, sort: &str) -> ColumnKind {
    if sort != "b" {
        return ColumnKind::Other;
    }
    match name {
        "text" | "varchar" | "bpchar" | "name" | "citext" => ColumnKind::Text,
        "int2" | "int4" | "int8" => ColumnKind::Integer,
        "numeric" | "float4" | "float8" => ColumnKind::Number,
        "bool" => ColumnKind::Boolean,
        "date" => ColumnKind::Date,
        "timestamp" => ColumnKind::LocalTime,
        "timestamptz" => ColumnKind::Instant,
        "uuid" => ColumnKind::Uuid,
        "json" | "jsonb" => ColumnKind::Json,
        "inet" | "cidr" => ColumnKind::Inet,
        "bytea" => ColumnKind::Bytes,
        _ => ColumnKind::Other,
    }
}

/// The name of a table as the register would write it: as it was asked for, else without schema when that is `public`.
pub(super) fn named(schema: &str, name: &str, asked: &[TableName]) -> TableName {
    let full = TableName {
        schema: Some(schema.to_owned()),
        name: name.to_owned(),
    };
    if schema != "public" || asked.contains(&full) {
        return full;
    }
    TableName { schema: None, ..full }
}

/// Rows of one JSON array each; parameters are text.
pub(super) async fn all(
    connection: &mut PgConnection,
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

fn strings(row: &[Value], at: usize) -> Vec<String> {
    let parts = row.get(at).and_then(Value::as_array);
    parts
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

pub(super) fn flag(row: &[Value], at: usize) -> bool {
    row.get(at).and_then(Value::as_bool).unwrap_or(false)
}

fn integer(row: &[Value], at: usize) -> i64 {
    row.get(at).and_then(Value::as_i64).unwrap_or_default()
}

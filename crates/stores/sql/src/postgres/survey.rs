//! Which tables a database holds, and who may reach them. A grant is asked of the server role by role, so that what is
//! inherited, given to PUBLIC, on some columns only, or due to a superuser, is all in the answer.

use std::collections::BTreeSet;

use serment_store::Failure;
use serment_store::catalogue::TableName;
use serment_store::survey::{Access, Grant, Grants};
use sqlx::PgConnection;

use super::catalogue::{all, flag, named, string};

/// Tables and views of everybody's schemas: no partitions, nothing that belongs to an extension.
pub(super) async fn tables(connection: &mut PgConnection) -> Result<Vec<TableName>, Failure> {
    let text = "SELECT jsonb_build_array(n.nspname, c.relname)::text \
         FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition \
           AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.relname <> 'serment_progress' \
           AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
             AND d.deptype = 'e') \
         ORDER BY n.nspname <> 'public', n.nspname, c.relname";
    let rows = all(connection, text, &[]).await?;
    Ok(rows
        .iter()
        .map(|row| named(&string(row, 0), &string(row, 1), &[]))
        .collect())
}

/// Who may reach these tables.
pub(super) async fn access(
    connection: &mut PgConnection,
    tables: &[TableName],
    local: bool,
) -> Result<Access, Failure> {
    let text = "SELECT jsonb_build_array(coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false))::text";
    let rows = all(connection, text, &[]).await?;
    let encrypted = rows.first().is_some_and(|row| flag(row, 0));
    let text = "SELECT jsonb_build_array(r.rolname, n.nspname, c.relname, r.rolsuper, \
           has_any_column_privilege(r.oid, c.oid, 'SELECT'), \
           has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE') OR has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE'))::text \
         FROM pg_roles AS r, pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE r.rolcanlogin AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
           AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' \
           AND has_database_privilege(r.oid, current_database(), 'CONNECT') \
           AND has_schema_privilege(r.oid, n.oid, 'USAGE') \
           AND (has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE') \
             OR has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE')) \
         ORDER BY r.rolname, n.nspname, c.relname";
    let asked: BTreeSet<&TableName> = tables.iter().collect();
    let mut grants = Vec::new();
    for row in all(connection, text, &[]).await? {
        let table = named(&string(&row, 1), &string(&row, 2), tables);
        if asked.contains(&table) {
            grants.push(Grant {
                role: string(&row, 0),
                table,
                read: flag(&row, 4),
                change: flag(&row, 5),
                superuser: flag(&row, 3),
            });
        }
    }
    Ok(Access {
        grants: Grants::Told(grants),
        encrypted: Some(encrypted),
        local,
    })
}

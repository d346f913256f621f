//! What else hangs on a table: checks, triggers, rules, inheritance, copies.

use serment_store::Failure;
use serment_store::catalogue::{Check, TableName, Trigger};
use sqlx::PgConnection;

use super::{all, flag, integer, named, string, strings};

/// CHECK and exclusion constraints of the table, and those of the domains of its columns.
pub(super) async fn checks(connection: &mut PgConnection, oid: i64) -> Result<Vec<Check>, Failure> {
    let text = "SELECT jsonb_build_array(c.conname, (SELECT jsonb_agg(a.attname ORDER BY a.attnum) FROM pg_attribute AS a \
           WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)), pg_get_constraintdef(c.oid))::text \
         FROM pg_constraint AS c WHERE c.conrelid = $1::bigint::oid AND c.contype IN ('c', 'x') \
         UNION ALL SELECT jsonb_build_array(c.conname, jsonb_build_array(a.attname), pg_get_constraintdef(c.oid))::text \
         FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid \
         JOIN pg_constraint AS c ON c.contypid IN (t.oid, t.typbasetype) AND c.contypid <> 0 AND c.contype = 'c' \
         WHERE a.attrelid = $1::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped AND t.typtype = 'd'";
    let mut checks: Vec<Check> = all(connection, text, &[&oid.to_string()])
        .await?
        .iter()
        .map(|row| Check {
            name: string(row, 0),
            columns: strings(row, 1),
            source: string(row, 2),
        })
        .collect();
    checks.sort_by(|one, other| (&one.name, &one.columns).cmp(&(&other.name, &other.columns)));
    Ok(checks)
}

/// Triggers that fire in a session like ours, of the table and of its partitions.
pub(super) async fn triggers(connection: &mut PgConnection, oid: i64) -> Result<Vec<Trigger>, Failure> {
    let text = "SELECT jsonb_build_array(g.tgname, (g.tgtype & 8) <> 0, (g.tgtype & 16) <> 0, \
         pg_get_triggerdef(g.oid) || E'\\n' || CASE WHEN f.prokind = 'f' AND l.lanname <> 'c' \
           THEN pg_get_functiondef(f.oid) ELSE f.proname::text END)::text \
         FROM pg_trigger AS g JOIN pg_proc AS f ON f.oid = g.tgfoid JOIN pg_language AS l ON l.oid = f.prolang \
         WHERE NOT g.tgisinternal AND g.tgparentid = 0 \
         AND (g.tgrelid = $1::bigint::oid OR g.tgrelid IN (SELECT relid FROM pg_partition_tree($1::bigint::oid::regclass))) \
         AND g.tgenabled = ANY (CASE WHEN current_setting('session_replication_role') = 'replica' \
           THEN '{R,A}'::\"char\"[] ELSE '{O,A}'::\"char\"[] END) ORDER BY g.tgname, g.tgrelid";
    let rows = all(connection, text, &[&oid.to_string()]).await?;
    Ok(rows.iter().map(|row| trigger(row)).collect())
}

/// Rewrite rules on changes.
pub(super) async fn rules(connection: &mut PgConnection, oid: i64) -> Result<Vec<Trigger>, Failure> {
    let text = "SELECT jsonb_build_array(r.rulename, r.ev_type = '4', r.ev_type = '2', pg_get_ruledef(r.oid))::text \
         FROM pg_rewrite AS r WHERE r.ev_class = $1::bigint::oid AND r.rulename <> '_RETURN' AND r.ev_enabled <> 'D' \
         ORDER BY r.rulename";
    let rows = all(connection, text, &[&oid.to_string()]).await?;
    Ok(rows.iter().map(|row| trigger(row)).collect())
}

fn trigger(row: &[serde_json::Value]) -> Trigger {
    Trigger {
        name: string(row, 0),
        on_delete: flag(row, 1),
        on_update: flag(row, 2),
        source: string(row, 3),
        hidden_from_readers: false,
    }
}

/// Tables that inherit from it (partitions aside), and those that it inherits from or is a partition of.
pub(super) async fn inheritance(
    connection: &mut PgConnection,
    oid: i64,
    asked: &[TableName],
) -> Result<(Vec<TableName>, Vec<TableName>), Failure> {
    let text = "SELECT jsonb_build_array(i.inhparent = $1::bigint::oid, n.nspname, c.relname)::text FROM pg_inherits AS i \
         JOIN pg_class AS c ON c.oid = CASE WHEN i.inhparent = $1::bigint::oid THEN i.inhrelid ELSE i.inhparent END \
         JOIN pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE (i.inhparent = $1::bigint::oid AND NOT c.relispartition) OR i.inhrelid = $1::bigint::oid \
         ORDER BY n.nspname, c.relname";
    let (mut children, mut parents) = (Vec::new(), Vec::new());
    for row in &all(connection, text, &[&oid.to_string()]).await? {
        let name = named(&string(row, 1), &string(row, 2), asked);
        if flag(row, 0) {
            children.push(name)
        } else {
            parents.push(name)
        }
    }
    Ok((children, parents))
}

/// Publications that send it elsewhere, and materialised views made of it, be it through other views.
pub(super) async fn shadows(connection: &mut PgConnection, oid: i64) -> Result<Vec<String>, Failure> {
    let text = "WITH RECURSIVE above(oid) AS (SELECT $1::bigint::oid UNION SELECT r.ev_class FROM above \
           JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = above.oid \
             AND d.classid = 'pg_rewrite'::regclass \
           JOIN pg_rewrite AS r ON r.oid = d.objid) \
         SELECT jsonb_build_array('publication ' || p.pubname)::text FROM pg_publication_tables AS p \
         JOIN pg_namespace AS n ON n.nspname = p.schemaname \
         JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = p.tablename \
         WHERE c.oid = $1::bigint::oid OR c.oid IN (SELECT relid FROM pg_partition_tree($1::bigint::oid::regclass)) \
         UNION SELECT jsonb_build_array('materialised view ' || n.nspname || '.' || c.relname)::text FROM above \
         JOIN pg_class AS c ON c.oid = above.oid AND c.relkind = 'm' AND c.oid <> $1::bigint::oid \
         JOIN pg_namespace AS n ON n.oid = c.relnamespace ORDER BY 1";
    let rows = all(connection, text, &[&oid.to_string()]).await?;
    Ok(rows.iter().map(|row| string(row, 0)).collect())
}

/// Rows, as the statistics have them; from the size where there are none yet.
pub(super) async fn estimate(connection: &mut PgConnection, oid: i64) -> Result<u64, Failure> {
    let text = "SELECT jsonb_build_array(coalesce(sum(CASE WHEN c.reltuples >= 0 THEN c.reltuples \
           WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) / 100 ELSE 0 END), 0)::bigint)::text \
         FROM pg_class AS c WHERE c.relkind <> 'p' AND (c.oid = $1::bigint::oid \
         OR c.oid IN (SELECT relid FROM pg_partition_tree($1::bigint::oid::regclass)))";
    let rows = all(connection, text, &[&oid.to_string()]).await?;
    Ok(u64::try_from(rows.first().map_or(0, |row| integer(row, 0))).unwrap_or(0))
}

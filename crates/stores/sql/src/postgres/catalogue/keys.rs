//! Primary, unique and foreign keys.

use serment_store::Failure;
use serment_store::catalogue::{Action, ForeignKey, TableName};
use sqlx::PgConnection;

use super::{all, flag, named, string, strings};

/// The primary key, and the other sets of columns that an unconditional index keeps unique.
pub(super) async fn unique(
    connection: &mut PgConnection,
    oid: i64,
) -> Result<(Vec<String>, Vec<Vec<String>>), Failure> {
    let text = "SELECT jsonb_build_array(i.indisprimary, (SELECT jsonb_agg(a.attname ORDER BY k.place) \
         FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) \
         JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts))::text \
         FROM pg_index AS i WHERE i.indrelid = $1::bigint::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL \
         AND i.indexprs IS NULL ORDER BY i.indexrelid";
    let (mut primary, mut unique) = (Vec::new(), Vec::new());
    for row in &all(connection, text, &[&oid.to_string()]).await? {
        if flag(row, 0) {
            primary = strings(row, 1)
        } else {
            unique.push(strings(row, 1))
        }
    }
    Ok((primary, unique))
}

/// Foreign keys that a table holds, once each: not again for every partition of the target.
pub(super) async fn held(
    connection: &mut PgConnection,
    oid: i64,
    asked: &[TableName],
) -> Result<Vec<ForeignKey>, Failure> {
    let which = "c.conrelid = $1::bigint::oid AND NOT EXISTS (SELECT 1 FROM pg_constraint AS p \
                 WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid)";
    foreign(connection, oid, asked, which).await
}

/// Foreign keys that target a table, of every schema. A partition's copy of its parent's key is left out: the parent's is
/// there.
pub(super) async fn referencing(
    connection: &mut PgConnection,
    oid: i64,
    asked: &[TableName],
) -> Result<Vec<ForeignKey>, Failure> {
    let which = "c.confrelid = $1::bigint::oid AND NOT EXISTS (SELECT 1 FROM pg_constraint AS p \
                 WHERE p.oid = c.conparentid AND p.confrelid = c.confrelid)";
    foreign(connection, oid, asked, which).await
}

async fn foreign(
    connection: &mut PgConnection,
    oid: i64,
    asked: &[TableName],
    which: &str,
) -> Result<Vec<ForeignKey>, Failure> {
    let columns = |relation: &str, key: &str| {
        format!(
            "(SELECT jsonb_agg(a.attname ORDER BY k.place) FROM unnest(c.{key}) WITH ORDINALITY AS k(attnum, place) \
             JOIN pg_attribute AS a ON a.attrelid = c.{relation} AND a.attnum = k.attnum)"
        )
    };
    // A key is not enforced while its triggers are disabled, or while the session replays replication.
    let text = format!(
        "SELECT jsonb_build_array(c.conname, hn.nspname, h.relname, {}, tn.nspname, t.relname, {}, c.confdeltype, \
         c.confupdtype, c.condeferrable, c.convalidated \
         AND NOT EXISTS (SELECT 1 FROM pg_trigger AS g WHERE g.tgconstraint = c.oid AND g.tgenabled = 'D') \
         AND current_setting('session_replication_role') <> 'replica')::text \
         FROM pg_constraint AS c JOIN pg_class AS h ON h.oid = c.conrelid JOIN pg_namespace AS hn ON hn.oid = h.relnamespace \
         JOIN pg_class AS t ON t.oid = c.confrelid JOIN pg_namespace AS tn ON tn.oid = t.relnamespace \
         WHERE c.contype = 'f' AND {which} ORDER BY hn.nspname, h.relname, c.conname",
        columns("conrelid", "conkey"),
        columns("confrelid", "confkey"),
    );
    let rows = all(connection, &text, &[&oid.to_string()]).await?;
    Ok(rows
        .iter()
        .map(|row| ForeignKey {
            name: string(row, 0),
            table: named(&string(row, 1), &string(row, 2), asked),
            columns: strings(row, 3),
            target: named(&string(row, 4), &string(row, 5), asked),
            target_columns: strings(row, 6),
            on_delete: action(&string(row, 7)),
            on_update: action(&string(row, 8)),
            deferrable: flag(row, 9),
            enforced: flag(row, 10),
        })
        .collect())
}

fn action(code: &str) -> Action {
    match code {
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => Action::NoAction,
    }
}

//! Which tables a database holds, and who may reach them: grants on the server, on databases by pattern, on tables and
//! on columns, and those of a role for every account that holds the role.

use std::collections::{BTreeMap, BTreeSet};

use serment_store::catalogue::TableName;
use serment_store::survey::{Access, Grant, Grants};
use serment_store::{Failure, text};
use sqlx::MySqlConnection;

use super::catalogue::{all, string};

/// What changes rows.
const CHANGING: &str = "('INSERT', 'UPDATE', 'DELETE', 'DROP')";

/// Tables and views of the database.
pub(super) async fn tables(connection: &mut MySqlConnection) -> Result<Vec<TableName>, Failure> {
    let text = "SELECT JSON_ARRAY(TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() \
         AND TABLE_TYPE <> 'SEQUENCE' AND TABLE_NAME <> 'serment_progress' ORDER BY TABLE_NAME";
    let rows = all(connection, text, &[]).await?;
    Ok(rows
        .iter()
        .map(|row| TableName {
            schema: None,
            name: string(row, 0),
        })
        .collect())
}

/// Who may reach these tables.
pub(super) async fn access(
    connection: &mut MySqlConnection,
    tables: &[TableName],
    local: bool,
) -> Result<Access, Failure> {
    let text = "SELECT JSON_ARRAY(VARIABLE_VALUE) FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'SSL_CIPHER'";
    let rows = all(connection, text, &[]).await?;
    let encrypted = rows.first().is_some_and(|row| !string(row, 0).is_empty());
    let grants = match grants(connection, tables).await {
        Ok(grants) => Grants::Told(grants),
        // The views of grants show one's own to whoever may not read the tables of the server.
        Err(Failure::Privilege(_)) => Grants::Hidden(text!(
            "il faut SELECT sur mysql.* pour voir les droits des autres",
            "seeing the grants of others takes SELECT on mysql.*"
        )),
        Err(failure) => return Err(failure),
    };
    Ok(Access {
        grants,
        encrypted: Some(encrypted),
        local,
    })
}

#[derive(Default, Clone, Copy)]
struct May {
    read: bool,
    change: bool,
    superuser: bool,
}

async fn grants(connection: &mut MySqlConnection, tables: &[TableName]) -> Result<Vec<Grant>, Failure> {
    // Refused when we may not know: better than an answer about ourselves alone.
    all(
        connection,
        "SELECT JSON_ARRAY(COUNT(*)) FROM mysql.roles_mapping",
        &[],
    )
    .await?;
    all(
        connection,
        "SELECT JSON_ARRAY(COUNT(*)) FROM mysql.tables_priv",
        &[],
    )
    .await?;
    let mut found: BTreeMap<(String, TableName), May> = BTreeMap::new();
    for table in tables {
        let schema = table.schema.as_deref().unwrap_or("");
        for row in of_table(connection, schema, &table.name).await? {
            let may = found.entry((string(&row, 0), table.clone())).or_default();
            let what = string(&row, 1);
            may.read |= what == "SELECT";
            may.change |= CHANGING.contains(&format!("'{what}'"));
            may.superuser |= what == "SUPER";
        }
    }
    found.retain(|_, may| may.read || may.change);
    let holders = holders(connection).await?;
    let mut grants: BTreeSet<Grant> = BTreeSet::new();
    for ((grantee, table), may) in found {
        let (role, is_role) = account(&grantee);
        let roles: Vec<String> = if is_role {
            holders.get(&role).into_iter().flatten().cloned().collect()
        } else {
            vec![role]
        };
        grants.extend(roles.into_iter().map(|role| Grant {
            role,
            table: table.clone(),
            read: may.read,
            change: may.change,
            superuser: may.superuser,
        }));
    }
    // The same account may hold a grant and a role that has another.
    let mut merged: BTreeMap<(String, TableName), Grant> = BTreeMap::new();
    for grant in grants {
        let one = merged
            .entry((grant.role.clone(), grant.table.clone()))
            .or_insert_with(|| grant.clone());
        one.read |= grant.read;
        one.change |= grant.change;
        one.superuser |= grant.superuser;
    }
    Ok(merged.into_values().collect())
}

async fn of_table(
    connection: &mut MySqlConnection,
    schema: &str,
    name: &str,
) -> Result<Vec<Vec<serde_json::Value>>, Failure> {
    let database = "COALESCE(NULLIF(?, ''), DATABASE())";
    let what = format!("PRIVILEGE_TYPE IN ('SELECT', 'SUPER', {}", &CHANGING[1..]);
    let text = format!(
        "SELECT JSON_ARRAY(GRANTEE, PRIVILEGE_TYPE) FROM information_schema.USER_PRIVILEGES WHERE {what} \
         UNION SELECT JSON_ARRAY(GRANTEE, PRIVILEGE_TYPE) FROM information_schema.SCHEMA_PRIVILEGES \
           WHERE {database} LIKE TABLE_SCHEMA AND {what} \
         UNION SELECT JSON_ARRAY(GRANTEE, PRIVILEGE_TYPE) FROM information_schema.TABLE_PRIVILEGES \
           WHERE TABLE_SCHEMA = {database} AND TABLE_NAME = ? AND {what} \
         UNION SELECT JSON_ARRAY(GRANTEE, PRIVILEGE_TYPE) FROM information_schema.COLUMN_PRIVILEGES \
           WHERE TABLE_SCHEMA = {database} AND TABLE_NAME = ? AND {what}"
    );
    all(connection, &text, &[schema, schema, name, schema, name]).await
}

/// The accounts that hold each role, through other roles too.
async fn holders(connection: &mut MySqlConnection) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let text = "SELECT JSON_ARRAY(CONVERT(Role USING utf8mb4), CONVERT(User USING utf8mb4), CONVERT(Host USING utf8mb4)) \
         FROM mysql.roles_mapping";
    let rows = all(connection, text, &[]).await?;
    let mut direct: BTreeMap<String, BTreeSet<(String, bool)>> = BTreeMap::new();
    for row in &rows {
        let (role, user, host) = (string(row, 0), string(row, 1), string(row, 2));
        let holder = if host.is_empty() {
            (user, true)
        } else {
            (format!("{user}@{host}"), false)
        };
        direct.entry(role).or_default().insert(holder);
    }
    let mut holders = BTreeMap::new();
    for role in direct.keys() {
        let (mut open, mut seen, mut people) = (vec![role.clone()], BTreeSet::new(), BTreeSet::new());
        while let Some(at) = open.pop() {
            if !seen.insert(at.clone()) {
                continue;
            }
            for (holder, is_role) in direct.get(&at).into_iter().flatten() {
                if *is_role {
                    open.push(holder.clone());
                } else {
                    people.insert(holder.clone());
                }
            }
        }
        holders.insert(role.clone(), people);
    }
    Ok(holders)
}

/// `'user'@'host'` as `user@host`; a role has no host.
fn account(grantee: &str) -> (String, bool) {
    let bare = |text: &str| text.trim_matches('\'').to_owned();
    match grantee.rsplit_once("@") {
        Some((user, host)) if !bare(host).is_empty() => (format!("{}@{}", bare(user), bare(host)), false),
        Some((user, _)) => (bare(user), true),
        None => (bare(grantee), true),
    }
}

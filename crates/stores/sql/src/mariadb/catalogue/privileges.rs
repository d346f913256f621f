//! What our role may do, as the server itself judges it: grants of roles, of patterns and of columns included, none of
//! which `information_schema` tells in full. Nothing is changed: the statements are explained, or ask for no row.

use serment_store::Failure;
use serment_store::catalogue::{Column, Privileges, TableKind, TableName};
use sqlx::MySqlConnection;

use super::super::error::classify;
use super::super::{Mariadb, run};
use crate::print::Dialect;

/// What our role may do with a table.
pub(super) async fn of(
    connection: &mut MySqlConnection,
    table: &TableName,
    kind: TableKind,
    columns: &[Column],
) -> Result<Privileges, Failure> {
    let name = Mariadb.table(table);
    let select = may(connection, &format!("SELECT * FROM {name} LIMIT 0")).await?;
    if !matches!(kind, TableKind::Table | TableKind::Partitioned) {
        return Ok(Privileges {
            select,
            ..Privileges::default()
        });
    }
    let set: Vec<_> = columns
        .iter()
        .filter(|column| !column.generated)
        .map(|column| format!("{0} = {0}", Mariadb.quoted(&column.name)))
        .collect();
    // A session that reads only would refuse even to explain a change; the transaction that may is left at once.
    let asking = match run(connection, "START TRANSACTION READ WRITE").await {
        Ok(()) => asked(connection, &name, &set.join(", ")).await,
        // The server is read-only, which is said elsewhere.
        Err(error) if matches!(classify(&error), Failure::ReadOnly(_)) => Ok((true, true, true)),
        Err(error) => Err(classify(&error)),
    };
    let ended = run(connection, "ROLLBACK").await;
    let (update, delete, lock) = asking?;
    ended.map_err(|error| classify(&error))?;
    Ok(Privileges {
        select,
        update,
        delete,
        lock,
    })
}

async fn asked(
    connection: &mut MySqlConnection,
    name: &str,
    set: &str,
) -> Result<(bool, bool, bool), Failure> {
    Ok((
        may(
            connection,
            &format!("EXPLAIN UPDATE {name} SET {set} WHERE FALSE"),
        )
        .await?,
        may(connection, &format!("EXPLAIN DELETE FROM {name} WHERE FALSE")).await?,
        may(
            connection,
            &format!("SELECT 1 FROM {name} WHERE FALSE FOR UPDATE"),
        )
        .await?,
    ))
}

async fn may(connection: &mut MySqlConnection, statement: &str) -> Result<bool, Failure> {
    match run(connection, statement).await.map_err(|error| classify(&error)) {
        Ok(()) => Ok(true),
        // A view of what our role may not see says so in its own way.
        Err(Failure::Privilege(_) | Failure::Other(_) | Failure::Missing(_) | Failure::ReadOnly(_)) => {
            Ok(false)
        }
        Err(failure) => Err(failure),
    }
}

//! The schema, version by version. A migration is one transaction, with its version: it happened or it did not.

use sqlx::SqlitePool;

use crate::StateError;

/// Marks an SQLite file as ours: `SRMT`.
pub const APPLICATION: i64 = 0x5352_4d54;

/// Migrations; the n-th one brings version n to n + 1.
const MIGRATIONS: [&str; 2] = [include_str!("schema/1.sql"), include_str!("schema/2.sql")];

/// The newest schema that this version knows.
pub fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// What a database says of itself: application and schema version.
pub async fn identity(pool: &SqlitePool) -> Result<(i64, i64), StateError> {
    let application: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(pool)
        .await?;
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(pool).await?;
    Ok((application, version))
}

/// Brings the schema up to date.
pub async fn migrate(pool: &SqlitePool) -> Result<(), StateError> {
    let (_, mut version) = identity(pool).await?;
    while version < newest() {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        // Another process may have done it while we waited.
        let now: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut *transaction)
            .await?;
        let next = usize::try_from(now).ok().and_then(|now| MIGRATIONS.get(now));
        if let Some(migration) = next {
            sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        version = identity(pool).await?.1;
        if version <= now && next.is_some() {
            return Err(StateError::Corrupt(format!("schema {now}")));
        }
    }
    Ok(())
}

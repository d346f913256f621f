//! Which tables a file holds.

use serment_store::Failure;
use serment_store::catalogue::TableName;
use sqlx::{Row as _, SqliteConnection};

use super::error::classify;

/// Tables, views and virtual tables; not what SQLite keeps behind them.
pub(super) async fn tables(connection: &mut SqliteConnection) -> Result<Vec<TableName>, Failure> {
    let text = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') \
                AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'serment_progress' ORDER BY name";
    let rows = sqlx::query(text)
        .fetch_all(connection)
        .await
        .map_err(|error| classify(&error))?;
    rows.iter()
        .map(|row| {
            let name = row.try_get(0).map_err(|error| classify(&error))?;
            Ok(TableName { schema: None, name })
        })
        .collect()
}

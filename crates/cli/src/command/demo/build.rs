//! Builds the company: its register and its databases.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use serment_examples::{Company, Database, Dialect, World};
use serment_sql::Kind;

use crate::trouble::{Trouble, of_io};

/// Bytes of SQL handed over at once: memory stays bounded whatever the number of people.
const CHUNK: usize = 4 << 20;

/// Writes the files of the register.
pub fn register(place: &Path, company: &Company, dialect: Dialect) -> Result<()> {
    for (path, text) in company.register_files(dialect) {
        let path = place.join(path);
        let failed = |error: std::io::Error| Trouble::new(of_io(&error)).at(path.display().to_string());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        std::fs::write(&path, text).map_err(failed)?;
    }
    Ok(())
}

/// Writes a script for each database, one transaction each.
pub fn scripts(place: &Path, company: &Company, world: World, dialect: Dialect) -> Result<()> {
    for database in company.databases {
        let path = place.join(format!("{}.sql", database.name));
        let failed = |error: std::io::Error| Trouble::new(of_io(&error)).at(path.display().to_string());
        let mut file = BufWriter::new(File::create(&path).map_err(failed)?);
        writeln!(file, "BEGIN;").map_err(failed)?;
        for statement in database.statements(world, dialect) {
            writeln!(file, "{};", statement.trim_end().trim_end_matches(';')).map_err(failed)?;
        }
        writeln!(file, "COMMIT;").map_err(failed)?;
        file.flush().map_err(failed)?;
    }
    Ok(())
}

/// Makes and fills the databases, several at a time.
pub async fn databases(place: &Path, company: &Company, world: World) -> Result<()> {
    use futures::{StreamExt, TryStreamExt};
    futures::stream::iter(company.databases)
        .map(|each| {
            let place = place.to_owned();
            tokio::spawn(async move { database(&place, world, each).await })
        })
        .buffer_unordered(4)
        .map_err(anyhow::Error::from)
        .try_for_each(|done| async move { done })
        .await
}

async fn database(place: &Path, world: World, database: &'static Database) -> Result<()> {
    let name = format!("{}.db", database.name);
    serment_sql::create_sqlite(&place.join(&name)).await?;
    let mut chunk = String::from("BEGIN;\n");
    for statement in database.statements(world, Dialect::Sqlite) {
        chunk.push_str(statement.trim_end().trim_end_matches(';'));
        chunk.push_str(";\n");
        if chunk.len() > CHUNK {
            run(place, &name, database, &chunk).await?;
            chunk = String::from("BEGIN;\n");
        }
    }
    run(place, &name, database, &chunk).await
}

async fn run(place: &Path, file: &str, database: &Database, chunk: &str) -> Result<()> {
    let script = format!("{chunk}COMMIT;\n");
    serment_sql::execute_script(Kind::Sqlite, database.name, file, place, &script).await?;
    Ok(())
}

//! Primary, unique and foreign keys, and indexes of words.

use std::collections::BTreeSet;

use serment_store::Failure;
use serment_store::catalogue::{Action, ForeignKey, TableName};
use sqlx::MySqlConnection;

use super::{all, definition, flag, of, of_table, string};
use crate::definition::foreign_keys;

/// The primary key, and the other sets of columns that an index keeps unique.
pub(super) async fn unique(
    connection: &mut MySqlConnection,
    table: &TableName,
) -> Result<(Vec<String>, Vec<Vec<String>>), Failure> {
    let text = concat!(
        "SELECT JSON_ARRAY(INDEX_NAME, COLUMN_NAME) FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND ",
        of_table!("TABLE_SCHEMA", "TABLE_NAME"),
        " ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX"
    );
    let mut sets: Vec<(String, Vec<String>)> = Vec::new();
    for row in &of(connection, text, table).await? {
        let (index, column) = (string(row, 0), string(row, 1));
        match sets.last_mut().filter(|set| set.0 == index) {
            Some(set) => set.1.push(column),
            None => sets.push((index, vec![column])),
        }
    }
    let (primary, others): (Vec<_>, Vec<_>) = sets.into_iter().partition(|set| set.0 == "PRIMARY");
    Ok((
        primary.into_iter().flat_map(|set| set.1).collect(),
        others.into_iter().map(|set| set.1).collect(),
    ))
}

/// The foreign keys of a table to itself: name, column, column that it refers to.
pub(super) async fn own_links(
    connection: &mut MySqlConnection,
    table: &TableName,
) -> Result<Vec<(String, String, String)>, Failure> {
    let text = concat!(
        "SELECT JSON_ARRAY(CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_COLUMN_NAME) \
         FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_SCHEMA = TABLE_SCHEMA \
         AND REFERENCED_TABLE_NAME = TABLE_NAME AND ",
        of_table!("TABLE_SCHEMA", "TABLE_NAME"),
        " ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION"
    );
    let rows = of(connection, text, table).await?;
    Ok(rows
        .iter()
        .map(|row| (string(row, 0), string(row, 1), string(row, 2)))
        .collect())
}

/// Full-text indexes: tables of words behind the table, from which a word goes with `OPTIMIZE TABLE` only.
pub(super) async fn full_text(
    connection: &mut MySqlConnection,
    table: &TableName,
) -> Result<Vec<String>, Failure> {
    let text = concat!(
        "SELECT DISTINCT JSON_ARRAY(INDEX_NAME) FROM information_schema.STATISTICS WHERE INDEX_TYPE = 'FULLTEXT' AND ",
        of_table!("TABLE_SCHEMA", "TABLE_NAME"),
        " ORDER BY 1"
    );
    let rows = of(connection, text, table).await?;
    Ok(rows
        .iter()
        .map(|row| format!("full-text index {}", string(row, 0)))
        .collect())
}

/// The foreign keys of the server that our role sees.
pub(super) struct Foreign {
    keys: Vec<ForeignKey>,
    /// Of each asked table that tables which our role does not see refer to, or might: its name.
    hidden: BTreeSet<TableName>,
}

impl Foreign {
    /// Reads them. `information_schema` only tells of tables on which the role has a privilege; InnoDB itself tells all,
    /// to roles with PROCESS.
    pub async fn read(connection: &mut MySqlConnection, asked: &[TableName]) -> Result<Self, Failure> {
        let rows = all(connection, "SELECT JSON_ARRAY(DATABASE())", &[]).await?;
        let database = rows.first().map(|row| string(row, 0)).unwrap_or_default();
        let naming = Naming { database, asked };
        let text = "SELECT JSON_ARRAY(CONSTRAINT_NAME, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, \
               REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME, ORDINAL_POSITION = 1) \
             FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS NOT NULL \
             ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION";
        let mut keys: Vec<ForeignKey> = Vec::new();
        for row in &all(connection, text, &[]).await? {
            if flag(row, 7) {
                keys.push(ForeignKey {
                    name: string(row, 0),
                    table: naming.named(&string(row, 1), &string(row, 2)),
                    columns: Vec::new(),
                    target: naming.named(&string(row, 4), &string(row, 5)),
                    target_columns: Vec::new(),
                    on_delete: Action::Restrict,
                    on_update: Action::Restrict,
                    deferrable: false,
                    enforced: true,
                });
            }
            if let Some(key) = keys.last_mut() {
                key.columns.push(string(row, 3));
                key.target_columns.push(string(row, 6));
            }
        }
        keys.retain(|key| asked.contains(&key.table) || asked.contains(&key.target));
        let hidden = [
            tell_actions(connection, &mut keys).await?,
            hidden(connection, &naming, &keys).await?,
        ];
        Ok(Self {
            keys,
            hidden: hidden.into_iter().flatten().collect(),
        })
    }

    /// Those that a table holds.
    pub fn held_by(&self, table: &TableName) -> Vec<ForeignKey> {
        self.keys
            .iter()
            .filter(|key| key.table == *table)
            .cloned()
            .collect()
    }

    /// Those that target a table.
    pub fn targeting(&self, table: &TableName) -> impl Iterator<Item = ForeignKey> {
        self.keys.iter().filter(|key| key.target == *table).cloned()
    }

    /// Whether these are certainly all that target a table.
    pub fn are_seen(&self, table: &TableName) -> bool {
        !self.hidden.contains(table)
    }
}

/// The name of a foreign key, and what it does on DELETE and on UPDATE.
type Actions = (String, Action, Action);

/// Notes what the keys do, which stands in the definitions of their tables for whoever may read these. Returns the targets
/// of those of which it cannot be told.
async fn tell_actions(
    connection: &mut MySqlConnection,
    keys: &mut [ForeignKey],
) -> Result<BTreeSet<TableName>, Failure> {
    let mut untold = BTreeSet::new();
    let mut told: Option<(TableName, Vec<Actions>)> = None;
    for key in keys {
        if told.as_ref().is_none_or(|(table, _)| *table != key.table) {
            let definition = definition(connection, &key.table).await?;
            told = Some((key.table.clone(), foreign_keys(&definition)));
        }
        let actions = told
            .iter()
            .flat_map(|(_, keys)| keys)
            .find(|(name, ..)| *name == key.name);
        match actions {
            Some((_, on_delete, on_update)) => (key.on_delete, key.on_update) = (*on_delete, *on_update),
            None => drop(untold.insert(key.target.clone())),
        }
    }
    Ok(untold)
}

/// The asked tables to which others may refer unseen: all of them, when the role may not ask InnoDB.
async fn hidden(
    connection: &mut MySqlConnection,
    naming: &Naming<'_>,
    seen: &[ForeignKey],
) -> Result<BTreeSet<TableName>, Failure> {
    // InnoDB writes names as those of files.
    let part = |name: &str, part: i8| {
        format!(
            "CONVERT(CONVERT(CAST(SUBSTRING_INDEX({name}, '/', {part}) AS binary) USING filename) USING utf8mb4)"
        )
    };
    let text = format!(
        "SELECT JSON_ARRAY({}, {}, {}, {}) FROM information_schema.INNODB_SYS_FOREIGN",
        part("FOR_NAME", 1),
        part("FOR_NAME", -1),
        part("REF_NAME", 1),
        part("REF_NAME", -1),
    );
    let rows = match all(connection, &text, &[]).await {
        Ok(rows) => rows,
        Err(Failure::Privilege(_)) => return Ok(naming.asked.iter().cloned().collect()),
        Err(failure) => return Err(failure),
    };
    let unseen = rows.iter().filter_map(|row| {
        let holder = naming.named(&string(row, 0), &string(row, 1));
        let target = naming.named(&string(row, 2), &string(row, 3));
        let told = seen.iter().any(|key| key.table == holder && key.target == target);
        (!told).then_some(target)
    });
    Ok(unseen.collect())
}

/// The names of tables as the register would write them.
struct Naming<'a> {
    database: String,
    asked: &'a [TableName],
}

impl Naming<'_> {
    /// As it was asked for, else without schema in the database of the connection.
    fn named(&self, schema: &str, name: &str) -> TableName {
        let full = TableName {
            schema: Some(schema.to_owned()),
            name: name.to_owned(),
        };
        if schema != self.database || self.asked.contains(&full) {
            return full;
        }
        TableName { schema: None, ..full }
    }
}

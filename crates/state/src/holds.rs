//! Holds: reasons not to touch given data for now.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::outbox;
use crate::read::{json, maybe, parsed};
use crate::{State, StateError};

/// A hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Identifier: `h-` and 12 characters.
    pub id: String,
    /// What it freezes.
    pub scope: Scope,
    /// Why: `legal_claim`, `restriction`, `request`, or a sentence.
    pub ground: String,
    /// Who asked, as the command was told.
    pub actor: String,
    /// Its last day; None: until removed.
    pub until: Option<Date>,
    /// When it was added.
    pub added_at: Timestamp,
    /// Whether batches that began before it may still be running: then it is not yet acknowledged.
    pub pending: bool,
    /// When and by whom it was removed.
    pub removed: Option<(Timestamp, String)>,
}

/// What a hold freezes.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Rows of a table.
    Rows {
        /// `store.table`.
        table: String,
        /// Keys, in the order of the register.
        keys: Vec<Vec<Value>>,
    },
    /// The rows of a table that satisfy a condition of the register's `where` subset.
    Filter {
        /// `store.table`.
        table: String,
        /// Condition.
        text: String,
    },
    /// Every row of a client.
    Client(String),
    /// The rows of a client, from one rule, for as long as the client asked.
    Extension {
        /// The rule.
        rule: String,
        /// The client.
        client: String,
        /// How long after the rule's clock, as a register writes it: `3 months`.
        keep: String,
    },
}

impl Scope {
    /// The same without what may be personal data.
    fn without_keys(&self) -> Self {
        match self {
            Self::Rows { table, .. } => Self::Rows {
                table: table.clone(),
                keys: Vec::new(),
            },
            Self::Filter { table, .. } => Self::Filter {
                table: table.clone(),
                text: String::new(),
            },
            Self::Client(_) | Self::Extension { .. } => self.clone(),
        }
    }
}

impl std::fmt::Debug for Scope {
    /// Without the keys and the condition: they can be personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows { table, keys } => write!(f, "Rows({table}, {} keys)", keys.len()),
            Self::Filter { table, .. } => write!(f, "Filter({table}, …)"),
            Self::Client(client) => write!(f, "Client({client})"),
            Self::Extension { rule, client, keep } => write!(f, "Extension({rule}, {client}, {keep})"),
        }
    }
}

impl Hold {
    /// Whether it freezes on that local date.
    pub fn is_in_force(&self, today: Date) -> bool {
        self.removed.is_none() && self.until.is_none_or(|until| today <= until)
    }
}

impl State {
    /// Adds a hold and moves the epoch on: every batch that is registered from now on sees it.
    /// `record` waits for the journal from the same instant on.
    pub async fn add_hold(&self, hold: &Hold, record: &Value) -> Result<(), StateError> {
        let client = match &hold.scope {
            Scope::Client(client) | Scope::Extension { client, .. } => Some(client.as_str()),
            _ => None,
        };
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO holds (id, scope, client, ground, actor, until, added_at, pending) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&hold.id)
        .bind(serde_json::to_string(&hold.scope)?)
        .bind(client)
        .bind(&hold.ground)
        .bind(&hold.actor)
        .bind(hold.until.map(|date| date.to_string()))
        .bind(hold.added_at.to_string())
        .bind(hold.pending)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(NEXT_EPOCH).execute(&mut *transaction).await?;
        outbox::put(&mut transaction, "hold", hold.added_at, record).await?;
        Ok(transaction.commit().await?)
    }

    /// Says that nothing that began before a hold can still run.
    pub async fn acknowledge_hold(&self, id: &str) -> Result<(), StateError> {
        sqlx::query("UPDATE holds SET pending = 0 WHERE id = ?")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes a hold. What it named is forgotten: the keys and the condition go, the fact stays. None when there is no
    /// such hold in force.
    pub async fn remove_hold(
        &self,
        id: &str,
        at: Timestamp,
        by: &str,
        record: &Value,
    ) -> Result<Option<Hold>, StateError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let found = sqlx::query("SELECT * FROM holds WHERE id = ? AND removed_at IS NULL")
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = found else { return Ok(None) };
        let mut hold = read(&row)?;
        hold.removed = Some((at, by.to_owned()));
        sqlx::query("UPDATE holds SET removed_at = ?, removed_by = ?, scope = ? WHERE id = ?")
            .bind(at.to_string())
            .bind(by)
            .bind(serde_json::to_string(&hold.scope.without_keys())?)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(NEXT_EPOCH).execute(&mut *transaction).await?;
        outbox::put(&mut transaction, "hold_removed", at, record).await?;
        transaction.commit().await?;
        Ok(Some(hold))
    }

    /// Every hold, the newest first.
    pub async fn holds(&self) -> Result<Vec<Hold>, StateError> {
        let rows = sqlx::query("SELECT * FROM holds ORDER BY added_at DESC, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// Moves whenever a hold is added or removed.
    pub async fn hold_epoch(&self) -> Result<u64, StateError> {
        let text: String = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'hold_epoch'")
            .fetch_one(&self.pool)
            .await?;
        crate::read::parse(&text, "hold_epoch")
    }
}

const NEXT_EPOCH: &str =
    "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'hold_epoch'";

fn read(row: &SqliteRow) -> Result<Hold, StateError> {
    let removed_at: Option<Timestamp> = maybe(row, "removed_at")?;
    let removed_by: Option<String> = maybe(row, "removed_by")?;
    Ok(Hold {
        id: parsed(row, "id")?,
        scope: json(row, "scope")?,
        ground: parsed(row, "ground")?,
        actor: parsed(row, "actor")?,
        until: maybe(row, "until")?,
        added_at: parsed(row, "added_at")?,
        pending: row.try_get("pending")?,
        removed: removed_at.zip(removed_by),
    })
}

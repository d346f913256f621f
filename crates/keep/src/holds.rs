//! Holds: `add` returns only when no running batch can still touch the rows.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use serment_plan::{Hold as PlanHold, HoldScope};
use serment_register::model::{ColumnPath, Register, TableId, Text};
use serment_register::predicate::{self, Predicate};
use serment_register::text;
use serment_state::holds::{Hold, Scope};
use serment_store::Role;
use serment_store::condition::Key;

use crate::keep::brakes::table_id;
use crate::named::readings;
use crate::ports::LedgerError;
use crate::{KeepError, Keeper, identifier};

/// How long to wait before the running batches are looked at again.
const PAUSE: Duration = Duration::from_millis(50);

/// What to hold.
#[derive(Clone)]
pub enum HoldRequest {
    /// Rows of a table.
    Rows(TableId, Vec<Key>),
    /// The rows of a table that satisfy a condition of the `where` subset. Unknown counts as satisfying.
    Filter(TableId, String),
    /// Every row of a client.
    Client(String),
}

/// A new hold.
#[derive(Clone)]
pub struct NewHold {
    /// What.
    pub scope: HoldRequest,
    /// Why: `legal_claim`, `restriction`, `request`, or a sentence. It is published in the journal: no personal data.
    pub ground: String,
    /// Who asks.
    pub actor: String,
    /// Last day, organisation's zone; None: until removed.
    pub until: Option<Date>,
    /// How long to wait for running batches.
    pub patience: Duration,
}

impl Keeper<'_> {
    /// Adds a hold and returns once no batch that began before can still commit. When that cannot be had in time, the
    /// error says so: the hold stands, and no new batch touches its rows.
    pub async fn hold_add(&self, new: &NewHold) -> Result<Hold, KeepError> {
        let scope = self.scope(&new.scope)?;
        let now = self.clock.now();
        let mut hold = Hold {
            id: identifier::fresh("h", self.entropy)?,
            scope,
            ground: new.ground.clone(),
            actor: new.actor.clone(),
            until: new.until,
            added_at: now,
            pending: true,
            removed: None,
        };
        self.state.add_hold(&hold, &described(&hold)).await?;
        self.deliver_if_free().await?;
        self.wait_for_batches(&hold, new.patience).await?;
        self.state.acknowledge_hold(&hold.id).await?;
        hold.pending = false;
        Ok(hold)
    }

    /// Holds, the newest first; also removed and past ones when `all`.
    pub async fn hold_list(&self, all: bool) -> Result<Vec<Hold>, KeepError> {
        let mut holds = self.state.holds().await?;
        if !all {
            let zone = self.zone()?;
            let today = self.clock.now().to_zoned(zone).date();
            holds.retain(|hold| hold.is_in_force(today));
        }
        Ok(holds)
    }

    /// Removes a hold. What it named is forgotten.
    pub async fn hold_remove(&self, id: &str, actor: &str) -> Result<Hold, KeepError> {
        let record = json!({ "hold": id, "actor": actor });
        let removed = self
            .state
            .remove_hold(id, self.clock.now(), actor, &record)
            .await?
            .ok_or_else(|| KeepError::UnknownHold(id.to_owned()))?;
        self.deliver_if_free().await?;
        Ok(removed)
    }

    fn zone(&self) -> Result<TimeZone, KeepError> {
        serment_plan::cutoff::time_zone(&self.register.organisation.time_zone)
            .map_err(|error| KeepError::Plan(error.into()))
    }

    /// Checks what is asked for and writes it as the state keeps it.
    fn scope(&self, request: &HoldRequest) -> Result<Scope, KeepError> {
        match request {
            HoldRequest::Rows(id, keys) => {
                let table = self
                    .register
                    .table(id)
                    .ok_or_else(|| KeepError::UnknownTable(id.to_string()))?;
                if let Some(wrong) = keys.iter().find(|key| key.0.len() != table.key.len()) {
                    return Err(KeepError::KeyShape {
                        table: id.to_string(),
                        columns: table.key.join(", "),
                        expected: table.key.len(),
                        found: wrong.0.len(),
                    });
                }
                Ok(Scope::Rows {
                    table: id.to_string(),
                    keys: keys.iter().map(|key| key.0.clone()).collect(),
                })
            }
            HoldRequest::Filter(id, text) => {
                parsed(self.register, id, text)?;
                Ok(Scope::Filter {
                    table: id.to_string(),
                    text: text.clone(),
                })
            }
            HoldRequest::Client(client) => Ok(Scope::Client(client.clone())),
        }
    }

    /// Waits until every batch that was registered before the hold has ended, here and in the stores.
    async fn wait_for_batches(&self, hold: &Hold, patience: Duration) -> Result<(), KeepError> {
        let concerned = |store: &String| match &hold.scope {
            Scope::Rows { table, .. } | Scope::Filter { table, .. } => {
                table.split_once('.').is_some_and(|(known, _)| known == store)
            }
            Scope::Client(_) => true,
        };
        let before: BTreeSet<(u64, u64, String)> = self
            .state
            .running_batches()
            .await?
            .into_iter()
            .filter(|(_, _, store)| concerned(store))
            .collect();
        if before.is_empty() {
            return Ok(());
        }
        let pending = |why: Text| KeepError::HoldPending {
            id: hold.id.clone(),
            why,
        };
        let mut waited = Duration::ZERO;
        let mut running = before.clone();
        while self.state.keeper_is_alive()? {
            let now: BTreeSet<_> = self.state.running_batches().await?.into_iter().collect();
            running = before.intersection(&now).cloned().collect();
            if running.is_empty() {
                break;
            }
            if waited >= patience {
                return Err(pending(text!(
                    "un lot dure plus que l'attente permise",
                    "a batch takes longer than we may wait"
                )));
            }
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
        // What the state still calls running belongs to a process that died: the store alone knows.
        let stores: BTreeSet<&String> = running.iter().map(|(_, _, store)| store).collect();
        for store in stores {
            let fenced = async {
                let writer = self.stores.open(store, Role::Write).await?;
                writer.fence(patience.saturating_sub(waited)).await
            };
            fenced.await.map_err(|error| pending(error.text()))?;
        }
        Ok(())
    }

    /// Writes what waits into the journal, unless a run has it open: that run will.
    pub(crate) async fn deliver_if_free(&self) -> Result<(), KeepError> {
        match self.deliver().await {
            Err(KeepError::Ledger(LedgerError::Busy(_))) => Ok(()),
            other => other,
        }
    }

    /// Grounds and end of the holds in force, for outcomes.
    pub(crate) async fn grounds(
        &self,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<(String, Option<Date>), KeepError> {
        let today = now.to_zoned(zone.clone()).date();
        let mut holds = self.state.holds().await?;
        holds.retain(|hold| hold.is_in_force(today));
        let grounds: BTreeSet<String> = holds.iter().map(|hold| hold.ground.clone()).collect();
        let ends: Option<Vec<Date>> = holds.iter().map(|hold| hold.until).collect();
        Ok((
            grounds.into_iter().collect::<Vec<_>>().join("; "),
            ends.and_then(|ends| ends.into_iter().max()),
        ))
    }
}

/// What the journal says of a hold: neither keys nor conditions, which may be personal.
fn described(hold: &Hold) -> serde_json::Value {
    let (scope, table, client, rows) = match &hold.scope {
        Scope::Rows { table, keys } => ("rows", Some(table), None, Some(keys.len())),
        Scope::Filter { table, .. } => ("filter", Some(table), None, None),
        Scope::Client(client) => ("client", None, Some(client), None),
    };
    json!({
        "hold": hold.id,
        "scope": scope,
        "table": table,
        "client": client,
        "rows": rows,
        "ground": hold.ground,
        "actor": hold.actor,
        "until": hold.until,
    })
}

/// The holds in force on a date, as the planner takes them.
pub(crate) fn in_force(register: &Register, holds: &[Hold], today: Date) -> Result<Vec<PlanHold>, KeepError> {
    holds
        .iter()
        .filter(|hold| hold.is_in_force(today))
        .map(|hold| {
            let known =
                |table: &String| table_id(table).ok_or_else(|| KeepError::UnknownTable(table.clone()));
            let scope = match &hold.scope {
                Scope::Rows { table, keys } => {
                    let keys = keys.iter().cloned().map(Key);
                    HoldScope::Rows(known(table)?, keys.flat_map(|key| readings(&key)).collect())
                }
                Scope::Filter { table, text } => {
                    let id = known(table)?;
                    let predicate = parsed(register, &id, text)?;
                    HoldScope::Filter(id, predicate)
                }
                Scope::Client(client) => HoldScope::Client(client.clone()),
            };
            Ok(PlanHold {
                id: hold.id.clone(),
                scope,
            })
        })
        .collect()
}

/// Parses a condition and checks that its columns are declared.
fn parsed(register: &Register, id: &TableId, text: &str) -> Result<Predicate, KeepError> {
    let table = register
        .table(id)
        .ok_or_else(|| KeepError::UnknownTable(id.to_string()))?;
    let predicate = predicate::parse(text).map_err(|error| KeepError::Condition(error.message))?;
    let mut columns = BTreeSet::new();
    serment_plan::footing::columns(&predicate, &mut columns);
    let declared: BTreeSet<&String> = table
        .columns
        .keys()
        .map(|path: &ColumnPath| &path.column)
        .collect();
    match columns
        .iter()
        .find(|column| !declared.contains(column) && !table.key.contains(column))
    {
        Some(unknown) => Err(KeepError::Condition(text!(
            "{unknown} n'est pas une colonne que le registre déclare dans {id}",
            "{unknown} is not a column that the register declares in {id}"
        ))),
        None => Ok(predicate),
    }
}

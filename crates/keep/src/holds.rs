//! Holds: `add` returns only when no running batch can still touch the rows.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use serment_plan::{Extension, Hold as PlanHold, HoldScope};
use serment_register::model::{ColumnPath, Period, Register, RuleId, TableId, Text};
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
    /// The rows of a client, from one rule, for as long as the client asks: longer than the rule says.
    Extension {
        /// The rule.
        rule: RuleId,
        /// Whose rows.
        client: String,
        /// How long after the rule's clock.
        keep: Period,
    },
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
            HoldRequest::Extension { rule, client, keep } => {
                self.longer(rule, *keep)?;
                Ok(Scope::Extension {
                    rule: rule.to_string(),
                    client: client.clone(),
                    keep: keep.to_string(),
                })
            }
        }
    }

    /// Whether a rule can wait longer for a client: its rows have clients, and the period is longer than its own.
    fn longer(&self, rule: &RuleId, keep: Period) -> Result<(), KeepError> {
        let Some((_, declared)) = self.register.rules().find(|(_, known)| known.id == *rule) else {
            return Err(KeepError::UnknownRule(rule.to_string()));
        };
        let of = &declared.of;
        if self.register.table(of).is_none_or(|table| table.client.is_none()) {
            return Err(KeepError::NotExtensible(text!(
                "les lignes de {of} ne sont celles d'aucun client : le registre dit de qui elles sont sous « client »",
                "the rows of {of} are no client's: the register says whose they are under `client`"
            )));
        }
        let Some(own) = declared.keep else {
            return Err(KeepError::NotExtensible(text!(
                "{rule} n'a pas de durée : seuls des événements y mettent fin",
                "{rule} has no duration: only events end it"
            )));
        };
        // Months and days only compare from a given day; from the longest month on, what is longer always is.
        let from = jiff::civil::date(2026, 1, 31);
        let due = |period| {
            serment_plan::cutoff::due_date(from, period).map_err(|error| KeepError::Plan(error.into()))
        };
        if due(keep)? <= due(own)? {
            let own = serment_register::say::period(own);
            return Err(KeepError::NotExtensible(text!(
                "{rule} garde déjà {own} : un client ne peut que demander plus long ; plus court s'écrit dans le registre",
                "{rule} keeps for {own} already: a client can only ask for longer; shorter is written in the register";
                own
            )));
        }
        Ok(())
    }

    /// Waits until every batch that was registered before the hold has ended, here and in the stores.
    async fn wait_for_batches(&self, hold: &Hold, patience: Duration) -> Result<(), KeepError> {
        let concerned = |store: &String| match &hold.scope {
            Scope::Rows { table, .. } | Scope::Filter { table, .. } => {
                table.split_once('.').is_some_and(|(known, _)| known == store)
            }
            Scope::Client(_) => true,
            Scope::Extension { rule, .. } => self
                .register
                .rules()
                .any(|(_, known)| known.id.0 == *rule && known.of.store == *store),
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
        holds.retain(|hold| hold.is_in_force(today) && !matches!(hold.scope, Scope::Extension { .. }));
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
    let (table, client, rows) = match &hold.scope {
        Scope::Rows { table, keys } => (Some(table), None, Some(keys.len())),
        Scope::Filter { table, .. } => (Some(table), None, None),
        Scope::Client(client) | Scope::Extension { client, .. } => (None, Some(client), None),
    };
    let (rule, keep) = match &hold.scope {
        Scope::Extension { rule, keep, .. } => (Some(rule), Some(keep)),
        _ => (None, None),
    };
    json!({
        "hold": hold.id,
        "scope": word(&hold.scope),
        "rule": rule,
        "keep": keep,
        "table": table,
        "client": client,
        "rows": rows,
        "ground": hold.ground,
        "actor": hold.actor,
        "until": hold.until,
    })
}

/// What a hold is called in the journal.
fn word(scope: &Scope) -> &'static str {
    match scope {
        Scope::Rows { .. } => "rows",
        Scope::Filter { .. } => "filter",
        Scope::Client(_) => "client",
        Scope::Extension { .. } => "extension",
    }
}

/// The holds in force on a date, as the planner takes them.
pub(crate) fn in_force(
    register: &Register,
    holds: &[Hold],
    today: Date,
) -> Result<(Vec<PlanHold>, Vec<Extension>), KeepError> {
    let (mut frozen, mut extensions) = (Vec::new(), Vec::new());
    for hold in holds.iter().filter(|hold| hold.is_in_force(today)) {
        let known = |table: &String| table_id(table).ok_or_else(|| KeepError::UnknownTable(table.clone()));
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
            Scope::Extension { rule, client, keep } => {
                extensions.push(Extension {
                    id: hold.id.clone(),
                    rule: RuleId(rule.clone()),
                    client: client.clone(),
                    keep: Period::parse(keep).map_err(KeepError::Broken)?,
                });
                continue;
            }
        };
        frozen.push(PlanHold {
            id: hold.id.clone(),
            scope,
        });
    }
    Ok((frozen, extensions))
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

//! What happens inside the transaction of a batch: lock, test again, list, change, compare.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;
use serment_plan::freeze::rename;
use serment_plan::locks::locks;
use serment_plan::steps::{PlannedChange, ROW, Step, What, with_keys};
use serment_plan::strategy::Replacement;
use serment_plan::translate::column_ref;
use serment_register::model::{ColumnPath, RuleId, Text};
use serment_register::text;
use serment_state::batches::Count;
use serment_store::Batch;
use serment_store::catalogue::Catalogue;
use serment_store::condition::{Condition, Key, PostCondition};
use serment_store::query::{Change, Field, Keys, Row, Rows};

use super::replace::{PseudonymKey, random, text};
use super::trouble::Trouble;
use crate::KeepError;
use crate::faults;
use crate::outcome::{Code, Why};
use crate::ports::Entropy;

/// Most rows below the walked ones that a batch takes along at once; beyond it the batch is cut, down to one walked row.
const MOST_BELOW: u32 = 100_000;

/// What a body needs.
pub(crate) struct BodyOf<'b> {
    /// Step.
    pub step: &'b Step,
    /// Catalogue of the store.
    pub catalogue: &'b Catalogue,
    /// The rows that may be changed, about the walked row: what is due, of the client and rules that were asked for.
    pub target: &'b Condition,
    /// Candidates.
    pub keys: &'b [Key],
    /// Randomness.
    pub entropy: &'b dyn Entropy,
    /// Key of pseudonyms.
    pub key: Option<&'b PseudonymKey>,
}

/// What a body did.
#[derive(Default)]
pub(crate) struct Done {
    /// Rows by group, in order.
    pub counts: Vec<Count>,
    /// The rows of each change, each with its group.
    pub touched: Vec<Touched>,
    /// First and last walked row that was changed.
    pub ends: Option<(Key, Key)>,
    /// Everything up to this candidate is dealt with.
    pub up_to: Option<Key>,
}

/// The rows of one change.
pub(crate) struct Touched {
    /// Its place among the step's changes.
    pub change: usize,
    /// Keys and groups.
    pub rows: Vec<(Key, usize)>,
    /// Rows beyond those, by group: too many to be kept in mind, of a single walked row.
    pub more: BTreeMap<usize, u64>,
}

impl Touched {
    fn total(&self) -> u64 {
        self.rows.len() as u64 + self.more.values().sum::<u64>()
    }
}

/// Locks the rows that the conditions read.
pub(crate) async fn lock(batch: &mut dyn Batch, of: &BodyOf<'_>) -> Result<(), Trouble> {
    for lock in locks(of.step, of.catalogue, of.keys) {
        batch.lock(&lock).await?;
    }
    Ok(())
}

/// Tests again, lists, changes and compares. The locks are held.
pub(crate) async fn change(batch: &mut dyn Batch, of: &BodyOf<'_>) -> Result<Done, Trouble> {
    let mut done = Done {
        up_to: of.keys.last().cloned(),
        ..Done::default()
    };
    list(batch, of, &mut done).await?;
    faults::at("after_retest").await;
    if done.ends.is_none() {
        return Ok(done);
    }
    faults::at("before_change").await;
    let below: u64 = done
        .touched
        .iter()
        .filter(|touched| touched.change + 1 < of.step.changes.len())
        .map(Touched::total)
        .sum();
    let survivors: Vec<Key> = done
        .touched
        .last()
        .map(|walked| walked.rows.iter().map(|(key, _)| key.clone()).collect())
        .unwrap_or_default();
    for touched in &done.touched {
        let Some(planned) = of.step.changes.get(touched.change) else {
            return Err(broken(text!(
                "un changement n'est pas dans son étape",
                "a change is not in its step"
            )));
        };
        let walked = touched.change + 1 == of.step.changes.len();
        let again = if !walked {
            with_keys(&planned.filter, &survivors)
        } else if below == 0 {
            of.target.clone()
        } else {
            // What went along may have held the clock: the locks keep what was tested as it was.
            Condition::Always
        };
        apply(batch, of, planned, touched, again).await?;
    }
    count(&mut done);
    Ok(done)
}

fn broken(what: Text) -> Trouble {
    Trouble::Fatal(KeepError::Broken(what))
}

/// Fills `touched`, `ends` and the groups (without their rows).
async fn list(batch: &mut dyn Batch, of: &BodyOf<'_>, done: &mut Done) -> Result<(), Trouble> {
    let Some(walked) = of.step.changes.last() else {
        return Err(broken(text!(
            "une étape sans changement",
            "a step without changes"
        )));
    };
    let own = Condition::all([key_in(ROW, &of.step.key, of.keys), of.target.clone()]);
    let mut survivors = read(batch, walked, own, None, 0).await?;
    loop {
        done.counts.clear();
        done.touched.clear();
        let (Some(first), Some(last)) = (survivors.first(), survivors.last()) else {
            done.ends = None;
            return Ok(());
        };
        done.ends = Some((first.key.clone(), last.key.clone()));
        let keys: Vec<Key> = survivors.iter().map(|row| row.key.clone()).collect();
        if below(batch, of, &keys, done).await? {
            break;
        }
        survivors.truncate(survivors.len() / 2);
        done.up_to = survivors.last().map(|row| row.key.clone());
    }
    let mut rows = Vec::with_capacity(survivors.len());
    for row in &survivors {
        rows.push((row.key.clone(), group(done, walked, row)));
    }
    done.touched.push(Touched {
        change: of.step.changes.len() - 1,
        rows,
        more: BTreeMap::new(),
    });
    once_each(of.step, done);
    Ok(())
}

/// Lists what goes along with the survivors. False when it is too much and the batch can be cut.
async fn below(
    batch: &mut dyn Batch,
    of: &BodyOf<'_>,
    survivors: &[Key],
    done: &mut Done,
) -> Result<bool, Trouble> {
    let mut room = MOST_BELOW as usize;
    let companions = of.step.changes.len() - 1;
    for (index, planned) in of.step.changes.iter().enumerate().take(companions) {
        let filter = with_keys(&planned.filter, survivors);
        let mut touched = Touched {
            change: index,
            rows: Vec::new(),
            more: BTreeMap::new(),
        };
        let mut after = None;
        loop {
            let page = read(batch, planned, filter.clone(), after.take(), MOST_BELOW).await?;
            let full = page.len() == MOST_BELOW as usize;
            if page.len() > room && survivors.len() > 1 {
                return Ok(false);
            }
            after = page.last().map(|row| row.key.clone());
            for row in page {
                let group = group(done, planned, &row);
                if room > 0 {
                    room -= 1;
                    touched.rows.push((row.key, group));
                } else {
                    *touched.more.entry(group).or_default() += 1;
                }
            }
            if !full {
                break;
            }
        }
        if touched.total() > 0 {
            done.touched.push(touched);
        }
    }
    Ok(true)
}

/// The rule of a change that has only one: what it changes, that rule changes, and no row is asked.
fn only_rule(planned: &PlannedChange) -> Option<&RuleId> {
    match planned.ended.as_slice() {
        [(rule, _)] => Some(rule),
        _ => None,
    }
}

/// Reads the rows of a change: keys, client, and which of several rules have ended.
async fn read(
    batch: &mut dyn Batch,
    planned: &PlannedChange,
    filter: Condition,
    after: Option<Key>,
    limit: u32,
) -> Result<Vec<Row>, Trouble> {
    let mut fields: Vec<Field> = planned.client.iter().cloned().map(Field::Client).collect();
    if only_rule(planned).is_none() {
        let ended = planned.ended.iter();
        fields.extend(ended.map(|(_, ended)| Field::Condition(rename(ended, ROW, planned.alias))));
    }
    let rows = Rows {
        keys: Keys {
            table: planned.name.clone(),
            alias: planned.alias,
            key: planned.key.clone(),
            filter,
            after,
            limit,
        },
        read: fields,
    };
    Ok(batch.rows(&rows).await?)
}

/// The group of a row: rules that have ended there, and client.
fn group(done: &mut Done, planned: &PlannedChange, row: &Row) -> usize {
    let mut fields = row.fields.iter();
    let client = planned.client.as_ref().and_then(|_| fields.next()).and_then(text);
    let rules = match only_rule(planned) {
        Some(rule) => vec![rule.to_string()],
        None => planned
            .ended
            .iter()
            .zip(fields)
            .filter(|(_, ended)| **ended == Value::Bool(true))
            .map(|((rule, _), _)| rule.to_string())
            .collect(),
    };
    let count = Count {
        rules,
        table: planned.table.to_string(),
        effect: planned.effect.word().to_owned(),
        client,
        rows: 0,
        unverified: None,
        at_least: false,
    };
    match done.counts.iter().position(|known| *known == count) {
        Some(found) => found,
        None => {
            done.counts.push(count);
            done.counts.len() - 1
        }
    }
}

/// A row that several changes reach is changed by the first one only.
fn once_each(step: &Step, done: &mut Done) {
    let mut tables = BTreeMap::new();
    for touched in &done.touched {
        if let Some(change) = step.changes.get(touched.change) {
            *tables.entry(&change.name).or_insert(0) += 1;
        }
    }
    let twice: BTreeSet<_> = tables
        .into_iter()
        .filter(|(_, times)| *times > 1)
        .map(|(name, _)| name)
        .collect();
    let mut seen = HashSet::new();
    for touched in &mut done.touched {
        if let Some(change) = step.changes.get(touched.change)
            && twice.contains(&change.name)
        {
            touched
                .rows
                .retain(|(key, _)| seen.insert((change.name.clone(), key.clone())));
        }
    }
    done.touched.retain(|touched| touched.total() > 0);
}

/// Makes one change and compares what the store says with what was listed.
async fn apply(
    batch: &mut dyn Batch,
    of: &BodyOf<'_>,
    planned: &PlannedChange,
    touched: &Touched,
    again: Condition,
) -> Result<(), Trouble> {
    let keys: Vec<Key> = touched.rows.iter().map(|(key, _)| key.clone()).collect();
    let listed = key_in(planned.alias, &planned.key, &keys);
    match &planned.what {
        What::Delete if touched.more.is_empty() => {
            let delete = Change::Delete {
                table: planned.name.clone(),
                alias: planned.alias,
                filter: Condition::all([listed, again]),
            };
            let changed = batch.change(&delete).await?;
            same(planned, changed, touched.total())
        }
        What::Delete => {
            // More than can be kept in mind: all that goes along with one row, in one statement, then looked for again.
            let delete = Change::Delete {
                table: planned.name.clone(),
                alias: planned.alias,
                filter: again.clone(),
            };
            let changed = batch.change(&delete).await?;
            same(planned, changed, touched.total())?;
            let left = read(batch, planned, again, None, 1).await?;
            same(planned, left.len() as u64, 0)
        }
        What::Set(columns) => {
            let mut again = again;
            let mut set = Vec::new();
            for (path, treatment) in columns {
                if let Replacement::Computed(value) = &treatment.new {
                    set.push((column_ref(planned.alias, path), value.clone()));
                    continue;
                }
                let values =
                    replaced(batch, of, planned, path, &treatment.new, &treatment.post, &keys).await?;
                if values.is_empty() {
                    continue;
                }
                let expected = values.len() as u64;
                let update = Change::UpdateEach {
                    table: planned.name.clone(),
                    alias: planned.alias,
                    key: planned.key.clone(),
                    filter: Condition::all([listed.clone(), again]),
                    column: column_ref(planned.alias, path),
                    values,
                };
                same(planned, batch.change(&update).await?, expected)?;
                // The first statement may have met the promise already: the next ones rest on the locks.
                again = Condition::Always;
            }
            if set.is_empty() {
                return Ok(());
            }
            let update = Change::Update {
                table: planned.name.clone(),
                alias: planned.alias,
                filter: Condition::all([listed, again]),
                set,
            };
            same(planned, batch.change(&update).await?, touched.total())
        }
    }
}

/// New values for the rows that do not have one yet.
async fn replaced(
    batch: &mut dyn Batch,
    of: &BodyOf<'_>,
    planned: &PlannedChange,
    path: &ColumnPath,
    by: &Replacement,
    post: &PostCondition,
    keys: &[Key],
) -> Result<Vec<(Key, Value)>, Trouble> {
    let column = column_ref(planned.alias, path);
    let unmet = Condition::not(Condition::Anonymised {
        column: column.clone(),
        by: post.clone(),
    });
    let rows = Rows {
        keys: Keys {
            table: planned.name.clone(),
            alias: planned.alias,
            key: planned.key.clone(),
            filter: Condition::all([key_in(planned.alias, &planned.key, keys), unmet]),
            after: None,
            limit: 0,
        },
        read: vec![Field::Column(column)],
    };
    let most = of
        .catalogue
        .tables
        .get(&planned.name)
        .and_then(|table| table.column(&path.column))
        .and_then(|column| column.max_length)
        .filter(|_| path.inside.is_empty());
    let label = format!("{}.{path}", planned.table);
    let mut values = Vec::new();
    let mut given = HashSet::new();
    for row in batch.rows(&rows).await? {
        let Some(old) = row.fields.first().and_then(text) else {
            continue;
        };
        let new = match by {
            Replacement::Pseudonym(prefix) => match of.key {
                Some(key) => key.pseudonym(prefix, &label, &old).map_err(Trouble::Fatal)?,
                None => {
                    return Err(broken(text!(
                        "un pseudonyme sans clé",
                        "a pseudonym without a key"
                    )));
                }
            },
            Replacement::Random(prefix) => loop {
                let new = random(prefix, &old, most, of.entropy).map_err(Trouble::Fatal)?;
                if given.insert(new.clone()) {
                    break new;
                }
            },
            Replacement::Computed(_) => {
                return Err(broken(text!(
                    "une valeur calculée parmi les valeurs remplacées",
                    "a computed value among replaced ones"
                )));
            }
        };
        values.push((row.key, Value::String(new)));
    }
    Ok(values)
}

fn same(planned: &PlannedChange, changed: u64, listed: u64) -> Result<(), Trouble> {
    if changed == listed {
        return Ok(());
    }
    let table = &planned.table;
    Err(Trouble::Blocked(Why::new(
        Code::CountMismatch,
        text!(
            "{table} : {listed} lignes ont été verrouillées et comptées, et le dépôt dit en avoir modifié {changed} : un \
             déclencheur, une règle ou une cascade s'interpose ; rien n'a été modifié",
            "{table}: {listed} rows were locked and listed, and the store says that it changed {changed}: a trigger, a \
             rule or a cascade acts between; nothing was changed"
        ),
    )))
}

fn key_in(of: serment_store::condition::Alias, columns: &[String], keys: &[Key]) -> Condition {
    Condition::KeyIn {
        of,
        columns: columns.to_vec(),
        keys: keys.to_vec(),
    }
}

/// Adds the rows of each change to its group.
fn count(done: &mut Done) {
    for touched in &done.touched {
        let each = touched.rows.iter().map(|(_, group)| (*group, 1));
        let more = touched.more.iter().map(|(group, rows)| (*group, *rows));
        for (group, rows) in each.chain(more) {
            if let Some(count) = done.counts.get_mut(group) {
                count.rows += rows;
            }
        }
    }
}

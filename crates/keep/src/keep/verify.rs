//! After COMMIT, on the writer: what was changed is read again.

use std::collections::{BTreeMap, HashSet};

use serment_plan::steps::{PlannedChange, Step, What};
use serment_plan::translate::column_ref;
use serment_register::text;
use serment_state::batches::Count;
use serment_store::condition::{Condition, Key};
use serment_store::query::Keys;
use serment_store::{Store, StoreError};

use super::body::Done;
use crate::outcome::{Code, Why};

/// How many keys are asked for at once.
const AT_ONCE: usize = 10_000;

/// How often a transient failure of the re-read is tried again.
const TRIES: u32 = 3;

/// The counts of a batch, with what reading again did not confirm set apart.
pub(crate) async fn verify(store: &dyn Store, step: &Step, done: &Done) -> Vec<Count> {
    let mut unconfirmed: BTreeMap<(usize, String), u64> = BTreeMap::new();
    for touched in &done.touched {
        let Some(planned) = step.changes.get(touched.change) else {
            continue;
        };
        for rows in touched.rows.chunks(AT_ONCE) {
            let keys: Vec<Key> = rows.iter().map(|(key, _)| key.clone()).collect();
            match failing(store, planned, &keys).await {
                Ok(failing) if failing.is_empty() => {}
                Ok(failing) => {
                    let failing: HashSet<Key> = failing.into_iter().collect();
                    for (_, group) in rows.iter().filter(|(key, _)| failing.contains(key)) {
                        *unconfirmed.entry((*group, said(&planned.what))).or_default() += 1;
                    }
                }
                Err(error) => {
                    let failure = error.failure.text();
                    let why = Why::new(
                        Code::NotReadAgain,
                        text!("relecture impossible : {failure}", "it could not be read again: {failure}"; failure),
                    )
                    .written();
                    for (_, group) in rows {
                        *unconfirmed.entry((*group, why.clone())).or_default() += 1;
                    }
                }
            }
        }
    }
    let mut counts = done.counts.clone();
    for ((group, why), rows) in unconfirmed {
        if let Some(count) = counts.get_mut(group) {
            count.rows = count.rows.saturating_sub(rows);
            let apart = Count {
                rows,
                unverified: Some(why),
                ..count.clone()
            };
            counts.push(apart);
        }
    }
    counts.retain(|count| count.rows > 0 || count.at_least);
    counts
}

fn said(what: &What) -> String {
    let detail = match what {
        What::Delete => text!(
            "relues après la validation, les lignes sont de nouveau là",
            "the rows are there again when read after the commit"
        ),
        What::Set(_) => text!(
            "relues après la validation, les valeurs ne sont pas celles qui ont été écrites",
            "the values are not what was written when read after the commit"
        ),
    };
    Why::new(Code::NotAsWritten, detail).written()
}

/// The keys of rows that are not as promised.
async fn failing(store: &dyn Store, planned: &PlannedChange, keys: &[Key]) -> Result<Vec<Key>, StoreError> {
    let there = Condition::KeyIn {
        of: planned.alias,
        columns: planned.key.clone(),
        keys: keys.to_vec(),
    };
    let unmet = match &planned.what {
        What::Delete => Condition::Always,
        What::Set(columns) => Condition::any(columns.iter().map(|(path, treatment)| {
            Condition::not(Condition::Anonymised {
                column: column_ref(planned.alias, path),
                by: treatment.post.clone(),
            })
        })),
    };
    let question = Keys {
        table: planned.name.clone(),
        alias: planned.alias,
        key: planned.key.clone(),
        filter: Condition::all([there, unmet]),
        after: None,
        limit: 0,
    };
    let mut tries = 1;
    loop {
        match store.keys(&question).await {
            Err(error) if error.failure.is_transient() && tries < TRIES => tries += 1,
            answer => return answer,
        }
    }
}

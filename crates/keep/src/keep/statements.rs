//! The statements of a batch, in order, for the database's owner to read.

use serment_plan::locks::locks;
use serment_plan::steps::{PlannedChange, ROW, Step, What, with_keys};
use serment_plan::strategy::Replacement;
use serment_plan::translate::column_ref;
use serment_register::model::Text;
use serment_register::text;
use serment_store::Statement;
use serment_store::catalogue::Catalogue;
use serment_store::condition::{Condition, Key};
use serment_store::query::{Change, Keys};

/// What each statement is for, and the statement, for an example of a key.
pub(crate) fn of(step: &Step, catalogue: &Catalogue) -> Vec<(Text, Statement)> {
    let example = [Key(step.key.iter().map(|_| serde_json::json!("…")).collect())];
    let walked = Condition::KeyIn {
        of: ROW,
        columns: step.key.clone(),
        keys: example.to_vec(),
    };
    let keys = |filter: Condition, limit: u32| {
        Statement::Keys(Keys {
            table: step.name.clone(),
            alias: ROW,
            key: step.key.clone(),
            filter,
            after: None,
            limit,
        })
    };
    let mut statements = vec![(text!("lignes à examiner", "candidates"), keys(step.due(), 10_000))];
    for lock in locks(step, catalogue, &example) {
        statements.push((text!("verrouiller", "lock"), Statement::Lock(lock)));
    }
    statements.push((
        text!("retester", "test again"),
        keys(Condition::all([walked, step.due()]), 0),
    ));
    for change in &step.changes {
        for (what, change) in printed(change, &example) {
            statements.push((what, Statement::Change(change)));
        }
    }
    statements
}

fn printed(change: &PlannedChange, example: &[Key]) -> Vec<(Text, Change)> {
    let filter = with_keys(&change.filter, example);
    let table = &change.table;
    match &change.what {
        What::Delete => vec![(
            text!("effacer dans {table}", "delete from {table}"),
            Change::Delete {
                table: change.name.clone(),
                alias: change.alias,
                filter,
            },
        )],
        What::Set(columns) => {
            let mut changes = Vec::new();
            let mut set = Vec::new();
            for (path, treatment) in columns {
                match &treatment.new {
                    Replacement::Computed(value) => {
                        set.push((column_ref(change.alias, path), value.clone()));
                    }
                    Replacement::Pseudonym(prefix) | Replacement::Random(prefix) => changes.push((
                        text!("remplacer {path} dans {table}", "replace {path} in {table}"),
                        Change::UpdateEach {
                            table: change.name.clone(),
                            alias: change.alias,
                            key: change.key.clone(),
                            filter: filter.clone(),
                            column: column_ref(change.alias, path),
                            values: example
                                .iter()
                                .map(|key| (key.clone(), serde_json::json!(format!("{prefix}…"))))
                                .collect(),
                        },
                    )),
                }
            }
            if !set.is_empty() {
                changes.push((
                    text!("modifier {table}", "update {table}"),
                    Change::Update {
                        table: change.name.clone(),
                        alias: change.alias,
                        filter,
                        set,
                    },
                ));
            }
            changes
        }
    }
}

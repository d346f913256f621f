//! Why each column of a row is still here: by the same conditions as those that the engine acts on.

mod ask;
mod say;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serment_plan::Plan;
use serment_plan::footing::footing;
use serment_plan::freeze::Freezer;
use serment_plan::graph::Graph;
use serment_plan::judgement::Names;
use serment_plan::steps::{Effect, ROW, What};
use serment_plan::translate::Ground;
use serment_register::model::{Basis, ColumnPath, LinkKind, RuleId, TableId, Text};
use serment_register::text;
use serment_store::catalogue::TableName;
use serment_store::condition::{Condition, Key};
use serment_store::query::{Keys, Rows};

use self::ask::{Asked, Asking, Place};
use crate::KeepError;
use crate::named::readings;
use crate::observe::{Observer, Sight};

/// Why a row is here. Keys are the caller's; no value of the row is told but dates of clocks.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Table.
    pub table: TableId,
    /// Whose row.
    pub client: Option<String>,
    /// What each rule says.
    pub rules: Vec<RuleSays>,
    /// What happens to each column.
    pub columns: Vec<ColumnSays>,
    /// Holds that freeze it, by identifier.
    pub holds: Vec<String>,
    /// Tables with rows that refer to it and do not go with it.
    pub referenced_by: Vec<TableId>,
    /// The effects that are due on it, were every rule approved.
    pub due: Vec<Effect>,
    /// One sentence.
    pub verdict: Text,
}

/// What a rule says of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSays {
    /// Rule.
    pub rule: RuleId,
    /// Whether it concerns the row's subjects, and what it says then.
    pub stand: Stand,
    /// Whether it has an approval in force.
    pub released: bool,
    /// Whether it runs because a state holds.
    pub held_by_state: bool,
    /// Whether it runs because a value is implausible or unreadable.
    pub implausible: bool,
    /// Whether an event ends it at once while a state still holds.
    pub contradictory: bool,
    /// Clocks that the row itself holds: column and value as written.
    pub clocks: Vec<(String, Option<String>)>,
    /// Date of the latest clock in the organisation's zone, when the row itself holds them all.
    pub clock: Option<Date>,
    /// Due date of that clock; the later one that the row's client asked for, if it did.
    pub due: Option<Date>,
    /// The holds by which the client asked for that.
    pub extended_by: Vec<String>,
    /// Purposes that it serves, with their titles and bases.
    pub purposes: Vec<(String, Text, &'static str)>,
}

/// Where a rule stands on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// The row is not about its subjects.
    NotConcerned,
    /// No state, no event yet.
    NeverBegan,
    /// It runs.
    Runs,
    /// It has ended.
    Ended,
}

/// What is said of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSays {
    /// Column path.
    pub column: String,
    /// Category; None when not personal.
    pub category: Option<String>,
    /// Rules that need it and run.
    pub kept_by: Vec<RuleId>,
    /// Rules that needed it and have ended.
    pub ended: Vec<RuleId>,
    /// Rules of rows that refer to this one, that run and need it.
    pub needed_by_referrers: Vec<RuleId>,
    /// Whether it stays as the row's footing while the row stays.
    pub footing: bool,
    /// Whether it is due to be cleared now, were every rule approved.
    pub due: bool,
}

impl Observer<'_> {
    /// Explains one row; None when there is no such row.
    pub async fn explain(&self, table: &TableId, key: &Key) -> Result<Option<Explanation>, KeepError> {
        let declared = self
            .register
            .table(table)
            .ok_or_else(|| KeepError::UnknownTable(table.to_string()))?;
        if key.0.len() != declared.key.len() {
            return Err(KeepError::KeyShape {
                table: table.to_string(),
                columns: declared.key.join(", "),
                expected: declared.key.len(),
                found: key.0.len(),
            });
        }
        let only = [table.store.clone()].into();
        let sight = Sight::open(self.register, self.stores, Some(&only)).await;
        let Some(store) = sight.stores.get(&table.store) else {
            let why = sight.unread.get(&table.store).cloned();
            return Err(KeepError::UnreadStore {
                store: table.store.clone(),
                why: why.unwrap_or_else(|| {
                    text!(
                        "aucune règle ne le lit, ou son genre n'est pas encore exécuté",
                        "no rule reads it, or its kind is not executed yet"
                    )
                }),
            });
        };
        let now = self.clock.now();
        let situation = self.situation(now, None).await?;
        let plan = Plan::new(self.register, &sight.catalogues, &situation)?;
        let approvals = self.approvals().await?;
        let ground = Ground {
            register: self.register,
            catalogues: &sight.catalogues,
            cutoff: &situation.cutoff,
            extensions: &situation.extensions,
        };
        let graph = Graph::new(self.register);
        let names = Names::new();

        let mut asking = Asking::new(ground, &graph, &names, &plan);
        let client = asking.client(table);
        let rules = asking.rules(declared)?;
        let mut holds = Vec::new();
        for hold in &situation.holds {
            let one = [hold.clone()];
            let freezer = Freezer {
                ground,
                graph: &graph,
                names: &names,
                holds: &one,
            };
            holds.push((hold.id.clone(), asking.condition(freezer.frozen(declared, ROW)?)));
        }
        let mut referrers: Vec<(TableId, Place)> = Vec::new();
        let mut needed: BTreeMap<(TableId, RuleId), Place> = BTreeMap::new();
        for edge in Graph::into(&graph, table) {
            let along = edge.link.kind == LinkKind::BelongsTo && graph.is_governed(edge.from);
            if along {
                continue;
            }
            let child = names.fresh();
            let there = ground.child(&edge.from.id, edge.link, child, ROW, Condition::Always)?;
            referrers.push((edge.from.id.clone(), asking.condition(there)));
            for (rule, runs) in asking.running_below(edge)? {
                needed.insert((edge.from.id.clone(), rule), runs);
            }
        }
        let mut due = Vec::new();
        for (_, change) in plan.changes().filter(|(_, change)| change.table == *table) {
            let columns: Vec<ColumnPath> = match &change.what {
                What::Delete => Vec::new(),
                What::Set(columns) => columns.iter().map(|(path, _)| path.clone()).collect(),
            };
            due.push((change.effect, columns, asking.condition(change.expected.clone())));
        }

        let rows = store
            .rows(&Rows {
                keys: Keys {
                    table: TableName {
                        schema: declared.schema.clone(),
                        name: declared.name.clone(),
                    },
                    alias: ROW,
                    key: declared.key.clone(),
                    filter: Condition::KeyIn {
                        of: ROW,
                        columns: declared.key.clone(),
                        keys: readings(key),
                    },
                    after: None,
                    limit: 0,
                },
                read: asking.fields(),
            })
            .await?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let answers = Asked(row.fields);
        let whose = client.and_then(|place| answers.text(place));

        let released = |rule: &RuleId| {
            approvals.get(rule).is_some_and(|approval| {
                plan.rule(rule)
                    .is_some_and(|planned| planned.hash == approval.hash)
            })
        };
        let rules: Vec<RuleSays> = rules
            .iter()
            .map(|asked| asked.answer(ground, &answers, whose.as_deref(), released(&asked.rule.id)))
            .collect();
        let due: Vec<_> = due
            .into_iter()
            .filter(|(_, _, place)| answers.yes(*place))
            .collect();
        let kept = footing(self.register, declared);
        let columns = declared
            .columns
            .iter()
            .map(|(path, column)| {
                let covered = |rule: &RuleId| {
                    column
                        .category
                        .as_ref()
                        .is_some_and(|category| self.covers(rule, category))
                };
                let of = |stand: Stand| {
                    rules
                        .iter()
                        .filter(|says| says.stand == stand && covered(&says.rule))
                        .map(|says| says.rule.clone())
                        .collect()
                };
                ColumnSays {
                    column: path.to_string(),
                    category: column.category.as_ref().map(ToString::to_string),
                    kept_by: of(Stand::Runs),
                    ended: of(Stand::Ended),
                    needed_by_referrers: needed
                        .iter()
                        .filter(|((_, rule), place)| covered(rule) && answers.yes(**place))
                        .map(|((_, rule), _)| rule.clone())
                        .collect(),
                    footing: kept.contains(&path.column),
                    due: due
                        .iter()
                        .any(|(_, columns, _)| columns.is_empty() || columns.contains(path)),
                }
            })
            .collect();
        let mut explanation = Explanation {
            table: table.clone(),
            client: whose,
            columns,
            holds: holds
                .into_iter()
                .filter(|(_, place)| answers.yes(*place))
                .map(|(id, _)| id)
                .collect(),
            referenced_by: referrers
                .into_iter()
                .filter(|(_, place)| answers.yes(*place))
                .map(|(id, _)| id)
                .collect(),
            due: due.iter().map(|(effect, _, _)| *effect).collect(),
            rules,
            verdict: Text::default(),
        };
        explanation.due.dedup();
        explanation.verdict = say::verdict(&explanation);
        Ok(Some(explanation))
    }

    fn covers(&self, rule: &RuleId, category: &serment_register::model::Category) -> bool {
        self.register.rules().any(|(_, declared)| {
            declared.id == *rule
                && declared
                    .purposes
                    .iter()
                    .filter_map(|id| self.register.purpose(id))
                    .any(|purpose| purpose.data.iter().any(|needed| needed.covers(category)))
        })
    }
}

/// The word of a legal basis.
fn basis(basis: &Basis) -> &'static str {
    match basis {
        Basis::Consent => "consent",
        Basis::Contract => "contract",
        Basis::LegalObligation(_) => "legal_obligation",
        Basis::VitalInterests => "vital_interests",
        Basis::PublicTask => "public_task",
        Basis::LegitimateInterests(_) => "legitimate_interests",
    }
}

//! The planner and a real database: makes the tables, plans, and runs the steps of the plan with a driver as plain as
//! can be.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::Value as Json;
use serment_plan::forecast::{self, Forecast};
use serment_plan::steps::{ROW, Step, What, with_keys};
use serment_plan::strategy::Replacement;
use serment_plan::translate::Ground;
use serment_plan::{Cutoff, Extension, HoldScope, Plan, Situation};
use serment_register::diagnostics::{Diagnostic, Severity};
use serment_register::model::{Period, Register, RuleId, TableId};
use serment_register::predicate;
use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::condition::{Alias, ColumnRef, Condition, Key};
use serment_store::query::{Change, Field, Keys, Rows};
use serment_store::{Batch, BatchOptions, Role, Statement, Store};

use crate::text::{self, Dialect};
use crate::world::{Hold, Value, World};

/// The rows of each table, by key: the cells as JSON.
pub type Picture = Vec<BTreeMap<String, Vec<Json>>>;

/// A world in a real database, with its register loaded.
pub struct Stage {
    pub register: Register,
    pub catalogues: BTreeMap<String, Catalogue>,
    pub store: Box<dyn Store>,
    pub database: Database,
}

/// Why a world is none.
#[derive(Debug)]
pub enum Refused {
    /// `check` finds a mistake.
    Register(Vec<String>),
}

impl Stage {
    /// Makes the tables and loads the register.
    pub async fn set(world: &World, kind: Kind) -> Result<Self, Refused> {
        let dialect = if kind == Kind::Sqlite {
            Dialect::Sqlite
        } else {
            Dialect::Postgres
        };
        let (register, found) = serment_register::load(&text::register(world, dialect));
        let errors: Vec<String> = found
            .iter()
            .filter(|it| it.severity == Severity::Error)
            .map(describe)
            .collect();
        let register = match register {
            Some(register) if errors.is_empty() => register,
            _ => return Err(Refused::Register(errors)),
        };
        let database = Database::create(kind).await;
        database.script(&text::sql(world, dialect)).await;
        let store = database.open(Role::Write).await.expect("a store");
        let names: Vec<TableName> = world.tables.iter().map(|table| name(&table.name)).collect();
        let catalogue = store.introspect(&names).await.expect("a catalogue");
        let catalogues = BTreeMap::from([("db".to_owned(), catalogue)]);
        Ok(Self {
            register,
            catalogues,
            store,
            database,
        })
    }

    /// What the planner sees besides the register and the catalogue.
    pub fn situation(&self, world: &World) -> Situation {
        let holds = world
            .holds
            .iter()
            .enumerate()
            .map(|(number, hold)| serment_plan::Hold {
                id: format!("h{number}"),
                scope: match hold {
                    Hold::Rows(table, rows) => {
                        let keys = rows.iter().map(|row| Key(key(world, *table, *row))).collect();
                        HoldScope::Rows(id(world, *table), keys)
                    }
                    Hold::Filter(table, test) => {
                        let written = text::test(test, &world.tables[*table]);
                        let parsed = predicate::parse(&written).expect("a condition");
                        HoldScope::Filter(id(world, *table), parsed)
                    }
                    Hold::Client(client) => HoldScope::Client(client.to_string()),
                },
            });
        Situation {
            cutoff: Cutoff::now(world.now, &world.zone).expect("a cut-off"),
            holds: holds.collect(),
            extensions: asked(world).collect(),
            released: None,
        }
    }

    pub fn plan(&self, situation: &Situation) -> Plan {
        Plan::new(&self.register, &self.catalogues, situation).expect("a plan")
    }

    /// The forecast of a plan.
    pub async fn forecast(&self, world: &World, plan: &Plan, situation: &Situation) -> Forecast {
        let ground = Ground {
            register: &self.register,
            catalogues: &self.catalogues,
            cutoff: &situation.cutoff,
            extensions: &situation.extensions,
        };
        let mut forecast = Forecast::new(plan);
        let zone = TimeZone::get(&world.zone).expect("a zone");
        for question in
            forecast::questions(plan, ground, situation, &|_| Ok(Condition::Always)).expect("questions")
        {
            let answer = self.store.tally(&question.tally).await.expect("an answer");
            forecast.add(&question, &answer, &zone);
        }
        forecast.finish(plan);
        forecast
    }

    /// Every row of every table.
    pub async fn picture(&self, world: &World) -> Picture {
        let mut picture = Vec::new();
        for table in &world.tables {
            let read = table
                .columns
                .iter()
                .map(|it| Field::Column(ColumnRef::whole(ROW, &it.name)))
                .collect();
            let key = table
                .key
                .iter()
                .map(|at| table.columns[*at].name.clone())
                .collect();
            let keys = Keys {
                table: name(&table.name),
                alias: ROW,
                key,
                filter: Condition::Always,
                after: None,
                limit: 0,
            };
            let rows = self.store.rows(&Rows { keys, read }).await.expect("rows");
            picture.push(
                rows.into_iter()
                    .map(|row| (row.key.to_string(), row.fields))
                    .collect(),
            );
        }
        picture
    }

    /// Runs a plan until it changes nothing more; says how many runs changed something.
    ///
    /// One run is not always enough: among rows that go together, one that another of them refers to waits for the
    /// next run.
    pub async fn run_to_the_end(&self, plan: &Plan, limit: u32) -> usize {
        let mut runs = 0;
        while self.run(plan, limit).await > 0 {
            runs += 1;
            assert!(runs < 20, "every run changes something: there is no end");
        }
        runs
    }

    /// Runs the steps of a plan once, in order; says how many rows it changed.
    pub async fn run(&self, plan: &Plan, limit: u32) -> u64 {
        let mut changed = 0;
        for step in plan.families.iter().flat_map(|family| &family.steps) {
            for _ in 0..1000 {
                match self.batch(step, step.due(), limit).await {
                    0 => break,
                    rows => changed += rows,
                }
            }
            // Rows that refer to one another in a circle go together, once nothing else can.
            if let Some(circle) = &step.circle {
                let left = Condition::all([circle.clone(), Condition::not(step.frozen.clone())]);
                changed += self.batch(step, left, 0).await;
            }
        }
        changed
    }

    async fn batch(&self, step: &Step, filter: Condition, limit: u32) -> u64 {
        let mut batch = self.store.begin(&BatchOptions::default()).await.expect("a batch");
        let keys = Keys {
            table: step.name.clone(),
            alias: ROW,
            key: step.key.clone(),
            filter,
            after: None,
            limit,
        };
        let keys = batch.keys(&keys).await.expect("keys");
        let mut changed = 0;
        if !keys.is_empty() {
            for change in &step.changes {
                let filter = with_keys(&change.filter, &keys);
                changed += match &change.what {
                    What::Delete => {
                        let change = Change::Delete {
                            table: change.name.clone(),
                            alias: change.alias,
                            filter,
                        };
                        batch
                            .change(&change)
                            .await
                            .unwrap_or_else(|error| panic!("{}: {error:?}", step.id))
                    }
                    What::Set(columns) => {
                        let mut rows = 0;
                        let mut set = Vec::new();
                        for (path, treatment) in columns {
                            let column = ColumnRef {
                                of: change.alias,
                                column: path.column.clone(),
                                inside: path.inside.clone(),
                            };
                            match &treatment.new {
                                Replacement::Computed(value) => set.push((column, value.clone())),
                                Replacement::Pseudonym(prefix) | Replacement::Random(prefix) => {
                                    rows += each(batch.as_mut(), change, &filter, column, prefix).await;
                                }
                            }
                        }
                        if !set.is_empty() {
                            let change = Change::Update {
                                table: change.name.clone(),
                                alias: change.alias,
                                filter,
                                set,
                            };
                            rows += batch
                                .change(&change)
                                .await
                                .unwrap_or_else(|error| panic!("{}: {error:?}", step.id));
                        }
                        rows
                    }
                };
            }
        }
        batch.commit().await.expect("a commit");
        changed
    }
}

/// Prints which rows each step of a world would walk, as SQL.
pub async fn show(world: &World, kind: Kind) {
    let Ok(stage) = Stage::set(world, kind).await else {
        return;
    };
    let plan = stage.plan(&stage.situation(world));
    for step in plan.families.iter().flat_map(|family| &family.steps) {
        let keys = Keys {
            table: step.name.clone(),
            alias: ROW,
            key: step.key.clone(),
            filter: step.due(),
            after: None,
            limit: 0,
        };
        println!(
            "--- {}\n{:#?}\n{}",
            step.id,
            keys.filter,
            stage.store.sql(&Statement::Keys(keys.clone()))
        );
        for change in &step.changes {
            println!(
                "--- {} changes {} {:?}\n{:#?}\nSELECT",
                step.id, change.name.name, change.what, change.filter
            );
        }
    }
}

/// Gives each row a value of its own.
async fn each(
    batch: &mut dyn Batch,
    change: &serment_plan::steps::PlannedChange,
    filter: &Condition,
    column: ColumnRef,
    prefix: &str,
) -> u64 {
    let keys = Keys {
        table: change.name.clone(),
        alias: change.alias,
        key: change.key.clone(),
        filter: filter.clone(),
        after: None,
        limit: 0,
    };
    let keys = batch.keys(&keys).await.expect("keys");
    if keys.is_empty() {
        return 0;
    }
    let values = keys.into_iter().enumerate();
    let values = values
        .map(|(number, key)| (key, Json::String(format!("{prefix}{number}"))))
        .collect();
    let change = Change::UpdateEach {
        table: change.name.clone(),
        alias: change.alias,
        key: change.key.clone(),
        filter: filter.clone(),
        column,
        values,
    };
    batch.change(&change).await.expect("a change")
}

fn describe(diagnostic: &Diagnostic) -> String {
    format!("{} {}", diagnostic.code, diagnostic.message.en)
}

pub fn name(table: &str) -> TableName {
    TableName {
        schema: None,
        name: table.to_owned(),
    }
}

pub fn id(world: &World, table: usize) -> TableId {
    TableId {
        store: "db".into(),
        table: world.tables[table].name.clone(),
    }
}

/// The key of a row, as the store writes it.
pub fn key(world: &World, table: usize, row: usize) -> Vec<Json> {
    let table = &world.tables[table];
    let parts = table.key.iter().map(|at| match &table.rows[row][*at] {
        Value::Number(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.clone()),
        Value::Null => Json::Null,
    });
    parts.collect()
}

/// The alias of the planner's conditions, kept here so that a change of its meaning is seen.
const _: Alias = ROW;

/// What clients asked to keep for longer.
pub fn asked(world: &World) -> impl Iterator<Item = Extension> {
    world.rules.iter().enumerate().filter_map(|(number, rule)| {
        let (client, period) = rule.asked?;
        Some(Extension {
            id: format!("e{number}"),
            rule: RuleId(format!("a{number}.r")),
            client: client.to_string(),
            keep: Period::parse(&format!("{} {}", period.0, period.1)).expect("a period"),
        })
    })
}

//! Whether a register keeps its promises on rows: the planner's steps are carried out on the generated databases, and
//! what is left is compared with questions written by hand, in plain SQL, promise by promise, over a copy made before.

use std::collections::BTreeMap;
use std::path::Path;

use serment_examples::{Company, Dialect, World};
use serment_plan::steps::{PlannedChange, ROW, Step, What, with_keys};
use serment_plan::strategy::Replacement;
use serment_plan::{Cutoff, Plan, Situation};
use serment_register::model::Register;
use serment_sql::Kind;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::condition::{ColumnRef, Condition, Key};
use serment_store::query::{Change, Keys};
use serment_store::{BatchOptions, Commit, Role, Store};
use sqlx::{Connection, Row, SqliteConnection};

use crate::registers::load;

/// A company whose databases are built on SQLite, beside a copy of each as it was `before`.
pub struct Workshop {
    company: &'static Company,
    world: World,
    folder: tempfile::TempDir,
    register: Register,
}

impl Workshop {
    pub async fn found(company: &'static Company, world: World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for database in company.databases {
            let name = database.name;
            let (file, copy) = (format!("{name}.db"), format!("{name}.before.db"));
            let path = folder.path().join(&file);
            serment_sql::create_sqlite(&path).await.unwrap();
            let script: String = std::iter::once("BEGIN".to_owned())
                .chain(database.statements(world, Dialect::Sqlite))
                .chain(std::iter::once("COMMIT".to_owned()))
                .map(|statement| statement + ";\n")
                .collect();
            serment_sql::execute_script(Kind::Sqlite, name, &file, folder.path(), &script)
                .await
                .unwrap();
            std::fs::copy(&path, folder.path().join(copy)).unwrap();
        }
        Self {
            company,
            world,
            folder,
            register: load(company, Dialect::Sqlite).0,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    pub async fn open(&self) -> BTreeMap<String, Box<dyn Store>> {
        let mut open = BTreeMap::new();
        for database in self.company.databases {
            let (name, file) = (database.name, format!("{}.db", database.name));
            let opened = serment_sql::open(Kind::Sqlite, name, &file, Role::Write, self.path());
            open.insert(name.to_owned(), opened.await.unwrap());
        }
        open
    }

    pub async fn plan(&self, open: &BTreeMap<String, Box<dyn Store>>) -> Plan {
        plan(&self.register, self.world, open).await
    }

    /// Carries out every step, family after family, until nothing changes; says how many rows changed.
    async fn carry_out(&self) -> u64 {
        let open = self.open().await;
        let plan = self.plan(&open).await;
        let mut changed = 0;
        for family in &plan.families {
            for step in &family.steps {
                changed += carry_out(open[&family.root.store].as_ref(), step).await;
            }
        }
        changed
    }

    /// A number, from `before` (as generated) or `after` (what is left).
    async fn number(&self, database: &str, sql: &str) -> i64 {
        let url = format!(
            "sqlite://{}",
            self.path().join(format!("{database}.db")).display()
        );
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        let before = self.path().join(format!("{database}.before.db"));
        let attach = format!("ATTACH '{}' AS before", before.display());
        sqlx::raw_sql(sqlx::AssertSqlSafe(attach))
            .execute(&mut connection)
            .await
            .unwrap();
        let row = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut connection)
            .await;
        row.unwrap_or_else(|error| panic!("{sql}: {error}")).get(0)
    }
}

/// The catalogue of each store, for the tables that the register maps.
pub async fn catalogues(
    register: &Register,
    open: &BTreeMap<String, Box<dyn Store>>,
) -> BTreeMap<String, Catalogue> {
    let mut catalogues = BTreeMap::new();
    for (name, store) in open {
        let names: Vec<TableName> = register.stores[name]
            .tables
            .values()
            .map(|table| TableName {
                schema: None,
                name: table.name.clone(),
            })
            .collect();
        catalogues.insert(name.clone(), store.introspect(&names).await.unwrap());
    }
    catalogues
}

/// The plan for a world, on these stores.
pub async fn plan(register: &Register, world: World, open: &BTreeMap<String, Box<dyn Store>>) -> Plan {
    let situation = Situation {
        cutoff: Cutoff::at(world.reference, &register.organisation.time_zone).unwrap(),
        holds: Vec::new(),
        extensions: Vec::new(),
        released: None,
    };
    Plan::new(register, &catalogues(register, open).await, &situation).unwrap()
}

/// The rules that something stands in the way of.
pub fn blocked(plan: &Plan) -> Vec<String> {
    plan.rules
        .iter()
        .filter(|rule| !rule.obstacles.is_empty())
        .map(|rule| rule.id.to_string())
        .collect()
}

/// How many rows each step finds.
pub async fn due(plan: &Plan, open: &BTreeMap<String, Box<dyn Store>>) -> BTreeMap<String, usize> {
    let mut due = BTreeMap::new();
    for family in &plan.families {
        for step in &family.steps {
            let keys = keys_of(step, 1_000_000);
            let found = open[&family.root.store].keys(&keys).await.unwrap();
            due.insert(step.id.to_string(), found.len());
        }
    }
    due
}

fn keys_of(step: &Step, limit: u32) -> Keys {
    Keys {
        table: step.name.clone(),
        alias: ROW,
        key: step.key.clone(),
        filter: step.due(),
        after: None,
        limit,
    }
}

async fn carry_out(store: &dyn Store, step: &Step) -> u64 {
    let mut changed = 0;
    loop {
        let keys = keys_of(step, 2000);
        let keys = store.keys(&keys).await.unwrap();
        if keys.is_empty() {
            return changed;
        }
        let mut batch = store.begin(&BatchOptions::default()).await.unwrap();
        let mut now = 0;
        for change in &step.changes {
            now += batch.change(&to_change(change, &keys)).await.unwrap();
        }
        assert_eq!(batch.commit().await.unwrap(), Commit::Done);
        assert!(now > 0, "{} finds rows and changes none", step.id);
        changed += now;
    }
}

fn to_change(change: &PlannedChange, keys: &[Key]) -> Change {
    let filter: Condition = with_keys(&change.filter, keys);
    let (table, alias) = (change.name.clone(), change.alias);
    match &change.what {
        What::Delete => Change::Delete { table, alias, filter },
        What::Set(columns) => Change::Update {
            table,
            alias,
            filter,
            set: columns
                .iter()
                .map(|(path, treatment)| {
                    let Replacement::Computed(new) = &treatment.new else {
                        panic!("no value is made here")
                    };
                    let column = ColumnRef {
                        of: alias,
                        column: path.column.clone(),
                        inside: path.inside.clone(),
                    };
                    (column, new.clone())
                })
                .collect(),
        },
    }
}

/// The rows of a table that must be gone, asked in plain SQL of the databases as they were `before`. All others stay.
pub struct Promise {
    pub id: &'static str,
    pub database: &'static str,
    pub table: &'static str,
    pub key: &'static str,
    pub gone: &'static str,
}

/// `gone` with its abbreviations written out: `{3y}` is the last day whose three years are over, `{3y.utc}` the instant
/// at which that day ends in Paris, `{now}` the date that begins when the reference day ends, `real(c)` whether a text
/// is no absurd date.
fn written_out(sql: &str) -> String {
    let mut sql = sql.replace("{now}", "'2026-11-23'");
    for (name, day, end) in [
        ("1d", "2026-11-21", "2026-11-21T23:00:00Z"),
        ("30d", "2026-10-23", "2026-10-23T22:00:00Z"),
        ("13m", "2025-10-22", "2025-10-22T22:00:00Z"),
        ("1m", "2026-10-22", "2026-10-22T22:00:00Z"),
        ("3m", "2026-08-22", "2026-08-22T22:00:00Z"),
        ("6m", "2026-05-22", "2026-05-22T22:00:00Z"),
        ("12m", "2025-11-22", "2025-11-22T23:00:00Z"),
        ("26m", "2024-09-22", "2024-09-22T22:00:00Z"),
        ("3y", "2023-11-22", "2023-11-22T23:00:00Z"),
        ("5y", "2021-11-22", "2021-11-22T23:00:00Z"),
        ("10y", "2016-11-22", "2016-11-22T23:00:00Z"),
    ] {
        sql = sql.replace(&format!("{{{name}}}"), &format!("'{day}'"));
        sql = sql.replace(&format!("{{{name}.utc}}"), &format!("unixepoch('{end}')"));
    }
    while let Some(at) = sql.find("real(") {
        let end = at + sql[at..].find(')').unwrap();
        let column = sql[at + 5..end].to_owned();
        sql.replace_range(
            at..=end,
            &format!("(substr({column}, 1, 4) BETWEEN '1990' AND '2027')"),
        );
    }
    sql
}

/// What a company must show on rows.
pub struct Story {
    pub company: &'static Company,
    pub world: World,
    /// Rows that must go.
    pub promises: &'static [Promise],
    /// What a row that stays has lost, or kept wrongly: said, database, a question that counts what is wrong.
    pub kept: &'static [(&'static str, &'static str, &'static str)],
    /// Abbreviations in the questions, written out first to last.
    pub words: &'static [(&'static str, &'static str)],
    /// Rules that this version does not carry out.
    pub blocked: &'static [&'static str],
}

impl Story {
    fn question(&self, sql: &str) -> String {
        let words = self.words.iter();
        written_out(&words.fold(sql.to_owned(), |sql, (short, long)| sql.replace(short, long)))
    }

    /// Goes through all of it.
    pub async fn check(&self) {
        let workshop = Workshop::found(self.company, self.world).await;
        let plan = workshop.plan(&workshop.open().await).await;
        assert_eq!(blocked(&plan), self.blocked, "{:#?}", plan.rules);
        assert!(workshop.carry_out().await > 0);
        for promise in self.promises {
            self.check_promise(&workshop, promise).await;
        }
        for (what, database, sql) in self.kept {
            assert_eq!(workshop.number(database, &self.question(sql)).await, 0, "{what}");
        }
        for member in self.company.cast {
            let sql = format!(
                "SELECT count(*) FROM main.{} WHERE id = '{}'",
                member.table, member.key
            );
            let there = workshop.number(member.store, &sql).await == 1;
            assert_eq!(there, member.stays, "{}: {}", member.name, member.en);
        }
        assert_eq!(workshop.carry_out().await, 0, "a second run changes nothing");
    }

    async fn check_promise(&self, workshop: &Workshop, promise: &Promise) {
        let Promise {
            id,
            database,
            table,
            key,
            gone,
        } = promise;
        let gone = self.question(gone);
        let must = workshop
            .number(database, &format!("SELECT count(*) FROM ({gone})"))
            .await;
        assert!(
            must > 5,
            "{id} {table}: only {must} rows to go, the test shows little"
        );
        let left = format!("SELECT count(*) FROM main.{table} WHERE {key} IN ({gone})");
        assert_eq!(
            workshop.number(database, &left).await,
            0,
            "{id} {table}: rows past their time are still there, of {must}"
        );
        let lost = format!(
            "SELECT count(*) FROM before.{table} WHERE {key} NOT IN ({gone}) AND {key} NOT IN (SELECT {key} FROM main.{table})"
        );
        assert_eq!(
            workshop.number(database, &lost).await,
            0,
            "{id} {table}: rows went too early; {must} had to go"
        );
        let stay = format!("SELECT count(*) FROM main.{table}");
        assert!(
            workshop.number(database, &stay).await > 5,
            "{id} {table}: hardly a row stays, the test shows little"
        );
    }
}

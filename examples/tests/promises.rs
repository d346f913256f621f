//! Whether the register of the accounting company keeps its promises on rows: the planner's steps are carried out on
//! the generated databases, and what is left is compared with questions written by hand, in plain SQL, promise by
//! promise, over a copy made before.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::date;
use serment_examples::accounting::{Dialect, Store as Database, World, cast, register_files, statements};
use serment_plan::steps::{PlannedChange, ROW, Step, What, with_keys};
use serment_plan::strategy::Replacement;
use serment_plan::{Cutoff, Plan, Situation};
use serment_register::model::{Register, StoreKind};
use serment_sql::Kind;
use serment_store::catalogue::{Catalogue, TableName};
use serment_store::condition::{ColumnRef, Condition, Key};
use serment_store::query::{Change, Keys};
use serment_store::{BatchOptions, Commit, Role, Store};
use sqlx::{Connection, Row, SqliteConnection};

const WORLD: World = World {
    people: 6000,
    reference: date(2026, 11, 22),
    seed: 7,
};

struct Company {
    folder: tempfile::TempDir,
    register: Register,
}

impl Company {
    async fn found() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for database in Database::ALL {
            let path = folder.path().join(format!("{}.db", database.name()));
            serment_sql::create_sqlite(&path).await.unwrap();
            let script: String = std::iter::once("BEGIN".to_owned())
                .chain(statements(WORLD, database, Dialect::Sqlite))
                .chain(std::iter::once("COMMIT".to_owned()))
                .map(|statement| statement + ";\n")
                .collect();
            let (name, file) = (database.name(), format!("{}.db", database.name()));
            serment_sql::execute_script(Kind::Sqlite, name, &file, folder.path(), &script)
                .await
                .unwrap();
            std::fs::copy(
                &path,
                folder.path().join(format!("{}.before.db", database.name())),
            )
            .unwrap();
        }
        let files = register_files(Dialect::Sqlite)
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text.into_bytes()))
            .collect();
        let register = serment_register::load(&files).0.unwrap();
        Self { folder, register }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn open(&self) -> BTreeMap<String, Box<dyn Store>> {
        let mut open = BTreeMap::new();
        for (name, store) in &self.register.stores {
            if store.kind == StoreKind::Sqlite {
                let address = store.url.as_ref().unwrap();
                let opened = serment_sql::open(Kind::Sqlite, name, address, Role::Write, self.path());
                open.insert(name.clone(), opened.await.unwrap());
            }
        }
        open
    }

    async fn plan(&self, open: &BTreeMap<String, Box<dyn Store>>) -> Plan {
        let mut catalogues: BTreeMap<String, Catalogue> = BTreeMap::new();
        for (name, store) in open {
            let names: Vec<TableName> = self.register.stores[name]
                .tables
                .values()
                .map(|table| TableName {
                    schema: None,
                    name: table.name.clone(),
                })
                .collect();
            catalogues.insert(name.clone(), store.introspect(&names).await.unwrap());
        }
        let situation = Situation {
            cutoff: Cutoff::at(WORLD.reference, &self.register.organisation.time_zone).unwrap(),
            holds: Vec::new(),
            extensions: Vec::new(),
            released: None,
        };
        Plan::new(&self.register, &catalogues, &situation).unwrap()
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

async fn carry_out(store: &dyn Store, step: &Step) -> u64 {
    let mut changed = 0;
    loop {
        let keys = Keys {
            table: step.name.clone(),
            alias: ROW,
            key: step.key.clone(),
            filter: step.due(),
            after: None,
            limit: 2000,
        };
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
struct Promise {
    id: &'static str,
    database: &'static str,
    table: &'static str,
    key: &'static str,
    gone: &'static str,
}

/// `gone` with its abbreviations written out: `{3y}` is the last day whose three years are over, `{3y.utc}` the instant
/// at which that day ends in Paris, `{now}` the date that begins when the reference day ends, `real(c)` whether a text
/// is no absurd date.
fn written_out(sql: &str) -> String {
    let mut sql = sql.replace("{now}", "'2026-11-23'");
    for (name, day, end) in [
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

const IN_CONTRACT: &str =
    "(a.contract_started_on IS NOT NULL AND (a.contract_ended_on IS NULL OR a.contract_ended_on > {now}))";

const PROMISES: [Promise; 10] = [
    Promise {
        id: "K04",
        database: "site",
        table: "visits",
        key: "id",
        gone: "SELECT x.id FROM before.visits x JOIN before.visitors v ON v.id = x.visitor_id
               WHERE x.started_at > 631152000000
               AND (x.started_at < {26m.utc} * 1000 OR v.consent_withdrawn_at IS NOT NULL)",
    },
    Promise {
        id: "K04",
        database: "site",
        table: "visitors",
        key: "id",
        gone: "SELECT x.id FROM before.visitors x
               WHERE x.last_seen_at BETWEEN 631152000 AND 1798761600
               AND (x.last_seen_at < {26m.utc} OR x.consent_withdrawn_at IS NOT NULL)
               AND NOT EXISTS (SELECT 1 FROM main.visits v WHERE v.visitor_id = x.id)",
    },
    Promise {
        id: "K04",
        database: "site",
        table: "requests",
        key: "id",
        gone: "SELECT x.id FROM before.requests x WHERE real(x.logged_at) AND unixepoch(x.logged_at) < {12m.utc}",
    },
    Promise {
        id: "K06 K14",
        database: "crm",
        table: "contacts",
        key: "id",
        gone: "SELECT x.id FROM before.contacts x LEFT JOIN before.accounts a ON a.id = x.account_id
               WHERE coalesce(x.campaign_ends_on <= {now}, TRUE)
               AND (x.last_contact_at IS NULL OR real(x.last_contact_at))
               AND (x.kind = 'P'
                    AND CASE WHEN x.last_contact_at IS NULL
                        THEN real(x.created_at) AND unixepoch(x.created_at) < {3y.utc}
                        ELSE substr(x.last_contact_at, 1, 10) <= {3y} END
                    AND NOT EXISTS (SELECT 1 FROM before.opportunities o
                                    WHERE o.contact_id = x.id AND o.status = 'open')
                 OR x.kind = 'C' AND NOT {in_contract}
                    AND CASE WHEN x.last_contact_at IS NULL AND a.contract_ended_on IS NULL
                        THEN real(x.created_at) AND unixepoch(x.created_at) < {5y.utc}
                        ELSE max(coalesce(substr(x.last_contact_at, 1, 10), ''), coalesce(a.contract_ended_on, ''))
                             <= {5y} END)
               AND NOT EXISTS (SELECT 1 FROM main.tickets t WHERE t.contact_id = x.id)
               AND NOT EXISTS (SELECT 1 FROM main.memberships m WHERE m.contact_id = x.id)",
    },
    Promise {
        id: "K08",
        database: "mailing",
        table: "subscribers",
        key: "id",
        gone: "SELECT x.id FROM before.subscribers x
               LEFT JOIN (SELECT subscriber_id, max(clicked_at) AS at FROM before.sends GROUP BY 1) c
                 ON c.subscriber_id = x.id
               WHERE NOT (x.subscribed_at IS NOT NULL
                          AND (x.unsubscribed_at IS NULL OR substr(x.unsubscribed_at, 1, 10) > {now}))
               AND coalesce(x.campaign_ends_on <= {now}, TRUE)
               AND (x.last_reply_at IS NULL OR real(x.last_reply_at))
               AND (x.unsubscribed_at IS NULL OR real(x.unsubscribed_at))
               AND (x.withdrawn_at IS NOT NULL
                    OR coalesce(nullif(max(coalesce(x.last_reply_at, ''), coalesce(c.at, ''),
                                           coalesce(x.unsubscribed_at, '')), ''), x.created_at)
                       < date({3y}, '+1 day'))",
    },
    Promise {
        id: "K10",
        database: "webinars",
        table: "registrations",
        key: "id",
        gone: "SELECT x.id FROM before.registrations x LEFT JOIN before.sessions s ON s.id = x.session_id
               WHERE (x.session_id IS NULL OR s.id IS NOT NULL)
               AND unixepoch(coalesce(s.ends_at, x.registered_at)) < {3y.utc}",
    },
    Promise {
        id: "K12",
        database: "crm",
        table: "tickets",
        key: "id",
        gone: "SELECT x.id FROM before.tickets x JOIN before.accounts a ON a.id = x.account_id
               LEFT JOIN before.contacts c ON c.id = x.contact_id
               WHERE NOT {in_contract}
               AND real(c.last_contact_at)
               AND max(substr(c.last_contact_at, 1, 10), coalesce(a.contract_ended_on, '')) <= {3y}
               AND unixepoch(x.opened_at) < {3y.utc}
               AND NOT EXISTS (SELECT 1 FROM before.messages m
                               WHERE m.ticket_id = x.id AND unixepoch(m.sent_at) >= {3y.utc})
               AND NOT EXISTS (SELECT 1 FROM main.tickets d WHERE d.duplicate_of = x.id)",
    },
    Promise {
        id: "K16",
        database: "billing",
        table: "invoices",
        key: "year || '/' || number",
        gone: "SELECT year || '/' || number FROM before.invoices WHERE financial_year_end <= {10y}",
    },
    Promise {
        id: "K16",
        database: "billing",
        table: "customers",
        key: "id",
        gone: "SELECT a.id FROM before.customers a WHERE {due} AND NOT EXISTS
               (SELECT 1 FROM main.invoices i WHERE i.customer_id = a.id)",
    },
    Promise {
        id: "K18",
        database: "crm",
        table: "memberships",
        key: "contact_id",
        gone: "SELECT x.contact_id FROM before.memberships x JOIN before.contacts c ON c.id = x.contact_id
               LEFT JOIN before.accounts a ON a.id = x.account_id
               WHERE NOT {in_contract}
               AND (c.last_contact_at IS NULL OR real(c.last_contact_at))
               AND (x.checked_at IS NULL OR real(x.checked_at))
               AND max(coalesce(substr(c.last_contact_at, 1, 10), ''), coalesce(a.contract_ended_on, ''),
                       coalesce(x.checked_at, '')) BETWEEN '1990' AND {5y}",
    },
];

/// A customer as a debtor whose five years are over.
const DUE: &str = "NOT {in_contract} AND (a.last_contact_on IS NULL OR real(a.last_contact_on))
    AND coalesce(nullif(max(coalesce(a.last_contact_on, ''), coalesce(a.contract_ended_on, '')), ''), a.created_on) <= {5y}";

fn question(sql: &str) -> String {
    written_out(&sql.replace("{due}", DUE).replace("{in_contract}", IN_CONTRACT))
}

/// What a row that stays has lost, or kept: counted, with the number expected.
const REDUCED: [(&str, &str, &str); 6] = [
    (
        "a customer under an invoice loses bank details, telephone and e-mail",
        "billing",
        "SELECT count(*) FROM main.customers a WHERE {due}
         AND (iban IS NOT NULL OR bic IS NOT NULL OR phone IS NOT NULL OR email <> '[erased]')",
    ),
    (
        "and keeps the name and postal address that the invoice needs",
        "billing",
        "SELECT count(*) FROM main.customers a JOIN before.customers b USING (id)
         WHERE (a.last_name, a.street, a.city) IS NOT (b.last_name, b.street, b.city)",
    ),
    (
        "a customer whose five years run keeps everything",
        "billing",
        "SELECT count(*) FROM main.customers a JOIN before.customers b USING (id)
         WHERE NOT ({due}) AND (a.iban, a.phone, a.email) IS NOT (b.iban, b.phone, b.email)",
    ),
    (
        "in contract, nothing of the support is cleared",
        "crm",
        "SELECT count(*) FROM main.contacts x JOIN before.contacts b USING (id) JOIN main.accounts a ON a.id = x.account_id
         WHERE x.kind = 'C' AND {in_contract}
         AND (x.login, x.notes, x.profile, x.email) IS NOT (b.login, b.notes, b.profile, b.email)",
    ),
    (
        "a request due is nameless, one not due is whole",
        "crm",
        "SELECT count(*) FROM main.contact_requests x JOIN before.contact_requests b USING (id)
         WHERE CASE WHEN coalesce(real(b.sent_at), TRUE)
                     AND (unixepoch(b.sent_at) < {3y.utc} OR b.withdrawn_at IS NOT NULL)
               THEN x.name IS NOT NULL OR x.email <> 'anonymised' OR x.ip IS NOT NULL OR x.company_size % 50 <> 0
               ELSE (x.name, x.email, x.ip, x.company_size) IS NOT (b.name, b.email, b.ip, b.company_size) END",
    ),
    (
        "an application is not touched before archives are executed",
        "recruitment",
        "SELECT count(*) FROM before.applications WHERE id NOT IN (SELECT id FROM main.applications)",
    ),
];

#[tokio::test]
async fn nothing_but_the_archive_stands_in_the_way() {
    let company = Company::found().await;
    let plan = company.plan(&company.open().await).await;
    let blocked: Vec<_> = plan
        .rules
        .iter()
        .filter(|rule| !rule.obstacles.is_empty())
        .collect();
    let ids: Vec<_> = blocked.iter().map(|rule| rule.id.to_string()).collect();
    assert_eq!(ids, ["recruitment.applications_2y"], "{blocked:#?}");
}

#[tokio::test]
async fn what_must_go_goes_and_nothing_else_does() {
    let company = Company::found().await;
    assert!(company.carry_out().await > 0);
    for Promise {
        id,
        database,
        table,
        key,
        gone,
    } in &PROMISES
    {
        let gone = question(gone);
        let count = |sql: String| {
            let company = &company;
            async move { company.number(database, &sql).await }
        };
        let must = count(format!("SELECT count(*) FROM ({gone})")).await;
        assert!(
            must > 5,
            "{id} {table}: only {must} rows to go, the test shows little"
        );
        let left = count(format!(
            "SELECT count(*) FROM main.{table} WHERE {key} IN ({gone})"
        ))
        .await;
        assert_eq!(
            left, 0,
            "{id} {table}: rows past their time are still there, of {must}"
        );
        let lost = count(format!(
            "SELECT count(*) FROM before.{table} WHERE {key} NOT IN ({gone}) AND {key} NOT IN (SELECT {key} FROM main.{table})"
        ))
        .await;
        assert_eq!(lost, 0, "{id} {table}: rows went too early; {must} had to go");
    }
    for (what, database, sql) in REDUCED {
        assert_eq!(company.number(database, &question(sql)).await, 0, "{what}");
    }
    for member in cast() {
        let sql = format!(
            "SELECT count(*) FROM main.{} WHERE id = '{}'",
            member.table, member.key
        );
        let there = company.number(member.store, &sql).await == 1;
        assert_eq!(there, member.stays, "{}: {}", member.name, member.en);
    }
    assert_eq!(company.carry_out().await, 0, "a second run changes nothing");
}

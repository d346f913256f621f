//! A shop, its register, its database, and a keeper that can die and come back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use serment_keep::approve::ApproveOptions;
use serment_keep::ledger::FileLedger;
use serment_keep::observe::ObserveOptions;
use serment_keep::ports::{Clock, Entropy, EntropyError, Silent, Stores};
use serment_keep::{KeepError, KeepOptions, Keeper, Report};
use serment_register::model::{Register, RuleId};
use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_state::State;
use serment_store::catalogue::TableName;
use serment_store::condition::{Alias, ColumnRef, Condition};
use serment_store::query::{Field, Keys, Rows};
use serment_store::{Role, Store, StoreError};

/// The day on which everything happens.
pub const NOW: &str = "2026-06-15T10:00:00Z";

pub const ORGANISATION: &str = r#"
[organisation]
name      = "Boutique d'essai"
country   = "FR"
dpo       = "dpo@boutique.example"
languages = ["fr", "en"]
time_zone = "Europe/Paris"
"#;

pub const VOCABULARY: &str = r#"
[subject.customer]
label = { fr = "clients", en = "customers" }
definition = { fr = "qui achète", en = "who buys" }
[subject.visitor]
label = { fr = "visiteurs", en = "visitors" }
definition = { fr = "qui passe", en = "who comes by" }
[event.last_contact]
label = { fr = "dernier contact", en = "last contact" }
definition = { fr = "le dernier échange", en = "the last exchange" }
[event.issued]
label = { fr = "émission", en = "issue" }
definition = { fr = "émission de la facture", en = "issue of the invoice" }
[event.seen]
label = { fr = "visite", en = "visit" }
definition = { fr = "la visite", en = "the visit" }
[event.posted]
label = { fr = "message", en = "post" }
definition = { fr = "le message", en = "the post" }
[state.active]
label = { fr = "compte actif", en = "active account" }
definition = { fr = "le compte est ouvert", en = "the account is open" }
"#;

pub const ACTIVITY: &str = r#"
[activity]
title    = { fr = "Vente", en = "Sales" }
role     = "controller"
subjects = ["customer", "visitor"]

[purpose.relation]
title    = { fr = "Suivre la relation", en = "Follow the relation" }
basis    = "contract"
data     = ["identity.name", "contact", "free_text", "connection"]

[purpose.records]
title      = { fr = "Tenir la comptabilité", en = "Keep the accounts" }
basis      = "legal_obligation"
data       = ["identity.name", "financial"]

[[retention]]
name  = "customers_3y"
for   = ["relation"]
of    = "shop.customers"
while = ["active"]
after = ["last_contact"]
keep  = "3 years"
then  = "erase"

[[retention]]
name  = "invoices_10y"
for   = ["records"]
of    = "shop.invoices"
after = ["issued"]
keep  = "10 years"
then  = "erase"

[[retention]]
name  = "visits_1y"
for   = ["relation"]
of    = "shop.visits"
after = ["seen"]
keep  = "1 year"
then  = "anonymise"

[[retention]]
name  = "posts_2y"
for   = ["relation"]
of    = "shop.posts"
after = ["posted"]
keep  = "2 years"
then  = "erase"
"#;

pub const STORE: &str = r#"
[store]
kind     = "KIND"
url      = "URL"
location = "FR"
copies   = { backups = "35 days", replicas = ["shop-ro"] }
PROGRESS

[table.customers]
subjects = ["customer"]
key      = ["id"]
client   = "account"
[table.customers.states]
active = "closed_on is null or closed_on > now"
[table.customers.events]
last_contact = { latest = ["last_contact_on", "notes.written_on"] }
[table.customers.columns]
id              = "none"
account         = "none"
name            = "identity.name"
email           = "contact.email"
closed_on       = "none"
last_contact_on = "none"

[table.notes]
key    = ["id"]
client = "customer"
[table.notes.belongs_to.customer]
to = "customers"
by = { customer_id = "id" }
[table.notes.columns]
id          = "none"
customer_id = "none"
body        = "free_text"
written_on  = "none"

[table.preferences]
key    = ["customer_id", "name"]
client = "customer"
[table.preferences.belongs_to.customer]
to = "customers"
by = { customer_id = "id" }
[table.preferences.columns]
customer_id = "none"
name        = "none"
value       = "free_text"

[table.invoices]
subjects = ["customer"]
key      = ["id"]
client   = "customer"
[table.invoices.events]
issued = "issued_on"
[table.invoices.belongs_to.customer]
to = "customers"
by = { customer_id = "id" }
[table.invoices.columns]
id          = "none"
customer_id = "none"
amount      = "financial.transaction"
issued_on   = "none"

[table.visits]
subjects = ["visitor"]
key      = ["id"]
[table.visits.events]
seen = "seen_on"
[table.visits.columns]
id      = "none"
ip      = { category = "connection", anonymise = "ip" }
login   = { category = "connection", anonymise = { pseudonym = "p-" } }
phone   = { category = "contact", anonymise = { random = "r-" } }
said    = { category = "free_text", anonymise = "redact" }
seen_on = "none"

[table.posts]
subjects = ["customer"]
key      = ["id"]
[table.posts.events]
posted = "posted_on"
[table.posts.belongs_to.answer_to]
to = "posts"
by = { answer_to = "id" }
[table.posts.columns]
id        = "none"
answer_to = "none"
body      = "free_text"
posted_on = "none"
"#;

/// The tables; `FOREIGN` is replaced by what the foreign keys to customers do on DELETE, or vanishes with them.
pub const SCHEMA: &str = "
CREATE TABLE customers (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, name TEXT, email TEXT UNIQUE, closed_on DATE, last_contact_on DATE
);
CREATE TABLE notes (id INTEGER PRIMARY KEY, customer_id INTEGER /*fk*/, body TEXT, written_on DATE);
CREATE INDEX notes_customer ON notes (customer_id);
CREATE TABLE preferences (
    customer_id INTEGER NOT NULL /*fk*/, name TEXT NOT NULL, value TEXT, PRIMARY KEY (customer_id, name)
);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer_id INTEGER /*fk*/, amount INTEGER, issued_on DATE);
CREATE INDEX invoices_customer ON invoices (customer_id);
CREATE TABLE visits (id INTEGER PRIMARY KEY, ip TEXT, login TEXT, phone TEXT UNIQUE, said TEXT, seen_on DATE);
CREATE TABLE posts (id INTEGER PRIMARY KEY, answer_to INTEGER REFERENCES posts (id), body TEXT, posted_on DATE);
CREATE INDEX posts_answer ON posts (answer_to);
";

/// How the children hold on to their customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    Keys,
    Cascade,
    None,
}

pub struct World {
    pub database: Database,
    pub register: Register,
    pub dir: tempfile::TempDir,
    pub clock: Arc<FixedClock>,
    pub entropy: Arc<Counting>,
    pub stores: Sql,
}

impl World {
    /// A shop with an empty database.
    pub async fn new(kind: Kind, foreign: Foreign, progress: bool) -> Self {
        Self::changed(kind, foreign, progress, &|file| file.to_owned()).await
    }

    /// A shop whose store file and activity the test changes.
    pub async fn changed(
        kind: Kind,
        foreign: Foreign,
        progress: bool,
        change: &dyn Fn(&str) -> String,
    ) -> Self {
        let database = Database::create(kind).await;
        let fk = match foreign {
            Foreign::Keys => "REFERENCES customers (id)",
            Foreign::Cascade => "REFERENCES customers (id) ON DELETE CASCADE",
            Foreign::None => "",
        };
        database
            .script(&in_dialect(kind, &SCHEMA.replace("/*fk*/", fk)))
            .await;
        let register = register(kind, progress, change);
        Self {
            stores: Sql {
                kind,
                address: database.address().to_owned(),
                base: database.base().to_owned(),
                written: Arc::default(),
            },
            register,
            database,
            dir: tempfile::tempdir().unwrap(),
            clock: Arc::new(FixedClock(Mutex::new(NOW.parse().unwrap()))),
            entropy: Arc::new(Counting(AtomicU64::new(1))),
        }
    }

    /// A directory of its own for state and journal, on the same database.
    pub fn state_dir(&self) -> PathBuf {
        self.dir.path().join(".serment")
    }

    /// Opens everything, as a process that starts does.
    pub async fn open(&self) -> Opened<'_> {
        let state = State::open(&self.state_dir()).await.unwrap();
        let journal = FileLedger::new(
            &self.state_dir().join("journal"),
            "boutique.example/serment",
            self.entropy.clone(),
        );
        Opened {
            world: self,
            state,
            journal,
        }
    }

    pub async fn script(&self, script: &str) {
        self.database
            .script(&in_dialect(self.database.kind(), script))
            .await;
    }

    /// Runs SQL text that may be refused.
    pub async fn try_script(&self, script: &str) -> Result<(), StoreError> {
        let (kind, address, base) = (
            self.database.kind(),
            self.database.address(),
            self.database.base(),
        );
        serment_sql::execute_script(kind, "shop", address, base, script).await
    }

    /// The contents of a table, in key order, as text.
    pub async fn table(&self, table: &str, key: &[&str], columns: &[&str]) -> Vec<String> {
        let store = self.stores.open("shop", Role::Read).await.unwrap();
        let rows = store
            .rows(&Rows {
                keys: Keys {
                    table: TableName {
                        schema: None,
                        name: table.to_owned(),
                    },
                    alias: Alias(0),
                    key: key.iter().map(ToString::to_string).collect(),
                    filter: Condition::Always,
                    after: None,
                    limit: 0,
                },
                read: columns
                    .iter()
                    .map(|column| Field::Column(ColumnRef::whole(Alias(0), *column)))
                    .collect(),
            })
            .await
            .unwrap();
        rows.iter()
            .map(|row| format!("{} {}", row.key, serde_json::Value::Array(row.fields.clone())))
            .collect()
    }

    /// Every table, as text; random values by their shape.
    pub async fn contents(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (table, key, columns) in [
            (
                "customers",
                vec!["id"],
                vec!["account", "name", "email", "closed_on", "last_contact_on"],
            ),
            ("notes", vec!["id"], vec!["customer_id", "body", "written_on"]),
            ("preferences", vec!["customer_id", "name"], vec!["value"]),
            ("invoices", vec!["id"], vec!["customer_id", "amount", "issued_on"]),
            ("visits", vec!["id"], vec!["ip", "said", "seen_on"]),
            ("posts", vec!["id"], vec!["answer_to", "body", "posted_on"]),
        ] {
            let rows = self.table(table, &key, &columns).await;
            all.extend(rows.into_iter().map(|row| format!("{table} {row}")));
        }
        all
    }

    pub async fn ids(&self, table: &str) -> Vec<i64> {
        let rows = self.table(table, &["id"], &[]).await;
        rows.iter()
            .map(|row| row.split(' ').next().unwrap().parse().unwrap())
            .collect()
    }
}

/// A script as this database takes it: MariaDB keeps no text unique whose length is not limited.
fn in_dialect(kind: Kind, script: &str) -> String {
    match kind {
        Kind::Mariadb => script.replace(" TEXT", " VARCHAR(190)"),
        Kind::Sqlite | Kind::Postgres => script.to_owned(),
    }
}

pub fn register(kind: Kind, progress: bool, change: &dyn Fn(&str) -> String) -> Register {
    let (kind, url) = match kind {
        Kind::Sqlite => ("sqlite", "shop.db"),
        Kind::Postgres => ("postgres", "env:SHOP_URL"),
        Kind::Mariadb => ("mariadb", "env:SHOP_URL"),
    };
    let store = STORE
        .replace("KIND", kind)
        .replace("URL", url)
        .replace("PROGRESS", if progress { "progress = true" } else { "" });
    let files = BTreeMap::from([
        ("serment.toml".to_owned(), ORGANISATION.as_bytes().to_vec()),
        ("vocabulary.toml".to_owned(), VOCABULARY.as_bytes().to_vec()),
        ("activities/sales.toml".to_owned(), change(ACTIVITY).into_bytes()),
        ("stores/shop.toml".to_owned(), change(&store).into_bytes()),
    ]);
    let (register, found) = serment_register::load(&files);
    let errors: Vec<_> = found
        .iter()
        .filter(|found| format!("{:?}", found.severity).contains("Error"))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    register.unwrap_or_else(|| panic!("the register does not load: {found:#?}"))
}

/// A process's means.
pub struct Opened<'w> {
    pub world: &'w World,
    pub state: State,
    pub journal: FileLedger,
}

impl Opened<'_> {
    pub fn keeper(&self) -> Keeper<'_> {
        Keeper {
            register: &self.world.register,
            stores: &self.world.stores,
            state: &self.state,
            journal: &self.journal,
            clock: self.world.clock.as_ref(),
            entropy: self.world.entropy.as_ref(),
        }
    }

    pub async fn approve(&self, rule: &str) {
        self.try_approve(rule, &[]).await.unwrap();
    }

    pub async fn try_approve(&self, rule: &str, accept: &[&str]) -> Result<(), KeepError> {
        let seen = self
            .keeper()
            .observer()
            .observe(&ObserveOptions::default())
            .await?;
        let rule = RuleId(rule.to_owned());
        let hash = seen.plan.rule(&rule).expect("the rule is planned").hash.clone();
        self.keeper()
            .approve(&ApproveOptions {
                rules: vec![rule],
                hash,
                actor: "a test".to_owned(),
                accept: accept.iter().map(ToString::to_string).collect(),
            })
            .await?;
        Ok(())
    }

    pub async fn approve_all(&self) {
        for rule in [
            "sales.customers_3y",
            "sales.invoices_10y",
            "sales.visits_1y",
            "sales.posts_2y",
        ] {
            self.approve(rule).await;
        }
    }

    pub async fn keep(&self) -> Report {
        self.keep_with(&KeepOptions::default()).await
    }

    pub async fn keep_with(&self, options: &KeepOptions) -> Report {
        self.keeper()
            .keep(options, &Silent, &AtomicBool::new(false))
            .await
            .unwrap()
    }

    /// What the outcomes of the state say: effect, outcome and rows by table and client.
    pub async fn told(&self) -> Vec<String> {
        let mut told: Vec<String> = self
            .state
            .outcomes(None, None, 0, 10_000)
            .await
            .unwrap()
            .into_iter()
            .map(|outcome| {
                format!(
                    "{} {} {} {}{} {} {}",
                    outcome.table,
                    outcome.effect,
                    outcome.outcome,
                    if outcome.at_least { ">=" } else { "" },
                    outcome.rows,
                    outcome.client.unwrap_or_default(),
                    outcome.rules.join("+")
                )
            })
            .collect();
        told.sort();
        told
    }
}

pub struct FixedClock(pub Mutex<Timestamp>);

impl FixedClock {
    pub fn set(&self, at: &str) {
        *self.0.lock().unwrap() = at.parse().unwrap();
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Bytes that look random and are the same in every run of the tests.
pub struct Counting(pub AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(8) {
            let mut x = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^= x >> 31;
            for (byte, random) in chunk.iter_mut().zip(x.to_le_bytes()) {
                *byte = random;
            }
        }
        Ok(())
    }
}

/// The one store, however the register writes its address.
pub struct Sql {
    pub kind: Kind,
    pub address: String,
    pub base: PathBuf,
    /// How many writing connections were opened.
    pub written: Arc<AtomicU64>,
}

#[async_trait]
impl Stores for Sql {
    async fn open(&self, store: &str, role: Role) -> Result<Box<dyn Store>, StoreError> {
        if role == Role::Write {
            self.written.fetch_add(1, Ordering::SeqCst);
        }
        serment_sql::open(self.kind, store, &self.address, role, &self.base).await
    }
}

/// Only customers and what hangs on them, with clocks of their own: for tests that run many times.
pub fn lean(file: &str) -> String {
    let cut = |file: &str, from: &str| {
        file.find(from)
            .map_or(file.to_owned(), |at| file[..at].to_owned())
    };
    let file = cut(file, "\n[[retention]]\nname  = \"visits_1y\"");
    cut(&file, "\n[table.visits]")
        .replace("while = [\"active\"]\n", "")
        .replace(
            "{ latest = [\"last_contact_on\", \"notes.written_on\"] }",
            "\"last_contact_on\"",
        )
}

/// Copies a directory, for a process that starts from the same past.
pub fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
}

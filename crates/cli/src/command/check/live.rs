//! `serment check --live`: the register beside its stores. Reads only.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use serment_draft::live::{Seen, compare, name_of, unreachable};
use serment_keep::ports::Stores;
use serment_register::diagnostics::Diagnostic;
use serment_register::model::{Register, Store, Text};
use serment_register::text;
use serment_store::catalogue::TableName;
use serment_store::survey::Grants;
use serment_store::{Role, StoreError};

use crate::screen::look::{Look, left};
use crate::session::wait;
use crate::stores::Opener;
use crate::survey::survey;
use crate::words::{both, counted};

/// What was found, and what was looked at.
pub struct Live {
    /// Findings, in the order of stores.
    pub findings: Vec<Diagnostic>,
    /// Each store.
    pub stores: Vec<Looked>,
}

/// How a store was looked at.
pub struct Looked {
    name: String,
    /// Product and version; None when it was not read.
    server: Option<String>,
    tables: usize,
    rows: usize,
    encrypted: Option<bool>,
    local: bool,
    /// Roles other than ours that reach described tables; None where there are none to be seen.
    roles: Option<usize>,
    /// What limits what was said.
    note: Option<Text>,
}

/// Looks at every store that this version reads.
pub fn look(register: &Register, directory: &Path) -> Result<Live> {
    let opener = Opener {
        register: std::sync::Arc::new(register.clone()),
        base: directory.to_owned(),
    };
    wait(async {
        let mut live = Live {
            findings: Vec::new(),
            stores: Vec::new(),
        };
        for store in register.stores.values() {
            if !store.kind.is_executed() {
                live.stores.push(Looked::not(
                    store,
                    text!(
                        "cette version ne lit pas les dépôts de ce genre",
                        "this version does not read stores of this kind"
                    ),
                ));
                continue;
            }
            match read(&opener, store).await {
                Ok(seen) => {
                    live.findings.extend(compare(register, store, &seen.0));
                    live.stores.push(Looked::at(store, &seen.0, seen.1));
                }
                Err(error) => {
                    let why = error.failure.text();
                    live.findings.push(unreachable(store, &why));
                    live.stores.push(Looked::not(store, why));
                }
            }
        }
        live
    })
}

async fn read(opener: &Opener, store: &Store) -> Result<(Seen, usize), StoreError> {
    let open = opener.open(&store.name, Role::Read).await?;
    let declared: Vec<TableName> = store.tables.values().map(name_of).collect();
    let mut asked = declared.clone();
    let usual = |name: &TableName| {
        name.schema
            .clone()
            .filter(|schema| !matches!(schema.as_str(), "public" | "main"))
    };
    for name in open.tables().await? {
        let known = declared
            .iter()
            .any(|other| usual(other) == usual(&name) && other.name.eq_ignore_ascii_case(&name.name));
        if !known {
            asked.push(name);
        }
    }
    let survey = survey(&*open, &asked).await?;
    let access = open.access(&declared).await?;
    let seen = Seen {
        catalogue: survey.catalogue,
        observed: survey.observed,
        unread: survey.unread,
        access,
    };
    Ok((seen, survey.rows))
}

impl Looked {
    fn not(store: &Store, why: Text) -> Self {
        Self {
            name: store.name.clone(),
            server: None,
            tables: 0,
            rows: 0,
            encrypted: None,
            local: false,
            roles: None,
            note: Some(why),
        }
    }

    fn at(store: &Store, seen: &Seen, rows: usize) -> Self {
        let (roles, note) = match &seen.access.grants {
            Grants::NoRoles => (
                None,
                Some(text!(
                    "SQLite ne connaît pas de rôles : qui lit le fichier lit tout, et ses droits sont ceux du système",
                    "SQLite knows no roles: whoever reads the file reads everything, and its rights are those of the system"
                )),
            ),
            Grants::Hidden(why) => (None, Some(why.clone())),
            Grants::Told(grants) => {
                let mut roles: Vec<&str> = grants.iter().map(|grant| grant.role.as_str()).collect();
                roles.retain(|role| Some(*role) != seen.catalogue.role.as_deref());
                roles.sort_unstable();
                roles.dedup();
                (Some(roles.len()), None)
            }
        };
        Self {
            name: store.name.clone(),
            server: Some(seen.catalogue.server.clone()),
            tables: seen.catalogue.tables.len(),
            rows,
            encrypted: seen.access.encrypted,
            local: seen.access.local,
            roles,
            note,
        }
    }
}

impl Live {
    /// For programs.
    pub fn stores_as_json(&self) -> Value {
        let stores = self.stores.iter().map(|store| {
            json!({
                "store": store.name,
                "reached": store.server.is_some(),
                "server": store.server,
                "tables": store.tables,
                "most_rows_read": store.rows,
                "encrypted": store.encrypted,
                "local": store.local,
                "roles": store.roles,
                "note": store.note.as_ref().map(|note| json!({ "fr": note.fr, "en": note.en })),
            })
        });
        stores.collect()
    }

    /// For eyes.
    pub fn screen(&self, look: &Look) -> String {
        let mut out = look.heading(look.say(&both!("Les bases", "The stores")));
        let widest = self
            .stores
            .iter()
            .map(|store| store.name.len())
            .max()
            .unwrap_or(0);
        for store in &self.stores {
            let mark = match store.server {
                Some(_) => look.tick(),
                None => look.bang(),
            };
            let mut said: Vec<String> = Vec::new();
            if let Some(server) = &store.server {
                said.push(server.clone());
                let tables = counted(store.tables as u64, ("table", "tables"), ("table", "tables"));
                said.push(look.say(&tables).to_owned());
                let rows = look.number(store.rows as u64);
                let read = both!(
                    "au plus {rows} lignes lues par table",
                    "at most {rows} rows read of each table"
                );
                said.push(look.say(&read).to_owned());
                let way = match (store.encrypted, store.local) {
                    (Some(true), _) => Some(both!("chiffrée", "encrypted")),
                    (Some(false), true) => {
                        Some(both!("en clair, sur cette machine", "in clear, on this machine"))
                    }
                    (Some(false), false) => Some(both!("en clair", "in clear")),
                    (None, _) => None,
                };
                said.extend(way.map(|way| look.say(&way).to_owned()));
            }
            if let Some(roles) = store.roles {
                let roles = counted(
                    roles as u64,
                    ("autre rôle", "autres rôles"),
                    ("other role", "other roles"),
                );
                said.push(look.say(&roles).to_owned());
            }
            out.push_str(&format!(
                "{mark} {}  {}\n",
                left(&store.name, widest),
                said.join(", ")
            ));
        }
        // What limits several stores is said once.
        let mut notes: Vec<(&str, Vec<&str>)> = Vec::new();
        for store in &self.stores {
            let Some(note) = store.note.as_ref().map(|note| look.say(note)) else {
                continue;
            };
            match notes.iter_mut().find(|(known, _)| *known == note) {
                Some((_, stores)) => stores.push(&store.name),
                None => notes.push((note, vec![&store.name])),
            }
        }
        for (note, stores) in notes {
            let stores = stores.join(", ");
            let text = both!("{stores} : {note}", "{stores}: {note}");
            out.push_str(&look.paragraph(2, look.say(&text)));
        }
        out.push('\n');
        out
    }
}

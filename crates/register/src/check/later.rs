//! What the language says today and a later version executes: said clearly when used, never ignored.

use crate::diagnostics::{Code, Diagnostic};
use crate::model::{EventSource, Register, State, Store, StoreKind, Table, TableId, Then};
use crate::text;

/// Everything in a register that this version reads and does not execute. Each finding names in `about` the rules,
/// tables and stores concerned: whoever plans or keeps one of them says so and does not act on it.
pub fn not_yet_executed(register: &Register) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for store in register.stores.values() {
        kind(register, store, &mut found);
        for table in store.tables.values() {
            links(table, &mut found);
            sources(register, table, &mut found);
            files(table, &mut found);
        }
    }
    for (_, rule) in register.rules() {
        if let Then::Archive { into, .. } = &rule.then {
            let id = &rule.id;
            found.push(
                Diagnostic::new(
                    Code::LaterArchive,
                    rule.span.clone(),
                    text!(
                        "« {id} » archive dans « {into} » : cette version lit les archives et ne les fait pas encore",
                        "`{id}` archives into `{into}`: this version reads archives and does not make them yet"
                    ),
                )
                .about([id.to_string()]),
            );
        }
    }
    found
}

/// Rules that judge a table of these.
fn rules_of<'a>(
    register: &'a Register,
    tables: impl Fn(&TableId) -> bool + 'a,
) -> impl Iterator<Item = String> + 'a {
    register
        .rules()
        .filter(move |(_, rule)| tables(&rule.of))
        .map(|(_, rule)| rule.id.to_string())
}

fn kind(register: &Register, store: &Store, found: &mut Vec<Diagnostic>) {
    let name = match store.kind {
        StoreKind::Postgres | StoreKind::Sqlite | StoreKind::Mariadb => return,
        StoreKind::S3 => "s3",
        StoreKind::Files => "files",
        StoreKind::Ldap => "ldap",
        StoreKind::Http => "http",
        StoreKind::Manual => "manual",
    };
    let rules: Vec<String> = rules_of(register, |id| id.store == store.name).collect();
    if store.tables.is_empty() && rules.is_empty() {
        return;
    }
    let of = &store.name;
    found.push(
        Diagnostic::new(
            Code::LaterStore,
            store.span.clone(),
            text!(
                "la base « {of} » est du type « {name} », qu'une version ultérieure saura lire",
                "the store `{of}` is of the kind `{name}`, which a later version will read"
            ),
        )
        .about(
            std::iter::once(of.clone())
                .chain(store.tables.values().map(|table| table.id.to_string()))
                .chain(rules),
        ),
    );
}

fn links(table: &Table, found: &mut Vec<Diagnostic>) {
    let id = &table.id;
    for link in table.links.values().filter(|link| link.to.store != id.store) {
        let (name, to) = (&link.name, &link.to);
        found.push(
            Diagnostic::new(
                Code::LaterLink,
                link.span.clone(),
                text!(
                    "le lien « {name} » mène de {id} à {to}, dans une autre base : cette version ne le suit pas encore",
                    "the link `{name}` leads from {id} to {to}, in another store: this version does not follow it yet"
                ),
            )
            .about([id.to_string()]),
        );
    }
}

fn sources(register: &Register, table: &Table, found: &mut Vec<Diagnostic>) {
    let id = &table.id;
    let elsewhere = |link: &str| {
        table
            .links
            .get(link)
            .is_some_and(|link| link.to.store != id.store)
    };
    let states = table.states.iter().filter(|(_, state)| match state {
        State::Own(_) => false,
        State::Parent { link, .. } => elsewhere(link),
        State::Children { table, .. } => table.store != id.store,
    });
    let events = table.events.iter().filter(|(_, sources)| {
        sources.iter().any(|source| match source {
            EventSource::Own(_) => false,
            EventSource::Parent { link, .. } => elsewhere(link),
            EventSource::Children { table, .. } => table.store != id.store,
        })
    });
    for name in states.map(|(name, _)| name).chain(events.map(|(name, _)| name)) {
        let uses = register.rules().filter(|(_, rule)| {
            let lists = [&rule.while_states, &rule.after, &rule.else_after, &rule.or_on];
            rule.of == *id && lists.iter().any(|list| list.contains(name))
        });
        let rules: Vec<String> = uses.map(|(_, rule)| rule.id.to_string()).collect();
        found.push(
            Diagnostic::new(
                Code::LaterSource,
                table.span.clone(),
                text!(
                    "« {name} » de {id} se lit dans une autre base : cette version ne l'y lit pas encore",
                    "`{name}` of {id} is read in another store: this version does not read it there yet"
                ),
            )
            .about(std::iter::once(id.to_string()).chain(rules)),
        );
    }
}

fn files(table: &Table, found: &mut Vec<Diagnostic>) {
    let id = &table.id;
    for (path, column) in &table.columns {
        let Some(store) = &column.file_store else { continue };
        found.push(
            Diagnostic::new(
                Code::LaterFile,
                column.span.clone(),
                text!(
                    "{id}.{path} nomme des fichiers de « {store} » : cette version n'efface pas encore ces fichiers",
                    "{id}.{path} names files of `{store}`: this version does not erase those files yet"
                ),
            )
            .about([id.to_string()]),
        );
    }
}

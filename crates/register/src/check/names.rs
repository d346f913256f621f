//! Names that must exist.

mod table;

use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::load::node::{Context, join};
use crate::model::{Activity, Category, ColumnPath, Register, Rule, Table, TableId, Text, Then};
use crate::span::Span;
use crate::taxonomy;
use crate::text;

pub(super) fn check(context: &mut Context, register: &Register) {
    vocabulary(context, register);
    for activity in register.activities.values() {
        check_activity(context, register, activity);
        for rule in &activity.rules {
            check_rule(context, register, activity, rule);
        }
    }
    for store in register.stores.values() {
        if let Some(operator) = &store.operator {
            let file: Arc<str> = Arc::clone(&store.span.file);
            let span = context.place(&file, "store.operator");
            party_or_team(context, register, operator, span);
        }
        for table in store.tables.values() {
            table::check(context, register, table);
        }
    }
    if let Some(clients) = &register.organisation.clients {
        let file: Arc<str> = Arc::from(crate::load::ORGANISATION_FILE);
        match register.table(&clients.from) {
            None => unknown_table(
                context,
                register,
                &clients.from,
                context.place(&file, "clients.from"),
            ),
            Some(table) => {
                for (key, column) in [
                    ("key", Some(&clients.key)),
                    ("name", clients.name.as_ref()),
                    ("ends", clients.ends.as_ref()),
                    ("contact", clients.contact.as_ref()),
                ] {
                    if let Some(column) = column {
                        let span = context.place(&file, &format!("clients.{key}"));
                        table::known_column(context, table, &ColumnPath::whole(column.clone()), span);
                    }
                }
            }
        }
    }
}

fn report(context: &mut Context, code: Code, span: Span, message: Text, suggestion: Option<Text>) {
    context.report(Diagnostic::new(code, span, message).suggest_if(suggestion));
}

fn unknown_table(context: &mut Context, register: &Register, id: &TableId, span: Span) {
    let (code, known, name): (_, Vec<String>, _) = if register.stores.contains_key(&id.store) {
        (
            Code::UnknownTable,
            register.tables().map(|table| table.id.to_string()).collect(),
            id.to_string(),
        )
    } else {
        (
            Code::UnknownStore,
            register.stores.keys().cloned().collect(),
            id.store.clone(),
        )
    };
    let message = match code {
        Code::UnknownTable => {
            text!(
                "aucune base ne déclare la table « {id} »",
                "no store declares the table `{id}`"
            )
        }
        _ => text!("la base « {name} » n'existe pas", "there is no store `{name}`"),
    };
    let suggestion = did_you_mean(&name, known.iter().map(String::as_str));
    report(context, code, span, message, suggestion);
}

fn party_or_team(context: &mut Context, register: &Register, name: &str, span: Span) {
    if register.parties.contains_key(name) || register.vocabulary.teams.contains_key(name) {
        return;
    }
    let known = register
        .parties
        .keys()
        .chain(register.vocabulary.teams.keys())
        .map(String::as_str);
    let suggestion = did_you_mean(name, known).or(Some(text!(
        "créez parties/{name}.toml, ou [team.{name}] dans vocabulary.toml",
        "create parties/{name}.toml, or [team.{name}] in vocabulary.toml"
    )));
    let message = text!(
        "« {name} » n'est ni un tiers, ni une équipe",
        "`{name}` is neither a party nor a team"
    );
    report(context, Code::UnknownRecipient, span, message, suggestion);
}

fn subject(context: &mut Context, register: &Register, name: &str, span: Span) {
    if !register.vocabulary.subjects.contains_key(name) {
        let suggestion = did_you_mean(name, register.vocabulary.subjects.keys().map(String::as_str));
        let message = text!(
            "le vocabulaire ne définit pas les personnes « {name} »",
            "the vocabulary does not define the subject `{name}`"
        );
        report(context, Code::UnknownSubject, span, message, suggestion);
    }
}

fn state(context: &mut Context, register: &Register, name: &str, span: Span) -> bool {
    let known = register.vocabulary.states.contains_key(name);
    if !known {
        let suggestion = did_you_mean(name, register.vocabulary.states.keys().map(String::as_str));
        let message = text!(
            "le vocabulaire ne définit pas l'état « {name} »",
            "the vocabulary does not define the state `{name}`"
        );
        report(context, Code::UnknownState, span, message, suggestion);
    }
    known
}

fn event(context: &mut Context, register: &Register, name: &str, span: Span) -> bool {
    let known = register.vocabulary.events.contains_key(name);
    if !known {
        let suggestion = did_you_mean(name, register.vocabulary.events.keys().map(String::as_str));
        let message = text!(
            "le vocabulaire ne définit pas l'événement « {name} »",
            "the vocabulary does not define the event `{name}`"
        );
        report(context, Code::UnknownEvent, span, message, suggestion);
    }
    known
}

fn category(context: &mut Context, register: &Register, category: &Category, span: Span) {
    if taxonomy::exists(category, &register.vocabulary) {
        return;
    }
    let own = register
        .vocabulary
        .categories
        .keys()
        .map(|category| category.0.as_str());
    let suggestion = did_you_mean(
        &category.0,
        taxonomy::every()
            .map(|entry| entry.category.0.as_str())
            .chain(own),
    );
    let message = text!(
        "la catégorie « {category} » n'existe pas",
        "there is no category `{category}`"
    );
    report(context, Code::UnknownCategory, span, message, suggestion);
}

fn vocabulary(context: &mut Context, register: &Register) {
    let file: Arc<str> = Arc::from("vocabulary.toml");
    for (name, term) in &register.vocabulary.events {
        for ended in &term.ends {
            let span = context.item(&file, &format!("{}.ends", join("event", name)), ended);
            state(context, register, ended, span);
        }
    }
    for own in register.vocabulary.categories.keys() {
        let span = context.place(&file, &join("category", &own.0));
        if taxonomy::built_in(&own.0).is_some() {
            let message = text!(
                "« {own} » est une catégorie intégrée",
                "`{own}` is a built-in category"
            );
            report(context, Code::CategoryBuiltIn, span, message, None);
            continue;
        }
        let parent = own
            .0
            .rsplit_once('.')
            .map(|(parent, _)| Category(parent.to_owned()));
        if parent
            .as_ref()
            .is_some_and(|parent| taxonomy::exists(parent, &register.vocabulary))
        {
            continue;
        }
        let suggestion = parent.and_then(|parent| {
            did_you_mean(
                &parent.0,
                taxonomy::every().map(|entry| entry.category.0.as_str()),
            )
        });
        let message = text!(
            "« {own} » ne prolonge aucune catégorie existante",
            "`{own}` does not extend an existing category"
        );
        report(context, Code::CategoryWithoutParent, span, message, suggestion);
    }
}

fn check_activity(context: &mut Context, register: &Register, activity: &Activity) {
    let file = Arc::clone(&activity.span.file);
    for name in &activity.subjects {
        let span = context.item(&file, "activity.subjects", name);
        subject(context, register, name, span);
    }
    for name in &activity.recipients {
        let span = context.item(&file, "activity.recipients", name);
        party_or_team(context, register, name, span);
    }
    for (name, purpose) in &activity.purposes {
        let list = format!("{}.data", join("purpose", name));
        for listed in &purpose.data {
            let span = context.item(&file, &list, &listed.0);
            category(context, register, listed, span);
        }
    }
}

fn check_rule(context: &mut Context, register: &Register, activity: &Activity, rule: &Rule) {
    for id in &rule.purposes {
        if register.purpose(id).is_some() {
            continue;
        }
        let written = if id.activity == activity.name {
            id.purpose.clone()
        } else {
            id.to_string()
        };
        let span = context.rule_item(&rule.id, "for", &written);
        // A purpose whose basis is missing is reported there, not again here.
        let path = join("purpose", &id.purpose);
        let file: Arc<str> = Arc::from(format!("activities/{}.toml", id.activity));
        if context.is_written(&file, &path) {
            continue;
        }
        let known: Vec<String> = register
            .activities
            .values()
            .flat_map(|other| other.purposes.values())
            .map(|purpose| {
                if purpose.id.activity == activity.name {
                    purpose.id.purpose.clone()
                } else {
                    purpose.id.to_string()
                }
            })
            .collect();
        let suggestion = did_you_mean(&written, known.iter().map(String::as_str));
        let message = text!("la finalité « {id} » n'existe pas", "there is no purpose `{id}`");
        report(context, Code::UnknownPurpose, span, message, suggestion);
    }
    let table = register.table(&rule.of);
    if table.is_none() {
        unknown_table(context, register, &rule.of, context.rule_key(&rule.id, "of"));
    }
    for name in &rule.while_states {
        let span = context.rule_item(&rule.id, "while", name);
        if state(context, register, name, span.clone())
            && let Some(table) = table
            && !table.states.contains_key(name)
            && !context.broken.contains(&(table.id.clone(), name.clone()))
        {
            unread(context, Code::UnreadState, table, rule, name, span);
        }
    }
    for (list, names) in [
        ("after", &rule.after),
        ("else_after", &rule.else_after),
        ("or_on", &rule.or_on),
    ] {
        for name in names {
            let span = context.rule_item(&rule.id, list, name);
            if event(context, register, name, span.clone())
                && let Some(table) = table
                && !table.events.contains_key(name)
                && !context.broken.contains(&(table.id.clone(), name.clone()))
            {
                unread(context, Code::UnreadEvent, table, rule, name, span);
            }
        }
    }
    if let Then::Archive { into, readers, .. } = &rule.then {
        let span = context.rule_key(&rule.id, "then.in");
        match into.split_once('.') {
            Some((store, table)) => {
                let id = TableId {
                    store: store.to_owned(),
                    table: table.to_owned(),
                };
                if register.table(&id).is_none() {
                    unknown_table(context, register, &id, span);
                }
            }
            None if !register.stores.contains_key(into) => {
                let id = TableId {
                    store: into.clone(),
                    table: String::new(),
                };
                unknown_table(context, register, &id, span);
            }
            None => {}
        }
        for name in readers {
            if register.vocabulary.roles.contains_key(name) || register.vocabulary.teams.contains_key(name) {
                continue;
            }
            let span = context.rule_item(&rule.id, "then.readers", name);
            let known = register
                .vocabulary
                .roles
                .keys()
                .chain(register.vocabulary.teams.keys());
            let suggestion = did_you_mean(name, known.map(String::as_str));
            let message = text!(
                "« {name} » n'est ni un rôle, ni une équipe",
                "`{name}` is neither a role nor a team"
            );
            report(context, Code::UnknownRole, span, message, suggestion);
        }
    }
}

fn unread(context: &mut Context, code: Code, table: &Table, rule: &Rule, name: &str, span: Span) {
    let id = &table.id;
    let (message, suggestion) = if code == Code::UnreadState {
        (
            text!(
                "{id} ne dit pas comment lire l'état « {name} »",
                "{id} does not say how to read the state `{name}`"
            ),
            text!(
                "ajoutez {name} = \"…\" sous [table.{0}.states]",
                "add {name} = \"…\" under [table.{0}.states]",
                id.table
            ),
        )
    } else {
        (
            text!(
                "{id} ne dit pas où lire l'événement « {name} »",
                "{id} does not say where to read the event `{name}`"
            ),
            text!(
                "ajoutez {name} = \"colonne\" sous [table.{0}.events]",
                "add {name} = \"column\" under [table.{0}.events]",
                id.table
            ),
        )
    };
    context.report(
        Diagnostic::new(code, span, message)
            .suggest(suggestion)
            .related(table.span.clone(), text!("la table", "the table"))
            .about([rule.id.to_string(), id.to_string()]),
    );
}

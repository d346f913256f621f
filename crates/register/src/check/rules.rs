//! Retention rules that cannot mean what they say.

use std::sync::Arc;

use super::graph::{Graph, any_covers, needed as needed_by};
use crate::diagnostics::{Code, Diagnostic};
use crate::load::node::{Context, join};
use crate::model::{Activity, Basis, Loss, Period, Register, Rule, Strategy, Text, Then, Unit};
use crate::text;

pub(super) fn check<'a>(context: &mut Context, register: &'a Register, graph: &Graph<'a>) {
    for activity in register.activities.values() {
        for rule in &activity.rules {
            clock(context, register, rule);
            duty(context, rule);
            consent(context, register, rule);
            effect(context, register, activity, rule, graph);
        }
    }
}

fn clock(context: &mut Context, register: &Register, rule: &Rule) {
    let id = &rule.id;
    let about = || [id.to_string()];
    if rule.keep.is_some() && rule.after.is_empty() {
        context.report(
            Diagnostic::new(
                Code::NoStart,
                context.rule_key(id, "keep"),
                text!(
                    "la durée de « {id} » n'a pas d'événement de départ",
                    "the period of `{id}` has no event to start from"
                ),
            )
            .suggest_if(readable_events(register, rule))
            .about(about()),
        );
    }
    if rule.keep.is_none() && (!rule.after.is_empty() || rule.or_on.is_empty()) {
        context.report(
            Diagnostic::new(
                Code::NoEnd,
                rule.span.clone(),
                text!(
                    "« {id} » ne dit pas combien de temps : rien n'y met fin",
                    "`{id}` does not say how long: nothing ends it"
                ),
            )
            .suggest(text!("keep = \"3 years\"", "keep = \"3 years\""))
            .about(about()),
        );
    }
    if !rule.else_after.is_empty() && rule.after.is_empty() {
        context.report(
            Diagnostic::new(
                Code::ElseWithoutAfter,
                context.rule_key(id, "else_after"),
                text!(
                    "« else_after » ne sert qu'à défaut d'« after »",
                    "`else_after` serves only where `after` has no value"
                ),
            )
            .suggest(text!("écrivez « after »", "write `after`"))
            .about(about()),
        );
    }
    for name in &rule.after {
        let Some(event) = register.vocabulary.events.get(name) else {
            continue;
        };
        for ended in event
            .ends
            .iter()
            .filter(|ended| !rule.while_states.contains(ended))
        {
            let mut all = rule.while_states.clone();
            all.push(ended.clone());
            let listed = format!("{all:?}");
            let vocabulary = Arc::from("vocabulary.toml");
            context.report(
                Diagnostic::new(
                    Code::EndsUnlistedState,
                    context.rule_item(id, "after", name),
                    text!(
                        "« {name} » met fin à « {ended} », qui manque dans « while »",
                        "`{name}` ends `{ended}`, which is missing from `while`"
                    ),
                )
                .suggest(text!("while = {listed}", "while = {listed}"))
                .related(
                    context.item(&vocabulary, &format!("{}.ends", join("event", name)), ended),
                    text!("il y met fin ici", "it ends it here"),
                )
                .about(about()),
            );
        }
    }
    let lists = [
        ("after", &rule.after),
        ("else_after", &rule.else_after),
        ("or_on", &rule.or_on),
    ];
    for (index, (list, names)) in lists.iter().enumerate() {
        for (earlier, known) in &lists[..index] {
            for name in names.iter().filter(|name| known.contains(name)) {
                context.report(
                    Diagnostic::new(
                        Code::EventTwice,
                        context.rule_item(id, list, name),
                        text!(
                            "« {name} » est déjà dans « {earlier} » : ici, il n'aurait jamais d'effet propre",
                            "`{name}` already stands in `{earlier}`: here it would never have an effect of its own"
                        ),
                    )
                    .related(context.rule_item(id, earlier, name), text!("déjà là", "already here"))
                    .about(about()),
                );
            }
        }
    }
}

/// The events that the table of a rule reads: what `after` may say.
fn readable_events(register: &Register, rule: &Rule) -> Option<Text> {
    let table = register
        .table(&rule.of)
        .filter(|table| !table.events.is_empty())?;
    let names: Vec<String> = table.events.keys().map(|name| format!("\"{name}\"")).collect();
    let (fr, en) = (names.join(" ou "), names.join(" or "));
    Some(text!("after = [ {fr} ]", "after = [ {en} ]"))
}

fn duty(context: &mut Context, rule: &Rule) {
    let Some(duty) = &rule.at_least else { return };
    let id = &rule.id;
    if let Some(keep) = rule.keep
        && longest_days(keep) < shortest_days(duty.period)
    {
        context.report(
            Diagnostic::new(
                Code::ShorterThanDuty,
                context.rule_key(id, "keep"),
                text!(
                    "« {id} » garde moins longtemps que le minimum qu'elle déclare",
                    "`{id}` keeps for less than the minimum that it declares"
                ),
            )
            .related(context.rule_key(id, "at_least"), text!("au moins", "at least"))
            .about([id.to_string()]),
        );
    }
    if duty
        .source
        .as_ref()
        .is_none_or(|source| source.fr.is_empty() && source.en.is_empty())
    {
        context.report(
            Diagnostic::new(
                Code::DutyWithoutSource,
                context.rule_key(id, "at_least"),
                text!(
                    "ce minimum ne cite pas le texte qui l'impose",
                    "this minimum does not cite the text that imposes it"
                ),
            )
            .suggest(text!(
                "at_least = {{ period = \"10 years\", source = {{ fr = \"…\", en = \"…\" }} }}",
                "at_least = {{ period = \"10 years\", source = {{ fr = \"…\", en = \"…\" }} }}"
            ))
            .about([id.to_string()]),
        );
    }
}

fn longest_days(period: Period) -> u64 {
    let count = u64::from(period.count);
    match period.unit {
        Unit::Years => count * 365 + count / 4 + 1,
        Unit::Months => (count * 31).min(count / 12 * 366 + (count % 12) * 31),
        Unit::Weeks => count * 7,
        Unit::Days => count,
    }
}

fn shortest_days(period: Period) -> u64 {
    let count = u64::from(period.count);
    match period.unit {
        Unit::Years => count * 365,
        Unit::Months => count / 12 * 365 + (count % 12) * 28,
        Unit::Weeks => count * 7,
        Unit::Days => count,
    }
}

fn consent(context: &mut Context, register: &Register, rule: &Rule) {
    let by_consent = rule
        .purposes
        .iter()
        .filter_map(|id| register.purpose(id))
        .find(|purpose| purpose.basis == Basis::Consent);
    let Some(purpose) = by_consent.filter(|_| rule.or_on.is_empty()) else {
        return;
    };
    let (id, purpose) = (&rule.id, &purpose.id);
    context.report(
        Diagnostic::new(
            Code::ConsentWithoutWithdrawal,
            rule.span.clone(),
            text!(
                "« {purpose} » repose sur le consentement, et rien dans « {id} » ne dit que son retrait y met fin",
                "`{purpose}` rests on consent, and nothing in `{id}` says that its withdrawal ends it"
            ),
        )
        .suggest(text!("or_on = [\"consent_withdrawn\"]", "or_on = [\"consent_withdrawn\"]"))
        .about([id.to_string()]),
    );
}

/// Rules that could run for ever and change nothing, or not what they say.
fn effect<'a>(
    context: &mut Context,
    register: &'a Register,
    activity: &Activity,
    rule: &Rule,
    graph: &Graph<'a>,
) {
    let Some(table) = register.table(&rule.of) else {
        return;
    };
    let (id, of) = (&rule.id, &table.id);
    if let Some(reason) = &table.unruled {
        context.report(
            Diagnostic::new(
                Code::RuleOnUnruled,
                context.rule_key(id, "of"),
                text!(
                    "{of} est déclarée sans règle : « {reason} »",
                    "{of} is declared without rule: \"{reason}\""
                ),
            )
            .related(context.table_key(table, "unruled"), text!("ici", "here"))
            .about([id.to_string(), of.to_string()]),
        );
        return;
    }
    let held = graph.subjects(table);
    if !held.is_empty()
        && !activity.subjects.is_empty()
        && !activity
            .subjects
            .iter()
            .any(|subject| held.contains(subject.as_str()))
    {
        let (ours, theirs) = (
            activity.subjects.join(", "),
            held.into_iter().collect::<Vec<_>>().join(", "),
        );
        context.report(
            Diagnostic::new(
                Code::DisjointSubjects,
                context.rule_key(id, "of"),
                text!(
                    "« {id} » concerne {ours} ; {of} contient {theirs} : elle n'aurait jamais d'effet",
                    "`{id}` is about {ours}; {of} holds {theirs}: it would never have an effect"
                ),
            )
            .related(
                context.table_key(table, "subjects"),
                text!("les personnes de la table", "the subjects of the table"),
            )
            .about([id.to_string(), of.to_string()]),
        );
    }
    let needed = needed_by(register, rule);
    if needed.is_empty() {
        return;
    }
    let heirs = graph.heirs(of);
    let referred = table.links.values().filter_map(|link| register.table(&link.to));
    let reached = std::iter::once(table)
        .chain(heirs.iter().copied())
        .chain(referred);
    let covers = reached.flat_map(|table| table.columns.values()).any(|column| {
        column
            .category
            .as_ref()
            .is_some_and(|category| any_covers(&needed, category))
    });
    if !covers {
        context.report(
            Diagnostic::new(
                Code::CoversNothing,
                context.rule_key(id, "for"),
                text!(
                    "aucune colonne de {of} n'est d'une catégorie dont les finalités de « {id} » ont besoin",
                    "no column of {of} is of a category that the purposes of `{id}` need"
                ),
            )
            .about([id.to_string(), of.to_string()]),
        );
    }
    if rule.then == Then::Anonymise {
        for table in std::iter::once(table).chain(heirs) {
            keeps_person(context, rule, table, &needed);
        }
    }
}

fn keeps_person(
    context: &mut Context,
    rule: &Rule,
    table: &crate::model::Table,
    needed: &[&crate::model::Category],
) {
    for (path, column) in &table.columns {
        let covered = column
            .category
            .as_ref()
            .is_some_and(|category| any_covers(needed, category));
        let (fr, en) = match column.anonymise.as_ref().map(Strategy::loss) {
            Some(Loss::Pseudonymises) => ("pseudonymisée", "pseudonymised"),
            Some(Loss::Coarsens) => ("rendue moins précise", "coarsened"),
            Some(Loss::Removes) | None => continue,
        };
        if !covered {
            continue;
        }
        let (id, of) = (&rule.id, &table.id);
        context.report(
            Diagnostic::new(
                Code::AnonymiseKeepsPerson,
                column.span.clone(),
                text!(
                    "« {id} » promet d'anonymiser, mais {of}.{path} sera seulement {fr}",
                    "`{id}` promises to anonymise, but {of}.{path} will only be {en}"
                ),
            )
            .related(context.rule_key(id, "then"), text!("la règle", "the rule"))
            .suggest(text!(
                "anonymise = \"null\", \"redact\" ou {{ constant = \"…\" }} retire la personne",
                "anonymise = \"null\", \"redact\" or {{ constant = \"…\" }} removes the person"
            ))
            .about([id.to_string(), of.to_string()]),
        );
    }
}

//! Rules, purposes, words.

use std::collections::{BTreeMap, BTreeSet};

use serment_register::model::{Basis, Duty, Period, Purpose, Register, Rule, Term, Text, Then, Unit};
use serment_register::{say, text};

use super::{Change, RuleChange, Sign};

pub(super) fn rules(old: &Register, new: &Register) -> Vec<RuleChange> {
    let of = |register: &Register| -> BTreeMap<String, Rule> {
        register
            .rules()
            .map(|(_, rule)| (rule.id.to_string(), rule.clone()))
            .collect()
    };
    let sentences = |register: &Register| -> BTreeMap<String, Text> {
        say::every(register)
            .into_iter()
            .map(|(rule, text)| (rule.to_string(), text))
            .collect()
    };
    let (before, after) = (of(old), of(new));
    let (said, says) = (sentences(old), sentences(new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (sign, details) = match (before.get(name), after.get(name)) {
            (None, Some(_)) => (Sign::Added, Vec::new()),
            (Some(_), None) => (Sign::Removed, Vec::new()),
            (Some(one), Some(other)) => (Sign::Changed, parts(one, other)),
            (None, None) => continue,
        };
        let (old_text, new_text) = (said.get(name).cloned(), says.get(name).cloned());
        if sign == Sign::Changed && details.is_empty() && old_text == new_text {
            continue;
        }
        found.push(RuleChange {
            rule: name.clone(),
            sign,
            kept: sign != Sign::Changed || !details.is_empty(),
            details,
            before: old_text,
            after: new_text,
        });
    }
    found
}

/// What two versions of a rule say otherwise.
fn parts(old: &Rule, new: &Rule) -> Vec<Text> {
    let lists = |names: &[String]| {
        if names.is_empty() {
            "—".to_owned()
        } else {
            names.join(", ")
        }
    };
    let mut found = Vec::new();
    let mut compare = |what: &str, before: String, after: String| {
        if before != after {
            found.push(text!("{what} : {before} → {after}", "{what}: {before} → {after}"));
        }
    };
    let purposes = |rule: &Rule| lists(&rule.purposes.iter().map(ToString::to_string).collect::<Vec<_>>());
    compare("of", old.of.to_string(), new.of.to_string());
    compare("for", purposes(old), purposes(new));
    compare("while", lists(&old.while_states), lists(&new.while_states));
    compare("after", lists(&old.after), lists(&new.after));
    compare("else_after", lists(&old.else_after), lists(&new.else_after));
    compare("or_on", lists(&old.or_on), lists(&new.or_on));
    compare("keep", period(old.keep), period(new.keep));
    compare("quiet", period(old.quiet), period(new.quiet));
    compare(
        "at_least",
        duty(old.at_least.as_ref()),
        duty(new.at_least.as_ref()),
    );
    compare("then", then(&old.then), then(&new.then));
    found
}

fn period(period: Option<Period>) -> String {
    let Some(Period { count, unit }) = period else {
        return "—".to_owned();
    };
    let unit = match unit {
        Unit::Years => "years",
        Unit::Months => "months",
        Unit::Weeks => "weeks",
        Unit::Days => "days",
    };
    format!(
        "{count} {}",
        if count == 1 { &unit[..unit.len() - 1] } else { unit }
    )
}

fn duty(duty: Option<&Duty>) -> String {
    match duty {
        None => "—".to_owned(),
        Some(Duty { period: of, source }) => match source {
            Some(source) => format!("{} ({})", period(Some(*of)), source.en),
            None => period(Some(*of)),
        },
    }
}

fn then(then: &Then) -> String {
    match then {
        Then::Erase => "erase".to_owned(),
        Then::Anonymise => "anonymise".to_owned(),
        Then::Archive { keep, into, readers } => format!(
            "archive {} in {into} ({})",
            period(Some(*keep)),
            readers.join(", ")
        ),
    }
}

pub(super) fn purposes(old: &Register, new: &Register) -> Vec<Change> {
    let of = |register: &Register| -> BTreeMap<String, Purpose> {
        let all = register
            .activities
            .values()
            .flat_map(|activity| activity.purposes.values());
        all.map(|purpose| (purpose.id.to_string(), purpose.clone()))
            .collect()
    };
    let mut found = compared(&of(old), &of(new), |one, other| {
        let mut details = Vec::new();
        let data = |purpose: &Purpose| {
            purpose
                .data
                .iter()
                .map(ToString::to_string)
                .collect::<BTreeSet<_>>()
        };
        let (before, after) = (data(one), data(other));
        let list = |names: &mut dyn Iterator<Item = &String>| names.cloned().collect::<Vec<_>>().join(", ");
        let more = list(&mut after.difference(&before));
        let less = list(&mut before.difference(&after));
        if !more.is_empty() {
            details.push(text!("données en plus : {more}", "more data: {more}"));
        }
        if !less.is_empty() {
            details.push(text!("données en moins : {less}", "less data: {less}"));
        }
        let kept = !details.is_empty() || one.basis != other.basis;
        if one.basis != other.basis {
            let (was, is) = (basis(&one.basis), basis(&other.basis));
            details.push(text!("base légale : {was} → {is}", "legal basis: {was} → {is}"));
        }
        if one.title != other.title {
            let (was, is) = (one.title.clone(), other.title.clone());
            details.push(text!("titre : {was} → {is}", "title: {was} → {is}"; was, is));
        }
        (details, kept)
    });
    found.extend(compared(&old.activities, &new.activities, |one, other| {
        let mut details = Vec::new();
        let kept = one.subjects != other.subjects || one.role != other.role;
        if kept {
            let (was, is) = (one.subjects.join(", "), other.subjects.join(", "));
            details.push(text!(
                "personnes ou rôle : {was} → {is}",
                "subjects or role: {was} → {is}"
            ));
        }
        if one.recipients != other.recipients {
            let (was, is) = (one.recipients.join(", "), other.recipients.join(", "));
            details.push(text!("destinataires : {was} → {is}", "recipients: {was} → {is}"));
        }
        if one.title != other.title {
            let (was, is) = (one.title.clone(), other.title.clone());
            details.push(text!("titre : {was} → {is}", "title: {was} → {is}"; was, is));
        }
        (details, kept)
    }));
    found
}

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

pub(super) fn words(old: &Register, new: &Register) -> Vec<Change> {
    let mut found = Vec::new();
    let (one, other) = (&old.organisation, &new.organisation);
    let mut details = Vec::new();
    let mut compare = |what: &str, was: String, is: String| {
        if was != is {
            details.push(text!("{what} : {was} → {is}", "{what}: {was} → {is}"));
        }
    };
    let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
    compare("name", one.name.clone(), other.name.clone());
    compare("dpo", or(&one.dpo), or(&other.dpo));
    compare("zone", or(&one.zone), or(&other.zone));
    compare("time_zone", one.time_zone.clone(), other.time_zone.clone());
    compare(
        "not_before",
        one.not_before.to_string(),
        other.not_before.to_string(),
    );
    // Days are counted in the zone, and a value before the date starts no clock.
    let kept = one.time_zone != other.time_zone
        || one.not_before != other.not_before
        || one.clients != other.clients;
    if one.clients != other.clients {
        details.push(text!("les clients", "the clients"));
    }
    if !details.is_empty() {
        found.push(Change {
            place: "organisation".to_owned(),
            sign: Sign::Changed,
            details,
            kept,
        });
    }
    let labels = |was: &Term, is: &Term| {
        let mut details = Vec::new();
        if was.label != is.label {
            let (was, is) = (was.label.clone(), is.label.clone());
            details.push(text!("{was} → {is}", "{was} → {is}"; was, is));
        } else if was.definition != is.definition {
            details.push(text!("sa définition", "its definition"));
        }
        details
    };
    let words = &old.vocabulary;
    found.extend(named(
        "subject",
        compared(&words.subjects, &new.vocabulary.subjects, |one, other| {
            (labels(one, other), false)
        }),
    ));
    found.extend(named(
        "state",
        compared(&words.states, &new.vocabulary.states, |one, other| {
            (labels(one, other), false)
        }),
    ));
    found.extend(named(
        "event",
        compared(&words.events, &new.vocabulary.events, |one, other| {
            let mut details = labels(&one.term, &other.term);
            let kept = one.ends != other.ends || one.planned != other.planned;
            if kept {
                details.push(text!(
                    "ce qu'il termine, ou s'il peut être à venir",
                    "what it ends, or whether it may lie ahead"
                ));
            }
            (details, kept)
        }),
    ));
    // A word that nothing used before and nothing uses now changes nothing that is kept: rules and tables say the rest.
    for change in &mut found {
        if change.sign != Sign::Changed {
            change.kept = false;
        }
    }
    found
}

fn named(kind: &str, changes: Vec<Change>) -> impl Iterator<Item = Change> {
    changes.into_iter().map(move |change| Change {
        place: format!("{kind} {}", change.place),
        ..change
    })
}

/// What is new, gone, or says something else. The comparison gives details, none when nothing changed, and whether what
/// is kept may change.
pub(super) fn compared<K: Ord + ToString, V>(
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
    compare: impl Fn(&V, &V) -> (Vec<Text>, bool),
) -> Vec<Change> {
    let names: BTreeSet<&K> = old.keys().chain(new.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let place = name.to_string();
        match (old.get(name), new.get(name)) {
            (None, Some(_)) => found.push(Change {
                place,
                sign: Sign::Added,
                details: Vec::new(),
                kept: true,
            }),
            (Some(_), None) => found.push(Change {
                place,
                sign: Sign::Removed,
                details: Vec::new(),
                kept: true,
            }),
            (Some(one), Some(other)) => {
                let (details, kept) = compare(one, other);
                if !details.is_empty() {
                    found.push(Change {
                        place,
                        sign: Sign::Changed,
                        details,
                        kept,
                    });
                }
            }
            (None, None) => {}
        }
    }
    found
}

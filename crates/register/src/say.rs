//! Each retention rule as the sentence that would be published: the DPO's test of the language.
//!
//! Labels of the vocabulary may be written with or without their article ("la fin du contrat", "fin du contrat"), in
//! the singular or in the plural: the sentences agree with what is written.

mod english;
mod french;

use std::collections::BTreeSet;

use crate::check::graph::{self, Graph};
use crate::model::{Activity, Category, Language, Loss, Period, Register, Rule, RuleId, Strategy, Text};
use crate::taxonomy;

/// Every rule with its sentence in French and English, in the order of the register.
pub fn every(register: &Register) -> Vec<(RuleId, Text)> {
    register
        .rules()
        .map(|(activity, one)| {
            let fr = rule(register, activity, one, Language::French);
            let en = rule(register, activity, one, Language::English);
            (one.id.clone(), Text { fr, en })
        })
        .collect()
}

/// A period in words: "3 mois", "3 months".
pub fn period(period: Period) -> Text {
    Text {
        fr: french::period(period),
        en: english::period(period),
    }
}

/// The sentence of one rule.
pub fn rule(register: &Register, activity: &Activity, rule: &Rule, language: Language) -> String {
    let words = Words {
        register,
        activity,
        rule,
        language,
    };
    match language {
        Language::French => french::sentence(&words),
        Language::English => english::sentence(&words),
    }
}

/// What a sentence is made of.
struct Words<'a> {
    register: &'a Register,
    activity: &'a Activity,
    rule: &'a Rule,
    language: Language,
}

impl<'a> Words<'a> {
    /// Titles of the purposes, and whether they begin with a verb ("Envoyer nos lettres"): French infinitives show
    /// it, for both languages.
    fn purposes(&self) -> Vec<(&'a str, bool)> {
        let found = self
            .rule
            .purposes
            .iter()
            .filter_map(|id| self.register.purpose(id));
        found
            .map(|purpose| (purpose.title.get(self.language), is_infinitive(&purpose.title.fr)))
            .collect()
    }

    fn subjects(&self) -> Vec<&'a str> {
        let labels = &self.register.vocabulary.subjects;
        let subjects = self.activity.subjects.iter();
        subjects
            .map(|name| {
                labels
                    .get(name)
                    .map_or(name.as_str(), |term| said(&term.label, self.language, name))
            })
            .collect()
    }

    /// What the end of a rule that anonymises leaves of the person: by the columns that its purposes cover, in its table
    /// and in those that go with it. Never empty.
    fn losses(&self) -> BTreeSet<Loss> {
        let needed = graph::needed(self.register, self.rule);
        let graph = Graph::new(self.register);
        let columns = (self.register.table(&self.rule.of).into_iter())
            .chain(graph.heirs(&self.rule.of))
            .flat_map(|table| table.columns.values())
            .filter(|column| {
                let category = column.category.as_ref();
                category.is_some_and(|category| graph::any_covers(&needed, category))
            });
        // A column without strategy is cleared.
        let mut losses: BTreeSet<Loss> = columns
            .map(|column| column.anonymise.as_ref().map_or(Loss::Removes, Strategy::loss))
            .collect();
        if losses.is_empty() {
            losses.insert(Loss::Removes);
        }
        losses
    }

    /// Labels of the categories that the purposes need, ancestors standing for their descendants.
    fn categories(&self) -> Vec<&'a str> {
        let mut needed: Vec<&'a Category> = Vec::new();
        for purpose in self
            .rule
            .purposes
            .iter()
            .filter_map(|id| self.register.purpose(id))
        {
            for category in &purpose.data {
                if !needed.iter().any(|known| known.covers(category)) {
                    needed.retain(|known| !category.covers(known));
                    needed.push(category);
                }
            }
        }
        needed
            .into_iter()
            .map(|category| taxonomy::label(category, &self.register.vocabulary, self.language))
            .collect()
    }

    fn states(&self) -> Vec<&'a str> {
        let labels = &self.register.vocabulary.states;
        let states = self.rule.while_states.iter();
        states
            .map(|name| {
                labels
                    .get(name)
                    .map_or(name.as_str(), |term| said(&term.label, self.language, name))
            })
            .collect()
    }

    fn events(&self, names: &'a [String]) -> Vec<&'a str> {
        let labels = &self.register.vocabulary.events;
        let events = names.iter();
        events
            .map(|name| {
                labels.get(name).map_or(name.as_str(), |event| {
                    said(&event.term.label, self.language, name)
                })
            })
            .collect()
    }

    fn readers(&self, names: &'a [String]) -> Vec<&'a str> {
        let (roles, teams) = (&self.register.vocabulary.roles, &self.register.vocabulary.teams);
        let readers = names.iter();
        readers
            .map(|name| {
                let term = roles.get(name).or_else(|| teams.get(name));
                term.map_or(name.as_str(), |term| said(&term.label, self.language, name))
            })
            .collect()
    }
}

/// A label, or the name when the label is empty.
fn said<'a>(label: &'a Text, language: Language, name: &'a str) -> &'a str {
    let label = label.get(language);
    if label.is_empty() { name } else { label }
}

fn is_infinitive(title: &str) -> bool {
    let first = title.split([' ', '\'', '’']).next().unwrap_or_default();
    let pronominal = title.starts_with("S'") || title.starts_with("S’") || first == "Se";
    pronominal || ["er", "ir", "re"].iter().any(|ending| first.ends_with(ending)) && first.chars().count() > 3
}

/// The first letter in lower case, unless the word is an acronym.
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let (Some(first), second) = (characters.next(), characters.next()) else {
        return String::new();
    };
    if second.is_some_and(|second| second.is_uppercase()) {
        return text.to_owned();
    }
    first.to_lowercase().chain(text.chars().skip(1)).collect()
}

/// The first letter in upper case.
fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn list<T: AsRef<str>>(items: &[T], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., end] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", first.join(", "), end.as_ref())
        }
    }
}

//! The built-in categories of personal data: hierarchical, labelled, with the identifiers of two public vocabularies.
//!
//! The table is `taxonomy.csv`. Identifiers come from the W3C Data Privacy Vocabulary 2.3 (`pd` extension) and from
//! fideslang 3.2; the notices of both stand in `NOTICE`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::model::{Category, Language, Text, Vocabulary};

const TABLE: &str = include_str!("taxonomy.csv");

/// A built-in category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path: `contact.email`.
    pub category: Category,
    /// How sentences say it.
    pub label: Text,
    /// IRI in the W3C Data Privacy Vocabulary.
    pub dpv: String,
    /// Key in fideslang.
    pub fideslang: &'static str,
}

static ENTRIES: LazyLock<BTreeMap<&'static str, Entry>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(entry).collect()
});

fn entry(line: &'static str) -> Option<(&'static str, Entry)> {
    let mut fields = line.split(';');
    let key = fields.next()?;
    let label = Text {
        fr: fields.next()?.to_owned(),
        en: fields.next()?.to_owned(),
    };
    let dpv = match fields.next()?.split_once(':')? {
        ("pd", term) => format!("https://w3id.org/dpv/pd#{term}"),
        (_, term) => format!("https://w3id.org/dpv#{term}"),
    };
    let fideslang = fields.next()?;
    Some((
        key,
        Entry {
            category: Category(key.to_owned()),
            label,
            dpv,
            fideslang,
        },
    ))
}

/// The built-in category of that path.
pub fn built_in(category: &str) -> Option<&'static Entry> {
    ENTRIES.get(category)
}

/// Every built-in category, in order of their paths.
pub fn every() -> impl Iterator<Item = &'static Entry> {
    ENTRIES.values()
}

/// Whether that category is built in or defined by the vocabulary.
pub fn exists(category: &Category, vocabulary: &Vocabulary) -> bool {
    built_in(&category.0).is_some() || vocabulary.categories.contains_key(category)
}

/// How sentences say a category: its own label, or that of its closest labelled ancestor, or its path.
pub fn label<'a>(category: &'a Category, vocabulary: &'a Vocabulary, language: Language) -> &'a str {
    let mut path = category.0.as_str();
    loop {
        if let Some(own) = vocabulary.categories.get(&Category(path.to_owned()))
            && !own.term.label.get(language).is_empty()
        {
            return own.term.label.get(language);
        }
        if let Some(entry) = built_in(path) {
            return entry.label.get(language);
        }
        match path.rfind('.') {
            Some(at) => path = &path[..at],
            None => return &category.0,
        }
    }
}

/// IRI of a category in the W3C Data Privacy Vocabulary: its own, or that of its closest ancestor that has one.
pub fn dpv<'a>(category: &Category, vocabulary: &'a Vocabulary) -> Option<&'a str> {
    nearest(category, |path| {
        let own = vocabulary
            .categories
            .get(&Category(path.to_owned()))
            .and_then(|own| own.dpv.as_deref());
        own.or_else(|| built_in(path).map(|entry| entry.dpv.as_str()))
    })
}

/// Fideslang key of a category: its own, or that of its closest ancestor that has one.
pub fn fideslang<'a>(category: &Category, vocabulary: &'a Vocabulary) -> Option<&'a str> {
    nearest(category, |path| {
        let own = vocabulary
            .categories
            .get(&Category(path.to_owned()))
            .and_then(|own| own.fideslang.as_deref());
        own.or_else(|| built_in(path).map(|entry| entry.fideslang))
    })
}

fn nearest<'a>(category: &Category, of: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
    let mut path = category.0.as_str();
    loop {
        if let Some(found) = of(path) {
            return Some(found);
        }
        path = &path[..path.rfind('.')?];
    }
}

/// Whether a category is among the special ones of GDPR Art. 9.
pub fn is_special(category: &Category) -> bool {
    Category("special".to_owned()).covers(category)
}

/// Whether a category falls under GDPR Art. 10 (offences and convictions).
pub fn is_offence(category: &Category) -> bool {
    Category("offences".to_owned()).covers(category)
}

/// Whether a category is a national identification number (GDPR Art. 87).
pub fn is_national_number(category: &Category) -> bool {
    Category("identity.national_number".to_owned()).covers(category)
}

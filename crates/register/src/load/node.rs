//! Reading TOML values with their places: what is wrong is collected, never thrown.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::check::secrets::{Secrets, secret_in};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::model::{Language, Link, LinkKind, RuleId, Table, TableId, Text};
use crate::span::Span;
use crate::text;

/// Most findings that are kept: a hostile register must not cost more memory than this.
const MOST_FINDINGS: usize = 1_000;

/// What the loader carries along: findings, and where each value is written.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub found: Vec<Diagnostic>,
    pub languages: Vec<Language>,
    /// Where each rule is written: file and path.
    pub rules: HashMap<RuleId, (Arc<str>, String)>,
    /// States and events that could not be read: they are reported once, not again wherever they are used.
    pub broken: HashSet<(TableId, String)>,
    /// Texts that look like secrets in clear.
    pub secrets: Secrets,
    places: HashMap<(Arc<str>, String), Range<usize>>,
}

impl Context {
    /// Keeps a finding. Beyond the limit one error stands for all the others: what is not shown may be an error too.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if self.found.len() + 1 < MOST_FINDINGS {
            self.found.push(diagnostic);
        } else if self.found.len() < MOST_FINDINGS {
            self.found.push(Diagnostic::new(
                Code::TooLarge,
                None,
                text!(
                    "plus de {MOST_FINDINGS} constats : les autres ne sont pas montrés",
                    "more than {MOST_FINDINGS} findings: the others are not shown"
                ),
            ));
        }
    }

    pub fn remember(&mut self, file: &Arc<str>, path: String, range: Range<usize>) {
        self.places.insert((Arc::clone(file), path), range);
    }

    /// Where a list says that text.
    pub fn item(&self, file: &Arc<str>, list: &str, text: &str) -> Span {
        match self.places.get(&(Arc::clone(file), item_path(list, text))) {
            Some(range) => Span {
                file: Arc::clone(file),
                range: range.clone(),
            },
            None => self.place(file, list),
        }
    }

    /// Where a list of a rule says that text.
    pub fn rule_item(&self, rule: &RuleId, list: &str, text: &str) -> Span {
        match self.rules.get(rule) {
            Some((file, path)) => self.item(file, &format!("{path}.{list}"), text),
            None => Span::default(),
        }
    }

    /// Where a key of a rule is written.
    pub fn rule_key(&self, rule: &RuleId, key: &str) -> Span {
        match self.rules.get(rule) {
            Some((file, path)) => self.place(file, &format!("{path}.{key}")),
            None => Span::default(),
        }
    }

    /// Where a key of a table is written.
    pub fn table_key(&self, table: &Table, key: &str) -> Span {
        let path = format!("{}.{key}", join("table", &table.id.table));
        self.place(&table.span.file, &path)
    }

    /// Where a key of a link is written.
    pub fn link_key(&self, table: &Table, link: &Link, key: &str) -> Span {
        let kind = match link.kind {
            LinkKind::BelongsTo => "belongs_to",
            LinkKind::RefersTo => "refers_to",
        };
        self.table_key(table, &format!("{}.{key}", join(kind, &link.name)))
    }

    /// Whether something is written at that very path.
    pub fn is_written(&self, file: &Arc<str>, path: &str) -> bool {
        self.places.contains_key(&(Arc::clone(file), path.to_owned()))
    }

    /// Where the value at that path is written; the closest enclosing value when that one is not.
    pub fn place(&self, file: &Arc<str>, path: &str) -> Span {
        let mut path = path;
        loop {
            if let Some(range) = self.places.get(&(Arc::clone(file), path.to_owned())) {
                return Span {
                    file: Arc::clone(file),
                    range: range.clone(),
                };
            }
            match path.rfind(['.', '[']) {
                Some(at) => path = &path[..at],
                None => {
                    return Span {
                        file: Arc::clone(file),
                        range: 0..0,
                    };
                }
            }
        }
    }
}

/// Appends a key to a path, quoted when a bare one could not say it.
pub(crate) fn join(path: &str, key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let key = if bare {
        Cow::Borrowed(key)
    } else {
        Cow::Owned(format!("{key:?}"))
    };
    if path.is_empty() {
        key.into_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// Path of the item of a list that holds that text.
pub(crate) fn item_path(list: &str, text: &str) -> String {
    format!("{list}[{text:?}]")
}

/// A value and where it is written.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub file: &'a Arc<str>,
    pub source: &'a str,
    pub path: String,
    pub range: Range<usize>,
    pub value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    pub fn span(&self) -> Span {
        Span {
            file: Arc::clone(self.file),
            range: self.range.clone(),
        }
    }

    pub fn wrong(&self, context: &mut Context, fr: &str, en: &str) {
        let (found_fr, found_en) = kind(self.value);
        context.report(Diagnostic::new(
            Code::WrongType,
            self.span(),
            text!(
                "attendu ici : {fr}, pas {found_fr}",
                "expected here: {en}, not {found_en}"
            ),
        ));
    }

    pub fn string(&self, context: &mut Context) -> Option<&'a str> {
        match self.value {
            DeValue::String(value) => Some(value.as_ref()),
            _ => {
                self.wrong(context, "un texte entre guillemets", "a text between quotes");
                None
            }
        }
    }

    /// A text that may not be blank.
    pub fn filled(&self, context: &mut Context) -> Option<String> {
        let value = self.string(context)?;
        if value.trim().is_empty() {
            context.report(Diagnostic::new(
                Code::MissingKey,
                self.span(),
                text!("ce texte est vide", "this text is empty"),
            ));
            return None;
        }
        Some(value.to_owned())
    }

    pub fn boolean(&self, context: &mut Context) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                self.wrong(context, "true ou false", "true or false");
                None
            }
        }
    }

    pub fn items(&self, context: &mut Context) -> Vec<Node<'a>> {
        let DeValue::Array(items) = self.value else {
            self.wrong(context, "une liste entre crochets", "a list between brackets");
            return Vec::new();
        };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| Node {
                path: format!("{}[{index}]", self.path),
                range: item.span(),
                value: item.get_ref(),
                ..self.clone()
            })
            .collect()
    }

    /// A list of texts; one that stands twice is reported and kept once.
    pub fn strings(&self, context: &mut Context) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for item in self.items(context) {
            let Some(value) = item.string(context) else {
                continue;
            };
            if seen.insert(value) {
                context.remember(self.file, item_path(&self.path, value), item.range.clone());
                found.push(value.to_owned());
            } else {
                context.report(Diagnostic::new(
                    Code::Repeated,
                    item.span(),
                    text!(
                        "« {value} » est déjà dans cette liste",
                        "`{value}` is already in this list"
                    ),
                ));
            }
        }
        found
    }

    /// A list of texts, or one text that stands for a list of its own.
    pub fn strings_or_one(&self, context: &mut Context) -> Vec<String> {
        let DeValue::String(value) = self.value else {
            return self.strings(context);
        };
        context.remember(self.file, item_path(&self.path, value), self.range.clone());
        vec![value.to_string()]
    }

    pub fn table(&self) -> Option<Fields<'a>> {
        match self.value {
            DeValue::Table(table) => Some(Fields {
                node: self.clone(),
                table,
                known: Vec::new(),
            }),
            _ => None,
        }
    }

    pub fn fields(&self, context: &mut Context) -> Option<Fields<'a>> {
        let fields = self.table();
        if fields.is_none() {
            self.wrong(context, "une table", "a table");
        }
        fields
    }

    /// Each key of a table of named things, with its value.
    pub fn entries(&self, context: &mut Context) -> Vec<(&'a str, Node<'a>)> {
        self.fields(context)
            .map(|fields| fields.entries())
            .unwrap_or_default()
    }

    /// One of a closed list.
    pub fn choice<T: Copy>(&self, context: &mut Context, choices: &[(&str, T)]) -> Option<T> {
        let written = self.string(context)?;
        let found = choices
            .iter()
            .find(|(name, _)| *name == written)
            .map(|(_, value)| *value);
        if found.is_none() {
            context.report(
                Diagnostic::new(
                    Code::NotAChoice,
                    self.span(),
                    text!(
                        "« {written} » n'est pas un choix possible",
                        "`{written}` is not one of the choices"
                    ),
                )
                .suggest_if(did_you_mean(written, choices.iter().map(|(name, _)| *name))),
            );
        }
        found
    }

    /// A text in the languages of the organisation.
    pub fn text(&self, context: &mut Context) -> Option<Text> {
        if let DeValue::String(value) = self.value
            && context.languages.len() == 1
        {
            return Some(Text {
                fr: value.to_string(),
                en: value.to_string(),
            });
        }
        let Some(mut fields) = self.table() else {
            self.wrong(
                context,
                "un texte dans chaque langue, { fr = \"…\", en = \"…\" }",
                "a text in each language, { fr = \"…\", en = \"…\" }",
            );
            return None;
        };
        let fr = fields
            .get("fr")
            .and_then(|node| node.string(context))
            .unwrap_or_default()
            .to_owned();
        let en = fields
            .get("en")
            .and_then(|node| node.string(context))
            .unwrap_or_default()
            .to_owned();
        fields.finish(context);
        for (language, value, name_fr, name_en) in [
            (Language::French, &fr, "français", "French"),
            (Language::English, &en, "anglais", "English"),
        ] {
            if value.trim().is_empty() && context.languages.contains(&language) {
                context.report(Diagnostic::new(
                    Code::MissingLanguage,
                    self.span(),
                    text!(
                        "ce texte n'est pas écrit en {name_fr}",
                        "this text is not written in {name_en}"
                    ),
                ));
            }
        }
        Some(Text { fr, en })
    }
}

/// A table being read: remembers which keys the language has.
pub(crate) struct Fields<'a> {
    pub node: Node<'a>,
    table: &'a DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    pub fn of_file(file: &'a Arc<str>, source: &'a str, table: &'a DeValue<'a>) -> Option<Self> {
        Node {
            file,
            source,
            path: String::new(),
            range: 0..0,
            value: table,
        }
        .table()
    }

    /// The value of an optional key.
    pub fn get(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.known.push(key);
        let (_, value) = self.table.get_key_value(key)?;
        Some(Node {
            path: join(&self.node.path, key),
            range: value.span(),
            value: value.get_ref(),
            ..self.node.clone()
        })
    }

    /// The value of a required key.
    pub fn need(&mut self, context: &mut Context, key: &'static str) -> Option<Node<'a>> {
        let found = self.get(key);
        if found.is_none() {
            context.report(Diagnostic::new(
                Code::MissingKey,
                self.node.span(),
                text!("la clé « {key} » manque", "the key `{key}` is missing"),
            ));
        }
        found
    }

    pub fn span(&self) -> Span {
        self.node.span()
    }

    pub fn entries(&self) -> Vec<(&'a str, Node<'a>)> {
        self.table
            .iter()
            .map(|(key, value)| {
                let key = key.get_ref().as_ref();
                let node = Node {
                    path: join(&self.node.path, key),
                    range: value.span(),
                    value: value.get_ref(),
                    ..self.node.clone()
                };
                (key, node)
            })
            .collect()
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self, context: &mut Context) {
        for (key, _) in self.table.iter() {
            let written = key.get_ref().as_ref();
            if self.known.contains(&written) {
                continue;
            }
            let span = Span {
                file: Arc::clone(self.node.file),
                range: key.span(),
            };
            context.report(
                Diagnostic::new(
                    Code::UnknownKey,
                    span,
                    text!(
                        "la clé « {written} » n'existe pas ici",
                        "there is no key `{written}` here"
                    ),
                )
                .suggest_if(did_you_mean(written, self.known.iter().copied())),
            );
        }
    }
}

fn kind(value: &DeValue<'_>) -> (&'static str, &'static str) {
    match value {
        DeValue::String(_) => ("un texte", "a text"),
        DeValue::Integer(_) | DeValue::Float(_) => ("un nombre", "a number"),
        DeValue::Boolean(_) => ("un booléen", "a boolean"),
        DeValue::Datetime(_) => ("une date", "a date"),
        DeValue::Array(_) => ("une liste", "a list"),
        DeValue::Table(_) => ("une table", "a table"),
    }
}

/// Records where every value of a document is written.
pub(crate) fn remember_places(context: &mut Context, file: &Arc<str>, path: &str, value: &DeValue<'_>) {
    match value {
        DeValue::Table(table) => {
            for (key, value) in table.iter() {
                let path = join(path, key.get_ref());
                context.remember(file, path.clone(), value.span());
                if let DeValue::String(text) = value.get_ref()
                    && let Some(secret) = secret_in(key.get_ref(), text)
                {
                    context.secrets.push((Arc::clone(file), value.span(), secret));
                }
                remember_places(context, file, &path, value.get_ref());
            }
        }
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}[{index}]");
                context.remember(file, path.clone(), item.span());
                remember_places(context, file, &path, item.get_ref());
            }
        }
        _ => {}
    }
}

//! Edits of a register's files that keep every comment, blank line and order: only what is edited changes.
//!
//! An edit is a splice of the text at the place of the value, never a file written anew. It is read back before it is
//! returned: an edit that would not mean what was asked is an error, and nothing else of the file can have moved.
//!
//! A path is written as in TOML, with the items of a list by number or by name:
//! `organisation.time_zone`, `retention[0].keep`, `retention["campaigns_3y"].keep`,
//! `table.contacts.columns."profile.address.city"`.

mod path;
mod place;

use std::ops::Range;

use toml::de::{DeTable, DeValue};
pub use toml_edit::Value;

use self::path::{Step, parse_path};
use self::place::{find, line_around, sections};

/// Why an edit was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file is not TOML: it is mended by hand first.
    #[error("the file is not TOML: {0}")]
    NotToml(String),
    /// The path does not read as one.
    #[error("`{0}` is not a path")]
    BadPath(String),
    /// Nothing is written there.
    #[error("nothing is written at `{0}`")]
    NotFound(String),
    /// A whole table stands there: values are edited one by one.
    #[error("a table stands at `{0}`: edit its values")]
    NotAValue(String),
    /// A rule of that name exists already.
    #[error("a rule `{0}` exists already")]
    Exists(String),
    /// Read back, the file would not say what was asked.
    #[error("the edit of `{0}` would not read back as asked")]
    NotAsAsked(String),
}

/// Writes a value at a path: over the one that stands there, else as a new key at the end of its table.
pub fn set_value(text: &str, path: &str, value: &Value) -> Result<String, EditError> {
    let steps = parse_path(path)?;
    let root = root(text)?;
    let edited = match find(&root, &steps) {
        Some(place) => {
            if is_section(text, &place.range) {
                return Err(EditError::NotAValue(path.to_owned()));
            }
            splice(text, place.range, &render(value))
        }
        None => insert(text, &root, path, &steps, value)?,
    };
    let read = value_at(&edited, &steps);
    if read.as_deref() != Some(plain(&render(value)).as_str()) {
        return Err(EditError::NotAsAsked(path.to_owned()));
    }
    Ok(edited)
}

/// Takes a key and its value out, with the rest of its line.
pub fn remove_value(text: &str, path: &str) -> Result<String, EditError> {
    let steps = parse_path(path)?;
    let root = root(text)?;
    let place = find(&root, &steps).ok_or_else(|| EditError::NotFound(path.to_owned()))?;
    let key = place.key.ok_or_else(|| EditError::NotAValue(path.to_owned()))?;
    if is_section(text, &place.range) {
        return Err(EditError::NotAValue(path.to_owned()));
    }
    let lines = line_around(text, key.start..place.range.end);
    let alone = text[lines.start..key.start].trim().is_empty()
        && (text[place.range.end..lines.end].trim().is_empty()
            || text[place.range.end..lines.end].trim_start().starts_with('#'));
    if !alone {
        return Err(EditError::NotAValue(path.to_owned()));
    }
    let edited = splice(text, lines, "");
    if value_at(&edited, &steps).is_some() {
        return Err(EditError::NotAsAsked(path.to_owned()));
    }
    Ok(edited)
}

/// Adds a retention rule at the end of an activity's file: its name, then its keys in the order given.
pub fn add_rule(text: &str, name: &str, keys: &[(&str, Value)]) -> Result<String, EditError> {
    let root_value = root(text)?;
    let steps = vec![Step::Key("retention".to_owned()), Step::Name(name.to_owned())];
    if find(&root_value, &steps).is_some() {
        return Err(EditError::Exists(name.to_owned()));
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut added = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        added.push_str(end);
    }
    if !text.trim().is_empty() {
        added.push_str(end);
    }
    added.push_str(&format!("[[retention]]{end}"));
    let width = keys
        .iter()
        .map(|(key, _)| key.len())
        .chain([4])
        .max()
        .unwrap_or(4);
    let named = Value::from(name);
    for (key, value) in std::iter::once(("name", &named)).chain(keys.iter().map(|(key, value)| (*key, value)))
    {
        added.push_str(&format!("{key:width$} = {}{end}", render(value)));
    }
    let edited = format!("{text}{added}");
    root(&edited)?;
    if value_at(&edited, &[&steps[..], &[Step::Key("name".to_owned())]].concat()).is_none() {
        return Err(EditError::NotAsAsked(name.to_owned()));
    }
    Ok(edited)
}

/// Takes a retention rule out of an activity's file, with the comment lines that stand right above it.
pub fn remove_rule(text: &str, name: &str) -> Result<String, EditError> {
    let root = root(text)?;
    let steps = vec![Step::Key("retention".to_owned()), Step::Name(name.to_owned())];
    let place = find(&root, &steps).ok_or_else(|| EditError::NotFound(name.to_owned()))?;
    let sections = sections(text, &root);
    let at = sections
        .iter()
        .position(|section| section.header == place.range.start);
    let Some(at) = at else {
        return Err(EditError::NotAValue(name.to_owned()));
    };
    let next = sections[at + 1..]
        .iter()
        .find(|section| !section.inside_retention);
    let end = next.map_or(text.len(), |section| section.start);
    let edited = splice(text, sections[at].start..end, "");
    if value_at(&edited, &steps).is_some() {
        return Err(EditError::NotAsAsked(name.to_owned()));
    }
    Ok(edited)
}

fn root(text: &str) -> Result<DeValue<'_>, EditError> {
    DeTable::parse(text)
        .map(|table| DeValue::Table(table.into_inner()))
        .map_err(|error| EditError::NotToml(error.message().to_owned()))
}

/// Whether what stands at a range is a section (`[header]`) rather than a value written in place.
fn is_section(text: &str, range: &Range<usize>) -> bool {
    let line = line_around(text, range.clone());
    text[range.clone()].starts_with('[') && text[line.start..range.start].trim().is_empty() && {
        // An array value is never the first thing of its line, unless it stands inside another array.
        let header = text[range.clone()].trim_end();
        !header.contains('\n') && header.ends_with(']') && !header.contains(['"', ','])
            || header.starts_with("[[")
    }
}

fn splice(text: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..range.start], &text[range.end..])
}

fn render(value: &Value) -> String {
    value.clone().decorated("", "").to_string()
}

/// A value in one form, to compare what was asked with what is read.
fn plain(value: &str) -> String {
    let source = format!("v = {value}");
    let parsed = DeTable::parse(&source);
    parsed
        .ok()
        .and_then(|table| table.get_ref().get("v").map(|value| canonical(value.get_ref())))
        .unwrap_or_default()
}

fn value_at(text: &str, steps: &[Step]) -> Option<String> {
    let root = root(text).ok()?;
    find(&root, steps).map(|place| canonical(place.value))
}

fn canonical(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => format!("{}:{}", number.radix(), number.as_str().replace('_', "")),
        DeValue::Float(number) => number.as_str().replace('_', ""),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| canonical(item.get_ref())).collect();
            format!("[{}]", items.join(","))
        }
        DeValue::Table(table) => {
            let entries: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{:?}={}", key.get_ref(), canonical(value.get_ref())))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

/// Writes a new key after the last value of its table, or right below its header.
fn insert(
    text: &str,
    root: &DeValue<'_>,
    path: &str,
    steps: &[Step],
    value: &Value,
) -> Result<String, EditError> {
    let not_found = || EditError::NotFound(path.to_owned());
    let Some((Step::Key(key), parents)) = steps.split_last() else {
        return Err(not_found());
    };
    let parent = find(root, parents).ok_or_else(not_found)?;
    let DeValue::Table(table) = parent.value else {
        return Err(not_found());
    };
    let written = format!("{} = {}", path::key(key), render(value));
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let values = table.iter().map(|(key, value)| (key.span(), value.span()));
    // Values written in place, not sub-tables with a header of their own.
    let own = values.filter(|(key, value)| value.start >= key.end);
    let last = own.map(|(_, value)| value.end).max();
    if !parents.is_empty() && text[parent.range.clone()].starts_with('{') {
        let at = last.unwrap_or(parent.range.start + 1);
        let with = if last.is_some() {
            format!(", {written}")
        } else {
            format!(" {written} ")
        };
        return Ok(splice(text, at..at, &with));
    }
    let after = match last {
        Some(at) => line_around(text, at..at).end,
        None if parents.is_empty() => 0,
        None => line_around(text, parent.range).end,
    };
    let before = if after > 0 && !text[..after].ends_with('\n') {
        end
    } else {
        ""
    };
    Ok(splice(text, after..after, &format!("{before}{written}{end}")))
}

//! Paths to values: `retention["campaigns_3y"].keep`.

use super::EditError;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A key of a table.
    Key(String),
    /// An item of a list, from 0.
    Index(usize),
    /// The item of a list of tables whose `name` is this.
    Name(String),
}

pub(super) fn parse_path(path: &str) -> Result<Vec<Step>, EditError> {
    let wrong = || EditError::BadPath(path.to_owned());
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (step, after) = if inner.starts_with('"') {
                let (name, after) = quoted(inner).ok_or_else(wrong)?;
                (Step::Name(name), after)
            } else {
                let end = inner.find(']').ok_or_else(wrong)?;
                (
                    Step::Index(inner[..end].parse().map_err(|_| wrong())?),
                    &inner[end..],
                )
            };
            steps.push(step);
            rest = after.strip_prefix(']').ok_or_else(wrong)?;
            continue;
        }
        if !steps.is_empty() {
            rest = rest.strip_prefix('.').ok_or_else(wrong)?;
        }
        if rest.starts_with('"') {
            let (key, after) = quoted(rest).ok_or_else(wrong)?;
            steps.push(Step::Key(key));
            rest = after;
        } else {
            let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let end = rest.find(|c| !bare(c)).unwrap_or(rest.len());
            if end == 0 {
                return Err(wrong());
            }
            steps.push(Step::Key(rest[..end].to_owned()));
            rest = &rest[end..];
        }
    }
    if steps.is_empty() { Err(wrong()) } else { Ok(steps) }
}

/// The text between the quotes at the start, and what follows them.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

/// A key as TOML writes it: bare when it can be.
pub(super) fn key(key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare {
        key.to_owned()
    } else {
        toml_edit::Value::from(key).decorated("", "").to_string()
    }
}

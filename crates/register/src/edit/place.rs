//! Where things stand in the text of a file.

use std::ops::Range;

use toml::de::DeValue;

use super::path::Step;

/// A value, where it is written, and where its key is.
pub(super) struct Place<'a> {
    pub value: &'a DeValue<'a>,
    pub range: Range<usize>,
    pub key: Option<Range<usize>>,
}

/// What stands at a path.
pub(super) fn find<'a>(root: &'a DeValue<'a>, steps: &[Step]) -> Option<Place<'a>> {
    let mut place = Place {
        value: root,
        range: 0..0,
        key: None,
    };
    for step in steps {
        place = match (step, place.value) {
            (Step::Key(key), DeValue::Table(table)) => {
                let (key, value) = table.get_key_value(key.as_str())?;
                Place {
                    value: value.get_ref(),
                    range: value.span(),
                    key: Some(key.span()),
                }
            }
            (Step::Index(index), DeValue::Array(items)) => {
                let item = items.get(*index)?;
                Place {
                    value: item.get_ref(),
                    range: item.span(),
                    key: None,
                }
            }
            (Step::Name(name), DeValue::Array(items)) => {
                let named = |item: &&toml::Spanned<DeValue<'_>>| {
                    item.get_ref()
                        .get("name")
                        .and_then(|value| value.get_ref().as_str())
                        == Some(name)
                };
                let item = items.iter().find(named)?;
                Place {
                    value: item.get_ref(),
                    range: item.span(),
                    key: None,
                }
            }
            _ => return None,
        };
    }
    Some(place)
}

/// The whole lines that a range touches, with the end of the last one.
pub(super) fn line_around(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[range.end..]
        .find('\n')
        .map_or(text.len(), |at| range.end + at + 1);
    start..end
}

/// A section of a file.
pub(super) struct Section {
    /// Where its header is written.
    pub header: usize,
    /// Where it begins, the comment lines right above its header included.
    pub start: usize,
    /// True for `[retention.…]`, which belongs to the rule before it.
    pub inside_retention: bool,
}

/// The sections of a file, in order.
pub(super) fn sections(text: &str, root: &DeValue<'_>) -> Vec<Section> {
    let mut headers: Vec<(usize, bool)> = Vec::new();
    collect(root, false, false, &mut headers);
    let first = |at: &(usize, bool)| {
        text[at.0..].starts_with('[') && text[line_around(text, at.0..at.0).start..at.0].trim().is_empty()
    };
    headers.retain(first);
    headers.sort_unstable();
    headers.dedup_by_key(|(at, _)| *at);
    headers
        .into_iter()
        .map(|(header, inside_retention)| Section {
            header,
            start: with_comments(text, header),
            inside_retention,
        })
        .collect()
}

fn collect(value: &DeValue<'_>, retention: bool, item: bool, found: &mut Vec<(usize, bool)>) {
    match value {
        DeValue::Table(table) => {
            for (key, value) in table.iter() {
                let below = retention || key.get_ref() == "retention";
                // Only tables and lists of tables have headers: `key = [1, 2]` starts after its key.
                if value.span().start <= key.span().start && matches!(value.get_ref(), DeValue::Table(_)) {
                    found.push((value.span().start, retention && item));
                }
                collect(value.get_ref(), below, item, found);
            }
        }
        DeValue::Array(items) => {
            for one in items
                .iter()
                .filter(|one| matches!(one.get_ref(), DeValue::Table(_)))
            {
                found.push((one.span().start, false));
                collect(one.get_ref(), retention, true, found);
            }
        }
        _ => {}
    }
}

/// The start of the comment lines that stand right above a header.
fn with_comments(text: &str, header: usize) -> usize {
    let mut start = line_around(text, header..header).start;
    while start > 0 {
        let above = line_around(text, start - 1..start - 1).start;
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

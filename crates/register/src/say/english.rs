//! English sentences.

use std::collections::BTreeSet;

use super::{Words, list, lower_first, upper_first};
use crate::model::{Language, Loss, Period, Role, Then, Unit};

pub(super) fn sentence(words: &Words<'_>) -> String {
    let mut text = format!("{}, we keep the data {}", opening(words), persons(words));
    let categories = words.categories();
    if !categories.is_empty() {
        text.push_str(&format!(" ({})", categories.join(", ")));
    }
    text.push_str(&span(words));
    text.push('.');
    text.push_str(&ending(words));
    if let Some(duty) = &words.rule.at_least {
        let source = duty
            .source
            .as_ref()
            .map(|source| source.get(Language::English))
            .filter(|source| !source.is_empty());
        let source = source.map(|source| format!(" ({source})")).unwrap_or_default();
        text.push_str(&format!(
            " The law requires us to keep them for at least {}{source}.",
            period(duty.period)
        ));
    }
    text
}

fn opening(words: &Words<'_>) -> String {
    let purposes: Vec<String> = words
        .purposes()
        .into_iter()
        .map(|(title, verb)| {
            if verb {
                format!("to {}", lower_first(title))
            } else {
                format!("for the purpose \"{title}\"")
            }
        })
        .collect();
    let purposes = purposes.join(", and ");
    match words.activity.role {
        Role::Processor if purposes.is_empty() => "On behalf of our clients".to_owned(),
        Role::Processor => format!("On behalf of our clients and {purposes}"),
        Role::Controller if purposes.is_empty() => "For this activity".to_owned(),
        Role::Controller => upper_first(&purposes),
    }
}

fn persons(words: &Words<'_>) -> String {
    let (plural, singular): (Vec<&str>, Vec<&str>) = words
        .subjects()
        .into_iter()
        .map(bare)
        .partition(|label| is_plural(label));
    let mut parts: Vec<String> = Vec::new();
    if !plural.is_empty() {
        parts.push(format!("of {}", list(&plural, "and")));
    }
    if !singular.is_empty() {
        parts.push(format!("of each {}", list(&singular, "or")));
    }
    if parts.is_empty() {
        "of the persons concerned".to_owned()
    } else {
        list(&parts, "and")
    }
}

/// For how long: states, then the clock.
fn span(words: &Words<'_>) -> String {
    let rule = words.rule;
    let states = states(&words.states());
    let Some(keep) = rule.keep else {
        let until: Vec<String> = words.events(&rule.or_on).into_iter().map(definite).collect();
        let until = format!("until {}", list(&until, "or"));
        return if states.is_empty() {
            format!(" {until}")
        } else {
            format!(" {states}, and {until}")
        };
    };
    let mut text = if states.is_empty() {
        format!(" for {}", period(keep))
    } else {
        format!(" {states}, then for {}", period(keep))
    };
    let after: Vec<String> = words.events(&rule.after).into_iter().map(definite).collect();
    text.push_str(&format!(" after {}", list(&after, "or")));
    if after.len() > 1 {
        text.push_str(if after.len() == 2 {
            " (whichever is later)"
        } else {
            " (whichever is latest)"
        });
    }
    let otherwise: Vec<String> = words.events(&rule.else_after).into_iter().map(definite).collect();
    if !otherwise.is_empty() {
        text.push_str(&format!(" or, failing that, after {}", list(&otherwise, "or")));
    }
    text
}

/// What happens then, and what hastens it.
fn ending(words: &Words<'_>) -> String {
    let rule = words.rule;
    let mut text = match &rule.then {
        Then::Erase => " They are then erased".to_owned(),
        Then::Anonymise => format!(" They are then {}", anonymised(&words.losses())),
        Then::Archive { keep, readers, .. } => {
            let readers: Vec<String> = words.readers(readers).into_iter().map(definite).collect();
            let only = if readers.is_empty() {
                String::new()
            } else {
                format!(", open to {} only", list(&readers, "and"))
            };
            format!(
                " They are then archived for {}{only}, and then erased",
                period(*keep)
            )
        }
    };
    let hastened: Vec<&str> = words.events(&rule.or_on).into_iter().map(bare).collect();
    if rule.keep.is_some() && !hastened.is_empty() {
        let verb = if matches!(rule.then, Then::Archive { .. }) {
            "this comes"
        } else {
            "this happens"
        };
        text.push_str(&format!("; {verb} at once upon {}", list(&hastened, "or")));
    }
    text.push('.');
    text
}

/// "anonymised" when nothing is left of the person, else what is done, said as it is.
fn anonymised(losses: &BTreeSet<Loss>) -> String {
    let done: Vec<&str> = losses
        .iter()
        .map(|loss| match loss {
            Loss::Removes if losses.len() == 1 => "anonymised",
            Loss::Removes => "erased",
            Loss::Coarsens => "made less precise",
            Loss::Pseudonymises => "pseudonymised",
        })
        .collect();
    match done.as_slice() {
        [one] => (*one).to_owned(),
        several => list(
            &several
                .iter()
                .map(|done| format!("partly {done}"))
                .collect::<Vec<_>>(),
            "and",
        ),
    }
}

/// "during the contract" when every label allows it, "as long as there is a sale under discussion" otherwise.
fn states(labels: &[&str]) -> String {
    let lasting: Option<Vec<String>> = labels.iter().map(|label| lasting(label)).collect();
    match (labels, lasting) {
        ([], _) => String::new(),
        (_, Some(nouns)) => format!("during {}", list(&nouns, "or")),
        (_, None) => {
            let nouns: Vec<String> = labels.iter().map(|label| indefinite(bare(label))).collect();
            format!("as long as there is {}", list(&nouns, "or"))
        }
    }
}

/// "contract in force" and "the contract" last: "the contract".
fn lasting(label: &str) -> Option<String> {
    for ending in [" in force", " under way", " in progress", " running"] {
        if let Some(noun) = label.strip_suffix(ending) {
            return (!noun.ends_with(" or") && !noun.ends_with(" and")).then(|| definite(noun));
        }
    }
    (bare(label) != label).then(|| label.to_owned())
}

/// "3 years"
pub(super) fn period(period: Period) -> String {
    let unit = match period.unit {
        Unit::Years => "year",
        Unit::Months => "month",
        Unit::Weeks => "week",
        Unit::Days => "day",
    };
    format!(
        "{} {unit}{}",
        period.count,
        if period.count == 1 { "" } else { "s" }
    )
}

/// A label without its article.
fn bare(label: &str) -> &str {
    ["the ", "a ", "an "]
        .iter()
        .find_map(|article| label.strip_prefix(article))
        .unwrap_or(label)
}

fn definite(label: &str) -> String {
    format!("the {}", bare(label))
}

fn indefinite(noun: &str) -> String {
    if is_plural(noun) {
        return noun.to_owned();
    }
    let vowel =
        noun.starts_with(['a', 'e', 'i', 'o', 'u']) && !noun.starts_with("us") && !noun.starts_with("eu");
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// Whether the head of a label is in the plural: "contacts at our customers" is, "member of our clients" is not.
fn is_plural(label: &str) -> bool {
    let words: Vec<&str> = label.split(' ').collect();
    let joined = [
        "of", "at", "to", "in", "for", "with", "from", "by", "who", "whom", "that", "under",
    ];
    let head = words
        .iter()
        .position(|word| joined.contains(word))
        .unwrap_or(words.len());
    let noun = words[..head].last().copied().unwrap_or_default();
    noun == "people"
        || noun == "staff"
        || noun.ends_with('s') && !noun.ends_with("ss") && !noun.ends_with("us")
}

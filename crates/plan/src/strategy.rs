//! How a column loses its person, and what its new value must satisfy.

use serment_register::model::{Column, Strategy, Text};
use serment_register::text;
use serment_store::catalogue::{self, ColumnKind};
use serment_store::condition::PostCondition;
use serment_store::query::NewValue;

/// What replaces text that must be there and says nothing.
pub const ERASED: &str = "[erased]";

/// What honest words call the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Nothing of the value is left.
    Removes,
    /// Less of it is left.
    Coarsens,
    /// A link to the person is left for whoever holds a key, or the rest of the row.
    Pseudonymises,
}

/// A treatment of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Treatment {
    /// What the result may be called.
    pub class: Class,
    /// The new value.
    pub new: Replacement,
    /// What it must satisfy.
    pub post: PostCondition,
}

/// A new value.
#[derive(Debug, Clone, PartialEq)]
pub enum Replacement {
    /// The store computes it.
    Computed(NewValue),
    /// A keyed pseudonym with this prefix, computed value by value.
    Pseudonym(String),
    /// Random text of the same shape with this prefix, computed value by value.
    Random(String),
}

/// Why a column cannot be treated as asked: found before anything runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsuitable(pub Text);

/// How a column is cleared when its row stays: by its own strategy if that removes, else by NULL, else by a mark.
pub fn clear(declared: &Column, seen: &catalogue::Column, unique: bool) -> Result<Treatment, Unsuitable> {
    match &declared.anonymise {
        Some(strategy @ (Strategy::Null | Strategy::Constant(_) | Strategy::Redact)) => {
            treat(strategy, seen, unique)
        }
        _ if seen.nullable => treat(&Strategy::Null, seen, unique),
        // Unique and NOT NULL: only a value of its own can stand there. Random text keeps nothing of the old one.
        Some(strategy @ Strategy::Random { .. }) if unique => treat(strategy, seen, unique),
        _ => treat(&Strategy::Redact, seen, unique),
    }
}

/// How a column is anonymised when its rule says so.
pub fn anonymise(declared: &Column, seen: &catalogue::Column, unique: bool) -> Result<Treatment, Unsuitable> {
    match &declared.anonymise {
        Some(strategy) => treat(strategy, seen, unique),
        None => clear(declared, seen, unique),
    }
}

/// Checks a strategy against type, length, nullability and uniqueness.
fn treat(strategy: &Strategy, seen: &catalogue::Column, unique: bool) -> Result<Treatment, Unsuitable> {
    if seen.generated {
        return refuse(
            seen,
            text!(
                "le dépôt la calcule : videz plutôt les colonnes dont elle est calculée",
                "the store computes it: clear the columns that it is computed from instead"
            ),
        );
    }
    let constant = |text: String| -> Result<Treatment, Unsuitable> {
        if unique {
            return refuse(
                seen,
                text!(
                    "une contrainte la garde unique, elle ne peut donc pas prendre deux fois la même valeur : rendez-la facultative \
                 (NULL), ou employez {{ random = \"r_\" }}",
                    "a constraint keeps it unique, so it cannot take the same value twice: make it nullable, or use \
                 {{ random = \"r_\" }}"
                ),
            );
        }
        fits(seen, &text)?;
        Ok(removes(
            NewValue::Constant(text.clone()),
            PostCondition::Constant(text),
        ))
    };
    match strategy {
        Strategy::Null if seen.nullable => Ok(removes(NewValue::Null, PostCondition::Null)),
        Strategy::Null => refuse(
            seen,
            text!(
                "elle est NOT NULL : employez \"redact\" ou {{ constant = … }}",
                "it is NOT NULL: use \"redact\" or {{ constant = … }}"
            ),
        ),
        Strategy::Constant(text) => constant(text.clone()),
        Strategy::Redact => match seen.kind {
            ColumnKind::Text => constant(mark(seen)),
            _ if seen.nullable => Ok(removes(NewValue::Null, PostCondition::Null)),
            _ => refuse(
                seen,
                text!(
                    "elle est NOT NULL et n'est pas du texte : dites quelle valeur elle prend, par {{ constant = … }}",
                    "it is NOT NULL and not text: say which value it takes, with {{ constant = … }}"
                ),
            ),
        },
        Strategy::CoarsenToYear => on_time(seen, NewValue::FirstOfYear, PostCondition::FirstOfYear, unique),
        Strategy::CoarsenToMonth => {
            on_time(seen, NewValue::FirstOfMonth, PostCondition::FirstOfMonth, unique)
        }
        Strategy::CoarsenToBand(0) => refuse(
            seen,
            text!(
                "une tranche de largeur 0 garde tout",
                "a band of width 0 keeps everything"
            ),
        ),
        Strategy::CoarsenToBand(width) => match seen.kind {
            ColumnKind::Integer | ColumnKind::Number => coarsens(
                seen,
                NewValue::Band(*width),
                PostCondition::MultipleOf(*width),
                unique,
            ),
            _ => refuse(
                seen,
                text!("seuls les nombres ont des tranches", "only numbers have bands"),
            ),
        },
        Strategy::CoarsenToDepartment => match seen.kind {
            ColumnKind::Text => coarsens(seen, NewValue::Department, PostCondition::Department, unique),
            _ => refuse(
                seen,
                text!(
                    "un code postal qui perd sa fin doit être du texte",
                    "a postcode that loses its end must be text"
                ),
            ),
        },
        Strategy::CoarsenIp => match seen.kind {
            ColumnKind::Text | ColumnKind::Inet => {
                coarsens(seen, NewValue::Network, PostCondition::Network, unique)
            }
            _ => refuse(
                seen,
                text!(
                    "une adresse est de type text ou inet",
                    "an address is text or inet"
                ),
            ),
        },
        Strategy::Pseudonym { prefix } => prefixed(seen, prefix, 26, Replacement::Pseudonym(prefix.clone())),
        Strategy::Random { prefix } => prefixed(seen, prefix, 8, Replacement::Random(prefix.clone())),
    }
}

fn removes(new: NewValue, post: PostCondition) -> Treatment {
    Treatment {
        class: Class::Removes,
        new: Replacement::Computed(new),
        post,
    }
}

fn coarsens(
    seen: &catalogue::Column,
    new: NewValue,
    post: PostCondition,
    unique: bool,
) -> Result<Treatment, Unsuitable> {
    if unique {
        return refuse(
            seen,
            text!(
                "une contrainte la garde unique, et des valeurs moins précises se rencontrent",
                "a constraint keeps it unique, and coarser values meet"
            ),
        );
    }
    Ok(Treatment {
        class: Class::Coarsens,
        new: Replacement::Computed(new),
        post,
    })
}

fn on_time(
    seen: &catalogue::Column,
    new: NewValue,
    post: PostCondition,
    unique: bool,
) -> Result<Treatment, Unsuitable> {
    match seen.kind {
        ColumnKind::Date | ColumnKind::LocalTime | ColumnKind::Instant | ColumnKind::Text => {
            coarsens(seen, new, post, unique)
        }
        _ => refuse(
            seen,
            text!(
                "seules les dates et les heures ont une année et un mois",
                "only dates and timestamps have years and months"
            ),
        ),
    }
}

/// Room for the prefix and for enough characters that two values do not meet.
fn prefixed(
    seen: &catalogue::Column,
    prefix: &str,
    room: u32,
    new: Replacement,
) -> Result<Treatment, Unsuitable> {
    if seen.kind != ColumnKind::Text {
        return refuse(
            seen,
            text!(
                "une valeur à préfixe doit être du texte",
                "a value with a prefix must be text"
            ),
        );
    }
    if prefix.is_empty() {
        return refuse(
            seen,
            text!(
                "sans préfixe, nul ne distinguerait une valeur remplacée d'une vraie",
                "without a prefix nobody could tell a replaced value from a real one"
            ),
        );
    }
    let needed = u32::try_from(prefix.chars().count())
        .unwrap_or(u32::MAX)
        .saturating_add(room);
    if seen.max_length.is_some_and(|length| length < needed) {
        return refuse(
            seen,
            text!(
                "elle est trop courte : le préfixe et la valeur demandent {needed} caractères",
                "it is too short: the prefix and the value need {needed} characters"
            ),
        );
    }
    Ok(Treatment {
        class: Class::Pseudonymises,
        new,
        post: PostCondition::Prefix(prefix.to_owned()),
    })
}

fn fits(seen: &catalogue::Column, text: &str) -> Result<(), Unsuitable> {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let suitable = match seen.kind {
        ColumnKind::Text => seen.max_length.is_none_or(|most| length <= most),
        ColumnKind::Integer => text.parse::<i64>().is_ok(),
        ColumnKind::Number => text.parse::<f64>().is_ok_and(f64::is_finite),
        ColumnKind::Boolean => matches!(text, "true" | "false"),
        _ => false,
    };
    if suitable {
        Ok(())
    } else {
        refuse(
            seen,
            text!(
                "la constante ne convient pas à son type ou à sa longueur",
                "the constant does not fit its type or length"
            ),
        )
    }
}

fn mark(seen: &catalogue::Column) -> String {
    let most = seen.max_length.map_or(ERASED.len(), |length| {
        usize::try_from(length).unwrap_or(ERASED.len())
    });
    ERASED.chars().take(most).collect()
}

fn refuse<T>(seen: &catalogue::Column, why: Text) -> Result<T, Unsuitable> {
    let (name, sort) = (&seen.name, &seen.sql_type);
    Err(Unsuitable(
        text!("colonne {name} ({sort}) : {why}", "column {name} ({sort}): {why}"; why),
    ))
}

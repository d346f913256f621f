//! Headings of the help, and mistakes of usage said in the person's language.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serment_register::model::{Language, Text};

use crate::words::both;

/// Puts the headings of the help in that language, on every level.
pub fn heading_names(command: clap::Command, language: Language) -> clap::Command {
    let texts = [
        both!("Utilisation :", "Usage:"),
        both!("Commandes", "Commands"),
        both!("COMMANDE", "COMMAND"),
    ];
    let [usage, commands, value] = texts.map(|text| text.get(language).to_owned());
    let mut command = command
        .help_template(format!(
            "{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}"
        ))
        .subcommand_help_heading(commands)
        .subcommand_value_name(value);
    let names: Vec<String> = command
        .get_subcommands()
        .map(|inner| inner.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(name, |inner| heading_names(inner, language));
    }
    command
}

/// What is wrong with the arguments, in one sentence, and what to write instead when it can be told. None when clap says
/// it better: help and version.
pub fn explain(error: &clap::Error) -> Option<(Text, Option<Text>)> {
    let get = |kind: ContextKind| error.get(kind).map(shown);
    let argument = get(ContextKind::InvalidArg).unwrap_or_default();
    let value = get(ContextKind::InvalidValue).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::UnknownArgument => both!(
            "l'option « {argument} » n'existe pas ici",
            "there is no option `{argument}` here"
        ),
        ErrorKind::InvalidSubcommand => {
            let name = get(ContextKind::InvalidSubcommand).unwrap_or_default();
            both!(
                "la commande « {name} » n'existe pas",
                "there is no command `{name}`"
            )
        }
        ErrorKind::MissingSubcommand => both!("il manque une commande", "a command is missing"),
        ErrorKind::MissingRequiredArgument => {
            both!("il manque {argument}", "{argument} is missing")
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            both!("« {argument} » attend une valeur", "`{argument}` wants a value")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => both!(
            "« {value} » ne convient pas à {argument}",
            "`{value}` does not suit {argument}"
        ),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => both!(
            "{argument} n'a pas le bon nombre de valeurs",
            "{argument} has the wrong number of values"
        ),
        ErrorKind::ArgumentConflict => {
            let other = get(ContextKind::PriorArg).unwrap_or_default();
            if other.is_empty() || other == argument {
                both!(
                    "« {argument} » est donné deux fois",
                    "`{argument}` is given twice"
                )
            } else {
                both!(
                    "« {argument} » et « {other} » ne vont pas ensemble",
                    "`{argument}` and `{other}` do not go together"
                )
            }
        }
        ErrorKind::InvalidUtf8 => both!(
            "un argument n'est pas du texte UTF-8",
            "an argument is not UTF-8 text"
        ),
        _ => both!(
            "la commande ne se comprend pas",
            "the command cannot be understood"
        ),
    };
    Some((what, advice(error)))
}

fn advice(error: &clap::Error) -> Option<Text> {
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .find_map(|kind| error.get(kind))
    .map(|value| match value {
        // The closest comes last.
        ContextValue::Strings(texts) => texts.last().cloned().unwrap_or_default(),
        other => shown(other),
    });
    if let Some(suggested) = suggested.filter(|it| !it.is_empty()) {
        return Some(both!(
            "vouliez-vous dire « {suggested} » ?",
            "did you mean `{suggested}`?"
        ));
    }
    if let Some(valid) = error
        .get(ContextKind::ValidValue)
        .map(shown)
        .filter(|it| !it.is_empty())
    {
        return Some(both!("conviennent : {valid}", "these suit: {valid}"));
    }
    // What a value's own reader says of it is already in the language of the help.
    if error.kind() == ErrorKind::ValueValidation
        && let Some(source) = std::error::Error::source(error)
    {
        if source.is::<jiff::Error>() {
            return Some(both!(
                "attendu : une date qui existe, AAAA-MM-JJ",
                "expected: a date that exists, YYYY-MM-DD"
            ));
        }
        if source.is::<std::num::ParseIntError>() {
            return Some(both!("attendu : un nombre entier", "expected: a whole number"));
        }
        let source = source.to_string();
        // Clap says "0 is not in 1..=100000".
        if let Some((_, range)) = source.split_once(" is not in ")
            && let Some((low, high)) = range.split_once("..=")
        {
            return Some(both!(
                "attendu : un nombre de {low} à {high}",
                "expected: a number from {low} to {high}"
            ));
        }
        return Some(both!("attendu : {source}", "expected: {source}"));
    }
    None
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::Number(number) => number.to_string(),
        ContextValue::Bool(yes) => yes.to_string(),
        ContextValue::StyledStr(text) => text.to_string(),
        _ => String::new(),
    }
}

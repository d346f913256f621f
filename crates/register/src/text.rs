//! What a person reads, in French and in English side by side: the only way to write a sentence, so that none can miss a
//! language. Programs read codes and names, never these sentences.

use std::io::ErrorKind;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A text in each language of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Text {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in one language; the other one when it is missing.
    pub fn get(&self, language: Language) -> &str {
        let (first, second) = match language {
            Language::French => (&self.fr, &self.en),
            Language::English => (&self.en, &self.fr),
        };
        if first.is_empty() { second } else { first }
    }

    /// Words that are the same in both languages: a name, a hash.
    pub fn verbatim(words: impl Into<String>) -> Self {
        let fr = words.into();
        Self { en: fr.clone(), fr }
    }

    /// What a server or a library answers, quoted: its words are in its own language.
    pub fn quoted(words: &str) -> Self {
        text!("« {words} »", "\"{words}\"")
    }

    /// Several texts with something between them.
    pub fn joined<'t>(texts: impl IntoIterator<Item = &'t Text>, between: &str) -> Self {
        let (fr, en): (Vec<_>, Vec<_>) = texts
            .into_iter()
            .map(|text| (text.fr.as_str(), text.en.as_str()))
            .unzip();
        Self {
            fr: fr.join(between),
            en: en.join(between),
        }
    }

    /// A date in words: `1er mars 2014`, `1 March 2014`.
    pub fn date(date: Date) -> Self {
        const MONTHS: [(&str, &str); 12] = [
            ("janvier", "January"),
            ("février", "February"),
            ("mars", "March"),
            ("avril", "April"),
            ("mai", "May"),
            ("juin", "June"),
            ("juillet", "July"),
            ("août", "August"),
            ("septembre", "September"),
            ("octobre", "October"),
            ("novembre", "November"),
            ("décembre", "December"),
        ];
        let (fr, en) = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
        let (day, year) = (date.day(), date.year());
        let first = if day == 1 { "er" } else { "" };
        Self {
            fr: format!("{day}{first} {fr} {year}"),
            en: format!("{day} {en} {year}"),
        }
    }

    /// At most that many characters of each language: what is recorded has a place to fit in.
    pub fn shortened(self, most: usize) -> Self {
        let cut = |words: String| match words.char_indices().nth(most) {
            None => words,
            Some(_) => {
                let kept: String = words.chars().take(most.saturating_sub(1)).collect();
                format!("{}…", kept.trim_end())
            }
        };
        Self {
            fr: cut(self.fr),
            en: cut(self.en),
        }
    }

    /// What the system answers to a request about a file or a connection.
    pub fn of_system(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::NotFound => text!("cela n'existe pas", "it does not exist"),
            ErrorKind::PermissionDenied => text!("permission refusée", "permission denied"),
            ErrorKind::AlreadyExists => text!("cela existe déjà", "it exists already"),
            ErrorKind::IsADirectory => text!("c'est un dossier", "it is a directory"),
            ErrorKind::NotADirectory => text!("ce n'est pas un dossier", "it is not a directory"),
            ErrorKind::StorageFull => text!("plus de place sur le disque", "no space left on the disk"),
            ErrorKind::ReadOnlyFilesystem => text!(
                "le système de fichiers est en lecture seule",
                "the file system is read-only"
            ),
            ErrorKind::InvalidData => text!("ce n'est pas du texte UTF-8", "it is not UTF-8 text"),
            ErrorKind::ConnectionRefused => text!("connexion refusée", "connection refused"),
            ErrorKind::ConnectionReset => text!("connexion interrompue", "connection reset"),
            ErrorKind::ConnectionAborted => text!("connexion abandonnée", "connection aborted"),
            ErrorKind::BrokenPipe => text!("l'autre bout s'est fermé", "the other end has closed"),
            ErrorKind::UnexpectedEof => {
                text!("la réponse s'est arrêtée trop tôt", "the answer ended too early")
            }
            ErrorKind::TimedOut => text!("le délai est dépassé", "the time allowed is over"),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                text!("aucun chemin n'y mène", "no route leads there")
            }
            other => text!("le système répond : {other}", "the system answers: {other}"),
        }
    }
}

/// A language in which Serment speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// `fr`
    #[serde(rename = "fr")]
    French,
    /// `en`
    #[serde(rename = "en")]
    English,
}

/// Builds a [`Text`] from a French and an English format string; both capture the same variables. The variables named
/// after a semicolon are texts themselves: each sentence takes them in its own language.
#[macro_export]
macro_rules! text {
    ($fr:literal, $en:literal $(, $argument:expr)* $(,)? $(; $($inner:ident),+ $(,)?)?) => {
        $crate::model::Text {
            fr: {
                $($(let $inner = &$inner.fr;)+)?
                format!($fr $(, $argument)*)
            },
            en: {
                $($(let $inner = &$inner.en;)+)?
                format!($en $(, $argument)*)
            },
        }
    };
}
pub use text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_takes_another_in_its_own_language() {
        let why = text!("le disque est plein", "the disk is full");
        let place = "crm";
        let said = text!("{place} : {why}", "{place}: {why}"; why);
        assert_eq!(said.fr, "crm : le disque est plein");
        assert_eq!(said.en, "crm: the disk is full");
    }

    #[test]
    fn dates_are_said_in_words() {
        let said = |date: Date| Text::date(date);
        assert_eq!(
            said(Date::constant(2014, 8, 1)),
            text!("1er août 2014", "1 August 2014")
        );
        assert_eq!(said(Date::constant(2024, 2, 29)).fr, "29 février 2024");
        assert_eq!(said(Date::constant(2025, 12, 31)).en, "31 December 2025");
    }

    #[test]
    fn what_is_shortened_fits_and_shows_it() {
        let long = Text::verbatim("é".repeat(500));
        assert_eq!(long.clone().shortened(500), long);
        let cut = long.shortened(400);
        assert_eq!(cut.fr.chars().count(), 400);
        assert!(cut.en.ends_with('…'));
    }

    #[test]
    fn texts_are_joined_in_each_language() {
        let texts = [text!("un", "one"), text!("deux", "two")];
        assert_eq!(Text::joined(&texts, ", "), text!("un, deux", "one, two"));
    }
}

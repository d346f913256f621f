//! Every sentence that the command says, in both languages side by side: [`both!`] is the only way to write one, so that
//! none can miss a language.

use std::cell::Cell;

use serment_register::model::{Language, Text};

pub(crate) use serment_register::text as both;

thread_local! {
    /// The language in which the tree of commands is being built: clap builds it without parameters.
    static OF_HELP: Cell<Language> = const { Cell::new(Language::English) };
}

/// Builds something whose help is in that language.
pub fn in_language<T>(language: Language, build: impl FnOnce() -> T) -> T {
    let before = OF_HELP.replace(language);
    let built = build();
    OF_HELP.set(before);
    built
}

/// A text in the language of the help being built.
pub fn help(text: Text) -> String {
    text.get(OF_HELP.get()).to_owned()
}

/// A number, its thousands apart: `12 345` with narrow no-break spaces in French, `12,345` in English.
pub fn number(count: u64, language: Language) -> String {
    let digits = count.to_string();
    let separator = match language {
        Language::French => '\u{202f}',
        Language::English => ',',
    };
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 * separator.len_utf8());
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// Whether a count takes the singular: zero does in French.
pub fn is_one(count: u64, language: Language) -> bool {
    count == 1 || (count == 0 && language == Language::French)
}

/// `12 345 lignes`, `1 row`: a number and its noun.
pub fn rows(count: u64) -> Text {
    counted(count, ("ligne", "lignes"), ("row", "rows"))
}

/// A number and its noun, singular and plural, in French then in English.
pub fn counted(count: u64, french: (&str, &str), english: (&str, &str)) -> Text {
    let noun = |language, (one, many): (&str, &str)| {
        let noun = if is_one(count, language) { one } else { many };
        format!("{} {noun}", number(count, language))
    };
    Text {
        fr: noun(Language::French, french),
        en: noun(Language::English, english),
    }
}

/// The language of a locale such as `fr_FR.UTF-8`; None for `C`, `POSIX` and languages that Serment does not speak.
pub fn of_locale(locale: &str) -> Option<Language> {
    match locale.get(..2)?.to_ascii_lowercase().as_str() {
        "fr" => Some(Language::French),
        "en" => Some(Language::English),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_each_language_does() {
        assert_eq!(number(0, Language::English), "0");
        assert_eq!(number(999, Language::French), "999");
        assert_eq!(number(1_234_567, Language::English), "1,234,567");
        assert_eq!(number(1_234_567, Language::French), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn zero_is_singular_in_french_only() {
        assert_eq!(
            rows(0),
            Text {
                fr: "0 ligne".into(),
                en: "0 rows".into()
            }
        );
        assert_eq!(rows(1).en, "1 row");
        assert_eq!(rows(2).fr, "2 lignes");
    }

    #[test]
    fn locales_that_say_nothing_are_not_a_language() {
        assert_eq!(of_locale("fr_FR.UTF-8"), Some(Language::French));
        assert_eq!(of_locale("en"), Some(Language::English));
        assert_eq!(of_locale("C.UTF-8"), None);
        assert_eq!(of_locale("é"), None);
        assert_eq!(of_locale(""), None);
    }
}

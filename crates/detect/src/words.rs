//! Names of tables and columns taken apart: `dateNaissance`, `DATE_NAISSANCE` and `date de naissance` are the same words.

/// The words of a name, in small letters without accents, digits apart: `BillingAddress2` gives `billing address 2`.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let signs: Vec<char> = name.chars().take(200).collect();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    for (at, sign) in signs.iter().enumerate() {
        if !sign.is_alphanumeric() {
            end(&mut word);
            continue;
        }
        let before = at.checked_sub(1).map(|at| signs[at]);
        let after = signs.get(at + 1);
        let hump = sign.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || (before.is_some_and(char::is_uppercase) && after.is_some_and(|sign| sign.is_lowercase())));
        let turn = before.is_some_and(|before| {
            before.is_alphanumeric() && before.is_ascii_digit() != sign.is_ascii_digit()
        });
        if hump || turn {
            end(&mut word);
        }
        word.push_str(&plain(*sign));
    }
    end(&mut word);
    words
}

/// The words in one piece: `date_naissance` and `datenaissance` are the same.
pub fn joined(words: &[String]) -> String {
    words.concat()
}

/// The singular of a plural in French or English, where one letter or two tell it; other words stay as they are.
pub fn singular(word: &str) -> String {
    const INVARIABLE: [&str; 12] = [
        "address", "status", "access", "process", "sms", "os", "gps", "cours", "pays", "avis", "news",
        "temps",
    ];
    if INVARIABLE.contains(&word) || word.len() < 4 {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for (ending, instead) in [
        ("aux", "al"),
        ("eux", "eu"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("xes", "x"),
    ] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{instead}");
        }
    }
    match word.strip_suffix('s').filter(|stem| !stem.ends_with('s')) {
        Some(stem) => stem.to_owned(),
        None => word.to_owned(),
    }
}

/// A letter in lower case and without its accent.
fn plain(sign: char) -> String {
    let bare = match sign {
        'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'Ç' | 'ç' => 'c',
        'È' | 'É' | 'Ê' | 'Ë' | 'è' | 'é' | 'ê' | 'ë' => 'e',
        'Ì' | 'Í' | 'Î' | 'Ï' | 'ì' | 'í' | 'î' | 'ï' => 'i',
        'Ñ' | 'ñ' => 'n',
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'Ù' | 'Ú' | 'Û' | 'Ü' | 'ù' | 'ú' | 'û' | 'ü' => 'u',
        'Ý' | 'Ÿ' | 'ý' | 'ÿ' => 'y',
        'Œ' | 'œ' => return "oe".to_owned(),
        'Æ' | 'æ' => return "ae".to_owned(),
        other => return other.to_lowercase().collect(),
    };
    bare.to_string()
}

/// A whole text in lower case and without accents, for looking words up in it.
pub fn folded(text: &str) -> String {
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_style_give_the_same_words() {
        for name in [
            "date_naissance",
            "DateNaissance",
            "DATE-NAISSANCE",
            "dateNaissance",
            "date naissancé",
        ] {
            assert_eq!(words(name), ["date", "naissance"], "{name}");
        }
        assert_eq!(words("IPAddress2"), ["ip", "address", "2"]);
        assert_eq!(words("numéroSécu"), ["numero", "secu"]);
        assert_eq!(words("\"'; DROP\n"), ["drop"]);
        assert_eq!(words("🦄"), Vec::<String>::new());
    }

    #[test]
    fn plurals_are_undone() {
        let pairs = [
            ("customers", "customer"),
            ("companies", "company"),
            ("journaux", "journal"),
            ("addresses", "address"),
            ("pays", "pays"),
        ];
        for (many, one) in pairs {
            assert_eq!(singular(many), one);
        }
    }
}

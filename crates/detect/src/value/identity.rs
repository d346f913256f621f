//! Persons.

use crate::words::folded;

/// A French social security number (NIR) with its key: sex, year, month, department (Corsica too), commune, order, and the
/// complement to 97. Spaces may stand between the parts. Without its key (13 signs) it is too easily an accident.
pub fn is_nir(text: &str) -> bool {
    let compact: String = text
        .chars()
        .filter(|sign| !matches!(sign, ' ' | '.' | '-' | '\u{a0}' | '\u{202f}'))
        .collect();
    let bytes = compact.as_bytes();
    if bytes.len() != 15 || !compact.is_ascii() {
        return false;
    }
    let department = &compact[5..7];
    // Corsica counts as 19 and 18 in the checksum (INSEE).
    let replaced = match department {
        "2A" | "2a" => "19",
        "2B" | "2b" => "18",
        other => other,
    };
    let written = format!("{}{replaced}{}", &compact[..5], &compact[7..]);
    if !written.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| written[range].parse::<u64>().unwrap_or(0);
    // Months 20 and above stand for births whose date is not known.
    let month = number(3..5);
    let plausible = matches!(bytes[0], b'1'..=b'4' | b'7' | b'8')
        && (matches!(month, 1..=12 | 20..=42 | 50..=99))
        && number(5..7) != 0
        && number(7..10) != 0;
    plausible && 97 - number(0..13) % 97 == number(13..15)
}

/// First names that are frequent in France and in English-speaking countries.
const FIRST_NAMES: &str = " adele adrien agathe agnes alain albert alexandre alexandra alice aline amelie anais andre \
andrea andrew angelique anna anne annie anthony antoine arnaud arthur aurelie aurelien baptiste barbara beatrice benjamin \
benoit bernard brian brigitte bruno camille carole caroline catherine cecile cedric celine chantal charles charlotte \
chloe chris christelle christian christine christophe clara claire claude clement colette corinne cyril damien daniel \
daniele david deborah delphine denis denise didier dominique dorothee edouard elisabeth elizabeth elise eliane emile \
emilie emily emma emmanuel emmanuelle eric estelle etienne eva evelyne fabien fabienne fabrice fanny fatima florence \
florent florian france francine francis francois francoise frank frederic gabriel gael genevieve geoffrey george georges \
gerard germaine ghislaine gilbert gilles ginette gregory guillaume gustave guy helene henri henry herve hugo hugues \
ines isabelle ismael jack jacqueline jacques james jane jean jeanne jeannine jennifer jeremy jerome jessica joel john \
jonathan joseph josette julia julie julien juliette justine karim karine kevin laetitia lara laura laure laurence \
laurent lea leon leonie liliane lina linda lionel lisa louis louise luc lucas lucie lucien lucienne lydie madeleine \
magali manon marc marcel marcelle margaret margot marguerite maria marianne marie marine marion mark martin martine \
mary maryse mathieu mathilde maud maurice maxime melanie michael michel michele mickael mireille mohamed monique \
morgane muriel myriam nadia nadine nancy nathalie nathan nicolas nicole nina noe noel noemie odette odile olivia \
olivier oscar pascal pascale patrice patricia patrick paul paule paulette pauline peter philippe pierre pierrette \
rachel raoul raphael raymond raymonde regis regine remi renaud rene renee richard robert roger roland rolande romain \
romane rose roxane sabine sabrina samira samuel sandra sandrine sarah sebastien serge severine simon simone solange \
sophie stephane stephanie steve susan suzanne sylvain sylvie tanguy theo therese thibault thierry thomas timothee \
tristan valentin valerie vanessa veronique victor victoire vincent virginie vivien william xavier yann yannick yasmine \
yves yvette yvonne zoe ";

/// A text that is the name of a person, as far as a list of first names can tell: one to four words without digits, one
/// of which is such a name.
pub fn is_person_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(5).collect();
    let fine = |word: &&str| {
        word.chars()
            .all(|sign| sign.is_alphabetic() || matches!(sign, '-' | '\'' | '’' | '.'))
            && word.chars().next().is_some_and(char::is_uppercase)
    };
    (1..=4).contains(&words.len())
        && words.iter().all(fine)
        && words
            .iter()
            .flat_map(|word| word.split('-'))
            .any(|word| FIRST_NAMES.contains(&format!(" {} ", folded(word))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_national_number_has_its_key() {
        for good in [
            "2 55 08 14 168 025 38",
            "255081416802538",
            "1 85 05 2A 004 036 46",
        ] {
            assert!(is_nir(good), "{good}");
        }
        for bad in [
            "255081416802539",
            "555081416802538",
            "2550814168025",
            "",
            "255081316802538",
            "２55081416802538",
            "25508é416802538",
        ] {
            assert!(!is_nir(bad), "{bad}");
        }
    }

    #[test]
    fn names_are_known_by_first_names() {
        for good in ["Marie", "Jean-Pierre Dupont", "DUPONT Françoise", "Éric"] {
            assert!(is_person_name(good), "{good}");
        }
        for bad in ["Comptabilité", "marie", "Marie 2", "", "Rue de la Paix à Paris"] {
            assert!(!is_person_name(bad), "{bad}");
        }
    }
}

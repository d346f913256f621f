//! French sentences: articles, elisions, plurals.

use std::collections::BTreeSet;

use super::{Words, list, lower_first, upper_first};
use crate::model::{Language, Loss, Period, Role, Then, Unit};

pub(super) fn sentence(words: &Words<'_>) -> String {
    let mut text = format!(
        "{}, nous conservons les données {}",
        opening(words),
        persons(words)
    );
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
            .map(|source| source.get(Language::French))
            .filter(|source| !source.is_empty());
        let source = source.map(|source| format!(" ({source})")).unwrap_or_default();
        text.push_str(&format!(
            " La loi nous impose de les garder au moins {}{source}.",
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
                format!("pour {}", lower_first(title))
            } else {
                format!("pour la finalité « {title} »")
            }
        })
        .collect();
    let purposes = purposes.join(", et ");
    match words.activity.role {
        Role::Processor if purposes.is_empty() => "Pour le compte de nos clients".to_owned(),
        Role::Processor => format!("Pour le compte de nos clients et {purposes}"),
        Role::Controller if purposes.is_empty() => "Pour cette activité".to_owned(),
        Role::Controller => upper_first(&purposes),
    }
}

fn persons(words: &Words<'_>) -> String {
    let (plural, singular): (Vec<&str>, Vec<&str>) = words
        .subjects()
        .into_iter()
        .map(bare)
        .partition(|label| is_plural(label));
    let mut parts: Vec<String> = plural.iter().map(|label| format!("des {label}")).collect();
    if !singular.is_empty() {
        parts.push(format!("de chaque {}", list(&singular, "ou")));
    }
    if parts.is_empty() {
        "des personnes concernées".to_owned()
    } else {
        list(&parts, "et")
    }
}

/// For how long: states, then the clock.
fn span(words: &Words<'_>) -> String {
    let rule = words.rule;
    let states = states(&words.states());
    let Some(keep) = rule.keep else {
        let until: Vec<String> = words.events(&rule.or_on).into_iter().map(until).collect();
        let until = list(&until, "ou");
        return if states.is_empty() {
            format!(" {until}")
        } else {
            format!(" {states}, et {until}")
        };
    };
    let mut text = if states.is_empty() {
        format!(" pendant {}", period(keep))
    } else {
        format!(" {states}, puis {}", period(keep))
    };
    let after: Vec<String> = words.events(&rule.after).into_iter().map(definite).collect();
    text.push_str(&format!(" après {}", list(&after, "ou")));
    if after.len() > 1 {
        text.push_str(" (le plus récent)");
    }
    let otherwise: Vec<String> = words.events(&rule.else_after).into_iter().map(definite).collect();
    if !otherwise.is_empty() {
        text.push_str(&format!(" ou, à défaut, après {}", list(&otherwise, "ou")));
    }
    text
}

/// What happens then, and what hastens it.
fn ending(words: &Words<'_>) -> String {
    let rule = words.rule;
    let mut text = match &rule.then {
        Then::Erase => " Elles sont ensuite effacées".to_owned(),
        Then::Anonymise => format!(" Elles sont ensuite {}", anonymised(&words.losses())),
        Then::Archive { keep, readers, .. } => {
            let readers = words.readers(readers);
            let only = if readers.is_empty() {
                String::new()
            } else {
                let readers: Vec<String> = readers.into_iter().map(only).collect();
                format!(", accessibles seulement {}", list(&readers, "et"))
            };
            format!(
                " Elles sont ensuite archivées pendant {}{only}, puis effacées",
                period(*keep)
            )
        }
    };
    let hastened: Vec<String> = words
        .events(&rule.or_on)
        .into_iter()
        .map(|label| of(bare(label)))
        .collect();
    if rule.keep.is_some() && !hastened.is_empty() {
        let verb = if matches!(rule.then, Then::Archive { .. }) {
            "ce terme est avancé"
        } else {
            "elles le sont"
        };
        text.push_str(&format!(" ; {verb} aussitôt en cas {}", list(&hastened, "ou")));
    }
    text.push('.');
    text
}

/// "anonymisées" when nothing is left of the person, else what is done, said as it is.
fn anonymised(losses: &BTreeSet<Loss>) -> String {
    let done: Vec<&str> = losses
        .iter()
        .map(|loss| match loss {
            Loss::Removes if losses.len() == 1 => "anonymisées",
            Loss::Removes => "effacées",
            Loss::Coarsens => "rendues moins précises",
            Loss::Pseudonymises => "pseudonymisées",
        })
        .collect();
    match done.as_slice() {
        [one] => (*one).to_owned(),
        several => list(
            &several
                .iter()
                .map(|done| format!("en partie {done}"))
                .collect::<Vec<_>>(),
            "et",
        ),
    }
}

/// "pendant le contrat" when every label allows it, "tant qu'il y a une vente en discussion" otherwise.
fn states(labels: &[&str]) -> String {
    let lasting: Option<Vec<String>> = labels.iter().map(|label| lasting(label)).collect();
    match (labels, lasting) {
        ([], _) => String::new(),
        (_, Some(nouns)) => format!("pendant {}", list(&nouns, "ou")),
        (_, None) => {
            let nouns: Vec<String> = labels
                .iter()
                .map(|label| {
                    let noun = bare(label);
                    format!("{} {noun}", if is_feminine(noun) { "une" } else { "un" })
                })
                .collect();
            format!("tant qu'il y a {}", list(&nouns, "ou"))
        }
    }
}

/// "contrat en cours" and "le contrat" last: "le contrat".
fn lasting(label: &str) -> Option<String> {
    match label.strip_suffix(" en cours") {
        Some(noun) if !noun.ends_with(" ou") && !noun.ends_with(" et") => Some(definite(noun)),
        Some(_) => None,
        None => (bare(label) != label).then(|| label.to_owned()),
    }
}

/// "3 ans"
pub(super) fn period(period: Period) -> String {
    let unit = match (period.unit, period.count) {
        (Unit::Years, 1) => "an",
        (Unit::Years, _) => "ans",
        (Unit::Months, _) => "mois",
        (Unit::Weeks, 1) => "semaine",
        (Unit::Weeks, _) => "semaines",
        (Unit::Days, 1) => "jour",
        (Unit::Days, _) => "jours",
    };
    format!("{} {unit}", period.count)
}

/// A label without its article.
fn bare(label: &str) -> &str {
    ["le ", "la ", "les ", "l'", "l’"]
        .iter()
        .find_map(|article| label.strip_prefix(article))
        .unwrap_or(label)
}

/// A label with its article: the one that is written, else the one that its noun calls for.
fn definite(label: &str) -> String {
    if bare(label) != label {
        label.to_owned()
    } else if is_plural(label) {
        format!("les {label}")
    } else if elides(label) {
        format!("l'{label}")
    } else if is_feminine(label) {
        format!("la {label}")
    } else {
        format!("le {label}")
    }
}

/// "de retrait", "d'opposition"
fn of(noun: &str) -> String {
    if elides(noun) {
        format!("d'{noun}")
    } else {
        format!("de {noun}")
    }
}

/// "jusqu'au retrait", "jusqu'à l'opposition"
fn until(label: &str) -> String {
    let noun = definite(label);
    match (noun.strip_prefix("le "), noun.strip_prefix("les ")) {
        (Some(rest), _) => format!("jusqu'au {rest}"),
        (_, Some(rest)) => format!("jusqu'aux {rest}"),
        _ => format!("jusqu'à {noun}"),
    }
}

/// "au responsable", "à l'équipe", "aux ressources humaines"
fn only(label: &str) -> String {
    let noun = definite(label);
    match (noun.strip_prefix("le "), noun.strip_prefix("les ")) {
        (Some(rest), _) => format!("au {rest}"),
        (_, Some(rest)) => format!("aux {rest}"),
        _ => format!("à {noun}"),
    }
}

fn first_word(label: &str) -> &str {
    label.split([' ', '-', '(']).next().unwrap_or_default()
}

/// French plurals end in s or x; the singular nouns of this trade that do too are listed.
fn is_plural(label: &str) -> bool {
    let first = first_word(label);
    let singular = [
        "accès", "avis", "cours", "décès", "dépôts", "devis", "envois", "essais", "mois", "mis", "procès",
        "refus", "succès", "temps", "choix", "prix", "fois",
    ];
    (first.ends_with('s') || first.ends_with('x')) && !singular.contains(&first)
}

fn elides(label: &str) -> bool {
    let first = label.chars().next().map(|c| c.to_lowercase().next().unwrap_or(c));
    let aspirated = [
        "hausse", "haut", "hors", "huit", "hasard", "handicap", "hacker", "hall",
    ];
    match first {
        Some('h') => !aspirated.contains(&first_word(label)),
        Some(c) => "aàâeéèêiîoôuûyœæ".contains(c),
        None => false,
    }
}

/// The gender that the first word shows: an adjective, a known noun, an ending.
fn is_feminine(label: &str) -> bool {
    let first = first_word(label).to_lowercase();
    let first = first.as_str();
    const FEMININE: [&str; 62] = [
        "action",
        "adresse",
        "affaire",
        "aide",
        "année",
        "annonce",
        "archive",
        "campagne",
        "clé",
        "cause",
        "commande",
        "complète",
        "consigne",
        "date",
        "demande",
        "dernière",
        "dette",
        "donnée",
        "facture",
        "fiche",
        "fin",
        "forme",
        "formule",
        "garde",
        "grève",
        "journée",
        "lettre",
        "levée",
        "ligne",
        "mise",
        "mort",
        "négociation",
        "nouvelle",
        "panne",
        "part",
        "perte",
        "phase",
        "plainte",
        "première",
        "prise",
        "preuve",
        "prochaine",
        "promesse",
        "réponse",
        "recherche",
        "remise",
        "reprise",
        "requête",
        "rencontre",
        "séance",
        "seconde",
        "semaine",
        "signature",
        "sortie",
        "suite",
        "tâche",
        "vente",
        "visite",
        "voie",
        "voix",
        "relance",
        "offre",
    ];
    const ENDINGS: [&str; 12] = [
        "tion", "sion", "ance", "ence", "té", "ure", "ade", "ée", "ie", "esse", "ise", "xion",
    ];
    const MASCULINE: [&str; 8] = [
        "congé",
        "côté",
        "comité",
        "traité",
        "décompte",
        "musée",
        "silence",
        "stade",
    ];
    !MASCULINE.contains(&first)
        && (FEMININE.contains(&first) || ENDINGS.iter().any(|ending| first.ends_with(ending)))
}

//! What the rows of a table are about: the same word means one thing of a person and another of a product.

use crate::words::{singular, words};

/// What the rows of a table are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// Persons.
    Person,
    /// Firms, councils, groups.
    Company,
    /// What a person does or did: visits, requests, logs.
    Trace,
    /// Things: a catalogue, settings.
    Thing,
    /// It does not show.
    Unknown,
}

/// Kinds of persons, with the name that a register would give them in English and in French.
const PERSONS: &[(&[&str], &str, &str, &str)] = &[
    (
        &["customer", "client", "buyer", "shopper", "acheteur", "guest"],
        "customer",
        "client",
        "customer",
    ),
    (
        &[
            "employee",
            "staff",
            "employe",
            "salarie",
            "collaborateur",
            "worker",
            "agent",
        ],
        "employee",
        "salarié",
        "employee",
    ),
    (
        &[
            "candidate",
            "candidat",
            "applicant",
            "application",
            "candidature",
            "postulant",
        ],
        "candidate",
        "candidat",
        "candidate",
    ),
    (
        &["subscriber", "abonne", "subscription", "abonnement"],
        "subscriber",
        "abonné",
        "subscriber",
    ),
    (&["prospect", "lead"], "prospect", "prospect", "prospect"),
    (
        &[
            "contact",
            "person",
            "personne",
            "people",
            "individual",
            "individu",
            "profile",
        ],
        "contact",
        "contact",
        "contact",
    ),
    (
        &["user", "utilisateur", "login", "usager"],
        "user",
        "utilisateur",
        "user",
    ),
    (&["visitor", "visiteur"], "visitor", "visiteur", "visitor"),
    (&["member", "membre", "adherent"], "member", "membre", "member"),
    (
        &[
            "participant",
            "attendee",
            "registration",
            "inscription",
            "inscrit",
        ],
        "participant",
        "participant",
        "participant",
    ),
    (&["patient"], "patient", "patient", "patient"),
    (
        &["student", "eleve", "etudiant", "pupil", "apprenant"],
        "student",
        "élève",
        "student",
    ),
    (&["donor", "donateur"], "donor", "donateur", "donor"),
    (
        &["citizen", "citoyen", "resident", "habitant", "elu", "councillor"],
        "citizen",
        "citoyen",
        "citizen",
    ),
    (&["locataire", "renter"], "tenant", "locataire", "tenant"),
    (&["author", "auteur", "writer"], "author", "auteur", "author"),
    (
        &["driver", "conducteur", "chauffeur", "passenger", "passager"],
        "passenger",
        "passager",
        "passenger",
    ),
];
const COMPANIES: &[&str] = &[
    "account",
    "company",
    "societe",
    "entreprise",
    "organisation",
    "organization",
    "org",
    "firm",
    "supplier",
    "fournisseur",
    "vendor",
    "partner",
    "partenaire",
    "council",
    "collectivite",
    "commune",
    "mairie",
    "agency",
    "agence",
    "shop",
    "store",
    "boutique",
    "etablissement",
    "establishment",
    "cabinet",
    "workspace",
    "team",
    "club",
    "association",
];
const TRACES: &[&str] = &[
    "visit",
    "visite",
    "log",
    "journal",
    "request",
    "requete",
    "session",
    "event",
    "evenement",
    "hit",
    "pageview",
    "view",
    "access",
    "acces",
    "connection",
    "connexion",
    "audit",
    "tracking",
    "click",
    "clic",
    "search",
    "recherche",
    "history",
    "historique",
    "send",
    "envoi",
    "attendance",
    "presence",
];
const THINGS: &[&str] = &[
    "product",
    "produit",
    "article",
    "item",
    "track",
    "album",
    "artist",
    "genre",
    "playlist",
    "category",
    "categorie",
    "tag",
    "page",
    "template",
    "modele",
    "setting",
    "parametre",
    "config",
    "type",
    "media",
    "mediatype",
    "country",
    "currency",
    "tax",
    "rate",
    "tarif",
    "price",
    "stock",
    "warehouse",
    "campaign",
    "campagne",
    "migration",
    "job",
    "task",
    "webinar",
    "webinaire",
    "permission",
    "role",
    "feature",
    "plan",
    "version",
    "film",
    "language",
    "langue",
    "inventory",
    "question",
];

/// What the rows of a table are about, from its name and the names of its columns.
pub fn about<'a>(table: &str, columns: impl IntoIterator<Item = &'a str>) -> About {
    let names: Vec<Vec<String>> = columns.into_iter().map(words).collect();
    let has = |any: &[&[&str]]| {
        names.iter().any(|name| {
            any.iter()
                .any(|parts| name.iter().map(String::as_str).eq(parts.iter().copied()))
        })
    };
    let first = has(&[
        &["first", "name"],
        &["firstname"],
        &["prenom"],
        &["given", "name"],
        &["forename"],
    ]);
    let last = has(&[
        &["last", "name"],
        &["lastname"],
        &["surname"],
        &["family", "name"],
        &["nom"],
        &["nom", "famille"],
    ]);
    let birth = names.iter().any(|name| {
        name.iter().any(|word| {
            matches!(
                word.as_str(),
                "birth" | "birthdate" | "birthday" | "dob" | "naissance" | "datenaissance"
            )
        })
    });
    if (first && last) || birth {
        return About::Person;
    }
    let word = head(table);
    if has(&[
        &["siren"],
        &["siret"],
        &["vat", "number"],
        &["tva", "intracommunautaire"],
    ]) {
        return About::Company;
    }
    if subject_of(table).is_some() {
        return About::Person;
    }
    let last_is = |list: &[&str]| list.contains(&word.as_str());
    if last_is(TRACES) {
        return About::Trace;
    }
    if last_is(COMPANIES) {
        return About::Company;
    }
    let reach = names.iter().any(|name| {
        name.iter().any(|word| {
            matches!(
                word.as_str(),
                "email" | "mail" | "courriel" | "phone" | "telephone" | "mobile"
            )
        })
    });
    if reach {
        return About::Person;
    }
    if last_is(THINGS) {
        return About::Thing;
    }
    About::Unknown
}

/// What stands beside a column in its table, where that tells what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
    /// First names: `nom` is then the other one.
    pub first_name: bool,
    /// A city or a postcode: `state` is then a place.
    pub address: bool,
}

impl Beside {
    /// What the columns of a table tell of one another.
    pub fn of<'a>(columns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut beside = Self::default();
        for name in columns {
            let words = words(name);
            let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
            beside.first_name |= has(&["prenom", "prenoms", "firstname", "forename"])
                || words.starts_with(&["first".into(), "name".into()]);
            beside.address |= has(&["city", "ville", "postcode", "zip", "zipcode", "postal"]);
        }
        beside
    }
}

/// The kind of persons that a table is about by its name: its name in a register, in French and in English.
pub fn subject_of(table: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let words: Vec<String> = words(table).iter().map(|word| singular(word)).collect();
    let last = words.last()?;
    let all = words.concat();
    // What ends in `iés` in French ends in `y` in English only.
    let french = crate::words::words(table).concat();
    let french = french.strip_suffix('s').unwrap_or(&french).to_owned();
    PERSONS
        .iter()
        .find(|(names, ..)| {
            names
                .iter()
                .any(|name| *name == last || *name == all || *name == french)
        })
        .map(|(_, name, french, english)| (*name, *french, *english))
}

/// The last word of a name, in the singular: what a table of `billing customers` is a table of.
pub fn head(table: &str) -> String {
    let words = words(table);
    words.last().map(|word| singular(word)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_about_somebody_or_something() {
        assert_eq!(about("contacts", ["id", "email"]), About::Person);
        assert_eq!(about("T_CLIENTS", ["id"]), About::Person);
        assert_eq!(about("xyz", ["Prenom", "Nom"]), About::Person);
        assert_eq!(about("accounts", ["name", "siren"]), About::Company);
        assert_eq!(about("visits", ["ip"]), About::Trace);
        assert_eq!(about("Track", ["Name", "Composer"]), About::Thing);
        assert_eq!(about("invoice_lines", ["amount"]), About::Unknown);
        assert_eq!(about("", []), About::Unknown);
    }

    #[test]
    fn kinds_of_persons_have_names() {
        assert_eq!(
            subject_of("billing_customers").map(|found| found.0),
            Some("customer")
        );
        assert_eq!(subject_of("salariés").map(|found| found.1), Some("salarié"));
        assert_eq!(subject_of("lines"), None);
    }
}

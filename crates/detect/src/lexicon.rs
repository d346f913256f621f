//! What names of columns mean, in French and English.

use crate::words::{joined, singular, words};

/// Which columns an entry speaks of, by what they can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Text, and what may be written as text.
    Text,
    /// Text or numbers.
    Any,
    /// Dates and moments.
    Time,
    /// Yes or no, and small codes.
    Flag,
}

/// A meaning of some names.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The names: words between spaces.
    pub names: &'static [&'static str],
    /// The category; `none` for what is not personal.
    pub category: &'static str,
    /// How sure the name alone makes it, in hundredths.
    pub sure: u8,
    /// Which columns.
    pub holds: Holds,
}

const fn means(names: &'static [&'static str], category: &'static str, sure: u8, holds: Holds) -> Entry {
    Entry {
        names,
        category,
        sure,
        holds,
    }
}

use Holds::{Any, Flag, Text, Time};

/// Every meaning.
pub const ENTRIES: &[Entry] = &[
    // Who.
    means(
        &[
            "first name",
            "firstname",
            "fname",
            "given name",
            "forename",
            "prenom",
            "prenoms",
            "middle name",
        ],
        "identity.name.first",
        95,
        Text,
    ),
    means(
        &[
            "last name",
            "lastname",
            "lname",
            "surname",
            "family name",
            "nom famille",
            "nom de famille",
            "nom usage",
            "nom naissance",
            "nom jeune fille",
            "maiden name",
        ],
        "identity.name.last",
        95,
        Text,
    ),
    means(
        &[
            "full name",
            "fullname",
            "display name",
            "nom complet",
            "nom prenom",
            "prenom nom",
            "contact name",
            "nom contact",
            "person name",
            "member name",
            "customer name",
            "user full name",
            "billed to",
            "author",
            "auteur",
            "signataire",
            "signatory",
            "recipient",
            "destinataire",
            "beneficiary",
            "beneficiaire",
            "sender",
            "expediteur",
            "attn",
        ],
        "identity.name",
        80,
        Text,
    ),
    means(&["name", "nom", "libelle nom"], "identity.name", 60, Text),
    means(
        &[
            "birth date",
            "birthdate",
            "birthday",
            "date birth",
            "date of birth",
            "dob",
            "date naissance",
            "date de naissance",
            "ne le",
            "naissance",
            "born",
            "born on",
        ],
        "identity.birth_date",
        96,
        Any,
    ),
    means(
        &[
            "birth place",
            "birthplace",
            "place birth",
            "lieu naissance",
            "lieu de naissance",
            "ville naissance",
            "pays naissance",
        ],
        "identity.birth_place",
        92,
        Text,
    ),
    means(&["age"], "identity.age", 80, Any),
    means(
        &[
            "gender",
            "sex",
            "sexe",
            "genre",
            "civilite",
            "salutation",
            "honorific",
            "title prefix",
        ],
        "identity.gender",
        85,
        Any,
    ),
    means(
        &["nationality", "nationalite", "citizenship", "citoyennete"],
        "identity.nationality",
        93,
        Text,
    ),
    means(
        &["language", "langue", "locale", "lang", "preferred language"],
        "identity.language",
        55,
        Text,
    ),
    means(
        &[
            "marital status",
            "situation familiale",
            "situation matrimoniale",
            "spouse",
            "conjoint",
            "children",
            "enfants",
            "nb enfants",
            "family status",
        ],
        "identity.family",
        88,
        Any,
    ),
    means(
        &[
            "photo",
            "avatar",
            "picture",
            "portrait",
            "image profil",
            "profile picture",
            "photo url",
        ],
        "identity.image",
        75,
        Any,
    ),
    means(
        &["passport", "passeport", "passport number", "numero passeport"],
        "identity.document.passport",
        95,
        Text,
    ),
    means(
        &[
            "driving licence",
            "driver license",
            "permis conduire",
            "permis",
            "numero permis",
        ],
        "identity.document.driving_licence",
        85,
        Text,
    ),
    means(
        &["plate", "licence plate", "immatriculation", "plaque"],
        "identity.document.vehicle",
        75,
        Text,
    ),
    means(
        &[
            "identity card",
            "carte identite",
            "cni",
            "id card",
            "piece identite",
            "titre sejour",
        ],
        "identity.document",
        90,
        Any,
    ),
    means(
        &[
            "nir",
            "ssn",
            "social security",
            "social security number",
            "numero secu",
            "num secu",
            "secu",
            "securite sociale",
            "numero securite sociale",
            "national number",
            "national id",
            "insurance number",
        ],
        "identity.national_number",
        96,
        Any,
    ),
    // How to reach.
    means(
        &[
            "email",
            "e mail",
            "mail",
            "courriel",
            "email address",
            "mail address",
            "adresse mail",
            "adresse email",
            "adresse courriel",
            "adresse electronique",
            "mel",
            "emails",
        ],
        "contact.email",
        95,
        Text,
    ),
    means(
        &[
            "phone",
            "telephone",
            "tel",
            "mobile",
            "portable",
            "gsm",
            "fax",
            "phone number",
            "telephone number",
            "numero telephone",
            "cell",
            "cellphone",
            "telephone fixe",
            "whatsapp",
        ],
        "contact.phone",
        93,
        Any,
    ),
    means(
        &[
            "address",
            "adresse",
            "street",
            "rue",
            "voie",
            "address line",
            "line 1",
            "adresse 1",
            "adresse 2",
            "address 1",
            "address 2",
            "street address",
            "postal address",
            "adresse postale",
            "complement adresse",
        ],
        "contact.postal.street",
        88,
        Text,
    ),
    means(
        &[
            "postcode",
            "post code",
            "postal code",
            "postalcode",
            "zip",
            "zipcode",
            "zip code",
            "code postal",
            "codepostal",
            "cp",
        ],
        "contact.postal.postcode",
        92,
        Any,
    ),
    means(
        &["city", "town", "ville", "commune", "localite", "municipality"],
        "contact.postal.city",
        85,
        Text,
    ),
    means(
        &["country", "pays", "country code"],
        "contact.postal.country",
        62,
        Text,
    ),
    means(
        &["state", "province", "county", "departement", "district"],
        "contact.postal",
        45,
        Text,
    ),
    means(
        &[
            "linkedin",
            "twitter",
            "facebook",
            "instagram",
            "mastodon",
            "social account",
            "skype",
        ],
        "contact.social",
        88,
        Text,
    ),
    // Work.
    means(
        &[
            "job",
            "job title",
            "position",
            "fonction",
            "poste",
            "profession",
            "occupation",
            "metier",
            "intitule poste",
            "role title",
        ],
        "professional.job",
        82,
        Text,
    ),
    means(&["title", "titre"], "professional.job", 35, Text),
    means(
        &[
            "company",
            "employer",
            "societe",
            "entreprise",
            "employeur",
            "organisation",
            "organization",
            "company name",
            "raison sociale",
            "nom societe",
        ],
        "professional.employer",
        75,
        Text,
    ),
    means(
        &["cv", "resume", "curriculum", "cv path", "cv url", "cv file"],
        "professional.cv",
        90,
        Any,
    ),
    means(
        &[
            "degree",
            "diploma",
            "diplome",
            "education",
            "formation",
            "school",
            "ecole",
        ],
        "professional.education",
        72,
        Text,
    ),
    means(
        &[
            "hire date",
            "hired",
            "hired on",
            "date embauche",
            "embauche",
            "date entree",
            "anciennete",
            "start date employment",
            "date sortie",
        ],
        "professional.history",
        85,
        Any,
    ),
    means(
        &["appraisal", "performance review", "evaluation annuelle"],
        "professional.evaluation",
        80,
        Any,
    ),
    means(
        &[
            "member code",
            "membership",
            "membership number",
            "adhesion",
            "numero adherent",
            "member number",
            "member id",
        ],
        "professional.membership",
        70,
        Text,
    ),
    means(
        &["company size", "effectif", "headcount"],
        "professional",
        55,
        Any,
    ),
    // Money.
    means(
        &[
            "iban",
            "rib",
            "bic",
            "swift",
            "bank account",
            "compte bancaire",
            "account number",
            "numero compte",
            "sort code",
        ],
        "financial.bank_account",
        95,
        Text,
    ),
    means(
        &[
            "card number",
            "credit card",
            "carte bancaire",
            "numero carte",
            "pan",
            "card",
            "cvv",
            "cvc",
            "card last 4",
            "cb",
        ],
        "financial.card",
        85,
        Any,
    ),
    means(
        &[
            "salary",
            "salaire",
            "wage",
            "remuneration",
            "payroll",
            "gross salary",
            "salaire brut",
            "bonus",
        ],
        "financial.salary",
        93,
        Any,
    ),
    means(
        &["income", "revenu", "revenus", "quotient familial"],
        "financial.income",
        85,
        Any,
    ),
    means(
        &["tax number", "numero fiscal", "tax id", "fiscal", "impot"],
        "financial.tax",
        85,
        Any,
    ),
    means(
        &[
            "credit score",
            "solvency",
            "solvabilite",
            "scoring credit",
            "rating credit",
        ],
        "financial.credit",
        85,
        Any,
    ),
    // Accounts, machines.
    means(
        &[
            "password",
            "passwd",
            "pwd",
            "mot de passe",
            "mot passe",
            "motdepasse",
            "mdp",
            "password hash",
            "hashed password",
            "encrypted password",
            "password digest",
            "pass hash",
            "passphrase",
            "pin code",
        ],
        "connection.password",
        97,
        Text,
    ),
    means(
        &[
            "reset token",
            "api key",
            "secret",
            "otp secret",
            "totp secret",
            "access token",
            "refresh token",
            "remember token",
        ],
        "connection.password",
        70,
        Text,
    ),
    means(
        &[
            "login",
            "username",
            "user name",
            "identifiant",
            "identifiant connexion",
            "pseudo",
            "nickname",
            "screen name",
            "user login",
            "account name",
            "handle",
        ],
        "connection.account",
        88,
        Text,
    ),
    means(
        &[
            "ip",
            "ip address",
            "ipaddress",
            "adresse ip",
            "remote addr",
            "remote ip",
            "client ip",
            "ip addr",
            "host ip",
            "last ip",
        ],
        "connection.ip",
        95,
        Any,
    ),
    means(
        &["user agent", "useragent", "browser", "navigateur"],
        "connection.device.user_agent",
        90,
        Text,
    ),
    means(
        &[
            "device",
            "appareil",
            "device id",
            "terminal",
            "imei",
            "mac address",
            "advertising id",
            "idfa",
            "push token",
        ],
        "connection.device",
        80,
        Text,
    ),
    means(
        &[
            "cookie",
            "cookie id",
            "visitor id",
            "visitor uuid",
            "tracking id",
            "anonymous id",
            "ga client id",
            "visiteur id",
        ],
        "connection.cookie",
        78,
        Text,
    ),
    means(
        &[
            "last login",
            "last sign in",
            "derniere connexion",
            "last connection",
            "login at",
            "logged in at",
            "last seen",
        ],
        "connection.log",
        55,
        Time,
    ),
    // Where.
    means(
        &[
            "latitude",
            "longitude",
            "lat",
            "lng",
            "lon",
            "gps",
            "geo point",
            "coordinates",
            "coordonnees gps",
            "geolocation",
        ],
        "location.precise",
        85,
        Any,
    ),
    means(
        &["region", "zone geographique", "area"],
        "location.coarse",
        58,
        Text,
    ),
    // What she does.
    means(
        &[
            "url",
            "path",
            "page",
            "referrer",
            "referer",
            "landing",
            "landing page",
            "page url",
            "utm source",
            "provenance",
        ],
        "behaviour.browsing",
        55,
        Text,
    ),
    means(
        &["search query", "search term", "query", "recherche", "mots cles"],
        "behaviour.search",
        60,
        Text,
    ),
    means(
        &[
            "clicked",
            "clicked at",
            "click",
            "joined",
            "joined at",
            "left at",
            "read at",
            "open count",
            "click count",
            "engagement",
            "bounce",
            "bounced",
            "objected at",
            "replied at",
        ],
        "behaviour.interaction",
        62,
        Any,
    ),
    means(
        &["score", "segment", "scoring", "churn", "lead score", "persona"],
        "behaviour.profile",
        65,
        Any,
    ),
    means(
        &[
            "preferences",
            "preference",
            "settings",
            "reglages",
            "topics",
            "interests",
            "centres interet",
            "interets",
            "theme",
        ],
        "behaviour.preference",
        75,
        Any,
    ),
    means(
        &[
            "consent",
            "consentement",
            "opt in",
            "optin",
            "opt out",
            "optout",
            "newsletter",
            "rgpd",
            "gdpr",
            "marketing consent",
            "accepts marketing",
            "cgu",
        ],
        "behaviour.consent",
        70,
        Any,
    ),
    means(
        &["rating", "satisfaction", "nps", "stars"],
        "behaviour.interaction",
        50,
        Any,
    ),
    means(
        &[
            "opinion", "avis", "review", "feedback", "answer", "reponse", "vote",
        ],
        "behaviour.opinion",
        60,
        Any,
    ),
    // What is written.
    means(
        &[
            "note",
            "comment",
            "commentaire",
            "message",
            "body",
            "remark",
            "remarque",
            "observation",
            "memo",
            "content",
            "contenu",
            "letter",
            "lettre",
            "lettre motivation",
            "cover letter",
            "motivation",
            "bio",
            "biography",
            "about me",
            "transcript",
            "reason",
            "motif",
            "free text",
            "texte libre",
            "corps",
            "internal notes",
        ],
        "free_text",
        75,
        Text,
    ),
    means(
        &[
            "subject",
            "sujet",
            "objet",
            "description",
            "texte",
            "text",
            "details",
            "summary",
            "resume texte",
        ],
        "free_text",
        50,
        Text,
    ),
    means(
        &["recording", "enregistrement", "voice message", "voicemail"],
        "free_text.voice",
        75,
        Any,
    ),
    // What the law protects most.
    means(
        &[
            "health",
            "sante",
            "medical",
            "diagnosis",
            "diagnostic medical",
            "pathology",
            "pathologie",
            "maladie",
            "disease",
            "allergy",
            "allergies",
            "allergie",
            "blood type",
            "blood group",
            "groupe sanguin",
            "treatment medical",
            "traitement medical",
            "sick leave",
            "arret maladie",
            "pregnancy",
            "grossesse",
            "vaccine",
            "vaccin",
            "medication",
            "medicament",
            "antecedents",
        ],
        "special.health",
        92,
        Any,
    ),
    means(
        &["disability", "handicap", "rqth", "invalidite", "disabled"],
        "special.health.disability",
        90,
        Any,
    ),
    means(
        &["religion", "faith", "confession", "culte"],
        "special.religion",
        93,
        Any,
    ),
    means(
        &[
            "political opinion",
            "opinion politique",
            "political party",
            "parti politique",
            "parti",
            "groupe politique",
        ],
        "special.political",
        85,
        Any,
    ),
    means(
        &["trade union", "union membership", "syndicat", "syndique"],
        "special.trade_union",
        90,
        Any,
    ),
    means(
        &["ethnicity", "race", "ethnie", "origine ethnique", "ethnic origin"],
        "special.racial_origin",
        92,
        Any,
    ),
    means(
        &["sexual orientation", "orientation sexuelle"],
        "special.sexual",
        96,
        Any,
    ),
    means(
        &[
            "fingerprint",
            "empreinte digitale",
            "face template",
            "biometric",
            "biometrie",
        ],
        "special.biometric",
        88,
        Any,
    ),
    means(
        &[
            "criminal record",
            "casier judiciaire",
            "conviction",
            "condamnation",
            "offence",
            "infraction",
        ],
        "offences",
        88,
        Any,
    ),
    // What is nobody's by itself.
    means(
        &[
            "id",
            "uuid",
            "guid",
            "pk",
            "key",
            "code",
            "slug",
            "reference",
            "ref",
            "number",
            "numero",
            "line",
            "ligne",
            "rank",
            "rang",
            "order",
            "ordre",
            "position number",
            "sort order",
            "index",
        ],
        "none",
        80,
        Any,
    ),
    means(
        &[
            "status",
            "statut",
            "etat",
            "kind",
            "type",
            "category",
            "categorie",
            "level",
            "niveau",
            "priority",
            "priorite",
            "step",
            "etape",
            "flag",
            "version",
            "format",
            "currency",
            "devise",
            "unit",
            "unite",
            "quantity",
            "quantite",
            "qty",
            "count",
            "nombre",
            "duration",
            "duree",
            "size",
            "taille",
            "year",
            "annee",
            "month",
            "mois",
        ],
        "none",
        85,
        Any,
    ),
    means(
        &[
            "file name",
            "filename",
            "table name",
            "host name",
            "hostname",
            "event name",
            "product name",
            "nom produit",
            "role name",
            "tag name",
            "nom fichier",
            "domain name",
        ],
        "none",
        80,
        Text,
    ),
    means(
        &[
            "created",
            "created at",
            "updated",
            "updated at",
            "modified",
            "deleted at",
            "created on",
            "inserted at",
            "date creation",
            "date modification",
            "cree le",
            "modifie le",
            "sent at",
            "opened at",
            "closed at",
            "started at",
            "ended at",
            "starts at",
            "ends at",
            "expires at",
        ],
        "none",
        90,
        Time,
    ),
    means(
        &[
            "active",
            "actif",
            "enabled",
            "deleted",
            "archived",
            "closed",
            "verified",
            "visible",
            "published",
            "is active",
            "is admin",
        ],
        "none",
        88,
        Flag,
    ),
    means(
        &["siren", "siret", "vat number", "tva", "ape", "naf"],
        "none",
        80,
        Any,
    ),
    means(
        &["club", "team", "equipe", "department", "service"],
        "none",
        55,
        Text,
    ),
];

/// A name of a column, taken apart once for all entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    words: Vec<String>,
    singulars: Vec<String>,
    glued: String,
}

impl Name {
    /// Takes a name apart.
    pub fn new(name: &str) -> Self {
        let words = words(name);
        Self {
            singulars: words.iter().map(|word| singular(word)).collect(),
            glued: joined(&words),
            words,
        }
    }

    /// How it says an entry: hundredths of its sureness that are left, and how much of it is said. None when it does not.
    pub fn says(&self, entry: &Entry) -> Option<(u8, usize)> {
        if self.words.is_empty() {
            return None;
        }
        entry.names.iter().filter_map(|name| self.says_name(name)).max()
    }

    fn says_name(&self, name: &str) -> Option<(u8, usize)> {
        let count = name.split(' ').count();
        let length = name.len() + 1 - count;
        let whole = self.words.len();
        let here = |at: usize| {
            at + count <= whole
                && name.split(' ').enumerate().all(|(offset, part)| {
                    self.words[at + offset] == part || self.singulars[at + offset] == part
                })
        };
        let in_one_piece = || {
            let mut rest = self.glued.as_str();
            for part in name.split(' ') {
                let Some(after) = rest.strip_prefix(part) else {
                    return false;
                };
                rest = after;
            }
            rest.is_empty()
        };
        if count == whole && here(0) || in_one_piece() {
            return Some((100, length + 50));
        }
        if whole > count && here(whole - count) {
            return Some((94, length + 20));
        }
        if (0..whole).any(here) {
            return Some((78, length));
        }
        // Names that were written in one piece: `telclient`, `adressefacturation`.
        let within = whole == 1 && count == 1 && length >= 5 && self.glued.contains(name);
        within.then_some((62, length))
    }
}

#[cfg(test)]
mod tests {
    use serment_register::taxonomy;

    use super::*;

    #[test]
    fn every_category_exists() {
        for entry in ENTRIES.iter().filter(|entry| entry.category != "none") {
            assert!(taxonomy::built_in(entry.category).is_some(), "{}", entry.category);
        }
    }

    #[test]
    fn names_are_plain_words() {
        for name in ENTRIES.iter().flat_map(|entry| entry.names) {
            assert_eq!(words(name).join(" "), *name, "words() would never give it");
        }
    }

    #[test]
    fn the_same_name_is_in_one_entry() {
        let mut all: Vec<&str> = ENTRIES.iter().flat_map(|entry| entry.names).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}

//! How files are written.

use super::{Entry, explain};

pub(super) const ENTRIES: &[Entry] = &[
    explain!(
        Syntax,
        "Ce fichier n'est pas du TOML",
        "This file is not TOML",
        "Tant qu'un fichier ne se lit pas, rien de ce qu'il promet ne peut être tenu.",
        "While a file cannot be read, nothing that it promises can be kept.",
        [(
            "activities/letters.toml",
            "keep       = \"3 years\"",
            "keep       = 3 years"
        )]
    ),
    explain!(
        UnknownKey,
        "Une clé que la langue n'a pas",
        "A key that the language does not have",
        "Une clé mal écrite qui serait ignorée ferait croire à une promesse que personne ne tient.",
        "A misspelt key that was ignored would look like a promise that nobody keeps.",
        [("activities/letters.toml", "or_on      =", "or_one     =")]
    ),
    explain!(
        WrongType,
        "Une valeur du mauvais type",
        "A value of the wrong type",
        "Chaque clé attend une sorte de valeur, la même partout, pour que le registre se lise sans manuel.",
        "Each key expects one kind of value, the same everywhere, so that the register reads without a manual.",
        [(
            "activities/letters.toml",
            "after      = [\"last_order\"]",
            "after      = \"last_order\""
        )]
    ),
    explain!(
        MissingKey,
        "Une clé nécessaire manque",
        "A required key is missing",
        "Sans elle, la phrase que publie le registre aurait un trou.",
        "Without it the sentence that the register publishes would have a hole.",
        [("activities/letters.toml", "of         = \"shop.customers\"\n", "")]
    ),
    explain!(
        NotAChoice,
        "Une valeur hors de sa liste",
        "A value outside its list",
        "Ces valeurs ont un sens précis, souvent juridique : la liste est fermée.",
        "These values have a precise meaning, often a legal one: the list is closed.",
        [(
            "activities/letters.toml",
            "role       = \"controller\"",
            "role       = \"controler\""
        )]
    ),
    explain!(
        BadPeriod,
        "Ce n'est pas une durée",
        "Not a period",
        "Les durées se comptent en années, mois, semaines ou jours du calendrier ; une durée ambiguë efface trop tôt ou trop tard.",
        "Periods are counted in calendar years, months, weeks or days; an ambiguous one erases too early or too late.",
        [("activities/letters.toml", "\"3 years\"", "\"3 yeras\"")]
    ),
    explain!(
        BadName,
        "Ce n'est pas un nom",
        "Not a name",
        "Les noms du registre se citent dans les règles, les commandes et les preuves : ils restent simples.",
        "Names of the register are cited in rules, commands and proofs: they stay simple.",
        [
            ("vocabulary.toml", "[team.sales]", "[team.\"sales team\"]"),
            ("activities/letters.toml", "[\"host\", \"sales\"]", "[\"host\"]")
        ]
    ),
    explain!(
        BadCondition,
        "Une condition hors de la langue",
        "A condition outside the language",
        "Les conditions décident de ce qui est effacé : la langue est petite, sans fonction ni sous-requête, pour dire la même chose sur toutes les bases.",
        "Conditions decide what is erased: the language is small, without functions or subqueries, so that it says the same on every database.",
        [(
            "stores/shop.toml",
            "ends_at is null or ends_at > now\"",
            "ends_at = null or ends_at > now\""
        )]
    ),
    explain!(
        NowCompared,
        "« now » comparé par égalité",
        "`now` compared for equality",
        "« now » est l'instant de coupure ; rien ne lui est égal, sinon par accident.",
        "`now` is the cut-off instant; nothing equals it but by accident.",
        [(
            "stores/shop.toml",
            "\"ends_at is null or ends_at > now\"",
            "\"ends_at is null or ends_at <> now\""
        )]
    ),
    explain!(
        StrayFile,
        "Un fichier que rien ne lit",
        "A file that nothing reads",
        "Un fichier mal rangé contient peut-être des promesses ; autant le savoir.",
        "A misplaced file may hold promises; better know it.",
        [("activites/visits.toml", "", "[activity]\nrole = \"controller\"\n")]
    ),
    explain!(
        NoOrganisation,
        "Pas de serment.toml",
        "No serment.toml",
        "Un registre dit d'abord qui parle, dans quelle zone horaire et sous quelle autorité.",
        "A register first says who speaks, in which time zone and under which authority.",
        [("serment.toml", "", "")]
    ),
    explain!(
        NotText,
        "Ce fichier n'est pas du texte UTF-8",
        "This file is not UTF-8 text",
        "Un registre se relit et se compare : ses fichiers sont du texte, dans un seul codage.",
        "A register is reviewed and compared: its files are text, in one encoding.",
        [("parties/host.toml", "Hébergeur", "H\u{1}Latin-1\u{1}bergeur")]
    ),
    explain!(
        TooLarge,
        "Plus qu'un registre ne peut contenir",
        "More than a register may hold",
        "Un registre peut venir de l'extérieur : sa lecture coûte un temps et une mémoire bornés.",
        "A register may come from outside: reading it costs bounded time and memory.",
        [("notices/long.md", "", "\u{1}too large\u{1}")]
    ),
    explain!(
        BadTimeZone,
        "Ce n'est pas un fuseau horaire",
        "Not a time zone",
        "Les jours se comptent dans un fuseau : se tromper d'un jour, c'est effacer trop tôt.",
        "Days are counted in a zone: to be wrong by a day is to erase too early.",
        [("serment.toml", "\"Europe/Paris\"", "\"Europe/Pari\"")]
    ),
    explain!(
        BadCountry,
        "Ce n'est pas un code de pays ou de zone",
        "Not the code of a country or zone",
        "La zone permise se vérifie sur des codes ISO 3166-1, pas sur des noms.",
        "The allowed zone is checked on ISO 3166-1 codes, not on names.",
        [("parties/host.toml", "\"FR\"", "\"France\"")]
    ),
    explain!(
        ImplausibleNotBefore,
        "Un not_before invraisemblable",
        "An implausible not_before",
        "Les dates antérieures à not_before ne font démarrer aucune durée : une erreur ici les arrêterait toutes.",
        "Dates before not_before start no clock: a slip here would stop them all.",
        [("serment.toml", "1995-01-01", "2195-01-01")]
    ),
    explain!(
        MissingLanguage,
        "Un texte manque dans une langue",
        "A text is missing in a language",
        "Ce qui se publie se publie dans toutes les langues de l'organisation.",
        "What is published is published in every language of the organisation.",
        [(
            "activities/letters.toml",
            "{ fr = \"Envoyer nos lettres\", en = \"Send our letters\" }",
            "{ fr = \"Envoyer nos lettres\" }"
        )]
    ),
    explain!(
        Repeated,
        "Deux fois la même chose dans une liste",
        "The same thing twice in a list",
        "La répétition est sans effet ; elle cache souvent une faute de frappe.",
        "The repetition has no effect; it often hides a slip.",
        [(
            "activities/letters.toml",
            "[\"identity.name\", \"contact.email\"]",
            "[\"identity.name\", \"contact.email\", \"identity.name\"]"
        )]
    ),
    explain!(
        Duplicate,
        "Deux choses du même nom",
        "Two things of the same name",
        "Les approbations et les preuves citent des noms : un nom désigne une seule chose.",
        "Approvals and proofs cite names: a name means one thing.",
        [(
            "activities/orders.toml",
            "name     = \"invoices_10y\"",
            "name     = \"orders_5y\""
        )]
    ),
];

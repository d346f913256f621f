//! Activities and purposes.

use super::{Entry, explain};

pub(super) const ENTRIES: &[Entry] = &[
    explain!(
        NoBasis,
        "Une finalité sans base légale",
        "A purpose without legal basis",
        "Un traitement n'est licite que sur l'une des six bases (RGPD, art. 6.1), et la notice la dit (art. 13.1.c).",
        "Processing is lawful only on one of the six bases (GDPR Art. 6(1)), and the notice says which (Art. 13(1)(c)).",
        [("activities/letters.toml", "basis = \"consent\"\n", "")]
    ),
    explain!(
        NoInterest,
        "Un intérêt légitime sans nom",
        "Legitimate interests without a name",
        "Qui invoque l'intérêt légitime dit lequel (RGPD, art. 13.1.d).",
        "Whoever relies on legitimate interests says which (GDPR Art. 13(1)(d)).",
        [(
            "activities/orders.toml",
            "interest = { fr = \"bien servir nos clients\", en = \"serve our customers well\" }\n",
            ""
        )]
    ),
    explain!(
        NoPurpose,
        "Une activité sans finalité",
        "An activity without purpose",
        "Les finalités sont déterminées, explicites et légitimes (RGPD, art. 5.1.b) : une activité en a au moins une.",
        "Purposes are specified, explicit and legitimate (GDPR Art. 5(1)(b)): an activity has at least one.",
        [(
            "activities/visits.toml",
            "",
            "[activity]\ntitle    = { fr = \"Visites\", en = \"Visits\" }\nrole     = \"controller\"\nsubjects = [\"customer\"]\n"
        )]
    ),
    explain!(
        NoData,
        "Une finalité sans données",
        "A purpose without data",
        "Une finalité couvre les catégories qu'elle liste ; sans liste, elle ne justifie rien (RGPD, art. 5.1.c).",
        "A purpose covers the categories that it lists; without a list it justifies nothing (GDPR Art. 5(1)(c)).",
        [(
            "activities/letters.toml",
            "data  = [\"identity.name\", \"contact.email\"]",
            "data  = []"
        )]
    ),
    explain!(
        SeveralBases,
        "Plusieurs bases pour une finalité",
        "Several bases for one purpose",
        "Les bases ne se cumulent pas : chacune ouvre d'autres droits, et la personne doit savoir lesquels elle a.",
        "Bases do not add up: each opens other rights, and the person must know which ones she has.",
        [(
            "activities/letters.toml",
            "basis = \"consent\"",
            "basis = [\"consent\", \"legitimate_interests\"]"
        )]
    ),
    explain!(
        SpecialOnWeakBasis,
        "Des données sensibles sur une base qui n'y suffit pas",
        "Special categories on a basis that never suffices",
        "L'article 9 interdit ces données sauf exceptions ; ni le contrat, ni l'intérêt légitime n'en sont.",
        "Article 9 forbids these data but for exceptions; neither a contract nor legitimate interests is one.",
        [(
            "activities/orders.toml",
            "\"free_text\"]",
            "\"free_text\", \"special.health\"]"
        )]
    ),
    explain!(
        OffencesOnWeakBasis,
        "Infractions ou numéro national sur une base fragile",
        "Offences or national number on a weak basis",
        "Les infractions (RGPD, art. 10) et le numéro national (art. 87) ne se traitent que là où un texte le permet.",
        "Offences (GDPR Art. 10) and the national number (Art. 87) may be processed only where a law allows it.",
        [(
            "activities/orders.toml",
            "\"free_text\"]",
            "\"free_text\", \"identity.national_number\"]"
        )]
    ),
    explain!(
        PurposeWithoutRule,
        "Une finalité qu'aucune règle ne mesure",
        "A purpose that no rule measures",
        "La notice dit combien de temps les données sont gardées pour chaque finalité (RGPD, art. 13.2.a).",
        "The notice says how long data are kept for each purpose (GDPR Art. 13(2)(a)).",
        [(
            "activities/letters.toml",
            "[[retention]]",
            "[purpose.surveys]\ntitle = { fr = \"Demander votre avis\", en = \"Ask for your opinion\" }\nbasis = \"consent\"\ndata  = [\"contact.email\"]\n\n[[retention]]"
        )]
    ),
];

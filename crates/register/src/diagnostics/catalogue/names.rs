//! Names that must exist.

use super::{Entry, explain};

pub(super) const ENTRIES: &[Entry] = &[
    explain!(
        UnknownPurpose,
        "Une finalité inconnue",
        "An unknown purpose",
        "Une règle mesure le besoin de finalités : elles doivent exister.",
        "A rule measures the need of purposes: they must exist.",
        [("activities/letters.toml", "[\"letters\"]", "[\"leters\"]")]
    ),
    explain!(
        UnknownTable,
        "Une table inconnue",
        "An unknown table",
        "Une règle sur une table que rien ne déclare n'effacerait jamais rien.",
        "A rule on a table that nothing declares would never erase anything.",
        [(
            "activities/letters.toml",
            "\"shop.customers\"",
            "\"shop.custumers\""
        )]
    ),
    explain!(
        UnknownStore,
        "Une base inconnue",
        "An unknown store",
        "Une règle sur une base que rien ne déclare n'effacerait jamais rien.",
        "A rule on a store that nothing declares would never erase anything.",
        [(
            "activities/letters.toml",
            "\"shop.customers\"",
            "\"shoop.customers\""
        )]
    ),
    explain!(
        UnknownState,
        "Un état inconnu",
        "An unknown state",
        "Les états se publient : le vocabulaire dit leur nom et leur sens.",
        "States are published: the vocabulary says their name and meaning.",
        [(
            "activities/orders.toml",
            "while = [\"in_contract\"]",
            "while = [\"in_contract\", \"in_contrat\"]"
        )]
    ),
    explain!(
        UnknownEvent,
        "Un événement inconnu",
        "An unknown event",
        "Les événements se publient : le vocabulaire dit leur nom et leur sens.",
        "Events are published: the vocabulary says their name and meaning.",
        [("activities/letters.toml", "[\"last_order\"]", "[\"last_oder\"]")]
    ),
    explain!(
        UnknownSubject,
        "Des personnes que le vocabulaire ne définit pas",
        "A kind of person that the vocabulary does not define",
        "La notice s'adresse à des personnes : elles ont un nom dans chaque langue.",
        "A notice addresses persons: they have a name in each language.",
        [(
            "activities/letters.toml",
            "subjects   = [\"customer\"]",
            "subjects   = [\"customer\", \"costumer\"]"
        )]
    ),
    explain!(
        UnknownRecipient,
        "Ni un tiers, ni une équipe",
        "Neither a party nor a team",
        "Les destinataires se publient nommément (RGPD, art. 13 et 15) : chacun est décrit quelque part.",
        "Recipients are published by name (GDPR Art. 13 and 15): each one is described somewhere.",
        [(
            "activities/letters.toml",
            "[\"host\", \"sales\"]",
            "[\"hots\", \"sales\"]"
        )]
    ),
    explain!(
        UnknownCategory,
        "Une catégorie inconnue",
        "An unknown category",
        "Une catégorie hors de la taxonomie ne couvrirait rien et ne serait couverte par rien.",
        "A category outside the taxonomy would cover nothing and be covered by nothing.",
        [(
            "activities/letters.toml",
            "\"contact.email\"]",
            "\"contact.email\", \"contact.mail\"]"
        )]
    ),
    explain!(
        UnknownLink,
        "Un lien inconnu",
        "An unknown link",
        "Un état ou un événement lu par un lien qui n'existe pas serait inconnu pour toujours : rien ne serait jamais effacé.",
        "A state or event read through a link that does not exist would be unknown for ever: nothing would be erased.",
        [(
            "stores/shop.toml",
            "{ link = \"account\", column = \"ended_at\" }",
            "{ link = \"acount\", column = \"ended_at\" }"
        )]
    ),
    explain!(
        UnknownColumn,
        "Une colonne non déclarée",
        "An undeclared column",
        "Ce qui n'est pas déclaré est rouge : toute colonne d'une table décrite est nommée, fût-ce pour dire « none ».",
        "Undeclared is red: every column of a mapped table is named, if only to say `none`.",
        [(
            "stores/shop.toml",
            "consent_withdrawn = \"withdrawn_at\"",
            "consent_withdrawn = \"withdrawn_on\""
        )]
    ),
    explain!(
        UnknownRole,
        "Ni un rôle, ni une équipe",
        "Neither a role nor a team",
        "L'accès à une archive est réservé : ceux qui la lisent sont nommés.",
        "Access to an archive is restricted: those who read it are named.",
        [(
            "activities/letters.toml",
            "then       = \"erase\"",
            "then       = { archive = \"2 years\", in = \"shop\", readers = [\"auditeur\"] }"
        )]
    ),
    explain!(
        UnreadEvent,
        "Un événement que la table ne lit pas",
        "An event that the table does not read",
        "Le vocabulaire définit l'événement, mais la table ne dit pas dans quelle colonne il est.",
        "The vocabulary defines the event, but the table does not say in which column it is.",
        [("stores/shop.toml", "created           = \"created_at\"\n", "")]
    ),
    explain!(
        UnreadState,
        "Un état que la table ne lit pas",
        "A state that the table does not read",
        "Le vocabulaire définit l'état, mais la table ne dit pas comment le reconnaître.",
        "The vocabulary defines the state, but the table does not say how to recognise it.",
        [(
            "stores/shop.toml",
            "[table.members.states]\nin_contract = { link = \"account\", where = \"ended_at is null or ended_at > now\" }\n\n",
            ""
        )]
    ),
    explain!(
        AmbiguousLink,
        "Plusieurs liens possibles",
        "Several links are possible",
        "Deux liens mènent de la table fille à celle-ci : choisir à votre place, c'est peut-être regarder la mauvaise personne.",
        "Two links lead from the child table to this one: to choose for you is perhaps to look at the wrong person.",
        [(
            "stores/shop.toml",
            "[table.orders.columns]\n",
            "[table.orders.refers_to.payer]\nto = \"customers\"\nby = { payer_id = \"id\" }\n\n[table.orders.columns]\npayer_id    = \"none\"\n"
        )]
    ),
    explain!(
        NoLinkBack,
        "Une table sans lien vers celle-ci",
        "A table without a link to this one",
        "Les lignes filles se trouvent par un lien qu'elles déclarent.",
        "Child rows are found through a link that they declare.",
        [(
            "stores/shop.toml",
            "\"orders.placed_at\"",
            "\"members.account_id\""
        )]
    ),
    explain!(
        CategoryWithoutParent,
        "Une catégorie propre sans parente",
        "An own category without parent",
        "Une catégorie propre prolonge la taxonomie : « contact.fax » sous « contact ».",
        "An own category extends the taxonomy: `contact.fax` under `contact`.",
        [(
            "vocabulary.toml",
            "[category.\"contact.fax\"]",
            "[category.\"contacts.fax\"]"
        )]
    ),
    explain!(
        CategoryBuiltIn,
        "Une catégorie déjà intégrée",
        "A category that is already built in",
        "La redéfinir changerait le sens d'un mot que tous partagent.",
        "To define it again would change the meaning of a word that all share.",
        [(
            "vocabulary.toml",
            "[category.\"contact.fax\"]",
            "[category.\"contact.phone\"]"
        )]
    ),
];

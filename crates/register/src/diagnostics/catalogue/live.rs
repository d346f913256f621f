//! What the live stores say. No register shows it by itself: the tests of `serment-draft` find each of these.

use super::{Entry, explain};

const fn live(mut entry: Entry) -> Entry {
    entry.live = true;
    entry
}

pub(super) const ENTRIES: &[Entry] = &[
    live(explain!(
        LiveUnreachable,
        "Une base qui ne se lit pas",
        "A store that cannot be read",
        "Ce que l'on ne peut pas lire, on ne peut pas dire qu'on le tient.",
        "What cannot be read cannot be said to be kept.",
        []
    )),
    live(explain!(
        LiveTableMissing,
        "Une table déclarée que la base n'a pas",
        "A declared table that the store does not have",
        "Une règle sur une table absente ne tient rien ; un renommage l'a peut-être laissée derrière.",
        "A rule on an absent table keeps nothing; a renaming may have left it behind.",
        []
    )),
    live(explain!(
        LiveColumnMissing,
        "Une colonne déclarée que la base n'a pas",
        "A declared column that the store does not have",
        "Ce qu'elle contenait est peut-être ailleurs, hors de toute règle.",
        "What it held may be elsewhere, out of reach of any rule.",
        []
    )),
    live(explain!(
        LivePersonalUndeclared,
        "Une colonne qui semble personnelle et n'est pas déclarée",
        "A column that seems personal and is not declared",
        "Une donnée personnelle que le registre ne nomme pas n'a ni finalité ni fin (RGPD, art. 5.1).",
        "A personal datum that the register does not name has neither purpose nor end (GDPR Art. 5(1)).",
        []
    )),
    live(explain!(
        LiveColumnUndeclared,
        "Une colonne qui n'est pas déclarée",
        "A column that is not declared",
        "Une personne doit dire de chaque colonne d'une table décrite ce qu'elle est, fût-ce « none ».",
        "A person must say of each column of a described table what it is, be it `none`.",
        []
    )),
    live(explain!(
        LiveTableUndeclared,
        "Une table non déclarée, dont des colonnes semblent personnelles",
        "A table that is not declared, with columns that seem personal",
        "Une table oubliée garde ses données pour toujours.",
        "A forgotten table keeps its data for ever.",
        []
    )),
    live(explain!(
        LiveTableUnlisted,
        "Une table non déclarée",
        "A table that is not declared",
        "Rien n'y semble personnel ; une ligne unruled dirait que quelqu'un l'a regardée.",
        "Nothing in it seems personal; a line unruled would say that someone has looked.",
        []
    )),
    live(explain!(
        LiveColumnChanged,
        "Une colonne qui ne peut pas contenir ce que dit le registre",
        "A column that cannot hold what the register says",
        "Une date lue de travers serait un mauvais départ de délai.",
        "A date that is misread would start a clock wrongly.",
        []
    )),
    live(explain!(
        LiveKeyNotUnique,
        "Une clé qui n'identifie pas une ligne",
        "A key that does not identify a row",
        "Sans contrainte d'unicité, deux lignes peuvent porter la même clé, et l'une partirait pour l'autre.",
        "Without a constraint of uniqueness two rows may bear the same key, and one would go for the other.",
        []
    )),
    live(explain!(
        LiveLinkUndeclared,
        "Une clé étrangère sans lien",
        "A foreign key without a link",
        "Sans le lien, le registre ne sait pas quelles lignes dépendent de laquelle.",
        "Without the link the register does not know which rows depend on which.",
        []
    )),
    live(explain!(
        LiveHoldsOther,
        "Une colonne qui contient autre chose que déclaré",
        "A column that holds something else than declared",
        "La publication et les règles suivent ce qui est déclaré ; ce qui n'est pas dit n'est ni annoncé ni effacé.",
        "The publication and the rules follow what is declared; what is not said is neither announced nor erased.",
        []
    )),
    live(explain!(
        LiveSensitive,
        "Des données sensibles dans un texte",
        "Sensitive data in a text",
        "Les catégories particulières, les numéros nationaux et les moyens de paiement appellent leurs propres raisons et protections (RGPD, art. 9, 87).",
        "Special categories, national numbers and means of payment call for reasons and protections of their own (GDPR Art. 9, 87).",
        []
    )),
    live(explain!(
        LivePasswordExposed,
        "Des mots de passe que rien ne protège",
        "Passwords that nothing protects",
        "Un mot de passe se garde en empreinte lente et salée, argon2id par exemple (CNIL, délibération 2022-100).",
        "A password is kept as a slow, salted hash, argon2id for instance (CNIL, deliberation 2022-100).",
        []
    )),
    live(explain!(
        LiveAccessBeyond,
        "Un rôle qui atteint les données sans être nommé",
        "A role that reaches data without being named",
        "Seuls ceux que le registre nomme doivent atteindre les données (RGPD, art. 32).",
        "Only those whom the register names should reach the data (GDPR Art. 32).",
        []
    )),
    live(explain!(
        LiveAccessUnsaid,
        "Une base qui ne dit pas qui peut l'atteindre",
        "A store that does not say who may reach it",
        "Sans liste, nul ne peut dire qu'un accès est de trop.",
        "Without a list nobody can say that an access is one too many.",
        []
    )),
    live(explain!(
        LiveAccessHidden,
        "Des droits que notre rôle ne peut pas voir",
        "Grants that our role may not see",
        "Un contrôle qui ne voit pas tout ne doit pas passer pour un contrôle.",
        "A check that does not see everything must not pass for one.",
        []
    )),
    live(explain!(
        LiveNotEncrypted,
        "Une connexion non chiffrée vers une autre machine",
        "A connection to another machine that is not encrypted",
        "Les données et le mot de passe y voyagent lisibles.",
        "The data and the password travel readable.",
        []
    )),
    live(explain!(
        LivePlaceUnsaid,
        "Une base dont le lieu n'est pas dit",
        "A store whose place is not said",
        "Le pays des données décide si leur transfert est permis (RGPD, chap. V).",
        "The country of the data decides whether their transfer is allowed (GDPR chap. V).",
        []
    )),
    live(explain!(
        LiveUnread,
        "Une table dont les lignes n'ont pas pu être lues",
        "A table whose rows could not be read",
        "De ses colonnes, rien d'autre que les noms et les types n'a été contrôlé.",
        "Of its columns nothing but names and types was checked.",
        []
    )),
];

//! What a later version executes.

use super::{Entry, explain};

const fn later(mut entry: Entry) -> Entry {
    entry.later = true;
    entry
}

pub(super) const ENTRIES: &[Entry] = &[
    later(explain!(
        LaterStore,
        "Une sorte de base pour plus tard",
        "A kind of store for later",
        "La langue la décrit déjà ; cette version agit sur PostgreSQL, MariaDB et SQLite, et dit ce qu'elle ne fait pas.",
        "The language describes it already; this version acts on PostgreSQL, MariaDB and SQLite, and says what it does not do.",
        [(
            "stores/shop.toml",
            "kind      = \"postgres\"",
            "kind      = \"ldap\""
        )]
    )),
    later(explain!(
        LaterLink,
        "Un lien entre deux bases",
        "A link between two stores",
        "La langue le décrit déjà ; cette version suit les liens à l'intérieur d'une base.",
        "The language describes it already; this version follows links inside one store.",
        [(
            "stores/desk.toml",
            "",
            "[store]\nkind     = \"sqlite\"\nurl      = \"desk.db\"\nlocation = \"FR\"\n\n[table.calls]\nkey = [\"id\"]\n\n[table.calls.belongs_to.customer]\nto = \"shop.customers\"\nby = { customer_id = \"id\" }\n\n[table.calls.columns]\nid          = \"none\"\ncustomer_id = \"none\"\nnote        = \"free_text\"\n"
        )]
    )),
    later(explain!(
        LaterSource,
        "Un état ou un événement lu dans une autre base",
        "A state or event read in another store",
        "La langue le décrit déjà ; cette version lit les états et les événements dans la base de leur table, et ne devine pas les autres.",
        "The language describes it already; this version reads states and events in the store of their table, and does not guess the others.",
        [
            (
                "stores/shop.toml",
                "\"orders.placed_at\"]",
                "\"desk.calls.called_at\"]"
            ),
            (
                "stores/desk.toml",
                "",
                "[store]\nkind     = \"sqlite\"\nurl      = \"desk.db\"\nlocation = \"FR\"\n\n[table.calls]\nkey = [\"id\"]\n\n[table.calls.belongs_to.customer]\nto = \"shop.customers\"\nby = { customer_id = \"id\" }\n\n[table.calls.columns]\nid          = \"none\"\ncustomer_id = \"none\"\ncalled_at   = \"none\"\n"
            )
        ]
    )),
    later(explain!(
        LaterArchive,
        "Une archive",
        "An archive",
        "La langue la décrit déjà ; cette version ne déplace pas encore de lignes, et n'en efface pas à la place.",
        "The language describes it already; this version does not move rows yet, and does not erase them instead.",
        [(
            "activities/letters.toml",
            "then       = \"erase\"",
            "then       = { archive = \"2 years\", in = \"shop\", readers = [\"auditor\"] }"
        )]
    )),
    later(explain!(
        LaterFile,
        "Un fichier nommé par une colonne",
        "A file named by a column",
        "La langue le décrit déjà ; cette version n'efface pas encore les fichiers que les colonnes nomment.",
        "The language describes it already; this version does not erase the files that columns name yet.",
        [
            (
                "stores/uploads.toml",
                "",
                "[store]\nkind     = \"files\"\nurl      = \"env:UPLOADS\"\nlocation = \"FR\"\n"
            ),
            (
                "stores/shop.toml",
                "comment     = \"free_text\"",
                "comment     = { category = \"free_text\", file = { store = \"uploads\" } }"
            )
        ]
    )),
];

//! Tables, links and columns.

use super::{Entry, explain};

pub(super) const ENTRIES: &[Entry] = &[
    explain!(
        Uncovered,
        "Une donnée dont aucune finalité n'a besoin",
        "A datum that no purpose needs",
        "Une donnée personnelle sans finalité n'a pas de raison d'être là (RGPD, art. 5.1.c), et rien ne dirait quand l'effacer.",
        "A personal datum without purpose has no reason to be there (GDPR Art. 5(1)(c)), and nothing would say when to erase it.",
        [(
            "stores/shop.toml",
            "ends_at       = \"none\"\n",
            "ends_at       = \"none\"\nphone         = \"location.precise\"\n"
        )]
    ),
    explain!(
        Unruled,
        "Des données personnelles, sans règle ni raison",
        "Personal data with neither rule nor reason",
        "Une table oubliée garde ses données pour toujours.",
        "A forgotten table keeps its data for ever.",
        [(
            "stores/shop.toml",
            "[table.accounts]\n",
            "[table.visits]\nkey = [\"id\"]\n\n[table.visits.columns]\nid = \"none\"\nip = \"connection.ip\"\n\n[table.accounts]\n"
        )]
    ),
    explain!(
        NoKey,
        "Une table gouvernée sans clé",
        "A governed table without key",
        "Une ligne se verrouille, se vérifie et se prouve par sa clé.",
        "A row is locked, verified and proved by its key.",
        [(
            "stores/shop.toml",
            "[table.orders]\nkey = [\"id\"]\n",
            "[table.orders]\n"
        )]
    ),
    explain!(
        NoSubject,
        "Une table gouvernée qui ne dit pas de qui elle parle",
        "A governed table that does not say whom it is about",
        "Une règle juge les lignes des personnes de son activité : il faut savoir lesquelles le sont.",
        "A rule judges the rows of its activity's persons: one must know which rows those are.",
        [(
            "stores/shop.toml",
            "[table.invoices]\nsubjects = [\"customer\"]\n",
            "[table.invoices]\n"
        )]
    ),
    explain!(
        TwoParents,
        "Une table sans règle et à deux parents",
        "A table without rule and with two parents",
        "Une table sans règle suit la ligne à laquelle elle appartient ; avec deux, elle suivrait la première effacée.",
        "A table without rule follows the row to which it belongs; with two it would follow the first one erased.",
        [(
            "stores/shop.toml",
            "[table.orders.columns]\n",
            "[table.orders.belongs_to.invoice]\nto = \"invoices\"\nby = { year = \"year\", number = \"number\" }\n\n[table.orders.columns]\nyear        = \"none\"\nnumber      = \"none\"\n"
        )]
    ),
    explain!(
        ParentCycle,
        "Des tables en cercle",
        "Tables in a circle",
        "Les enfants partent avant les parents : un cercle n'a pas d'ordre. Une table qui se réfère à elle-même en a un.",
        "Children go before parents: a circle has no order. A table that refers to itself has one.",
        [(
            "stores/shop.toml",
            "[table.customers.columns]\n",
            "[table.customers.refers_to.favourite]\nto = \"orders\"\nby = { favourite_id = \"id\" }\n\n[table.customers.columns]\nfavourite_id  = \"none\"\n"
        )]
    ),
    explain!(
        LinkWithoutColumns,
        "Un lien sans colonnes",
        "A link without columns",
        "Un lien dit par quelles colonnes il se suit.",
        "A link says by which columns it is followed.",
        [("stores/shop.toml", "by = { account_id = \"id\" }", "by = {}")]
    ),
    explain!(
        TargetKey,
        "Un lien dont la cible n'est pas identifiée",
        "A link whose target is not identified",
        "Un lien qui n'atteint pas une ligne précise pourrait en toucher d'autres.",
        "A link that does not reach one precise row could touch others.",
        [(
            "stores/shop.toml",
            "[table.orders.columns]\n",
            "[table.orders.refers_to.invoice]\nto = \"invoices\"\nby = { number = \"number\" }\n\n[table.orders.columns]\nnumber      = \"none\"\n"
        )]
    ),
    explain!(
        PrefixMissing,
        "Un pseudonyme sans préfixe",
        "A pseudonym without prefix",
        "Le préfixe montre ce qui est déjà fait : sans lui, chaque nuit referait le travail de la veille.",
        "The prefix shows what is done already: without it each night would redo the work of the last.",
        [(
            "stores/shop.toml",
            "anonymise = \"null\"",
            "anonymise = { pseudonym = \"\" }"
        )]
    ),
    explain!(
        StrategyWithoutData,
        "Une stratégie sur une colonne non personnelle",
        "A strategy on a column that is not personal",
        "Une colonne « none » n'est jamais effacée : la stratégie n'aurait pas d'effet.",
        "A `none` column is never cleared: the strategy would have no effect.",
        [(
            "stores/shop.toml",
            "last_order_at = \"none\"",
            "last_order_at = { category = \"none\", anonymise = \"year\" }"
        )]
    ),
    explain!(
        StrategyOnKey,
        "Une stratégie sur une colonne qui tient les lignes ensemble",
        "A strategy on a column that holds rows together",
        "Tant qu'une ligne reste, sa clé, ses liens et son client restent : les changer perdrait d'autres lignes.",
        "While a row stays, its key, links and client stay: to change them would lose other rows.",
        [(
            "stores/shop.toml",
            "customer_id = \"none\"\nplaced_at",
            "customer_id = { category = \"none\", anonymise = \"null\" }\nplaced_at"
        )]
    ),
    explain!(
        IdentifierNotPersonal,
        "Un identifiant qui ne serait pas personnel",
        "An identifier that would not be personal",
        "Ce qui suffit à trouver une personne est une donnée personnelle (RGPD, art. 4.1).",
        "What is enough to find a person is personal data (GDPR Art. 4(1)).",
        [(
            "stores/shop.toml",
            "{ column = \"email\", strength",
            "{ column = \"created_at\", strength"
        )]
    ),
    explain!(
        ClientMissing,
        "Une table de sous-traitant sans client",
        "A processor's table without client",
        "Un sous-traitant agit pour chacun de ses clients : chaque ligne dit pour lequel.",
        "A processor acts for each of its clients: each row says for which.",
        [("stores/shop.toml", "client   = \"account\"\n", "")]
    ),
    explain!(
        ClientElsewhere,
        "Un client hérité d'une table qui n'en dit pas",
        "A client inherited from a table that says none",
        "Le client d'une ligne se lit au bout du lien : il faut l'y trouver.",
        "The client of a row is read at the end of the link: it must be there.",
        [("stores/shop.toml", "client  = \"id\"\n", "")]
    ),
    explain!(
        ClientsNotListed,
        "Un sous-traitant qui ne dit pas où sont ses clients",
        "A processor that does not say where its clients are",
        "Le registre du sous-traitant nomme chaque responsable pour lequel il agit (RGPD, art. 30.2.a).",
        "A processor's record names each controller on whose behalf it acts (GDPR Art. 30(2)(a)).",
        [(
            "serment.toml",
            "[clients]\nfrom = \"shop.accounts\"\nkey  = \"id\"\n",
            ""
        )]
    ),
    explain!(
        StrategyMisplaced,
        "Une stratégie faite pour une autre catégorie",
        "A strategy made for another category",
        "Réduire une adresse électronique comme une adresse IP ne retirerait personne.",
        "To coarsen an e-mail address as if it were an IP address would remove nobody.",
        [(
            "stores/shop.toml",
            "email         = \"contact.email\"",
            "email         = { category = \"contact.email\", anonymise = \"ip\" }"
        )]
    ),
    explain!(
        LinkAcrossClients,
        "Un lien qui sort de chez un client",
        "A link that leaves a client",
        "Un lien belongs_to mène à la même personne : les données d'un client ne se joignent qu'aux données de ce client.",
        "A belongs_to link leads to the same person: a client's data are joined to that client's data only.",
        [(
            "stores/shop.toml",
            "[table.orders]\nkey = [\"id\"]",
            "[table.orders]\nkey = [\"id\"]\nclient = \"customer_id\""
        )]
    ),
];

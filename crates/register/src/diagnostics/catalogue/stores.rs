//! Stores, parties, secrets, territory.

use super::{Entry, explain};

pub(super) const ENTRIES: &[Entry] = &[
    explain!(
        SecretInClear,
        "Un secret en clair",
        "A secret in clear",
        "Un registre se relit, se copie et se publie : un secret n'y est jamais qu'une référence.",
        "A register is reviewed, copied and published: in it a secret is only ever a reference.",
        [(
            "stores/shop.toml",
            "\"env:SHOP_READ_URL\"",
            "\"postgres://reader:hunter2@db.tilleuls.example/shop\""
        )]
    ),
    explain!(
        BadReference,
        "Une référence qui ne mène nulle part de sûr",
        "A reference that leads nowhere safe",
        "Une adresse est « env:NOM » ou « file:CHEMIN » (ou un chemin, pour SQLite), et ne désigne pas les variables de la machine.",
        "An address is `env:NAME` or `file:PATH` (or a path, for SQLite), and does not name the machine's own variables.",
        [(
            "stores/shop.toml",
            "\"env:SHOP_READ_URL\"",
            "\"env:SSH_AUTH_SOCK\""
        )]
    ),
    explain!(
        NoAddress,
        "Une base sans adresse",
        "A database without address",
        "Sans adresse, rien ne peut être lu, donc rien ne peut être tenu.",
        "Without an address nothing can be read, so nothing can be kept.",
        [("stores/shop.toml", "url       = \"env:SHOP_READ_URL\"\n", "")]
    ),
    explain!(
        SameRole,
        "La même adresse pour lire et pour écrire",
        "One address for reading and writing",
        "Lire n'ouvre jamais une connexion qui peut écrire : deux rôles limitent ce qu'une erreur peut faire.",
        "Reading never opens a connection that can write: two roles limit what a mistake can do.",
        [(
            "stores/shop.toml",
            "\"env:SHOP_WRITE_URL\"",
            "\"env:SHOP_READ_URL\""
        )]
    ),
    explain!(
        StoreOutside,
        "Une base hors de la zone permise",
        "A store outside the allowed zone",
        "L'organisation promet où vivent les données ; hors de la zone, c'est un transfert (RGPD, art. 44).",
        "The organisation promises where data live; outside the zone it is a transfer (GDPR Art. 44).",
        [("stores/shop.toml", "location  = \"FR\"", "location  = \"US\"")]
    ),
    explain!(
        PartyOutside,
        "Un tiers hors de la zone permise",
        "A party outside the allowed zone",
        "Confier des données à un tiers hors de la zone est un transfert (RGPD, art. 44).",
        "To entrust data to a party outside the zone is a transfer (GDPR Art. 44).",
        [("parties/host.toml", "country = \"FR\"", "country = \"US\"")]
    ),
    explain!(
        PlaceUnknown,
        "Un lieu qui n'est pas dit",
        "A place that is not said",
        "Une zone est permise ; sans lieu, nul ne peut dire si elle est respectée.",
        "A zone is allowed; without a place nobody can say whether it is respected.",
        [("parties/host.toml", "country = \"FR\"\n", "")]
    ),
];

//! Vouivre SAS, a company that does not exist: it makes an application with which small firms write their invoices.

mod billing;
mod cast;
mod contacts;
mod files;
mod service;
mod site;

use crate::company::{Company, Database, World};
use crate::people::Person;
use crate::random::Random;

/// Vouivre SAS.
pub static INVOICING: Company = Company {
    name: "invoicing",
    organisation: "Vouivre SAS",
    trade: (
        "application de facturation pour les petites entreprises",
        "an invoicing application for small firms",
    ),
    databases: &[
        Database {
            name: "site",
            script: &site::SCRIPT,
        },
        Database {
            name: "contacts",
            script: &contacts::SCRIPT,
        },
        Database {
            name: "billing",
            script: &billing::SCRIPT,
        },
        Database {
            name: "service",
            script: &service::SCRIPT,
        },
    ],
    cast: &cast::CAST,
    files: files::FILES,
};

/// What a person is for this company in the first place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Was written to once, without having asked.
    Occasional,
    /// Agreed, or exchanges with us.
    Regular,
    /// Works at a customer.
    Customer,
    /// Subscribes in her own name.
    Debtor,
    /// Uses the application, or is invoiced with it.
    Service,
}

fn kind(world: &World, index: u64) -> Kind {
    match Random::of(world.seed, "kind of invoicing", index).below(100) {
        0..20 => Kind::Occasional,
        20..42 => Kind::Regular,
        42..62 => Kind::Customer,
        62..80 => Kind::Debtor,
        _ => Kind::Service,
    }
}

fn person(world: &World, index: u64) -> Person {
    Person::of(world, index, &DOMAINS)
}

const DOMAINS: [&str; 7] = [
    "menuiserie-du-lac.example",
    "fleurs-de-brume.example",
    "taxi-des-trois-lunes.example",
    "courriel.example",
    "messagerie.example",
    "poste-imaginaire.example",
    "plomberie-du-heron.example",
];

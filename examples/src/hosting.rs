//! Tarasque SAS, a company that does not exist: it hosts servers, carries data and runs portals for other organisations.

mod cast;
mod crm;
mod files;
mod logs;
mod marketing;
mod portal;
mod recruitment;
mod site;

use crate::company::{Company, Database, World};
use crate::people::Person;
use crate::random::Random;

/// Tarasque SAS.
pub static HOSTING: Company = Company {
    name: "hosting",
    organisation: "Tarasque SAS",
    trade: (
        "hébergement, télécoms et portails pour d'autres organisations",
        "hosting, telecoms and portals for other organisations",
    ),
    databases: &[
        Database {
            name: "logs",
            script: &logs::SCRIPT,
        },
        Database {
            name: "marketing",
            script: &marketing::SCRIPT,
        },
        Database {
            name: "recruitment",
            script: &recruitment::SCRIPT,
        },
        Database {
            name: "crm",
            script: &crm::SCRIPT,
        },
        Database {
            name: "portal",
            script: &portal::SCRIPT,
        },
        Database {
            name: "site",
            script: &site::SCRIPT,
        },
    ],
    cast: &cast::CAST,
    files: files::FILES,
};

/// What a person is for this company in the first place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Uses a service that her organisation gives her.
    EndUser,
    /// Works at a customer.
    Customer,
    /// May become one.
    Prospect,
    /// Wants a job.
    Candidate,
    /// Only looked at the site.
    Visitor,
}

fn kind(world: &World, index: u64) -> Kind {
    match Random::of(world.seed, "kind of hosting", index).below(100) {
        0..45 => Kind::EndUser,
        45..60 => Kind::Customer,
        60..80 => Kind::Prospect,
        80..86 => Kind::Candidate,
        _ => Kind::Visitor,
    }
}

fn person(world: &World, index: u64) -> Person {
    Person::of(world, index, &DOMAINS)
}

/// The login of an end user, on every service.
fn login(index: u64) -> String {
    format!("u{:06}", index + 1)
}

const DOMAINS: [&str; 8] = [
    "clinique-des-embruns.example",
    "lycee-du-phare.example",
    "transports-meluce.example",
    "courriel.example",
    "messagerie.example",
    "poste-imaginaire.example",
    "ateliers-du-dragon.example",
    "association-des-quais.example",
];

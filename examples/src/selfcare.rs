//! Korrigan SAS, a company that does not exist: it puts chatbots and searchable questions on the sites of others.

mod cast;
mod crm;
mod files;
mod platform;
mod rights;
mod site;
mod talk;

use crate::company::{Company, Database, World};
use crate::people::Person;
use crate::random::Random;

/// Korrigan SAS.
pub static SELFCARE: Company = Company {
    name: "selfcare",
    organisation: "Korrigan SAS",
    trade: (
        "chatbots et questions fréquentes pour trente sites",
        "chatbots and frequent questions for thirty sites",
    ),
    databases: &[
        Database {
            name: "platform",
            script: &platform::SCRIPT,
        },
        Database {
            name: "crm",
            script: &crm::SCRIPT,
        },
        Database {
            name: "site",
            script: &site::SCRIPT,
        },
        Database {
            name: "rights",
            script: &rights::SCRIPT,
        },
    ],
    cast: &cast::CAST,
    files: files::FILES,
};

/// What a person is for this company in the first place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Talks or searches on the site of a client.
    Visitor,
    /// Writes answers, at a client.
    User,
    /// Works at a client.
    Client,
    /// May become one.
    Prospect,
}

fn kind(world: &World, index: u64) -> Kind {
    match Random::of(world.seed, "kind of selfcare", index).below(100) {
        0..55 => Kind::Visitor,
        55..70 => Kind::User,
        70..83 => Kind::Client,
        _ => Kind::Prospect,
    }
}

fn person(world: &World, index: u64) -> Person {
    Person::of(world, index, &DOMAINS)
}

const DOMAINS: [&str; 7] = [
    "boutique-des-lutins.example",
    "chaussures-de-lune.example",
    "librairie-d-ys.example",
    "courriel.example",
    "messagerie.example",
    "poste-imaginaire.example",
    "jouets-du-marais.example",
];

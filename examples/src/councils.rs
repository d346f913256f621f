//! Mélusine SAS, a company that does not exist: it delivers the papers of meetings to the boxes of councillors.

mod boxes;
mod cast;
mod crm;
mod files;
mod meetings;

use crate::company::{Company, Database, World};
use crate::people::Person;
use crate::random::Random;

/// Mélusine SAS.
pub static COUNCILS: Company = Company {
    name: "councils",
    organisation: "Mélusine SAS",
    trade: (
        "documents, séances et votes pour deux cents collectivités",
        "documents, meetings and votes for two hundred public bodies",
    ),
    databases: &[
        Database {
            name: "boxes",
            script: &boxes::SCRIPT,
        },
        Database {
            name: "crm",
            script: &crm::SCRIPT,
        },
    ],
    cast: &cast::CAST,
    files: files::FILES,
};

/// How many public bodies, whatever the number of people: those of the cast come beside.
const CLIENTS: u64 = 200;

/// Whether a person has a box; the others are contacts of customers.
fn is_member(world: &World, index: u64) -> bool {
    Random::of(world.seed, "kind of councils", index).chance(780)
}

fn person(world: &World, index: u64) -> Person {
    Person::of(world, index, &DOMAINS)
}

const DOMAINS: [&str; 6] = [
    "mairie-de-brumeville.example",
    "port-aux-songes.example",
    "syndicat-des-marais.example",
    "courriel.example",
    "messagerie.example",
    "communaute-des-cimes.example",
];

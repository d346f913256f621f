//! Who the people of this company are.

use crate::company::World;
use crate::people::Person;
use crate::random::Random;

/// What a person is for the company in the first place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Works, or worked, at a customer.
    Customer,
    /// May become one.
    Prospect,
    /// Only looked at the site.
    Visitor,
    /// Wants a job.
    Candidate,
}

impl World {
    /// The person of that index, the same in every store.
    pub(super) fn person(&self, index: u64) -> Person {
        Person::of(self, index, &DOMAINS)
    }

    /// What that person is.
    pub(super) fn kind(&self, index: u64) -> Kind {
        match Random::of(self.seed, "kind", index).below(100) {
            0..30 => Kind::Customer,
            30..52 => Kind::Prospect,
            52..97 => Kind::Visitor,
            _ => Kind::Candidate,
        }
    }
}

/// A trade of the accounting profession.
pub fn job(random: &mut Random) -> &'static str {
    random.pick(&[
        "expert-comptable",
        "collaboratrice comptable",
        "responsable conformité",
        "commissaire aux comptes",
        "assistant de direction",
        "associée gérante",
    ])
}

const DOMAINS: [&str; 10] = [
    "cabinet-hirondelle.example",
    "comptes-du-ponant.example",
    "poste-imaginaire.example",
    "courriel.example",
    "fiduciaire-des-cimes.example",
    "bilan-et-fils.example",
    "lettres.example",
    "chiffres-clairs.example",
    "audit-des-sables.example",
    "messagerie.example",
];

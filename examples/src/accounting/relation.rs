//! The life of a relation with the company, on which every store agrees.

use super::crowd::Kind;
use crate::company::World;
use crate::moment::YEAR;
use crate::random::Random;

/// A firm's contract, in days from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// When it began; None for a firm that never was a customer.
    pub start: Option<i64>,
    /// When it ended, or will.
    pub end: Option<i64>,
}

/// A person's dealings with us, in days from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    /// The firm.
    pub account: Option<u64>,
    /// The last exchange, as it really was; None when there never was one.
    pub last_contact: Option<i64>,
    /// The first record of the person.
    pub created: i64,
}

impl World {
    /// How many firms.
    pub(super) fn accounts(&self) -> u64 {
        self.people / 12 + 1
    }

    /// The contract of the firm of that index.
    pub(super) fn contract(&self, account: u64) -> Contract {
        let mut random = Random::of(self.seed, "contract", account);
        let today = self.today();
        match random.below(100) {
            0..4 => Contract {
                start: None,
                end: None,
            },
            4..32 => {
                let end = today - random.between(1, 11 * YEAR);
                Contract {
                    start: Some(end - random.between(YEAR, 6 * YEAR)),
                    end: Some(end),
                }
            }
            32..37 => Contract {
                start: Some(today - random.between(1, 3 * YEAR)),
                end: Some(today + random.between(1, 2 * YEAR)),
            },
            _ => Contract {
                start: Some(today - random.between(30, 12 * YEAR)),
                end: None,
            },
        }
    }

    /// The dealings of a customer or a prospect.
    pub(super) fn relation(&self, index: u64) -> Relation {
        let mut random = Random::of(self.seed, "relation", index);
        let today = self.today();
        if self.kind(index) == Kind::Prospect {
            let last = today - random.between(0, 6 * YEAR);
            return Relation {
                account: random.chance(120).then(|| random.below(self.accounts())),
                last_contact: (!random.chance(60)).then_some(last),
                created: last - random.between(0, 2 * YEAR),
            };
        }
        let account = random.below(self.accounts());
        let contract = self.contract(account);
        let last = match contract.end {
            Some(end) if end <= today => (end + random.between(-2 * YEAR, YEAR)).min(today),
            _ => today - random.between(0, 4 * YEAR).min(random.between(0, 7 * YEAR)),
        };
        Relation {
            account: Some(account),
            last_contact: (!random.chance(15)).then_some(last),
            created: last - random.between(30, 5 * YEAR),
        }
    }
}

//! The companies: their registers, what the generators write for each database, and whether the promises are kept on it.

mod accounting;
mod councils;
mod generated;
mod hosting;
mod invoicing;
mod promised;
mod registers;
mod selfcare;
mod servers;
mod workshop;

use jiff::civil::date;
use serment_examples::World;

/// The world of most tests: small, since there are many of them.
const WORLD: World = World {
    people: 300,
    reference: date(2026, 11, 22),
    seed: 1,
};

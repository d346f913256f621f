//! The engine on real databases.

mod asked;
mod brakes;
mod canary;
mod circles;
mod commit;
mod composite;
mod crash;
mod hidden;
mod invariants;
mod named;
mod people;
mod proxy;
mod race;
mod revive;
mod running;
mod schema;
mod usual;
mod world;

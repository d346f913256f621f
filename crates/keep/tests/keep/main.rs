//! The engine on real databases.

mod brakes;
mod circles;
mod commit;
mod crash;
mod people;
mod proxy;
mod revive;
mod running;
mod world;

//! The engine on real databases.

mod brakes;
mod circles;
mod crash;
mod people;
mod revive;
mod running;
mod world;

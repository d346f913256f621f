//! The engine on real databases.

mod brakes;
mod crash;
mod people;
mod revive;
mod running;
mod world;

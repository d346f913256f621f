//! The engine on real databases.

mod people;
mod running;
mod world;

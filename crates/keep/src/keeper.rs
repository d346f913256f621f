//! The engine and what it works with.

use serment_register::model::Register;
use serment_state::State;

use crate::observe::Observer;
use crate::ports::{Clock, Entropy, Ledger, Stores};

/// The engine. Its methods stand in the modules named after them.
#[derive(Clone, Copy)]
pub struct Keeper<'a> {
    /// What the organisation says.
    pub register: &'a Register,
    /// Opens stores.
    pub stores: &'a dyn Stores,
    /// Serment's own state.
    pub state: &'a State,
    /// The journal.
    pub journal: &'a dyn Ledger,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
}

impl<'a> Keeper<'a> {
    /// The reading half: it never opens a writing connection.
    pub fn observer(&self) -> Observer<'a> {
        Observer {
            register: self.register,
            stores: self.stores,
            state: Some(self.state),
            clock: self.clock,
        }
    }
}

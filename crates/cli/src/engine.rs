//! Everything that acts on a register, opened together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use serment_keep::{Keeper, Observer};
use serment_register::model::Register;
use serment_state::State;

use crate::ledger::Files;
use crate::session::Session;
use crate::stores::Opener;
use crate::world::World;

/// What acts on a register.
pub struct Engine {
    /// What the organisation says.
    pub register: Arc<Register>,
    /// The journal.
    pub journal: Files,
    /// Serment's own state.
    pub state: State,
    stores: Opener,
    world: World,
}

/// What reads a register's stores, whether or not there is a state yet.
pub struct Reading {
    /// What the organisation says.
    pub register: Arc<Register>,
    /// Serment's own state, when there is one.
    pub state: Option<State>,
    stores: Opener,
    world: World,
}

/// Where Serment keeps its state, beside a register.
pub fn state_directory(register: &Path) -> PathBuf {
    register.join(".serment")
}

impl Engine {
    /// Opens the state for writing, making it on first use.
    pub async fn open(session: &Session, directory: PathBuf, register: Register) -> Result<Self> {
        let state = State::open(&state_directory(&directory)).await?;
        Ok(Self::around(session, directory, register, state))
    }

    /// Opens the state for reading; None when there is none yet.
    pub async fn open_read(
        session: &Session,
        directory: PathBuf,
        register: Register,
    ) -> Result<Option<Self>> {
        let state = State::open_read(&state_directory(&directory)).await?;
        Ok(state.map(|state| Self::around(session, directory, register, state)))
    }

    fn around(session: &Session, directory: PathBuf, register: Register, state: State) -> Self {
        let register = Arc::new(register);
        Self {
            journal: Files::new(
                session.world,
                &state_directory(&directory),
                &register.organisation.name,
            ),
            stores: Opener {
                register: Arc::clone(&register),
                base: directory,
            },
            register,
            state,
            world: session.world,
        }
    }

    /// The engine proper.
    pub fn keeper(&self) -> Keeper<'_> {
        Keeper {
            register: &self.register,
            stores: &self.stores,
            state: &self.state,
            journal: &self.journal,
            clock: &self.world,
            entropy: &self.world,
        }
    }
}

impl Reading {
    /// Opens what reading needs. Makes nothing.
    pub async fn open(session: &Session, directory: PathBuf, register: Register) -> Result<Self> {
        let register = Arc::new(register);
        Ok(Self {
            state: State::open_read(&state_directory(&directory)).await?,
            stores: Opener {
                register: Arc::clone(&register),
                base: directory,
            },
            register,
            world: session.world,
        })
    }

    /// The reading half of the engine.
    pub fn observer(&self) -> Observer<'_> {
        Observer {
            register: &self.register,
            stores: &self.stores,
            state: self.state.as_ref(),
            clock: &self.world,
        }
    }
}

//! Serment's own state, on SQLite.

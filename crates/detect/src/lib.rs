//! What columns hold, guessed from their names, their types and a few of their values, in French and English.
//!
//! [`mod@column`] makes the guesses, each with its confidence and its reasons; [`content`] says what values are, whatever
//! their column is called, and is what a check of declared columns relies on; [`value`] has the tests of single values,
//! with their checksums; [`words`] takes names apart; [`lexicon`] is what names mean. Everything is pure, and no value
//! ever appears in an answer.

pub mod about;
pub mod column;
pub mod content;
pub mod lexicon;
pub mod value;
pub mod words;

pub use about::{About, Beside};
pub use column::{Guess, Place, Shape, Sketch, guess};
pub use content::{Contents, Pattern};

//! What went wrong, for a person: what happened, where, what to do. Never a secret, never a value of a row.

mod translate;

use std::fmt;

use serment_register::model::Text;

use crate::screen::look::{Look, Tone, harmless};
use crate::words::both;

pub use translate::{language_of_journal, of, of_io};

/// How the command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Findings, or blocked.
    Findings,
    /// A mistake of usage.
    Usage,
    /// It could not be done.
    Failure,
}

impl Exit {
    /// The code of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Failure => 3,
        }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Trouble {
    /// What happened.
    pub what: Text,
    /// Where: a file, a store, an entry.
    pub place: Option<String>,
    /// What to do.
    pub advice: Option<Text>,
    /// How the command ends.
    pub exit: Exit,
}

impl Trouble {
    /// Something that could not be done.
    pub fn new(what: Text) -> Self {
        Self {
            what,
            place: None,
            advice: None,
            exit: Exit::Failure,
        }
    }

    /// A mistake of usage.
    pub fn usage(what: Text) -> Self {
        Self {
            exit: Exit::Usage,
            ..Self::new(what)
        }
    }

    /// Something found, or a refusal.
    pub fn finding(what: Text) -> Self {
        Self {
            exit: Exit::Findings,
            ..Self::new(what)
        }
    }

    /// Adds the place.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Adds what to do.
    pub fn advise(mut self, advice: Text) -> Self {
        self.advice = Some(advice);
        self
    }

    /// As shown on the error output.
    pub fn render(&self, look: &Look) -> String {
        let label = look.paint(Tone::Bad, look.say(&both!("erreur", "error")));
        let colon = look.say(&both!(" :", ":")).to_owned();
        let what = lines(look.say(&self.what));
        let mut out = format!("{label}{colon} {what}\n");
        let mut tell = |label: Text, text: &str| {
            let label = look.paint(Tone::Dim, &format!("{}{colon}", look.say(&label)));
            out.push_str(&format!("  {label} {text}\n"));
        };
        if let Some(place) = &self.place {
            tell(both!("où", "where"), &harmless(place));
        }
        if let Some(advice) = &self.advice {
            tell(both!("que faire", "what to do"), &lines(look.say(advice)));
        }
        out
    }
}

fn lines(text: &str) -> String {
    text.lines().map(harmless).collect::<Vec<_>>().join("\n  ")
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what.en)
    }
}

impl std::error::Error for Trouble {}

#[cfg(test)]
mod tests {
    use serment_register::model::Language;

    use super::*;
    use crate::screen::look::tests::plain;

    #[test]
    fn it_says_what_where_and_what_to_do() {
        let trouble = Trouble::new(both!("le dépôt ne répond pas", "the store does not answer"))
            .at("crm")
            .advise(both!("vérifiez l'adresse", "check the address"));
        assert_eq!(
            trouble.render(&plain(Language::French)),
            "erreur : le dépôt ne répond pas\n  où : crm\n  que faire : vérifiez l'adresse\n"
        );
        assert_eq!(
            trouble.render(&plain(Language::English)),
            "error: the store does not answer\n  where: crm\n  what to do: check the address\n"
        );
    }

    #[test]
    fn exit_codes_are_those_that_are_documented() {
        let codes = [Exit::Done, Exit::Findings, Exit::Usage, Exit::Failure].map(Exit::code);
        assert_eq!(codes, [0, 1, 2, 3]);
    }
}

//! One run of the command: how it looks, which register it works on, what it has opened.

use std::future::Future;
use std::path::{Path, PathBuf};

use serment_register::diagnostics::has_errors;
use serment_register::directory::{self, ReadError};
use serment_register::model::{Language, Register};

use crate::args::{Color, Global};
use crate::out::Out;
use crate::screen::Look;
use crate::trouble::Trouble;
use crate::words::{both, counted, of_locale};
use crate::world::World;

/// One run of the command.
#[derive(Debug)]
pub struct Session {
    /// The outside.
    pub world: World,
    /// How text looks.
    pub look: Look,
    /// Where it goes.
    pub out: Out,
    /// Where the register is, when the command line says so.
    pub register: Option<PathBuf>,
    /// Whether the language was asked for, by an option or the environment.
    asked: bool,
}

/// The language that options and environment ask for.
pub fn asked_language(world: World, option: Option<Language>) -> Option<Language> {
    option.or_else(|| {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| world.variable(name))?;
        of_locale(&locale)
    })
}

/// How text may look with these options, in this environment.
pub fn look(world: World, language: Option<Language>, color: Color) -> Look {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| world.variable(name))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let columns = world
        .variable("COLUMNS")
        .and_then(|columns| columns.parse().ok())
        .or_else(|| world.columns())
        .unwrap_or(80);
    Look {
        language: language.unwrap_or(Language::English),
        color: match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                world.output_is_terminal()
                    && world.variable("NO_COLOR").is_none()
                    && world.variable("TERM").is_none_or(|term| term != "dumb")
            }
        },
        unicode: locale.contains("utf-8") || locale.contains("utf8"),
        width: columns.clamp(50, 120),
    }
}

impl Session {
    /// A session as the options ask for.
    pub fn new(world: World, global: &Global) -> Self {
        let language = asked_language(world, global.language.map(Language::from));
        Self {
            world,
            look: look(world, language, global.color.unwrap_or_default()),
            out: Out::default(),
            register: global.register.clone(),
            asked: language.is_some(),
        }
    }

    /// The directory of the register.
    pub fn directory(&self) -> Result<PathBuf, ReadError> {
        match &self.register {
            Some(directory) => std::path::absolute(directory).map_err(|source| ReadError::Io {
                path: directory.clone(),
                source,
            }),
            None => directory::find(Path::new(".")),
        }
    }

    /// Speaks the register's first language unless another was asked for.
    pub fn speak_as(&mut self, register: &Register) {
        if let (false, Some(first)) = (self.asked, register.organisation.languages.first()) {
            self.look.language = *first;
        }
    }

    /// The register, sound enough to act upon.
    pub fn load(&mut self) -> anyhow::Result<(PathBuf, Register)> {
        let directory = self.directory()?;
        let files = directory::read(&directory)?;
        let (register, findings) = serment_register::load(&files);
        if let Some(register) = &register {
            self.speak_as(register);
        }
        match register {
            Some(register) if !has_errors(&findings) => Ok((directory, register)),
            _ => {
                let errors = findings
                    .iter()
                    .filter(|finding| finding.severity == serment_register::diagnostics::Severity::Error)
                    .count() as u64;
                let counted = counted(errors, ("erreur", "erreurs"), ("error", "errors"));
                let (fr, en) = (counted.fr, counted.en);
                Err(Trouble::finding(both!(
                    "le registre a {fr} : rien n'est lu ni modifié avec lui",
                    "the register has {en}: nothing is read or changed with it"
                ))
                .at(directory.display().to_string())
                .advise(both!("serment check les explique", "serment check explains them"))
                .into())
            }
        }
    }
}

/// Runs something that waits. The runtime is only made here: what does not need one starts at once.
pub fn wait<F: Future>(future: F) -> anyhow::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
}

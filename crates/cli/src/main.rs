//! The `serment` command: the composition root, and the only place with a clock, entropy and an environment.

mod args;
mod command;
mod engine;
#[cfg(test)]
mod languages;
mod ledger;
mod out;
mod panic;
mod progress;
mod screen;
mod session;
mod stores;
mod survey;
mod trouble;
mod words;
mod world;

use std::process::ExitCode;

use serment_register::model::Language;

use crate::args::{Color, Tongue};
use crate::session::Session;
use crate::trouble::{Exit, Trouble};
use crate::world::World;

fn main() -> ExitCode {
    let world = World;
    panic::install();
    let arguments = world.arguments();
    // Help and mistakes of usage are said before the arguments are understood: look for the language first.
    let hint = session::asked_language(world, language_in(&arguments));
    let exit = match args::parse(hint.unwrap_or(Language::English), &arguments) {
        Err(error) => usage(world, hint, &error),
        Ok(cli) => {
            let mut session = Session::new(world, &cli.global);
            match command::run(&mut session, cli.command) {
                Ok(exit) => exit,
                Err(error) => {
                    let trouble = trouble::of(&error);
                    out::complain(&trouble.render(&on_errors(&session)));
                    trouble.exit
                }
            }
        }
    };
    ExitCode::from(exit.code())
}

/// How the error output looks: it may be a file while the output is a terminal.
fn on_errors(session: &Session) -> screen::Look {
    screen::Look {
        color: session.look.color && session.world.errors_are_terminal(),
        ..session.look
    }
}

fn language_in(arguments: &[std::ffi::OsString]) -> Option<Language> {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--language") {
            Some("") => arguments.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        if let Some(tongue) = value.and_then(|value| <Tongue as clap::ValueEnum>::from_str(value, true).ok())
        {
            return Some(tongue.into());
        }
    }
    None
}

fn usage(world: World, language: Option<Language>, error: &clap::Error) -> Exit {
    let look = session::look(world, language, Color::Auto);
    let Some((what, advice)) = args::explain(error) else {
        let is_asked = !error.use_stderr();
        let shown = error.render();
        let text = if look.color {
            shown.ansi().to_string()
        } else {
            shown.to_string()
        };
        if is_asked {
            let _ = out::Out::default().print(&text);
            return Exit::Done;
        }
        out::complain(&text);
        return Exit::Usage;
    };
    let mut trouble = Trouble::usage(what);
    trouble.advice = Some(advice.unwrap_or_else(|| {
        words::both!(
            "serment --help, ou serment COMMANDE --help",
            "serment --help, or serment COMMAND --help"
        )
    }));
    let look = screen::Look {
        color: look.color && world.errors_are_terminal(),
        ..look
    };
    out::complain(&trouble.render(&look));
    Exit::Usage
}

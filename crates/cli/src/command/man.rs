//! `serment man`.

use std::path::Path;

use anyhow::Result;

use crate::args::{Man, command};
use crate::session::Session;
use crate::trouble::{Exit, Trouble, of_io};
use crate::words::both;

/// Prints the main page, or writes one page per command.
pub fn run(session: &mut Session, args: &Man) -> Result<Exit> {
    let tree = command(session.look.language);
    let Some(directory) = &args.out else {
        session.out.print(&page(&tree)?)?;
        return Ok(Exit::Done);
    };
    let failed = |path: &Path| {
        let place = path.display().to_string();
        move |error: std::io::Error| Trouble::new(of_io(&error)).at(place)
    };
    std::fs::create_dir_all(directory).map_err(failed(directory))?;
    let mut written = 0_u64;
    write(&tree, "serment", &mut |name, text| {
        let path = directory.join(format!("{name}.1"));
        std::fs::write(&path, text).map_err(failed(&path))?;
        written += 1;
        Ok(())
    })?;
    let place = directory.display();
    let text = both!(
        "{written} pages de manuel écrites dans {place}",
        "{written} man pages written to {place}"
    );
    session.out.line(session.look.say(&text))?;
    Ok(Exit::Done)
}

fn write(
    command: &clap::Command,
    name: &str,
    each: &mut dyn FnMut(&str, String) -> Result<()>,
) -> Result<()> {
    let named = command
        .clone()
        .name(name.to_owned())
        .display_name(name.to_owned());
    each(name, page(&named)?)?;
    for inner in command.get_subcommands() {
        write(inner, &format!("{name}-{}", inner.get_name()), each)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> Result<String> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

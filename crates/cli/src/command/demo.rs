//! `serment demo`: the promises of a fictitious company, kept end to end, told to someone who was never shown Serment.

mod build;
mod story;

use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::tz::TimeZone;
use serment_examples::{ACCOUNTING, Company, Dialect, World as Theirs};
use serment_keep::ports::Clock;
use serment_register::model::Text;

use crate::args::{Demo, Scripts};
use crate::screen::look::Tone;
use crate::session::{Session, wait};
use crate::trouble::{Exit, Trouble, of_io};
use crate::words::both;
use crate::world::World;

/// Tells the story.
pub fn run(session: &mut Session, args: &Demo) -> Result<Exit> {
    let (place, temporary) = match &args.keep {
        Some(place) => (prepare(place)?, false),
        None => (temporary(session.world)?, true),
    };
    let company = args.company.as_deref().and_then(serment_examples::company);
    match (args.scripts, company) {
        (Some(kind), company) => {
            return scripts(session, &place, company.unwrap_or(&ACCOUNTING), args.people, kind);
        }
        (None, Some(company)) => return databases(session, &place, company, args.people),
        (None, None) => {}
    }
    let leaves = !(args.story && temporary);
    let told = story::tell(session, &place, args.people, leaves);
    if !leaves {
        // A leftover folder is no reason to fail a story that was told.
        let _ = std::fs::remove_dir_all(&place);
    } else if told.is_err() {
        let (look, place) = (session.look, place.display());
        let text = both!("Le dossier est resté : {place}", "The folder was left: {place}");
        crate::out::complain(&format!("{}\n", look.paint(Tone::Dim, look.say(&text))));
    }
    told
}

/// Which of the possible companies.
const SEED: u64 = 20_260_101;

/// The world of the company as it is today.
fn its_world(world: World, people: u64) -> Result<Theirs> {
    let zone = TimeZone::get("Europe/Paris")?;
    Ok(Theirs {
        people,
        // A run in the course of a day takes what was due up to the day before.
        reference: world.now().to_zoned(zone).date().yesterday()?,
        seed: SEED,
    })
}

/// Writes the register and the scripts that fill its databases.
fn scripts(
    session: &mut Session,
    place: &Path,
    company: &Company,
    people: u64,
    kind: Scripts,
) -> Result<Exit> {
    let dialect = match kind {
        Scripts::Sqlite => Dialect::Sqlite,
        Scripts::Postgres => Dialect::Postgres,
        Scripts::Mariadb => Dialect::Mariadb,
    };
    build::register(place, company, dialect)?;
    build::scripts(place, company, its_world(session.world, people)?, dialect)?;
    let look = session.look;
    let folder = place.display();
    let text = both!(
        "Le registre et un script par base sont dans {folder}. Pour chaque base :",
        "The register and a script for each database are in {folder}. For each database:"
    );
    let mut out = format!(
        "{} {}",
        look.tick(),
        look.paragraph(2, look.say(&text)).trim_start()
    );
    for database in company.databases {
        let name = database.name;
        let command = match kind {
            Scripts::Sqlite => format!("sqlite3 {name}.db < {name}.sql"),
            Scripts::Postgres => {
                let variable = format!("{}_URL", name.to_uppercase());
                format!("psql -q -v ON_ERROR_STOP=1 -f {name}.sql \"${variable}\"")
            }
            // The client takes no address: the name of the database, its server in the options of the user.
            Scripts::Mariadb => format!("mariadb {name} < {name}.sql"),
        };
        out.push_str(&format!("    {}\n", look.paint(Tone::Type, &command)));
    }
    if kind != Scripts::Sqlite
        && let Some(database) = company.databases.first()
    {
        let name = database.name.to_uppercase();
        let text = both!(
            "Le registre lit l'adresse de chaque base dans une variable, et en écrit par une autre : {name}_URL et {name}_WRITE_URL. docs/stores.md dit leur forme et les droits.",
            "The register reads the address of each database from a variable, and writes through another: {name}_URL and {name}_WRITE_URL. docs/stores.md tells their form and the rights."
        );
        out.push_str(&look.paragraph(2, look.say(&text)));
    }
    session.out.print(&out)?;
    Ok(Exit::Done)
}

/// Builds the register and the databases of a company, and says what to try.
fn databases(session: &mut Session, place: &Path, company: &'static Company, people: u64) -> Result<Exit> {
    build::register(place, company, Dialect::Sqlite)?;
    wait(build::databases(
        place,
        company,
        its_world(session.world, people)?,
    ))??;
    let look = session.look;
    let (name, folder) = (company.organisation, place.display());
    let (fr, en) = company.trade;
    let text = both!(
        "{name} ({fr}) est dans {folder} : son registre et ses bases. À essayer :",
        "{name} ({en}) is in {folder}: its register and its databases. To try:"
    );
    let mut out = format!(
        "{} {}",
        look.tick(),
        look.paragraph(2, look.say(&text)).trim_start()
    );
    let mut line = |command: &str, what: &str| {
        out.push_str(&format!("    {}\n", look.paint(Tone::Type, command)));
        if !what.is_empty() {
            out.push_str(&look.paragraph(8, what));
        }
    };
    for command in [
        format!("cd {folder}"),
        "serment check --say".to_owned(),
        "serment plan".to_owned(),
    ] {
        line(&command, "");
    }
    for member in company.cast {
        let command = format!("serment explain {}.{} {}", member.store, member.table, member.key);
        line(
            &command,
            look.say(&Text {
                fr: member.fr.to_owned(),
                en: member.en.to_owned(),
            }),
        );
    }
    session.out.print(&out)?;
    Ok(Exit::Done)
}

/// A folder of our own, that nobody else reads.
fn temporary(world: World) -> Result<PathBuf> {
    use serment_keep::ports::Entropy;
    use std::os::unix::fs::DirBuilderExt;
    let mut random = [0_u8; 6];
    world.fill(&mut random)?;
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let place = std::env::temp_dir().join(format!("serment-demo-{name}"));
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&place)
        .map_err(|error| Trouble::new(of_io(&error)).at(place.display().to_string()))?;
    Ok(place)
}

/// A folder that is new, or empty.
fn prepare(place: &Path) -> Result<PathBuf> {
    let failed = |error: std::io::Error| Trouble::new(of_io(&error)).at(place.display().to_string());
    std::fs::create_dir_all(place).map_err(failed)?;
    if std::fs::read_dir(place).map_err(failed)?.next().is_some() {
        return Err(Trouble::usage(both!(
            "ce dossier n'est pas vide : la démonstration n'y écrit pas",
            "this directory is not empty: the demo does not write there"
        ))
        .at(place.display().to_string())
        .into());
    }
    std::path::absolute(place).map_err(|error| failed(error).into())
}

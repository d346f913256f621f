//! `serment demo`: the promises of a fictitious company, kept end to end, told to someone who was never shown Serment.

mod build;
mod story;

use std::path::PathBuf;

use anyhow::Result;

use crate::args::Demo;
use crate::screen::look::Tone;
use crate::session::Session;
use crate::trouble::{Exit, Trouble, of_io};
use crate::words::both;
use crate::world::World;

/// Tells the story.
pub fn run(session: &mut Session, args: &Demo) -> Result<Exit> {
    let (place, temporary) = match &args.keep {
        Some(place) => (prepare(place)?, false),
        None => (temporary(session.world)?, true),
    };
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
fn prepare(place: &std::path::Path) -> Result<PathBuf> {
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

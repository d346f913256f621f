//! Requests of people, as the privacy team files them.

use super::person;
use crate::company::{World, key};
use crate::moment::{Form, YEAR, whole};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table};

pub const SCRIPT: Script = Script {
    schema: &["CREATE TABLE requests (
  id {id} PRIMARY KEY,
  name TEXT,
  email TEXT,
  reply_address TEXT,
  asked TEXT,
  identity_document TEXT,
  received_on {date},
  identity_checked_on {date},
  closed_on {date}
)"],
    tables: &[Table {
        into: "requests (id, name, email, reply_address, asked, identity_document, received_on, identity_checked_on, \
               closed_on)",
        indexes: World::crowd,
        cast: super::cast::requests,
        fill: request,
    }],
    indexes: &[],
};

fn request(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "exercise", index);
    if !random.chance(150) {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let (street, postcode, city) = people::address(&mut random);
    let received = today - random.between(0, 8 * YEAR);
    let paper = random.chance(300);
    rows.row(|row| {
        row.integer(key(index));
        row.text(&person.full());
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(
            random
                .chance(400)
                .then(|| format!("{street}, {postcode} {city}"))
                .as_deref(),
        );
        row.text(random.pick(&[
            "Que savez-vous de moi ?",
            "Effacez mon compte.",
            "Mon nom est mal écrit.",
        ]));
        // A scan under a made-up name: nothing that a prefecture would know.
        row.maybe_text(
            paper
                .then(|| format!("scan-{:08x}.png", random.below(1 << 32)))
                .as_deref(),
        );
        row.time(
            Form::Date,
            whole(Some(received)).or_mess(10, 15, today, &mut random),
        );
        let checked = (received + random.between(1, 12)).min(today);
        row.time(
            Form::Date,
            whole((paper && !random.chance(200)).then_some(checked)),
        );
        let closed = received + random.between(3, 60);
        row.time(
            Form::Date,
            whole((closed <= today && !random.chance(30)).then_some(closed)).or_mess(
                0,
                20,
                today,
                &mut random,
            ),
        );
    });
}

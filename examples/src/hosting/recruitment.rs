//! Job applications.

use super::{Kind, kind, person};
use crate::company::World;
use crate::moment::{Form, When, YEAR, maybe};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE applications (
  id {uuid} PRIMARY KEY NOT NULL,
  first_name TEXT,
  last_name TEXT,
  email TEXT,
  phone TEXT,
  position TEXT,
  cv TEXT,
  motivation TEXT,
  received_at TEXT,
  withdrawn_at TEXT
)",
        "CREATE TABLE notes (
  application_id {uuid} NOT NULL REFERENCES applications (id),
  number INTEGER NOT NULL,
  author TEXT NOT NULL,
  note TEXT,
  PRIMARY KEY (application_id, number)
)",
    ],
    tables: &[
        Table {
            into: "applications (id, first_name, last_name, email, phone, position, cv, motivation, received_at, \
                   withdrawn_at)",
            indexes: World::crowd,
            cast: super::cast::applications,
            fill: application,
        },
        Table {
            into: "notes (application_id, number, author, note)",
            indexes: World::crowd,
            cast: nobody,
            fill: notes,
        },
    ],
    indexes: &[],
};

fn id(world: &World, index: u64) -> Option<String> {
    let candidate = kind(world, index) == Kind::Candidate;
    candidate.then(|| people::uuid(&mut Random::of(world.seed, "application of hosting", index)))
}

fn application(world: &World, index: u64, rows: &mut Rows) {
    let Some(id) = id(world, index) else { return };
    let (person, today) = (person(world, index), world.today());
    let mut random = Random::of(world.seed, "candidate of hosting", index);
    let received = today - random.between(0, 2 * YEAR);
    rows.row(|row| {
        row.text(&id);
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.text(&person.phone);
        row.text(random.pick(&["technicienne réseau", "administrateur système", "téléconseillère"]));
        row.maybe_text(
            random
                .chance(900)
                .then_some("Dix ans de réseaux, dont trois en mer."),
        );
        row.maybe_text(
            random
                .chance(600)
                .then_some("Vos phares m'attirent depuis l'enfance."),
        );
        row.time(
            Form::Text,
            When::on(received, &mut random).or_mess(10, 25, today, &mut random),
        );
        let withdrawn = random
            .chance(80)
            .then(|| (received + random.between(1, 90)).min(today - 1));
        row.time(Form::Text, maybe(withdrawn, &mut random));
    });
}

fn notes(world: &World, index: u64, rows: &mut Rows) {
    let Some(id) = id(world, index) else { return };
    let mut random = Random::of(world.seed, "note", index);
    for number in 0..random.below(3) {
        rows.row(|row| {
            row.text(&id);
            row.integer(number + 1);
            row.text("RH");
            row.text(random.pick(&[
                "À revoir au printemps.",
                "Entretien agréable.",
                "Préfère Valsonge.",
            ]));
        });
    }
}

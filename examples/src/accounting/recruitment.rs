//! Job applications, and the archive that receives them.

use super::crowd::Kind;
use crate::company::World;
use crate::moment::{Form, When, YEAR};
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
  status TEXT NOT NULL,
  cv_path TEXT,
  letter TEXT,
  received_at TEXT,
  decided_at TEXT
)",
        "CREATE TABLE interviews (
  application_id {uuid} NOT NULL REFERENCES applications (id),
  held_on {date} NOT NULL,
  opinion TEXT,
  PRIMARY KEY (application_id, held_on)
)",
    ],
    tables: &[
        Table {
            into: "applications (id, first_name, last_name, email, phone, position, status, cv_path, letter, \
                   received_at, decided_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: application,
        },
        Table {
            into: "interviews (application_id, held_on, opinion)",
            indexes: World::crowd,
            cast: nobody,
            fill: interview,
        },
    ],
    indexes: &[],
};

pub const ARCHIVE: Script = Script {
    schema: &["CREATE TABLE applications (
  id {uuid} PRIMARY KEY NOT NULL,
  content TEXT NOT NULL,
  due_on {date} NOT NULL,
  rule TEXT NOT NULL,
  register_version TEXT NOT NULL
)"],
    tables: &[],
    indexes: &[],
};

/// An application: key, day of receipt, day of the decision.
fn dates(world: &World, index: u64) -> Option<(String, i64, Option<i64>)> {
    if world.kind(index) != Kind::Candidate {
        return None;
    }
    let mut random = Random::of(world.seed, "application", index);
    let id = people::uuid(&mut random);
    let received = world.today() - random.between(0, 3 * YEAR);
    let decided = received + random.between(10, 120);
    Some((id, received, (decided <= world.today()).then_some(decided)))
}

fn application(world: &World, index: u64, rows: &mut Rows) {
    let Some((id, received, decided)) = dates(world, index) else {
        return;
    };
    let person = world.person(index);
    let mut random = Random::of(world.seed, "candidate", index);
    rows.row(|row| {
        row.text(&id);
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.text(&person.phone);
        row.text(random.pick(&["développeuse", "chargé de clientèle", "juriste", "comptable"]));
        row.text(match decided {
            Some(_) => random.pick(&["refused", "refused", "refused", "hired", "withdrawn"]),
            None => random.pick(&["received", "interview", "offer"]),
        });
        row.text(&format!("cv/{id}.pdf"));
        row.maybe_text(
            random
                .chance(700)
                .then_some("Madame, Monsieur, votre maison m'attire depuis longtemps…"),
        );
        row.time(
            Form::Text,
            When::on(received, &mut random).or_mess(5, 15, world.today(), &mut random),
        );
        let decided = decided.map_or(When::Never, |day| When::on(day, &mut random));
        row.time(Form::Text, decided.or_mess(20, 10, world.today(), &mut random));
    });
}

fn interview(world: &World, index: u64, rows: &mut Rows) {
    let Some((id, received, Some(_))) = dates(world, index) else {
        return;
    };
    let mut random = Random::of(world.seed, "interview", index);
    for number in 0..random.pick(&[0, 0, 1, 2]) {
        rows.row(|row| {
            row.text(&id);
            row.time(Form::Date, When::At(received + 3 + number * 4, 0));
            row.maybe_text(
                random
                    .chance(800)
                    .then(|| random.pick(&["Avis favorable.", "Expérience un peu courte."])),
            );
        });
    }
}

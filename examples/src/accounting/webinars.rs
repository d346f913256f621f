//! Webinars: sessions, registrations, attendances.

use super::crowd::{self, Kind};
use crate::company::{World, key};
use crate::moment::{Form, When, maybe};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE sessions (
  id {id} PRIMARY KEY,
  title TEXT NOT NULL,
  starts_at {instant} NOT NULL,
  ends_at {instant}
)",
        // No foreign key on session_id: the platform forgot some sessions.
        "CREATE TABLE registrations (
  id {id} PRIMARY KEY,
  session_id {id},
  first_name TEXT,
  last_name TEXT,
  email TEXT,
  job_title TEXT,
  login TEXT,
  region TEXT,
  topics TEXT,
  registered_at {instant},
  invitations_refused_at {instant}
)",
        "CREATE TABLE attendances (
  registration_id {id} NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  joined_at {instant},
  left_at {instant},
  ip TEXT,
  device TEXT,
  PRIMARY KEY (registration_id, number)
)",
    ],
    tables: &[
        Table {
            into: "sessions (id, title, starts_at, ends_at)",
            indexes: |_| SESSIONS,
            cast: nobody,
            fill: session,
        },
        Table {
            into: "registrations (id, session_id, first_name, last_name, email, job_title, login, region, topics, \
                   registered_at, invitations_refused_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: registration,
        },
        Table {
            into: "attendances (registration_id, number, joined_at, left_at, ip, device)",
            indexes: World::crowd,
            cast: nobody,
            fill: attendances,
        },
    ],
    indexes: &["CREATE INDEX registrations_session ON registrations (session_id)"],
};

/// One session every three weeks, the last four of them still to come.
const SESSIONS: u64 = 110;
const TO_COME: i64 = 4;
const THREE_WEEKS: i64 = 21;

fn day_of(world: &World, session: u64) -> i64 {
    world.today() + (TO_COME - (SESSIONS - session) as i64) * THREE_WEEKS + 3
}

fn session(world: &World, index: u64, rows: &mut Rows) {
    let day = day_of(world, index);
    rows.row(|row| {
        row.integer(index + 1);
        row.text(&format!(
            "Séance {} : {}",
            index + 1,
            ["vigilance", "déclaration", "prise en main"][index as usize % 3]
        ));
        row.time(Form::Instant, When::At(day, 36_000));
        // The platform never wrote the end of some sessions.
        row.time(
            Form::Instant,
            if index % 37 == 5 {
                When::Never
            } else {
                When::At(day, 41_400)
            },
        );
    });
}

/// The session for which a person registered: one of the list, one that is gone, or none.
fn session_of(world: &World, index: u64) -> Option<Option<u64>> {
    let mut random = Random::of(world.seed, "registration", index);
    let registered = match world.kind(index) {
        Kind::Customer => random.chance(300),
        Kind::Prospect => random.chance(120),
        _ => false,
    };
    registered.then(|| match random.below(100) {
        0 => Some(SESSIONS + 40),
        1 => None,
        _ => Some(random.below(SESSIONS)),
    })
}

fn registration(world: &World, index: u64, rows: &mut Rows) {
    let Some(session) = session_of(world, index) else {
        return;
    };
    let (person, today) = (world.person(index), world.today());
    let mut random = Random::of(world.seed, "registered", index);
    let day = session
        .filter(|session| *session < SESSIONS)
        .map_or(today - 1500, |session| day_of(world, session));
    let registered = (day - random.between(1, 60)).min(today);
    rows.row(|row| {
        row.integer(key(index));
        row.maybe_integer(session.map(|session| session + 1));
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.text(crowd::job(&mut random));
        row.text(&format!("estrade-{index}"));
        row.text(random.pick(&["Bretagne", "Occitanie", "La Réunion", "Grand Est"]));
        row.maybe_text(
            random
                .chance(700)
                .then(|| random.pick(&["vigilance", "déclaration", "vigilance, fiscalité"])),
        );
        row.time(Form::Instant, When::on(registered, &mut random));
        let refused = random
            .chance(80)
            .then(|| (registered + random.between(1, 400)).min(today - 1));
        row.time(Form::Instant, maybe(refused, &mut random));
    });
}

fn attendances(world: &World, index: u64, rows: &mut Rows) {
    let Some(Some(session)) = session_of(world, index) else {
        return;
    };
    if session >= SESSIONS || day_of(world, session) >= world.today() {
        return;
    }
    let day = day_of(world, session);
    let mut random = Random::of(world.seed, "attendance", index);
    for number in 0..random.pick(&[0, 1, 1, 2]) {
        rows.row(|row| {
            row.integer(key(index));
            row.integer(number + 1);
            row.time(Form::Instant, When::At(day, 36_000 + number * 900));
            row.time(Form::Instant, When::At(day, 36_600 + number * 2_400));
            row.text(&people::ip(&mut random));
            row.text(people::device(&mut random));
        });
    }
}

//! Visitors who accepted audience measurement, their visits, the server's log.

use super::crowd::Kind;
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE visitors (
  id {code} PRIMARY KEY NOT NULL,
  device TEXT,
  first_seen_at BIGINT,
  last_seen_at BIGINT,
  consent_given_at BIGINT,
  consent_withdrawn_at BIGINT
)",
        "CREATE TABLE visits (
  id {id} PRIMARY KEY,
  visitor_id {code} REFERENCES visitors (id) ON DELETE CASCADE,
  started_at BIGINT,
  ip TEXT,
  landing TEXT,
  referrer TEXT
)",
        "CREATE TABLE requests (
  id {id} PRIMARY KEY,
  logged_at {instant},
  ip TEXT,
  path TEXT,
  user_agent TEXT,
  status INTEGER NOT NULL
)",
    ],
    tables: &[
        Table {
            into: "visitors (id, device, first_seen_at, last_seen_at, consent_given_at, consent_withdrawn_at)",
            indexes: World::crowd,
            cast: super::cast::visitors,
            fill: visitor,
        },
        Table {
            into: "visits (id, visitor_id, started_at, ip, landing, referrer)",
            indexes: World::crowd,
            cast: super::cast::visits,
            fill: visits,
        },
        Table {
            into: "requests (id, logged_at, ip, path, user_agent, status)",
            indexes: World::crowd,
            cast: nobody,
            fill: request,
        },
    ],
    indexes: &[
        "CREATE INDEX visits_visitor ON visits (visitor_id)",
        "CREATE INDEX visits_started ON visits (started_at)",
        "CREATE INDEX requests_logged ON requests (logged_at)",
    ],
};

/// Days of the visits of a person, the last one first; none when she refused measurement.
fn days_of(world: &World, index: u64) -> Vec<i64> {
    let mut random = Random::of(world.seed, "visits", index);
    let measured = match world.kind(index) {
        Kind::Visitor => true,
        Kind::Customer | Kind::Prospect => random.chance(400),
        Kind::Candidate => false,
    };
    if !measured {
        return Vec::new();
    }
    let mut day = world.today() - random.between(0, 4 * YEAR).min(random.between(0, 4 * YEAR));
    (0..random.pick(&[1, 1, 2, 2, 3]))
        .map(|_| {
            let this = day;
            day -= random.between(1, 200);
            this
        })
        .collect()
}

fn cookie(world: &World, index: u64) -> String {
    let mut random = Random::of(world.seed, "cookie", index);
    format!("v-{:016x}", random.next())
}

fn visitor(world: &World, index: u64, rows: &mut Rows) {
    let days = days_of(world, index);
    let (Some(last), Some(first)) = (days.first().copied(), days.last().copied()) else {
        return;
    };
    let today = world.today();
    let mut random = Random::of(world.seed, "visitor", index);
    rows.row(|row| {
        row.text(&cookie(world, index));
        row.text(people::device(&mut random));
        row.time(Form::Seconds, When::At(first, 21_600));
        row.time(
            Form::Seconds,
            When::At(last, 79_200).or_mess(0, 8, today, &mut random),
        );
        row.time(Form::Seconds, When::At(first, 21_600));
        let withdrawn = random
            .chance(60)
            .then(|| (last + random.between(1, 300)).min(today - 1));
        row.time(
            Form::Seconds,
            maybe(withdrawn.filter(|day| *day > last), &mut random),
        );
    });
}

fn visits(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "visit", index);
    for (number, day) in days_of(world, index).into_iter().enumerate() {
        rows.row(|row| {
            row.integer(key(index) * 4 + number as u64);
            row.text(&cookie(world, index));
            // Now and then a program wrote seconds where milliseconds belong: January 1970.
            let form = if random.chance(4) {
                Form::Seconds
            } else {
                Form::Milliseconds
            };
            row.time(form, When::on(day, &mut random));
            row.text(&people::ip(&mut random));
            row.text(random.pick(&PAGES));
            row.maybe_text(
                random
                    .chance(500)
                    .then(|| random.pick(&["https://moteur.example/", "https://revue.example/"])),
            );
        });
    }
}

fn request(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "request", index);
    if !random.chance(550) {
        return;
    }
    let day = world.today() - random.between(0, 2 * YEAR);
    rows.row(|row| {
        row.integer(key(index));
        row.time(
            Form::Instant,
            When::on(day, &mut random).or_mess(0, 3, world.today(), &mut random),
        );
        row.text(&people::ip(&mut random));
        row.text(random.pick(&PAGES));
        row.text(people::device(&mut random));
        row.integer(random.pick(&[200, 200, 200, 304, 404, 500]));
    });
}

const PAGES: [&str; 6] = [
    "/",
    "/blog/vigilance",
    "/tarifs",
    "/blog/declaration",
    "/contact",
    "/aide",
];

//! The platform: clients, the users of the solution and their questions. What visitors asked stands in `talk`.

use super::{Kind, kind, person, talk};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe, whole};
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE clients (
  id {id} PRIMARY KEY,
  name TEXT NOT NULL,
  contract_ended_on {date},
  destroy_on {date}
)",
        "CREATE TABLE users (
  id {id} PRIMARY KEY,
  client_id {id} REFERENCES clients (id),
  first_name TEXT,
  last_name TEXT,
  email {code},
  job_title TEXT,
  password_hash TEXT,
  last_login_at {instant},
  disabled_at {instant}
)",
        "CREATE TABLE tickets (
  id {id} PRIMARY KEY,
  user_id {id} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  subject TEXT,
  opened_at {instant}
)",
        "CREATE TABLE conversations (
  id {uuid} PRIMARY KEY NOT NULL,
  client_id {id} NOT NULL REFERENCES clients (id),
  visitor TEXT,
  email {code},
  rating INTEGER,
  started_at {instant}
)",
        "CREATE TABLE messages (
  conversation_id {uuid} NOT NULL REFERENCES conversations (id),
  number INTEGER NOT NULL,
  author TEXT NOT NULL,
  body TEXT,
  sent_at {instant},
  PRIMARY KEY (conversation_id, number)
)",
        "CREATE TABLE searches (
  id {id} PRIMARY KEY,
  client_id {id} NOT NULL REFERENCES clients (id),
  visitor TEXT,
  ip TEXT,
  query TEXT NOT NULL,
  article TEXT,
  searched_at BIGINT
)",
    ],
    tables: &[
        Table {
            into: "clients (id, name, contract_ended_on, destroy_on)",
            indexes: |_| CLIENTS,
            cast: super::cast::clients,
            fill: client,
        },
        Table {
            into: "users (id, client_id, first_name, last_name, email, job_title, password_hash, last_login_at, \
                   disabled_at)",
            indexes: World::crowd,
            cast: super::cast::users,
            fill: user,
        },
        Table {
            into: "tickets (id, user_id, subject, opened_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: tickets,
        },
        talk::CONVERSATIONS,
        talk::MESSAGES,
        talk::SEARCHES,
    ],
    indexes: &[
        "CREATE INDEX users_client ON users (client_id)",
        "CREATE INDEX tickets_user ON tickets (user_id)",
        "CREATE INDEX conversations_client ON conversations (client_id)",
        "CREATE INDEX conversations_started ON conversations (started_at)",
        "CREATE INDEX searches_client ON searches (client_id)",
        "CREATE INDEX searches_moment ON searches (searched_at)",
    ],
};

/// How many clients, whatever the number of people: those of the cast come beside.
const CLIENTS: u64 = 30;

/// The client on whose site a person is, or for whom she works.
pub fn client_of(world: &World, index: u64) -> u64 {
    Random::of(world.seed, "site of", index).below(CLIENTS)
}

fn client(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "client of selfcare", index);
    let today = world.today();
    rows.row(|row| {
        row.integer(key(index));
        row.text(&format!(
            "{} n° {}",
            random.pick(&[
                "Boutique des Lutins",
                "Chaussures de Lune",
                "Librairie d'Ys",
                "Jouets du Marais"
            ]),
            index + 1
        ));
        // In every ten: one gone for years and destroyed, one gone that waits for its date, one that has not chosen any,
        // one that has said when it will leave.
        let (ended, destroy) = match index % 10 {
            2 => {
                let ended = today - random.between(400, 3 * YEAR);
                (Some(ended), Some(ended + 60))
            }
            5 => (
                Some(today - random.between(20, 300)),
                Some(today + random.between(5, 60)),
            ),
            7 => (Some(today - random.between(200, 800)), None),
            9 => (Some(today + random.between(1, 200)), None),
            _ => (None, None),
        };
        row.time(Form::Date, whole(ended));
        row.time(Form::Date, whole(destroy));
    });
}

fn user(world: &World, index: u64, rows: &mut Rows) {
    if kind(world, index) != Kind::User {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let mut random = Random::of(world.seed, "user of selfcare", index);
    rows.row(|row| {
        row.integer(key(index));
        // A user whose client was mistyped belongs to nobody.
        row.maybe_integer((!random.chance(20)).then(|| key(client_of(world, index))));
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(
            random
                .chance(700)
                .then(|| random.pick(&["rédactrice", "conseiller", "chef de projet"])),
        );
        // The shape of a hash; no password gives it.
        row.text(&format!(
            "$argon2id$v=19$m=65536,t=3,p=4$c2Vs${:016x}",
            random.next()
        ));
        let login = today - random.between(0, 2 * YEAR);
        row.time(
            Form::Instant,
            When::on(login, &mut random).or_mess(100, 15, today, &mut random),
        );
        row.time(
            Form::Instant,
            maybe(random.chance(100).then_some(login), &mut random),
        );
    });
}

fn tickets(world: &World, index: u64, rows: &mut Rows) {
    if kind(world, index) != Kind::User {
        return;
    }
    let mut random = Random::of(world.seed, "ticket of selfcare", index);
    for number in 0..random.below(3) {
        let day = world.today() - random.between(0, 3 * YEAR);
        rows.row(|row| {
            row.integer(key(index) * 4 + number);
            row.integer(key(index));
            row.text(random.pick(&[
                "Le lutin répond à côté",
                "Ajouter une question",
                "Mot de passe refusé",
            ]));
            row.time(Form::Instant, When::on(day, &mut random));
        });
    }
}

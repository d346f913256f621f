//! The portals of clients: their users, what these wrote, the traces of what was done.

use super::{Kind, kind, login, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, whole};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE clients (
  id {id} PRIMARY KEY,
  name TEXT NOT NULL,
  contract_started_on {date} NOT NULL,
  contract_ended_on {date}
)",
        "CREATE TABLE users (
  id {id} PRIMARY KEY,
  client_id {id} REFERENCES clients (id),
  login {code} UNIQUE,
  password_hash TEXT,
  first_name TEXT,
  last_name TEXT,
  email {code},
  settings {json},
  disabled {bool} NOT NULL DEFAULT FALSE,
  created_at {instant}
)",
        "CREATE TABLE messages (
  id {id} PRIMARY KEY,
  user_id {id} NOT NULL REFERENCES users (id),
  body TEXT,
  written_at {instant}
)",
        "CREATE TABLE actions (
  id {id} PRIMARY KEY,
  client_id {id},
  login TEXT,
  ip TEXT,
  action TEXT NOT NULL,
  acted_at BIGINT
)",
    ],
    tables: &[
        Table {
            into: "clients (id, name, contract_started_on, contract_ended_on)",
            indexes: clients,
            cast: super::cast::clients,
            fill: client,
        },
        Table {
            into: "users (id, client_id, login, password_hash, first_name, last_name, email, settings, disabled, \
                   created_at)",
            indexes: World::crowd,
            cast: super::cast::users,
            fill: user,
        },
        Table {
            into: "messages (id, user_id, body, written_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: messages,
        },
        Table {
            into: "actions (id, client_id, login, ip, action, acted_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: actions,
        },
    ],
    indexes: &[
        "CREATE INDEX users_client ON users (client_id)",
        "CREATE INDEX messages_user ON messages (user_id)",
        "CREATE INDEX actions_moment ON actions (acted_at)",
    ],
};

fn clients(world: &World) -> u64 {
    10 + world.crowd() / 400
}

fn client(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "client", index);
    let today = world.today();
    rows.row(|row| {
        row.integer(key(index));
        row.text(&format!(
            "{} n° {}",
            random.pick(&["Clinique des Embruns", "Lycée du Phare", "Association des Quais"]),
            index + 1
        ));
        row.time(
            Form::Date,
            When::At(today - random.between(2 * YEAR, 9 * YEAR), 0),
        );
        // In every ten: one long gone, one that has just left, one that has said when it will.
        row.time(
            Form::Date,
            whole(match index % 10 {
                2 => Some(today - random.between(31, YEAR)),
                5 => Some(today - random.between(1, 29)),
                7 => Some(today + random.between(1, 200)),
                _ => None,
            }),
        );
    });
}

fn client_of(world: &World, index: u64) -> u64 {
    Random::of(world.seed, "client of", index).below(clients(world))
}

fn user(world: &World, index: u64, rows: &mut Rows) {
    if kind(world, index) != Kind::EndUser {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let mut random = Random::of(world.seed, "user", index);
    rows.row(|row| {
        row.integer(key(index));
        // A user whose client was mistyped belongs to nobody.
        row.maybe_integer((!random.chance(8)).then(|| key(client_of(world, index))));
        row.text(&login(index));
        // The shape of a hash; no password gives it.
        row.text(&format!(
            "$argon2id$v=19$m=65536,t=3,p=4$c2Vs${:016x}",
            random.next()
        ));
        row.maybe_text((!random.chance(50)).then_some(person.first));
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        if random.chance(700) {
            row.text(&format!(
                "{{\"language\": \"fr\", \"theme\": \"{}\"}}",
                random.pick(&["clair", "sombre"])
            ));
        } else {
            row.null();
        }
        row.boolean(random.chance(120));
        let created = today - random.between(30, 6 * YEAR);
        row.time(
            Form::Instant,
            When::on(created, &mut random).or_mess(10, 10, today, &mut random),
        );
    });
}

fn messages(world: &World, index: u64, rows: &mut Rows) {
    if kind(world, index) != Kind::EndUser {
        return;
    }
    let mut random = Random::of(world.seed, "portal message", index);
    for number in 0..random.below(3) {
        let day = world.today() - random.between(0, 2 * YEAR);
        rows.row(|row| {
            row.integer(key(index) * 4 + number);
            row.integer(key(index));
            row.text(random.pick(&[
                "Mon poste ne sonne plus.",
                "Merci !",
                "Peut-on changer l'annonce d'accueil ?",
            ]));
            row.time(Form::Instant, When::on(day, &mut random));
        });
    }
}

fn actions(world: &World, index: u64, rows: &mut Rows) {
    if kind(world, index) != Kind::EndUser {
        return;
    }
    let mut random = Random::of(world.seed, "action", index);
    let today = world.today();
    for number in 0..random.below(6) {
        let day = today - random.between(0, 2 * YEAR);
        rows.row(|row| {
            row.integer(key(index) * 8 + number);
            row.integer(key(client_of(world, index)));
            row.text(&login(index));
            row.text(&people::ip(&mut random));
            row.text(random.pick(&[
                "connexion",
                "mot de passe changé",
                "renvoi d'appel",
                "demande ouverte",
            ]));
            // Now and then a program wrote seconds where milliseconds belong: January 1970.
            let form = if random.chance(5) {
                Form::Seconds
            } else {
                Form::Milliseconds
            };
            row.time(form, When::on(day, &mut random));
        });
    }
}

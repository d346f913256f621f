//! The application: firms, their users, the invoices that they write.

use super::{Kind, kind, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, whole};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE accounts (
  code {code} PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  contract_ended_on {date}
)",
        "CREATE TABLE users (
  id {id} PRIMARY KEY,
  account_code {code} REFERENCES accounts (code),
  name TEXT,
  email {code},
  password_hash TEXT,
  last_seen_at {instant}
)",
        // Each client numbers its own: the key is the client's code and its number.
        "CREATE TABLE documents (
  account_code {code} NOT NULL REFERENCES accounts (code),
  number INTEGER NOT NULL,
  issued_at {local},
  billed_name TEXT,
  billed_email TEXT,
  address TEXT,
  total_cents BIGINT,
  PRIMARY KEY (account_code, number)
)",
        "CREATE TABLE document_lines (
  account_code {code} NOT NULL,
  number INTEGER NOT NULL,
  line INTEGER NOT NULL,
  label TEXT,
  cents BIGINT,
  PRIMARY KEY (account_code, number, line),
  FOREIGN KEY (account_code, number) REFERENCES documents (account_code, number)
)",
    ],
    tables: &[
        Table {
            into: "accounts (code, name, contract_ended_on)",
            indexes: accounts,
            cast: super::cast::service_accounts,
            fill: account,
        },
        Table {
            into: "users (id, account_code, name, email, password_hash, last_seen_at)",
            indexes: World::crowd,
            cast: super::cast::users,
            fill: user,
        },
        Table {
            into: "documents (account_code, number, issued_at, billed_name, billed_email, address, total_cents)",
            indexes: World::crowd,
            cast: nobody,
            fill: documents,
        },
        Table {
            into: "document_lines (account_code, number, line, label, cents)",
            indexes: World::crowd,
            cast: nobody,
            fill: lines,
        },
    ],
    indexes: &["CREATE INDEX users_account ON users (account_code)"],
};

fn accounts(world: &World) -> u64 {
    12 + world.crowd() / 300
}

fn code(account: u64) -> String {
    format!("V-{:04}", account + 10)
}

fn account(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "account of vouivre", index);
    let today = world.today();
    rows.row(|row| {
        row.text(&code(index));
        row.text(&format!(
            "{} {}",
            random.pick(&["Plomberie du Héron", "Fleurs de Brume", "Taxi des Trois-Lunes"]),
            index + 10
        ));
        // In every ten: two long gone, one that has just left, one that has said when it will.
        row.time(
            Form::Date,
            whole(match index % 10 {
                1 | 6 => Some(today - random.between(31, YEAR)),
                4 => Some(today - random.between(1, 29)),
                8 => Some(today + random.between(1, 200)),
                _ => None,
            }),
        );
    });
}

fn account_of(world: &World, index: u64) -> String {
    code(Random::of(world.seed, "account of", index).below(accounts(world)))
}

fn user(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "user of vouivre", index);
    if kind(world, index) != Kind::Service || !random.chance(500) {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    rows.row(|row| {
        row.integer(key(index));
        row.maybe_text((!random.chance(15)).then(|| account_of(world, index)).as_deref());
        row.text(&person.full());
        row.text(&person.email_as_typed(&mut random));
        // The shape of a hash; no password gives it.
        row.text(&format!(
            "$argon2id$v=19$m=65536,t=3,p=4$c2Vs${:016x}",
            random.next()
        ));
        let seen = today - random.between(0, YEAR);
        row.time(
            Form::Instant,
            When::on(seen, &mut random).or_mess(80, 10, today, &mut random),
        );
    });
}

/// The documents in which a person is billed: their numbers.
fn numbers(world: &World, index: u64) -> std::ops::Range<u64> {
    let mut random = Random::of(world.seed, "document", index);
    let first = key(index) * 4;
    match kind(world, index) {
        Kind::Service => first..first + random.below(4),
        _ => 0..0,
    }
}

fn documents(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "document of vouivre", index);
    for number in numbers(world, index) {
        let person = person(world, index);
        let (street, postcode, city) = people::address(&mut random);
        rows.row(|row| {
            row.text(&account_of(world, index));
            row.integer(number);
            let day = world.today() - random.between(0, 4 * YEAR);
            row.time(Form::Local, When::on(day, &mut random));
            row.text(&person.full());
            row.maybe_text(
                (!random.chance(300))
                    .then(|| person.email_as_typed(&mut random))
                    .as_deref(),
            );
            row.text(&format!("{street}, {postcode} {city}"));
            row.integer(random.between(10, 3_000) * 100);
        });
    }
}

fn lines(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "line of vouivre", index);
    for number in numbers(world, index) {
        for line in 0..random.between(1, 3) {
            rows.row(|row| {
                row.text(&account_of(world, index));
                row.integer(number);
                row.integer(line + 1);
                row.text(random.pick(&["Pose d'une porte", "Bouquet de saison", "Course de nuit"]));
                row.integer(random.between(10, 900) * 100);
            });
        }
    }
}

//! Customers and prospects.

use super::{Kind, kind, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe, whole};
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE accounts (
  id {id} PRIMARY KEY,
  name TEXT NOT NULL,
  siren TEXT,
  contract_started_on {date},
  contract_ended_on {date}
)",
        "CREATE TABLE contacts (
  id {id} PRIMARY KEY,
  account_id {id} REFERENCES accounts (id),
  kind CHAR(1) NOT NULL CHECK (kind IN ('C', 'P')),
  first_name TEXT,
  last_name TEXT,
  email {code},
  phone TEXT,
  job_title TEXT,
  notes TEXT,
  last_contact_at {local},
  objected_at {local},
  created_at {instant},
  deleted_at {local}
)",
        "CREATE TABLE exchanges (
  id {id} PRIMARY KEY,
  contact_id {id} NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  said_at {instant},
  content TEXT
)",
    ],
    tables: &[
        Table {
            into: "accounts (id, name, siren, contract_started_on, contract_ended_on)",
            indexes: accounts,
            cast: super::cast::accounts,
            fill: account,
        },
        Table {
            into: "contacts (id, account_id, kind, first_name, last_name, email, phone, job_title, notes, \
                   last_contact_at, objected_at, created_at, deleted_at)",
            indexes: World::crowd,
            cast: super::cast::contacts,
            fill: contact,
        },
        Table {
            into: "exchanges (id, contact_id, said_at, content)",
            indexes: World::crowd,
            cast: nobody,
            fill: exchanges,
        },
    ],
    indexes: &[
        "CREATE INDEX contacts_account ON contacts (account_id)",
        "CREATE INDEX contacts_last_contact ON contacts (last_contact_at)",
        "CREATE INDEX exchanges_contact ON exchanges (contact_id)",
    ],
};

fn accounts(world: &World) -> u64 {
    world.crowd() / 15 + 3
}

fn account(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "organisation", index);
    let today = world.today();
    let start = today - random.between(YEAR, 14 * YEAR);
    let end = random
        .chance(450)
        .then(|| random.between(start + 90, today + YEAR));
    rows.row(|row| {
        row.integer(key(index));
        row.text(&format!(
            "{} {}",
            random.pick(&["Clinique des Embruns", "Lycée du Phare", "Transports Méluce"]),
            index + 1
        ));
        // No enterprise number begins with three zeros.
        row.maybe_text(
            random
                .chance(900)
                .then(|| format!("000 {:03} {:03}", random.below(1000), random.below(1000)))
                .as_deref(),
        );
        row.time(Form::Date, whole((!random.chance(60)).then_some(start)));
        row.time(Form::Date, whole(end));
    });
}

/// The day of the last exchange that the file of the person tells.
fn last_contact(world: &World, index: u64) -> Option<i64> {
    let mut random = Random::of(world.seed, "last contact", index);
    let last = world.today() - random.between(0, 6 * YEAR);
    (!random.chance(60)).then_some(last)
}

fn contact(world: &World, index: u64, rows: &mut Rows) {
    let customer = match kind(world, index) {
        Kind::Customer => true,
        Kind::Prospect => false,
        _ => return,
    };
    let (person, today) = (person(world, index), world.today());
    let mut random = Random::of(world.seed, "contact of hosting", index);
    let last = last_contact(world, index);
    rows.row(|row| {
        row.integer(key(index));
        row.maybe_integer((customer && !random.chance(15)).then(|| key(random.below(accounts(world)))));
        row.text(if customer { "C" } else { "P" });
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text((!random.chance(300)).then_some(&person.phone));
        row.maybe_text(random.chance(800).then(|| {
            random.pick(&[
                "responsable informatique",
                "directrice",
                "acheteur",
                "déléguée à la protection des données",
            ])
        }));
        row.maybe_text(
            random
                .chance(250)
                .then_some("Connaît bien le quai, pas les câbles."),
        );
        row.time(
            Form::Local,
            maybe(last, &mut random).or_mess(0, 20, today, &mut random),
        );
        row.time(
            Form::Local,
            maybe(
                last.filter(|_| random.chance(60)).map(|day| day.min(today - 1)),
                &mut random,
            ),
        );
        let created = last.unwrap_or(today - 2 * YEAR) - random.between(0, 2 * YEAR);
        row.time(
            Form::Instant,
            When::on(created, &mut random).or_mess(10, 10, today, &mut random),
        );
        row.time(
            Form::Local,
            maybe(last.filter(|_| random.chance(40)), &mut random),
        );
    });
}

fn exchanges(world: &World, index: u64, rows: &mut Rows) {
    if !matches!(kind(world, index), Kind::Customer | Kind::Prospect) {
        return;
    }
    let Some(last) = last_contact(world, index) else {
        return;
    };
    let mut random = Random::of(world.seed, "exchange", index);
    for number in 0..random.below(4) {
        // A call that the switchboard wrote down may come after what the file says.
        let day = (last + 30 - random.between(0, 2 * YEAR)).min(world.today());
        rows.row(|row| {
            row.integer(key(index) * 4 + number);
            row.integer(key(index));
            row.time(
                Form::Instant,
                When::on(day, &mut random).or_mess(5, 5, world.today(), &mut random),
            );
            row.text(random.pick(&[
                "Demande un second lien pour la sirène du port.",
                "Se plaint d'une coupure dimanche.",
                "Voudrait visiter la salle des machines.",
            ]));
        });
    }
}

//! Clients' contacts, prospects, subscribers, webinars.

use super::{Kind, kind, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe, whole};
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE companies (
  id {id} PRIMARY KEY,
  name TEXT NOT NULL,
  contract_began_on {date},
  contract_ended_on {date}
)",
        "CREATE TABLE contacts (
  id {id} PRIMARY KEY,
  company_id {id} REFERENCES companies (id),
  kind TEXT NOT NULL,
  first_name TEXT,
  last_name TEXT,
  email {code},
  phone TEXT,
  job_title TEXT,
  comment TEXT,
  last_contact_at {local},
  objected_at {local},
  created_at {instant},
  hidden {bool} NOT NULL DEFAULT FALSE
)",
        "CREATE TABLE subscribers (
  email {code} PRIMARY KEY NOT NULL,
  name TEXT,
  subscribed_at {local},
  last_click_at {local},
  unsubscribed_at {local}
)",
        "CREATE TABLE registrations (
  id {id} PRIMARY KEY,
  name TEXT,
  email TEXT,
  employer TEXT,
  held_on {date},
  registered_at {instant}
)",
    ],
    tables: &[
        Table {
            into: "companies (id, name, contract_began_on, contract_ended_on)",
            indexes: companies,
            cast: nobody,
            fill: company,
        },
        Table {
            into: "contacts (id, company_id, kind, first_name, last_name, email, phone, job_title, comment, \
                   last_contact_at, objected_at, created_at, hidden)",
            indexes: World::crowd,
            cast: super::cast::contacts,
            fill: contact,
        },
        Table {
            into: "subscribers (email, name, subscribed_at, last_click_at, unsubscribed_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: subscriber,
        },
        Table {
            into: "registrations (id, name, email, employer, held_on, registered_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: registration,
        },
    ],
    indexes: &[
        "CREATE INDEX contacts_company ON contacts (company_id)",
        "CREATE INDEX contacts_last_contact ON contacts (last_contact_at)",
        "CREATE INDEX registrations_day ON registrations (held_on)",
    ],
};

fn companies(world: &World) -> u64 {
    world.crowd() / 20 + 4
}

fn company(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "company", index);
    let today = world.today();
    let start = today - random.between(300, 12 * YEAR);
    let end = random
        .chance(550)
        .then(|| random.between(start + 90, today + YEAR / 2));
    rows.row(|row| {
        row.integer(key(index));
        row.text(&format!(
            "{} {}",
            random.pick(&["Boutique des Lutins", "Chaussures de Lune", "Librairie d'Ys"]),
            index + 1
        ));
        row.time(Form::Date, whole((!random.chance(50)).then_some(start)));
        row.time(Form::Date, whole(end));
    });
}

fn contact(world: &World, index: u64, rows: &mut Rows) {
    let client = match kind(world, index) {
        Kind::Client => true,
        Kind::Prospect => false,
        _ => return,
    };
    let (person, today) = (person(world, index), world.today());
    let mut random = Random::of(world.seed, "contact of selfcare", index);
    let last = (!random.chance(80)).then(|| today - random.between(0, 8 * YEAR));
    rows.row(|row| {
        row.integer(key(index));
        row.maybe_integer((client && !random.chance(20)).then(|| key(random.below(companies(world)))));
        row.text(if client {
            random.pick(&["client", "client", "former client"])
        } else {
            "prospect"
        });
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text((!random.chance(300)).then_some(&person.phone));
        row.maybe_text(
            random
                .chance(700)
                .then(|| random.pick(&["directrice", "chef de produit", "acheteuse"])),
        );
        row.maybe_text(
            random
                .chance(250)
                .then_some("Aime les lutins, moins les formulaires."),
        );
        row.time(
            Form::Local,
            maybe(last, &mut random).or_mess(0, 20, today, &mut random),
        );
        let objected = last.filter(|_| random.chance(70)).map(|day| day.min(today - 1));
        row.time(Form::Local, maybe(objected, &mut random));
        let created = last.unwrap_or(today - 3 * YEAR) - random.between(0, 3 * YEAR);
        row.time(
            Form::Instant,
            When::on(created, &mut random).or_mess(10, 10, today, &mut random),
        );
        row.boolean(random.chance(50));
    });
}

fn subscriber(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "subscriber of selfcare", index);
    let subscribed = match kind(world, index) {
        Kind::Client | Kind::Prospect => random.chance(500),
        Kind::User => random.chance(200),
        Kind::Visitor => false,
    };
    if !subscribed {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let start = today - random.between(1, 7 * YEAR);
    rows.row(|row| {
        // The key as it was typed: two people may write one address in two ways, and stand there twice.
        row.text(person.email_as_typed(&mut random).trim());
        row.maybe_text((!random.chance(300)).then(|| person.full()).as_deref());
        row.time(
            Form::Local,
            When::on(start, &mut random).or_mess(15, 15, today, &mut random),
        );
        let click = random.chance(600).then(|| random.between(start, today));
        row.time(
            Form::Local,
            maybe(click, &mut random).or_mess(0, 15, today, &mut random),
        );
        let end = random.chance(200).then(|| random.between(start, today - 1));
        row.time(Form::Local, maybe(end, &mut random));
    });
}

fn registration(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "registration of selfcare", index);
    let came = match kind(world, index) {
        Kind::Visitor => false,
        _ => random.chance(250),
    };
    if !came {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let held = today + 40 - random.between(0, 3 * YEAR);
    rows.row(|row| {
        row.integer(key(index));
        row.text(&person.full());
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(random.chance(700).then_some("Librairie d'Ys"));
        // The tool never wrote the day of some webinars.
        row.time(Form::Date, whole(Some(held)).or_mess(60, 15, today, &mut random));
        row.time(
            Form::Instant,
            When::on((held - random.between(1, 40)).min(today), &mut random),
        );
    });
}

//! The customer file and its invoices.

use jiff::civil::date;

use super::{is_member, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, day, days, maybe, whole};
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE contacts (
  id {id} PRIMARY KEY,
  first_name TEXT,
  last_name TEXT,
  organisation TEXT,
  phone TEXT,
  other_phone TEXT,
  email {code},
  other_email TEXT,
  last_contact_at {local},
  departed_at {local},
  objected_at {local},
  created_at {local}
)",
        "CREATE TABLE invoices (
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  organisation TEXT NOT NULL,
  attention_of TEXT,
  issued_on {date} NOT NULL,
  financial_year_end {date} NOT NULL,
  total_cents BIGINT NOT NULL,
  PRIMARY KEY (year, number)
)",
    ],
    tables: &[
        Table {
            into: "contacts (id, first_name, last_name, organisation, phone, other_phone, email, other_email, \
                   last_contact_at, departed_at, objected_at, created_at)",
            indexes: World::crowd,
            cast: super::cast::contacts,
            fill: contact,
        },
        Table {
            into: "invoices (year, number, organisation, attention_of, issued_on, financial_year_end, total_cents)",
            indexes: World::crowd,
            cast: nobody,
            fill: invoice,
        },
    ],
    indexes: &[
        "CREATE INDEX contacts_last_contact ON contacts (last_contact_at)",
        "CREATE INDEX contacts_email ON contacts (email)",
        "CREATE INDEX invoices_year_end ON invoices (financial_year_end)",
    ],
};

const BODIES: [&str; 3] = [
    "Commune de Brumeville",
    "Syndicat des Marais",
    "Communauté des Cimes",
];

fn contact(world: &World, index: u64, rows: &mut Rows) {
    if is_member(world, index) {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let mut random = Random::of(world.seed, "contact of councils", index);
    let last = (!random.chance(60)).then(|| today - random.between(0, 6 * YEAR));
    rows.row(|row| {
        row.integer(key(index));
        row.maybe_text((!random.chance(100)).then_some(person.first));
        row.text(&person.last);
        row.text(random.pick(&BODIES));
        row.maybe_text((!random.chance(200)).then_some(&person.phone));
        row.maybe_text(random.chance(200).then_some("01 99 00 45 67"));
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(
            random
                .chance(150)
                .then(|| format!("p{index}@messagerie.example"))
                .as_deref(),
        );
        row.time(
            Form::Local,
            maybe(last, &mut random).or_mess(0, 25, today, &mut random),
        );
        let since = last.unwrap_or(today - YEAR);
        let departed = random
            .chance(80)
            .then(|| (since + random.between(1, 400)).min(today - 1));
        row.time(Form::Local, maybe(departed, &mut random));
        let objected = random
            .chance(80)
            .then(|| (since + random.between(1, 400)).min(today - 1));
        row.time(Form::Local, maybe(objected, &mut random));
        let created = since - random.between(0, 3 * YEAR);
        row.time(
            Form::Local,
            When::on(created, &mut random).or_mess(15, 10, today, &mut random),
        );
    });
}

fn invoice(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "invoice of councils", index);
    if !random.chance(300) {
        return;
    }
    let issued = world.today() - random.between(0, 14 * YEAR);
    let year = day(issued).year();
    rows.row(|row| {
        row.integer(year);
        row.integer(key(index));
        row.text(random.pick(&BODIES));
        row.maybe_text(random.chance(600).then(|| person(world, index).full()).as_deref());
        row.time(Form::Date, whole(Some(issued)));
        row.time(Form::Date, whole(Some(days(date(year, 12, 31)))));
        row.integer(random.between(300, 9_000) * 100);
    });
}

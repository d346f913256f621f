//! Customers as debtors, disputes, invoices, payments.

use jiff::civil::date;

use super::{Kind, kind, person};
use crate::company::{World, key};
use crate::moment::{Form, YEAR, day, days, whole};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE debtors (
  id {id} PRIMARY KEY,
  first_name TEXT,
  last_name TEXT,
  email TEXT NOT NULL,
  phone TEXT,
  street TEXT,
  postcode TEXT,
  city TEXT,
  iban TEXT,
  bic TEXT,
  contract_ended_on {date},
  created_on {date}
)",
        "CREATE TABLE disputes (
  id {id} PRIMARY KEY,
  debtor_id {id} NOT NULL REFERENCES debtors (id) ON DELETE CASCADE,
  opened_on {date},
  settled_on {date},
  amount BIGINT
)",
        "CREATE TABLE invoices (
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  debtor_id {id} REFERENCES debtors (id) ON DELETE RESTRICT,
  issued_on {date} NOT NULL,
  financial_year_end {date} NOT NULL,
  billed_to TEXT,
  billing_address TEXT,
  total_cents BIGINT NOT NULL,
  PRIMARY KEY (year, number)
)",
        "CREATE TABLE payments (
  id {id} PRIMARY KEY,
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  means TEXT,
  reference TEXT,
  paid_on {date},
  cents BIGINT,
  FOREIGN KEY (year, number) REFERENCES invoices (year, number)
)",
    ],
    tables: &[
        Table {
            into: "debtors (id, first_name, last_name, email, phone, street, postcode, city, iban, bic, \
                   contract_ended_on, created_on)",
            indexes: World::crowd,
            cast: super::cast::debtors,
            fill: debtor,
        },
        Table {
            into: "disputes (id, debtor_id, opened_on, settled_on, amount)",
            indexes: World::crowd,
            cast: super::cast::disputes,
            fill: dispute,
        },
        Table {
            into: "invoices (year, number, debtor_id, issued_on, financial_year_end, billed_to, billing_address, \
                   total_cents)",
            indexes: World::crowd,
            cast: super::cast::invoices,
            fill: invoices,
        },
        Table {
            into: "payments (id, year, number, means, reference, paid_on, cents)",
            indexes: World::crowd,
            cast: nobody,
            fill: payments,
        },
    ],
    indexes: &[
        "CREATE INDEX disputes_debtor ON disputes (debtor_id)",
        "CREATE INDEX invoices_debtor ON invoices (debtor_id)",
        "CREATE INDEX invoices_year_end ON invoices (financial_year_end)",
        "CREATE INDEX payments_invoice ON payments (year, number)",
    ],
};

/// The subscription of a debtor: first and last day, the last one None while it runs.
fn subscription(world: &World, index: u64) -> Option<(i64, Option<i64>)> {
    if kind(world, index) != Kind::Debtor {
        return None;
    }
    let mut random = Random::of(world.seed, "subscription of vouivre", index);
    let start = world.today() - random.between(100, 16 * YEAR);
    let end = random
        .chance(650)
        .then(|| random.between(start + 30, world.today() + 200));
    Some((start, end))
}

fn debtor(world: &World, index: u64, rows: &mut Rows) {
    let Some((start, end)) = subscription(world, index) else {
        return;
    };
    let person = person(world, index);
    let mut random = Random::of(world.seed, "debtor of vouivre", index);
    let (street, postcode, city) = people::address(&mut random);
    rows.row(|row| {
        row.integer(key(index));
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text((!random.chance(200)).then_some(&person.phone));
        row.text(&street);
        row.text(&postcode);
        row.text(city);
        // Check digits 00: no bank would take it.
        row.maybe_text(
            (!random.chance(200))
                .then(|| {
                    format!(
                        "FR00 0000 0000 00{:02} {:04} {:04} 000",
                        random.below(100),
                        random.below(10_000),
                        random.below(10_000)
                    )
                })
                .as_deref(),
        );
        row.maybe_text((!random.chance(200)).then_some("EXMPFRPPXXX"));
        row.time(Form::Date, whole(end).or_mess(0, 15, world.today(), &mut random));
        row.time(
            Form::Date,
            whole(Some(start)).or_mess(10, 5, world.today(), &mut random),
        );
    });
}

fn dispute(world: &World, index: u64, rows: &mut Rows) {
    let Some((start, end)) = subscription(world, index) else {
        return;
    };
    let mut random = Random::of(world.seed, "dispute", index);
    if !random.chance(200) {
        return;
    }
    let opened = end
        .unwrap_or(start + 60)
        .min(world.today())
        .saturating_sub(random.between(0, 30));
    rows.row(|row| {
        row.integer(key(index));
        row.integer(key(index));
        row.time(Form::Date, whole(Some(opened)));
        let settled = (opened + random.between(20, 700)).min(world.today());
        row.time(Form::Date, whole((!random.chance(250)).then_some(settled)));
        row.integer(random.between(20, 900) * 100);
    });
}

/// One invoice a year while the subscription ran: year, day.
fn invoices_of(world: &World, index: u64) -> Vec<(i16, i64)> {
    let Some((start, end)) = subscription(world, index) else {
        return Vec::new();
    };
    let end = end.unwrap_or(i64::MAX).min(world.today());
    let mut invoices: Vec<_> = (start..=end)
        .step_by(YEAR as usize)
        .map(|issued| (day(issued).year(), issued))
        .collect();
    // 365 days are less than a year at times: two of them may fall in the same one.
    invoices.dedup_by_key(|(year, _)| *year);
    invoices
}

fn invoices(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "invoice of vouivre", index);
    let (street, postcode, city) = people::address(&mut random);
    for (year, issued) in invoices_of(world, index) {
        rows.row(|row| {
            row.integer(year);
            row.integer(key(index));
            row.maybe_integer((!random.chance(10)).then(|| key(index)));
            row.time(Form::Date, whole(Some(issued)));
            row.time(Form::Date, whole(Some(days(date(year, 12, 31)))));
            row.text(&person(world, index).full());
            row.text(&format!("{street}, {postcode} {city}"));
            row.integer(random.between(90, 900) * 100);
        });
    }
}

fn payments(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "payment", index);
    for (number, (year, issued)) in invoices_of(world, index).into_iter().enumerate() {
        if random.chance(60) {
            continue;
        }
        rows.row(|row| {
            row.integer(key(index) * 32 + number as u64);
            row.integer(year);
            row.integer(key(index));
            row.text(random.pick(&["chèque", "virement", "prélèvement"]));
            row.text(&format!("R{:07}", random.below(10_000_000)));
            row.time(Form::Date, whole(Some(issued + random.between(0, 60))));
            row.integer(random.between(90, 900) * 100);
        });
    }
}

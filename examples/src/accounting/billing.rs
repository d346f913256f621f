//! Customers as debtors, their invoices and the lines of these.

use jiff::civil::date;

use super::crowd::Kind;
use crate::company::{World, key};
use crate::moment::{Form, YEAR, day, days, whole};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE customers (
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
  contract_started_on {date},
  contract_ended_on {date},
  last_contact_on {date},
  created_on {date},
  closed {bool} NOT NULL DEFAULT FALSE
)",
        "CREATE TABLE invoices (
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  customer_id {id} REFERENCES customers (id) ON DELETE RESTRICT,
  issued_on {date} NOT NULL,
  financial_year_end {date} NOT NULL,
  billed_to TEXT,
  billing_address TEXT,
  total_cents BIGINT NOT NULL,
  paid_on {date},
  PRIMARY KEY (year, number)
)",
        "CREATE TABLE invoice_lines (
  year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  line INTEGER NOT NULL,
  description TEXT NOT NULL,
  amount_cents BIGINT NOT NULL,
  PRIMARY KEY (year, number, line),
  FOREIGN KEY (year, number) REFERENCES invoices (year, number)
)",
    ],
    tables: &[
        Table {
            into: "customers (id, first_name, last_name, email, phone, street, postcode, city, iban, bic, \
                   contract_started_on, contract_ended_on, last_contact_on, created_on, closed)",
            indexes: World::crowd,
            cast: super::cast::customers,
            fill: customer,
        },
        Table {
            into: "invoices (year, number, customer_id, issued_on, financial_year_end, billed_to, billing_address, \
                   total_cents, paid_on)",
            indexes: World::crowd,
            cast: super::cast::invoices,
            fill: invoices,
        },
        Table {
            into: "invoice_lines (year, number, line, description, amount_cents)",
            indexes: World::crowd,
            cast: super::cast::invoice_lines,
            fill: invoice_lines,
        },
    ],
    indexes: &[
        "CREATE INDEX invoices_customer ON invoices (customer_id)",
        "CREATE INDEX invoices_year_end ON invoices (financial_year_end)",
    ],
};

fn billed(world: &World, index: u64) -> bool {
    world.kind(index) == Kind::Customer && Random::of(world.seed, "billed", index).chance(300)
}

fn customer(world: &World, index: u64, rows: &mut Rows) {
    if !billed(world, index) {
        return;
    }
    let (person, relation, today) = (world.person(index), world.relation(index), world.today());
    let contract = world.contract(relation.account.unwrap_or_default());
    let mut random = Random::of(world.seed, "debtor", index);
    let (street, postcode, city) = people::address(&mut random);
    rows.row(|row| {
        row.integer(key(index));
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.text(&person.phone);
        row.text(&street);
        row.text(&postcode);
        row.text(city);
        // Check digits 00: no bank would take it.
        row.text(&format!(
            "FR00 0000 0000 00{:02} {:04} {:04} 000",
            random.below(100),
            random.below(10_000),
            random.below(10_000)
        ));
        row.text("EXMPFRPPXXX");
        row.time(Form::Date, whole(contract.start));
        row.time(Form::Date, whole(contract.end));
        row.time(
            Form::Date,
            whole(relation.last_contact).or_mess(0, 8, today, &mut random),
        );
        row.time(
            Form::Date,
            whole(Some(contract.start.unwrap_or(relation.created))),
        );
        row.boolean(contract.end.is_some_and(|end| end < today - YEAR));
    });
}

/// The invoices of a customer: one a year while the contract ran. Year, number, day.
fn invoices_of(world: &World, index: u64) -> Vec<(i16, u64, i64)> {
    if !billed(world, index) {
        return Vec::new();
    }
    let contract = world.contract(world.relation(index).account.unwrap_or_default());
    let Some(start) = contract.start else {
        return Vec::new();
    };
    let end = contract.end.unwrap_or(i64::MAX).min(world.today());
    let mut invoices: Vec<_> = (start..=end)
        .step_by(YEAR as usize)
        .map(|issued| (day(issued).year(), key(index), issued))
        .collect();
    // 365 days are less than a year at times: two of them may fall in the same one.
    invoices.dedup_by_key(|(year, ..)| *year);
    invoices
}

fn invoices(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "invoice", index);
    let invoices = invoices_of(world, index);
    if invoices.is_empty() {
        return;
    }
    let name = world.person(index).full();
    let (street, postcode, city) = people::address(&mut random);
    let address = format!("{street}, {postcode} {city}");
    for (year, number, issued) in invoices {
        rows.row(|row| {
            row.integer(year);
            row.integer(number);
            // Some invoices were paid over the counter: nobody's account.
            row.maybe_integer((!random.chance(4)).then(|| key(index)));
            row.time(Form::Date, whole(Some(issued)));
            row.time(Form::Date, whole(Some(days(date(year, 12, 31)))));
            row.text(&name);
            row.text(&address);
            row.integer(random.between(90, 4_000) * 100);
            row.time(
                Form::Date,
                whole(random.chance(950).then(|| issued + random.between(0, 60))),
            );
        });
    }
}

fn invoice_lines(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "line", index);
    for (year, number, _) in invoices_of(world, index) {
        for line in 0..random.between(1, 3) {
            rows.row(|row| {
                row.integer(year);
                row.integer(number);
                row.integer(line + 1);
                row.text(random.pick(&[
                    "Abonnement annuel",
                    "Poste supplémentaire",
                    "Formation d'une demi-journée",
                ]));
                row.integer(random.between(90, 1_300) * 100);
            });
        }
    }
}

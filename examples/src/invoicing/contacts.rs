//! Contacts of all kinds, exchanges, requests, answers to surveys.

use super::{Kind, kind, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe, whole};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE firms (
  id {id} PRIMARY KEY,
  name TEXT NOT NULL,
  siren TEXT,
  contract_began_on {date},
  contract_ended_on {date}
)",
        "CREATE TABLE people (
  id {id} PRIMARY KEY,
  firm_id {id} REFERENCES firms (id),
  status TEXT NOT NULL,
  civility TEXT,
  first_name TEXT,
  last_name TEXT,
  street TEXT,
  postcode TEXT,
  city TEXT,
  email {code},
  phone TEXT,
  mobile TEXT,
  linkedin TEXT,
  twitter TEXT,
  job_title TEXT,
  preferred_channel TEXT,
  asked_at {instant},
  agreed_at {instant},
  refused_at {instant},
  last_exchange_at {local},
  objected_at {local},
  created_at {instant},
  archived {bool} NOT NULL DEFAULT FALSE
)",
        "CREATE TABLE exchanges (
  id {id} PRIMARY KEY,
  person_id {id} NOT NULL REFERENCES people (id),
  channel TEXT,
  held_at {local},
  summary TEXT
)",
        // The form keeps the number that it was given: some of those people are gone.
        "CREATE TABLE requests (
  id {uuid} PRIMARY KEY NOT NULL,
  person_id {id},
  wanted TEXT,
  email TEXT,
  message TEXT,
  requested_at {instant},
  withdrawn_at {instant}
)",
        "CREATE TABLE answers (
  id {id} PRIMARY KEY,
  name TEXT,
  email TEXT NOT NULL,
  firm TEXT,
  mark INTEGER,
  comment TEXT,
  answered_on {date}
)",
    ],
    tables: &[
        Table {
            into: "firms (id, name, siren, contract_began_on, contract_ended_on)",
            indexes: firms,
            cast: super::cast::firms,
            fill: firm,
        },
        Table {
            into: "people (id, firm_id, status, civility, first_name, last_name, street, postcode, city, email, phone, \
                   mobile, linkedin, twitter, job_title, preferred_channel, asked_at, agreed_at, refused_at, \
                   last_exchange_at, objected_at, created_at, archived)",
            indexes: World::crowd,
            cast: super::cast::people,
            fill: contact,
        },
        Table {
            into: "exchanges (id, person_id, channel, held_at, summary)",
            indexes: World::crowd,
            cast: nobody,
            fill: exchanges,
        },
        Table {
            into: "requests (id, person_id, wanted, email, message, requested_at, withdrawn_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: request,
        },
        Table {
            into: "answers (id, name, email, firm, mark, comment, answered_on)",
            indexes: World::crowd,
            cast: super::cast::answers,
            fill: answer,
        },
    ],
    indexes: &[
        "CREATE INDEX people_firm ON people (firm_id)",
        "CREATE INDEX people_email ON people (email)",
        "CREATE INDEX exchanges_person ON exchanges (person_id)",
        "CREATE INDEX requests_person ON requests (person_id)",
        "CREATE INDEX answers_day ON answers (answered_on)",
    ],
};

fn firms(world: &World) -> u64 {
    world.crowd() / 12 + 3
}

fn firm(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "firm", index);
    let today = world.today();
    let start = today - random.between(200, 10 * YEAR);
    let end = random
        .chance(500)
        .then(|| random.between(start + 30, today + YEAR / 2));
    rows.row(|row| {
        row.integer(key(index));
        row.text(&format!(
            "{} {}",
            random.pick(&["Menuiserie du Lac", "Fleurs de Brume", "Taxi des Trois-Lunes"]),
            index + 1
        ));
        // No enterprise number begins with three zeros.
        row.text(&format!(
            "000 {:03} {:03}",
            random.below(1000),
            random.below(1000)
        ));
        row.time(Form::Date, whole((!random.chance(80)).then_some(start)));
        row.time(Form::Date, whole(end));
    });
}

/// The day of the last exchange that the file of the person tells.
fn last_exchange(world: &World, index: u64) -> Option<i64> {
    let mut random = Random::of(world.seed, "last exchange", index);
    let last = world.today() - random.between(0, 6 * YEAR);
    let talks = matches!(kind(world, index), Kind::Regular | Kind::Customer);
    (talks && !random.chance(80)).then_some(last)
}

fn contact(world: &World, index: u64, rows: &mut Rows) {
    let kind = kind(world, index);
    let status = match kind {
        Kind::Occasional => "occasional",
        Kind::Regular => "regular",
        Kind::Customer => "customer",
        _ => return,
    };
    let (person, today) = (person(world, index), world.today());
    let mut random = Random::of(world.seed, "contact of invoicing", index);
    let (street, postcode, city) = people::address(&mut random);
    let last = last_exchange(world, index);
    let asked = match kind {
        Kind::Occasional => Some(today - random.between(0, 200)).filter(|_| !random.chance(100)),
        _ => random.chance(400).then(|| today - random.between(200, 7 * YEAR)),
    };
    let full = random.chance(600);
    rows.row(|row| {
        row.integer(key(index));
        let firm = match kind {
            Kind::Customer => !random.chance(20),
            _ => random.chance(100),
        };
        row.maybe_integer(firm.then(|| key(random.below(firms(world)))));
        row.text(status);
        row.maybe_text((!random.chance(250)).then(|| random.pick(&["M.", "Mme", "M", "MME"])));
        row.text(person.first);
        row.text(&person.last);
        row.maybe_text(full.then_some(&street));
        row.maybe_text(full.then_some(&postcode));
        row.maybe_text(full.then_some(city));
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(random.chance(300).then_some("01 99 00 12 34"));
        row.maybe_text((!random.chance(300)).then_some(&person.phone));
        row.maybe_text(
            random
                .chance(150)
                .then(|| format!("https://reseau.example/in/p{index}"))
                .as_deref(),
        );
        row.maybe_text(random.chance(60).then(|| format!("@p{index}.example")).as_deref());
        row.maybe_text(
            random
                .chance(700)
                .then(|| random.pick(&["gérante", "artisan", "comptable", "assistante"])),
        );
        let channels = ["courriel", "téléphone", "courrier", "rencontre"];
        row.maybe_text((kind != Kind::Occasional).then(|| random.pick(&channels)));
        row.time(
            Form::Instant,
            maybe(asked, &mut random).or_mess(0, 15, today, &mut random),
        );
        let agreed = asked.filter(|_| kind != Kind::Occasional);
        row.time(Form::Instant, maybe(agreed, &mut random));
        let refused = asked.filter(|_| kind == Kind::Occasional && random.chance(120));
        row.time(
            Form::Instant,
            maybe(refused.map(|day| day.min(today - 1)), &mut random),
        );
        row.time(
            Form::Local,
            maybe(last, &mut random).or_mess(0, 15, today, &mut random),
        );
        let objected = last.filter(|_| random.chance(60)).map(|day| day.min(today - 1));
        row.time(Form::Local, maybe(objected, &mut random));
        let created = asked.or(last).unwrap_or(today - 100) - random.between(0, 200);
        row.time(
            Form::Instant,
            When::on(created, &mut random).or_mess(10, 10, today, &mut random),
        );
        row.boolean(random.chance(40));
    });
}

fn exchanges(world: &World, index: u64, rows: &mut Rows) {
    let Some(last) = last_exchange(world, index) else {
        return;
    };
    let mut random = Random::of(world.seed, "exchange of invoicing", index);
    for number in 0..random.below(4) {
        let day = (last + 60 - random.between(0, YEAR)).min(world.today());
        rows.row(|row| {
            row.integer(key(index) * 4 + number);
            row.integer(key(index));
            row.text(random.pick(&["courriel", "téléphone", "salon"]));
            row.time(
                Form::Local,
                When::on(day, &mut random).or_mess(10, 0, world.today(), &mut random),
            );
            row.text(random.pick(&[
                "Voudrait relancer ses impayés d'un seul clic.",
                "Trouve le bouton vert trop vert.",
                "Rappeler après les vendanges.",
            ]));
        });
    }
}

fn request(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "request of invoicing", index);
    if kind(world, index) != Kind::Regular || !random.chance(600) {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let day = today - random.between(0, 5 * YEAR);
    rows.row(|row| {
        row.text(&people::uuid(&mut random));
        row.maybe_integer(match random.below(20) {
            0 => None,
            1 => Some(key(world.crowd() + 9)),
            _ => Some(key(index)),
        });
        row.text(random.pick(&["documentation", "essai de trente jours"]));
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(
            random
                .chance(500)
                .then_some("Bonjour, est-ce que cela marche sans réseau ?"),
        );
        row.time(
            Form::Instant,
            When::on(day, &mut random).or_mess(10, 15, today, &mut random),
        );
        let withdrawn = random
            .chance(50)
            .then(|| (day + random.between(1, 300)).min(today - 1));
        row.time(Form::Instant, maybe(withdrawn, &mut random));
    });
}

fn answer(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "answer", index);
    if kind(world, index) != Kind::Customer || !random.chance(600) {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    rows.row(|row| {
        row.integer(key(index));
        row.maybe_text((!random.chance(300)).then(|| person.full()).as_deref());
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(random.chance(600).then_some("Menuiserie du Lac"));
        row.maybe_integer((!random.chance(100)).then(|| random.below(11)));
        row.maybe_text(
            random
                .chance(400)
                .then_some("Rapide, mais le bouton est trop vert."),
        );
        let day = today - random.between(0, 3 * YEAR);
        row.time(Form::Date, whole(Some(day)).or_mess(15, 15, today, &mut random));
    });
}

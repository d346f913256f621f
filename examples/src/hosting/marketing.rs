//! Forms of the sites, and the newsletter.

use super::{Kind, kind, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE requests (
  id {id} PRIMARY KEY,
  form TEXT NOT NULL,
  name TEXT,
  email {code},
  phone TEXT,
  company TEXT,
  message TEXT,
  sent_at {instant}
)",
        "CREATE TABLE subscribers (
  id {uuid} PRIMARY KEY NOT NULL,
  email {code},
  first_name TEXT,
  last_name TEXT,
  subscribed_at {local},
  unsubscribed_at {local}
)",
    ],
    tables: &[
        Table {
            into: "requests (id, form, name, email, phone, company, message, sent_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: request,
        },
        Table {
            into: "subscribers (id, email, first_name, last_name, subscribed_at, unsubscribed_at)",
            indexes: World::crowd,
            cast: super::cast::subscribers,
            fill: subscriber,
        },
    ],
    indexes: &[
        "CREATE INDEX requests_sent ON requests (sent_at)",
        "CREATE INDEX requests_email ON requests (email)",
    ],
};

fn request(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "form", index);
    let wrote = match kind(world, index) {
        Kind::Prospect => random.chance(500),
        Kind::Visitor => random.chance(250),
        _ => false,
    };
    if !wrote {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let callback = random.chance(400);
    rows.row(|row| {
        row.integer(key(index));
        row.text(if callback { "rappel" } else { "contact" });
        row.text(&person.full());
        row.maybe_text((!callback).then(|| person.email_as_typed(&mut random)).as_deref());
        row.maybe_text(callback.then_some(&person.phone));
        row.maybe_text(random.chance(600).then_some("Ateliers du Dragon"));
        row.text(random.pick(&MESSAGES));
        let day = today - random.between(0, 2 * YEAR);
        row.time(
            Form::Instant,
            When::on(day, &mut random).or_mess(8, 15, today, &mut random),
        );
    });
}

fn subscriber(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "letter", index);
    let subscribed = match kind(world, index) {
        Kind::Customer | Kind::Prospect => random.chance(400),
        Kind::Visitor => random.chance(150),
        _ => false,
    };
    if !subscribed {
        return;
    }
    let (person, today) = (person(world, index), world.today());
    let start = today - random.between(1, 9 * YEAR);
    rows.row(|row| {
        row.text(&people::uuid(&mut random));
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text((!random.chance(200)).then_some(person.first));
        row.maybe_text((!random.chance(200)).then_some(&person.last));
        row.time(
            Form::Local,
            When::on(start, &mut random).or_mess(20, 10, today, &mut random),
        );
        let end = random.chance(350).then(|| random.between(start, today - 1));
        row.time(
            Form::Local,
            maybe(end, &mut random).or_mess(0, 10, today, &mut random),
        );
    });
}

const MESSAGES: [&str; 4] = [
    "Bonjour, combien coûterait l'hébergement d'un petit site ?",
    "Merci de me rappeler avant midi, je pars en tournée l'après-midi.",
    "Notre liaison sera-t-elle coupée pendant les travaux du quai ?",
    "Je cherche un devis pour 40 postes téléphoniques.",
];

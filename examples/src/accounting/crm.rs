//! Firms, contacts, opportunities, tickets, memberships, the contact form.

use super::crowd::{self, Kind};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe, whole};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE accounts (
  id {id} PRIMARY KEY,
  parent_id {id} REFERENCES accounts (id) ON DELETE SET NULL,
  name TEXT NOT NULL,
  siren TEXT,
  city TEXT,
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
  login {code} UNIQUE,
  engagement INTEGER,
  notes TEXT,
  profile {json},
  campaign_ends_on {date},
  last_contact_at {local},
  objected_at {local},
  created_at {instant},
  deleted_at {local}
)",
        "CREATE TABLE opportunities (
  id {id} PRIMARY KEY,
  contact_id {id} NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  title TEXT,
  amount INTEGER,
  status TEXT NOT NULL,
  updated_at {local}
)",
        // The support tool keeps account numbers without a foreign key: some of those firms are gone.
        "CREATE TABLE tickets (
  id {id} PRIMARY KEY,
  account_id {id},
  contact_id {id} REFERENCES contacts (id),
  duplicate_of {id} REFERENCES tickets (id),
  subject TEXT,
  rating INTEGER,
  opened_at {instant},
  closed_at {instant}
)",
        "CREATE TABLE messages (
  ticket_id {id} NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  author TEXT,
  body TEXT,
  sent_at {instant},
  PRIMARY KEY (ticket_id, number)
)",
        "CREATE TABLE memberships (
  contact_id {id} NOT NULL REFERENCES contacts (id) ON DELETE RESTRICT,
  account_id {id},
  club {code} NOT NULL,
  member_name TEXT,
  member_code TEXT,
  checked_at {date},
  PRIMARY KEY (contact_id, club)
)",
        "CREATE TABLE contact_requests (
  id {code} PRIMARY KEY NOT NULL,
  name TEXT,
  email TEXT NOT NULL,
  phone TEXT,
  company_size INTEGER,
  postcode TEXT,
  message TEXT,
  ip TEXT,
  sent_at {instant},
  withdrawn_at {instant}
)",
    ],
    tables: &[
        Table {
            into: "accounts (id, parent_id, name, siren, city, contract_started_on, contract_ended_on)",
            indexes: World::accounts,
            cast: super::cast::accounts,
            fill: account,
        },
        Table {
            into: "contacts (id, account_id, kind, first_name, last_name, email, phone, job_title, login, engagement, \
                   notes, profile, campaign_ends_on, last_contact_at, objected_at, created_at, deleted_at)",
            indexes: World::crowd,
            cast: super::cast::contacts,
            fill: contact,
        },
        Table {
            into: "opportunities (id, contact_id, title, amount, status, updated_at)",
            indexes: World::crowd,
            cast: super::cast::opportunities,
            fill: opportunities,
        },
        Table {
            into: "tickets (id, account_id, contact_id, duplicate_of, subject, rating, opened_at, closed_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: tickets,
        },
        Table {
            into: "messages (ticket_id, number, author, body, sent_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: messages,
        },
        Table {
            into: "memberships (contact_id, account_id, club, member_name, member_code, checked_at)",
            indexes: World::crowd,
            cast: super::cast::memberships,
            fill: membership,
        },
        Table {
            into: "contact_requests (id, name, email, phone, company_size, postcode, message, ip, sent_at, withdrawn_at)",
            indexes: World::crowd,
            cast: super::cast::contact_requests,
            fill: contact_request,
        },
    ],
    indexes: &[
        "CREATE INDEX contacts_account ON contacts (account_id)",
        "CREATE INDEX contacts_last_contact ON contacts (last_contact_at)",
        "CREATE INDEX contacts_email ON contacts (email)",
        "CREATE INDEX opportunities_contact ON opportunities (contact_id)",
        "CREATE INDEX tickets_contact ON tickets (contact_id)",
        "CREATE INDEX tickets_duplicate ON tickets (duplicate_of)",
    ],
};

fn account(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "account", index);
    let contract = world.contract(index);
    let (_, _, city) = people::address(&mut random);
    rows.row(|row| {
        row.integer(key(index));
        // A parent comes before its daughters, so that the foreign key holds at every moment.
        row.maybe_integer((index > 0 && random.chance(80)).then(|| key(random.below(index))));
        row.text(&format!(
            "Cabinet {} {}",
            random.pick(&["Hirondelle", "du Ponant", "des Cimes", "Alambic"]),
            index + 1
        ));
        // No enterprise number begins with three zeros.
        row.text(&format!(
            "000 {:03} {:03}",
            random.below(1000),
            random.below(1000)
        ));
        row.text(city);
        row.time(Form::Date, whole(contract.start));
        row.time(Form::Date, whole(contract.end));
    });
}

fn contact(world: &World, index: u64, rows: &mut Rows) {
    let kind = world.kind(index);
    if !matches!(kind, Kind::Customer | Kind::Prospect) {
        return;
    }
    let (person, relation, today) = (world.person(index), world.relation(index), world.today());
    let mut random = Random::of(world.seed, "contact", index);
    let (street, postcode, city) = people::address(&mut random);
    rows.row(|row| {
        row.integer(key(index));
        row.maybe_integer(relation.account.map(key));
        row.text(if kind == Kind::Customer { "C" } else { "P" });
        row.text(person.first);
        row.text(&person.last);
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text((!random.chance(250)).then_some(&person.phone));
        row.maybe_text((!random.chance(200)).then(|| crowd::job(&mut random)));
        row.maybe_text((kind == Kind::Customer && !random.chance(300)).then(|| format!("u{index}")).as_deref());
        row.maybe_integer(random.chance(600).then(|| random.below(100)));
        row.maybe_text(random.chance(200).then(|| random.pick(&NOTES)));
        if random.chance(650) {
            row.text(&format!(
                "{{\"address\": {{\"street\": \"{street}\", \"postcode\": \"{postcode}\", \"city\": \"{city}\"}}, \
                 \"preferences\": {{\"language\": \"fr\", \"theme\": \"{}\"}}}}",
                random.pick(&["clair", "sombre"])
            ));
        } else {
            row.null();
        }
        row.time(Form::Date, whole(random.chance(40).then(|| today + random.between(-2 * YEAR, 120))));
        row.time(Form::Local, maybe(relation.last_contact, &mut random).or_mess(0, 12, today, &mut random));
        let objected = relation.last_contact.filter(|_| random.chance(25));
        row.time(Form::Local, maybe(objected, &mut random));
        row.time(Form::Instant, When::on(relation.created, &mut random).or_mess(10, 6, today, &mut random));
        let deleted = relation.last_contact.filter(|_| random.chance(30));
        row.time(Form::Local, maybe(deleted, &mut random));
    });
}

fn opportunities(world: &World, index: u64, rows: &mut Rows) {
    if world.kind(index) != Kind::Prospect {
        return;
    }
    let Some(last) = world.relation(index).last_contact else {
        return;
    };
    let mut random = Random::of(world.seed, "opportunity", index);
    for number in 0..random.below(3) {
        // Every tool of the house writes the contact's last contact: an opportunity is never more recent than it.
        let updated = last - if number == 0 { 0 } else { random.between(1, YEAR) };
        rows.row(|row| {
            row.integer(key(index) * 4 + number);
            row.integer(key(index));
            row.text(&format!("Licence vigilance, {} postes", random.between(1, 40)));
            row.integer(random.between(3, 90) * 100);
            row.text(if random.chance(50) {
                "open"
            } else {
                random.pick(&["lost", "lost", "won"])
            });
            row.time(Form::Local, When::At(updated, 6 * 3600));
        });
    }
}

/// The tickets of a person: for each, the day of its opening and how many messages it holds.
fn tickets_of(world: &World, index: u64) -> impl Iterator<Item = (u64, i64, u64)> {
    let last = match world.kind(index) {
        Kind::Customer => world.relation(index).last_contact,
        _ => None,
    };
    let mut random = Random::of(world.seed, "tickets", index);
    let count = last.map_or(0, |_| random.pick(&[0, 0, 0, 1, 1, 2, 2, 3]));
    (0..count).map(move |number| {
        let opened = last.unwrap_or_default() - 15 - random.between(0, 4 * YEAR);
        (number, opened, random.below(4))
    })
}

fn tickets(world: &World, index: u64, rows: &mut Rows) {
    let account = world.relation(index).account;
    let mut random = Random::of(world.seed, "ticket", index);
    for (number, opened, _) in tickets_of(world, index) {
        let gone = random.chance(6).then(|| key(world.accounts() + 7));
        rows.row(|row| {
            row.integer(ticket_key(index, number));
            row.maybe_integer(gone.or(account.map(key)));
            row.integer(key(index));
            row.maybe_integer((number > 0 && random.chance(150)).then(|| ticket_key(index, 0)));
            row.text(random.pick(&SUBJECTS));
            row.maybe_integer(random.chance(400).then(|| random.below(5) + 1));
            row.time(Form::Instant, When::on(opened, &mut random));
            row.time(
                Form::Instant,
                When::on(opened + random.between(0, 12), &mut random),
            );
        });
    }
}

fn messages(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "message", index);
    let mut author = None;
    for (ticket, opened, count) in tickets_of(world, index) {
        for number in 0..count {
            let author = author.get_or_insert_with(|| world.person(index).full());
            rows.row(|row| {
                row.integer(ticket_key(index, ticket));
                row.integer(number + 1);
                row.maybe_text((number % 2 == 0).then_some(author.as_str()));
                row.text(random.pick(&BODIES));
                row.time(Form::Instant, When::on(opened + number as i64, &mut random));
            });
        }
    }
}

fn ticket_key(index: u64, number: u64) -> u64 {
    key(index) * 4 + number
}

fn membership(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "membership", index);
    let member = match world.kind(index) {
        Kind::Customer => random.chance(190),
        Kind::Prospect => random.chance(60),
        _ => false,
    };
    if !member {
        return;
    }
    let relation = world.relation(index);
    // When the club's list was first loaded, everyone was checked on the same day.
    let imported = world.today() - 7 * YEAR;
    let checked = if random.chance(140) {
        imported
    } else {
        relation.created + random.between(0, 30)
    };
    rows.row(|row| {
        row.integer(key(index));
        row.maybe_integer(relation.account.map(key));
        row.text("Cercle des Griffons");
        row.text(&world.person(index).full());
        row.text(&format!("GRF-{:06}", random.below(1_000_000)));
        row.time(
            Form::Date,
            whole(Some(checked)).or_mess(20, 8, world.today(), &mut random),
        );
    });
}

fn contact_request(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "contact request", index);
    let sent = match world.kind(index) {
        Kind::Prospect => random.chance(150),
        Kind::Visitor => random.chance(60),
        _ => false,
    };
    if !sent {
        return;
    }
    let (person, today) = (world.person(index), world.today());
    let day = today - random.between(0, 5 * YEAR);
    let (_, postcode, _) = people::address(&mut random);
    rows.row(|row| {
        row.text(&format!("req-{:016x}", random.next()));
        row.text(&person.full());
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(random.chance(500).then_some(&person.phone));
        row.maybe_integer(random.chance(700).then(|| random.below(400) + 1));
        row.maybe_text(random.chance(800).then_some(&postcode));
        row.text(random.pick(&BODIES));
        row.text(&people::ip(&mut random));
        row.time(
            Form::Instant,
            When::on(day, &mut random).or_mess(8, 12, today, &mut random),
        );
        let withdrawn = random
            .chance(40)
            .then(|| (day + random.between(1, YEAR)).min(today - 1));
        row.time(Form::Instant, maybe(withdrawn, &mut random));
    });
}

const NOTES: [&str; 4] = [
    "Préfère être rappelé le matin ; n'aime pas les démonstrations trop longues.",
    "Rencontrée au salon de l'automne, connaît déjà l'outil d'un confrère.",
    "Demande un devis pour l'an prochain.",
    "Parle couramment l'italien, a deux associés.",
];

const SUBJECTS: [&str; 5] = [
    "Impossible d'importer le grand livre",
    "Question sur une alerte de vigilance",
    "Mot de passe refusé",
    "Facture reçue deux fois",
    "Ajouter une collaboratrice au dossier",
];

const BODIES: [&str; 5] = [
    "Bonjour, l'écran reste blanc quand j'ouvre le dossier. Merci de votre aide.",
    "C'est réglé, merci beaucoup !",
    "Pouvez-vous m'appeler ? Je suis au cabinet jusqu'à 18 h.",
    "Je voudrais une présentation pour une équipe de dix personnes.",
    "Le rapport d'hier ne contient pas les pièces de mon client.",
];

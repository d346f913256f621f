//! The boxes: clients, their members, tablets, documents and their proofs. Meetings stand in `meetings`.

use super::{CLIENTS, is_member, meetings, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe, whole};
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE clients (
  id {id} PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  contract_ended_on {date},
  kept_until {date}
)",
        "CREATE TABLE members (
  id {id} PRIMARY KEY,
  client_id {id} NOT NULL REFERENCES clients (id),
  gender TEXT,
  first_name TEXT,
  last_name TEXT,
  photo TEXT,
  political_group TEXT,
  service TEXT,
  office TEXT,
  email {code},
  other_email TEXT,
  phone TEXT,
  login {code} UNIQUE,
  password_hash TEXT,
  active {bool} NOT NULL DEFAULT TRUE
)",
        "CREATE TABLE devices (
  id {id} PRIMARY KEY,
  member_id {id} NOT NULL REFERENCES members (id) ON DELETE CASCADE,
  model TEXT,
  lost_on {date}
)",
        "CREATE TABLE meetings (
  id {id} PRIMARY KEY,
  client_id {id} NOT NULL REFERENCES clients (id),
  title TEXT NOT NULL,
  held_at {local}
)",
        "CREATE TABLE attendances (
  meeting_id {id} NOT NULL REFERENCES meetings (id),
  member_id {id} NOT NULL REFERENCES members (id),
  presence TEXT,
  PRIMARY KEY (meeting_id, member_id)
)",
        "CREATE TABLE votes (
  meeting_id {id} NOT NULL REFERENCES meetings (id),
  item INTEGER NOT NULL,
  member_id {id} NOT NULL REFERENCES members (id),
  vote TEXT,
  cast_at {local},
  PRIMARY KEY (meeting_id, item, member_id)
)",
        "CREATE TABLE notes (
  id {id} PRIMARY KEY,
  member_id {id} NOT NULL REFERENCES members (id),
  body TEXT,
  written_at {instant}
)",
        "CREATE TABLE documents (
  id {id} PRIMARY KEY,
  client_id {id} NOT NULL REFERENCES clients (id),
  title TEXT,
  path TEXT,
  deposited_at {instant}
)",
        // The tool that delivers forgot some documents: no foreign key on them.
        "CREATE TABLE deliveries (
  document_id {id} NOT NULL,
  member_id {id} NOT NULL REFERENCES members (id),
  delivered_at {instant},
  opened_at {instant},
  PRIMARY KEY (document_id, member_id)
)",
        "CREATE TABLE proofs (
  id {id} PRIMARY KEY,
  client_id {id} NOT NULL REFERENCES clients (id),
  document_id {id},
  issued_at {instant},
  recipients TEXT,
  digest TEXT NOT NULL
)",
    ],
    tables: &[
        Table {
            into: "clients (id, name, kind, contract_ended_on, kept_until)",
            indexes: |_| CLIENTS,
            cast: super::cast::clients,
            fill: client,
        },
        Table {
            into: "members (id, client_id, gender, first_name, last_name, photo, political_group, service, office, email, \
                   other_email, phone, login, password_hash, active)",
            indexes: World::crowd,
            cast: super::cast::members,
            fill: member,
        },
        Table {
            into: "devices (id, member_id, model, lost_on)",
            indexes: World::crowd,
            cast: nobody,
            fill: device,
        },
        meetings::MEETINGS,
        meetings::ATTENDANCES,
        meetings::VOTES,
        meetings::NOTES,
        Table {
            into: "documents (id, client_id, title, path, deposited_at)",
            indexes: documents,
            cast: nobody,
            fill: document,
        },
        Table {
            into: "deliveries (document_id, member_id, delivered_at, opened_at)",
            indexes: World::crowd,
            cast: nobody,
            fill: deliveries,
        },
        Table {
            into: "proofs (id, client_id, document_id, issued_at, recipients, digest)",
            indexes: documents,
            cast: nobody,
            fill: proof,
        },
    ],
    indexes: &[
        "CREATE INDEX members_client ON members (client_id)",
        "CREATE INDEX members_email ON members (email)",
        "CREATE INDEX devices_member ON devices (member_id)",
        "CREATE INDEX attendances_member ON attendances (member_id)",
        "CREATE INDEX votes_member ON votes (member_id)",
        "CREATE INDEX notes_member ON notes (member_id)",
        "CREATE INDEX deliveries_member ON deliveries (member_id)",
        "CREATE INDEX documents_client ON documents (client_id)",
        "CREATE INDEX proofs_client ON proofs (client_id)",
    ],
};

fn client(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "public body", index);
    let today = world.today();
    let (kind, name) = random.pick(&[
        ("commune", "Commune de Brumeville"),
        ("commune", "Commune de Port-aux-Songes"),
        ("syndicat", "Syndicat des Marais"),
        ("conseil", "Conseil d'administration du Phare"),
    ]);
    rows.row(|row| {
        row.integer(key(index));
        row.text(&format!("{name} n° {}", index + 1));
        row.text(kind);
        // In every twenty: three gone, one of them with an extension that runs and one whose extension is over; two
        // that have just left; one that has said when it will.
        let (ended, kept) = match index % 20 {
            3 => (Some(today - random.between(32, 3 * YEAR)), None),
            8 => (
                Some(today - random.between(40, YEAR)),
                Some(today + random.between(5, 200)),
            ),
            13 => (
                Some(today - random.between(200, YEAR)),
                Some(today - random.between(1, 90)),
            ),
            5 | 15 => (Some(today - random.between(1, 27)), None),
            17 => (Some(today + random.between(1, 300)), None),
            _ => (None, None),
        };
        // Two clients were moved from a tool that wrote stand-ins where it knew nothing.
        let ended = match index {
            41 => whole(None).or_mess(0, 1000, today, &mut random),
            42 => When::Absurd(crate::moment::Absurd::LastYear),
            _ => whole(ended),
        };
        row.time(Form::Date, ended);
        row.time(Form::Date, whole(kept));
    });
}

/// The public body of a member.
pub fn client_of(world: &World, index: u64) -> u64 {
    Random::of(world.seed, "public body of", index).below(CLIENTS)
}

fn member(world: &World, index: u64, rows: &mut Rows) {
    if !is_member(world, index) {
        return;
    }
    let person = person(world, index);
    let mut random = Random::of(world.seed, "member", index);
    rows.row(|row| {
        row.integer(key(index));
        row.integer(key(client_of(world, index)));
        row.maybe_text((!random.chance(60)).then(|| random.pick(&["M.", "Mme", "M", "Madame"])));
        row.text(person.first);
        row.text(&person.last);
        row.maybe_text(random.chance(300).then_some("data:image/png;base64,iVBORw0KGgo="));
        row.maybe_text(
            random
                .chance(500)
                .then(|| random.pick(&["Brumeville demain", "Vivre au Port", "Sans étiquette"])),
        );
        row.maybe_text(
            random
                .chance(400)
                .then(|| random.pick(&["finances", "voirie", "fêtes"])),
        );
        row.maybe_text(
            random
                .chance(700)
                .then(|| random.pick(&["maire", "adjointe", "conseiller", "directrice"])),
        );
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text(
            random
                .chance(300)
                .then(|| format!("p{index}@messagerie.example"))
                .as_deref(),
        );
        row.maybe_text((!random.chance(250)).then_some(&person.phone));
        row.text(&format!("m{index}"));
        // The shape of a hash; no password gives it.
        row.text(&format!(
            "$argon2id$v=19$m=65536,t=3,p=4$c2Vs${:016x}",
            random.next()
        ));
        row.boolean(!random.chance(100));
    });
}

fn device(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "tablet", index);
    if !is_member(world, index) || !random.chance(600) {
        return;
    }
    rows.row(|row| {
        row.integer(key(index));
        row.integer(key(index));
        row.text(random.pick(&["Tablette Exemple 10", "Tablette Exemple 12", "ardoise"]));
        let lost = random
            .chance(50)
            .then(|| world.today() - random.between(1, 2 * YEAR));
        row.time(Form::Date, whole(lost));
    });
}

fn documents(_: &World) -> u64 {
    CLIENTS * 2
}

fn document(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "paper", index);
    let day = world.today() - random.between(0, 4 * YEAR);
    rows.row(|row| {
        row.integer(key(index));
        row.integer(key(index % CLIENTS));
        row.text(random.pick(&["Ordre du jour", "Délibération", "Procès-verbal"]));
        row.text(&format!("{}/{:016x}.pdf", key(index % CLIENTS), random.next()));
        row.time(Form::Instant, When::on(day, &mut random));
    });
}

fn deliveries(world: &World, index: u64, rows: &mut Rows) {
    if !is_member(world, index) {
        return;
    }
    let mut random = Random::of(world.seed, "delivery", index);
    let client = client_of(world, index);
    for number in 0..2 {
        if random.chance(300) {
            continue;
        }
        // A few were delivered from documents that are gone.
        let document = if random.chance(20) {
            documents(world) + 5 + number
        } else {
            client + number * CLIENTS
        };
        let day = world.today() - random.between(0, 4 * YEAR);
        rows.row(|row| {
            row.integer(key(document));
            row.integer(key(index));
            row.time(Form::Instant, When::on(day, &mut random));
            let opened = random.chance(700).then_some(day + 1);
            row.time(Form::Instant, maybe(opened, &mut random));
        });
    }
}

fn proof(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "proof", index);
    let day = world.today() - random.between(0, 4 * YEAR);
    rows.row(|row| {
        row.integer(key(index));
        row.integer(key(index % CLIENTS));
        row.integer(key(index));
        row.time(Form::Instant, When::on(day, &mut random));
        let names =
            [random.next(), random.next()].map(|some| person(world, some % (world.people + 1)).full());
        row.text(&names.join(", "));
        row.text(&format!("{:016x}", random.next()));
    });
}

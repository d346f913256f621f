//! A few people written by hand, whose dates are chosen so that each shows one thing.

use jiff::ToSpan;

use crate::company::{CastMember, World};
use crate::moment::{Form, When, at, before};
use crate::sql::Rows;

pub const CAST: [CastMember; 9] = [
    CastMember {
        name: "never_answered",
        store: "contacts",
        table: "people",
        key: "1",
        stays: false,
        fr: "contact occasionnel : un message il y a trois mois, pas de réponse",
        en: "an occasional contact: one message three months ago, no answer",
    },
    CastMember {
        name: "may_still_answer",
        store: "contacts",
        table: "people",
        key: "2",
        stays: true,
        fr: "contact occasionnel dont les trois mois s'achèvent un jour plus tard",
        en: "an occasional contact whose three months end one day later",
    },
    CastMember {
        name: "objecting_contact",
        store: "contacts",
        table: "people",
        key: "3",
        stays: false,
        fr: "contact régulier du mois passé, qui s'est opposé la veille",
        en: "a regular contact of last month who objected the day before",
    },
    CastMember {
        name: "former_customer_who_objected",
        store: "contacts",
        table: "people",
        key: "4",
        stays: true,
        fr: "ancienne cliente qui s'est opposée : les offres s'arrêtent, la relation court encore deux ans",
        en: "a former customer who objected: the offers end, the relation runs two more years",
    },
    CastMember {
        name: "nameless_answer",
        store: "contacts",
        table: "answers",
        key: "1",
        stays: true,
        fr: "réponse d'il y a deux ans : la note reste, le nom et le commentaire partent",
        en: "an answer two years old: the mark stays, the name and the comment go",
    },
    CastMember {
        name: "reduced_debtor",
        store: "billing",
        table: "debtors",
        key: "1",
        stays: true,
        fr: "ancien client : une facture de moins de dix ans garde son nom et son adresse, le reste part",
        en: "a former customer: an invoice less than ten years old keeps the name and address, the rest goes",
    },
    CastMember {
        name: "debtor_in_dispute",
        store: "billing",
        table: "debtors",
        key: "2",
        stays: true,
        fr: "partie depuis cinq ans, mais un litige court encore : rien n'est dû",
        en: "gone for five years, but a dispute is still open: nothing is due",
    },
    CastMember {
        name: "settled_debtor",
        store: "billing",
        table: "debtors",
        key: "3",
        stays: false,
        fr: "litige réglé depuis trois ans, et plus aucune facture : tout part",
        en: "a dispute settled three years ago, and no invoice left: everything goes",
    },
    CastMember {
        name: "client_gone",
        store: "service",
        table: "users",
        key: "1",
        stays: false,
        fr: "utilisatrice d'un client parti depuis 31 jours",
        en: "a user of a client who left 31 days ago",
    },
];

pub fn firms(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(1);
        row.text("Menuiserie de l'Étang");
        row.text("000 000 001");
        row.time(Form::Date, before(world, 7.years()));
        row.time(Form::Date, before(world, 1.years()));
    });
}

pub fn people(world: &World, rows: &mut Rows) {
    let tomorrow = world.reference.saturating_add(1.day());
    let yesterday = before(world, 1.days());
    let never = When::Never;
    for (key, status, first, last, asked, exchange, objected) in [
        (
            1,
            "occasional",
            "Gérard",
            "Croqueplume",
            before(world, 3.months()),
            never,
            never,
        ),
        (
            2,
            "occasional",
            "Nadia",
            "Valmésange",
            at(tomorrow.saturating_sub(3.months())),
            never,
            never,
        ),
        (
            3,
            "regular",
            "Théo",
            "Boislampe",
            never,
            before(world, 1.months()),
            yesterday,
        ),
        (
            4,
            "customer",
            "Renée",
            "Fontardoise",
            never,
            before(world, 2.years()),
            yesterday,
        ),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.maybe_integer((key == 4).then_some(1));
            row.text(status);
            row.text("Mme");
            row.text(first);
            row.text(last);
            row.text("2 chemin de l'Étang");
            row.text("34000");
            row.text("Brumeville");
            row.text(&format!("cast{key}@courriel.example"));
            row.null();
            row.text(&format!("06 39 98 01 {key:02}"));
            row.null();
            row.null();
            row.text("gérante");
            row.maybe_text((status != "occasional").then_some("téléphone"));
            row.time(Form::Instant, asked);
            row.null();
            row.null();
            row.time(Form::Local, exchange);
            row.time(Form::Local, objected);
            row.time(Form::Instant, before(world, 8.years()));
            row.boolean(false);
        });
    }
}

pub fn answers(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(1);
        row.text("Renée Fontardoise");
        row.text("cast4@courriel.example");
        row.text("Menuiserie de l'Étang");
        row.integer(9);
        row.text("Le bouton vert me plaît.");
        row.time(Form::Date, before(world, 2.years()));
    });
}

pub fn debtors(world: &World, rows: &mut Rows) {
    for (key, first, last) in [
        (1, "Ursule", "Pierresonge"),
        (2, "Odile", "Montgrêle"),
        (3, "Xavier", "Clairlune"),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.text(first);
            row.text(last);
            row.text(&format!("{}@courriel.example", first.to_lowercase()));
            row.text(&format!("01 99 00 01 {key:02}"));
            row.text("2 chemin de l'Étang");
            row.text("34000");
            row.text("Brumeville");
            row.text("FR00 0000 0000 0000 0000 0000 000");
            row.text("EXMPFRPPXXX");
            row.time(Form::Date, before(world, 5.years()));
            row.time(Form::Date, before(world, 12.years()));
        });
    }
}

pub fn disputes(world: &World, rows: &mut Rows) {
    for (key, settled) in [(2, When::Never), (3, before(world, 3.years()))] {
        rows.row(|row| {
            row.integer(key);
            row.integer(key);
            row.time(Form::Date, before(world, 6.years()));
            row.time(Form::Date, settled);
            row.integer(48_000);
        });
    }
}

pub fn invoices(world: &World, rows: &mut Rows) {
    let issued = world.reference.saturating_sub(8.years());
    rows.row(|row| {
        row.integer(issued.year());
        row.integer(1);
        row.integer(1);
        row.time(Form::Date, at(issued));
        row.time(Form::Date, at(jiff::civil::date(issued.year(), 12, 31)));
        row.text("Ursule Pierresonge");
        row.text("2 chemin de l'Étang, 34000 Brumeville");
        row.integer(24_000);
    });
}

pub fn service_accounts(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.text("V-0001");
        row.text("Plomberie du Héron");
        row.time(Form::Date, before(world, 31.days()));
    });
}

pub fn users(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(1);
        row.text("V-0001");
        row.text("Tiphaine Garderuisseau");
        row.text("tiphaine@courriel.example");
        row.text("$argon2id$v=19$m=65536,t=3,p=4$c2Vs$0000000000000000");
        row.time(Form::Instant, before(world, 2.months()));
    });
}

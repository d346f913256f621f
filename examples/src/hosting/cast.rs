//! A few people written by hand, whose dates are chosen so that each shows one thing.

use jiff::ToSpan;

use crate::company::{CastMember, World};
use crate::moment::{Absurd, Form, When, at, before};
use crate::sql::Rows;

const FAITHFUL: &str = "00000000-0000-4000-8000-000000000001";
const GONE: &str = "00000000-0000-4000-8000-000000000002";
const WITHDRAWN: &str = "00000000-0000-4000-8000-000000000003";

pub const CAST: [CastMember; 10] = [
    CastMember {
        name: "year_over",
        store: "logs",
        table: "connections",
        key: "1",
        stays: false,
        fr: "connexion dont l'année vient de s'achever",
        en: "a connection whose year has just ended",
    },
    CastMember {
        name: "year_not_over",
        store: "logs",
        table: "connections",
        key: "2",
        stays: true,
        fr: "connexion faite un jour plus tard : la loi veut qu'elle soit encore là",
        en: "a connection made a day later: the law wants it still there",
    },
    CastMember {
        name: "client_gone",
        store: "portal",
        table: "users",
        key: "1",
        stays: false,
        fr: "utilisatrice d'un client parti depuis 31 jours",
        en: "a user of a client who left 31 days ago",
    },
    CastMember {
        name: "client_leaving",
        store: "portal",
        table: "users",
        key: "2",
        stays: true,
        fr: "utilisateur d'un client parti depuis 29 jours : il peut encore reprendre ses données",
        en: "a user of a client who left 29 days ago: it can still take its data back",
    },
    CastMember {
        name: "faithful_subscriber",
        store: "marketing",
        table: "subscribers",
        key: FAITHFUL,
        stays: true,
        fr: "abonné depuis douze ans, jamais désinscrit : rien n'est dû",
        en: "a subscriber since twelve years who never unsubscribed: nothing is due",
    },
    CastMember {
        name: "unsubscribed",
        store: "marketing",
        table: "subscribers",
        key: GONE,
        stays: false,
        fr: "abonnée désinscrite la veille : elle part aussitôt",
        en: "a subscriber who left the day before: she goes at once",
    },
    CastMember {
        name: "withdrawn_application",
        store: "recruitment",
        table: "applications",
        key: WITHDRAWN,
        stays: false,
        fr: "candidature d'il y a deux mois, retirée la veille",
        en: "an application two months old, withdrawn the day before",
    },
    CastMember {
        name: "objecting_prospect",
        store: "crm",
        table: "contacts",
        key: "1",
        stays: false,
        fr: "prospect rencontré le mois passé, qui s'est opposé la veille",
        en: "a prospect met last month who objected the day before",
    },
    CastMember {
        name: "objecting_customer",
        store: "crm",
        table: "contacts",
        key: "2",
        stays: true,
        fr: "cliente qui s'est opposée à la prospection : son contrat la garde, la prospection s'arrête",
        en: "a customer who objected to prospecting: the contract keeps her, prospecting stops",
    },
    CastMember {
        name: "dateless_prospect",
        store: "crm",
        table: "contacts",
        key: "3",
        stays: true,
        fr: "prospect dont le dernier contact date de l'an 1 : montré, jamais effacé sur une telle date",
        en: "a prospect whose last contact dates from the year 1: shown, never erased on such a date",
    },
];

pub fn connections(world: &World, rows: &mut Rows) {
    let tomorrow = world.reference.saturating_add(1.day());
    for (key, moment) in [
        (1, before(world, 1.years())),
        (2, at(tomorrow.saturating_sub(1.years()))),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.time(Form::Instant, moment);
            row.text("cast");
            row.text("192.0.2.30");
            row.text("vpn");
            row.text("0000000000000000");
        });
    }
}

pub fn clients(world: &World, rows: &mut Rows) {
    for (key, name, days) in [(1, "Phare du Bout", 31), (2, "Atelier de la Marée", 29)] {
        rows.row(|row| {
            row.integer(key);
            row.text(name);
            row.time(Form::Date, before(world, 6.years()));
            row.time(Form::Date, before(world, days.days()));
        });
    }
}

pub fn users(world: &World, rows: &mut Rows) {
    for (key, first, last) in [(1, "Marie-Noëlle", "Chantemarée"), (2, "Yves", "Porteclef")] {
        rows.row(|row| {
            row.integer(key);
            row.integer(key);
            row.text(&format!("cast{key}"));
            row.text("$argon2id$v=19$m=65536,t=3,p=4$c2Vs$0000000000000000");
            row.text(first);
            row.text(last);
            row.text(&format!("cast{key}@courriel.example"));
            row.text("{\"language\": \"fr\", \"theme\": \"clair\"}");
            row.boolean(false);
            row.time(Form::Instant, before(world, 5.years()));
        });
    }
}

pub fn subscribers(world: &World, rows: &mut Rows) {
    for (id, first, last, end) in [
        (FAITHFUL, "Paul", "Gardelune", When::Never),
        (GONE, "Zoé", "Passegrêle", before(world, 1.days())),
    ] {
        rows.row(|row| {
            row.text(id);
            row.text(&format!("{}@courriel.example", last.to_lowercase()));
            row.text(first);
            row.text(last);
            row.time(Form::Local, before(world, 12.years()));
            row.time(Form::Local, end);
        });
    }
}

pub fn applications(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.text(WITHDRAWN);
        row.text("Irène");
        row.text("Tournecendre");
        row.text("irene@courriel.example");
        row.text("06 39 98 00 31");
        row.text("technicienne réseau");
        row.text("Cinq ans de fibre.");
        row.null();
        row.time(Form::Text, before(world, 2.months()));
        row.time(Form::Text, before(world, 1.days()));
    });
}

pub fn accounts(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(1);
        row.text("Phare du Bout");
        row.text("000 000 001");
        row.time(Form::Date, before(world, 6.years()));
        row.null();
    });
}

pub fn contacts(world: &World, rows: &mut Rows) {
    for (key, customer, first, last, contact, objected) in [
        (1, false, "Hugo", "Vireverre", before(world, 1.months()), true),
        (2, true, "Léa", "Bellebrume", before(world, 5.years()), true),
        (
            3,
            false,
            "Émile",
            "Trompelune",
            When::Absurd(Absurd::FirstYear),
            false,
        ),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.maybe_integer(customer.then_some(1));
            row.text(if customer { "C" } else { "P" });
            row.text(first);
            row.text(last);
            row.text(&format!("cast{key}@courriel.example"));
            row.text(&format!("01 99 00 00 {key:02}"));
            row.text("responsable informatique");
            row.null();
            row.time(Form::Local, contact);
            row.time(
                Form::Local,
                if objected {
                    before(world, 1.days())
                } else {
                    When::Never
                },
            );
            row.time(Form::Instant, before(world, 8.years()));
            row.null();
        });
    }
}

//! A few people written by hand, whose dates are chosen so that each shows one thing.

use jiff::ToSpan;

use crate::company::{CastMember, World};
use crate::moment::{Form, When, at, before};
use crate::sql::Rows;

const OLD: &str = "00000000-0000-4000-8000-000000000001";
const DESTROYED: &str = "00000000-0000-4000-8000-000000000002";
const TAKEN_UP: &str = "00000000-0000-4000-8000-000000000003";

pub const CAST: [CastMember; 8] = [
    CastMember {
        name: "year_old",
        store: "platform",
        table: "conversations",
        key: OLD,
        stays: false,
        fr: "conversation dont le dernier message date d'un an jour pour jour",
        en: "a conversation whose last message is a year old to the day",
    },
    CastMember {
        name: "destroyed",
        store: "platform",
        table: "conversations",
        key: DESTROYED,
        stays: false,
        fr: "conversation de la semaine, d'un client qui a fixé la destruction à la veille",
        en: "a conversation of this week, of a client who set the day before for the destruction",
    },
    CastMember {
        name: "taken_up_again",
        store: "platform",
        table: "conversations",
        key: TAKEN_UP,
        stays: true,
        fr: "conversation de quatorze mois, reprise il y a un mois",
        en: "a conversation fourteen months old, taken up again a month ago",
    },
    CastMember {
        name: "former_user",
        store: "platform",
        table: "users",
        key: "1",
        stays: false,
        fr: "utilisatrice dont le client est parti il y a un an",
        en: "a user whose client left a year ago",
    },
    CastMember {
        name: "user",
        store: "platform",
        table: "users",
        key: "3",
        stays: true,
        fr: "utilisateur d'un client sous contrat",
        en: "a user of a client under contract",
    },
    CastMember {
        name: "paper_checked",
        store: "rights",
        table: "requests",
        key: "1",
        stays: true,
        fr: "demande du mois passé : la pièce d'identité, vérifiée, est partie ; la demande reste",
        en: "a request of last month: the identity document, checked, is gone; the request stays",
    },
    CastMember {
        name: "old_request",
        store: "rights",
        table: "requests",
        key: "2",
        stays: false,
        fr: "demande close depuis cinq ans",
        en: "a request closed five years ago",
    },
    CastMember {
        name: "just_due",
        store: "crm",
        table: "contacts",
        key: "1",
        stays: false,
        fr: "prospect dont les trois ans viennent de s'achever",
        en: "a prospect whose three years have just ended",
    },
];

pub fn clients(world: &World, rows: &mut Rows) {
    let never = When::Never;
    for (key, name, ended, destroy) in [
        (
            1,
            "Boutique du Vieux Lutin",
            before(world, 1.years()),
            at(world.reference.saturating_add(1.month())),
        ),
        (
            2,
            "Bottes de Sept Lieues",
            before(world, 3.months()),
            before(world, 1.days()),
        ),
        (3, "Librairie de la Marée", never, never),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.text(name);
            row.time(Form::Date, ended);
            row.time(Form::Date, destroy);
        });
    }
}

pub fn users(world: &World, rows: &mut Rows) {
    for (key, first, last) in [(1, "Maëlys", "Valgirouette"), (3, "Rachid", "Porteplume")] {
        rows.row(|row| {
            row.integer(key);
            row.integer(key);
            row.text(first);
            row.text(last);
            row.text(&format!("cast{key}@courriel.example"));
            row.text("rédactrice");
            row.text("$argon2id$v=19$m=65536,t=3,p=4$c2Vs$0000000000000000");
            row.time(Form::Instant, before(world, 1.years()));
            row.null();
        });
    }
}

/// Key, client, beginning, last message.
fn talks(world: &World) -> [(&'static str, u64, When, When); 3] {
    let this_week = before(world, 4.days());
    [
        (OLD, 3, before(world, 1.years()), before(world, 1.years())),
        (DESTROYED, 2, this_week, this_week),
        (TAKEN_UP, 3, before(world, 14.months()), before(world, 1.months())),
    ]
}

pub fn conversations(world: &World, rows: &mut Rows) {
    for (id, client, start, _) in talks(world) {
        rows.row(|row| {
            row.text(id);
            row.integer(client);
            row.text("k-cast");
            row.text("visiteuse@courriel.example");
            row.integer(4);
            row.time(Form::Instant, start);
        });
    }
}

pub fn messages(world: &World, rows: &mut Rows) {
    for (id, _, _, last) in talks(world) {
        rows.row(|row| {
            row.text(id);
            row.integer(1);
            row.text("visiteur");
            row.text("Mes bottes sont trop petites.");
            row.time(Form::Instant, last);
        });
    }
}

pub fn requests(world: &World, rows: &mut Rows) {
    for (key, name, paper, closed) in [
        (1, "Solène Hauteclef", true, before(world, 20.days())),
        (2, "Didier Croquemoulin", false, before(world, 5.years())),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.text(name);
            row.text(&format!("cast{key}@courriel.example"));
            row.null();
            row.text("Que savez-vous de moi ?");
            row.maybe_text(paper.then_some("scan-00000001.png"));
            row.time(Form::Date, before(world, 6.years()));
            row.time(
                Form::Date,
                if paper {
                    before(world, 25.days())
                } else {
                    When::Never
                },
            );
            row.time(Form::Date, closed);
        });
    }
}

pub fn contacts(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(1);
        row.null();
        row.text("prospect");
        row.text("Benoît");
        row.text("Tournesonge");
        row.text("benoit@courriel.example");
        row.text("06 39 98 03 01");
        row.text("acheteur");
        row.null();
        row.time(Form::Local, before(world, 3.years()));
        row.null();
        row.time(Form::Instant, before(world, 8.years()));
        row.boolean(false);
    });
}

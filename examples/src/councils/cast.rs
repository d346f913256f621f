//! A few people written by hand, whose dates are chosen so that each shows one thing.

use jiff::ToSpan;

use crate::company::{CastMember, World};
use crate::moment::{Form, When, at, before};
use crate::sql::Rows;

pub const CAST: [CastMember; 6] = [
    CastMember {
        name: "month_over",
        store: "boxes",
        table: "members",
        key: "1",
        stays: false,
        fr: "conseillère dont la commune est partie il y a un mois jour pour jour",
        en: "a councillor whose municipality left a month ago to the day",
    },
    CastMember {
        name: "month_not_over",
        store: "boxes",
        table: "members",
        key: "2",
        stays: true,
        fr: "conseiller dont le mois s'achève un jour plus tard",
        en: "a councillor whose month ends one day later",
    },
    CastMember {
        name: "extension_runs",
        store: "boxes",
        table: "members",
        key: "3",
        stays: true,
        fr: "le client, parti depuis trois mois, a demandé qu'on garde tout jusqu'au mois prochain",
        en: "the client left three months ago and asked that everything stay until next month",
    },
    CastMember {
        name: "extension_over",
        store: "boxes",
        table: "members",
        key: "4",
        stays: false,
        fr: "la prolongation que le client avait demandée s'est achevée la veille",
        en: "the extension that the client had asked for ended the day before",
    },
    CastMember {
        name: "departed",
        store: "crm",
        table: "contacts",
        key: "1",
        stays: false,
        fr: "interlocutrice dont l'organisation a signalé le départ la veille",
        en: "a contact whose organisation reported her departure the day before",
    },
    CastMember {
        name: "objected",
        store: "crm",
        table: "contacts",
        key: "2",
        stays: true,
        fr: "interlocuteur qui refuse les bulletins : ils s'arrêtent, courriers et devis continuent",
        en: "a contact who refuses the bulletins: they stop, letters and quotes go on",
    },
];

pub fn clients(world: &World, rows: &mut Rows) {
    let tomorrow = world.reference.saturating_add(1.day());
    let never = When::Never;
    for (key, name, ended, kept) in [
        (1, "Commune d'Ys", before(world, 1.months()), never),
        (
            2,
            "Commune d'Outrebois",
            at(tomorrow.saturating_sub(1.months())),
            never,
        ),
        (
            3,
            "Syndicat du Grand Phare",
            before(world, 3.months()),
            at(world.reference.saturating_add(1.month())),
        ),
        (
            4,
            "Communauté de Valsonge",
            before(world, 3.months()),
            before(world, 1.days()),
        ),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.text(name);
            row.text("commune");
            row.time(Form::Date, ended);
            row.time(Form::Date, kept);
        });
    }
}

pub fn members(_: &World, rows: &mut Rows) {
    for (key, first, last) in [
        (1, "Hélène", "Hautemarée"),
        (2, "Loïc", "Brisepierre"),
        (3, "Fatou", "Clairforêt"),
        (4, "Jérôme", "Passetambour"),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.integer(key);
            row.text("M.");
            row.text(first);
            row.text(last);
            row.null();
            row.text("Sans étiquette");
            row.text("finances");
            row.text("conseil municipal");
            row.text(&format!("cast{key}@courriel.example"));
            row.null();
            row.text(&format!("06 39 98 02 {key:02}"));
            row.text(&format!("cast{key}"));
            row.text("$argon2id$v=19$m=65536,t=3,p=4$c2Vs$0000000000000000");
            row.boolean(true);
        });
    }
}

pub fn contacts(world: &World, rows: &mut Rows) {
    let yesterday = before(world, 1.days());
    let never = When::Never;
    for (key, first, last, departed, objected) in [
        (1, "Camille", "Franclierre", yesterday, never),
        (2, "Quentin", "Longsifflet", never, yesterday),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.text(first);
            row.text(last);
            row.text("Commune d'Ys");
            row.text(&format!("01 99 00 02 {key:02}"));
            row.null();
            row.text(&format!("cast{key}@mairie-de-brumeville.example"));
            row.null();
            row.time(Form::Local, before(world, 2.months()));
            row.time(Form::Local, departed);
            row.time(Form::Local, objected);
            row.time(Form::Local, before(world, 4.years()));
        });
    }
}

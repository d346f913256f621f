//! A few people written by hand, whose dates are chosen so that each shows one thing.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::company::{CastMember, World};
use crate::moment::{Absurd, Form, When, at, before};
use crate::sql::Rows;

const SUBSCRIBER: &str = "00000000-0000-4000-8000-000000000001";
const WITHDRAWN: &str = "00000000-0000-4000-8000-000000000002";

pub const CAST: [CastMember; 12] = [
    CastMember {
        name: "reduced_customer",
        store: "billing",
        table: "customers",
        key: "1",
        stays: true,
        fr: "ancien client : une facture de moins de dix ans garde son nom et son adresse, le reste part",
        en: "former customer: an invoice less than ten years old keeps the name and address, the rest goes",
    },
    CastMember {
        name: "settled_customer",
        store: "billing",
        table: "customers",
        key: "2",
        stays: false,
        fr: "ancien client dont la dernière facture a plus de dix ans : tout part, la facture d'abord",
        en: "former customer whose last invoice is over ten years old: everything goes, the invoice first",
    },
    CastMember {
        name: "faithful_subscriber",
        store: "mailing",
        table: "subscribers",
        key: SUBSCRIBER,
        stays: true,
        fr: "abonnée muette depuis neuf ans, mais toujours abonnée : rien n'est dû",
        en: "a subscriber silent for nine years, but still subscribed: nothing is due",
    },
    CastMember {
        name: "withdrawn_subscriber",
        store: "mailing",
        table: "subscribers",
        key: WITHDRAWN,
        stays: false,
        fr: "abonné qui vient de retirer son consentement : il part sans attendre trois ans",
        en: "a subscriber who has just withdrawn his consent: he goes without waiting three years",
    },
    CastMember {
        name: "revived_prospect",
        store: "crm",
        table: "contacts",
        key: "1",
        stays: true,
        fr: "prospect oublié depuis cinq ans, avec qui une vente est de nouveau en discussion",
        en: "a prospect forgotten for five years, with whom a sale is under discussion again",
    },
    CastMember {
        name: "just_due",
        store: "crm",
        table: "contacts",
        key: "2",
        stays: false,
        fr: "prospect dont les trois ans viennent de s'achever",
        en: "a prospect whose three years have just ended",
    },
    CastMember {
        name: "due_a_day_later",
        store: "crm",
        table: "contacts",
        key: "3",
        stays: true,
        fr: "prospect dont les trois ans s'achèvent un jour plus tard",
        en: "a prospect whose three years end one day later",
    },
    CastMember {
        name: "dateless_prospect",
        store: "crm",
        table: "contacts",
        key: "4",
        stays: true,
        fr: "prospect dont le dernier contact date de l'an 1 : montré, jamais effacé sur une telle date",
        en: "a prospect whose last contact dates from the year 1: shown, never erased on such a date",
    },
    CastMember {
        name: "hidden_customer",
        store: "crm",
        table: "contacts",
        key: "5",
        stays: true,
        fr: "client masqué dans l'outil mais sous contrat : masqué n'est pas effacé",
        en: "a customer hidden in the tool but under contract: hidden is not erased",
    },
    CastMember {
        name: "former_customer",
        store: "crm",
        table: "contacts",
        key: "6",
        stays: true,
        fr: "client parti depuis quatre ans : le support a fini, le compte garde son nom et ses coordonnées un an encore",
        en: "a customer gone for four years: support has ended, the account keeps the name and contact data one more year",
    },
    CastMember {
        name: "member_prospect",
        store: "crm",
        table: "contacts",
        key: "7",
        stays: true,
        fr: "prospect muet depuis quatre ans : son adhésion vérifiée garde son nom jusqu'à cinq",
        en: "a prospect silent for four years: the check of a membership keeps the name until five",
    },
    CastMember {
        name: "withdrawn_visitor",
        store: "site",
        table: "visitors",
        key: "v-0000000000000001",
        stays: false,
        fr: "visiteuse de la semaine passée qui vient de retirer son consentement",
        en: "a visitor of last week who has just withdrawn her consent",
    },
];

pub(super) fn accounts(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(1);
        row.null();
        row.text("Cabinet du Griffon");
        row.text("000 000 001");
        row.text("Ys");
        row.time(Form::Date, before(world, 6.years()));
        row.null();
    });
    rows.row(|row| {
        row.integer(2);
        row.integer(1);
        row.text("Cabinet de la Salamandre");
        row.text("000 000 002");
        row.text("Outrebois");
        row.time(Form::Date, before(world, 9.years()));
        row.time(Form::Date, before(world, 4.years().months(1)));
    });
}

/// A contact of the cast: key, firm, kind, names, last contact, and whether it is hidden.
struct Contact<'a> {
    key: u64,
    account: Option<u64>,
    kind: &'a str,
    first: &'a str,
    last: &'a str,
    last_contact: When,
    hidden: bool,
}

pub(super) fn contacts(world: &World, rows: &mut Rows) {
    let prospect = |key, first, last, last_contact| Contact {
        key,
        account: None,
        kind: "P",
        first,
        last,
        last_contact,
        hidden: false,
    };
    let tomorrow = world.reference.saturating_add(1.day());
    for contact in [
        prospect(1, "Solène", "Vireplume", before(world, 5.years())),
        prospect(2, "Denis", "Gareclef", before(world, 3.years())),
        prospect(3, "Inès", "Gareclef", at(tomorrow.saturating_sub(3.years()))),
        prospect(4, "Zacharie", "Hurtelune", When::Absurd(Absurd::FirstYear)),
        Contact {
            key: 5,
            account: Some(1),
            kind: "C",
            first: "Odile",
            last: "Chantebrume",
            last_contact: before(world, 7.years()),
            hidden: true,
        },
        Contact {
            key: 6,
            account: Some(2),
            kind: "C",
            first: "Karim",
            last: "Tournelampe",
            last_contact: before(world, 4.years()),
            hidden: false,
        },
        prospect(7, "Hélène", "Mirebélier", before(world, 4.years())),
    ] {
        rows.row(|row| {
            let email = format!("cast{}@courriel.example", contact.key);
            row.integer(contact.key);
            row.maybe_integer(contact.account);
            row.text(contact.kind);
            row.text(contact.first);
            row.text(contact.last);
            row.text(&email);
            row.text(&format!("06 39 98 00 {:02}", contact.key));
            row.text("expert-comptable");
            row.maybe_text(
                (contact.kind == "C")
                    .then(|| format!("cast{}", contact.key))
                    .as_deref(),
            );
            row.integer(50);
            row.text("Rencontrée au salon de l'automne.");
            row.text(
                "{\"address\": {\"street\": \"3 quai d'Ys\", \"postcode\": \"29000\", \"city\": \"Ys\"}, \
                 \"preferences\": {\"language\": \"fr\"}}",
            );
            row.null();
            row.time(Form::Local, contact.last_contact);
            row.null();
            row.time(Form::Instant, before(world, 8.years()));
            row.time(
                Form::Local,
                if contact.hidden {
                    before(world, 1.years())
                } else {
                    When::Never
                },
            );
        });
    }
}

pub(super) fn opportunities(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(1);
        row.integer(1);
        row.text("Licence vigilance, 12 postes");
        row.integer(4800);
        row.text("open");
        row.time(Form::Local, before(world, 10.days()));
    });
}

pub(super) fn memberships(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(7);
        row.null();
        row.text("Cercle des Griffons");
        row.text("Hélène Mirebélier");
        row.text("GRF-000007");
        row.time(Form::Date, before(world, 4.years().months(2)));
    });
}

pub(super) fn contact_requests(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.text("req-0000000000000001");
        row.text("Théo Brisehêtre");
        row.text("theo@courriel.example");
        row.text("06 39 98 00 08");
        row.integer(137);
        row.text("29000");
        row.text("Bonjour, pouvez-vous me rappeler au sujet de la vigilance ?");
        row.text("192.0.2.77");
        row.time(Form::Instant, before(world, 4.years()));
        row.null();
    });
}

pub(super) fn visitors(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.text("v-0000000000000001");
        row.text("Mozilla/5.0 (X11; Linux x86_64) Exemple/118.0");
        row.time(Form::Seconds, before(world, 7.days()));
        row.time(Form::Seconds, before(world, 7.days()));
        row.time(Form::Seconds, before(world, 7.days()));
        row.time(Form::Seconds, before(world, 1.days()));
    });
}

pub(super) fn visits(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(1);
        row.text("v-0000000000000001");
        row.time(Form::Milliseconds, before(world, 7.days()));
        row.text("192.0.2.10");
        row.text("/blog/vigilance");
        row.null();
    });
}

pub(super) fn subscribers(world: &World, rows: &mut Rows) {
    for (id, first, last, withdrawn) in [
        (SUBSCRIBER, "Pénélope", "Gardelierre", When::Never),
        (WITHDRAWN, "Victor", "Passegirouette", before(world, 1.days())),
    ] {
        let ended = withdrawn;
        rows.row(|row| {
            row.text(id);
            row.text(&format!("{}@lettres.example", first.to_lowercase()));
            row.text(first);
            row.text(last);
            row.null();
            row.text("192.0.2.11");
            row.time(Form::Local, before(world, 12.years()));
            row.time(Form::Local, before(world, 12.years()));
            row.time(Form::Local, ended);
            row.time(Form::Local, withdrawn);
            row.null();
            row.time(Form::Local, before(world, 9.years()));
        });
    }
}

pub(super) fn sends(world: &World, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(120);
        row.text(SUBSCRIBER);
        row.time(Form::Local, before(world, 20.days()));
        row.null();
    });
}

pub(super) fn customers(world: &World, rows: &mut Rows) {
    for (key, first, last, ended) in [
        (1, "Perceval", "Tourneclef", before(world, 7.years())),
        (2, "Ursule", "Croqueverre", before(world, 12.years())),
    ] {
        rows.row(|row| {
            row.integer(key);
            row.text(first);
            row.text(last);
            row.text(&format!("{}@bilan-et-fils.example", first.to_lowercase()));
            row.text(&format!("01 99 00 00 {key:02}"));
            row.text("8 rue de l'Alambic");
            row.text("44000");
            row.text("Valsonge");
            row.text("FR00 0000 0000 0000 0000 0000 000");
            row.text("EXMPFRPPXXX");
            row.time(Form::Date, before(world, 14.years()));
            row.time(Form::Date, ended);
            row.time(Form::Date, ended);
            row.time(Form::Date, before(world, 14.years()));
            row.boolean(true);
        });
    }
}

/// One invoice of each customer of the cast: eight years old for the first, thirteen for the second.
fn invoices_of_the_cast(world: &World) -> [(u64, &'static str, Date); 2] {
    let issued = |years: i64| world.reference.saturating_sub(years.years());
    [
        (1, "Perceval Tourneclef", issued(8)),
        (2, "Ursule Croqueverre", issued(13)),
    ]
}

pub(super) fn invoices(world: &World, rows: &mut Rows) {
    for (key, name, issued) in invoices_of_the_cast(world) {
        rows.row(|row| {
            row.integer(issued.year());
            row.integer(key);
            row.integer(key);
            row.time(Form::Date, at(issued));
            row.time(Form::Date, at(jiff::civil::date(issued.year(), 12, 31)));
            row.text(name);
            row.text("8 rue de l'Alambic, 44000 Valsonge");
            row.integer(48_000);
            row.time(Form::Date, at(issued.saturating_add(30.days())));
        });
    }
}

pub(super) fn invoice_lines(world: &World, rows: &mut Rows) {
    for (key, _, issued) in invoices_of_the_cast(world) {
        rows.row(|row| {
            row.integer(issued.year());
            row.integer(key);
            row.integer(1);
            row.text("Abonnement annuel");
            row.integer(48_000);
        });
    }
}

//! What visitors of clients' sites asked: conversations, messages, searches.

use super::platform::client_of;
use super::{Kind, kind, person};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Table, nobody};

pub const CONVERSATIONS: Table = Table {
    into: "conversations (id, client_id, visitor, email, rating, started_at)",
    indexes: World::crowd,
    cast: super::cast::conversations,
    fill: conversation,
};

pub const MESSAGES: Table = Table {
    into: "messages (conversation_id, number, author, body, sent_at)",
    indexes: World::crowd,
    cast: super::cast::messages,
    fill: messages,
};

pub const SEARCHES: Table = Table {
    into: "searches (id, client_id, visitor, ip, query, article, searched_at)",
    indexes: World::crowd,
    cast: nobody,
    fill: searches,
};

/// A conversation: key, day of its beginning, whether the visitor came back, how many messages.
fn conversation_of(world: &World, index: u64) -> Option<(String, i64, i64, u64)> {
    let mut random = Random::of(world.seed, "conversation", index);
    if kind(world, index) != Kind::Visitor || random.chance(300) {
        return None;
    }
    let id = people::uuid(&mut random);
    let start = world.today() - random.between(0, 2 * YEAR);
    // Some take up an old conversation again.
    let back = if random.chance(100) {
        random.between(20, 300)
    } else {
        0
    };
    Some((id, start, back.min(world.today() - start), random.below(5)))
}

fn cookie(world: &World, index: u64) -> String {
    format!(
        "k-{:016x}",
        Random::of(world.seed, "cookie of selfcare", index).next()
    )
}

fn conversation(world: &World, index: u64, rows: &mut Rows) {
    let Some((id, start, ..)) = conversation_of(world, index) else {
        return;
    };
    let mut random = Random::of(world.seed, "conversing", index);
    rows.row(|row| {
        row.text(&id);
        row.integer(key(client_of(world, index)));
        row.text(&cookie(world, index));
        row.maybe_text(
            random
                .chance(250)
                .then(|| person(world, index).email_as_typed(&mut random))
                .as_deref(),
        );
        row.maybe_integer(random.chance(300).then(|| random.below(5) + 1));
        row.time(
            Form::Instant,
            When::At(start, 8 * 3600).or_mess(10, 15, world.today(), &mut random),
        );
    });
}

fn messages(world: &World, index: u64, rows: &mut Rows) {
    let Some((id, start, back, count)) = conversation_of(world, index) else {
        return;
    };
    let mut random = Random::of(world.seed, "chat message", index);
    for number in 0..count {
        let last = number + 1 == count;
        rows.row(|row| {
            row.text(&id);
            row.integer(number + 1);
            row.text(if number % 2 == 0 { "visiteur" } else { "lutin" });
            row.text(if number % 2 == 0 {
                random.pick(&ASKED)
            } else {
                random.pick(&ANSWERED)
            });
            let day = if last { start + back } else { start };
            row.time(
                Form::Instant,
                When::At(day, 9 * 3600 + number as u32 * 61).or_mess(4, 4, world.today(), &mut random),
            );
        });
    }
}

fn searches(world: &World, index: u64, rows: &mut Rows) {
    if kind(world, index) != Kind::Visitor {
        return;
    }
    let mut random = Random::of(world.seed, "search", index);
    let today = world.today();
    for number in 0..random.below(4) {
        let day = today - random.between(0, YEAR);
        rows.row(|row| {
            row.integer(key(index) * 4 + number);
            row.integer(key(client_of(world, index)));
            row.maybe_text((!random.chance(200)).then(|| cookie(world, index)).as_deref());
            row.text(&people::ip(&mut random));
            row.text(random.pick(&[
                "livraison",
                "échanger des bottes",
                "carte cadeau",
                "où est mon colis",
            ]));
            row.maybe_text((!random.chance(200)).then(|| random.pick(&["livraison", "retours", "cadeaux"])));
            // Now and then a program wrote seconds where milliseconds belong: January 1970.
            let form = if random.chance(8) {
                Form::Seconds
            } else {
                Form::Milliseconds
            };
            row.time(form, When::on(day, &mut random));
        });
    }
}

const ASKED: [&str; 4] = [
    "Bonjour, mes bottes de sept lieues sont trop petites.",
    "Ma carte est le [masqué], pourquoi refuse-t-elle ?",
    "Livrez-vous à Ys ?",
    "Je voudrais parler à quelqu'un.",
];

const ANSWERED: [&str; 3] = [
    "N'écrivez ici rien de sensible. Vous pouvez échanger vos bottes pendant trente jours.",
    "Une conseillère vous répond dans un instant.",
    "Oui, à marée basse.",
];

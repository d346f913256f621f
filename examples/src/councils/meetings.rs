//! Meetings: who was there, who voted what in public, who wrote what.

use super::boxes::client_of;
use super::{CLIENTS, is_member};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR};
use crate::random::Random;
use crate::sql::{Rows, Table, nobody};

pub const MEETINGS: Table = Table {
    into: "meetings (id, client_id, title, held_at)",
    indexes: |_| CLIENTS * EACH,
    cast: nobody,
    fill: meeting,
};

pub const ATTENDANCES: Table = Table {
    into: "attendances (meeting_id, member_id, presence)",
    indexes: World::crowd,
    cast: nobody,
    fill: attendances,
};

pub const VOTES: Table = Table {
    into: "votes (meeting_id, item, member_id, vote, cast_at)",
    indexes: World::crowd,
    cast: nobody,
    fill: votes,
};

pub const NOTES: Table = Table {
    into: "notes (id, member_id, body, written_at)",
    indexes: World::crowd,
    cast: nobody,
    fill: notes,
};

/// Meetings of a client.
const EACH: u64 = 3;

fn day_of(world: &World, meeting: u64) -> i64 {
    let mut random = Random::of(world.seed, "meeting", meeting);
    world.today() - random.between(-30, 3 * YEAR)
}

fn meeting(world: &World, index: u64, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(key(index));
        row.integer(key(index % CLIENTS));
        row.text(if index.is_multiple_of(5) {
            "Commission"
        } else {
            "Séance ordinaire"
        });
        row.time(Form::Local, When::At(day_of(world, index), 66_600));
    });
}

/// The meetings to which a member was called.
fn meetings_of(world: &World, index: u64) -> impl Iterator<Item = u64> {
    let client = client_of(world, index);
    let last = if is_member(world, index) { EACH } else { 0 };
    (0..last).map(move |number| client + number * CLIENTS)
}

fn attendances(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "attendance of member", index);
    for meeting in meetings_of(world, index) {
        rows.row(|row| {
            row.integer(key(meeting));
            row.integer(key(index));
            row.text(random.pick(&["présent", "présent", "Présente", "excusé", "absent", "représenté"]));
        });
    }
}

fn votes(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "vote", index);
    for meeting in meetings_of(world, index) {
        for item in 0..random.below(3) {
            rows.row(|row| {
                row.integer(key(meeting));
                row.integer(item + 1);
                row.integer(key(index));
                row.text(random.pick(&["pour", "pour", "contre", "abstention"]));
                row.time(
                    Form::Local,
                    When::At(day_of(world, meeting), 68_000 + item as u32 * 900),
                );
            });
        }
    }
}

fn notes(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "note of member", index);
    if !is_member(world, index) {
        return;
    }
    for number in 0..random.below(3) {
        let day = world.today() - random.between(0, 3 * YEAR);
        rows.row(|row| {
            row.integer(key(index) * 4 + number);
            row.integer(key(index));
            row.text(random.pick(&[
                "Demander le coût du banc.",
                "Vérifier les chiffres de la fontaine.",
                "Parler au maire avant la séance.",
            ]));
            row.time(
                Form::Instant,
                When::on(day, &mut random).or_mess(5, 5, world.today(), &mut random),
            );
        });
    }
}

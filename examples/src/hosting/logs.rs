//! Logs of connections to the services.

use super::{Kind, kind, login};
use crate::company::{World, key};
use crate::moment::{Form, When, YEAR};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table};

pub const SCRIPT: Script = Script {
    schema: &["CREATE TABLE connections (
  id {id} PRIMARY KEY,
  connected_at {instant},
  login TEXT,
  ip TEXT,
  service TEXT NOT NULL,
  seal TEXT NOT NULL
)"],
    tables: &[Table {
        into: "connections (id, connected_at, login, ip, service, seal)",
        indexes: World::crowd,
        cast: super::cast::connections,
        fill: connections,
    }],
    indexes: &["CREATE INDEX connections_moment ON connections (connected_at)"],
};

fn connections(world: &World, index: u64, rows: &mut Rows) {
    if kind(world, index) != Kind::EndUser {
        return;
    }
    let mut random = Random::of(world.seed, "connection", index);
    let today = world.today();
    for number in 0..random.below(9) {
        let day = today - random.between(0, YEAR + 60);
        rows.row(|row| {
            row.integer(key(index) * 16 + number);
            // Some collectors lost the hour, or wrote the epoch when their own clock failed.
            row.time(
                Form::Instant,
                When::At(day, random.below(86_400) as u32).or_mess(3, 6, today, &mut random),
            );
            // Refused attempts leave a name that nobody bears, with capitals as they were typed.
            match random.below(20) {
                0 => row.text(&login(index).to_uppercase()),
                1 => row.null(),
                _ => row.text(&login(index)),
            }
            row.text(&people::ip(&mut random));
            row.text(random.pick(&["vpn", "messagerie", "hébergement", "téléphonie"]));
            row.text(&format!("{:016x}", random.next()));
        });
    }
}

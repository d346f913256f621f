//! Visits to the company's own site.

use crate::company::{World, key};
use crate::moment::{Form, When, YEAR, maybe};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &["CREATE TABLE visits (
  id {id} PRIMARY KEY,
  cookie TEXT,
  device TEXT,
  page TEXT,
  visited_at BIGINT,
  withdrawn_at BIGINT
)"],
    tables: &[Table {
        into: "visits (id, cookie, device, page, visited_at, withdrawn_at)",
        indexes: World::crowd,
        cast: nobody,
        fill: visit,
    }],
    indexes: &["CREATE INDEX visits_moment ON visits (visited_at)"],
};

fn visit(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "visit to korrigan", index);
    if !random.chance(500) {
        return;
    }
    let today = world.today();
    let day = today - random.between(0, 2 * YEAR);
    rows.row(|row| {
        row.integer(key(index));
        row.text(&format!("s-{:016x}", random.next()));
        row.text(people::device(&mut random));
        row.text(random.pick(&["/", "/lutins", "/tarifs", "/blog/faq"]));
        row.time(
            Form::Seconds,
            When::At(day, random.below(86_400) as u32).or_mess(5, 10, today, &mut random),
        );
        let withdrawn = random
            .chance(80)
            .then(|| (day + random.between(1, 200)).min(today - 1));
        row.time(
            Form::Seconds,
            maybe(withdrawn.filter(|withdrawn| *withdrawn > day), &mut random),
        );
    });
}

//! Visitors of the web sites who accepted it.

use super::{Kind, kind};
use crate::company::World;
use crate::moment::{Form, When, YEAR, maybe};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &["CREATE TABLE visitors (
  id {code} PRIMARY KEY NOT NULL,
  device TEXT,
  pages TEXT,
  preferences TEXT,
  last_seen_at BIGINT,
  consent_withdrawn_at BIGINT
)"],
    tables: &[Table {
        into: "visitors (id, device, pages, preferences, last_seen_at, consent_withdrawn_at)",
        indexes: World::crowd,
        cast: nobody,
        fill: visitor,
    }],
    indexes: &["CREATE INDEX visitors_last_seen ON visitors (last_seen_at)"],
};

fn visitor(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "visitor of hosting", index);
    if kind(world, index) != Kind::Visitor && !random.chance(300) {
        return;
    }
    let today = world.today();
    let day = today - random.between(0, 2 * YEAR);
    rows.row(|row| {
        row.text(&format!("c-{:016x}", random.next()));
        row.text(people::device(&mut random));
        row.text(random.pick(&["/", "/fibre,/tarifs", "/carrieres", "/telephonie"]));
        row.maybe_text(random.chance(300).then_some("contraste élevé"));
        row.time(
            Form::Seconds,
            When::At(day, 79_200).or_mess(5, 10, today, &mut random),
        );
        let withdrawn = random
            .chance(70)
            .then(|| (day + random.between(1, 200)).min(today - 1));
        row.time(
            Form::Seconds,
            maybe(withdrawn.filter(|withdrawn| *withdrawn > day), &mut random),
        );
    });
}

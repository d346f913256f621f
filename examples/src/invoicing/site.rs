//! Visits to the web site.

use crate::company::{World, key};
use crate::moment::{Form, When, YEAR};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &["CREATE TABLE visits (
  id {id} PRIMARY KEY,
  visited_at BIGINT,
  seconds INTEGER,
  ip TEXT,
  browser TEXT,
  section TEXT
)"],
    tables: &[Table {
        into: "visits (id, visited_at, seconds, ip, browser, section)",
        indexes: World::crowd,
        cast: nobody,
        fill: visits,
    }],
    indexes: &["CREATE INDEX visits_moment ON visits (visited_at)"],
};

fn visits(world: &World, index: u64, rows: &mut Rows) {
    let mut random = Random::of(world.seed, "visit to vouivre", index);
    let today = world.today();
    for number in 0..random.below(4) {
        let day = today - random.between(0, YEAR);
        rows.row(|row| {
            row.integer(key(index) * 4 + number);
            // Now and then a program wrote seconds where milliseconds belong: January 1970.
            let form = if random.chance(8) {
                Form::Seconds
            } else {
                Form::Milliseconds
            };
            row.time(
                form,
                When::At(day, random.below(86_400) as u32).or_mess(4, 6, today, &mut random),
            );
            row.maybe_integer((!random.chance(300)).then(|| random.below(900)));
            row.text(&people::ip(&mut random));
            row.text(people::device(&mut random));
            row.text(random.pick(&["tarifs", "essai", "aide", "blog"]));
        });
    }
}

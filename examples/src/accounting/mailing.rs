//! Newsletters: subscribers, campaigns, what was sent to whom.

use super::crowd::Kind;
use crate::company::World;
use crate::moment::{Form, When, YEAR, maybe, whole};
use crate::people;
use crate::random::Random;
use crate::sql::{Rows, Script, Table, nobody};

pub const SCRIPT: Script = Script {
    schema: &[
        "CREATE TABLE subscribers (
  id {uuid} PRIMARY KEY NOT NULL,
  email TEXT,
  first_name TEXT,
  last_name TEXT,
  company TEXT,
  subscription_ip TEXT,
  created_at {local},
  subscribed_at {local},
  unsubscribed_at {local},
  withdrawn_at {local},
  campaign_ends_on {date},
  last_reply_at {local}
)",
        "CREATE TABLE campaigns (
  id {id} PRIMARY KEY,
  subject TEXT NOT NULL,
  sent_on {date} NOT NULL
)",
        "CREATE TABLE sends (
  campaign_id {id} NOT NULL REFERENCES campaigns (id),
  subscriber_id {uuid} NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  opened_at {local},
  clicked_at {local},
  PRIMARY KEY (campaign_id, subscriber_id)
)",
    ],
    tables: &[
        Table {
            into: "subscribers (id, email, first_name, last_name, company, subscription_ip, created_at, \
                   subscribed_at, unsubscribed_at, withdrawn_at, campaign_ends_on, last_reply_at)",
            indexes: World::crowd,
            cast: super::cast::subscribers,
            fill: subscriber,
        },
        Table {
            into: "campaigns (id, subject, sent_on)",
            indexes: |_| CAMPAIGNS,
            cast: nobody,
            fill: campaign,
        },
        Table {
            into: "sends (campaign_id, subscriber_id, opened_at, clicked_at)",
            indexes: World::crowd,
            cast: super::cast::sends,
            fill: sends,
        },
    ],
    indexes: &[
        "CREATE INDEX sends_subscriber ON sends (subscriber_id)",
        "CREATE INDEX subscribers_last_reply ON subscribers (last_reply_at)",
    ],
};

/// One letter a month for ten years.
const CAMPAIGNS: u64 = 120;
const MONTH: i64 = 30;

/// A subscription, in days from 1970-01-01.
struct Subscription {
    id: String,
    start: i64,
    end: Option<i64>,
    sends: u64,
}

fn subscription(world: &World, index: u64) -> Option<Subscription> {
    let mut random = Random::of(world.seed, "subscription", index);
    let subscribed = match world.kind(index) {
        Kind::Customer => random.chance(300),
        Kind::Prospect => random.chance(450),
        Kind::Visitor => random.chance(80),
        Kind::Candidate => false,
    };
    subscribed.then(|| {
        let id = people::uuid(&mut random);
        let start = world.today() - random.between(10, 9 * YEAR);
        let end = random
            .chance(480)
            .then(|| random.between(start + 1, world.today()));
        Subscription {
            id,
            start,
            end,
            sends: random.below(6),
        }
    })
}

fn subscriber(world: &World, index: u64, rows: &mut Rows) {
    let Some(subscription) = subscription(world, index) else {
        return;
    };
    let (person, today) = (world.person(index), world.today());
    let mut random = Random::of(world.seed, "subscriber", index);
    let Subscription { id, start, end, .. } = subscription;
    rows.row(|row| {
        row.text(&id);
        row.text(&person.email_as_typed(&mut random));
        row.maybe_text((!random.chance(150)).then_some(person.first));
        row.maybe_text((!random.chance(150)).then_some(&person.last));
        row.maybe_text(random.chance(500).then_some("Cabinet Hirondelle"));
        row.text(&people::ip(&mut random));
        row.time(Form::Local, When::on(start, &mut random));
        row.time(
            Form::Local,
            When::on(start, &mut random).or_mess(15, 0, today, &mut random),
        );
        row.time(
            Form::Local,
            maybe(end, &mut random).or_mess(0, 5, today, &mut random),
        );
        row.time(Form::Local, maybe(end.filter(|_| random.chance(60)), &mut random));
        row.time(
            Form::Date,
            whole(random.chance(30).then(|| today + random.between(-YEAR, 90))),
        );
        let reply = random
            .chance(350)
            .then(|| random.between(start, end.unwrap_or(today)));
        row.time(
            Form::Local,
            maybe(reply, &mut random).or_mess(0, 8, today, &mut random),
        );
    });
}

fn campaign(world: &World, index: u64, rows: &mut Rows) {
    rows.row(|row| {
        row.integer(index + 1);
        row.text(&format!("La lettre de l'Hippogriffe, n° {}", index + 1));
        row.time(Form::Date, whole(Some(sent_on(world, index))));
    });
}

fn sent_on(world: &World, campaign: u64) -> i64 {
    world.today() - (CAMPAIGNS - campaign) as i64 * MONTH
}

fn sends(world: &World, index: u64, rows: &mut Rows) {
    let Some(Subscription {
        id,
        start,
        end,
        sends,
    }) = subscription(world, index)
    else {
        return;
    };
    let mut random = Random::of(world.seed, "send", index);
    let last = end.unwrap_or(world.today());
    let begun = |campaign: &u64| (start..=last).contains(&sent_on(world, *campaign));
    // The last letters of the subscription: the earlier ones were cleared by hand, long ago.
    for campaign in (0..CAMPAIGNS).rev().filter(begun).take(sends as usize) {
        let day = sent_on(world, campaign);
        rows.row(|row| {
            row.integer(campaign + 1);
            row.text(&id);
            let opened = random.chance(450);
            row.time(Form::Local, maybe(opened.then_some(day), &mut random));
            row.time(
                Form::Local,
                maybe((opened && random.chance(300)).then_some(day), &mut random),
            );
        });
    }
}

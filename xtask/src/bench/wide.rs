//! Registers that are generated: many tables, and tables of one kind of row.

use std::fmt::Write;

use anyhow::Result;

use super::Bench;
use super::clients::{self, Psql};
use super::site::Site;

/// Tables of the wide database.
pub const TABLES: u64 = 300;

/// The wide database on PostgreSQL, with no row due, and its register, with rules for the first `ruled` tables.
pub fn site(bench: &Bench, psql: &Psql, ruled: u64, rows: u64) -> Result<Site> {
    bench.say(&format!("loading {TABLES} tables of {rows} rows"));
    psql.run(
        "postgres",
        &["DROP DATABASE IF EXISTS wide", "CREATE DATABASE wide"],
    )?;
    let mut script = String::new();
    for number in 1..=TABLES {
        let name = table(number);
        let _ = write!(
            script,
            "CREATE TABLE {name} (id bigint NOT NULL, seen_at timestamptz NOT NULL, ip text); \
             INSERT INTO {name} SELECT i, timestamptz '2013-01-01' + ((i * 104729) % 189000000) * interval '1 second', \
             '198.51.100.' || (i % 254) FROM generate_series(1::bigint, {rows}) AS i; \
             ALTER TABLE {name} ADD PRIMARY KEY (id); "
        );
    }
    psql.run("wide", &[&script, "VACUUM (ANALYZE)"])?;
    let site = Site::empty(bench, &psql.url("wide"))?;
    let tables: Vec<String> = (1..=TABLES).map(table).collect();
    write(&site, &tables, ruled as usize, "id")?;
    Ok(site)
}

/// One statement that asks every table whether anything in it is due.
pub fn anything_due(cutoff: &str) -> String {
    let asked: Vec<String> = (1..=TABLES)
        .map(|number| {
            format!(
                "EXISTS (SELECT FROM {} WHERE seen_at < '{cutoff}')",
                table(number)
            )
        })
        .collect();
    format!("SELECT {}", asked.join(" OR "))
}

/// The register of one table of visits.
pub fn visits(site: &Site) -> Result<()> {
    write(site, &["visits".to_owned()], 1, "id")
}

/// The register of a log partitioned by time, whose key holds the time.
pub fn logs(site: &Site) -> Result<()> {
    write(site, &["logs".to_owned()], 1, "id\", \"seen_at")
}

fn table(number: u64) -> String {
    format!("visits_{number:03}")
}

fn write(site: &Site, tables: &[String], ruled: usize, key: &str) -> Result<()> {
    site.write("serment.toml", &clients::text("register/serment.toml")?)?;
    site.write("vocabulary.toml", VOCABULARY)?;
    site.write("activities/audience.toml", &activity(&tables[..ruled]))?;
    let mut store = String::from(STORE);
    for (place, name) in tables.iter().enumerate() {
        store.push_str(&declared(name, place < ruled, key));
    }
    site.write("stores/web.toml", &store)
}

const VOCABULARY: &str = r#"[subject.visitor]
label = { fr = "visiteurs", en = "visitors" }

[event.seen]
label = { fr = "la visite", en = "the visit" }
"#;

const STORE: &str = r#"[store]
kind      = "postgres"
url       = "env:BENCH_URL"
write_url = "env:BENCH_WRITE_URL"
location  = "FR"
"#;

fn activity(tables: &[String]) -> String {
    let mut text = String::from(
        r#"[activity]
title    = { fr = "Audience", en = "Audience" }
role     = "controller"
subjects = ["visitor"]

[purpose.security]
title    = { fr = "Protéger le site", en = "Protect the site" }
basis    = "legitimate_interests"
interest = { fr = "un site sûr", en = "a safe site" }
data     = ["connection", "behaviour"]
"#,
    );
    for name in tables {
        let _ = write!(
            text,
            r#"
[[retention]]
name  = "{name}_20y"
for   = ["security"]
of    = "web.{name}"
after = ["seen"]
keep  = "20 years"
then  = "erase"
"#
        );
    }
    text
}

fn declared(name: &str, ruled: bool, key: &str) -> String {
    let path = if name == "visits" {
        "path    = \"behaviour.browsing\"\n"
    } else {
        ""
    };
    let events = if ruled {
        format!("[table.{name}.events]\nseen = \"seen_at\"\n")
    } else {
        String::new()
    };
    let unruled = if ruled {
        ""
    } else {
        "unruled  = \"kept for the bench\"\n"
    };
    format!(
        r#"
[table.{name}]
subjects = ["visitor"]
key      = ["{key}"]
{unruled}{events}
[table.{name}.columns]
id      = "none"
seen_at = "none"
ip      = "connection.ip"
{path}"#
    )
}

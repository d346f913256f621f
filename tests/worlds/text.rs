//! A world as a user would write it: the files of a register, and the SQL that makes its tables.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::world::{
    ClientOf, Holds, Loss, Operand, Period, Reading, Rule, SUBJECTS, Table, Test, Value, World, Written,
};

/// Which database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The files of the register.
pub fn register(world: &World, dialect: Dialect) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let World { zone, not_before, .. } = world;
    let head = format!(
        "[organisation]\nname = \"World\"\ncountry = \"FR\"\nlanguages = [\"en\"]\ntime_zone = \"{zone}\"\nnot_before = {not_before}\n"
    );
    files.insert("serment.toml".to_owned(), head.into_bytes());
    files.insert("vocabulary.toml".to_owned(), vocabulary(world).into_bytes());
    for (number, rule) in world.rules.iter().enumerate() {
        files.insert(
            format!("activities/a{number}.toml"),
            activity(world, number, rule).into_bytes(),
        );
    }
    files.insert("stores/db.toml".to_owned(), store(world, dialect).into_bytes());
    files
}

fn vocabulary(world: &World) -> String {
    let mut out = String::new();
    for subject in SUBJECTS {
        let _ = writeln!(out, "[subject.{subject}]\nlabel = \"{subject}s\"");
    }
    for state in 0..3 {
        let _ = writeln!(out, "[state.s{state}]\nlabel = \"state {state}\"");
    }
    for (event, planned) in world.planned.iter().enumerate() {
        let _ = writeln!(
            out,
            "[event.e{event}]\nplanned = {planned}\nlabel = \"event {event}\""
        );
    }
    out
}

fn activity(world: &World, number: usize, rule: &Rule) -> String {
    let subjects: Vec<String> = rule
        .subjects
        .iter()
        .map(|subject| quote(SUBJECTS[*subject]))
        .collect();
    let data: Vec<String> = rule.data.iter().map(|category| quote(category)).collect();
    let mut out = format!(
        "[activity]\ntitle = \"Activity {number}\"\nrole = \"controller\"\nsubjects = [{}]\n\n\
         [purpose.p]\ntitle = \"Purpose\"\nbasis = \"contract\"\ndata = [{}]\n\n[[retention]]\nname = \"r\"\n",
        subjects.join(", "),
        data.join(", ")
    );
    let purposes = match rule.also_for {
        Some(other) => format!("\"p\", \"a{other}.p\""),
        None => "\"p\"".to_owned(),
    };
    let _ = writeln!(
        out,
        "for = [{purposes}]\nof = \"db.{}\"",
        world.tables[rule.of].name
    );
    let names = |prefix: &str, numbers: &[usize]| {
        numbers
            .iter()
            .map(|number| format!("\"{prefix}{number}\""))
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (key, prefix, numbers) in [
        ("while", "s", &rule.while_states),
        ("after", "e", &rule.after),
        ("else_after", "e", &rule.else_after),
        ("or_on", "e", &rule.or_on),
    ] {
        if !numbers.is_empty() {
            let _ = writeln!(out, "{key} = [{}]", names(prefix, numbers));
        }
    }
    for (key, period) in [
        ("keep", rule.keep),
        ("at_least", rule.at_least),
        ("quiet", rule.quiet),
    ] {
        if let Some(Period(count, unit)) = period {
            let _ = writeln!(out, "{key} = \"{count} {unit}\"");
        }
    }
    let _ = writeln!(
        out,
        "then = \"{}\"",
        if rule.erase { "erase" } else { "anonymise" }
    );
    out
}

fn store(world: &World, dialect: Dialect) -> String {
    let (kind, url) = match dialect {
        Dialect::Sqlite => ("sqlite", "world.db"),
        Dialect::Postgres => ("postgres", "env:WORLD_URL"),
    };
    let mut out = format!("[store]\nkind = \"{kind}\"\nurl = \"{url}\"\nlocation = \"FR\"\n");
    for (number, table) in world.tables.iter().enumerate() {
        out.push('\n');
        mapping(&mut out, world, number, table, dialect);
    }
    out
}

fn mapping(out: &mut String, world: &World, number: usize, table: &Table, dialect: Dialect) {
    let name = &table.name;
    let column = |at: &usize| quote(&table.columns[*at].name);
    let key: Vec<String> = table.key.iter().map(column).collect();
    let _ = writeln!(out, "[table.{name}]\nkey = [{}]", key.join(", "));
    if world.roots(number).is_empty() {
        let _ = writeln!(out, "unruled = \"kept by others\"");
    }
    if world.ruled(number) {
        let subjects: Vec<String> = table
            .subjects
            .iter()
            .map(|(subject, when)| match when {
                Some(when) => format!(
                    "{{ is = \"{}\", where = {} }}",
                    SUBJECTS[*subject],
                    quote(&test(when, table))
                ),
                None => quote(SUBJECTS[*subject]),
            })
            .collect();
        let _ = writeln!(out, "subjects = [{}]", subjects.join(", "));
    }
    match table.client {
        Some(ClientOf::Column(at)) => drop(writeln!(out, "client = {}", column(&at))),
        Some(ClientOf::Link(at)) => drop(writeln!(out, "client = {}", quote(&table.links[at].name))),
        None => {}
    }
    states(out, world, table);
    events(out, world, table);
    for link in &table.links {
        let to = &world.tables[link.to];
        let kind = if link.belongs { "belongs_to" } else { "refers_to" };
        let by: Vec<String> = link
            .by
            .iter()
            .map(|(ours, theirs)| {
                format!(
                    "{} = {}",
                    table.columns[*ours].name,
                    quote(&to.columns[*theirs].name)
                )
            })
            .collect();
        let _ = writeln!(
            out,
            "[table.{name}.{kind}.{}]\nto = \"{}\"\nby = {{ {} }}",
            link.name,
            to.name,
            by.join(", ")
        );
        if let Some(when) = &link.when {
            let _ = writeln!(out, "where = {}", quote(&test(when, table)));
        }
    }
    let _ = writeln!(out, "[table.{name}.columns]");
    for column in &table.columns {
        let category = column.category.as_deref().unwrap_or("none");
        let mut parts = vec![format!("category = \"{category}\"")];
        parts.extend(time(&column.holds, dialect));
        parts.extend(
            column
                .anonymise
                .as_ref()
                .map(|loss| format!("anonymise = {}", strategy(loss))),
        );
        let _ = writeln!(out, "{} = {{ {} }}", column.name, parts.join(", "));
    }
}

fn states(out: &mut String, world: &World, table: &Table) {
    if table.states.is_empty() {
        return;
    }
    let _ = writeln!(out, "[table.{}.states]", table.name);
    for (state, reading) in &table.states {
        let read = match reading {
            Reading::Own(what) => quote(&test(what, table)),
            Reading::Parent { link, what } => {
                let link = &table.links[*link];
                format!(
                    "{{ link = \"{}\", where = {} }}",
                    link.name,
                    quote(&test(what, &world.tables[link.to]))
                )
            }
            Reading::Children { table, link, what } => {
                let child = &world.tables[*table];
                let by = &child.links[*link].name;
                format!(
                    "{{ any = \"{}\", by = \"{by}\", where = {} }}",
                    child.name,
                    quote(&test(what, child))
                )
            }
        };
        let _ = writeln!(out, "s{state} = {read}");
    }
}

fn events(out: &mut String, world: &World, table: &Table) {
    if table.events.is_empty() {
        return;
    }
    let _ = writeln!(out, "[table.{}.events]", table.name);
    for (event, sources) in &table.events {
        let read: Vec<String> = sources
            .iter()
            .map(|source| match source {
                Reading::Own(column) => quote(&table.columns[*column].name),
                Reading::Parent { link, what } => {
                    let link = &table.links[*link];
                    let column = &world.tables[link.to].columns[*what].name;
                    format!("{{ link = \"{}\", column = \"{column}\" }}", link.name)
                }
                Reading::Children { table, link, what } => {
                    let child = &world.tables[*table];
                    let (by, column) = (&child.links[*link].name, &child.columns[*what].name);
                    format!(
                        "{{ any = \"{}\", by = \"{by}\", column = \"{column}\" }}",
                        child.name
                    )
                }
            })
            .collect();
        let _ = writeln!(out, "e{event} = {{ latest = [{}] }}", read.join(", "));
    }
}

/// How a time is written, said only where the type of the column does not say it.
fn time(holds: &Holds, dialect: Dialect) -> Vec<String> {
    let Holds::Time(written) = holds else {
        return Vec::new();
    };
    let typed = dialect == Dialect::Postgres;
    match written {
        Written::Date | Written::Instant if typed => Vec::new(),
        Written::Date => vec!["time = \"date\"".into()],
        Written::Instant => vec!["time = \"instant\"".into()],
        Written::Local(zone) => vec!["time = \"local\"".into(), format!("zone = \"{zone}\"")],
        Written::Text => vec!["time = \"text\"".into()],
        Written::Seconds => vec!["time = \"epoch_seconds\"".into()],
        Written::Milliseconds => vec!["time = \"epoch_milliseconds\"".into()],
    }
}

fn strategy(loss: &Loss) -> String {
    match loss {
        Loss::Null => "\"null\"".into(),
        Loss::Constant(text) => format!("{{ constant = \"{text}\" }}"),
        Loss::Redact => "\"redact\"".into(),
        Loss::Band(width) => format!("{{ band = {width} }}"),
        Loss::Pseudonym(prefix) => format!("{{ pseudonym = \"{prefix}\" }}"),
        Loss::Random(prefix) => format!("{{ random = \"{prefix}\" }}"),
    }
}

/// A condition of the `where` subset.
pub fn test(it: &Test, table: &Table) -> String {
    let name = |at: &usize| table.columns[*at].name.clone();
    let not = |negated: &bool| if *negated { "not " } else { "" };
    let join = |parts: &[Test], word: &str| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| format!("({})", test(part, table)))
            .collect();
        parts.join(word)
    };
    match it {
        Test::All(parts) => join(parts, " and "),
        Test::Any(parts) => join(parts, " or "),
        Test::Not(part) => format!("not ({})", test(part, table)),
        Test::Compare(column, operator, operand) => {
            let right = match operand {
                Operand::Value(value) => literal(value),
                Operand::Now => "now".to_owned(),
                Operand::Column(other) => name(other),
            };
            format!("{} {operator} {right}", name(column))
        }
        Test::In(column, values, negated) => {
            let values: Vec<String> = values.iter().map(literal).collect();
            format!("{} {}in ({})", name(column), not(negated), values.join(", "))
        }
        Test::Between(column, low, high, negated) => {
            format!("{} {}between {low} and {high}", name(column), not(negated))
        }
        Test::IsNull(column, negated) => format!("{} is {}null", name(column), not(negated)),
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".into(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
    }
}

/// The SQL that makes the tables and their rows. Foreign keys come last where the dialect can, so that rows may refer
/// to one another in a circle.
pub fn sql(world: &World, dialect: Dialect) -> String {
    let mut out = String::new();
    if dialect == Dialect::Sqlite {
        out.push_str("PRAGMA foreign_keys = OFF;\n");
    }
    for table in &world.tables {
        let mut parts: Vec<String> = Vec::new();
        for column in &table.columns {
            let nullable = if column.not_null { " NOT NULL" } else { "" };
            let unique = if column.unique { " UNIQUE" } else { "" };
            parts.push(format!(
                "{} {}{nullable}{unique}",
                column.name,
                sql_type(&column.holds, dialect)
            ));
        }
        let names = |at: Vec<usize>| {
            at.iter()
                .map(|at| table.columns[*at].name.clone())
                .collect::<Vec<_>>()
                .join(", ")
        };
        parts.push(format!("PRIMARY KEY ({})", names(table.key.clone())));
        if dialect == Dialect::Sqlite {
            parts.extend(foreign_keys(world, table));
        }
        let _ = writeln!(out, "CREATE TABLE {} ({});", table.name, parts.join(", "));
    }
    for table in &world.tables {
        for row in &table.rows {
            let values: Vec<String> = row.iter().map(literal).collect();
            let _ = writeln!(out, "INSERT INTO {} VALUES ({});", table.name, values.join(", "));
        }
    }
    if dialect == Dialect::Postgres {
        for table in &world.tables {
            for key in foreign_keys(world, table) {
                let _ = writeln!(out, "ALTER TABLE {} ADD {key};", table.name);
            }
        }
    }
    out
}

fn foreign_keys(world: &World, table: &Table) -> Vec<String> {
    let keys = table
        .links
        .iter()
        .filter_map(|link| link.foreign_key.as_ref().map(|action| (link, action)));
    keys.map(|(link, action)| {
        let to = &world.tables[link.to];
        let ours: Vec<&str> = link
            .by
            .iter()
            .map(|(ours, _)| table.columns[*ours].name.as_str())
            .collect();
        let theirs: Vec<&str> = link
            .by
            .iter()
            .map(|(_, theirs)| to.columns[*theirs].name.as_str())
            .collect();
        format!(
            "FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {action}",
            ours.join(", "),
            to.name,
            theirs.join(", ")
        )
    })
    .collect()
}

fn sql_type(holds: &Holds, dialect: Dialect) -> &'static str {
    match (holds, dialect) {
        (Holds::Number, Dialect::Sqlite) => "INTEGER",
        (Holds::Number | Holds::Time(Written::Seconds | Written::Milliseconds), _) => "BIGINT",
        (Holds::Time(Written::Date), _) => "DATE",
        (Holds::Time(Written::Instant), Dialect::Postgres) => "TIMESTAMPTZ",
        (Holds::Time(Written::Local(_)), _) => "TIMESTAMP",
        _ => "TEXT",
    }
}

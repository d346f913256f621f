//! Times in SQL against a plain reading of each value in Rust, on thousands of values, in every database.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;
use serment_sql::Kind;
use serment_sql::testing::Database;
use serment_store::catalogue::TableName;
use serment_store::condition::{Alias, Bound, ColumnRef, Condition, TimeColumn, TimeForm, TimeTest};
use serment_store::query::{Clock, Field, Keys, Moment, Rows, Tally};
use serment_store::{Role, Store};

/// What a value says, in picoseconds since the epoch (a local time read as UTC).
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reading {
    Absent,
    Unreadable,
    Date(Date),
    Local(i128),
    Instant(i128),
}

const PER_SECOND: i128 = 1_000_000_000_000;

fn read_text(text: &str) -> Reading {
    parse_text(text).unwrap_or(Reading::Unreadable)
}

/// The grammar of the port, read sign by sign.
fn parse_text(text: &str) -> Option<Reading> {
    let signs: Vec<char> = text.chars().collect();
    let number = |from: usize, length: usize| -> Option<i64> {
        let part = signs.get(from..from + length)?;
        part.iter()
            .all(char::is_ascii_digit)
            .then(|| part.iter().collect::<String>().parse().unwrap())
    };
    let is = |at: usize, sign: char| signs.get(at) == Some(&sign);
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    if !is(4, '-') || !is(7, '-') || year == 0 {
        return None;
    }
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    if signs.len() == 10 {
        return Some(Reading::Date(date));
    }
    let (hour, minute) = (number(11, 2)?, number(14, 2)?);
    if !(is(10, 'T') || is(10, ' ')) || !is(13, ':') || hour > 23 || minute > 59 {
        return None;
    }
    let (mut at, mut second, mut fraction) = (16, 0, 0_i128);
    if is(16, ':') {
        second = number(17, 2)?;
        at = 19;
        if second > 59 {
            return None;
        }
        if is(19, '.') {
            let digits: String = signs[20..]
                .iter()
                .take_while(|sign| sign.is_ascii_digit())
                .collect();
            if digits.is_empty() {
                return None;
            }
            at = 20 + digits.len();
            fraction = format!("{digits:0<12}")[..12].parse().unwrap();
        }
    }
    let midnight = picoseconds(date.to_datetime(jiff::civil::Time::midnight()));
    let local = midnight + i128::from(hour * 3600 + minute * 60 + second) * PER_SECOND + fraction;
    let rest: String = signs[at..].iter().collect();
    if rest.is_empty() {
        return Some(Reading::Local(local));
    }
    if rest == "Z" {
        return Some(Reading::Instant(local));
    }
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let hours = number(at + 1, 2)?;
    let minutes = match rest.len() {
        3 => 0,
        5 => number(at + 3, 2)?,
        6 if is(at + 3, ':') => number(at + 4, 2)?,
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Some(Reading::Instant(
        local - i128::from(sign * (hours * 3600 + minutes * 60)) * PER_SECOND,
    ))
}

fn picoseconds(local: DateTime) -> i128 {
    local
        .duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0))
        .as_nanos()
        * 1_000
}

fn before(reading: Reading, bound: &Bound) -> Option<bool> {
    match reading {
        Reading::Absent | Reading::Unreadable => None,
        Reading::Date(date) => Some(date < bound.date),
        Reading::Local(local) => Some(local < picoseconds(bound.local)),
        Reading::Instant(instant) => Some(instant < bound.instant.as_nanosecond() * 1_000),
    }
}

fn implausible(reading: Reading, not_before: &Bound, not_from: Option<&Bound>) -> bool {
    let stands_for_none = match reading {
        Reading::Absent => return false,
        Reading::Unreadable => return true,
        Reading::Date(date) => date == Date::constant(1970, 1, 1) || date >= Date::constant(9999, 12, 31),
        Reading::Local(local) => {
            local == 0 || local >= picoseconds(DateTime::constant(9999, 12, 31, 0, 0, 0, 0))
        }
        Reading::Instant(instant) => instant == 0 || instant >= 253_402_128_000 * PER_SECOND,
    };
    stands_for_none
        || before(reading, not_before) == Some(true)
        || not_from.is_some_and(|bound| before(reading, bound) == Some(false))
}

fn bound(local: &str, zone: &str) -> Bound {
    let local: DateTime = local.parse().unwrap();
    let instant = local.to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp();
    let date = if local.time() == jiff::civil::Time::midnight() {
        local.date()
    } else {
        local.date().tomorrow().unwrap()
    };
    Bound { instant, local, date }
}

fn bounds() -> Vec<Bound> {
    vec![
        bound("2024-03-31T00:00:00", "Europe/Paris"),
        bound("2024-10-27T00:00:00", "Europe/Paris"),
        bound("2024-10-28T00:00:00", "Europe/Paris"),
        bound("2024-02-29T00:00:00", "Pacific/Auckland"),
        bound("2024-03-01T00:00:00", "America/St_Johns"),
        bound("1970-01-01T00:00:00", "UTC"),
        bound("2024-10-27T02:30:00.125", "Europe/Paris"),
        bound("0001-01-02T00:00:00", "UTC"),
        bound("9999-12-01T00:00:00", "UTC"),
    ]
}

/// What a test must answer for a reading.
type Expected = Box<dyn Fn(Reading) -> Option<bool>>;

fn tests() -> Vec<(TimeTest, Expected)> {
    let mut tests: Vec<(TimeTest, Expected)> = Vec::new();
    for limit in bounds() {
        let (a, b) = (limit.clone(), limit.clone());
        tests.push((
            TimeTest::Before(limit.clone()),
            Box::new(move |reading| before(reading, &a)),
        ));
        tests.push((
            TimeTest::From(limit),
            Box::new(move |reading| before(reading, &b).map(|it| !it)),
        ));
    }
    let low = bound("1990-01-01T00:00:00", "Europe/Paris");
    let ancient = bound("0001-01-01T00:00:00", "UTC");
    for (not_before, not_from) in [
        (low.clone(), Some(bound("2024-10-28T00:00:00", "Europe/Paris"))),
        (low, None),
        (ancient.clone(), None),
        (ancient, Some(bound("2024-03-31T00:00:00", "Europe/Paris"))),
    ] {
        let (a, b) = (not_before.clone(), not_from.clone());
        tests.push((
            TimeTest::Implausible { not_before, not_from },
            Box::new(move |reading| Some(implausible(reading, &a, b.as_ref()))),
        ));
    }
    tests
}

fn texts() -> Vec<String> {
    let dates = [
        "2024-03-30",
        "2024-03-31",
        "2024-04-01",
        "2024-10-26",
        "2024-10-27",
        "2024-10-28",
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
        "2023-02-29",
        "1900-02-29",
        "2000-02-29",
        "2100-02-29",
        "2024-04-31",
        "2024-06-31",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-01-32",
        "0000-00-00",
        "0000-01-01",
        "0001-01-01",
        "0001-01-02",
        "1970-01-01",
        "1969-12-31",
        "9999-12-30",
        "9999-12-31",
        "9999-11-30",
        "1989-12-31",
        "1990-01-01",
    ];
    let times = [
        "00:00",
        "00:00:00",
        "23:59:59",
        "02:30:00.125",
        "02:30:00.1250",
        "02:30:00.12499999999",
        "02:30:00.125000000001",
        "00:00:00.0",
        "23:59:59.999999999",
        "01:59",
        "03:00:00",
        "24:00:00",
        "23:60",
        "12:30:60",
        "12:30:5",
        "12:30:00.",
        "1:30",
        "00:30:00",
    ];
    let zones = [
        "", "Z", "+00:00", "+01:00", "+02:00", "-03:30", "+0200", "+02", "-14:59", "+14:59", "+15:00",
        "+02:60", "+2", "+020", " +02:00", "z", "CET", "-00:00", "Z ", "+02:0", "--02:00",
    ];
    let mut texts: Vec<String> = dates.iter().map(|date| (*date).to_owned()).collect();
    for date in dates {
        for time in times {
            for (position, zone) in zones.iter().enumerate() {
                let separator = if position % 3 == 0 { ' ' } else { 'T' };
                texts.push(format!("{date}{separator}{time}{zone}"));
            }
        }
    }
    let garbage = [
        "",
        " ",
        "garbage",
        "now",
        "today",
        "infinity",
        "-infinity",
        "epoch",
        "2024",
        "2024-10",
        "20241027",
        "1729987200",
        "2024-10-27T",
        "2024-10-27 ",
        " 2024-10-27",
        "2024-10-27t10:00",
        "2024-10-27T10",
        "2024-10-27T10:00:00,5",
        "2024-10-27T10:00:00.5.5",
        "2024/10/27",
        "27-10-2024",
        "+2024-10-27",
        "-2024-10-27",
        "12024-10-27",
        "2024-1-7",
        "２０２４-10-27",
        "2024-10-27é",
        "2024-10-27T10:00:00é",
        "2024-10-27T10:00\n",
        "2024-10-27\n",
        "NaN",
        "null",
        "2024-10-27_10:00:00",
        "2024-10-27T10:00:00Z+02:00",
        "2024-10-27T10-00",
        "2024-10-2710:00",
        "'; DROP TABLE v; --",
        "2460000.5",
        "٢٠٢٤-10-27",
        "2024-10-27T10:00:00 Z",
        "2024-W43-7",
        "2024-301",
    ];
    texts.extend(garbage.iter().map(|text| (*text).to_owned()));
    texts
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

async fn fill(db: &Database, r#type: &str, values: &[String]) {
    db.script(&format!("CREATE TABLE v (id BIGINT PRIMARY KEY, at {type})"))
        .await;
    for (piece, chunk) in values.chunks(2_000).enumerate() {
        let rows: Vec<_> = chunk
            .iter()
            .enumerate()
            .map(|(at, value)| format!("({}, {value})", piece * 2_000 + at))
            .collect();
        db.script(&format!("INSERT INTO v VALUES {}", rows.join(",")))
            .await;
    }
}

fn column() -> ColumnRef {
    ColumnRef::whole(Alias(0), "at")
}

fn all() -> Keys {
    Keys {
        table: TableName {
            schema: None,
            name: "v".into(),
        },
        alias: Alias(0),
        key: vec!["id".into()],
        filter: Condition::Always,
        after: None,
        limit: 0,
    }
}

/// Every test on every value: as an answer, as the answer to its opposite, and as the filter of a query.
async fn compare(store: &dyn Store, written: TimeForm, readings: &[Reading], shown: &[String]) {
    let time = TimeColumn {
        column: column(),
        written,
        zone: "Europe/Paris".into(),
    };
    let tests = tests();
    let condition = |test: &TimeTest| Condition::Time {
        column: time.clone(),
        test: test.clone(),
    };
    let mut read = Vec::new();
    for (test, _) in &tests {
        read.push(Field::Condition(Condition::Holds(Box::new(condition(test)))));
        read.push(Field::Condition(Condition::Holds(Box::new(Condition::Not(
            Box::new(condition(test)),
        )))));
    }
    let rows = store.rows(&Rows { keys: all(), read }).await.unwrap();
    assert_eq!(rows.len(), readings.len());
    for (row, reading) in rows.iter().zip(readings) {
        let value = &shown[row.key.0[0].as_u64().unwrap() as usize];
        for (position, (test, expected)) in tests.iter().enumerate() {
            let yes = row.fields[2 * position] == Value::Bool(true);
            let no = row.fields[2 * position + 1] == Value::Bool(true);
            let answer = if yes {
                Some(true)
            } else if no {
                Some(false)
            } else {
                None
            };
            assert_eq!(
                answer,
                expected(*reading),
                "{written:?} {value:?} read as {reading:?}: {test:?}"
            );
        }
    }
    for (test, expected) in &tests {
        let found = store
            .keys(&Keys {
                filter: condition(test),
                ..all()
            })
            .await
            .unwrap();
        let found: Vec<usize> = found
            .iter()
            .map(|key| key.0[0].as_u64().unwrap() as usize)
            .collect();
        let due: Vec<usize> = (0..readings.len())
            .filter(|at| expected(readings[*at]) == Some(true))
            .collect();
        assert_eq!(found, due, "{written:?} as a filter: {test:?}");
    }
}

async fn text_agrees(kind: Kind) {
    let db = Database::create(kind).await;
    let texts = texts();
    assert!(texts.len() > 10_000);
    let mut values: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    let mut readings: Vec<Reading> = texts.iter().map(|text| read_text(text)).collect();
    let mut shown = texts;
    values.push("NULL".into());
    readings.push(Reading::Absent);
    shown.push("NULL".into());
    fill(&db, "TEXT", &values).await;
    let store = db.open(Role::Read).await.unwrap();
    compare(&*store, TimeForm::Text, &readings, &shown).await;

    let time = TimeColumn {
        column: column(),
        written: TimeForm::Text,
        zone: "Europe/Paris".into(),
    };
    let rows = store
        .rows(&Rows {
            keys: all(),
            read: vec![Field::Time(Moment {
                time: time.clone(),
                of: None,
            })],
        })
        .await
        .unwrap();
    for ((row, reading), text) in rows.iter().zip(&readings).zip(&shown) {
        match reading {
            Reading::Absent => assert_eq!(row.fields[0], Value::Null),
            Reading::Unreadable | Reading::Date(_) => assert_eq!(row.fields[0], Value::String(text.clone())),
            Reading::Local(_) | Reading::Instant(_) => {
                let written = row.fields[0].as_str().unwrap();
                if !text.starts_with("9999-12-3") && !text.starts_with("0001-01-01") {
                    assert_eq!(read_text(written), *reading, "{text} is written {written}");
                    assert!(written.contains('T') && written.len() >= 19, "{written}");
                    assert_eq!(written.ends_with('Z'), matches!(reading, Reading::Instant(_)));
                }
            }
        }
    }
    // The earliest clock of a tally, for display.
    let moment = Moment {
        time: time.clone(),
        of: None,
    };
    let tally = Tally {
        table: all().table,
        alias: Alias(0),
        filter: Condition::Always,
        client: None,
        classes: vec![Condition::Time {
            column: time,
            test: TimeTest::Implausible {
                not_before: bounds()[0].clone(),
                not_from: None,
            },
        }],
        steps: None,
        clocks: vec![
            Clock {
                when: None,
                of: vec![moment.clone()],
                or: vec![],
            },
            Clock {
                when: None,
                of: vec![],
                or: vec![moment.clone(), moment],
            },
        ],
    };
    let counted = store.tally(&tally).await.unwrap();
    assert_eq!(
        counted.iter().map(|row| row.rows).sum::<u64>(),
        readings.len() as u64
    );
    let plausible = counted.iter().find(|row| row.classes == [false]).unwrap();
    let earliest = bounds()[0].instant.as_second();
    assert!(
        (earliest..earliest + 2 * 86_400).contains(&plausible.clocks[0].unwrap()),
        "{plausible:?}"
    );
    assert_eq!(plausible.clocks[0], plausible.clocks[1]);
}

#[tokio::test]
async fn a9_text_is_read_alike_by_sqlite_and_by_rust() {
    text_agrees(Kind::Sqlite).await;
}

#[tokio::test]
async fn a9_text_is_read_alike_by_postgresql_and_by_rust() {
    text_agrees(Kind::Postgres).await;
}

#[tokio::test]
async fn a9_text_is_read_alike_by_mariadb_and_by_rust() {
    text_agrees(Kind::Mariadb).await;
}

/// Seconds around every bound, in units of a second or a millisecond.
fn numbers(per_second: i64) -> Vec<i64> {
    let mut numbers = vec![
        0,
        1,
        -1,
        i64::from(i32::MAX),
        253_402_128_000 * per_second,
        253_402_127_999 * per_second,
    ];
    for limit in bounds() {
        let at = limit.instant.as_second() * per_second;
        numbers.extend((-3..=3).map(|step| at + step));
        numbers.extend([at - 125, at + 125, at + 124, at + 126, at + 86_400 * per_second]);
    }
    numbers
}

fn number_reading(number: i64, per_second: i64) -> Reading {
    Reading::Instant(i128::from(number) * (PER_SECOND / i128::from(per_second)))
}

async fn numbers_agree(kind: Kind) {
    for (written, per_second) in [(TimeForm::EpochSeconds, 1), (TimeForm::EpochMilliseconds, 1_000)] {
        let db = Database::create(kind).await;
        let numbers = numbers(per_second);
        let mut values: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let mut readings: Vec<Reading> = numbers
            .iter()
            .map(|number| number_reading(*number, per_second))
            .collect();
        values.push("NULL".into());
        readings.push(Reading::Absent);
        if kind == Kind::Sqlite {
            for odd in ["'2024-10-27'", "'garbage'", "x'0001'"] {
                values.push(odd.into());
                readings.push(Reading::Unreadable);
            }
        }
        fill(&db, "BIGINT", &values).await;
        let store = db.open(Role::Read).await.unwrap();
        compare(&*store, written, &readings, &values).await;
        let time = TimeColumn {
            column: column(),
            written,
            zone: "UTC".into(),
        };
        let rows = store
            .rows(&Rows {
                keys: all(),
                read: vec![Field::Time(Moment { time, of: None })],
            })
            .await
            .unwrap();
        for (row, reading) in rows.iter().zip(&readings) {
            if let (Reading::Instant(at), Some(text)) = (reading, row.fields[0].as_str()) {
                assert_eq!(read_text(text), Reading::Instant(*at), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn numbers_of_seconds_are_read_alike_by_sqlite_and_by_rust() {
    numbers_agree(Kind::Sqlite).await;
}

#[tokio::test]
async fn numbers_of_seconds_are_read_alike_by_postgresql_and_by_rust() {
    numbers_agree(Kind::Postgres).await;
}

#[tokio::test]
async fn numbers_of_seconds_are_read_alike_by_mariadb_and_by_rust() {
    numbers_agree(Kind::Mariadb).await;
}

#[tokio::test]
async fn sqlite_reads_no_time_into_values_of_another_sort() {
    let db = Database::create(Kind::Sqlite).await;
    let odd = [
        "20241027",
        "2460000.5",
        "1729987200",
        "x'323032342d31302d3237'",
        "CAST('2024-10-27' || char(0) || 'x' AS TEXT)",
        "9e999",
        "0",
    ];
    let values: Vec<String> = odd.iter().map(|value| (*value).to_owned()).collect();
    for (r#type, written) in [
        ("DATETIME", TimeForm::Text),
        ("DATE", TimeForm::Date),
        ("TIMESTAMP", TimeForm::Local),
        ("TIMESTAMPTZ", TimeForm::Instant),
        ("", TimeForm::Text),
    ] {
        fill(&db, r#type, &values).await;
        let store = db.open(Role::Read).await.unwrap();
        compare(&*store, written, &vec![Reading::Unreadable; odd.len()], &values).await;
        db.script("DROP TABLE v").await;
    }
}

/// Days and times of each time type: as it is written, and as it is read.
fn typed(written: TimeForm) -> Vec<String> {
    let days = [
        "2024-03-30",
        "2024-03-31",
        "2024-10-26",
        "2024-10-27",
        "2024-10-28",
        "2024-02-29",
        "2024-03-01",
        "1970-01-01",
        "1969-12-31",
        "0001-01-01",
        "0001-01-02",
        "9999-12-30",
        "9999-12-31",
        "9999-11-30",
        "1990-01-01",
        "1989-12-31",
    ];
    let times = [
        "00:00:00",
        "23:59:59.999999",
        "02:30:00.125",
        "02:30:00.124999",
        "01:00:00",
        "23:00:00",
        "22:00:00",
    ];
    let each = |times: &[&str], zones: &[&str]| -> Vec<String> {
        let of_day = |day: &str| -> Vec<String> {
            times
                .iter()
                .flat_map(|time| zones.iter().map(move |zone| format!("{day}T{time}{zone}")))
                .collect()
        };
        days.iter().flat_map(|day| of_day(day)).collect()
    };
    match written {
        TimeForm::Date => days.iter().map(|day| (*day).to_owned()).collect(),
        TimeForm::Local => each(&times, &[""]),
        _ => each(&times, &["Z", "+02:00", "-03:30"]),
    }
}

#[tokio::test]
async fn a9_types_of_postgresql_are_compared_in_their_own_form() {
    for (r#type, written) in [
        ("date", TimeForm::Date),
        ("timestamp", TimeForm::Local),
        ("timestamptz", TimeForm::Instant),
    ] {
        let db = Database::create(Kind::Postgres).await;
        let texts = typed(written);
        let mut values: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        let mut readings: Vec<Reading> = texts.iter().map(|text| read_text(text)).collect();
        values.push("NULL".into());
        readings.push(Reading::Absent);
        fill(&db, r#type, &values).await;
        let store = db.open(Role::Read).await.unwrap();
        // Whatever the register calls it, the type decides.
        for said in [written, TimeForm::Text, TimeForm::Instant, TimeForm::Date] {
            compare(&*store, said, &readings, &values).await;
        }
        db.script("TRUNCATE v; INSERT INTO v VALUES (0, 'infinity'), (1, '-infinity'), (2, '20000-01-01'), (3, '0044-03-15 BC')").await;
        let time = TimeColumn {
            column: column(),
            written,
            zone: "UTC".into(),
        };
        let odd = Condition::Time {
            column: time.clone(),
            test: TimeTest::Implausible {
                not_before: bound("0001-01-01T00:00:00", "UTC"),
                not_from: None,
            },
        };
        assert_eq!(
            store.keys(&Keys { filter: odd, ..all() }).await.unwrap().len(),
            4,
            "{type}"
        );
        let rows = store
            .rows(&Rows {
                keys: all(),
                read: vec![Field::Time(Moment { time, of: None })],
            })
            .await
            .unwrap();
        assert_eq!(rows[0].fields[0], Value::String("infinity".into()));
    }
}

#[tokio::test]
async fn a9_types_of_mariadb_are_compared_in_their_own_form() {
    for (r#type, written) in [
        ("date", TimeForm::Date),
        ("datetime(6)", TimeForm::Local),
        ("timestamp(6) NULL", TimeForm::Instant),
    ] {
        let db = Database::create(Kind::Mariadb).await;
        let mut readings = Vec::new();
        let mut values = Vec::new();
        let instant = written == TimeForm::Instant;
        for text in typed(written) {
            let reading = read_text(&text);
            // The type has no moment outside these, and no zone: it is written in that of the session, UTC.
            let Reading::Instant(at) = reading else {
                values.push(quoted(&text));
                readings.push(reading);
                continue;
            };
            if at > 0 && at < 2_147_483_647 * PER_SECOND {
                let second = i64::try_from(at / PER_SECOND).unwrap();
                let nanosecond = i32::try_from(at % PER_SECOND / 1_000).unwrap();
                let utc = jiff::Timestamp::new(second, nanosecond).unwrap();
                values.push(quoted(utc.to_string().trim_end_matches('Z')));
                readings.push(reading);
            }
        }
        values.push("NULL".into());
        readings.push(Reading::Absent);
        fill(&db, r#type, &values).await;
        // Days that do not exist are values here: `0000-00-00` has always been one.
        let mut odd = vec!["'0000-00-00'"];
        if !instant {
            odd.extend([
                "'2021-00-10'",
                "'2024-10-00'",
                "'2023-02-29'",
                "'2024-02-31'",
                "'0000-03-01'",
            ]);
        }
        for value in &odd {
            db.script(&format!(
                "SET sql_mode = 'ALLOW_INVALID_DATES'; INSERT INTO v VALUES ({}, {value})",
                values.len()
            ))
            .await;
            values.push((*value).to_owned());
            readings.push(Reading::Unreadable);
        }
        let store = db.open(Role::Read).await.unwrap();
        // Whatever the register calls it, the type decides.
        for said in [written, TimeForm::Text, TimeForm::Instant, TimeForm::Date] {
            compare(&*store, said, &readings, &values).await;
        }
        let time = TimeColumn {
            column: column(),
            written,
            zone: "UTC".into(),
        };
        let rows = Rows {
            keys: all(),
            read: vec![Field::Time(Moment { time, of: None })],
        };
        for ((row, reading), value) in store
            .rows(&rows)
            .await
            .unwrap()
            .iter()
            .zip(&readings)
            .zip(&values)
        {
            match reading {
                Reading::Absent => assert_eq!(row.fields[0], Value::Null),
                Reading::Unreadable => {
                    let told = row.fields[0].as_str().unwrap();
                    assert!(
                        told.starts_with(value.trim_matches('\'')),
                        "{value} is told as {told}"
                    );
                }
                reading => {
                    let told = row.fields[0].as_str().unwrap();
                    assert_eq!(read_text(told), *reading, "{value} is told as {told}");
                }
            }
        }
    }
}

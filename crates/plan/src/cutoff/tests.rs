//! Due dates against a slow model that counts days one by one, and the hours that clocks repeat or skip.

use jiff::civil::{Date, DateTime, date, datetime};
use proptest::prelude::*;
use serment_register::model::{Period, Unit};

use super::*;

const PARIS: &str = "Europe/Paris";

fn period(count: u32, unit: Unit) -> Period {
    Period { count, unit }
}

/// The due date, by walking the calendar: months one by one with the day clamped at the end only, days one by one.
fn slow_due_date(clock: Date, keep: Period) -> Date {
    let months = match keep.unit {
        Unit::Years => 12 * keep.count,
        Unit::Months => keep.count,
        Unit::Weeks | Unit::Days => 0,
    };
    let days = match keep.unit {
        Unit::Weeks => 7 * keep.count,
        Unit::Days => keep.count,
        _ => 0,
    };
    let (mut year, mut month) = (clock.year(), clock.month());
    for _ in 0..months {
        (year, month) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
    }
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let last = match month {
        2 => 28 + i8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let mut due = Date::new(year, month, clock.day().min(last)).unwrap();
    for _ in 0..days {
        due = due.tomorrow().unwrap();
    }
    due
}

fn periods() -> impl Strategy<Value = Period> {
    prop_oneof![
        (0u32..=30).prop_map(|count| period(count, Unit::Years)),
        (0u32..=120).prop_map(|count| period(count, Unit::Months)),
        (0u32..=60).prop_map(|count| period(count, Unit::Weeks)),
        (0u32..=800).prop_map(|count| period(count, Unit::Days)),
    ]
}

fn dates() -> impl Strategy<Value = Date> {
    (0i64..20_000).prop_map(|days| date(1985, 1, 1).checked_add(days.days()).unwrap())
}

/// Local times, with a taste for the nights when clocks change.
fn locals() -> impl Strategy<Value = DateTime> {
    let nights = prop_oneof![
        Just(date(2025, 10, 26)),
        Just(date(2026, 3, 29)),
        Just(date(2026, 10, 25)),
        dates()
    ];
    (nights, 0i8..24, 0i8..60, 0i8..60)
        .prop_map(|(day, hour, minute, second)| day.at(hour, minute, second, 0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_due_date_is_what_counting_on_the_calendar_gives(clock in dates(), keep in periods()) {
        prop_assert_eq!(due_date(clock, keep).unwrap(), slow_due_date(clock, keep));
    }

    #[test]
    fn a9_a_clock_is_below_the_bound_exactly_when_its_due_date_has_ended(
        clock in dates(), keep in periods(), at in dates(),
    ) {
        let cutoff = Cutoff::at(at, PARIS).unwrap();
        let bound = cutoff.clock_bound(keep, None, &cutoff.zone).unwrap();
        prop_assert_eq!(clock < bound.date, slow_due_date(clock, keep) <= at);
    }

    #[test]
    fn a9_an_instant_is_due_exactly_when_its_local_date_is(
        seconds in 500_000_000i64..2_000_000_000, keep in periods(), at in dates(),
    ) {
        let cutoff = Cutoff::at(at, PARIS).unwrap();
        let bound = cutoff.clock_bound(keep, None, &cutoff.zone).unwrap();
        let instant = Timestamp::from_second(seconds).unwrap();
        let local = instant.to_zoned(cutoff.zone.clone()).date();
        prop_assert_eq!(instant < bound.instant, slow_due_date(local, keep) <= at);
    }

    #[test]
    fn a9_a_local_time_is_before_the_bound_exactly_when_its_latest_reading_is(
        value in locals(), now in 1_600_000_000i64..1_900_000_000, night in 0usize..4,
    ) {
        let zone = time_zone(PARIS).unwrap();
        // Half of the cut-offs fall in the repeated hours themselves.
        let nights = [1_761_436_800i64, 1_792_886_400, 1_774_746_000, now];
        let now = Timestamp::from_second(nights[night] + now % 7_200).unwrap();
        let cutoff = Cutoff::now(now, PARIS).unwrap();
        let bound = cutoff.now_bound(None, &zone).unwrap();
        let ambiguous = zone.to_ambiguous_timestamp(value);
        let latest = match ambiguous.offset() {
            AmbiguousOffset::Fold { after, .. } => after.to_timestamp(value).unwrap(),
            AmbiguousOffset::Gap { before, .. } => before.to_timestamp(value).unwrap(),
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(value).unwrap(),
        };
        if !matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
            prop_assert_eq!(value < bound.local, latest < now, "{} against {}", value, now);
        } else if value < bound.local {
            // A time that never was may only be taken for past once every reading of it is.
            prop_assert!(latest <= now + jiff::SignedDuration::from_hours(1));
        }
    }
}

#[test]
fn what_is_due_today_goes_at_midnight() {
    let noon = datetime(2026, 11, 22, 12, 0, 0, 0)
        .in_tz(PARIS)
        .unwrap()
        .timestamp();
    assert_eq!(Cutoff::now(noon, PARIS).unwrap().at, date(2026, 11, 21));
    let cutoff = Cutoff::at(date(2026, 11, 22), PARIS).unwrap();
    assert_eq!(
        cutoff.now,
        datetime(2026, 11, 23, 0, 0, 0, 0)
            .in_tz(PARIS)
            .unwrap()
            .timestamp()
    );
    assert_eq!(Cutoff::now(cutoff.now, PARIS).unwrap().at, date(2026, 11, 22));
}

#[test]
fn a9_leap_days_and_ends_of_months_are_clamped() {
    let due = |clock, count, unit| due_date(clock, period(count, unit)).unwrap();
    assert_eq!(due(date(2024, 2, 29), 1, Unit::Years), date(2025, 2, 28));
    assert_eq!(due(date(2024, 2, 29), 4, Unit::Years), date(2028, 2, 29));
    assert_eq!(due(date(2026, 1, 31), 1, Unit::Months), date(2026, 2, 28));
    assert_eq!(due(date(2026, 8, 31), 1, Unit::Months), date(2026, 9, 30));
    let cutoff = Cutoff::at(date(2025, 2, 28), PARIS).unwrap();
    let bound = cutoff
        .clock_bound(period(1, Unit::Years), None, &cutoff.zone)
        .unwrap();
    assert_eq!(
        bound.date,
        date(2024, 3, 1),
        "28 and 29 February 2024 are both due on 28 February 2025"
    );
}

#[test]
fn quiet_asks_for_more_time() {
    let cutoff = Cutoff::at(date(2026, 11, 22), PARIS).unwrap();
    let keep = period(1, Unit::Years);
    let bound = cutoff
        .clock_bound(keep, Some(period(1, Unit::Days)), &cutoff.zone)
        .unwrap();
    assert_eq!(bound.date, date(2025, 11, 22));
    assert_eq!(
        cutoff.clock_bound(keep, None, &cutoff.zone).unwrap().date,
        date(2025, 11, 23)
    );
}

#[test]
fn a_wrong_zone_is_named() {
    assert_eq!(
        Cutoff::now(Timestamp::UNIX_EPOCH, "Europe/Pariss")
            .unwrap_err()
            .to_string(),
        "`Europe/Pariss` is not an IANA time zone"
    );
}

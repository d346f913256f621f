//! Bounds in each form in which SQL compares them: text that sorts as time does, numbers of seconds.

use jiff::civil::{Date, DateTime, DateTimeRound};
use jiff::{RoundMode, Timestamp, TimestampRound, ToSpan, Unit};
use serment_store::condition::{Bound, TimeForm};

/// The epoch as a date.
pub(crate) const EPOCH_DATE: &str = "1970-01-01";
/// From this date on, a value stands for "never".
pub(crate) const LAST_DATE: &str = "9999-12-31";
/// The same for instants: a day earlier, since the date may have been written in any zone.
pub(crate) const LAST_INSTANT: &str = "9999-12-30";
/// [`LAST_INSTANT`] in seconds since the epoch.
pub(crate) const LAST_EPOCH_SECONDS: i64 = 253_402_128_000;
/// The first second of the year 1.
pub(crate) const FIRST_EPOCH_SECONDS: i64 = -62_135_596_800;

/// Units in a second of the epoch forms; None for the others.
pub(crate) fn per_second(written: TimeForm) -> Option<i64> {
    match written {
        TimeForm::EpochSeconds => Some(1),
        TimeForm::EpochMilliseconds => Some(1_000),
        TimeForm::Date | TimeForm::Instant | TimeForm::Local | TimeForm::Text => None,
    }
}

/// The local bound for types that have microseconds: rounded up to them, which no value can tell.
pub(crate) fn local_microseconds(bound: &Bound) -> DateTime {
    let up = DateTimeRound::new()
        .smallest(Unit::Microsecond)
        .mode(RoundMode::Ceil);
    bound.local.round(up).unwrap_or(bound.local)
}

/// The instant, rounded up likewise.
pub(crate) fn instant_microseconds(bound: &Bound) -> Timestamp {
    let up = TimestampRound::new()
        .smallest(Unit::Microsecond)
        .mode(RoundMode::Ceil);
    bound.instant.round(up).unwrap_or(bound.instant)
}

/// The date of an instant in UTC.
pub(crate) fn utc_date(instant: Timestamp) -> Date {
    instant.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The date bound.
pub(crate) fn date(bound: &Bound) -> String {
    positive(bound.date.to_string())
}

/// The local bound: no fraction when it is zero, no zeros at its end, so that text that is longer is not earlier.
pub(crate) fn local(bound: &Bound) -> String {
    positive(bound.local.to_string())
}

/// The instant, in UTC, written as the local bound is.
pub(crate) fn instant(bound: &Bound) -> String {
    positive(bound.instant.to_string().trim_end_matches('Z').to_owned())
}

/// Years before 1 are written with a sign: every value that we read is after them, as it is after empty text.
fn positive(text: String) -> String {
    if text.starts_with(['-', '+']) || text.starts_with("0000") {
        String::new()
    } else {
        text
    }
}

/// A date, as text, that is certainly after (or, for `From`, not after) every readable text that is before the bound (or
/// from it on), whatever its shape and offset.
pub(crate) fn edge(bound: &Bound, before: bool) -> String {
    let utc = utc_date(bound.instant);
    let dates = [bound.date, bound.local.date(), utc];
    let edge = if before {
        dates
            .iter()
            .max()
            .and_then(|date| date.checked_add(2.days()).ok())
            .unwrap_or(Date::MAX)
    } else {
        dates
            .iter()
            .min()
            .and_then(|date| date.checked_sub(2.days()).ok())
            .unwrap_or(Date::MIN)
    };
    if before && edge >= Date::constant(9999, 12, 31) {
        "9999-13".into()
    } else {
        positive(edge.to_string())
    }
}

/// The instant as a number of units since the epoch: a value is before the instant exactly when it is smaller. Exact:
/// the fraction, if any, is written out.
pub(crate) fn epoch(bound: &Bound, per_second: i64) -> String {
    let nanoseconds = bound.instant.as_nanosecond() * i128::from(per_second);
    let (whole, rest) = (
        nanoseconds.div_euclid(1_000_000_000),
        nanoseconds.rem_euclid(1_000_000_000),
    );
    if rest == 0 {
        return whole.to_string();
    }
    if whole < 0 {
        // A sign would make the fraction count the other way; a whole number is as good for whole values.
        return (whole + 1).to_string();
    }
    format!("{whole}.{}", format!("{rest:09}").trim_end_matches('0'))
}

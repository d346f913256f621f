//! Due dates as comparisons.
//!
//! A clock is due on its local date plus the period, the day clamped to the end of the month, from the midnight that
//! ends that date. That map is monotone, so the clocks that are due by a cut-off are exactly those before one instant,
//! computed here once: no dialect ever adds a month or converts a zone.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, ToSpan};
use serment_register::model::{Period, Text, Unit};
use serment_register::text;
use serment_store::condition::Bound;
use thiserror::Error;

/// The instant up to which a plan looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Cutoff {
    /// What `now` means in conditions.
    pub now: Timestamp,
    /// The last due date that is taken: the day before the local date of `now`, for its midnight must have passed.
    pub at: Date,
    /// The organisation's zone, in which days are counted.
    pub zone: TimeZone,
}

/// A zone or date that cannot be used.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
pub enum CutoffError {
    /// The zone is not in the IANA database.
    Zone(String),
    /// The date leaves the calendar.
    Range(String),
}

impl CutoffError {
    /// The error in words.
    pub fn text(&self) -> Text {
        match self {
            Self::Zone(zone) => text!(
                "« {zone} » n'est pas un fuseau horaire de l'IANA",
                "`{zone}` is not an IANA time zone"
            ),
            Self::Range(date) => text!("{date} sort du calendrier", "{date} is out of the calendar"),
        }
    }
}

impl fmt::Display for CutoffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl Cutoff {
    /// What is due now.
    pub fn now(now: Timestamp, zone: &str) -> Result<Self, CutoffError> {
        let zone = time_zone(zone)?;
        let today = now.to_zoned(zone.clone()).date();
        let at = today
            .yesterday()
            .map_err(|_| CutoffError::Range(today.to_string()))?;
        Ok(Self { now, at, zone })
    }

    /// What will have gone by the end of that date.
    pub fn at(date: Date, zone: &str) -> Result<Self, CutoffError> {
        let zone = time_zone(zone)?;
        let next = date
            .tomorrow()
            .map_err(|_| CutoffError::Range(date.to_string()))?;
        Ok(Self {
            now: midnight(next, &zone)?,
            at: date,
            zone,
        })
    }

    /// The bound below which a clock is due: its date plus `keep` is at most the cut-off's date less `quiet`.
    pub fn clock_bound(
        &self,
        keep: Period,
        quiet: Option<Period>,
        column_zone: &TimeZone,
    ) -> Result<Bound, CutoffError> {
        let at = match quiet {
            Some(quiet) => subtract(self.at, quiet)?,
            None => self.at,
        };
        let last = last_due_clock(keep, at)?;
        let first_not_due = last
            .tomorrow()
            .map_err(|_| CutoffError::Range(last.to_string()))?;
        Ok(bound(
            midnight(first_not_due, &self.zone)?,
            column_zone,
            &self.zone,
        ))
    }

    /// The cut-off instant as a bound, less `quiet`.
    pub fn now_bound(&self, quiet: Option<Period>, column_zone: &TimeZone) -> Result<Bound, CutoffError> {
        let instant = match quiet {
            Some(quiet) => self
                .now
                .to_zoned(self.zone.clone())
                .checked_sub(span(quiet))
                .map_err(|_| CutoffError::Range(self.now.to_string()))?
                .timestamp(),
            None => self.now,
        };
        Ok(bound(instant, column_zone, &self.zone))
    }

    /// A day after the cut-off: an event that is past by nature cannot lie there.
    pub fn far_future(&self, column_zone: &TimeZone) -> Result<Bound, CutoffError> {
        let instant = self
            .now
            .checked_add(24.hours())
            .map_err(|_| CutoffError::Range(self.now.to_string()))?;
        Ok(bound(instant, column_zone, &self.zone))
    }

    /// The beginning of a date as a bound.
    pub fn start_of(&self, date: Date, column_zone: &TimeZone) -> Result<Bound, CutoffError> {
        Ok(bound(midnight(date, &self.zone)?, column_zone, &self.zone))
    }
}

/// The IANA zone of that name.
pub fn time_zone(name: &str) -> Result<TimeZone, CutoffError> {
    TimeZone::get(name).map_err(|_| CutoffError::Zone(name.to_owned()))
}

/// The date on which a clock of that date is due: the day of the clock is not counted, and a day that the last month
/// lacks is its last day (Reg. 1182/71 art. 3(1), 3(2)(c)).
pub fn due_date(clock: Date, keep: Period) -> Result<Date, CutoffError> {
    clock
        .checked_add(span(keep))
        .map_err(|_| CutoffError::Range(clock.to_string()))
}

fn subtract(date: Date, period: Period) -> Result<Date, CutoffError> {
    date.checked_sub(span(period))
        .map_err(|_| CutoffError::Range(date.to_string()))
}

/// The latest date whose due date is at most `at`.
fn last_due_clock(keep: Period, at: Date) -> Result<Date, CutoffError> {
    let mut last = subtract(at, keep)?;
    // Clamping loses at most three days (31 to 28), in either direction.
    while due_date(last, keep)? > at {
        last = last
            .yesterday()
            .map_err(|_| CutoffError::Range(last.to_string()))?;
    }
    loop {
        let next = last
            .tomorrow()
            .map_err(|_| CutoffError::Range(last.to_string()))?;
        if due_date(next, keep)? > at {
            return Ok(last);
        }
        last = next;
    }
}

/// The span of a period, in jiff's terms.
pub fn span(period: Period) -> Span {
    let count = i64::from(period.count);
    match period.unit {
        Unit::Years => count.years(),
        Unit::Months => count.months(),
        Unit::Weeks => count.weeks(),
        Unit::Days => count.days(),
    }
}

/// The first instant of a date in a zone (not always 00:00: some zones jump over it).
fn midnight(date: Date, zone: &TimeZone) -> Result<Timestamp, CutoffError> {
    date.to_zoned(zone.clone())
        .map(|start| start.timestamp())
        .map_err(|_| CutoffError::Range(date.to_string()))
}

fn bound(instant: Timestamp, column_zone: &TimeZone, zone: &TimeZone) -> Bound {
    Bound {
        instant,
        local: local_bound(instant, column_zone),
        date: date_bound(instant, zone),
    }
}

/// The smallest local time whose latest reading in `zone` is not before `instant`.
fn local_bound(instant: Timestamp, zone: &TimeZone) -> DateTime {
    let local = zone.to_datetime(instant);
    match zone.to_ambiguous_timestamp(local).offset() {
        // The hour is read twice; its later reading counts, so a value of the first pass is taken for one of the
        // second. When the instant lies in the first pass, nothing of that hour is surely before it.
        AmbiguousOffset::Fold { before, after } => {
            let first = before.to_timestamp(local).ok();
            if first == Some(instant) {
                let gained = i64::from(before.seconds()) - i64::from(after.seconds());
                start_of_fold(local, gained, zone)
            } else {
                local
            }
        }
        _ => local,
    }
}

/// The first local time of the repeated hour that contains `local`.
fn start_of_fold(local: DateTime, gained_seconds: i64, zone: &TimeZone) -> DateTime {
    let mut low = local.checked_sub(gained_seconds.seconds()).unwrap_or(local);
    let mut high = local;
    // Binary search to the second: `low` is outside the fold or its first moment, `high` inside.
    while low.checked_add(1.second()).is_ok_and(|next| next < high) {
        let half = (high.duration_since(low).as_secs() / 2).max(1);
        let Ok(middle) = low.checked_add(half.seconds()) else {
            break;
        };
        if matches!(
            zone.to_ambiguous_timestamp(middle).offset(),
            AmbiguousOffset::Fold { .. }
        ) {
            high = middle;
        } else {
            low = middle;
        }
    }
    if matches!(
        zone.to_ambiguous_timestamp(low).offset(),
        AmbiguousOffset::Fold { .. }
    ) {
        low
    } else {
        high
    }
}

/// The smallest date whose first instant is not before `instant`.
fn date_bound(instant: Timestamp, zone: &TimeZone) -> Date {
    let date = zone.to_datetime(instant).date();
    match midnight(date, zone) {
        Ok(start) if start >= instant => date,
        _ => date.tomorrow().unwrap_or(Date::MAX),
    }
}

#[cfg(test)]
mod tests;

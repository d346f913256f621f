//! When `keep --daily` runs next: pure.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// When the next run is due. Once per local day at `time`; a time that a day skips is taken at the first instant after
/// the gap, one that a day has twice at its first occurrence. After missed days, one run at once, never two.
///
/// `last` is the start of the last run, None when there was none (then the first one waits for its time). An instant
/// that is not after `now` means "at once".
pub fn next_run(time: Time, zone: &TimeZone, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let from = last.unwrap_or(now);
    let mut date = from.to_zoned(zone.clone()).date();
    // The first slot after the last run; the day before is looked at because a zone may have moved meanwhile.
    date = date.yesterday().unwrap_or(date);
    for _ in 0..4 {
        if let Some(slot) = slot(date, time, zone)
            && slot > from
        {
            return slot;
        }
        date = date.tomorrow().unwrap_or(date);
    }
    now
}

/// The instant of a local time on a date.
fn slot(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    use jiff::tz::AmbiguousOffset;
    let wanted = date.to_datetime(time);
    let ambiguous = zone.to_ambiguous_timestamp(wanted);
    match ambiguous.offset() {
        // Skipped: the first instant after the gap is the transition itself.
        AmbiguousOffset::Gap { before, .. } => {
            let beyond = before.to_timestamp(wanted).ok()?;
            zone.preceding(beyond + jiff::SignedDuration::from_secs(1))
                .next()
                .map(|transition| transition.timestamp())
        }
        // Twice: the first time.
        _ => ambiguous.earlier().ok(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    #[test]
    fn a9_one_catch_up_after_missed_nights_and_never_two() {
        let half_past_three = time(3, 30, 0, 0);
        let zone = paris();
        let last = at("2026-01-10T02:30:05Z");
        // Four nights were missed.
        let now = at("2026-01-14T10:00:00Z");
        let next = next_run(half_past_three, &zone, Some(last), now);
        assert!(next <= now, "it is late: at once");
        // The catch-up ran at ten; the next one is tomorrow's.
        let next = next_run(half_past_three, &zone, Some(now), now);
        assert_eq!(next, at("2026-01-15T02:30:00Z"));
        // A catch-up just before the slot does not swallow it, and the slot is not run twice.
        let early = at("2026-01-15T02:29:59Z");
        assert_eq!(
            next_run(half_past_three, &zone, Some(early), early),
            at("2026-01-15T02:30:00Z")
        );
        let done = at("2026-01-15T02:30:00Z");
        assert_eq!(
            next_run(half_past_three, &zone, Some(done), done),
            at("2026-01-16T02:30:00Z")
        );
    }

    #[test]
    fn a9_without_a_past_the_first_run_waits_for_its_time() {
        let now = at("2026-01-14T10:00:00Z");
        assert_eq!(
            next_run(time(3, 30, 0, 0), &paris(), None, now),
            at("2026-01-15T02:30:00Z")
        );
    }

    #[test]
    fn a9_a_time_that_a_night_skips_is_taken_right_after_the_gap() {
        // 29 March 2026: 02:00 becomes 03:00 in Paris.
        let last = at("2026-03-28T01:30:00Z");
        let next = next_run(time(2, 30, 0, 0), &paris(), Some(last), last);
        assert_eq!(next, at("2026-03-29T01:00:00Z"));
        let after = next_run(time(2, 30, 0, 0), &paris(), Some(next), next);
        assert_eq!(after, at("2026-03-30T00:30:00Z"));
    }

    #[test]
    fn a9_a_time_that_a_night_has_twice_is_taken_once() {
        // 25 October 2026: 03:00 becomes 02:00 in Paris.
        let last = at("2026-10-24T00:30:00Z");
        let first = next_run(time(2, 30, 0, 0), &paris(), Some(last), last);
        assert_eq!(first, at("2026-10-25T00:30:00Z"));
        let next = next_run(time(2, 30, 0, 0), &paris(), Some(first), first);
        assert_eq!(next, at("2026-10-26T01:30:00Z"));
    }

    #[test]
    fn a9_a_zone_without_midnight_or_with_a_lost_day_never_stops() {
        // Samoa had no 30 December 2011.
        let zone = TimeZone::get("Pacific/Apia").unwrap();
        let mut last = at("2011-12-27T12:00:00Z");
        for _ in 0..10 {
            let next = next_run(time(0, 0, 0, 0), &zone, Some(last), last);
            assert!(next > last, "{next} after {last}");
            last = next;
        }
    }
}

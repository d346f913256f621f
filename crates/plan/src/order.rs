//! Which of several rules of a table ends last, where the register itself says it.
//!
//! Each datum takes the `then` of its last-ended rule; on a tie, it is erased. Where one rule of a table erases and
//! another anonymises, the order of their ends matters. Rules with the same clock end in the order of their periods,
//! whatever the rows say.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serment_register::model::{Period, Rule, Then, Unit};

/// Compares the ends of two rules on any row on which both have ended; None when only the row could tell.
pub fn ends(left: &Rule, right: &Rule) -> Option<Ordering> {
    let same =
        |one: &[String], other: &[String]| one.iter().collect::<BTreeSet<_>>() == other.iter().collect();
    let same_clock = same(&left.after, &right.after) && same(&left.else_after, &right.else_after);
    if !same_clock || !left.or_on.is_empty() || !right.or_on.is_empty() {
        return None;
    }
    compare(left.keep?, right.keep?)
}

/// Compares two periods; None when the calendar decides (30 days and 1 month).
fn compare(left: Period, right: Period) -> Option<Ordering> {
    let in_months = |period: Period| match period.unit {
        Unit::Years => Some(u64::from(period.count) * 12),
        Unit::Months => Some(u64::from(period.count)),
        Unit::Weeks | Unit::Days => None,
    };
    let in_days = |period: Period| match period.unit {
        Unit::Weeks => Some(u64::from(period.count) * 7),
        Unit::Days => Some(u64::from(period.count)),
        Unit::Years | Unit::Months => None,
    };
    let by = |measure: &dyn Fn(Period) -> Option<u64>| Some(measure(left)?.cmp(&measure(right)?));
    by(&in_months).or_else(|| by(&in_days))
}

/// Whether the register says which of these rules ends last, wherever that matters.
pub fn is_known(rules: &[&Rule]) -> bool {
    let of = |then: Then| rules.iter().filter(move |rule| rule.then == then);
    of(Then::Erase).all(|erases| of(Then::Anonymise).all(|anonymises| ends(erases, anonymises).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_of_one_kind_compare_and_others_do_not() {
        let period = |count, unit| Period { count, unit };
        assert_eq!(
            compare(period(2, Unit::Years), period(24, Unit::Months)),
            Some(Ordering::Equal)
        );
        assert_eq!(
            compare(period(2, Unit::Weeks), period(15, Unit::Days)),
            Some(Ordering::Less)
        );
        assert_eq!(compare(period(1, Unit::Months), period(30, Unit::Days)), None);
    }
}

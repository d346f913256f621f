//! How old the clocks of a rule's rows are.

use jiff::ToSpan;
use jiff::civil::Date;
use serment_plan::cutoff::span;
use serment_plan::forecast::Ages;
use serment_plan::translate::Ground;
use serment_register::model::RuleId;

use super::count::of_client;
use super::{Bar, Observation, Observer};
use crate::KeepError;
use crate::ports::Stores;
use serment_store::Role;

/// Older clocks share the first bar.
const MOST_DAYS: i64 = 40 * 366;

impl Observer<'_> {
    /// How old the clocks of a rule's rows are: about `bars` bars, one of whose borders is the cut-off. Empty for a rule
    /// that only events end, or that cannot be judged.
    pub async fn histogram(
        &self,
        observation: &Observation,
        rule: &RuleId,
        client: Option<&str>,
        bars: u32,
    ) -> Result<Vec<Bar>, KeepError> {
        let Some((_, declared)) = self.register.rules().find(|(_, other)| other.id == *rule) else {
            return Err(KeepError::UnknownRule(rule.to_string()));
        };
        let (Some(keep), Some(planned)) = (declared.keep, observation.plan.rule(rule)) else {
            return Ok(Vec::new());
        };
        let Some(last_due) = planned.cutoff.filter(|_| !planned.blind) else {
            return Ok(Vec::new());
        };
        let ground = Ground {
            register: self.register,
            catalogues: &observation.catalogues,
            cutoff: &observation.situation.cutoff,
            extensions: &observation.situation.extensions,
        };
        let oldest = observation
            .forecast
            .lines
            .iter()
            .filter(|((id, of), _)| id == rule && (client.is_none() || of.as_deref() == client))
            .filter_map(|(_, line)| line.oldest)
            .min();
        let borders = borders(
            last_due,
            observation.situation.cutoff.at,
            span(keep),
            oldest,
            bars.clamp(2, 60),
        );
        let filter = of_client(ground, &declared.of, client)?;
        let cutoff = last_due.tomorrow().unwrap_or(last_due);
        let ages = Ages::new(ground, rule, &borders, cutoff, filter)?;
        let stores: &dyn Stores = self.stores;
        let store = stores.open(&ages.store, Role::Read).await?;
        let rows = ages.rows(&store.tally(&ages.tally).await?);
        let drawn = rows
            .into_iter()
            .enumerate()
            .map(|(step, rows)| Bar {
                from: step
                    .checked_sub(1)
                    .and_then(|border| borders.get(border))
                    .copied(),
                before: borders.get(step).copied(),
                rows,
            })
            .collect();
        Ok(drawn)
    }
}

/// Borders in order, all as far apart: from the oldest due clock, or as far before the cut-off as the day of the plan
/// lies after it, up to the day after the plan's.
fn borders(last_due: Date, at: Date, keep: jiff::Span, oldest: Option<Date>, bars: u32) -> Vec<Date> {
    let cutoff = last_due.tomorrow().unwrap_or(last_due);
    let days = |from: Date, to: Date| {
        from.until(to)
            .map_or(0, |length| i64::from(length.get_days()).max(0))
    };
    let ahead = last_due.checked_add(keep).map_or(30, |due| days(last_due, due));
    let behind = match oldest {
        Some(oldest) => days(oldest, cutoff).min(MOST_DAYS),
        None => ahead,
    };
    let width = ((ahead + behind) / (i64::from(bars) - 1).max(1) + 1).max(1);
    let mut borders = Vec::new();
    for step in (1..(behind + width - 1) / width).rev() {
        borders.extend(cutoff.checked_sub((step * width).days()).ok());
    }
    borders.push(cutoff);
    for step in 1..=(ahead + width - 1) / width {
        if let Ok(border) = cutoff.checked_add((step * width).days())
            && border <= at
        {
            borders.push(border);
        }
    }
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_border_is_the_cut_off_and_none_lies_ahead() {
        let found = borders(
            Date::constant(2023, 1, 31),
            Date::constant(2026, 1, 31),
            3.years(),
            None,
            12,
        );
        assert!(found.contains(&Date::constant(2023, 2, 1)), "{found:?}");
        assert!(found.is_sorted());
        assert!(
            found
                .last()
                .is_some_and(|last| *last <= Date::constant(2026, 1, 31))
        );
        assert!(found.len() >= 10, "{found:?}");
    }

    #[test]
    fn the_oldest_due_clock_has_its_bar() {
        for oldest in [Date::constant(2003, 5, 6), Date::constant(2022, 12, 30)] {
            let found = borders(
                Date::constant(2023, 1, 31),
                Date::constant(2026, 1, 31),
                3.years(),
                Some(oldest),
                60,
            );
            let width = found[0].until(found[1]).unwrap().get_days();
            let first = found[0].checked_sub(width.days()).unwrap();
            assert!(first <= oldest && oldest < found[0], "{oldest}: {found:?}");
            assert!((40..=61).contains(&found.len()), "{} borders", found.len());
        }
    }
}

//! Stores that nothing links are walked side by side, each in the order of its own steps.
//!
//! A lane has its own writing connections and its own count of what its rules did: a rule belongs to one lane. The journal
//! and the state are common, and written by one lane at a time. A lane that fails lets the others end the batch that they
//! are in: nothing is dropped half-way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::stream::{self, StreamExt};
use serment_register::model::Register;

use super::run::Run;
use crate::KeepError;
use crate::report::Report;

/// Lanes under way at a time: each has a batch in memory, and a small machine does not do more at once.
const TOGETHER: usize = 2;

impl Run<'_, '_> {
    /// Walks all the families, lane by lane.
    pub async fn walk_side_by_side(&mut self) -> Result<(), KeepError> {
        let walks = self.lanes().into_iter().map(|mut lane| async move {
            let end = lane.walk_families().await;
            if end.is_err() {
                lane.failed.store(true, Ordering::SeqCst);
            }
            (lane, end)
        });
        let walked: Vec<_> = stream::iter(walks).buffer_unordered(TOGETHER).collect().await;
        let mut failure = None;
        for (lane, end) in walked {
            self.take_back(lane);
            if let Err(error) = end {
                failure.get_or_insert(error);
            }
        }
        // As the journal has them.
        self.report.outcomes.sort_by_key(|recorded| recorded.journal);
        failure.map_or(Ok(()), Err)
    }

    /// Hands the families out, those with most to do first.
    fn lanes(&mut self) -> Vec<Self> {
        let linked = linked(self.keeper.register);
        let mut families: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for family in std::mem::take(&mut self.plan.families) {
            let lane = linked
                .get(family.root.store.as_str())
                .copied()
                .unwrap_or_default();
            families.entry(lane).or_default().push(family);
        }
        let expected = |lane: &str| {
            let effects = self.forecast.effects.iter();
            let here = |store: &str| linked.get(store) == Some(&lane);
            effects
                .filter(|((table, _, _), _)| here(&table.store))
                .map(|(_, rows)| rows)
                .sum::<u64>()
        };
        let mut families: Vec<_> = families
            .into_iter()
            .map(|(lane, families)| (expected(lane), families))
            .collect();
        families.sort_by_key(|(rows, _)| std::cmp::Reverse(*rows));
        families
            .into_iter()
            .map(|(_, families)| {
                let mut plan = self.plan.clone();
                plan.families = families;
                Self {
                    keeper: self.keeper,
                    options: self.options,
                    progress: self.progress,
                    stop: self.stop,
                    id: self.id.clone(),
                    now: self.now,
                    sight: Arc::clone(&self.sight),
                    plan,
                    situation: self.situation.clone(),
                    forecast: Arc::clone(&self.forecast),
                    acting: self.acting.clone(),
                    limits: self.limits.clone(),
                    written: self.written.clone(),
                    writers: BTreeMap::new(),
                    epoch: self.epoch,
                    done: BTreeMap::new(),
                    pseudonyms: Arc::clone(&self.pseudonyms),
                    pen: Arc::clone(&self.pen),
                    failed: Arc::clone(&self.failed),
                    report: Report::default(),
                }
            })
            .collect()
    }

    /// What a lane did, and what it had.
    fn take_back(&mut self, lane: Self) {
        self.plan.families.extend(lane.plan.families);
        self.writers.extend(lane.writers);
        self.done.extend(lane.done);
        self.report.outcomes.extend(lane.report.outcomes);
        self.report.blocked.extend(lane.report.blocked);
        self.report.notes.extend(lane.report.notes);
        self.report.unfinished = self.report.unfinished.take().or(lane.report.unfinished);
    }
}

/// Each store with the first of those that links join it to, directly or not.
fn linked(register: &Register) -> BTreeMap<&str, &str> {
    let mut first: BTreeMap<&str, &str> = register
        .stores
        .keys()
        .map(|store| (store.as_str(), store.as_str()))
        .collect();
    for table in register.tables() {
        for link in table.links.values() {
            let (Some(here), Some(there)) = (
                first.get(table.id.store.as_str()).copied(),
                first.get(link.to.store.as_str()).copied(),
            ) else {
                continue;
            };
            let one = here.min(there);
            for lane in first.values_mut() {
                if *lane == here || *lane == there {
                    *lane = one;
                }
            }
        }
    }
    first
}

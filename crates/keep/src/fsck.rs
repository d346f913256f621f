//! Checks everything, read-only.

use std::collections::BTreeSet;

use serment_register::model::Text;
use serment_register::text;
use serment_state::Unsound;

use crate::outcome::Outcome;
use crate::{KeepError, Keeper};

/// How many outcomes are read from the state at once.
const PAGE: u32 = 1_000;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkup {
    /// What was checked, in words.
    pub checked: Vec<Text>,
    /// What is wrong.
    pub problems: Vec<Text>,
    /// What is unusual and not wrong.
    pub warnings: Vec<Text>,
}

impl Keeper<'_> {
    /// Checks the state, the journal, and that each says what the other says.
    pub async fn fsck(&self) -> Result<Checkup, KeepError> {
        let mut checkup = Checkup::default();
        let path = self.state.path();
        let of_state = self.state.check().await?.into_iter();
        checkup.problems.extend(of_state.map(|problem| {
            let (place, problem) = (path.display(), unsound(problem));
            text!("{place} : {problem}", "{place}: {problem}"; problem)
        }));
        checkup
            .checked
            .push(text!("la base de l'état", "the state's database"));
        checkup.problems.extend(self.journal.check()?);
        let size = self.journal.size()?;
        checkup.checked.push(text!(
            "entrées du journal : {size}",
            "entries of the journal: {size}"
        ));
        let indexed = self.compare_index(size, &mut checkup).await?;
        self.compare_journal(size, &indexed, &mut checkup).await?;
        self.compare_approvals(size, &mut checkup).await?;
        self.left_behind(&mut checkup).await?;
        Ok(checkup)
    }

    /// The journal's entry of an outcome, `o-17` or `17`; None when no outcome stands there.
    pub async fn outcome_entry(&self, outcome: &str) -> Result<Option<u64>, KeepError> {
        let Ok(index) = outcome.strip_prefix("o-").unwrap_or(outcome).parse() else {
            return Ok(None);
        };
        if self.state.outcome(index).await?.is_some() {
            return Ok(Some(index));
        }
        let mut found = None;
        self.journal
            .records(index..index.saturating_add(1), &mut |index, record| {
                found = (record.kind == "outcome").then_some(index);
            })?;
        Ok(found)
    }

    /// What the state says of outcomes is what the journal says.
    async fn compare_index(&self, size: u64, checkup: &mut Checkup) -> Result<BTreeSet<u64>, KeepError> {
        let mut indexed = BTreeSet::new();
        let mut from = 0;
        loop {
            let page = self.state.outcomes(None, None, from, PAGE).await?;
            let Some(last) = page.last() else { break };
            from = last.journal + 1;
            for known in page {
                indexed.insert(known.journal);
                if known.journal >= size {
                    let index = known.journal;
                    checkup.problems.push(text!(
                        "l'état connaît le résultat o-{index}, et le journal s'arrête avant : le journal est revenu en \
                         arrière, ou c'est une copie plus ancienne",
                        "the state knows outcome o-{index}, and the journal ends before: the journal, or a copy of it, went \
                         back"
                    ));
                    continue;
                }
                let mut written = None;
                self.journal
                    .records(known.journal..known.journal + 1, &mut |_, record| {
                        written = Some(record)
                    })?;
                let Some(record) = written else { continue };
                let outcome: Option<Outcome> = serde_json::from_value(record.payload).ok();
                let same = outcome.is_some_and(|outcome| {
                    outcome.rows == known.rows
                        && outcome.outcome.word() == known.outcome
                        && outcome.client == known.client
                        && outcome.table == known.table
                });
                if record.kind != "outcome" || !same {
                    let index = known.journal;
                    checkup.problems.push(text!(
                        "le résultat o-{index} n'est pas dans le journal tel que l'état le connaît",
                        "outcome o-{index} is not in the journal as the state knows it"
                    ));
                }
            }
        }
        checkup.checked.push(text!(
            "résultats connus de l'état : {}",
            "outcomes known to the state: {}",
            indexed.len()
        ));
        Ok(indexed)
    }

    /// Every outcome of the journal is known to the state: else the state went back.
    async fn compare_journal(
        &self,
        size: u64,
        indexed: &BTreeSet<u64>,
        checkup: &mut Checkup,
    ) -> Result<(), KeepError> {
        let open: BTreeSet<u64> = self
            .state
            .open_spans()
            .await?
            .iter()
            .map(|span| span.intent)
            .collect();
        let mut missing = Vec::new();
        self.journal.records(0..size, &mut |index, record| {
            let waits = record.payload["intent"]
                .as_u64()
                .is_some_and(|intent| open.contains(&intent));
            if record.kind == "outcome" && !indexed.contains(&index) && !waits {
                missing.push(index);
            }
        })?;
        if let Some(first) = missing.first() {
            checkup.problems.push(text!(
                "résultats du journal inconnus de l'état, à partir de o-{first} : {} ; l'état est peut-être une copie plus \
                 ancienne",
                "outcomes of the journal unknown to the state, from o-{first} on: {}; the state may be an older copy",
                missing.len()
            ));
        }
        Ok(())
    }

    async fn compare_approvals(&self, size: u64, checkup: &mut Checkup) -> Result<(), KeepError> {
        let approvals = self.state.approvals().await?;
        checkup
            .checked
            .push(text!("approbations : {}", "approvals: {}", approvals.len()));
        for approval in approvals {
            let mut same = approval.journal < size;
            self.journal.records(
                approval.journal..approval.journal.saturating_add(1),
                &mut |_, record| {
                    same = record.kind == "approval"
                        && record.payload["rule"] == approval.rule
                        && record.payload["rule_hash"] == approval.hash;
                },
            )?;
            if !same {
                let rule = &approval.rule;
                checkup.problems.push(text!(
                    "l'approbation de {rule} n'est pas dans le journal",
                    "the approval of {rule} is not in the journal"
                ));
            }
        }
        Ok(())
    }

    async fn left_behind(&self, checkup: &mut Checkup) -> Result<(), KeepError> {
        let alive = self.state.keeper_is_alive()?;
        let spans = self.state.open_spans().await?.len();
        let runs = self.state.unended_runs().await?;
        if !alive && (spans > 0 || !runs.is_empty()) {
            let runs = runs.join(", ");
            checkup.warnings.push(text!(
                "une exécution a été interrompue ({runs}) : le prochain `serment keep` établit ce qu'elle a fait et continue",
                "a run was interrupted ({runs}): the next `serment keep` settles it and goes on"
            ));
        }
        let waiting = self.state.waiting().await?.len();
        if waiting > 0 {
            checkup.warnings.push(text!(
                "écritures en attente du journal : {waiting} ; la prochaine commande qui y écrit les emporte",
                "records that wait for the journal: {waiting}; the next command that writes there takes them along"
            ));
        }
        for hold in self
            .state
            .holds()
            .await?
            .iter()
            .filter(|hold| hold.pending && hold.removed.is_none())
        {
            let id = &hold.id;
            checkup.warnings.push(text!(
                "la suspension {id} n'a jamais été confirmée : un lot commencé avant elle a pu toucher ses lignes",
                "hold {id} was never acknowledged: a batch that began before it may have touched its rows"
            ));
        }
        Ok(())
    }
}

fn unsound(problem: Unsound) -> Text {
    match problem {
        Unsound::Damaged(said) => Text::quoted(&said),
        Unsound::Dangling { table, row, target } => text!(
            "la ligne {row} de {table} ne renvoie à rien dans {target}",
            "row {row} of {table} refers to nothing in {target}"
        ),
    }
}

//! Runs the released rules.
//!
//! In this order: the lock that keeps two runs apart; what a dead run left behind (`settle`); the brakes, which say which
//! rules may act and how far (`brakes`); then every step of the plan (`run`, `lanes`, `walk`). A batch is announced in the
//! journal before it begins, locks and tests again, changes and compares (`body`), is read again after its COMMIT
//! (`verify`), and is recorded (`record`).

mod body;
pub(crate) mod brakes;
mod lanes;
pub(crate) mod record;
mod replace;
mod run;
mod settle;
pub(crate) mod statements;
mod trouble;
mod verify;
mod walk;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use serment_register::model::{RuleId, Text};
use serment_register::text;
use serment_state::runs::RunStatus;
use serment_store::BatchOptions;

use self::brakes::{Braked, observed};
use self::run::Run;
use crate::observe::Sight;
use crate::ports::{Progress, Record};
use crate::report::Report;
use crate::{KeepError, Keeper, faults, identifier};

/// How far a clock may go back between two runs: what a time server corrects.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// A clock that leaps further ahead than this is worth a word.
const LEAP: SignedDuration = SignedDuration::from_hours(400 * 24);

/// How to run.
#[derive(Debug, Clone)]
pub struct KeepOptions {
    /// Everything but the changes: nothing is written anywhere.
    pub dry_run: bool,
    /// Only these rules; the others still count in what is decided.
    pub rules: Option<BTreeSet<RuleId>>,
    /// Only the rows of this client.
    pub client: Option<String>,
    /// Most keys of a batch.
    pub batch_size: u32,
    /// Limits of a batch in the store.
    pub limits: BatchOptions,
    /// Batches only begin between these local times (organisation's zone); the window may span midnight.
    pub window: Option<(Time, Time)>,
    /// Who runs, for the journal: `cli`, `daily`, a service's name.
    pub actor: String,
}

impl Default for KeepOptions {
    fn default() -> Self {
        Self {
            dry_run: false,
            rules: None,
            client: None,
            batch_size: 10_000,
            limits: BatchOptions::default(),
            window: None,
            actor: "cli".to_owned(),
        }
    }
}

impl Keeper<'_> {
    /// Runs. `stop` is looked at between batches. Takes the state's keep lock, so that two runs cannot collide; a dry run
    /// needs none and opens reading connections only.
    pub async fn keep(
        &self,
        options: &KeepOptions,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Report, KeepError> {
        if let Some(unknown) = options
            .rules
            .iter()
            .flatten()
            .find(|rule| self.register.rules().all(|(_, known)| known.id != **rule))
        {
            return Err(KeepError::UnknownRule(unknown.to_string()));
        }
        let now = self.clock.now();
        if options.dry_run {
            return self.dry_run(options, now).await;
        }
        let _lock = self.state.lock()?;
        let leap = self.check_clock(now).await?;
        let sight = Sight::open(self.register, self.stores, None).await;
        let (settled, left) = self.settle(&sight, now).await?;
        self.deliver().await?;
        self.note_register(now).await?;

        let epoch = self.state.hold_epoch().await?;
        let braked = self.brake(&sight, options, now, true).await?;
        let id = identifier::fresh("r", self.entropy)?;
        let client = options.client.as_deref();
        self.state.begin_run(&id, now, &options.actor, client).await?;
        self.journal.append(&[began(&id, now, options, &braked)])?;
        let acting: Vec<String> = braked.acting.iter().map(ToString::to_string).collect();
        // The rows of one client are no first run: what was approved is the whole.
        if client.is_none() {
            self.state.use_approvals(&acting).await?;
        }

        let mut run = Run::new(
            *self,
            options,
            progress,
            stop,
            id.clone(),
            now,
            sight,
            braked,
            epoch,
        );
        run.report.outcomes.extend(settled);
        run.report.notes.extend(leap);
        run.report.notes.extend(left);
        let unread: Vec<Text> = run.sight.notes().collect();
        run.report.notes.extend(unread);
        let ran = run.all().await;
        let status = match (&ran, &run.report.unfinished) {
            (Err(_), _) => RunStatus::Failed,
            (Ok(()), Some(_)) => RunStatus::Stopped,
            (Ok(()), None) => RunStatus::Finished,
        };
        // An error of the journal or of the state leaves the run as it is: the next one settles it.
        ran?;
        faults::at("before_end").await;
        let end = self.clock.now();
        if status == RunStatus::Finished {
            self.state.add_rule_runs(&id, now, &acting).await?;
        }
        self.journal.append(&[Record {
            kind: "run".to_owned(),
            at: end,
            payload: json!({
                "event": "ended",
                "run": id,
                "status": status.word(),
                "outcomes": run.report.outcomes.len(),
                "rows": run.report.rows(),
            }),
        }])?;
        self.state.end_run(&id, end, status).await?;
        self.deliver().await?;
        Ok(run.report)
    }

    /// What a run would do: it opens reading connections only and writes nothing.
    async fn dry_run(&self, options: &KeepOptions, now: Timestamp) -> Result<Report, KeepError> {
        let sight = Sight::open(self.register, self.stores, None).await;
        let braked = self.brake(&sight, options, now, false).await?;
        let mut report = Report {
            dry_run: true,
            observed: braked.observed,
            blocked: braked.blocked,
            notes: sight.notes().collect(),
            ..Report::default()
        };
        for rule in &braked.acting {
            if let Some(planned) = braked.plan.rule(rule) {
                report.would.push(observed(planned, "released", &braked.forecast));
            }
        }
        Ok(report)
    }

    /// Refuses a clock that went back: what was due then may not be due now. A leap ahead is told.
    async fn check_clock(&self, now: Timestamp) -> Result<Option<Text>, KeepError> {
        let Some(last) = self.state.last_seen().await? else {
            return Ok(None);
        };
        if last.duration_since(now) > TOLERANCE {
            return Err(KeepError::ClockWentBack { now, last });
        }
        Ok((now.duration_since(last) > LEAP).then(|| {
            text!(
                "la dernière exécution date du {last}, il y a plus d'un an : vérifiez que l'horloge est à l'heure",
                "the last run was at {last}, more than a year ago: check that the clock is right"
            )
        }))
    }

    /// Journals the version of the register when it is another one than last time.
    async fn note_register(&self, now: Timestamp) -> Result<(), KeepError> {
        let version = &self.register.version;
        if self.state.recall("register_version").await?.as_ref() == Some(version) {
            return Ok(());
        }
        self.journal.append(&[Record {
            kind: "register_version".to_owned(),
            at: now,
            payload: json!({
                "organisation": self.register.organisation.name,
                "register_version": version,
            }),
        }])?;
        Ok(self.state.remember("register_version", version).await?)
    }

    /// Writes into the journal what waited for it.
    pub(crate) async fn deliver(&self) -> Result<(), KeepError> {
        let waiting = self.state.waiting().await?;
        let Some(last) = waiting.last().map(|record| record.id) else {
            return Ok(());
        };
        let records: Vec<Record> = waiting
            .into_iter()
            .map(|waiting| Record {
                kind: waiting.kind,
                at: waiting.at,
                payload: waiting.payload,
            })
            .collect();
        self.journal.append(&records)?;
        Ok(self.state.delivered(last).await?)
    }
}

/// The entry that a run begins with: also what the rules that observe would do.
fn began(id: &str, now: Timestamp, options: &KeepOptions, braked: &Braked) -> Record {
    let observed: Vec<_> = braked
        .observed
        .iter()
        .map(|observed| {
            let mut would = std::collections::BTreeMap::new();
            for (table, effect, _, rows) in &observed.would {
                *would
                    .entry(format!("{table} {}", effect.word()))
                    .or_insert(0_u64) += rows;
            }
            json!({ "rule": observed.rule.to_string(), "hash": observed.hash, "why": observed.why, "would": would })
        })
        .collect();
    Record {
        kind: "run".to_owned(),
        at: now,
        payload: json!({
            "event": "began",
            "run": id,
            "actor": options.actor,
            "client": options.client,
            "acting": braked.acting.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "observed": observed,
            "plan": braked.plan.hash,
        }),
    }
}

//! The story, in short acts.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use jiff::tz::TimeZone;
use serment_examples::{ACCOUNTING, CastMember, Dialect};
use serment_keep::approve::ApproveOptions;
use serment_keep::observe::{Observation, ObserveOptions};
use serment_keep::outcome::Verdict;
use serment_keep::ports::Clock;
use serment_keep::report::Report;
use serment_keep::{KeepOptions, Keeper};
use serment_register::model::{Register, RuleId, Text};
use serment_register::{directory, load_at, say};

use super::{build, its_world};
use crate::command::hold::{key, table_id};
use crate::engine::Engine;
use crate::progress::Bars;
use crate::screen::histogram::{Bar, Histogram};
use crate::screen::look::{Look, Tone, left, right};
use crate::screen::plan::effect_word;
use crate::session::{Session, wait};
use crate::trouble::{Exit, Trouble};
use crate::words::{both, counted, rows};

/// Who acts in the story.
const ACTOR: &str = "demo";
/// Between two acts on a terminal: time to read.
const BREATH: Duration = Duration::from_millis(350);

/// Tells it, in a folder.
pub fn tell(session: &mut Session, place: &Path, people: u64, leaves: bool) -> Result<Exit> {
    let mut teller = Teller {
        act: 0,
        sound: true,
        began: session.world.moment(),
        session,
    };
    teller.opening()?;
    teller.company(place, people)?;
    let register = teller.promises(place)?;
    wait(async {
        let engine = Engine::open(teller.session, place.to_owned(), register).await?;
        teller.kept(&engine, place).await
    })??;
    teller.closing(place, leaves)?;
    Ok(if teller.sound { Exit::Done } else { Exit::Findings })
}

struct Teller<'s> {
    session: &'s mut Session,
    act: u32,
    /// Whether everything went as told.
    sound: bool,
    began: std::time::Instant,
}

impl Teller<'_> {
    fn look(&self) -> Look {
        self.session.look
    }

    fn print(&mut self, text: &str) -> Result<()> {
        Ok(self.session.out.print(text)?)
    }

    fn act(&mut self, title: serment_register::model::Text) -> Result<()> {
        self.act += 1;
        if self.session.world.output_is_terminal() {
            std::thread::sleep(BREATH);
        }
        let look = self.look();
        let heading = look.heading(&format!("{}. {}", self.act, look.say(&title)));
        self.print(&format!("\n{heading}"))
    }

    fn tell(&mut self, text: serment_register::model::Text) -> Result<()> {
        let look = self.look();
        self.print(&look.paragraph(2, look.say(&text)))
    }

    /// Something that must be so for the story to be true.
    fn expect(&mut self, held: bool, text: serment_register::model::Text) -> Result<()> {
        self.sound &= held;
        let look = self.look();
        let mark = if held { look.tick() } else { look.cross() };
        let body = look.paragraph(4, look.say(&text));
        self.print(&format!("  {mark} {}", body.trim_start()))
    }

    fn command(&mut self, command: &str) -> Result<()> {
        let look = self.look();
        self.print(&format!(
            "  {}\n",
            look.paint(Tone::Type, &format!("$ {command}"))
        ))
    }

    fn opening(&mut self) -> Result<()> {
        let look = self.look();
        let title = look.paint(Tone::Title, "Serment");
        let text = both!(
            "Serment : une entreprise écrit ses promesses de vie privée une fois ; Serment les tient sur les vraies données, et le prouve.",
            "Serment: a company writes its privacy promises once; Serment keeps them on the real data, and proves it."
        );
        let text = look.paragraph(0, look.say(&text));
        self.print(&text.replacen("Serment", &title, 1))
    }

    fn company(&mut self, place: &Path, people: u64) -> Result<()> {
        self.act(both!("Une entreprise fictive", "A fictitious company"))?;
        let world = self.session.world;
        let began = world.moment();
        let theirs = its_world(world, people)?;
        let look = self.look();
        let spinner = indicatif::ProgressBar::new_spinner();
        if !world.errors_are_terminal() {
            spinner.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        spinner.set_message(
            look.say(&both!(
                "On construit ses bases de données…",
                "Building its databases…"
            ))
            .to_owned(),
        );
        spinner.enable_steady_tick(Duration::from_millis(100));
        build::register(place, &ACCOUNTING, Dialect::Sqlite)?;
        wait(build::databases(place, &ACCOUNTING, theirs))??;
        spinner.finish_and_clear();
        let people = counted(
            people,
            ("personne fictive", "personnes fictives"),
            ("fictitious person", "fictitious people"),
        );
        let seconds = seconds(&look, world.moment().duration_since(began));
        let (fr, en) = (people.fr, people.en);
        self.tell(both!(
            "Hippogriffe SAS vend des logiciels aux comptables : {fr} dans sept bases SQLite, avec la réalité qui va avec (dates absurdes, orphelins, suppressions à moitié faites). Construit en {seconds}.",
            "Hippogriffe SAS sells software to accountants: {en} in seven SQLite databases, with the mess of real life (absurd dates, orphans, half-done deletions). Built in {seconds}."
        ))
    }

    fn promises(&mut self, place: &Path) -> Result<Register> {
        self.act(both!("Ce qu'elle promet", "What it promises"))?;
        self.command("serment check --say")?;
        let files = directory::read(place)?;
        let today = self.session.world.now().to_zoned(TimeZone::UTC).date();
        let (register, findings) = load_at(&files, today);
        let failed = serment_register::diagnostics::has_errors(&findings);
        let Some(register) = register.filter(|_| !failed) else {
            return Err(Trouble::new(both!(
                "le registre de la démonstration ne se comprend pas",
                "the register of the demo cannot be understood"
            ))
            .into());
        };
        self.session.speak_as(&register);
        let look = self.look();
        let said = say::every(&register);
        let count = said.len();
        let activities = register.activities.len();
        self.expect(
            true,
            both!(
                "Le registre se comprend : {activities} activités, {count} règles de conservation. Chacune se dit en une phrase, celle que l'on peut publier :",
                "The register is sound: {activities} activities, {count} retention rules. Each is said as one sentence, the one that can be published:"
            ),
        )?;
        for (rule, text) in said.iter().filter(|(rule, _)| SHOWN.contains(&rule.0.as_str())) {
            let name = look.paint(Tone::Dim, &rule.0);
            let sentence = look.paragraph(4, look.say(text));
            self.print(&format!("\n    {name}\n{sentence}"))?;
        }
        Ok(register)
    }

    async fn kept(&mut self, engine: &Engine, place: &Path) -> Result<()> {
        let keeper = engine.keeper();
        let observation = self.due(keeper).await?;
        self.brakes(keeper, &observation).await?;
        self.approved(keeper, &observation).await?;
        let report = self.carried_out(keeper).await?;
        self.verified(engine, keeper, &report, place).await?;
        self.explained(keeper).await?;
        engine.journal.release();
        Ok(())
    }

    async fn due(&mut self, keeper: Keeper<'_>) -> Result<Observation> {
        self.act(both!("Ce qui est échu aujourd'hui", "What is due today"))?;
        self.command("serment plan")?;
        let observer = keeper.observer();
        let observation = observer.observe(&ObserveOptions::default()).await?;
        let look = self.look();
        let mut most: Option<(&RuleId, u64)> = None;
        let mut total = 0;
        for ((rule, _), line) in &observation.forecast.lines {
            total += line.due;
            if line.due > 0 {
                let count = right(&look.paint(Tone::Warn, &look.number(line.due)), 10);
                let table = observation
                    .plan
                    .rule(rule)
                    .map(|rule| rule.table.to_string())
                    .unwrap_or_default();
                self.print(&format!(
                    "{count}  {} {}\n",
                    left(&rule.0, 34),
                    look.paint(Tone::Dim, &table)
                ))?;
            }
            if most.is_none_or(|(_, rows)| line.due > rows) {
                most = Some((rule, line.due));
            }
        }
        self.expect(
            total > 0,
            both!(
                "rien n'a été modifié : ce n'est qu'un plan",
                "nothing was changed: it is only a plan"
            ),
        )?;
        if let Some((rule, _)) = most
            && let Some(cutoff) = observation.plan.rule(rule).and_then(|rule| rule.cutoff)
        {
            let bars = observer.histogram(&observation, rule, None, 60).await?;
            let ages = Histogram::new(
                bars.into_iter()
                    .map(|bar| Bar {
                        from: bar.from,
                        before: bar.before,
                        rows: bar.rows,
                    })
                    .collect(),
                cutoff,
            );
            self.print("\n")?;
            self.tell(both!(
                "Âge des lignes de {rule}, et la limite :",
                "Age of the rows of {rule}, and the cut-off:"
            ))?;
            self.print(&ages.render(&look, 4))?;
        }
        Ok(observation)
    }

    /// The rule with most to do is asked to act, and only observes.
    async fn brakes(&mut self, keeper: Keeper<'_>, observation: &Observation) -> Result<()> {
        self.act(both!("Rien ne part sans accord", "Nothing goes without approval"))?;
        let lines = observation.forecast.lines.iter();
        let most = lines.max_by_key(|(_, line)| line.due);
        let Some(rule) = most.map(|((rule, _), _)| rule) else {
            return Ok(());
        };
        self.command(&format!("serment keep --rule {rule}"))?;
        let options = KeepOptions {
            rules: Some([rule.clone()].into()),
            ..options()
        };
        let report = run(keeper, &options, &self.quiet()).await?;
        let would = report.observed.iter().flat_map(|observed| &observed.would);
        let would = rows(would.map(|(_, _, _, rows)| rows).sum());
        let (fr, en) = (would.fr, would.en);
        self.expect(
            report.rows() == 0 && report.observed.len() == 1,
            both!(
                "{rule} observe : elle toucherait {fr}, et rien n'a bougé. Une règle nouvelle n'agit qu'une fois son plan lu et approuvé.",
                "{rule} observes: it would touch {en}, and nothing moved. A new rule acts only once its plan is read and approved."
            ),
        )
    }

    async fn approved(&mut self, keeper: Keeper<'_>, observation: &Observation) -> Result<()> {
        self.act(both!(
            "Quelqu'un lit, puis approuve",
            "Someone reads, then approves"
        ))?;
        let look = self.look();
        let (ready, waiting): (Vec<_>, Vec<_>) = observation
            .plan
            .rules
            .iter()
            .partition(|rule| rule.obstacles.is_empty());
        let accept = observation.suspicions.iter();
        let options = ApproveOptions {
            rules: ready.iter().map(|rule| rule.id.clone()).collect(),
            hash: observation.plan.hash.clone(),
            actor: ACTOR.to_owned(),
            accept: accept.map(|suspicion| suspicion.column.clone()).collect(),
        };
        let approvals = keeper.approve_as_seen(&options, observation).await?;
        let approved = approvals.len();
        let hash = crate::screen::plan::short(&observation.plan.hash);
        if let Some(first) = approvals.first() {
            self.command(&format!("serment approve {} … --plan {hash}", first.rule))?;
        }
        self.expect(
            approved > 0,
            both!(
                "{approved} règles approuvées. L'accord porte sur ce plan-ci : que la règle ou la table change, et elle observe de nouveau. Un plafond borne la première exécution.",
                "{approved} rules approved. The approval is for this very plan: let the rule or the table change, and it observes again. A ceiling binds the first run."
            ),
        )?;
        for rule in waiting {
            let obstacles = rule.obstacles.iter().map(|obstacle| &obstacle.what);
            let why = Text::joined(obstacles, " ");
            let (rule, why) = (&rule.id, crate::screen::look::harmless(look.say(&why)));
            let text = both!("{rule} attend : {why}", "{rule} waits: {why}");
            let body = look.paragraph(4, look.say(&text));
            self.print(&format!("  {} {}", look.bang(), body.trim_start()))?;
        }
        Ok(())
    }

    async fn carried_out(&mut self, keeper: Keeper<'_>) -> Result<Report> {
        self.act(both!("La promesse tenue", "The promise kept"))?;
        self.command("serment keep")?;
        let began = self.session.world.moment();
        let bars = Bars::new(self.look(), self.session.world.errors_are_terminal());
        let report = run(keeper, &options(), &bars).await?;
        let took = self.session.world.moment().duration_since(began);
        let look = self.look();
        for (effect, rows) in totals(&report) {
            let word = look.say(&effect_word(&effect)).to_owned();
            self.print(&format!(
                "{}  {}\n",
                right(&look.paint(Tone::Strong, &look.number(rows)), 10),
                word
            ))?;
        }
        let unproven = report
            .outcomes
            .iter()
            .filter(|recorded| {
                matches!(
                    recorded.outcome.outcome,
                    Verdict::Unverified { .. } | Verdict::Blocked { .. }
                )
            })
            .count();
        let counted = rows(report.rows());
        let (fr, en) = (counted.fr, counted.en);
        let took = seconds(&look, took);
        self.expect(
            report.rows() > 0 && unproven == 0 && report.unfinished.is_none(),
            both!(
                "{fr} en {took}, par lots, chacune retestée sous verrou puis relue : rien n'est dit fait qui n'ait été revu.",
                "{en} in {took}, in batches, each tested again under lock and read again: nothing is said done that was not seen."
            ),
        )?;
        for rule in &report.blocked {
            let (name, why) = (&rule.rule, crate::screen::keep::why(&rule.why, &look));
            self.expect(false, both!("{name} : {why}", "{name}: {why}"))?;
        }
        if let Some(day) = report
            .outcomes
            .iter()
            .filter_map(|recorded| recorded.outcome.gone_by)
            .max()
        {
            let day = look.date(day);
            self.tell(both!(
                "Les sauvegardes en gardent une copie quelque temps encore ; la dernière disparaît le {day}, et c'est écrit dans les reçus.",
                "Backups keep a copy for a while; the last one is gone by {day}, and the receipts say so."
            ))?;
        }
        Ok(report)
    }

    async fn verified(
        &mut self,
        engine: &Engine,
        keeper: Keeper<'_>,
        report: &Report,
        place: &Path,
    ) -> Result<()> {
        self.act(both!("Vérifier, prouver", "Verify, prove"))?;
        self.command("serment keep")?;
        let again = run(keeper, &options(), &self.quiet()).await?;
        self.expect(
            again.rows() == 0 && again.is_clean(),
            both!(
                "Une seconde exécution ne trouve plus rien à faire.",
                "A second run finds nothing left to do."
            ),
        )?;
        let Some(last) = report
            .outcomes
            .iter()
            .rev()
            .find(|recorded| recorded.outcome.rows > 0)
        else {
            return Ok(());
        };
        let Some(entry) = last.journal else {
            return Ok(());
        };
        let receipt = engine.journal.receipt(entry)?.to_json();
        let key_file = engine.journal.directory().join("journal.pub");
        let public = std::fs::read_to_string(&key_file)?;
        let id = &last.id;
        std::fs::write(place.join(format!("{id}.json")), &receipt)?;
        self.command(&format!("serment prove {id} --out {id}.json"))?;
        self.command(&format!(
            "serment verify {id}.json --key .serment/journal/journal.pub"
        ))?;
        let bytes = self.look().number(receipt.len() as u64);
        let sound = serment_journal::verify_receipt(&receipt, &public, None).is_ok();
        self.expect(
            sound,
            both!(
                "Un reçu de {bytes} octets se vérifie hors ligne, avec la seule clé publique.",
                "A receipt of {bytes} bytes verifies offline, with the public key alone."
            ),
        )?;
        let forged = forge(&receipt, last.outcome.rows);
        let refused =
            forged.is_some_and(|forged| serment_journal::verify_receipt(&forged, &public, None).is_err());
        self.expect(
            refused,
            both!(
                "Le même, où l'on a changé le nombre de lignes, est refusé.",
                "The same one with another number of rows is refused."
            ),
        )?;
        let checkup = keeper.fsck().await?;
        self.expect(
            checkup.problems.is_empty(),
            both!(
                "serment fsck : l'état et le journal disent la même chose.",
                "serment fsck: state and journal say the same."
            ),
        )
    }

    async fn explained(&mut self, keeper: Keeper<'_>) -> Result<()> {
        let Some(member) = ACCOUNTING
            .cast
            .iter()
            .find(|member| member.name == "reduced_customer")
        else {
            return Ok(());
        };
        self.act(both!(
            "Pourquoi cette ligne est-elle encore là ?",
            "Why is this row still here?"
        ))?;
        let CastMember {
            store,
            table,
            key: id,
            fr,
            en,
            ..
        } = member;
        self.command(&format!("serment explain {store}.{table} {id}"))?;
        let table = table_id(keeper.register, &format!("{store}.{table}"))?;
        let key = key(id)?;
        let explanation = keeper.observer().explain(&table, &key).await?;
        self.expect(explanation.is_some(), both!("{fr}", "{en}"))?;
        if let Some(explanation) = explanation {
            let text = crate::screen::explain::brief(&explanation, &self.look());
            self.print(&text)?;
        }
        let mut wrong = Vec::new();
        for member in ACCOUNTING.cast {
            let table = table_id(keeper.register, &format!("{}.{}", member.store, member.table))?;
            let missing = keeper
                .observer()
                .missing(&table, &[crate::command::hold::key(member.key)?])
                .await?;
            if missing.is_empty() != member.stays {
                wrong.push(member.name);
            }
        }
        let (count, wrong) = (ACCOUNTING.cast.len(), wrong.join(", "));
        self.expect(
            wrong.is_empty(),
            if wrong.is_empty() {
                both!(
                    "{count} personnes écrites à la main, chacune un cas limite : toutes là où la règle les veut.",
                    "{count} people written by hand, each an edge case: all where the rules want them."
                )
            } else {
                both!("mal placées : {wrong}", "misplaced: {wrong}")
            },
        )
    }

    fn closing(&mut self, place: &Path, leaves: bool) -> Result<()> {
        self.act(both!("Et maintenant", "What next"))?;
        let look = self.look();
        let took = seconds(&look, self.session.world.moment().duration_since(self.began));
        if self.sound {
            self.tell(both!(
                "Des promesses écrites, lues, approuvées, tenues, vérifiées et prouvées, en {took}.",
                "Promises written, read, approved, kept, verified and proved, in {took}."
            ))?;
        } else {
            self.expect(
                false,
                both!(
                    "Quelque chose n'est pas allé comme prévu : voir plus haut.",
                    "Something did not go as told: see above."
                ),
            )?;
        }
        if !leaves {
            return self.tell(both!(
                "Le dossier temporaire est effacé. serment demo le laisse ; serment demo --keep DIR le met où vous voulez.",
                "The temporary folder is removed. serment demo leaves it; serment demo --keep DIR puts it where you want."
            ));
        }
        self.tell(both!("À essayer, dans ce dossier :", "To try, in this folder:"))?;
        let folder = place.display().to_string();
        for command in [
            format!("cd {folder}"),
            "serment check --say".to_owned(),
            "serment plan --at 2030-01-01".to_owned(),
            "serment explain crm.contacts 6".to_owned(),
            "serment journal list".to_owned(),
            "serment prove --page verify.html".to_owned(),
            "serment hold add crm.contacts 3 --ground legal_claim".to_owned(),
        ] {
            self.print(&format!("    {}\n", look.paint(Tone::Type, &command)))?;
        }
        Ok(())
    }

    fn quiet(&self) -> Bars {
        Bars::new(self.look(), false)
    }
}

/// The rules whose sentences are shown: one of each kind.
const SHOWN: [&str; 3] = [
    "sales.prospects_3y",
    "visitors.visits_26m",
    "billing.invoices_10y",
];

fn options() -> KeepOptions {
    KeepOptions {
        actor: ACTOR.to_owned(),
        ..KeepOptions::default()
    }
}

async fn run(keeper: Keeper<'_>, options: &KeepOptions, bars: &Bars) -> Result<Report> {
    let stop = std::sync::atomic::AtomicBool::new(false);
    Ok(keeper.keep(options, bars, &stop).await?)
}

/// Rows by effect, the greatest first.
fn totals(report: &Report) -> Vec<(String, u64)> {
    let mut totals = std::collections::BTreeMap::<String, u64>::new();
    for recorded in &report.outcomes {
        *totals.entry(recorded.outcome.effect.clone()).or_default() += recorded.outcome.rows;
    }
    let mut totals: Vec<_> = totals.into_iter().filter(|(_, rows)| *rows > 0).collect();
    totals.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    totals
}

/// The same receipt with another number of rows; None when it does not say one.
fn forge(receipt: &str, rows: u64) -> Option<String> {
    // The statement is text inside the receipt, its quotes escaped.
    let said = format!("\\\"rows\\\":{rows},");
    let forged = receipt.replacen(&said, &format!("\\\"rows\\\":{},", rows + 1), 1);
    (forged != receipt).then_some(forged)
}

fn seconds(look: &Look, took: Duration) -> String {
    let tenths = format!("{:.1} s", took.as_secs_f64());
    match look.language {
        serment_register::model::Language::French => tenths.replace('.', ","),
        serment_register::model::Language::English => tenths,
    }
}

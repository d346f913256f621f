//! What a run did, as people read it, and as programs do.

use serde_json::{Value, json};
use serment_keep::outcome::{Residue, Verdict, Why};
use serment_keep::report::{Observed, Recorded, Report, Unfinished};
use serment_register::model::Text;

use super::entry::ground;
use super::look::{Look, Tone, harmless, left, right};
use super::plan::{effect_word, short};
use crate::words::both;

/// The whole screen.
pub fn render(report: &Report, look: &Look) -> String {
    let mut out = String::new();
    if !report.outcomes.is_empty() {
        let title = if report.dry_run {
            both!("Ce qui serait fait", "What would be done")
        } else {
            both!("Fait, relu et consigné", "Done, read again and recorded")
        };
        out.push_str(&look.heading(look.say(&title)));
        for recorded in &report.outcomes {
            out.push_str(&outcome(recorded, look));
        }
        out.push('\n');
    }
    if !report.would.is_empty() {
        let title = both!(
            "Ce que feraient les règles approuvées ; rien n'est modifié",
            "What the approved rules would do; nothing is changed"
        );
        out.push_str(&rules(look.say(&title), &report.would, false, look));
    }
    if !report.observed.is_empty() {
        let title = both!(
            "Règles qui observent : rien n'est modifié avant approbation",
            "Rules that observe: nothing is changed before approval"
        );
        out.push_str(&rules(look.say(&title), &report.observed, true, look));
    }
    out.push_str(&blocked(report, look));
    for note in &report.notes {
        out.push_str(&look.paragraph(2, &harmless(look.say(note))));
    }
    if report.outcomes.is_empty()
        && report.would.is_empty()
        && report.observed.is_empty()
        && report.blocked.is_empty()
    {
        let text = both!(
            "Rien n'était échu : rien à faire.",
            "Nothing was due: nothing to do."
        );
        out.push_str(&format!("{} {}\n", look.tick(), look.say(&text)));
    }
    if let Some(unfinished) = report.unfinished {
        let text = match unfinished {
            Unfinished::Asked => both!(
                "Arrêté entre deux lots : tout ce qui est fait est consigné. Pour continuer, relancez la même commande.",
                "Stopped between two batches: all that is done is recorded. To go on, run the same command again."
            ),
            Unfinished::WindowClosed => both!(
                "Arrêté entre deux lots, car la plage horaire est close : tout ce qui est fait est consigné. Pour continuer, relancez la même commande pendant la plage.",
                "Stopped between two batches, for the time window is closed: all that is done is recorded. To go on, run the same command again within the window."
            ),
        };
        out.push_str(&format!(
            "{} {}",
            look.bang(),
            look.paragraph(2, look.say(&text)).trim_start()
        ));
    }
    out
}

/// The proofs to keep: the checkpoint, and what to type.
pub fn proofs(report: &Report, checkpoint: &str, look: &Look) -> String {
    let recorded = || {
        report
            .outcomes
            .iter()
            .rev()
            .filter(|recorded| recorded.journal.is_some())
    };
    // What was done is more worth proving than that there was nothing to do.
    let Some(last) = recorded()
        .find(|recorded| recorded.outcome.rows > 0)
        .or_else(|| recorded().next())
    else {
        return String::new();
    };
    let mut out = look.heading(look.say(&both!("Preuve", "Proof")));
    let text = both!(
        "Point de contrôle signé du journal. Gardez-le ailleurs : il trahit toute réécriture.",
        "Signed checkpoint of the journal. Keep it elsewhere: it betrays any rewriting."
    );
    out.push_str(&look.paragraph(2, look.say(&text)));
    for line in checkpoint.trim_end().lines() {
        out.push_str(&format!("    {}\n", look.paint(Tone::Dim, &harmless(line))));
    }
    let id = &last.id;
    let text = both!("Pour prouver un résultat :", "To prove an outcome:");
    out.push_str(&format!("  {}\n", look.say(&text)));
    let commands = [
        format!("serment prove {id} --out {id}.json"),
        format!("serment verify {id}.json --key .serment/journal/journal.pub"),
        "serment prove --page verify.html".to_owned(),
    ];
    for command in commands {
        out.push_str(&format!("    {}\n", look.paint(Tone::Type, &command)));
    }
    out
}

fn outcome(recorded: &Recorded, look: &Look) -> String {
    let outcome = &recorded.outcome;
    let tone = match outcome.outcome {
        Verdict::Blocked { .. } | Verdict::Unverified { .. } => Tone::Bad,
        _ => Tone::Good,
    };
    let mut rows = look.number(outcome.rows);
    if outcome.at_least {
        rows = format!("{}{rows}", look.glyph("≥ ", ">= "));
    }
    let word = look.say(&verdict(&outcome.outcome)).to_owned();
    let table = match &outcome.client {
        Some(client) => format!("{} ({})", outcome.table, harmless(client)),
        None => outcome.table.clone(),
    };
    let id = if recorded.journal.is_some() {
        recorded.id.as_str()
    } else {
        ""
    };
    let mut out = format!(
        "{}  {} {} {}\n",
        right(&look.paint(Tone::Strong, &rows), 12),
        look.paint(tone, &left(&word, 16)),
        left(&table, 32),
        look.paint(Tone::Type, id)
    );
    let mut tell = |text: &str| {
        let line = look.paragraph(14, text);
        out.push_str(
            &line
                .lines()
                .map(|line| format!("{}\n", look.paint(Tone::Dim, line)))
                .collect::<String>(),
        );
    };
    match &outcome.outcome {
        Verdict::Unverified { why: reason } | Verdict::Blocked { why: reason } => tell(&why(reason, look)),
        Verdict::Kept { ground: written, .. } => tell(&harmless(look.say(&ground(written)))),
        _ => {}
    }
    if outcome.at_least {
        tell(look.say(&both!(
            "la réponse à un COMMIT s'est perdue : au moins ce nombre",
            "the answer to a COMMIT was lost: at least this number"
        )));
    }
    if recorded.journal.is_some() && outcome.rows > 0 {
        tell(&lasts(outcome, look));
    }
    for qualification in &outcome.qualified_by {
        let text = harmless(look.say(qualification));
        tell(look.say(&both!("réserve : {text}", "reservation: {text}")));
    }
    out
}

/// Scope, residue, and when the last copy is gone.
fn lasts(outcome: &serment_keep::Outcome, look: &Look) -> String {
    let copies: Vec<String> = outcome
        .residue
        .iter()
        .map(|residue| residual(residue, look))
        .collect();
    let here = both!("dans la base vivante, relu", "in the live store, read again");
    let here = look.say(&here);
    match (copies.is_empty(), outcome.gone_by) {
        (true, None) => here.to_owned(),
        (true, Some(day)) => {
            let day = look.date(day);
            look.say(&both!(
                "{here} ; disparu partout le {day}",
                "{here}; gone everywhere by {day}"
            ))
            .to_owned()
        }
        (false, by) => {
            let copies = copies.join(", ");
            let text = match by.map(|day| look.date(day)) {
                Some(day) => both!(
                    "{here} ; reste {copies} ; disparu partout le {day}",
                    "{here}; remains {copies}; gone everywhere by {day}"
                ),
                None => both!(
                    "{here} ; reste {copies} ; disparition finale inconnue",
                    "{here}; remains {copies}; final disappearance unknown"
                ),
            };
            look.say(&text).to_owned()
        }
    }
}

/// A copy that goes later, in words.
pub fn residual(residue: &Residue, look: &Look) -> String {
    let what = look.say(&residue.what);
    match residue.until.map(|day| look.date(day)) {
        Some(day) => look
            .say(&both!("{what} jusqu'au {day}", "{what} until {day}"))
            .to_owned(),
        None => what.to_owned(),
    }
}

/// Rules and what each would do; with the command that approves them, when they observe.
fn rules(title: &str, rules: &[Observed], observe: bool, look: &Look) -> String {
    let mut out = look.heading(title);
    for rule in rules {
        let why = match rule.why {
            _ if !observe => both!("approuvée", "approved"),
            "changed" => both!("a changé depuis son approbation", "changed since its approval"),
            _ => both!("nouvelle", "new"),
        };
        out.push_str(&format!(
            "  {} {}\n",
            look.paint(Tone::Strong, &rule.rule.0),
            look.paint(Tone::Dim, &format!("({})", look.say(&why)))
        ));
        if let Some(obstacle) = &rule.obstacle {
            let text = both!("ne peut pas démarrer : {obstacle}", "cannot start: {obstacle}"; obstacle);
            let body = look.paragraph(6, look.say(&text));
            out.push_str(&format!("    {} {}", look.cross(), body.trim_start()));
            continue;
        }
        if rule.would.is_empty() {
            out.push_str(&format!(
                "    {}\n",
                look.say(&both!("ne ferait rien aujourd'hui", "would do nothing today"))
            ));
        }
        for (table, effect, client, rows) in &rule.would {
            let word = look.say(&effect_word(effect.word())).to_owned();
            let client = client
                .as_ref()
                .map(|client| format!(" ({})", harmless(client)))
                .unwrap_or_default();
            out.push_str(&format!(
                "{}  {} {table}{client}\n",
                right(&look.paint(Tone::Warn, &look.number(*rows)), 12),
                left(&word, 16),
            ));
        }
        if observe && !rule.would.is_empty() {
            let command = format!("serment approve {} --plan {}", rule.rule, short(&rule.hash));
            out.push_str(&format!("    {}\n", look.paint(Tone::Type, &command)));
        }
    }
    out.push('\n');
    out
}

fn blocked(report: &Report, look: &Look) -> String {
    if report.blocked.is_empty() {
        return String::new();
    }
    let mut out = look.heading(look.say(&both!("Bloquées", "Blocked")));
    for rule in &report.blocked {
        out.push_str(&format!(
            "  {} {}\n",
            look.cross(),
            look.paint(Tone::Strong, &rule.rule.0)
        ));
        out.push_str(&look.paragraph(4, &why(&rule.why, look)));
    }
    out.push('\n');
    out
}

/// A reason, in words.
pub fn why(why: &Why, look: &Look) -> String {
    look.say(&why.detail)
        .lines()
        .map(harmless)
        .collect::<Vec<_>>()
        .join("\n")
}

/// What is claimed, in a word.
pub fn verdict(verdict: &Verdict) -> Text {
    match verdict {
        Verdict::NothingFound => both!("rien trouvé", "nothing found"),
        Verdict::Erased => both!("effacées", "erased"),
        Verdict::Anonymised => both!("anonymisées", "anonymised"),
        Verdict::Coarsened => both!("estompées", "coarsened"),
        Verdict::Pseudonymised => both!("pseudonymisées", "pseudonymised"),
        Verdict::Reduced => both!("réduites", "reduced"),
        Verdict::Kept { .. } => both!("conservées", "kept"),
        Verdict::Blocked { .. } => both!("bloquées", "blocked"),
        Verdict::Unverified { .. } => both!("non vérifiées", "unverified"),
    }
}

fn would(rule: &Observed) -> Value {
    json!({
        "rule": rule.rule.0,
        "hash": rule.hash,
        "why": rule.why,
        "obstacle": rule.obstacle,
        "would": rule.would.iter().map(|(table, effect, client, rows)| json!({
            "table": table.to_string(),
            "effect": effect.word(),
            "client": client,
            "rows": rows,
        })).collect::<Vec<_>>(),
    })
}

/// The run as JSON.
pub fn json(report: &Report, checkpoint: Option<&str>) -> Value {
    json!({
        "run": report.run,
        "dry_run": report.dry_run,
        "rows": report.rows(),
        "outcomes": report.outcomes.iter().map(|recorded| json!({
            "id": recorded.id,
            "journal": recorded.journal,
            "outcome": recorded.outcome,
        })).collect::<Vec<_>>(),
        "observed": report.observed.iter().map(would).collect::<Vec<_>>(),
        "would": report.would.iter().map(would).collect::<Vec<_>>(),
        "blocked": report.blocked.iter().map(|rule| json!({
            "rule": rule.rule.0,
            "why": rule.why,
        })).collect::<Vec<_>>(),
        "unfinished": report.unfinished,
        "notes": report.notes,
        "checkpoint": checkpoint,
    })
}

//! The plan as people read it, and as programs do.

mod clients;

pub use clients::are_many;

use jiff::civil::Date;
use serde::Serialize;
use serment_plan::Obstacle;
use serment_plan::steps::Effect as Done;
use serment_register::model::Text;
use serment_store::condition::Key;

use super::histogram::Histogram;
use super::look::{Look, Tone, harmless, left, right, width};
use crate::words::{both, counted};

/// A plan with its counts: what `plan --format json` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Hash of the rules shown.
    pub plan: String,
    /// Last due date that is taken.
    pub at: Date,
    /// Content address of the register.
    pub register: String,
    /// One per rule and client.
    pub rules: Vec<Line>,
    /// Who speaks.
    #[serde(skip)]
    pub organisation: String,
    /// What to say of a filter: `--client acme`.
    #[serde(skip)]
    pub narrowed: bool,
}

/// One rule for one client.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// `activity.name`.
    pub rule: String,
    /// Store.
    pub store: String,
    /// Table in that store.
    pub table: String,
    /// Whose rows; None when the table has no client.
    pub client: Option<String>,
    /// Rows on which something is due.
    pub due: u64,
    /// Rows on which it never began.
    pub never_started: u64,
    /// Rows whose clock cannot be true.
    pub implausible: u64,
    /// Rows that a hold keeps.
    pub held: u64,
    /// Earliest clock among the due rows.
    pub oldest: Option<Date>,
    /// Last clock date that is due.
    pub cutoff: Option<Date>,
    /// What happens, by table.
    pub effects: Vec<Effect>,
    /// What an approval of this rule covers.
    pub hash: String,
    /// Whether this very plan is approved.
    pub released: bool,
    /// Rows that stay although something ends on them, or that a state keeps.
    pub held_back: Vec<HeldBack>,
    /// Rows that a state keeps.
    pub kept_by_state: u64,
    /// Rows on which an event ends the rule at once while a state holds.
    pub contradictory: u64,
    /// Why it may not start.
    pub obstacles: Vec<Obstacle>,
    /// What qualifies its outcomes.
    pub reservations: Vec<Text>,
    /// Labels of its states, to say why rows are kept.
    #[serde(skip)]
    pub states: Vec<Text>,
    /// Ages of its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ages: Option<Histogram>,
}

/// What happens to rows of one table.
#[derive(Debug, Clone, Serialize)]
pub struct Effect {
    /// `store.table`.
    pub table: String,
    /// `erase`, `reduce`, `anonymise`, `coarsen`, `pseudonymise`, `archive`.
    pub effect: String,
    /// Rows.
    pub rows: u64,
    /// Some keys, or all, when asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<Key>>,
}

/// Rows that stay, and why.
#[derive(Debug, Clone, Serialize)]
pub struct HeldBack {
    /// `state`, `reference`, or the rule that runs.
    pub why: String,
    /// Rows.
    pub rows: u64,
}

impl Report {
    /// The whole screen.
    pub fn render(&self, look: &Look) -> String {
        let mut out = String::new();
        let day = look.date(self.at);
        let title = both!("Plan au {day}", "Plan for {day}");
        out.push_str(&format!(
            "{}  {}\n",
            look.paint(Tone::Title, look.say(&title)),
            look.paint(Tone::Dim, &harmless(&self.organisation))
        ));
        let nothing = both!(
            "Ce qui sera échu à la fin de ce jour. Rien n'est modifié.",
            "What is due by the end of that day. Nothing is changed."
        );
        out.push_str(&look.paint(Tone::Dim, look.say(&nothing)));
        out.push_str("\n\n");
        if self.rules.is_empty() {
            let none = both!(
                "Aucune règle ne correspond à ces filtres.",
                "No rule matches these filters."
            );
            out.push_str(&format!("{}\n", look.say(&none)));
            return out;
        }
        for lines in self.rules.chunk_by(|one, next| one.rule == next.rule) {
            if clients::are_told_together(lines)
                && let Some(all) = clients::together(lines)
            {
                out.push_str(&all.render(look));
                out.push_str(&clients::list(lines, look));
                out.push('\n');
                continue;
            }
            for line in lines {
                out.push_str(&line.render(look));
                out.push('\n');
            }
        }
        out.push_str(&self.footer(look));
        out
    }

    fn footer(&self, look: &Look) -> String {
        let mut out = look.heading(look.say(&both!("En tout", "In all")));
        let due: u64 = self.rules.iter().map(|line| line.due).sum();
        let hash = &self.plan;
        out.push_str(&pair(
            look,
            look.say(&both!("échues", "due")),
            &look.paint(
                if due > 0 { Tone::Warn } else { Tone::Good },
                look.say(&crate::words::rows(due)),
            ),
        ));
        out.push_str(&pair(look, "plan", hash));
        out.push('\n');
        let observing: Vec<&Line> = self
            .rules
            .iter()
            .filter(|line| !line.released && line.obstacles.is_empty())
            .collect();
        let blocked = self.rules.iter().any(|line| !line.obstacles.is_empty());
        if blocked {
            let text = both!(
                "Une règle au moins ne peut pas démarrer : voir les obstacles plus haut.",
                "At least one rule cannot start: see its obstacles above."
            );
            out.push_str(&look.paragraph(2, look.say(&text)));
        }
        if self.narrowed {
            let text = both!(
                "Vue filtrée par client : une approbation porte sur la règle entière.",
                "A view of one client: an approval covers the whole rule."
            );
            out.push_str(&look.paragraph(2, look.say(&text)));
        }
        let mut seen = std::collections::BTreeSet::new();
        let commands: Vec<String> = observing
            .iter()
            .filter(|line| seen.insert(line.rule.as_str()))
            .map(|line| format!("serment approve {} --plan {}", line.rule, short(&line.hash)))
            .collect();
        if commands.is_empty() && !blocked {
            let text = both!("Pour l'exécuter :", "To carry it out:");
            out.push_str(&format!("  {}\n", look.say(&text)));
            out.push_str(&format!("    {}\n", look.paint(Tone::Type, "serment keep")));
        } else if !commands.is_empty() {
            let text = both!(
                "Ces règles observent : elles ne changent rien tant que leur plan n'est pas approuvé. Pour les approuver, puis les exécuter :",
                "These rules observe: they change nothing until their plan is approved. To approve them, then carry them out:"
            );
            out.push_str(&look.paragraph(2, look.say(&text)));
            for command in commands {
                out.push_str(&format!("    {}\n", look.paint(Tone::Type, &command)));
            }
            out.push_str(&format!("    {}\n", look.paint(Tone::Type, "serment keep")));
        }
        out
    }
}

/// The beginning of a hash, enough for a person to copy and for Serment to recognise.
pub fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn pair(look: &Look, label: &str, value: &str) -> String {
    format!("  {}  {value}\n", look.paint(Tone::Dim, &left(label, 14)))
}

impl Line {
    fn render(&self, look: &Look) -> String {
        let mut out = String::new();
        let name = match &self.client {
            Some(client) => format!("{} · {}", self.rule, harmless(client)),
            None => self.rule.clone(),
        };
        out.push_str(&look.heading(&name.replace('·', look.glyph("·", "-"))));
        out.push_str(&self.summary(look));
        for obstacle in &self.obstacles {
            out.push_str(&marked(
                look,
                &look.cross(),
                look.say(&both!("ne peut pas démarrer", "cannot start")),
                look.say(&obstacle.what),
            ));
            if let Some(source) = &obstacle.source {
                let lines = harmless_lines(source);
                out.push_str(&look.paragraph(6, &lines));
            }
        }
        if let Some(ages) = &self.ages {
            let drawn = ages.render(look, 4);
            if !drawn.is_empty() {
                out.push('\n');
                out.push_str(&drawn);
                out.push('\n');
            }
        }
        out.push_str(&self.effects(look));
        out.push_str(&self.stays(look));
        for reservation in &self.reservations {
            out.push_str(&marked(
                look,
                &look.bang(),
                look.say(&both!("réserve", "reservation")),
                look.say(reservation),
            ));
        }
        out
    }

    fn summary(&self, look: &Look) -> String {
        let due = look
            .say(&counted(
                self.due,
                ("ligne échue", "lignes échues"),
                ("row due", "rows due"),
            ))
            .to_owned();
        let due = if look.unicode {
            due
        } else {
            due.replace('\u{202f}', " ")
        };
        let tone = if self.due > 0 { Tone::Warn } else { Tone::Good };
        let mut parts = vec![look.paint(tone, &due)];
        if let Some(oldest) = self.oldest {
            let oldest = look.date(oldest);
            let text = both!("la plus ancienne du {oldest}", "oldest {oldest}");
            parts.push(look.say(&text).to_owned());
        }
        if let Some(cutoff) = self.cutoff {
            let cutoff = look.date(cutoff);
            let text = both!("limite {cutoff}", "cut-off {cutoff}");
            parts.push(look.say(&text).to_owned());
        }
        let state = match (self.obstacles.is_empty(), self.released) {
            (false, _) => look.paint(Tone::Bad, look.say(&both!("bloquée", "blocked"))),
            (true, true) => look.paint(Tone::Good, look.say(&both!("approuvée", "approved"))),
            (true, false) => look.paint(Tone::Dim, look.say(&both!("observe", "observes"))),
        };
        parts.push(state);
        let table = format!("{}.{}", self.store, self.table);
        let dot = format!(" {} ", look.glyph("·", "-"));
        let mut out = format!("  {}\n  ", look.paint(Tone::Dim, &table));
        let mut used = 2;
        for (index, part) in parts.iter().enumerate() {
            if index > 0 && used + width(&dot) + width(part) > look.width {
                out.push_str("\n  ");
                used = 2;
            } else if index > 0 {
                out.push_str(&dot);
                used += width(&dot);
            }
            out.push_str(part);
            used += width(part);
        }
        out.push('\n');
        out
    }

    fn effects(&self, look: &Look) -> String {
        let mut out = String::new();
        for effect in &self.effects {
            let word = look.say(&effect_word(&effect.effect)).to_owned();
            out.push_str(&figure(look, Tone::Warn, effect.rows, &word, &effect.table));
            if let Some(keys) = &effect.keys {
                let shown: Vec<String> = keys.iter().map(|key| harmless(&key.to_string())).collect();
                if !shown.is_empty() {
                    for line in super::look::wrap(&shown.join(", "), look.width.saturating_sub(16).max(20)) {
                        out.push_str(&format!("{}{}\n", " ".repeat(14), look.paint(Tone::Dim, &line)));
                    }
                }
            }
        }
        out
    }

    fn stays(&self, look: &Look) -> String {
        let mut out = String::new();
        let stays = look.say(&both!("reste", "stays")).to_owned();
        for held in &self.held_back {
            let why = match held.why.as_str() {
                "state" => {
                    let names: Vec<String> = self
                        .states
                        .iter()
                        .map(|state| look.say(state).to_owned())
                        .collect();
                    let names = names.join(look.say(&both!(" ou ", " or ")));
                    if names.is_empty() {
                        both!("un état tient encore", "a state still holds")
                    } else {
                        both!("un état tient : {names}", "a state holds: {names}")
                    }
                }
                "reference" => both!(
                    "une ligne qui reste s'y rattache",
                    "a row that stays refers to it"
                ),
                rule => both!("la règle {rule} court encore", "rule {rule} still runs"),
            };
            out.push_str(&figure(look, Tone::Good, held.rows, &stays, look.say(&why)));
        }
        let lines = [
            (
                self.held,
                Tone::Good,
                stays.clone(),
                both!("une suspension la protège", "a hold protects it"),
            ),
            (
                self.contradictory,
                Tone::Warn,
                look.say(&both!("à revoir", "look at")).to_owned(),
                both!(
                    "un événement y met fin alors qu'un état tient",
                    "an event ends it while a state still holds"
                ),
            ),
            (
                self.implausible,
                Tone::Warn,
                look.say(&both!("à revoir", "look at")).to_owned(),
                both!(
                    "date impossible ou illisible : jamais un départ",
                    "an impossible or unreadable date: never a clock"
                ),
            ),
            (
                self.never_started,
                Tone::Dim,
                look.say(&both!("sans date", "no date")).to_owned(),
                both!("le délai n'a jamais commencé", "the clock never started"),
            ),
        ];
        for (count, tone, word, why) in lines {
            if count > 0 {
                out.push_str(&figure(look, tone, count, &word, look.say(&why)));
            }
        }
        out
    }
}

fn figure(look: &Look, tone: Tone, count: u64, word: &str, rest: &str) -> String {
    let count = right(&look.paint(tone, &look.number(count)), 12);
    format!("{count}  {} {rest}\n", left(word, 14))
}

fn marked(look: &Look, mark: &str, label: &str, text: &str) -> String {
    let text = harmless_lines(text);
    let mut lines = super::look::wrap(
        &format!("{label} : ").replace(" : ", look.say(&both!(" : ", ": "))),
        40,
    );
    let label = lines.pop().unwrap_or_default();
    let body = look.paragraph(4, &format!("{label}{text}"));
    format!("  {mark} {}", body.trim_start())
}

fn harmless_lines(text: &str) -> String {
    text.lines().map(harmless).collect::<Vec<_>>().join("\n")
}

/// What happens, said to a person.
pub fn effect_word(effect: &str) -> Text {
    Done::of_word(effect).map_or_else(|| Text::verbatim(effect), Done::text)
}

#[cfg(test)]
mod tests {
    use serment_register::model::Language;

    use super::*;
    use crate::screen::histogram;
    use crate::screen::look::tests::plain;

    fn sample() -> Report {
        Report {
            plan: "3f".repeat(32),
            at: Date::constant(2026, 11, 21),
            register: "ab".repeat(32),
            organisation: "Hippogriffe SAS".into(),
            narrowed: false,
            rules: vec![
                Line {
                    rule: "sales.prospects_3y".into(),
                    store: "crm".into(),
                    table: "contacts".into(),
                    client: None,
                    due: 12_345,
                    never_started: 41,
                    implausible: 17,
                    held: 3,
                    oldest: Some(Date::constant(2011, 4, 2)),
                    cutoff: Some(Date::constant(2023, 11, 21)),
                    effects: vec![
                        Effect {
                            table: "crm.tickets".into(),
                            effect: "erase".into(),
                            rows: 3_210,
                            keys: None,
                        },
                        Effect {
                            table: "crm.contacts".into(),
                            effect: "erase".into(),
                            rows: 12_034,
                            keys: Some(vec![Key(vec![4711.into()]), Key(vec!["a\u{1b}[2J".into()])]),
                        },
                        Effect {
                            table: "crm.contacts".into(),
                            effect: "reduce".into(),
                            rows: 311,
                            keys: None,
                        },
                    ],
                    hash: "a1".repeat(32),
                    released: false,
                    held_back: vec![
                        HeldBack {
                            why: "state".into(),
                            rows: 1_204,
                        },
                        HeldBack {
                            why: "billing.invoices_10y".into(),
                            rows: 311,
                        },
                        HeldBack {
                            why: "reference".into(),
                            rows: 2,
                        },
                    ],
                    kept_by_state: 1_204,
                    contradictory: 1,
                    obstacles: vec![],
                    reservations: vec![both!(
                        "crm.contacts : contacts_fts garde ou envoie une copie",
                        "crm.contacts: contacts_fts keeps or sends a copy"
                    )],
                    states: vec![both!("négociation en cours", "negotiation in progress")],
                    ages: Some(histogram::tests::sample()),
                },
                Line {
                    rule: "visitors.audience_26m".into(),
                    store: "site".into(),
                    table: "visits".into(),
                    client: Some("acme".into()),
                    due: 0,
                    never_started: 0,
                    implausible: 0,
                    held: 0,
                    oldest: None,
                    cutoff: Some(Date::constant(2024, 9, 21)),
                    effects: vec![],
                    hash: "b2".repeat(32),
                    released: true,
                    held_back: vec![],
                    kept_by_state: 0,
                    contradictory: 0,
                    obstacles: vec![
                        both!(
                            "site.visits : il manque au rôle d'écriture DELETE",
                            "site.visits: the writing role lacks DELETE"
                        )
                        .into(),
                    ],
                    reservations: vec![],
                    states: vec![],
                    ages: None,
                },
            ],
        }
    }

    #[test]
    fn the_screen_in_both_languages() {
        insta::assert_snapshot!("plan_fr", sample().render(&plain(Language::French)));
        insta::assert_snapshot!("plan_en", sample().render(&plain(Language::English)));
    }

    #[test]
    fn the_screen_without_unicode_is_ascii_save_for_words() {
        let look = Look {
            unicode: false,
            ..plain(Language::English)
        };
        assert!(sample().render(&look).is_ascii());
    }

    #[test]
    fn keys_from_the_store_cannot_write_on_the_screen() {
        assert!(!sample().render(&plain(Language::English)).contains('\u{1b}'));
    }

    #[test]
    fn the_promised_fields_stand_in_the_json() {
        let json = serde_json::to_value(sample()).expect("JSON");
        for field in ["plan", "at", "rules"] {
            assert!(json.get(field).is_some(), "{field}");
        }
        let rule = &json["rules"][0];
        for field in [
            "rule",
            "store",
            "table",
            "client",
            "due",
            "never_started",
            "implausible",
            "held",
            "oldest",
            "cutoff",
            "effects",
        ] {
            assert!(rule.get(field).is_some(), "{field}");
        }
        assert_eq!(rule["client"], serde_json::Value::Null);
        assert_eq!(rule["cutoff"], "2023-11-21");
        assert_eq!(rule["effects"][1]["keys"][0], serde_json::json!([4711]));
        assert!(rule["effects"][0].get("keys").is_none());
    }
}

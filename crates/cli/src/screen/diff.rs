//! What a change of the register does, on a screen, in a pull request and for programs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::Date;
use serde_json::{Value, json};
use serment_draft::change::{Change, Difference, RuleChange, Sign};
use serment_register::model::Text;

use super::look::{Look, Tone, harmless};
use crate::command::diff::Counted;
use crate::words::both;

/// What a change does.
pub struct Report {
    /// What the files say.
    pub difference: Difference,
    /// Version before.
    pub from: String,
    /// Version after.
    pub to: String,
    /// What the stores say.
    pub live: Option<Due>,
}

/// What each version makes due, by the end of the same day.
pub struct Due {
    at: Date,
    before: Counted,
    after: Counted,
}

/// A figure before and after; None where there was nothing to count.
struct Pair {
    what: String,
    before: Option<u64>,
    after: Option<u64>,
    /// Whether one of them could not be counted.
    unknown: bool,
}

impl Pair {
    fn moves(&self) -> bool {
        self.unknown || self.before.unwrap_or(0) != self.after.unwrap_or(0)
    }

    /// `412 000 more`.
    fn words(&self, look: &Look) -> String {
        if self.unknown {
            return look
                .say(&both!("n'a pas pu être compté", "could not be counted"))
                .to_owned();
        }
        let (before, after) = (self.before.unwrap_or(0), self.after.unwrap_or(0));
        let text = match after.cmp(&before) {
            std::cmp::Ordering::Equal => both!("autant", "as many"),
            std::cmp::Ordering::Greater => {
                let count = look.number(after - before);
                both!("{count} de plus", "{count} more")
            }
            std::cmp::Ordering::Less => {
                let count = look.number(before - after);
                both!("{count} de moins", "{count} fewer")
            }
        };
        look.say(&text).to_owned()
    }

    fn figures(&self, look: &Look) -> (String, String) {
        let shown = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), |count| look.number(count));
        (shown(self.before), shown(self.after))
    }
}

impl Due {
    /// The counts of both.
    pub fn new(at: Date, before: Counted, after: Counted) -> Self {
        Self { at, before, after }
    }

    /// Every rule, those that move first.
    fn rules(&self) -> Vec<Pair> {
        let names: BTreeSet<&String> = self.before.rules.keys().chain(self.after.rules.keys()).collect();
        let mut pairs: Vec<Pair> = names
            .into_iter()
            .map(|name| Pair {
                what: name.clone(),
                before: self.before.rules.get(name).copied().flatten(),
                after: self.after.rules.get(name).copied().flatten(),
                unknown: [&self.before, &self.after]
                    .iter()
                    .any(|counted| counted.rules.get(name).is_some_and(Option::is_none)),
            })
            .collect();
        pairs.sort_by_key(|pair| !pair.moves());
        pairs
    }

    /// Effects that move.
    fn effects(&self) -> Vec<Pair> {
        let names: BTreeSet<_> = self
            .before
            .effects
            .keys()
            .chain(self.after.effects.keys())
            .collect();
        names
            .into_iter()
            .map(|name| Pair {
                what: format!("{} {}", name.1, name.0),
                before: self.before.effects.get(name).copied(),
                after: self.after.effects.get(name).copied(),
                unknown: false,
            })
            .filter(Pair::moves)
            .collect()
    }
}

fn mark(sign: Sign) -> &'static str {
    match sign {
        Sign::Added => "+",
        Sign::Removed => "-",
        Sign::Changed => "~",
    }
}

fn tone(sign: Sign) -> Tone {
    match sign {
        Sign::Added => Tone::Good,
        Sign::Removed => Tone::Bad,
        Sign::Changed => Tone::Warn,
    }
}

impl Report {
    fn sections(&self) -> [(Text, &Vec<Change>); 3] {
        [
            (both!("Finalités", "Purposes"), &self.difference.purposes),
            (
                both!("Tables, colonnes, liens", "Tables, columns, links"),
                &self.difference.tables,
            ),
            (
                both!("Organisation et mots", "Organisation and words"),
                &self.difference.words,
            ),
        ]
    }

    fn verdict(&self) -> Text {
        if self.difference.is_empty() {
            both!("Rien ne change.", "Nothing changes.")
        } else if self.difference.changes_what_is_kept() {
            both!("Ce qui est gardé change.", "What is kept changes.")
        } else {
            both!(
                "Seuls des mots changent : ce qui est gardé reste le même.",
                "Words change only: what is kept stays the same."
            )
        }
    }

    fn tonight(due: &Due, look: &Look) -> String {
        let day = look.date(due.at);
        look.say(&both!("Échu à la fin du {day}", "Due by the end of {day}"))
            .to_owned()
    }

    /// For a terminal.
    pub fn render(&self, look: &Look) -> String {
        let mut out = String::new();
        if !self.difference.rules.is_empty() {
            out.push_str(&look.heading(look.say(&both!("Règles", "Rules"))));
            for rule in &self.difference.rules {
                out.push_str(&rule_on_screen(rule, look));
            }
        }
        for (title, changes) in self.sections() {
            if changes.is_empty() {
                continue;
            }
            out.push_str(&look.heading(look.say(&title)));
            for change in changes {
                let place = harmless(&change.place);
                let _ = writeln!(
                    out,
                    "  {} {}",
                    look.paint(tone(change.sign), mark(change.sign)),
                    look.paint(Tone::Strong, &place)
                );
                for detail in &change.details {
                    out.push_str(&look.paragraph(6, &harmless(look.say(detail))));
                }
            }
            out.push('\n');
        }
        if !self.difference.promises.is_empty() {
            out.push_str(&look.heading(look.say(&both!("Promesses concernées", "Promises concerned"))));
            for promise in &self.difference.promises {
                let _ = writeln!(out, "  {}", look.paint(Tone::Strong, &harmless(&promise.promise)));
                out.push_str(&look.paragraph(4, &harmless(look.say(&promise.sentence))));
                for why in &promise.because {
                    out.push_str(&look.paragraph(6, &harmless(look.say(why))));
                }
            }
            out.push('\n');
        }
        if let Some(due) = &self.live {
            out.push_str(&look.heading(&Self::tonight(due, look)));
            let pairs: Vec<Pair> = due.rules();
            let moving = due.effects();
            let widest = pairs
                .iter()
                .chain(&moving)
                .map(|pair| pair.what.chars().count())
                .max()
                .unwrap_or(0);
            for pair in pairs.iter().chain(&moving) {
                let (before, after) = pair.figures(look);
                let words = pair.words(look);
                let words = if pair.moves() {
                    look.paint(Tone::Warn, &words)
                } else {
                    look.paint(Tone::Dim, &words)
                };
                let _ = writeln!(
                    out,
                    "  {:<widest$}  {before:>11} → {after:>11}  {words}",
                    pair.what
                );
            }
            let obstacles: BTreeSet<&str> = due
                .before
                .obstacles
                .iter()
                .chain(&due.after.obstacles)
                .map(|text| look.say(text))
                .collect();
            for obstacle in obstacles {
                out.push_str(&look.paragraph(2, &format!("! {}", harmless(obstacle))));
            }
            out.push('\n');
        }
        let verdict = self.verdict();
        let sign = if self.difference.changes_what_is_kept() {
            look.bang()
        } else {
            look.tick()
        };
        let _ = writeln!(out, "{sign} {}", look.say(&verdict));
        let (from, to) = (super::plan::short(&self.from), super::plan::short(&self.to));
        let text = both!("version {from} → {to}", "version {from} → {to}");
        let _ = writeln!(out, "  {}", look.paint(Tone::Dim, look.say(&text)));
        out
    }

    /// For a pull request.
    pub fn markdown(&self, look: &Look) -> String {
        let say = |text: &Text| escaped(look.say(text));
        let mut out = format!(
            "## {}\n",
            look.say(&both!("Registre : ce qui change", "Register: what changes"))
        );
        let _ = write!(out, "\n**{}**\n", look.say(&self.verdict()));
        if let Some(due) = &self.live {
            let _ = write!(out, "\n### {}\n\n", Self::tonight(due, look));
            let head = both!("| | avant | après | |", "| | before | after | |");
            let _ = writeln!(out, "{}\n|---|---:|---:|---|", look.say(&head));
            let rules = due
                .rules()
                .into_iter()
                .filter(|pair| pair.moves() || pair.after != Some(0));
            for pair in rules.chain(due.effects()) {
                let (before, after) = pair.figures(look);
                let words = pair.words(look);
                let words = if pair.moves() {
                    format!("**{words}**")
                } else {
                    words
                };
                let _ = writeln!(
                    out,
                    "| `{}` | {before} | {after} | {words} |",
                    pair.what.replace('`', "'")
                );
            }
            for obstacle in due
                .before
                .obstacles
                .iter()
                .chain(&due.after.obstacles)
                .map(say)
                .collect::<BTreeSet<_>>()
            {
                let _ = write!(out, "\n> {obstacle}\n");
            }
        }
        if !self.difference.rules.is_empty() {
            let _ = write!(out, "\n### {}\n\n", look.say(&both!("Règles", "Rules")));
            for rule in &self.difference.rules {
                let _ = writeln!(out, "- {} `{}`", sign_in_words(rule.sign, look), rule.rule);
                for detail in &rule.details {
                    let _ = writeln!(out, "  - {}", say(detail));
                }
                if rule.before != rule.after {
                    let _ = writeln!(out, "\n  ```diff");
                    for (sign, text) in [("-", &rule.before), ("+", &rule.after)] {
                        if let Some(text) = text {
                            let _ = writeln!(
                                out,
                                "  {sign} {}\n  {sign} {}",
                                one_line(&text.fr),
                                one_line(&text.en)
                            );
                        }
                    }
                    let _ = writeln!(out, "  ```");
                }
            }
        }
        for (title, changes) in self.sections() {
            if changes.is_empty() {
                continue;
            }
            let _ = write!(out, "\n### {}\n\n", look.say(&title));
            for change in changes {
                let details: Vec<String> = change.details.iter().map(say).collect();
                let colon = both!(" : ", ": ");
                let colon = if details.is_empty() { "" } else { look.say(&colon) };
                let _ = writeln!(
                    out,
                    "- {} `{}`{colon}{}",
                    sign_in_words(change.sign, look),
                    one_line(&change.place).replace('`', "'"),
                    details.join(", ")
                );
            }
        }
        if !self.difference.promises.is_empty() {
            let _ = write!(
                out,
                "\n### {}\n\n",
                look.say(&both!("Promesses concernées", "Promises concerned"))
            );
            for promise in &self.difference.promises {
                let because: Vec<String> = promise.because.iter().map(say).collect();
                let _ = writeln!(
                    out,
                    "- **{}** {} ({})",
                    escaped(&promise.promise),
                    say(&promise.sentence),
                    because.join(", ")
                );
            }
        }
        let (from, to) = (super::plan::short(&self.from), super::plan::short(&self.to));
        let _ = write!(out, "\n<sub>{from} → {to}</sub>\n");
        out
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let live = self.live.as_ref().map(|due| {
            let pairs = |pairs: Vec<Pair>| -> Value {
                pairs
                    .into_iter()
                    .map(|pair| {
                        let moved = i128::from(pair.after.unwrap_or(0)) - i128::from(pair.before.unwrap_or(0));
                        json!({ "what": pair.what, "before": pair.before, "after": pair.after, "more": i64::try_from(moved).ok().filter(|_| !pair.unknown) })
                    })
                    .collect()
            };
            let obstacles = |counted: &Counted| -> Value {
                counted.obstacles.iter().map(|text| json!({ "fr": text.fr, "en": text.en })).collect()
            };
            json!({
                "at": due.at.to_string(),
                "rules": pairs(due.rules()),
                "effects": pairs(due.effects()),
                "obstacles": { "before": obstacles(&due.before), "after": obstacles(&due.after) },
            })
        });
        json!({
            "from": self.from,
            "to": self.to,
            "changes_what_is_kept": self.difference.changes_what_is_kept(),
            "rules": self.difference.rules,
            "purposes": self.difference.purposes,
            "tables": self.difference.tables,
            "words": self.difference.words,
            "promises": self.difference.promises,
            "live": live,
        })
    }
}

fn sign_in_words(sign: Sign, look: &Look) -> String {
    let text = match sign {
        Sign::Added => both!("nouveau :", "new:"),
        Sign::Removed => both!("supprimé :", "removed:"),
        Sign::Changed => both!("changé :", "changed:"),
    };
    look.say(&text).to_owned()
}

fn rule_on_screen(rule: &RuleChange, look: &Look) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "  {} {}",
        look.paint(tone(rule.sign), mark(rule.sign)),
        look.paint(Tone::Strong, &rule.rule)
    );
    for detail in &rule.details {
        out.push_str(&look.paragraph(6, &harmless(look.say(detail))));
    }
    if rule.before == rule.after {
        return out + "\n";
    }
    for (sign, text, tone) in [("-", &rule.before, Tone::Bad), ("+", &rule.after, Tone::Good)] {
        let Some(text) = text else { continue };
        for sentence in [&text.fr, &text.en] {
            let shown = look.paragraph(8, &harmless(sentence));
            let shown = shown.trim_start();
            let _ = write!(out, "      {} {shown}", look.paint(tone, sign));
        }
    }
    out + "\n"
}

/// What Markdown would read otherwise.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in one_line(text).chars() {
        if matches!(sign, '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '`') {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}

fn one_line(text: &str) -> String {
    harmless(&text.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use serment_register::model::Language;

    use super::*;
    use crate::screen::look::tests::plain;

    #[test]
    fn what_moves_is_said_in_words() {
        let pair = |before, after| Pair {
            what: "a.b".to_owned(),
            before,
            after,
            unknown: false,
        };
        let english = plain(Language::English);
        assert_eq!(pair(Some(1_000), Some(413_000)).words(&english), "412,000 more");
        assert_eq!(pair(None, Some(2)).words(&english), "2 more");
        assert_eq!(pair(Some(2), None).words(&plain(Language::French)), "2 de moins");
        assert_eq!(pair(Some(2), Some(2)).words(&english), "as many");
    }

    #[test]
    fn a_pull_request_cannot_be_written_by_a_name() {
        assert_eq!(escaped("<img>|*a*\n# b"), "\\<img\\>\\|\\*a\\* \\# b");
    }
}

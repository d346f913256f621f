//! Why a row is still here, column by column.

use serde_json::{Value, json};
use serment_keep::explain::{ColumnSays, Explanation, RuleSays, Stand};
use serment_store::condition::Key;

use super::look::{Look, Tone, harmless, left};
use super::table::{Align, table};
use crate::words::both;

/// The whole screen.
pub fn render(explanation: &Explanation, key: &Key, look: &Look) -> String {
    let row = harmless(&key.to_string());
    let title = match &explanation.client {
        Some(client) => format!("{} {row} ({})", explanation.table, harmless(client)),
        None => format!("{} {row}", explanation.table),
    };
    let mut out = look.heading(&title);
    out.push_str(&look.paragraph(2, look.say(&explanation.verdict)));
    for hold in &explanation.holds {
        let text = if hold == "?" {
            both!(
                "une suspension sur une ligne liée la gèle",
                "a hold on a linked row freezes it"
            )
        } else {
            both!("la suspension {hold} la gèle", "hold {hold} freezes it")
        };
        out.push_str(&format!("  {} {}\n", look.bang(), look.say(&text)));
    }
    for other in &explanation.referenced_by {
        let text = both!(
            "des lignes de {other} qui restent s'y rattachent",
            "rows of {other} that stay refer to it"
        );
        out.push_str(&format!("  {} {}\n", look.paint(Tone::Dim, "-"), look.say(&text)));
    }
    out.push('\n');
    for rule in explanation
        .rules
        .iter()
        .filter(|rule| rule.stand != Stand::NotConcerned)
    {
        out.push_str(&says(rule, look));
    }
    let others: Vec<&str> = explanation
        .rules
        .iter()
        .filter(|rule| rule.stand == Stand::NotConcerned)
        .map(|rule| rule.rule.0.as_str())
        .collect();
    if !others.is_empty() {
        let names = others.join(", ");
        let text = both!(
            "ne concernent pas cette ligne : {names}",
            "do not concern this row: {names}"
        );
        out.push_str(&look.paragraph(2, look.say(&text)));
    }
    out.push('\n');
    out.push_str(&columns(&explanation.columns, look));
    out
}

/// The same in a few lines: which columns each running rule keeps.
pub fn brief(explanation: &Explanation, look: &Look) -> String {
    let mut out = look.paragraph(4, look.say(&explanation.verdict));
    for rule in explanation.rules.iter().filter(|rule| rule.stand == Stand::Runs) {
        let columns: Vec<&str> = explanation
            .columns
            .iter()
            .filter(|column| {
                column.kept_by.contains(&rule.rule) || column.needed_by_referrers.contains(&rule.rule)
            })
            .map(|column| column.column.as_str())
            .collect();
        if columns.is_empty() {
            continue;
        }
        let (name, columns) = (&rule.rule, columns.join(", "));
        let text = match rule.due.map(|day| look.date(day)) {
            Some(day) => both!(
                "{name} garde {columns}, jusqu'au {day}",
                "{name} keeps {columns}, until {day}"
            ),
            None => both!("{name} garde {columns}", "{name} keeps {columns}"),
        };
        out.push_str(&look.paragraph(4, look.say(&text)));
    }
    out
}

fn says(rule: &RuleSays, look: &Look) -> String {
    let (tone, stand) = match rule.stand {
        Stand::NotConcerned => (Tone::Dim, both!("sans objet", "not concerned")),
        Stand::NeverBegan => (Tone::Dim, both!("jamais commencée", "never began")),
        Stand::Runs => (Tone::Good, both!("court", "runs")),
        Stand::Ended => (Tone::Warn, both!("terminée", "ended")),
    };
    let mut out = format!(
        "  {} {}\n",
        look.paint(Tone::Strong, &left(&rule.rule.0, 34)),
        look.paint(tone, look.say(&stand))
    );
    let mut tell = |text: &str| out.push_str(&look.paragraph(4, text));
    for (_, title, basis) in &rule.purposes {
        let title = harmless(look.say(title));
        let basis = look.say(&basis_word(basis)).to_owned();
        tell(look.say(&both!("pour : {title} ({basis})", "for: {title} ({basis})")));
    }
    if rule.held_by_state {
        tell(look.say(&both!(
            "un de ses états tient encore",
            "one of its states still holds"
        )));
    }
    if rule.implausible {
        tell(look.say(&both!(
            "une de ses dates est impossible ou illisible : elle court jusqu'à correction",
            "one of its dates is impossible or unreadable: it runs until that is mended"
        )));
    }
    if rule.contradictory {
        tell(look.say(&both!(
            "un événement y met fin alors qu'un état tient : à revoir",
            "an event ends it while a state still holds: to be looked at"
        )));
    }
    if let (Some(clock), Some(due)) = (rule.clock, rule.due) {
        let (clock, due) = (look.date(clock), look.date(due));
        tell(look.say(&both!(
            "départ le {clock}, échéance le {due}",
            "clock {clock}, due {due}"
        )));
        for hold in &rule.extended_by {
            tell(look.say(&both!(
                "à la demande du client ({hold})",
                "as the client asked ({hold})"
            )));
        }
    } else {
        for (column, value) in &rule.clocks {
            let value = value.as_deref().map_or_else(
                || look.say(&both!("aucune valeur", "no value")).to_owned(),
                harmless,
            );
            tell(look.say(&both!("{column} : {value}", "{column}: {value}")));
        }
    }
    if !rule.released {
        tell(look.say(&both!(
            "observe : pas encore approuvée",
            "observes: not approved yet"
        )));
    }
    out
}

/// The word of a legal basis.
pub fn basis_word(basis: &str) -> serment_register::model::Text {
    match basis {
        "consent" => both!("consentement", "consent"),
        "contract" => both!("contrat", "contract"),
        "legal_obligation" => both!("obligation légale", "legal obligation"),
        "vital_interests" => both!("intérêts vitaux", "vital interests"),
        "public_task" => both!("mission d'intérêt public", "public task"),
        "legitimate_interests" => both!("intérêt légitime", "legitimate interests"),
        other => both!("{other}", "{other}"),
    }
}

fn columns(columns: &[ColumnSays], look: &Look) -> String {
    let headings = [
        both!("colonne", "column"),
        both!("catégorie", "category"),
        both!("pourquoi elle est là", "why it is here"),
    ]
    .map(|text| (look.say(&text).to_owned(), Align::Left));
    let lines: Vec<Vec<String>> = columns
        .iter()
        .map(|column| {
            vec![
                column.column.clone(),
                column
                    .category
                    .clone()
                    .unwrap_or_else(|| look.say(&both!("non personnelle", "not personal")).to_owned()),
                why(column, look),
            ]
        })
        .collect();
    table(look, 2, &headings, &lines)
}

fn why(column: &ColumnSays, look: &Look) -> String {
    let names = |rules: &[serment_register::model::RuleId]| {
        rules
            .iter()
            .map(|rule| rule.0.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut reasons = Vec::new();
    if !column.kept_by.is_empty() {
        reasons.push(names(&column.kept_by));
    }
    if !column.needed_by_referrers.is_empty() {
        let rules = names(&column.needed_by_referrers);
        reasons.push(
            look.say(&both!(
                "{rules}, par une ligne qui s'y rattache",
                "{rules}, by a row that refers to it"
            ))
            .to_owned(),
        );
    }
    if column.due {
        reasons.push(look.say(&both!("échue", "due")).to_owned());
    } else if reasons.is_empty() && column.footing {
        reasons.push(
            look.say(&both!("fait tenir la ligne", "holds the row together"))
                .to_owned(),
        );
    } else if reasons.is_empty() && !column.ended.is_empty() {
        reasons.push(
            look.say(&both!("déjà vidée, ou gelée", "cleared already, or frozen"))
                .to_owned(),
        );
    } else if reasons.is_empty() && column.category.is_some() {
        reasons.push(
            look.say(&both!("aucune règle n'a commencé", "no rule has begun"))
                .to_owned(),
        );
    }
    reasons.join(" ; ").replace(" ; ", look.say(&both!(" ; ", "; ")))
}

/// The explanation as JSON.
pub fn json(explanation: &Explanation, key: &Key) -> Value {
    let names = |rules: &[serment_register::model::RuleId]| {
        rules.iter().map(|rule| rule.0.clone()).collect::<Vec<_>>()
    };
    json!({
        "table": explanation.table.to_string(),
        "key": key,
        "client": explanation.client,
        "verdict": explanation.verdict,
        "due": explanation.due.iter().map(|effect| effect.word()).collect::<Vec<_>>(),
        "holds": explanation.holds,
        "referenced_by": explanation.referenced_by.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rules": explanation.rules.iter().map(|rule| json!({
            "rule": rule.rule.0,
            "stand": match rule.stand {
                Stand::NotConcerned => "not_concerned",
                Stand::NeverBegan => "never_began",
                Stand::Runs => "runs",
                Stand::Ended => "ended",
            },
            "approved": rule.released,
            "held_by_state": rule.held_by_state,
            "implausible": rule.implausible,
            "contradictory": rule.contradictory,
            "clock": rule.clock,
            "due": rule.due,
            "extended_by": rule.extended_by,
            "purposes": rule.purposes.iter().map(|(id, title, basis)| json!({
                "purpose": id, "title": title, "basis": basis,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "columns": explanation.columns.iter().map(|column| json!({
            "column": column.column,
            "category": column.category,
            "kept_by": names(&column.kept_by),
            "needed_by_referrers": names(&column.needed_by_referrers),
            "ended": names(&column.ended),
            "footing": column.footing,
            "due": column.due,
        })).collect::<Vec<_>>(),
    })
}

//! One rule over many clients: told once, with the clients on whose rows something is due.

use std::collections::BTreeMap;

use super::{Effect, HeldBack, Line, figure};
use crate::screen::look::{Look, Tone, harmless};
use crate::words::{both, counted};

/// With so many clients or fewer, each has its own place on the screen.
const EACH: usize = 3;
/// Clients that are named, those with the most rows due first.
const NAMED: usize = 10;

/// Whether so many clients of one rule are told together.
pub fn are_many(clients: usize) -> bool {
    clients > EACH
}

/// Whether the lines of one rule are told together. Whoever asks for keys wants those of each client.
pub fn are_told_together(lines: &[Line]) -> bool {
    let sampled = |line: &Line| line.effects.iter().any(|effect| effect.keys.is_some());
    are_many(lines.iter().filter(|line| line.client.is_some()).count()) && !lines.iter().any(sampled)
}

/// The rule for all its clients, as one line that says no client.
pub fn together(lines: &[Line]) -> Option<Line> {
    let mut all = lines.first()?.clone();
    all.client = None;
    // One of the lines carries the ages of all of them: those of each client would not fall into the same classes.
    all.ages = lines.iter().find_map(|line| line.ages.clone());
    all.oldest = lines.iter().filter_map(|line| line.oldest).min();
    let sum = |of: fn(&Line) -> u64| lines.iter().map(of).sum();
    all.due = sum(|line| line.due);
    all.never_started = sum(|line| line.never_started);
    all.implausible = sum(|line| line.implausible);
    all.held = sum(|line| line.held);
    all.kept_by_state = sum(|line| line.kept_by_state);
    all.contradictory = sum(|line| line.contradictory);
    let mut effects: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut held_back: BTreeMap<&str, u64> = BTreeMap::new();
    for line in lines {
        for effect in &line.effects {
            *effects.entry((&effect.table, &effect.effect)).or_default() += effect.rows;
        }
        for held in &line.held_back {
            *held_back.entry(&held.why).or_default() += held.rows;
        }
        for obstacle in &line.obstacles {
            if !all.obstacles.contains(obstacle) {
                all.obstacles.push(obstacle.clone());
            }
        }
        for reservation in &line.reservations {
            if !all.reservations.contains(reservation) {
                all.reservations.push(reservation.clone());
            }
        }
    }
    all.effects = effects
        .into_iter()
        .map(|((table, effect), rows)| Effect {
            table: table.to_owned(),
            effect: effect.to_owned(),
            rows,
            keys: None,
        })
        .collect();
    all.held_back = held_back
        .into_iter()
        .map(|(why, rows)| HeldBack {
            why: why.to_owned(),
            rows,
        })
        .collect();
    Some(all)
}

/// Who they are, those with something due.
pub fn list(lines: &[Line], look: &Look) -> String {
    let clients = lines.iter().filter(|line| line.client.is_some()).count() as u64;
    let mut due: Vec<(&str, &Line)> = lines
        .iter()
        .filter(|line| line.due > 0)
        .filter_map(|line| Some((line.client.as_deref()?, line)))
        .collect();
    due.sort_by(|(name, line), (other, than)| than.due.cmp(&line.due).then_with(|| name.cmp(other)));
    let count = counted(clients, ("client", "clients"), ("client", "clients"));
    let with = crate::words::number(due.len() as u64, look.language);
    let (fr, en) = (&count.fr, &count.en);
    let text = both!(
        "{fr}, dont {with} avec des lignes échues",
        "{en}, {with} of them with rows due"
    );
    let mut out = format!("\n  {}\n", look.paint(Tone::Dim, look.say(&text)));
    for (name, line) in due.iter().take(NAMED) {
        let oldest = line.oldest.map(|oldest| {
            let oldest = look.date(oldest);
            let text = both!("la plus ancienne du {oldest}", "oldest {oldest}");
            look.say(&text).to_owned()
        });
        out.push_str(&figure(
            look,
            Tone::Warn,
            line.due,
            &harmless(name),
            &oldest.unwrap_or_default(),
        ));
    }
    if let Some((name, _)) = due.first() {
        let name = harmless(name);
        let text = if due.len() > NAMED {
            both!(
                "Et d'autres. Pour un seul : serment plan --client {name}",
                "And others. For one alone: serment plan --client {name}"
            )
        } else {
            both!(
                "Pour un seul : serment plan --client {name}",
                "For one alone: serment plan --client {name}"
            )
        };
        out.push_str(&look.paragraph(2, look.say(&text)));
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use serment_register::model::Language;

    use super::*;
    use crate::screen::look::tests::plain;

    fn line(client: Option<&str>, due: u64, oldest: Option<Date>) -> Line {
        Line {
            rule: "boxes.members_1m".into(),
            store: "boxes".into(),
            table: "members".into(),
            client: client.map(str::to_owned),
            due,
            never_started: 1,
            implausible: 0,
            held: 2,
            oldest,
            cutoff: Some(Date::constant(2026, 10, 21)),
            effects: vec![Effect {
                table: "boxes.members".into(),
                effect: "erase".into(),
                rows: due,
                keys: None,
            }],
            hash: "a1".repeat(32),
            released: false,
            held_back: vec![HeldBack {
                why: "state".into(),
                rows: 10,
            }],
            kept_by_state: 10,
            contradictory: 0,
            obstacles: Vec::new(),
            reservations: Vec::new(),
            states: Vec::new(),
            ages: None,
        }
    }

    fn many() -> Vec<Line> {
        let day = |day| Some(Date::constant(2024, 1, day));
        vec![
            line(None, 0, None),
            line(Some("brumeville"), 3, day(9)),
            line(Some("ys"), 8, day(2)),
            line(Some("outrebois"), 0, None),
            line(Some("valsonge"), 3, day(5)),
        ]
    }

    #[test]
    fn a_rule_over_many_clients_is_told_once() {
        let lines = many();
        assert!(are_told_together(&lines) && !are_told_together(&lines[..4]));
        let all = together(&lines).expect("a line");
        assert_eq!((all.due, all.never_started, all.held), (14, 5, 10));
        assert_eq!(all.oldest, Some(Date::constant(2024, 1, 2)));
        assert_eq!((all.effects.len(), all.effects[0].rows), (1, 14));
        assert_eq!((all.held_back.len(), all.held_back[0].rows), (1, 50));
    }

    #[test]
    fn clients_with_most_rows_due_come_first_and_those_with_none_are_counted_only() {
        let text = list(&many(), &plain(Language::English));
        let places = [
            "4 clients, 3 of them",
            "ys",
            "brumeville",
            "valsonge",
            "--client ys",
        ];
        let found: Vec<usize> = places
            .iter()
            .map(|place| text.find(place).unwrap_or_else(|| panic!("{place}: {text}")))
            .collect();
        assert!(found.is_sorted(), "{text}");
        assert!(!text.contains("outrebois"), "{text}");
    }

    #[test]
    fn whoever_asks_for_keys_sees_each_client() {
        let mut lines = many();
        lines[1].effects[0].keys = Some(Vec::new());
        assert!(!are_told_together(&lines));
    }
}

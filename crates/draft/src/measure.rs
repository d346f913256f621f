//! How good the guesses of a draft are, beside a register that people wrote for the same databases.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serment_register::model::{Category, LinkKind, Register, Strength, Table};

/// Right ones among those guessed and among those that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// Guesses that are right.
    pub right: usize,
    /// Guesses.
    pub guessed: usize,
    /// What there is to guess.
    pub real: usize,
}

impl Score {
    /// Thousandths of the guesses that are right.
    pub fn precision(self) -> usize {
        thousandths(self.right, self.guessed)
    }

    /// Thousandths of what there is that was guessed.
    pub fn recall(self) -> usize {
        thousandths(self.right, self.real)
    }

    fn of<T: Ord>(guessed: &BTreeSet<T>, real: &BTreeSet<T>) -> Self {
        Self {
            right: guessed.intersection(real).count(),
            guessed: guessed.len(),
            real: real.len(),
        }
    }
}

fn thousandths(part: usize, whole: usize) -> usize {
    // Where there is nothing, nothing is wrong.
    (part * 1000 + whole / 2).checked_div(whole).unwrap_or(1000)
}

/// The figures of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Columns that were compared: those of the tables that the written register names. One that it does not name is
    /// taken as not personal, for it says nothing else of it.
    pub columns: usize,
    /// Whether a column is personal.
    pub personal: Score,
    /// Its category, to the letter.
    pub category: Score,
    /// Its category, or one that covers it, or one that it covers: `contact.postal` for `contact.postal.city`.
    pub family: Score,
    /// Links: from which columns of which table to which table.
    pub links: Score,
    /// The same, and whether it is the same person.
    pub kinds: Score,
    /// Keys of tables.
    pub keys: Score,
    /// Columns that find a person.
    pub identifiers: Score,
    /// Those of them that are enough to act.
    pub identifies: Score,
    /// Columns that date events.
    pub events: Score,
}

/// Compares a draft with the register that people wrote. Tables are matched by their names in their stores, stores by
/// theirs in the registers.
pub fn measure(written: &Register, draft: &Register) -> Figures {
    let truth = tables(written);
    let guessed = tables(draft);
    let mut figures = Figures::default();
    let mut facts = (Facts::default(), Facts::default());
    for (place, table) in &truth {
        let Some(other) = guessed.get(place) else { continue };
        let said = columns(table);
        let found = columns(other);
        for (path, guess) in &found {
            let real = said.get(path).copied().flatten();
            figures.columns += 1;
            count(&mut figures, *guess, real);
        }
        for (path, real) in said.iter().filter(|(path, _)| !found.contains_key(*path)) {
            // Missed altogether: the draft has no such column.
            if real.is_some() && !found.keys().any(|known| known.starts_with(&format!("{path}."))) {
                figures.columns += 1;
                count(&mut figures, None, *real);
            }
        }
        // A table of which the written register says only that it has no rule says nothing of its links either.
        if !table.columns.is_empty() {
            facts.0.add(place, table, written);
            facts.1.add(place, other, draft);
        }
    }
    let (real, guess) = facts;
    figures.links = Score::of(&guess.links, &real.links);
    figures.kinds = Score::of(&guess.kinds, &real.kinds);
    figures.keys = Score::of(&guess.keys, &real.keys);
    figures.identifiers = Score::of(&guess.identifiers, &real.identifiers);
    figures.identifies = Score::of(&guess.identifies, &real.identifies);
    figures.events = Score::of(&guess.events, &real.events);
    // A table whose key nobody needed to write is not a wrong guess.
    let needed: BTreeSet<&String> = real.keys.iter().map(|(table, _)| table).collect();
    figures.keys.guessed = guess
        .keys
        .iter()
        .filter(|(table, _)| needed.contains(table))
        .count();
    figures
}

fn count(figures: &mut Figures, guess: Option<&Category>, real: Option<&Category>) {
    let scores = [&mut figures.personal, &mut figures.category, &mut figures.family];
    let right = match (guess, real) {
        (Some(guess), Some(real)) => [true, guess == real, guess.covers(real) || real.covers(guess)],
        _ => [false; 3],
    };
    for (score, right) in scores.into_iter().zip(right) {
        score.guessed += usize::from(guess.is_some());
        score.real += usize::from(real.is_some());
        score.right += usize::from(right);
    }
}

/// Tables by store and name there.
fn tables(register: &Register) -> BTreeMap<String, &Table> {
    register.tables().map(|table| (place(table), table)).collect()
}

fn place(table: &Table) -> String {
    let schema = table
        .schema
        .as_deref()
        .filter(|schema| *schema != "public")
        .unwrap_or_default();
    format!("{}.{schema}.{}", table.id.store, table.name)
}

fn columns(table: &Table) -> BTreeMap<String, Option<&Category>> {
    table
        .columns
        .iter()
        .map(|(path, column)| (path.to_string(), column.category.as_ref()))
        .collect()
}

/// From which table, by which pairs of columns, to which table.
type LinkFact = (String, BTreeSet<(String, String)>, String);

#[derive(Default)]
struct Facts {
    links: BTreeSet<LinkFact>,
    kinds: BTreeSet<(LinkFact, bool)>,
    keys: BTreeSet<(String, BTreeSet<String>)>,
    identifiers: BTreeSet<(String, String)>,
    identifies: BTreeSet<(String, String)>,
    events: BTreeSet<(String, String)>,
}

impl Facts {
    fn add(&mut self, at: &str, table: &Table, register: &Register) {
        for link in table.links.values() {
            let Some(to) = register.table(&link.to) else {
                continue;
            };
            let by: BTreeSet<_> = link.by.iter().cloned().collect();
            let fact: LinkFact = (at.to_owned(), by, place(to));
            self.links.insert(fact.clone());
            self.kinds.insert((fact, link.kind == LinkKind::BelongsTo));
        }
        if !table.key.is_empty() {
            self.keys
                .insert((at.to_owned(), table.key.iter().cloned().collect()));
        }
        for identifier in table.identify.values() {
            let fact = (at.to_owned(), identifier.column.to_string());
            if identifier.strength == Strength::Identifies {
                self.identifies.insert(fact.clone());
            }
            self.identifiers.insert(fact);
        }
        for source in table.events.values().flatten() {
            if let serment_register::model::EventSource::Own(path) = source {
                self.events.insert((at.to_owned(), path.to_string()));
            }
        }
    }
}

impl Figures {
    /// One line for each thing that was measured: what, right, guessed, real, precision, recall.
    pub fn lines(&self) -> [(&'static str, Score); 9] {
        [
            ("column is personal", self.personal),
            ("category, its family", self.family),
            ("category, to the letter", self.category),
            ("links", self.links),
            ("links, and whether the same person", self.kinds),
            ("keys", self.keys),
            ("columns that find a person", self.identifiers),
            ("columns that identify one", self.identifies),
            ("columns that date events", self.events),
        ]
    }

    /// As a table of Markdown.
    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "| | right | guessed | real | precision | recall |\n|---|---:|---:|---:|---:|---:|\n",
        );
        for (what, score) in self.lines() {
            let percent = |thousandths: usize| format!("{}.{} %", thousandths / 10, thousandths % 10);
            let _ = writeln!(
                out,
                "| {what} | {} | {} | {} | {} | {} |",
                score.right,
                score.guessed,
                score.real,
                percent(score.precision()),
                percent(score.recall())
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_guess_is_not_missed() {
        let score = Score {
            right: 0,
            guessed: 0,
            real: 0,
        };
        assert_eq!((score.precision(), score.recall()), (1000, 1000));
        let score = Score {
            right: 1,
            guessed: 3,
            real: 2,
        };
        assert_eq!((score.precision(), score.recall()), (333, 500));
    }

    #[test]
    fn a_register_is_a_perfect_draft_of_itself() {
        let (register, _) = serment_register::load(&serment_register::diagnostics::base());
        let register = register.expect("the example register");
        let figures = measure(&register, &register);
        assert!(figures.columns > 5);
        for (what, score) in figures.lines() {
            assert_eq!((score.precision(), score.recall()), (1000, 1000), "{what}");
        }
    }
}

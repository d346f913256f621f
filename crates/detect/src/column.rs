//! What a column holds: several guesses, each with its confidence and its reasons.

use std::collections::BTreeMap;

use serment_register::model::{Category, Text};
use serment_register::text;

use crate::about::{About, Beside};
use crate::content::{Contents, Pattern};
use crate::lexicon::{self, ENTRIES, Holds};
use crate::words::words;

/// What a column can hold, as its type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Text.
    Text,
    /// Whole numbers.
    Whole,
    /// Other numbers.
    Number,
    /// True or false.
    Flag,
    /// Dates and moments.
    Time,
    /// UUID.
    Uuid,
    /// JSON.
    Json,
    /// A network address.
    Address,
    /// Bytes.
    Bytes,
    /// Anything else.
    Other,
}

/// What a column does for its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// It is part of the key.
    Key,
    /// It is part of a link to another row.
    Link,
    /// Neither.
    Plain,
}

/// What is known of a column.
#[derive(Debug, Clone, Copy)]
pub struct Sketch<'a> {
    /// Its table.
    pub table: &'a str,
    /// What the rows of its table are about.
    pub about: About,
    /// What stands beside it.
    pub beside: Beside,
    /// Its name; for a place inside JSON, the last key.
    pub name: &'a str,
    /// Its type.
    pub shape: Shape,
    /// What it does for its row.
    pub place: Place,
    /// Its values, counted.
    pub contents: &'a Contents,
}

/// What a column may hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// Category; None for what is not personal by itself.
    pub category: Option<Category>,
    /// How sure, in hundredths: 1 to 99.
    pub confidence: u8,
    /// Why, most telling first.
    pub reasons: Vec<Text>,
}

/// Most guesses of one column.
const MOST: usize = 3;

#[derive(Default)]
struct Scores(BTreeMap<Option<String>, (f32, Vec<Text>)>);

impl Scores {
    /// Evidence adds up as independent chances do.
    fn add(&mut self, category: Option<&str>, sure: u8, reason: Option<Text>) {
        let entry = self.0.entry(category.map(str::to_owned)).or_default();
        entry.0 = 1.0 - (1.0 - entry.0) * (1.0 - f32::from(sure.min(99)) / 100.0);
        entry.1.extend(reason);
    }

    fn weaken(&mut self, personal: f32) {
        for (category, score) in &mut self.0 {
            if category.is_some() {
                score.0 *= personal;
            }
        }
    }

    /// The best first. Guesses against one another make each less sure.
    fn ranked(self) -> Vec<Guess> {
        let total: f32 = self.0.values().map(|score| score.0).sum();
        let mut guesses: Vec<(f32, Guess)> = self
            .0
            .into_iter()
            .map(|(category, (score, reasons))| {
                let others = (total - score).max(0.0);
                let sure = score / (1.0 + 0.5 * others * (1.0 - score).max(0.15));
                let confidence = (sure * 100.0).round().clamp(1.0, 99.0);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 1 and 99"
                )]
                let confidence = confidence as u8;
                let category = category.map(Category);
                (
                    score,
                    Guess {
                        category,
                        confidence,
                        reasons,
                    },
                )
            })
            .collect();
        guesses.sort_by(|left, right| {
            right
                .0
                .total_cmp(&left.0)
                .then_with(|| left.1.category.cmp(&right.1.category))
        });
        guesses.into_iter().map(|(_, guess)| guess).take(MOST).collect()
    }
}

/// The guesses for a column, the best first; never none.
pub fn guess(sketch: &Sketch<'_>) -> Vec<Guess> {
    let mut scores = Scores::default();
    let written = sketch.contents.times();
    let shape = match (sketch.shape, written) {
        (Shape::Text | Shape::Whole | Shape::Other, Some(_)) => Shape::Time,
        (shape, _) => shape,
    };
    let clear = by_values(sketch, shape, &mut scores);
    if sketch.place != Place::Plain && !clear {
        let reason = match sketch.place {
            Place::Key => text!("elle fait partie de la clé", "it is part of the key"),
            _ => text!("elle mène à une autre ligne", "it leads to another row"),
        };
        scores.add(None, 92, Some(reason));
    }
    by_name(sketch, shape, clear, &mut scores);
    by_default(sketch, shape, &mut scores);
    scores.ranked()
}

/// What the values say by themselves. Whether they leave no doubt.
fn by_values(sketch: &Sketch<'_>, shape: Shape, scores: &mut Scores) -> bool {
    if shape == Shape::Address {
        scores.add(
            Some("connection.ip"),
            90,
            Some(text!("son type est une adresse", "its type is an address")),
        );
        return true;
    }
    let contents = sketch.contents;
    if contents.values == 0 || matches!(shape, Shape::Time | Shape::Flag | Shape::Bytes) {
        return false;
    }
    // Numbers that pass a checksum by accident are one in ten or a hundred: a good part of the values must pass.
    let tests = [
        (Pattern::Email, 50, 95),
        (Pattern::NationalNumber, 40, 97),
        (Pattern::Iban, 40, 97),
        (Pattern::StrongHash, 40, 97),
        (Pattern::Card, 80, 88),
        (Pattern::Ip, 70, 92),
        (Pattern::UserAgent, 50, 92),
        (Pattern::Phone, 60, 85),
        (Pattern::PersonName, 50, 62),
    ];
    let mut clear = false;
    for (pattern, least, sure) in tests {
        let share = contents.share(pattern);
        if share < least || (contents.values < 5 && pattern == Pattern::PersonName) {
            continue;
        }
        let Some(category) = pattern.category() else {
            continue;
        };
        // Works and authors are published: the catalogue of a shop is full of names.
        let sure = if sketch.about == About::Thing && pattern == Pattern::PersonName {
            30
        } else {
            sure
        };
        let sure = if contents.values < 5 { sure / 2 } else { sure };
        scores.add(
            Some(&category.0),
            sure,
            Some(like(share, contents.values, pattern)),
        );
        clear |= sure >= 85;
    }
    if !clear && contents.values >= 5 {
        let firms = contents.share(Pattern::Firm);
        if firms >= 90 {
            scores.add(None, 75, Some(like(firms, contents.values, Pattern::Firm)));
        }
        let urls = contents.share(Pattern::Url);
        if urls >= 70 && sketch.about == About::Trace {
            scores.add(
                Some("behaviour.browsing"),
                60,
                Some(like(urls, contents.values, Pattern::Url)),
            );
        }
        let prose = contents.share(Pattern::Prose);
        if prose >= 50 && sketch.about != About::Thing {
            scores.add(
                Some("free_text"),
                50,
                Some(like(prose, contents.values, Pattern::Prose)),
            );
        }
    }
    clear
}

fn like(share: u8, of: usize, pattern: Pattern) -> Text {
    let what = pattern.label();
    text!(
        "{share} % de {of} valeurs lues sont des {what}",
        "{share} % of {of} values read are {what}";
        what
    )
}

fn by_name(sketch: &Sketch<'_>, shape: Shape, clear: bool, scores: &mut Scores) {
    let name = lexicon::Name::new(sketch.name);
    let found = ENTRIES
        .iter()
        .filter(|entry| fits(entry.holds, entry.category, shape))
        .filter_map(|entry| name.says(entry).map(|(left, length)| (left, length, entry)))
        // The longest words that are said: an `ip_address` is no `address`.
        .max_by_key(|(left, length, entry)| (*length, *left, entry.sure));
    let Some((left, _, entry)) = found else { return };
    let mut sure = u8::try_from(u32::from(entry.sure) * u32::from(left) / 100).unwrap_or(99);
    let person = matches!(sketch.about, About::Person);
    let mut meant = entry.category;
    match entry.category {
        "identity.name" if entry.sure <= 60 && left == 100 && sketch.beside.first_name => {
            meant = "identity.name.last";
            sure = 92;
        }
        "contact.postal" if sketch.beside.address => sure = sure.max(72),
        "none" if clear => return,
        // A name by itself says little: whose?
        "identity.name" if entry.sure <= 60 && left == 100 => match sketch.about {
            About::Person => sure = 85,
            About::Company | About::Thing => sure = 15,
            _ => {}
        },
        "professional.job" if entry.sure <= 40 => {
            sure = if person { 60 } else { 12 };
        }
        "professional.employer" if !person => sure = 25,
        "free_text" if entry.sure <= 50 && matches!(sketch.about, About::Thing | About::Company) => sure = 15,
        "behaviour.browsing" if !matches!(sketch.about, About::Trace | About::Person) => sure = 25,
        "behaviour.preference" | "identity.image" | "identity.language"
            if matches!(sketch.about, About::Thing | About::Company) =>
        {
            sure = 20
        }
        category if category.starts_with("contact.") && sketch.about == About::Company => sure = sure * 2 / 5,
        category if category.starts_with("contact.postal") && sketch.about == About::Thing => sure /= 2,
        "connection.cookie" if sketch.place == Place::Link => sure = 97,
        _ => {}
    }
    let said = sketch
        .name
        .chars()
        .filter(|sign| !sign.is_control())
        .take(60)
        .collect::<String>();
    let reason = text!("son nom, « {said} »", "its name, `{said}`");
    let category = (meant != "none").then_some(meant);
    // A key or link with the name of something personal is a number that leads to it, unless its values say otherwise.
    if category.is_some() && sketch.place != Place::Plain && !clear && entry.category != "connection.cookie" {
        sure /= 3;
    }
    scores.add(category, sure, Some(reason));
}

/// Whether an entry speaks of columns of this type.
fn fits(holds: Holds, category: &str, shape: Shape) -> bool {
    match shape {
        Shape::Time => {
            holds == Holds::Time
                || matches!(
                    category,
                    "identity.birth_date" | "professional.history" | "behaviour.interaction" | "identity.age"
                )
        }
        Shape::Flag => {
            holds == Holds::Flag
                || category == "none" && holds == Holds::Any
                || category == "behaviour.consent"
                || category.starts_with("special")
                || category == "offences"
        }
        Shape::Whole | Shape::Number => matches!(holds, Holds::Any | Holds::Flag),
        Shape::Bytes => matches!(
            category,
            "identity.image"
                | "special.biometric"
                | "connection.password"
                | "professional.cv"
                | "connection.ip"
        ),
        _ => holds != Holds::Time,
    }
}

/// What is left when neither name nor values say much.
fn by_default(sketch: &Sketch<'_>, shape: Shape, scores: &mut Scores) {
    let name = words(sketch.name);
    let table = words(sketch.table);
    let has = |any: &[&str]| name.iter().any(|word| any.contains(&word.as_str()));
    let money = [
        "amount", "total", "montant", "price", "prix", "balance", "solde", "cents", "paid", "paye",
        "refunded",
    ];
    let trade = [
        "invoice",
        "invoices",
        "facture",
        "factures",
        "payment",
        "payments",
        "paiement",
        "paiements",
        "transaction",
        "transactions",
        "virement",
        "order",
        "orders",
        "commande",
        "commandes",
        "lines",
        "line",
        "lignes",
    ];
    if has(&money) && table.iter().any(|word| trade.contains(&word.as_str())) && sketch.place == Place::Plain
    {
        scores.add(
            Some("financial.transaction"),
            58,
            Some(text!(
                "un montant d'une table de factures ou de paiements",
                "an amount of a table of invoices or payments"
            )),
        );
    }
    if shape == Shape::Time && sketch.about == About::Person && !has(&["created", "updated", "deleted"]) {
        let contents = sketch.contents;
        if contents.values >= 20
            && contents.median_year().is_some_and(|year| year < 1995)
            && contents.spread_of_years() >= 15
        {
            scores.add(
                Some("identity.birth_date"),
                75,
                Some(text!(
                    "ses dates s'étalent comme des naissances",
                    "its dates spread as births do"
                )),
            );
        }
    }
    let sure = match (shape, sketch.about) {
        (Shape::Time, _) => 78,
        (Shape::Flag, _) => 75,
        (Shape::Bytes, About::Person) => 30,
        (Shape::Uuid, _) => 70,
        (_, About::Thing) => 70,
        (_, About::Company) => 55,
        (Shape::Whole | Shape::Number, About::Person) => 45,
        (Shape::Whole | Shape::Number, _) => 58,
        (_, About::Person | About::Trace) => 34,
        _ => 42,
    };
    let already = scores.0.contains_key(&None);
    let personal = scores
        .0
        .iter()
        .any(|(category, score)| category.is_some() && score.0 >= 0.5);
    if already || personal {
        return;
    }
    scores.add(
        None,
        sure,
        Some(text!("rien ne dit le contraire", "nothing says otherwise")),
    );
    scores.weaken(1.0);
}

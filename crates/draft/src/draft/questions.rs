//! What only a person can answer.

use std::collections::BTreeMap;

use serment_register::model::{Category, StoreKind, Text};
use serment_register::taxonomy::{is_offence, is_special};
use serment_register::text;

use super::clients::ClientsDraft;
use super::links::{AcrossDraft, Kind};
use super::read::TableDraft;
use super::{DOUBTFUL, tame};
use crate::source::Source;

/// What a question is about. In the order in which they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// What must not wait: data that the law protects most, passwords in clear.
    Sensitive,
    /// Why data are kept, and how long: nothing in a database says it.
    Retention,
    /// Columns whose category is doubtful.
    Columns,
    /// Links, and whose data a row is.
    Links,
    /// States and events.
    States,
    /// Clients of a processor.
    Clients,
    /// Addresses, places.
    Stores,
    /// What is not in the draft.
    LeftOut,
}

impl Topic {
    /// Every topic, in order.
    pub const ALL: [Self; 8] = [
        Self::Sensitive,
        Self::Retention,
        Self::Columns,
        Self::Links,
        Self::States,
        Self::Clients,
        Self::Stores,
        Self::LeftOut,
    ];

    /// Its title.
    pub fn title(self) -> Text {
        match self {
            Self::Sensitive => text!("Ce qui presse", "What must not wait"),
            Self::Retention => text!("Pourquoi, et combien de temps", "Why, and for how long"),
            Self::Columns => text!("Colonnes douteuses", "Doubtful columns"),
            Self::Links => text!("Liens", "Links"),
            Self::States => text!("États et événements", "States and events"),
            Self::Clients => text!("Clients", "Clients"),
            Self::Stores => text!("Bases", "Stores"),
            Self::LeftOut => text!("Ce qui n'est pas dans l'ébauche", "What is not in the draft"),
        }
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What it is about.
    pub topic: Topic,
    /// Where: `store`, `store.table`, `store.table.column`.
    pub place: String,
    /// The question.
    pub text: Text,
}

impl Question {
    /// A question about a place. Names in it come from databases: control characters are replaced.
    pub(crate) fn new(topic: Topic, place: &str, text: Text) -> Self {
        Self {
            topic,
            place: tame(place),
            text: super::tamed(&text),
        }
    }
}

/// Everything that the draft cannot know.
pub(super) fn ask(
    sources: &[Source],
    tables: &BTreeMap<String, Vec<TableDraft>>,
    across: &[AcrossDraft],
    clients: Option<&ClientsDraft>,
    questions: &mut Vec<Question>,
) {
    for source in sources {
        store(source, questions);
        for table in tables.get(&source.name).into_iter().flatten() {
            let place = format!("{}.{}", source.name, table.id);
            columns(&place, table, questions);
            retention(&place, table, questions);
            links(&place, table, questions);
            for column in &table.statuses {
                let column = tame(column);
                questions.push(Question::new(
                    Topic::States,
                    &place,
                    text!(
                        "quelles valeurs de « {column} » disent que quelque chose court encore ? (les valeurs lues ne sont pas recopiées ici)",
                        "which values of `{column}` say that something still runs? (the values read are not copied here)"
                    ),
                ));
            }
        }
    }
    for link in across {
        let (both, of) = link.shared;
        let to = tame(&link.to);
        let (ours, theirs) = (tame(&link.by.0), tame(&link.by.1));
        let sure = link.confidence;
        questions.push(Question::new(
            Topic::Links,
            &format!("{}.{}", link.from.0, link.from.1),
            text!(
                "« {ours} » et {to}.{theirs} désignent-ils les mêmes ? ({sure} % ; {both} valeurs communes sur {of} lues) ; le lien est écrit en commentaire",
                "do `{ours}` and {to}.{theirs} mean the same? ({sure} %; {both} values in common of {of} read); the link is written as a comment"
            ),
        ));
    }
    if let Some(clients) = clients {
        let (reached, of) = clients.reached;
        let (from, sure) = (tame(&clients.from), clients.confidence);
        let text = if clients.is_written() {
            text!(
                "{from} semble lister vos clients : {reached} des {of} autres tables y mènent ({sure} %). Traitez-vous pour leur compte ? Sinon, retirez [clients] et les « client » des tables",
                "{from} seems to list your clients: {reached} of the {of} other tables lead there ({sure} %). Do you process for them? If not, remove [clients] and the `client` of the tables"
            )
        } else {
            text!(
                "{from} liste-t-elle des clients pour le compte desquels vous traitez ? {reached} des {of} autres tables y mènent ({sure} %) ; [clients] est en commentaire dans serment.toml",
                "does {from} list clients for whom you process? {reached} of the {of} other tables lead there ({sure} %); [clients] is a comment in serment.toml"
            )
        };
        questions.push(Question::new(Topic::Clients, &clients.from, text));
    }
}

fn store(source: &Source, questions: &mut Vec<Question>) {
    if let Some(variable) = &source.export {
        let form = match source.kind {
            StoreKind::Postgres => "postgres://USER:PASSWORD@HOST/DATABASE",
            StoreKind::Mariadb => "mariadb://USER:PASSWORD@HOST/DATABASE",
            _ => "/PATH/TO/FILE.db",
        };
        questions.push(Question::new(
            Topic::Stores,
            &source.name,
            text!(
                "export {variable}={form} : l'adresse n'est pas dans l'ébauche",
                "export {variable}={form}: the address is not in the draft"
            ),
        ));
    }
    questions.push(Question::new(
        Topic::Stores,
        &source.name,
        text!(
            "dans quel pays sont ces données (location), qui exploite la base (operator), combien de temps vivent ses sauvegardes (copies) ?",
            "in which country are these data (location), who operates the store (operator), how long do its backups live (copies)?"
        ),
    ));
}

/// Most doubtful columns of one table that are asked about one by one.
const MOST_DOUBTFUL: usize = 12;

fn columns(place: &str, table: &TableDraft, questions: &mut Vec<Question>) {
    let said = |category: Option<&Category>| category.map_or_else(|| "none".to_owned(), ToString::to_string);
    let doubtful = table
        .columns
        .iter()
        .filter(|column| column.best().confidence < DOUBTFUL)
        .count();
    if doubtful > MOST_DOUBTFUL {
        questions.push(Question::new(
            Topic::Columns,
            place,
            text!(
                "{doubtful} colonnes sont douteuses : un « ? » les marque dans le fichier",
                "{doubtful} columns are doubtful: a `?` marks them in the file"
            ),
        ));
    }
    for column in &table.columns {
        let place = format!("{place}.{}", column.path());
        let best = column.best();
        if best.confidence < DOUBTFUL && doubtful <= MOST_DOUBTFUL {
            let (chosen, sure) = (said(best.category.as_ref()), best.confidence);
            let other = column
                .guesses
                .get(1)
                .map(|guess| (said(guess.category.as_ref()), guess.confidence));
            let text = match other {
                Some((other, less)) => text!(
                    "{chosen} ({sure} %) ou {other} ({less} %) ?",
                    "{chosen} ({sure} %) or {other} ({less} %)?"
                ),
                None => text!(
                    "{chosen} ({sure} %) : est-ce juste ?",
                    "{chosen} ({sure} %): is it right?"
                ),
            };
            questions.push(Question::new(Topic::Columns, &place, text));
        }
        if let Some(category) = column
            .category()
            .filter(|category| is_special(category) || is_offence(category))
        {
            questions.push(Question::new(
                Topic::Sensitive,
                &place,
                text!(
                    "{category} : l'article 9 ou 10 du RGPD l'interdit sauf exception ; laquelle ?",
                    "{category}: Art. 9 or 10 GDPR forbids it save for an exception; which one?"
                ),
            ));
        }
        for (pattern, count) in &column.sensitive {
            let what = pattern.label();
            questions.push(Question::new(
                Topic::Sensitive,
                &place,
                text!(
                    "{count} valeurs lues contiennent des {what} : doivent-elles y être ?",
                    "{count} of the values read hold {what}: should they be there?";
                    what
                ),
            ));
        }
        if let Some((weak, clear, of)) = column.unprotected {
            questions.push(Question::new(
                Topic::Sensitive,
                &place,
                text!(
                    "sur {of} mots de passe lus, {clear} ne sont pas des empreintes et {weak} en sont de trop rapides",
                    "of {of} passwords read, {clear} are no hashes and {weak} are too fast ones"
                ),
            ));
        }
    }
}

fn retention(place: &str, table: &TableDraft, questions: &mut Vec<Question>) {
    let child = table.written_links().any(|link| link.kind == Kind::BelongsTo);
    if !table.is_personal() || child {
        return;
    }
    let who = table.subject.as_ref().map_or_else(
        || ("?".to_owned(), "?".to_owned()),
        |(_, fr, en)| (fr.clone(), en.clone()),
    );
    let (who_fr, who_en) = who;
    let events: Vec<String> = table
        .events
        .iter()
        .map(|(name, _)| name.clone())
        .take(6)
        .collect();
    let events = if events.is_empty() {
        "—".to_owned()
    } else {
        events.join(", ")
    };
    questions.push(Question::new(
        Topic::Retention,
        place,
        text!(
            "de qui est-ce ({who_fr} ?), pour quelle finalité, sur quelle base légale, combien de temps et après quoi ? Événements trouvés : {events}",
            "whose is it ({who_en}?), for which purpose, on which legal basis, how long and after what? Events found: {events}"
        ),
    ));
}

fn links(place: &str, table: &TableDraft, questions: &mut Vec<Question>) {
    for link in &table.links {
        let columns = link
            .by
            .iter()
            .map(|(ours, _)| tame(ours))
            .collect::<Vec<_>>()
            .join(", ");
        let (to, sure) = (tame(&link.to), link.confidence);
        if let Some(why) = &link.why_not {
            questions.push(Question::new(
                Topic::Links,
                place,
                text!(
                    "le lien de ({columns}) vers {to} est en commentaire : {why}",
                    "the link from ({columns}) to {to} is a comment: {why}";
                    why
                ),
            ));
        } else if !link.declared {
            questions.push(Question::new(
                Topic::Links,
                place,
                text!(
                    "({columns}) mène-t-elle à {to} ? La base ne le déclare pas ({sure} %)",
                    "does ({columns}) lead to {to}? The database does not declare it ({sure} %)"
                ),
            ));
        }
    }
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    for name in &names {
        let Some(stem) = name.strip_suffix("_type") else {
            continue;
        };
        if names.contains(&format!("{stem}_id").as_str()) {
            let stem = tame(stem);
            questions.push(Question::new(
                Topic::Links,
                place,
                text!(
                    "{stem}_type et {stem}_id mènent à plusieurs tables : écrivez un lien pour chacune, avec son « where »",
                    "{stem}_type and {stem}_id lead to several tables: write one link for each, with its `where`"
                ),
            ));
        }
    }
}

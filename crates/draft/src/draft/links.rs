//! Links: those that the database declares, those that names and values suggest, and what each means.

use std::collections::{BTreeMap, BTreeSet};

use serment_detect::about::head;
use serment_detect::words::{singular, words};
use serment_register::model::Text;
use serment_register::text;
use serment_store::catalogue::{ColumnKind, Table};

use super::questions::{Question, Topic};
use super::read::{TableDraft, can_be_written};
use super::write::name_of;
use super::{person, tame};
use crate::source::Source;

/// What a link means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The same person.
    BelongsTo,
    /// Something else.
    RefersTo,
}

/// A link of the draft.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkDraft {
    /// Its name.
    pub name: String,
    /// What it means.
    pub kind: Kind,
    /// The table that it reaches, as the register names it.
    pub to: String,
    /// Pairs of columns: ours, theirs.
    pub by: Vec<(String, String)>,
    /// How sure, in hundredths: 99 for a foreign key.
    pub confidence: u8,
    /// Whether the database declares it.
    pub declared: bool,
    /// Why the draft does not write it, when it does not.
    pub why_not: Option<Text>,
}

/// A link between stores: a suggestion that the draft comments out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AcrossDraft {
    /// Store and table that would hold it.
    pub from: (String, String),
    /// Its name.
    pub name: String,
    /// `store.table` that it reaches.
    pub to: String,
    /// Columns: ours, theirs.
    pub by: (String, String),
    /// How sure, in hundredths.
    pub confidence: u8,
    /// Values seen on both sides, of how many on the smaller one.
    pub shared: (usize, usize),
}

/// Words that say that a column leads to a row: not part of what it leads to.
const LEADS: [&str; 10] = [
    "id", "fk", "uuid", "guid", "ref", "no", "num", "numero", "key", "code",
];
/// Words of whoever acts upon a row, whose data it is not.
const ACTORS: [&str; 40] = [
    "adviser",
    "advisor",
    "agent",
    "approved",
    "approver",
    "assigned",
    "assignee",
    "author",
    "auteur",
    "by",
    "commercial",
    "conseiller",
    "created",
    "creator",
    "cree",
    "duplicate",
    "editor",
    "employee",
    "gestionnaire",
    "handler",
    "manager",
    "modified",
    "original",
    "owner",
    "parent",
    "previous",
    "referent",
    "referrer",
    "rep",
    "reports",
    "responsable",
    "reviewer",
    "seller",
    "sponsor",
    "staff",
    "superior",
    "supervisor",
    "updated",
    "validated",
    "vendeur",
];

/// The links inside a store.
pub(super) fn within(source: &Source, drafts: &mut [TableDraft]) {
    let ids: BTreeMap<_, String> = drafts
        .iter()
        .map(|draft| (draft.name.clone(), draft.id.clone()))
        .collect();
    let keys: BTreeMap<String, Vec<String>> = drafts
        .iter()
        .map(|draft| (draft.id.clone(), draft.key.clone()))
        .collect();
    for draft in drafts.iter_mut() {
        let Some(table) = source.catalogue.tables.get(&draft.name) else {
            continue;
        };
        let mut links = Vec::new();
        for key in &table.foreign_keys {
            let by: Vec<(String, String)> = key
                .columns
                .iter()
                .cloned()
                .zip(key.target_columns.iter().cloned())
                .collect();
            let Some(to) = ids.get(&key.target) else { continue };
            if by.is_empty()
                || links
                    .iter()
                    .any(|link: &LinkDraft| link.by == by && link.to == *to)
            {
                continue;
            }
            let why_not = impossible(&by, keys.get(to));
            links.push(LinkDraft {
                name: String::new(),
                kind: Kind::RefersTo,
                to: to.clone(),
                by,
                confidence: 99,
                declared: true,
                why_not,
            });
        }
        links.extend(guessed(source, draft, table, &links, &ids));
        name_them(
            &mut links,
            &draft.columns.iter().map(|column| column.name.clone()).collect(),
        );
        draft.links = links;
    }
}

/// Why a register cannot write a link.
fn impossible(by: &[(String, String)], key: Option<&Vec<String>>) -> Option<Text> {
    if by
        .iter()
        .any(|(ours, theirs)| !can_be_written(ours) || !can_be_written(theirs))
    {
        return Some(text!(
            "une de ses colonnes ne peut pas s'écrire dans un registre",
            "one of its columns cannot be written in a register"
        ));
    }
    let theirs: BTreeSet<&String> = by.iter().map(|(_, theirs)| theirs).collect();
    let key: BTreeSet<&String> = key.into_iter().flatten().collect();
    (theirs.is_subset(&key) && theirs.len() < key.len()).then(|| {
        text!(
            "il ne nomme qu'une partie de la clé et atteindrait plusieurs lignes",
            "it names only a part of the key and would reach several rows"
        )
    })
}

/// What a column seems to lead to: its words without those that say that it leads somewhere.
fn stem(column: &str) -> Option<Vec<String>> {
    let mut words = words(column);
    let before = words.len();
    if words.len() > 1 && words.first().is_some_and(|word| LEADS.contains(&word.as_str())) {
        words.remove(0);
    }
    if words.len() > 1 && words.last().is_some_and(|word| LEADS.contains(&word.as_str())) {
        words.pop();
    }
    (words.len() < before).then(|| words.iter().map(|word| singular(word)).collect())
}

/// Whether a table is what such words name.
fn is_named(table: &str, stem: &[String]) -> bool {
    let all: Vec<String> = words(table).iter().map(|word| singular(word)).collect();
    // `t_contacts`, `crm_contacts`: prefixes of a house.
    !stem.is_empty() && (all == stem || all.ends_with(stem) && all.len() <= stem.len() + 1)
}

/// The links that nothing declares: a column named after a table, of the type of its key.
fn guessed(
    source: &Source,
    draft: &TableDraft,
    table: &Table,
    declared: &[LinkDraft],
    ids: &BTreeMap<serment_store::catalogue::TableName, String>,
) -> Vec<LinkDraft> {
    let taken: BTreeSet<&str> = declared
        .iter()
        .flat_map(|link| link.by.iter().map(|(ours, _)| ours.as_str()))
        .collect();
    let mut found: Vec<LinkDraft> = Vec::new();
    for column in &table.columns {
        if taken.contains(column.name.as_str()) || !can_be_written(&column.name) {
            continue;
        }
        let Some(stem) = stem(&column.name) else { continue };
        let candidates = source.catalogue.tables.iter().filter(|(name, target)| {
            **name != draft.name
                && ids.contains_key(*name)
                && is_named(&name.name, &stem)
                && matches!(target.primary_key.as_slice(), [key] if can_be_written(key) && target.column(key).is_some_and(|key| like(key.kind, column.kind)))
        });
        let Some((name, target)) = candidates.min_by_key(|(name, _)| words(&name.name).len()) else {
            continue;
        };
        let theirs = &target.primary_key[0];
        let seen = |table, column: &str| source.observed.get(table).and_then(|columns| columns.get(column));
        let mut confidence = 72;
        if let (Some(ours), Some(others)) = (seen(&draft.name, &column.name), seen(name, theirs))
            && ours.distinct() >= 3
        {
            let shared = ours.shared_with(others) * 100 / ours.distinct();
            // Where every row of the target was read, what is not among them does not exist.
            let whole = target.estimated_rows <= others.distinct() as u64;
            confidence = match (shared, whole) {
                (60.., true) => 90,
                (0..20, true) => 30,
                (1.., _) => 82,
                _ => 68,
            };
        }
        if confidence >= super::DOUBTFUL {
            found.push(LinkDraft {
                name: String::new(),
                kind: Kind::RefersTo,
                to: ids[name].clone(),
                by: vec![(column.name.clone(), theirs.clone())],
                confidence,
                declared: false,
                why_not: None,
            });
        }
    }
    found
}

/// Whether two columns can hold the same keys.
fn like(one: ColumnKind, other: ColumnKind) -> bool {
    let sort = |kind| match kind {
        ColumnKind::Integer | ColumnKind::Number => 0,
        ColumnKind::Text | ColumnKind::Uuid => 1,
        _ => 2,
    };
    sort(one) == sort(other) && sort(one) < 2
}

/// Each link is named after its column, without what says that it is one.
fn name_them(links: &mut [LinkDraft], columns: &BTreeSet<String>) {
    let mut taken = BTreeSet::new();
    for link in links {
        let wanted = match link.by.as_slice() {
            [(ours, _)] => stem(ours)
                .map(|stem| stem.join("_"))
                .filter(|stem| !stem.is_empty()),
            _ => None,
        };
        let wanted = name_of(&wanted.unwrap_or_else(|| head(&link.to)), "link");
        let mut name = wanted.clone();
        let mut number = 2;
        // A link called like a column would be taken for it where `client` names one of the two.
        while columns.contains(&name) || !taken.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        link.name = name;
    }
}

/// What each link means: the same person, or something else.
pub(super) fn kinds(drafts: &mut [TableDraft], questions: &mut Vec<Question>, store: &str) {
    let somebody: BTreeSet<String> = drafts
        .iter()
        .filter(|draft| person::is_somebody(draft))
        .map(|draft| draft.id.clone())
        .collect();
    let mut owners: BTreeSet<String> = drafts
        .iter()
        .filter(|draft| person::may_own(draft))
        .map(|draft| draft.id.clone())
        .collect();
    // A line belongs to an invoice that belongs to a customer: owners are found from parents to children.
    for _ in 0..drafts.len() {
        let mut grown = false;
        for draft in drafts.iter_mut() {
            let unique = draft.key.clone();
            let own_person = somebody.contains(&draft.id);
            let mut best: Option<(usize, usize)> = None;
            for (at, link) in draft.links.iter().enumerate() {
                let ours: Vec<String> = link.by.iter().map(|(ours, _)| ours.clone()).collect();
                let single = ours == unique;
                if link.why_not.is_some()
                    || link.to == draft.id
                    || !owners.contains(&link.to)
                    || (own_person && !single)
                {
                    continue;
                }
                let acts = ours
                    .iter()
                    .flat_map(|column| words(column))
                    .any(|word| ACTORS.contains(&word.as_str()));
                let named = stem(&ours[0]).is_some_and(|stem| is_named(&link.to, &stem));
                if acts && !named {
                    continue;
                }
                let in_key = ours.iter().all(|column| draft.key.contains(column));
                let rank = usize::from(single) * 8
                    + usize::from(in_key) * 4
                    + usize::from(named) * 2
                    + usize::from(link.declared);
                if best.is_none_or(|(found, _)| rank > found) {
                    best = Some((rank, at));
                }
            }
            let before = draft.links.iter().position(|link| link.kind == Kind::BelongsTo);
            if let (None, Some((_, at))) = (before, best) {
                draft.links[at].kind = Kind::BelongsTo;
                grown |= owners.insert(draft.id.clone());
            }
        }
        if !grown {
            break;
        }
    }
    for draft in drafts.iter() {
        let Some(chosen) = draft.links.iter().find(|link| link.kind == Kind::BelongsTo) else {
            continue;
        };
        for other in draft.links.iter().filter(|link| {
            link.kind == Kind::RefersTo
                && link.why_not.is_none()
                && link.to != draft.id
                && owners.contains(&link.to)
        }) {
            let (chosen, other) = (&chosen.name, &other.name);
            questions.push(Question::new(
                Topic::Links,
                &format!("{store}.{}", tame(&draft.id)),
                text!(
                    "ses lignes sont-elles les données de la personne de « {chosen} » (belongs_to, c'est écrit ainsi) ou de « {other} » ?",
                    "are its rows the data of the person of `{chosen}` (belongs_to, as it is written) or of `{other}`?"
                ),
            ));
        }
    }
}

/// Tables that refer to one another in a circle have no order in which to go: one link of each circle is commented out,
/// a guessed one first, then one that may be empty.
pub(super) fn circles(drafts: &mut [TableDraft]) {
    while let Some(circle) = circle(drafts) {
        let weakest = circle.iter().copied().min_by_key(|(draft, link)| {
            let link = &drafts[*draft].links[*link];
            (link.kind == Kind::BelongsTo, link.declared, link.confidence)
        });
        let Some((draft, link)) = weakest else { return };
        drafts[draft].links[link].why_not = Some(text!(
            "il fermerait un cercle de tables, et aucune ne pourrait partir la première",
            "it would close a circle of tables, and none could go first"
        ));
    }
}

/// The links of some circle: where each starts, which one it is.
fn circle(drafts: &[TableDraft]) -> Option<Vec<(usize, usize)>> {
    let at: BTreeMap<&str, usize> = drafts
        .iter()
        .enumerate()
        .map(|(at, draft)| (draft.id.as_str(), at))
        .collect();
    // 0 not seen, 1 on the way, 2 done.
    let mut state = vec![0_u8; drafts.len()];
    for start in 0..drafts.len() {
        if state[start] != 0 {
            continue;
        }
        // Table, and the next of its links to try.
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        state[start] = 1;
        while let Some((table, next)) = way.last().copied() {
            let Some(link) = drafts[table].links.get(next) else {
                state[table] = 2;
                way.pop();
                continue;
            };
            if let Some(last) = way.last_mut() {
                last.1 += 1;
            }
            let Some(to) = at
                .get(link.to.as_str())
                .copied()
                .filter(|to| *to != table && link.why_not.is_none())
            else {
                continue;
            };
            match state[to] {
                0 => {
                    state[to] = 1;
                    way.push((to, 0));
                }
                1 => {
                    let from = way.iter().position(|(table, _)| *table == to).unwrap_or(0);
                    return Some(
                        way[from..]
                            .iter()
                            .map(|(table, next)| (*table, next - 1))
                            .collect(),
                    );
                }
                _ => {}
            }
        }
    }
    None
}

/// Most suggestions between stores.
const MOST_ACROSS: usize = 60;

/// Links between stores: columns named after a table of another one, and columns of the same category that share values.
/// Values are compared here, by their hashes: none of one database is ever sent to another.
pub(super) fn across(sources: &[Source], tables: &BTreeMap<String, Vec<TableDraft>>) -> Vec<AcrossDraft> {
    let mut found = Vec::new();
    for from in sources {
        for to in sources.iter().filter(|to| to.name != from.name) {
            let (Some(ours), Some(theirs)) = (tables.get(&from.name), tables.get(&to.name)) else {
                continue;
            };
            for draft in ours {
                for target in theirs {
                    found.extend(named_across(from, draft, to, target, ours));
                    // Once for each pair, from the smaller to the larger.
                    if (draft.rows, &from.name) < (target.rows, &to.name) {
                        found.extend(shared_across(from, draft, to, target));
                    }
                }
            }
        }
    }
    found.sort_by(|left, right| {
        right
            .confidence
            .cmp(&left.confidence)
            .then_with(|| left.from.cmp(&right.from))
    });
    found.truncate(MOST_ACROSS);
    found
}

fn shared(
    from: &Source,
    draft: &TableDraft,
    ours: &str,
    to: &Source,
    target: &TableDraft,
    theirs: &str,
) -> (usize, usize) {
    let seen = |source: &Source, table: &TableDraft, column: &str| {
        source
            .observed
            .get(&table.name)
            .and_then(|columns| columns.get(column))
            .cloned()
    };
    match (seen(from, draft, ours), seen(to, target, theirs)) {
        (Some(one), Some(other)) => (one.shared_with(&other), one.distinct().min(other.distinct())),
        _ => (0, 0),
    }
}

fn named_across(
    from: &Source,
    draft: &TableDraft,
    to: &Source,
    target: &TableDraft,
    own: &[TableDraft],
) -> Vec<AcrossDraft> {
    let mut found = Vec::new();
    let [theirs] = target.key.as_slice() else {
        return found;
    };
    let kind = |source: &Source, table: &TableDraft, column: &str| {
        source
            .catalogue
            .tables
            .get(&table.name)
            .and_then(|table| table.column(column))
            .map(|column| column.kind)
    };
    for column in draft.columns.iter().filter(|column| column.inside.is_empty()) {
        let linked = draft
            .links
            .iter()
            .any(|link| link.by.iter().any(|(ours, _)| *ours == column.name));
        let Some(stem) = stem(&column.name).filter(|_| !linked) else {
            continue;
        };
        // `crm_contact_id` says the store, too.
        let said = stem
            .strip_prefix([from_word(&to.name)].as_slice())
            .unwrap_or(&stem);
        let alike = matches!((kind(from, draft, &column.name), kind(to, target, theirs)), (Some(one), Some(other)) if like(one, other));
        if !alike
            || !is_named(&target.name.name, said)
            || own.iter().any(|table| is_named(&table.name.name, &stem))
        {
            continue;
        }
        let (both, of) = shared(from, draft, &column.name, to, target, theirs);
        let confidence = if said.len() < stem.len() { 75 } else { 55 };
        let confidence = if of >= 3 && both * 2 >= of {
            confidence + 15
        } else {
            confidence
        };
        found.push(AcrossDraft {
            from: (from.name.clone(), draft.id.clone()),
            name: name_of(&stem.join("_"), "link"),
            to: format!("{}.{}", to.name, target.id),
            by: (column.name.clone(), theirs.clone()),
            confidence,
            shared: (both, of),
        });
    }
    found
}

fn from_word(store: &str) -> String {
    words(store)
        .iter()
        .map(|word| singular(word))
        .collect::<Vec<_>>()
        .join("_")
}

/// Two tables that know the same persons by the same identifier.
fn shared_across(from: &Source, draft: &TableDraft, to: &Source, target: &TableDraft) -> Vec<AcrossDraft> {
    let mut found = Vec::new();
    for (name, ours, _) in &draft.identify {
        for (other, theirs, _) in target.identify.iter().filter(|(other, ..)| other == name) {
            // A telephone is shared by a household or a firm, an address of the network by more.
            if other == "ip" || other == "phone" {
                continue;
            }
            let (both, of) = shared(from, draft, ours, to, target, theirs);
            if both < 3 || both * 50 < of {
                continue;
            }
            let share = u8::try_from(both * 40 / of.max(1)).unwrap_or(40);
            found.push(AcrossDraft {
                from: (from.name.clone(), draft.id.clone()),
                name: name_of(&format!("{}_{}", to.name, head(&target.id)), "link"),
                to: format!("{}.{}", to.name, target.id),
                by: (ours.clone(), theirs.clone()),
                confidence: 50 + share,
                shared: (both, of),
            });
        }
    }
    found
}

//! The slow model: what must happen to each row and each cell of a world, decided one at a time from the words of the
//! design, without a look at the planner.
//!
//! Logic is three-valued: `None` is unknown. Where the words leave a choice, the model never erases too early.

use std::collections::BTreeSet;

use jiff::ToSpan;

use crate::moments::{self, Told};
use crate::world::{ClientOf, Hold, Holds, Link, Operand, Period, Reading, Rule, Test, Value, World};

/// A row: table and position.
pub type Row = (usize, usize);

/// What a rule says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    NotConcerned,
    NeverBegan,
    Runs,
    Ended,
}

/// Where a link leads from a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Nowhere: a NULL, or a polymorphic link that does not hold.
    Nowhere,
    /// To a row that does not exist.
    Dangling,
    Row(Row),
}

impl Reach {
    /// The row that it may reach.
    fn row(self) -> Option<Row> {
        match self {
            Reach::Row(row) => Some(row),
            Reach::Nowhere | Reach::Dangling => None,
        }
    }
}

/// What becomes of a world.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fate {
    /// Rows that go.
    pub gone: BTreeSet<Row>,
    /// Cells that are cleared in rows that stay.
    pub cleared: BTreeSet<(usize, usize, usize)>,
    /// Cells that lose their person by the strategy of their column.
    pub anonymised: BTreeSet<(usize, usize, usize)>,
    /// Rows that a hold freezes.
    pub frozen: BTreeSet<Row>,
    /// What each rule says of each row of its table.
    pub verdicts: Vec<Vec<Verdict>>,
}

/// Whether a row that a hold freezes because another one refers to it freezes in turn what belongs to it: the words
/// leave it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freeze {
    Wide,
    Narrow,
}

/// Whether a row whose dates a staying row's rules read may go all the same, when a date at least three days later
/// stands beside each of its dates: the words ask only that nothing be erased too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    Outlived,
    Strict,
}

/// Decides.
pub fn decide(world: &World, freeze: Freeze, feed: Feed) -> Fate {
    Model { world, freeze, feed }.decide()
}

struct Model<'w> {
    world: &'w World,
    freeze: Freeze,
    feed: Feed,
}

/// What governs a row: verdicts of rules, and whether some rule that might govern it cannot be known.
#[derive(Debug, Clone, Default)]
struct Governed {
    verdicts: Vec<(usize, Verdict)>,
    unknown: bool,
}

impl Governed {
    fn running(&self) -> impl Iterator<Item = usize> {
        self.of(Verdict::Runs)
    }

    fn ended(&self) -> impl Iterator<Item = usize> {
        self.of(Verdict::Ended)
    }

    fn of(&self, verdict: Verdict) -> impl Iterator<Item = usize> {
        self.verdicts
            .iter()
            .filter(move |(_, it)| *it == verdict)
            .map(|(rule, _)| *rule)
    }
}

impl Model<'_> {
    fn decide(&self) -> Fate {
        let rows = self.rows();
        let mut fate = Fate {
            frozen: self.frozen(),
            ..Fate::default()
        };
        for (number, rule) in self.world.rules.iter().enumerate() {
            let count = self.world.tables[rule.of].rows.len();
            fate.verdicts
                .push((0..count).map(|at| self.judge(number, (rule.of, at))).collect());
        }
        let governed: Vec<(Row, Governed)> = rows
            .iter()
            .map(|row| (*row, self.governed(*row, &mut Vec::new())))
            .collect();
        fate.gone = self.going(&governed, &fate.frozen);
        for (row, by) in &governed {
            if fate.gone.contains(row) || fate.frozen.contains(row) || by.unknown {
                continue;
            }
            self.clear(*row, by, &governed, &mut fate);
        }
        fate
    }

    fn rows(&self) -> Vec<Row> {
        let tables = self.world.tables.iter().enumerate();
        tables
            .flat_map(|(table, it)| (0..it.rows.len()).map(move |at| (table, at)))
            .collect()
    }

    fn cell(&self, row: Row, column: usize) -> &Value {
        &self.world.tables[row.0].rows[row.1][column]
    }

    // --- Links ---

    fn reach(&self, row: Row, link: &Link) -> Reach {
        let holds = link.when.as_ref().map_or(Some(true), |when| self.test(row, when));
        // NULL never matches: a polymorphic link that may or may not hold does not.
        if holds != Some(true)
            || link
                .by
                .iter()
                .any(|(ours, _)| *self.cell(row, *ours) == Value::Null)
        {
            return Reach::Nowhere;
        }
        let target = (0..self.world.tables[link.to].rows.len())
            .map(|at| (link.to, at))
            .find(|there| {
                link.by
                    .iter()
                    .all(|(ours, theirs)| self.cell(row, *ours) == self.cell(*there, *theirs))
            });
        target.map_or(Reach::Dangling, Reach::Row)
    }

    fn links(&self, row: Row) -> impl Iterator<Item = &Link> {
        self.world.tables[row.0].links.iter()
    }

    /// The rows that a row may refer to.
    fn referred(&self, row: Row) -> impl Iterator<Item = Row> {
        self.links(row)
            .filter_map(move |link| self.reach(row, link).row())
            .filter(move |to| *to != row)
    }

    // --- Conditions ---

    fn test(&self, row: Row, test: &Test) -> Option<bool> {
        match test {
            Test::All(parts) => parts
                .iter()
                .map(|part| self.test(row, part))
                .fold(Some(true), and),
            Test::Any(parts) => parts
                .iter()
                .map(|part| self.test(row, part))
                .fold(Some(false), or),
            Test::Not(part) => self.test(row, part).map(|holds| !holds),
            Test::IsNull(column, negated) => Some((*self.cell(row, *column) == Value::Null) != *negated),
            Test::In(column, values, negated) => match self.cell(row, *column) {
                Value::Null => None,
                value => Some(values.contains(value) != *negated),
            },
            Test::Between(column, low, high, negated) => match self.cell(row, *column) {
                Value::Number(number) => Some((low <= number && number <= high) != *negated),
                _ => None,
            },
            Test::Compare(column, operator, Operand::Now) => {
                let Holds::Time(written) = &self.world.tables[row.0].columns[*column].holds else {
                    panic!("only times are compared with now");
                };
                let value = self.cell(row, *column);
                let moment = moments::read(value, written, self.world)?;
                Some(compare(operator, moment.instant.cmp(&self.world.now)))
            }
            Test::Compare(column, operator, operand) => {
                let left = self.cell(row, *column);
                let right = match operand {
                    Operand::Column(other) => self.cell(row, *other),
                    Operand::Value(value) => value,
                    Operand::Now => unreachable!("handled above"),
                };
                if *left == Value::Null || *right == Value::Null {
                    return None;
                }
                Some(compare(operator, left.cmp(right)))
            }
        }
    }

    fn state(&self, row: Row, state: usize) -> Option<bool> {
        let states = &self.world.tables[row.0].states;
        let (_, reading) = states
            .iter()
            .find(|(number, _)| *number == state)
            .expect("a declared state");
        match reading {
            Reading::Own(test) => self.test(row, test),
            Reading::Parent { link, what } => match self.reach(row, &self.world.tables[row.0].links[*link]) {
                Reach::Nowhere => Some(false),
                Reach::Dangling => None,
                Reach::Row(parent) => self.test(parent, what),
            },
            Reading::Children { table, link, what } => self
                .children(row, *table, *link)
                .map(|child| self.test(child, what))
                .fold(Some(false), or),
        }
    }

    /// The children that reach a row by a link.
    fn children(&self, row: Row, table: usize, link: usize) -> impl Iterator<Item = Row> {
        let by = &self.world.tables[table].links[link];
        let rows = (0..self.world.tables[table].rows.len()).map(move |at| (table, at));
        rows.filter(move |child| self.reach(*child, by) == Reach::Row(row))
    }

    // --- Events ---

    /// All that the sources of an event say.
    fn event(&self, row: Row, event: usize) -> Vec<Told> {
        let events = &self.world.tables[row.0].events;
        let (_, sources) = events
            .iter()
            .find(|(number, _)| *number == event)
            .expect("a declared event");
        sources
            .iter()
            .flat_map(|source| self.source(row, event, source))
            .collect()
    }

    fn source(&self, row: Row, event: usize, source: &Reading<usize>) -> Vec<Told> {
        match source {
            Reading::Own(column) => vec![self.tell(row, *column, event)],
            Reading::Parent { link, what } => match self.reach(row, &self.world.tables[row.0].links[*link]) {
                Reach::Nowhere => vec![Told::Nothing],
                Reach::Dangling => vec![Told::Unknown],
                Reach::Row(parent) => vec![self.tell(parent, *what, event)],
            },
            Reading::Children { table, link, what } => self
                .children(row, *table, *link)
                .map(|child| self.tell(child, *what, event))
                .collect(),
        }
    }

    fn tell(&self, row: Row, column: usize, event: usize) -> Told {
        let Holds::Time(written) = &self.world.tables[row.0].columns[column].holds else {
            panic!("an event is read from a time");
        };
        moments::tell(
            self.cell(row, column),
            written,
            self.world.planned[event],
            self.world,
        )
    }

    /// The latest value of several events: `Err` when something they read is unknown.
    fn latest(&self, row: Row, events: &[usize]) -> Result<Option<moments::Moment>, ()> {
        let mut latest: Option<moments::Moment> = None;
        for told in events.iter().flat_map(|event| self.event(row, *event)) {
            match told {
                Told::Unknown => return Err(()),
                Told::At(moment)
                    if latest.is_none_or(|it| (it.date, it.instant) < (moment.date, moment.instant)) =>
                {
                    latest = Some(moment);
                }
                Told::At(_) | Told::Nothing => {}
            }
        }
        Ok(latest)
    }

    // --- Rules ---

    fn concerned(&self, rule: &Rule, row: Row) -> Option<bool> {
        self.world.tables[row.0]
            .subjects
            .iter()
            .filter(|(subject, _)| rule.subjects.contains(subject))
            .map(|(_, when)| when.as_ref().map_or(Some(true), |when| self.test(row, when)))
            .fold(Some(false), or)
    }

    /// Never began, runs or has ended.
    fn judge(&self, number: usize, row: Row) -> Verdict {
        let rule = &self.world.rules[number];
        // NULL never matches: a row of an unknown subject is not of the activity's subjects.
        if self.concerned(rule, row) != Some(true) {
            return Verdict::NotConcerned;
        }
        let mut verdict = self.timed(rule, rule.keep, row).unwrap_or(Verdict::Runs);
        if let Some((client, longer)) = rule.asked
            && self.client(row, 0).is_none_or(|it| it == Value::Number(client))
        {
            verdict = self.timed(rule, Some(longer), row).unwrap_or(Verdict::Runs);
        }
        let held = rule
            .while_states
            .iter()
            .any(|state| self.state(row, *state) != Some(false));
        if held { Verdict::Runs } else { verdict }
    }

    /// What the events say: `Err` when something they read is unknown.
    fn timed(&self, rule: &Rule, keep: Option<Period>, row: Row) -> Result<Verdict, ()> {
        let after = self.latest(row, &rule.after)?;
        let mut ending = false;
        let mut ahead = false;
        for event in &rule.or_on {
            if let Some(moment) = self.latest(row, &[*event])? {
                let has = moments::happened(moment, rule.quiet, self.world);
                ending |= has;
                ahead |= !has;
            }
        }
        let clock = match after {
            Some(moment) => Some(moment),
            None => self.latest(row, &rule.else_after)?,
        };
        let past =
            |period| clock.is_some_and(|clock| moments::due(clock.date, period, rule.quiet, self.world));
        let duty_is_over = rule.at_least.is_none_or(past);
        Ok(match (ending, clock) {
            (true, _) if duty_is_over => Verdict::Ended,
            (true, _) => Verdict::Runs,
            (false, None) if ahead => Verdict::Runs,
            (false, None) => Verdict::NeverBegan,
            (false, Some(_)) if duty_is_over && keep.is_some_and(past) => Verdict::Ended,
            (false, Some(_)) => Verdict::Runs,
        })
    }

    /// The rules that govern a row: those of its table, else those of the rows that it belongs to.
    fn governed(&self, row: Row, on_the_way: &mut Vec<Row>) -> Governed {
        let mut found = Governed::default();
        if self.world.ruled(row.0) {
            let rules = self
                .world
                .rules
                .iter()
                .enumerate()
                .filter(|(_, rule)| rule.of == row.0);
            found.verdicts = rules
                .map(|(number, _)| (number, self.judge(number, row)))
                .collect();
            return found;
        }
        if on_the_way.contains(&row) {
            return found;
        }
        on_the_way.push(row);
        let mut dangling = false;
        // A row of its own table is no parent with rules.
        let governs =
            |link: &&Link| link.belongs && link.to != row.0 && !self.world.roots(link.to).is_empty();
        for link in self.links(row).filter(governs) {
            match self.reach(row, link) {
                Reach::Nowhere => {}
                Reach::Dangling => dangling = true,
                Reach::Row(parent) => {
                    let above = self.governed(parent, on_the_way);
                    found.verdicts.extend(above.verdicts);
                    found.unknown |= above.unknown;
                }
            }
        }
        on_the_way.pop();
        // A parent that is no more says nothing where another one governs.
        found.unknown |= dangling && found.verdicts.is_empty();
        found
    }

    // --- Rows ---

    /// The rows that go: as many as may go together, such that none that stays refers to one that goes, and none that
    /// stays has its dates or states read from one that goes.
    fn going(&self, governed: &[(Row, Governed)], frozen: &BTreeSet<Row>) -> BTreeSet<Row> {
        let erased = |by: &Governed| {
            by.ended().next().is_some() && by.ended().all(|rule| self.world.rules[rule].erase)
        };
        let mut going: BTreeSet<Row> = governed
            .iter()
            .filter(|(row, by)| {
                !frozen.contains(row) && !by.unknown && erased(by) && by.running().next().is_none()
            })
            .map(|(row, _)| *row)
            .collect();
        let mut needs: Vec<(Row, Row)> = Vec::new();
        for row in self.rows() {
            needs.extend(self.referred(row).map(|to| (row, to)));
            needs.extend(self.feeding(row).into_iter().map(|child| (row, child)));
        }
        loop {
            let before = going.len();
            for (staying, needed) in &needs {
                if !going.contains(staying) {
                    going.remove(needed);
                }
            }
            if going.len() == before {
                return going;
            }
        }
    }

    /// The child rows whose dates or states the rules of a row read, and need.
    fn feeding(&self, row: Row) -> Vec<Row> {
        let mut found = Vec::new();
        let here = &self.world.tables[row.0];
        // For each link that is read: the columns read as clocks, and whether something else is read too.
        let mut read: Vec<((usize, usize), Vec<usize>, bool)> = Vec::new();
        let mut note = |table: usize, link: usize, column: Option<usize>| {
            let at = read
                .iter()
                .position(|(by, ..)| *by == (table, link))
                .unwrap_or_else(|| {
                    read.push(((table, link), Vec::new(), false));
                    read.len() - 1
                });
            read[at].1.extend(column);
            read[at].2 |= column.is_none();
        };
        for rule in self.world.rules.iter().filter(|rule| rule.of == row.0) {
            for (_, reading) in here
                .states
                .iter()
                .filter(|(state, _)| rule.while_states.contains(state))
            {
                if let Reading::Children { table, link, .. } = reading {
                    note(*table, *link, None);
                }
            }
            for (event, sources) in &here.events {
                let clock = rule.after.contains(event) || rule.else_after.contains(event);
                let ends = rule.or_on.contains(event);
                for source in sources.iter().filter(|_| clock || ends) {
                    if let Reading::Children { table, link, what } = source {
                        note(*table, *link, (!ends).then_some(*what));
                    }
                }
            }
        }
        for ((table, link), columns, else_read) in read {
            let children: Vec<Row> = self.children(row, table, link).collect();
            let needed = |child: &&Row| {
                else_read
                    || !columns
                        .iter()
                        .all(|column| self.outlived(**child, *column, &children))
            };
            found.extend(children.iter().filter(|child| **child != row).filter(needed));
        }
        found
    }

    /// Whether a date of a row says nothing, or a surely later and plausible one stands in one of its siblings.
    fn outlived(&self, child: Row, column: usize, siblings: &[Row]) -> bool {
        let Holds::Time(written) = &self.world.tables[child.0].columns[column].holds else {
            panic!("an event is read from a time");
        };
        let tell = |row: Row| moments::tell(self.cell(row, column), written, false, self.world);
        match (self.feed, tell(child)) {
            (_, Told::Nothing) => self.feed == Feed::Outlived,
            (Feed::Outlived, Told::At(moment)) => siblings.iter().any(|other| match tell(*other) {
                Told::At(later) => later.instant >= moment.instant + 72.hours(),
                _ => false,
            }),
            _ => false,
        }
    }

    // --- Holds ---

    /// The rows that holds freeze: those named, what belongs to them, and what they refer to, by any number of links.
    fn frozen(&self) -> BTreeSet<Row> {
        let held: BTreeSet<Row> = self.rows().into_iter().filter(|row| self.held(*row)).collect();
        let mut frozen = self.with_referred(held.clone());
        frozen.extend(self.with_belonging(held));
        match self.freeze {
            Freeze::Narrow => frozen,
            Freeze::Wide => self.with_belonging(frozen),
        }
    }

    fn with_belonging(&self, mut rows: BTreeSet<Row>) -> BTreeSet<Row> {
        loop {
            let before = rows.len();
            for row in self.rows() {
                let mut above = self
                    .links(row)
                    .filter(|link| link.belongs)
                    .filter_map(|link| self.reach(row, link).row());
                if above.any(|above| rows.contains(&above)) {
                    rows.insert(row);
                }
            }
            if rows.len() == before {
                return rows;
            }
        }
    }

    fn with_referred(&self, mut rows: BTreeSet<Row>) -> BTreeSet<Row> {
        loop {
            let before = rows.len();
            let referred: Vec<Row> = rows.iter().flat_map(|row| self.referred(*row)).collect();
            rows.extend(referred);
            if rows.len() == before {
                return rows;
            }
        }
    }

    fn held(&self, row: Row) -> bool {
        self.world.holds.iter().any(|hold| match hold {
            Hold::Rows(table, rows) => *table == row.0 && rows.contains(&row.1),
            Hold::Filter(table, test) => *table == row.0 && self.test(row, test) != Some(false),
            Hold::Client(client) => self.client(row, 0).is_none_or(|it| it == Value::Number(*client)),
        })
    }

    /// Whose row it is, NULL for nobody's; None when a link on the way is unknown.
    fn client(&self, row: Row, depth: usize) -> Option<Value> {
        match self.world.tables[row.0].client {
            None => Some(Value::Null),
            Some(ClientOf::Column(column)) => Some(self.cell(row, column).clone()),
            Some(ClientOf::Link(_)) if depth > 8 => None,
            Some(ClientOf::Link(link)) => match self.reach(row, &self.world.tables[row.0].links[link]) {
                Reach::Nowhere => Some(Value::Null),
                Reach::Dangling => None,
                Reach::Row(parent) => self.client(parent, depth + 1),
            },
        }
    }

    // --- Cells ---

    fn clear(&self, row: Row, by: &Governed, governed: &[(Row, Governed)], fate: &mut Fate) {
        let footing = self.footing(row.0);
        for (at, column) in self.world.tables[row.0].columns.iter().enumerate() {
            let Some(category) = &column.category else {
                continue;
            };
            let covers = |rule: usize| self.world.covers(rule, category);
            if footing.contains(&at) || !by.ended().any(covers) || by.running().any(covers) {
                continue;
            }
            let needed_by_a_referrer = governed
                .iter()
                .any(|(other, its)| self.referred(*other).any(|to| to == row) && its.running().any(covers));
            if needed_by_a_referrer {
                continue;
            }
            let cell = (row.0, row.1, at);
            let erase = by
                .ended()
                .filter(|rule| covers(*rule))
                .all(|rule| self.world.rules[rule].erase);
            if erase {
                fate.cleared.insert(cell)
            } else {
                fate.anonymised.insert(cell)
            };
        }
    }

    /// The columns that stay as long as their row: keys, links, client, and what rules and subjects read.
    pub fn footing(&self, table: usize) -> BTreeSet<usize> {
        let world = self.world;
        let here = &world.tables[table];
        let mut found: BTreeSet<usize> = here.key.iter().copied().collect();
        if let Some(ClientOf::Column(column)) = here.client {
            found.insert(column);
        }
        for (number, other) in world.tables.iter().enumerate() {
            for link in &other.links {
                if number == table {
                    found.extend(link.by.iter().map(|(ours, _)| *ours));
                    found.extend(link.when.iter().flat_map(Test::columns));
                }
                if link.to == table {
                    found.extend(link.by.iter().map(|(_, theirs)| *theirs));
                }
            }
            let rules: Vec<&Rule> = world.rules.iter().filter(|rule| rule.of == number).collect();
            let reads = |reading_table: usize| reading_table == table;
            for (state, reading) in &other.states {
                if !rules.iter().any(|rule| rule.while_states.contains(state)) {
                    continue;
                }
                match reading {
                    Reading::Own(test) if reads(number) => found.extend(test.columns()),
                    Reading::Parent { link, what } if reads(other.links[*link].to) => {
                        found.extend(what.columns())
                    }
                    Reading::Children { table, what, .. } if reads(*table) => found.extend(what.columns()),
                    _ => {}
                }
            }
            for (event, sources) in &other.events {
                let read = |rule: &&Rule| {
                    [&rule.after, &rule.else_after, &rule.or_on]
                        .iter()
                        .any(|events| events.contains(event))
                };
                if !rules.iter().any(read) {
                    continue;
                }
                for source in sources {
                    match source {
                        Reading::Own(column) if reads(number) => found.insert(*column),
                        Reading::Parent { link, what } if reads(other.links[*link].to) => found.insert(*what),
                        Reading::Children { table, what, .. } if reads(*table) => found.insert(*what),
                        _ => false,
                    };
                }
            }
        }
        found.extend(
            here.subjects
                .iter()
                .filter_map(|(_, when)| when.as_ref())
                .flat_map(Test::columns),
        );
        found
    }
}

impl Test {
    /// The columns that it reads.
    pub fn columns(&self) -> Vec<usize> {
        match self {
            Test::All(parts) | Test::Any(parts) => parts.iter().flat_map(Test::columns).collect(),
            Test::Not(part) => part.columns(),
            Test::Compare(column, _, Operand::Column(other)) => vec![*column, *other],
            Test::Compare(column, ..)
            | Test::In(column, ..)
            | Test::Between(column, ..)
            | Test::IsNull(column, _) => {
                vec![*column]
            }
        }
    }
}

fn compare(operator: &str, order: std::cmp::Ordering) -> bool {
    match operator {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    }
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    and(left.map(|it| !it), right.map(|it| !it)).map(|it| !it)
}

//! The tables that a query speaks of: their column types are read before it is printed.

use serment_store::Statement;
use serment_store::catalogue::TableName;
use serment_store::condition::Condition;
use serment_store::query::{Change, Field, Keys, Lock, Moment, Rows, Tally};
use serment_store::survey::Sample;

/// Something that speaks of tables.
pub(crate) trait Tables {
    /// Adds the tables that it speaks of.
    fn tables(&self, found: &mut Vec<TableName>);

    /// All of them.
    fn all_tables(&self) -> Vec<TableName> {
        let mut found = Vec::new();
        self.tables(&mut found);
        found
    }
}

impl Tables for Condition {
    fn tables(&self, found: &mut Vec<TableName>) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| part.tables(found)),
            Condition::Not(part) | Condition::Holds(part) | Condition::MayHold(part) => part.tables(found),
            Condition::Exists { table, condition, .. } => {
                found.push(table.clone());
                condition.tables(found);
            }
            Condition::NoStayingReferrer { table, goes, .. } => {
                found.push(table.clone());
                goes.tables(found);
            }
            _ => {}
        }
    }
}

impl Tables for Sample {
    fn tables(&self, found: &mut Vec<TableName>) {
        found.push(self.table.clone());
    }
}

impl Tables for Tally {
    fn tables(&self, found: &mut Vec<TableName>) {
        found.push(self.table.clone());
        self.filter.tables(found);
        self.classes.iter().for_each(|class| class.tables(found));
        let when = self.clocks.iter().filter_map(|clock| clock.when.as_ref());
        when.for_each(|condition| condition.tables(found));
        self.moments().for_each(|moment| moment.tables(found));
        if let Some(client) = &self.client {
            found.extend(client.through.iter().map(|(table, _)| table.clone()));
        }
    }
}

impl Tables for Moment {
    fn tables(&self, found: &mut Vec<TableName>) {
        if let Some(linked) = &self.of {
            found.push(linked.table.clone());
            linked.when.tables(found);
            linked.condition.tables(found);
        }
    }
}

impl Tables for Keys {
    fn tables(&self, found: &mut Vec<TableName>) {
        found.push(self.table.clone());
        self.filter.tables(found);
    }
}

impl Tables for Rows {
    fn tables(&self, found: &mut Vec<TableName>) {
        self.keys.tables(found);
        for field in &self.read {
            match field {
                Field::Condition(condition) => condition.tables(found),
                Field::Client(client) => found.extend(client.through.iter().map(|(table, _)| table.clone())),
                Field::Time(moment) => moment.tables(found),
                Field::Column(_) => {}
            }
        }
    }
}

impl Tables for Lock {
    fn tables(&self, found: &mut Vec<TableName>) {
        match self {
            Lock::Rows { table, filter, .. } => {
                found.push(table.clone());
                filter.tables(found);
            }
            Lock::Table(table) => found.push(table.clone()),
        }
    }
}

impl Tables for Change {
    fn tables(&self, found: &mut Vec<TableName>) {
        match self {
            Change::Delete { table, filter, .. }
            | Change::Update { table, filter, .. }
            | Change::UpdateEach { table, filter, .. } => {
                found.push(table.clone());
                filter.tables(found);
            }
        }
    }
}

impl Tables for Statement {
    fn tables(&self, found: &mut Vec<TableName>) {
        match self {
            Statement::Keys(keys) => keys.tables(found),
            Statement::Lock(lock) => lock.tables(found),
            Statement::Change(change) => change.tables(found),
        }
    }
}

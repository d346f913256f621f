//! Keys as people write them: what looks like a number may be a text in the store, and the other way round.

use serde_json::Value;
use serment_plan::steps::ROW;
use serment_register::model::TableId;
use serment_store::Role;
use serment_store::catalogue::TableName;
use serment_store::condition::{Condition, Key};
use serment_store::query::Keys;

use crate::KeepError;
use crate::observe::Observer;
use crate::ports::Stores;

impl Observer<'_> {
    /// Those of these keys that no row of the table bears now.
    pub async fn missing(&self, table: &TableId, keys: &[Key]) -> Result<Vec<Key>, KeepError> {
        let declared = self
            .register
            .table(table)
            .ok_or_else(|| KeepError::UnknownTable(table.to_string()))?;
        let stores: &dyn Stores = self.stores;
        let store = stores.open(&table.store, Role::Read).await?;
        let mut missing = Vec::new();
        for key in keys {
            let asked = Keys {
                table: TableName {
                    schema: declared.schema.clone(),
                    name: declared.name.clone(),
                },
                alias: ROW,
                key: declared.key.clone(),
                filter: Condition::KeyIn {
                    of: ROW,
                    columns: declared.key.clone(),
                    keys: readings(key),
                },
                after: None,
                limit: 1,
            };
            if store.keys(&asked).await?.is_empty() {
                missing.push(key.clone());
            }
        }
        Ok(missing)
    }
}

/// The keys that may be meant: whole numbers also as text, and text that writes one also as a number. The type of a
/// column leaves one of them; where it takes both, all that may be meant is meant.
pub(crate) fn readings(key: &Key) -> Vec<Key> {
    let mut readings = vec![Vec::new()];
    for part in &key.0 {
        let other = match part {
            Value::Number(number) if number.is_i64() => Some(Value::String(number.to_string())),
            Value::String(text) => text
                .parse::<i64>()
                .ok()
                .filter(|number| number.to_string() == *text)
                .map(Value::from),
            _ => None,
        };
        readings = readings
            .into_iter()
            .flat_map(|reading: Vec<Value>| {
                [Some(part.clone()), other.clone()]
                    .into_iter()
                    .flatten()
                    .map(move |part| [reading.clone(), vec![part]].concat())
            })
            .collect();
    }
    readings.into_iter().map(Key).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_looks_like_a_number_is_read_both_ways() {
        let read = |key: Value| json!(readings(&Key(key.as_array().unwrap().clone())));
        assert_eq!(read(json!([4711])), json!([[4711], ["4711"]]));
        assert_eq!(read(json!(["-3"])), json!([["-3"], [-3]]));
        for plain in [
            json!(["007"]),
            json!(["1e3"]),
            json!(["+1"]),
            json!([true]),
            json!([1.5]),
        ] {
            assert_eq!(read(plain.clone()), json!([plain]));
        }
        assert_eq!(read(json!(["7", "a", 8])).as_array().unwrap().len(), 4);
    }
}

//! Promises that a change concerns.

use std::collections::BTreeSet;

use serde_json::Value;
use serment_register::model::{Promise, Register, Text};
use serment_register::text;

use super::{Change, PromiseChange, RuleChange};

/// The promises whose sentence changes, and those that rest on a rule or an activity that does.
pub(super) fn promises(
    old: &Register,
    new: &Register,
    rules: &[RuleChange],
    purposes: &[Change],
) -> Vec<PromiseChange> {
    let names: BTreeSet<&String> = old.promises.keys().chain(new.promises.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (was, is) = (old.promises.get(name), new.promises.get(name));
        let Some(promise) = is.or(was) else { continue };
        let mut because = Vec::new();
        match (was, is) {
            (None, Some(_)) => because.push(text!("elle est nouvelle", "it is new")),
            (Some(_), None) => because.push(text!("elle n'est plus faite", "it is not made any more")),
            (Some(was), Some(is)) if was.sentence != is.sentence => {
                let before = was.sentence.clone();
                because.push(text!("elle disait : {before}", "it said: {before}"; before));
            }
            (Some(was), Some(is)) if was.details != is.details => {
                because.push(text!("ce qui la tient change", "what keeps it changes"));
            }
            _ => {}
        }
        let relies = |key: &str| -> BTreeSet<&str> {
            [was, is]
                .into_iter()
                .flatten()
                .flat_map(|promise| listed(promise, key))
                .collect()
        };
        let on_rules = relies("rules");
        for rule in rules.iter().filter(|rule| on_rules.contains(rule.rule.as_str())) {
            because.push(concerned(&rule.rule));
        }
        let on_activities = relies("activities");
        for purpose in purposes {
            let activity = purpose.place.split('.').next().unwrap_or_default();
            if on_activities.contains(activity) {
                because.push(concerned(&purpose.place));
            }
        }
        if !because.is_empty() {
            found.push(PromiseChange {
                promise: name.clone(),
                sentence: promise.sentence.clone(),
                because,
            });
        }
    }
    found
}

fn concerned(what: &str) -> Text {
    text!("elle repose sur {what}", "it rests on {what}")
}

fn listed<'p>(promise: &'p Promise, key: &str) -> Vec<&'p str> {
    let items = promise.details.get(key).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}

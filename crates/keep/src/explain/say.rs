//! The sentence that sums an explanation up.

use serment_plan::steps::Effect;
use serment_register::model::Text;
use serment_register::text;

use super::{Explanation, RuleSays, Stand};

/// One sentence, in both languages.
pub(super) fn verdict(said: &Explanation) -> Text {
    if !said.holds.is_empty() {
        let holds = said.holds.join(", ");
        return text!(
            "Cette ligne reste : une suspension la gèle ({holds}).",
            "This row stays: a hold freezes it ({holds})."
        );
    }
    let ended: Vec<&RuleSays> = of(said, Stand::Ended);
    let runs: Vec<&RuleSays> = of(said, Stand::Runs);
    let over = ended_rules(&ended);
    if said.due.contains(&Effect::Erase) {
        return if ended.iter().all(|says| says.released) {
            text!(
                "Cette ligne part à la prochaine exécution : {over}.",
                "This row goes at the next run: {over}.";
                over
            )
        } else {
            let names = names(&ended);
            text!(
                "Cette ligne partira une fois approuvé le plan de {names}.",
                "This row goes once the plan of {names} is approved.";
                names
            )
        };
    }
    if !runs.is_empty() {
        let (still, until) = (running_rules(&runs), until(&runs));
        return text!(
            "Cette ligne reste : {still}{until}.",
            "This row stays: {still}{until}.";
            still, until
        );
    }
    if !ended.is_empty() && !said.referenced_by.is_empty() {
        let by: Vec<String> = said.referenced_by.iter().map(ToString::to_string).collect();
        let by = by.join(", ");
        return text!(
            "Cette ligne reste, réduite : {over}, mais des lignes de {by} s'y réfèrent encore.",
            "This row stays, reduced: {over}, but rows of {by} still refer to it.";
            over
        );
    }
    if !said.due.is_empty() {
        let effects: Vec<Text> = said.due.iter().map(|effect| effect.text()).collect();
        let effects = Text::joined(&effects, ", ");
        return text!(
            "Cette ligne sera traitée à la prochaine exécution : {effects}.",
            "This row is treated at the next run: {effects}.";
            effects
        );
    }
    if !ended.is_empty() {
        return text!(
            "Tout ce qui devait partir de cette ligne est parti : {over}.",
            "All that had to go from this row is gone: {over}.";
            over
        );
    }
    if said.rules.iter().any(|says| says.stand == Stand::NeverBegan) {
        return text!(
            "Cette ligne reste : aucun fait daté n'a encore lancé ses règles.",
            "This row stays: no dated fact has started its rules yet."
        );
    }
    text!(
        "Aucune règle ne concerne cette ligne : elle reste sans limite.",
        "No rule concerns this row: it stays without limit."
    )
}

fn of(said: &Explanation, stand: Stand) -> Vec<&RuleSays> {
    said.rules.iter().filter(|says| says.stand == stand).collect()
}

/// `a, b et c`, `a, b and c`.
fn names(rules: &[&RuleSays]) -> Text {
    let names: Vec<&str> = rules.iter().map(|says| says.rule.0.as_str()).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => {
            let first = first.join(", ");
            text!("{first} et {last}", "{first} and {last}")
        }
        _ => Text::verbatim(names.concat()),
    }
}

fn ended_rules(rules: &[&RuleSays]) -> Text {
    let names = names(rules);
    match rules {
        [_] => text!("la règle {names} est terminée", "rule {names} has ended"; names),
        _ => text!("les règles {names} sont terminées", "rules {names} have ended"; names),
    }
}

fn running_rules(rules: &[&RuleSays]) -> Text {
    let names = names(rules);
    match rules {
        [_] => text!("la règle {names} court", "rule {names} runs"; names),
        _ => text!("les règles {names} courent", "rules {names} run"; names),
    }
}

fn until(runs: &[&RuleSays]) -> Text {
    if runs.iter().any(|says| says.held_by_state) {
        return text!(", car un état dure encore", ", for a state still holds");
    }
    if runs.iter().any(|says| says.implausible) {
        return text!(
            ", car une de ses dates est invraisemblable ou illisible",
            ", for one of its dates is implausible or unreadable"
        );
    }
    let due: Option<Vec<_>> = runs.iter().map(|says| says.due).collect();
    match due.and_then(|due| due.into_iter().max()) {
        Some(due) => {
            let due = Text::date(due);
            if runs.iter().any(|says| !says.extended_by.is_empty()) {
                return text!(
                    " jusqu'au {due}, comme son client l'a demandé",
                    " until {due}, as its client asked";
                    due
                );
            }
            text!(" jusqu'au {due}", " until {due}"; due)
        }
        None => Text::default(),
    }
}

//! The sentence that sums an explanation up.

use serment_register::model::Text;

use super::{Explanation, RuleSays, Stand};

/// One sentence, in both languages.
pub(super) fn verdict(said: &Explanation) -> Text {
    if !said.holds.is_empty() {
        return both(
            format!(
                "Cette ligne reste : une suspension la gèle ({}).",
                said.holds.join(", ")
            ),
            format!("This row stays: a hold freezes it ({}).", said.holds.join(", ")),
        );
    }
    let ended: Vec<&RuleSays> = of(said, Stand::Ended);
    let runs: Vec<&RuleSays> = of(said, Stand::Runs);
    let waiting = ended.iter().any(|says| !says.released);
    if said.due.iter().any(|effect| effect == "erase") {
        return if waiting {
            both(
                format!("Cette ligne partira dès que {} sera approuvée.", names(&ended)),
                format!("This row goes as soon as {} is approved.", names(&ended)),
            )
        } else {
            both(
                format!(
                    "Cette ligne part à la prochaine exécution : {} est échue.",
                    names(&ended)
                ),
                format!("This row goes at the next run: {} has ended.", names(&ended)),
            )
        };
    }
    if !runs.is_empty() {
        let (until_fr, until_en) = until(&runs);
        return both(
            format!("Cette ligne reste : {} court{until_fr}.", names(&runs)),
            format!("This row stays: {} runs{until_en}.", names(&runs)),
        );
    }
    if !ended.is_empty() && !said.referenced_by.is_empty() {
        let by: Vec<String> = said.referenced_by.iter().map(ToString::to_string).collect();
        return both(
            format!(
                "{} est échue, mais la ligne reste, réduite : des lignes de {} s'y réfèrent encore.",
                names(&ended),
                by.join(", ")
            ),
            format!(
                "{} has ended, but the row stays, reduced: rows of {} still refer to it.",
                names(&ended),
                by.join(", ")
            ),
        );
    }
    if !said.due.is_empty() {
        return both(
            format!(
                "Cette ligne sera traitée à la prochaine exécution : {}.",
                said.due.join(", ")
            ),
            format!("This row is treated at the next run: {}.", said.due.join(", ")),
        );
    }
    if !ended.is_empty() {
        return both(
            format!(
                "{} est échue et tout ce qui devait partir est parti.",
                names(&ended)
            ),
            format!("{} has ended and all that had to go is gone.", names(&ended)),
        );
    }
    if said.rules.iter().any(|says| says.stand == Stand::NeverBegan) {
        return both(
            "Cette ligne reste : aucun fait daté n'a encore lancé ses règles.".to_owned(),
            "This row stays: no dated fact has started its rules yet.".to_owned(),
        );
    }
    both(
        "Aucune règle ne concerne cette ligne : elle reste sans limite.".to_owned(),
        "No rule concerns this row: it stays without limit.".to_owned(),
    )
}

fn of(said: &Explanation, stand: Stand) -> Vec<&RuleSays> {
    said.rules.iter().filter(|says| says.stand == stand).collect()
}

fn names(rules: &[&RuleSays]) -> String {
    let names: Vec<String> = rules.iter().map(|says| says.rule.to_string()).collect();
    names.join(", ")
}

fn until(runs: &[&RuleSays]) -> (String, String) {
    if runs.iter().any(|says| says.held_by_state) {
        return (
            ", car un état dure encore".to_owned(),
            ", for a state still holds".to_owned(),
        );
    }
    if runs.iter().any(|says| says.implausible) {
        return (
            ", car une de ses dates est invraisemblable ou illisible".to_owned(),
            ", for one of its dates is implausible or unreadable".to_owned(),
        );
    }
    let due: Option<Vec<_>> = runs.iter().map(|says| says.due).collect();
    match due.and_then(|due| due.into_iter().max()) {
        Some(due) => (format!(" jusqu'au {due}"), format!(" until {due}")),
        None => (String::new(), String::new()),
    }
}

fn both(fr: String, en: String) -> Text {
    Text { fr, en }
}

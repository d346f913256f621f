//! What makes a register wrong as a whole: each part judges one concern, all of them always run.

mod activities;
mod coverage;
pub(crate) mod graph;
mod later;
mod links;
mod names;
mod rules;
pub(crate) mod secrets;
mod stores;
mod tables;

use jiff::civil::Date;

use crate::diagnostics::{Code, Diagnostic};
use crate::load::node::Context;
use crate::model::Register;
use crate::text;

pub use later::not_yet_executed;

/// Judges a register whose files are read, by the rules of law of that day.
pub(crate) fn check(context: &mut Context, register: &Register, day: Date) {
    let graph = graph::Graph::new(register);
    if graph.too_large {
        let message = text!(
            "trop de tables héritent de trop de règles : ce registre ne peut pas être jugé",
            "too many tables inherit too many rules: this register cannot be judged"
        );
        context.report(Diagnostic::new(Code::TooLarge, None, message));
    }
    names::check(context, register);
    activities::check(context, register, &graph);
    rules::check(context, register, &graph);
    tables::check(context, register, &graph);
    coverage::check(context, register, &graph);
    links::check(context, register);
    secrets::check(context, register);
    stores::check(context, register, day);
}

//! Activities and purposes.

use std::collections::BTreeSet;

use super::graph::Graph;
use crate::diagnostics::{Code, Diagnostic};
use crate::load::node::{Context, join};
use crate::model::{Activity, Basis, Purpose, Register, Role};
use crate::taxonomy;
use crate::text;

pub(super) fn check(context: &mut Context, register: &Register, graph: &Graph<'_>) {
    let measured: BTreeSet<_> = register.rules().flat_map(|(_, rule)| &rule.purposes).collect();
    for activity in register.activities.values() {
        // A purpose that could not be read is reported by the loader; it is a purpose all the same.
        if activity.purposes.is_empty() && !context.is_written(&activity.span.file, "purpose") {
            let name = &activity.name;
            context.report(
                Diagnostic::new(
                    Code::NoPurpose,
                    activity.span.clone(),
                    text!(
                        "l'activité « {name} » n'a aucune finalité",
                        "the activity `{name}` has no purpose"
                    ),
                )
                .suggest(text!(
                    "ajoutez une section [purpose.…]",
                    "add a section [purpose.…]"
                )),
            );
        }
        for purpose in activity.purposes.values() {
            weak_basis(context, activity, purpose);
            if activity.role == Role::Controller && !measured.contains(&purpose.id) {
                let id = &purpose.id;
                context.report(
                    Diagnostic::new(
                        Code::PurposeWithoutRule,
                        purpose.span.clone(),
                        text!(
                            "aucune règle de conservation ne mesure la finalité « {id} »",
                            "no retention rule measures the purpose `{id}`"
                        ),
                    )
                    .suggest(text!(
                        "ajoutez une section [[retention]] avec for = [\"{0}\"]",
                        "add a section [[retention]] with for = [\"{0}\"]",
                        id.purpose
                    )),
                );
            }
        }
        processor(context, register, activity, graph);
    }
}

/// GDPR Art. 9(2) and 10 ask for more than what contract and legitimate interests can give.
fn weak_basis(context: &mut Context, activity: &Activity, purpose: &Purpose) {
    let list = format!("{}.data", join("purpose", &purpose.id.purpose));
    for category in &purpose.data {
        let special = taxonomy::is_special(category)
            && matches!(purpose.basis, Basis::Contract | Basis::LegitimateInterests(_));
        let particular = (taxonomy::is_offence(category) || taxonomy::is_national_number(category))
            && !matches!(purpose.basis, Basis::LegalObligation(_) | Basis::PublicTask);
        let span = context.item(&activity.span.file, &list, &category.0);
        if special {
            context.report(Diagnostic::new(
                Code::SpecialOnWeakBasis,
                span,
                text!(
                    "« {category} » relève de l'article 9 : ni le contrat, ni l'intérêt légitime n'y suffisent",
                    "`{category}` falls under Article 9: neither a contract nor legitimate interests suffice"
                ),
            ));
        } else if particular {
            context.report(Diagnostic::new(
                Code::OffencesOnWeakBasis,
                span,
                text!(
                    "« {category} » ne se traite en principe que si un texte l'autorise",
                    "`{category}` may in principle be processed only where a law allows it"
                ),
            ));
        }
    }
}

/// A processor's rows say whose they are.
fn processor(context: &mut Context, register: &Register, activity: &Activity, graph: &Graph<'_>) {
    if activity.role != Role::Processor {
        return;
    }
    if register.organisation.clients.is_none() {
        context.report(
            Diagnostic::new(
                Code::ClientsNotListed,
                activity.span.clone(),
                text!(
                    "sous-traitant, mais serment.toml ne dit pas où sont listés les clients",
                    "processor, but serment.toml does not say where the clients are listed"
                ),
            )
            .suggest(text!(
                "[clients] from = \"base.table\", key = \"id\"",
                "[clients] from = \"store.table\", key = \"id\""
            )),
        );
    }
    for rule in &activity.rules {
        let Some(table) = register.table(&rule.of) else {
            continue;
        };
        for table in std::iter::once(table).chain(graph.heirs(&table.id)) {
            if table.client.is_some() {
                continue;
            }
            let id = &table.id;
            context.report(
                Diagnostic::new(
                    Code::ClientMissing,
                    table.span.clone(),
                    text!(
                        "{id} ne dit pas de quel client sont ses lignes",
                        "{id} does not say to which client its rows belong"
                    ),
                )
                .suggest(text!(
                    "client = \"colonne\", ou le nom d'un lien vers une table qui le dit",
                    "client = \"column\", or the name of a link to a table that says it"
                ))
                .related(
                    rule.span.clone(),
                    text!("règle d'un sous-traitant", "rule of a processor"),
                )
                .about([rule.id.to_string(), id.to_string()]),
            );
        }
    }
}

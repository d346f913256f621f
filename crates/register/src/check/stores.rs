//! Stores and parties stand where they may.

use std::sync::Arc;

use jiff::civil::Date;
use serment_law::territory::{Zone, is_inside, partial_adequacy};

use crate::diagnostics::{Code, Diagnostic};
use crate::load::node::Context;
use crate::model::{Register, StoreKind};
use crate::span::Span;
use crate::text;

pub(super) fn check(context: &mut Context, register: &Register, day: Date) {
    let Some(written) = &register.organisation.zone else {
        return;
    };
    let Some(zone) = Zone::parse(written) else { return };
    let limit = context.place(&Arc::from(crate::load::ORGANISATION_FILE), "organisation.zone");
    for store in register.stores.values() {
        let name = &store.name;
        match &store.location {
            // A manual store is people: where they keep things is for their answer to say.
            None if store.kind == StoreKind::Manual => {}
            None => unsaid(
                context,
                store.span.clone(),
                text!(
                    "la base « {name} » ne dit pas dans quel pays sont ses données",
                    "the store `{name}` does not say in which country its data are"
                ),
                "location = \"FR\"",
                name,
            ),
            Some(country) if !is_inside(&zone, country, day) => {
                let span = context.place(&store.span.file, "store.location");
                context.report(
                    Diagnostic::new(
                        Code::StoreOutside,
                        span,
                        text!(
                            "la base « {name} » est en {country}, hors de la zone permise ({written})",
                            "the store `{name}` is in {country}, outside the allowed zone ({written})"
                        ),
                    )
                    .related(limit.clone(), text!("la zone permise", "the allowed zone"))
                    .about([name.clone()]),
                );
            }
            Some(_) => {}
        }
    }
    for party in register
        .parties
        .values()
        .filter(|party| party.kind != "authority")
    {
        let name = &party.name;
        let Some(country) = &party.country else {
            unsaid(
                context,
                party.span.clone(),
                text!(
                    "le tiers « {name} » ne dit pas son pays",
                    "the party `{name}` does not say its country"
                ),
                "country = \"FR\"",
                name,
            );
            continue;
        };
        if is_inside(&zone, country, day) {
            continue;
        }
        let partial = (zone == Zone::EeaAndAdequate)
            .then(|| partial_adequacy(country, day))
            .flatten();
        if partial.is_some() && party.adequacy {
            continue;
        }
        let suggestion = partial.map(|decision| {
            let ((only_fr, only_en), source_en) = (decision.only.unwrap_or_default(), decision.source);
            // The Official Journal has the same numbers in each language.
            let source_fr = source_en
                .replace("Implementing Decision (EU)", "la décision d'exécution (UE)")
                .replace("Decision 2002/2/EC", "la décision 2002/2/CE");
            text!(
                "{source_fr} ne couvre que {only_fr} : s'il en est, écrivez adequacy = true",
                "{source_en} covers only {only_en}: if it is one of them, write adequacy = true"
            )
        });
        context.report(
            Diagnostic::new(
                Code::PartyOutside,
                context.place(&party.span.file, "party.country"),
                text!(
                    "le tiers « {name} » est en {country}, hors de la zone permise ({written})",
                    "the party `{name}` is in {country}, outside the allowed zone ({written})"
                ),
            )
            .suggest_if(suggestion)
            .related(limit.clone(), text!("la zone permise", "the allowed zone"))
            .about([name.clone()]),
        );
    }
}

fn unsaid(context: &mut Context, span: Span, message: crate::model::Text, key: &str, name: &str) {
    context.report(
        Diagnostic::new(Code::PlaceUnknown, span, message)
            .suggest(text!("{key}", "{key}"))
            .about([name.to_owned()]),
    );
}

//! `activities/*.toml`: what is done with personal data, why, and how long.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::de::DeValue;

use super::node::{Context, Fields, Node};
use super::scalar;
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Activity, Basis, Category, Duty, Purpose, PurposeId, Role, Rule, RuleId, Text, Then};
use crate::text;

pub(super) fn read(
    context: &mut Context,
    file: &mut Fields<'_>,
    name: &str,
    activities: &mut BTreeMap<String, Activity>,
) {
    if !scalar::check_name(context, name, file.span()) {
        return;
    }
    let head = file.need(context, "activity");
    let span = head.as_ref().map_or_else(|| file.span(), Node::span);
    let mut activity = Activity {
        name: name.to_owned(),
        title: Text::default(),
        role: Role::Controller,
        subjects: Vec::new(),
        recipients: Vec::new(),
        purposes: BTreeMap::new(),
        rules: Vec::new(),
        span,
    };
    if let Some(mut fields) = head.and_then(|node| node.fields(context)) {
        activity.title = fields
            .need(context, "title")
            .and_then(|node| node.text(context))
            .unwrap_or_default();
        let roles = [("controller", Role::Controller), ("processor", Role::Processor)];
        if let Some(role) = fields
            .need(context, "role")
            .and_then(|node| node.choice(context, &roles))
        {
            activity.role = role;
        }
        activity.subjects = fields
            .need(context, "subjects")
            .map(|node| node.strings(context))
            .unwrap_or_default();
        activity.recipients = fields
            .get("recipients")
            .map(|node| node.strings(context))
            .unwrap_or_default();
        fields.finish(context);
    }
    let purposes = file
        .get("purpose")
        .map(|node| node.entries(context))
        .unwrap_or_default();
    for (purpose_name, node) in purposes {
        if scalar::check_name(context, purpose_name, node.span())
            && let Some(purpose) = purpose(context, name, purpose_name, &node)
        {
            activity.purposes.insert(purpose_name.to_owned(), purpose);
        }
    }
    if let Some(node) = file.get("retention") {
        activity.rules = rules(context, name, &node);
    }
    activities.insert(name.to_owned(), activity);
}

fn purpose(context: &mut Context, activity: &str, name: &str, node: &Node<'_>) -> Option<Purpose> {
    let mut fields = node.fields(context)?;
    let title = fields
        .need(context, "title")
        .and_then(|node| node.text(context))
        .unwrap_or_default();
    let basis = basis(context, &mut fields);
    let data = match fields.get("data") {
        Some(node) => node.strings(context).into_iter().map(Category).collect(),
        None => Vec::new(),
    };
    if data.is_empty() {
        context.report(
            Diagnostic::new(
                Code::NoData,
                fields.span(),
                text!(
                    "la finalité « {name} » ne dit pas de quelles données elle a besoin",
                    "the purpose `{name}` does not say which data it needs"
                ),
            )
            .suggest(text!("data = [\"contact.email\"]", "data = [\"contact.email\"]")),
        );
    }
    fields.finish(context);
    Some(Purpose {
        id: PurposeId {
            activity: activity.to_owned(),
            purpose: name.to_owned(),
        },
        title,
        basis: basis?,
        data,
        span: node.span(),
    })
}

#[derive(Clone, Copy)]
enum BasisName {
    Consent,
    Contract,
    LegalObligation,
    VitalInterests,
    PublicTask,
    LegitimateInterests,
}

const BASES: [(&str, BasisName); 6] = [
    ("consent", BasisName::Consent),
    ("contract", BasisName::Contract),
    ("legal_obligation", BasisName::LegalObligation),
    ("vital_interests", BasisName::VitalInterests),
    ("public_task", BasisName::PublicTask),
    ("legitimate_interests", BasisName::LegitimateInterests),
];

fn basis(context: &mut Context, fields: &mut Fields<'_>) -> Option<Basis> {
    let node = fields.get("basis");
    let interest = fields.get("interest");
    let obligation = fields.get("obligation").and_then(|node| node.text(context));
    let Some(node) = node else {
        context.report(
            Diagnostic::new(
                Code::NoBasis,
                fields.span(),
                text!("cette finalité n'a pas de base légale", "this purpose has no legal basis"),
            )
            .suggest(text!(
                "basis = \"consent\", \"contract\", \"legal_obligation\", \"vital_interests\", \"public_task\" ou \"legitimate_interests\"",
                "basis = \"consent\", \"contract\", \"legal_obligation\", \"vital_interests\", \"public_task\" or \"legitimate_interests\""
            )),
        );
        return None;
    };
    if matches!(node.value, DeValue::Array(_)) {
        context.report(
            Diagnostic::new(
                Code::SeveralBases,
                node.span(),
                text!(
                    "une finalité a une base légale, pas une liste",
                    "a purpose has one legal basis, not a list"
                ),
            )
            .suggest(text!(
                "séparez-la en une finalité par base légale",
                "split it into one purpose for each legal basis"
            )),
        );
        return None;
    }
    let chosen = node.choice(context, &BASES)?;
    if let Some(interest) = &interest
        && !matches!(chosen, BasisName::LegitimateInterests)
    {
        context.report(Diagnostic::new(
            Code::UnknownKey,
            interest.span(),
            text!(
                "« interest » n'a de sens qu'avec basis = \"legitimate_interests\"",
                "`interest` has a meaning with basis = \"legitimate_interests\" only"
            ),
        ));
    }
    Some(match chosen {
        BasisName::Consent => Basis::Consent,
        BasisName::Contract => Basis::Contract,
        BasisName::LegalObligation => Basis::LegalObligation(obligation),
        BasisName::VitalInterests => Basis::VitalInterests,
        BasisName::PublicTask => Basis::PublicTask,
        BasisName::LegitimateInterests => {
            let named = interest
                .as_ref()
                .and_then(|node| node.text(context))
                .unwrap_or_default();
            if named.fr.trim().is_empty() && named.en.trim().is_empty() {
                context.report(
                    Diagnostic::new(
                        Code::NoInterest,
                        interest.map_or_else(|| node.span(), |node| node.span()),
                        text!(
                            "l'intérêt légitime poursuivi n'est pas nommé",
                            "the legitimate interest pursued is not named"
                        ),
                    )
                    .suggest(text!(
                        "interest = {{ fr = \"sécuriser nos services\", en = \"keep our services secure\" }}",
                        "interest = {{ fr = \"sécuriser nos services\", en = \"keep our services secure\" }}"
                    )),
                );
            }
            Basis::LegitimateInterests(named)
        }
    })
}

fn rules(context: &mut Context, activity: &str, node: &Node<'_>) -> Vec<Rule> {
    let mut names = BTreeSet::new();
    let mut found = Vec::new();
    for item in node.items(context) {
        let Some(mut fields) = item.fields(context) else {
            continue;
        };
        let rule = rule(context, activity, &mut fields);
        let name_span = fields.get("name").map(|node| node.span());
        fields.finish(context);
        let Some(rule) = rule else { continue };
        let place = (Arc::clone(item.file), item.path.clone());
        if !names.insert(rule.id.clone()) {
            let id = &rule.id;
            context.report(Diagnostic::new(
                Code::Duplicate,
                name_span,
                text!(
                    "une autre règle s'appelle déjà « {id} »",
                    "another rule is already called `{id}`"
                ),
            ));
            continue;
        }
        context.rules.insert(rule.id.clone(), place);
        found.push(rule);
    }
    found
}

fn rule(context: &mut Context, activity: &str, fields: &mut Fields<'_>) -> Option<Rule> {
    let span = fields.span();
    let name = fields.need(context, "name").and_then(|node| {
        let name = node.filled(context)?;
        scalar::check_name(context, &name, node.span()).then_some(name)
    });
    let purposes = fields
        .need(context, "for")
        .map(|node| node.strings(context))
        .unwrap_or_default();
    let purposes = purposes
        .into_iter()
        .map(|written| match written.split_once('.') {
            Some((activity, purpose)) => PurposeId {
                activity: activity.to_owned(),
                purpose: purpose.to_owned(),
            },
            None => PurposeId {
                activity: activity.to_owned(),
                purpose: written,
            },
        })
        .collect();
    let of = fields.need(context, "of");
    let list = |context: &mut Context, fields: &mut Fields<'_>, key| {
        fields
            .get(key)
            .map(|node| node.strings(context))
            .unwrap_or_default()
    };
    let while_states = list(context, fields, "while");
    let after = list(context, fields, "after");
    let else_after = fields
        .get("else_after")
        .map(|node| node.strings_or_one(context))
        .unwrap_or_default();
    let or_on = list(context, fields, "or_on");
    let keep_written = fields.get("keep");
    let keep = keep_written
        .as_ref()
        .and_then(|node| scalar::period(context, node));
    let at_least = fields.get("at_least").and_then(|node| duty(context, &node));
    let quiet = fields
        .get("quiet")
        .and_then(|node| scalar::period(context, &node));
    let then = fields.need(context, "then").and_then(|node| then(context, &node));
    // A period that is written but wrong is one finding, not two.
    if keep_written.is_some() && keep.is_none() {
        return None;
    }
    let of = of.and_then(|node| {
        let written = node.string(context)?;
        let id = scalar::table_id(written, None);
        if id.is_none() {
            context.report(
                Diagnostic::new(
                    Code::UnknownTable,
                    node.span(),
                    text!(
                        "« {written} » ne désigne pas une table",
                        "`{written}` does not name a table"
                    ),
                )
                .suggest(text!("écrivez « base.table »", "write `store.table`")),
            );
        }
        id
    })?;
    Some(Rule {
        id: RuleId(format!("{activity}.{}", name?)),
        purposes,
        of,
        while_states,
        after,
        else_after,
        or_on,
        keep,
        at_least,
        quiet,
        then: then?,
        span,
    })
}

fn duty(context: &mut Context, node: &Node<'_>) -> Option<Duty> {
    let Some(mut fields) = node.table() else {
        return Some(Duty {
            period: scalar::period(context, node)?,
            source: None,
        });
    };
    let period = fields
        .need(context, "period")
        .and_then(|node| scalar::period(context, &node));
    let source = fields.get("source").and_then(|node| node.text(context));
    fields.finish(context);
    Some(Duty {
        period: period?,
        source,
    })
}

fn then(context: &mut Context, node: &Node<'_>) -> Option<Then> {
    let Some(mut fields) = node.table() else {
        return node
            .choice(context, &[("erase", 0), ("anonymise", 1)])
            .map(|choice| match choice {
                0 => Then::Erase,
                _ => Then::Anonymise,
            });
    };
    let keep = fields
        .need(context, "archive")
        .and_then(|node| scalar::period(context, &node));
    let into = fields.need(context, "in").and_then(|node| node.filled(context));
    let readers = fields
        .need(context, "readers")
        .map(|node| node.strings(context))
        .unwrap_or_default();
    fields.finish(context);
    Some(Then::Archive {
        keep: keep?,
        into: into?,
        readers,
    })
}

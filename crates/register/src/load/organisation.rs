//! `serment.toml`: who speaks.

use jiff::civil::date;

use super::node::{Context, Fields, Node};
use super::scalar;
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Clients, EditedIn, Language, Organisation};
use crate::text;

/// Before anything is read: what holds when a key is not written.
pub(super) fn empty() -> Organisation {
    Organisation {
        name: String::new(),
        address: None,
        country: None,
        dpo: None,
        authority: None,
        languages: vec![Language::French, Language::English],
        time_zone: "UTC".to_owned(),
        holidays: None,
        zone: None,
        not_before: date(1990, 1, 1),
        edited_in: EditedIn::Files,
        clients: None,
    }
}

/// The holiday calendars that a register may name.
const HOLIDAYS: [(&str, &str); 2] = [("FR", "FR"), ("FR-ALSACE", "FR-ALSACE")];

pub(super) fn read(context: &mut Context, file: &mut Fields<'_>, organisation: &mut Organisation) {
    if let Some(node) = file.need(context, "organisation")
        && let Some(mut fields) = node.fields(context)
    {
        read_organisation(context, &mut fields, organisation);
        fields.finish(context);
    }
    organisation.clients = file.get("clients").and_then(|node| clients(context, &node));
}

fn read_organisation(context: &mut Context, fields: &mut Fields<'_>, organisation: &mut Organisation) {
    if let Some(node) = fields.get("languages") {
        organisation.languages = languages(context, &node);
    }
    context.languages.clone_from(&organisation.languages);
    organisation.name = fields
        .need(context, "name")
        .and_then(|node| node.filled(context))
        .unwrap_or_default();
    organisation.address = fields.get("address").and_then(|node| node.filled(context));
    organisation.country = fields
        .get("country")
        .and_then(|node| scalar::country(context, &node));
    organisation.dpo = fields.get("dpo").and_then(|node| node.filled(context));
    organisation.authority = fields.get("authority").and_then(|node| node.filled(context));
    if let Some(zone) = fields
        .need(context, "time_zone")
        .and_then(|node| scalar::time_zone(context, &node))
    {
        organisation.time_zone = zone;
    }
    organisation.holidays = fields
        .get("holidays")
        .and_then(|node| node.choice(context, &HOLIDAYS))
        .map(str::to_owned);
    organisation.zone = fields.get("zone").and_then(|node| zone(context, &node));
    if let Some(node) = fields.get("not_before")
        && let Some(day) = scalar::date(context, &node)
    {
        if day < date(1900, 1, 1) || day > date(2100, 1, 1) {
            context.report(
                Diagnostic::new(
                    Code::ImplausibleNotBefore,
                    node.span(),
                    text!("{day} n'est pas plausible", "{day} is not plausible"),
                )
                .suggest(text!(
                    "le jour avant lequel aucune de vos données ne peut dater : 1990-01-01",
                    "the day before which none of your data can date: 1990-01-01"
                )),
            );
        } else {
            organisation.not_before = day;
        }
    }
    if let Some(node) = fields.get("edited_in")
        && let Some(choice) = node.choice(
            context,
            &[("files", EditedIn::Files), ("service", EditedIn::Service)],
        )
    {
        organisation.edited_in = choice;
    }
}

fn languages(context: &mut Context, node: &Node<'_>) -> Vec<Language> {
    let choices = [("fr", Language::French), ("en", Language::English)];
    let mut found: Vec<Language> = node
        .items(context)
        .iter()
        .filter_map(|item| item.choice(context, &choices))
        .collect();
    let written = found.len();
    found.dedup();
    if found.len() < written {
        context.report(Diagnostic::new(
            Code::Repeated,
            node.span(),
            text!("une langue y est deux fois", "a language stands twice"),
        ));
    }
    if found.is_empty() {
        return vec![Language::French, Language::English];
    }
    found
}

fn zone(context: &mut Context, node: &Node<'_>) -> Option<String> {
    let written = node.string(context)?;
    if serment_law::territory::Zone::parse(written).is_some() {
        return Some(written.to_owned());
    }
    context.report(
        Diagnostic::new(
            Code::BadCountry,
            node.span(),
            text!("« {written} » n'est pas une zone", "`{written}` is not a zone"),
        )
        .suggest(text!(
            "« EU », « EEA », « EEA+adequate » ou un code de pays",
            "`EU`, `EEA`, `EEA+adequate` or the code of a country"
        )),
    );
    None
}

fn clients(context: &mut Context, node: &Node<'_>) -> Option<Clients> {
    let mut fields = node.fields(context)?;
    let from = fields.need(context, "from");
    let key = fields.need(context, "key").and_then(|node| node.filled(context));
    let mut column = |name: &'static str| fields.get(name).and_then(|node| node.filled(context));
    let (name, ends, contact) = (column("name"), column("ends"), column("contact"));
    fields.finish(context);
    let from = from?;
    let written = from.string(context)?;
    let Some(table) = scalar::table_id(written, None) else {
        context.report(
            Diagnostic::new(
                Code::UnknownTable,
                from.span(),
                text!(
                    "« {written} » ne désigne pas une table",
                    "`{written}` does not name a table"
                ),
            )
            .suggest(text!("écrivez « base.table »", "write `store.table`")),
        );
        return None;
    };
    Some(Clients {
        from: table,
        key: key?,
        name,
        ends,
        contact,
    })
}

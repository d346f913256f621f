//! Who may reach a store, how it is reached, and where it is.

use std::collections::BTreeMap;

use serment_register::diagnostics::{Code, Diagnostic};
use serment_register::model::{Register, Store};
use serment_register::text;
use serment_store::survey::Grants;

use super::Seen;
use crate::draft::tame;

#[derive(Default)]
struct Reach {
    tables: Vec<String>,
    changes: bool,
    superuser: bool,
}

pub(super) fn compare(register: &Register, store: &Store, seen: &Seen, found: &mut Vec<Diagnostic>) {
    let name = &store.name;
    let about = || [name.clone()];
    if seen.access.encrypted == Some(false) && !seen.access.local {
        found.push(
            Diagnostic::new(
                Code::LiveNotEncrypted,
                store.span.clone(),
                text!(
                    "la connexion à « {name} », sur une autre machine, n'est pas chiffrée",
                    "the connection to `{name}`, on another machine, is not encrypted"
                ),
            )
            .suggest(text!(
                "retirez sslmode et insecure de son adresse",
                "remove sslmode and insecure from its address"
            ))
            .about(about()),
        );
    }
    // With an allowed zone the register alone is enough to find it.
    if store.location.is_none() && register.organisation.zone.is_none() {
        found.push(
            Diagnostic::new(
                Code::LivePlaceUnsaid,
                store.span.clone(),
                text!(
                    "la base « {name} » ne dit pas dans quel pays sont ses données",
                    "the store `{name}` does not say in which country its data are"
                ),
            )
            .suggest(text!("location = \"FR\"", "location = \"FR\""))
            .about(about()),
        );
    }
    match &seen.access.grants {
        Grants::NoRoles => {}
        Grants::Hidden(why) => found.push(
            Diagnostic::new(
                Code::LiveAccessHidden,
                store.span.clone(),
                text!(
                    "qui peut atteindre « {name} » n'a pas pu être lu : {why}",
                    "who may reach `{name}` could not be read: {why}";
                    why
                ),
            )
            .about(about()),
        ),
        Grants::Told(grants) => {
            let mut reach: BTreeMap<&str, Reach> = BTreeMap::new();
            for grant in grants {
                let one = reach.entry(&grant.role).or_default();
                one.tables.push(tame(&grant.table.name));
                one.changes |= grant.change;
                one.superuser |= grant.superuser;
            }
            let own = seen.catalogue.role.as_deref();
            reach.retain(|role, _| Some(*role) != own);
            said(store, &reach, found);
        }
    }
}

/// Whether the register names that role: an account `user@host` is named by its user too.
fn is_named(role: &str, listed: &[String]) -> bool {
    let user = role.rsplit_once('@').map_or(role, |(user, _)| user);
    listed.iter().any(|named| named == role || named == user)
}

fn said(store: &Store, reach: &BTreeMap<&str, Reach>, found: &mut Vec<Diagnostic>) {
    let name = &store.name;
    let about = || [name.clone()];
    let Some(listed) = &store.access else {
        if reach.is_empty() {
            return;
        }
        let roles: Vec<String> = reach.keys().map(|role| tame(role)).collect();
        let quoted: Vec<String> = roles
            .iter()
            .map(|role| toml_edit::Value::from(role).to_string())
            .collect();
        let (count, roles, quoted) = (roles.len(), roles.join(", "), quoted.join(", "));
        found.push(
            Diagnostic::new(
                Code::LiveAccessUnsaid,
                store.span.clone(),
                text!(
                    "la base « {name} » ne dit pas qui peut l'atteindre ; outre le nôtre, {count} rôles le peuvent : {roles}",
                    "the store `{name}` does not say who may reach it; besides ours, {count} roles can: {roles}"
                ),
            )
            .suggest(text!(
                "gardez ceux qui le doivent : access = [{quoted}]",
                "keep those who must: access = [{quoted}]"
            ))
            .about(about()),
        );
        return;
    };
    for (role, reach) in reach.iter().filter(|(role, _)| !is_named(role, listed)) {
        let role = tame(role);
        let tables = reach.tables.len();
        let shown = reach
            .tables
            .iter()
            .take(4)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ")
            + if tables > 4 { ", …" } else { "" };
        let what = if reach.superuser {
            text!("tout faire (superutilisateur)", "do anything (superuser)")
        } else if reach.changes {
            text!("lire ou changer", "read or change")
        } else {
            text!("lire", "read")
        };
        found.push(
            Diagnostic::new(
                Code::LiveAccessBeyond,
                store.span.clone(),
                text!(
                    "le rôle « {role} », que « {name} » ne nomme pas, peut {what} : {tables} tables décrites ({shown})",
                    "the role `{role}`, which `{name}` does not name, can {what}: {tables} described tables ({shown})";
                    what
                ),
            )
            .suggest(text!(
                "retirez-lui ce droit, ou nommez-le dans access",
                "revoke that right, or name it in access"
            ))
            .about(about()),
        );
    }
}

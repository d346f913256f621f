//! Secrets are references, never values.

use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic};
use crate::load::node::Context;
use crate::model::{Register, Store, StoreKind};
use crate::span::Span;
use crate::text;

pub(super) fn check(context: &mut Context, register: &Register) {
    for store in register.stores.values() {
        let database = matches!(
            store.kind,
            StoreKind::Postgres | StoreKind::Sqlite | StoreKind::Mariadb
        );
        if database && store.url.is_none() {
            let name = &store.name;
            context.report(
                Diagnostic::new(
                    Code::NoAddress,
                    store.span.clone(),
                    text!(
                        "la base « {name} » n'a pas d'adresse",
                        "the store `{name}` has no address"
                    ),
                )
                .suggest(text!(
                    "url = \"env:{0}_READ_URL\"",
                    "url = \"env:{0}_READ_URL\"",
                    name.to_uppercase()
                ))
                .about([name.clone()]),
            );
        }
        for (key, url) in [("url", &store.url), ("write_url", &store.write_url)] {
            if let Some(url) = url {
                let span = context.place(&store.span.file, &format!("store.{key}"));
                reference(context, store, url, span);
            }
        }
        let server = matches!(store.kind, StoreKind::Postgres | StoreKind::Mariadb);
        if server && store.url.is_some() && store.url == store.write_url {
            context.report(
                Diagnostic::new(
                    Code::SameRole,
                    context.place(&store.span.file, "store.write_url"),
                    text!(
                        "la lecture et l'écriture ont la même adresse",
                        "reading and writing have the same address"
                    ),
                )
                .related(context.place(&store.span.file, "store.url"), text!("ici", "here"))
                .suggest(text!(
                    "donnez à la lecture un rôle qui ne peut que lire",
                    "give reading a role that can only read"
                ))
                .about([store.name.clone()]),
            );
        }
    }
    for (file, range, what) in std::mem::take(&mut context.secrets) {
        let (fr, en) = match what {
            Secret::Address => (
                "une adresse avec son mot de passe",
                "an address with its password",
            ),
            Secret::Value => ("ce qui ressemble à un secret", "what looks like a secret"),
        };
        context.report(clear(Span { file, range }, fr, en));
    }
}

fn clear(span: Span, fr: &str, en: &str) -> Diagnostic {
    Diagnostic::new(
        Code::SecretInClear,
        span,
        text!("secret en clair : {fr}", "secret in clear: {en}"),
    )
    .suggest(text!(
        "écrivez \"env:NOM\" ou \"file:/run/secrets/nom\", et changez ce secret : il a été lu",
        "write \"env:NAME\" or \"file:/run/secrets/name\", and change that secret: it has been read"
    ))
}

/// Variables that belong to the machine or to other tools: a register that asks for them asks for something else.
const FOREIGN: [&str; 8] = [
    "PATH",
    "HOME",
    "USER",
    "SHELL",
    "PWD",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "SSH_AUTH_SOCK",
];

fn reference(context: &mut Context, store: &Store, url: &str, span: Span) {
    let wrong = if let Some(variable) = url.strip_prefix("env:") {
        let named = variable.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !named {
            Some(text!(
                "« env: » attend le nom d'une variable",
                "`env:` expects the name of a variable"
            ))
        } else if FOREIGN.contains(&variable) || variable.starts_with("SERMENT_") {
            Some(text!(
                "la variable {variable} n'est pas l'adresse d'une base",
                "the variable {variable} is not the address of a store"
            ))
        } else {
            None
        }
    } else if let Some(path) = url.strip_prefix("file:") {
        let empty = path.trim().is_empty() || path.contains('\0');
        empty.then(|| text!("« file: » attend un chemin", "`file:` expects a path"))
    } else if context
        .secrets
        .iter()
        .any(|(file, range, _)| *file == span.file && *range == span.range)
    {
        None // Reported as a secret.
    } else if url.contains("://") && store.kind != StoreKind::Sqlite {
        context.report(clear(span, "une adresse", "an address").about([store.name.clone()]));
        return;
    } else if store.kind == StoreKind::Sqlite && !url.contains("://") {
        None
    } else {
        Some(text!("ceci n'est pas une référence", "this is not a reference"))
    };
    if let Some(message) = wrong {
        context.report(
            Diagnostic::new(Code::BadReference, span, message)
                .suggest(text!(
                    "\"env:NOM\" ou \"file:/chemin\"",
                    "\"env:NAME\" or \"file:/path\""
                ))
                .about([store.name.clone()]),
        );
    }
}

/// What a text in clear seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secret {
    /// `scheme://user:password@host`
    Address,
    /// The value of a key such as `password`.
    Value,
}

/// Whether the value of that key is a secret in clear. Called on every text of every file.
pub(crate) fn secret_in(key: &str, value: &str) -> Option<Secret> {
    if value.starts_with("env:") || value.starts_with("file:") {
        return None;
    }
    // `password = "connection.password"`: a column of passwords, and what it is.
    if value == "none" || crate::taxonomy::built_in(value).is_some() {
        return None;
    }
    let credentials = value
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', ' ', '?']).next()?.rsplit_once('@'))
        .is_some_and(|(user, _)| user.contains(':'));
    if credentials {
        return Some(Secret::Address);
    }
    let key = key.to_ascii_lowercase();
    let telling = [
        "password",
        "passwd",
        "pwd",
        "secret",
        "token",
        "api_key",
        "apikey",
        "private_key",
        "mot_de_passe",
    ];
    let named = telling
        .iter()
        .any(|word| key == *word || key.ends_with(&format!("_{word}")));
    let dsn = value
        .to_ascii_lowercase()
        .split([' ', ';', '&', '?'])
        .any(|part| {
            part.trim()
                .strip_prefix("password=")
                .is_some_and(|password| !password.is_empty())
        });
    (named && !value.trim().is_empty() || dsn).then_some(Secret::Value)
}

/// Where secrets stand, as the loader found them.
pub(crate) type Secrets = Vec<(Arc<str>, std::ops::Range<usize>, Secret)>;

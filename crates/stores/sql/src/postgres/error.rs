//! SQLSTATEs as kinds of failures. Messages name tables, columns and constraints, never values: what the server says of
//! data (classes 22 and 23, errors that a trigger raises) is replaced by our own words.

use serment_store::{Failure, Text, text};
use sqlx::postgres::PgDatabaseError;

use crate::refusal;

/// The kind of a failure.
pub(crate) fn classify(error: &sqlx::Error) -> Failure {
    let of_server = error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    match of_server {
        Some(error) => by_state(error),
        None => refusal::of_connection(error, "PostgreSQL"),
    }
}

/// The kind of a failure to connect.
pub(crate) fn classify_connect(error: &sqlx::Error, server: &str) -> Failure {
    match error {
        sqlx::Error::Io(error) => refusal::no_answer(server, error),
        sqlx::Error::Tls(error) => Failure::Tls(text!("{server} : « {error} »", "{server}: \"{error}\"")),
        sqlx::Error::Database(database) => match database.code().as_deref() {
            Some("28P01") => Failure::Refused(text!(
                "le mot de passe est faux, ou l'utilisateur n'existe pas",
                "the password is wrong, or the user does not exist"
            )),
            Some("28000") => Failure::Refused(text!(
                "cet utilisateur ne peut pas se connecter d'ici (voir pg_hba.conf)",
                "this user may not connect from here (see pg_hba.conf)"
            )),
            Some("3D000") => Failure::Refused(text!("la base n'existe pas", "the database does not exist")),
            Some("42501") => Failure::Refused(text!(
                "cet utilisateur ne peut pas se connecter à la base",
                "this user may not connect to the database"
            )),
            Some("53300") => Failure::Unreachable(text!(
                "{server} n'a plus de connexion libre",
                "{server} has no connection left"
            )),
            Some("57P03") => Failure::Unreachable(text!(
                "{server} démarre ou s'arrête",
                "{server} is starting or stopping"
            )),
            _ => classify(error),
        },
        _ => classify(error),
    }
}

fn by_state(error: &PgDatabaseError) -> Failure {
    let code = error.code();
    match code {
        "40001" | "40P01" => Failure::Retry(if code == "40P01" {
            text!("verrous croisés", "deadlock")
        } else {
            text!("échec de sérialisation", "serialisation failure")
        }),
        "55P03" => Failure::LockTimeout,
        "57014" => Failure::StatementTimeout,
        "25P03" => Failure::Cut(text!(
            "la transaction est restée inactive trop longtemps et le serveur l'a terminée",
            "the transaction sat idle too long and the server ended it"
        )),
        "42501" => Failure::Privilege(Text::quoted(error.message())),
        "25006" => Failure::ReadOnly(text!(
            "le serveur refuse d'écrire ici",
            "the server refuses to write here"
        )),
        "53100" => Failure::Full(text!("le disque du serveur", "the disk of the server")),
        "53200" => Failure::Full(text!("la mémoire du serveur", "the memory of the server")),
        "53300" => Failure::Unreachable(text!(
            "le serveur n'a plus de connexion libre",
            "the server has no connection left"
        )),
        "57P03" => Failure::Unreachable(text!(
            "le serveur démarre ou s'arrête",
            "the server is starting or stopping"
        )),
        "42P01" | "42703" | "3F000" => Failure::Missing(Text::quoted(error.message())),
        "0A000" => Failure::Unsupported(Text::quoted(error.message())),
        "P0001" => Failure::Constraint(text!(
            "un déclencheur ou une fonction de la base a levé une erreur",
            "a trigger or function of the database raised an error"
        )),
        "22001" => Failure::Constraint(text!(
            "une valeur est trop longue pour sa colonne",
            "a value is too long for its column"
        )),
        "22003" => Failure::Constraint(text!(
            "un nombre ne tient pas dans sa colonne",
            "a number does not fit its column"
        )),
        "22021" | "22P05" => Failure::Unsupported(text!(
            "PostgreSQL ne garde pas de texte contenant un caractère NUL",
            "PostgreSQL holds no text with a NUL character"
        )),
        _ if code.starts_with("23") => Failure::Constraint(constraint(error)),
        _ if code.starts_with("57P") || code.starts_with("08") => Failure::Cut(text!(
            "le serveur a fermé la connexion ({code})",
            "the server ended the connection ({code})"
        )),
        _ if code.starts_with("42") => Failure::Other(text!(
            "le serveur a refusé l'instruction : « {} » ({code})",
            "the server refused the statement: \"{}\" ({code})",
            error.message()
        )),
        _ => Failure::Other(text!(
            "le serveur a refusé : SQLSTATE {code}",
            "the server refused: SQLSTATE {code}"
        )),
    }
}

/// Which constraint, by the names that the server gives apart from its message.
fn constraint(error: &PgDatabaseError) -> Text {
    let sort = match error.code() {
        "23502" => text!("valeur obligatoire (NOT NULL)", "NOT NULL"),
        "23503" => text!("clé étrangère", "foreign key"),
        "23505" => text!("unicité", "unique"),
        "23514" => text!("condition (CHECK)", "check"),
        "23P01" => text!("exclusion", "exclusion"),
        _ => text!("intégrité", "integrity"),
    };
    let named = [
        error
            .constraint()
            .map(|name| text!("contrainte {name}", "constraint {name}")),
        error.table().map(|name| text!("table {name}", "table {name}")),
        error
            .column()
            .map(|name| text!("colonne {name}", "column {name}")),
    ];
    Text::joined(std::iter::once(&sort).chain(named.iter().flatten()), ", ")
}

/// Whether this answer to COMMIT leaves open what happened: the connection ended, and with it the answer may have been
/// lost after the transaction was made durable.
pub(crate) fn leaves_open(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(database) => database
            .code()
            .is_none_or(|code| code.starts_with("57P") || code.starts_with("08") || code.starts_with("XX")),
        _ => true,
    }
}

//! SQLite's result codes as kinds of failures. Messages name tables, columns and constraints, never values.

use serment_store::Failure;
use serment_store::{Text, text};

/// The kind of a failure.
pub(crate) fn classify(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(database) => {
            let code = database
                .code()
                .and_then(|code| code.parse::<i32>().ok())
                .unwrap_or(1);
            by_code(code, database.message())
        }
        sqlx::Error::Io(error) => Failure::Unreachable(Text::of_system(error.kind())),
        sqlx::Error::PoolTimedOut => Failure::Unreachable(text!(
            "aucune connexion ne s'est libérée à temps",
            "no connection became free in time"
        )),
        sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => {
            Failure::Cut(text!("la connexion s'est terminée", "the connection ended"))
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => crate::answer::not_text(),
        _ => Failure::Other(text!("le pilote SQLite a échoué", "the SQLite driver failed")),
    }
}

fn by_code(code: i32, message: &str) -> Failure {
    const TRIGGER: i32 = 1811;
    match code & 0xff {
        3 => Failure::Privilege(text!(
            "le fichier ne peut pas être ouvert",
            "the file may not be opened"
        )),
        5 | 6 => Failure::LockTimeout,
        7 => Failure::Full(text!("mémoire", "memory")),
        8 => Failure::ReadOnly(text!(
            "le fichier ou la connexion n'accepte pas l'écriture",
            "the file or the connection does not accept writing"
        )),
        9 => Failure::StatementTimeout,
        10 => Failure::Other(text!(
            "le disque n'a pas pu lire ou écrire (code SQLite {code})",
            "the disk failed to read or write (SQLite code {code})"
        )),
        11 => Failure::Other(text!(
            "le fichier est abîmé : exécutez PRAGMA integrity_check",
            "the file is damaged: run PRAGMA integrity_check"
        )),
        13 => Failure::Full(text!(
            "le disque, ou la taille permise du fichier",
            "the disk, or the limit of the file's size"
        )),
        14 => Failure::Unreachable(text!(
            "le fichier, ou le journal à côté de lui, ne s'ouvre pas",
            "the file, or the journal beside it, does not open"
        )),
        19 if code == TRIGGER => Failure::Constraint(text!(
            "un déclencheur a levé une erreur",
            "a trigger raised an error"
        )),
        19 => Failure::Constraint(constraint(message)),
        26 => Failure::Unreachable(text!(
            "le fichier n'est pas une base SQLite",
            "the file is not a SQLite database"
        )),
        _ if let Some(table) = message.strip_prefix("no such table: ") => {
            Failure::Missing(text!("la table {table} n'existe pas", "no such table: {table}"))
        }
        _ if let Some(column) = message.strip_prefix("no such column: ") => Failure::Missing(text!(
            "la colonne {column} n'existe pas",
            "no such column: {column}"
        )),
        _ if message.starts_with("JSON cannot hold BLOB") => Failure::Unsupported(text!(
            "une colonne de clé contient des octets, qui ne s'écrivent pas sans perte",
            "a key column holds bytes, which cannot be written without loss"
        )),
        _ if message.starts_with("malformed JSON") => Failure::Other(text!(
            "une colonne ne contient pas de JSON valide",
            "a column does not hold valid JSON"
        )),
        1 => Failure::Other(text!(
            "SQLite a refusé l'instruction : « {} »",
            "SQLite refused the statement: \"{}\"",
            without_literals(message)
        )),
        _ => Failure::Other(text!(
            "SQLite a échoué (code {code})",
            "SQLite failed (code {code})"
        )),
    }
}

/// Which constraint: "UNIQUE constraint failed: contacts.email" names a column or a constraint, and no value.
fn constraint(message: &str) -> Text {
    let Some((sort, about)) = message.split_once(" constraint failed") else {
        return Text::quoted(message);
    };
    let about = about.trim_start_matches([':', ' ']);
    let sort = match sort {
        "NOT NULL" => text!("valeur obligatoire (NOT NULL)", "NOT NULL"),
        "FOREIGN KEY" => text!("clé étrangère", "foreign key"),
        "UNIQUE" => text!("unicité", "unique"),
        "CHECK" => text!("condition (CHECK)", "check"),
        other => Text::verbatim(other),
    };
    if about.is_empty() {
        sort
    } else {
        text!("{sort}, {about}", "{sort}, {about}"; sort)
    }
}

/// A message without what stands in single quotes, which may be a value.
fn without_literals(message: &str) -> String {
    message
        .split('\'')
        .enumerate()
        .map(|(position, part)| if position % 2 == 0 { part } else { "…" })
        .collect::<Vec<_>>()
        .join("'")
}

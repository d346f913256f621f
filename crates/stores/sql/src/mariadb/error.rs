//! Error numbers as kinds of failures. Messages name tables, columns and constraints, never values: what the server says
//! of data is replaced by our own words.

use serment_store::{Failure, Text, text};
use sqlx::mysql::MySqlDatabaseError;

use crate::refusal;

/// The kind of a failure.
pub(crate) fn classify(error: &sqlx::Error) -> Failure {
    match of_server(error) {
        Some(error) => by_number(error.number(), error.message()),
        None => refusal::of_connection(error, "MariaDB"),
    }
}

fn of_server(error: &sqlx::Error) -> Option<&MySqlDatabaseError> {
    error.as_database_error()?.try_downcast_ref()
}

/// The kind of a failure to connect.
pub(crate) fn classify_connect(error: &sqlx::Error, server: &str) -> Failure {
    match error {
        sqlx::Error::Io(error) => return refusal::no_answer(server, error),
        sqlx::Error::Tls(error) => return Failure::Tls(text!("{server} : {error}", "{server}: {error}")),
        sqlx::Error::Protocol(_) => {
            return Failure::Refused(text!(
                "le serveur demande une façon de s'identifier qui n'est pas prise en charge : donnez à l'utilisateur un mot de \
                 passe avec mysql_native_password",
                "the server asks for a way to sign in that is not supported: give the user a password with \
                 mysql_native_password"
            ));
        }
        _ => {}
    }
    match of_server(error).map_or(0, MySqlDatabaseError::number) {
        1045 | 1698 => Failure::Refused(text!(
            "le mot de passe est faux, ou l'utilisateur n'existe pas",
            "the password is wrong, or the user does not exist"
        )),
        1044 => Failure::Refused(text!(
            "la base n'existe pas, ou cet utilisateur ne peut pas s'en servir",
            "the database does not exist, or this user may not use it"
        )),
        1049 => Failure::Refused(text!("la base n'existe pas", "the database does not exist")),
        1130 => Failure::Refused(text!(
            "cet utilisateur ne peut pas se connecter d'ici",
            "this user may not connect from here"
        )),
        1129 => Failure::Refused(text!(
            "le serveur a écarté cette machine après trop d'erreurs (FLUSH HOSTS)",
            "the server has blocked this machine after too many errors (FLUSH HOSTS)"
        )),
        1040 | 1203 | 1226 => Failure::Unreachable(text!(
            "{server} n'a plus de connexion libre",
            "{server} has no connection left"
        )),
        _ => classify(error),
    }
}

fn by_number(number: u16, message: &str) -> Failure {
    match number {
        1213 => Failure::Retry(text!("verrous croisés", "deadlock")),
        1020 | 1412 | 1615 => Failure::Retry(text!(
            "les données ou la table ont changé entre-temps",
            "the data or the table changed meanwhile"
        )),
        1205 => Failure::LockTimeout,
        1969 | 3024 | 1317 => Failure::StatementTimeout,
        1142 | 1143 | 1227 | 1044 | 1370 => Failure::Privilege(Text::quoted(message)),
        1146 | 1054 | 1049 => Failure::Missing(Text::quoted(message)),
        1290 | 1792 | 1836 => Failure::ReadOnly(text!(
            "le serveur refuse d'écrire ici",
            "the server refuses to write here"
        )),
        1021 | 1114 => Failure::Full(text!("le disque du serveur", "the disk of the server")),
        1037 | 1038 | 1041 => Failure::Full(text!("la mémoire du serveur", "the memory of the server")),
        1030 if message.contains("28") => {
            Failure::Full(text!("le disque du serveur", "the disk of the server"))
        }
        1040 | 1203 | 1226 => Failure::Unreachable(text!(
            "le serveur n'a plus de connexion libre",
            "the server has no connection left"
        )),
        1047 => Failure::Unreachable(text!(
            "ce nœud de la grappe n'est pas prêt",
            "this node of the cluster is not ready"
        )),
        1153 => Failure::Unsupported(text!(
            "une instruction est plus longue que max_allowed_packet du serveur",
            "a statement is longer than max_allowed_packet of the server"
        )),
        1053 | 1077 | 1152..=1161 | 1184 | 1927 | 4031 => Failure::Cut(text!(
            "le serveur a fermé la connexion ({number})",
            "the server ended the connection ({number})"
        )),
        1390 => Failure::Unsupported(text!(
            "une instruction a plus de 65 535 valeurs",
            "a statement has more than 65 535 values"
        )),
        1665 => Failure::Unsupported(text!(
            "le serveur écrit son journal binaire par instruction, ce que READ COMMITTED exclut : mettez binlog_format à MIXED \
             ou ROW",
            "the server writes its binary log by statement, which READ COMMITTED excludes: set binlog_format to MIXED or ROW"
        )),
        1064 | 1093 | 1267 | 1271 | 1305 => Failure::Other(text!(
            "le serveur a refusé l'instruction ({number})",
            "the server refused the statement ({number})"
        )),
        _ => match constraint(number, message) {
            Some(said) => Failure::Constraint(said),
            None => Failure::Other(text!(
                "le serveur a refusé : erreur {number}",
                "the server refused: error {number}"
            )),
        },
    }
}

/// Which constraint, by the names that stand in the message; never the values that stand there too.
fn constraint(number: u16, message: &str) -> Option<Text> {
    Some(match number {
        1062 | 1169 | 1586 => {
            let key = message
                .rsplit_once("for key ")
                .map_or("", |(_, key)| key.trim_matches('\''));
            text!("unicité, clé {key}", "unique, key {key}")
        }
        1048 => {
            let column = quoted_part(message, '\'');
            text!(
                "valeur obligatoire (NOT NULL), colonne {column}",
                "NOT NULL, column {column}"
            )
        }
        1216 | 1217 | 1451 | 1452 => {
            let name = message
                .split_once("CONSTRAINT `")
                .and_then(|(_, rest)| rest.split('`').next())
                .unwrap_or_default();
            text!(
                "clé étrangère, contrainte {name}",
                "foreign key, constraint {name}"
            )
        }
        4025 => {
            let name = quoted_part(message, '`');
            text!("condition (CHECK), contrainte {name}", "check, constraint {name}")
        }
        1644 => text!(
            "un déclencheur ou une fonction de la base a levé une erreur",
            "a trigger or function of the database raised an error"
        ),
        1406 => {
            let column = quoted_part(message, '\'');
            text!(
                "une valeur est trop longue pour sa colonne {column}",
                "a value is too long for its column {column}"
            )
        }
        1264 | 1690 => text!(
            "un nombre ne tient pas dans sa colonne",
            "a number does not fit its column"
        ),
        1265 | 1292 | 1366 | 1367 | 1411 | 1364 => text!(
            "une valeur n'est pas de celles que sa colonne accepte",
            "a value is not one that its column accepts"
        ),
        _ => return None,
    })
}

/// What stands between the first pair of quotes: the name of a column or constraint.
fn quoted_part(message: &str, quote: char) -> &str {
    message.split(quote).nth(1).unwrap_or_default()
}

/// Whether this answer to COMMIT leaves open what happened: all but a clear refusal, after which the server rolled back.
pub(crate) fn leaves_open(error: &sqlx::Error) -> bool {
    !matches!(
        classify(error),
        Failure::Retry(_) | Failure::LockTimeout | Failure::ReadOnly(_) | Failure::Constraint(_)
    )
}

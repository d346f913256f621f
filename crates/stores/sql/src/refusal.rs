//! What more than one database refuses, in the same words.

use serment_store::{Failure, Text, text};

use crate::print::Column;

/// Text is compared with something else.
pub(crate) fn wants_quotes(column: &Column) -> Failure {
    column.unsupported(text!(
        "c'est du texte : écrivez la valeur entre guillemets",
        "it is text: write the value between quotes"
    ))
}

/// A number is compared with text that writes none.
pub(crate) fn no_number(column: &Column) -> Failure {
    column.unsupported(text!(
        "elle contient des nombres et le registre la compare à un autre texte",
        "it holds numbers and the register compares it with other text"
    ))
}

/// A number is to be replaced by text that writes none.
pub(crate) fn constant_is_no_number(column: &Column) -> Failure {
    column.unsupported(text!(
        "elle contient des nombres et la constante n'en est pas un",
        "it holds numbers and the constant is not one"
    ))
}

/// A UUID is compared with text that is none.
pub(crate) fn no_uuid(column: &Column) -> Failure {
    column.unsupported(text!(
        "elle contient des UUID et le registre la compare à un autre texte",
        "it holds UUIDs and the register compares it with other text"
    ))
}

/// The type of a column does not compare with the constant.
pub(crate) fn incomparable(column: &Column) -> Failure {
    column.unsupported(text!(
        "son type {} ne se compare pas à cette valeur",
        "its type {} cannot be compared with this value",
        column.r#type.cast
    ))
}

/// Two columns do not compare.
pub(crate) fn of_another_sort(left: &Column, right: &Column) -> Failure {
    let right = &right.name;
    left.unsupported(text!(
        "elle ne se compare pas à {right}, qui est d'une autre sorte",
        "it cannot be compared with {right}, which is of another sort"
    ))
}

/// Text is said to hold a number of seconds.
pub(crate) fn text_is_no_number_of_seconds(column: &Column) -> Failure {
    column.unsupported(text!(
        "c'est du texte, qui ne peut contenir un nombre de secondes",
        "it is text and cannot hold a number of seconds"
    ))
}

/// A type that holds no time.
pub(crate) fn no_time(column: &Column) -> Failure {
    column.unsupported(text!(
        "son type {} ne contient pas de date : dites epoch_seconds ou epoch_milliseconds si c'en est un nombre",
        "its type {} holds no time: say epoch_seconds or epoch_milliseconds if it is a number of them",
        column.r#type.cast
    ))
}

/// Something that has neither year nor month.
pub(crate) fn no_year(column: &Column) -> Failure {
    column.unsupported(text!(
        "seuls une date, une heure ou un texte se ramènent à leur année ou à leur mois",
        "only a date, a time or text can be brought to its year or month"
    ))
}

/// Something that is no number is to be brought to a band.
pub(crate) fn no_band(column: &Column) -> Failure {
    column.unsupported(text!(
        "seul un nombre se ramène à une tranche",
        "only a number can be brought to a band"
    ))
}

/// The width of a band, which every database counts with.
pub(crate) fn band(column: &Column, width: u64) -> Result<i64, Failure> {
    i64::try_from(width)
        .ok()
        .filter(|width| (1..=1_000_000_000_000).contains(width))
        .ok_or_else(|| {
            column.unsupported(text!(
                "une tranche doit être large de 1 à 10^12",
                "a band must be between 1 and 10^12 wide"
            ))
        })
}

/// A key of another width than that of the table.
pub(crate) fn another_width() -> Failure {
    Failure::Unsupported(text!(
        "une clé n'a pas autant de parties que celle de la table",
        "a key has not as many parts as the table's key"
    ))
}

/// A key to go on from that sorts nowhere.
pub(crate) fn no_order() -> Failure {
    Failure::Unsupported(text!(
        "une clé à partir de laquelle continuer a une partie qui n'a pas d'ordre",
        "a key to go on from has a part without order"
    ))
}

/// The catalogue of a server is not what it should be.
pub(crate) fn unexpected_catalogue() -> Failure {
    Failure::Other(text!(
        "le catalogue a répondu sous une forme inattendue",
        "the catalogue answered in an unexpected form"
    ))
}

/// An error of the connection rather than of the server.
pub(crate) fn of_connection(error: &sqlx::Error, product: &str) -> Failure {
    match error {
        sqlx::Error::Io(error) => Failure::Cut(Text::of_system(error.kind())),
        sqlx::Error::Tls(_) => Failure::Tls(text!("la session TLS a échoué", "the TLS session failed")),
        sqlx::Error::PoolTimedOut => Failure::Unreachable(text!(
            "aucune connexion ne s'est libérée à temps",
            "no connection became free in time"
        )),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Failure::Cut(text!("la connexion s'est terminée", "the connection ended"))
        }
        sqlx::Error::Protocol(_) => Failure::Cut(text!(
            "le serveur a répondu de façon inattendue",
            "the server answered in an unexpected way"
        )),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => crate::answer::not_text(),
        sqlx::Error::Database(_) => Failure::Other(text!(
            "le serveur a refusé sans dire pourquoi",
            "the server refused without saying why"
        )),
        _ => Failure::Other(text!(
            "le pilote {product} a échoué",
            "the {product} driver failed"
        )),
    }
}

/// A server that does not answer.
pub(crate) fn no_answer(server: &str, error: &std::io::Error) -> Failure {
    let why = Text::of_system(error.kind());
    Failure::Unreachable(text!(
        "{server} ne répond pas : {why}",
        "{server} does not answer: {why}";
        why
    ))
}

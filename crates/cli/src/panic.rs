//! What is shown when an assertion of Serment itself fails: where, and no value.

use crate::out::complain;

/// Replaces the message of panics: theirs may hold data.
pub fn install() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|location| format!("{}:{}", location.file(), location.line()))
            .unwrap_or_default();
        let text = crate::words::both!(
            "défaut interne de serment ({place}) : l'opération s'arrête, ce qui est consigné le reste",
            "internal defect of serment ({place}): the operation stops, what is recorded stays so"
        );
        complain(&format!("serment: {} / {}\n", text.en, text.fr));
    }));
}

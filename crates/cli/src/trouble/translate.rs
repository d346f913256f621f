//! The errors of the libraries, said in both languages.

use serment_journal::JournalError;
use serment_keep::KeepError;
use serment_keep::ports::LedgerError;
use serment_plan::PlanError;
use serment_register::directory::ReadError;
use serment_register::model::{Language, Text};
use serment_state::StateError;
use serment_store::{Failure, StoreError};

use super::{Exit, Trouble};
use crate::words::both;

/// What an error means to a person.
pub fn of(error: &anyhow::Error) -> Trouble {
    for cause in error.chain() {
        if let Some(trouble) = cause.downcast_ref::<Trouble>() {
            return trouble.clone();
        }
        if let Some(error) = cause.downcast_ref::<KeepError>() {
            return of_keep(error);
        }
        if let Some(error) = cause.downcast_ref::<StoreError>() {
            return of_store(error);
        }
        if let Some(error) = cause.downcast_ref::<PlanError>() {
            return of_plan(error);
        }
        if let Some(error) = cause.downcast_ref::<StateError>() {
            return of_state(error);
        }
        if let Some(error) = cause.downcast_ref::<ReadError>() {
            return of_reading(error);
        }
        if let Some(error) = cause.downcast_ref::<LedgerError>() {
            return of_ledger(error);
        }
        if let Some(error) = cause.downcast_ref::<JournalError>() {
            return of_journal(error);
        }
        if let Some(error) = cause.downcast_ref::<std::io::Error>() {
            return Trouble::new(of_io(error));
        }
    }
    Trouble::new(Text::quoted(&format!("{error:#}")))
}

/// What the system says, in its usual cases.
pub fn of_io(error: &std::io::Error) -> Text {
    Text::of_system(error.kind())
}

fn of_reading(error: &ReadError) -> Trouble {
    match error {
        ReadError::Io { path, source } => Trouble::new(of_io(source)).at(path.display().to_string()),
        ReadError::Link { path } => Trouble::new(both!(
            "un lien symbolique ne fait pas partie d'un registre : il pourrait mener n'importe où",
            "a symbolic link is no part of a register: it could lead anywhere"
        ))
        .at(path.display().to_string())
        .advise(both!("remplacez-le par le fichier lui-même", "replace it by the file itself")),
        ReadError::Name { path } => Trouble::new(both!(
            "ce nom de fichier n'est pas de l'UTF-8",
            "this file name is not UTF-8"
        ))
        .at(path.display().to_string()),
        ReadError::TooLarge { path, limit } => Trouble::new(both!(
            "c'est plus qu'un registre ne peut contenir : {limit}",
            "it is more than a register may hold: {limit}"
        ))
        .at(path.display().to_string()),
        ReadError::NotFound { path } => Trouble::usage(both!(
            "aucun registre ici : pas de serment.toml dans ce dossier ni au-dessus",
            "no register here: no serment.toml in this directory nor above it"
        ))
        .at(path.display().to_string())
        .advise(both!(
            "allez dans le dossier du registre, ou donnez-le par --register DIR ; pour essayer : serment demo",
            "go to the directory of the register, or name it by --register DIR; to try it out: serment demo"
        )),
    }
}

/// What happened in a store.
pub fn of_store(error: &StoreError) -> Trouble {
    let store = &error.store;
    let failure = error.failure.text();
    let mut trouble =
        Trouble::new(both!("le dépôt {store} : {failure}", "store {store}: {failure}"; failure));
    trouble.advice = advice(&error.failure);
    trouble
}

fn advice(failure: &Failure) -> Option<Text> {
    Some(match failure {
        Failure::Address(_) => both!(
            "définissez la variable ou le fichier que le registre cite, ou corrigez `url` et `write_url`",
            "set the variable or file that the register cites, or mend `url` and `write_url`"
        ),
        Failure::Unreachable(_) => both!(
            "vérifiez qu'il est en marche et que cette machine peut l'atteindre",
            "check that it is running and that this machine can reach it"
        ),
        Failure::Refused(_) => both!(
            "vérifiez l'utilisateur, le mot de passe et la base",
            "check the user, the password and the database"
        ),
        Failure::Tls(_) => both!(
            "vérifiez le certificat du serveur",
            "check the server's certificate"
        ),
        Failure::Privilege(_) => both!(
            "accordez-le au rôle que le registre emploie",
            "grant it to the role that the register uses"
        ),
        Failure::Missing(_) => both!(
            "corrigez le registre, ou la base : serment plan dit ce qui diffère",
            "mend the register, or the database: serment plan says what differs"
        ),
        Failure::LockTimeout => both!(
            "réessayez quand l'application est plus calme",
            "try again when the application is quieter"
        ),
        Failure::StatementTimeout => both!(
            "réessayez avec un --batch plus petit",
            "try again with a smaller --batch"
        ),
        Failure::Retry(_) => both!("réessayez", "try again"),
        Failure::Cut(_) => both!(
            "réessayez : ce qui était fait est consigné",
            "try again: what was done is recorded"
        ),
        Failure::ReadOnly(_) => both!(
            "donnez à write_url l'adresse du primaire",
            "give write_url the address of the primary"
        ),
        Failure::Full(_) => both!("libérez de la place, puis réessayez", "make room, then try again"),
        Failure::Busy => both!(
            "attendez qu'il finisse, puis réessayez",
            "wait for it to end, then try again"
        ),
        Failure::Unsupported(_) | Failure::Constraint(_) | Failure::Other(_) => return None,
    })
}

fn of_state(error: &StateError) -> Trouble {
    match error {
        StateError::File { path, source } => Trouble::new(of_io(source))
            .at(path.display().to_string())
            .advise(both!(
                "Serment garde son état dans .serment/, à côté du registre : il doit pouvoir y écrire",
                "Serment keeps its state in .serment/, beside the register: it must be able to write there"
            )),
        StateError::Busy { path, holder } => Trouble::finding(both!(
            "un autre « serment keep » est en cours ici (processus {holder})",
            "another `serment keep` is running here (process {holder})"
        ))
        .at(path.display().to_string())
        .advise(both!(
            "attendez qu'il finisse, ou arrêtez-le",
            "wait for it to end, or stop it"
        )),
        StateError::Newer { path, found, known } => Trouble::new(both!(
            "l'état a le schéma {found} ; cette version de serment connaît au plus {known}",
            "the state has schema {found}; this version of serment knows {known} at most"
        ))
        .at(path.display().to_string())
        .advise(both!("employez la version plus récente", "use the newer version")),
        StateError::Foreign { path } => Trouble::new(both!(
            "ce fichier n'est pas un état de serment",
            "this file is not a state of serment"
        ))
        .at(path.display().to_string())
        .advise(both!("mettez-le ailleurs", "move it away")),
        StateError::OldSqlite(version) => Trouble::new(both!(
            "SQLite {version} est trop ancien pour deux écrivains (3.51.3 au moins)",
            "SQLite {version} is too old for two writers (3.51.3 at least)"
        )),
        StateError::Full(said) => Trouble::new(both!(
            "plus de place pour l'état : rien de nouveau ne commence (« {said} »)",
            "no space left for the state: nothing more is started (\"{said}\")"
        ))
        .advise(both!(
            "libérez de la place, puis relancez",
            "make room, then run again"
        )),
        StateError::Corrupt(said) => Trouble::new(both!(
            "l'état ne se lit pas : {said}",
            "the state cannot be understood: {said}"
        ))
        .advise(both!(
            "serment fsck dit ce qui ne va pas",
            "serment fsck says what is wrong"
        )),
        StateError::Sqlite(said) => Trouble::new(both!(
            "la base de l'état répond : « {said} »",
            "the state's database says: \"{said}\""
        ))
        .advise(both!(
            "vérifiez que le disque de .serment/ a de la place et répond, puis relancez",
            "check that the disk of .serment/ has room and answers, then run again"
        )),
    }
}

/// The journal speaks both languages by itself.
pub fn language_of_journal(language: Language) -> serment_journal::Language {
    match language {
        Language::French => serment_journal::Language::French,
        Language::English => serment_journal::Language::English,
    }
}

fn of_ledger(error: &LedgerError) -> Trouble {
    match error {
        LedgerError::Busy(_) => Trouble::finding(both!(
            "un autre processus écrit dans le journal",
            "another process is writing to the journal"
        ))
        .advise(both!(
            "attendez qu'il finisse, puis réessayez",
            "wait for it to end, then try again"
        )),
        LedgerError::Failed(said) => Trouble::new(both!("le journal : {said}", "the journal: {said}"; said))
            .advise(both!(
                "serment fsck dit ce qui ne va pas",
                "serment fsck says what is wrong"
            )),
    }
}

fn of_journal(error: &JournalError) -> Trouble {
    let usage = matches!(
        error,
        JournalError::NoEntry { .. } | JournalError::NoJournal { .. }
    );
    let what = Text {
        fr: error.message(serment_journal::Language::French),
        en: error.message(serment_journal::Language::English),
    };
    if usage {
        Trouble::usage(what)
    } else {
        Trouble::new(what)
    }
}

/// What stands in the way of a plan.
pub fn of_plan(error: &PlanError) -> Trouble {
    let usage = matches!(error, PlanError::UnknownTable(_) | PlanError::UnknownRule(_));
    let what = error.text();
    if usage {
        Trouble::usage(what)
    } else {
        Trouble::new(what)
    }
}

fn of_keep(error: &KeepError) -> Trouble {
    let again = both!("relisez-le : serment plan", "read it again: serment plan");
    match error {
        KeepError::Store(error) => of_store(error),
        KeepError::State(error) => of_state(error),
        KeepError::Plan(error) => of_plan(error),
        KeepError::Ledger(error) => of_ledger(error),
        KeepError::Entropy(error) => {
            let said = &error.0;
            Trouble::new(both!("le système ne donne pas de hasard : {said}", "the system gives no randomness: {said}"))
        }
        KeepError::ClockWentBack { now, last } => Trouble::new(both!(
            "l'horloge dit {now}, et la dernière exécution datait de {last} : elle a reculé",
            "the clock says {now}, and the last run was at {last}: it went back"
        ))
        .advise(both!("remettez-la à l'heure, puis relancez", "set it right, then run again")),
        KeepError::UnknownRule(rule) => of_plan(&PlanError::UnknownRule(rule.clone())),
        KeepError::UnknownTable(table) => of_plan(&PlanError::UnknownTable(table.clone())),
        KeepError::UnknownHold(hold) => Trouble::usage(both!(
            "{hold} n'est pas une suspension en vigueur",
            "{hold} is not a hold in force"
        ))
        .advise(both!("serment hold list les montre", "serment hold list shows them")),
        KeepError::Condition(said) => {
            Trouble::usage(both!("la condition ne se comprend pas : {said}", "the condition cannot be understood: {said}"; said))
        }
        KeepError::KeyShape { table, columns, expected, found } => Trouble::usage(both!(
            "{table} : une clé a {expected} parties ({columns}), celle-ci en a {found}",
            "{table}: a key has {expected} parts ({columns}), and this one has {found}"
        ))
        .advise(both!(
            "une clé composée s'écrit comme un tableau JSON : '[\"FR\", 12]'",
            "a composite key is written as a JSON array: '[\"FR\", 12]'"
        )),
        KeepError::Stale { rule, current, given } => {
            let current = crate::screen::plan::short(current);
            Trouble::finding(both!(
                "{rule} : le plan est maintenant {current}, et non {given}",
                "{rule}: the plan is now {current}, not {given}"
            ))
            .advise(again)
        }
        KeepError::NotExtensible(why) => Trouble::usage(both!(
            "cette durée ne peut pas être prolongée : {why}",
            "this duration cannot be extended: {why}";
            why
        )),
        KeepError::NotApprovable { rule, why } => Trouble::finding(both!(
            "{rule} ne peut pas être approuvée : {why}",
            "{rule} cannot be approved: {why}";
            why
        ))
        .advise(again),
        KeepError::HoldPending { id, why } => Trouble::new(both!(
            "la suspension {id} est enregistrée et aucun nouveau lot ne touchera ses lignes, mais un lot commencé avant peut être encore en cours : {why}",
            "hold {id} is recorded and no new batch will touch its rows, but one that began before may still be running: {why}";
            why
        ))
        .advise(both!(
            "relancez la même commande, ou attendez et regardez : serment hold list",
            "run the same command again, or wait and look: serment hold list"
        )),
        KeepError::Broken(said) => Trouble {
            exit: Exit::Failure,
            ..Trouble::new(both!(
                "un contrôle interne a échoué, rien n'a été modifié ensuite : {said}",
                "an internal check failed, nothing was changed after it: {said}";
                said
            ))
        }
        .advise(both!("c'est un défaut de serment : signalez-le", "this is a defect of serment: please report it")),
        KeepError::File(said) => Trouble::new(both!("un fichier de l'état : {said}", "a file of the state: {said}"; said)),
        KeepError::UnreadStore { store, why } => Trouble::new(both!(
            "le dépôt {store} n'a pas été lu : {why}",
            "store {store} was not read: {why}";
            why
        )),
    }
}

//! The files of the register, inside the program: a demonstration needs no checkout.

use super::Dialect;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../../accounting/", $path)))),*]
    };
}

/// Every file of `examples/accounting`, in order of path. A test compares the list with the directory.
const FILES: &[(&str, &str)] = &files![
    "DEPARTURES.md",
    "README.md",
    "activities/account.toml",
    "activities/billing.toml",
    "activities/membership.toml",
    "activities/newsletters.toml",
    "activities/recruitment.toml",
    "activities/sales.toml",
    "activities/support.toml",
    "activities/visitors.toml",
    "activities/webinars.toml",
    "measures.toml",
    "notices/confidentialite.fr.md",
    "notices/privacy.en.md",
    "parties/boussole.toml",
    "parties/bureau.toml",
    "parties/carnet.toml",
    "parties/cercle.toml",
    "parties/estrade.toml",
    "parties/grimoire.toml",
    "parties/guichet.toml",
    "parties/nuages.toml",
    "parties/plume.toml",
    "parties/tax_office.toml",
    "parties/tirelire.toml",
    "parties/vivier.toml",
    "promises.toml",
    "serment.toml",
    "stores/billing.toml",
    "stores/crm.toml",
    "stores/hr_archive.toml",
    "stores/mailing.toml",
    "stores/recruitment.toml",
    "stores/site.toml",
    "stores/uploads.toml",
    "stores/webinars.toml",
    "vocabulary.toml",
];

/// The register, as paths inside its directory and contents.
///
/// For SQLite each store is a file beside the register, `crm.db`. For PostgreSQL each is a database whose address stands
/// in an environment variable, `env:CRM_URL`.
pub fn register_files(dialect: Dialect) -> Vec<(&'static str, String)> {
    FILES
        .iter()
        .map(|(path, content)| {
            let content = match (dialect, path.starts_with("stores/")) {
                (Dialect::Postgres, true) => on_postgres(path, content),
                _ => (*content).to_owned(),
            };
            (*path, content)
        })
        .collect()
}

/// Says another kind and address, and nothing else: the two lines are replaced where they stand.
fn on_postgres(path: &str, content: &str) -> String {
    let store = path
        .trim_start_matches("stores/")
        .trim_end_matches(".toml")
        .to_uppercase();
    let line = |line: &str| match line
        .split_once('=')
        .map(|(key, value)| (key.trim(), value.trim()))
    {
        Some(("kind", "\"sqlite\"")) => "kind      = \"postgres\"".to_owned(),
        Some(("url", value)) if value.ends_with(".db\"") => format!("url       = \"env:{store}_URL\""),
        _ => line.to_owned(),
    };
    content.lines().map(|text| line(text) + "\n").collect()
}

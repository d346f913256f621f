//! The files of a register, inside the program: a demonstration needs no checkout.

use crate::sql::Dialect;

/// Files of the folder of a company, each with its path.
macro_rules! files {
    ($company:literal: $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../", $company, "/", $path)))),*]
    };
}
pub(crate) use files;

/// The files as they are, or speaking of databases on a server.
pub fn written_for(files: &[(&'static str, &'static str)], dialect: Dialect) -> Vec<(&'static str, String)> {
    files
        .iter()
        .map(|(path, content)| {
            let content = match dialect {
                Dialect::Postgres if path.starts_with("stores/") => on_server(path, content, "postgres"),
                Dialect::Mariadb if path.starts_with("stores/") => on_server(path, content, "mariadb"),
                _ => (*content).to_owned(),
            };
            (*path, content)
        })
        .collect()
}

/// Says another kind and addresses, and nothing else: the lines are replaced where they stand. Reading and writing have
/// roles of their own, hence two addresses.
fn on_server(path: &str, content: &str, kind: &str) -> String {
    let store = path
        .trim_start_matches("stores/")
        .trim_end_matches(".toml")
        .to_uppercase();
    let line = |line: &str| match line
        .split_once('=')
        .map(|(key, value)| (key.trim(), value.trim()))
    {
        Some(("kind", "\"sqlite\"")) => format!("kind      = \"{kind}\""),
        Some(("url", value)) if value.ends_with(".db\"") => {
            format!("url       = \"env:{store}_URL\"\nwrite_url = \"env:{store}_WRITE_URL\"")
        }
        _ => line.to_owned(),
    };
    content.lines().map(|text| line(text) + "\n").collect()
}

//! `docs/cli.md`, made from the tree of commands: what `--help` says, on one page.

use serment_register::model::Language;

use super::command;

/// The page, in English.
pub fn page() -> String {
    let tree = command(Language::English);
    let mut out = String::from(
        "<!-- Generated from crates/cli/src/args.rs: SERMENT_WRITE_DOCS=1 cargo test -p serment-cli -->\n\n\
         # The command\n\n\
         Every command says the same with `--help`, in English or French. Completions come from `serment completions SHELL`,\n\
         man pages from `serment man --out DIR`.\n\n",
    );
    out.push_str(
        "| exit code | means |\n|---|---|\n\
         | 0 | done; for `check`, no error (warnings are shown); for `diff`, nothing that is kept changes |\n\
         | 1 | findings, or blocked: errors in the register, a store that differs from it or does not answer (`check --live`), a \
         change of what is kept (`diff`), an obstacle to a rule, a run that did not end clean, a receipt \
         that does not verify |\n\
         | 2 | a mistake of usage |\n\
         | 3 | it could not be done: a store that does not answer, a disk that is full, a register with errors (`diff`) |\n\n\
         A KEY is one value (`4711`, `\"FR-12\"`) or a JSON array for a composite key (`'[\"FR\", 12]'`). State is kept in\n\
         `.serment/`, beside the register.\n\n",
    );
    out.push_str("## Common options\n\n");
    out.push_str(&options(&tree, |argument| {
        argument.is_global_set() || argument.get_id() == "version"
    }));
    for inner in tree.get_subcommands() {
        describe(inner, &format!("serment {}", inner.get_name()), &mut out);
    }
    format!("{}\n", out.trim_end())
}

fn describe(command: &clap::Command, path: &str, out: &mut String) {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    out.push_str(&format!("## `{path}`\n\n{about}.\n\n"));
    let mut nested = command.get_subcommands().peekable();
    if nested.peek().is_some() {
        for inner in nested {
            describe(inner, &format!("{path} {}", inner.get_name()), out);
        }
        return;
    }
    let mut usage = command.clone().bin_name(path.to_owned());
    let usage = usage.render_usage().to_string();
    let usage = usage.trim().trim_start_matches("Usage: ");
    out.push_str(&format!("```text\n{usage}\n```\n\n"));
    let table = options(command, |argument| !argument.is_global_set());
    if !table.is_empty() {
        out.push_str(&table);
    }
}

fn options(command: &clap::Command, chosen: impl Fn(&clap::Arg) -> bool) -> String {
    let lines: Vec<String> = command
        .get_arguments()
        .filter(|argument| chosen(argument))
        .map(|argument| {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            format!("| `{}` | {help} |\n", written(argument).replace('|', "\\|"))
        })
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    format!("| | |\n|---|---|\n{}\n", lines.concat())
}

/// How an argument is written: `--at <DATE>`, `<KEY>...`.
fn written(argument: &clap::Arg) -> String {
    let names = argument
        .get_value_names()
        .map(|names| {
            names
                .iter()
                .map(|name| format!("<{name}>"))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|_| argument.get_action().takes_values())
        .unwrap_or_default();
    let option = match (argument.get_short(), argument.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (None, Some(long)) => format!("--{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, None) => return names,
    };
    if names.is_empty() {
        option
    } else {
        format!("{option} {names}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_in_docs_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
        if std::env::var_os("SERMENT_WRITE_DOCS").is_some() {
            std::fs::write(path, page()).expect("written");
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == page(),
            "docs/cli.md is not what the commands say: SERMENT_WRITE_DOCS=1 cargo test -p serment-cli"
        );
    }
}

//! What `cargo xtask bench` is asked.

/// How it is used.
pub const HELP: &str = "\
cargo xtask bench NAME [--quick] [--format text|json] [--case PART] [--rounds N]
                       [--profile PROFILE | --binary FILE]

  NAME        retention, memory, journal or cli
  --quick     small data: about a minute, to try things; without it, the sizes that the figures are about
  --format    a table for people (default), or an array of objects
  --case      only the cases whose name contains this
  --rounds    how often ours and the reference take turns (default: 3, or 2 with --quick); the median counts
  --profile   the profile of cargo with which serment is built (default: release)
  --binary    this serment is measured, and none is built
";

/// A bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Rows deleted and anonymised, against hand-written SQL.
    Retention,
    /// Peak of resident memory, whatever the number of rows.
    Memory,
    /// Appending, verifying, proving.
    Journal,
    /// How quickly the command answers.
    Cli,
}

/// How figures are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table.
    Text,
    /// An array of objects.
    Json,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which bench.
    pub name: Name,
    /// On small data.
    pub quick: bool,
    /// How to print.
    pub format: Format,
    /// Part of the names of cases; None for all.
    pub case: Option<String>,
    /// How often ours and the reference take turns.
    pub rounds: Option<u32>,
    /// Profile of cargo.
    pub profile: String,
    /// A `serment` that is there already.
    pub binary: Option<String>,
}

/// Reads the arguments after `bench`. The error is a sentence for whoever typed them.
pub fn read(words: &[&str]) -> Result<Asked, String> {
    let mut asked = Asked {
        name: Name::Cli,
        quick: false,
        format: Format::Text,
        case: None,
        rounds: None,
        profile: "release".to_owned(),
        binary: None,
    };
    let mut name = None;
    let mut rest = words.iter().copied();
    while let Some(word) = rest.next() {
        let (option, inline) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value)),
            _ => (word, None),
        };
        let mut value = || {
            inline
                .or_else(|| rest.next())
                .filter(|value| !value.is_empty())
                .ok_or_else(|| format!("{option} needs a value"))
        };
        match option {
            "--quick" if inline.is_none() => asked.quick = true,
            "--format" => {
                asked.format = match value()? {
                    "text" => Format::Text,
                    "json" => Format::Json,
                    other => return Err(format!("--format is text or json, not {other}")),
                }
            }
            "--case" => asked.case = Some(value()?.to_owned()),
            "--rounds" => match value()?.parse() {
                Ok(rounds) if rounds > 0 => asked.rounds = Some(rounds),
                _ => return Err("--rounds is a number from 1 on".to_owned()),
            },
            "--profile" => asked.profile = value()?.to_owned(),
            "--binary" => asked.binary = Some(value()?.to_owned()),
            other if other.starts_with('-') => return Err(format!("{other} is no option of bench")),
            other if name.is_some() => return Err(format!("one bench at a time: what is {other}?")),
            other => name = Some(named(other)?),
        }
    }
    asked.name = name.ok_or("which bench? retention, memory, journal or cli")?;
    Ok(asked)
}

fn named(word: &str) -> Result<Name, String> {
    match word {
        "retention" => Ok(Name::Retention),
        "memory" => Ok(Name::Memory),
        "journal" => Ok(Name::Journal),
        "cli" => Ok(Name::Cli),
        other => Err(format!(
            "there is no bench {other}: retention, memory, journal or cli"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_in_any_order_with_or_without_an_equals_sign() {
        let expected = Asked {
            name: Name::Journal,
            quick: true,
            format: Format::Json,
            case: Some("append".to_owned()),
            rounds: Some(5),
            profile: "dist".to_owned(),
            binary: Some("old/serment".to_owned()),
        };
        let spellings: [&[&str]; 2] = [
            &[
                "journal",
                "--quick",
                "--format",
                "json",
                "--case",
                "append",
                "--rounds",
                "5",
                "--profile",
                "dist",
                "--binary",
                "old/serment",
            ],
            &[
                "--profile=dist",
                "--binary=old/serment",
                "--case=append",
                "--rounds=5",
                "--format=json",
                "--quick",
                "journal",
            ],
        ];
        for words in spellings {
            assert_eq!(read(words), Ok(expected.clone()), "{words:?}");
        }
        let plain = read(&["cli"]).expect("a bench");
        assert_eq!(
            (plain.quick, plain.format, plain.case),
            (false, Format::Text, None)
        );
    }

    #[test]
    fn mistakes_are_told() {
        for (words, told) in [
            (&[] as &[&str], "which bench"),
            (&["speed"], "no bench speed"),
            (&["cli", "memory"], "one bench at a time"),
            (&["cli", "--format", "xml"], "not xml"),
            (&["cli", "--format"], "--format needs a value"),
            (&["cli", "--case="], "--case needs a value"),
            (&["cli", "--rounds", "0"], "from 1 on"),
            (&["cli", "--slow"], "--slow is no option"),
            (&["cli", "--quick=1"], "--quick is no option"),
        ] {
            let mistake = read(words).expect_err("a mistake");
            assert!(mistake.contains(told), "{words:?}: {mistake}");
        }
    }
}

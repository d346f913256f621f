//! `serment check`, and what it says of live stores with `--live`.

mod live;

use anyhow::Result;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use serment_keep::ports::Clock;
use serment_register::diagnostics::{Severity, has_errors};
use serment_register::model::{Register, RuleId, Text};
use serment_register::{directory, load_at, render, say};

use crate::args::{Check, CheckFormat};
use crate::screen::look::{Look, Tone};
use crate::session::Session;
use crate::trouble::Exit;
use crate::words::{both, counted};

/// Checks and explains.
pub fn run(session: &mut Session, args: &Check) -> Result<Exit> {
    if let Some(directory) = &args.directory {
        session.register = Some(directory.clone());
    }
    let directory = session.directory()?;
    let files = directory::read(&directory)?;
    // The days of the law are those of the place where nothing else is known yet: UTC.
    let today = session.world.now().to_zoned(TimeZone::UTC).date();
    let (register, mut findings) = load_at(&files, today);
    if let Some(register) = &register {
        session.speak_as(register);
    }
    let look = session.look;
    // A register that is not understood says nothing that a store could be compared with; one that lacks rules does.
    let live = match &register {
        Some(register) if args.live => Some(live::look(register, &directory)?),
        _ => None,
    };
    if let Some(live) = &live {
        findings.extend(live.findings.iter().cloned());
    }
    let failed = register.is_none() || has_errors(&findings);
    let said = match &register {
        Some(register) if args.say && !failed => Some(say::every(register)),
        _ => None,
    };
    let text = match args.format {
        CheckFormat::Json => {
            let findings = render::json(&findings, &files, look.language);
            match (&said, &live) {
                (None, None) => format!("{findings}\n"),
                _ => format!("{:#}\n", with_more(&findings, said.as_deref(), live.as_ref())?),
            }
        }
        CheckFormat::Sarif => format!("{}\n", render::sarif(&findings, &files, look.language)),
        CheckFormat::Text => {
            let mut text = render::terminal(&findings, &files, look.language, look.color);
            if let Some(rules) = &said {
                text.push_str(&spoken(rules, &look));
            }
            if let Some(live) = &live {
                text.push_str(&live.screen(&look));
            }
            let count = |severity| {
                findings
                    .iter()
                    .filter(|finding| finding.severity == severity)
                    .count() as u64
            };
            text.push_str(&summary(
                register.as_ref(),
                count(Severity::Error),
                count(Severity::Warning),
                &look,
            ));
            text
        }
    };
    session.out.print(&text)?;
    Ok(if failed { Exit::Findings } else { Exit::Done })
}

fn with_more(findings: &str, rules: Option<&[(RuleId, Text)]>, live: Option<&live::Live>) -> Result<Value> {
    let mut all = json!({ "findings": serde_json::from_str::<Value>(findings)? });
    if let Some(rules) = rules {
        all["rules"] = rules
            .iter()
            .map(|(rule, text)| json!({ "rule": rule.0, "fr": text.fr, "en": text.en }))
            .collect();
    }
    if let Some(live) = live {
        all["stores"] = live.stores_as_json();
    }
    Ok(all)
}

/// Every rule as its published sentence, in both languages, that of the screen first.
pub fn spoken(rules: &[(RuleId, Text)], look: &Look) -> String {
    let mut out = String::new();
    for (rule, text) in rules {
        out.push_str(&look.heading(&rule.0));
        let (first, second) = match look.language {
            serment_register::model::Language::French => (&text.fr, &text.en),
            serment_register::model::Language::English => (&text.en, &text.fr),
        };
        out.push_str(&look.paragraph(2, first));
        out.push('\n');
        for line in look.paragraph(2, second).lines() {
            out.push_str(&format!("{}\n", look.paint(Tone::Dim, line)));
        }
        out.push('\n');
    }
    out
}

fn summary(register: Option<&Register>, errors: u64, warnings: u64, look: &Look) -> String {
    let mut out = String::new();
    let counts = [
        (
            errors,
            counted(errors, ("erreur", "erreurs"), ("error", "errors")),
        ),
        (
            warnings,
            counted(
                warnings,
                ("avertissement", "avertissements"),
                ("warning", "warnings"),
            ),
        ),
    ];
    let found: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(_, text)| look.say(text).to_owned())
        .collect();
    if !found.is_empty() {
        let mark = if errors > 0 { look.cross() } else { look.bang() };
        out.push_str(&format!("{mark} {}\n", found.join(", ")));
    }
    if let (Some(register), 0) = (register, errors) {
        let name = &register.organisation.name;
        let parts = [
            counted(
                register.activities.len() as u64,
                ("activité", "activités"),
                ("activity", "activities"),
            ),
            counted(
                register.rules().count() as u64,
                ("règle", "règles"),
                ("rule", "rules"),
            ),
            counted(
                register.stores.len() as u64,
                ("dépôt", "dépôts"),
                ("store", "stores"),
            ),
            counted(
                register.tables().count() as u64,
                ("table", "tables"),
                ("table", "tables"),
            ),
        ]
        .map(|text| look.say(&text).to_owned())
        .join(", ");
        let text = both!(
            "Le registre de {name} se comprend : {parts}.",
            "The register of {name} is sound: {parts}."
        );
        out.push_str(&format!("{} {}\n", look.tick(), look.say(&text)));
        let version = crate::screen::plan::short(&register.version);
        let text = both!("version {version}", "version {version}");
        out.push_str(&format!("  {}\n", look.paint(Tone::Dim, look.say(&text))));
    }
    out
}

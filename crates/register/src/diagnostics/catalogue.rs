//! What each code means, why it exists, and a register that shows it: the source of the reference pages.

mod activities;
mod files;
mod later;
mod live;
mod names;
mod rules;
mod stores;
mod tables;

use super::code::Code;
use super::example::Edit;
use crate::model::Language;

/// The explanation of a code.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Code.
    pub code: Code,
    title: [&'static str; 2],
    reason: [&'static str; 2],
    /// What to change in the example register for the code to be found.
    pub failing: &'static [Edit],
    /// True when the example register holds something for which the code is found by
    /// [`not_yet_executed`](crate::check::not_yet_executed) rather than by `load`.
    pub later: bool,
    /// True when only the comparison with live stores finds it: no register shows it by itself.
    pub live: bool,
}

impl Entry {
    /// What it is, in a few words.
    pub fn title(&self, language: Language) -> &'static str {
        pick(self.title, language)
    }

    /// Why it matters.
    pub fn reason(&self, language: Language) -> &'static str {
        pick(self.reason, language)
    }
}

fn pick(texts: [&'static str; 2], language: Language) -> &'static str {
    match language {
        Language::French => texts[0],
        Language::English => texts[1],
    }
}

/// An entry of one of the tables: titles, reasons (French, English), then the edits of its failing example.
macro_rules! explain {
    ($code:ident, $fr:literal, $en:literal, $why_fr:literal, $why_en:literal, [$(($file:literal, $find:literal, $replace:literal)),* $(,)?]) => {
        $crate::diagnostics::catalogue::Entry {
            code: $crate::diagnostics::Code::$code,
            title: [$fr, $en],
            reason: [$why_fr, $why_en],
            failing: &[$($crate::diagnostics::Edit { file: $file, find: $find, replace: $replace }),*],
            later: false,
            live: false,
        }
    };
}
use explain;

/// Every entry, in order of codes.
pub fn every() -> impl Iterator<Item = &'static Entry> {
    [
        files::ENTRIES,
        names::ENTRIES,
        activities::ENTRIES,
        rules::ENTRIES,
        tables::ENTRIES,
        stores::ENTRIES,
        later::ENTRIES,
        live::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

const MISSING: Entry = Entry {
    code: Code::Syntax,
    title: [""; 2],
    reason: [""; 2],
    failing: &[],
    later: false,
    live: false,
};

/// The entry of a code. A test proves that every code has one.
pub fn entry(code: Code) -> &'static Entry {
    every().find(|entry| entry.code == code).unwrap_or(&MISSING)
}

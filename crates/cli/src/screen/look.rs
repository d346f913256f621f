//! How text may look on this terminal: language, colours, characters, width.

use serment_register::model::{Language, Text};
use unicode_width::UnicodeWidthStr;

/// How text may look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Language of every sentence.
    pub language: Language,
    /// Whether colours are welcome.
    pub color: bool,
    /// Whether characters outside ASCII may be drawn.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
}

/// What a colour means: never the only bearer of that meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A title.
    Title,
    /// A figure or name that matters.
    Strong,
    /// Context.
    Dim,
    /// Kept, done, verified.
    Good,
    /// Due, or to be looked at.
    Warn,
    /// Refused, wrong, lost.
    Bad,
    /// Something to type.
    Type,
}

impl Look {
    /// The text in the language of this screen.
    pub fn say<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.language)
    }

    /// Text with a tone.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Title => "1",
            Tone::Strong => "1",
            Tone::Dim => "2",
            Tone::Good => "32",
            Tone::Warn => "33",
            Tone::Bad => "31",
            Tone::Type => "36",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A character, or its stand-in where only ASCII can be drawn.
    pub fn glyph<'t>(&self, unicode: &'t str, ascii: &'t str) -> &'t str {
        if self.unicode { unicode } else { ascii }
    }

    /// The mark of something done or right.
    pub fn tick(&self) -> String {
        self.paint(Tone::Good, self.glyph("✓", "ok"))
    }

    /// The mark of something refused or wrong.
    pub fn cross(&self) -> String {
        self.paint(Tone::Bad, self.glyph("✗", "x"))
    }

    /// The mark of something to look at.
    pub fn bang(&self) -> String {
        self.paint(Tone::Warn, "!")
    }

    /// A number as this language writes it; ASCII only where the terminal asks for it.
    pub fn number(&self, count: u64) -> String {
        let number = crate::words::number(count, self.language);
        if self.unicode {
            number
        } else {
            number.replace('\u{202f}', " ")
        }
    }

    /// A date as this language says it.
    pub fn date(&self, date: jiff::civil::Date) -> String {
        self.say(&Text::date(date)).to_owned()
    }

    /// A title with a rule under or beside it, filling the width.
    pub fn heading(&self, title: &str) -> String {
        let used = width(title) + 4;
        let rest = self.width.min(100).saturating_sub(used);
        let line = self.glyph("─", "-");
        format!(
            "{} {} {}\n",
            self.paint(Tone::Dim, &line.repeat(2)),
            self.paint(Tone::Title, title),
            self.paint(Tone::Dim, &line.repeat(rest))
        )
    }

    /// A paragraph wrapped to the width, every line after `indent` spaces.
    pub fn paragraph(&self, indent: usize, text: &str) -> String {
        let room = self.width.min(100).saturating_sub(indent).max(20);
        let mut out = String::new();
        for line in text.lines() {
            for wrapped in wrap(line, room) {
                out.push_str(&" ".repeat(indent));
                out.push_str(&wrapped);
                out.push('\n');
            }
        }
        out
    }
}

/// Columns that a text takes, escape sequences apart.
pub fn width(text: &str) -> usize {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            for inside in characters.by_ref() {
                if inside.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(c);
        }
    }
    plain.width()
}

/// Text filled with spaces on its right to that width.
pub fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Text filled with spaces on its left to that width.
pub fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Lines of at most that many columns, cut at spaces; a longer word keeps its line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// A text of one line that cannot move the cursor nor recolour: control characters and those that reverse the direction
/// of writing are shown as escapes. For whatever comes from outside.
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// The screen of most tests.
    pub fn plain(language: Language) -> Look {
        Look {
            language,
            color: false,
            unicode: true,
            width: 80,
        }
    }

    #[test]
    fn widths_count_columns_and_not_escapes() {
        assert_eq!(width("\u{1b}[1mété\u{1b}[0m"), 3);
        assert_eq!(width("漢字"), 4);
        assert_eq!(left("é", 3), "é  ");
        assert_eq!(right("\u{1b}[1m7\u{1b}[0m", 3), "  \u{1b}[1m7\u{1b}[0m");
    }

    #[test]
    fn lines_are_cut_at_spaces_only() {
        assert_eq!(wrap("un deux trois", 8), ["un deux", "trois"]);
        assert_eq!(wrap("anticonstitutionnellement oui", 5).len(), 2);
    }

    #[test]
    fn hostile_text_cannot_write_on_the_screen() {
        assert_eq!(harmless("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\u{a}");
        assert_eq!(harmless("\u{202e}gpj"), "\\u{202e}gpj");
        assert_eq!(harmless("Éléonore"), "Éléonore");
    }
}

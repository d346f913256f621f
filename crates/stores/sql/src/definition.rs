//! What databases only tell in the text of their definitions: CHECK constraints, what foreign keys do, the events of
//! triggers.

use serment_store::catalogue::{Action, Check};

/// A word of a definition.
#[derive(Debug, Clone, PartialEq)]
struct Word {
    /// Without its quotes.
    text: String,
    /// Whether it was quoted: then it is a name or a string, never a keyword.
    quoted: bool,
    /// Where it begins and ends.
    start: usize,
    end: usize,
}

impl Word {
    fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(keyword)
    }
}

/// CHECK constraints of a CREATE TABLE: name, the columns whose names stand in it, text.
pub(crate) fn checks(definition: &str, columns: &[String]) -> Vec<Check> {
    let words = words(definition);
    let mut found = Vec::new();
    let mut position = 0;
    while position < words.len() {
        let opens = words.get(position + 1).is_some_and(|word| word.is("("));
        if !words[position].is("check") || !opens {
            position += 1;
            continue;
        }
        let end = closing(&words, position + 1);
        let inner = &words[position + 2..end];
        let named = position >= 2 && words[position - 2].is("constraint");
        let name = if named {
            words[position - 1].text.clone()
        } else {
            format!("check {}", found.len() + 1)
        };
        let speaks_of = |column: &&String| inner.iter().any(|word| word.text.eq_ignore_ascii_case(column));
        let from = words[position + 1].start;
        let to = words.get(end).map_or(definition.len(), |word| word.end);
        found.push(Check {
            name,
            columns: columns.iter().filter(speaks_of).cloned().collect(),
            source: definition[from..to].to_owned(),
        });
        position = end;
    }
    found
}

/// The named foreign keys of a CREATE TABLE, and what they do on DELETE and on UPDATE; RESTRICT where nothing is written.
pub(crate) fn foreign_keys(definition: &str) -> Vec<(String, Action, Action)> {
    let words = words(definition);
    let mut found = Vec::new();
    for at in 0..words.len() {
        let begins = words[at].is("constraint")
            && words.get(at + 2).is_some_and(|word| word.is("foreign"))
            && words.get(at + 3).is_some_and(|word| word.is("key"));
        if !begins {
            continue;
        }
        let rest = &words[at + 4..];
        let end = rest
            .iter()
            .position(|word| word.is("constraint") || word.is("engine"))
            .unwrap_or(rest.len());
        let action = |event: &str| {
            let on = rest[..end]
                .windows(2)
                .position(|pair| pair[0].is("on") && pair[1].is(event));
            let said = on.map(|on| &rest[on + 2..]).unwrap_or_default();
            let is = |first: &str, second: &str| {
                said.first().is_some_and(|word| word.is(first))
                    && (second.is_empty() || said.get(1).is_some_and(|word| word.is(second)))
            };
            if is("cascade", "") {
                Action::Cascade
            } else if is("set", "null") {
                Action::SetNull
            } else if is("set", "default") {
                Action::SetDefault
            } else if is("no", "action") {
                Action::NoAction
            } else {
                Action::Restrict
            }
        };
        found.push((words[at + 1].text.clone(), action("delete"), action("update")));
    }
    found
}

/// Whether a CREATE TABLE defers checks of foreign keys to COMMIT. SQLite does not tell which: all are taken to wait.
pub(crate) fn defers(definition: &str) -> bool {
    words(definition)
        .windows(2)
        .any(|pair| pair[0].is("initially") && pair[1].is("deferred"))
}

/// Whether a trigger fires on DELETE and on UPDATE.
pub(crate) fn trigger_events(definition: &str) -> (bool, bool) {
    let words = words(definition);
    let event = words
        .iter()
        .skip(2)
        .find(|word| word.is("delete") || word.is("update") || word.is("insert"));
    (
        event.is_some_and(|word| word.is("delete")),
        event.is_some_and(|word| word.is("update")),
    )
}

/// The table whose contents a full-text table indexes, when it is another one.
pub(crate) fn indexed_table(definition: &str) -> Option<String> {
    let words = words(definition);
    let content = words
        .windows(3)
        .find(|three| three[0].is("content") && three[1].is("="))?;
    Some(content[2].text.clone()).filter(|table| !table.is_empty())
}

fn closing(words: &[Word], open: usize) -> usize {
    let mut depth = 0_usize;
    for (position, word) in words.iter().enumerate().skip(open) {
        if word.is("(") {
            depth += 1;
        } else if word.is(")") {
            depth -= 1;
            if depth == 0 {
                return position;
            }
        }
    }
    words.len()
}

/// Words, quoted names and strings, and single signs; comments are left out.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, sign)) = rest.next() {
        let closing = match sign {
            '"' | '`' | '\'' => sign,
            '[' => ']',
            '-' if text[start..].starts_with("--") => {
                while rest.next_if(|(_, sign)| *sign != '\n').is_some() {}
                continue;
            }
            '/' if text[start..].starts_with("/*") => {
                let end = text[start + 2..]
                    .find("*/")
                    .map_or(text.len(), |end| start + end + 4);
                while rest.next_if(|(at, _)| *at < end).is_some() {}
                continue;
            }
            sign if sign.is_whitespace() => continue,
            sign if sign.is_alphanumeric() || sign == '_' => {
                let mut end = start + sign.len_utf8();
                while let Some((at, sign)) =
                    rest.next_if(|(_, sign)| sign.is_alphanumeric() || *sign == '_' || *sign == '$')
                {
                    end = at + sign.len_utf8();
                }
                words.push(Word {
                    text: text[start..end].to_owned(),
                    quoted: false,
                    start,
                    end,
                });
                continue;
            }
            sign => {
                words.push(Word {
                    text: sign.to_string(),
                    quoted: false,
                    start,
                    end: start + sign.len_utf8(),
                });
                continue;
            }
        };
        let mut inner = String::new();
        let mut end = text.len();
        while let Some((at, sign)) = rest.next() {
            let mut doubled = || closing != ']' && rest.peek().is_some_and(|(_, next)| *next == closing);
            if sign != closing {
                inner.push(sign);
                continue;
            }
            if !doubled() {
                end = at + 1;
                break;
            }
            rest.next();
            inner.push(sign);
        }
        words.push(Word {
            text: inner,
            quoted: true,
            start,
            end,
        });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_found_with_their_names_and_columns() {
        let definition = r#"CREATE TABLE "a" (x INT CHECK (x > 0), "check" TEXT DEFAULT 'CHECK (y)',
            -- CHECK (z)
            CONSTRAINT "both" CHECK ((x < 9) OR "check" IN ('(', 'b')))"#;
        let found = checks(definition, &["x".into(), "check".into()]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].columns, ["x"]);
        assert_eq!(found[1].name, "both");
        assert_eq!(found[1].columns, ["x", "check"]);
        assert_eq!(found[1].source, r#"((x < 9) OR "check" IN ('(', 'b'))"#);
    }

    #[test]
    fn what_foreign_keys_do_is_read_for_each() {
        let definition = "CREATE TABLE `t` (`on` int, `x` varchar(9) DEFAULT 'ON DELETE CASCADE',
            CONSTRAINT `a` FOREIGN KEY (`on`) REFERENCES `p` (`id`) ON DELETE SET NULL ON UPDATE CASCADE,
            CONSTRAINT `b``c` FOREIGN KEY (`x`) REFERENCES `q` (`delete`),
            CONSTRAINT `d` FOREIGN KEY (`x`) REFERENCES `r` (`id`) ON UPDATE NO ACTION,
            CONSTRAINT `e` CHECK (`on` > 0)
            ) ENGINE=InnoDB COMMENT='ON DELETE CASCADE'";
        assert_eq!(
            foreign_keys(definition),
            [
                ("a".to_owned(), Action::SetNull, Action::Cascade),
                ("b`c".to_owned(), Action::Restrict, Action::Restrict),
                ("d".to_owned(), Action::Restrict, Action::NoAction),
            ]
        );
    }

    #[test]
    fn the_event_of_a_trigger_is_not_taken_from_its_name_or_body() {
        let definition = r#"CREATE TRIGGER "delete" BEFORE UPDATE OF a ON t BEGIN DELETE FROM u; END"#;
        assert_eq!(trigger_events(definition), (false, true));
        assert_eq!(
            trigger_events("create temp trigger x delete on t begin select 1; end"),
            (true, false)
        );
    }

    #[test]
    fn an_external_content_table_names_its_source() {
        let definition = r#"CREATE VIRTUAL TABLE f USING fts5(a, content="people", content_rowid='id')"#;
        assert_eq!(indexed_table(definition), Some("people".into()));
        assert_eq!(
            indexed_table("CREATE VIRTUAL TABLE f USING fts5(a, content='')"),
            None
        );
        assert!(defers(
            "create table t (a references b deferrable initially deferred)"
        ));
    }
}

//! What a Rust source says: its code without comments and texts, the paths that it names, its tests.
//!
//! Not a parser: a reader of words that is right for code that rustfmt has formatted, and errs towards seeing too much.

/// One function and whether an attribute before it makes it a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Whether an attribute `test`, `tokio::test`… stands before it.
    pub is_test: bool,
}

/// The code with every comment, text and character literal replaced by spaces; lines keep their numbers.
pub fn code(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => line_end(&chars, at),
            ('/', Some('*')) => block_end(&chars, at),
            ('r' | 'b' | 'c', _) if !word_before(&chars, at) => raw_end(&chars, at).unwrap_or(at),
            ('"', _) => text_end(&chars, at),
            ('\'', _) => char_end(&chars, at),
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// The code without the items that only tests compile: each `#[cfg(test)]` and what it stands before.
pub fn without_tests(code: &str) -> String {
    let mut rest = code;
    let mut out = String::with_capacity(code.len());
    while let Some(found) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..found]);
        rest = &rest[found..];
        let end = item_end(rest);
        out.extend(rest[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Every path of at least one `::`, with its line; `use std::{fs, io::Read}` gives `std::fs` and `std::io::Read`.
pub fn paths(code: &str) -> Vec<(usize, String)> {
    let words = words(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let starts = is_name(&words[at].1) && words.get(at + 1).is_some_and(|next| next.1 == "::");
        if starts {
            at = tree(&words, at, String::new(), &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Every function, tests or not.
pub fn functions(source: &str) -> Vec<Function> {
    let mut functions = Vec::new();
    let mut attributes = String::new();
    for line in code(source).lines().map(str::trim) {
        let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        if line.starts_with("#[") {
            attributes.push_str(line);
        } else if words.by_ref().any(|word| word == "fn") {
            let name = words.find(|word| !word.is_empty()).unwrap_or_default().to_owned();
            let is_test = attributes.contains("test]") || attributes.contains("test(");
            functions.push(Function { name, is_test });
            attributes.clear();
        } else if !line.is_empty() {
            attributes.clear();
        }
    }
    functions
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..]
        .iter()
        .position(|c| *c == '\n')
        .map_or(chars.len(), |length| at + length)
}

fn block_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

fn text_end(chars: &[char], at: usize) -> usize {
    let mut end = at + 1;
    while end < chars.len() && chars[end] != '"' {
        end += if chars[end] == '\\' { 2 } else { 1 };
    }
    (end + 1).min(chars.len())
}

/// The end of `r"…"`, `br#"…"#`, `c"…"` or `b'…'`; nothing when only a name starts there.
fn raw_end(chars: &[char], at: usize) -> Option<usize> {
    let mut quote = at;
    while matches!(chars.get(quote), Some('r' | 'b' | 'c')) && quote - at < 2 {
        quote += 1;
    }
    let raw = chars[at..quote].contains(&'r');
    let hashes = if raw {
        chars[quote..].iter().take_while(|c| **c == '#').count()
    } else {
        0
    };
    match chars.get(quote + hashes) {
        Some('"') if raw => {
            let close: Vec<char> = std::iter::once('"')
                .chain(std::iter::repeat_n('#', hashes))
                .collect();
            let body = quote + hashes + 1;
            let found = chars[body..]
                .windows(close.len())
                .position(|window| window == close);
            Some(found.map_or(chars.len(), |length| body + length + close.len()))
        }
        Some('"') => Some(text_end(chars, quote)),
        Some('\'') if !raw => Some(char_end(chars, quote)),
        _ => None,
    }
}

/// The end of a character literal; the same place for a lifetime.
fn char_end(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        let close = chars[(at + 3).min(chars.len())..].iter().position(|c| *c == '\'');
        return close.map_or(chars.len(), |length| at + 3 + length + 1);
    }
    if chars.get(at + 2) == Some(&'\'') {
        at + 3
    } else {
        at
    }
}

fn word_before(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

/// Where the item ends that an attribute stands before: at its closing brace, or at a semicolon that comes first.
fn item_end(code: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Names, `::` and single signs, each with its line.
fn words(code: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let name = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            let length = if name > 0 {
                name
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            words.push((number + 1, rest[..length].to_owned()));
            rest = rest[length..].trim_start();
        }
    }
    words
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one path, or a tree of them in braces, from `at`; gives where it ends.
fn tree(
    words: &[(usize, String)],
    mut at: usize,
    mut prefix: String,
    found: &mut Vec<(usize, String)>,
) -> usize {
    while let Some((line, word)) = words.get(at) {
        let joined = |next: &str| {
            if prefix.is_empty() {
                next.to_owned()
            } else {
                format!("{prefix}::{next}")
            }
        };
        if word == "{" && !prefix.is_empty() {
            at += 1;
            while at < words.len() && words[at].1 != "}" {
                let next = if words[at].1 == "," {
                    at + 1
                } else {
                    tree(words, at, prefix.clone(), found)
                };
                at = next.max(at + 1);
            }
            return at + 1;
        }
        if !is_name(word) && word != "*" {
            return at + 1;
        }
        prefix = joined(word);
        if words.get(at + 1).is_some_and(|next| next.1 == "::") {
            at += 2;
        } else {
            found.push((*line, prefix));
            // `as other` renames: what follows is not part of the path.
            return at
                + if words.get(at + 1).is_some_and(|next| next.1 == "as") {
                    3
                } else {
                    1
                };
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{Function, code, functions, paths, without_tests};

    fn named(source: &str) -> Vec<String> {
        paths(&code(source)).into_iter().map(|(_, path)| path).collect()
    }

    #[test]
    fn comments_and_texts_are_put_aside() {
        let source = "let a = \"std::fs\"; // std::fs\n/* std::fs /* nested */ */ let b = r#\"std::\"fs\"#; let c = '\"'; std::io::x()";
        assert_eq!(named(source), ["std::io::x"]);
        assert_eq!(code(source).lines().count(), source.lines().count());
    }

    #[test]
    fn lifetimes_are_not_characters() {
        assert_eq!(
            named("fn f<'a>(x: &'a str) -> &'a std::fs::File { b'\\''; '\\u{1F600}'; x }"),
            ["std::fs::File"]
        );
    }

    #[test]
    fn grouped_imports_are_spread() {
        let source = "use std::{fs::{self, File}, io as other, path::*};\nuse a::b;";
        assert_eq!(
            named(source),
            [
                "std::fs::self",
                "std::fs::File",
                "std::io",
                "std::path::*",
                "a::b"
            ]
        );
    }

    #[test]
    fn items_of_tests_are_left_out() {
        let source = "fn a() { x::y() }\n#[cfg(test)]\nmod tests { fn b() { std::fs::read() } }\n#[cfg(test)]\nmod more;\nfn c() { z::z() }";
        assert_eq!(named(&without_tests(&code(source))), ["x::y", "z::z"]);
    }

    #[test]
    fn tests_are_told_from_other_functions() {
        let source =
            "#[tokio::test(flavor = \"x\")]\n// why\nasync fn one() {}\n#[must_use]\npub fn two() {}\n";
        let expected = [("one", true), ("two", false)];
        let expected = expected.map(|(name, is_test)| Function {
            name: name.to_owned(),
            is_test,
        });
        assert_eq!(functions(source), expected);
    }
}

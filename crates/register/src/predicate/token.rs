//! The words of a condition.

use std::ops::Range;

use super::parse::ParseError;
use crate::text;

/// One word of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word: a keyword or a name.
    Word(String),
    /// A name between double quotes.
    Quoted(String),
    /// A text between single quotes.
    Text(String),
    Integer(i64),
    Decimal(String),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 11] = ["<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", ",", "."];

/// Cuts a condition into words, each with its byte range.
pub(super) fn tokens(source: &str) -> Result<Vec<(Token, Range<usize>)>, ParseError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = if first == '\'' || first == '"' {
            quoted(rest, first, at)?
        } else if first.is_ascii_digit()
            || (first == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            number(rest, at)?
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c| !super::continues_name(c)).unwrap_or(rest.len());
            (Token::Word(rest[..length].to_owned()), length)
        } else {
            symbol(rest, first, at)?
        };
        found.push((token, at..at + length));
        at += length;
    }
    Ok(found)
}

fn quoted(rest: &str, quote: char, at: usize) -> Result<(Token, usize), ParseError> {
    let mut value = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((index, character)) = characters.next() {
        if character == '\0' {
            return Err(ParseError::new(
                at + index..at + index + 1,
                text!(
                    "un caractère nul n'a pas sa place ici",
                    "a NUL character has no place here"
                ),
            ));
        }
        if character != quote {
            value.push(character);
        } else if characters.next_if(|(_, next)| *next == quote).is_some() {
            value.push(quote);
        } else if quote == '"' && value.is_empty() {
            return Err(ParseError::new(at..at + 2, text!("un nom vide", "an empty name")));
        } else {
            let token = if quote == '"' {
                Token::Quoted(value)
            } else {
                Token::Text(value)
            };
            return Ok((token, index + 1));
        }
    }
    Err(ParseError::new(
        at..at + rest.len(),
        text!(
            "le guillemet {quote} ouvert ici n'est pas fermé",
            "the quote {quote} opened here is not closed"
        ),
    ))
}

fn number(rest: &str, at: usize) -> Result<(Token, usize), ParseError> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let sign = usize::from(rest.starts_with('-'));
    let whole = sign + digits(&rest[sign..]);
    let fraction = rest[whole..].strip_prefix('.').map_or(0, digits);
    let length = if fraction > 0 { whole + 1 + fraction } else { whole };
    if rest[length..].starts_with(super::continues_name) {
        return Err(ParseError::new(
            at..at + length,
            text!(
                "ce nombre est suivi d'une lettre",
                "this number is followed by a letter"
            ),
        )
        .suggest(text!(
            "un texte s'écrit entre apostrophes : 'C'",
            "a text stands between single quotes: 'C'"
        )));
    }
    if fraction > 0 {
        return Ok((Token::Decimal(rest[..length].to_owned()), length));
    }
    rest[..length]
        .parse()
        .map(|value| (Token::Integer(value), length))
        .map_err(|_| {
            ParseError::new(
                at..at + length,
                text!("ce nombre dépasse 64 bits", "this number exceeds 64 bits"),
            )
        })
}

fn symbol(rest: &str, first: char, at: usize) -> Result<(Token, usize), ParseError> {
    let range = at..at + first.len_utf8();
    if rest.starts_with("==") {
        return Err(
            ParseError::new(at..at + 2, text!("« == » n'existe pas", "there is no `==`"))
                .suggest(text!("écrivez « = »", "write `=`")),
        );
    }
    if rest.starts_with("--") || rest.starts_with("/*") || first == ';' {
        return Err(ParseError::new(
            range,
            text!(
                "une condition est une seule expression, sans commentaire",
                "a condition is one expression, without comment"
            ),
        ));
    }
    SYMBOLS
        .iter()
        .find(|symbol| rest.starts_with(**symbol))
        .map(|symbol| (Token::Symbol(symbol), symbol.len()))
        .ok_or_else(|| {
            ParseError::new(
                range,
                text!(
                    "« {first} » n'appartient pas aux conditions",
                    "`{first}` does not belong in a condition"
                ),
            )
        })
}

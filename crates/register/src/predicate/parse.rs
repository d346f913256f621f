//! The parser of the `where` subset: one token ahead, bounded depth and length.
//!
//! ```text
//! condition  = conjunct { "OR" conjunct } ;
//! conjunct   = factor { "AND" factor } ;
//! factor     = "NOT" factor | "(" condition ")" | test ;
//! test       = column ( comparison operand
//!                     | "IS" [ "NOT" ] "NULL"
//!                     | [ "NOT" ] "IN" "(" literal { "," literal } ")"
//!                     | [ "NOT" ] "BETWEEN" operand "AND" operand ) ;
//! comparison = "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=" ;
//! operand    = literal | "now" | column ;
//! literal    = text | integer | decimal | "true" | "false" ;
//! column     = name { "." name } ;
//! name       = letter { letter | digit | "_" } | '"' character { character } '"' ;
//! text       = "'" { character | "''" } "'" ;
//! ```
//!
//! Keywords are written in either case. `now` stands beside `<`, `<=`, `>`, `>=` and in `BETWEEN` only: a cut-off is
//! an instant, and nothing equals it but by accident.

use std::ops::Range;

use super::token::{Token, tokens};
use super::{Comparison, Literal, Operand, Predicate};
use crate::model::{ColumnPath, Text};
use crate::text;

/// Longest condition, in bytes.
const LONGEST: usize = 16 * 1024;
/// Deepest nesting of parentheses and NOT.
const DEEPEST: usize = 64;

/// Why a condition is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong.
    pub message: Text,
    /// What to write instead, when it can be said.
    pub suggestion: Option<Text>,
    /// Byte range in the condition.
    pub range: Range<usize>,
    /// True when `now` is compared for equality.
    pub now_compared: bool,
}

impl ParseError {
    pub(super) fn new(range: Range<usize>, message: Text) -> Self {
        Self {
            message,
            suggestion: None,
            range,
            now_compared: false,
        }
    }

    pub(super) fn suggest(mut self, suggestion: Text) -> Self {
        self.suggestion = Some(suggestion);
        self
    }
}

/// Reads a condition. Bounded in length and depth, so that hostile input costs little.
pub fn parse(source: &str) -> Result<Predicate, ParseError> {
    if source.len() > LONGEST {
        return Err(ParseError::new(
            0..0,
            text!(
                "condition de plus de {LONGEST} octets",
                "condition longer than {LONGEST} bytes"
            ),
        ));
    }
    let tokens = tokens(source)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        end: source.len(),
    };
    let predicate = parser.condition(0)?;
    match parser.peek() {
        None => Ok(predicate),
        Some((_, range)) => Err(ParseError::new(
            range.clone(),
            text!("rien n'est attendu ici", "nothing is expected here"),
        )
        .suggest(text!(
            "reliez les conditions par « and » ou « or »",
            "join conditions by `and` or `or`"
        ))),
    }
}

struct Parser<'a> {
    tokens: &'a [(Token, Range<usize>)],
    at: usize,
    end: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a (Token, Range<usize>)> {
        self.tokens.get(self.at)
    }

    fn peek_second(&self) -> Option<&'a Token> {
        self.tokens.get(self.at + 1).map(|(token, _)| token)
    }

    fn next(&mut self) -> Option<&'a (Token, Range<usize>)> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found =
            matches!(self.peek(), Some((Token::Word(written), _)) if written.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn take_symbol(&mut self, symbol: &'static str) -> bool {
        let found = matches!(self.peek(), Some((Token::Symbol(written), _)) if *written == symbol);
        self.at += usize::from(found);
        found
    }

    fn here(&self) -> Range<usize> {
        self.peek().map_or(self.end..self.end, |(_, range)| range.clone())
    }

    fn need_symbol(&mut self, symbol: &'static str) -> Result<(), ParseError> {
        if self.take_symbol(symbol) {
            return Ok(());
        }
        Err(ParseError::new(
            self.here(),
            text!("« {symbol} » est attendu ici", "`{symbol}` is expected here"),
        ))
    }

    fn need_word(&mut self, word: &str) -> Result<(), ParseError> {
        if self.take_word(word) {
            return Ok(());
        }
        Err(ParseError::new(
            self.here(),
            text!("« {word} » est attendu ici", "`{word}` is expected here"),
        ))
    }

    fn condition(&mut self, depth: usize) -> Result<Predicate, ParseError> {
        let mut parts = vec![self.conjunct(depth)?];
        while self.take_word("or") {
            parts.push(self.conjunct(depth)?);
        }
        Ok(single_or(parts, Predicate::Or))
    }

    fn conjunct(&mut self, depth: usize) -> Result<Predicate, ParseError> {
        let mut parts = vec![self.factor(depth)?];
        while self.take_word("and") {
            parts.push(self.factor(depth)?);
        }
        Ok(single_or(parts, Predicate::And))
    }

    fn factor(&mut self, depth: usize) -> Result<Predicate, ParseError> {
        if depth > DEEPEST {
            return Err(ParseError::new(
                self.here(),
                text!(
                    "plus de {DEEPEST} niveaux imbriqués",
                    "nested more than {DEEPEST} levels deep"
                ),
            ));
        }
        if self.take_word("not") {
            return Ok(Predicate::Not(Box::new(self.factor(depth + 1)?)));
        }
        if self.take_symbol("(") {
            let inner = self.condition(depth + 1)?;
            self.need_symbol(")")?;
            return Ok(inner);
        }
        self.test()
    }

    fn test(&mut self) -> Result<Predicate, ParseError> {
        let column = self.column()?;
        if self.take_word("is") {
            let negated = self.take_word("not");
            self.need_word("null")?;
            return Ok(Predicate::IsNull { column, negated });
        }
        let negated = self.take_word("not");
        if self.take_word("in") {
            let values = self.list()?;
            return Ok(Predicate::In {
                column,
                values,
                negated,
            });
        }
        if self.take_word("between") {
            let low = self.operand()?;
            self.need_word("and")?;
            let high = self.operand()?;
            return Ok(Predicate::Between {
                column,
                low,
                high,
                negated,
            });
        }
        if negated {
            return Err(ParseError::new(
                self.here(),
                text!(
                    "« in » ou « between » est attendu après « not »",
                    "`in` or `between` is expected after `not`"
                ),
            ));
        }
        let (op, at) = self.comparison()?;
        let operand = self.operand()?;
        if operand == Operand::Now && matches!(op, Comparison::Equal | Comparison::NotEqual) {
            let mut error = ParseError::new(
                at,
                text!(
                    "« now » ne se compare que par <, <=, > et >=",
                    "`now` is compared by <, <=, > and >= only"
                ),
            );
            error.now_compared = true;
            return Err(error);
        }
        Ok(Predicate::Compare { column, op, operand })
    }

    fn comparison(&mut self) -> Result<(Comparison, Range<usize>), ParseError> {
        let here = self.here();
        let op = match self.peek() {
            Some((Token::Symbol("="), _)) => Comparison::Equal,
            Some((Token::Symbol("<>" | "!="), _)) => Comparison::NotEqual,
            Some((Token::Symbol("<"), _)) => Comparison::Less,
            Some((Token::Symbol("<="), _)) => Comparison::LessOrEqual,
            Some((Token::Symbol(">"), _)) => Comparison::Greater,
            Some((Token::Symbol(">="), _)) => Comparison::GreaterOrEqual,
            Some((Token::Symbol("("), range)) => {
                return Err(ParseError::new(
                    range.clone(),
                    text!(
                        "une condition n'appelle pas de fonction",
                        "a condition calls no function"
                    ),
                ));
            }
            _ => {
                return Err(ParseError::new(
                    here,
                    text!("une comparaison est attendue ici", "a comparison is expected here"),
                )
                .suggest(text!(
                    "écrivez « = », « <> », « < », « <= », « > », « >= », « in », « between » ou « is null » ; un booléen se compare : « actif = true »",
                    "write `=`, `<>`, `<`, `<=`, `>`, `>=`, `in`, `between` or `is null`; a boolean is compared: `active = true`"
                )));
            }
        };
        self.at += 1;
        Ok((op, here))
    }

    fn list(&mut self) -> Result<Vec<Literal>, ParseError> {
        self.need_symbol("(")?;
        let mut values = vec![self.literal()?];
        while self.take_symbol(",") {
            values.push(self.literal()?);
        }
        self.need_symbol(")")?;
        Ok(values)
    }

    fn literal(&mut self) -> Result<Literal, ParseError> {
        let here = self.here();
        match self.operand()? {
            Operand::Literal(literal) => Ok(literal),
            Operand::Now | Operand::Column(_) => Err(ParseError::new(
                here,
                text!("une constante est attendue ici", "a constant is expected here"),
            )
            .suggest(text!(
                "un texte s'écrit entre apostrophes : 'C'",
                "a text stands between single quotes: 'C'"
            ))),
        }
    }

    fn operand(&mut self) -> Result<Operand, ParseError> {
        match self.peek() {
            Some((Token::Text(value), _)) => {
                self.next();
                Ok(Operand::Literal(Literal::Text(value.clone())))
            }
            Some((Token::Integer(value), _)) => {
                self.next();
                Ok(Operand::Literal(Literal::Integer(*value)))
            }
            Some((Token::Decimal(value), _)) => {
                self.next();
                Ok(Operand::Literal(Literal::Decimal(value.clone())))
            }
            Some((Token::Word(word), range)) => match word.to_ascii_lowercase().as_str() {
                "now" if self.peek_second() == Some(&Token::Symbol("(")) => Err(ParseError::new(
                    range.clone(),
                    text!(
                        "une condition n'appelle pas de fonction",
                        "a condition calls no function"
                    ),
                )
                .suggest(text!(
                    "écrivez « now » sans parenthèses",
                    "write `now` without parentheses"
                ))),
                "now" => {
                    self.next();
                    Ok(Operand::Now)
                }
                "true" | "false" => {
                    self.next();
                    Ok(Operand::Literal(Literal::Boolean(
                        word.eq_ignore_ascii_case("true"),
                    )))
                }
                "null" => Err(ParseError::new(
                    range.clone(),
                    text!("rien ne se compare à NULL", "nothing compares with NULL"),
                )
                .suggest(text!(
                    "écrivez « is null » ou « is not null »",
                    "write `is null` or `is not null`"
                ))),
                _ => Ok(Operand::Column(self.column()?)),
            },
            Some((Token::Quoted(_), _)) => Ok(Operand::Column(self.column()?)),
            _ => Err(ParseError::new(
                self.here(),
                text!(
                    "une constante, « now » ou une colonne est attendue ici",
                    "a constant, `now` or a column is expected here"
                ),
            )),
        }
    }

    fn column(&mut self) -> Result<ColumnPath, ParseError> {
        let column = self.name()?;
        let mut inside = Vec::new();
        while self.take_symbol(".") {
            inside.push(self.name()?);
        }
        Ok(ColumnPath { column, inside })
    }

    fn name(&mut self) -> Result<String, ParseError> {
        match self.peek() {
            Some((Token::Quoted(name), _)) => {
                self.next();
                Ok(name.clone())
            }
            Some((Token::Word(word), range)) if super::is_keyword(word) => Err(ParseError::new(
                range.clone(),
                text!(
                    "« {word} » est un mot de la langue, pas une colonne",
                    "`{word}` is a word of the language, not a column"
                ),
            )
            .suggest(text!(
                "une colonne de ce nom s'écrit \"{word}\"",
                "a column of that name is written \"{word}\""
            ))),
            Some((Token::Word(word), range)) => {
                self.next();
                if matches!(self.peek(), Some((Token::Symbol("("), _))) {
                    return Err(ParseError::new(
                        range.clone(),
                        text!(
                            "une condition n'appelle pas de fonction",
                            "a condition calls no function"
                        ),
                    ));
                }
                Ok(word.clone())
            }
            _ => Err(ParseError::new(
                self.here(),
                text!(
                    "un nom de colonne est attendu ici",
                    "the name of a column is expected here"
                ),
            )),
        }
    }
}

fn single_or(mut parts: Vec<Predicate>, join: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        join(parts)
    }
}

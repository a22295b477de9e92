//! Texts of policies with wildcards and variables, compiled once and compared with values of requests.

use super::asked::{Asked, Key};
use super::wildcard::{Glob, Reach, Token};
use crate::engine::semantics::VariableValues;
use crate::iam::Variable;
use crate::iam::pattern::{Part, Pattern, Variables, Wildcards};

/// What the value of a variable may do once it is in its place.
pub(super) fn tokens_of_value(value: &str, values: VariableValues) -> impl Iterator<Item = Token> {
    value.chars().map(move |c| match (c, values) {
        ('*', VariableValues::Active) => Token::Run(Reach::Anything),
        ('?', VariableValues::Active) => Token::One(Reach::Anything),
        (c, _) => Token::Char(c),
    })
}

/// One part of a pattern whose variables are not yet known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    /// Characters and wildcards.
    Token(Token),
    /// The value of a key.
    Variable(Key, Variable),
}

/// The pieces of a pattern.
pub(super) fn pieces(pattern: &Pattern) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in pattern.parts() {
        match part {
            Part::Text(text) => pieces.extend(text.chars().map(|c| Piece::Token(Token::Char(c)))),
            Part::Star => pieces.push(Piece::Token(Token::Run(Reach::Anything))),
            Part::Question => pieces.push(Piece::Token(Token::One(Reach::Anything))),
            Part::Variable(v) => pieces.push(Piece::Variable(Key::new(&v.key), v.clone())),
        }
    }
    pieces
}

/// Puts the values of variables in their places; `None` if one has no value.
pub(super) fn fill<'a>(
    pieces: &'a [Piece],
    asked: &Asked<'a>,
    values: VariableValues,
) -> Option<Vec<Token>> {
    let mut tokens = Vec::with_capacity(pieces.len());
    let mut complete = true;
    for piece in pieces {
        match piece {
            Piece::Token(token) => tokens.push(*token),
            Piece::Variable(key, variable) => match asked.resolve(key, variable) {
                Some(value) => tokens.extend(tokens_of_value(value, values)),
                None => complete = false,
            },
        }
    }
    complete.then_some(tokens)
}

/// Whether letters count as the same in both cases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Case {
    /// No.
    Kept,
    /// Yes, for the letters of ASCII and Latin-1; what IAM does beyond these is not documented.
    Folded,
}

impl Case {
    pub(super) fn fold_char(self, c: char) -> char {
        match c {
            _ if self == Case::Kept => c,
            'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => c.to_lowercase().next().unwrap_or(c),
            _ => c,
        }
    }

    pub(super) fn fold(self, text: &str) -> String {
        text.chars().map(|c| self.fold_char(c)).collect()
    }

    fn fold_token(self, token: Token) -> Token {
        match token {
            Token::Char(c) => Token::Char(self.fold_char(c)),
            other => other,
        }
    }
}

/// How a pattern and a value compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// The value is one that the pattern stands for.
    Match,
    /// It is not.
    Differ,
    /// A variable of the pattern has no value.
    Unresolved,
}

impl From<bool> for Outcome {
    fn from(matches: bool) -> Self {
        if matches {
            Outcome::Match
        } else {
            Outcome::Differ
        }
    }
}

/// A policy value of a `String…` operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TextPattern {
    /// Without wildcards and variables.
    Exact(String),
    /// With wildcards.
    Glob(Glob),
    /// With variables.
    Template(Vec<Piece>),
}

impl TextPattern {
    pub(super) fn new(text: &str, wildcards: Wildcards, case: Case) -> TextPattern {
        let pattern = Pattern::parse(text, wildcards, Variables::Active);
        if let Some(literal) = pattern.as_literal() {
            return TextPattern::Exact(case.fold(literal));
        }
        let pieces = pieces(&pattern);
        let tokens: Option<Vec<Token>> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Token(token) => Some(case.fold_token(*token)),
                Piece::Variable(..) => None,
            })
            .collect();
        match tokens {
            Some(tokens) => TextPattern::Glob(Glob::new(tokens)),
            None => TextPattern::Template(pieces),
        }
    }

    /// Compares with a value that has been folded by `case` already.
    pub(super) fn compare<'a>(
        &'a self,
        value: &str,
        case: Case,
        asked: &Asked<'a>,
        values: VariableValues,
    ) -> Outcome {
        match self {
            TextPattern::Exact(text) => (text == value).into(),
            TextPattern::Glob(glob) => glob.matches(value).into(),
            TextPattern::Template(pieces) => match fill(pieces, asked, values) {
                Some(tokens) => {
                    let folded = tokens.into_iter().map(|t| case.fold_token(t));
                    Glob::new(folded).matches(value).into()
                }
                None => Outcome::Unresolved,
            },
        }
    }
}

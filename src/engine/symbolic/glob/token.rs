//! The pieces of a glob, and which letters they read.

use super::{ANY, EITHER, RUN, RUN_IN_FIELD, SEPARATOR};

/// One piece of a glob.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Token {
    /// This character.
    Char(char),
    /// This character in either case; stored folded.
    Fold(char),
    /// `?`
    One,
    /// `*`
    Star,
    /// `?` that does not read a colon.
    OneInField,
    /// `*` that reads no colon.
    StarInField,
}

/// Folds ASCII and Latin-1 letters, as the `…IgnoreCase` operators do.
pub(crate) fn fold(c: char) -> char {
    match c {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => char::from_u32(c as u32 + 32).unwrap_or(c),
        _ => c,
    }
}

/// The other case of a folded letter, if it has one.
pub(crate) fn raised(c: char) -> Option<char> {
    match c {
        'a'..='z' | 'à'..='ö' | 'ø'..='þ' => char::from_u32(c as u32 - 32),
        _ => None,
    }
}

impl Token {
    /// The same without regard to case.
    pub(crate) fn folded(self) -> Token {
        match self {
            Token::Char(c) if raised(fold(c)).is_some() => Token::Fold(fold(c)),
            other => other,
        }
    }

    pub(crate) fn reads(self, c: char) -> bool {
        match self {
            Token::Char(own) => own == c,
            Token::Fold(own) => own == fold(c) || u32::from(c) == EITHER + u32::from(own),
            Token::One => !matches!(c, SEPARATOR | RUN | RUN_IN_FIELD),
            Token::OneInField => !matches!(c, SEPARATOR | ':' | RUN | RUN_IN_FIELD | ANY),
            Token::Star | Token::StarInField => false,
        }
    }

    /// Whether it is a `*` of either kind.
    pub(crate) fn is_star(self) -> bool {
        matches!(self, Token::Star | Token::StarInField)
    }

    /// Whether it is a `?` of either kind.
    pub(crate) fn is_one(self) -> bool {
        matches!(self, Token::One | Token::OneInField)
    }

    /// Whether a star of this kind reads a character.
    pub(crate) fn runs_over(self, c: char) -> bool {
        c != SEPARATOR && (self == Token::Star || !matches!(c, ':' | RUN | ANY))
    }

    /// What both this star and a token that reads one character read.
    pub(super) fn meet_star(self, other: Token) -> Option<Token> {
        match (self, other) {
            (_, Token::Char(c)) => self.runs_over(c).then_some(other),
            (Token::StarInField, Token::One) => Some(Token::OneInField),
            _ => Some(other),
        }
    }

    /// What both single-letter tokens read.
    pub(super) fn meet(self, other: Token) -> Option<Token> {
        match (self, other) {
            (Token::Star | Token::StarInField, _) | (_, Token::Star | Token::StarInField) => None,
            (Token::OneInField, t) | (t, Token::OneInField) => match t {
                Token::Char(SEPARATOR | ':') => None,
                Token::One => Some(Token::OneInField),
                t => Some(t),
            },
            (Token::One, t) | (t, Token::One) => (t != Token::Char(SEPARATOR)).then_some(t),
            (Token::Char(a), Token::Char(b)) => (a == b).then_some(self),
            (Token::Fold(a), Token::Fold(b)) => (a == b).then_some(self),
            (Token::Fold(a), Token::Char(b)) => (a == fold(b)).then_some(other),
            (Token::Char(a), Token::Fold(b)) => (fold(a) == b).then_some(self),
        }
    }
}

//! Globs over an open alphabet: match, intersect, cover, shortest and readable members.
//!
//! The one lemma everything rests on. Replace each `*` of a glob `p` by a letter that only stars read, each `?` by one
//! that only wildcards read (the *generic instance*). If a glob `q` matches that instance, `q` matches every member of
//! `p`. If `q` has no `?` the reverse holds: `L(p) ⊆ ∪ L(q)` exactly when one `q` matches the instance, and otherwise
//! the member of `p` with a letter that no pattern mentions is in the difference. With `?` in some `q` there may be
//! more to it (`?*` covers `*?`); `automaton` decides there. Intersections of globs are finite unions of globs,
//! computed here.
//!
//! ARNs are globs too: six fields joined by [`SEPARATOR`], a character that no wildcard reads. Everything said
//! above holds field by field, so rectangles of fields need no code of their own.

mod cover;
mod intersect;
mod matching;
#[cfg(test)]
mod tests;
mod token;
mod union;

pub(crate) use cover::{Instanced, covers, prune};
pub(crate) use intersect::{intersect, overlap};
pub(crate) use token::{Token, raised};
pub(crate) use union::Union;

use crate::iam::pattern::{Part, Pattern};

/// Letters that stand for "anything not mentioned"; patterns that use this private range are refused.
pub(crate) const FRESH: char = '\u{100000}';

/// Stands between the fields of an ARN; wildcards never read it.
pub(crate) const SEPARATOR: char = '\u{10FFFD}';

/// A letter in either case stands at this plus its code in a generic instance.
const EITHER: u32 = 0xF_0000;

/// Stands for a `*` in a generic instance: read by a `*` only.
const RUN: char = '\u{F1000}';

/// The same for a `*` that reads no colon: read by a `*` of either kind.
const RUN_IN_FIELD: char = '\u{F1001}';

/// Stands for a `?` in a generic instance: read by whatever may read a colon.
const ANY: char = '\u{F1002}';

/// Whether a letter is one of the stand-ins.
pub(crate) fn is_fresh(c: char) -> bool {
    (FRESH..SEPARATOR).contains(&c)
}

/// Whether a text uses letters that this module keeps for itself.
pub(crate) fn uses_private_letters(text: &str) -> bool {
    text.chars().any(|c| u32::from(c) >= EITHER)
}

/// A glob; no two stars are adjacent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(crate) struct Glob(pub(crate) Vec<Token>);

impl Glob {
    /// The glob of one text.
    pub(crate) fn literal(text: &str) -> Glob {
        Glob(text.chars().map(Token::Char).collect())
    }

    /// `*`.
    pub(crate) fn everything() -> Glob {
        Glob(vec![Token::Star])
    }

    /// The glob of a pattern without variables; `None` if it has one.
    pub(crate) fn of(pattern: &Pattern) -> Option<Glob> {
        let mut glob = Glob::default();
        for part in pattern.parts() {
            match part {
                Part::Text(text) => glob.extend(text.chars().map(Token::Char)),
                Part::Star => glob.push(Token::Star),
                Part::Question => glob.push(Token::One),
                Part::Variable(_) => return None,
            }
        }
        Some(glob)
    }

    /// The same without regard to case.
    pub(crate) fn folded(mut self) -> Glob {
        for token in &mut self.0 {
            *token = token.folded();
        }
        self
    }

    /// Adds a token; a star after a star vanishes.
    pub(crate) fn push(&mut self, token: Token) {
        if token != Token::Star || self.0.last() != Some(&Token::Star) {
            self.0.push(token);
        }
    }

    /// Adds tokens.
    pub(crate) fn extend(&mut self, tokens: impl IntoIterator<Item = Token>) {
        for token in tokens {
            self.push(token);
        }
    }

    /// Whether it matches every text.
    pub(crate) fn is_everything(&self) -> bool {
        self.0 == [Token::Star]
    }

    /// Whether it has a `?`.
    pub(crate) fn has_one(&self) -> bool {
        self.0.iter().any(|t| t.is_one())
    }

    /// Whether some wildcard of it reads no colon.
    pub(crate) fn is_confined(&self) -> bool {
        self.0
            .iter()
            .any(|t| matches!(t, Token::OneInField | Token::StarInField))
    }

    /// The text it stands for, if it is one text only.
    pub(crate) fn as_literal(&self) -> Option<String> {
        self.0
            .iter()
            .map(|t| match t {
                Token::Char(c) => Some(*c),
                _ => None,
            })
            .collect()
    }

    /// The member in which each wildcard is the stand-in letter.
    pub(crate) fn instance(&self) -> Vec<char> {
        self.fill(&[FRESH], &[FRESH])
    }

    /// The generic instance: what reads it reads every member. A letter whose case is open is read only by what reads
    /// both.
    fn generic(&self) -> Vec<char> {
        let letter = |token: &Token| match token {
            Token::Char(c) => *c,
            Token::Fold(c) => char::from_u32(EITHER + u32::from(*c)).unwrap_or(*c),
            Token::Star => RUN,
            Token::StarInField => RUN_IN_FIELD,
            Token::One => ANY,
            Token::OneInField => FRESH,
        };
        self.0.iter().map(letter).collect()
    }

    /// The member in which each `*` is `star` and each `?` the first letter of `one`.
    pub(crate) fn fill(&self, star: &[char], one: &[char]) -> Vec<char> {
        let mut out = Vec::with_capacity(self.0.len() + star.len());
        for token in &self.0 {
            match token {
                Token::Char(c) | Token::Fold(c) => out.push(*c),
                Token::One | Token::OneInField => {
                    out.push(one.first().copied().unwrap_or(FRESH));
                }
                Token::Star | Token::StarInField => out.extend_from_slice(star),
            }
        }
        out
    }
}

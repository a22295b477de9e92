//! Matching a glob against a text.

use super::{Glob, SEPARATOR, Token};
use crate::engine::symbolic::{automaton, budget};

impl Glob {
    /// Whether it matches a text.
    pub(crate) fn matches(&self, text: &[char]) -> bool {
        let mut letters = 0;
        let found = matches(&self.0, text, &mut letters);
        budget::read(letters);
        found.unwrap_or_else(|| automaton::accepts(self, text))
    }

    /// Whether it matches a text given as a string.
    pub(crate) fn matches_str(&self, text: &str) -> bool {
        self.matches(&text.chars().collect::<Vec<_>>())
    }
}

/// Greedy matching with one point of return: the last star seen. `None` at a confined star, behind which an earlier
/// one might have to read more. Counts what it looks at.
fn matches(pattern: &[Token], text: &[char], letters: &mut usize) -> Option<bool> {
    let (mut rest, mut input) = (pattern, text);
    let mut retry: Option<(&[Token], &[char])> = None;
    loop {
        *letters += 1;
        match (rest.split_first(), input.split_first()) {
            (Some((Token::Star, after)), _) => {
                retry = Some((after, input));
                rest = after;
                if after.is_empty() {
                    return Some(!input.contains(&SEPARATOR));
                }
                continue;
            }
            (Some((Token::StarInField, _)), _) => return None,
            (Some((token, after)), Some((c, left))) if token.reads(*c) => {
                (rest, input) = (after, left);
                continue;
            }
            (None, None) => return Some(true),
            _ => {}
        }
        match retry.and_then(|(after, from)| Some((after, from.split_first()?))) {
            Some((after, (read, from))) if *read != SEPARATOR => {
                (rest, input) = (after, from);
                retry = Some((after, from));
            }
            _ => return Some(false),
        }
    }
}

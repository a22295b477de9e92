//! Matching a text against characters and wildcards, one character at a time.
//!
//! A wildcard may be confined to a field of an ARN: then it takes no colon. `?` takes one Unicode character.

use std::str::Chars;

/// How far a wildcard reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// Over any character.
    Anything,
    /// Not over a colon.
    Field,
}

impl Reach {
    fn takes(self, c: char) -> bool {
        self == Reach::Anything || c != ':'
    }
}

/// One element of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// `?`
    One(Reach),
    /// `*`
    Run(Reach),
}

impl Token {
    fn takes(self, c: char) -> bool {
        match self {
            Token::Char(own) => own == c,
            Token::One(reach) => reach.takes(c),
            Token::Run(_) => false,
        }
    }
}

/// A pattern ready to be matched: a literal beginning, then tokens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Glob {
    prefix: String,
    tokens: Vec<Token>,
    confined: bool,
}

impl Glob {
    pub(super) fn new(tokens: impl IntoIterator<Item = Token>) -> Glob {
        let mut prefix = String::new();
        let mut rest: Vec<Token> = Vec::new();
        for token in tokens {
            match token {
                Token::Char(c) if rest.is_empty() => prefix.push(c),
                other => rest.push(other),
            }
        }
        let is_confined =
            |t: &Token| matches!(t, Token::One(Reach::Field) | Token::Run(Reach::Field));
        Glob {
            prefix,
            confined: rest.iter().any(is_confined),
            tokens: rest,
        }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        match text.strip_prefix(self.prefix.as_str()) {
            None => false,
            Some(rest) if self.tokens.is_empty() => rest.is_empty(),
            Some(rest) if self.confined => matches_confined(&self.tokens, rest),
            Some(rest) => matches_free(&self.tokens, rest),
        }
    }
}

/// Where no wildcard is confined it suffices to remember the last `*`: what it took can grow, nothing before it
/// has to be undone.
fn matches_free(tokens: &[Token], text: &str) -> bool {
    let mut left = tokens;
    let mut rest = text.chars();
    let mut last_run: Option<(&[Token], Chars<'_>)> = None;
    loop {
        match left.split_first() {
            Some((Token::Run(_), after)) => {
                if after.is_empty() {
                    return true;
                }
                left = after;
                last_run = Some((after, rest.clone()));
                continue;
            }
            Some((token, after)) => {
                let mut ahead = rest.clone();
                if ahead.next().is_some_and(|c| token.takes(c)) {
                    (left, rest) = (after, ahead);
                    continue;
                }
            }
            None if rest.as_str().is_empty() => return true,
            None => {}
        }
        let Some((after_run, taken_to)) = &mut last_run else {
            return false;
        };
        if taken_to.next().is_none() {
            return false;
        }
        (left, rest) = (after_run, taken_to.clone());
    }
}

/// All positions in the pattern that the text read so far can have come to, advanced character by character.
fn matches_confined(tokens: &[Token], text: &str) -> bool {
    let mut here = vec![false; tokens.len()];
    let mut at_end = enter(tokens, &mut here, 0);
    for c in text.chars() {
        let mut next = vec![false; tokens.len()];
        at_end = false;
        for (index, token) in tokens.iter().enumerate() {
            if !here.get(index).copied().unwrap_or(false) {
                continue;
            }
            match token {
                Token::Run(reach) if reach.takes(c) => at_end |= enter(tokens, &mut next, index),
                token if token.takes(c) => at_end |= enter(tokens, &mut next, index + 1),
                _ => {}
            }
        }
        here = next;
    }
    at_end
}

/// Marks a position and those behind the `*`s that start there; true if the end is among them.
fn enter(tokens: &[Token], positions: &mut [bool], start: usize) -> bool {
    for (index, token) in tokens.iter().enumerate().skip(start) {
        if let Some(position) = positions.get_mut(index) {
            *position = true;
        }
        if !matches!(token, Token::Run(_)) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn glob(pattern: &str, reach: Reach) -> Glob {
        Glob::new(pattern.chars().map(|c| match c {
            '*' => Token::Run(reach),
            '?' => Token::One(reach),
            c => Token::Char(c),
        }))
    }

    /// The definition, by recursion.
    fn by_definition(tokens: &[Token], text: &[char]) -> bool {
        match (tokens.split_first(), text.split_first()) {
            (None, None) => true,
            (None, Some(_)) => false,
            (Some((Token::Run(reach), after)), first) => {
                by_definition(after, text)
                    || first.is_some_and(|(c, rest)| reach.takes(*c) && by_definition(tokens, rest))
            }
            (Some((token, after)), Some((c, rest))) => {
                token.takes(*c) && by_definition(after, rest)
            }
            (Some(_), None) => false,
        }
    }

    #[test]
    fn one_character_is_one_of_unicode() {
        assert!(glob("?", Reach::Anything).matches("é"));
        assert!(!glob("?", Reach::Anything).matches("ab"));
        assert!(glob("a*z", Reach::Anything).matches("a\n:z"));
        assert!(!glob("a*z", Reach::Field).matches("a:z"));
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            tokens in proptest::collection::vec(prop_oneof![
                Just(Token::Char('a')), Just(Token::Char('b')), Just(Token::Char(':')),
                Just(Token::One(Reach::Anything)), Just(Token::Run(Reach::Anything)),
                Just(Token::One(Reach::Field)), Just(Token::Run(Reach::Field)),
            ], 0..7),
            text in "[ab:]{0,8}",
        ) {
            let chars: Vec<char> = text.chars().collect();
            let free: Vec<Token> = tokens.iter().map(|t| match t {
                Token::One(_) => Token::One(Reach::Anything),
                Token::Run(_) => Token::Run(Reach::Anything),
                other => *other,
            }).collect();
            prop_assert_eq!(Glob::new(tokens.clone()).matches(&text), by_definition(&tokens, &chars));
            prop_assert_eq!(Glob::new(free.clone()).matches(&text), by_definition(&free, &chars));
        }
    }
}

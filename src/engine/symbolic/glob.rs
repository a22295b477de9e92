//! Globs over an open alphabet: match, intersect, cover, shortest and readable members.
//!
//! The one lemma everything rests on. Replace each `*` and `?` of a glob `p` by a letter that no pattern of the
//! question mentions (the *generic instance*). If a glob `q` without `?` matches that instance, the letters were
//! read by stars of `q`, so `q` matches every member of `p`. Hence `L(p) ⊆ ∪ L(q)` exactly when one `q` matches
//! the instance, and otherwise the instance is a member of the difference. With `?` in `q` the lemma only
//! refutes; `automaton` decides there. Intersections of globs are finite unions of globs, computed here.
//!
//! ARNs are globs too: six fields joined by [`SEPARATOR`], a character that no wildcard reads. Everything said
//! above holds field by field, so rectangles of fields need no code of their own.

use crate::iam::pattern::{Part, Pattern};

/// Letters that stand for "anything not mentioned"; patterns that use this private range are refused.
pub(crate) const FRESH: char = '\u{100000}';

/// Stands between the fields of an ARN; wildcards never read it.
pub(crate) const SEPARATOR: char = '\u{10FFFD}';

/// A letter in either case stands at this plus its code in a generic instance.
const EITHER: u32 = 0xF_0000;

/// Whether a letter is one of the stand-ins.
pub(crate) fn is_fresh(c: char) -> bool {
    (FRESH..SEPARATOR).contains(&c)
}

/// Whether a text uses letters that this module keeps for itself.
pub(crate) fn uses_private_letters(text: &str) -> bool {
    text.chars().any(|c| u32::from(c) >= EITHER)
}

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

/// A glob; no two stars are adjacent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(crate) struct Glob(pub(crate) Vec<Token>);

/// More globs than this in one intersection are given up as a budget question.
const LIMIT: usize = 512;

/// An intersection that would not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooMany;

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

    /// Whether it has a `*` or a `?`, and so infinitely many members.
    pub(crate) fn is_infinite(&self) -> bool {
        self.0
            .iter()
            .any(|t| !matches!(t, Token::Char(_) | Token::Fold(_)))
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

    /// The generic instance: as [`Glob::instance`], and a letter whose case is open is read only by what reads both.
    pub(crate) fn generic(&self) -> Vec<char> {
        let letter = |token: &Token| match token {
            Token::Char(c) => *c,
            Token::Fold(c) => char::from_u32(EITHER + u32::from(*c)).unwrap_or(*c),
            _ => FRESH,
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

    /// Whether it matches a text.
    pub(crate) fn matches(&self, text: &[char]) -> bool {
        matches(&self.0, text).unwrap_or_else(|| super::automaton::accepts(self, text))
    }

    /// Whether it matches a text given as a string.
    pub(crate) fn matches_str(&self, text: &str) -> bool {
        self.matches(&text.chars().collect::<Vec<_>>())
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
            Token::One => c != SEPARATOR,
            Token::OneInField => c != SEPARATOR && c != ':',
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
        c != SEPARATOR && (self == Token::Star || c != ':')
    }

    /// What both this star and a token that reads one character read.
    fn meet_star(self, other: Token) -> Option<Token> {
        match (self, other) {
            (_, Token::Char(c)) => self.runs_over(c).then_some(other),
            (Token::StarInField, Token::One) => Some(Token::OneInField),
            _ => Some(other),
        }
    }

    /// What both single-letter tokens read.
    fn meet(self, other: Token) -> Option<Token> {
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

/// Greedy matching with one point of return: the last star seen. `None` at a confined star, behind which an earlier
/// one might have to read more.
fn matches(pattern: &[Token], text: &[char]) -> Option<bool> {
    let (mut rest, mut input) = (pattern, text);
    let mut retry: Option<(&[Token], &[char])> = None;
    loop {
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

/// The intersection as a union of globs; empty if nothing matches both.
pub(crate) fn intersect(p: &Glob, q: &Glob) -> Result<Vec<Glob>, TooMany> {
    if p == q || q.is_everything() && !separated(&p.0) {
        return Ok(vec![p.clone()]);
    }
    if p.is_everything() && !separated(&q.0) {
        return Ok(vec![q.clone()]);
    }
    if clash(&p.0, &q.0) {
        return Ok(Vec::new());
    }
    let mut steps = 0;
    let mut suffixes = meet(&p.0, &q.0, &mut steps)?;
    for glob in &mut suffixes {
        glob.0.reverse();
    }
    suffixes.sort();
    suffixes.dedup();
    Ok(prune(suffixes))
}

/// Whether the literal beginnings or ends contradict each other.
fn clash(p: &[Token], q: &[Token]) -> bool {
    let differ = |(a, b): (&Token, &Token)| a.meet(*b).is_none();
    let literal = |t: &&Token| !t.is_star();
    let head = p
        .iter()
        .take_while(literal)
        .zip(q.iter().take_while(literal));
    let tail = p
        .iter()
        .rev()
        .take_while(literal)
        .zip(q.iter().rev().take_while(literal));
    head.into_iter().any(differ) || tail.into_iter().any(differ)
}

/// Intersections of two suffixes, written backwards.
fn meet(p: &[Token], q: &[Token], steps: &mut usize) -> Result<Vec<Glob>, TooMany> {
    *steps += 1;
    if *steps > 40 * LIMIT {
        return Err(TooMany);
    }
    let rest = |tokens: &[Token]| Ok(vec![Glob(tokens.iter().rev().copied().collect())]);
    let mut out = match (p.split_first(), q.split_first()) {
        (None, None) => return Ok(vec![Glob::default()]),
        (Some((star, after)), None) if star.is_star() => return meet(after, q, steps),
        (None, Some((star, after))) if star.is_star() => return meet(p, after, steps),
        (None, _) | (_, None) => return Ok(Vec::new()),
        (Some((Token::Star, [])), _) if !separated(q) => return rest(q),
        (_, Some((Token::Star, []))) if !separated(p) => return rest(p),
        (Some((a, p_after)), Some((b, q_after))) if a.is_star() && b.is_star() => {
            let mut both = meet(p_after, q, steps)?;
            both.extend(meet(p, q_after, steps)?);
            let star = if *a == Token::Star { *b } else { *a };
            prefixed(star, both)
        }
        (Some((star, after)), Some((d, q_after))) if star.is_star() => {
            let mut both = meet(after, q, steps)?;
            if let Some(read) = star.meet_star(*d) {
                both.extend(prefixed(read, meet(p, q_after, steps)?));
            }
            both
        }
        (Some((c, p_after)), Some((star, after))) if star.is_star() => {
            let mut both = meet(p, after, steps)?;
            if let Some(read) = star.meet_star(*c) {
                both.extend(prefixed(read, meet(p_after, q, steps)?));
            }
            both
        }
        (Some((c, p_after)), Some((d, q_after))) => match c.meet(*d) {
            Some(token) => prefixed(token, meet(p_after, q_after, steps)?),
            None => return Ok(Vec::new()),
        },
    };
    if out.len() > 8 {
        out.sort();
        out.dedup();
    }
    if out.len() > LIMIT {
        return Err(TooMany);
    }
    Ok(out)
}

fn separated(tokens: &[Token]) -> bool {
    tokens.contains(&Token::Char(SEPARATOR))
}

fn prefixed(token: Token, mut backwards: Vec<Glob>) -> Vec<Glob> {
    for glob in &mut backwards {
        glob.push(token);
    }
    backwards
}

/// Whether one glob surely covers another: exact for a `q` without `?` and confined wildcards, else sound (it may
/// say no too often).
pub(crate) fn covers(q: &Glob, p: &Glob) -> bool {
    p == q || q.decides(p) && q.matches(&p.generic())
}

impl Glob {
    /// Whether reading the generic instance of `p` tells whether this glob reads all of `p`.
    pub(crate) fn decides(&self, p: &Glob) -> bool {
        let counts = self.has_one() && p.0.iter().any(|t| t.is_star());
        let confines = self.is_confined() && p.is_infinite();
        !counts && !confines
    }
}

/// A glob with its generic instance at hand.
pub(crate) struct Instanced<'g> {
    pub(crate) glob: &'g Glob,
    generic: Vec<char>,
}

impl<'g> Instanced<'g> {
    /// The same glob.
    pub(crate) fn new(glob: &'g Glob) -> Self {
        Instanced {
            glob,
            generic: glob.generic(),
        }
    }

    /// See [`covers`].
    pub(crate) fn is_covered_by(&self, q: &Glob) -> bool {
        q.matches(&self.generic) && q.decides(self.glob) || q == self.glob
    }
}

/// Drops globs that another one of the list covers.
pub(crate) fn prune(globs: Vec<Glob>) -> Vec<Glob> {
    if globs.len() < 2 {
        return globs;
    }
    let instanced: Vec<Instanced<'_>> = globs.iter().map(Instanced::new).collect();
    let mut kept: Vec<&Instanced<'_>> = Vec::with_capacity(globs.len());
    for one in &instanced {
        if kept.iter().any(|k| one.is_covered_by(k.glob)) {
            continue;
        }
        kept.retain(|k| !k.is_covered_by(one.glob));
        kept.push(one);
    }
    let kept: Vec<Glob> = kept.into_iter().map(|k| k.glob.clone()).collect();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::pattern::{Variables, Wildcards};
    use proptest::prelude::*;

    fn glob(text: &str) -> Glob {
        Glob::of(&Pattern::parse(text, Wildcards::Active, Variables::Literal)).unwrap()
    }

    /// `+` and `!` stand for the wildcards that read no colon.
    fn confined(text: &str) -> Glob {
        let mut out = Glob::default();
        for token in glob(text).0 {
            out.push(match token {
                Token::Char('+') => Token::StarInField,
                Token::Char('!') => Token::OneInField,
                other => other,
            });
        }
        out
    }

    fn words() -> Vec<Vec<char>> {
        let mut all = vec![vec![]];
        let mut last = all.clone();
        for _ in 0..5 {
            last = last
                .iter()
                .flat_map(|w: &Vec<char>| {
                    ['a', 'b', ':', 'z'].map(|c| w.iter().copied().chain([c]).collect())
                })
                .collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    /// Matching written a second time, as the definition says it.
    fn naive(p: &[Token], t: &[char]) -> bool {
        match p {
            [] => t.is_empty(),
            [Token::Star, rest @ ..] => (0..=t.len()).any(|i| naive(rest, &t[i..])),
            [Token::One, rest @ ..] => !t.is_empty() && naive(rest, &t[1..]),
            [Token::Char(c), rest @ ..] => t.first() == Some(c) && naive(rest, &t[1..]),
            [Token::StarInField, rest @ ..] => (0..=t.len())
                .take_while(|i| !t[..*i].contains(&':'))
                .any(|i| naive(rest, &t[i..])),
            [Token::OneInField, rest @ ..] => {
                t.first().is_some_and(|c| *c != ':') && naive(rest, &t[1..])
            }
            [Token::Fold(c), rest @ ..] => {
                t.first().map(|t| fold(*t)) == Some(*c) && naive(rest, &t[1..])
            }
        }
    }

    #[test]
    fn intersections_of_the_reference() {
        let meet = |p, q| intersect(&glob(p), &glob(q)).unwrap();
        assert_eq!(meet("a*", "*b"), [glob("a*b")]);
        assert_eq!(meet("a*", "b*"), []);
        assert_eq!(meet("a\u{10FFFD}*", "*"), []);
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(p in "[ab:*?+!]{0,6}", q in "[ab:*?+!]{0,6}") {
            let (p, q) = (confined(&p), confined(&q));
            let both = intersect(&p, &q).unwrap();
            for word in words() {
                let (in_p, in_q) = (naive(&p.0, &word), naive(&q.0, &word));
                prop_assert_eq!(p.matches(&word), in_p);
                prop_assert_eq!(both.iter().any(|g| naive(&g.0, &word)), in_p && in_q);
                if covers(&q, &p) {
                    prop_assert!(!in_p || in_q);
                }
            }
            if q.decides(&p) && !covers(&q, &p) {
                prop_assert!(!q.matches(&p.instance()));
            }
            let folded = p.clone().folded();
            prop_assert!(covers(&folded, &p) || !folded.decides(&p));
            let mut budget = super::super::budget::Budget::new(1_000_000);
            let left = super::super::automaton::difference(&p, &[&q], &mut budget).unwrap();
            match left {
                Some(word) => prop_assert!(naive(&p.0, &word) && !naive(&q.0, &word)),
                None => prop_assert!(words().iter().all(|w| !naive(&p.0, w) || naive(&q.0, w))),
            }
            if covers(&q, &p) {
                prop_assert!(super::super::automaton::difference(&p, &[&q], &mut budget).unwrap().is_none());
            }
        }
    }
}

//! Globs against their definition, on all short words.

use super::token::fold;
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
        let mut budget = crate::engine::symbolic::budget::Budget::new(1_000_000);
        let left = crate::engine::symbolic::automaton::difference(&p, &[&q], &mut budget).unwrap();
        match left {
            Some(word) => prop_assert!(naive(&p.0, &word) && !naive(&q.0, &word)),
            None => prop_assert!(words().iter().all(|w| !naive(&p.0, w) || naive(&q.0, w))),
        }
        if covers(&q, &p) {
            prop_assert!(crate::engine::symbolic::automaton::difference(&p, &[&q], &mut budget).unwrap().is_none());
        }
    }
}

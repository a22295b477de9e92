//! Globs against their definition, on all short words.

use super::token::fold;
use super::*;
use crate::engine::symbolic::automaton;
use crate::engine::symbolic::budget::Budget;
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

/// Where a `?` of the one reads a `?` or a letter of the other, the product of positions was walked: it has one state
/// for each set of patterns of a list that have been begun, and took all steps there were.
#[test]
fn question_marks_that_read_what_is_there_need_no_automaton() {
    for (q, p) in [
        ("*b?c*", "x*b?c*/*"),
        ("?*", "?*a"),
        ("a?", "ab"),
        ("*?b", "*ab"),
        ("!+", "!+a"),
    ] {
        assert!(covers(&confined(q), &confined(p)), "{q} {p}");
    }
    for (q, p) in [
        ("?", "*"),
        ("*?", "*"),
        ("a?b", "a*b"),
        ("!", "?"),
        ("+", "*"),
        ("+", "a?"),
        ("a?*", "a*"),
    ] {
        assert!(!covers(&confined(q), &confined(p)), "{q} {p}");
    }
}

#[test]
fn long_globs_are_given_up_and_do_not_fill_the_stack() {
    let long = "x".repeat(200_000);
    let globs = [
        glob(&format!("{long}*")),
        glob(&format!("*{long}?")),
        glob(&format!("?{long}*")),
        glob(&"*a".repeat(100_000)),
    ];
    for (p, q) in globs.iter().zip(globs.iter().skip(1)) {
        assert!(intersect(p, q).is_err() || intersect(p, q) == Ok(Vec::new()));
    }
}

/// Positions were 16 bits wide once: `s3:xxx…*` was proved to be within `s3:?xxx…`.
#[test]
fn positions_of_a_long_glob_do_not_wrap() {
    let long = "x".repeat(70_000);
    let (p, q) = (glob(&format!("{long}*")), glob(&format!("?{long}")));
    let mut budget = Budget::new(100_000_000);
    let left = automaton::difference(&p, &[&q], &mut budget);
    assert!(left.is_err() || left.is_ok_and(|word| word.is_some()));
    let text: Vec<char> = long.chars().collect();
    let confined = confined(&format!("!+y{long}"));
    let text: Vec<char> = "ay".chars().chain(text).collect();
    assert!(confined.matches(&text));
    assert!(!confined.matches(&text[1..]));
}

proptest! {
    #[test]
    fn agrees_with_the_definition(p in "[ab:*?+!]{0,6}", q in "[ab:*?+!]{0,6}") {
        let (p, q) = (confined(&p), confined(&q));
        let both = intersect(&p, &q).unwrap();
        prop_assert_eq!(overlap(&p, &q), !both.is_empty());
        for word in words() {
            let (in_p, in_q) = (naive(&p.0, &word), naive(&q.0, &word));
            prop_assert_eq!(p.matches(&word), in_p);
            prop_assert_eq!(both.iter().any(|g| naive(&g.0, &word)), in_p && in_q);
            if covers(&q, &p) {
                prop_assert!(!in_p || in_q);
            }
        }
        if !q.has_one() && !q.is_confined() && !covers(&q, &p) {
            prop_assert!(!q.matches(&p.instance()));
        }
        let folded = p.clone().folded();
        prop_assert!(covers(&folded, &p));
        let mut budget = Budget::new(1_000_000);
        let left = automaton::difference(&p, &[&q], &mut budget).unwrap();
        match left {
            Some(word) => prop_assert!(naive(&p.0, &word) && !naive(&q.0, &word)),
            None => prop_assert!(words().iter().all(|w| !naive(&p.0, w) || naive(&q.0, w))),
        }
        if covers(&q, &p) {
            prop_assert!(automaton::difference(&p, &[&q], &mut budget).unwrap().is_none());
        }
    }

    /// A long list, as the index sees it, against what pruning means.
    #[test]
    fn a_pruned_list_covers_what_it_did(list in proptest::collection::vec("[abc?*]{0,7}", 30..60)) {
        let globs: Vec<Glob> = list.iter().map(|text| glob(text)).collect();
        let kept = prune(globs.clone());
        for glob in &globs {
            prop_assert!(kept.iter().any(|k| covers(k, glob)));
        }
        for (i, one) in kept.iter().enumerate() {
            prop_assert!(kept.iter().enumerate().all(|(j, other)| i == j || !covers(other, one)));
        }
        let union = Union::new(&globs);
        for other in list.iter().map(|text| glob(&text.replace('a', "ab"))) {
            prop_assert_eq!(union.cover(&other), globs.iter().any(|g| covers(g, &other)));
            let meeting = union.meeting(&other);
            for glob in globs.iter().filter(|g| overlap(g, &other)) {
                prop_assert!(meeting.contains(&glob), "{:?} {:?}", glob, other);
            }
        }
    }
}

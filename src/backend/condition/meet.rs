//! One conjunction with more patterns of one key than IAM has operators → the same with two of them as one test.
//!
//! A text matches `a*` and `*z` exactly when it matches `a*z`: what two patterns have in common is a list of patterns.
//! Written so only where no operator is left, because the author's own patterns are easier to know again. The engine has
//! an intersection of its own, on purpose: it proves what is written here.

use indexmap::IndexSet;

use super::block::Collided;
use super::reading::Reading;
use super::shorten::Conjunction;
use super::value;
use crate::iam::pattern::{Part, Variables, Wildcards};
use crate::iam::{BaseOperator, Operator, Pattern};
use crate::ir::Test;

/// More patterns than this in place of two are no help to anybody.
const MOST: usize = 64;

/// Pairs of suffixes that are looked at for two patterns; each star of one against each letter of the other.
const STEPS: usize = 20_000;

/// The conjunction with one test fewer, or none if nothing matches both; `None` if no two of its tests can be one.
pub(super) fn two_as_one(collided: &Collided) -> Option<Vec<Conjunction>> {
    let tests = &collided.conjunction;
    let crowded = |test: &Test| {
        let mut keys = collided.collisions.iter().map(|c| &c.test.key);
        keys.any(|key| key.eq_ignore_ascii_case(&test.key)) && is_pattern_of_one_value(test)
    };
    let places: Vec<usize> = (0..tests.len())
        .filter(|at| tests.get(*at).is_some_and(crowded))
        .collect();
    let pairs = places
        .iter()
        .flat_map(|i| places.iter().filter(move |j| i < *j).map(move |j| (*i, *j)));
    let (first, second, both) = pairs
        .filter_map(|(i, j)| Some((i, j, common(tests.get(i)?, tests.get(j)?)?)))
        .min_by_key(|(.., both)| both.values.len())?;
    if both.values.is_empty() {
        let needs_the_key = |t: &Test| {
            t.key.eq_ignore_ascii_case(&both.key)
                && Reading::of(t).is_some_and(|r| !r.holds_when_absent())
        };
        return tests.iter().any(needs_the_key).then(Vec::new);
    }
    let mut fewer = tests.clone();
    *fewer.get_mut(first)? = both;
    fewer.remove(second);
    Some(vec![fewer])
}

fn is_pattern_of_one_value(test: &Test) -> bool {
    use BaseOperator::{StringEquals, StringLike};
    matches!(test.operator.base, StringEquals | StringLike)
        && test.operator.qualifier.is_none()
        && !test.multi_valued
}

/// One test that holds when both do; `None` if they are of two keys, have variables or too much in common.
fn common(a: &Test, b: &Test) -> Option<Test> {
    if !a.key.eq_ignore_ascii_case(&b.key) {
        return None;
    }
    let mut values = IndexSet::new();
    for p in &globs(a)? {
        for q in &globs(b)? {
            let mut steps = STEPS;
            values.extend(meet(p, q, &mut steps)?.iter().map(|g| spell(g)));
        }
        if values.len() > MOST {
            return None;
        }
    }
    Some(Test {
        operator: Operator {
            qualifier: None,
            base: BaseOperator::StringLike,
            if_exists: a.operator.if_exists && b.operator.if_exists,
        },
        values: without_covered(values.into_iter().collect()),
        ..a.clone()
    })
}

/// A pattern, a character at a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    Question,
    Star,
}

/// The values of a test as tokens; `None` if one has a variable.
fn globs(test: &Test) -> Option<Vec<Vec<Token>>> {
    let wildcards = match test.operator.base {
        BaseOperator::StringLike => Wildcards::Active,
        _ => Wildcards::Literal,
    };
    let tokens = |value: &String| {
        let mut tokens = Vec::new();
        for part in Pattern::parse(value, wildcards, Variables::Active).parts() {
            match part {
                Part::Text(text) => tokens.extend(text.chars().map(Token::Char)),
                Part::Question => tokens.push(Token::Question),
                Part::Star => tokens.push(Token::Star),
                Part::Variable(_) => return None,
            }
        }
        Some(tokens)
    };
    test.values.iter().map(tokens).collect()
}

fn spell(tokens: &[Token]) -> String {
    let mut pattern = Pattern::default();
    for token in tokens {
        match token {
            Token::Char(c) => pattern.push(Part::Text(c.to_string())),
            Token::Question => pattern.push(Part::Question),
            Token::Star if pattern.parts().last() == Some(&Part::Star) => {}
            Token::Star => pattern.push(Part::Star),
        }
    }
    pattern.to_iam(Wildcards::Active)
}

/// Every pattern that both patterns make together: two stars take turns in who reads on, a star reads whatever stands
/// on the other side, and what is left stands for itself.
fn meet(p: &[Token], q: &[Token], steps: &mut usize) -> Option<Vec<Vec<Token>>> {
    *steps = steps.checked_sub(1)?;
    let with = |token: Token, rest: Vec<Vec<Token>>| {
        let longer = |mut tail: Vec<Token>| {
            tail.insert(0, token);
            tail
        };
        rest.into_iter().map(longer).collect::<Vec<_>>()
    };
    let mut found = match (p.split_first(), q.split_first()) {
        (None, None) => vec![Vec::new()],
        (Some((Token::Star, [])), _) => vec![q.to_vec()],
        (_, Some((Token::Star, []))) => vec![p.to_vec()],
        (None, _) | (_, None) => Vec::new(),
        (Some((Token::Star, p_rest)), Some((Token::Star, q_rest))) => {
            let mut both = meet(p_rest, q, steps)?;
            both.extend(meet(p, q_rest, steps)?);
            with(Token::Star, both)
        }
        (Some((Token::Star, rest)), Some((token, q_rest))) => {
            let mut both = meet(rest, q, steps)?;
            both.extend(with(*token, meet(p, q_rest, steps)?));
            both
        }
        (Some((token, p_rest)), Some((Token::Star, rest))) => {
            let mut both = meet(p, rest, steps)?;
            both.extend(with(*token, meet(p_rest, q, steps)?));
            both
        }
        (Some((a, p_rest)), Some((b, q_rest))) => {
            let token = match (a, b) {
                (Token::Question, other) | (other, Token::Question) => *other,
                (a, b) if a == b => *a,
                _ => return Some(Vec::new()),
            };
            with(token, meet(p_rest, q_rest, steps)?)
        }
    };
    if found.len() > MOST {
        let mut seen = IndexSet::new();
        found.retain(|tokens| seen.insert(spell(tokens)));
    }
    (found.len() <= MOST).then_some(found)
}

/// Drops patterns that another of the list covers. A pattern without `?` covers another exactly when it matches it with
/// its wildcards read as characters that nobody writes.
fn without_covered(values: Vec<String>) -> Vec<String> {
    let covers = |wide: &String, narrow: &String| {
        let plain = |v: &String| {
            let pattern = Pattern::parse(v, Wildcards::Active, Variables::Active);
            let mut text = String::new();
            for part in pattern.parts() {
                match part {
                    Part::Text(own) => text.push_str(own),
                    _ => text.push('\u{10FFFF}'),
                }
            }
            (text, pattern.parts().contains(&Part::Question))
        };
        let (_, counts) = plain(wide);
        wide != narrow && !counts && value::glob(wide, &plain(narrow).0) == Some(true)
    };
    let is_covered = |v: &&String| values.iter().any(|w| covers(w, v));
    values.iter().filter(|v| !is_covered(v)).cloned().collect()
}

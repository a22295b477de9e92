//! Conjunctions and disjunctions of tests that are kept the shortest that say the same.
//!
//! Every step replaces something by exactly its equal: tests of one key that are one test together, a
//! conjunction that another covers, two conjunctions that differ in one test, a test whose opposite is covered.

use super::reading::{Reading, Rendered};
use crate::iam::BaseOperator;
use crate::ir::Test;

/// Tests that must all hold; empty holds always.
pub(super) type Conjunction = Vec<Test>;

/// Conjunctions of which one must hold; empty never holds.
pub(super) type Disjunction = Vec<Conjunction>;

/// What two tests amount to together.
enum Together {
    /// They are one test, or none.
    As(Rendered),
    /// They stay two tests.
    Apart,
}

pub(super) fn same_key(a: &Test, b: &Test) -> bool {
    a.key.eq_ignore_ascii_case(&b.key)
}

fn same_test(a: &Test, b: &Test) -> bool {
    a.operator == b.operator && same_key(a, b) && a.values == b.values
}

fn combine(a: &Test, b: &Test, how: impl Fn(&Reading, &Reading) -> Option<Reading>) -> Together {
    if !same_key(a, b) {
        return Together::Apart;
    }
    if same_test(a, b) {
        return Together::As(Rendered::One(a.clone()));
    }
    let (Some(first), Some(second)) = (Reading::of(a), Reading::of(b)) else {
        return Together::Apart;
    };
    match how(&first, &second) {
        Some(both) if both == first => Together::As(Rendered::One(a.clone())),
        Some(both) if both == second => Together::As(Rendered::One(b.clone())),
        Some(both) => match both.render(model(a, b)) {
            Rendered::PresentAnd(..) | Rendered::Inexpressible => Together::Apart,
            rendered => Together::As(rendered),
        },
        None => Together::Apart,
    }
}

/// Which of two tests the merged one is spelt like: one that compares, if there is one.
fn model<'a>(a: &'a Test, b: &'a Test) -> &'a Test {
    if a.operator.base == BaseOperator::Null {
        b
    } else {
        a
    }
}

/// Adds tests to a conjunction; `None` if they contradict it.
pub(super) fn conjoin(mut conjunction: Conjunction, tests: Conjunction) -> Option<Conjunction> {
    if conjunction.is_empty() && tests.len() < 2 {
        return Some(tests);
    }
    for test in tests {
        let mut pending = test;
        let mut place = conjunction.len();
        let mut at = 0;
        while let Some(other) = conjunction.get(at) {
            match combine(other, &pending, Reading::and) {
                Together::Apart => at += 1,
                Together::As(Rendered::Never) => return None,
                Together::As(Rendered::One(both)) => {
                    // The union of two tests may meet a third one again: start over without them.
                    conjunction.remove(at);
                    place = place.min(at);
                    pending = both;
                    at = 0;
                }
                Together::As(_) => at += 1,
            }
        }
        conjunction.insert(place.min(conjunction.len()), pending);
    }
    Some(conjunction)
}

/// Adds a conjunction to a disjunction, keeping it the shortest that says the same.
pub(super) fn add(sum: &mut Disjunction, conjunction: Conjunction) {
    let mut pending = conjunction;
    let mut place = sum.len();
    let mut at = 0;
    while let Some(other) = sum.get(at) {
        match relate(other, &pending) {
            Relation::None => at += 1,
            Relation::Covered => return,
            Relation::Covers => {
                sum.remove(at);
                place = place.min(at);
            }
            Relation::Becomes(both) => {
                sum.remove(at);
                place = place.min(at);
                pending = both;
                at = 0;
            }
            Relation::Narrow(narrower) => {
                pending = narrower;
                at = 0;
            }
            Relation::NarrowOther(narrower) => {
                // The shortened one may cover or merge with what stands already, and with the new one.
                sum.remove(at);
                add_at(sum, narrower, at);
                at = 0;
            }
        }
    }
    sum.insert(place.min(sum.len()), pending);
}

/// Adds a conjunction that should stand at a given place.
fn add_at(sum: &mut Disjunction, conjunction: Conjunction, at: usize) {
    let rest = sum.split_off(at.min(sum.len()));
    add(sum, conjunction);
    for later in rest {
        add(sum, later);
    }
}

/// How two conjunctions of a disjunction stand to each other.
enum Relation {
    /// Nothing to gain.
    None,
    /// The older one holds whenever the newer does.
    Covered,
    /// The newer one holds whenever the older does.
    Covers,
    /// Both are one conjunction.
    Becomes(Conjunction),
    /// The newer one can be said with a test less.
    Narrow(Conjunction),
    /// The older one can be said with a test less.
    NarrowOther(Conjunction),
}

fn relate(older: &Conjunction, newer: &Conjunction) -> Relation {
    let old = unmatched(older, newer);
    if old.is_empty() {
        return Relation::Covered;
    }
    let new = unmatched(newer, older);
    if new.is_empty() {
        return Relation::Covers;
    }
    // Tests of different keys have nothing to do with each other; most pairs end here.
    let on_one_key = |o: &&Test| new.iter().any(|n| same_key(o, n));
    if !old.iter().any(on_one_key) {
        return Relation::None;
    }
    if old.iter().all(|o| newer.iter().any(|n| implies(n, o))) {
        return Relation::Covered;
    }
    if new.iter().all(|n| older.iter().any(|o| implies(o, n))) {
        return Relation::Covers;
    }
    if let ([here], [there]) = (old.as_slice(), new.as_slice())
        && let Some(both) = merge(older, here, there)
    {
        return Relation::Becomes(both);
    }
    if let Some(narrower) = drop_complement(older, newer) {
        return Relation::Narrow(narrower);
    }
    drop_complement(newer, older).map_or(Relation::None, Relation::NarrowOther)
}

/// The tests of one conjunction that the other does not have.
fn unmatched<'a>(of: &'a Conjunction, within: &Conjunction) -> Vec<&'a Test> {
    let has = |t: &Test| within.iter().any(|w| same_test(t, w));
    of.iter().filter(|t| !has(t)).collect()
}

fn implies(strong: &Test, weak: &Test) -> bool {
    if !same_key(strong, weak) {
        return false;
    }
    same_test(strong, weak)
        || match (Reading::of(strong), Reading::of(weak)) {
            (Some(s), Some(w)) => s.or(&w).is_some_and(|either| either == w),
            _ => false,
        }
}

/// Two conjunctions that differ in one test only, when that pair of tests is one test.
fn merge(older: &Conjunction, here: &Test, there: &Test) -> Option<Conjunction> {
    let Together::As(rendered) = combine(here, there, Reading::or) else {
        return None;
    };
    let place = older.iter().position(|t| same_test(t, here))?;
    let mut both = older.clone();
    match rendered {
        Rendered::One(test) => {
            *both.get_mut(place)? = test;
            // The wider test may now say no more than its neighbours.
            conjoin(Vec::new(), both)
        }
        Rendered::Always => {
            both.remove(place);
            Some(both)
        }
        _ => None,
    }
}

/// `(rest and x) or (rest and more and y)`, where one of x and y always holds, needs no y.
fn drop_complement(older: &Conjunction, newer: &Conjunction) -> Option<Conjunction> {
    if older.len() > newer.len() {
        return None;
    }
    for (here, x) in older.iter().enumerate() {
        for (there, y) in newer.iter().enumerate() {
            let always = matches!(combine(x, y, Reading::or), Together::As(Rendered::Always));
            if !always {
                continue;
            }
            let mut rest = older.iter().enumerate().filter(|(i, _)| *i != here);
            let mut shorter = newer.clone();
            shorter.remove(there);
            if rest.all(|(_, w)| shorter.iter().any(|n| implies(n, w))) {
                return Some(shorter);
            }
        }
    }
    None
}

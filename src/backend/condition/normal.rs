//! From a condition tree to the shortest exact disjunction of conjunctions of tests.
//!
//! In: an [`ir::Condition`](crate::ir::Condition). Out: a [`Disjunction`], one conjunction for each IAM
//! statement, in the order in which the author wrote them. Simplification is done while the disjunction
//! grows, so a condition that is short in the end is never long on the way, up to a budget of work.

use std::borrow::Cow;

use indexmap::IndexSet;

use super::negate::{Refusal, negate};
use super::reading::{Reading, Rendered};
use crate::iam::{BaseOperator, Operator, Qualifier};
use crate::ir::{Condition, Test};

/// Conjunctions built for one condition before it is given up, as its final form would not fit any policy.
const WORK: usize = 20_000;

/// Tests that must all hold; empty holds always.
pub(super) type Conjunction = Vec<Test>;

/// Conjunctions of which one must hold; empty never holds.
pub(super) type Disjunction = Vec<Conjunction>;

/// Why a condition has no normal form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Obstacle {
    /// This test cannot be negated.
    Negation(Test, Refusal),
    /// More conjunctions than the budget; exactly so many, or at least if the work was given up.
    TooMany {
        /// How many there are.
        count: usize,
        /// Whether that is all of them.
        counted: bool,
    },
}

/// Brings a condition into normal form; all obstacles, not the first only.
pub(super) fn normalise(
    condition: &Condition,
    budget: usize,
) -> Result<Disjunction, Vec<Obstacle>> {
    let mut builder = Builder {
        obstacles: Vec::new(),
        work: 0,
        widest: budget.saturating_mul(4),
    };
    let normal = builder.build(condition, Sign::Plain);
    if builder.obstacles.is_empty() && normal.len() > budget {
        builder.too_many(normal.len(), true);
    }
    if builder.obstacles.is_empty() {
        Ok(normal)
    } else {
        Err(builder.obstacles)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plain,
    Negated,
}

struct Builder {
    obstacles: Vec<Obstacle>,
    work: usize,
    widest: usize,
}

impl Builder {
    fn build(&mut self, condition: &Condition, sign: Sign) -> Disjunction {
        match (condition, sign) {
            (Condition::True, Sign::Plain) | (Condition::False, Sign::Negated) => vec![Vec::new()],
            (Condition::False, Sign::Plain) | (Condition::True, Sign::Negated) => Vec::new(),
            (Condition::Test(test), sign) => self.test(test, sign),
            (Condition::Not(inner), Sign::Plain) => self.build(inner, Sign::Negated),
            (Condition::Not(inner), Sign::Negated) => self.build(inner, Sign::Plain),
            (Condition::All(parts), Sign::Plain) | (Condition::Any(parts), Sign::Negated) => {
                self.product(parts, sign)
            }
            (Condition::Any(parts), Sign::Plain) | (Condition::All(parts), Sign::Negated) => {
                self.sum(parts, sign)
            }
        }
    }

    fn test(&mut self, test: &Test, sign: Sign) -> Disjunction {
        let rendered = match sign {
            Sign::Plain => Ok(as_written(test)),
            Sign::Negated => negate(test),
        };
        match rendered {
            Ok(Rendered::Always | Rendered::Inexpressible) => vec![Vec::new()],
            Ok(Rendered::Never) => Vec::new(),
            Ok(Rendered::One(test)) => vec![vec![test]],
            Ok(Rendered::PresentAnd(present, test)) => vec![vec![present, test]],
            Err(refusal) => {
                self.obstacles
                    .push(Obstacle::Negation(test.clone(), refusal));
                vec![Vec::new()]
            }
        }
    }

    fn sum(&mut self, parts: &[Condition], sign: Sign) -> Disjunction {
        let mut sum = Disjunction::new();
        for part in gather(parts, sign) {
            for conjunction in self.build(&part, sign) {
                self.spend(&sum);
                if self.is_exhausted() {
                    return Disjunction::new();
                }
                add(&mut sum, conjunction);
            }
        }
        sum
    }

    fn product(&mut self, parts: &[Condition], sign: Sign) -> Disjunction {
        let mut product: Disjunction = vec![Vec::new()];
        for part in parts {
            let factor = self.build(part, sign);
            if let ([left], [right]) = (product.as_mut_slice(), factor.as_slice()) {
                match conjoin(std::mem::take(left), right) {
                    Some(both) => *left = both,
                    None => product.clear(),
                }
                continue;
            }
            let mut next = Disjunction::new();
            for left in &product {
                for right in &factor {
                    self.spend(&next);
                    if self.is_exhausted() {
                        return Disjunction::new();
                    }
                    if let Some(both) = conjoin(left.clone(), right) {
                        add(&mut next, both);
                    }
                }
            }
            product = next;
        }
        product
    }

    fn spend(&mut self, so_far: &Disjunction) {
        self.work += 1;
        if self.work > WORK || so_far.len() > self.widest {
            self.too_many(so_far.len().saturating_sub(1), false);
        }
    }

    fn too_many(&mut self, count: usize, counted: bool) {
        if !self.is_exhausted() {
            self.obstacles.push(Obstacle::TooMany { count, counted });
        }
    }

    fn is_exhausted(&self) -> bool {
        let too_many = |o: &Obstacle| matches!(o, Obstacle::TooMany { .. });
        self.obstacles.iter().any(too_many)
    }
}

/// Joins neighbours that test one key for one value each, so that long lists of alternatives are read once.
fn gather(parts: &[Condition], sign: Sign) -> Vec<Cow<'_, Condition>> {
    let mut gathered: Vec<Cow<'_, Condition>> = Vec::new();
    for part in parts {
        if let (Sign::Plain, Condition::Test(next), Some(last)) = (sign, part, gathered.last_mut())
            && let Condition::Test(test) = last.as_ref()
            && test.operator == next.operator
            && same_key(test, next)
            && is_any_of(test)
            && let Condition::Test(test) = last.to_mut()
        {
            test.values.extend_from_slice(&next.values);
        } else {
            gathered.push(Cow::Borrowed(part));
        }
    }
    gathered
}

/// Whether `or` of two such tests is one test with the values of both.
fn is_any_of(test: &Test) -> bool {
    let Operator {
        qualifier, base, ..
    } = test.operator;
    let quantified = match qualifier {
        Some(Qualifier::ForAllValues) => false,
        Some(Qualifier::ForAnyValue) => base != BaseOperator::Null,
        None => !test.multi_valued || base == BaseOperator::Null,
    };
    quantified && !base.is_negated()
}

/// A test keeps its author's spelling unless its list of values leaves nothing to compare.
fn as_written(test: &Test) -> Rendered {
    let may_be_decided = test.values.is_empty()
        || matches!(test.operator.base, BaseOperator::Null | BaseOperator::Bool);
    if may_be_decided
        && let Some(reading) = Reading::of(test)
        && reading.is_decided_by_presence()
    {
        return reading.render(test);
    }
    let mut test = test.clone();
    let mut seen = IndexSet::new();
    if test.values.len() > 1 {
        test.values.retain(|v| seen.insert(v.clone()));
    }
    Rendered::One(test)
}

/// What two tests amount to together.
enum Together {
    /// They are one test, or none.
    As(Rendered),
    /// They stay two tests.
    Apart,
}

fn same_key(a: &Test, b: &Test) -> bool {
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
fn conjoin(mut conjunction: Conjunction, tests: &[Test]) -> Option<Conjunction> {
    for test in tests {
        let mut pending = test.clone();
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
fn add(sum: &mut Disjunction, conjunction: Conjunction) {
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
            conjoin(Vec::new(), &both)
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

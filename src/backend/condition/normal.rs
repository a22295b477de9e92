//! From a condition tree to the shortest exact disjunction of conjunctions of tests.
//!
//! In: an [`ir::Condition`](crate::ir::Condition). Out: a [`Disjunction`], one conjunction for each IAM
//! statement, in the order in which the author wrote them. Simplification is done while the disjunction
//! grows, so a condition that is short in the end is never long on the way, up to a budget of work.

use std::borrow::Cow;

use indexmap::IndexSet;

use super::negate::{Refusal, negate};
use super::reading::{Reading, Rendered};
use super::shorten::{Conjunction, Disjunction, add, conjoin, same_key};
use crate::iam::{BaseOperator, Operator, Qualifier};
use crate::ir::{Condition, Test};

/// Comparisons of tests spent on one condition before it is given up; a fraction of a second.
const WORK: usize = 20_000_000;

/// Conditions within conditions that are followed; a thread's stack holds several times as many.
pub(super) const DEPTH: usize = 256;

/// Why a condition has no normal form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Obstacle {
    /// This test cannot be negated.
    Negation(Test, Refusal),
    /// Conditions within conditions beyond [`DEPTH`].
    TooDeep,
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
        depth: 0,
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
    depth: usize,
    widest: usize,
}

impl Builder {
    fn build(&mut self, condition: &Condition, sign: Sign) -> Disjunction {
        if self.depth >= DEPTH {
            if !self.obstacles.contains(&Obstacle::TooDeep) {
                self.obstacles.push(Obstacle::TooDeep);
            }
            return Disjunction::new();
        }
        self.depth += 1;
        let built = self.build_one(condition, sign);
        self.depth -= 1;
        built
    }

    fn build_one(&mut self, condition: &Condition, sign: Sign) -> Disjunction {
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
                self.spend(&sum, &conjunction);
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
            let mut factor = self.build(part, sign);
            if self.is_exhausted() {
                return Disjunction::new();
            }
            // The usual case, without a copy: a conjunction of conjunctions.
            if let ([left], [right]) = (product.as_mut_slice(), factor.as_mut_slice()) {
                match conjoin(std::mem::take(left), std::mem::take(right)) {
                    Some(both) => *left = both,
                    None => product.clear(),
                }
                continue;
            }
            let mut next = Disjunction::new();
            for left in &product {
                for right in &factor {
                    self.spend(&next, left);
                    if self.is_exhausted() {
                        return Disjunction::new();
                    }
                    if let Some(both) = conjoin(left.clone(), right.clone()) {
                        add(&mut next, both);
                    }
                }
            }
            product = next;
        }
        product
    }

    /// Adding a conjunction compares its tests with those of every other one.
    fn spend(&mut self, so_far: &Disjunction, next: &Conjunction) {
        self.work += (so_far.len() + 1) * (next.len() + 1) * (next.len() + 1);
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
        let hopeless = |o: &Obstacle| matches!(o, Obstacle::TooMany { .. } | Obstacle::TooDeep);
        self.obstacles.iter().any(hopeless)
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
    let may_be_decided = match test.operator.base {
        BaseOperator::Null => true,
        BaseOperator::Bool => test.values.len() != 1,
        _ => test.values.is_empty(),
    };
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

//! From a conjunction of tests to one `Condition` block.
//!
//! IAM allows one entry for each pair of operator and key. Tests that could be merged have been (`normal`);
//! the others are written with another operator that means the same, and if none is left it is an error.

use indexmap::{IndexMap, IndexSet};

use super::reading::Reading;
use super::shorten::Conjunction;
use crate::iam::condition::Family;
use crate::iam::document::{ConditionBlock, Texts};
use crate::iam::pattern::{Part, Variables, Wildcards};
use crate::iam::{BaseOperator, Operator, Pattern, Qualifier};
use crate::ir::Test;

/// A test for which no operator is free.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Collision {
    pub(super) test: Test,
    /// The test that has the operator.
    pub(super) other: Test,
}

/// A conjunction for whose tests there is no room in one block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Collided {
    pub(super) conjunction: Conjunction,
    pub(super) collisions: Vec<Collision>,
}

/// Writes a conjunction as a block; the order is the order of the tests.
pub(super) fn write(conjunction: Conjunction) -> Result<ConditionBlock, Collided> {
    let tests = if has_collision(&conjunction) {
        respell(conjunction.clone()).map_err(|collisions| Collided {
            conjunction,
            collisions,
        })?
    } else {
        conjunction
    };
    let mut block = ConditionBlock::new();
    for test in tests {
        let keys: &mut IndexMap<String, Texts> = block.entry(test.operator).or_default();
        keys.insert(test.key, Texts(test.values));
    }
    Ok(block)
}

fn collide(a: &Test, b: &Test) -> bool {
    a.operator == b.operator && a.key.eq_ignore_ascii_case(&b.key)
}

fn has_collision(tests: &[Test]) -> bool {
    let later = |i: usize| tests.get(i + 1..).unwrap_or_default();
    let mut places = tests.iter().enumerate();
    places.any(|(i, t)| later(i).iter().any(|u| collide(t, u)))
}

/// Gives every test that comes second an operator of its own; the first ones keep theirs.
fn respell(tests: Vec<Test>) -> Result<Vec<Test>, Vec<Collision>> {
    let mut placed: Vec<Test> = Vec::with_capacity(tests.len());
    let mut waiting = Vec::new();
    for (place, test) in tests.into_iter().enumerate() {
        match placed.iter().find(|p| collide(p, &test)) {
            Some(other) => waiting.push((place, test, other.clone())),
            None => placed.push(test),
        }
    }
    let mut collisions = Vec::new();
    for (place, test, other) in waiting {
        let free = |t: &Test| !placed.iter().any(|p| collide(p, t));
        match spellings(&test, &placed).into_iter().find(free) {
            Some(spelling) => placed.insert(place.min(placed.len()), spelling),
            None => collisions.push(Collision { test, other }),
        }
    }
    if collisions.is_empty() {
        Ok(placed)
    } else {
        Err(collisions)
    }
}

/// Other tests that mean the same beside those already placed; the plainest first.
fn spellings(test: &Test, placed: &[Test]) -> Vec<Test> {
    let Some(reading) = Reading::of(test) else {
        return Vec::new();
    };
    let on_this_key = |p: &&Test| p.key.eq_ignore_ascii_case(&test.key);
    let fails_when_absent = |p: &Test| Reading::of(p).is_some_and(|r| !r.holds_when_absent());
    let present = placed.iter().filter(on_this_key).any(fails_when_absent);
    let bases: Vec<Test> = std::iter::once(test.clone())
        .chain(other_base(test))
        .collect();
    let with = |base: &Test, operator: Operator| Test {
        operator,
        ..base.clone()
    };
    let flipped = bases.iter().filter_map(|base| {
        let flipped = with(
            base,
            Operator {
                if_exists: !base.operator.if_exists,
                ..base.operator
            },
        );
        let may_flip = base.operator.base != BaseOperator::Null
            && (present || Reading::of(&flipped) == Reading::of(base));
        may_flip.then_some(flipped)
    });
    // `ForAnyValue:` fails without the key. With `IfExists` it would hold, and some readers take an empty text for no value.
    let qualified = bases.iter().filter_map(|base| {
        let fails_when_absent = present || !reading.holds_when_absent();
        let may_qualify = fails_when_absent
            && asks_one_value(base)
            && !base.operator.base.is_negated()
            && no_value_is_empty(base);
        let operator = Operator {
            if_exists: false,
            ..base.operator.qualified(Qualifier::ForAnyValue)
        };
        may_qualify.then(|| with(base, operator))
    });
    let found: Vec<Test> = flipped.chain(qualified).collect();
    bases.into_iter().chain(found).collect()
}

fn asks_one_value(test: &Test) -> bool {
    test.operator.qualifier.is_none() && !test.multi_valued
}

/// Whether an empty text fails the test for certain: some readers take it for no value at all under
/// `ForAnyValue:`, so only then do both operators mean the same.
fn no_value_is_empty(test: &Test) -> bool {
    let wildcards = match test.operator.base {
        BaseOperator::StringLike => Wildcards::Active,
        _ => Wildcards::Literal,
    };
    let has_a_character = |value: &String| {
        let pattern = Pattern::parse(value, wildcards, Variables::Active);
        let character = |p: &Part| matches!(p, Part::Text(_) | Part::Question);
        pattern.parts().iter().any(character)
    };
    test.operator.base.family() != Family::String || test.values.iter().all(has_a_character)
}

/// The same comparison under its other name, if it has one.
fn other_base(test: &Test) -> Option<Test> {
    use BaseOperator as B;
    let (base, from, to) = match test.operator.base {
        B::StringEquals => (B::StringLike, Wildcards::Literal, Wildcards::Active),
        B::StringNotEquals => (B::StringNotLike, Wildcards::Literal, Wildcards::Active),
        B::ArnEquals => (B::ArnLike, Wildcards::Active, Wildcards::Active),
        B::ArnLike => (B::ArnEquals, Wildcards::Active, Wildcards::Active),
        B::ArnNotEquals => (B::ArnNotLike, Wildcards::Active, Wildcards::Active),
        B::ArnNotLike => (B::ArnNotEquals, Wildcards::Active, Wildcards::Active),
        _ => return None,
    };
    let respelt = |v: &String| Pattern::parse(v, from, Variables::Active).to_iam(to);
    Some(Test {
        operator: Operator {
            base,
            ..test.operator
        },
        // Two spellings of one text under the old operator can be one spelling under the new.
        values: Vec::from_iter(test.values.iter().map(respelt).collect::<IndexSet<_>>()),
        ..test.clone()
    })
}

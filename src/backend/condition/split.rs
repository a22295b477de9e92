//! One conjunction with too many tests of a key → two: for requests without the key, and for those with it.
//!
//! `StringLikeIfExists k a*` and `StringLikeIfExists k *z` need one operator twice. Without the key both hold, so that
//! half has no test of it but `Null`; with it `IfExists` says nothing, so the other half has both operators to choose
//! from.

use super::block::Collided;
use super::reading::Reading;
use super::shorten::{Conjunction, conjoin};
use crate::iam::{BaseOperator, Operator};
use crate::ir::Test;

/// The two halves, without those that never hold; `None` if the key is there in any case, so that nothing is gained.
pub(super) fn by_presence(collided: &Collided) -> Option<Vec<Conjunction>> {
    let splits = |key: &str| {
        let mut tests = collided.conjunction.iter().filter(|t| is_on(t, key));
        tests.all(|t| Reading::of(t).is_some_and(|r| r.holds_when_absent()))
    };
    let model = collided
        .collisions
        .iter()
        .map(|c| &c.test)
        .find(|t| splits(&t.key))?;
    let (of_key, others): (Conjunction, Conjunction) = collided
        .conjunction
        .iter()
        .cloned()
        .partition(|t| is_on(t, &model.key));
    let mut without = others.clone();
    without.push(presence(model, "true"));
    // The test of presence is first, so that the first of the others takes it in: `StringLike` needs the key to be there.
    let with =
        conjoin(vec![presence(model, "false")], of_key).and_then(|of_key| conjoin(others, of_key));
    Some(std::iter::once(without).chain(with).collect())
}

fn is_on(test: &Test, key: &str) -> bool {
    test.key.eq_ignore_ascii_case(key)
}

fn presence(model: &Test, absent: &str) -> Test {
    Test {
        operator: Operator::plain(BaseOperator::Null),
        values: vec![absent.to_owned()],
        ..model.clone()
    }
}

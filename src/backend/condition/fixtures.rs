//! Conditions written shortly, for the tests of this module.

use crate::iam::document::ConditionBlock;
use crate::ir::{Condition, Test};

/// Reads `Operator key v1,v2`; the keys `m` and `n` have several values, all others one.
pub(super) fn test(text: &str) -> Test {
    let mut words = text.split(' ');
    let operator = words.next().unwrap().parse().unwrap();
    let key = words.next().unwrap().to_owned();
    let values = words
        .next()
        .map(|v| v.split(',').map(str::to_owned).collect());
    Test {
        operator,
        multi_valued: matches!(key.as_str(), "m" | "n"),
        key,
        values: values.unwrap_or_default(),
        span: None,
    }
}

/// A condition of one test.
pub(super) fn is(text: &str) -> Condition {
    Condition::Test(test(text))
}

/// The complement, unsimplified.
pub(super) fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

/// The conjunction, unsimplified.
pub(super) fn all<const N: usize>(parts: [Condition; N]) -> Condition {
    Condition::All(parts.into())
}

/// The disjunction, unsimplified.
pub(super) fn any<const N: usize>(parts: [Condition; N]) -> Condition {
    Condition::Any(parts.into())
}

/// One line for each block, `Operator key values & …`; `-` for a block without tests.
pub(super) fn show(blocks: &[ConditionBlock]) -> Vec<String> {
    let one = |block: &ConditionBlock| {
        let mut tests = Vec::new();
        for (operator, keys) in block {
            for (key, values) in keys {
                tests.push(format!("{operator} {key} {}", values.0.join(",")));
            }
        }
        match tests.is_empty() {
            true => "-".to_owned(),
            false => tests.join(" & "),
        }
    };
    blocks.iter().map(one).collect()
}

//! Conditions written shortly, for the tests of this module.

use crate::ir::Test;

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

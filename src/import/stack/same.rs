//! Whether two documents say the same, wherever they stand.
//!
//! A state of Terraform has the inline policies of a role twice: with the role, and as resources of their own.

use crate::ir::{Condition, Policy, Statement};

/// Whether two policies of one holder are one: the same name, the same statements.
pub(super) fn is_same(one: &Policy, other: &Policy) -> bool {
    one.name == other.name
        && one.statements.len() == other.statements.len()
        && one
            .statements
            .iter()
            .zip(&other.statements)
            .all(|(a, b)| same_statement(a, b))
}

fn same_statement(one: &Statement, other: &Statement) -> bool {
    one.sid == other.sid
        && one.effect == other.effect
        && one.principal == other.principal
        && one.action == other.action
        && one.resource == other.resource
        && same_condition(&one.condition, &other.condition)
}

fn same_condition(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::Test(a), Condition::Test(b)) => {
            (&a.key, a.operator, &a.values) == (&b.key, b.operator, &b.values)
        }
        (Condition::Not(a), Condition::Not(b)) => same_condition(a, b),
        (Condition::All(a), Condition::All(b)) | (Condition::Any(a), Condition::Any(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_condition(a, b))
        }
        (Condition::True, Condition::True) | (Condition::False, Condition::False) => true,
        _ => false,
    }
}

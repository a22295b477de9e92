//! The difference of documents without what is the same on both sides.
//!
//! Sound for what it is used for: the regions cover the whole difference, and whoever takes them asks of each whether
//! some request in it is newly allowed in effect. They may reach into what an unchanged Deny takes away.

use crate::catalogue::{Catalogue, KeyType};
use crate::engine::question::Asking;
use crate::engine::region::{Difference, difference};
use crate::iam::{BaseOperator, Effect};
use crate::ir::{Condition, Policy, Statement, Test};

use super::{condition, plain};

/// Up to this many unchanged denies are cut out of the regions; more would make them many and unreadable.
const CUT: usize = 4;

/// What the left allows beyond the right, described without what is the same.
pub fn reduced(left: &[&Policy], right: &[&Policy], asking: &Asking<'_>) -> Difference {
    let catalogue = asking.catalogue;
    let (mine, theirs) = (said(left, catalogue), said(right, catalogue));
    let is_common = |own: &Statement, others: &[Statement]| others.contains(own);
    let mut common = mine.iter().filter(|s| is_common(s, &theirs));
    let denies = common.by_ref().filter(|s| s.effect == Effect::Deny).count();
    let keeps_denies = denies <= CUT;
    let has_new_deny = theirs
        .iter()
        .any(|s| s.effect == Effect::Deny && !is_common(s, &mine));
    let is_needed = |own: &Statement, others: &[Statement], side: Side| {
        let is_shared = is_common(&canonical(own, catalogue), others);
        match (own.effect, side) {
            (Effect::Deny, _) => keeps_denies || !is_shared,
            // An Allow that both have matters only where the right denies something new.
            (Effect::Allow, Side::Left) => has_new_deny || !is_shared,
            (Effect::Allow, Side::Right) => true,
        }
    };
    let keep = |policies: &[&Policy], others: &[Statement], side: Side| -> Vec<Policy> {
        let kept = policies.iter().map(|policy| {
            let mut policy = (*policy).clone();
            policy.statements.retain(|s| is_needed(s, others, side));
            policy
        });
        kept.filter(|p| !p.statements.is_empty()).collect()
    };
    let (left, right) = (
        keep(left, &theirs, Side::Left),
        keep(right, &mine, Side::Right),
    );
    let (left, right): (Vec<&Policy>, Vec<&Policy>) =
        (left.iter().collect(), right.iter().collect());
    difference(&left, &right, asking)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

fn said(policies: &[&Policy], catalogue: &Catalogue) -> Vec<Statement> {
    let all = policies.iter().flat_map(|p| &p.statements);
    all.map(|s| canonical(s, catalogue)).collect()
}

/// One of all the ways to write a statement: two that mean the same mostly are the same then.
fn canonical(statement: &Statement, catalogue: &Catalogue) -> Statement {
    let mut statement = plain::statement(statement);
    statement.action.patterns.sort();
    if let Some(resource) = &mut statement.resource {
        resource.patterns.sort();
    }
    statement.condition = in_order(condition::simplify(&statement.condition), catalogue);
    statement
}

/// The order of values and of parts says nothing, nor does the case of a key.
fn in_order(condition: Condition, catalogue: &Catalogue) -> Condition {
    let sorted = |parts: Vec<Condition>| {
        let mut parts: Vec<Condition> = parts.into_iter().map(|p| in_order(p, catalogue)).collect();
        parts.sort();
        parts
    };
    match condition {
        Condition::Test(mut test) => {
            test.key.make_ascii_lowercase();
            test.values.sort();
            yes_or_no(test, catalogue)
        }
        Condition::Not(inner) => in_order(*inner, catalogue).negate(),
        Condition::All(parts) => Condition::All(sorted(parts)),
        Condition::Any(parts) => Condition::Any(sorted(parts)),
        leaf => leaf,
    }
}

/// What asks for a yes or a no has an opposite that asks for the other: `Null` of any key, `Bool` of one that is.
fn yes_or_no(mut test: Test, catalogue: &Catalogue) -> Condition {
    let known = catalogue.key(&test.key);
    let is_bool = known.is_some_and(|k| k.key.key_type == KeyType::Bool);
    let (value, opposite) = match test.values.as_slice() {
        [one] if one == "true" => ("true", "false"),
        [one] if one == "false" => ("false", "true"),
        _ => return Condition::Test(test),
    };
    let is_opposite = match test.operator.base {
        BaseOperator::Null => value == "true",
        BaseOperator::Bool => is_bool && test.operator.if_exists,
        _ => false,
    };
    if !is_opposite || test.operator.qualifier.is_some() {
        return Condition::Test(test);
    }
    test.values = vec![opposite.to_owned()];
    test.operator.if_exists = false;
    Condition::Test(test).negate()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Operator;
    use crate::ir::{Match, Origin};

    fn deny(key: &str, operator: &str, values: &[&str]) -> Statement {
        let operator: Operator = operator.parse().unwrap();
        Statement {
            sid: None,
            effect: Effect::Deny,
            principal: None,
            action: Match::everything(),
            resource: Some(Match::everything()),
            condition: Condition::Test(Test {
                operator,
                key: key.to_owned(),
                multi_valued: false,
                values: values.iter().map(|v| (*v).to_owned()).collect(),
                span: None,
            }),
            origin: Origin::default(),
        }
    }

    #[test]
    fn the_same_statement_is_the_same_however_it_is_written() {
        let catalogue = Catalogue::embedded();
        let (mfa, tag) = ("aws:MultiFactorAuthPresent", "aws:RequestTag/team");
        for (one, other) in [
            (
                deny(mfa, "BoolIfExists", &["false"]),
                deny("aws:multifactorauthpresent", "Bool", &["true"]),
            ),
            (deny(tag, "Null", &["true"]), deny(tag, "Null", &["false"])),
            (
                deny(tag, "StringNotEquals", &["a", "b"]),
                deny(tag, "StringEquals", &["b", "a"]),
            ),
        ] {
            let mut opposite = other;
            opposite.condition = opposite.condition.negate();
            assert_eq!(canonical(&one, catalogue), canonical(&opposite, catalogue));
        }
        // Of a text nobody knows what else it may be.
        let text = deny(tag, "BoolIfExists", &["false"]);
        let mut other = deny(tag, "Bool", &["true"]);
        other.condition = other.condition.negate();
        assert_ne!(canonical(&text, catalogue), canonical(&other, catalogue));
    }
}

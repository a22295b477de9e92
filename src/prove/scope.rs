//! The small policies of which questions are made.

use crate::access::AccountView;
use crate::iam::arn::is_account_id;
use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::iam::{BaseOperator, Effect, Operator, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, PrincipalMatch, Statement, Test};

/// The accounts that a condition speaks of.
pub(super) fn mentioned<'c>(condition: &'c Condition, found: &mut Vec<&'c str>) {
    match condition {
        Condition::True | Condition::False => {}
        Condition::Not(inner) => mentioned(inner, found),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|p| mentioned(p, found));
        }
        Condition::Test(test) => {
            for value in &test.values {
                if is_account_id(value) && !found.contains(&value.as_str()) {
                    found.push(value);
                }
            }
        }
    }
}

/// The key has the value.
pub(super) fn equals(key: &str, value: &str) -> Condition {
    Condition::Test(Test {
        operator: Operator::plain(BaseOperator::StringEquals),
        key: key.to_owned(),
        multi_valued: false,
        values: vec![value.to_owned()],
        span: None,
    })
}

/// The key is not carried.
pub(super) fn absent(key: &str) -> Condition {
    Condition::Test(Test {
        operator: Operator::plain(BaseOperator::Null),
        key: key.to_owned(),
        multi_valued: false,
        values: vec!["true".to_owned()],
        span: None,
    })
}

/// Takes away what is on none of some resources.
pub(super) fn deny_beside(patterns: Vec<String>) -> Statement {
    Statement {
        resource: Some(Match::except(patterns)),
        ..deny_on(Vec::new(), "*")
    }
}

/// Takes away some actions on some resources.
pub(super) fn deny_on(patterns: Vec<String>, action: &str) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Deny,
        principal: None,
        action: Match::any(vec![action.to_owned()]),
        resource: Some(Match::any(patterns)),
        condition: Condition::True,
        origin: Origin::default(),
    }
}

/// Every request.
pub(super) fn everything() -> Policy {
    let mut all = granting("everything", Principals::Everyone);
    all.kind = PolicyKind::ManagedPolicy;
    for statement in &mut all.statements {
        statement.principal = None;
    }
    all
}

/// AWS's default for keys and roles: the account's identity policies decide.
pub(super) fn delegating(view: &AccountView<'_>) -> Policy {
    let root = Principal {
        kind: PrincipalKind::Aws,
        value: format!(
            "arn:{}:iam::{}:root",
            view.account.partition, view.account.id
        ),
    };
    granting("AWS's default", Principals::Named(vec![root]))
}

/// A resource policy that grants everything to somebody.
pub(super) fn granting(name: &str, principals: Principals) -> Policy {
    Policy {
        kind: PolicyKind::ResourcePolicy,
        name: name.to_owned(),
        statements: vec![Statement {
            effect: Effect::Allow,
            principal: Some(PrincipalMatch {
                negated: false,
                principals,
            }),
            ..deny_on(vec!["*".to_owned()], "*")
        }],
        details: Details::default(),
        origin: Origin::default(),
    }
}

//! What a document says, with what cannot matter taken away: order, Sids, places, repetitions.
//!
//! Statements of one effect, principal, action and resource are one entry whose condition is any of theirs. Two
//! documents with the same entries say the same if the conditions of each entry are equal. That is enough, not
//! needed: other entries may still say the same, which is then for the engine to find out.

use indexmap::IndexMap;

use crate::iam::document::Principals;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, PrincipalMatch, Statement, Test};

/// A document's entries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Meaning(IndexMap<Shape, Condition>);

/// A statement without its condition.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Shape {
    effect: Effect,
    principal: Option<PrincipalMatch>,
    action: Match,
    resource: Option<Match>,
}

impl Meaning {
    /// The entries of a policy.
    pub(super) fn of(policy: &Policy) -> Self {
        let mut entries: IndexMap<Shape, Vec<Condition>> = IndexMap::new();
        for statement in &policy.statements {
            if let Some(shape) = shape(policy.kind, statement) {
                let condition = normal(&statement.condition);
                entries.entry(shape).or_default().push(condition);
            }
        }
        let any = |(shape, conditions)| (shape, any_of(conditions));
        Meaning(entries.into_iter().map(any).collect())
    }

    /// The pairs of conditions that still have to be proved equal; `None` if the entries are not the same.
    pub(super) fn open_pairs(&self, other: &Meaning) -> Option<Vec<(Condition, Condition)>> {
        let mut open = Vec::new();
        for (shape, condition) in &self.0 {
            match other.0.get(shape) {
                Some(theirs) if theirs == condition => {}
                Some(theirs) => open.push((condition.clone(), theirs.clone())),
                None if *condition == Condition::False => {}
                None => open.push((condition.clone(), Condition::False)),
            }
        }
        let has_more = other.0.keys().any(|shape| !self.0.contains_key(shape));
        (!has_more).then_some(open)
    }
}

/// `None` if an empty list keeps the statement from ever matching.
fn shape(kind: PolicyKind, statement: &Statement) -> Option<Shape> {
    let resource = match (&statement.resource, kind) {
        (Some(resource), _) => Some(list(resource)?),
        (None, PolicyKind::Trust | PolicyKind::ResourcePolicy) => None,
        (None, _) => Some(Match::everything()),
    };
    Some(Shape {
        effect: statement.effect,
        principal: match &statement.principal {
            Some(named) => Some(principals(named)?),
            None => None,
        },
        action: list(&statement.action)?,
        resource,
    })
}

fn list(list: &Match) -> Option<Match> {
    match (list.negated, list.patterns.is_empty()) {
        (false, true) => None,
        (true, true) => Some(Match::everything()),
        _ => Some(Match {
            negated: list.negated,
            patterns: sorted(list.patterns.clone()),
        }),
    }
}

/// The principals without what cannot matter; `None` if they are nobody.
pub(super) fn principals(named: &PrincipalMatch) -> Option<PrincipalMatch> {
    let Principals::Named(list) = &named.principals else {
        return Some(named.clone());
    };
    match (named.negated, list.is_empty()) {
        (false, true) => None,
        (true, true) => Some(PrincipalMatch {
            negated: false,
            principals: Principals::Everyone,
        }),
        _ => Some(PrincipalMatch {
            negated: named.negated,
            principals: Principals::Named(sorted(list.clone())),
        }),
    }
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}

/// The condition without places, its parts and values in a fixed order.
fn normal(condition: &Condition) -> Condition {
    match condition {
        Condition::True | Condition::False => condition.clone(),
        Condition::Test(test) => Condition::Test(Test {
            span: None,
            values: sorted(test.values.clone()),
            ..test.clone()
        }),
        Condition::Not(inner) => normal(inner).negate(),
        Condition::All(parts) => match Condition::all(parts.iter().map(normal)) {
            Condition::All(parts) => Condition::all(sorted(parts)),
            other => other,
        },
        Condition::Any(parts) => any_of(parts.iter().map(normal).collect()),
    }
}

fn any_of(parts: Vec<Condition>) -> Condition {
    match Condition::any(parts) {
        Condition::Any(parts) => Condition::any(sorted(parts)),
        other => other,
    }
}

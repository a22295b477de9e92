//! What a document says, with what cannot matter taken away: order, Sids, places, repetitions.
//!
//! Statements of one effect, principal, action and resource are one entry whose condition is any of theirs. Two
//! documents with the same entries say the same if the conditions of each entry are equal. That is enough, not
//! needed: other entries may still say the same, which is then for the engine to find out.

use crate::engine::hashed::IndexMap;
use crate::iam::document::Principals;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, PrincipalMatch, Statement, Test};

/// A document's entries. Texts stay where they are: most documents are equal to their source without a word changed.
#[derive(Debug)]
pub(super) struct Meaning<'p>(IndexMap<Shape<'p>, Vec<&'p Condition>>);

/// A statement without its condition.
#[derive(PartialEq, Eq, Hash, Debug)]
struct Shape<'p> {
    effect: Effect,
    principal: Option<PrincipalMatch>,
    action: List<'p>,
    resource: Option<List<'p>>,
}

/// The patterns of a [`Match`], sorted.
#[derive(PartialEq, Eq, Hash, Debug)]
struct List<'p> {
    negated: bool,
    patterns: Vec<&'p str>,
}

impl<'p> Meaning<'p> {
    /// The entries of a policy.
    pub(super) fn of(policy: &'p Policy) -> Self {
        let mut entries: IndexMap<Shape<'p>, Vec<&'p Condition>> = IndexMap::default();
        entries.reserve(policy.statements.len());
        for statement in &policy.statements {
            if let Some(shape) = shape(policy.kind, statement) {
                let conditions = entries.entry(shape).or_default();
                conditions.push(&statement.condition);
            }
        }
        Meaning(entries)
    }

    /// The pairs of conditions that still have to be proved equal; `None` if the entries are not the same.
    pub(super) fn open_pairs(&self, other: &Meaning<'_>) -> Option<Vec<(Condition, Condition)>> {
        let mut open = Vec::new();
        for (shape, ours) in &self.0 {
            let theirs = other.0.get(shape).map_or(&[][..], Vec::as_slice);
            if are_the_same(ours, theirs) {
                continue;
            }
            let (ours, theirs) = (any_normal(ours), any_normal(theirs));
            if ours != theirs {
                open.push((ours, theirs));
            }
        }
        let has_more = other.0.keys().any(|shape| !self.0.contains_key(shape));
        (!has_more).then_some(open)
    }
}

/// `None` if an empty list keeps the statement from ever matching.
fn shape(kind: PolicyKind, statement: &Statement) -> Option<Shape<'_>> {
    let resource = match (&statement.resource, kind) {
        (Some(resource), _) => Some(list(resource)?),
        (None, PolicyKind::Trust | PolicyKind::ResourcePolicy) => None,
        (None, _) => Some(List::everything()),
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

impl List<'_> {
    fn everything() -> Self {
        List {
            negated: false,
            patterns: vec!["*"],
        }
    }
}

fn list(list: &Match) -> Option<List<'_>> {
    match (list.negated, list.patterns.is_empty()) {
        (false, true) => None,
        (true, true) => Some(List::everything()),
        _ => Some(List {
            negated: list.negated,
            patterns: sorted(list.patterns.iter().map(String::as_str).collect()),
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

/// Whether the same conditions stand in the same order, wherever they come from.
fn are_the_same(ours: &[&Condition], theirs: &[&Condition]) -> bool {
    let mut pairs = ours.iter().zip(theirs);
    ours.len() == theirs.len() && pairs.all(|(one, other)| is_the_same(one, other))
}

fn is_the_same(one: &Condition, other: &Condition) -> bool {
    match (one, other) {
        (Condition::Test(one), Condition::Test(other)) => {
            one.operator == other.operator
                && one.key == other.key
                && one.multi_valued == other.multi_valued
                && one.values == other.values
        }
        (Condition::Not(one), Condition::Not(other)) => is_the_same(one, other),
        (Condition::All(ours), Condition::All(theirs))
        | (Condition::Any(ours), Condition::Any(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            ours.len() == theirs.len() && pairs.all(|(one, other)| is_the_same(one, other))
        }
        (Condition::True, Condition::True) | (Condition::False, Condition::False) => true,
        _ => false,
    }
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

fn any_normal(conditions: &[&Condition]) -> Condition {
    any_of(conditions.iter().map(|c| normal(c)).collect())
}

fn any_of(parts: Vec<Condition>) -> Condition {
    match Condition::any(parts) {
        Condition::Any(parts) => Condition::any(sorted(parts)),
        other => other,
    }
}

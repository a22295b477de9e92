//! The meaning of a project: effects, matchers, conditions and origins; no names, no sugar, fixed order.
//!
//! Made by `lower` from checked sources and by the document reader from IAM JSON. Everything after it
//! (engine, backend, diff, lints on meaning) looks at this and at nothing above it.
//!
//! Texts (action and resource patterns, condition values) are in IAM's spelling under `Version`
//! 2012-10-17: `*` and `?` are wildcards where IAM has them, `${key}` is a variable, `${*}` an escape.

mod organization;
pub mod promise;
pub mod read;

pub use organization::{
    Account, Assignee, Assignment, AttachedPolicy, Audience, Group, Node, NodeKind, Organization,
    PermissionSet, PolicySet, ResourcePolicy, Role, User,
};

use indexmap::IndexMap;

use crate::iam::document::Principals;
use crate::iam::{Effect, Operator, PolicyKind, Qualifier};
use crate::source::Span;

/// Where a piece of meaning was written: the statement itself first, then what included it, outermost last.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Origin {
    /// Innermost place first; empty only for what the compiler itself adds.
    pub spans: Vec<Span>,
}

impl Origin {
    /// An origin of one place.
    pub fn at(span: Span) -> Self {
        Origin { spans: vec![span] }
    }
}

/// A policy: what one IAM document means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Which grammar, quotas and evaluation rules apply.
    pub kind: PolicyKind,
    /// The name in AWS (policy name, role name for a trust policy, resource for a resource policy).
    pub name: String,
    /// Its statements, in the order of the source.
    pub statements: Vec<Statement>,
    /// What AWS keeps beside the document.
    pub details: Details,
    /// The declaration it comes from.
    pub origin: Origin,
}

/// What AWS keeps beside a policy's document; none of it changes what the policy means.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Details {
    /// The path of a customer managed policy, where it is not `/`.
    pub path: Option<String>,
    /// The description of a managed policy, SCP or RCP.
    pub description: Option<String>,
    /// Tags of a managed policy, SCP or RCP.
    pub tags: IndexMap<String, String>,
}

/// A statement: it matches a request if principal, action, resource and condition all do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Names the statement; the backend makes it valid and unique.
    pub sid: Option<String>,
    /// What it does when it matches.
    pub effect: Effect,
    /// Who; `None` where the kind of policy names no principal.
    pub principal: Option<PrincipalMatch>,
    /// Which actions.
    pub action: Match,
    /// Which resources; `None` where the kind names none (trust policies, ECR repositories).
    pub resource: Option<Match>,
    /// Under which condition.
    pub condition: Condition,
    /// Where it was written.
    pub origin: Origin,
}

/// A list of patterns, or everything but a list of patterns.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Match {
    /// Whether the list is what is *not* matched (`NotAction`, `NotResource`).
    pub negated: bool,
    /// Patterns in IAM's spelling.
    pub patterns: Vec<String>,
}

impl Match {
    /// Any of the patterns.
    pub fn any(patterns: Vec<String>) -> Self {
        Match {
            negated: false,
            patterns,
        }
    }

    /// `*`.
    pub fn everything() -> Self {
        Match::any(vec!["*".to_owned()])
    }

    /// None of the patterns.
    pub fn except(patterns: Vec<String>) -> Self {
        Match {
            negated: true,
            patterns,
        }
    }
}

/// Principals, or everybody but some.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PrincipalMatch {
    /// `NotPrincipal`.
    pub negated: bool,
    /// Who.
    pub principals: Principals,
}

/// A Boolean combination of tests on the request's keys.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Condition {
    /// Always.
    True,
    /// Never.
    False,
    /// One test.
    Test(Test),
    /// The exact complement.
    Not(Box<Condition>),
    /// All of them; empty is [`Condition::True`].
    All(Vec<Condition>),
    /// At least one; empty is [`Condition::False`].
    Any(Vec<Condition>),
}

/// One entry of a `Condition` block: an operator, a key, values. It means exactly what IAM says it means,
/// absent keys included.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Test {
    /// Qualifier, comparison and `IfExists`.
    pub operator: Operator,
    /// The key, in the catalogue's case where the catalogue knows it.
    pub key: String,
    /// Whether requests can carry several values of the key (`aws:TagKeys`).
    pub multi_valued: bool,
    /// The values; any one suffices, or for a negated operator none may match.
    pub values: Vec<String>,
    /// Where the test was written, for errors about it; `None` for tests the compiler or a reader adds.
    pub span: Option<Span>,
}

impl Test {
    /// For a test that is the complement of a plain comparison: that comparison. IAM's negated operators hold of a
    /// request without the key, with `IfExists` and without.
    pub fn complemented(&self) -> Option<Test> {
        let base = self.operator.base.positive()?;
        let qualifier = match (self.operator.qualifier, self.operator.if_exists) {
            (None, _) => None,
            (Some(Qualifier::ForAnyValue), false) => Some(Qualifier::ForAllValues),
            (Some(Qualifier::ForAllValues), false) => Some(Qualifier::ForAnyValue),
            (Some(_), true) => return None,
        };
        let operator = Operator {
            qualifier,
            base,
            if_exists: false,
        };
        Some(Test {
            operator,
            ..self.clone()
        })
    }
}

impl Condition {
    /// The conjunction, simplified: nested ones are flattened, `True` vanishes, `False` decides.
    pub fn all(parts: impl IntoIterator<Item = Condition>) -> Condition {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Condition::True => {}
                Condition::False => return Condition::False,
                Condition::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Condition::True,
            1 => flat.swap_remove(0),
            _ => Condition::All(flat),
        }
    }

    /// The disjunction, simplified like [`Condition::all`].
    pub fn any(parts: impl IntoIterator<Item = Condition>) -> Condition {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Condition::False => {}
                Condition::True => return Condition::True,
                Condition::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Condition::False,
            1 => flat.swap_remove(0),
            _ => Condition::Any(flat),
        }
    }

    /// The complement; double negation vanishes.
    #[must_use]
    pub fn negate(self) -> Condition {
        match self {
            Condition::True => Condition::False,
            Condition::False => Condition::True,
            Condition::Not(inner) => *inner,
            other => Condition::Not(Box::new(other)),
        }
    }
}

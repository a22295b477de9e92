//! The lints' way of asking the engine: scopes written as policies, tests written as conditions.
//!
//! Whatever the engine cannot settle is `None` or `false` here: a lint then says nothing, and the question is counted.

use std::borrow::Cow;

use super::Context;
use crate::engine::question::{
    Asking, Effective, Finding, StatementQuestion, Subject, World, disjoint, implies, statement,
};
use crate::engine::semantics::MultivaluedPlain;
use crate::engine::witness::Witness;
use crate::engine::{Attached, Principal};
use crate::iam::{BaseOperator, Effect, Operator, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, Statement, Test};

/// Steps for one question of a lint: what needs more is passed over.
const STEPS: u64 = 400_000;

/// A test without a place.
pub(super) fn test(base: BaseOperator, key: &str, values: &[&str]) -> Condition {
    Condition::Test(Test {
        operator: Operator::plain(base),
        key: key.to_owned(),
        multi_valued: false,
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        span: None,
    })
}

/// The key has one of the values.
pub(super) fn equals(key: &str, values: &[&str]) -> Condition {
    test(BaseOperator::StringEquals, key, values)
}

/// The key has none of the values, or is absent.
pub(super) fn differs(key: &str, values: &[&str]) -> Condition {
    test(BaseOperator::StringNotEquals, key, values)
}

/// The key is true.
pub(super) fn is_true(key: &str) -> Condition {
    test(BaseOperator::Bool, key, &["true"])
}

/// The key is not carried.
pub(super) fn absent(key: &str) -> Condition {
    test(BaseOperator::Null, key, &["true"])
}

/// As [`absent`], for a key that can have several values.
pub(super) fn absent_list(key: &str) -> Condition {
    let Condition::Test(mut test) = absent(key) else {
        return Condition::False;
    };
    test.multi_valued = true;
    Condition::Test(test)
}

/// The key is not true.
pub(super) fn not_true(key: &str) -> Condition {
    is_true(key).negate()
}

/// A document of one statement that allows.
pub(super) fn scope(actions: Match, resources: Match, condition: Condition) -> Policy {
    document(
        PolicyKind::ManagedPolicy,
        vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: actions,
            resource: Some(resources),
            condition,
            origin: Origin::default(),
        }],
    )
}

/// A document of these statements.
pub(super) fn document(kind: PolicyKind, statements: Vec<Statement>) -> Policy {
    Policy {
        kind,
        name: String::new(),
        statements,
        details: Details::default(),
        origin: Origin::default(),
    }
}

/// The same statement under one more condition.
pub(super) fn narrowed(statement: &Statement, condition: Condition) -> Statement {
    Statement {
        condition: Condition::all([statement.condition.clone(), condition]),
        ..statement.clone()
    }
}

/// These actions.
pub(super) fn actions<S: AsRef<str>>(names: &[S]) -> Match {
    Match::any(names.iter().map(|n| n.as_ref().to_owned()).collect())
}

/// The union of levels in which `FullAWSAccess` stands beside one policy.
pub(super) fn full_access() -> Policy {
    let mut policy = scope(Match::everything(), Match::everything(), Condition::True);
    policy.kind = PolicyKind::Scp;
    policy
}

/// A caller with identity policies of its own and nothing else; a lint adds what it asks about.
pub(super) fn caller<'e>(principal: &'e Principal, identity: &'e Policy) -> Effective<'e> {
    Effective {
        principal,
        attached: Attached::of_identity(vec![Cow::Borrowed(identity)]),
        resource_account: None,
    }
}

/// All principals that a policy of its own would let ask.
pub(super) fn subject(effective: Effective<'_>) -> Subject<'_> {
    Subject::Effective(Box::new(effective))
}

impl Context<'_> {
    fn asking(&self, world: World) -> Asking<'_> {
        Asking {
            world,
            steps: STEPS,
            ..Asking::new(self.project.catalogue)
        }
    }

    /// An answer, remembered if it is none.
    fn noted(&self, finding: Finding) -> Finding {
        if let Finding::Unknown(reason) = &finding {
            self.leave_open(&reason.to_string());
        }
        finding
    }

    /// Whether a statement provably matches no request of a world, whatever a plain operator on a key with several values
    /// may mean: AWS does not say.
    pub(super) fn is_dead(&self, kind: PolicyKind, own: Statement, world: World) -> bool {
        let is_open = tests(&own.condition)
            .iter()
            .any(|(test, _)| test.multi_valued && test.operator.qualifier.is_none());
        let policy = document(kind, vec![own]);
        let question = StatementQuestion::Dead;
        let dead_by = |asking: &Asking<'_>| {
            self.noted(statement(question, &policy, 0, &[], asking))
                .is_proved()
        };
        let asking = self.asking(world);
        let mut otherwise = asking;
        otherwise.semantics.multivalued_plain = MultivaluedPlain::Any;
        dead_by(&asking) && (!is_open || dead_by(&otherwise))
    }

    /// A request that a statement matches; `None` if there is none, or it is not known.
    pub(super) fn matched(
        &self,
        kind: PolicyKind,
        own: Statement,
        world: World,
    ) -> Option<Witness> {
        let policy = document(kind, vec![own]);
        let question = StatementQuestion::Dead;
        request(self.noted(statement(question, &policy, 0, &[], &self.asking(world))))
    }

    /// Whether something provably holds of one statement among documents attached together.
    pub(super) fn holds(
        &self,
        question: StatementQuestion,
        policy: &Policy,
        index: usize,
        others: &[&Policy],
    ) -> bool {
        let asking = self.asking(World::Sketch);
        self.noted(statement(question, policy, index, others, &asking))
            .is_proved()
    }

    /// A request of a scope that a subject allows; `None` if there is none, or it is not known.
    pub(super) fn allowed(&self, subject: &Subject<'_>, scope: &Policy) -> Option<Witness> {
        let scope = Subject::Documents(vec![scope]);
        request(self.noted(disjoint(subject, &scope, &self.asking(World::Sketch))))
    }

    /// Whether a subject provably allows nothing of a scope.
    pub(super) fn is_out_of_reach(&self, subject: &Subject<'_>, scope: &Policy) -> bool {
        let scope = Subject::Documents(vec![scope]);
        self.noted(disjoint(subject, &scope, &self.asking(World::Sketch)))
            .is_proved()
    }

    /// Whether everything that the left allows is provably allowed by the right.
    pub(super) fn is_within(&self, left: &Subject<'_>, right: &Subject<'_>) -> bool {
        self.noted(implies(left, right, &self.asking(World::Sketch)))
            .is_proved()
    }
}

fn request(finding: Finding) -> Option<Witness> {
    match finding {
        Finding::Refuted(witness) => Some(*witness),
        _ => None,
    }
}

/// Leaves out, one after the other, every part without which something still holds; what is left is needed.
pub(super) fn needed(count: usize, mut still_holds: impl FnMut(&[bool]) -> bool) -> Vec<bool> {
    let mut kept = vec![true; count];
    for at in 0..count {
        if let Some(part) = kept.get_mut(at) {
            *part = false;
        }
        if !still_holds(&kept)
            && let Some(part) = kept.get_mut(at)
        {
            *part = true;
        }
    }
    kept
}

/// The tests of a condition, from left to right, with whether each stands under an odd number of `not`s.
pub(super) fn tests(condition: &Condition) -> Vec<(&Test, bool)> {
    fn walk<'c>(condition: &'c Condition, negated: bool, out: &mut Vec<(&'c Test, bool)>) {
        match condition {
            Condition::True | Condition::False => {}
            Condition::Test(test) => out.push((test, negated)),
            Condition::Not(inner) => walk(inner, !negated, out),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|p| walk(p, negated, out));
            }
        }
    }
    let mut out = Vec::new();
    walk(condition, false, &mut out);
    out
}

/// What a condition is joined of by `and`.
pub(super) fn conjuncts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::True => Vec::new(),
        Condition::All(parts) => parts.iter().collect(),
        other => vec![other],
    }
}

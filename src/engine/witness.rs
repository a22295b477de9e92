//! Witnesses: requests that answer a question, replayed by the concrete evaluator before anyone sees them.

use serde::Serialize;

use super::Attached;
use super::concrete::{self, CompiledPolicy, Decision};
use super::question::Subject;
use super::request::Request;
use super::semantics::Semantics;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Origin, Policy, PrincipalMatch, Statement};

/// A request that shows what an answer claims.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Witness {
    /// The request.
    #[serde(flatten)]
    pub request: Request,
    /// Whether the catalogue knows such requests: the action exists, takes the resource and carries the keys.
    #[serde(skip)]
    pub in_catalogue: bool,
}

/// Whether the concrete evaluator allows a request to a subject.
pub(crate) fn allows(subject: &Subject<'_>, request: &Request, semantics: &Semantics) -> bool {
    match subject {
        Subject::Documents(policies) => documents_allow(policies, request, semantics),
        Subject::Effective(effective) => {
            let policies: Attached<&Policy> = effective.attached.map(|policy| policy.as_ref());
            let evaluation = concrete::evaluate_once(&policies, request, semantics);
            evaluation.decision == Decision::Allowed
        }
    }
}

/// Whether some document allows and none denies.
fn documents_allow(policies: &[&Policy], request: &Request, semantics: &Semantics) -> bool {
    let allowed = |policy: &Policy| {
        let compiled = CompiledPolicy::new(policy, semantics);
        concrete::allows_alone(&compiled, request, semantics)
    };
    if let [policy] = policies {
        return allowed(policy);
    }
    let no_deny = policies.iter().all(|policy| {
        let mut open: Policy = (*policy).clone();
        open.statements.push(allow_everything(policy.kind));
        allowed(&open)
    });
    no_deny && policies.iter().any(|policy| allowed(policy))
}

/// Whether one statement matches a request, whatever its effect.
pub(crate) fn matches(
    policy: &Policy,
    statement: &Statement,
    request: &Request,
    semantics: &Semantics,
) -> bool {
    let mut alone = policy.clone();
    // A deny that matches takes away what `allow_everything` gives.
    alone.statements = vec![statement.clone(), allow_everything(policy.kind)];
    let compiled = CompiledPolicy::new(&alone, semantics);
    let open = concrete::allows_alone(&compiled, request, semantics);
    if statement.effect == Effect::Deny {
        return !open;
    }
    alone.statements.truncate(1);
    concrete::allows_alone(&CompiledPolicy::new(&alone, semantics), request, semantics)
}

pub(super) fn allow_everything(kind: PolicyKind) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: kind.has_principal().then_some(PrincipalMatch {
            negated: false,
            principals: crate::iam::document::Principals::Everyone,
        }),
        action: Match::everything(),
        resource: None,
        condition: Condition::True,
        origin: Origin::default(),
    }
}

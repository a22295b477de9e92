//! Whom a resource policy names, as far as can be told without looking at its conditions.
//!
//! Each answer errs on the side of naming: only *no* is a promise.

use super::Identity;
use crate::iam::Effect;
use crate::iam::arn::is_account_id;
use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::ir::{Policy, PrincipalMatch};

/// Never false if an Allow of the policy is for the identity, by itself or with its whole account.
pub fn may_name(policy: &Policy, who: &Identity<'_>) -> bool {
    let account = who.principal.account().unwrap_or_default();
    any_allow(policy, |p| {
        p.kind == PrincipalKind::Aws && (!is_of_an_account(&p.value) || p.value.contains(account))
    })
}

/// Never false if an Allow of the policy is for some identity of some account, rather than for services and providers only.
pub fn may_name_somebody(policy: &Policy) -> bool {
    any_allow(policy, |p| p.kind == PrincipalKind::Aws)
}

/// Never false if an Allow of the policy is for the identity by itself, so that it needs no policy of its own: its
/// account alone does not count.
pub fn may_name_directly(policy: &Policy, who: &Identity<'_>) -> bool {
    let account = who.principal.account().unwrap_or_default();
    let name = who.principal.identity().map_or("", |id| id.last_segment());
    any_allow(policy, |p| {
        if p.kind != PrincipalKind::Aws || is_account_id(&p.value) {
            return false;
        }
        let is_whole_account = p.value.ends_with(":root") && p.value.starts_with("arn:");
        let is_other =
            is_of_an_account(&p.value) && !(p.value.contains(account) && p.value.contains(name));
        !is_whole_account && !is_other
    })
}

/// Whether an Allow names a service as a caller.
pub fn names_service(policy: &Policy, service: &str) -> bool {
    any_allow(policy, |p| {
        p.kind == PrincipalKind::Service && p.value == service
    })
}

/// An account's number, or an ARN without wildcards.
fn is_of_an_account(value: &str) -> bool {
    is_account_id(value) || (value.starts_with("arn:") && !value.contains(['*', '?', '$']))
}

fn any_allow(policy: &Policy, names: impl Fn(&Principal) -> bool) -> bool {
    let names = |p: &PrincipalMatch| match &p.principals {
        _ if p.negated => true,
        Principals::Everyone => true,
        Principals::Named(list) => list.iter().any(&names),
    };
    let mut allows = policy
        .statements
        .iter()
        .filter(|s| s.effect == Effect::Allow);
    allows.any(|s| s.principal.as_ref().is_some_and(names))
}

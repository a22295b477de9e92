//! `deny-never-bites`: a Deny of what nobody could do anyway.

use super::finding::Finding;
use super::{Context, Lint, facts, words};
use crate::engine::question::StatementQuestion;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Match, Policy, Statement};

/// Finds Denies in what identities carry that take nothing away.
///
/// A policy on a resource may grant to an identity past its own policies and past its boundary's silence, so a Deny of
/// what such services do is always of use. SCPs, RCPs and resource policies are not looked at: what they deny may be
/// allowed by whatever identity policy there is tomorrow.
pub(super) fn never_bites(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let kinds = [
        PolicyKind::Boundary,
        PolicyKind::InlinePolicy,
        PolicyKind::ManagedPolicy,
        PolicyKind::PermissionSet,
        PolicyKind::Session,
    ];
    let mut found = Vec::new();
    for document in cx.documents_of(&kinds) {
        let policy = document.policy;
        for (index, statement) in policy.statements.iter().enumerate() {
            let candidate = statement.effect == Effect::Deny
                && cx.is_own(&statement.origin)
                && only_identities_can_grant(&statement.action)
                && !is_dead(cx, policy.kind, statement);
            if candidate && bites_nowhere(cx, policy, index) {
                let finding = said(lint, policy, statement);
                found.extend(finding.map(|f| f.accounts(&document.accounts)));
            }
        }
    }
    found
}

fn is_dead(cx: &Context<'_>, kind: PolicyKind, statement: &Statement) -> bool {
    use crate::engine::question::World;
    cx.is_dead(kind, statement.clone(), World::Sketch)
}

/// Whether the actions are of services whose resources have no policies of their own.
fn only_identities_can_grant(actions: &Match) -> bool {
    !actions.negated
        && actions.patterns.iter().all(|pattern| {
            pattern.split_once(':').is_some_and(|(service, _)| {
                !service.contains(['*', '?']) && !facts::has_resource_policies(service)
            })
        })
}

/// Whether what a Deny matches is allowed by nothing beside which it stands: in a boundary or session policy, which limit
/// by themselves, by no Allow of the same document; else by no policy of any identity that carries it.
fn bites_nowhere(cx: &Context<'_>, policy: &Policy, index: usize) -> bool {
    let alone = with_allows_only(policy, index);
    let Some(at) = alone.statements.len().checked_sub(1) else {
        return false;
    };
    let shadowed = |others: &[&Policy]| cx.holds(StatementQuestion::Shadowed, &alone, at, others);
    if matches!(policy.kind, PolicyKind::Boundary | PolicyKind::Session) {
        return shadowed(&[]);
    }
    let mut carried = false;
    for kin in &cx.kin {
        let own = |p: &&crate::access::Shared<'_>| std::ptr::eq::<Policy>(&***p, policy);
        if !kin.identity.policies.iter().any(|p| own(&p)) {
            continue;
        }
        carried = true;
        let others: Vec<Policy> = kin
            .identity
            .policies
            .iter()
            .filter(|p| !own(p))
            .map(|p| allows_of(p))
            .collect();
        let others: Vec<&Policy> = others.iter().collect();
        if !kin.identity.unknown.is_empty() || !shadowed(&others) {
            return false;
        }
    }
    carried
}

/// The Allows of a policy, and the Deny in question behind them.
fn with_allows_only(policy: &Policy, index: usize) -> Policy {
    let mut alone = allows_of(policy);
    alone
        .statements
        .extend(policy.statements.get(index).cloned());
    alone
}

fn allows_of(policy: &Policy) -> Policy {
    let mut allows = policy.clone();
    allows.statements.retain(|s| s.effect == Effect::Allow);
    allows
}

fn said(lint: &Lint, policy: &Policy, statement: &Statement) -> Option<Finding> {
    let (place, why) = match policy.kind {
        PolicyKind::Boundary => (
            "boundary",
            "what a boundary does not allow cannot be done anyway, and nothing in it allows any of these actions",
        ),
        PolicyKind::Session => (
            "session policy",
            "what a session policy does not allow cannot be done anyway, and nothing in it allows any of these actions",
        ),
        _ => (
            "policy",
            "none of the policies of those who carry it allows any of these actions",
        ),
    };
    let denied = words::list(&statement.action.patterns);
    let message = format!("the Deny of {denied} never bites: nothing beside it allows them");
    let finding = Finding::at(lint.code, &statement.origin, message)?
        .because(why)
        .help(format!("remove it, or ask what this {place} is to keep out and whether the Allows beside it let that in"));
    Some(finding)
}

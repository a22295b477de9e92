//! `escalation`: identities that can make themselves more than they are, by one call or by several together.
//!
//! The ways are those of [`reach`](crate::access::reach): each is a list of requests with correlated resources, open only if
//! every one of them is allowed in effect.

use rayon::prelude::*;

use super::context::Kin;
use super::finding::Finding;
use super::{Context, Lint, who, words};
use crate::access::reach::{Edge, Path, may_match};
use crate::access::{Identity, Shared};
use crate::engine::question::Subject;
use crate::iam::Effect;

/// Finds identities with a way to one that no boundary binds and that has any policy.
///
/// Nothing is said of administrators, who have it all already, nor of a way that is no more than assuming a role: whether
/// that role is too much is said of the role.
pub(super) fn escalation(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let found = cx.kin.par_iter().filter_map(|kin| {
        let identity = kin.identity;
        if is_administrator(cx, identity) {
            return None;
        }
        match cx.project.reach.path_to_unbounded(identity) {
            Path::Found(steps) => told(cx, lint, kin, &steps),
            Path::Unknown(reason) => {
                cx.leave_open(&reason);
                None
            }
            Path::None => None,
        }
    });
    found.collect()
}

/// Says of an identity by which steps it becomes an administrator.
fn told(cx: &Context<'_>, lint: &Lint, kin: &Kin<'_>, steps: &[Edge]) -> Option<Finding> {
    let first = steps.first().filter(|edge| edge.method.id != "sts-001")?;
    let identity = kin.identity;
    let message = format!("`{}` can make itself an administrator", identity.name);
    let mut finding = Finding::at(lint.code, identity.declared, message)?;
    for edge in steps {
        let requests: Vec<String> = edge.requests.iter().map(words::request).collect();
        let to = cx.project.reach.name_of(edge.to);
        finding = finding.because(format!(
            "{}: {} leads to {to}",
            edge.method.id,
            requests.join(", ")
        ));
    }
    let place = first.origin.spans.first().copied();
    let finding = finding
        .also(place, "this lets it")
        .help("bind it by a boundary, or narrow the statement to roles that have one");
    Some(finding.accounts(&kin.accounts))
}

/// An action that no policy names: who may do everything may do this.
const UNHEARD_OF: &str = "unheard-of:Action";

/// Whether an identity may do everything anyway.
fn is_administrator(cx: &Context<'_>, identity: &Identity<'_>) -> bool {
    let grants = identity.policies.iter().flat_map(|p| &p.statements);
    let mut grants = grants.filter(|s| s.effect == Effect::Allow);
    if identity.boundary.is_some() || !grants.any(|s| may_match(&s.action, UNHEARD_OF)) {
        return false;
    }
    let own: Vec<_> = identity
        .policies
        .iter()
        .map(|p: &Shared<'_>| &**p)
        .collect();
    let everything = who::everything();
    let all = Subject::Documents(vec![&everything]);
    cx.is_within(&all, &Subject::Documents(own))
}

//! Each claim as questions to the engine.

use rayon::prelude::*;

use super::explain;
use super::model::{Detail, Item, ItemKind, Outcome};
use super::path;
use super::vacuous::vacuity;
use super::view::{Ground, Owner, View};
use crate::access::Identity;
use crate::engine::question::{
    Asking, Finding, Subject, World, callers, disjoint, implies, implies_within,
};
use crate::ir::Policy;
use crate::ir::promise::{Case, Claim, Promise, Who};

/// Decides a proof.
pub(super) fn decide(name: String, promise: &Promise, ground: &Ground<'_, '_>) -> Item {
    let (cases, details) = match &promise.claim {
        Claim::Cannot(cases) => each(cases, ground, |id, scope| cannot(id, scope, ground)),
        Claim::Can(cases) => each(cases, ground, |id, scope| can(id, scope, ground)),
        Claim::Within(cases) => each(cases, ground, |id, limit| within(id, limit, ground)),
        Claim::Only { listed, scope } => only(listed, scope, ground),
        Claim::Bounded(from) => path::bounded(from, ground),
        Claim::NoPath { from, to } => path::none(from, to, ground),
    };
    let mut details = details;
    if cases == 0 {
        details.push(Detail::undecided(
            "it speaks of nobody: no such identity is deployed where it looks".to_owned(),
        ));
    }
    let vacuity = match details.is_empty() {
        true => vacuity(&promise.claim, ground),
        false => None,
    };
    Item {
        vacuity,
        ..Item::of(ItemKind::Proof, name, &promise.origin, cases, details)
    }
}

/// Asks about every identity of every case, and joins what was found in the order of the project.
fn each(
    cases: &[Case],
    ground: &Ground<'_, '_>,
    ask: impl Fn(&Identity<'_>, &Policy) -> Option<Detail> + Sync,
) -> (usize, Vec<Detail>) {
    let pairs = cases
        .iter()
        .flat_map(|c| c.who.iter().map(move |w| (w, &c.policy)));
    let pairs: Vec<(&Who, &Policy)> = pairs.collect();
    let found = pairs
        .par_iter()
        .filter_map(|(who, policy)| match ground.identity(who) {
            Some(identity) => unknown_policies(identity, ground).or_else(|| ask(identity, policy)),
            None => Some(nobody(who)),
        });
    let found: Vec<Detail> = found.collect();
    (pairs.len(), found)
}

fn nobody(who: &Who) -> Detail {
    Detail::undecided(format!(
        "there is no `{}` in account {}",
        who.name, who.account
    ))
}

/// What is attached and not known could allow anything.
fn unknown_policies(identity: &Identity<'_>, ground: &Ground<'_, '_>) -> Option<Detail> {
    let first = identity.unknown.first()?;
    let name = match first {
        crate::ir::AttachedPolicy::Aws(name) => format!("AWS's policy `{name}`"),
        crate::ir::AttachedPolicy::Customer(name) => format!("the policy `{name}`"),
    };
    Some(Detail::undecided(format!(
        "{} has {name} attached, which is not known here",
        ground.name_of(identity)
    )))
}

fn cannot(identity: &Identity<'_>, scope: &Policy, ground: &Ground<'_, '_>) -> Option<Detail> {
    if ground.is_kept_out(identity, scope) {
        return None;
    }
    let asking = ground.asking;
    let subject = Subject::document(scope);
    let sketch = ground.sketch();
    let misses = |documents: Vec<&Policy>| {
        let documents = Subject::Documents(documents);
        disjoint(&documents, &subject, &sketch).is_proved()
    };
    let views = ground.views_unless(identity, scope, misses);
    first(views, |view| {
        let subject = Subject::Effective(Box::new(view.effective.clone()));
        let finding = view.settle(|scope| disjoint(&subject, &Subject::document(scope), asking));
        refuted(finding, view, identity, ground)
    })
}

fn within(identity: &Identity<'_>, limit: &Policy, ground: &Ground<'_, '_>) -> Option<Detail> {
    let everything = super::scope::everything();
    let (limit, sketch) = (Subject::document(limit), ground.sketch());
    let stays = |documents: Vec<&Policy>| {
        let documents = Subject::Documents(documents);
        implies(&documents, &limit, &sketch).is_proved()
    };
    first(ground.views_unless(identity, &everything, stays), |view| {
        let subject = Subject::Effective(Box::new(view.effective.clone()));
        let finding = view.settle(|scope| implies_within(&subject, &limit, scope, ground.asking));
        refuted(finding, view, identity, ground)
    })
}

/// Every request that AWS knows today: a Deny of what the action never carries takes nothing away.
fn can(identity: &Identity<'_>, scope: &Policy, ground: &Ground<'_, '_>) -> Option<Detail> {
    let asking = Asking {
        world: World::Catalogue,
        ..*ground.asking
    };
    let touched = ground.touched(scope);
    let mut views = vec![ground.own(identity, scope, &touched)];
    for governed in touched {
        views.push(ground.governed(identity, scope, governed));
    }
    views.extend(ground.strangers(identity, scope));
    first(views, |view| {
        let subject = Subject::Effective(Box::new(view.effective.clone()));
        match view.settle(|scope| implies(&Subject::document(scope), &subject, &asking)) {
            Finding::Proved => None,
            Finding::Refuted(witness) => {
                Some(explain::denied(&view.effective, &witness, identity, ground))
            }
            Finding::Unknown(reason) => Some(undecided(identity, &reason.to_string(), ground)),
        }
    })
}

/// The first view that speaks against a claim; a refutation counts before a question without an answer.
fn first<'v>(views: Vec<View<'v>>, ask: impl Fn(&View<'v>) -> Option<Detail>) -> Option<Detail> {
    let mut open = None;
    for view in &views {
        match ask(view) {
            None => {}
            Some(detail) if detail.outcome == Outcome::Failed => return Some(detail),
            Some(detail) => open = open.or(Some(detail)),
        }
    }
    open
}

fn refuted(
    finding: Finding,
    view: &View<'_>,
    identity: &Identity<'_>,
    ground: &Ground<'_, '_>,
) -> Option<Detail> {
    match finding {
        Finding::Proved => None,
        Finding::Refuted(witness) => {
            let mut detail = explain::allowed(&view.effective, &witness, identity, ground);
            if view.owner == Owner::Outside {
                detail.message += ", a resource outside the project whose owner grants it";
            }
            Some(detail)
        }
        Finding::Unknown(reason) => Some(undecided(identity, &reason.to_string(), ground)),
    }
}

fn undecided(identity: &Identity<'_>, reason: &str, ground: &Ground<'_, '_>) -> Detail {
    Detail::undecided(format!(
        "of {} it is not settled: {reason}",
        ground.name_of(identity)
    ))
}

fn only(listed: &[Who], scope: &Policy, ground: &Ground<'_, '_>) -> (usize, Vec<Detail>) {
    let spared: Vec<_> = listed.iter().filter_map(|w| ground.identity(w)).collect();
    let is_spared = |identity: &Identity<'_>| spared.iter().any(|s| std::ptr::eq(*s, identity));
    let others = ground.estate.identities().iter();
    let others: Vec<&Identity<'_>> = others.filter(|i| !is_spared(i)).collect();
    let found = others.par_iter().filter_map(|identity| {
        unknown_policies(identity, ground).or_else(|| cannot(identity, scope, ground))
    });
    let mut details: Vec<Detail> = found.collect();
    details.extend(outsiders(scope, ground));
    (others.len() + spared.len(), details)
}

/// Callers outside the project to whom a resource policy grants something of the scope.
pub(super) fn outsiders(scope: &Policy, ground: &Ground<'_, '_>) -> Vec<Detail> {
    let mut found: Vec<Detail> = Vec::new();
    for governed in ground.touched(scope) {
        let narrowed = governed.part_of(scope.clone());
        for caller in callers(governed.policy) {
            let is_ours = |id| ground.estate.account_by_id(id).is_some();
            if caller.account().is_some_and(is_ours) {
                continue;
            }
            let effective = ground.foreign(&caller, governed);
            let subject = Subject::Effective(Box::new(effective.clone()));
            match disjoint(&subject, &Subject::document(&narrowed), ground.asking) {
                Finding::Proved => {}
                Finding::Refuted(witness) => {
                    let detail = explain::outsider(&effective, &witness, ground);
                    // The callers that one statement lets in are told once.
                    let is_known = |d: &Detail| d.responsible == detail.responsible;
                    if !found.iter().any(is_known) {
                        found.push(detail);
                    }
                }
                Finding::Unknown(reason) => found.push(Detail::undecided(format!(
                    "whether {caller} may do it to `{}` is not settled: {reason}",
                    governed.name
                ))),
            }
        }
    }
    found
}

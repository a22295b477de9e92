//! Proofs that hold only because no request is like those that they speak of.

use super::model::Vacuity;
use super::view::Ground;
use crate::access::Identity;
use crate::engine::question::World;
use crate::ir::promise::{Case, Claim, Who};
use crate::ir::{Condition, Policy};

/// Why a claim is about no request, if it is.
///
/// A condition is what makes it so: that the actions act on the resources has been checked. Of several identities
/// all must be unable to make such a request.
pub(super) fn vacuity(claim: &Claim, ground: &Ground<'_, '_>) -> Option<Vacuity> {
    let cases = match claim {
        Claim::Cannot(cases) | Claim::Can(cases) => cases,
        Claim::Within(_) | Claim::Only { .. } | Claim::Bounded(_) | Claim::NoPath { .. } => {
            return None;
        }
    };
    if !cases.iter().all(|case| is_conditional(&case.policy)) {
        return None;
    }
    let is_of_nothing = |world| {
        pairs(cases).all(|(who, scope)| {
            let identity = ground.identity(who);
            identity.is_some_and(|identity| makes_none(identity, scope, world, ground))
        })
    };
    if !is_of_nothing(World::Catalogue) {
        return None;
    }
    if is_of_nothing(World::Open) {
        return Some(Vacuity::Ever);
    }
    // Actions that are newer than the catalogue have no request there whatever the condition.
    let without: Vec<Case> = cases.iter().map(unconditional).collect();
    let is_known = pairs(&without).any(|(who, scope)| {
        let identity = ground.identity(who);
        identity.is_some_and(|identity| !makes_none(identity, scope, World::Catalogue, ground))
    });
    is_known.then_some(Vacuity::Today)
}

fn pairs(cases: &[Case]) -> impl Iterator<Item = (&Who, &Policy)> {
    cases.iter().flat_map(|case| {
        let who = case.who.iter();
        who.map(move |who| (who, &case.policy))
    })
}

fn is_conditional(scope: &Policy) -> bool {
    let mut statements = scope.statements.iter();
    statements.any(|s| s.condition != Condition::True)
}

fn unconditional(case: &Case) -> Case {
    let mut case = case.clone();
    for statement in &mut case.policy.statements {
        statement.condition = Condition::True;
    }
    case
}

/// Whether none of an identity's requests is of a scope, on whosever resource.
fn makes_none(
    identity: &Identity<'_>,
    scope: &Policy,
    world: World,
    ground: &Ground<'_, '_>,
) -> bool {
    let touched = ground.touched(scope);
    let own = ground.own(identity, scope, &touched);
    ground.is_of_nothing(&own, world)
        && touched.iter().all(|governed| {
            let view = ground.governed(identity, scope, governed);
            ground.is_of_nothing(&view, world)
        })
        && ground
            .strangers(identity, scope)
            .iter()
            .all(|view| ground.is_of_nothing(view, world))
}

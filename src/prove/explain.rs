//! Why a request is allowed or denied: the statements that decide, as few as do so, found by the reference evaluator.

use std::borrow::Cow;

use super::model::{Detail, Responsible, place};
use super::view::Ground;
use crate::access::Identity;
use crate::engine::Attached;
use crate::engine::concrete::{Deciding, Decision, Layer, evaluate_once};
use crate::engine::question::Effective;
use crate::engine::request::{Request, Values};
use crate::engine::witness::Witness;
use crate::ir::Policy;
use crate::types::setting;

type Bearing<'e> = Attached<Cow<'e, Policy>>;

/// A request that ought not to be allowed.
pub(super) fn allowed(
    effective: &Effective<'_>,
    witness: &Witness,
    identity: &Identity<'_>,
    ground: &Ground<'_, '_>,
) -> Detail {
    let who = ground.name_of(identity);
    let message = format!("{who} can {}", asked(&witness.request));
    Detail {
        who,
        responsible: smallest(&effective.attached, &witness.request, ground),
        request: Some(witness.request.clone()),
        ..Detail::failed(message)
    }
}

/// A request of somebody outside the project that ought not to be allowed.
pub(super) fn outsider(
    effective: &Effective<'_>,
    witness: &Witness,
    ground: &Ground<'_, '_>,
) -> Detail {
    let who = &witness.request.principal;
    let message = format!(
        "{who}, who is not of the project, can {}",
        asked(&witness.request)
    );
    let mut responsible = smallest(&effective.attached, &witness.request, ground);
    responsible.retain(|r| r.layer != Layer::Identity);
    Detail {
        who: who.to_string(),
        responsible,
        request: Some(witness.request.clone()),
        ..Detail::failed(message)
    }
}

/// A request that ought to be allowed.
pub(super) fn denied(
    effective: &Effective<'_>,
    witness: &Witness,
    identity: &Identity<'_>,
    ground: &Ground<'_, '_>,
) -> Detail {
    let who = ground.name_of(identity);
    let message = format!("{who} cannot {}", asked(&witness.request));
    let detail = judged(message, &effective.attached, &witness.request, ground);
    Detail { who, ..detail }
}

/// A request as it is decided, with the layers and statements that decide it.
pub(super) fn judged(
    message: String,
    attached: &Bearing<'_>,
    request: &Request,
    ground: &Ground<'_, '_>,
) -> Detail {
    let evaluation = evaluate_once(attached, request, &ground.asking.semantics);
    let responsible = evaluation.statements.iter();
    let responsible = responsible
        .map(|s| named(attached, s))
        .filter(is_written)
        .collect();
    let message = match evaluation.decision {
        Decision::Allowed => message,
        Decision::ExplicitlyDenied => message,
        Decision::ImplicitlyDenied => {
            let silent: Vec<&str> = evaluation.denied_by.iter().map(|l| place(*l)).collect();
            format!("{message}: no {} allows it", silent.join(" and no "))
        }
    };
    Detail {
        request: Some(request.clone()),
        responsible,
        denied_by: evaluation.denied_by,
        ..Detail::failed(message)
    }
}

/// The Allow statements that let a request through, none of which can be spared.
fn smallest(
    attached: &Bearing<'_>,
    request: &Request,
    ground: &Ground<'_, '_>,
) -> Vec<Responsible> {
    let semantics = &ground.asking.semantics;
    let deciding = evaluate_once(attached, request, semantics).statements;
    let mut kept = deciding.clone();
    for candidate in deciding.iter().rev() {
        let fewer: Vec<Deciding> = kept.iter().filter(|k| *k != candidate).cloned().collect();
        let rest = without(attached, &deciding, &fewer);
        if evaluate_once(&rest, request, semantics).is_allowed() {
            kept = fewer;
        }
    }
    let kept = kept.iter().map(|s| named(attached, s));
    kept.filter(is_written).collect()
}

/// What stands for a resource policy that the project does not write is nobody's statement.
fn is_written(responsible: &Responsible) -> bool {
    responsible.layer != Layer::Resource || !responsible.origin.spans.is_empty()
}

/// The same policies without the deciding statements that are not kept.
fn without<'e>(attached: &Bearing<'e>, all: &[Deciding], kept: &[Deciding]) -> Bearing<'e> {
    let mut rest = attached.clone();
    for gone in all.iter().filter(|s| !kept.contains(s)) {
        let Some(policy) = at_mut(&mut rest, gone) else {
            continue;
        };
        if let Some(statement) = policy.to_mut().statements.get_mut(gone.statement) {
            // The places of the others stay as they are.
            statement.condition = crate::ir::Condition::False;
        }
    }
    rest
}

fn at_mut<'b, 'e>(
    attached: &'b mut Bearing<'e>,
    place: &Deciding,
) -> Option<&'b mut Cow<'e, Policy>> {
    match place.layer {
        Layer::Identity => attached.identity.get_mut(place.document),
        Layer::Boundary => attached.boundary.as_mut(),
        Layer::Session => attached.session.get_mut(place.document),
        Layer::Resource => attached.resource.as_mut(),
        Layer::Endpoint => attached.endpoint.get_mut(place.document),
        Layer::Scp => attached.scps.get_mut(place.level)?.get_mut(place.document),
        Layer::Rcp => attached.rcps.get_mut(place.level)?.get_mut(place.document),
    }
}

fn named(attached: &Bearing<'_>, statement: &Deciding) -> Responsible {
    let mut attached = attached.map(Clone::clone);
    let policy = at_mut(&mut attached, statement);
    Responsible {
        layer: statement.layer,
        effect: statement.effect,
        policy: policy.map(|p| p.name.clone()).unwrap_or_default(),
        sid: statement.sid.clone(),
        origin: statement.origin.clone(),
    }
}

/// `s3:GetObject on arn:… with mfa = true`
pub(super) fn asked(request: &Request) -> String {
    let mut text = format!("{} on {}", request.action, request.resource);
    // What follows from who asks is no choice, and neither is the organisation of an account.
    let implied = request.implied_keys();
    let has_account = request.principal.account().is_some();
    let told = request.context.iter().filter(|(key, values)| {
        let follows = |(k, v): &(&str, String)| {
            k.eq_ignore_ascii_case(key) && **values == Values::One(v.clone())
        };
        let is_known = has_account && key.eq_ignore_ascii_case("aws:PrincipalOrgID");
        !is_known && !implied.iter().any(follows)
    });
    for (at, (key, values)) in told.enumerate() {
        text += if at == 0 { " with " } else { ", " };
        text += &setting(key, values.as_slice(), matches!(values, Values::Many(_)));
    }
    text
}

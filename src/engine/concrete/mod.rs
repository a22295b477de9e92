//! The reference evaluator: one request against all policies that bear on it.
//!
//! In: [`CompiledPolicy`]s in their places ([`Attached`]) and a [`Request`]. Out: an [`Evaluation`].
//! Written to be read beside AWS's page on evaluation logic; it shares no matching code with `symbolic`, whose
//! witnesses it replays.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>

mod address;
mod arn;
mod asked;
mod base64;
mod comparison;
mod condition;
mod date;
mod number;
mod outcome;
mod policy;
mod principal;
mod situation;
mod text;
mod wildcard;

pub use outcome::{Deciding, Decision, Evaluation, Layer};
pub use policy::CompiledPolicy;

use std::borrow::Borrow;

use super::attached::Attached;
use super::request::Request;
use super::semantics::{FederatedUser, Semantics, SessionGrant};
use crate::iam::Effect;
use crate::ir;
use asked::Asked;
use policy::{Caller, Statement};
use principal::Closeness;
use situation::{Grants, Situation};

/// Evaluates a request against policies that were compiled under the same semantics.
pub fn evaluate<P: Borrow<CompiledPolicy>>(
    attached: &Attached<P>,
    request: &Request,
    semantics: &Semantics,
) -> Evaluation {
    let asked = Asked::new(request, semantics);
    let situation = Situation::of(request, attached.management_account.as_deref());
    let mut evaluator = Evaluator {
        asked: &asked,
        situation,
        semantics,
        hits: Vec::new(),
    };
    let (decision, denied_by) = evaluator.decide(attached);
    let decisive = match decision {
        Decision::Allowed => Some(Effect::Allow),
        Decision::ExplicitlyDenied => Some(Effect::Deny),
        Decision::ImplicitlyDenied => None,
    };
    let hits = std::mem::take(&mut evaluator.hits);
    let deciding = hits
        .into_iter()
        .filter(|h| Some(h.statement.effect) == decisive);
    let statements = deciding.map(Hit::into_deciding).collect();
    Evaluation {
        decision,
        denied_by,
        statements,
        missing_keys: asked.into_missing(),
    }
}

/// Compiles policies in their places and evaluates one request; for a single question, such as a witness.
pub fn evaluate_once<P: Borrow<ir::Policy>>(
    attached: &Attached<P>,
    request: &Request,
    semantics: &Semantics,
) -> Evaluation {
    let compile =
        |policy: &P| CompiledPolicy::for_action(policy.borrow(), &request.action, semantics);
    let compiled = attached.map(compile);
    evaluate(&compiled, request, semantics)
}

/// Whether some statement of a policy allows the request and none denies it, the policy taken by itself.
pub fn allows_alone(policy: &CompiledPolicy, request: &Request, semantics: &Semantics) -> bool {
    let asked = Asked::new(request, semantics);
    let mut allowed = false;
    for (_, statement) in policy.statements() {
        let matches = match statement.has_principal() {
            true => statement
                .matches_caller(&asked, Caller::Unbounded)
                .is_some(),
            false => statement.matches(&asked),
        };
        if matches && statement.effect == Effect::Deny {
            return false;
        }
        allowed |= matches;
    }
    allowed
}

/// Where a policy is attached.
#[derive(Clone, Copy)]
struct Place {
    layer: Layer,
    level: usize,
    document: usize,
}

/// A statement that matches the request.
struct Hit<'a> {
    place: Place,
    index: usize,
    statement: &'a Statement,
    closeness: Closeness,
}

impl Hit<'_> {
    fn into_deciding(self) -> Deciding {
        Deciding {
            layer: self.place.layer,
            level: self.place.level,
            document: self.place.document,
            statement: self.index,
            sid: self.statement.sid.clone(),
            effect: self.statement.effect,
            origin: self.statement.origin.clone(),
        }
    }
}

struct Evaluator<'e, 'a> {
    asked: &'e Asked<'a>,
    situation: Situation,
    semantics: &'e Semantics,
    hits: Vec<Hit<'a>>,
}

impl<'a> Evaluator<'_, 'a> {
    fn decide<P: Borrow<CompiledPolicy>>(
        &mut self,
        attached: &'a Attached<P>,
    ) -> (Decision, Vec<Layer>) {
        if self.situation.always_allowed {
            return (Decision::Allowed, Vec::new());
        }
        self.match_all(attached);
        let denying: Vec<Layer> = layers(self.hits.iter().filter(|h| self.denies(h)));
        if !denying.is_empty() {
            return (Decision::ExplicitlyDenied, denying);
        }
        let mut silent = self.silent_guardrails(attached);
        silent.extend(self.silent_grants(attached));
        silent.sort_unstable();
        silent.dedup();
        match silent.is_empty() {
            true => (Decision::Allowed, silent),
            false => (Decision::ImplicitlyDenied, silent),
        }
    }

    /// Step 1: every statement that matches, in every policy that bears on this principal and resource.
    fn match_all<P: Borrow<CompiledPolicy>>(&mut self, attached: &'a Attached<P>) {
        let caller = match attached.boundary {
            Some(_) => Caller::Bounded,
            None => Caller::Unbounded,
        };
        if self.situation.has_identity_policies {
            self.match_layer(Layer::Identity, 0, &attached.identity, None);
            self.match_layer(Layer::Boundary, 0, attached.boundary.as_slice(), None);
            self.match_layer(Layer::Session, 0, &attached.session, None);
        }
        self.match_layer(
            Layer::Resource,
            0,
            attached.resource.as_slice(),
            Some(caller),
        );
        self.match_layer(Layer::Endpoint, 0, &attached.endpoint, Some(caller));
        if self.situation.bound_by_scps {
            for (level, policies) in attached.scps.iter().enumerate() {
                self.match_layer(Layer::Scp, level, policies, None);
            }
        }
        if self.situation.bound_by_rcps {
            for (level, policies) in attached.rcps.iter().enumerate() {
                self.match_layer(Layer::Rcp, level, policies, Some(caller));
            }
        }
    }

    /// Matches the policies of one place; those that name principals against the caller too.
    fn match_layer<P: Borrow<CompiledPolicy>>(
        &mut self,
        layer: Layer,
        level: usize,
        policies: &'a [P],
        caller: Option<Caller>,
    ) {
        for (document, policy) in policies.iter().enumerate() {
            let place = Place {
                layer,
                level,
                document,
            };
            for (index, statement) in policy.borrow().statements() {
                let closeness = match caller {
                    Some(caller) => statement.matches_caller(self.asked, caller),
                    None => statement.matches(self.asked).then_some(Closeness::Account),
                };
                self.hits.extend(closeness.map(|closeness| Hit {
                    place,
                    index,
                    statement,
                    closeness,
                }));
            }
        }
    }

    /// Step 2: a statement that denies decides. The root user of a bucket's account can always mend its policy.
    fn denies(&self, hit: &Hit<'_>) -> bool {
        let is_mended = self.situation.mends_bucket_policy && hit.place.layer == Layer::Resource;
        hit.statement.effect == Effect::Deny && !is_mended
    }

    fn allows(&self, layer: Layer, level: usize) -> bool {
        let allows = |h: &Hit<'_>| {
            h.place.layer == layer && h.place.level == level && h.statement.effect == Effect::Allow
        };
        self.hits.iter().any(allows)
    }

    /// Step 3: SCPs have to allow at every level, endpoint policies have to allow. RCPs only deny:
    /// `RCPFullAWSAccess` allows at every level and cannot be detached.
    fn silent_guardrails<P>(&self, attached: &Attached<P>) -> Vec<Layer> {
        let mut silent = Vec::new();
        let mut levels = 0..attached.scps.len();
        if self.situation.bound_by_scps && !levels.all(|level| self.allows(Layer::Scp, level)) {
            silent.push(Layer::Scp);
        }
        if !attached.endpoint.is_empty() && !self.allows(Layer::Endpoint, 0) {
            silent.push(Layer::Endpoint);
        }
        silent
    }

    /// Step 4: who would have to grant and does not; empty if the request is granted.
    fn silent_grants<P>(&self, attached: &Attached<P>) -> Vec<Layer> {
        let granted = self.resource_grant();
        let limits = self.silent_limits(attached);
        let identity_allows = self.situation.is_root || self.allows(Layer::Identity, 0);
        let identity = (!identity_allows).then_some(Layer::Identity);
        let through_identity = || {
            identity
                .into_iter()
                .chain(limits.clone())
                .collect::<Vec<_>>()
        };
        let and_resource = |mut layers: Vec<Layer>| {
            if granted.is_none() {
                layers.push(Layer::Resource);
            }
            layers
        };
        match (self.situation.grants, granted) {
            (Grants::None, _) => vec![Layer::Resource],
            (Grants::ResourceAlone, _) => and_resource(Vec::new()),
            (Grants::Both, _) => and_resource(through_identity()),
            (Grants::Either | Grants::EitherDelegated, Some(Closeness::Caller)) => {
                let needs = self.semantics.session_grant == SessionGrant::NeedsSessionPolicy;
                let is_silent =
                    needs && limits.contains(&Layer::Session) && !attached.session.is_empty();
                is_silent.then_some(Layer::Session).into_iter().collect()
            }
            (Grants::Either | Grants::EitherDelegated, Some(Closeness::Role)) => limits,
            (Grants::Either, _) => through_identity(),
            (Grants::EitherDelegated, _) => and_resource(through_identity()),
        }
    }

    /// How closely the resource policy names the caller where it allows.
    fn resource_grant(&self) -> Option<Closeness> {
        let allows =
            |h: &&Hit<'_>| h.place.layer == Layer::Resource && h.statement.effect == Effect::Allow;
        self.hits.iter().filter(allows).map(|h| h.closeness).max()
    }

    /// Boundary and session policy, where there are any and they do not allow.
    fn silent_limits<P>(&self, attached: &Attached<P>) -> Vec<Layer> {
        let mut silent = Vec::new();
        if attached.boundary.is_some()
            && !self.situation.is_root
            && !self.allows(Layer::Boundary, 0)
        {
            silent.push(Layer::Boundary);
        }
        let session_limits = match attached.session.is_empty() {
            false => !self.situation.is_root && !self.allows(Layer::Session, 0),
            true => {
                self.situation.is_federated_user
                    && self.semantics.federated_user == FederatedUser::Denied
            }
        };
        if session_limits {
            silent.push(Layer::Session);
        }
        silent
    }
}

fn layers<'h, 'a: 'h>(hits: impl Iterator<Item = &'h Hit<'a>>) -> Vec<Layer> {
    let mut layers: Vec<Layer> = hits.map(|h| h.place.layer).collect();
    layers.sort_unstable();
    layers.dedup();
    layers
}

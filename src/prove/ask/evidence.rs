//! What decides a request, found by the reference evaluator; and requests with no more keys than it takes.

use std::borrow::Cow;

use super::model::{Need, Shown, Statement};
use crate::engine::Attached;
use crate::engine::concrete::{
    CompiledPolicy, Deciding, Decision, Evaluation, Layer, allows_alone, evaluate_once,
};
use crate::engine::request::{Request, Values};
use crate::engine::semantics::Semantics;
use crate::ir::{self, Policy};
use crate::prove::Responsible;

/// The policies that bear on requests, the requests in question, and the keys that the question gives.
pub(super) struct Bench<'b, 'e> {
    attached: &'b Attached<Cow<'e, Policy>>,
    scope: CompiledPolicy,
    given: &'b [(String, Vec<String>)],
    semantics: Semantics,
}

impl<'b, 'e> Bench<'b, 'e> {
    pub(super) fn new(
        attached: &'b Attached<Cow<'e, Policy>>,
        scope: &Policy,
        given: &'b [(String, Vec<String>)],
        semantics: Semantics,
    ) -> Self {
        Bench {
            attached,
            scope: CompiledPolicy::new(scope, &semantics),
            given,
            semantics,
        }
    }

    pub(super) fn evaluate(&self, request: &Request) -> Evaluation {
        evaluate_once(self.attached, request, &self.semantics)
    }

    fn is_asked_about(&self, request: &Request) -> bool {
        allows_alone(&self.scope, request, &self.semantics)
    }

    /// The same request without keys that change nothing.
    fn barest(&self, request: &Request, keeps: impl Fn(&Evaluation) -> bool) -> Request {
        let mut barest = request.clone();
        for key in self.free_keys(request) {
            let mut fewer = barest.clone();
            fewer.context.remove(&key);
            if self.is_asked_about(&fewer) && keeps(&self.evaluate(&fewer)) {
                barest = fewer;
            }
        }
        barest
    }

    /// The keys of a request that neither follow from who asks nor are given.
    fn free_keys(&self, request: &Request) -> Vec<String> {
        let implied = request.implied_keys();
        let follows = |name: &str| {
            let is_given = self.given.iter().any(|(k, _)| k.eq_ignore_ascii_case(name));
            is_given || implied.iter().any(|(k, _)| k.eq_ignore_ascii_case(name))
        };
        let keys = request.context.iter().map(|(name, _)| name);
        keys.filter(|name| !follows(name))
            .map(str::to_owned)
            .collect()
    }

    /// A request that is allowed, with what allows it and the keys that it cannot do without.
    pub(super) fn allowed(&self, request: &Request) -> (Shown, Vec<Need>) {
        let barest = self.barest(request, Evaluation::is_allowed);
        let mut needs = Vec::new();
        for key in self.free_keys(&barest) {
            let mut fewer = barest.clone();
            fewer.context.remove(&key);
            // What follows from the project is no choice of the caller's.
            let values = barest.context.get(&key);
            let (true, Some(values)) = (self.is_asked_about(&fewer), values) else {
                continue;
            };
            let values: Values = values.clone();
            let without = self.evaluate(&fewer);
            needs.push(Need {
                key,
                values,
                statements: self.statements(&without),
                silent: silent(&without),
            });
        }
        let shown = self.shown(barest);
        (shown, needs)
    }

    /// A request that is denied, with what denies it.
    pub(super) fn denied(&self, request: &Request) -> (Shown, Vec<Deciding>) {
        let first = self.evaluate(request);
        let same = |other: &Evaluation| {
            other.decision == first.decision
                && other.denied_by == first.denied_by
                && other.statements == first.statements
        };
        let barest = self.barest(request, same);
        (self.shown(barest), first.statements)
    }

    fn shown(&self, request: Request) -> Shown {
        let evaluation = self.evaluate(&request);
        Shown {
            statements: self.statements(&evaluation),
            silent: silent(&evaluation),
            request,
        }
    }

    pub(super) fn statements(&self, evaluation: &Evaluation) -> Vec<Statement> {
        let all = evaluation.statements.iter();
        let all = all.filter_map(|s| self.statement(s));
        all.filter(|s| !is_a_stand_in(&s.of)).collect()
    }

    fn statement(&self, deciding: &Deciding) -> Option<Statement> {
        let (policy, statement) = find(self.attached, deciding)?;
        Some(Statement {
            of: Responsible {
                layer: deciding.layer,
                effect: deciding.effect,
                policy: policy.name.clone(),
                sid: deciding.sid.clone(),
                origin: deciding.origin.clone(),
            },
            condition: statement.condition.clone(),
        })
    }
}

/// The statement that an evaluation speaks of.
pub(super) fn find<'p>(
    attached: &'p Attached<Cow<'_, Policy>>,
    place: &Deciding,
) -> Option<(&'p Policy, &'p ir::Statement)> {
    let policy: &Policy = match place.layer {
        Layer::Identity => attached.identity.get(place.document)?,
        Layer::Boundary => attached.boundary.as_ref()?,
        Layer::Session => attached.session.get(place.document)?,
        Layer::Resource => attached.resource.as_ref()?,
        Layer::Endpoint => attached.endpoint.get(place.document)?,
        Layer::Scp => attached.scps.get(place.level)?.get(place.document)?,
        Layer::Rcp => attached.rcps.get(place.level)?.get(place.document)?,
    };
    Some((policy, policy.statements.get(place.statement)?))
}

/// What AWS attaches everywhere, or what stands for a policy that the project does not write, is no news.
fn is_a_stand_in(of: &Responsible) -> bool {
    let is_unwritten = of.origin.spans.is_empty();
    is_unwritten && (of.layer == Layer::Resource || of.policy == "FullAWSAccess")
}

/// The layers that would have had to allow a request.
fn silent(evaluation: &Evaluation) -> Vec<Layer> {
    match evaluation.decision {
        Decision::ImplicitlyDenied => evaluation.denied_by.clone(),
        Decision::Allowed | Decision::ExplicitlyDenied => Vec::new(),
    }
}

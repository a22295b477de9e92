//! Whether one request is allowed: a likely one, tried by the reference evaluator; then the question to the engine, over
//! what bears on its action only.

use std::collections::BTreeSet;

use super::ask::{Answer, Asked};
use crate::access::Identity;
use crate::access::naming::{may_name, may_name_directly};
use crate::engine::Attached;
use crate::engine::concrete::{
    CompiledPolicy, Evaluation, Layer, allows_alone, evaluate, evaluate_once,
};
use crate::engine::question::{Finding, Subject, meets, plainly_disjoint};
use crate::engine::request::{Context, Request, Values};
use crate::iam::{BaseOperator, Effect, Operator, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, Statement, Test};

impl<'a> Asked<'_, '_, 'a> {
    pub(super) fn ask(
        &mut self,
        action: &'static str,
        resources: Match,
        condition: Condition,
        trusts: Option<&Identity<'a>>,
    ) -> Answer {
        let reach = self.reach;
        let trust = match trusts {
            Some(target) => Some(target.trust.filter(|p| may_name(p, &self.who))?),
            None => None,
        };
        let owner = trusts.map_or(self.who.account, |t| t.account);
        let scope = scope(action, resources, Condition::all([condition, self.facts()]));
        let asked = Subject::document(&scope);
        // A trust in the account alone leaves it to the identity's own policies.
        let direct = trust.filter(|t| may_name_directly(t, &self.who));
        let alone = reach.estate.effective_toward(&self.who, direct, owner);
        if plainly_disjoint(&Subject::Effective(Box::new(alone)), &asked) {
            return None;
        }
        if let Some(guessed) = self.guess(action, &scope, trust, owner) {
            return Some(guessed);
        }
        let effective = reach.estate.effective_toward(&self.who, trust, owner);
        let subject = Subject::Effective(Box::new(effective.clone()));
        match meets(&subject, &asked, reach.asking) {
            Finding::Proved => None,
            Finding::Refuted(witness) => {
                remember(&witness.request.context, &mut self.lately);
                let semantics = &reach.asking.semantics;
                let evaluated = evaluate_once(&effective.attached, &witness.request, semantics);
                Some((witness.request, granting(evaluated)))
            }
            Finding::Unknown(reason) => {
                self.unknown.get_or_insert(reason.to_string());
                None
            }
        }
    }

    /// A likely request, if it is allowed: most that are open at all are so without anything out of the ordinary, or with
    /// what another one took.
    fn guess(
        &mut self,
        action: &'static str,
        scope: &Policy,
        trust: Option<&Policy>,
        owner: usize,
    ) -> Answer {
        let (reach, semantics) = (self.reach, &self.reach.asking.semantics);
        let contexts = [Context::default(), self.lately.clone()];
        let likely = contexts.map(|context| self.likely(action, scope, owner, context));
        let who = &self.who;
        let compiled = self.compiled.entry((action, owner)).or_insert_with(|| {
            let effective = reach.estate.effective_toward(who, None, owner);
            effective.attached.map(|p| reach.compiled(p, action))
        });
        let with_trust;
        let attached = match trust {
            None => &*compiled,
            Some(trust) => {
                let trust = reach.compiled(trust, action);
                with_trust = Attached {
                    resource: Some(trust),
                    ..compiled.clone()
                };
                &with_trust
            }
        };
        let asked = CompiledPolicy::new(scope, semantics);
        let holds = |request: &Request| {
            let evaluated = evaluate(attached, request, semantics);
            let is_met = evaluated.is_allowed() && allows_alone(&asked, request, semantics);
            is_met.then(|| granting(evaluated))
        };
        let mut likely = likely.into_iter().flatten();
        likely.find_map(|request| {
            let origin = holds(&request)?;
            Some((fewest_keys(request, |fewer| holds(fewer).is_some()), origin))
        })
    }

    /// A request of a scope with the keys that it asks for, besides those given.
    fn likely(
        &self,
        action: &str,
        scope: &Policy,
        owner: usize,
        context: Context,
    ) -> Option<Request> {
        let view = self.reach.estate.account(owner)?;
        let owner = view.account;
        let statement = scope.statements.first()?;
        let pattern = statement.resource.as_ref()?.patterns.first()?;
        let service = action.split(':').next().unwrap_or_default();
        let (partition, id) = (&owner.partition, &owner.id);
        let resource = match pattern.as_str() {
            "*" => format!("arn:{partition}:{service}:{REGION}:{id}:example"),
            pattern => pattern.replace('*', "example"),
        };
        let request = Request {
            principal: self.who.principal.clone(),
            action: action.to_owned(),
            resource,
            resource_account: Some(id.clone()),
            context,
        };
        let mut request = request.with_implied_keys();
        if let Some(organization) = view.organization {
            let id = Values::One(organization.id.clone());
            request.context.set("aws:ResourceOrgID", id);
        }
        let wanted = match &statement.condition {
            Condition::All(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        for part in wanted {
            if let Condition::Test(test) = part
                && test.operator.base == BaseOperator::StringEquals
                && let [value] = test.values.as_slice()
            {
                let value = Values::One(value.clone());
                request.context.set(test.key.clone(), value);
            }
        }
        Some(request)
    }

    /// The organisation of an account is no choice of the caller.
    fn facts(&self) -> Condition {
        let view = self.reach.estate.account(self.who.account);
        let organization = view.and_then(|v| v.organization);
        match organization.filter(|o| !o.id.is_empty()) {
            Some(organization) => equals("aws:PrincipalOrgID", &organization.id),
            None => Condition::True,
        }
    }

    /// Never false if the identity is allowed some request of the action.
    pub(super) fn may(&self, action: &str) -> bool {
        let allowed = || grants(&self.who).any(|actions| may_match(actions, action));
        // A role's trust in its own account can grant by itself.
        action == "sts:AssumeRole" || self.services.has(action) && allowed()
    }
}

/// The actions of somebody's Allow statements.
fn grants<'w>(who: &'w Identity<'_>) -> impl Iterator<Item = &'w Match> {
    let statements = who.policies.iter().flat_map(|p| &p.statements);
    statements
        .filter(|s| s.effect == Effect::Allow)
        .map(|s| &s.action)
}

/// The services that somebody's Allow statements speak of: most identities speak of none that opens a way.
pub(super) enum Services {
    /// Some statement leaves open which.
    Any,
    /// These prefixes, in lower case.
    These(BTreeSet<String>),
}

impl Services {
    pub(super) fn of(who: &Identity<'_>) -> Services {
        let mut prefixes = BTreeSet::new();
        for actions in grants(who) {
            for pattern in &actions.patterns {
                match pattern.split_once(':') {
                    Some((prefix, _)) if !prefix.contains(['*', '?']) => {
                        prefixes.insert(prefix.to_ascii_lowercase());
                    }
                    _ => return Services::Any,
                }
            }
            if actions.negated {
                return Services::Any;
            }
        }
        Services::These(prefixes)
    }

    /// Whether some statement may speak of the service of an action; never false if one does.
    fn has(&self, action: &str) -> bool {
        let prefix = action.split(':').next().unwrap_or_default();
        match self {
            Services::Any => true,
            Services::These(prefixes) => prefixes.contains(prefix),
        }
    }
}

/// The region of a request that could be made in any.
const REGION: &str = "eu-west-1";

/// Keeps what was true of a request that took a search to find, but for whose resource it was on.
fn remember(context: &Context, lately: &mut Context) {
    let keys = context.iter().filter(|(k, _)| *k != "aws:ResourceAccount");
    for (key, values) in keys {
        lately.set(key, values.clone());
    }
}

/// A request that holds without the keys that it can do without; those that AWS fills in stay.
fn fewest_keys(mut request: Request, holds: impl Fn(&Request) -> bool) -> Request {
    let implied = request.implied_keys();
    let keys = request.context.iter().map(|(key, _)| key.to_owned());
    let optional = keys.filter(|key| implied.iter().all(|(known, _)| known != key));
    for key in optional.collect::<Vec<_>>() {
        let mut fewer = request.clone();
        fewer.context.remove(&key);
        if holds(&fewer) {
            request = fewer;
        }
    }
    request
}

/// The statement that grants, by which a request is allowed.
fn granting(evaluated: Evaluation) -> Origin {
    let own = |l: Layer| matches!(l, Layer::Identity | Layer::Resource);
    let mut deciding = evaluated.statements.into_iter();
    let origin = deciding.find(|s| own(s.layer)).map(|s| s.origin);
    origin.unwrap_or_default()
}

/// Whether a list of patterns may speak of an action; never false if it does.
pub fn may_match(list: &Match, action: &str) -> bool {
    list.negated || list.patterns.iter().any(|p| matches(p, action))
}

/// Whether a pattern of an action matches a name, whatever the case of either.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    // Most are of another service.
    let letters = pattern.bytes().zip(name.bytes());
    let mut literal = letters.take_while(|(p, _)| !matches!(p, b'*' | b'?'));
    if literal.any(|(p, t)| !p.eq_ignore_ascii_case(&t)) {
        return false;
    }
    let mut parts = pattern.split('*');
    let head = parts.next().unwrap_or_default();
    let fits = |part: &str, text: &str| {
        part.len() == text.len()
            && part
                .bytes()
                .zip(text.bytes())
                .all(|(p, t)| p == b'?' || p.eq_ignore_ascii_case(&t))
    };
    let Some(mut rest) = name.get(head.len()..) else {
        return false;
    };
    if !name
        .get(..head.len())
        .is_some_and(|start| fits(head, start))
    {
        return false;
    }
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let starts = 0..=rest.len().saturating_sub(part.len());
        let found = starts.into_iter().find(|at| {
            rest.get(*at..at + part.len())
                .is_some_and(|text| fits(part, text))
        });
        match found.and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    let at = rest.len().checked_sub(last.len());
    at.and_then(|at| rest.get(at..))
        .is_some_and(|end| fits(last, end))
}

/// The key is not carried.
pub(super) fn null(key: &str) -> Condition {
    test(BaseOperator::Null, key, "true")
}

/// The key has the value.
pub(super) fn equals(key: &str, value: &str) -> Condition {
    test(BaseOperator::StringEquals, key, value)
}

fn test(operator: BaseOperator, key: &str, value: &str) -> Condition {
    Condition::Test(Test {
        operator: Operator::plain(operator),
        key: key.to_owned(),
        multi_valued: false,
        values: vec![value.to_owned()],
        span: None,
    })
}

pub(super) fn scope(action: &str, resources: Match, condition: Condition) -> Policy {
    Policy {
        kind: PolicyKind::ManagedPolicy,
        name: String::new(),
        statements: vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::any(vec![action.to_owned()]),
            resource: Some(resources),
            condition,
            origin: Origin::default(),
        }],
        details: Details::default(),
        origin: Origin::default(),
    }
}

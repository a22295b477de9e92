//! Whether a way is open: its requests as questions to the engine, each over what bears on its action only.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::{Edge, Gain, METHODS, Method, Node, On};
use crate::access::managed::everything;
use crate::access::{AccountView, Estate, Identity, IdentityKind, Shared};
use crate::engine::concrete::{Layer, evaluate_once};
use crate::engine::question::{Asking, Effective, Finding, Subject, meets};
use crate::engine::{Attached, Principal, Request, request};
use crate::iam::document::{PrincipalKind, Principals};
use crate::iam::{BaseOperator, Effect, Operator, PolicyKind};
use crate::ir::{
    AttachedPolicy, Audience, Condition, Details, Match, Origin, Policy, PrincipalMatch, Statement,
    Test,
};

/// The open ways of a node, and the reason of a question without an answer, if there was one.
type Edges = (Vec<Edge>, Option<String>);

/// Answers who can become whom in an estate.
pub struct Reach<'r, 'a> {
    estate: &'r Estate<'a>,
    asking: &'r Asking<'r>,
    /// What may be attached to somebody who can have any policy.
    everything: Arc<Policy>,
    /// The ways that were found, by node.
    known: Mutex<BTreeMap<Node, Edges>>,
    /// Whether a role lets a service run as it.
    admitted: Mutex<BTreeMap<(usize, &'static str), bool>>,
}

/// Answers about requests that several ways of one node share.
struct Asked<'n, 'r, 'a> {
    reach: &'n Reach<'r, 'a>,
    node: Node,
    who: Identity<'a>,
    known: BTreeMap<(&'static str, String, String), Answer>,
    unknown: Option<String>,
}

/// A request that is allowed, with what allows it.
type Answer = Option<(Request, Origin)>;

impl<'r, 'a> Reach<'r, 'a> {
    /// Looks at an estate; nothing is asked yet.
    pub fn new(estate: &'r Estate<'a>, asking: &'r Asking<'r>) -> Self {
        Reach {
            estate,
            asking,
            everything: Arc::new(everything()),
            known: Mutex::new(BTreeMap::new()),
            admitted: Mutex::new(BTreeMap::new()),
        }
    }

    /// The identity of a place.
    pub fn identity(&self, place: usize) -> Option<&'r Identity<'a>> {
        self.estate.identities().get(place)
    }

    pub(super) fn place_of(&self, identity: &Identity<'_>) -> Option<usize> {
        let all = self.estate.identities().iter();
        let mut found = all.enumerate().filter(|(_, i)| {
            i.account == identity.account && i.kind == identity.kind && i.name == identity.name
        });
        found.next().map(|(place, _)| place)
    }

    /// A node in words: `Reader in Prod`.
    pub fn name_of(&self, node: Node) -> String {
        let account = |place: usize| {
            let view = self.estate.account(place);
            view.map_or("", |v| v.account.name.as_str())
        };
        let name = |place: usize| match self.identity(place) {
            Some(identity) => format!("`{}` in {}", identity.name, account(identity.account)),
            None => String::new(),
        };
        match node {
            Node::Own(place) => name(place),
            Node::Any(place) => format!("{} with any policy", name(place)),
            Node::New(place) => format!("a new identity in {} with any policy", account(place)),
        }
    }

    /// The open ways of a node.
    pub(super) fn edges(&self, node: Node) -> Edges {
        if let Some(known) = self.known.lock().ok().and_then(|k| k.get(&node).cloned()) {
            return known;
        }
        let edges = self.find(node);
        if let Ok(mut known) = self.known.lock() {
            known.insert(node, edges.clone());
        }
        edges
    }

    fn find(&self, node: Node) -> Edges {
        let Some(who) = self.bearer(node) else {
            return (Vec::new(), None);
        };
        if let Some(policy) = who.unknown.first() {
            let name = match policy {
                AttachedPolicy::Aws(name) | AttachedPolicy::Customer(name) => name,
            };
            let reason = format!("the policy `{name}` of `{}` is not known here", who.name);
            return (Vec::new(), Some(reason));
        }
        let mut asked = Asked {
            reach: self,
            node,
            who,
            known: BTreeMap::new(),
            unknown: None,
        };
        let mut edges: Vec<Edge> = Vec::new();
        for method in METHODS {
            for edge in asked.open(method, &edges) {
                edges.push(edge);
            }
        }
        (edges, asked.unknown)
    }

    /// Who makes the requests of a node.
    fn bearer(&self, node: Node) -> Option<Identity<'a>> {
        let anything = || vec![Shared::Aws(Arc::clone(&self.everything))];
        match node {
            Node::Own(place) => self.identity(place).cloned(),
            Node::Any(place) => self.identity(place).map(|identity| Identity {
                policies: anything(),
                unknown: Vec::new(),
                ..identity.clone()
            }),
            Node::New(place) => self.estate.account(place).map(|view| Identity {
                kind: IdentityKind::Role,
                name: "a new role",
                declared: &view.account.origin,
                account: place,
                principal: new_role(view),
                policies: anything(),
                boundary: None,
                trust: None,
                audience: Audience::Workload,
                unknown: Vec::new(),
            }),
        }
    }

    /// Whether a role's trust lets a service run as it.
    fn admits(&self, place: usize, service: &'static str) -> bool {
        let key = (place, service);
        if let Some(known) = self.admitted.lock().ok().and_then(|a| a.get(&key).copied()) {
            return known;
        }
        let admits = self
            .identity(place)
            .is_some_and(|role| self.is_admitted(role, service));
        if let Ok(mut admitted) = self.admitted.lock() {
            admitted.insert(key, admits);
        }
        admits
    }

    fn is_admitted(&self, role: &Identity<'_>, service: &str) -> bool {
        let Some(trust) = role.trust.filter(|t| names_service(t, service)) else {
            return false;
        };
        let principal = Principal::Service(service.to_owned());
        let owner = self.estate.account(role.account);
        let subject = Subject::Effective(Box::new(Effective {
            principal: &principal,
            attached: Attached {
                resource: Some(Cow::Borrowed(trust)),
                ..Attached::default()
            },
            resource_account: owner.map(|o| o.account.id.as_str()),
        }));
        let scope = scope(
            "sts:AssumeRole",
            Match::any(vec![role.arn()]),
            Condition::True,
        );
        !meets(&subject, &Subject::document(&scope), self.asking).is_proved()
    }
}

impl<'a> Asked<'_, '_, 'a> {
    /// The ways that a method opens to somebody whom none of the earlier ones leads to.
    fn open(&mut self, method: &'static Method, earlier: &[Edge]) -> Vec<Edge> {
        // No statement of the identity's mentions some action: most methods end here.
        let may = |action: &str| self.may(action);
        if !method.requests.iter().all(|(action, _)| may(action)) {
            return Vec::new();
        }
        let is_new = |node: Node| node != self.node && !earlier.iter().any(|e| e.to == node);
        let targets: Vec<(Node, Option<usize>)> = match method.gain {
            Gain::OwnAny => match self.node {
                Node::Own(place) => vec![(Node::Any(place), None)],
                _ => Vec::new(),
            },
            Gain::Unbounded if self.who.boundary.is_none() => Vec::new(),
            Gain::New | Gain::Unbounded => vec![(Node::New(self.who.account), None)],
            Gain::Target => self.others().map(|i| (Node::Own(i), Some(i))).collect(),
            Gain::TargetAny => self.others().map(|i| (Node::Any(i), Some(i))).collect(),
        };
        // Self-escalations are all told, since each has to be closed by itself.
        let is_told = |node| method.gain == Gain::OwnAny || is_new(node);
        let targets: Vec<_> = targets.into_iter().filter(|(n, _)| is_told(*n)).collect();
        targets
            .into_iter()
            .filter_map(|(to, target)| self.attempt(method, to, target))
            .collect()
    }

    fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let own = match self.node {
            Node::Own(place) | Node::Any(place) => Some(place),
            Node::New(_) => None,
        };
        (0..self.reach.estate.identities().len()).filter(move |i| Some(*i) != own)
    }

    fn attempt(
        &mut self,
        method: &'static Method,
        to: Node,
        target: Option<usize>,
    ) -> Option<Edge> {
        let reach = self.reach;
        let target_identity = target.and_then(|place| reach.identity(place));
        if let (Some(place), false) = (target, method.services.is_empty()) {
            let here = target_identity.is_some_and(|t| t.account == self.who.account);
            let admitted = here.then(|| method.services.iter().find(|s| reach.admits(place, s)));
            let service = admitted.flatten().copied()?;
            return self.requests(method, to, target_identity, service);
        }
        self.requests(method, to, target_identity, "")
    }

    fn requests(
        &mut self,
        method: &'static Method,
        to: Node,
        target: Option<&Identity<'a>>,
        service: &str,
    ) -> Option<Edge> {
        let mut requests = Vec::new();
        let mut first = Origin::default();
        for (action, on) in method.requests {
            let (request, origin) = self.request(action, *on, target, service)?;
            if requests.is_empty() {
                first = origin;
            }
            requests.push(request);
        }
        Some(Edge {
            from: self.node,
            to,
            method,
            requests,
            origin: first,
        })
    }

    /// A request of a method, if it is allowed.
    fn request(
        &mut self,
        action: &'static str,
        on: On,
        target: Option<&Identity<'a>>,
        service: &str,
    ) -> Answer {
        // Roles of other accounts can be assumed, and nothing else done to them.
        let is_away = target.is_some_and(|t| t.account != self.who.account);
        if is_away && action.starts_with("iam:") {
            return None;
        }
        let (resources, condition) = self.aim(on, target, service)?;
        if resources.patterns.is_empty() {
            return None;
        }
        let key = (action, resources.patterns.join(" "), service.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let trusts = (action == "sts:AssumeRole").then_some(target).flatten();
        let answer = self.ask(action, resources, condition, trusts);
        self.known.insert(key, answer.clone());
        answer
    }

    /// The resources and conditions of a request; `None` where there can be none such.
    fn aim(
        &self,
        on: On,
        target: Option<&Identity<'a>>,
        service: &str,
    ) -> Option<(Match, Condition)> {
        let own = |kind: IdentityKind| match self.node {
            Node::New(_) => None,
            _ => (self.who.kind == kind).then(|| vec![self.who.arn()]),
        };
        let account = self.reach.estate.account(self.who.account)?.account;
        let arn = |kind: &str, rest: &str| {
            format!(
                "arn:{}:iam::{}:{kind}/{rest}",
                account.partition, account.id
            )
        };
        let aimed = |kind: IdentityKind| {
            let target = target.filter(|t| t.kind == kind)?;
            let here = target.account == self.who.account;
            here.then(|| vec![target.arn()])
        };
        let patterns = match on {
            On::OwnRole | On::OwnRoleOtherwise => own(IdentityKind::Role)?,
            On::OwnUser | On::OwnUserOtherwise => own(IdentityKind::User)?,
            On::OwnPolicy => self.policies_of(&self.who)?,
            On::OwnGroup | On::AnyGroup => {
                let user = account.users.get(self.who.name);
                let user = user.filter(|_| self.who.kind == IdentityKind::User)?;
                let groups = account.groups.values();
                let meant =
                    groups.filter(|g| (on == On::AnyGroup) != user.groups.contains(&g.name));
                meant
                    .map(|g| {
                        arn(
                            "group",
                            &format!("{}{}", g.path, g.name).replacen('/', "", 1),
                        )
                    })
                    .collect()
            }
            On::Role => {
                let target = target.filter(|t| t.kind == IdentityKind::Role)?;
                vec![target.arn()]
            }
            On::User => aimed(IdentityKind::User)?,
            On::PolicyOfRole => {
                aimed(IdentityKind::Role)?;
                self.policies_of(target?)?
            }
            On::Passed => aimed(IdentityKind::Role)?,
            On::NewRole => vec![arn("role", "*")],
            On::NewUser => vec![arn("user", "*")],
            On::Anything => vec!["*".to_owned()],
        };
        let condition = match on {
            On::Passed => equals("iam:PassedToService", service),
            // A boundary like the caller's own brings nothing that the caller could not have.
            On::NewRole | On::NewUser | On::OwnRoleOtherwise | On::OwnUserOtherwise => {
                match self.own_boundary() {
                    Some(boundary) => {
                        Condition::Not(Box::new(equals("iam:PermissionsBoundary", &boundary)))
                    }
                    None => Condition::True,
                }
            }
            _ => Condition::True,
        };
        Some((Match::any(patterns), condition))
    }

    fn own_boundary(&self) -> Option<String> {
        let account = self.reach.estate.account(self.who.account)?.account;
        let boundary = self.who.boundary.as_deref()?;
        let path = boundary.details.path.as_deref().unwrap_or("/");
        let name = &boundary.name;
        Some(format!(
            "arn:{}:iam::{}:policy{path}{name}",
            account.partition, account.id
        ))
    }

    /// The customer managed policies of somebody in the caller's account.
    fn policies_of(&self, holder: &Identity<'a>) -> Option<Vec<String>> {
        if matches!(self.node, Node::New(_)) && holder.name == self.who.name {
            return None;
        }
        let account = self.reach.estate.account(holder.account)?.account;
        let policies = holder.policies.iter();
        let managed = policies.filter(|p| p.kind == PolicyKind::ManagedPolicy && !p.is_aws());
        let arns: Vec<String> = managed
            .map(|p| {
                let path = p.details.path.as_deref().unwrap_or("/");
                format!(
                    "arn:{}:iam::{}:policy{path}{}",
                    account.partition, account.id, p.name
                )
            })
            .collect();
        (!arns.is_empty()).then_some(arns)
    }

    fn ask(
        &mut self,
        action: &'static str,
        resources: Match,
        condition: Condition,
        trusts: Option<&Identity<'a>>,
    ) -> Answer {
        let reach = self.reach;
        if trusts.is_some_and(|t| t.trust.is_none_or(|p| !may_name(p, &self.who))) {
            return None;
        }
        let owner = trusts.map_or(self.who.account, |t| t.account);
        let facts = self.facts();
        let scope = scope(action, resources, Condition::all([condition, facts]));
        let whole = reach
            .estate
            .effective_toward(&self.who, trusts.and_then(|t| t.trust), owner);
        let effective = Effective {
            attached: whole.attached.map(|policy| about(policy, action)),
            ..whole.clone()
        };
        let subject = Subject::Effective(Box::new(effective.clone()));
        match meets(&subject, &Subject::document(&scope), reach.asking) {
            Finding::Proved => None,
            Finding::Refuted(witness) => {
                let evaluated = evaluate_once(
                    &effective.attached,
                    &witness.request,
                    &reach.asking.semantics,
                );
                let own = |l: Layer| matches!(l, Layer::Identity | Layer::Resource);
                let mut deciding = evaluated.statements.into_iter();
                let origin = deciding.find(|s| own(s.layer)).map(|s| s.origin);
                Some((witness.request, origin.unwrap_or_default()))
            }
            Finding::Unknown(reason) => {
                self.unknown.get_or_insert(reason.to_string());
                None
            }
        }
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
    fn may(&self, action: &str) -> bool {
        let mut grants = self.who.policies.iter().flat_map(|p| &p.statements);
        let allowed = grants.any(|s| s.effect == Effect::Allow && may_match(&s.action, action));
        // A role's trust in its own account can grant by itself.
        allowed || action == "sts:AssumeRole"
    }
}

/// The statements of a policy that can decide about an action.
fn about<'e>(policy: &Cow<'e, Policy>, action: &str) -> Cow<'e, Policy> {
    let bears = |s: &Statement| may_match(&s.action, action);
    match policy.statements.iter().all(bears) {
        true => policy.clone(),
        false => Cow::Owned(Policy {
            statements: policy
                .statements
                .iter()
                .filter(|s| bears(s))
                .cloned()
                .collect(),
            kind: policy.kind,
            name: policy.name.clone(),
            details: Details::default(),
            origin: policy.origin.clone(),
        }),
    }
}

fn may_match(list: &Match, action: &str) -> bool {
    list.negated || list.patterns.iter().any(|p| matches(p, action))
}

/// Whether a pattern of an action matches a name, whatever the case of either.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
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

/// Never false if the trust policy lets the identity in.
fn may_name(trust: &Policy, who: &Identity<'_>) -> bool {
    let account = who.principal.account().unwrap_or_default();
    let names = |p: &PrincipalMatch| match &p.principals {
        _ if p.negated => true,
        Principals::Everyone => true,
        Principals::Named(list) => list
            .iter()
            .any(|p| p.kind == PrincipalKind::Aws && (p.value == "*" || p.value.contains(account))),
    };
    let mut allows = trust
        .statements
        .iter()
        .filter(|s| s.effect == Effect::Allow);
    allows.any(|s| s.principal.as_ref().is_some_and(names))
}

fn names_service(trust: &Policy, service: &str) -> bool {
    let names = |p: &PrincipalMatch| match &p.principals {
        _ if p.negated => true,
        Principals::Everyone => true,
        Principals::Named(list) => list
            .iter()
            .any(|p| p.kind == PrincipalKind::Service && p.value == service),
    };
    let mut allows = trust
        .statements
        .iter()
        .filter(|s| s.effect == Effect::Allow);
    allows.any(|s| s.principal.as_ref().is_some_and(names))
}

fn new_role(view: &AccountView<'_>) -> Principal {
    Principal::RoleSession {
        role: request::Identity {
            partition: view.account.partition.clone(),
            account: view.account.id.clone(),
            name: "a-new-role".to_owned(),
        },
        session: None,
    }
}

fn equals(key: &str, value: &str) -> Condition {
    Condition::Test(Test {
        operator: Operator::plain(BaseOperator::StringEquals),
        key: key.to_owned(),
        multi_valued: false,
        values: vec![value.to_owned()],
        span: None,
    })
}

fn scope(action: &str, resources: Match, condition: Condition) -> Policy {
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
